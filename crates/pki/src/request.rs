//! Certificate requests (PKCS#10, RFC 2986) signed by a key that never leaves its holder.

use crate::signer::{KeyAlgorithm, Signer};
use rcgen::{CertificateParams, DistinguishedName, DnType, DnValue, KeyUsagePurpose};

/// OID 2.5.4.97 `organizationIdentifier`: holds the unified social credit code.
pub(crate) const ORGANIZATION_IDENTIFIER: [u64; 4] = [2, 5, 4, 97];

/// Who the certificate shall name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestSubject {
    /// Two letters, such as `CN`.
    pub country: String,
    /// The enterprise's full name.
    pub organization: String,
    /// The enterprise's unified social credit code (OID 2.5.4.97).
    pub organization_identifier: String,
    /// The person's name, or the enterprise's for an enterprise certificate.
    pub common_name: String,
}

/// Why no request could be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// The country is not two printable letters, or a name is empty.
    #[error("the subject cannot be written into a certificate")]
    BadSubject,
    /// The key refused to sign.
    #[error("the key cannot sign the request")]
    KeyFailed,
}

/// Makes a PKCS#10 request as DER.
///
/// # Errors
/// [`RequestError`].
pub fn certificate_request(signer: &dyn Signer, subject: &RequestSubject) -> Result<Vec<u8>, RequestError> {
    let mut params = CertificateParams::default();
    params.distinguished_name = distinguished_name(subject)?;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::ContentCommitment];
    let key = RequestKey::new(signer)?;
    let request = params.serialize_request(&key).map_err(|_| RequestError::KeyFailed)?;
    Ok(request.der().to_vec())
}

fn distinguished_name(subject: &RequestSubject) -> Result<DistinguishedName, RequestError> {
    let names = [
        &subject.organization,
        &subject.organization_identifier,
        &subject.common_name,
    ];
    if subject.country.len() != 2 || names.iter().any(|name| name.is_empty()) {
        return Err(RequestError::BadSubject);
    }
    let country = subject
        .country
        .as_str()
        .try_into()
        .map_err(|_| RequestError::BadSubject)?;
    let mut name = DistinguishedName::new();
    name.push(DnType::CountryName, DnValue::PrintableString(country));
    name.push(DnType::OrganizationName, subject.organization.as_str());
    name.push(
        DnType::from_oid(&ORGANIZATION_IDENTIFIER),
        subject.organization_identifier.as_str(),
    );
    name.push(DnType::CommonName, subject.common_name.as_str());
    Ok(name)
}

/// The bridge between our signers and rcgen.
struct RequestKey<'a> {
    signer: &'a dyn Signer,
    public_key: Vec<u8>,
}

impl<'a> RequestKey<'a> {
    fn new(signer: &'a dyn Signer) -> Result<Self, RequestError> {
        use x509_parser::prelude::FromDer;
        let (_, spki) = x509_parser::x509::SubjectPublicKeyInfo::from_der(signer.spki_der())
            .map_err(|_| RequestError::KeyFailed)?;
        Ok(Self {
            signer,
            public_key: spki.subject_public_key.data.to_vec(),
        })
    }
}

impl rcgen::PublicKeyData for RequestKey<'_> {
    fn der_bytes(&self) -> &[u8] {
        &self.public_key
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        match self.signer.algorithm() {
            KeyAlgorithm::EcdsaP256Sha256 => &rcgen::PKCS_ECDSA_P256_SHA256,
            KeyAlgorithm::RsaPkcs1Sha256 => &rcgen::PKCS_RSA_SHA256,
        }
    }
}

impl rcgen::SigningKey for RequestKey<'_> {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        self.signer.sign(message).map_err(|_| rcgen::Error::RemoteKeyError)
    }
}
