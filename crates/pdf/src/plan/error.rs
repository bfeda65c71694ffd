//! Why a plan is not read, or not used on a document.

use crate::lettering::LetteringError;
use crate::page_range::PageRangeError;
use crate::text::FindError;

/// Why bytes are not read as a plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanReadError {
    /// More than 1 MiB.
    #[error("the plan is too large")]
    TooLarge,
    /// Made by a newer program.
    #[error("plan version {version} is not known")]
    UnknownVersion {
        /// The version it states.
        version: u32,
    },
    /// Not JSON, or not a plan's; what the reader says, with line and column.
    #[error("not a plan: {0}")]
    NotAPlan(String),
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
    /// The word cannot be looked for.
    #[error("item {item}: {error}")]
    Keyword {
        /// Index.
        item: usize,
        /// Why.
        error: FindError,
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
    /// Fewer than two pages to a group, hit 0, or a position that is no number.
    #[error("item {item}: a number that cannot be used")]
    BadNumber {
        /// Index.
        item: usize,
    },
}
