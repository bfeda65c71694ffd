//! ESS signing-certificate and signing-certificate-v2 (RFC 5035): which certificate a signature was made for.

use crate::tlv::{Element, Elements, Malformed, element, tag};
use crate::verification::DigestAlgorithm;
use spki::ObjectIdentifier;

/// id-aa-signingCertificate, SHA-1 only.
pub(crate) const SIGNING_CERTIFICATE: &str = "1.2.840.113549.1.9.16.2.12";
/// id-aa-signingCertificateV2.
pub(crate) const SIGNING_CERTIFICATE_V2: &str = "1.2.840.113549.1.9.16.2.47";

/// The first certificate that an ESS attribute names.
pub(crate) struct NamedCertificate {
    /// The digest it is named by; none when it is one we do not know.
    pub(crate) digest: Option<DigestAlgorithm>,
    /// The digest's value.
    pub(crate) hash: Vec<u8>,
}

/// `SigningCertificateV2` that names one certificate by SHA-256, the default algorithm, which DER leaves out.
pub(crate) fn signing_certificate_v2(certificate_der: &[u8]) -> Vec<u8> {
    let hash = element(
        tag::OCTET_STRING,
        &[&DigestAlgorithm::Sha256.digest(&[certificate_der])],
    );
    let named = element(tag::SEQUENCE, &[&hash]);
    let list = element(tag::SEQUENCE, &[&named]);
    element(tag::SEQUENCE, &[&list])
}

/// Reads the first `ESSCertID` of a version 1 attribute value.
pub(crate) fn read_v1(value: &Element<'_>) -> Result<NamedCertificate, Malformed> {
    let hash = first_named(value)?.expect(tag::OCTET_STRING)?.content.to_vec();
    Ok(NamedCertificate {
        digest: Some(DigestAlgorithm::Sha1),
        hash,
    })
}

/// Reads the first `ESSCertIDv2` of a version 2 attribute value.
pub(crate) fn read_v2(value: &Element<'_>) -> Result<NamedCertificate, Malformed> {
    let mut named = first_named(value)?;
    let digest = match named.optional(tag::SEQUENCE)? {
        None => Some(DigestAlgorithm::Sha256),
        Some(algorithm) => DigestAlgorithm::from_oid(&object_identifier(&mut algorithm.inside())?),
    };
    Ok(NamedCertificate {
        digest,
        hash: named.expect(tag::OCTET_STRING)?.content.to_vec(),
    })
}

fn first_named<'a>(value: &Element<'a>) -> Result<Elements<'a>, Malformed> {
    let list = value.inside().expect(tag::SEQUENCE)?;
    Ok(list.inside().expect(tag::SEQUENCE)?.inside())
}

/// Reads an OBJECT IDENTIFIER.
pub(crate) fn object_identifier(elements: &mut Elements<'_>) -> Result<ObjectIdentifier, Malformed> {
    let oid = elements.expect(tag::OID)?;
    ObjectIdentifier::from_bytes(oid.content).map_err(|_| Malformed)
}
