//! Judging what was changed after a revision: only what later signing needs is allowed.

mod accounted;
mod comparison;
mod difference;

use crate::document::{Damage, Document};
use comparison::Comparison;

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

/// What was appended after the revision with this index of [`Document::revisions`].
pub fn changes_since(document: &Document, revision: usize) -> Changes {
    let Ok(written) = document.written() else {
        return Changes::Unknown(vec![ChangeReason::Damaged(Damage::Unreadable)]);
    };
    let structure = &written.structure;
    if revision >= structure.revisions.len() {
        return Changes::Unknown(vec![ChangeReason::NotARevision]);
    }
    if let Some(stray) = &structure.stray {
        return Changes::Forbidden(vec![ChangeReason::StrayBytes { at: stray.start }]);
    }
    if revision + 1 == structure.revisions.len() {
        return Changes::None;
    }
    match Comparison::new(written, revision).run() {
        Ok(changes) => changes,
        Err(damage) => Changes::Unknown(vec![ChangeReason::Damaged(damage)]),
    }
}
