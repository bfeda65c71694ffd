//! Signing tasks of business systems.
use super::SecretText;
use serde::{Deserialize, Serialize};
use specta::Type;

/// A signing task that this account has fetched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct ScanTaskView {
    /// Task id.
    pub id: String,
    /// The business system that asks.
    pub requester: String,
    /// What the signer is asked to do.
    pub title: String,
    /// A document or a digest.
    pub content: ScanContent,
    /// The document's file name, or what the digest is of.
    pub name: String,
    /// SHA-256 of what is to be signed, hexadecimal.
    pub sha256: String,
    /// Size of the document in bytes.
    #[specta(type = Option<u32>)]
    pub size_bytes: Option<u64>,
    /// Where it stands.
    pub state: ScanState,
    /// End of its life.
    pub expires_at: String,
    /// Why it was refused.
    pub reason: Option<String>,
    /// Whom the certificate of the result names.
    pub signer: Option<String>,
    /// When the result was taken.
    pub signed_at: Option<String>,
}

/// What is to be signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ScanContent {
    /// A PDF.
    Document,
    /// A digest.
    Digest,
}

/// Where a task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ScanState {
    /// To be signed or refused.
    Open,
    /// Signed, and the result verified by the platform.
    Signed,
    /// Refused here.
    Refused,
    /// Neither in time.
    Expired,
    /// Taken back by the system that asked.
    Cancelled,
    /// A word of a newer platform.
    Unknown,
}

/// A digest about to be signed.
#[derive(Deserialize, Type)]
pub struct ScanDigestInput {
    /// Which task.
    pub task_id: String,
    /// With which certificate.
    pub certificate_id: String,
    /// Its PIN.
    pub pin: SecretText,
}
