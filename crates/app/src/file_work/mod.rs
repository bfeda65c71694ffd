//! Work on files that needs no account: drawing seals, stamping, signing with a PKCS#12 file or a token, verifying.
//!
//! The command line is made of these; the window's own journeys are methods of [`crate::App`].

mod bytes;
mod cleaning;
mod finding;
mod picturing;
mod place;
mod repairing;
mod seal_file;
mod signing;
mod verifying;

use std::path::PathBuf;

pub use crate::evidence::EvidenceError;
pub use crate::verification_words::reason as reason_in_chinese;
pub use crate::view::SigningLevel;
pub use cleaning::clean_photo;
pub use finding::find_in_file;
pub use pades::{Reason, SignPdfError, SignedPdf, TrustRoots, Verification, report};
pub use pdf::OpenError;
pub use pdf::artwork::{ArtworkError, Unplain};
pub use pdf::plan::{self, Plan};
pub use pdf::repair::RepairError;
pub use pdf::signature::CertificationLevel;
pub use pdf::text::{FindError, Found, Hit};
pub use pdf::update::PlaceError;
pub use picturing::{PictureTask, draw_pages};
pub use pki::Password;
pub use pki::certificate::CertificateFacts;
pub use pki::pkcs12::Pkcs12Error;
pub use pki::token::{PinState, TokenCertificate, TokenError, TokenFacts};
pub use place::{GIVEN_SEAL, Stamp};
pub use repairing::repair_file;
pub use seal::clean;
pub use seal::{
    Centre, Colour, ColumnOrder, CompanySeal, FallbackGlyph, InvoiceSeal, Look, NameArcs, NameSeal, NameStyle,
    NameSuffix, OvalSeal, RectangleSeal, SealDesign, SealError, SealForm, SquareSeal, Typeface,
};
pub use seal_file::{SealFileError, SealFormat, SealPicture, draw_seal};
pub use signing::{Identity, SigningOrder, StampingOrder, list_tokens, sign_file, stamp_file};
pub(crate) use verifying::budget;
pub use verifying::{RootsError, USUAL_TIME, Verified, read_roots, verify_file};

impl From<crate::signing_level::LevelError> for FileWorkError {
    fn from(error: crate::signing_level::LevelError) -> Self {
        use crate::signing_level::LevelError;
        match error {
            LevelError::Evidence(error) => Self::Evidence(error),
            LevelError::Sign(error) => Self::Sign(error),
            LevelError::File(failure) => Self::Unwritable(failure),
        }
    }
}

/// What opens a locked PDF; wiped when dropped.
pub type PdfPassword = zeroize::Zeroizing<String>;

/// Why work on a file was not done. Nothing is left at the output's name then.
#[derive(Debug, thiserror::Error)]
pub enum FileWorkError {
    /// A file is not there, or cannot be read.
    #[error("{} {}", path.display(), if *.missing { "does not exist" } else { "cannot be read" })]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// It is not there.
        missing: bool,
    },
    /// The output cannot be written.
    #[error(transparent)]
    Unwritable(#[from] crate::Failure),
    /// The output is the input: the original is never touched.
    #[error("the output would replace the original")]
    OutputIsInput,
    /// The PDF cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The page range is none, or names a page that is not there.
    #[error(transparent)]
    Pages(#[from] pdf::PageRangeError),
    /// The plan's file is none.
    #[error(transparent)]
    PlanFile(#[from] plan::PlanReadError),
    /// The plan cannot be used on this document.
    #[error(transparent)]
    Plan(#[from] plan::PlanError),
    /// None of the plan's words is in the document: nothing would be placed.
    #[error("none of the words was found")]
    NothingFound,
    /// The word cannot be looked for.
    #[error(transparent)]
    Find(#[from] FindError),
    /// No repaired copy can be made.
    #[error(transparent)]
    Repair(#[from] RepairError),
    /// The seal cannot stand there, or nothing may be added to this PDF.
    #[error(transparent)]
    Place(#[from] PlaceError),
    /// The PDF was not signed.
    #[error(transparent)]
    Sign(#[from] SignPdfError),
    /// The level needs a timestamp service, and no usable address of one was given.
    #[error("this level needs the address of a timestamp service")]
    NoTimestampService,
    /// The evidence of a long-term signature cannot be gathered.
    #[error(transparent)]
    Evidence(#[from] EvidenceError),
    /// The PKCS#12 file cannot be used.
    #[error(transparent)]
    Identity(#[from] Pkcs12Error),
    /// The token cannot be used.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The certificate is not valid at the time of signing.
    #[error("the certificate is not valid now")]
    CertificateNotValidNow,
    /// The seal's picture cannot be used.
    #[error(transparent)]
    SealFile(#[from] SealFileError),
    /// The seal cannot be drawn.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The photo cannot be cleaned.
    #[error(transparent)]
    Clean(#[from] clean::CleanError),
    /// The file of trust roots cannot be used.
    #[error(transparent)]
    Roots(#[from] RootsError),
    /// A page cannot be drawn.
    #[error("page {page}: {cause}")]
    Page {
        /// Which, from 1.
        page: u32,
        /// Why not.
        cause: crate::page_worker::NotDrawn,
    },
    /// What was written did not pass the check that follows writing; it was thrown away.
    #[error("the output did not verify")]
    OutputNotSound,
}
