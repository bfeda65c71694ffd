//! Stamping and signing a file: the result is the original bytes and a tail, checked before it gets its name.

use std::path::Path;

use pades::{SignedPdf, TrustRoots};
use pdf::Document;
use pdf::plan::Finding;
use pdf::update::{SignatureRequest, prepare_stamp};
use pki::Password;
use pki::certificate::CertificateFacts;
use pki::pkcs12::{Pkcs12Error, Pkcs12Identity};
use time::OffsetDateTime;

use super::{FileWorkError, PdfPassword, Stamp, bytes};

/// A file to be signed with a PKCS#12 file.
pub struct SigningOrder<'a> {
    /// The PDF; only read.
    pub input: &'a Path,
    /// Where the signed PDF goes; replaced when it stands there.
    pub output: &'a Path,
    /// The PKCS#12 file.
    pub identity: &'a Path,
    /// Its password.
    pub password: &'a Password,
    /// The PDF's password, when it has one.
    pub pdf_password: Option<&'a PdfPassword>,
    /// What is placed, or none for a signature without a picture.
    pub stamp: Option<&'a Stamp>,
    /// Why it is signed.
    pub reason: Option<String>,
    /// Name of the new field; none: the next free one.
    pub field: Option<String>,
    /// The time now.
    pub at: OffsetDateTime,
}

/// A file to be stamped without a signature.
pub struct StampingOrder<'a> {
    /// The PDF; only read.
    pub input: &'a Path,
    /// Where the stamped PDF goes; replaced when it stands there.
    pub output: &'a Path,
    /// The PDF's password, when it has one.
    pub pdf_password: Option<&'a PdfPassword>,
    /// What is placed.
    pub stamp: &'a Stamp,
    /// The time now, for dates that are placed.
    pub at: OffsetDateTime,
}

/// Stamps without signing; refused on a file that is signed already. Answers with what should be known of the plan.
///
/// # Errors
/// [`FileWorkError`].
pub fn stamp_file(order: &StampingOrder<'_>) -> Result<Vec<Finding>, FileWorkError> {
    bytes::keep_apart(order.input, order.output)?;
    let document = bytes::open(order.input, order.pdf_password)?;
    let resolved = order.stamp.resolve(&document, order.at)?;
    let pages = document.page_count();
    bytes::finish(
        &document,
        order.output,
        || Ok(prepare_stamp(&document, &resolved.marks)?),
        Vec::as_slice,
        |written, tail| {
            written.page_count() == pages && written.can_append().is_ok() && is_appended(written, &document, tail)
        },
    )?;
    Ok(resolved.findings)
}

/// Stamps and signs at level B-B. Answers with what was signed and what should be known of the plan.
///
/// # Errors
/// [`FileWorkError`].
pub fn sign_file(order: SigningOrder<'_>) -> Result<(SignedPdf, Vec<Finding>), FileWorkError> {
    bytes::keep_apart(order.input, order.output)?;
    let identity = pki::pkcs12::open(&bytes::read(order.identity)?, order.password)?;
    let facts = CertificateFacts::parse(&identity.certificate).map_err(|_| Pkcs12Error::NoIdentity)?;
    if order.at < facts.not_before || order.at > facts.not_after {
        return Err(FileWorkError::CertificateNotValidNow);
    }
    let document = bytes::open(order.input, order.pdf_password)?;
    let mut request = SignatureRequest::new(order.at);
    request.signer_name = Some(facts.subject.shown().to_owned());
    request.reason = order.reason;
    request.field_name = order.field;
    let resolved = order
        .stamp
        .map(|stamp| stamp.resolve(&document, order.at))
        .transpose()?;
    let (marks, findings) = resolved.map_or_else(Default::default, |resolved| (resolved.marks, resolved.findings));
    request.marks = marks;
    let signed = bytes::finish(
        &document,
        order.output,
        || {
            Ok(pades::sign_b_b(
                &document,
                &request,
                identity.signer.as_ref(),
                &chain(&identity),
            )?)
        },
        |signed| &signed.tail,
        |written, signed| is_sound(written, &document, signed, order.at),
    )?;
    Ok((signed, findings))
}

fn chain(identity: &Pkcs12Identity) -> Vec<Vec<u8>> {
    std::iter::once(&identity.certificate)
        .chain(&identity.chain)
        .cloned()
        .collect()
}

/// The output is the original and the tail, byte for byte.
fn is_appended(written: &Document, original: &Document, tail: &[u8]) -> bool {
    let parts = written.bytes().split_at_checked(original.bytes().len());
    parts.is_some_and(|(front, back)| front == original.bytes() && back == tail)
}

/// The new signature is there, intact, and covers the whole file.
fn is_sound(written: &Document, original: &Document, signed: &SignedPdf, at: OffsetDateTime) -> bool {
    let verification = pades::verify_written(written, original, signed, &TrustRoots::none(), at);
    let signatures = verification
        .map(|verification| verification.signatures)
        .unwrap_or_default();
    let ours = signatures.iter().find(|report| report.field == signed.field_name);
    ours.is_some_and(|report| report.intact == Some(true) && report.coverage == pades::Coverage::WholeFile)
}
