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
    /// When it was declared to be one's own, for an uploaded picture.
    pub declared_at: Option<String>,
    /// Version of that declaration.
    pub declaration_version: Option<u32>,
    /// Since when it is out of use.
    pub ended_at: Option<String>,
    /// The seal that took its place; none when the certificate was issued anew.
    pub replaced_by: Option<String>,
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
    /// 财务专用章.
    FinancePurpose,
    /// 发票专用章.
    Invoice,
    /// 法定代表人名章.
    LegalRepresentative,
    /// 姓名章.
    PersonalName,
    /// 手写签名.
    Handwritten,
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
    /// Another took its place, or the certificate was issued anew.
    Replaced,
    /// A word of a newer platform.
    Unknown,
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
    /// Typeface; without it the kind's own.
    pub typeface: Option<SealTypeface>,
    /// Whether a special-purpose seal has the star; with it when not said.
    pub star: Option<bool>,
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

/// Typefaces of seals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SealTypeface {
    /// 宋.
    Song,
    /// 楷.
    Kai,
    /// 毛笔.
    Brush,
    /// The font file the person chose, for drafts only.
    Own,
}

/// Shapes the designer draws.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SealShape {
    /// Round seal of an organisation.
    Round,
    /// Oval seal of an organisation.
    Oval,
    /// Invoice seal.
    Invoice,
    /// Square seal of an organisation.
    Square,
    /// Square seal of a person.
    Name,
    /// Rectangular seal of lines.
    Rectangle,
}

/// A seal of the designer: words of one's own, bound to no certificate, exported as a draft only. What a shape does
/// not have is ignored; empty words are none.
#[derive(Debug, Clone, Deserialize, Type)]
pub struct SealDraftInput {
    /// Shape.
    pub shape: SealShape,
    /// The name; the lines of a rectangular seal.
    pub name: String,
    /// Row under the star or in the middle.
    pub purpose: String,
    /// Second row.
    pub second_line: String,
    /// Digits along the lower edge.
    pub code_digits: String,
    /// Taxpayer number of an invoice seal.
    pub tax_number: String,
    /// Number of one of several invoice seals.
    pub serial: String,
    /// Text along the lower side of an oval seal.
    pub lower_name: String,
    /// Whether a round seal has the star.
    pub star: bool,
    /// Whether the name of a round seal takes two arcs however short it is.
    pub two_arcs: bool,
    /// 朱文 or 白文.
    pub style: NameSealStyle,
    /// Ending of a name.
    pub suffix: NameSealSuffix,
    /// Columns of a name seal start at the left.
    pub left_to_right: bool,
    /// Typeface.
    pub typeface: SealTypeface,
    /// Diameter, side or width in mm.
    #[specta(type = i32)]
    pub size_mm: f64,
    /// Height of a rectangular seal in mm.
    #[specta(type = i32)]
    pub height_mm: f64,
    /// Ink, `#rrggbb`.
    pub colour: String,
    /// Added to each side of the strokes, mm.
    #[specta(type = i32)]
    pub boldness_mm: f64,
}

/// The font file a person chose for drafts; it is kept until the program ends and nowhere else.
#[derive(Debug, Clone, Serialize, Type)]
pub struct SealFontView {
    /// Name of the file.
    pub file_name: String,
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
