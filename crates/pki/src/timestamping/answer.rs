//! The requester's side: an answer is only taken when it is a sound token for exactly this request.

use super::TimestampRequest;
use crate::cms::CertificateBinding;
use crate::tlv::{self, Element, Elements, Malformed, tag};
use crate::tsp::TimeStampToken;
use crate::verification::DigestAlgorithm;
use time::OffsetDateTime;

/// Why an answer is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TimestampError {
    /// Not a `TimeStampResp`, or its token is not a readable signed `TSTInfo`.
    #[error("the answer of the timestamp service cannot be read")]
    Unreadable,
    /// The service refused.
    #[error("the timestamp service refused (status {status}, failure {failure:?}): {text}")]
    Rejected {
        /// `PKIStatus`.
        status: u8,
        /// The number of the first bit set in `PKIFailureInfo`.
        failure: Option<u8>,
        /// The service's own words.
        text: String,
    },
    /// The token is for another digest, or answers another request.
    #[error("the timestamp is not for this request")]
    NotForThisRequest,
    /// The token's signature is wrong, or its certificate is not embedded, not named, or not for timestamps.
    #[error("the timestamp's signature does not hold")]
    BadSignature,
}

impl From<Malformed> for TimestampError {
    fn from(_: Malformed) -> Self {
        Self::Unreadable
    }
}

/// A token that answers a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimestampAnswer {
    /// The token, a `ContentInfo`.
    pub der: Vec<u8>,
    /// The time it states.
    pub time: OffsetDateTime,
    /// Its serial number, most significant byte first.
    pub serial: Vec<u8>,
    /// The certificate that signed it, as DER.
    pub signer_certificate: Vec<u8>,
    /// Every certificate embedded in it, as DER.
    pub certificates: Vec<Vec<u8>>,
}

impl TimestampAnswer {
    /// Takes a token out of a `TimeStampResp` and checks that it is whole and answers `request`.
    ///
    /// # Errors
    /// [`TimestampError`].
    pub fn from_response(response: &[u8], request: &TimestampRequest) -> Result<Self, TimestampError> {
        let mut inside = Elements::of(tlv::first(response)?).expect(tag::SEQUENCE)?.inside();
        let status = inside.expect(tag::SEQUENCE)?;
        granted(&status)?;
        let der = inside.expect(tag::SEQUENCE)?.raw.to_vec();
        let token = TimeStampToken::parse(&der).map_err(|_| TimestampError::Unreadable)?;
        check(&token, request)?;
        let container = token.container();
        let signer = container.signer_certificate().ok_or(TimestampError::BadSignature)?;
        Ok(Self {
            time: token.moment(),
            serial: token.info().serial_number.as_bytes().to_vec(),
            signer_certificate: signer.to_vec(),
            certificates: container.certificates().to_vec(),
            der,
        })
    }
}

/// It states this request's digest and nonce, and its signature holds.
fn check(token: &TimeStampToken, request: &TimestampRequest) -> Result<(), TimestampError> {
    let findings = token.verify_digest(request.digest());
    let nonce = token.info().nonce.as_ref().map(der::asn1::Int::as_bytes);
    if token.imprint_algorithm() != DigestAlgorithm::Sha256
        || !findings.imprint_matches
        || nonce != request.nonce().get(2..)
    {
        return Err(TimestampError::NotForThisRequest);
    }
    // RFC 3161, 2.4.2: the certificate is named, and it is for timestamps alone.
    let named = findings.container.binding == CertificateBinding::Bound;
    if findings.container.is_intact() && named && findings.for_timestamping {
        Ok(())
    } else {
        Err(TimestampError::BadSignature)
    }
}

/// `granted` and `grantedWithMods` come with a token; everything else is a refusal (RFC 3161, 2.4.2).
fn granted(status: &Element<'_>) -> Result<(), TimestampError> {
    let mut inside = status.inside();
    let &[number] = inside.expect(tag::INTEGER)?.content else {
        return Err(TimestampError::Unreadable);
    };
    if number <= 1 {
        return Ok(());
    }
    let text = inside.optional(tag::SEQUENCE)?;
    let text = text.and_then(|text| text.inside().any().ok());
    let failure = inside.optional(tag::BIT_STRING)?;
    Err(TimestampError::Rejected {
        status: number,
        failure: failure.and_then(|bits| first_bit(bits.content)),
        text: text.map_or_else(String::new, |text| String::from_utf8_lossy(text.content).into_owned()),
    })
}

fn first_bit(bit_string: &[u8]) -> Option<u8> {
    let bytes = bit_string.get(1..)?;
    let place = bytes.iter().position(|byte| *byte != 0)?;
    let bit = bytes.get(place)?.leading_zeros();
    u8::try_from(place * 8).ok()?.checked_add(u8::try_from(bit).ok()?)
}
