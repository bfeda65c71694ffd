//! Verifying every signature of a document.

use crate::judge::{judge_signature, overall};
use crate::reason::Reason;
use crate::report::{Verdict, Verification};
use pdf::Document;
use pdf::signature::read_signatures;
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
    let Ok(fields) = read_signatures(document) else {
        // A damaged file may hide a signature: it is not «unsigned».
        let reasons = vec![Reason::StructureDamaged];
        return Verification {
            verdict: Verdict::Indeterminate,
            signatures: Vec::new(),
            reasons,
        };
    };
    let signatures: Vec<_> = fields
        .iter()
        .map(|field| judge_signature(document, field, roots, at))
        .collect();
    let verdict = overall(signatures.iter().map(|report| report.verdict));
    Verification {
        verdict,
        signatures,
        reasons: Vec::new(),
    }
}
