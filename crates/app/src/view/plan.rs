//! What is to go where on a document, and how it will look there.
//!
//! Items have the very JSON form of [`pdf::plan::Item`]; `placing.rs` reads them as such.
use super::{CheckLevel, FailureView};
use serde::{Deserialize, Serialize};
use specta::Type;
use std::collections::BTreeMap;

/// What is to be stamped and signed.
#[derive(Debug, Clone, Deserialize, Type)]
pub struct SigningPlanInput {
    /// Which document.
    pub document_id: String,
    /// With which certificate.
    pub certificate_id: String,
    /// What goes where; may be empty for a signature without a picture.
    pub items: Vec<PlanItemInput>,
    /// Why it is signed; empty: not said.
    pub reason: String,
    /// How long the signature can be proved.
    pub level: SigningLevel,
}

/// How long a signature can be proved (EN 319 142-1, 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
pub enum SigningLevel {
    /// B-B: the time is the signer's own word.
    #[serde(rename = "b_b")]
    BB,
    /// B-T: a timestamp says when.
    #[serde(rename = "b_t")]
    BT,
    /// B-LT: with certificates and revocation data.
    #[serde(rename = "b_lt")]
    BLt,
    /// B-LTA: with a timestamp over all of it.
    #[serde(rename = "b_lta")]
    BLta,
}

/// One thing and where it goes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
pub struct PlanItemInput {
    /// What.
    pub content: ContentInput,
    /// Where.
    pub place: PlaceInput,
}

/// What is placed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ContentInput {
    /// A seal.
    Seal {
        /// Its id.
        seal: String,
    },
    /// Lines of text.
    Text {
        /// The words; lines end with a line feed.
        text: String,
        /// In points.
        #[specta(type = i32)]
        size_pt: f64,
        /// `#rrggbb`.
        color: String,
    },
    /// The day of signing, as in Beijing.
    Date {
        /// How it is written.
        pattern: DatePatternInput,
        /// In points.
        #[specta(type = i32)]
        size_pt: f64,
        /// `#rrggbb`.
        color: String,
    },
}

/// How a day is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum DatePatternInput {
    /// `2026年11月24日`.
    Chinese,
    /// `2026-11-24`.
    Numeric,
    /// `二〇二六年十一月二十四日`.
    ChineseNumerals,
}

/// Where it is placed. Page ranges are `all`, `odd`, `even`, `first`, `last`, `1-3,5`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PlaceInput {
    /// The same position on each page.
    At {
        /// Which pages.
        pages: String,
        /// Left edge from the visible page's left, in mm.
        #[specta(type = i32)]
        x_mm: f64,
        /// Top edge from the visible page's top, in mm.
        #[specta(type = i32)]
        y_mm: f64,
    },
    /// In a corner of each page.
    Corner {
        /// Which pages.
        pages: String,
        /// Which corner.
        corner: CornerInput,
        /// From both edges, in mm.
        #[specta(type = i32)]
        margin_mm: f64,
    },
    /// Beside a word.
    Keyword {
        /// The word.
        word: String,
        /// Which hits.
        hits: HitsInput,
        /// Which pages.
        pages: String,
        /// Which point of the hit.
        anchor: AnchorInput,
        /// From there to the right, in mm.
        #[specta(type = i32)]
        dx_mm: f64,
        /// From there down, in mm.
        #[specta(type = i32)]
        dy_mm: f64,
    },
    /// A slice on each page of groups of pages.
    Seam {
        /// Which pages.
        pages: String,
        /// Which edge.
        side: SideInput,
        /// Most pages that share one seal; none: all of them.
        pages_per_group: Option<u32>,
        /// Only odd pages.
        odd_pages_only: bool,
        /// Not on the first page of the document.
        skip_cover: bool,
        /// Where the seal begins on the edge, in mm; none: in the middle.
        #[specta(type = Option<i32>)]
        along_mm: Option<f64>,
    },
}

/// A corner of the visible page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum CornerInput {
    /// Upper left.
    TopLeft,
    /// Upper right.
    TopRight,
    /// Lower left.
    BottomLeft,
    /// Lower right.
    BottomRight,
}

/// Which hits of a word get the mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum HitsInput {
    /// Every one.
    All,
    /// One, from 1.
    Nth(u32),
    /// The last one.
    Last,
}

/// A point of the box around a hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum AnchorInput {
    /// Upper left corner.
    TopLeft,
    /// Middle of the upper edge.
    Top,
    /// Upper right corner.
    TopRight,
    /// Middle of the left edge.
    Left,
    /// Its middle.
    Center,
    /// Middle of the right edge.
    Right,
    /// Lower left corner.
    BottomLeft,
    /// Middle of the lower edge.
    Bottom,
    /// Lower right corner.
    BottomRight,
}

/// An edge of the visible page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SideInput {
    /// Left.
    Left,
    /// Right.
    Right,
    /// Top.
    Top,
    /// Bottom.
    Bottom,
}

/// A plan worked out on its document, for showing.
#[derive(Debug, Clone, Serialize, Type)]
pub struct PlanPreviewView {
    /// Everything that will show.
    pub boxes: Vec<PlacedBoxView>,
    /// One entry for each item of the plan.
    pub items: Vec<PlanItemView>,
    /// What should be known before going on.
    pub findings: Vec<FindingView>,
    /// The file is signed already: what is placed becomes fields of the new signature, which not all viewers show.
    pub as_widgets: bool,
}

/// One item of a plan.
#[derive(Debug, Clone, Serialize, Type)]
pub struct PlanItemView {
    /// Why it cannot be used; it has no boxes then.
    pub problem: Option<FailureView>,
    /// Width in mm of the whole; 0 when it cannot be used.
    #[specta(type = i32)]
    pub width_mm: f64,
    /// Height in mm of the whole; 0 when it cannot be used.
    #[specta(type = i32)]
    pub height_mm: f64,
    /// What text and dates look like: an SVG whose viewBox is in mm. Seals are known by their own picture.
    pub svg: Option<String>,
}

/// One thing that will show, in mm from the visible page's top left.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Type)]
pub struct PlacedBoxView {
    /// Index of the plan's item.
    pub item: u32,
    /// 1-based page.
    pub page: u32,
    /// Left edge.
    #[specta(type = i32)]
    pub x_mm: f64,
    /// Top edge.
    #[specta(type = i32)]
    pub y_mm: f64,
    /// Width.
    #[specta(type = i32)]
    pub width_mm: f64,
    /// Height.
    #[specta(type = i32)]
    pub height_mm: f64,
    /// Which part of the item shows; none: all of it.
    pub part: Option<PartView>,
}

/// A part of an item, in mm from the item's own top left.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Type)]
pub struct PartView {
    /// Left edge.
    #[specta(type = i32)]
    pub x_mm: f64,
    /// Top edge.
    #[specta(type = i32)]
    pub y_mm: f64,
    /// Width.
    #[specta(type = i32)]
    pub width_mm: f64,
    /// Height.
    #[specta(type = i32)]
    pub height_mm: f64,
}

/// Something to know about an item of a plan.
#[derive(Debug, Clone, Serialize, Type)]
pub struct FindingView {
    /// What it is.
    pub code: FindingCode,
    /// Whether it is only told or should be looked at.
    pub level: CheckLevel,
    /// Index of the plan's item.
    pub item: u32,
    /// Facts the words need.
    pub params: BTreeMap<String, String>,
}

/// What there is to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum FindingCode {
    /// How a seam falls; params: `pages`, `groups`, `largest_group`, `slice_mm`.
    Seam,
    /// The same, and a slice is under 3 mm.
    SeamThin,
    /// A word was found; params: `hits`, `chosen`.
    Keyword,
    /// A word or the wanted hit of it is not there; params: `hits`.
    KeywordMissing,
    /// Pages that show no text of their own; params: `pages` (at most 20 of them), `count`.
    PagesWithoutText,
    /// Not everything was searched or listed.
    SearchCutShort,
    /// It covers another item; params: `page`, `other` (index).
    CoversMark,
    /// It covers what an earlier signature shows; params: `page`, `field`.
    CoversSignature,
}

/// Where a word stands in a document.
#[derive(Debug, Clone, Serialize, Type)]
pub struct FoundView {
    /// By page, then from the top.
    pub hits: Vec<HitView>,
    /// Searched pages that show no text of their own (scans).
    pub pages_without_text: Vec<u32>,
    /// Not everything was searched or listed.
    pub truncated: bool,
}

/// One hit, in mm from the visible page's top left.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Type)]
pub struct HitView {
    /// 1-based page.
    pub page: u32,
    /// Left edge.
    #[specta(type = i32)]
    pub x_mm: f64,
    /// Top edge.
    #[specta(type = i32)]
    pub y_mm: f64,
    /// Width.
    #[specta(type = i32)]
    pub width_mm: f64,
    /// Height.
    #[specta(type = i32)]
    pub height_mm: f64,
}

/// A plan kept under a name, to be used on the next document.
#[derive(Debug, Clone, Serialize, Type)]
pub struct PlanTemplateView {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// What goes where.
    pub items: Vec<PlanItemInput>,
    /// When it was kept.
    pub created: String,
}
