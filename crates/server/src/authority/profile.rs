//! What the authority's certificates say (RFC 5280 profiles of root, issuer, responder, end entity).

use der::Encode;
use der::asn1::Ia5String;
use der::oid::ObjectIdentifier;
use platform::wire::CertificateSubject;
use rcgen::{
    BasicConstraints, CertificateParams, CrlDistributionPoint, CustomExtension, DistinguishedName, DnType, DnValue,
    IsCa, KeyUsagePurpose, SerialNumber,
};
use time::{Duration, OffsetDateTime};
use x509_cert::ext::pkix::certpolicy::{CertificatePolicies, PolicyInformation};
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{AccessDescription, AuthorityInfoAccessSyntax};

use super::Serial;
use crate::refused::{Answer, Refused};

const OCSP: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1");
const CA_ISSUERS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.2");
const OCSP_SIGNING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.9");
const TIME_STAMPING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.8");
/// Policy of the demonstration authority, under the enterprise number that stands for nobody (RFC 5612).
const POLICY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.32473.1.1");
const ORGANIZATION_IDENTIFIER: &[u64] = &[2, 5, 4, 97];
const AUTHORITY_NAME: &str = "干将签章演示平台";

/// Addresses written into certificates.
pub(crate) struct Addresses {
    base_url: String,
}

impl Addresses {
    pub(crate) fn new(base_url: &str) -> Self {
        Self {
            base_url: base_url.to_owned(),
        }
    }

    fn of(&self, file: &str) -> String {
        format!("{}/pki/{file}", self.base_url)
    }
}

pub(super) fn root(now: OffsetDateTime) -> Answer<CertificateParams> {
    let mut params = authority_params("干将演示根CA", now, 20)?;
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(1));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    Ok(params)
}

pub(super) fn issuer(addresses: &Addresses, now: OffsetDateTime) -> Answer<CertificateParams> {
    let mut params = authority_params("干将演示签发CA", now, 15)?;
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.use_authority_key_identifier_extension = true;
    params.crl_distribution_points = distribution_point(addresses.of("root.crl"));
    params.custom_extensions = vec![access(&[(CA_ISSUERS, addresses.of("root.cer"))])?, policies()?];
    Ok(params)
}

/// RFC 6960 4.2.2.2: delegated by the issuer, its own revocation is not asked for.
pub(super) fn responder(now: OffsetDateTime) -> Answer<CertificateParams> {
    let mut params = service_params("干将演示OCSP", OCSP_SIGNING, now)?;
    let no_check = CustomExtension::from_oid_content(&[1, 3, 6, 1, 5, 5, 7, 48, 1, 5], vec![5, 0]);
    params.custom_extensions.push(no_check);
    Ok(params)
}

/// RFC 3161 2.3: time stamping only. Its revocation is asked for like that of a person's certificate.
pub(super) fn timestamping(addresses: &Addresses, now: OffsetDateTime) -> Answer<CertificateParams> {
    let mut params = service_params("干将演示时间戳", TIME_STAMPING, now)?;
    params.crl_distribution_points = distribution_point(addresses.of("issuer.crl"));
    params.custom_extensions.push(end_entity_access(addresses)?);
    params.custom_extensions.push(policies()?);
    Ok(params)
}

/// A certificate of the authority's own for one purpose: `extendedKeyUsage` with it alone, critical; rcgen writes it
/// uncritical by itself.
fn service_params(name: &str, purpose: ObjectIdentifier, now: OffsetDateTime) -> Answer<CertificateParams> {
    let mut params = authority_params(name, now, 15)?;
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.use_authority_key_identifier_extension = true;
    let mut usage = extension(&[2, 5, 29, 37], &vec![purpose])?;
    usage.set_criticality(true);
    params.custom_extensions = vec![usage];
    Ok(params)
}

/// A person's or enterprise's certificate.
pub(super) fn end_entity(
    subject: &CertificateSubject,
    serial: SerialNumber,
    addresses: &Addresses,
    from: OffsetDateTime,
    to: OffsetDateTime,
) -> Answer<CertificateParams> {
    let mut params = CertificateParams::default();
    params.distinguished_name = subject_name(subject)?;
    params.serial_number = Some(serial);
    params.not_before = from;
    params.not_after = to;
    params.is_ca = IsCa::ExplicitNoCa;
    // Critical; content commitment is X.509's newer word for nonRepudiation.
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::ContentCommitment];
    params.use_authority_key_identifier_extension = true;
    params.crl_distribution_points = distribution_point(addresses.of("issuer.crl"));
    params.custom_extensions = vec![end_entity_access(addresses)?, policies()?];
    Ok(params)
}

/// Where the issuer's answers and certificate are.
fn end_entity_access(addresses: &Addresses) -> Answer<CustomExtension> {
    access(&[(OCSP, addresses.of("ocsp")), (CA_ISSUERS, addresses.of("issuer.cer"))])
}

fn subject_name(subject: &CertificateSubject) -> Answer<DistinguishedName> {
    let mut name = DistinguishedName::new();
    name.push(DnType::CountryName, country(&subject.country)?);
    name.push(DnType::OrganizationName, subject.organization.as_str());
    name.push(
        DnType::from_oid(ORGANIZATION_IDENTIFIER),
        subject.organization_identifier.as_str(),
    );
    name.push(DnType::CommonName, subject.common_name.as_str());
    Ok(name)
}

fn country(code: &str) -> Answer<DnValue> {
    Ok(DnValue::PrintableString(code.try_into()?))
}

fn authority_params(name: &str, now: OffsetDateTime, years: i64) -> Answer<CertificateParams> {
    let mut params = CertificateParams::default();
    let mut subject = DistinguishedName::new();
    subject.push(DnType::CountryName, country("CN")?);
    subject.push(DnType::OrganizationName, AUTHORITY_NAME);
    subject.push(DnType::CommonName, name);
    params.distinguished_name = subject;
    params.serial_number = Some(Serial::random()?.number());
    params.not_before = now - Duration::hours(1);
    params.not_after = now + Duration::days(365 * years);
    Ok(params)
}

fn distribution_point(address: String) -> Vec<CrlDistributionPoint> {
    vec![CrlDistributionPoint { uris: vec![address] }]
}

fn access(entries: &[(ObjectIdentifier, String)]) -> Answer<CustomExtension> {
    let entries = entries
        .iter()
        .map(|(method, address)| {
            Ok(AccessDescription {
                access_method: *method,
                access_location: GeneralName::UniformResourceIdentifier(
                    Ia5String::new(address.as_str()).map_err(Refused::internal)?,
                ),
            })
        })
        .collect::<Answer<Vec<_>>>()?;
    extension(&[1, 3, 6, 1, 5, 5, 7, 1, 1], &AuthorityInfoAccessSyntax(entries))
}

fn policies() -> Answer<CustomExtension> {
    let policies = CertificatePolicies(vec![PolicyInformation {
        policy_identifier: POLICY,
        policy_qualifiers: None,
    }]);
    extension(&[2, 5, 29, 32], &policies)
}

fn extension(oid: &[u64], value: &impl Encode) -> Answer<CustomExtension> {
    let content = value.to_der().map_err(Refused::internal)?;
    Ok(CustomExtension::from_oid_content(oid, content))
}
