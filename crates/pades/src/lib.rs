//! Signing and verifying PDFs (PAdES): joins crate pdf and crate pki. No files, no clock, no network.
#![forbid(unsafe_code)]

mod ahead;
mod container;
mod digests;
mod evidence;
mod judge;
mod pdf_date;
mod preserve;
mod sign;
mod timestamp_service;
mod timing;
mod verify;

pub mod reason;
pub mod report;

pub use ahead::{Ahead, hash_ahead};
pub use preserve::{DocumentTimestamp, Evidence, preserve, timestamp_document};
pub use reason::Reason;
pub use report::{
    ChangesAfter, Coverage, Level, Revocation, RevocationFinding, SignatureReport, SignatureTime, TimeSource, Trust,
    Verdict, Verification,
};
pub use sign::{Digested, Prepared, SignPdfError, Signed, SignedPdf, Timestamped, sign, sign_hashed};
pub use timestamp_service::{ServiceUnreachable, TimestampService};
pub use verify::{Request, TrustRoots, verify, verify_by, verify_written};
