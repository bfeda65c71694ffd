//! Settings.
use serde::{Deserialize, Serialize};
use specta::Type;

/// Settings and facts about this installation.
#[derive(Debug, Clone, Serialize, Type)]
pub struct SettingsView {
    /// Light, dark or as the system.
    pub theme: Theme,
    /// Language of the window.
    pub language: Language,
    /// Where signed files, seals and invoices are saved, for reading only.
    pub output_folder: String,
    /// Added to a signed file's name.
    pub output_suffix: String,
    /// Address of a real platform; none: the embedded sandbox. Takes effect at the next start.
    pub platform_address: Option<String>,
    /// Address of the timestamp service; none: the platform's own.
    pub timestamp_address: Option<String>,
    /// How many trust roots signatures are checked against.
    pub trusted_root_count: u32,
    /// Present when the platform is the embedded sandbox.
    pub sandbox: Option<SandboxSettingsView>,
    /// For how many hours keys open without the platform after an unlock; none: not known yet. 0: never.
    pub lease_hours: Option<u32>,
    /// This account may change that.
    pub may_set_lease: bool,
    /// Program version.
    pub version: String,
    /// Where the local data is, for reading only.
    pub data_folder: String,
    /// What keeps the device's half of the key protection.
    pub device_secret: DeviceSecretKind,
}

/// A root that signatures are checked against, or that may become one.
#[derive(Debug, Clone, Serialize, Type)]
pub struct TrustRootView {
    /// SHA-256 of the certificate, hexadecimal.
    pub fingerprint: String,
    /// Whom it names.
    pub name: String,
    /// Organisation in the name; may be empty.
    pub organization: String,
    /// First moment of validity.
    pub valid_from: String,
    /// Last moment of validity.
    pub valid_to: String,
    /// It may issue certificates; else only what it signed itself is believed.
    pub is_authority: bool,
    /// Where it comes from.
    pub source: TrustRootSource,
    /// The file it was added from.
    pub file_name: Option<String>,
    /// When it was added.
    pub added_at: Option<String>,
}

/// Where a root comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum TrustRootSource {
    /// The platform's own; it cannot be removed.
    Platform,
    /// Added by the user.
    Added,
}

/// Settings of the embedded sandbox.
#[derive(Debug, Clone, Serialize, Type)]
pub struct SandboxSettingsView {
    /// Reviews are approved by themselves after this many seconds; none: by hand.
    pub auto_approve_seconds: Option<u32>,
}

/// What the user can set.
#[derive(Debug, Clone, Deserialize, Type)]
pub struct SettingsInput {
    /// Light, dark or as the system.
    pub theme: Theme,
    /// Language of the window.
    pub language: Language,
    /// Added to a signed file's name.
    pub output_suffix: String,
    /// Address of a real platform; none: the embedded sandbox.
    pub platform_address: Option<String>,
    /// Address of the timestamp service; none: the platform's own.
    pub timestamp_address: Option<String>,
}

/// Colour themes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the operating system.
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// Languages of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// Simplified Chinese.
    Chinese,
    /// English.
    English,
}

/// What keeps the device's half of the key protection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum DeviceSecretKind {
    /// The operating system's key store.
    SystemKeyStore,
    /// A file only this user can read.
    PlainFile,
}
