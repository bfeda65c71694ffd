//! Signing as stages that cannot be skipped: `Prepared → Digested → Signed → Timestamped`; a token or a server may sign between them.

use pdf::Document;
use pdf::update::{PlaceError, PreparedUpdate, SignatureRequest, SignatureTooLarge, prepare_signature};
use pki::cms::{CmsBuildError, SignedAttributes, SignedContainer};
use pki::timestamping::{TimestampAnswer, TimestampError, TimestampRequest};
use pki::{KeyAlgorithm, SignError, Signer};
use sha2::{Digest, Sha256};

use crate::timestamp_service::{ServiceUnreachable, TimestampService, fresh_nonce};

/// Room for a timestamp token before its size is known: a token with three RSA certificates has about 6 kB.
const TOKEN_ROOM: usize = 8 * 1024;
/// Room beyond what was measured: DER encodings of numbers differ by some bytes from one signature to the next.
const SLACK: usize = 64;
/// The same when a token was larger than its room: the next one may come from another server of the same service.
const TOKEN_SLACK: usize = 1024;

/// Why a PDF was not signed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SignPdfError {
    /// The marks or the field cannot be placed, or nothing may be appended.
    #[error(transparent)]
    Place(#[from] PlaceError),
    /// The container cannot be built.
    #[error(transparent)]
    Container(#[from] CmsBuildError),
    /// The certificate is for another key than the one that signs.
    #[error("the certificate does not belong to the key")]
    KeyMismatch,
    /// The key refused.
    #[error(transparent)]
    Key(#[from] SignError),
    /// The timestamp service gave no answer.
    #[error(transparent)]
    Unreachable(#[from] ServiceUnreachable),
    /// The timestamp service's answer is no timestamp for this signature.
    #[error(transparent)]
    Timestamp(#[from] TimestampError),
    /// The container does not fit into the reserved bytes.
    #[error(transparent)]
    TooLarge(#[from] SignatureTooLarge),
    /// The original was hashed elsewhere, and could not be read to its end.
    #[error("the original could not be read to its end")]
    NotHashed,
    /// The signature to be preserved is not in the document.
    #[error("there is no signature {0} in the document")]
    NoSuchSignature(String),
}

/// An update is laid out; nothing is hashed yet.
pub struct Prepared {
    update: PreparedUpdate,
}

/// The document is hashed, and what has to be signed is known.
pub struct Digested {
    update: PreparedUpdate,
    digest: [u8; 32],
    attributes: SignedAttributes,
    chain: Vec<Vec<u8>>,
}

/// The signature is made; it can be put into its place (B-B), or timestamped first.
pub struct Signed {
    update: PreparedUpdate,
    digest: [u8; 32],
    container: SignedContainer,
}

/// A timestamp says that the signature was there at a time (B-T).
pub struct Timestamped {
    signed: Signed,
    token: TimestampAnswer,
}

/// A signed update: the output file is the original bytes followed by `tail`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedPdf {
    /// Bytes to append to the original.
    pub tail: Vec<u8>,
    /// `ByteRange` as written: offset, length, offset, length in bytes.
    pub byte_range: [u64; 4],
    /// SHA-256 of the bytes in the range.
    pub digest: [u8; 32],
    /// Name of the signed field.
    pub field_name: String,
    /// The timestamp over the signature, or, for a document timestamp, over the document.
    pub timestamp: Option<TimestampAnswer>,
}

/// Hashes what a prepared update covers, after what was hashed of the original.
pub(crate) fn digest_of(update: &PreparedUpdate, mut front: Sha256) -> [u8; 32] {
    update.digest_input(&[]).iter().for_each(|piece| front.update(piece));
    front.finalize().into()
}

/// Puts a finished container into its place.
pub(crate) fn placed(
    update: PreparedUpdate,
    digest: [u8; 32],
    container: &[u8],
    timestamp: Option<TimestampAnswer>,
) -> Result<SignedPdf, SignPdfError> {
    let byte_range = update.byte_range();
    let field_name = update.field_name().to_owned();
    Ok(SignedPdf {
        tail: update.with_signature(container)?,
        byte_range,
        digest,
        field_name,
        timestamp,
    })
}

impl Prepared {
    /// Lays out marks, field and an empty signature.
    ///
    /// # Errors
    /// [`SignPdfError::Place`].
    pub fn new(document: &Document, request: &SignatureRequest) -> Result<Self, SignPdfError> {
        Ok(Self {
            update: prepare_signature(document, request)?,
        })
    }

    /// Hashes the document and fixes whose certificate will stand for the signature.
    ///
    /// `chain` holds the signer's certificate first, then the others to embed (all DER).
    ///
    /// # Errors
    /// [`SignPdfError::Container`] when there is no readable certificate.
    pub fn digest(self, document: &Document, chain: &[Vec<u8>]) -> Result<Digested, SignPdfError> {
        self.digest_after(Sha256::new_with_prefix(document.bytes()), chain)
    }

    /// The same when all bytes of the original were hashed elsewhere.
    ///
    /// # Errors
    /// As [`Prepared::digest`].
    pub fn digest_after(self, front: Sha256, chain: &[Vec<u8>]) -> Result<Digested, SignPdfError> {
        let (signer, others) = chain.split_first().ok_or(CmsBuildError::BadCertificate)?;
        let digest = digest_of(&self.update, front);
        let attributes = SignedAttributes::new(&digest, signer)?;
        Ok(Digested {
            update: self.update,
            digest,
            attributes,
            chain: others.to_vec(),
        })
    }
}

impl Digested {
    /// The bytes whose SHA-256 is to be signed.
    #[must_use]
    pub fn to_be_signed(&self) -> Vec<u8> {
        self.attributes.to_be_signed()
    }

    /// Takes the signature over [`Digested::to_be_signed`].
    ///
    /// # Errors
    /// [`SignPdfError::Container`].
    pub fn complete(self, algorithm: KeyAlgorithm, signature: &[u8]) -> Result<Signed, SignPdfError> {
        Ok(Signed {
            container: self.attributes.complete(algorithm, signature, &self.chain)?,
            update: self.update,
            digest: self.digest,
        })
    }
}

impl Signed {
    /// What to append, at level B-B.
    ///
    /// # Errors
    /// [`SignPdfError::TooLarge`] when the chain does not fit; [`SignPdfError::Container`].
    pub fn into_pdf(self) -> Result<SignedPdf, SignPdfError> {
        let container = self.container.to_der()?;
        placed(self.update, self.digest, &container, None)
    }

    /// The request to send to a timestamp service (RFC 3161); the nonce must be fresh.
    #[must_use]
    pub fn timestamp_request(&self, nonce: [u8; 16]) -> TimestampRequest {
        TimestampRequest::over(self.container.signature(), nonce)
    }

    /// Takes the service's answer.
    ///
    /// # Errors
    /// [`SignPdfError::Timestamp`] when it is no sound timestamp for this signature.
    pub fn timestamped(mut self, response: &[u8], request: &TimestampRequest) -> Result<Timestamped, SignPdfError> {
        let token = TimestampAnswer::from_response(response, request)?;
        self.container.add_signature_timestamp(&token.der)?;
        Ok(Timestamped { signed: self, token })
    }
}

impl Timestamped {
    /// What to append, at level B-T.
    ///
    /// # Errors
    /// [`SignPdfError::TooLarge`] when chain and timestamp do not fit; [`SignPdfError::Container`].
    pub fn into_pdf(self) -> Result<SignedPdf, SignPdfError> {
        let container = self.signed.container.to_der()?;
        placed(self.signed.update, self.signed.digest, &container, Some(self.token))
    }
}

/// Signs at level B-B, or with a timestamp service at level B-T (EN 319 142-1), in one go. `chain` holds the signer's
/// certificate first. How many bytes are kept free is measured; the request's own number is not used.
///
/// # Errors
/// [`SignPdfError`]; [`SignPdfError::TooLarge`] only when a second timestamp outgrew the room made for the first.
pub fn sign(
    document: &Document,
    request: &SignatureRequest,
    signer: &dyn Signer,
    chain: &[Vec<u8>],
    service: Option<&dyn TimestampService>,
) -> Result<SignedPdf, SignPdfError> {
    let front = || Some(Sha256::new_with_prefix(document.bytes()));
    sign_hashed(document, request, (signer, chain), service, &front)
}

/// The same while somebody else reads and hashes the original: all is laid out before `front` is asked, which waits for
/// the hash of all bytes of the original; none when they could not be read to their end.
///
/// # Errors
/// As [`sign`]; [`SignPdfError::NotHashed`] when the hash did not come.
pub fn sign_hashed(
    document: &Document,
    request: &SignatureRequest,
    (signer, chain): (&dyn Signer, &[Vec<u8>]),
    service: Option<&dyn TimestampService>,
    front: &dyn Fn() -> Option<Sha256>,
) -> Result<SignedPdf, SignPdfError> {
    check_key(signer, chain)?;
    let mut request = request.clone();
    request.reserved_bytes = measured(signer, chain)? + service.map_or(0, |_| TOKEN_ROOM);
    match sign_once(document, &request, (signer, chain), service, front) {
        Err(SignPdfError::TooLarge(SignatureTooLarge { needed, .. })) => {
            request.reserved_bytes = needed + TOKEN_SLACK;
            sign_once(document, &request, (signer, chain), service, front)
        }
        done => done,
    }
}

fn sign_once(
    document: &Document,
    request: &SignatureRequest,
    (signer, chain): (&dyn Signer, &[Vec<u8>]),
    service: Option<&dyn TimestampService>,
    front: &dyn Fn() -> Option<Sha256>,
) -> Result<SignedPdf, SignPdfError> {
    let prepared = Prepared::new(document, request)?;
    let digested = prepared.digest_after(front().ok_or(SignPdfError::NotHashed)?, chain)?;
    let signature = signer.sign(&digested.to_be_signed())?;
    let signed = digested.complete(signer.algorithm(), &signature)?;
    let Some(service) = service else {
        return signed.into_pdf();
    };
    let request = signed.timestamp_request(fresh_nonce());
    let response = service.ask(&request.to_der())?;
    signed.timestamped(&response, &request)?.into_pdf()
}

/// The size of the container without a timestamp, measured with the longest signature the key can make.
fn measured(signer: &dyn Signer, chain: &[Vec<u8>]) -> Result<usize, SignPdfError> {
    let (certificate, others) = chain.split_first().ok_or(CmsBuildError::BadCertificate)?;
    // No signature is longer than the public key with its header: 91 bytes for P-256, a modulus and more for RSA.
    let longest = vec![0; signer.spki_der().len()];
    let container = SignedAttributes::new(&[0; 32], certificate)?.complete(signer.algorithm(), &longest, others)?;
    Ok(container.to_der()?.len() + SLACK)
}

/// A signature under the wrong certificate would be found out only by whoever receives it.
fn check_key(signer: &dyn Signer, chain: &[Vec<u8>]) -> Result<(), SignPdfError> {
    let certificate = chain.first().ok_or(CmsBuildError::BadCertificate)?;
    let facts = pki::certificate::CertificateFacts::parse(certificate).map_err(|_| CmsBuildError::BadCertificate)?;
    if facts.spki_der == signer.spki_der() {
        Ok(())
    } else {
        Err(SignPdfError::KeyMismatch)
    }
}
