//! What people should know about a plan before it is carried out; none of it stops the work.

use std::collections::HashMap;

use super::{PlacedBox, Side, THIN_SLICE_MM};
use crate::document::Document;
use crate::shown_marks::{MarkKind, read_marks};
use crate::signature::read_signatures;

/// Most overlaps told; after that the plan is plainly wrong.
const MOST_OVERLAPS: usize = 100;

/// Less common ground than this (mm on both sides) is touching, not covering.
const TOUCHING_MM: f64 = 0.1;

/// Something to know; `item` is the index of the plan's item.
#[derive(Debug, Clone, PartialEq)]
pub enum Finding {
    /// How a seam seal falls.
    Seam {
        /// Index.
        item: usize,
        /// Pages with a slice.
        pages: usize,
        /// Seals needed: one for each group.
        groups: usize,
        /// Most pages that share one seal.
        largest_group: usize,
        /// Breadth of the narrowest slice, in mm.
        slice_mm: f64,
        /// Narrower than 3 mm: hard to see on paper.
        is_thin: bool,
    },
    /// A word was found.
    Keyword {
        /// Index.
        item: usize,
        /// How often.
        hits: usize,
        /// How many of these get the mark.
        chosen: usize,
    },
    /// A word, or the wanted hit of it, is not there: the item places nothing.
    KeywordMissing {
        /// Index.
        item: usize,
        /// How often the word was found at all.
        hits: usize,
    },
    /// Pages that show no text of their own (scans): nothing can be found there.
    PagesWithoutText {
        /// Index.
        item: usize,
        /// 1-based, ascending.
        pages: Vec<u32>,
    },
    /// Not all pages were searched, or not all hits listed.
    SearchCutShort {
        /// Index.
        item: usize,
    },
    /// It covers another mark of the plan.
    CoversMark {
        /// Index.
        item: usize,
        /// Index of the item that is covered.
        other: usize,
        /// 1-based page.
        page: u32,
    },
    /// It covers what an earlier signature shows.
    CoversSignature {
        /// Index.
        item: usize,
        /// The signature's field.
        field: String,
        /// 1-based page.
        page: u32,
    },
}

impl Finding {
    pub(super) fn of_seam(item: usize, groups: &[Vec<u32>], side: Side, (width_mm, height_mm): (f64, f64)) -> Self {
        let largest_group = groups.iter().map(Vec::len).max().unwrap_or(1).max(1);
        let breadth = match side {
            Side::Left | Side::Right => width_mm,
            Side::Top | Side::Bottom => height_mm,
        };
        let slice_mm = breadth / largest_group as f64;
        Self::Seam {
            item,
            pages: groups.iter().map(Vec::len).sum(),
            groups: groups.len(),
            largest_group,
            slice_mm,
            is_thin: slice_mm < THIN_SLICE_MM,
        }
    }
}

/// Marks that cover each other or what earlier signatures show.
pub(super) fn overlaps(document: &Document, boxes: &[PlacedBox]) -> Vec<Finding> {
    let earlier = earlier_marks(document);
    let mut by_page: HashMap<u32, Vec<&PlacedBox>> = HashMap::new();
    let mut found = Vec::new();
    for placed in boxes {
        let page = placed.page;
        let others = by_page.entry(page).or_default();
        let covered = others.iter().filter(|other| cover(placed, other));
        found.extend(covered.map(|other| Finding::CoversMark {
            item: placed.item,
            other: other.item,
            page,
        }));
        let signed = earlier
            .iter()
            .filter(|(there, _)| there.page == page && cover(placed, there));
        found.extend(signed.map(|(_, field)| Finding::CoversSignature {
            item: placed.item,
            field: field.clone(),
            page,
        }));
        others.push(placed);
        if found.len() >= MOST_OVERLAPS {
            break;
        }
    }
    found
}

/// Boxes of what earlier signatures show as widgets; marks drawn into the page may lie under the new one on purpose.
fn earlier_marks(document: &Document) -> Vec<(PlacedBox, String)> {
    let mut boxes = Vec::new();
    for signature in read_signatures(document).unwrap_or_default() {
        let widgets = read_marks(document, signature).unwrap_or_default().into_iter();
        boxes.extend(widgets.filter(|mark| mark.kind == MarkKind::Widget).map(|mark| {
            let placed = PlacedBox {
                item: 0,
                page: mark.page,
                x_mm: mark.x_mm,
                y_mm: mark.y_mm,
                width_mm: mark.width_mm,
                height_mm: mark.height_mm,
                part: None,
            };
            (placed, signature.name.clone())
        }));
    }
    boxes
}

fn cover(one: &PlacedBox, other: &PlacedBox) -> bool {
    let common = |start: f64, length: f64, other_start: f64, other_length: f64| {
        (start + length).min(other_start + other_length) - start.max(other_start)
    };
    common(one.x_mm, one.width_mm, other.x_mm, other.width_mm) > TOUCHING_MM
        && common(one.y_mm, one.height_mm, other.y_mm, other.height_mm) > TOUCHING_MM
}
