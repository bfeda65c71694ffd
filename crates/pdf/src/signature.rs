//! Reading signatures of any PDF, and judging what was changed after a revision.

use crate::document::{Damage, Document};

/// The level of a certification (ISO 32000-2, table 257, `P`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CertificationLevel {
    /// 1: no changes.
    NoChanges,
    /// 2: fill in forms and sign.
    FormFilling,
    /// 3: also annotate.
    Annotating,
}

/// What a signature's byte range covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coverage {
    /// Everything to the end of the file but the `Contents` gap.
    WholeFile,
    /// Everything to the end of its own revision; revisions follow.
    WholeRevision,
    /// Anything else: do not rely on it.
    Partial,
}

/// What a signature dictionary is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureKind {
    /// An approval or certification signature.
    Signature,
    /// A document timestamp (`DocTimeStamp`).
    DocumentTimestamp,
}

/// One signed field.
#[derive(Debug, Clone, PartialEq)]
pub struct SignatureField {
    /// Fully qualified field name.
    pub name: String,
    /// Signature or document timestamp.
    pub kind: SignatureKind,
    /// The numbers of `ByteRange` when it has four sane ones: offset, length, offset, length.
    pub byte_range: Option<[u64; 4]>,
    /// The DER bytes of `Contents`, cut to the length the DER header states (padding dropped).
    pub contents: Vec<u8>,
    /// `Filter`.
    pub filter: Option<String>,
    /// `SubFilter`.
    pub sub_filter: Option<String>,
    /// `M`, the claimed signing time, as written (PDF date).
    pub modified: Option<String>,
    /// `Name`.
    pub signer_name: Option<String>,
    /// `Reason`.
    pub reason: Option<String>,
    /// `Location`.
    pub location: Option<String>,
    /// Index into [`Document::revisions`] of the revision it was signed in, when it matches one.
    pub revision: Option<usize>,
    /// Pages (1-based) that carry a visible widget of it.
    pub pages: Vec<u32>,
    /// What its byte range covers.
    pub coverage: Coverage,
    /// Whether the gap in the byte range is exactly this dictionary's `Contents` hex string.
    pub gap_is_contents: bool,
    /// The certification level it sets (DocMDP), if any.
    pub certification: Option<CertificationLevel>,
    /// Whether the newest revision still has it.
    pub in_newest_revision: bool,
}

impl SignatureField {
    /// The slices of the file to hash, in order; none when the byte range is not usable.
    pub fn digest_input<'a>(&self, document: &'a Document) -> Option<[&'a [u8]; 2]> {
        let [first, first_length, second, second_length] = self.byte_range?;
        let slice = |start: u64, length: u64| {
            let start = usize::try_from(start).ok()?;
            let end = start.checked_add(usize::try_from(length).ok()?)?;
            document.bytes().get(start..end)
        };
        Some([slice(first, first_length)?, slice(second, second_length)?])
    }
}

/// What changed between a revision and the end of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changes {
    /// Nothing was appended.
    None,
    /// Only what later signing is known to add.
    Allowed(Vec<AllowedChange>),
    /// Something shown or meant differently than at signing.
    Forbidden(Vec<ChangeReason>),
    /// Cannot be judged: never treat as fine.
    Unknown(Vec<ChangeReason>),
}

/// A change that later signing makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AllowedChange {
    /// Another signature; pages (1-based) where it shows something.
    SignatureAdded {
        /// Field name.
        field: String,
        /// Pages with a visible widget.
        pages: Vec<u32>,
    },
    /// An empty signature field was added.
    FieldAdded {
        /// Field name.
        field: String,
    },
    /// Validation material (`DSS`).
    ValidationData,
    /// Document information dates or the metadata stream.
    Metadata,
    /// `Extensions` or a higher `Version` of the catalog.
    Extensions,
}

/// Something a later revision did that signing does not need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChangeReason {
    /// A catalog entry other than those that signing needs.
    Catalog {
        /// The key.
        key: String,
    },
    /// An entry of the interactive form.
    Form {
        /// The key.
        key: String,
    },
    /// A page's content, resources, boxes or other entry.
    Page {
        /// 1-based page.
        page: u32,
        /// The key.
        key: String,
    },
    /// A page was added, removed or moved.
    PageTree,
    /// An annotation that is not a signature's widget was added, changed or removed.
    Annotation {
        /// 1-based page.
        page: u32,
    },
    /// A form field was filled in, changed or removed.
    Field {
        /// The name.
        name: String,
    },
    /// An existing object was replaced without a known reason.
    ObjectReplaced {
        /// Object number.
        number: u32,
    },
    /// An existing object was deleted.
    ObjectDeleted {
        /// Object number.
        number: u32,
    },
    /// A new object that nothing accounts for.
    UnexplainedObject {
        /// Object number.
        number: u32,
    },
    /// Bytes that belong to no object, table or trailer.
    StrayBytes {
        /// Where they start.
        at: u64,
    },
    /// Changes after a certification that allows none.
    CertifiedNoChanges,
    /// An entry of the trailer (`Root`, `Encrypt`, `ID`).
    Trailer {
        /// The key.
        key: String,
    },
    /// A structure that cannot be read.
    Damaged(Damage),
    /// The signature's byte range ends at no revision.
    NotARevision,
}

/// Every signature of every revision, in file order of their byte ranges.
///
/// Errors: the structure is damaged; the caller must then say "cannot check", never "unsigned".
pub fn read_signatures(_document: &Document) -> Result<Vec<SignatureField>, Damage> {
    Err(Damage::Unreadable)
}

/// What was appended after the revision with this index of [`Document::revisions`].
pub fn changes_since(_document: &Document, _revision: usize) -> Changes {
    Changes::Unknown(vec![ChangeReason::Damaged(Damage::Unreadable)])
}
