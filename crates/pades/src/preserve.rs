//! After signing: validation data (B-LT) and a document timestamp over everything (B-LTA), each as one more tail.

use pdf::Document;
use pdf::signature::{SignatureField, read_signatures};
use pdf::update::{
    PreparedUpdate, SignatureProof, SignatureRequest, SignatureTooLarge, prepare_signature, prepare_validation_data,
};
use pdf::validation_data::ValidationData;
use pki::timestamping::{TimestampAnswer, TimestampRequest};
use pki::verification::DigestAlgorithm;
use sha2::{Digest, Sha256};

use crate::sign::{SignPdfError, SignedPdf, digest_of, placed};
use crate::timestamp_service::{TimestampService, fresh_nonce};

/// Room for the token of a document timestamp before its size is known.
const TOKEN_ROOM: usize = 12 * 1024;
/// Room beyond a token that was too large once.
const TOKEN_SLACK: usize = 1024;

/// Certificates and revocation data that prove a signature later, all in DER.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// Certificates of the signer's, the timestamp authorities' and the OCSP responders' paths.
    pub certificates: Vec<Vec<u8>>,
    /// OCSP responses.
    pub ocsp_responses: Vec<Vec<u8>>,
    /// Certificate revocation lists.
    pub crls: Vec<Vec<u8>>,
}

/// The tail that adds evidence for one signature of the document: with it, a B-T signature is B-LT.
///
/// # Errors
/// [`SignPdfError::Place`]; [`SignPdfError::NoSuchSignature`].
pub fn preserve(document: &Document, field: &str, evidence: Evidence) -> Result<Vec<u8>, SignPdfError> {
    let missing = || SignPdfError::NoSuchSignature(field.to_owned());
    let signatures = read_signatures(document).map_err(|_| missing())?;
    let signature = signatures.iter().find(|one| one.name == field).ok_or_else(missing)?;
    let proof = SignatureProof {
        data: ValidationData {
            certificates: evidence.certificates,
            responses: evidence.ocsp_responses,
            lists: evidence.crls,
        },
        signature_key: Some(signature_key(document, signature).ok_or_else(missing)?),
    };
    Ok(prepare_validation_data(document, &[proof])?)
}

/// SHA-1 of the whole `Contents`, the zeros behind the container included (ISO 32000-2, 12.8.4.3): a name, not a proof.
fn signature_key(document: &Document, signature: &SignatureField) -> Option<String> {
    let [_, gap_start, gap_end, _] = signature.byte_range?;
    let gap = usize::try_from(gap_start).ok()?..usize::try_from(gap_end).ok()?;
    let digits = document.bytes().get(gap)?.strip_prefix(b"<")?.strip_suffix(b">")?;
    let contents: Option<Vec<u8>> = digits.chunks(2).map(byte).collect();
    let digest = DigestAlgorithm::Sha1.digest(&[&contents?]);
    Some(digest.iter().map(|byte| format!("{byte:02X}")).collect())
}

fn byte(digits: &[u8]) -> Option<u8> {
    u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

/// A document timestamp is laid out and the document is hashed.
pub struct DocumentTimestamp {
    update: PreparedUpdate,
    digest: [u8; 32],
}

impl DocumentTimestamp {
    /// Lays out an empty document timestamp with `reserved_bytes` kept free for its token, and hashes the document.
    ///
    /// # Errors
    /// [`SignPdfError::Place`].
    pub fn prepare(document: &Document, reserved_bytes: usize) -> Result<Self, SignPdfError> {
        let update = prepare_signature(document, &SignatureRequest::document_timestamp(reserved_bytes))?;
        let digest = digest_of(&update, Sha256::new_with_prefix(document.bytes()));
        Ok(Self { update, digest })
    }

    /// The request to send to a timestamp service (RFC 3161); the nonce must be fresh.
    #[must_use]
    pub fn request(&self, nonce: [u8; 16]) -> TimestampRequest {
        TimestampRequest::over_digest(&self.digest, nonce)
    }

    /// Takes the service's answer.
    ///
    /// # Errors
    /// [`SignPdfError::Timestamp`]; [`SignPdfError::TooLarge`].
    pub fn complete(self, response: &[u8], request: &TimestampRequest) -> Result<SignedPdf, SignPdfError> {
        let token = TimestampAnswer::from_response(response, request)?;
        let container = token.der.clone();
        placed(self.update, self.digest, &container, Some(token))
    }
}

/// The tail with a document timestamp over everything that is there: with it, a B-LT signature is B-LTA.
///
/// # Errors
/// [`SignPdfError`]; [`SignPdfError::TooLarge`] only when a second token outgrew the room made for the first.
pub fn timestamp_document(document: &Document, service: &dyn TimestampService) -> Result<SignedPdf, SignPdfError> {
    match timestamp_once(document, service, TOKEN_ROOM) {
        Err(SignPdfError::TooLarge(SignatureTooLarge { needed, .. })) => {
            timestamp_once(document, service, needed + TOKEN_SLACK)
        }
        done => done,
    }
}

fn timestamp_once(
    document: &Document,
    service: &dyn TimestampService,
    reserved_bytes: usize,
) -> Result<SignedPdf, SignPdfError> {
    let prepared = DocumentTimestamp::prepare(document, reserved_bytes)?;
    let request = prepared.request(fresh_nonce());
    let response = service.ask(&request.to_der())?;
    prepared.complete(&response, &request)
}
