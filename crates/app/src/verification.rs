//! Verifying a PDF against the platform's root.
use crate::application::{App, Inner, off_thread};
use crate::certificates::plain_facts;
use crate::documents::{OpenedFile, open_revision};
use crate::failure::{Failure, internal, refuse};
use crate::file_work::budget;
use crate::files;
use crate::signing::hex;
use crate::verification_report;
use crate::view::{
    ChangeView, Changes, Coverage, FailureCode, Revocation, SavedFileView, ShownMarkKind, ShownMarkView, SignatureView,
    SignedRevisionView, TimeSource, Trust, Verdict, VerificationView,
};
use crate::wire_view::moment;
use pades::{Request, SignatureReport, Verification};
use pdf::Document;
use pdf::shown_marks::{MarkKind, ShownMark, read_marks};
use sha2::{Digest, Sha256};
use std::path::Path;
use std::sync::Arc;
use time::OffsetDateTime;

impl App {
    /// Verifies every signature of an opened file, in the time that the options allow.
    ///
    /// # Errors
    /// `NotFound`, or why the file cannot be read.
    pub async fn verify_document(&self, document_id: &str) -> Result<VerificationView, Failure> {
        let file = self.inner.opened(document_id)?;
        let inner = Arc::clone(&self.inner);
        off_thread(move || Ok(Findings::on(&inner, &file)?.view(&file))).await
    }

    /// Opens the file as it was when a field was signed, and verifies exactly these bytes.
    ///
    /// # Errors
    /// `NotFound` for a field whose signature covers no whole revision, or why the file cannot be read.
    pub async fn open_signed_revision(&self, document_id: &str, field: &str) -> Result<SignedRevisionView, Failure> {
        let file = self.inner.opened(document_id)?;
        let (inner, field) = (Arc::clone(&self.inner), field.to_owned());
        off_thread(move || {
            let length = signed_length(&*file.document()?, &field).ok_or_else(|| refuse(FailureCode::NotFound))?;
            let revision = open_revision(&file, length);
            revision.document()?;
            let document = inner.keep_open(revision);
            let kept = inner.opened(&document.id)?;
            let verification = Findings::on(&inner, &kept)?.view(&kept);
            Ok(SignedRevisionView { document, verification })
        })
        .await
    }

    /// Writes the findings on an opened file as a PDF where the user chose; everything is checked anew for it.
    ///
    /// # Errors
    /// `NotFound`, why the file cannot be read, and those of writing.
    pub async fn save_verification_report(&self, document_id: &str, target: &Path) -> Result<SavedFileView, Failure> {
        let file = self.inner.opened(document_id)?;
        let (inner, to) = (Arc::clone(&self.inner), target.to_owned());
        off_thread(move || files::replace(&to, &[&Findings::on(&inner, &file)?.report(&file)?])).await?;
        Ok(self.remember_saved(target))
    }

    /// How the report on a file is called until the user chooses another name.
    ///
    /// # Errors
    /// `NotFound`.
    pub fn report_file_name(&self, document_id: &str) -> Result<String, Failure> {
        let file = self.inner.opened(document_id)?;
        let stem = file.path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        Ok(format!(
            "{}-验签报告.pdf",
            files::fit_for_name(&stem.unwrap_or_default())
        ))
    }
}

/// Where the revision that a field was signed in ends.
fn signed_length(document: &Document, field: &str) -> Option<u64> {
    let signatures = pdf::signature::read_signatures(document).ok()?;
    let signature = signatures
        .iter()
        .find(|one| one.name == field && one.coverage != pdf::signature::Coverage::Partial)?;
    let [_, _, start, length] = signature.byte_range?;
    start.checked_add(length)
}

/// A verification, with what it was made of.
struct Findings {
    found: Verification,
    document: Arc<Document>,
    roots: usize,
    at: OffsetDateTime,
}

impl Findings {
    fn on(inner: &Inner, file: &OpenedFile) -> Result<Self, Failure> {
        let (document, roots, at) = (file.document()?, inner.trust_roots(), inner.now());
        let request = Request {
            budget: budget(inner.options.verification_time, document.bytes().len()),
            ..Request::new(&roots, at)
        };
        Ok(Self {
            found: pades::verify_by(&document, &request),
            document,
            roots: roots.certificates().len(),
            at,
        })
    }

    fn view(&self, file: &OpenedFile) -> VerificationView {
        let name = files::file_name(&file.path);
        verification_view(&self.found, &self.document, &file.id, &name, self.at)
    }

    fn report(&self, file: &OpenedFile) -> Result<Vec<u8>, Failure> {
        let signatures = self.found.signatures.iter();
        let marks: Vec<_> = signatures
            .map(|report| marks_of(&self.document, &report.field))
            .collect();
        let bytes = self.document.bytes();
        let checked = verification_report::Checked {
            file_name: &files::file_name(&file.path),
            sha256: &hex(&Sha256::digest(bytes)),
            size_bytes: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            page_count: self.document.page_count(),
            at: self.at,
            roots: self.roots,
            found: &self.found,
            marks: &marks,
        };
        let report = verification_report::report(&checked, seal::Face::Song.file());
        report.map_err(|error| internal("the report cannot be laid out", &error))
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
        changes: change_views(report),
        is_document_timestamp: report.is_document_timestamp,
        has_revision: report.signed_length.is_some(),
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

/// What is not allowed, or cannot be judged; where there is nothing of that, what is allowed.
fn change_views(report: &SignatureReport) -> Vec<ChangeView> {
    let is_allowed = match report.changes_after {
        pades::ChangesAfter::Forbidden => Some(false),
        pades::ChangesAfter::Unknown => None,
        pades::ChangesAfter::None | pades::ChangesAfter::Proof | pades::ChangesAfter::Allowed => Some(true),
    };
    let codes = report.changes.iter().map(|change| change.code());
    let codes = codes.chain(report.allowed.iter().map(|change| change.code()));
    let views = codes.map(|code| match code.split_once(':') {
        Some((code, what)) => (code.to_owned(), what.to_owned()),
        None => (code, String::new()),
    });
    views
        .map(|(code, what)| ChangeView { code, what, is_allowed })
        .collect()
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
