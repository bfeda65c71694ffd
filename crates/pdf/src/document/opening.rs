//! Opening one file twice: strictly by our own reading, leniently for what is shown.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::{self, ScopedJoinHandle};

use hayro::hayro_syntax::{DecryptionError, LoadPdfError, Pdf};

use super::{Damage, Limit, Limits, OpenError, SharedBytes};
use crate::encryption::{Encryption, Locked, Password};
use crate::excerpt;
use crate::isolation;
use crate::structure::{PageNode, Structure, StructureError, read_pages};
use crate::unfolding::found_containers_fit;

/// Files from this many bytes are read by both at once; below, a thread costs more than it saves.
const WORTH_A_THREAD: usize = 1 << 20;
/// Positions that the tolerant reader can count.
const MOST_COUNTED: usize = i32::MAX as usize;

/// A file read by both.
pub(crate) struct Opened {
    /// Our own reading, or why it failed.
    pub(crate) structure: Result<Arc<Structure>, Damage>,
    /// The pages as our own reading finds them, when it succeeded.
    pub(crate) pages: Result<Vec<PageNode>, StructureError>,
    /// The tolerant reader; when the file is read in parts, an outline without pictures.
    pub(crate) reader: Pdf,
    /// Pages must be taken one by one.
    pub(crate) in_parts: bool,
    pub(crate) encrypted: bool,
    /// What is read is what the file says, not its cipher text.
    pub(crate) unlocked: bool,
}

/// Lends shared bytes to the reader, which wants a sized type.
struct Lent(SharedBytes);

impl AsRef<[u8]> for Lent {
    fn as_ref(&self) -> &[u8] {
        (*self.0).as_ref()
    }
}

/// What the tolerant reader makes of a file without a password.
type Read = Result<Pdf, LoadPdfError>;

/// Opens for looking and, when the structure allows, for more. Not limited in time.
pub(crate) fn open(bytes: &SharedBytes, limits: &Limits, password: Option<&Password>) -> Result<Opened, OpenError> {
    let structure = match read_strictly(bytes, limits, password)? {
        Ok(structure) => Arc::new(structure),
        Err(damage) if found_containers_fit((**bytes).as_ref()) => return open_damaged(bytes, damage, password),
        Err(_) => return Err(OpenError::TooLarge(Limit::Unfolded)),
    };
    if !structure.newest().object_streams_fit() {
        return Err(OpenError::TooLarge(Limit::Unfolded));
    }
    let worth_it = (WORTH_A_THREAD..=MOST_COUNTED).contains(&structure.data().len());
    thread::scope(|threads| {
        let reading = worth_it.then(|| {
            let apart = thread::Builder::new().stack_size(isolation::STACK);
            apart.spawn_scoped(threads, || read_with_pages(bytes)).ok()
        });
        let pages = read_pages(structure.newest(), limits.pages);
        open_sound(bytes, structure, pages, reading.flatten())
    })
}

fn read_strictly(
    bytes: &SharedBytes,
    limits: &Limits,
    password: Option<&Password>,
) -> Result<Result<Structure, Damage>, OpenError> {
    let mut structure = match Structure::read(bytes.clone(), limits) {
        Err(StructureError::TooLarge(limit)) => return Err(OpenError::TooLarge(limit)),
        Err(StructureError::Damaged(damage)) => Err(damage),
        Ok(structure) => Ok(structure),
    };
    if let Ok(structure) = &mut structure {
        structure.unlock(password).map_err(|locked| refusal(locked, password))?;
    }
    Ok(structure)
}

/// Counting the pages makes the reader find them all. It may panic; whether that matters is found out later.
fn read_with_pages(bytes: &SharedBytes) -> Read {
    let reading = || {
        let reader = read(bytes, "")?;
        let _ = reader.pages().len();
        Ok(reader)
    };
    catch_unwind(AssertUnwindSafe(reading)).unwrap_or(Err(LoadPdfError::Invalid))
}

fn open_sound(
    bytes: &SharedBytes,
    structure: Arc<Structure>,
    pages: Result<Vec<PageNode>, StructureError>,
    reading: Option<ScopedJoinHandle<'_, Read>>,
) -> Result<Opened, OpenError> {
    let in_parts = !is_taken_whole(&structure);
    let reader = if in_parts {
        excerpt::outline(&structure).ok_or(OpenError::TooLarge(Limit::Objects))?
    } else {
        let password = structure.encryption.as_ref().and_then(Encryption::reader_password);
        let read = match (password, reading) {
            (None, Some(reading)) => reading.join().unwrap_or(Err(LoadPdfError::Invalid)),
            _ => read(bytes, password.unwrap_or_default()),
        };
        read.map_err(|error| match error {
            LoadPdfError::Decryption(_) => OpenError::UnsupportedEncryption,
            LoadPdfError::Invalid => OpenError::Damaged(Damage::Unreadable),
        })?
    };
    let encrypted = structure.encryption.is_some();
    Ok(Opened {
        structure: Ok(structure),
        pages,
        reader,
        in_parts,
        encrypted,
        unlocked: true,
    })
}

/// Whether the tolerant reader can count to the end and can be told the password.
fn is_taken_whole(structure: &Structure) -> bool {
    let told = |encryption: &Encryption| encryption.reader_password().is_some();
    structure.data().len() <= MOST_COUNTED && structure.encryption.as_ref().is_none_or(told)
}

fn open_damaged(bytes: &SharedBytes, damage: Damage, password: Option<&Password>) -> Result<Opened, OpenError> {
    let encrypted = mentions_encryption((**bytes).as_ref());
    let reader = read(bytes, password.map_or("", Password::as_typed)).map_err(|error| match error {
        LoadPdfError::Decryption(DecryptionError::PasswordProtected) => refusal(Locked::WrongPassword, password),
        LoadPdfError::Decryption(_) => OpenError::UnsupportedEncryption,
        // Of a damaged file the reader says no more than that it failed.
        LoadPdfError::Invalid if encrypted => refusal(Locked::WrongPassword, password),
        LoadPdfError::Invalid => OpenError::Damaged(damage.clone()),
    })?;
    Ok(Opened {
        pages: Err(StructureError::Damaged(damage.clone())),
        structure: Err(damage),
        reader,
        in_parts: false,
        encrypted,
        unlocked: !encrypted || wants_password(bytes),
    })
}

fn read(bytes: &SharedBytes, password: &str) -> Read {
    Pdf::new_with_password(Arc::new(Lent(bytes.clone())), password)
}

fn refusal(locked: Locked, password: Option<&Password>) -> OpenError {
    match locked {
        Locked::Unsupported => OpenError::UnsupportedEncryption,
        Locked::WrongPassword if password.is_some() => OpenError::WrongPassword,
        Locked::WrongPassword => OpenError::Encrypted,
    }
}

/// Whether the tolerant reader found the encryption of a damaged file: then another password fails.
fn wants_password(bytes: &SharedBytes) -> bool {
    const NOBODYS: &str = "\u{1}\u{2} nobody's password \u{3}";
    read(bytes, NOBODYS).is_err()
}

/// A damaged chain hides where `Encrypt` would be; then any mention of it counts.
fn mentions_encryption(data: &[u8]) -> bool {
    data.windows(9)
        .any(|window| window == b"/Encrypt " || window == b"/Encrypt<")
}
