//! Whether a certificate was revoked at a given moment (RFC 5280, 6.3; RFC 6960, 3.2), from lists and responses at hand.
//!
//! Absent: fetching. Evidence that is older than the moment and was due for renewal before it says nothing; evidence
//! that is newer says even more, for revocation is told with its date.

mod lists;
mod responses;

use crate::budget::Budget;
use crate::certificate::read;
use crate::crl::Crl;
use crate::ocsp::OcspResponse;
use crate::path::Certificates;
use time::{Duration, OffsetDateTime};
use x509_parser::prelude::X509Certificate;

/// Lists and responses that are looked at; a document that carries more only serves to make a verifier work.
const EVIDENCE_LIMIT: usize = 500;
/// How far another clock may be ahead.
const SKEW: Duration = Duration::minutes(5);
/// `ReasonFlags` 1 to 8: every reason there is (RFC 5280, 4.2.1.13).
const ALL_REASONS: u16 = 0b1_1111_1110;
/// `CRLReason` of an entry that may be taken back.
const CERTIFICATE_HOLD: u8 = 6;

/// Lists and responses at hand.
#[derive(Clone, Debug, Default)]
pub struct RevocationData {
    lists: Vec<Crl>,
    responses: Vec<OcspResponse>,
}

/// What is known about a certificate at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RevocationStatus {
    /// It was not revoked then.
    Good,
    /// It was revoked then already.
    Revoked {
        /// Since when.
        at: OffsetDateTime,
        /// `CRLReason` (RFC 5280, 5.3.1), where given.
        reason: Option<u8>,
    },
    /// Nothing at hand tells.
    Unknown,
}

/// What one list or response says.
#[derive(Clone, Copy, Debug)]
struct Evidence {
    /// Revoked since, and why; none when it says «good».
    revoked: Option<(OffsetDateTime, Option<u8>)>,
    this_update: OffsetDateTime,
    next_update: Option<OffsetDateTime>,
    /// The reasons it knows of.
    reasons: u16,
    /// A list no longer names certificates that have expired (RFC 5280, 3.3).
    forgets_expired: bool,
}

/// What there is to decide with.
#[derive(Clone, Copy)]
pub struct Inquiry<'a> {
    /// Lists and responses.
    pub data: &'a RevocationData,
    /// Certificates from which those who sign lists and responses may come.
    pub others: Certificates<'a>,
    /// Nothing that is newer is believed.
    pub now: OffsetDateTime,
    /// Signature checks that are left.
    pub budget: &'a Budget,
}

impl RevocationData {
    /// Nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a list (DER); one that cannot be read says nothing and is left out.
    pub fn add_list(&mut self, der: &[u8]) {
        if let Ok(list) = Crl::parse(der)
            && self.lists.len() < EVIDENCE_LIMIT
            && !self.lists.contains(&list)
        {
            self.lists.push(list);
        }
    }

    /// Adds a response (DER); one that cannot be read says nothing and is left out.
    pub fn add_response(&mut self, der: &[u8]) {
        if let Ok(response) = OcspResponse::parse(der)
            && self.responses.len() < EVIDENCE_LIMIT
            && !self.responses.contains(&response)
        {
            self.responses.push(response);
        }
    }

    /// Whether there is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lists.is_empty() && self.responses.is_empty()
    }

    /// Certificates that the responses carry.
    pub fn certificates(&self) -> impl Iterator<Item = &Vec<u8>> {
        self.responses.iter().flat_map(OcspResponse::certificates)
    }
}

impl Inquiry<'_> {
    /// The status of a chain (leaf first, root last) at a moment: the worst of its certificates below the root.
    #[must_use]
    pub fn chain_status(&self, chain: &[Vec<u8>], moment: OffsetDateTime) -> RevocationStatus {
        self.chain_status_to(chain, moment, 1)
    }

    /// `depth`: how often those who sign lists are themselves asked about.
    fn chain_status_to(&self, chain: &[Vec<u8>], moment: OffsetDateTime, depth: usize) -> RevocationStatus {
        let mut worst = RevocationStatus::Good;
        for pair in chain.windows(2) {
            let [certificate, issuer] = pair else { continue };
            match self.status(certificate, issuer, moment, depth) {
                RevocationStatus::Good => {}
                RevocationStatus::Unknown => worst = RevocationStatus::Unknown,
                revoked @ RevocationStatus::Revoked { .. } => return revoked,
            }
        }
        worst
    }

    /// The status of one certificate (DER) under its issuer's (DER), at a moment.
    #[must_use]
    pub fn certificate_status(&self, certificate: &[u8], issuer: &[u8], moment: OffsetDateTime) -> RevocationStatus {
        self.status(certificate, issuer, moment, 1)
    }

    fn status(&self, certificate: &[u8], issuer: &[u8], moment: OffsetDateTime, depth: usize) -> RevocationStatus {
        let (Some(certificate), Some(issuer)) = (read(certificate), read(issuer)) else {
            return RevocationStatus::Unknown;
        };
        let mut evidence = responses::evidence(self, &certificate, &issuer);
        let newest = self.now + SKEW;
        evidence.extend(lists::evidence(self, &certificate, &issuer, moment, depth));
        evidence.retain(|one| one.this_update <= newest);
        decide(&evidence, &certificate, moment)
    }
}

/// A revocation up to the moment decides; «good» needs evidence that holds at the moment and covers every reason.
fn decide(evidence: &[Evidence], certificate: &X509Certificate<'_>, moment: OffsetDateTime) -> RevocationStatus {
    let expires = certificate.validity().not_after.timestamp();
    let holds = |one: &&Evidence| {
        let forgotten = one.forgets_expired && one.this_update.unix_timestamp() > expires;
        let current = one.this_update >= moment || one.next_update.is_some_and(|next| next >= moment);
        current && !forgotten
    };
    let good = evidence
        .iter()
        .filter(|one| one.revoked.is_none_or(|(at, _)| at > moment))
        .filter(holds);
    let newest_good = good.clone().map(|one| one.this_update).max();
    let revoked = evidence.iter().filter_map(|one| Some((one.revoked?, one.this_update)));
    for ((at, reason), told) in revoked {
        let taken_back = reason == Some(CERTIFICATE_HOLD) && newest_good.is_some_and(|good| good > told);
        if at <= moment && !taken_back {
            return RevocationStatus::Revoked { at, reason };
        }
    }
    let covered = good.fold(0, |reasons, one| reasons | one.reasons);
    if covered & ALL_REASONS == ALL_REASONS {
        RevocationStatus::Good
    } else {
        RevocationStatus::Unknown
    }
}
