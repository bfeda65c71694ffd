//! The authority's side: reading a request with every check of RFC 3161, and the signed answer or the rejection.

use crate::asn1_time;
use crate::cms::{CmsBuildError, SignedAttributes};
use crate::ess::object_identifier;
use crate::signer::{SignError, Signer};
use crate::tlv::{Elements, Malformed, element, tag, unsigned};
use crate::tsp::{Accuracy, MessageImprint, TST_INFO, TstInfo};
use crate::verification::DigestAlgorithm;
use der::asn1::Int;
use der::{Any, Decode, Encode};
use spki::ObjectIdentifier;
use time::OffsetDateTime;

/// A longer nonce serves no purpose and is signed for nothing.
const NONCE_LIMIT_BYTES: usize = 64;

/// Why a request gets no timestamp (`PKIFailureInfo`, RFC 3161, 2.4.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestFault {
    /// `badAlg`: the digest algorithm is unknown or too weak.
    #[error("the digest algorithm is not accepted")]
    BadAlgorithm,
    /// `badRequest`: the request breaks a rule.
    #[error("the request is not permitted")]
    BadRequest,
    /// `badDataFormat`: not a `TimeStampReq`.
    #[error("not a timestamp request")]
    BadDataFormat,
    /// `unacceptedPolicy`.
    #[error("the requested policy is not this authority's")]
    UnacceptedPolicy,
    /// `unacceptedExtension`.
    #[error("the request has extensions that are not known")]
    UnacceptedExtension,
    /// `systemFailure`.
    #[error("the authority failed")]
    SystemFailure,
}

impl RequestFault {
    /// The number of its bit in `PKIFailureInfo`.
    fn bit(self) -> u8 {
        match self {
            Self::BadAlgorithm => 0,
            Self::BadRequest => 2,
            Self::BadDataFormat => 5,
            Self::UnacceptedPolicy => 15,
            Self::UnacceptedExtension => 16,
            Self::SystemFailure => 25,
        }
    }
}

impl From<Malformed> for RequestFault {
    fn from(_: Malformed) -> Self {
        Self::BadDataFormat
    }
}

impl From<der::Error> for RequestFault {
    fn from(_: der::Error) -> Self {
        Self::SystemFailure
    }
}

impl From<CmsBuildError> for RequestFault {
    fn from(_: CmsBuildError) -> Self {
        Self::SystemFailure
    }
}

impl From<SignError> for RequestFault {
    fn from(_: SignError) -> Self {
        Self::SystemFailure
    }
}

/// A `TimeStampReq` that was read and can be answered.
pub struct TimestampQuery {
    imprint: Vec<u8>,
    policy: Option<ObjectIdentifier>,
    nonce: Option<Vec<u8>>,
    certificates_wanted: bool,
}

impl TimestampQuery {
    /// Reads a request.
    ///
    /// # Errors
    /// [`RequestFault`], to be answered by [`rejection`].
    pub fn parse(der: &[u8]) -> Result<Self, RequestFault> {
        let mut outside = Elements::of(der);
        let mut inside = outside.expect(tag::SEQUENCE)?.inside();
        if !outside.is_empty() {
            return Err(RequestFault::BadDataFormat);
        }
        if inside.expect(tag::INTEGER)?.content != [1] {
            return Err(RequestFault::BadRequest);
        }
        let imprint = inside.any()?;
        check_imprint(imprint.raw)?;
        let policy = inside.optional(tag::OID)?;
        let policy = policy
            .map(|policy| object_identifier(&mut Elements::of(policy.raw)))
            .transpose()?;
        let nonce = inside.optional(tag::INTEGER)?;
        if nonce.is_some_and(|nonce| nonce.content.is_empty() || nonce.content.len() > NONCE_LIMIT_BYTES) {
            return Err(RequestFault::BadRequest);
        }
        let certificates_wanted = inside
            .optional(tag::BOOLEAN)?
            .is_some_and(|wanted| wanted.content != [0]);
        if inside.optional(tag::CONTEXT_0)?.is_some() {
            return Err(RequestFault::UnacceptedExtension);
        }
        if !inside.is_empty() {
            return Err(RequestFault::BadDataFormat);
        }
        Ok(Self {
            imprint: imprint.raw.to_vec(),
            policy,
            nonce: nonce.map(|nonce| nonce.raw.to_vec()),
            certificates_wanted,
        })
    }
}

/// The algorithm is known and strong, and the digest is as long as it makes them.
fn check_imprint(imprint: &[u8]) -> Result<(), RequestFault> {
    let imprint = MessageImprint::from_der(imprint).map_err(|_| Malformed)?;
    let algorithm = DigestAlgorithm::from_oid(&imprint.hash_algorithm.oid)
        .filter(|algorithm| algorithm.is_strong())
        .ok_or(RequestFault::BadAlgorithm)?;
    if imprint.hashed_message.as_bytes().len() == algorithm.digest(&[]).len() {
        Ok(())
    } else {
        Err(RequestFault::BadDataFormat)
    }
}

/// Who answers: its key, its certificate with the chain to hand out, its policy, and how good its clock is.
pub struct TimestampAuthority<'a> {
    /// Signs the tokens.
    pub signer: &'a dyn Signer,
    /// The authority's certificate as DER; its only extended usage is time stamping, critical (RFC 3161, 2.3).
    pub certificate: &'a [u8],
    /// Other certificates for those who ask.
    pub chain: &'a [Vec<u8>],
    /// The policy its tokens are made under.
    pub policy: ObjectIdentifier,
    /// How far its clock may be off.
    pub accuracy: Accuracy,
}

impl TimestampAuthority<'_> {
    /// The `TimeStampResp` that grants the timestamp. `serial` must never have been used before.
    ///
    /// # Errors
    /// [`RequestFault::UnacceptedPolicy`], [`RequestFault::SystemFailure`].
    pub fn answer(&self, query: &TimestampQuery, serial: &[u8], at: OffsetDateTime) -> Result<Vec<u8>, RequestFault> {
        if query.policy.is_some_and(|policy| policy != self.policy) {
            return Err(RequestFault::UnacceptedPolicy);
        }
        let info = self.info(query, serial, at)?;
        let attributes = SignedAttributes::carrying(TST_INFO, &info, self.certificate)?;
        let signature = self.signer.sign(&attributes.to_be_signed())?;
        let mut token = attributes.complete(self.signer.algorithm(), &signature, self.chain)?;
        if !query.certificates_wanted {
            token.drop_certificates();
        }
        let granted = element(tag::SEQUENCE, &[&element(tag::INTEGER, &[&[0]])]);
        Ok(element(tag::SEQUENCE, &[&granted, &token.to_der()?]))
    }
}

impl TimestampAuthority<'_> {
    fn info(&self, query: &TimestampQuery, serial: &[u8], at: OffsetDateTime) -> Result<Vec<u8>, RequestFault> {
        let nonce = query.nonce.as_deref().map(Int::from_der).transpose()?;
        let info = TstInfo {
            version: 1,
            policy: self.policy,
            message_imprint: MessageImprint::from_der(&query.imprint)?,
            serial_number: Int::from_der(&unsigned(serial))?,
            gen_time: Any::from_der(&asn1_time::write(at))?,
            accuracy: Some(self.accuracy.clone()),
            ordering: false,
            nonce,
            tsa: None,
            extensions: None,
        };
        Ok(info.to_der()?)
    }
}

/// The `TimeStampResp` that says why there is no timestamp.
#[must_use]
pub fn rejection(fault: RequestFault) -> Vec<u8> {
    const REJECTION: u8 = 2;
    let text = element(tag::UTF8_STRING, &[fault.to_string().as_bytes()]);
    let bit = fault.bit();
    // A named bit list in DER: no trailing zero bits (X.690, 11.2.2).
    let mut bits = vec![7 - bit % 8];
    bits.extend(std::iter::repeat_n(0, usize::from(bit / 8)));
    bits.push(0x80 >> (bit % 8));
    let status = element(
        tag::SEQUENCE,
        &[
            &element(tag::INTEGER, &[&[REJECTION]]),
            &element(tag::SEQUENCE, &[&text]),
            &element(tag::BIT_STRING, &[&bits]),
        ],
    );
    element(tag::SEQUENCE, &[&status])
}
