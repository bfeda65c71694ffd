//! 用印记录: every use of a key, as this device and the platform have it.
use super::FailureView;
use serde::{Deserialize, Serialize};
use specta::Type;

/// Which entries to list.
#[derive(Debug, Clone, Default, Deserialize, Type)]
pub struct SealLogQuery {
    /// Part of the file's, owner's or seal's name, or the beginning of the SHA-256; empty: all.
    pub text: String,
    /// Only uses by this account (of the platform's log).
    pub account_id: Option<String>,
    /// Only uses since this moment (RFC 3339).
    pub from: Option<String>,
    /// Only uses before this moment (RFC 3339).
    pub until: Option<String>,
}

/// Whose record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SealLogSource {
    /// This device's.
    Here,
    /// The platform's.
    There,
}

/// What a key was used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SealUseKind {
    /// A document was stamped and signed.
    Document,
    /// The document of a signing task was.
    ScanDocument,
    /// The digest of a signing task was signed.
    ScanDigest,
    /// The key was copied into a file.
    KeyExport,
    /// A kind of a later version.
    Unknown,
}

/// How far an entry has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SealLogRowState {
    /// The platform has it.
    HandedIn,
    /// It waits for the platform.
    Waiting,
    /// From the place on where the chain is not what it was: it cannot be relied on.
    Doubtful,
}

/// An entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct SealLogRowView {
    /// Tells it from every other.
    pub id: String,
    /// When.
    pub at: String,
    /// What for.
    pub kind: SealUseKind,
    /// The file, or what the digest is of.
    pub file_name: String,
    /// Its SHA-256, hexadecimal.
    pub sha256: String,
    /// How many times something was placed.
    pub marks: u32,
    /// Who the certificate names; empty in entries of older versions.
    pub owner_name: String,
    /// Serial number of the certificate, hexadecimal.
    pub serial: String,
    /// Names of the seals.
    pub seals: Vec<String>,
    /// Who did it.
    pub person: String,
    /// On which device; none for this one.
    pub device_name: Option<String>,
    /// Place in its chain.
    pub position: u32,
    /// Link of the chain, hexadecimal.
    pub hash: String,
    /// How far it has come.
    pub state: SealLogRowState,
    /// When the platform took it.
    pub handed_in_at: Option<String>,
}

/// This device's entries of the account.
#[derive(Debug, Clone, Serialize, Type)]
pub struct SealLogHereView {
    /// A page of those that match, newest first.
    pub rows: Vec<SealLogRowView>,
    /// To ask for what follows; none at the end.
    pub next: Option<u32>,
    /// How many match; counted with the first page.
    pub total: Option<u32>,
    /// How many entries there are in all.
    pub count: u32,
    /// So many wait for the platform.
    pub waiting: u32,
    /// From this entry on something was changed by other means than this program.
    pub broken_from: Option<u32>,
    /// Where the record began anew, because the platform had others than these, oldest first.
    pub seams: Vec<SealLogSeamView>,
    /// Why the platform did not take what waits.
    pub failure: Option<FailureView>,
}

/// A place where this device's record began anew: its data was set back, or the platform took it for another device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct SealLogSeamView {
    /// The first entry of the new chain.
    pub from: u32,
    /// How many entries the platform has of the former one.
    pub there: u32,
}

/// A page of the platform's entries: the enterprise's for administrators, one's own for everybody else.
#[derive(Debug, Clone, Serialize, Type)]
pub struct SealLogPageView {
    /// Newest first.
    pub rows: Vec<SealLogRowView>,
    /// To ask for what follows; none at the end.
    pub next: Option<String>,
}

/// A device's chain at the platform that is not whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct SealLogDoubtView {
    /// Chain id.
    pub id: String,
    /// Whose.
    pub person: String,
    /// On which device.
    pub device_name: String,
    /// From this entry on others were handed in; they were not taken.
    pub differs_from: Option<u32>,
    /// From this entry on the device found its own record changed.
    pub broken_from: Option<u32>,
    /// Another chain took its place after this entry.
    pub continued_after: Option<u32>,
}
