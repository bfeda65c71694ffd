//! Opening a PDF: limits, typed refusals, page geometry and what may be appended.

use std::sync::Arc;

use crate::geometry::PageGeometry;
use crate::structure::Revision;

/// The whole input, shared and never copied (a memory map or a byte vector).
pub type SharedBytes = Arc<dyn AsRef<[u8]> + Send + Sync>;

/// What an opened file may ask of us at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Largest file, in bytes.
    pub file_bytes: u64,
    /// Most pages.
    pub pages: usize,
    /// Most objects (largest `Size`).
    pub objects: u32,
    /// Most revisions.
    pub revisions: usize,
}

impl Default for Limits {
    /// 8 GiB, 20,000 pages, 8,000,000 objects, 256 revisions.
    fn default() -> Self {
        Self {
            file_bytes: 8 << 30,
            pages: 20_000,
            objects: 8_000_000,
            revisions: 256,
        }
    }
}

/// Which of the [`Limits`] a file exceeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// [`Limits::file_bytes`].
    FileBytes,
    /// [`Limits::pages`].
    Pages,
    /// [`Limits::objects`].
    Objects,
    /// [`Limits::revisions`].
    Revisions,
    /// Reading took longer than 8 seconds.
    Time,
}

/// Why a file was not opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// No bytes at all.
    #[error("the file is empty")]
    Empty,
    /// No PDF header near the start.
    #[error("not a PDF file")]
    NotPdf,
    /// A PDF header, but no pages can be read.
    #[error("damaged: {0}")]
    Damaged(Damage),
    /// Protected by a password or rights (`Encrypt`).
    #[error("the file is encrypted")]
    Encrypted,
    /// Over a limit.
    #[error("too large: {0:?}")]
    TooLarge(Limit),
}

/// What is broken in a file's structure; `at` are byte offsets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// No `startxref` with a number at the end.
    #[error("no startxref at the end of the file")]
    NoStartXref,
    /// No `%%EOF` after the last `startxref`.
    #[error("no end-of-file marker")]
    NoEndMarker,
    /// `startxref` or `Prev` points at something else.
    #[error("no cross-reference section at {at}")]
    NoSection {
        /// Where one should be.
        at: u64,
    },
    /// A cross-reference table or stream that cannot be read.
    #[error("unreadable cross-reference section at {at}")]
    BadSection {
        /// Where it starts.
        at: u64,
    },
    /// `Prev` runs in a circle or forwards.
    #[error("the chain of revisions is not in order at {at}")]
    ChainOutOfOrder {
        /// The offending section.
        at: u64,
    },
    /// An object is not where the cross-reference says.
    #[error("object {number} cannot be read")]
    BadObject {
        /// The object's number.
        number: u32,
    },
    /// A dictionary lacks a required entry or has the wrong kind of value.
    #[error("bad entry {key} in object {number}")]
    BadEntry {
        /// The object's number (0: the trailer).
        number: u32,
        /// The key.
        key: &'static str,
    },
    /// The page tree as written is not the one a viewer shows (repaired file, shadowed pages).
    #[error("the pages as written differ from the pages shown")]
    PagesDiffer,
    /// The reader could not make sense of the file at all.
    #[error("unreadable")]
    Unreadable,
}

/// Why nothing may be appended to an opened file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RefuseReason {
    /// The structure is broken; viewers repair it, appending would make it worse.
    #[error("damaged: {0}")]
    Damaged(Damage),
    /// Certified with "no changes allowed" (DocMDP level 1).
    #[error("certified: no changes allowed (field {field})")]
    CertifiedNoChanges {
        /// The certifying (or locking) signature's field name.
        field: String,
    },
    /// Bytes after the last end-of-file marker that belong to no revision.
    #[error("{length} stray bytes after the end of the file at {at}")]
    StrayBytes {
        /// Where they start.
        at: u64,
        /// How many.
        length: u64,
    },
    /// An XFA form: viewers show the form's own data instead of the pages.
    #[error("the document is an XFA form")]
    XfaForm,
}

/// An opened PDF. Cheap to share behind an `Arc`; reads the given bytes in place.
pub struct Document {
    bytes: SharedBytes,
}

impl Document {
    /// Opens with [`Limits::default`]. Never panics; answers within 10 s.
    pub fn open(bytes: SharedBytes) -> Result<Self, OpenError> {
        Self::open_within(bytes, &Limits::default())
    }

    /// Opens with the given limits.
    pub fn open_within(_bytes: SharedBytes, _limits: &Limits) -> Result<Self, OpenError> {
        Err(OpenError::NotPdf)
    }

    /// The whole file as given.
    pub fn bytes(&self) -> &[u8] {
        (*self.bytes).as_ref()
    }

    /// Every page in order (page 1 first).
    pub fn pages(&self) -> &[PageGeometry] {
        &[]
    }

    /// The 1-based page.
    pub fn page(&self, number: u32) -> Option<&PageGeometry> {
        self.pages().get(usize::try_from(number).ok()?.checked_sub(1)?)
    }

    /// How many pages.
    pub fn page_count(&self) -> u32 {
        0
    }

    /// The revisions, oldest first, or why the chain cannot be read strictly.
    pub fn revisions(&self) -> Result<&[Revision], Damage> {
        Err(Damage::Unreadable)
    }

    /// Whether any revision holds a signature (also one that was removed later).
    pub fn is_signed(&self) -> bool {
        false
    }

    /// Whether marks and a signature can be appended, and if not, why.
    pub fn can_append(&self) -> Result<(), RefuseReason> {
        Err(RefuseReason::Damaged(Damage::Unreadable))
    }
}
