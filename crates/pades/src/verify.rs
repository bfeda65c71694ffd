//! Verifying every signature of a document.

use crate::digests::Digests;
use crate::judge::{judge_signature, overall};
use crate::reason::Reason;
use crate::report::{Verdict, Verification};
use crate::sign::SignedPdf;
use pdf::Document;
use pdf::signature::read_signatures;
use std::collections::HashMap;
use time::OffsetDateTime;

/// The roots that the user, or the platform, trusts (DER).
#[derive(Clone, Debug, Default)]
pub struct TrustRoots {
    certificates: Vec<Vec<u8>>,
}

impl TrustRoots {
    /// No roots: every verdict will be indeterminate at best.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// These roots, as DER certificates.
    #[must_use]
    pub fn new(certificates: Vec<Vec<u8>>) -> Self {
        Self { certificates }
    }

    /// The certificates as DER.
    #[must_use]
    pub fn certificates(&self) -> &[Vec<u8>] {
        &self.certificates
    }
}

/// Verifies every signature, as of the moment `at`.
///
/// Integrity, coverage, later changes, trust and time are found out apart and reported apart; whatever cannot be
/// checked makes the verdict indeterminate with its reason, never valid.
#[must_use]
pub fn verify(document: &Document, roots: &TrustRoots, at: OffsetDateTime) -> Verification {
    verify_knowing(document, roots, at, HashMap::new())
}

/// Verifies a file that was just written as `original` and the tail of `signed`.
///
/// Every byte of it is compared with what was signed, so that the digest taken then is the digest of what is there;
/// all else is found out as by [`verify`]. None when a byte differs.
#[must_use]
pub fn verify_written(
    written: &Document,
    original: &Document,
    signed: &SignedPdf,
    roots: &TrustRoots,
    at: OffsetDateTime,
) -> Option<Verification> {
    let (front, back) = written.bytes().split_at_checked(original.bytes().len())?;
    let same = front == original.bytes() && back == signed.tail.as_slice();
    let known = HashMap::from([(signed.byte_range, signed.digest)]);
    same.then(|| verify_knowing(written, roots, at, known))
}

fn verify_knowing(
    document: &Document,
    roots: &TrustRoots,
    at: OffsetDateTime,
    known: HashMap<[u64; 4], [u8; 32]>,
) -> Verification {
    let Ok(fields) = read_signatures(document) else {
        // A damaged file may hide a signature: it is not «unsigned».
        let reasons = vec![Reason::StructureDamaged];
        return Verification {
            verdict: Verdict::Indeterminate,
            signatures: Vec::new(),
            reasons,
        };
    };
    let digests = Digests::new(document, fields, known);
    let signatures: Vec<_> = fields
        .iter()
        .map(|field| judge_signature(document, field, &digests, roots, at))
        .collect();
    let verdict = overall(signatures.iter().map(|report| report.verdict));
    Verification {
        verdict,
        signatures,
        reasons: Vec::new(),
    }
}
