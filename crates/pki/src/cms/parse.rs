//! Reading a signature of anybody, over the raw bytes, and saying what each check gave.

use super::attributes::{AttributeList, Attributes, attribute_list, read_attributes};
use super::oid;
use crate::ber;
use crate::ess::object_identifier;
use crate::tlv::{self, Element, Elements, Malformed, tag};
use crate::verification::{self, DigestAlgorithm, Reliance, SignatureCheck};
use spki::ObjectIdentifier;
use time::OffsetDateTime;
use x509_parser::prelude::{FromDer, X509Certificate};

/// More certificates than any real signature carries.
const CERTIFICATE_LIMIT: usize = 100;

/// Why a CMS cannot be judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CmsReadError {
    /// Not a `SignedData`, in DER or BER.
    #[error("not a readable SignedData")]
    Unreadable,
    /// None or more than one signer (EN 319 142-1, 4.1 wants one).
    #[error("not exactly one signer")]
    NotOneSigner,
    /// The digest algorithm is unknown.
    #[error("unknown digest algorithm")]
    UnknownDigest,
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
    revocation_lists: Vec<Vec<u8>>,
    signer: Option<usize>,
    digest_algorithm: DigestAlgorithm,
    signature_algorithm: Vec<u8>,
    signature: Vec<u8>,
    content_type: ObjectIdentifier,
    content: Option<Vec<u8>>,
    attributes: Option<Attributes>,
    timestamps: Vec<Vec<u8>>,
}

impl ParsedSignature {
    /// Reads a `ContentInfo`; bytes behind it (the padding of `/Contents`) are ignored.
    ///
    /// # Errors
    /// [`CmsReadError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, CmsReadError> {
        let definite = ber::definite(bytes)?;
        let mut signed_data = signed_data(&definite)?;
        signed_data.expect(tag::INTEGER)?;
        signed_data.expect(tag::SET)?;
        let (content_type, content) = encapsulated(&signed_data.expect(tag::SEQUENCE)?)?;
        let certificates = plain_sequences(signed_data.optional(tag::CONTEXT_0)?)?;
        let revocation_lists = plain_sequences(signed_data.optional(tag::CONTEXT_1)?)?;
        let signers = signed_data.expect(tag::SET)?.inside().all()?;
        let [signer] = signers.as_slice() else {
            return Err(CmsReadError::NotOneSigner);
        };
        let mut parsed = read_signer(signer, certificates)?;
        parsed.revocation_lists = revocation_lists;
        parsed.content_type = content_type;
        parsed.content = content;
        Ok(parsed)
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

    /// Certificate revocation lists that are embedded beside the certificates, as DER.
    #[must_use]
    pub fn revocation_lists(&self) -> &[Vec<u8>] {
        &self.revocation_lists
    }

    /// Whether content is carried inside; a detached signature must not (EN 319 142-1, 4.1).
    #[must_use]
    pub fn has_content(&self) -> bool {
        self.content.is_some()
    }

    /// The content that is carried inside.
    #[must_use]
    pub fn content(&self) -> Option<&[u8]> {
        self.content.as_deref()
    }

    /// The OID of the content's type, with dots.
    #[must_use]
    pub fn content_type(&self) -> String {
        self.content_type.to_string()
    }

    /// The value of the signature: what a signature timestamp is made over.
    #[must_use]
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// Whether attributes are signed; without them the signature is over the content itself.
    #[must_use]
    pub fn has_signed_attributes(&self) -> bool {
        self.attributes.is_some()
    }

    /// The tokens of unsigned signature-timestamp attributes (EN 319 122-1, 5.3); not judged here.
    #[must_use]
    pub fn timestamps(&self) -> &[Vec<u8>] {
        &self.timestamps
    }

    /// The signer's own word on when it signed (`signing-time`, RFC 5652, 11.3).
    #[must_use]
    pub fn signing_time(&self) -> Option<OffsetDateTime> {
        self.attributes.as_ref()?.signing_time
    }

    /// What the signer saw of revocation: `adbe-revocationInfoArchival` (ISO 32000-2, 12.8.3.3.2), lists and responses.
    #[must_use]
    pub fn archived_revocation(&self) -> (&[Vec<u8>], &[Vec<u8>]) {
        match &self.attributes {
            Some(attributes) => (&attributes.archived_lists, &attributes.archived_responses),
            None => (&[], &[]),
        }
    }

    /// How far the weaker of the digests that document and signature rest on can be relied on, when it was signed at
    /// that moment or before.
    #[must_use]
    pub fn reliance(&self, made_at: OffsetDateTime) -> Reliance {
        let stated = verification::stated_digest(&self.signature_algorithm);
        let digests = stated.into_iter().chain([self.digest_algorithm]);
        digests
            .map(|digest| digest.reliance(made_at))
            .max()
            .unwrap_or(Reliance::Sound)
    }

    /// The OID of the stated signature algorithm, with dots.
    #[must_use]
    pub fn signature_algorithm_oid(&self) -> Option<String> {
        let sequence = Elements::of(&self.signature_algorithm).any().ok()?;
        object_identifier(&mut sequence.inside())
            .ok()
            .map(|oid| oid.to_string())
    }

    /// Checks everything but the certificate's own trust. `digest` is the document's (or the carried content's), by
    /// [`ParsedSignature::digest_algorithm`].
    #[must_use]
    pub fn verify_digest(&self, digest: &[u8]) -> CmsFindings {
        let signature = self.check_signature(digest);
        let Some(attributes) = &self.attributes else {
            // The signature is over the content: whether that or the signature was changed cannot be told apart.
            return CmsFindings {
                digest_matches: signature != SignatureCheck::Invalid,
                signature,
                content_type_matches: self.content_type.to_string() == oid::DATA,
                binding: CertificateBinding::Absent,
            };
        };
        CmsFindings {
            digest_matches: attributes.message_digest == digest,
            signature,
            content_type_matches: attributes.content_type == Some(self.content_type),
            binding: self.binding(attributes),
        }
    }

    fn check_signature(&self, digest: &[u8]) -> SignatureCheck {
        let certificate = self.signer_certificate().map(X509Certificate::from_der);
        let Some(Ok((_, certificate))) = certificate else {
            return SignatureCheck::Unsupported;
        };
        let (key, algorithm) = (certificate.public_key().raw, self.signature_algorithm.as_slice());
        let (hash, signature) = (self.digest_algorithm, self.signature.as_slice());
        // The two statements of one digest contradict each other (RFC 5652, 5.3 and 5.4).
        if verification::stated_digest(algorithm).is_some_and(|own| own != hash) {
            return SignatureCheck::Invalid;
        }
        match &self.attributes {
            Some(attributes) => {
                verification::check_signature(key, algorithm, hash, &attributes.signed_bytes, signature)
            }
            None => verification::check_hash_signature(key, algorithm, hash, digest, signature),
        }
    }

    fn binding(&self, attributes: &Attributes) -> CertificateBinding {
        let Some(named) = &attributes.named else {
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
    let content = match inside.optional(tag::CONTEXT_0)? {
        Some(content) => Some(content.inside().any()?.content.to_vec()),
        None => None,
    };
    Ok((content_type, content))
}

/// Plain certificates or lists; attribute certificates and other choices are skipped.
fn plain_sequences(set: Option<Element<'_>>) -> Result<Vec<Vec<u8>>, Malformed> {
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

fn read_signer(signer: &Element<'_>, certificates: Vec<Vec<u8>>) -> Result<ParsedSignature, CmsReadError> {
    let mut inside = signer.inside();
    inside.expect(tag::INTEGER)?;
    let identifier = inside.any()?;
    let digest_algorithm = inside.expect(tag::SEQUENCE)?;
    let digest = object_identifier(&mut digest_algorithm.inside())?;
    let attributes = inside.optional(tag::CONTEXT_0)?;
    let signature_algorithm = inside.expect(tag::SEQUENCE)?.raw.to_vec();
    let signature = inside.expect(tag::OCTET_STRING)?.content.to_vec();
    let unsigned = inside.optional(tag::CONTEXT_1)?;
    Ok(ParsedSignature {
        signer: certificates
            .iter()
            .position(|certificate| is_named_by(certificate, &identifier)),
        certificates,
        revocation_lists: Vec::new(),
        digest_algorithm: DigestAlgorithm::from_oid(&digest).ok_or(CmsReadError::UnknownDigest)?,
        signature_algorithm,
        signature,
        content_type: digest,
        content: None,
        attributes: attributes.as_ref().map(read_attributes).transpose()?,
        timestamps: unsigned.map(|set| timestamps(&set)).unwrap_or_default(),
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

fn timestamps(set: &Element<'_>) -> Vec<Vec<u8>> {
    let list: AttributeList<'_> = attribute_list(set).unwrap_or_default();
    let tokens = list
        .into_iter()
        .filter(|(oid, _)| oid == oid::SIGNATURE_TIMESTAMP)
        .flat_map(|(_, values)| values);
    tokens.map(|value| value.raw.to_vec()).collect()
}
