//! What a signature of each level needs beyond itself: evidence (B-LT) and a document timestamp (B-LTA), appended to the new file.
use crate::authority_services::{Services, TimestampAt};
use crate::evidence::{self, EvidenceError};
use crate::failure::{Failure, internal, refuse_with};
use crate::files;
use crate::mapped;
use crate::view::{FailureCode, SigningLevel};
use pades::{SignPdfError, SignedPdf};
use pdf::Document;
use tempfile::NamedTempFile;
use time::OffsetDateTime;

/// Where the things beyond the signature come from.
pub(crate) struct Authorities<'a> {
    pub(crate) services: &'a Services,
    /// Address of the timestamp service.
    pub(crate) timestamps: &'a str,
    pub(crate) now: OffsetDateTime,
}

impl Authorities<'_> {
    pub(crate) fn timestamp_service(&self) -> TimestampAt<'_> {
        TimestampAt {
            services: self.services,
            address: self.timestamps,
        }
    }
}

/// Why a new file did not get the level that was asked for.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LevelError {
    #[error(transparent)]
    Evidence(#[from] EvidenceError),
    #[error(transparent)]
    Sign(#[from] SignPdfError),
    #[error(transparent)]
    File(#[from] Failure),
}

impl From<LevelError> for Failure {
    fn from(error: LevelError) -> Self {
        match error {
            LevelError::Evidence(error) => error.into(),
            LevelError::Sign(error) => error.into(),
            LevelError::File(failure) => failure,
        }
    }
}

impl From<EvidenceError> for Failure {
    fn from(error: EvidenceError) -> Self {
        let (why, certificate) = match error {
            EvidenceError::Revoked { certificate } => {
                return refuse_with(FailureCode::CertificateRevoked, &[("certificate", certificate)]);
            }
            EvidenceError::IssuerMissing { certificate } => ("issuer", certificate),
            EvidenceError::RevocationUnknown { certificate } => ("revocation", certificate),
        };
        refuse_with(
            FailureCode::EvidenceMissing,
            &[("why", why.to_owned()), ("certificate", certificate)],
        )
    }
}

/// Appends to `file`, which holds `original` and the tail of `signed`, what the level asks for; `signed` then has all
/// that was appended as its tail. `chain` holds the signer's certificate first.
pub(crate) fn extend(
    file: &mut NamedTempFile,
    original: &Document,
    signed: &mut SignedPdf,
    chain: &[Vec<u8>],
    (level, authorities): (SigningLevel, &Authorities<'_>),
) -> Result<(), LevelError> {
    if level >= SigningLevel::BLt {
        let timestamp = signed.timestamp.as_ref();
        let authority: Vec<Vec<u8>> = timestamp.map_or_else(Vec::new, |token| {
            std::iter::once(token.signer_certificate.clone())
                .chain(token.certificates.iter().cloned())
                .collect()
        });
        let evidence = evidence::gather(authorities.services, &[chain, &authority], authorities.now)?;
        let written = reopened(file, original)?;
        let tail = pades::preserve(&written, &signed.field_name, evidence)?;
        append(file, signed, &tail)?;
    }
    if level == SigningLevel::BLta {
        let written = reopened(file, original)?;
        let timestamp = pades::timestamp_document(&written, &authorities.timestamp_service())?;
        append(file, signed, &timestamp.tail)?;
    }
    Ok(())
}

fn reopened(file: &NamedTempFile, original: &Document) -> Result<Document, Failure> {
    let bytes = mapped::open_briefly(file.path())?;
    original.open_again(bytes).map_err(Failure::from)
}

fn append(file: &mut NamedTempFile, signed: &mut SignedPdf, tail: &[u8]) -> Result<(), Failure> {
    files::append(file, tail)?;
    signed.tail.extend_from_slice(tail);
    Ok(())
}

impl From<SignPdfError> for Failure {
    fn from(error: SignPdfError) -> Self {
        match error {
            SignPdfError::Place(error) => error.into(),
            SignPdfError::KeyMismatch => refuse_with(FailureCode::KeyDamaged, &[]),
            SignPdfError::Unreachable(error) => {
                tracing::warn!(%error, "the timestamp service cannot be reached");
                refuse_with(FailureCode::TimestampUnreachable, &[])
            }
            SignPdfError::Timestamp(error) => {
                tracing::warn!(%error, "the timestamp is not taken");
                refuse_with(FailureCode::TimestampRefused, &[("detail", error.to_string())])
            }
            SignPdfError::Container(_)
            | SignPdfError::Key(_)
            | SignPdfError::TooLarge(_)
            | SignPdfError::NotHashed
            | SignPdfError::NoSuchSignature(_) => internal("signing", &error),
        }
    }
}
