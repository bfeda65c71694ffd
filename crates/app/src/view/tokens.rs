//! Tokens (UKey) that are plugged in, and the certificates on them.
use serde::Serialize;
use specta::Type;

/// What a driver finds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct TokensView {
    /// File name of the driver in use; none was chosen yet.
    pub driver: Option<String>,
    /// The tokens that are plugged in.
    pub tokens: Vec<TokenView>,
}

/// A token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct TokenView {
    /// Its label.
    pub label: String,
    /// Who made it, and its model.
    pub maker: String,
    /// Its serial number.
    pub serial: String,
    /// What it says about wrong PINs.
    pub pin: TokenPinState,
    /// The certificates on it that somebody could sign with.
    pub certificates: Vec<TokenCertificateView>,
}

/// What a token says about its own counter of wrong PINs; it keeps the number itself to itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum TokenPinState {
    /// Nothing.
    Untouched,
    /// A wrong PIN was given since the last right one.
    SomeTriesLeft,
    /// One more wrong PIN locks it.
    LastTry,
    /// Locked.
    Locked,
}

/// A certificate on a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct TokenCertificateView {
    /// SHA-256, hexadecimal.
    pub fingerprint: String,
    /// Whom it names.
    pub owner_name: String,
    /// Who issued it.
    pub issuer: String,
    /// Its end.
    pub valid_to: String,
    /// Its kind of key.
    pub key_algorithm: String,
    /// Why it cannot be taken into use: `here_already`, `expired`, `key_kind`; none: it can.
    pub why_not: Option<String>,
}
