//! Stamping and signing a file: the result is the original bytes and a tail, checked before it gets its name.

use std::path::Path;
use std::sync::Arc;

use pades::{SignedPdf, TimestampService, TrustRoots};
use pdf::Document;
use pdf::plan::Finding;
use pdf::signature::CertificationLevel;
use pdf::update::{SignatureRequest, prepare_stamp};
use pki::certificate::CertificateFacts;
use pki::pkcs12::Pkcs12Error;
use pki::token::{TokenFacts, TokenModule};
use pki::{Password, SigningIdentity};
use platform::client::{ClientOptions, check_service_address};
use time::OffsetDateTime;

use super::{FileWorkError, PdfPassword, Stamp, bytes};
use crate::authority_services::Services;
use crate::copying::{Front, Original, copy_beside};
use crate::files;
use crate::signing_level::{self, Authorities};
use crate::view::SigningLevel;

/// A file to be signed with a key that is not in the application's vault.
pub struct SigningOrder<'a> {
    /// The PDF; only read.
    pub input: &'a Path,
    /// Where the signed PDF goes; replaced when it stands there.
    pub output: &'a Path,
    /// With what.
    pub identity: Identity<'a>,
    /// The PDF's password, when it has one.
    pub pdf_password: Option<&'a PdfPassword>,
    /// What is placed, or none for a signature without a picture.
    pub stamp: Option<&'a Stamp>,
    /// Why it is signed.
    pub reason: Option<String>,
    /// Name of an empty signature field to sign into, or of a new one; none: the next free one.
    pub field: Option<String>,
    /// How long the signature can be proved.
    pub level: SigningLevel,
    /// Address of the timestamp service; every level but the first needs one.
    pub timestamps: Option<&'a str>,
    /// What later revisions may do, when this signature certifies the document.
    pub certification: Option<CertificationLevel>,
    /// The time now.
    pub at: OffsetDateTime,
}

/// Where key and certificate are.
#[derive(Clone, Copy)]
pub enum Identity<'a> {
    /// In a PKCS#12 file.
    Pkcs12 {
        /// The file.
        file: &'a Path,
        /// Its password.
        password: &'a Password,
    },
    /// On a PKCS#11 token.
    Token {
        /// Its driver.
        module: &'a Path,
        /// The token's label; none: there is only one.
        label: Option<&'a str>,
        /// The certificate's label or common name; none: there is only one with a key.
        certificate: Option<&'a str>,
        /// The PIN; none where the token has a keypad.
        pin: Option<&'a Password>,
    },
}

impl Identity<'_> {
    fn open(self) -> Result<SigningIdentity, FileWorkError> {
        Ok(match self {
            Self::Pkcs12 { file, password } => pki::pkcs12::open(&bytes::read(file)?, password)?,
            Self::Token {
                module,
                label,
                certificate,
                pin,
            } => TokenModule::load(module)?.open(label, certificate, pin)?,
        })
    }
}

/// The tokens that a driver finds, with the certificates that can be read without a PIN.
///
/// # Errors
/// [`FileWorkError::Token`].
pub fn list_tokens(module: &Path) -> Result<Vec<TokenFacts>, FileWorkError> {
    Ok(TokenModule::load(module)?.tokens()?)
}

/// A file to be stamped without a signature.
pub struct StampingOrder<'a> {
    /// The PDF; only read.
    pub input: &'a Path,
    /// Where the stamped PDF goes; replaced when it stands there.
    pub output: &'a Path,
    /// The PDF's password, when it has one.
    pub pdf_password: Option<&'a PdfPassword>,
    /// What is placed.
    pub stamp: &'a Stamp,
    /// The time now, for dates that are placed.
    pub at: OffsetDateTime,
}

/// Stamps without signing; refused on a file that is signed already. Answers with what should be known of the plan.
///
/// # Errors
/// [`FileWorkError`].
pub fn stamp_file(order: &StampingOrder<'_>) -> Result<Vec<Finding>, FileWorkError> {
    bytes::keep_apart(order.input, order.output)?;
    let (given, stamp) = bytes::to_copy(order.input)?;
    let stamped = |_: &Front| {
        let document = bytes::opened(Arc::clone(&given), order.pdf_password)?;
        let resolved = order.stamp.resolve(&document, order.at)?;
        let tail = prepare_stamp(&document, &resolved.marks)?;
        Ok::<_, FileWorkError>((document, tail, resolved.findings))
    };
    let original = Original {
        bytes: (*given).as_ref(),
        path: order.input,
        stamp,
    };
    let folder = files::folder_of(order.output);
    let (written, (document, tail, findings)) = copy_beside(folder, original, false, stamped, |(_, tail, _)| tail)?;
    drop(given);
    let pages = document.page_count();
    let original = (document, order.pdf_password);
    bytes::keep(written, original, order.output, |written, length| {
        written.page_count() == pages && written.can_append().is_ok() && is_appended(written, length, &tail)
    })?;
    Ok(findings)
}

/// Stamps and signs. Answers with what was signed and what should be known of the plan.
///
/// # Errors
/// [`FileWorkError`]; nothing is left behind, whatever step failed.
pub fn sign_file(order: SigningOrder<'_>) -> Result<(SignedPdf, Vec<Finding>), FileWorkError> {
    bytes::keep_apart(order.input, order.output)?;
    let (given, stamp) = bytes::to_copy(order.input)?;
    let services = match order.level {
        SigningLevel::BB => None,
        _ => Some(Services::alone(&ClientOptions::default())?),
    };
    let authorities = services
        .as_ref()
        .map(|services| order.authorities(services))
        .transpose()?;
    let original = Original {
        bytes: (*given).as_ref(),
        path: order.input,
        stamp,
    };
    let folder = files::folder_of(order.output);
    let made = |front: &Front| {
        let document = bytes::opened(Arc::clone(&given), order.pdf_password)?;
        order.signed(document, authorities.as_ref(), front)
    };
    let (mut written, made) = copy_beside(folder, original, true, made, |made| &made.signed.tail)?;
    let Made {
        document,
        mut signed,
        chain,
        findings,
    } = made;
    if let Some(authorities) = &authorities {
        signing_level::extend(&mut written, &document, &mut signed, &chain, (order.level, authorities))?;
    }
    drop(given);
    let original = (document, order.pdf_password);
    bytes::keep(written, original, order.output, |written, length| {
        is_sound(written, length, &signed, order.at)
    })?;
    Ok((signed, findings))
}

/// What is found out while the original is copied.
struct Made {
    /// The original.
    document: Document,
    signed: SignedPdf,
    /// The signer's certificate and the others to embed.
    chain: Vec<Vec<u8>>,
    findings: Vec<Finding>,
}

impl SigningOrder<'_> {
    fn signed(
        &self,
        document: Document,
        authorities: Option<&Authorities<'_>>,
        front: &Front,
    ) -> Result<Made, FileWorkError> {
        let identity = self.identity.open()?;
        let facts = CertificateFacts::parse(&identity.certificate).map_err(|_| Pkcs12Error::NoIdentity)?;
        if self.at < facts.not_before || self.at > facts.not_after {
            return Err(FileWorkError::CertificateNotValidNow);
        }
        let resolved = self.stamp.map(|stamp| stamp.resolve(&document, self.at)).transpose()?;
        let (marks, findings) = resolved.map_or_else(Default::default, |resolved| (resolved.marks, resolved.findings));
        let request = self.request(&facts, marks);
        let chain = chain(&identity);
        let service = authorities.map(Authorities::timestamp_service);
        let service = service.as_ref().map(|service| service as &dyn TimestampService);
        let signer = (identity.signer.as_ref(), chain.as_slice());
        let signed = pades::sign_hashed(&document, &request, signer, service, &|| front.wait())?;
        Ok(Made {
            document,
            signed,
            chain,
            findings,
        })
    }

    fn request(&self, facts: &CertificateFacts, marks: Vec<pdf::Mark>) -> SignatureRequest {
        let mut request = SignatureRequest::new(self.at);
        request.signer_name = Some(facts.subject.shown().to_owned());
        request.reason.clone_from(&self.reason);
        request.field_name.clone_from(&self.field);
        request.certification = self.certification;
        request.marks = marks;
        request
    }

    fn authorities<'a>(&'a self, services: &'a Services) -> Result<Authorities<'a>, FileWorkError> {
        let timestamps = self.timestamps.ok_or(FileWorkError::NoTimestampService)?;
        check_service_address(timestamps).map_err(|_| FileWorkError::NoTimestampService)?;
        Ok(Authorities {
            services,
            timestamps,
            now: self.at,
        })
    }
}

fn chain(identity: &SigningIdentity) -> Vec<Vec<u8>> {
    std::iter::once(&identity.certificate)
        .chain(&identity.chain)
        .cloned()
        .collect()
}

/// The output is the original, which was copied piece by piece, and the tail.
fn is_appended(written: &Document, original_bytes: usize, tail: &[u8]) -> bool {
    let parts = written.bytes().split_at_checked(original_bytes);
    parts.is_some_and(|(_, back)| back == tail)
}

/// The new signature is there and intact, and covers the file up to what its level appended.
fn is_sound(written: &Document, original_bytes: usize, signed: &SignedPdf, at: OffsetDateTime) -> bool {
    let verification = pades::verify_written(written, original_bytes, signed, &TrustRoots::none(), at);
    let signatures = verification
        .map(|verification| verification.signatures)
        .unwrap_or_default();
    let ours = signatures.iter().find(|report| report.field == signed.field_name);
    ours.is_some_and(|report| report.intact == Some(true) && report.coverage != pades::Coverage::Partial)
}
