//! The certificates on a token.

use super::TokenError;
use crate::certificate::CertificateFacts;
use cryptoki::object::{Attribute, AttributeType, CertificateType, ObjectClass, ObjectHandle};
use cryptoki::session::Session;

/// A token holds a handful; more are not read.
const MOST_CERTIFICATES: usize = 100;

/// An X.509 certificate on a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenCertificate {
    /// What ties it to its key (`CKA_ID`).
    pub id: Vec<u8>,
    /// Its label.
    pub label: String,
    /// The certificate as DER.
    pub der: Vec<u8>,
}

impl TokenCertificate {
    /// Whether people mean it by this name: its label, or its subject's common name.
    pub(super) fn is_called(&self, name: &str) -> bool {
        let subject = CertificateFacts::parse(&self.der).map(|facts| facts.subject.common_name);
        self.label == name || subject.is_ok_and(|subject| subject == name)
    }
}

/// Every X.509 certificate that the session may read.
pub(super) fn read(session: &Session) -> Result<Vec<TokenCertificate>, TokenError> {
    let template = [
        Attribute::Class(ObjectClass::CERTIFICATE),
        Attribute::CertificateType(CertificateType::X_509),
    ];
    let handles = session.find_objects(&template)?;
    let certificates = handles
        .into_iter()
        .take(MOST_CERTIFICATES)
        .map(|handle| one(session, handle));
    certificates.collect()
}

fn one(session: &Session, handle: ObjectHandle) -> Result<TokenCertificate, TokenError> {
    let wanted = [AttributeType::Id, AttributeType::Label, AttributeType::Value];
    let mut certificate = TokenCertificate {
        id: Vec::new(),
        label: String::new(),
        der: Vec::new(),
    };
    for attribute in session.get_attributes(handle, &wanted)? {
        match attribute {
            Attribute::Id(id) => certificate.id = id,
            Attribute::Label(label) => certificate.label = String::from_utf8_lossy(&label).into_owned(),
            Attribute::Value(der) => certificate.der = der,
            _ => {}
        }
    }
    Ok(certificate)
}
