//! Reading inputs and writing outputs: the original is only read, the output gets its name when it is whole and checked.

use std::io::{ErrorKind, Read as _, Write as _};
use std::path::Path;

use pdf::{Document, Password, SharedBytes};
use tempfile::NamedTempFile;

use super::{FileWorkError, PdfPassword};
use crate::failure::Failure;
use crate::mapped::Stamp;
use crate::view::FailureCode;
use crate::{files, mapped};

/// A whole small file.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, FileWorkError> {
    std::fs::read(path).map_err(|error| unreadable(path, error.kind() == ErrorKind::NotFound))
}

/// The beginning of a file, one byte more than `most` when it goes on: whoever reads it sees that it is too long.
pub(super) fn read_at_most(path: &Path, most: usize) -> Result<Vec<u8>, FileWorkError> {
    let failed = |error: std::io::Error| unreadable(path, error.kind() == ErrorKind::NotFound);
    let file = std::fs::File::open(path).map_err(failed)?;
    let mut bytes = Vec::new();
    file.take(most as u64 + 1).read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

/// An opened PDF; a large one is mapped, not read.
pub(super) fn open(path: &Path, password: Option<&PdfPassword>) -> Result<Document, FileWorkError> {
    opened(map(path)?, password)
}

/// The bytes of a PDF that is copied, and what tells that the file is still the same later.
pub(super) fn to_copy(path: &Path) -> Result<(SharedBytes, Stamp), FileWorkError> {
    let stamp = Stamp::now(path).map_err(|failure| unreadable(path, failure.code == FailureCode::FileNotFound))?;
    Ok((map(path)?, stamp))
}

/// The PDF that these bytes are.
pub(super) fn opened(bytes: SharedBytes, password: Option<&PdfPassword>) -> Result<Document, FileWorkError> {
    Ok(match password {
        Some(password) => Document::open_with_password(bytes, &Password::new((**password).clone()))?,
        None => Document::open(bytes)?,
    })
}

/// The bytes of a PDF; a large one is mapped, not read.
pub(super) fn map(path: &Path) -> Result<SharedBytes, FileWorkError> {
    mapped::open_briefly(path).map_err(|failure| unreadable(path, failure.code == FailureCode::FileNotFound))
}

fn unreadable(path: &Path, missing: bool) -> FileWorkError {
    FileWorkError::Unreadable {
        path: path.to_owned(),
        missing,
    }
}

/// Refuses an output that is the input under this or another name.
pub(super) fn keep_apart(input: &Path, output: &Path) -> Result<(), FileWorkError> {
    let same = matches!((input.canonicalize(), output.canonicalize()), (Ok(input), Ok(output)) if input == output);
    if same {
        Err(FileWorkError::OutputIsInput)
    } else {
        Ok(())
    }
}

/// Lets `sound` look at what was written, beside the length of the original in bytes, and only then gives it its name.
pub(super) fn keep(
    written: NamedTempFile,
    (original, password): (Document, Option<&PdfPassword>),
    output: &Path,
    sound: impl FnOnce(&Document, usize) -> bool,
) -> Result<(), FileWorkError> {
    let length = original.bytes().len();
    let is_sound = files::synced_beside(&written, || {
        std::thread::scope(|threads| {
            // Letting go of a large map takes as long as looking.
            threads.spawn(|| drop(original));
            open(written.path(), password).is_ok_and(|document| sound(&document, length))
        })
    })?;
    if !is_sound {
        return Err(FileWorkError::OutputNotSound);
    }
    Ok(files::name(written, output)?)
}

/// Writes a whole output under its name, replacing what stands there only when it is complete.
pub(super) fn write(output: &Path, content: &[u8]) -> Result<(), FileWorkError> {
    Ok(files::replace(output, &[content])?)
}

/// The same for what can be made again at any time and was written aside: nothing half is ever under the name, but nobody
/// waits for the disk. `instead`, when there is any, is what the file is to hold in place of what it does.
pub(super) fn name_again(mut part: NamedTempFile, instead: &[u8], output: &Path) -> Result<(), FileWorkError> {
    if !instead.is_empty() {
        let file = part.as_file_mut();
        let written = file.set_len(0).and_then(|()| file.write_all(instead));
        written.map_err(|error| Failure::from_write(&error))?;
    }
    Ok(files::name_unsynced(part, output)?)
}

/// The same for a PDF: `sound` looks at it before it gets its name.
pub(super) fn write_checked(
    output: &Path,
    content: &[u8],
    sound: impl FnOnce(&Document) -> bool,
) -> Result<(), FileWorkError> {
    let written = files::aside(files::folder_of(output), &[content])?;
    if !open(written.path(), None).is_ok_and(|document| sound(&document)) {
        return Err(FileWorkError::OutputNotSound);
    }
    Ok(files::name(written, output)?)
}
