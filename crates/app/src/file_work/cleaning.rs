//! A phone photo of a seal or signature made into a clean picture, file to file.

use std::path::Path;

use seal::clean::{CleanMark, CleanOptions, PHOTO_LIMIT_BYTES, Photo, clean};

use super::{FileWorkError, bytes};

/// Cleans the mark in a photo and writes it; with `mask`, also its alpha in the photo's own frame. Nothing is written
/// when the photo holds no mark.
///
/// # Errors
/// [`FileWorkError::Unreadable`], [`FileWorkError::Clean`], [`FileWorkError::OutputIsInput`],
/// [`FileWorkError::Unwritable`].
pub fn clean_photo(
    input: &Path,
    options: &CleanOptions,
    output: &Path,
    mask: Option<&Path>,
) -> Result<(CleanMark, Photo), FileWorkError> {
    for written in mask.into_iter().chain([output]) {
        bytes::keep_apart(input, written)?;
    }
    let photo = Photo::read(&bytes::read_at_most(input, PHOTO_LIMIT_BYTES)?)?;
    let mark = clean(&photo, options)?;
    let (picture, alpha) = (mark.to_png()?, mask.map(|_| mark.mask_png(&photo)).transpose()?);
    bytes::write(output, &picture)?;
    if let (Some(mask), Some(alpha)) = (mask, alpha) {
        bytes::write(mask, &alpha)?;
    }
    Ok((mark, photo))
}
