//! A file's bytes: small files are read, large ones are mapped, so that a gigabyte costs no memory.
use crate::failure::Failure;
use pdf::SharedBytes;
use std::fs::{File, Metadata};
use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

/// Files up to this many bytes are read into memory when they stay open: nobody can change them under us, and where a
/// mapped file cannot be written, other programs still can.
const KEPT_READ_BYTES: u64 = 32 * 1024 * 1024;
/// The same for a file that is soon closed again: from here on reading costs more than mapping.
const BRIEFLY_READ_BYTES: u64 = 1024 * 1024;

/// What tells that a file on disk is still the one that was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Stamp {
    pub(crate) size_bytes: u64,
    changed: Option<SystemTime>,
}

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        Self {
            size_bytes: metadata.len(),
            changed: metadata.modified().ok(),
        }
    }

    /// The stamp of the file as it is now.
    pub(crate) fn now(path: &Path) -> Result<Self, Failure> {
        std::fs::metadata(path)
            .map(|metadata| Self::of(&metadata))
            .map_err(|error| Failure::from_read(&error))
    }
}

/// The bytes of a file that stays open, and its stamp at that moment.
pub(crate) fn open(path: &Path) -> Result<(SharedBytes, Stamp), Failure> {
    open_reading(path, KEPT_READ_BYTES)
}

/// The bytes of a file that is ours, or soon closed again.
pub(crate) fn open_briefly(path: &Path) -> Result<SharedBytes, Failure> {
    open_reading(path, BRIEFLY_READ_BYTES).map(|(bytes, _)| bytes)
}

fn open_reading(path: &Path, most: u64) -> Result<(SharedBytes, Stamp), Failure> {
    let failed = |error: std::io::Error| Failure::from_read(&error);
    let mut file = File::open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    let stamp = Stamp::of(&metadata);
    if !metadata.is_file() {
        return Err(failed(std::io::Error::from(std::io::ErrorKind::InvalidInput)));
    }
    if stamp.size_bytes > most {
        return Ok((mapped(&file).map_err(failed)?, stamp));
    }
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(failed)?;
    Ok((Arc::new(bytes), stamp))
}

/// As [`open`], but only the first so many bytes: the file as it was when they were all of it.
pub(crate) fn open_front(path: &Path, length: Option<u64>) -> Result<(SharedBytes, Stamp), Failure> {
    let (whole, stamp) = open(path)?;
    let Some(length) = length else {
        return Ok((whole, stamp));
    };
    let length = usize::try_from(length)
        .ok()
        .filter(|length| *length <= (*whole).as_ref().len());
    let length = length.ok_or_else(|| Failure::from_read(&std::io::Error::from(std::io::ErrorKind::UnexpectedEof)))?;
    Ok((Arc::new(Front { whole, length }), stamp))
}

/// The beginning of a file.
struct Front {
    whole: SharedBytes,
    length: usize,
}

impl AsRef<[u8]> for Front {
    fn as_ref(&self) -> &[u8] {
        let whole = (*self.whole).as_ref();
        whole.get(..self.length).unwrap_or(whole)
    }
}

#[allow(unsafe_code)]
fn mapped(file: &File) -> std::io::Result<SharedBytes> {
    // SAFETY: the map is read-only and private to this process. The bytes are only ever read as plain `u8`, for which
    // every value is valid. If another program shortens the file meanwhile, the operating system stops this process
    // instead of giving wrong bytes; the stamp is compared before signing, and what is written is verified again.
    let map = unsafe { memmap2::Mmap::map(file)? };
    Ok(Arc::new(map))
}
