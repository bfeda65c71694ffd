//! Reading a signature of anybody, over the raw bytes, and saying what each check gave.

use super::oid;
use crate::ess::{self, NamedCertificate, object_identifier};
use crate::tlv::{self, Element, Elements, Malformed, tag};
use crate::verification::{DigestAlgorithm, SignatureCheck, check_signature};
use spki::ObjectIdentifier;
use x509_parser::prelude::{FromDer, X509Certificate};

/// More certificates than any real signature carries.
const CERTIFICATE_LIMIT: usize = 100;

/// Why a CMS cannot be judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CmsReadError {
    /// Not a definite-length `SignedData`; BER with indefinite lengths is not read.
    #[error("not a readable SignedData")]
    Unreadable,
    /// None or more than one signer (EN 319 142-1, 4.1 wants one).
    #[error("not exactly one signer")]
    NotOneSigner,
    /// The digest algorithm is unknown.
    #[error("unknown digest algorithm")]
    UnknownDigest,
    /// There are no signed attributes, so nothing binds the certificate.
    #[error("no signed attributes")]
    NoSignedAttributes,
    /// A signed attribute is missing, doubled or malformed.
    #[error("the signed attributes are malformed")]
    BadSignedAttributes,
}

impl From<Malformed> for CmsReadError {
    fn from(_: Malformed) -> Self {
        Self::Unreadable
    }
}

/// Whether the signed attributes name the certificate that is used (ESS, RFC 5035).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateBinding {
    /// They name this certificate.
    Bound,
    /// They name another one: a substitution.
    Mismatch,
    /// They name none.
    Absent,
    /// They name one by a digest we do not know.
    Unsupported,
}

/// What each check of a signature gave; none implies another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CmsFindings {
    /// The message digest attribute equals the digest of the document.
    pub digest_matches: bool,
    /// The key of the signer's certificate made the signature over the attributes.
    pub signature: SignatureCheck,
    /// The content type attribute equals the encapsulated content type (RFC 5652, 11.1).
    pub content_type_matches: bool,
    /// The signed attributes name the signer's certificate.
    pub binding: CertificateBinding,
}

impl CmsFindings {
    /// Digest, signature and content type are all right.
    #[must_use]
    pub fn is_intact(&self) -> bool {
        self.digest_matches && self.content_type_matches && self.signature == SignatureCheck::Valid
    }
}

/// One signer's `SignedData`, taken apart.
pub struct ParsedSignature {
    certificates: Vec<Vec<u8>>,
    signer: Option<usize>,
    digest_algorithm: DigestAlgorithm,
    signature_algorithm: Vec<u8>,
    signature: Vec<u8>,
    content_type: ObjectIdentifier,
    content: Option<Vec<u8>>,
    attributes: Attributes,
    timestamped: bool,
}

struct Attributes {
    signed_bytes: Vec<u8>,
    content_type: Option<ObjectIdentifier>,
    message_digest: Vec<u8>,
    named: Option<NamedCertificate>,
}

impl ParsedSignature {
    /// Reads a `ContentInfo`; bytes behind it (the padding of `/Contents`) are ignored.
    ///
    /// # Errors
    /// [`CmsReadError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, CmsReadError> {
        let mut signed_data = signed_data(bytes)?;
        signed_data.expect(tag::INTEGER)?;
        signed_data.expect(tag::SET)?;
        let (content_type, content) = encapsulated(&signed_data.expect(tag::SEQUENCE)?)?;
        let certificates = certificates(signed_data.optional(tag::CONTEXT_0)?)?;
        signed_data.optional(tag::CONTEXT_1)?;
        let signers = signed_data.expect(tag::SET)?.inside().all()?;
        let [signer] = signers.as_slice() else {
            return Err(CmsReadError::NotOneSigner);
        };
        read_signer(signer, certificates, content_type, content)
    }

    /// The digest algorithm by which the document is to be hashed.
    #[must_use]
    pub fn digest_algorithm(&self) -> DigestAlgorithm {
        self.digest_algorithm
    }

    /// The certificate that the signer information points to, as DER; none when it is not embedded.
    #[must_use]
    pub fn signer_certificate(&self) -> Option<&[u8]> {
        self.signer
            .and_then(|index| self.certificates.get(index))
            .map(Vec::as_slice)
    }

    /// Every embedded certificate as DER, in the order found.
    #[must_use]
    pub fn certificates(&self) -> &[Vec<u8>] {
        &self.certificates
    }

    /// Whether content is carried inside; a detached signature must not (EN 319 142-1, 4.1).
    #[must_use]
    pub fn has_content(&self) -> bool {
        self.content.is_some()
    }

    /// Whether an unsigned signature-timestamp attribute is there; it is not judged here.
    #[must_use]
    pub fn has_timestamp(&self) -> bool {
        self.timestamped
    }

    /// The OID of the stated signature algorithm, with dots.
    #[must_use]
    pub fn signature_algorithm_oid(&self) -> Option<String> {
        let sequence = Elements::of(&self.signature_algorithm).any().ok()?;
        object_identifier(&mut sequence.inside())
            .ok()
            .map(|oid| oid.to_string())
    }

    /// Checks everything but the certificate's own trust. `digest` is the document's, by
    /// [`ParsedSignature::digest_algorithm`].
    #[must_use]
    pub fn verify_digest(&self, digest: &[u8]) -> CmsFindings {
        CmsFindings {
            digest_matches: self.attributes.message_digest == digest,
            signature: self.check_signature(),
            content_type_matches: self.attributes.content_type == Some(self.content_type),
            binding: self.binding(),
        }
    }

    fn check_signature(&self) -> SignatureCheck {
        let certificate = self.signer_certificate().map(X509Certificate::from_der);
        let Some(Ok((_, certificate))) = certificate else {
            return SignatureCheck::Unsupported;
        };
        check_signature(
            certificate.public_key().raw,
            &self.signature_algorithm,
            self.digest_algorithm,
            &self.attributes.signed_bytes,
            &self.signature,
        )
    }

    fn binding(&self) -> CertificateBinding {
        let Some(named) = &self.attributes.named else {
            return CertificateBinding::Absent;
        };
        match (named.digest, self.signer_certificate()) {
            (None, _) => CertificateBinding::Unsupported,
            (Some(digest), Some(certificate)) if digest.digest(&[certificate]) == named.hash => {
                CertificateBinding::Bound
            }
            _ => CertificateBinding::Mismatch,
        }
    }
}

fn signed_data(bytes: &[u8]) -> Result<Elements<'_>, Malformed> {
    let mut info = Elements::of(tlv::first(bytes)?).expect(tag::SEQUENCE)?.inside();
    if object_identifier(&mut info)?.to_string() != oid::SIGNED_DATA {
        return Err(Malformed);
    }
    let content = info.expect(tag::CONTEXT_0)?;
    Ok(content.inside().expect(tag::SEQUENCE)?.inside())
}

fn encapsulated(info: &Element<'_>) -> Result<(ObjectIdentifier, Option<Vec<u8>>), Malformed> {
    let mut inside = info.inside();
    let content_type = object_identifier(&mut inside)?;
    let content = inside.optional(tag::CONTEXT_0)?.map(|content| content.content.to_vec());
    Ok((content_type, content))
}

/// Plain certificates; attribute certificates and others are skipped.
fn certificates(set: Option<Element<'_>>) -> Result<Vec<Vec<u8>>, Malformed> {
    let Some(set) = set else { return Ok(Vec::new()) };
    let elements = set.inside().all()?;
    if elements.len() > CERTIFICATE_LIMIT {
        return Err(Malformed);
    }
    Ok(elements
        .iter()
        .filter(|found| found.tag == tag::SEQUENCE)
        .map(|found| found.raw.to_vec())
        .collect())
}

fn read_signer(
    signer: &Element<'_>,
    certificates: Vec<Vec<u8>>,
    content_type: ObjectIdentifier,
    content: Option<Vec<u8>>,
) -> Result<ParsedSignature, CmsReadError> {
    let mut inside = signer.inside();
    inside.expect(tag::INTEGER)?;
    let identifier = inside.any()?;
    let digest_algorithm = inside.expect(tag::SEQUENCE)?;
    let digest = object_identifier(&mut digest_algorithm.inside())?;
    let attributes = inside
        .optional(tag::CONTEXT_0)?
        .ok_or(CmsReadError::NoSignedAttributes)?;
    let signature_algorithm = inside.expect(tag::SEQUENCE)?.raw.to_vec();
    let signature = inside.expect(tag::OCTET_STRING)?.content.to_vec();
    let unsigned = inside.optional(tag::CONTEXT_1)?;
    Ok(ParsedSignature {
        signer: certificates
            .iter()
            .position(|certificate| is_named_by(certificate, &identifier)),
        certificates,
        digest_algorithm: DigestAlgorithm::from_oid(&digest).ok_or(CmsReadError::UnknownDigest)?,
        signature_algorithm,
        signature,
        content_type,
        content,
        attributes: read_attributes(&attributes)?,
        timestamped: unsigned.is_some_and(|set| holds_timestamp(&set)),
    })
}

/// `SignerIdentifier`: issuer and serial, or the subject key identifier (RFC 5652, 5.3).
fn is_named_by(certificate_der: &[u8], identifier: &Element<'_>) -> bool {
    let Ok((_, certificate)) = X509Certificate::from_der(certificate_der) else {
        return false;
    };
    match identifier.tag {
        tag::SEQUENCE => {
            let serial = tlv::element(tag::INTEGER, &[certificate.raw_serial()]);
            identifier.content == [certificate.issuer().as_raw(), &serial].concat()
        }
        tag::CONTEXT_0_PRIMITIVE => subject_key_identifier(&certificate) == Some(identifier.content),
        _ => false,
    }
}

fn subject_key_identifier<'a>(certificate: &'a X509Certificate<'_>) -> Option<&'a [u8]> {
    use x509_parser::extensions::ParsedExtension;
    certificate
        .extensions()
        .iter()
        .find_map(|extension| match extension.parsed_extension() {
            ParsedExtension::SubjectKeyIdentifier(identifier) => Some(identifier.0),
            _ => None,
        })
}

fn read_attributes(set: &Element<'_>) -> Result<Attributes, CmsReadError> {
    let attributes = attribute_list(set).map_err(|_| CmsReadError::BadSignedAttributes)?;
    let one = |oid: &str| single(&attributes, oid);
    let content_type = one(oid::CONTENT_TYPE)?.map(|value| object_identifier(&mut Elements::of(value.raw)));
    let digest = one(oid::MESSAGE_DIGEST)?.ok_or(CmsReadError::BadSignedAttributes)?;
    if digest.tag != tag::OCTET_STRING {
        return Err(CmsReadError::BadSignedAttributes);
    }
    let named = match one(ess::SIGNING_CERTIFICATE_V2)? {
        Some(value) => Some(ess::read_v2(&value)),
        None => one(ess::SIGNING_CERTIFICATE)?.map(|value| ess::read_v1(&value)),
    };
    Ok(Attributes {
        // RFC 5652, 5.4: the hash is over the SET OF tag, not over the [0] found in the structure.
        signed_bytes: [&[tag::SET], set.raw.get(1..).unwrap_or_default()].concat(),
        content_type: content_type
            .transpose()
            .map_err(|_| CmsReadError::BadSignedAttributes)?,
        message_digest: digest.content.to_vec(),
        named: named.transpose().map_err(|_| CmsReadError::BadSignedAttributes)?,
    })
}

type AttributeList<'a> = Vec<(String, Vec<Element<'a>>)>;

fn attribute_list<'a>(set: &Element<'a>) -> Result<AttributeList<'a>, Malformed> {
    let mut list = Vec::new();
    for attribute in set.inside().all()? {
        let mut inside = attribute.inside();
        let oid = object_identifier(&mut inside)?.to_string();
        list.push((oid, inside.expect(tag::SET)?.inside().all()?));
    }
    Ok(list)
}

/// The one value of an attribute; an attribute given twice, or with several values, could mean anything.
fn single<'a>(attributes: &AttributeList<'a>, oid: &str) -> Result<Option<Element<'a>>, CmsReadError> {
    let mut found = attributes.iter().filter(|(name, _)| name == oid);
    match (found.next(), found.next()) {
        (None, _) => Ok(None),
        (Some((_, values)), None) => match values.as_slice() {
            [value] => Ok(Some(*value)),
            _ => Err(CmsReadError::BadSignedAttributes),
        },
        (Some(_), Some(_)) => Err(CmsReadError::BadSignedAttributes),
    }
}

fn holds_timestamp(set: &Element<'_>) -> bool {
    attribute_list(set).is_ok_and(|list| list.iter().any(|(oid, _)| oid == oid::SIGNATURE_TIMESTAMP))
}
