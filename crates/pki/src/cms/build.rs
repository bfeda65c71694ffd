//! Building CAdES-B: signed attributes first, then, with the signature over them, the whole structure.

use super::oid;
use crate::ess;
use crate::signer::KeyAlgorithm;
use crate::tlv::{element, set_of, tag};
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
}

impl SignedAttributes {
    /// Attributes for a SHA-256 digest of the content and the certificate of whoever will sign.
    ///
    /// # Errors
    /// [`CmsBuildError::BadCertificate`].
    pub fn new(digest: &[u8; 32], signer_certificate_der: &[u8]) -> Result<Self, CmsBuildError> {
        let (_, certificate) =
            X509Certificate::from_der(signer_certificate_der).map_err(|_| CmsBuildError::BadCertificate)?;
        let serial = element(tag::INTEGER, &[certificate.raw_serial()]);
        let attributes = vec![
            attribute(oid::CONTENT_TYPE, &object_identifier(oid::DATA)?)?,
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
        })
    }

    /// The bytes to sign: the attributes as a DER SET OF (RFC 5652, 5.4).
    #[must_use]
    pub fn to_be_signed(&self) -> Vec<u8> {
        set_of(tag::SET, self.attributes.clone())
    }

    /// The whole `ContentInfo`, with the signer's certificate first and `chain` beside it.
    ///
    /// # Errors
    /// [`CmsBuildError::Structure`].
    pub fn complete(
        &self,
        algorithm: KeyAlgorithm,
        signature: &[u8],
        chain: &[Vec<u8>],
    ) -> Result<Vec<u8>, CmsBuildError> {
        let digest_algorithm = element(tag::SEQUENCE, &[&object_identifier(oid::SHA256)?]);
        let version = element(tag::INTEGER, &[&[1]]);
        let signer_info = element(
            tag::SEQUENCE,
            &[
                &version,
                &self.issuer_and_serial,
                &digest_algorithm,
                &set_of(tag::CONTEXT_0, self.attributes.clone()),
                &signature_algorithm(algorithm)?,
                &element(tag::OCTET_STRING, &[signature]),
            ],
        );
        let signed_data = element(
            tag::SEQUENCE,
            &[
                &version,
                &element(tag::SET, &[&digest_algorithm]),
                &element(tag::SEQUENCE, &[&object_identifier(oid::DATA)?]),
                &set_of(tag::CONTEXT_0, self.certificates(chain)),
                &element(tag::SET, &[&signer_info]),
            ],
        );
        let content = element(tag::CONTEXT_0, &[&signed_data]);
        Ok(element(
            tag::SEQUENCE,
            &[&object_identifier(oid::SIGNED_DATA)?, &content],
        ))
    }

    fn certificates(&self, chain: &[Vec<u8>]) -> Vec<Vec<u8>> {
        let mut all = vec![self.signer_certificate.clone()];
        for certificate in chain {
            if !all.contains(certificate) {
                all.push(certificate.clone());
            }
        }
        all
    }
}

fn signature_algorithm(algorithm: KeyAlgorithm) -> Result<Vec<u8>, CmsBuildError> {
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

fn object_identifier(text: &str) -> Result<Vec<u8>, CmsBuildError> {
    let oid = ObjectIdentifier::new(text).map_err(|_| CmsBuildError::Structure)?;
    Ok(element(tag::OID, &[oid.as_bytes()]))
}
