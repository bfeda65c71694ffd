//! Signing as stages that cannot be skipped: `Prepared → Digested → Signed`; a token or a server may sign between them.

use pdf::Document;
use pdf::update::{PlaceError, PreparedUpdate, SignatureRequest, SignatureTooLarge, prepare_signature};
use pki::cms::{CmsBuildError, SignedAttributes};
use pki::{KeyAlgorithm, SignError, Signer};
use sha2::{Digest, Sha256};

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
    /// The container does not fit into the reserved bytes.
    #[error(transparent)]
    TooLarge(#[from] SignatureTooLarge),
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

/// The signature is in its place.
pub struct Signed {
    pdf: SignedPdf,
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
    /// Name of the new field.
    pub field_name: String,
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
        let (signer, others) = chain.split_first().ok_or(CmsBuildError::BadCertificate)?;
        let mut hasher = Sha256::new();
        self.update
            .digest_input(document.bytes())
            .iter()
            .for_each(|piece| hasher.update(piece));
        let digest: [u8; 32] = hasher.finalize().into();
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

    /// Puts the signature over [`Digested::to_be_signed`] into its place.
    ///
    /// # Errors
    /// [`SignPdfError::TooLarge`] when the chain does not fit; [`SignPdfError::Container`].
    pub fn complete(self, algorithm: KeyAlgorithm, signature: &[u8]) -> Result<Signed, SignPdfError> {
        let cms = self.attributes.complete(algorithm, signature, &self.chain)?;
        let byte_range = self.update.byte_range();
        let field_name = self.update.field_name().to_owned();
        let tail = self.update.with_signature(&cms)?;
        Ok(Signed {
            pdf: SignedPdf {
                tail,
                byte_range,
                digest: self.digest,
                field_name,
            },
        })
    }
}

impl Signed {
    /// What to append.
    #[must_use]
    pub fn into_pdf(self) -> SignedPdf {
        self.pdf
    }
}

/// Signs at level B-B (EN 319 142-1) in one go. `chain` holds the signer's certificate first.
///
/// # Errors
/// [`SignPdfError`].
pub fn sign_b_b(
    document: &Document,
    request: &SignatureRequest,
    signer: &dyn Signer,
    chain: &[Vec<u8>],
) -> Result<SignedPdf, SignPdfError> {
    check_key(signer, chain)?;
    let digested = Prepared::new(document, request)?.digest(document, chain)?;
    let signature = signer.sign(&digested.to_be_signed())?;
    Ok(digested.complete(signer.algorithm(), &signature)?.into_pdf())
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
