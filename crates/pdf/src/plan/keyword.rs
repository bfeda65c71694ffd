//! Marks at keywords: which hits count, and where beside a hit a mark goes.

use serde::{Deserialize, Serialize};

use super::{Content, Finding, PlanError};
use crate::document::Document;
use crate::geometry::PlacedMm;
use crate::page_range::PageRange;
use crate::text::{FindOptions, Found, Hit, find};

/// Which hits of a word get the mark, counted in reading order over the item's pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HitChoice {
    /// Every one.
    All,
    /// One, from 1.
    Nth(u32),
    /// The last one.
    Last,
}

/// A point of the box around a hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Anchor {
    /// Upper left corner.
    TopLeft,
    /// Middle of the upper edge.
    Top,
    /// Upper right corner.
    TopRight,
    /// Middle of the left edge.
    Left,
    /// Its middle: a seal covers the word.
    Center,
    /// Middle of the right edge: a date goes on where the word ends.
    Right,
    /// Lower left corner.
    BottomLeft,
    /// Middle of the lower edge.
    Bottom,
    /// Lower right corner.
    BottomRight,
}

/// The word and where its marks go.
pub(super) struct Keyword<'a> {
    pub(super) item: usize,
    pub(super) word: &'a str,
    pub(super) hits: HitChoice,
    pub(super) pages: PageRange,
    pub(super) anchor: Anchor,
    pub(super) offset_mm: (f64, f64),
}

impl Keyword<'_> {
    /// The corners of marks of `size` mm, and what people should know.
    pub(super) fn places(
        &self,
        document: &Document,
        content: &Content,
        size: (f64, f64),
    ) -> Result<(Vec<PlacedMm>, Vec<Finding>), PlanError> {
        let item = self.item;
        let options = FindOptions {
            pages: Some(self.pages.clone()),
            ..FindOptions::default()
        };
        let found = find(document, self.word, &options).map_err(|error| PlanError::Keyword { item, error })?;
        let chosen = self.hits.of(&found.hits);
        let places = chosen.iter().map(|hit| self.place(hit, content, size)).collect();
        let findings = self.findings(&found, chosen.len());
        Ok((places, findings))
    }

    fn findings(&self, found: &Found, chosen: usize) -> Vec<Finding> {
        let item = self.item;
        let hits = found.hits.len();
        let mut findings = vec![if chosen == 0 {
            Finding::KeywordMissing { item, hits }
        } else {
            Finding::Keyword { item, hits, chosen }
        }];
        if !found.pages_without_text.is_empty() {
            let pages = found.pages_without_text.clone();
            findings.push(Finding::PagesWithoutText { item, pages });
        }
        if found.truncated {
            findings.push(Finding::SearchCutShort { item });
        }
        findings
    }

    fn place(&self, hit: &Hit, content: &Content, (width_mm, height_mm): (f64, f64)) -> PlacedMm {
        let (across, down) = self.anchor.fractions();
        let x_mm = hit.x_mm + hit.width_mm * across + self.offset_mm.0;
        let y_mm = hit.y_mm + hit.height_mm * down + self.offset_mm.1;
        PlacedMm {
            page: hit.page,
            x_mm: x_mm - width_mm * content.held_at(),
            y_mm: y_mm - height_mm / 2.0,
        }
    }
}

impl HitChoice {
    fn of(self, hits: &[Hit]) -> &[Hit] {
        let one = |index: Option<usize>| index.and_then(|index| hits.get(index..=index)).unwrap_or_default();
        match self {
            Self::All => hits,
            Self::Nth(number) => one(usize::try_from(number).ok().and_then(|number| number.checked_sub(1))),
            Self::Last => one(hits.len().checked_sub(1)),
        }
    }
}

impl Anchor {
    /// From the left and from the top, in widths and heights of the box.
    fn fractions(self) -> (f64, f64) {
        let across = match self {
            Self::TopLeft | Self::Left | Self::BottomLeft => 0.0,
            Self::Top | Self::Center | Self::Bottom => 0.5,
            Self::TopRight | Self::Right | Self::BottomRight => 1.0,
        };
        let down = match self {
            Self::TopLeft | Self::Top | Self::TopRight => 0.0,
            Self::Left | Self::Center | Self::Right => 0.5,
            Self::BottomLeft | Self::Bottom | Self::BottomRight => 1.0,
        };
        (across, down)
    }
}

impl Content {
    /// Which point of it goes to the anchor, in widths from its left: the middle of a seal, the start of text, so that
    /// it continues the line.
    fn held_at(&self) -> f64 {
        match self {
            Self::Seal { .. } => 0.5,
            Self::Text { .. } | Self::Date { .. } => 0.0,
        }
    }
}
