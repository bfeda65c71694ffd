//! Finding a word in a file.

use std::path::Path;

use pdf::PageRange;
use pdf::text::{FindOptions, Found, find};

use super::{FileWorkError, PdfPassword, bytes};

/// Where `word` stands on the pages of a range (`all`, `1-3,5`).
///
/// # Errors
/// [`FileWorkError::Unreadable`], [`FileWorkError::Open`], [`FileWorkError::Pages`], [`FileWorkError::Find`].
pub fn find_in_file(
    path: &Path,
    password: Option<&PdfPassword>,
    word: &str,
    pages: &str,
) -> Result<Found, FileWorkError> {
    let document = bytes::open(path, password)?;
    let options = FindOptions {
        pages: Some(PageRange::parse(pages, document.page_count())?),
        ..FindOptions::default()
    };
    Ok(find(&document, word, &options)?)
}
