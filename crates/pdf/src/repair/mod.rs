//! A damaged, unsigned file rewritten whole as a new, clean one.
//!
//! What the tolerant reader can still reach from the pages and the catalog is copied; the new file
//! has a fresh page tree, fresh numbers and a fresh cross-reference table. Encryption is not
//! carried over: the copy of an opened file is plain. A signature would be destroyed by this, so
//! any trace of one is a refusal.

mod copy;
mod trace;
mod writer;

use std::time::Duration;

use crate::document::Document;
use crate::isolation::{self, NoAnswer};

/// Longest time to repair.
const TIME_TO_REPAIR: Duration = Duration::from_secs(30);

/// Largest file that is repaired and largest copy, in bytes: both are in memory.
const MOST_BYTES: usize = 200 << 20;

/// Why no repaired copy is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RepairError {
    /// There is a trace of a signature: rewriting would destroy it.
    #[error("the file is or was signed")]
    Signed,
    /// The file is encrypted and could not be unlocked.
    #[error("the file is encrypted")]
    Encrypted,
    /// The structure is sound.
    #[error("the file is not damaged")]
    NotNeeded,
    /// What is left does not make a document.
    #[error("the file cannot be read well enough")]
    Unreadable,
    /// Over 200 MB, over two million objects, or not done within 30 seconds.
    #[error("the file is too large to be repaired")]
    TooLarge,
}

/// Whether [`repair`] has a reason to be tried; it can still fail.
pub fn check(document: &Document) -> Result<(), RepairError> {
    if document.is_sound() {
        return Err(RepairError::NotNeeded);
    }
    if !document.is_unlocked() {
        return Err(RepairError::Encrypted);
    }
    let bytes = document.bytes();
    if bytes.len() > MOST_BYTES {
        return Err(RepairError::TooLarge);
    }
    if document.is_signed() || trace::in_bytes(bytes) {
        return Err(RepairError::Signed);
    }
    Ok(())
}

/// The document as a new file with the same pages in the same order.
///
/// Nothing is changed in place: the caller writes the result beside the original.
pub fn repair(document: &Document) -> Result<Vec<u8>, RepairError> {
    check(document)?;
    let reader = document.reader().clone();
    let repaired = isolation::run(TIME_TO_REPAIR, move || copy::whole(&reader));
    match repaired {
        Ok(repaired) => repaired.and_then(|copy| writer::file(&copy)),
        Err(NoAnswer::TooSlow) => Err(RepairError::TooLarge),
        Err(NoAnswer::Failed) => Err(RepairError::Unreadable),
    }
}
