//! A plan: which seal goes where, in words and millimetres; a value that can be kept and used on the next document.
//!
//! [`Plan::resolve`] turns it into marks on one document and finds out beforehand what would go wrong.

mod date;
mod findings;
mod seam;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::document::{Document, SharedBytes};
use crate::geometry::{PageGeometry, PlacedMm};
use crate::lettering::{Color, LetteringError, TextBlock};
use crate::mark::{Appearance, Mark, PartMm, Placement};
use crate::page_range::{PageRange, PageRangeError};

pub use date::DatePattern;
pub use findings::Finding;
pub use seam::Side;

/// The version that this program writes and the only one it reads.
pub const VERSION: u32 = 1;

/// Most items of a plan.
const MOST_ITEMS: usize = 500;

/// Most marks of a resolved plan.
const MOST_MARKS: usize = 100_000;

/// A slice thinner than this (mm) is hard to see; people are told.
pub const THIN_SLICE_MM: f64 = 3.0;

/// What goes where.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// [`VERSION`].
    pub version: u32,
    /// In the order of drawing.
    pub items: Vec<Item>,
}

/// One thing and where it goes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// What.
    pub content: Content,
    /// Where.
    pub place: Place,
}

/// What is placed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
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
#[serde(tag = "kind", rename_all = "snake_case")]
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
    /// A slice on each page of groups of pages.
    Seam {
        /// Which pages.
        pages: String,
        /// Which edge.
        side: Side,
        /// Most pages that share one seal; `None`: all share it.
        pages_per_group: Option<u32>,
        /// Only odd pages: printed on both sides, each sheet shows its slice once.
        odd_pages_only: bool,
        /// Leaves out the document's first page.
        skip_cover: bool,
        /// Where the seal begins on the edge, in mm from its top (left) end; `None`: in the middle.
        along_mm: Option<f64>,
    },
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

/// Why a plan cannot be used on a document; `item` is the index of the plan's item.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PlanError {
    /// Made by a newer program.
    #[error("plan version {version} is not known")]
    UnknownVersion {
        /// The version it states.
        version: u32,
    },
    /// More than 500 items or 100,000 marks.
    #[error("the plan is too large")]
    TooLarge,
    /// The item's page range.
    #[error("item {item}: {error}")]
    Pages {
        /// Index.
        item: usize,
        /// What is wrong with it.
        error: PageRangeError,
    },
    /// Nothing is known under the seal's name.
    #[error("item {item}: no seal {seal}")]
    NoSuchSeal {
        /// Index.
        item: usize,
        /// The name.
        seal: String,
    },
    /// Text that cannot be written, such as a character that the font does not have.
    #[error("item {item}: {error}")]
    Text {
        /// Index.
        item: usize,
        /// What is wrong with it.
        error: LetteringError,
    },
    /// It would reach over the edge of the visible page.
    #[error("item {item} does not fit on page {page}")]
    OffPage {
        /// Index.
        item: usize,
        /// 1-based page.
        page: u32,
    },
    /// A seam over fewer than two pages.
    #[error("item {item}: a seam needs at least two pages")]
    SeamTooShort {
        /// Index.
        item: usize,
    },
    /// Fewer than two pages to a group, or a position that is no number.
    #[error("item {item}: a number that cannot be used")]
    BadNumber {
        /// Index.
        item: usize,
    },
}

impl Plan {
    /// A plan of these items.
    pub fn new(items: Vec<Item>) -> Self {
        Self {
            version: VERSION,
            items,
        }
    }

    /// Works out every mark on this document.
    ///
    /// # Errors
    /// [`PlanError`]: nothing of a plan is used when one item of it cannot be.
    pub fn resolve(&self, document: &Document, materials: &dyn Materials) -> Result<Resolved, PlanError> {
        if self.version != VERSION {
            return Err(PlanError::UnknownVersion { version: self.version });
        }
        if self.items.len() > MOST_ITEMS {
            return Err(PlanError::TooLarge);
        }
        let mut resolved = Resolved {
            marks: Vec::new(),
            boxes: Vec::new(),
            findings: Vec::new(),
        };
        for (index, item) in self.items.iter().enumerate() {
            let work = Work { document, index };
            work.item(item, materials, &mut resolved)?;
        }
        resolved.findings.extend(findings::overlaps(document, &resolved.boxes));
        Ok(resolved)
    }
}

/// One item on its way to marks.
struct Work<'a> {
    document: &'a Document,
    index: usize,
}

impl Work<'_> {
    fn item(&self, item: &Item, materials: &dyn Materials, resolved: &mut Resolved) -> Result<(), PlanError> {
        let appearance = self.appearance(&item.content, materials)?;
        let size = appearance.size_mm();
        let placements = match &item.place {
            Place::At { pages, x_mm, y_mm } => self.at(pages, *x_mm, *y_mm)?,
            Place::Seam { .. } => self.seam(&item.place, size, &mut resolved.findings)?,
        };
        if resolved.boxes.len() + placements.len() > MOST_MARKS {
            return Err(PlanError::TooLarge);
        }
        for placement in &placements {
            resolved.boxes.push(self.placed_box(placement, size)?);
        }
        resolved.marks.push(Mark { appearance, placements });
        Ok(())
    }

    fn appearance(&self, content: &Content, materials: &dyn Materials) -> Result<Appearance, PlanError> {
        match content {
            Content::Seal { seal } => materials.seal(seal).ok_or_else(|| PlanError::NoSuchSeal {
                item: self.index,
                seal: seal.clone(),
            }),
            Content::Text { text, size_pt, color } => self.block(text, *size_pt, *color, materials),
            Content::Date {
                pattern,
                size_pt,
                color,
            } => self.block(&pattern.write(materials.today()), *size_pt, *color, materials),
        }
    }

    fn block(
        &self,
        text: &str,
        size_pt: f64,
        color: Color,
        materials: &dyn Materials,
    ) -> Result<Appearance, PlanError> {
        let font = materials.font();
        let block = TextBlock::new(text, size_pt, color, (*font).as_ref());
        block
            .map(|block| Appearance::Text(Arc::new(block)))
            .map_err(|error| PlanError::Text {
                item: self.index,
                error,
            })
    }

    fn range(&self, pages: &str) -> Result<PageRange, PlanError> {
        PageRange::parse(pages, self.document.page_count()).map_err(|error| PlanError::Pages {
            item: self.index,
            error,
        })
    }

    fn at(&self, pages: &str, x_mm: f64, y_mm: f64) -> Result<Vec<Placement>, PlanError> {
        let place = |page| Placement::from(PlacedMm { page, x_mm, y_mm });
        Ok(self.range(pages)?.pages().map(place).collect())
    }

    fn seam(&self, place: &Place, size: (f64, f64), findings: &mut Vec<Finding>) -> Result<Vec<Placement>, PlanError> {
        let Place::Seam {
            pages,
            side,
            pages_per_group,
            odd_pages_only,
            skip_cover,
            along_mm,
        } = place
        else {
            return Ok(Vec::new());
        };
        let most = pages_per_group.map_or(usize::MAX, |most| usize::try_from(most).unwrap_or(usize::MAX));
        if most < 2 || along_mm.is_some_and(|along| !along.is_finite()) {
            return Err(PlanError::BadNumber { item: self.index });
        }
        let wanted = |page: &u32| (!skip_cover || *page != 1) && (!odd_pages_only || page % 2 == 1);
        let pages: Vec<u32> = self.range(pages)?.pages().filter(wanted).collect();
        if pages.len() < 2 {
            return Err(PlanError::SeamTooShort { item: self.index });
        }
        let mut placements = Vec::with_capacity(pages.len());
        let groups = seam::groups(&pages, most);
        for group in &groups {
            let group: Vec<(u32, PageGeometry)> = group
                .iter()
                .filter_map(|page| Some((*page, *self.document.page(*page)?)))
                .collect();
            placements.extend(seam::slices(&group, *side, size, *along_mm));
        }
        findings.push(Finding::of_seam(self.index, &groups, *side, size));
        Ok(placements)
    }

    fn placed_box(&self, placement: &Placement, whole: (f64, f64)) -> Result<PlacedBox, PlanError> {
        let PlacedMm { page, x_mm, y_mm } = placement.at;
        let (width_mm, height_mm) = placement.size_mm(whole);
        let holds = self
            .document
            .page(page)
            .is_some_and(|page| page.holds(x_mm, y_mm, width_mm, height_mm));
        if !holds {
            return Err(PlanError::OffPage { item: self.index, page });
        }
        Ok(PlacedBox {
            item: self.index,
            page,
            x_mm,
            y_mm,
            width_mm,
            height_mm,
            part: placement.part,
        })
    }
}
