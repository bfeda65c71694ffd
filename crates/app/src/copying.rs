//! A copy of an original beside where the result will be, hashed on the way, while what is to be appended is worked out.
//!
//! Every piece is read once; the same bytes are hashed and written, so that the digest is that of the copy whatever
//! happens to the original meanwhile.
use crate::failure::{Failure, internal, refuse, refuse_with};
use crate::files;
use crate::mapped::Stamp;
use crate::view::FailureCode;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use tempfile::NamedTempFile;

/// Bytes read at once: what was read is still in the processor's cache when it is hashed and written.
const PIECE_BYTES: usize = 256 * 1024;
/// Pieces on their way between the threads.
const PIECES: usize = 8;
/// An original up to this many bytes is copied from memory.
const FROM_MEMORY_BYTES: usize = 1024 * 1024;

/// What is copied.
#[derive(Clone, Copy)]
pub(crate) struct Original<'a> {
    /// Its bytes as they were opened, mapped or in memory.
    pub(crate) bytes: &'a [u8],
    /// Where they came from.
    pub(crate) path: &'a Path,
    /// What tells that the file there is still the same.
    pub(crate) stamp: Stamp,
}

impl Original<'_> {
    /// A large file is read anew: that costs less than to walk through its map.
    fn reader(&self) -> Result<Box<dyn Read + '_>, Failure> {
        if self.bytes.len() <= FROM_MEMORY_BYTES {
            return Ok(Box::new(self.bytes));
        }
        let file = File::open(self.path).map_err(|error| Failure::from_read(&error))?;
        Ok(Box::new(file.take(self.bytes.len() as u64)))
    }

    /// Nobody wrote to the file since it was opened.
    fn check(&self) -> Result<(), Failure> {
        if Stamp::now(self.path)? == self.stamp {
            Ok(())
        } else {
            Err(refuse_with(FailureCode::Conflict, &[("what", "file_changed".into())]))
        }
    }
}

/// The SHA-256 of an original that is being copied, for whoever works beside the copy.
#[derive(Default)]
pub(crate) struct Front {
    hashed: OnceLock<Option<Sha256>>,
    given_up: AtomicBool,
}

impl Front {
    /// Waits for the last byte; none when the original could not be read to its end.
    pub(crate) fn wait(&self) -> Option<Sha256> {
        self.hashed.wait().clone()
    }
}

/// Tells those who wait that nothing more comes, whatever ended the copy.
struct Told<'a>(&'a Front);

impl Drop for Told<'_> {
    fn drop(&mut self) {
        // It was told before when all went well.
        let _ = self.0.hashed.set(None);
    }
}

/// Copies the original into a file without a name in `folder` while `make` works beside it; `tail` says what of the
/// outcome is appended. Answers with the file, not yet on the disk to its end, and what was made.
///
/// # Errors
/// Those of reading and writing, `Conflict` when the original was changed meanwhile; those of `make`, which end the copy.
/// Nothing is left behind then.
pub(crate) fn copy_beside<Made, E: From<Failure>>(
    folder: &Path,
    original: Original<'_>,
    with_hash: bool,
    make: impl FnOnce(&Front) -> Result<Made, E>,
    tail: impl FnOnce(&Made) -> &[u8],
) -> Result<(NamedTempFile, Made), E> {
    let front = Front::default();
    std::thread::scope(|threads| {
        let copying = threads.spawn(|| copied(folder, original, with_hash, &front));
        let made = make(&front);
        if made.is_err() {
            front.given_up.store(true, Ordering::Relaxed);
        }
        let copied = copying
            .join()
            .map_err(|_| internal("copying stopped", &"a thread ended"))?;
        // Whoever waited in vain for the hash is not the cause.
        if let Err(failure) = &copied
            && failure.code != FailureCode::Cancelled
        {
            return Err(failure.clone().into());
        }
        let made = made?;
        let mut file = copied?;
        file.write_all(tail(&made))
            .map_err(|error| Failure::from_write(&error))?;
        Ok((file, made))
    })
}

fn copied(folder: &Path, original: Original<'_>, with_hash: bool, front: &Front) -> Result<NamedTempFile, Failure> {
    let told = Told(front);
    let mut file = files::part_file(folder)?;
    let hash = copied_to(file.as_file_mut(), original, with_hash, front)?;
    original.check()?;
    // Whoever waited did so for the right to fail.
    let _ = front.hashed.set(hash);
    drop(told);
    // The disk is busy while the other thread signs; what is left to sync is the tail.
    file.as_file()
        .sync_data()
        .map_err(|error| Failure::from_write(&error))?;
    Ok(file)
}

/// Reads and writes here, hashes in a thread beside.
fn copied_to(
    file: &mut File,
    original: Original<'_>,
    with_hash: bool,
    front: &Front,
) -> Result<Option<Sha256>, Failure> {
    if !with_hash {
        return each_piece(original, file, front, |piece| piece).map(|()| None);
    }
    std::thread::scope(|threads| {
        let (to_hash, pieces) = channel();
        let (done, spare) = channel();
        // The same few pieces go round: fresh memory would cost more than reading does.
        for _ in 1..PIECES {
            let _ = done.send(Vec::new());
        }
        let hashing = threads.spawn(move || hashed(&pieces, &done));
        let read = each_piece(original, file, front, |piece| {
            // A thread that ended early is found out when it is joined.
            let _ = to_hash.send(piece);
            spare.recv().unwrap_or_default()
        });
        drop(to_hash);
        let hash = hashing
            .join()
            .map_err(|_| internal("hashing stopped", &"a thread ended"))?;
        read.map(|()| Some(hash))
    })
}

/// Reads to the end, writes each piece and passes it on; what comes back is filled next.
fn each_piece(
    original: Original<'_>,
    file: &mut File,
    front: &Front,
    mut pass_on: impl FnMut(Vec<u8>) -> Vec<u8>,
) -> Result<(), Failure> {
    let mut reader = original.reader()?;
    let mut left = original.bytes.len();
    let mut piece = Vec::new();
    while left > 0 {
        if front.given_up.load(Ordering::Relaxed) {
            return Err(refuse(FailureCode::Cancelled));
        }
        piece.resize(left.min(PIECE_BYTES), 0);
        reader
            .read_exact(&mut piece)
            .map_err(|error| Failure::from_read(&error))?;
        file.write_all(&piece).map_err(|error| Failure::from_write(&error))?;
        left = left.saturating_sub(piece.len());
        piece = pass_on(piece);
    }
    Ok(())
}

fn hashed(pieces: &Receiver<Vec<u8>>, done: &Sender<Vec<u8>>) -> Sha256 {
    let mut hash = Sha256::new();
    for piece in pieces {
        hash.update(&piece);
        // The last pieces are not wanted back.
        let _ = done.send(piece);
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    fn original(path: &Path, length: usize) -> (Vec<u8>, Stamp) {
        let bytes: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
        std::fs::write(path, &bytes).unwrap();
        (bytes, Stamp::now(path).unwrap())
    }

    #[test]
    fn the_digest_is_that_of_what_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("original");
        for length in [
            0,
            1,
            PIECE_BYTES - 1,
            PIECE_BYTES,
            FROM_MEMORY_BYTES + 1,
            9 * PIECE_BYTES + 7,
        ] {
            let (bytes, stamp) = original(&path, length);
            let original = Original {
                bytes: &bytes,
                path: &path,
                stamp,
            };
            let signed = |front: &Front| Ok::<_, Failure>(front.wait().unwrap().finalize().to_vec());
            let (file, digest) = copy_beside(folder.path(), original, true, signed, Vec::as_slice).unwrap();
            let written = std::fs::read(file.path()).unwrap();
            assert_eq!(written, [&bytes[..], &digest].concat(), "{length} bytes");
            assert_eq!(digest, Sha256::digest(&bytes).to_vec(), "{length} bytes");
        }
    }

    #[test]
    fn an_original_that_changes_meanwhile_is_told_and_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("original");
        let (bytes, _) = original(&path, FROM_MEMORY_BYTES + 1);
        let earlier = Stamp::now(&path).unwrap();
        for shorter in [FROM_MEMORY_BYTES + 2, 10] {
            original(&path, shorter);
            let original = Original {
                bytes: &bytes,
                path: &path,
                stamp: earlier,
            };
            let made = |front: &Front| Ok::<_, Failure>(front.wait().is_none());
            let refused = copy_beside(folder.path(), original, true, made, |_| b"tail").unwrap_err();
            assert!(
                matches!(refused.code, FailureCode::Conflict | FailureCode::FileUnreadable),
                "{refused:?}"
            );
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        }
    }

    #[test]
    fn whoever_fails_beside_stops_the_copy() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("original");
        let (bytes, stamp) = original(&path, 9 * PIECE_BYTES);
        let original = Original {
            bytes: &bytes,
            path: &path,
            stamp,
        };
        let made = |_: &Front| Err::<Vec<u8>, _>(refuse(FailureCode::PinWrong));
        let refused = copy_beside(folder.path(), original, true, made, Vec::as_slice).unwrap_err();
        assert_eq!(refused.code, FailureCode::PinWrong);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
