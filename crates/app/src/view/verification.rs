//! What can be said of the signatures in a PDF: separate findings, never one mixed answer.
use super::{DocumentView, RowView};
use serde::Serialize;
use specta::Type;

/// The findings on one file.
#[derive(Debug, Clone, Serialize, Type)]
pub struct VerificationView {
    /// The document.
    pub document_id: String,
    /// Its file name.
    pub file_name: String,
    /// The worst of the signatures' verdicts.
    pub verdict: Verdict,
    /// One entry for each signature, oldest first.
    pub signatures: Vec<SignatureView>,
    /// What is wrong with the file as a whole: reason codes.
    pub reasons: Vec<String>,
    /// When it was checked.
    pub checked_at: String,
}

/// The file as it was when somebody signed it: its pages and the findings on exactly these.
#[derive(Debug, Clone, Serialize, Type)]
pub struct SignedRevisionView {
    /// The revision, opened; it is not in the list of opened files. To be closed when it is no longer looked at.
    pub document: DocumentView,
    /// The findings on it.
    pub verification: VerificationView,
}

/// Verdicts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Intact, everything covered, trusted.
    Valid,
    /// As valid, with permitted changes afterwards.
    ValidWithChanges,
    /// Not to be relied on.
    Invalid,
    /// Cannot be told; the reasons say why.
    Indeterminate,
    /// No signature in it.
    Unsigned,
}

/// The findings on one signature.
#[derive(Debug, Clone, Serialize, Type)]
pub struct SignatureView {
    /// Field name.
    pub field: String,
    /// Signer's name.
    pub signer: String,
    /// Verdict on this signature.
    pub verdict: Verdict,
    /// What was signed is unchanged; none when that cannot be checked.
    pub intact: Option<bool>,
    /// What the signature covers.
    pub coverage: Coverage,
    /// What was added afterwards.
    pub changes_after: Changes,
    /// What was done afterwards, one by one: everything that is not allowed or cannot be judged, else what is allowed.
    pub changes: Vec<ChangeView>,
    /// A timestamp over the document and nobody's signature.
    pub is_document_timestamp: bool,
    /// The file as it was when this was signed can be looked at.
    pub has_revision: bool,
    /// The certificate's standing.
    pub trust: Trust,
    /// Whether the certificate was revoked.
    pub revocation: Revocation,
    /// Where the time comes from.
    pub time_source: TimeSource,
    /// The time.
    pub time: Option<String>,
    /// PAdES level: `B-B` … `B-LTA`, or `none`.
    pub level: String,
    /// Signature algorithm.
    pub algorithm: String,
    /// Reason codes.
    pub reasons: Vec<String>,
    /// The signer's certificate in plain words.
    pub certificate: Vec<RowView>,
    /// The reason the signer gave.
    pub reason_text: Option<String>,
    /// What it shows on the pages, by page.
    pub marks: Vec<ShownMarkView>,
}

/// Something that was done to a file after a signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct ChangeView {
    /// What it is, such as `field_filled` or `page_content`.
    pub code: String,
    /// What it was done to, such as a field's name or a page's number; may be empty.
    pub what: String,
    /// Whether it is allowed; none when that cannot be told.
    pub is_allowed: Option<bool>,
}

/// One thing a signature shows, in mm from the visible page's top left.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Type)]
pub struct ShownMarkView {
    /// 1-based page.
    pub page: u32,
    /// Left edge.
    #[specta(type = i32)]
    pub x_mm: f64,
    /// Top edge.
    #[specta(type = i32)]
    pub y_mm: f64,
    /// Width.
    #[specta(type = i32)]
    pub width_mm: f64,
    /// Height.
    #[specta(type = i32)]
    pub height_mm: f64,
    /// How it is part of the document.
    pub kind: ShownMarkKind,
}

/// How a mark is part of the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ShownMarkKind {
    /// A field of the signature.
    Widget,
    /// Drawn into the page.
    Drawn,
}

/// What a signature covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Coverage {
    /// The whole file.
    WholeFile,
    /// The whole file as it was when signed.
    WholeRevision,
    /// Only parts.
    Partial,
}

/// What was added after a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Changes {
    /// Nothing.
    None,
    /// Only validation data and document timestamps.
    Proof,
    /// Only what is allowed.
    Allowed,
    /// Something not allowed.
    Forbidden,
    /// Cannot be told.
    Unknown,
}

/// What is known of a certificate's revocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Revocation {
    /// Not revoked at the time of signing, nor now as far as is known.
    Good,
    /// Revoked after the signature was made.
    RevokedLater,
    /// Revoked, and no time proves that the signature was made before.
    Revoked,
    /// Not looked up, or without an answer.
    Unknown,
}

/// A certificate's standing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Trust {
    /// It leads to a trusted root.
    Trusted,
    /// It leads to no trusted root.
    Untrusted,
    /// It had ended.
    Expired,
    /// It had not begun.
    NotYetValid,
    /// It was revoked.
    Revoked,
    /// Cannot be told.
    Unknown,
}

/// Where a signature's time comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum TimeSource {
    /// A timestamp service.
    Timestamp,
    /// The signer's own clock.
    Claimed,
    /// None given.
    None,
}
