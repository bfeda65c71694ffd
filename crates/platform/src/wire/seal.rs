//! Seal records and the notice before the first one (product.md 2.7).

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

/// Largest seal picture, in bytes (4 MB).
pub const SEAL_PICTURE_LIMIT_BYTES: usize = 4 * 1024 * 1024;

/// What the seal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SealKind {
    /// 公章.
    Company,
    /// 投标专用章.
    BidPurpose,
    /// 合同专用章.
    ContractPurpose,
    /// 财务专用章.
    FinancePurpose,
    /// 发票专用章.
    Invoice,
    /// 法定代表人章.
    LegalRepresentative,
    /// 姓名章.
    PersonalName,
    /// 手写签名.
    Handwritten,
    /// A word of a later version of the contract.
    #[serde(other)]
    Unknown,
}

/// Where the picture comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SealOrigin {
    /// Drawn from the certificate's subject; effective at once.
    Automatic,
    /// Drawn by hand; reviewed.
    HandDrawn,
    /// Uploaded picture; reviewed.
    Uploaded,
    /// A word of a later version of the contract.
    #[serde(other)]
    Unknown,
}

/// Where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SealState {
    /// Waiting for the reviewer.
    InReview,
    /// Can stamp.
    Approved,
    /// Refused with a reason.
    Rejected,
    /// Taken out of use.
    Disabled,
    /// Another seal took its place, or its certificate was issued anew.
    Replaced,
    /// A word of a later version of the contract.
    #[serde(other)]
    Unknown,
}

/// A seal record. The picture is a call of its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SealRecord {
    /// Identifier.
    pub id: Uuid,
    /// Name shown.
    pub name: String,
    /// Kind.
    pub kind: SealKind,
    /// Origin.
    pub origin: SealOrigin,
    /// State.
    pub state: SealState,
    /// Reason of a rejection.
    pub reason: Option<String>,
    /// Certificate (entitlement) it is bound to.
    pub certificate_id: Uuid,
    /// True width, in mm.
    pub width_mm: f64,
    /// True height, in mm.
    pub height_mm: f64,
    /// Design an automatic seal is redrawn from: JSON of the app, opaque here.
    pub design: Option<String>,
    /// Declaration made when a picture was uploaded.
    pub declaration: Option<SealDeclaration>,
    /// The seal that took its place; none when its certificate was issued anew.
    pub replaced_by: Option<Uuid>,
    /// Since when it is out of use.
    #[serde(with = "time::serde::rfc3339::option")]
    pub ended_at: Option<OffsetDateTime>,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

/// A new seal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct NewSeal {
    /// Certificate (entitlement) it is bound to.
    pub certificate_id: Uuid,
    /// Name shown.
    pub name: String,
    /// Kind.
    pub kind: SealKind,
    /// Origin.
    pub origin: SealOrigin,
    /// True width, in mm, more than 0 and at most 100.
    pub width_mm: f64,
    /// True height, in mm, more than 0 and at most 100.
    pub height_mm: f64,
    /// Design (automatic seals) or strokes (handwriting), at most 512 KB.
    pub design: Option<String>,
    /// PNG in base64.
    pub picture: String,
    /// Version of the declaration that was made; needed for an uploaded picture.
    #[serde(default)]
    pub declaration_version: Option<u32>,
    /// The seal of the same certificate that this one takes the place of, once it is approved.
    #[serde(default)]
    pub replaces: Option<Uuid>,
}

/// That the picture is of one's own organisation's seal or one's own signature: which words, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SealDeclaration {
    /// Version of the words.
    pub version: u32,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

/// What is declared with an uploaded picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SealDeclarationText {
    /// Version.
    pub version: u32,
    /// Text, one paragraph each.
    pub paragraphs: Vec<String>,
}

/// 签章图片告知函 and whether this account agreed to this version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SealNotice {
    /// Version.
    pub version: u32,
    /// Text, one paragraph each.
    pub paragraphs: Vec<String>,
    /// When this account agreed to this version.
    #[serde(with = "time::serde::rfc3339::option")]
    pub agreed_at: Option<OffsetDateTime>,
}

/// Agreement to the notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SealNoticeAgreement {
    /// Version that was read.
    pub version: u32,
}
