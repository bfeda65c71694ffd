//! A damaged, unsigned file repaired into a new one.

use std::path::Path;

use super::{FileWorkError, PdfPassword, bytes};

/// Writes a repaired copy; the input is only read. The copy of a locked file has no password.
///
/// # Errors
/// [`FileWorkError::Repair`], [`FileWorkError::Open`], [`FileWorkError::Unwritable`], [`FileWorkError::OutputIsInput`].
pub fn repair_file(input: &Path, output: &Path, password: Option<&PdfPassword>) -> Result<(), FileWorkError> {
    bytes::keep_apart(input, output)?;
    let document = bytes::open(input, password)?;
    let copy = pdf::repair::repair(&document)?;
    let pages = document.page_count();
    bytes::write_checked(output, &copy, |written| {
        written.page_count() == pages && written.can_append().is_ok()
    })
}
