//! CA 授权: the enterprise's permission to be issued certificates (product.md 2.2).

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Largest authorisation letter, in bytes (10 MB).
pub const LETTER_LIMIT_BYTES: usize = 10 * 1024 * 1024;

/// Where the authorisation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AuthorisationState {
    /// Nothing submitted yet.
    None,
    /// Waiting for the reviewer.
    Submitted,
    /// Certificates can be bought.
    Approved,
    /// Refused with a reason; can be submitted again.
    Rejected,
    /// A word of a later version of the contract.
    #[serde(other)]
    Unknown,
}

/// How it was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AuthorisationWay {
    /// 法人人脸识别.
    Face,
    /// 上传授权文件.
    Letter,
    /// A word of a later version of the contract.
    #[serde(other)]
    Unknown,
}

/// The enterprise's authorisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Authorisation {
    /// State.
    pub state: AuthorisationState,
    /// Way of the latest submission.
    pub way: Option<AuthorisationWay>,
    /// Reason of the rejection.
    pub reason: Option<String>,
    /// Latest submission.
    #[serde(with = "time::serde::rfc3339::option")]
    pub submitted_at: Option<OffsetDateTime>,
    /// Latest decision.
    #[serde(with = "time::serde::rfc3339::option")]
    pub decided_at: Option<OffsetDateTime>,
    /// File name of the latest letter.
    pub letter_file_name: Option<String>,
    /// The latest face link; told to administrators only.
    pub face: Option<FaceLink>,
}

/// Where a face link stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FaceState {
    /// Not opened yet.
    Waiting,
    /// Opened on a phone.
    Scanned,
    /// The legal representative confirmed.
    Confirmed,
    /// The legal representative refused.
    Refused,
    /// Not used in time.
    Expired,
    /// A word of a later version of the contract.
    #[serde(other)]
    Unknown,
}

/// A short-lived link for the legal representative's phone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FaceLink {
    /// Identifier.
    pub id: Uuid,
    /// Address to show as a QR code.
    pub url: String,
    /// State at the time of the answer.
    pub state: FaceState,
    /// End of its life.
    #[serde(with = "time::serde::rfc3339")]
    pub expires_at: OffsetDateTime,
}

/// Query of the letter upload; the body is the file itself (JPEG, PNG or PDF).
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LetterQuery {
    /// File name as the user sees it, at most 200 characters.
    pub file_name: String,
}
