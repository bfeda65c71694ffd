//! Where a certificate says that its authority can be asked about it (RFC 5280, 4.2.1.13 and 4.2.2.1), and the question (RFC 6960).
//!
//! Absent: asking. Addresses are handed out as they stand in the certificate; whoever calls decides which are followed.

use crate::certificate::read;
use crate::cms::object_identifier;
use crate::tlv::{element, tag};
use crate::verification::DigestAlgorithm;
use x509_parser::extensions::{DistributionPointName, GeneralName, ParsedExtension};
use x509_parser::prelude::X509Certificate;

const OCSP: &str = "1.3.6.1.5.5.7.48.1";
const CA_ISSUERS: &str = "1.3.6.1.5.5.7.48.2";
const SHA1: &str = "1.3.14.3.2.26";
/// More addresses than a certificate needs.
const MOST_ADDRESSES: usize = 4;

/// The addresses in a certificate, most preferred first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuthorityAddresses {
    /// OCSP responders.
    pub ocsp: Vec<String>,
    /// Certificate revocation lists.
    pub lists: Vec<String>,
    /// The issuer's certificate.
    pub issuers: Vec<String>,
}

impl AuthorityAddresses {
    /// Reads them; empty where the certificate states none or cannot be read.
    #[must_use]
    pub fn of(certificate_der: &[u8]) -> Self {
        let mut found = Self::default();
        if let Some(certificate) = read(certificate_der) {
            certificate
                .extensions()
                .iter()
                .for_each(|extension| found.add(extension.parsed_extension()));
        }
        found
    }

    fn add(&mut self, extension: &ParsedExtension<'_>) {
        match extension {
            ParsedExtension::AuthorityInfoAccess(access) => {
                for description in &access.accessdescs {
                    match description.access_method.to_id_string().as_str() {
                        OCSP => push(&mut self.ocsp, &description.access_location),
                        CA_ISSUERS => push(&mut self.issuers, &description.access_location),
                        _ => {}
                    }
                }
            }
            ParsedExtension::CRLDistributionPoints(points) => {
                let names = points.iter().filter_map(|point| match &point.distribution_point {
                    Some(DistributionPointName::FullName(names)) => Some(names),
                    _ => None,
                });
                names.flatten().for_each(|name| push(&mut self.lists, name));
            }
            _ => {}
        }
    }
}

/// Only HTTP is spoken (LDAP addresses are common beside it).
fn push(addresses: &mut Vec<String>, name: &GeneralName<'_>) {
    if let GeneralName::URI(address) = name
        && (address.starts_with("http://") || address.starts_with("https://"))
        && addresses.len() < MOST_ADDRESSES
    {
        addresses.push((*address).to_owned());
    }
}

/// Whether the certificate names itself as its issuer: no path goes further.
#[must_use]
pub fn is_self_issued(certificate_der: &[u8]) -> bool {
    read(certificate_der).is_some_and(|certificate| certificate.issuer().as_raw() == certificate.subject().as_raw())
}

/// Whether the issuer's name and key fit the certificate.
#[must_use]
pub fn is_issued_by(certificate_der: &[u8], issuer_der: &[u8]) -> bool {
    let (Some(certificate), Some(issuer)) = (read(certificate_der), read(issuer_der)) else {
        return false;
    };
    certificate.issuer().as_raw() == issuer.subject().as_raw()
        && certificate.verify_signature(Some(issuer.public_key())).is_ok()
}

/// Whether an OCSP responder's certificate says that its own revocation is not asked for (RFC 6960, 4.2.2.2.1).
#[must_use]
pub fn is_unchecked_responder(certificate_der: &[u8]) -> bool {
    const NO_CHECK: &str = "1.3.6.1.5.5.7.48.1.5";
    read(certificate_der).is_some_and(|certificate| {
        let mut extensions = certificate.extensions().iter();
        extensions.any(|extension| extension.oid.to_id_string() == NO_CHECK)
    })
}

/// An `OCSPRequest` about one certificate, in the form every responder knows: SHA-1 in the identifier, no nonce.
///
/// Without a nonce responders may answer from a store; the dates in the answer say how old it is.
/// None when one of the certificates cannot be read.
#[must_use]
pub fn ocsp_request(certificate_der: &[u8], issuer_der: &[u8]) -> Option<Vec<u8>> {
    let (certificate, issuer) = (read(certificate_der)?, read(issuer_der)?);
    let identifier = certificate_identifier(&certificate, &issuer)?;
    let request = element(tag::SEQUENCE, &[&identifier]);
    let list = element(tag::SEQUENCE, &[&request]);
    let body = element(tag::SEQUENCE, &[&list]);
    Some(element(tag::SEQUENCE, &[&body]))
}

fn certificate_identifier(certificate: &X509Certificate<'_>, issuer: &X509Certificate<'_>) -> Option<Vec<u8>> {
    let algorithm = element(
        tag::SEQUENCE,
        &[&object_identifier(SHA1).ok()?, &element(tag::NULL, &[])],
    );
    let hashed = |bytes: &[u8]| element(tag::OCTET_STRING, &[&DigestAlgorithm::Sha1.digest(&[bytes])]);
    Some(element(
        tag::SEQUENCE,
        &[
            &algorithm,
            &hashed(issuer.subject().as_raw()),
            &hashed(&issuer.public_key().subject_public_key.data),
            &element(tag::INTEGER, &[certificate.raw_serial()]),
        ],
    ))
}
