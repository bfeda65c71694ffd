//! Building CAdES: signed attributes first, then, with the signature over them, the container; a timestamp last.

use super::oid;
use crate::ess;
use crate::signer::KeyAlgorithm;
use crate::tlv::{element, set_of, tag};
use crate::verification::DigestAlgorithm;
use spki::ObjectIdentifier;
use x509_parser::prelude::{FromDer, X509Certificate};

/// Why no CMS could be built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CmsBuildError {
    /// The signer's certificate is not an X.509 certificate.
    #[error("the signer's certificate cannot be read")]
    BadCertificate,
    /// An inner identifier is wrong; never seen.
    #[error("the structure cannot be built")]
    Structure,
}

/// The attributes that are signed: content type, message digest, ESS signing-certificate-v2.
///
/// No signing-time: PAdES keeps the claimed time in `/M` of the PDF (EN 319 142-1, 6.3).
pub struct SignedAttributes {
    attributes: Vec<Vec<u8>>,
    issuer_and_serial: Vec<u8>,
    signer_certificate: Vec<u8>,
    content: EncapsulatedContent,
}

/// `EncapsulatedContentInfo`, and the version of the structures that its type asks for (RFC 5652, 5.1).
struct EncapsulatedContent {
    version: u8,
    info: Vec<u8>,
}

impl SignedAttributes {
    /// Attributes for a SHA-256 digest of content that stays outside, and the certificate of whoever will sign.
    ///
    /// # Errors
    /// [`CmsBuildError::BadCertificate`].
    pub fn new(digest: &[u8; 32], signer_certificate_der: &[u8]) -> Result<Self, CmsBuildError> {
        let content = EncapsulatedContent {
            version: 1,
            info: element(tag::SEQUENCE, &[&object_identifier(oid::DATA)?]),
        };
        Self::over(oid::DATA, digest, content, signer_certificate_der)
    }

    /// Attributes for content of another type that is carried inside.
    pub(crate) fn carrying(
        content_type: &str,
        content: &[u8],
        signer_certificate_der: &[u8],
    ) -> Result<Self, CmsBuildError> {
        let digest = DigestAlgorithm::Sha256.digest(&[content]);
        let carried = element(tag::CONTEXT_0, &[&element(tag::OCTET_STRING, &[content])]);
        let content = EncapsulatedContent {
            version: 3,
            info: element(tag::SEQUENCE, &[&object_identifier(content_type)?, &carried]),
        };
        Self::over(content_type, &digest, content, signer_certificate_der)
    }

    fn over(
        content_type: &str,
        digest: &[u8],
        content: EncapsulatedContent,
        signer_certificate_der: &[u8],
    ) -> Result<Self, CmsBuildError> {
        let (_, certificate) =
            X509Certificate::from_der(signer_certificate_der).map_err(|_| CmsBuildError::BadCertificate)?;
        let serial = element(tag::INTEGER, &[certificate.raw_serial()]);
        let attributes = vec![
            attribute(oid::CONTENT_TYPE, &object_identifier(content_type)?)?,
            attribute(oid::MESSAGE_DIGEST, &element(tag::OCTET_STRING, &[digest]))?,
            attribute(
                ess::SIGNING_CERTIFICATE_V2,
                &ess::signing_certificate_v2(signer_certificate_der),
            )?,
        ];
        Ok(Self {
            attributes,
            issuer_and_serial: element(tag::SEQUENCE, &[certificate.issuer().as_raw(), &serial]),
            signer_certificate: signer_certificate_der.to_vec(),
            content,
        })
    }

    /// The bytes to sign: the attributes as a DER SET OF (RFC 5652, 5.4).
    #[must_use]
    pub fn to_be_signed(&self) -> Vec<u8> {
        set_of(tag::SET, self.attributes.clone())
    }

    /// The container, with the signer's certificate first and `chain` beside it.
    ///
    /// # Errors
    /// [`CmsBuildError::Structure`].
    pub fn complete(
        self,
        algorithm: KeyAlgorithm,
        signature: &[u8],
        chain: &[Vec<u8>],
    ) -> Result<SignedContainer, CmsBuildError> {
        let digest_algorithm = element(tag::SEQUENCE, &[&object_identifier(oid::SHA256)?]);
        let signer_info = [
            element(tag::INTEGER, &[&[1]]),
            self.issuer_and_serial,
            digest_algorithm.clone(),
            set_of(tag::CONTEXT_0, self.attributes),
            signature_algorithm(algorithm)?,
            element(tag::OCTET_STRING, &[signature]),
        ];
        Ok(SignedContainer {
            head: [
                element(tag::INTEGER, &[&[self.content.version]]),
                element(tag::SET, &[&digest_algorithm]),
                self.content.info,
            ]
            .concat(),
            certificates: embedded(self.signer_certificate, chain),
            signer_info: signer_info.concat(),
            signature: signature.to_vec(),
            unsigned: Vec::new(),
        })
    }
}

/// `SignedData` with its signature; only what is not signed can still be added.
#[derive(Clone)]
pub struct SignedContainer {
    head: Vec<u8>,
    certificates: Vec<Vec<u8>>,
    signer_info: Vec<u8>,
    signature: Vec<u8>,
    unsigned: Vec<Vec<u8>>,
}

impl SignedContainer {
    /// The signature value: what a signature timestamp is made over (EN 319 122-1, 5.3).
    #[must_use]
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// Adds a timestamp token over [`SignedContainer::signature`].
    ///
    /// # Errors
    /// [`CmsBuildError::Structure`].
    pub fn add_signature_timestamp(&mut self, token: &[u8]) -> Result<(), CmsBuildError> {
        self.unsigned.push(attribute(oid::SIGNATURE_TIMESTAMP, token)?);
        Ok(())
    }

    /// Leaves every certificate out, as a timestamp requester may ask (RFC 3161, 2.4.1).
    pub(crate) fn drop_certificates(&mut self) {
        self.certificates.clear();
    }

    /// The whole `ContentInfo`.
    ///
    /// # Errors
    /// [`CmsBuildError::Structure`].
    pub fn to_der(&self) -> Result<Vec<u8>, CmsBuildError> {
        let optional = |tag: u8, elements: &[Vec<u8>]| match elements {
            [] => Vec::new(),
            elements => set_of(tag, elements.to_vec()),
        };
        let unsigned = optional(tag::CONTEXT_1, &self.unsigned);
        let signer_info = element(tag::SEQUENCE, &[&self.signer_info, &unsigned]);
        let certificates = optional(tag::CONTEXT_0, &self.certificates);
        let signed_data = element(
            tag::SEQUENCE,
            &[&self.head, &certificates, &element(tag::SET, &[&signer_info])],
        );
        let content = element(tag::CONTEXT_0, &[&signed_data]);
        Ok(element(
            tag::SEQUENCE,
            &[&object_identifier(oid::SIGNED_DATA)?, &content],
        ))
    }
}

fn embedded(signer_certificate: Vec<u8>, chain: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let mut all = vec![signer_certificate];
    for certificate in chain {
        if !all.contains(certificate) {
            all.push(certificate.clone());
        }
    }
    all
}

/// The `AlgorithmIdentifier` of a key's signatures.
pub(crate) fn signature_algorithm(algorithm: KeyAlgorithm) -> Result<Vec<u8>, CmsBuildError> {
    match algorithm {
        // RFC 5758, 3.2: no parameters.
        KeyAlgorithm::EcdsaP256Sha256 => Ok(element(tag::SEQUENCE, &[&object_identifier(oid::ECDSA_WITH_SHA256)?])),
        // RFC 4055, 5: parameters are NULL.
        KeyAlgorithm::RsaPkcs1Sha256 => Ok(element(
            tag::SEQUENCE,
            &[&object_identifier(oid::RSA_WITH_SHA256)?, &[5, 0]],
        )),
    }
}

fn attribute(oid: &str, value: &[u8]) -> Result<Vec<u8>, CmsBuildError> {
    Ok(element(
        tag::SEQUENCE,
        &[&object_identifier(oid)?, &element(tag::SET, &[value])],
    ))
}

/// An OBJECT IDENTIFIER element.
pub(crate) fn object_identifier(text: &str) -> Result<Vec<u8>, CmsBuildError> {
    let oid = ObjectIdentifier::new(text).map_err(|_| CmsBuildError::Structure)?;
    Ok(element(tag::OID, &[oid.as_bytes()]))
}
