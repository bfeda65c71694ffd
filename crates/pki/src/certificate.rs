//! X.509 certificates (RFC 5280): what they say, and whether one that was just issued is the one that was asked for.

use crate::certificate_rows::rows;
use crate::path::{self, PathVerdict, validate_path};
use crate::request::RequestSubject;
use crate::verification::Reliance;
use time::OffsetDateTime;
use x509_parser::prelude::{FromDer, X509Certificate, X509Name};

/// Where a certificate cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an X.509 certificate")]
pub struct UnreadableCertificate;

/// The parts of a distinguished name that this program shows; empty where absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NameFacts {
    /// Country.
    pub country: String,
    /// Organisation: the enterprise.
    pub organization: String,
    /// Organisation identifier (OID 2.5.4.97): the unified social credit code.
    pub organization_identifier: String,
    /// Common name: the person, or the enterprise again.
    pub common_name: String,
    /// The whole name on one line, as in RFC 4514.
    pub line: String,
}

impl NameFacts {
    /// The common name, else the organisation, else the whole name: never empty unless the name is.
    #[must_use]
    pub fn shown(&self) -> &str {
        let names = [&self.common_name, &self.organization];
        names.into_iter().find(|name| !name.is_empty()).unwrap_or(&self.line)
    }
}

/// One field of a certificate, for a table of details.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldRow {
    /// A stable name such as `not_before` or `extension.key_usage`; the OID for what we do not know.
    pub name: String,
    /// The value as text; several values are separated by line ends.
    pub value: String,
}

/// What a certificate says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateFacts {
    /// Whom it names.
    pub subject: NameFacts,
    /// Who issued it.
    pub issuer: NameFacts,
    /// Serial number in lower-case hexadecimal, without leading zeros.
    pub serial_hex: String,
    /// First moment of validity.
    pub not_before: OffsetDateTime,
    /// Last moment of validity.
    pub not_after: OffsetDateTime,
    /// Such as `EC P-256` or `RSA 2048`; the OID for what we do not know.
    pub key_algorithm: String,
    /// The public key as DER `SubjectPublicKeyInfo`.
    pub spki_der: Vec<u8>,
    /// Key usages by their names in RFC 5280, such as `digitalSignature`.
    pub key_usage: Vec<String>,
    /// Policy OIDs with dots.
    pub policies: Vec<String>,
    /// Whether it may issue certificates.
    pub is_authority: bool,
    /// SHA-256 of the DER in lower-case hexadecimal.
    pub sha256_fingerprint: String,
    /// Every field, in the order of the certificate.
    pub rows: Vec<FieldRow>,
}

impl CertificateFacts {
    /// Reads a certificate.
    ///
    /// # Errors
    /// [`UnreadableCertificate`].
    pub fn parse(der: &[u8]) -> Result<Self, UnreadableCertificate> {
        let certificate = read(der).ok_or(UnreadableCertificate)?;
        let validity = certificate.validity();
        Ok(Self {
            subject: name_facts(certificate.subject()),
            issuer: name_facts(certificate.issuer()),
            serial_hex: serial_hex(&certificate),
            not_before: moment(validity.not_before.timestamp())?,
            not_after: moment(validity.not_after.timestamp())?,
            key_algorithm: key_algorithm(&certificate),
            spki_der: certificate.public_key().raw.to_vec(),
            key_usage: key_usage(&certificate),
            policies: policies(&certificate),
            is_authority: certificate.is_ca(),
            sha256_fingerprint: hex(&crate::verification::DigestAlgorithm::Sha256.digest(&[der])),
            rows: rows(&certificate),
        })
    }
}

/// What was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedCertificate {
    /// The public key made on this device.
    pub spki_der: Vec<u8>,
    /// The subject of the request.
    pub subject: RequestSubject,
}

/// A field of the subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubjectField {
    /// Country.
    Country,
    /// Organisation.
    Organization,
    /// Organisation identifier.
    OrganizationIdentifier,
    /// Common name.
    CommonName,
}

/// Why an issued certificate is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IssuedCertificateError {
    /// Not an X.509 certificate.
    #[error("the issued certificate cannot be read")]
    Unreadable,
    /// It certifies another key than the one made here.
    #[error("the issued certificate is for another key")]
    KeyMismatch,
    /// It names somebody else.
    #[error("the issued certificate names another subject ({0:?})")]
    SubjectMismatch(SubjectField),
    /// Its validity has not begun: one of the two clocks is wrong.
    #[error("the issued certificate is not valid yet")]
    NotYetValid,
    /// Its validity is over.
    #[error("the issued certificate has expired")]
    Expired,
    /// It is a certificate authority's, or may not sign documents.
    #[error("the issued certificate is not for signing documents")]
    NotForSigning,
    /// No unbroken chain leads to a root of the platform.
    #[error("the issued certificate does not chain to the platform's root")]
    ChainBroken,
}

/// Checks a certificate that was just issued, before it is kept: key, subject, usage, validity, chain.
///
/// # Errors
/// [`IssuedCertificateError`], the first that applies in that order.
pub fn check_issued(
    der: &[u8],
    chain: &[Vec<u8>],
    roots: &[Vec<u8>],
    expected: &ExpectedCertificate,
    now: OffsetDateTime,
) -> Result<CertificateFacts, IssuedCertificateError> {
    let facts = CertificateFacts::parse(der).map_err(|_| IssuedCertificateError::Unreadable)?;
    if facts.spki_der != expected.spki_der {
        return Err(IssuedCertificateError::KeyMismatch);
    }
    check_subject(&facts.subject, &expected.subject)?;
    check_usage(&facts)?;
    check_validity(&facts, now)?;
    match validate_path(der, chain, roots, now) {
        PathVerdict::Trusted { chain } if path::reliance(&chain, now) == Reliance::Sound => Ok(facts),
        _ => Err(IssuedCertificateError::ChainBroken),
    }
}

fn check_subject(found: &NameFacts, expected: &RequestSubject) -> Result<(), IssuedCertificateError> {
    let fields = [
        (&found.country, &expected.country, SubjectField::Country),
        (&found.organization, &expected.organization, SubjectField::Organization),
        (
            &found.organization_identifier,
            &expected.organization_identifier,
            SubjectField::OrganizationIdentifier,
        ),
        (&found.common_name, &expected.common_name, SubjectField::CommonName),
    ];
    match fields.into_iter().find(|(found, expected, _)| found != expected) {
        Some((_, _, field)) => Err(IssuedCertificateError::SubjectMismatch(field)),
        None => Ok(()),
    }
}

fn check_usage(facts: &CertificateFacts) -> Result<(), IssuedCertificateError> {
    let signs = facts
        .key_usage
        .iter()
        .any(|usage| usage == "digitalSignature" || usage == "nonRepudiation");
    if facts.is_authority || !signs {
        Err(IssuedCertificateError::NotForSigning)
    } else {
        Ok(())
    }
}

fn check_validity(facts: &CertificateFacts, now: OffsetDateTime) -> Result<(), IssuedCertificateError> {
    if now < facts.not_before {
        Err(IssuedCertificateError::NotYetValid)
    } else if now > facts.not_after {
        Err(IssuedCertificateError::Expired)
    } else {
        Ok(())
    }
}

/// Reads exactly one certificate; trailing bytes are refused.
pub(crate) fn read(der: &[u8]) -> Option<X509Certificate<'_>> {
    match X509Certificate::from_der(der) {
        Ok(([], certificate)) => Some(certificate),
        _ => None,
    }
}

fn name_facts(name: &X509Name<'_>) -> NameFacts {
    let by_oid = |wanted: &str| {
        let found = name
            .iter_attributes()
            .find(|attribute| attribute.attr_type().to_id_string() == wanted);
        found.map(attribute_text).unwrap_or_default()
    };
    NameFacts {
        country: by_oid("2.5.4.6"),
        organization: by_oid("2.5.4.10"),
        organization_identifier: by_oid("2.5.4.97"),
        common_name: by_oid("2.5.4.3"),
        line: line_of(name),
    }
}

/// The whole name on one line.
pub(crate) fn line_of(name: &X509Name<'_>) -> String {
    let parts = name.iter_attributes().map(|attribute| {
        let oid = attribute.attr_type().to_id_string();
        format!("{}={}", short_name(&oid), attribute_text(attribute))
    });
    parts.collect::<Vec<_>>().join(", ")
}

fn short_name(oid: &str) -> &str {
    let known = [
        ("2.5.4.3", "CN"),
        ("2.5.4.5", "serialNumber"),
        ("2.5.4.6", "C"),
        ("2.5.4.7", "L"),
        ("2.5.4.8", "ST"),
        ("2.5.4.10", "O"),
        ("2.5.4.11", "OU"),
        ("2.5.4.97", "organizationIdentifier"),
        ("1.2.840.113549.1.9.1", "emailAddress"),
        ("0.9.2342.19200300.100.1.25", "DC"),
    ];
    known
        .iter()
        .find(|(known, _)| *known == oid)
        .map_or(oid, |&(_, name)| name)
}

/// UTF-8 and its subsets as they are, BMPString as UTF-16; other bytes are replaced, never dropped silently.
fn attribute_text(attribute: &x509_parser::x509::AttributeTypeAndValue<'_>) -> String {
    const BMP_STRING: u32 = 30;
    let value = attribute.attr_value();
    if value.header.tag().0 == BMP_STRING {
        let pairs = value.data.chunks_exact(2).map(|pair| match pair {
            [high, low] => u16::from_be_bytes([*high, *low]),
            _ => 0xfffd,
        });
        return String::from_utf16_lossy(&pairs.collect::<Vec<_>>());
    }
    String::from_utf8_lossy(value.data).into_owned()
}

fn moment(seconds: i64) -> Result<OffsetDateTime, UnreadableCertificate> {
    OffsetDateTime::from_unix_timestamp(seconds).map_err(|_| UnreadableCertificate)
}

fn serial_hex(certificate: &X509Certificate<'_>) -> String {
    let digits = hex(certificate.raw_serial());
    let short = digits.trim_start_matches('0');
    if short.is_empty() {
        "0".to_owned()
    } else {
        short.to_owned()
    }
}

fn key_algorithm(certificate: &X509Certificate<'_>) -> String {
    use x509_parser::public_key::PublicKey;
    let key = certificate.public_key();
    match key.parsed() {
        Ok(PublicKey::RSA(rsa)) => format!("RSA {}", rsa.key_size()),
        Ok(PublicKey::EC(_)) => format!("EC {}", curve(key)),
        _ => key.algorithm.algorithm.to_id_string(),
    }
}

fn curve(key: &x509_parser::x509::SubjectPublicKeyInfo<'_>) -> String {
    let oid = key
        .algorithm
        .parameters
        .as_ref()
        .and_then(|parameters| parameters.as_oid().ok());
    match oid.map(|oid| oid.to_id_string()).as_deref() {
        Some("1.2.840.10045.3.1.7") => "P-256".to_owned(),
        Some("1.3.132.0.34") => "P-384".to_owned(),
        Some("1.3.132.0.35") => "P-521".to_owned(),
        Some("1.2.156.10197.1.301") => "SM2".to_owned(),
        Some(other) => other.to_owned(),
        None => String::new(),
    }
}

fn key_usage(certificate: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(extension)) = certificate.key_usage() else {
        return Vec::new();
    };
    key_usage_names(extension.value)
}

/// The set bits by their names in RFC 5280, 4.2.1.3.
pub(crate) fn key_usage_names(usage: &x509_parser::extensions::KeyUsage) -> Vec<String> {
    let bits = [
        (usage.digital_signature(), "digitalSignature"),
        (usage.non_repudiation(), "nonRepudiation"),
        (usage.key_encipherment(), "keyEncipherment"),
        (usage.data_encipherment(), "dataEncipherment"),
        (usage.key_agreement(), "keyAgreement"),
        (usage.key_cert_sign(), "keyCertSign"),
        (usage.crl_sign(), "cRLSign"),
        (usage.encipher_only(), "encipherOnly"),
        (usage.decipher_only(), "decipherOnly"),
    ];
    bits.iter()
        .filter(|(set, _)| *set)
        .map(|&(_, name)| name.to_owned())
        .collect()
}

fn policies(certificate: &X509Certificate<'_>) -> Vec<String> {
    use x509_parser::extensions::ParsedExtension;
    let found = certificate
        .extensions()
        .iter()
        .find_map(|extension| match extension.parsed_extension() {
            ParsedExtension::CertificatePolicies(policies) => Some(policies),
            _ => None,
        });
    found
        .into_iter()
        .flatten()
        .map(|policy| policy.policy_id.to_id_string())
        .collect()
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
