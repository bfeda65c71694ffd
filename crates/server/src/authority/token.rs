//! Keys of the authority on a PKCS#11 token: a hardware module, found or made there by their labels.

use std::path::PathBuf;
use std::sync::Arc;

use pki::token::{KeptToken, TokenAccess, TokenError};
use pki::{Password, Signer};
use zeroize::Zeroizing;

use super::keys::{KeyFault, KeyName, KeyStore};

pub use pki::token::TokenName;

/// Which token, and which of its keys are the authority's.
pub struct TokenSettings {
    /// The driver; it runs in this process.
    pub module: PathBuf,
    /// The token.
    pub token: TokenName,
    /// The user's PIN.
    pub pin: Zeroizing<String>,
    /// Labels of keys; the database keeps those that are not named.
    pub labels: Vec<(KeyName, String)>,
}

/// Some keys of the authority are on a token, which is logged in to for as long as this lives.
pub struct TokenKeys {
    token: Arc<KeptToken>,
    labels: Vec<(KeyName, String)>,
}

impl TokenKeys {
    /// Logs in, once.
    ///
    /// # Errors
    /// [`KeyFault::Token`].
    pub fn open(settings: TokenSettings) -> Result<Self, KeyFault> {
        let access = TokenAccess {
            module: settings.module,
            token: settings.token,
            pin: Password::new(settings.pin.as_str().to_owned()),
        };
        Ok(Self {
            token: KeptToken::open(access)?,
            labels: settings.labels,
        })
    }

    fn label(&self, name: KeyName) -> Option<&str> {
        let found = self.labels.iter().find(|(of, _)| *of == name);
        found.map(|(_, label)| label.as_str())
    }
}

impl KeyStore for TokenKeys {
    fn signer(&self, name: KeyName) -> Result<Option<Arc<dyn Signer>>, KeyFault> {
        let key = self.label(name).map(|label| self.token.key(label));
        Ok(key.transpose()?)
    }

    /// A key of that label that is there already is used: it may have been made with the module's own program.
    fn make(&self, name: KeyName) -> Result<Option<Arc<dyn Signer>>, KeyFault> {
        let Some(label) = self.label(name) else { return Ok(None) };
        match self.token.key(label) {
            Err(TokenError::NoSuchKey(_)) => Ok(Some(self.token.make_key(label)?)),
            there => Ok(Some(there?)),
        }
    }

    fn check(&self) -> Result<(), KeyFault> {
        Ok(self.token.check()?)
    }
}
