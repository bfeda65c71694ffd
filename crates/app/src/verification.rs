//! Verifying a PDF against the platform's root.
use crate::application::{App, Inner, locked, off_thread};
use crate::certificates::plain_facts;
use crate::failure::Failure;
use crate::view::{
    Changes, Coverage, Revocation, ShownMarkKind, ShownMarkView, SignatureView, TimeSource, Trust, Verdict,
    VerificationView,
};
use crate::wire_view::moment;
use pades::{SignatureReport, TrustRoots, Verification};
use pdf::Document;
use pdf::shown_marks::{MarkKind, ShownMark, read_marks};
use std::sync::Arc;
use time::OffsetDateTime;

impl App {
    /// Verifies every signature of an opened file.
    ///
    /// # Errors
    /// `NotFound`, or why the file cannot be read.
    pub async fn verify_document(&self, document_id: &str) -> Result<VerificationView, Failure> {
        let file = self.inner.opened(document_id)?;
        let inner = Arc::clone(&self.inner);
        off_thread(move || {
            let document = file.document()?;
            let now = inner.now();
            let found = pades::verify(&document, &inner.trust_roots(), now);
            Ok(verification_view(
                &found,
                &document,
                &file.id,
                &crate::files::file_name(&file.path),
                now,
            ))
        })
        .await
    }
}

impl Inner {
    pub(crate) fn trust_roots(&self) -> TrustRoots {
        TrustRoots::new(locked(&self.roots).clone())
    }
}

pub(crate) fn verification_view(
    found: &Verification,
    document: &Document,
    document_id: &str,
    file_name: &str,
    now: OffsetDateTime,
) -> VerificationView {
    VerificationView {
        document_id: document_id.to_owned(),
        file_name: file_name.to_owned(),
        verdict: verdict(found.verdict),
        signatures: found
            .signatures
            .iter()
            .map(|report| signature_view(report, document))
            .collect(),
        reasons: found.reasons.iter().map(|reason| reason.code().to_owned()).collect(),
        checked_at: moment(now),
    }
}

/// What the signature of that field shows; a damaged structure shows nothing that could be listed.
pub(crate) fn marks_of(document: &Document, field: &str) -> Vec<ShownMarkView> {
    let signatures = pdf::signature::read_signatures(document).unwrap_or_default();
    let signature = signatures.iter().find(|signature| signature.name == field);
    let marks = signature.and_then(|signature| read_marks(document, signature).ok());
    marks.unwrap_or_default().iter().map(mark_view).collect()
}

fn mark_view(mark: &ShownMark) -> ShownMarkView {
    ShownMarkView {
        page: mark.page,
        x_mm: mark.x_mm,
        y_mm: mark.y_mm,
        width_mm: mark.width_mm,
        height_mm: mark.height_mm,
        kind: match mark.kind {
            MarkKind::Widget => ShownMarkKind::Widget,
            MarkKind::Drawn => ShownMarkKind::Drawn,
        },
    }
}

fn signature_view(report: &SignatureReport, document: &Document) -> SignatureView {
    SignatureView {
        field: report.field.clone(),
        signer: report.signer.clone(),
        verdict: verdict(report.verdict),
        intact: report.intact,
        coverage: match report.coverage {
            pades::Coverage::WholeFile => Coverage::WholeFile,
            pades::Coverage::WholeRevision => Coverage::WholeRevision,
            pades::Coverage::Partial => Coverage::Partial,
        },
        changes_after: match report.changes_after {
            pades::ChangesAfter::None => Changes::None,
            pades::ChangesAfter::Proof => Changes::Proof,
            pades::ChangesAfter::Allowed => Changes::Allowed,
            pades::ChangesAfter::Forbidden => Changes::Forbidden,
            pades::ChangesAfter::Unknown => Changes::Unknown,
        },
        trust: trust(report.trust),
        revocation: revocation(report.revocation),
        time_source: match report.time.source {
            pades::TimeSource::Timestamp => TimeSource::Timestamp,
            pades::TimeSource::Claimed => TimeSource::Claimed,
            pades::TimeSource::None => TimeSource::None,
        },
        time: report.time.value.map(moment),
        level: report.level.code().to_owned(),
        algorithm: report.algorithm.clone(),
        reasons: report.reasons.iter().map(|reason| reason.code().to_owned()).collect(),
        certificate: report.certificate.as_ref().map(plain_facts).unwrap_or_default(),
        reason_text: report.stated_reason.clone(),
        marks: marks_of(document, &report.field),
    }
}

fn revocation(found: pades::Revocation) -> Revocation {
    use pades::RevocationFinding::{Good, Revoked, Unknown};
    match (found.at_signing, found.now) {
        (Good, Revoked) => Revocation::RevokedLater,
        (Good, Good | Unknown) => Revocation::Good,
        (Revoked, _) => Revocation::Revoked,
        (Unknown, _) => Revocation::Unknown,
    }
}

fn verdict(verdict: pades::Verdict) -> Verdict {
    match verdict {
        pades::Verdict::Valid => Verdict::Valid,
        pades::Verdict::ValidWithChanges => Verdict::ValidWithChanges,
        pades::Verdict::Invalid => Verdict::Invalid,
        pades::Verdict::Indeterminate => Verdict::Indeterminate,
        pades::Verdict::Unsigned => Verdict::Unsigned,
    }
}

fn trust(trust: pades::Trust) -> Trust {
    match trust {
        pades::Trust::Trusted => Trust::Trusted,
        pades::Trust::Untrusted => Trust::Untrusted,
        pades::Trust::Expired => Trust::Expired,
        pades::Trust::NotYetValid => Trust::NotYetValid,
        pades::Trust::Revoked => Trust::Revoked,
        pades::Trust::Unknown => Trust::Unknown,
    }
}
