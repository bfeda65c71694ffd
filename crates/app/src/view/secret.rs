//! A PIN or password on its way from the window: wiped when dropped, never printed or sent back.
use serde::{Deserialize, Deserializer};
use zeroize::Zeroizing;

/// A secret text as typed. It can be read once from JSON; it has no `Debug`, `Clone` or `Serialize`.
#[derive(specta::Type)]
#[specta(transparent)]
pub struct SecretText(#[specta(type = String)] Zeroizing<String>);

impl SecretText {
    /// Takes over a text; the caller's copies are the caller's business.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text itself, for the one place that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for SecretText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}
