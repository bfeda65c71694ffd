//! Verifying a file against roots that a person names.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine as _;
use pades::{Request, TrustRoots, Verification};
use pki::budget::Budget;
use pki::certificate::CertificateFacts;
use time::OffsetDateTime;

use super::{FileWorkError, PdfPassword, bytes};
use crate::verification::marks_of;
use crate::view::ShownMarkView;

/// How long judging the signatures of a file may take, besides reading it; then the answer is that it took too long.
pub const USUAL_TIME: Duration = Duration::from_secs(30);

/// What the slowest disk reads in a second, in bytes.
const SLOWEST_READING: usize = 20_000_000;

/// Why a file of trust roots cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RootsError {
    /// No certificate in it.
    #[error("no certificate in the file of trust roots")]
    None,
    /// One of its certificates cannot be read.
    #[error("a certificate in the file of trust roots cannot be read")]
    Unreadable,
}

/// The findings on a file.
pub struct Verified {
    /// On its signatures.
    pub verification: Verification,
    /// What each of them shows, in the same order.
    pub marks: Vec<Vec<ShownMarkView>>,
}

/// Verifies every signature of a file as of the moment `at`, in at most `time` besides reading it.
///
/// # Errors
/// [`FileWorkError::Unreadable`], [`FileWorkError::Open`].
pub fn verify_file(
    path: &Path,
    password: Option<&PdfPassword>,
    roots: &TrustRoots,
    at: OffsetDateTime,
    time: Duration,
) -> Result<Verified, FileWorkError> {
    let given = bytes::map(path)?;
    // Hashing takes longer than all else and can begin before the file is opened.
    pades::hash_ahead((*given).as_ref(), |ahead| {
        let document = bytes::opened(Arc::clone(&given), password)?;
        let request = Request {
            budget: budget(time, document.bytes().len()),
            ahead: Some(ahead),
            ..Request::new(roots, at)
        };
        let verification = pades::verify_by(&document, &request);
        let marks = verification
            .signatures
            .iter()
            .map(|report| marks_of(&document, &report.field));
        Ok(Verified {
            marks: marks.collect(),
            verification,
        })
    })
}

/// The usual number of checks, over when the time is up; a file of so many bytes has to be read first.
pub(crate) fn budget(time: Duration, bytes: usize) -> Budget {
    let reading = u32::try_from(bytes / SLOWEST_READING).unwrap_or(u32::MAX);
    let begun = Instant::now();
    let most = time.saturating_add(Duration::from_secs(u64::from(reading)));
    Budget::default().until(Arc::new(move || begun.elapsed() >= most))
}

/// Reads trust roots: one or many PEM certificates, or one in DER.
///
/// # Errors
/// [`FileWorkError::Unreadable`], [`FileWorkError::Roots`].
pub fn read_roots(path: &Path) -> Result<TrustRoots, FileWorkError> {
    let content = bytes::read(path)?;
    let certificates = match std::str::from_utf8(&content) {
        Ok(text) => certificates_of_pem(text).ok_or(RootsError::Unreadable)?,
        Err(_) => vec![content],
    };
    if certificates.is_empty() {
        return Err(RootsError::None.into());
    }
    if certificates.iter().any(|der| CertificateFacts::parse(der).is_err()) {
        return Err(RootsError::Unreadable.into());
    }
    Ok(TrustRoots::new(certificates))
}

/// Every certificate between its BEGIN and END lines (RFC 7468); text around them is allowed.
fn certificates_of_pem(text: &str) -> Option<Vec<Vec<u8>>> {
    let blocks = text.split("-----BEGIN CERTIFICATE-----").skip(1);
    let decoded = blocks.map(|block| {
        let (body, _) = block.split_once("-----END CERTIFICATE-----")?;
        let base64: String = body.split_whitespace().collect();
        base64::engine::general_purpose::STANDARD.decode(base64).ok()
    });
    decoded.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_that_are_none_are_told_apart_from_broken_ones() {
        assert_eq!(certificates_of_pem("nothing here"), Some(Vec::new()));
        assert_eq!(certificates_of_pem("-----BEGIN CERTIFICATE-----\nAAAA"), None);
        let two = "x\n-----BEGIN CERTIFICATE-----\nAAEC\n-----END CERTIFICATE-----\n".repeat(2);
        assert_eq!(certificates_of_pem(&two), Some(vec![vec![0, 1, 2]; 2]));
    }
}
