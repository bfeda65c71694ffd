//! Signing and verifying PDFs (PAdES): joins crate pdf and crate pki. No files, no clock, no network.
#![forbid(unsafe_code)]

mod digests;
mod judge;
mod pdf_date;
mod sign;
mod verify;

pub mod reason;
pub mod report;

pub use reason::Reason;
pub use report::{
    ChangesAfter, Coverage, Level, SignatureReport, SignatureTime, TimeSource, Trust, Verdict, Verification,
};
pub use sign::{Digested, Prepared, SignPdfError, Signed, SignedPdf, sign_b_b};
pub use verify::{TrustRoots, verify, verify_written};
