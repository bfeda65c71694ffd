//! OCSP answers (RFC 6960) signed by the delegated responder.

use der::asn1::{BitString, GeneralizedTime, Null, OctetString};
use der::oid::ObjectIdentifier;
use der::{Any, Choice, Decode, Encode, Enumerated, Sequence};
use platform::wire::RevocationReason;
use rcgen::SigningKey;
use sha1::{Digest, Sha1};
use time::{Duration, OffsetDateTime};
use x509_cert::Certificate;
use x509_cert::ext::Extensions;
use x509_cert::ext::pkix::CrlReason;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::AlgorithmIdentifierOwned;

const NONCE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.2");
const BASIC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.1");
const ECDSA_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");
const SHA1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.14.3.2.26");
const SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
/// Certificates asked about in one request, at most.
const MOST_ENTRIES: usize = 100;

/// A revoked serial number.
pub(crate) struct RevokedEntry {
    pub(crate) serial: Vec<u8>,
    pub(crate) at: OffsetDateTime,
    pub(crate) reason: RevocationReason,
}

/// A serial number the authority signed.
pub(crate) struct KnownSerial {
    pub(crate) serial: String,
    pub(crate) revoked: Option<(OffsetDateTime, RevocationReason)>,
}

#[derive(Sequence)]
pub(crate) struct OcspRequest {
    body: TbsRequest,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    signature: Option<Any>,
}

#[derive(Sequence)]
struct TbsRequest {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", default = "Default::default")]
    version: u8,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    requestor: Option<GeneralName>,
    list: Vec<SingleRequest>,
    #[asn1(context_specific = "2", tag_mode = "EXPLICIT", optional = "true")]
    extensions: Option<Extensions>,
}

#[derive(Sequence)]
struct SingleRequest {
    certificate: CertificateId,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    extensions: Option<Extensions>,
}

#[derive(Clone, Sequence)]
struct CertificateId {
    hash: AlgorithmIdentifierOwned,
    name_hash: OctetString,
    key_hash: OctetString,
    serial: SerialNumber,
}

#[derive(Sequence)]
struct OcspResponse {
    status: ResponseStatus,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    bytes: Option<ResponseBytes>,
}

#[derive(Clone, Copy, Enumerated)]
#[repr(u8)]
enum ResponseStatus {
    Successful = 0,
    MalformedRequest = 1,
    TryLater = 3,
}

#[derive(Sequence)]
struct ResponseBytes {
    kind: ObjectIdentifier,
    response: OctetString,
}

#[derive(Sequence)]
struct BasicResponse {
    data: ResponseData,
    algorithm: AlgorithmIdentifierOwned,
    signature: BitString,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    certificates: Option<Vec<Certificate>>,
}

#[derive(Sequence)]
struct ResponseData {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", default = "Default::default")]
    version: u8,
    responder: ResponderId,
    produced_at: GeneralizedTime,
    responses: Vec<SingleResponse>,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    extensions: Option<Extensions>,
}

#[derive(Choice)]
enum ResponderId {
    #[asn1(context_specific = "2", tag_mode = "EXPLICIT", constructed = "true")]
    Key(OctetString),
}

#[derive(Sequence)]
struct SingleResponse {
    id: CertificateId,
    status: CertificateStatus,
    this_update: GeneralizedTime,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    next_update: Option<GeneralizedTime>,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    extensions: Option<Extensions>,
}

#[derive(Choice)]
enum CertificateStatus {
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT")]
    Good(Null),
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", constructed = "true")]
    Revoked(RevokedInfo),
    #[asn1(context_specific = "2", tag_mode = "IMPLICIT")]
    Unknown(Null),
}

#[derive(Sequence)]
struct RevokedInfo {
    at: GeneralizedTime,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    reason: Option<CrlReason>,
}

/// Reads a request; none when it is damaged or asks for too much.
pub(crate) fn parse(der: &[u8]) -> Option<OcspRequest> {
    let request = OcspRequest::from_der(der).ok()?;
    (1..=MOST_ENTRIES).contains(&request.body.list.len()).then_some(request)
}

impl OcspRequest {
    /// The serial numbers asked about, as the database keeps them.
    pub(crate) fn serials(&self) -> Vec<String> {
        self.body
            .list
            .iter()
            .map(|one| shown(&one.certificate.serial))
            .collect()
    }
}

fn shown(serial: &SerialNumber) -> String {
    let bytes = serial.as_bytes();
    let significant = bytes.strip_prefix(&[0]).unwrap_or(bytes);
    crate::text::hex(significant)
}

/// The answer to a request that cannot be read: `malformedRequest`, unsigned (RFC 6960 2.3).
pub(crate) fn malformed() -> Vec<u8> {
    unsigned(ResponseStatus::MalformedRequest)
}

fn unsigned(status: ResponseStatus) -> Vec<u8> {
    let response = OcspResponse { status, bytes: None };
    response.to_der().unwrap_or_default()
}

/// A signed answer, good for an hour; `tryLater` while the key cannot be reached.
pub(super) fn answer(
    request: &OcspRequest,
    key: &impl SigningKey,
    certificate: &[u8],
    issuer: &[u8],
    known: &[KnownSerial],
    now: OffsetDateTime,
) -> Result<Vec<u8>, der::Error> {
    let certificate = Certificate::from_der(certificate)?;
    let issuer = Certificate::from_der(issuer)?;
    let data = ResponseData {
        version: 0,
        responder: ResponderId::Key(OctetString::new(&Sha1::digest(key_bits(&certificate))[..])?),
        produced_at: time(now)?,
        responses: request
            .body
            .list
            .iter()
            .map(|one| single(&one.certificate, &issuer, known, now))
            .collect::<Result<_, _>>()?,
        extensions: nonce(request),
    };
    let Ok(signature) = key.sign(&data.to_der()?) else {
        return Ok(unsigned(ResponseStatus::TryLater));
    };
    let basic = BasicResponse {
        data,
        algorithm: AlgorithmIdentifierOwned {
            oid: ECDSA_SHA256,
            parameters: None,
        },
        signature: BitString::from_bytes(&signature)?,
        certificates: Some(vec![certificate]),
    };
    OcspResponse {
        status: ResponseStatus::Successful,
        bytes: Some(ResponseBytes {
            kind: BASIC,
            response: OctetString::new(basic.to_der()?)?,
        }),
    }
    .to_der()
}

fn single(
    id: &CertificateId,
    issuer: &Certificate,
    known: &[KnownSerial],
    now: OffsetDateTime,
) -> Result<SingleResponse, der::Error> {
    let serial = shown(&id.serial);
    let found = known.iter().find(|one| one.serial == serial);
    let status = match found {
        Some(one) if is_our_issuer(id, issuer)? => match one.revoked {
            None => CertificateStatus::Good(Null),
            Some((at, reason)) => CertificateStatus::Revoked(RevokedInfo {
                at: time(at)?,
                reason: Some(crl_reason(reason)),
            }),
        },
        _ => CertificateStatus::Unknown(Null),
    };
    Ok(SingleResponse {
        id: id.clone(),
        status,
        this_update: time(now)?,
        next_update: Some(time(now + Duration::hours(1))?),
        extensions: None,
    })
}

/// RFC 6960 4.1.1: the request names the issuer by hashes of its name and its key.
fn is_our_issuer(id: &CertificateId, issuer: &Certificate) -> Result<bool, der::Error> {
    let name = issuer.tbs_certificate().subject().to_der()?;
    let key = key_bits(issuer);
    let (name_hash, key_hash) = match id.hash.oid {
        SHA1 => (Sha1::digest(&name).to_vec(), Sha1::digest(key).to_vec()),
        SHA256 => (sha2::Sha256::digest(&name).to_vec(), sha2::Sha256::digest(key).to_vec()),
        _ => return Ok(false),
    };
    Ok(id.name_hash.as_bytes() == name_hash && id.key_hash.as_bytes() == key_hash)
}

fn key_bits(certificate: &Certificate) -> &[u8] {
    certificate
        .tbs_certificate()
        .subject_public_key_info()
        .subject_public_key
        .raw_bytes()
}

fn nonce(request: &OcspRequest) -> Option<Extensions> {
    let found: Vec<_> = request
        .body
        .extensions
        .iter()
        .flatten()
        .filter(|one| one.extn_id == NONCE)
        .cloned()
        .collect();
    (!found.is_empty()).then_some(found)
}

fn crl_reason(reason: RevocationReason) -> CrlReason {
    match reason {
        RevocationReason::KeyCompromise => CrlReason::KeyCompromise,
        RevocationReason::AffiliationChanged => CrlReason::AffiliationChanged,
        RevocationReason::Superseded => CrlReason::Superseded,
        RevocationReason::CessationOfOperation => CrlReason::CessationOfOperation,
        RevocationReason::Unknown => CrlReason::Unspecified,
    }
}

fn time(at: OffsetDateTime) -> Result<GeneralizedTime, der::Error> {
    let seconds = u64::try_from(at.unix_timestamp()).unwrap_or(0);
    GeneralizedTime::from_unix_duration(std::time::Duration::from_secs(seconds))
}
