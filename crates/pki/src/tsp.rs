//! Time-stamp protocol (RFC 3161): requests, responses and tokens as structures, and reading and checking a token.

use crate::asn1_time;
use crate::certificate;
use crate::cms::{CertificateBinding, CmsFindings, CmsReadError, ParsedSignature};
use crate::tlv::Elements;
use crate::verification::{DigestAlgorithm, SignatureCheck};
use der::asn1::{BitString, Int, OctetString};
use der::{Any, Decode, Encode, Sequence};
use spki::{AlgorithmIdentifierOwned, ObjectIdentifier};
use time::OffsetDateTime;

/// id-ct-TSTInfo: the content type of a token.
pub const TST_INFO: &str = "1.2.840.113549.1.9.16.1.4";

/// `MessageImprint` (RFC 3161, 2.4.1): the hash of what is timestamped.
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub struct MessageImprint {
    /// Hash algorithm.
    pub hash_algorithm: AlgorithmIdentifierOwned,
    /// Its value.
    pub hashed_message: OctetString,
}

/// `TimeStampReq` (RFC 3161, 2.4.1).
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub struct TimeStampReq {
    /// 1.
    pub version: u8,
    /// What is to be timestamped.
    pub message_imprint: MessageImprint,
    /// The policy asked for.
    #[asn1(optional = "true")]
    pub req_policy: Option<ObjectIdentifier>,
    /// A large random number that the token must repeat.
    #[asn1(optional = "true")]
    pub nonce: Option<Int>,
    /// Whether the authority's certificate must be in the token.
    #[asn1(default = "Default::default")]
    pub cert_req: bool,
}

/// `PKIStatusInfo` (RFC 3161, 2.4.2).
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub struct PkiStatusInfo {
    /// 0 granted, 1 granted with modifications, 2 rejection, 3 waiting, 4 and 5 revocation.
    pub status: u8,
    /// What the authority says about it.
    #[asn1(optional = "true")]
    pub status_string: Option<Vec<String>>,
    /// `PKIFailureInfo`: 0 badAlg, 2 badRequest, 5 badDataFormat, 14 timeNotAvailable, 15 unacceptedPolicy,
    /// 16 unacceptedExtension, 17 addInfoNotAvailable, 25 systemFailure.
    #[asn1(optional = "true")]
    pub fail_info: Option<BitString>,
}

/// `TimeStampResp` (RFC 3161, 2.4.2); the token stays as it was received.
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub struct TimeStampResp {
    /// Whether it was granted.
    pub status: PkiStatusInfo,
    /// The token, a CMS `ContentInfo`.
    #[asn1(optional = "true")]
    pub time_stamp_token: Option<Any>,
}

/// `Accuracy` (RFC 3161, 2.4.2).
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub struct Accuracy {
    /// Seconds.
    #[asn1(optional = "true")]
    pub seconds: Option<u32>,
    /// Milliseconds, 1 to 999.
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", optional = "true")]
    pub millis: Option<u16>,
    /// Microseconds, 1 to 999.
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    pub micros: Option<u16>,
}

/// `TSTInfo` (RFC 3161, 2.4.2).
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
pub struct TstInfo {
    /// 1.
    pub version: u8,
    /// The policy it was made under.
    pub policy: ObjectIdentifier,
    /// What was timestamped.
    pub message_imprint: MessageImprint,
    /// Unique for the authority.
    pub serial_number: Int,
    /// GeneralizedTime, which here may have fractions of a second: [`TimeStampToken::moment`] reads it.
    pub gen_time: Any,
    /// How exact it is.
    #[asn1(optional = "true")]
    pub accuracy: Option<Accuracy>,
    /// Whether tokens of this authority can be ordered by their time alone.
    #[asn1(default = "Default::default")]
    pub ordering: bool,
    /// The number of the request.
    #[asn1(optional = "true")]
    pub nonce: Option<Int>,
    /// `GeneralName` of the authority.
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    pub tsa: Option<Any>,
    /// Extensions.
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    pub extensions: Option<Vec<Any>>,
}

/// Why something is not a timestamp token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenReadError {
    /// The container cannot be read.
    #[error(transparent)]
    Container(#[from] CmsReadError),
    /// The content is not a `TSTInfo`.
    #[error("the content is not a readable TSTInfo")]
    Content,
    /// It hashes what it stamps in a way that is not known.
    #[error("unknown digest algorithm")]
    UnknownDigest,
}

/// A token, taken apart.
pub struct TimeStampToken {
    container: ParsedSignature,
    info: TstInfo,
    imprint: DigestAlgorithm,
    moment: OffsetDateTime,
}

/// What each check of a token gave; none implies another, and none says who the authority is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenFindings {
    /// It was made over the given bytes.
    pub imprint_matches: bool,
    /// The container's own checks.
    pub container: CmsFindings,
    /// The certificate is for timestamping and nothing else (RFC 3161, 2.3).
    pub for_timestamping: bool,
}

impl TokenFindings {
    /// The token is over the given bytes and the key of its certificate made it.
    #[must_use]
    pub fn is_intact(&self) -> bool {
        self.imprint_matches && self.container.is_intact() && self.container.binding != CertificateBinding::Mismatch
    }

    /// It was shown to be wrong, as opposed to being beyond this program.
    #[must_use]
    pub fn is_wrong(&self) -> bool {
        let unsupported = self.container.signature == SignatureCheck::Unsupported;
        let only_unsupported = unsupported && self.imprint_matches && self.container.digest_matches;
        !self.is_intact() && !only_unsupported
    }
}

impl TimeStampToken {
    /// Reads a token: a CMS `ContentInfo` around a `TSTInfo`, in DER or BER.
    ///
    /// # Errors
    /// [`TokenReadError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, TokenReadError> {
        let container = ParsedSignature::parse(bytes)?;
        if container.content_type() != TST_INFO {
            return Err(TokenReadError::Content);
        }
        let content = container.content().ok_or(TokenReadError::Content)?;
        let info = TstInfo::from_der(content).map_err(|_| TokenReadError::Content)?;
        let imprint = DigestAlgorithm::from_oid(&info.message_imprint.hash_algorithm.oid);
        Ok(Self {
            moment: moment(&info.gen_time).ok_or(TokenReadError::Content)?,
            imprint: imprint.ok_or(TokenReadError::UnknownDigest)?,
            info,
            container,
        })
    }

    /// When it says that the stamped bytes existed, with fractions of a second.
    #[must_use]
    pub fn moment(&self) -> OffsetDateTime {
        self.moment
    }

    /// How the stamped bytes are hashed.
    #[must_use]
    pub fn imprint_algorithm(&self) -> DigestAlgorithm {
        self.imprint
    }

    /// The content.
    #[must_use]
    pub fn info(&self) -> &TstInfo {
        &self.info
    }

    /// The signed container around it.
    #[must_use]
    pub fn container(&self) -> &ParsedSignature {
        &self.container
    }

    /// Checks everything but the trust in the authority. `digest` is that of the stamped bytes, by
    /// [`TimeStampToken::imprint_algorithm`].
    #[must_use]
    pub fn verify_digest(&self, digest: &[u8]) -> TokenFindings {
        let content = self.container.content().unwrap_or_default();
        let own = self.container.digest_algorithm().digest(&[content]);
        TokenFindings {
            imprint_matches: self.info.message_imprint.hashed_message.as_bytes() == digest,
            container: self.container.verify_digest(&own),
            for_timestamping: self.container.signer_certificate().is_some_and(is_for_timestamping),
        }
    }
}

fn moment(gen_time: &Any) -> Option<OffsetDateTime> {
    let der = gen_time.to_der().ok()?;
    asn1_time::read(&Elements::of(&der).any().ok()?).ok()
}

/// Exactly one extended key usage, id-kp-timeStamping (RFC 3161, 2.3). That it must be critical is left to authorities:
/// old ones are not.
fn is_for_timestamping(certificate_der: &[u8]) -> bool {
    let Some(certificate) = certificate::read(certificate_der) else {
        return false;
    };
    let usage = certificate.extended_key_usage();
    usage.ok().flatten().is_some_and(|usage| {
        let value = usage.value;
        let others = value.any
            || value.server_auth
            || value.client_auth
            || value.code_signing
            || value.email_protection
            || value.ocsp_signing
            || !value.other.is_empty();
        value.time_stamping && !others
    })
}
