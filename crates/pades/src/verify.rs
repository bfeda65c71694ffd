//! Verifying every signature of a document.

use crate::ahead::Ahead;
use crate::container::Container;
use crate::digests::Digests;
use crate::evidence::Evidence;
use crate::judge::judge_signature;
use crate::reason::Reason;
use crate::report::{Verdict, Verification, file_verdict};
use crate::sign::SignedPdf;
use pdf::Document;
use pdf::signature::{SignatureField, read_signatures};
use pki::budget::Budget;
use pki::verification::DigestAlgorithm;
use std::collections::HashMap;
use time::OffsetDateTime;

/// More signatures than any real file has; each has to be compared with the end of the file.
const SIGNATURE_LIMIT: usize = 500;

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

/// What a verification goes by.
pub struct Request<'a> {
    /// Whom to believe.
    pub roots: &'a TrustRoots,
    /// The moment as of which it is verified.
    pub at: OffsetDateTime,
    /// Revocation lists from elsewhere (DER); those in the file are found anyway.
    pub revocation_lists: &'a [Vec<u8>],
    /// OCSP responses from elsewhere (DER); those in the file are found anyway.
    pub ocsp_responses: &'a [Vec<u8>],
    /// What a single question about a path may cost, and when to stop altogether.
    pub budget: Budget,
    /// The file's hash, when it was begun before the file was opened (see [`crate::hash_ahead`]).
    pub ahead: Option<&'a Ahead<'a>>,
}

impl<'a> Request<'a> {
    /// With nothing from elsewhere and the usual budget.
    #[must_use]
    pub fn new(roots: &'a TrustRoots, at: OffsetDateTime) -> Self {
        Self {
            roots,
            at,
            revocation_lists: &[],
            ocsp_responses: &[],
            budget: Budget::default(),
            ahead: None,
        }
    }
}

/// Verifies every signature, as of the moment `at`.
///
/// Integrity, coverage, later changes, trust and time are found out apart and reported apart; whatever cannot be
/// checked makes the verdict indeterminate with its reason, never valid.
#[must_use]
pub fn verify(document: &Document, roots: &TrustRoots, at: OffsetDateTime) -> Verification {
    verify_by(document, &Request::new(roots, at))
}

/// As [`verify`], with all that may be said about it.
#[must_use]
pub fn verify_by(document: &Document, request: &Request<'_>) -> Verification {
    verify_knowing(document, request, HashMap::new())
}

/// Verifies a file that was just written as an original of so many bytes and the tail of `signed`.
///
/// The caller has hashed every byte of the original as it was written; here the rest is compared, so that the digest taken
/// then is the digest of what is there, and all else is found out as by [`verify`]. None when a byte differs.
#[must_use]
pub fn verify_written(
    written: &Document,
    original_bytes: usize,
    signed: &SignedPdf,
    roots: &TrustRoots,
    at: OffsetDateTime,
) -> Option<Verification> {
    let (_, back) = written.bytes().split_at_checked(original_bytes)?;
    let same = back == signed.tail.as_slice();
    let known = HashMap::from([(signed.byte_range, signed.digest)]);
    same.then(|| verify_knowing(written, &Request::new(roots, at), known))
}

fn verify_knowing(document: &Document, request: &Request<'_>, known: HashMap<[u64; 4], [u8; 32]>) -> Verification {
    let Ok(fields) = read_signatures(document) else {
        // A damaged file may hide a signature: it is not «unsigned».
        return undecided(Reason::StructureDamaged);
    };
    if fields.len() > SIGNATURE_LIMIT {
        return undecided(Reason::BudgetExceeded);
    }
    let digests = Digests::new(document, fields, known, request.ahead);
    let containers: Vec<_> = fields.iter().map(|field| Container::read(field).ok()).collect();
    std::thread::scope(|threads| {
        // Hashing waits for nothing; what changed after each signature is found out meanwhile.
        let wanted = |container: &Container| container.digest_algorithm() == DigestAlgorithm::Sha256;
        if containers.iter().flatten().any(wanted) {
            threads.spawn(|| digests.find());
        }
        judged(document, fields, &containers, &digests, request)
    })
}

fn judged(
    document: &Document,
    fields: &[SignatureField],
    containers: &[Option<Container>],
    digests: &Digests<'_>,
    request: &Request<'_>,
) -> Verification {
    let evidence = Evidence::gather(document, fields, containers, digests, request);
    let mut signatures = Vec::new();
    for (field, container) in fields.iter().zip(containers) {
        if request.budget.is_spent() {
            return Verification {
                verdict: Verdict::Indeterminate,
                signatures,
                reasons: vec![Reason::BudgetExceeded],
            };
        }
        signatures.push(judge_signature(document, field, container.as_ref(), digests, &evidence));
    }
    Verification {
        verdict: file_verdict(&signatures),
        signatures,
        reasons: Vec::new(),
    }
}

fn undecided(reason: Reason) -> Verification {
    Verification {
        verdict: Verdict::Indeterminate,
        signatures: Vec::new(),
        reasons: vec![reason],
    }
}
