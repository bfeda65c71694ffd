//! Seals and their notice.
use serde::{Deserialize, Serialize};
use specta::Type;

/// 签章图片告知函.
#[derive(Debug, Clone, Serialize, Type)]
pub struct SealNoticeView {
    /// Version of the words; a new version is agreed anew.
    pub version: u32,
    /// The words.
    pub paragraphs: Vec<String>,
    /// When this account agreed to this version.
    pub agreed_at: Option<String>,
}

/// A seal image.
#[derive(Debug, Clone, PartialEq, Serialize, Type)]
pub struct SealView {
    /// Seal id.
    pub id: String,
    /// Name to tell it by.
    pub name: String,
    /// Kind.
    pub kind: SealKind,
    /// Where its picture comes from.
    pub origin: SealOrigin,
    /// Review state.
    pub state: SealState,
    /// The reviewer's reason for a rejection.
    pub reason: Option<String>,
    /// The certificate it is bound to.
    pub certificate_id: String,
    /// Width in mm.
    #[specta(type = i32)]
    pub width_mm: f64,
    /// Height in mm.
    #[specta(type = i32)]
    pub height_mm: f64,
    /// Path of its picture under the `picture` scheme: `seal/<id>`.
    pub picture: String,
    /// When it was made.
    pub created_at: String,
}

/// Kinds of seals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SealKind {
    /// 公章.
    Company,
    /// 投标专用章.
    BidPurpose,
    /// 合同专用章.
    ContractPurpose,
    /// 法定代表人名章.
    LegalRepresentative,
    /// 姓名章.
    PersonalName,
}

/// Where a seal's picture comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SealOrigin {
    /// Drawn from the certificate's subject.
    Automatic,
    /// Drawn by hand.
    HandDrawn,
    /// A cleaned photo.
    Uploaded,
}

/// Review states of a seal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SealState {
    /// 审核中.
    InReview,
    /// In effect.
    Approved,
    /// Rejected with a reason.
    Rejected,
    /// Switched off.
    Disabled,
}

/// An automatic seal to be drawn.
#[derive(Debug, Clone, Deserialize, Type)]
pub struct AutomaticSealInput {
    /// The certificate whose subject gives the words.
    pub certificate_id: String,
    /// Kind; enterprise certificates give company kinds, personal ones give name kinds.
    pub kind: SealKind,
    /// 朱文 or 白文, for name seals.
    pub style: Option<NameSealStyle>,
    /// Ending of the name, for name seals.
    pub suffix: Option<NameSealSuffix>,
    /// Diameter or side in mm.
    #[specta(type = i32)]
    pub size_mm: f64,
}

/// Styles of name seals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum NameSealStyle {
    /// 朱文: coloured characters.
    Zhu,
    /// 白文: characters left white.
    Bai,
}

/// Endings of name seals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum NameSealSuffix {
    /// The name alone.
    None,
    /// 印.
    Yin,
    /// 之印.
    ZhiYin,
}

/// A seal drawn for looking at only.
#[derive(Debug, Clone, Serialize, Type)]
pub struct SealPreviewView {
    /// The drawing.
    pub svg: String,
    /// Width in mm.
    #[specta(type = i32)]
    pub width_mm: f64,
    /// Height in mm.
    #[specta(type = i32)]
    pub height_mm: f64,
    /// The words on it.
    pub text: String,
    /// Characters taken from a stand-in font.
    pub fallback_characters: String,
}

/// File formats of a seal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SealFormat {
    /// Vector, for screens.
    Svg,
    /// 300 dpi, transparent.
    Png300,
    /// 600 dpi, transparent.
    Png600,
    /// One page of exactly the seal's size.
    Pdf,
}
