//! Opening a PDF: limits, typed refusals, page geometry and what may be appended.

mod opening;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hayro::hayro_syntax::{self, Pdf, page::Page};

use crate::changes::StepFindings;
use crate::encryption::Password;
use crate::excerpt::Excerpts;
use crate::form;
use crate::geometry::{PageGeometry, Rectangle, Rotation};
use crate::isolation::{self, NoAnswer};
use crate::signature::{self, CertificationLevel, SignatureField};
use crate::structure::{PageNode, Revision, Structure, StructureError, header_position};

pub(crate) use opening::{Opened, open as open_both};

/// A cross-reference table has ten digits for an offset (7.5.4); room for the update is left.
const MOST_FILE_BYTES: u64 = 9_000_000_000;

/// Longest time to open a file.
const TIME_TO_OPEN: Duration = Duration::from_secs(8);

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
    /// What holds objects unfolds to hundreds of megabytes: nobody but an attacker writes such a file.
    Unfolded,
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
    /// Encrypted (`Encrypt`), no password was given, and the empty one does not open it.
    #[error("the file is encrypted and needs a password")]
    Encrypted,
    /// The password given is neither the user's nor the owner's.
    #[error("the password is wrong")]
    WrongPassword,
    /// Encrypted in a way this crate does not know (public keys, other handlers).
    #[error("the encryption is not supported")]
    UnsupportedEncryption,
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
    /// Opened with the user password, and the owner forbids changing, filling in and signing.
    #[error("its owner does not permit changes or signatures")]
    NotPermitted,
}

/// An opened PDF. Cheap to share behind an `Arc`; reads the given bytes in place.
pub struct Document {
    bytes: SharedBytes,
    reader: Arc<Pdf>,
    excerpts: Option<Excerpts>,
    pages: Vec<PageGeometry>,
    written: Result<Written, Damage>,
    encrypted: bool,
    unlocked: bool,
    /// Kept for [`Document::open_again`]; zeroed on drop.
    password: Option<Password>,
}

/// What our own strict reading found.
pub(crate) struct Written {
    pub(crate) structure: Arc<Structure>,
    pub(crate) pages: Vec<PageNode>,
    pub(crate) signatures: Vec<SignatureField>,
    /// What each revision did to the one before it, as far as somebody asked; by the index of the earlier one.
    pub(crate) steps: Mutex<HashMap<usize, Result<Arc<StepFindings>, Damage>>>,
}

impl Document {
    /// Opens with [`Limits::default`]. Never panics; answers within 10 s.
    pub fn open(bytes: SharedBytes) -> Result<Self, OpenError> {
        Self::open_within(bytes, &Limits::default())
    }

    /// Opens with the given limits.
    pub fn open_within(bytes: SharedBytes, limits: &Limits) -> Result<Self, OpenError> {
        Self::open_guarded(bytes, limits, None)
    }

    fn open_guarded(bytes: SharedBytes, limits: &Limits, password: Option<&Password>) -> Result<Self, OpenError> {
        let limits = Limits {
            file_bytes: limits.file_bytes.min(MOST_FILE_BYTES),
            ..*limits
        };
        let data = (*bytes).as_ref();
        if data.is_empty() {
            return Err(OpenError::Empty);
        }
        if header_position(data).is_none() {
            return Err(OpenError::NotPdf);
        }
        if data.len() as u64 > limits.file_bytes {
            return Err(OpenError::TooLarge(Limit::FileBytes));
        }
        let password = password.map(Password::another);
        match isolation::run(TIME_TO_OPEN, move || open_apart(bytes, &limits, password.as_ref())) {
            Ok(opened) => opened,
            Err(NoAnswer::TooSlow) => Err(OpenError::TooLarge(Limit::Time)),
            Err(NoAnswer::Failed) => Err(OpenError::Damaged(Damage::Unreadable)),
        }
    }

    /// Opens an encrypted file with its user or owner password; one that is not encrypted as well.
    pub fn open_with_password(bytes: SharedBytes, password: &Password) -> Result<Self, OpenError> {
        Self::open_guarded(bytes, &Limits::default(), Some(password))
    }

    /// Opens other bytes with this document's password: a file that began as a copy of this one.
    pub fn open_again(&self, bytes: SharedBytes) -> Result<Self, OpenError> {
        Self::open_guarded(bytes, &Limits::default(), self.password.as_ref())
    }

    /// Whether the file is encrypted (and was opened with a password, maybe the empty one).
    pub fn is_encrypted(&self) -> bool {
        self.encrypted
    }

    /// The whole file as given.
    pub fn bytes(&self) -> &[u8] {
        (*self.bytes).as_ref()
    }

    /// Every page in order (page 1 first).
    pub fn pages(&self) -> &[PageGeometry] {
        &self.pages
    }

    /// The 1-based page.
    pub fn page(&self, number: u32) -> Option<&PageGeometry> {
        self.pages.get(page_index(number)?)
    }

    /// How many pages.
    pub fn page_count(&self) -> u32 {
        u32::try_from(self.pages.len()).unwrap_or(u32::MAX)
    }

    /// The revisions, oldest first, or why the chain cannot be read strictly.
    pub fn revisions(&self) -> Result<&[Revision], Damage> {
        self.written().map(|written| written.structure.revisions.as_slice())
    }

    /// Whether any revision holds a signature (also one that was removed later).
    pub fn is_signed(&self) -> bool {
        self.written
            .as_ref()
            .is_ok_and(|written| !written.signatures.is_empty())
    }

    /// Whether marks and a signature can be appended, and if not, why.
    pub fn can_append(&self) -> Result<(), RefuseReason> {
        self.can_preserve()?;
        let written = self.written().map_err(RefuseReason::Damaged)?;
        let closed = |field: &&SignatureField| field.certification == Some(CertificationLevel::NoChanges);
        match written.signatures.iter().find(closed) {
            Some(field) => Err(RefuseReason::CertifiedNoChanges {
                field: field.name.clone(),
            }),
            None => Ok(()),
        }
    }

    /// Whether validation data and document timestamps can be appended, which no certification forbids
    /// (ISO 32000-2, 12.8.2.2.2).
    pub fn can_preserve(&self) -> Result<(), RefuseReason> {
        let written = self.written().map_err(RefuseReason::Damaged)?;
        if let Some(stray) = &written.structure.stray {
            return Err(RefuseReason::StrayBytes {
                at: stray.start,
                length: stray.end - stray.start,
            });
        }
        let encryption = written.structure.encryption.as_ref();
        if encryption.is_some_and(|encryption| !encryption.permits_signing()) {
            return Err(RefuseReason::NotPermitted);
        }
        let view = written.structure.newest();
        let form = form::form_dictionary(view).map_err(RefuseReason::Damaged)?;
        match form.is_some_and(|form| form.dictionary.get("XFA").is_some()) {
            true => Err(RefuseReason::XfaForm),
            false => Ok(()),
        }
    }

    /// Whether the structure reads strictly and nothing follows its end.
    pub(crate) fn is_sound(&self) -> bool {
        self.written
            .as_ref()
            .is_ok_and(|written| written.structure.stray.is_none())
    }

    /// Whether what is read of an encrypted file is what it says, not its cipher text.
    pub(crate) fn is_unlocked(&self) -> bool {
        self.unlocked
    }

    /// Pages one by one, when the tolerant reader cannot take the file whole.
    pub(crate) fn excerpts(&self) -> Option<&Excerpts> {
        self.excerpts.as_ref()
    }

    pub(crate) fn written(&self) -> Result<&Written, Damage> {
        self.written.as_ref().map_err(Clone::clone)
    }

    /// The document in the tolerant reader; when there are [`Document::excerpts`], without its pictures.
    pub(crate) fn reader(&self) -> &Arc<Pdf> {
        &self.reader
    }
}

/// Index of a 1-based page.
pub(crate) fn page_index(number: u32) -> Option<usize> {
    usize::try_from(number).ok()?.checked_sub(1)
}

fn open_apart(bytes: SharedBytes, limits: &Limits, password: Option<&Password>) -> Result<Document, OpenError> {
    let Opened {
        structure,
        pages: found,
        reader,
        in_parts,
        encrypted,
        unlocked,
    } = open_both(&bytes, limits, password)?;
    match reader.pages().len() {
        0 => {
            let broken = structure.err().unwrap_or(Damage::Unreadable);
            return Err(OpenError::Damaged(broken));
        }
        count if count > limits.pages => return Err(OpenError::TooLarge(Limit::Pages)),
        _ => {}
    }
    let pages = reader.pages().iter().map(shown_geometry).collect();
    let written = structure.and_then(|structure| read_written(structure, found, &reader));
    let excerpts = match &written {
        Ok(written) if in_parts => Some(Excerpts::new(Arc::clone(&written.structure), &written.pages)),
        // Nothing could be shown of it.
        Err(damage) if in_parts => return Err(OpenError::Damaged(damage.clone())),
        _ => None,
    };
    Ok(Document {
        bytes,
        reader: Arc::new(reader),
        excerpts,
        pages,
        written,
        encrypted,
        unlocked,
        password: password.filter(|_| encrypted).map(Password::another),
    })
}

pub(crate) fn shown_geometry(page: &Page<'_>) -> PageGeometry {
    let rectangle = |from: hayro_syntax::object::Rect| Rectangle::from_corners((from.x0, from.y0), (from.x1, from.y1));
    let rotation = match page.rotation() {
        hayro_syntax::page::Rotation::None => Rotation::None,
        hayro_syntax::page::Rotation::Horizontal => Rotation::Quarter,
        hayro_syntax::page::Rotation::Flipped => Rotation::Half,
        hayro_syntax::page::Rotation::FlippedHorizontal => Rotation::ThreeQuarters,
    };
    let user_unit = page.raw().get::<f32>("UserUnit").map_or(1.0, f64::from);
    PageGeometry::new(
        rectangle(page.media_box()),
        Some(rectangle(page.crop_box())),
        rotation,
        user_unit,
    )
}

/// The strict reading must find the very pages that are shown, or nothing may rest on it.
fn read_written(
    structure: Arc<Structure>,
    pages: Result<Vec<PageNode>, StructureError>,
    reader: &Pdf,
) -> Result<Written, Damage> {
    let pages = match pages {
        Ok(pages) => pages,
        Err(StructureError::Damaged(damage)) => return Err(damage),
        Err(StructureError::TooLarge(_)) => return Err(Damage::PagesDiffer),
    };
    let shown = reader.pages();
    let same = |(node, page): (&PageNode, &Page<'_>)| {
        page.raw()
            .obj_id()
            .is_some_and(|id| id.obj_number == node.reference.number)
    };
    if pages.len() != shown.len() || !pages.iter().zip(shown.iter()).all(same) {
        return Err(Damage::PagesDiffer);
    }
    let signatures = signature::read_all(&structure, &pages)?;
    Ok(Written {
        structure,
        pages,
        signatures,
        steps: Mutex::default(),
    })
}
