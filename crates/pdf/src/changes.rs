//! Judging what was changed after a revision: only what later signing needs is allowed, and what the form and its
//! certification leave open.

mod accounted;
mod annotations;
mod catalog;
mod comparison;
mod content;
mod difference;
mod drawn;
mod filling;
mod forms;
mod pages;
mod xmp;

use crate::document::{Damage, Document, Written};
use comparison::Comparison;
pub(crate) use comparison::StepFindings;
use std::sync::Arc;

/// What changed between a revision and the end of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changes {
    /// Nothing was appended.
    None,
    /// Only what later signing is known to add, and what the signers left open.
    Allowed(Vec<AllowedChange>),
    /// Something shown or meant differently than at signing.
    Forbidden(Vec<ChangeReason>),
    /// Cannot be judged: never treat as fine.
    Unknown(Vec<ChangeReason>),
}

/// A change that later signing makes, or that the signers left open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AllowedChange {
    /// Another signature; pages (1-based) where it shows something.
    SignatureAdded {
        /// Field name.
        field: String,
        /// Pages with a visible widget.
        pages: Vec<u32>,
    },
    /// A document timestamp that shows nothing.
    TimestampAdded {
        /// Field name.
        field: String,
    },
    /// An empty signature field was added.
    FieldAdded {
        /// Field name.
        field: String,
    },
    /// A form field was filled in, and shows what it holds.
    FieldFilled {
        /// Field name.
        field: String,
    },
    /// A form field can no longer be changed.
    FieldProtected {
        /// Field name.
        field: String,
    },
    /// A review mark that covers nothing, where the certification lets annotations be added (DocMDP 3).
    AnnotationAdded {
        /// 1-based page.
        page: u32,
    },
    /// Validation material (`DSS`).
    ValidationData,
    /// Document information dates or the metadata stream.
    Metadata,
    /// `Extensions` or a higher `Version` of the catalog.
    Extensions,
}

impl AllowedChange {
    /// Whether it only lets earlier signatures be proved for longer: nothing that could be seen, and permitted even
    /// after a certification that permits no changes (EN 319 142-1, 5.4 and 5.5; ISO 32000-2, 12.8.2.2.2).
    #[must_use]
    pub fn only_proves(&self) -> bool {
        matches!(
            self,
            Self::ValidationData | Self::Extensions | Self::TimestampAdded { .. }
        )
    }

    /// A stable word for reports, with what it is about behind a colon, such as `field_filled:price`.
    #[must_use]
    pub fn code(&self) -> String {
        match self {
            Self::SignatureAdded { field, .. } => format!("signature_added:{field}"),
            Self::TimestampAdded { field } => format!("timestamp_added:{field}"),
            Self::FieldAdded { field } => format!("field_added:{field}"),
            Self::FieldFilled { field } => format!("field_filled:{field}"),
            Self::FieldProtected { field } => format!("field_protected:{field}"),
            Self::AnnotationAdded { page } => format!("annotation_added:{page}"),
            Self::ValidationData => "validation_data".to_owned(),
            Self::Metadata => "metadata".to_owned(),
            Self::Extensions => "extensions".to_owned(),
        }
    }
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
        /// What it is.
        kind: ObjectKind,
    },
    /// An existing object was deleted.
    ObjectDeleted {
        /// Object number.
        number: u32,
        /// What it was.
        kind: ObjectKind,
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

impl ChangeReason {
    /// A stable word for reports, with what it is about behind a colon, such as `page_content:3` or `catalog:Names`.
    #[must_use]
    pub fn code(&self) -> String {
        match self {
            Self::Catalog { key } => format!("catalog:{key}"),
            Self::Form { key } => format!("form:{key}"),
            Self::Page { page, key } if key == "Contents" => format!("page_content:{page}"),
            Self::Page { page, key } if key == "Resources" => format!("page_resources:{page}"),
            Self::Page { page, key } => format!("page:{page}:{key}"),
            Self::PageTree => "page_tree".to_owned(),
            Self::Annotation { page } => format!("annotation:{page}"),
            Self::Field { name } => format!("field:{name}"),
            Self::ObjectReplaced { number, kind } => format!("{}_replaced:{number}", kind.code()),
            Self::ObjectDeleted { number, kind } => format!("{}_deleted:{number}", kind.code()),
            Self::UnexplainedObject { number } => format!("unexplained_object:{number}"),
            Self::StrayBytes { at } => format!("stray_bytes:{at}"),
            Self::CertifiedNoChanges => "certified_no_changes".to_owned(),
            Self::Trailer { key } => format!("trailer:{key}"),
            Self::Damaged(_) => "damaged".to_owned(),
            Self::NotARevision => "not_a_revision".to_owned(),
        }
    }
}

/// What an object is that was replaced or deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObjectKind {
    /// The content of a page.
    Content,
    /// A font, its descriptor, encoding or program.
    Font,
    /// A form or image that pages or appearances draw.
    XObject,
    /// An annotation.
    Annotation,
    /// Names, destinations or actions.
    Name,
    /// Anything else.
    Other,
}

impl ObjectKind {
    /// The word in reports.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Content => "content",
            Self::Font => "font",
            Self::XObject => "x_object",
            Self::Annotation => "annotation",
            Self::Name => "name",
            Self::Other => "object",
        }
    }
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
    let steps: Result<Vec<_>, Damage> = (revision..structure.revisions.len() - 1)
        .map(|step| step_findings(written, step))
        .collect();
    match steps {
        Ok(steps) => together(&steps),
        Err(damage) => Changes::Unknown(vec![ChangeReason::Damaged(damage)]),
    }
}

/// What the revision after the one with this index did; found out once for all signatures before it.
fn step_findings(written: &Written, step: usize) -> Result<Arc<StepFindings>, Damage> {
    let known = written.steps.lock().ok().and_then(|steps| steps.get(&step).cloned());
    if let Some(known) = known {
        return known;
    }
    let findings = Comparison::new(written, step).run().map(Arc::new);
    if let Ok(mut steps) = written.steps.lock() {
        steps.insert(step, findings.clone());
    }
    findings
}

/// Revisions are judged one after another: each may only do what later signing needs.
fn together(steps: &[Arc<StepFindings>]) -> Changes {
    let gathered = |part: fn(&StepFindings) -> &Vec<ChangeReason>| -> Vec<ChangeReason> {
        steps.iter().flat_map(|step| part(step)).cloned().collect()
    };
    let (forbidden, unknown) = (gathered(|step| &step.forbidden), gathered(|step| &step.unknown));
    match (forbidden.is_empty(), unknown.is_empty()) {
        (false, _) => Changes::Forbidden(forbidden),
        (true, false) => Changes::Unknown(unknown),
        (true, true) => Changes::Allowed(allowed(steps)),
    }
}

/// Each note on a page is one; what several revisions did to the same thing is said once.
fn allowed(steps: &[Arc<StepFindings>]) -> Vec<AllowedChange> {
    let mut allowed = Vec::new();
    for change in steps.iter().flat_map(|step| &step.allowed) {
        if matches!(change, AllowedChange::AnnotationAdded { .. }) || !allowed.contains(change) {
            allowed.push(change.clone());
        }
    }
    allowed
}
