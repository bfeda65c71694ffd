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
    /// Design (automatic seals), at most 64 KB.
    pub design: Option<String>,
    /// PNG in base64.
    pub picture: String,
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
