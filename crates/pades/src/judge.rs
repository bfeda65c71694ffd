//! Judging one signature: each finding by itself, then the verdict from all of them.

use crate::container::Container;
use crate::digests::Digests;
use crate::evidence::Evidence;
use crate::pdf_date;
use crate::reason::Reason;
use crate::report::{
    ChangesAfter, Coverage, Level, Revocation, RevocationFinding, SignatureReport, SignatureTime, TimeSource, Trust,
    Verdict,
};
use crate::timing::{Timing, timing};
use pdf::Document;
use pdf::changes::{AllowedChange, ChangeReason, Changes, changes_since};
use pdf::signature::{self, SignatureField};
use pki::certificate::CertificateFacts;
use pki::path::{self, PathVerdict};
use pki::revocation::RevocationStatus;
use pki::verification::Reliance;
use time::OffsetDateTime;
use time::macros::datetime;

/// RSA keys shorter than 2048 bits were to be given up by then (NIST SP 800-131A, table 2).
const SHORT_KEYS_END: OffsetDateTime = datetime!(2014-01-01 0:00 UTC);

/// What the container gave, as far as it could be read.
struct ContainerFindings {
    intact: Option<bool>,
    certificate: Option<CertificateFacts>,
    trust: Trust,
    revocation: Revocation,
    time: SignatureTime,
    level: Level,
    algorithm: String,
    reasons: Vec<Reason>,
}

/// Judges one signature.
pub(crate) fn judge_signature(
    document: &Document,
    field: &SignatureField,
    container: Option<&Container>,
    digests: &Digests<'_>,
    evidence: &Evidence<'_>,
) -> SignatureReport {
    let mut reasons = place_reasons(field);
    let later = later_changes(document, field);
    reasons.extend(later.reason);
    let found = match container {
        Some(container) => judge_container(container, field, digests, evidence),
        None => unread(field),
    };
    reasons.extend(found.reasons);
    reasons.sort_unstable();
    reasons.dedup();
    SignatureReport {
        field: field.name.clone(),
        is_document_timestamp: matches!(container, Some(Container::Timestamp(_))),
        signer: found
            .certificate
            .as_ref()
            .map(|facts| facts.subject.shown().to_owned())
            .unwrap_or_default(),
        verdict: match container {
            Some(Container::Timestamp(_)) => token_verdict(verdict(&reasons, found.intact, later.after), evidence),
            _ => verdict(&reasons, found.intact, later.after),
        },
        intact: found.intact,
        coverage: coverage(field),
        changes_after: later.after,
        changes: later.named,
        allowed: later.allowed,
        trust: found.trust,
        revocation: found.revocation,
        time: found.time,
        level: found.level,
        algorithm: found.algorithm,
        reasons,
        stated_reason: field.reason.clone(),
        pages: field.pages.clone(),
        signed_length: signed_length(field),
        certificate: found.certificate,
    }
}

/// Valid only when nothing at all speaks against it: the list of reasons decides, not a list of hopes.
fn verdict(reasons: &[Reason], intact: Option<bool>, changes: ChangesAfter) -> Verdict {
    if intact == Some(false) || reasons.iter().any(|reason| reason.condemns()) {
        return Verdict::Invalid;
    }
    if intact.is_none() || reasons.iter().any(|reason| !reason.only_informs()) {
        return Verdict::Indeterminate;
    }
    match changes {
        ChangesAfter::None | ChangesAfter::Proof => Verdict::Valid,
        ChangesAfter::Allowed => Verdict::ValidWithChanges,
        ChangesAfter::Forbidden => Verdict::Invalid,
        ChangesAfter::Unknown => Verdict::Indeterminate,
    }
}

/// A document timestamp that does not fit proves nothing; it does not undo the signatures beside it, which are judged
/// over the same bytes. Where there are none, it is all that the file has.
fn token_verdict(verdict: Verdict, evidence: &Evidence<'_>) -> Verdict {
    match verdict {
        Verdict::Invalid if evidence.has_signatures => Verdict::Indeterminate,
        verdict => verdict,
    }
}

fn place_reasons(field: &SignatureField) -> Vec<Reason> {
    let findings = [
        (field.byte_range.is_none(), Reason::ByteRangeBad),
        (
            field.byte_range.is_some() && !field.gap_is_contents,
            Reason::GapIsNotContents,
        ),
        (field.coverage == signature::Coverage::Partial, Reason::PartialCoverage),
        (!field.in_newest_revision, Reason::Removed),
    ];
    applying(findings).collect()
}

fn applying<const COUNT: usize>(findings: [(bool, Reason); COUNT]) -> impl Iterator<Item = Reason> {
    findings
        .into_iter()
        .filter(|(found, _)| *found)
        .map(|(_, reason)| reason)
}

fn coverage(field: &SignatureField) -> Coverage {
    match field.coverage {
        signature::Coverage::WholeFile => Coverage::WholeFile,
        signature::Coverage::WholeRevision => Coverage::WholeRevision,
        signature::Coverage::Partial => Coverage::Partial,
    }
}

fn signed_length(field: &SignatureField) -> Option<u64> {
    let [_, _, start, length] = field.byte_range?;
    let end = start.checked_add(length);
    end.filter(|_| field.coverage != signature::Coverage::Partial)
}

/// What was done after the revision that was signed.
struct Later {
    after: ChangesAfter,
    reason: Option<Reason>,
    named: Vec<ChangeReason>,
    allowed: Vec<AllowedChange>,
}

impl Later {
    fn unknown(named: Vec<ChangeReason>) -> Self {
        Self {
            after: ChangesAfter::Unknown,
            reason: Some(Reason::UnknownChanges),
            named,
            allowed: Vec::new(),
        }
    }

    fn fine(after: ChangesAfter, allowed: Vec<AllowedChange>) -> Self {
        Self {
            after,
            reason: None,
            named: Vec::new(),
            allowed,
        }
    }
}

fn later_changes(document: &Document, field: &SignatureField) -> Later {
    let Some(revision) = field.revision else {
        return Later::unknown(Vec::new());
    };
    match changes_since(document, revision) {
        Changes::None if field.coverage == signature::Coverage::WholeFile => {
            Later::fine(ChangesAfter::None, Vec::new())
        }
        // Bytes follow that belong to no revision: blank or not, nobody signed for them.
        Changes::None => Later::unknown(Vec::new()),
        Changes::Allowed(made) if made.iter().all(AllowedChange::only_proves) => Later::fine(ChangesAfter::Proof, made),
        Changes::Allowed(made) => Later::fine(ChangesAfter::Allowed, made),
        Changes::Forbidden(named) => Later {
            after: ChangesAfter::Forbidden,
            reason: Some(Reason::ForbiddenChanges),
            named,
            allowed: Vec::new(),
        },
        Changes::Unknown(named) => Later::unknown(named),
    }
}

/// `/M` is the signer's own word (EN 319 142-1, 6.3), as is signing-time in a container; nothing more is claimed.
fn claimed_time(field: &SignatureField, container: Option<&Container>) -> SignatureTime {
    let written = field.modified.as_deref().and_then(pdf_date::parse);
    let in_container = || container?.cms()?.signing_time();
    match written.or_else(in_container) {
        None if field.modified.is_none() => SignatureTime {
            source: TimeSource::None,
            value: None,
        },
        value => SignatureTime {
            source: TimeSource::Claimed,
            value,
        },
    }
}

/// A container that cannot be read; why is among the reasons.
fn unread(field: &SignatureField) -> ContainerFindings {
    ContainerFindings {
        intact: None,
        certificate: None,
        trust: Trust::Unknown,
        revocation: Revocation::default(),
        time: claimed_time(field, None),
        level: Level::None,
        algorithm: String::new(),
        reasons: Container::read(field).err().into_iter().collect(),
    }
}

fn judge_container(
    container: &Container,
    field: &SignatureField,
    digests: &Digests<'_>,
    evidence: &Evidence<'_>,
) -> ContainerFindings {
    let checked = container.check(field, digests);
    let timing = timing(container, field, evidence);
    let mut found = ContainerFindings {
        intact: checked.intact,
        reasons: checked.reasons,
        time: timing.time(claimed_time(field, Some(container))),
        ..unread(field)
    };
    found.reasons.extend(&timing.reasons);
    let facts = container.signer().map(CertificateFacts::parse);
    let Some(Ok(facts)) = facts else {
        found.reasons.push(Reason::SignerCertificateMissing);
        return found;
    };
    // What is judged is what could be done to it when it was made: proven, else as of the moment that was asked for.
    let moment = timing.proven.unwrap_or(evidence.request.at);
    found.reasons.extend(usage_reasons(&facts, container));
    found.reasons.extend(key_reason(&facts, moment));
    found.reasons.extend(digest_reason(container.reliance(moment)));
    found.algorithm = format!("{} with {}", facts.key_algorithm, container.digest_algorithm().name());
    found.certificate = Some(facts);
    let chain = judge_trust(container, &timing, evidence, &mut found);
    let is_baseline = matches!(container, Container::Cades(parsed) if !parsed.has_content());
    if is_baseline && checked.is_bound && checked.intact == Some(true) {
        found.level = level(&timing, chain.as_deref(), field, evidence);
    }
    found
}

/// EN 319 142-1, 6.1: each level holds what the one before holds.
fn level(timing: &Timing, chain: Option<&[Vec<u8>]>, field: &SignatureField, evidence: &Evidence<'_>) -> Level {
    let (is_archived, archives_store) = evidence.archived_after(signed_length(field).unwrap_or(u64::MAX));
    if !timing.has_token && !is_archived {
        return Level::BB;
    }
    let moment = timing.proven.unwrap_or(evidence.request.at);
    let is_settled = chain.is_some_and(|chain| evidence.is_settled_by_store(chain, moment));
    match (is_settled, archives_store) {
        (false, _) => Level::BT,
        (true, false) => Level::BLt,
        (true, true) => Level::BLta,
    }
}

fn usage_reasons(facts: &CertificateFacts, container: &Container) -> Option<Reason> {
    let signs = facts
        .key_usage
        .iter()
        .any(|usage| usage == "digitalSignature" || usage == "nonRepudiation");
    let is_token = matches!(container, Container::Timestamp(_));
    let forbids = !is_token && !facts.key_usage.is_empty() && !signs;
    forbids.then_some(Reason::KeyUsageForbids)
}

fn key_reason(facts: &CertificateFacts, made_at: OffsetDateTime) -> Option<Reason> {
    let bits = facts.key_algorithm.strip_prefix("RSA ")?.parse::<u32>().ok()?;
    match bits {
        2048.. => None,
        1024.. if made_at < SHORT_KEYS_END => Some(Reason::DatedKey),
        _ => Some(Reason::WeakKey),
    }
}

fn digest_reason(reliance: Reliance) -> Option<Reason> {
    match reliance {
        Reliance::Sound => None,
        Reliance::Dated => Some(Reason::DatedDigest),
        Reliance::Broken => Some(Reason::WeakDigest),
    }
}

/// The chain at the proven time (else at the moment of verification), and its revocation then and now.
fn judge_trust(
    container: &Container,
    timing: &Timing,
    evidence: &Evidence<'_>,
    found: &mut ContainerFindings,
) -> Option<Vec<Vec<u8>>> {
    let leaf = container.signer()?;
    if evidence.roots().certificates().is_empty() {
        found.reasons.push(Reason::NoTrustRoots);
        return None;
    }
    let moment = timing.proven.unwrap_or(evidence.request.at);
    let (trust, reason) = match evidence.path(leaf, container.certificates(), moment) {
        PathVerdict::Trusted { chain } => {
            found.trust = Trust::Trusted;
            found.reasons.extend(digest_reason(path::reliance(&chain, moment)));
            judge_revocation(&chain, timing, moment, evidence, found);
            return Some(chain);
        }
        PathVerdict::Untrusted => (Trust::Untrusted, Reason::UntrustedIssuer),
        PathVerdict::Refused(_) => (Trust::Untrusted, Reason::ChainRefused),
        PathVerdict::Expired => (Trust::Expired, Reason::CertificateExpired),
        PathVerdict::NotYetValid => (Trust::NotYetValid, Reason::CertificateNotYetValid),
        PathVerdict::Unreadable => (Trust::Unknown, Reason::ChainRefused),
        PathVerdict::TooCostly => (Trust::Unknown, Reason::BudgetExceeded),
    };
    found.trust = trust;
    found.reasons.push(reason);
    None
}

fn judge_revocation(
    chain: &[Vec<u8>],
    timing: &Timing,
    moment: OffsetDateTime,
    evidence: &Evidence<'_>,
    found: &mut ContainerFindings,
) {
    let then = evidence.revocation(chain, moment);
    let now = evidence.revocation(chain, evidence.request.at);
    found.revocation = Revocation {
        at_signing: finding(then),
        now: finding(now),
    };
    let reason = match (then, now) {
        (RevocationStatus::Revoked { .. }, _) => {
            found.trust = Trust::Revoked;
            // Without a proven time it may have been signed before (EN 319 102-1, 5.2.6.2: no proof of existence).
            let proven = timing.proven.is_some();
            Some(if proven {
                Reason::RevokedBeforeSigning
            } else {
                Reason::CertificateRevoked
            })
        }
        (_, RevocationStatus::Revoked { .. }) => Some(Reason::RevokedSinceSigning),
        (RevocationStatus::Unknown, _) => Some(Reason::RevocationNotChecked),
        (RevocationStatus::Good, _) => None,
    };
    found.reasons.extend(reason);
}

fn finding(status: RevocationStatus) -> RevocationFinding {
    match status {
        RevocationStatus::Good => RevocationFinding::Good,
        RevocationStatus::Revoked { .. } => RevocationFinding::Revoked,
        RevocationStatus::Unknown => RevocationFinding::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_signature_with_nothing_against_it_is_valid() {
        let informing = [Reason::TimestampUntrusted, Reason::RevocationNotChecked];
        assert_eq!(verdict(&informing, Some(true), ChangesAfter::None), Verdict::Valid);
        assert_eq!(
            verdict(&informing, Some(true), ChangesAfter::Allowed),
            Verdict::ValidWithChanges
        );
        assert_eq!(verdict(&[], None, ChangesAfter::None), Verdict::Indeterminate);
        assert_eq!(verdict(&[], Some(false), ChangesAfter::None), Verdict::Invalid);
        assert_eq!(verdict(&[], Some(true), ChangesAfter::Forbidden), Verdict::Invalid);
        assert_eq!(verdict(&[], Some(true), ChangesAfter::Unknown), Verdict::Indeterminate);
        assert_eq!(
            verdict(&[Reason::NoTrustRoots], Some(true), ChangesAfter::None),
            Verdict::Indeterminate
        );
        assert_eq!(
            verdict(&[Reason::WeakDigest], Some(true), ChangesAfter::None),
            Verdict::Indeterminate
        );
        assert_eq!(
            verdict(&[Reason::CertificateSubstituted], Some(true), ChangesAfter::None),
            Verdict::Invalid
        );
    }
}
