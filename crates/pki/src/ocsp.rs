//! Online certificate status (RFC 6960): responses taken apart over their raw bytes; requests as structures.
//!
//! Whether a response may be believed is decided in `revocation`, for that needs the issuer's certificate.

use crate::asn1_time;
use crate::ber;
use crate::ess::object_identifier;
use crate::tlv::{Element, Elements, Malformed, tag};
use crate::verification::DigestAlgorithm;
use time::OffsetDateTime;

/// The structures of requests and responses on the der generation in use, for who writes them.
pub use certval::ocsp as structures;

/// id-pkix-ocsp-basic: the one type of response there is.
const BASIC_RESPONSE: &str = "1.3.6.1.5.5.7.48.1.1";
/// More single answers than any real response has.
const ANSWER_LIMIT: usize = 1_000;
/// More certificates than any real response carries.
const CERTIFICATE_LIMIT: usize = 20;

/// Why a response is of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OcspReadError {
    /// Not a readable response.
    #[error("not a readable OCSP response")]
    Unreadable,
    /// The responder refused; its status (RFC 6960, 4.2.1), such as 3 for «try later».
    #[error("the OCSP responder refused with status {0}")]
    Refused(u8),
}

impl From<Malformed> for OcspReadError {
    fn from(_: Malformed) -> Self {
        Self::Unreadable
    }
}

/// Who answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Responder {
    /// By its name (DER).
    Name(Vec<u8>),
    /// By the SHA-1 of its public key's bits.
    KeyHash(Vec<u8>),
}

/// What was answered about one certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// How issuer name and key are hashed; none when it is not known here.
    pub hash_algorithm: Option<DigestAlgorithm>,
    /// Hash of the issuer's name.
    pub issuer_name_hash: Vec<u8>,
    /// Hash of the bits of the issuer's public key.
    pub issuer_key_hash: Vec<u8>,
    /// Serial number as encoded.
    pub serial: Vec<u8>,
    /// The status.
    pub status: AnsweredStatus,
    /// The moment at which the status is known to be right.
    pub this_update: OffsetDateTime,
    /// When newer information will be there.
    pub next_update: Option<OffsetDateTime>,
}

/// A status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnsweredStatus {
    /// Not revoked.
    Good,
    /// Revoked since.
    Revoked {
        /// From when on.
        at: OffsetDateTime,
        /// `CRLReason` (RFC 5280, 5.3.1), where given.
        reason: Option<u8>,
    },
    /// The responder does not know the certificate.
    Unknown,
}

/// A basic response, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OcspResponse {
    pub(crate) signed_bytes: Vec<u8>,
    pub(crate) algorithm: Vec<u8>,
    pub(crate) signature: Vec<u8>,
    responder: Responder,
    produced_at: OffsetDateTime,
    answers: Vec<Answer>,
    certificates: Vec<Vec<u8>>,
    nonce: Option<Vec<u8>>,
}

impl OcspResponse {
    /// Reads an `OCSPResponse`, or the `BasicOCSPResponse` that some archives keep.
    ///
    /// # Errors
    /// [`OcspReadError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, OcspReadError> {
        let definite = ber::definite(bytes)?;
        let response = Elements::of(&definite).expect(tag::SEQUENCE)?;
        let mut inside = response.inside();
        if inside.next_tag() != Some(tag::ENUMERATED) {
            return Ok(read_basic(&response)?);
        }
        match inside.expect(tag::ENUMERATED)?.content {
            [0] => {}
            [status] => return Err(OcspReadError::Refused(*status)),
            _ => return Err(OcspReadError::Unreadable),
        }
        let mut bytes = inside.expect(tag::CONTEXT_0)?.inside().expect(tag::SEQUENCE)?.inside();
        if object_identifier(&mut bytes)?.to_string() != BASIC_RESPONSE {
            return Err(OcspReadError::Unreadable);
        }
        let basic = bytes.expect(tag::OCTET_STRING)?;
        Ok(read_basic(&Elements::of(basic.content).expect(tag::SEQUENCE)?)?)
    }

    /// Who answered.
    #[must_use]
    pub fn responder(&self) -> &Responder {
        &self.responder
    }

    /// When it was signed.
    #[must_use]
    pub fn produced_at(&self) -> OffsetDateTime {
        self.produced_at
    }

    /// What it answers.
    #[must_use]
    pub fn answers(&self) -> &[Answer] {
        &self.answers
    }

    /// Certificates it carries (DER).
    #[must_use]
    pub fn certificates(&self) -> &[Vec<u8>] {
        &self.certificates
    }

    /// The value of its nonce extension, as encoded (RFC 9654): what the request carried, if it answers one.
    #[must_use]
    pub fn nonce(&self) -> Option<&[u8]> {
        self.nonce.as_deref()
    }
}

fn read_basic(basic: &Element<'_>) -> Result<OcspResponse, Malformed> {
    let mut inside = basic.inside();
    let data = inside.expect(tag::SEQUENCE)?;
    let algorithm = inside.expect(tag::SEQUENCE)?.raw.to_vec();
    let signature = bits(&inside.expect(tag::BIT_STRING)?)?.to_vec();
    let certificates = match inside.optional(tag::CONTEXT_0)? {
        Some(list) => list.inside().expect(tag::SEQUENCE)?.inside().all()?,
        None => Vec::new(),
    };
    let mut data_inside = data.inside();
    data_inside.optional(tag::CONTEXT_0)?;
    let responder = read_responder(&data_inside.any()?)?;
    let produced_at = asn1_time::read(&data_inside.any()?)?;
    let answers = data_inside.expect(tag::SEQUENCE)?.inside().all()?;
    if answers.len() > ANSWER_LIMIT || certificates.len() > CERTIFICATE_LIMIT {
        return Err(Malformed);
    }
    let extensions = data_inside.optional(tag::CONTEXT_1)?;
    Ok(OcspResponse {
        signed_bytes: data.raw.to_vec(),
        algorithm,
        signature,
        responder,
        produced_at,
        answers: answers.iter().map(read_answer).collect::<Result<_, _>>()?,
        certificates: certificates
            .iter()
            .map(|certificate| certificate.raw.to_vec())
            .collect(),
        nonce: extensions.and_then(|list| nonce(&list).ok().flatten()),
    })
}

fn read_responder(choice: &Element<'_>) -> Result<Responder, Malformed> {
    match choice.tag {
        tag::CONTEXT_1 => Ok(Responder::Name(choice.inside().expect(tag::SEQUENCE)?.raw.to_vec())),
        tag::CONTEXT_2 => Ok(Responder::KeyHash(
            choice.inside().expect(tag::OCTET_STRING)?.content.to_vec(),
        )),
        _ => Err(Malformed),
    }
}

fn read_answer(answer: &Element<'_>) -> Result<Answer, Malformed> {
    let mut inside = answer.inside();
    let mut id = inside.expect(tag::SEQUENCE)?.inside();
    let hash = object_identifier(&mut id.expect(tag::SEQUENCE)?.inside())?;
    let issuer_name_hash = id.expect(tag::OCTET_STRING)?.content.to_vec();
    let issuer_key_hash = id.expect(tag::OCTET_STRING)?.content.to_vec();
    let serial = id.expect(tag::INTEGER)?.content.to_vec();
    let status = read_status(&inside.any()?)?;
    let this_update = asn1_time::read(&inside.any()?)?;
    let next_update = inside.optional(tag::CONTEXT_0)?;
    Ok(Answer {
        hash_algorithm: DigestAlgorithm::from_oid(&hash),
        issuer_name_hash,
        issuer_key_hash,
        serial,
        status,
        this_update,
        next_update: next_update
            .map(|next| asn1_time::read(&next.inside().any()?))
            .transpose()?,
    })
}

/// `CertStatus`: `[0]` good, `[1]` revoked, `[2]` unknown.
fn read_status(status: &Element<'_>) -> Result<AnsweredStatus, Malformed> {
    match status.tag {
        0x80 => Ok(AnsweredStatus::Good),
        0x82 => Ok(AnsweredStatus::Unknown),
        tag::CONTEXT_1 => {
            let mut inside = status.inside();
            let at = asn1_time::read(&inside.any()?)?;
            let reason = inside.optional(tag::CONTEXT_0)?;
            let reason = reason
                .map(|reason| reason.inside().expect(tag::ENUMERATED))
                .transpose()?;
            Ok(AnsweredStatus::Revoked {
                at,
                reason: reason.and_then(|reason| reason.content.last().copied()),
            })
        }
        _ => Err(Malformed),
    }
}

/// The nonce among the response's extensions.
fn nonce(extensions: &Element<'_>) -> Result<Option<Vec<u8>>, Malformed> {
    for extension in extensions.inside().expect(tag::SEQUENCE)?.inside().all()? {
        let mut inside = extension.inside();
        let oid = object_identifier(&mut inside)?.to_string();
        inside.optional(tag::BOOLEAN)?;
        if oid == "1.3.6.1.5.5.7.48.1.2" {
            return Ok(Some(inside.expect(tag::OCTET_STRING)?.content.to_vec()));
        }
    }
    Ok(None)
}

/// The bytes of a BIT STRING without unused bits.
pub(crate) fn bits<'a>(string: &Element<'a>) -> Result<&'a [u8], Malformed> {
    match string.content {
        [0, bits @ ..] => Ok(bits),
        _ => Err(Malformed),
    }
}
