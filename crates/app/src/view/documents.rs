//! Opened PDF files, and what is stamped and signed on them.
use super::{FailureView, VerificationView};
use serde::Serialize;
use specta::Type;
use std::collections::BTreeMap;

/// An opened PDF.
#[derive(Debug, Clone, Serialize, Type)]
pub struct DocumentView {
    /// Id while the program runs; the only name the window has for the file.
    pub id: String,
    /// File name.
    pub name: String,
    /// Folder, for reading only.
    pub folder: String,
    /// Size in bytes.
    #[specta(type = u32)]
    pub size_bytes: u64,
    /// Number of pages.
    pub page_count: u32,
    /// Visible page sizes.
    pub pages: Vec<PageView>,
    /// Signatures in it.
    pub signature_count: u32,
    /// It was opened but cannot be signed: why.
    pub refusal: Option<FailureView>,
    /// It stays closed until its password is given.
    pub needs_password: bool,
    /// It is encrypted, with or without a password to open it.
    pub is_encrypted: bool,
    /// It is damaged and not signed: a repaired copy can be made.
    pub can_repair: bool,
}

/// The visible size of a page, as a person sees it (rotation applied).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Type)]
pub struct PageView {
    /// Width in mm.
    #[specta(type = i32)]
    pub width_mm: f64,
    /// Height in mm.
    #[specta(type = i32)]
    pub height_mm: f64,
}

/// One line of the check before signing.
#[derive(Debug, Clone, Serialize, Type)]
pub struct CheckView {
    /// What was checked.
    pub code: CheckCode,
    /// How it came out.
    pub level: CheckLevel,
    /// Facts the words need; `failure` holds a failure code where there is one.
    pub params: BTreeMap<String, String>,
}

/// What is checked before signing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum CheckCode {
    /// The certificate is valid now.
    CertificateValid,
    /// Its key is on this device.
    CertificateHere,
    /// Every seal is approved and belongs to the certificate.
    SealApproved,
    /// PIN tries left.
    PinState,
    /// The token that holds the key is plugged in and not locked.
    TokenReady,
    /// The document can be added to.
    DocumentAppendable,
    /// Every mark lies inside its page.
    MarksOnPage,
    /// What the plan's findings say: words that are missing, slices that are thin, marks that cover something.
    PlanFindings,
    /// Signatures already there.
    EarlierSignatures,
    /// Room for the output.
    DiskSpace,
    /// The output's name.
    OutputName,
}

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum CheckLevel {
    /// Good.
    Ok,
    /// Can go on, but should be known.
    Warning,
    /// Cannot go on.
    Problem,
}

/// A document stamped, signed, verified and saved.
#[derive(Debug, Clone, Serialize, Type)]
pub struct SignedView {
    /// The new file, opened.
    pub document: DocumentView,
    /// Its name.
    pub output_name: String,
    /// Its folder, for reading only.
    pub folder: String,
    /// Name to reveal it by.
    pub saved_id: String,
    /// SHA-256 of the new file, hexadecimal.
    pub sha256: String,
    /// How many times a seal was placed.
    pub marks: u32,
    /// The new file verified again.
    pub verification: VerificationView,
}
