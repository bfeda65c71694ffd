//! Judging one signature: each finding by itself, then the verdict from all of them.

use crate::digests::Digests;
use crate::pdf_date;
use crate::reason::Reason;
use crate::report::{ChangesAfter, Coverage, Level, SignatureReport, SignatureTime, TimeSource, Trust, Verdict};
use crate::verify::TrustRoots;
use pdf::Document;
use pdf::changes::{Changes, changes_since};
use pdf::signature::{self, SignatureField, SignatureKind};
use pki::certificate::CertificateFacts;
use pki::cms::{CertificateBinding, CmsFindings, CmsReadError, ParsedSignature};
use pki::path::{PathVerdict, validate_path};
use pki::verification::SignatureCheck;
use time::OffsetDateTime;

/// How the sub-filter says that the container is to be read (ISO 32000-2, table 260).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Container {
    /// `ETSI.CAdES.detached`.
    Cades,
    /// `adbe.pkcs7.detached`.
    Pkcs7,
}

/// What the container gave, as far as it could be read.
#[derive(Default)]
struct ContainerFindings {
    intact: Option<bool>,
    certificate: Option<CertificateFacts>,
    trust: Option<Trust>,
    algorithm: String,
    is_baseline: bool,
    reasons: Vec<Reason>,
}

/// Judges one signature as of `at`.
pub(crate) fn judge_signature(
    document: &Document,
    field: &SignatureField,
    digests: &Digests<'_>,
    roots: &TrustRoots,
    at: OffsetDateTime,
) -> SignatureReport {
    let mut reasons = place_reasons(field);
    let (changes_after, change_reason) = changes(document, field);
    reasons.extend(change_reason);
    let container = judge_container(field, digests, roots, at);
    reasons.extend(container.reasons);
    reasons.sort_unstable();
    reasons.dedup();
    SignatureReport {
        field: field.name.clone(),
        signer: container
            .certificate
            .as_ref()
            .map(|facts| facts.subject.shown().to_owned())
            .unwrap_or_default(),
        verdict: verdict(&reasons, container.intact, changes_after),
        intact: container.intact,
        coverage: coverage(field),
        changes_after,
        trust: container.trust.unwrap_or(Trust::Unknown),
        time: claimed_time(field),
        level: if container.is_baseline { Level::BB } else { Level::None },
        algorithm: container.algorithm,
        reasons,
        stated_reason: field.reason.clone(),
        pages: field.pages.clone(),
        signed_length: signed_length(field),
        certificate: container.certificate,
    }
}

/// The verdict of a file: that of its weakest signature.
pub(crate) fn overall(verdicts: impl Iterator<Item = Verdict>) -> Verdict {
    let weakness = |verdict: &Verdict| match verdict {
        Verdict::Unsigned => 0,
        Verdict::Valid => 1,
        Verdict::ValidWithChanges => 2,
        Verdict::Indeterminate => 3,
        Verdict::Invalid => 4,
    };
    verdicts.max_by_key(weakness).unwrap_or(Verdict::Unsigned)
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
        ChangesAfter::None => Verdict::Valid,
        ChangesAfter::Allowed => Verdict::ValidWithChanges,
        ChangesAfter::Forbidden => Verdict::Invalid,
        ChangesAfter::Unknown => Verdict::Indeterminate,
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
    findings
        .into_iter()
        .filter(|(found, _)| *found)
        .map(|(_, reason)| reason)
        .collect()
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

fn changes(document: &Document, field: &SignatureField) -> (ChangesAfter, Option<Reason>) {
    let Some(revision) = field.revision else {
        return (ChangesAfter::Unknown, Some(Reason::UnknownChanges));
    };
    match changes_since(document, revision) {
        Changes::None if field.coverage == signature::Coverage::WholeFile => (ChangesAfter::None, None),
        // Bytes follow that belong to no revision: blank or not, nobody signed for them.
        Changes::None => (ChangesAfter::Unknown, Some(Reason::UnknownChanges)),
        Changes::Allowed(_) => (ChangesAfter::Allowed, None),
        Changes::Forbidden(_) => (ChangesAfter::Forbidden, Some(Reason::ForbiddenChanges)),
        Changes::Unknown(_) => (ChangesAfter::Unknown, Some(Reason::UnknownChanges)),
    }
}

/// `/M` is the signer's own word (EN 319 142-1, 6.3); nothing more is claimed for it.
fn claimed_time(field: &SignatureField) -> SignatureTime {
    match &field.modified {
        Some(written) => SignatureTime {
            source: TimeSource::Claimed,
            value: pdf_date::parse(written),
        },
        None => SignatureTime {
            source: TimeSource::None,
            value: None,
        },
    }
}

fn container_kind(field: &SignatureField) -> Result<Container, Reason> {
    if field.kind == SignatureKind::DocumentTimestamp {
        return Err(Reason::DocumentTimestampNotChecked);
    }
    match field.sub_filter.as_deref() {
        Some("ETSI.CAdES.detached") => Ok(Container::Cades),
        Some("adbe.pkcs7.detached") => Ok(Container::Pkcs7),
        Some("ETSI.RFC3161") => Err(Reason::DocumentTimestampNotChecked),
        // adbe.pkcs7.sha1 and adbe.x509.rsa_sha1 rest on SHA-1 by definition; any other is unknown.
        _ => Err(Reason::UnsupportedSubFilter),
    }
}

fn judge_container(
    field: &SignatureField,
    digests: &Digests<'_>,
    roots: &TrustRoots,
    at: OffsetDateTime,
) -> ContainerFindings {
    let refused = |reason| ContainerFindings {
        reasons: vec![reason],
        ..ContainerFindings::default()
    };
    let kind = match container_kind(field) {
        Ok(kind) => kind,
        Err(reason) => return refused(reason),
    };
    let parsed = match ParsedSignature::parse(&field.contents) {
        Ok(parsed) => parsed,
        Err(error) => return refused(read_reason(error)),
    };
    let mut findings = certificate_findings(&parsed, roots, at);
    let Some(digest) = digests.of(field, parsed.digest_algorithm()) else {
        return findings;
    };
    let checked = parsed.verify_digest(&digest);
    findings.intact = intact(&checked);
    findings.reasons.extend(check_reasons(&parsed, &checked, kind));
    findings.is_baseline = kind == Container::Cades
        && findings.intact == Some(true)
        && checked.binding == CertificateBinding::Bound
        && !parsed.has_content();
    findings
}

fn read_reason(error: CmsReadError) -> Reason {
    match error {
        CmsReadError::Unreadable | CmsReadError::BadSignedAttributes => Reason::ContainerUnreadable,
        CmsReadError::NotOneSigner => Reason::NotOneSigner,
        CmsReadError::UnknownDigest => Reason::UnsupportedAlgorithm,
    }
}

/// A wrong digest is proof of a change; a right one alone proves nothing.
fn intact(checked: &CmsFindings) -> Option<bool> {
    if !checked.digest_matches || !checked.content_type_matches {
        return Some(false);
    }
    match checked.signature {
        SignatureCheck::Valid => Some(true),
        SignatureCheck::Invalid => Some(false),
        SignatureCheck::Unsupported => None,
    }
}

fn check_reasons(parsed: &ParsedSignature, checked: &CmsFindings, kind: Container) -> Vec<Reason> {
    let unbound = matches!(
        checked.binding,
        CertificateBinding::Absent | CertificateBinding::Unsupported
    );
    let findings = [
        (!checked.digest_matches, Reason::DocumentChanged),
        (!checked.content_type_matches, Reason::ContentTypeMismatch),
        (checked.signature == SignatureCheck::Invalid, Reason::SignatureWrong),
        (
            checked.signature == SignatureCheck::Unsupported,
            Reason::UnsupportedAlgorithm,
        ),
        (
            checked.binding == CertificateBinding::Mismatch,
            Reason::CertificateSubstituted,
        ),
        // EN 319 142-1, 6.3: signing-certificate is required; ISO 32000-1 did not ask for it.
        (kind == Container::Cades && unbound, Reason::CertificateNotBound),
        (parsed.has_content(), Reason::NotDetached),
        (parsed.rests_on_weak_digest(), Reason::WeakDigest),
        (!parsed.timestamps().is_empty(), Reason::TimestampNotChecked),
    ];
    findings
        .into_iter()
        .filter(|(found, _)| *found)
        .map(|(_, reason)| reason)
        .collect()
}

fn certificate_findings(parsed: &ParsedSignature, roots: &TrustRoots, at: OffsetDateTime) -> ContainerFindings {
    let mut findings = ContainerFindings::default();
    let Some(der) = parsed.signer_certificate() else {
        findings.reasons.push(Reason::SignerCertificateMissing);
        return findings;
    };
    let Ok(facts) = CertificateFacts::parse(der) else {
        findings.reasons.push(Reason::SignerCertificateMissing);
        return findings;
    };
    let (trust, reason) = trust(der, parsed.certificates(), roots, at);
    findings.trust = Some(trust);
    findings.reasons.push(reason);
    findings.reasons.extend(usage_reasons(&facts));
    findings.algorithm = format!("{} with {}", facts.key_algorithm, parsed.digest_algorithm().name());
    findings.certificate = Some(facts);
    findings
}

fn usage_reasons(facts: &CertificateFacts) -> Vec<Reason> {
    let signs = facts
        .key_usage
        .iter()
        .any(|usage| usage == "digitalSignature" || usage == "nonRepudiation");
    let bits = facts
        .key_algorithm
        .strip_prefix("RSA ")
        .and_then(|bits| bits.parse::<u32>().ok());
    let findings = [
        (!facts.key_usage.is_empty() && !signs, Reason::KeyUsageForbids),
        (bits.is_some_and(|bits| bits < 2048), Reason::WeakKey),
    ];
    findings
        .into_iter()
        .filter(|(found, _)| *found)
        .map(|(_, reason)| reason)
        .collect()
}

fn trust(leaf: &[u8], embedded: &[Vec<u8>], roots: &TrustRoots, at: OffsetDateTime) -> (Trust, Reason) {
    if roots.certificates().is_empty() {
        return (Trust::Unknown, Reason::NoTrustRoots);
    }
    let others: Vec<Vec<u8>> = embedded
        .iter()
        .filter(|certificate| certificate.as_slice() != leaf)
        .cloned()
        .collect();
    match validate_path(leaf, &others, roots.certificates(), at) {
        PathVerdict::Trusted { .. } => (Trust::Trusted, Reason::RevocationNotChecked),
        PathVerdict::Untrusted => (Trust::Untrusted, Reason::UntrustedIssuer),
        PathVerdict::Refused(_) => (Trust::Untrusted, Reason::ChainRefused),
        PathVerdict::Expired => (Trust::Expired, Reason::CertificateExpired),
        PathVerdict::NotYetValid => (Trust::NotYetValid, Reason::CertificateNotYetValid),
        PathVerdict::Unreadable | PathVerdict::TooCostly => (Trust::Unknown, Reason::ChainRefused),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_signature_with_nothing_against_it_is_valid() {
        let informing = [Reason::TimestampNotChecked, Reason::RevocationNotChecked];
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

    #[test]
    fn a_file_is_as_weak_as_its_weakest_signature() {
        let of = |verdicts: &[Verdict]| overall(verdicts.iter().copied());
        assert_eq!(of(&[]), Verdict::Unsigned);
        assert_eq!(
            of(&[Verdict::Valid, Verdict::ValidWithChanges]),
            Verdict::ValidWithChanges
        );
        assert_eq!(of(&[Verdict::Indeterminate, Verdict::Valid]), Verdict::Indeterminate);
        assert_eq!(of(&[Verdict::Invalid, Verdict::Indeterminate]), Verdict::Invalid);
    }
}
