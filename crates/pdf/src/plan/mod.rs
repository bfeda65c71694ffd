//! A plan: which seal goes where, in words and millimetres; a value that can be kept and used on the next document.
//!
//! [`Plan::resolve`] turns it into marks on one document and finds out beforehand what would go wrong.

mod date;
mod error;
mod findings;
mod keyword;
mod seam;
mod work;

use serde::{Deserialize, Serialize};

use crate::document::{Document, SharedBytes};
use crate::lettering::Color;
use crate::mark::{Appearance, Mark, PartMm};
use work::{Gathered, Work};

pub use date::DatePattern;
pub use error::{PlanError, PlanReadError};
pub use findings::Finding;
pub use keyword::{Anchor, HitChoice};
pub use seam::Side;

/// The version that this program writes and the only one it reads.
pub const VERSION: u32 = 1;

/// Most items of a plan.
const MOST_ITEMS: usize = 500;

/// Most marks of a resolved plan.
const MOST_MARKS: usize = 100_000;

/// A slice thinner than this (mm) is hard to see; people are told.
pub const THIN_SLICE_MM: f64 = 3.0;

/// Largest plan that is read, in bytes.
const MOST_BYTES: usize = 1 << 20;

/// The one entry that every version has.
#[derive(Deserialize)]
struct Versioned {
    version: u32,
}

/// What goes where.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// [`VERSION`].
    pub version: u32,
    /// In the order of drawing.
    pub items: Vec<Item>,
}

/// One thing and where it goes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// What.
    pub content: Content,
    /// Where.
    pub place: Place,
}

/// What is placed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Content {
    /// A seal, by the name that [`Materials::seal`] knows it by.
    Seal {
        /// The name.
        seal: String,
    },
    /// Lines of text in [`Materials::font`].
    Text {
        /// The words; lines end with a line feed.
        text: String,
        /// In points.
        size_pt: f64,
        /// Opaque.
        color: Color,
    },
    /// The day of [`Materials::today`], in [`Materials::font`].
    Date {
        /// How it is written.
        pattern: DatePattern,
        /// In points.
        size_pt: f64,
        /// Opaque.
        color: Color,
    },
}

/// Where it is placed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Place {
    /// The same position on each page of a range.
    At {
        /// `all`, `odd`, `even`, `first`, `last`, `1-3,5`.
        pages: String,
        /// Left edge from the visible page's left, in mm.
        x_mm: f64,
        /// Top edge from the visible page's top, in mm.
        y_mm: f64,
    },
    /// In a corner of each page of a range; in the middle of a page too small for the margin.
    Corner {
        /// As for [`Place::At`].
        pages: String,
        /// Which.
        corner: Corner,
        /// From both edges of the visible page, in mm.
        margin_mm: f64,
    },
    /// Beside a word. The anchor is a point of the box around the hit; the middle of a seal goes there, and of text and
    /// dates the middle of their left edge. A mark that would reach over the page's edge is an error, never moved.
    Keyword {
        /// The word, found as [`crate::text::find`] does.
        word: String,
        /// Which hits.
        hits: HitChoice,
        /// Pages to look on, as for [`Place::At`].
        pages: String,
        /// The point of the hit.
        anchor: Anchor,
        /// From there to the right, in mm.
        dx_mm: f64,
        /// From there down, in mm.
        dy_mm: f64,
    },
    /// A slice on each page of groups of pages.
    Seam {
        /// Which pages.
        pages: String,
        /// Which edge.
        side: Side,
        /// Most pages that share one seal; `None`: all share it.
        pages_per_group: Option<u32>,
        /// Only odd pages: printed on both sides, each sheet shows its slice once.
        #[serde(default)]
        odd_pages_only: bool,
        /// Leaves out the document's first page.
        #[serde(default)]
        skip_cover: bool,
        /// Where the seal begins on the edge, in mm from its top (left) end; `None`: in the middle.
        along_mm: Option<f64>,
    },
}

/// A corner of the visible page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Corner {
    /// Upper left.
    TopLeft,
    /// Upper right.
    TopRight,
    /// Lower left.
    BottomLeft,
    /// Lower right.
    BottomRight,
}

/// What a plan's words stand for.
pub trait Materials {
    /// A seal's appearance, by the name in the plan.
    fn seal(&self, name: &str) -> Option<Appearance>;
    /// The font file for text and dates (TrueType or OpenType).
    fn font(&self) -> SharedBytes;
    /// The day that dates state.
    fn today(&self) -> time::Date;
}

/// A plan worked out for one document.
#[derive(Debug, Clone)]
pub struct Resolved {
    /// What to write, an appearance an item.
    pub marks: Vec<Mark>,
    /// The same as boxes, for showing before it is written.
    pub boxes: Vec<PlacedBox>,
    /// What people should know before they go on.
    pub findings: Vec<Finding>,
}

/// One box of a resolved plan, in mm from the visible page's top left corner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlacedBox {
    /// Index of the plan's item.
    pub item: usize,
    /// 1-based page.
    pub page: u32,
    /// Left edge.
    pub x_mm: f64,
    /// Top edge.
    pub y_mm: f64,
    /// Width.
    pub width_mm: f64,
    /// Height.
    pub height_mm: f64,
    /// Which part of the item shows; `None`: all of it.
    pub part: Option<PartMm>,
}

impl Plan {
    /// A plan of these items.
    pub fn new(items: Vec<Item>) -> Self {
        Self {
            version: VERSION,
            items,
        }
    }

    /// Reads a plan that was written with `serde_json`; one of another version is told from a broken one.
    ///
    /// # Errors
    /// [`PlanReadError`].
    pub fn from_json(bytes: &[u8]) -> Result<Self, PlanReadError> {
        if bytes.len() > MOST_BYTES {
            return Err(PlanReadError::TooLarge);
        }
        let wrong = |error: serde_json::Error| PlanReadError::NotAPlan(error.to_string());
        let Versioned { version } = serde_json::from_slice(bytes).map_err(wrong)?;
        if version != VERSION {
            return Err(PlanReadError::UnknownVersion { version });
        }
        serde_json::from_slice(bytes).map_err(wrong)
    }

    /// Works out every mark on this document.
    ///
    /// # Errors
    /// [`PlanError`]: nothing of a plan is used when one item of it cannot be.
    pub fn resolve(&self, document: &Document, materials: &dyn Materials) -> Result<Resolved, PlanError> {
        let (resolved, refused) = self.resolve_each(document, materials)?;
        match refused.into_iter().next() {
            Some((_, error)) => Err(error),
            None => Ok(resolved),
        }
    }

    /// Works out what can be used, and tells the items that cannot, by index: for showing a plan while it is made.
    /// [`Resolved::marks`] has no entry for a refused item.
    ///
    /// # Errors
    /// [`PlanError::UnknownVersion`], [`PlanError::TooLarge`].
    pub fn resolve_each(
        &self,
        document: &Document,
        materials: &dyn Materials,
    ) -> Result<(Resolved, Vec<(usize, PlanError)>), PlanError> {
        if self.version != VERSION {
            return Err(PlanError::UnknownVersion { version: self.version });
        }
        if self.items.len() > MOST_ITEMS {
            return Err(PlanError::TooLarge);
        }
        let mut gathered = Gathered::default();
        let mut refused = Vec::new();
        for (index, item) in self.items.iter().enumerate() {
            let work = Work { document, index };
            match work.item(item, materials, &mut gathered) {
                Ok(()) => {}
                Err(PlanError::TooLarge) => return Err(PlanError::TooLarge),
                Err(error) => refused.push((index, error)),
            }
        }
        let Gathered {
            marks,
            boxes,
            mut findings,
            ..
        } = gathered;
        findings.extend(findings::overlaps(document, &boxes));
        Ok((Resolved { marks, boxes, findings }, refused))
    }
}
