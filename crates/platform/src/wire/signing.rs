//! 扫码签章: signing tasks of business systems, fetched by the app from a QR code and signed once (product.md 2.10).

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

/// Largest document of a task, in bytes (7 MiB: in base64 it fits into a call).
pub const SIGNING_DOCUMENT_LIMIT_BYTES: usize = 7 * 1024 * 1024;

/// Where a task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SigningTaskState {
    /// Nobody has fetched it.
    Waiting,
    /// An account has fetched it and may sign.
    Fetched,
    /// Signed; the platform has verified the result.
    Signed,
    /// The person refused.
    Refused,
    /// Neither signed nor refused in time.
    Expired,
    /// Taken back by the system that made it.
    Cancelled,
    /// A word of a later version of the contract.
    #[serde(other)]
    Unknown,
}

/// What is to be signed, as sent by a business system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum NewSigningContent {
    /// A PDF; the result is the same PDF with a signature appended.
    Document {
        /// File name shown to the signer, 1–200 characters.
        file_name: String,
        /// The PDF, base64; up to 7 MiB of bytes.
        file: String,
    },
    /// A digest; the result is a detached CMS signature (CAdES) over it.
    Digest {
        /// What the digest is of, shown to the signer, 1–200 characters.
        name: String,
        /// SHA-256, 64 lower-case hexadecimal digits.
        sha256: String,
    },
}

/// A task as a business system makes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NewSigningTask {
    /// What the signer is asked to do, 1–200 characters.
    pub title: String,
    /// What is to be signed.
    pub content: NewSigningContent,
    /// Only people of the enterprise with this credit code may sign.
    pub credit_code: Option<String>,
    /// Only this account may sign.
    pub account: Option<String>,
    /// Life of the task, 60–86,400 seconds; 600 when absent.
    pub seconds: Option<u32>,
}

/// What is to be signed, as the signer sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SigningContent {
    /// A PDF, at `/v1/signing-tasks/{id}/document`.
    Document {
        /// File name.
        file_name: String,
        /// SHA-256, lower-case hexadecimal.
        sha256: String,
        /// Size, in bytes.
        bytes: u64,
    },
    /// A digest.
    Digest {
        /// What it is of.
        name: String,
        /// SHA-256, lower-case hexadecimal.
        sha256: String,
    },
    /// A word of a later version of the contract.
    #[serde(other)]
    Unknown,
}

/// Who signed, from the verified result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SigningResult {
    /// When the platform took it.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// Serial number of the certificate, lower-case hexadecimal.
    pub serial: String,
    /// Common name of the certificate.
    pub common_name: String,
    /// Organisation of the certificate.
    pub organization: String,
    /// SHA-256 of the result, lower-case hexadecimal.
    pub sha256: String,
}

/// A task, to whoever fetched it and to the system that made it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SigningTask {
    /// Identifier.
    pub id: Uuid,
    /// Name of the business system that asks.
    pub requester: String,
    /// What the signer is asked to do.
    pub title: String,
    /// What is to be signed.
    pub content: SigningContent,
    /// State at the time of the answer.
    pub state: SigningTaskState,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// End of its life.
    #[serde(with = "time::serde::rfc3339")]
    pub expires_at: OffsetDateTime,
    /// Reason of a refusal.
    pub reason: Option<String>,
    /// Who signed; once signed.
    pub result: Option<SigningResult>,
}

/// A task that was just made. Not printable: it carries secrets.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct SigningTaskMade {
    /// The task.
    pub task: SigningTask,
    /// Page to show to the signer: the QR code and the state, live.
    pub page_url: String,
    /// What the QR code says: `ganjiang://sign?host=…&task=…&secret=…`, good for one fetch.
    pub link: String,
}

/// Fetch a task: the secret of its link.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct SigningTaskFetch {
    /// `secret` of the link.
    pub secret: String,
}

/// Refuse to sign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SigningRefusal {
    /// Why, 1–200 characters; told to the system that asked.
    pub reason: String,
}

/// A business system that may make tasks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BusinessSystem {
    /// Identifier.
    pub id: Uuid,
    /// Name shown to signers.
    pub name: String,
    /// When it was registered.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

/// Register a business system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NewBusinessSystem {
    /// Name shown to signers, 1–100 characters.
    pub name: String,
}

/// A system that was just registered. Not printable: it carries the key.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct BusinessSystemMade {
    /// The system.
    pub system: BusinessSystem,
    /// Value of `x-api-key`, shown once.
    pub api_key: String,
}
