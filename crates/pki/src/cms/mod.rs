//! CMS `SignedData` (RFC 5652) as CAdES-B has it: built around a signature made elsewhere, and read from anybody.

mod attributes;
mod build;
mod parse;

pub use build::{CmsBuildError, SignedAttributes, SignedContainer};
pub(crate) use build::{object_identifier, signature_algorithm};
pub use parse::{CertificateBinding, CmsFindings, CmsReadError, ParsedSignature};

/// Object identifiers used in the structure.
pub(crate) mod oid {
    pub(crate) const DATA: &str = "1.2.840.113549.1.7.1";
    pub(crate) const SIGNED_DATA: &str = "1.2.840.113549.1.7.2";
    pub(crate) const CONTENT_TYPE: &str = "1.2.840.113549.1.9.3";
    pub(crate) const MESSAGE_DIGEST: &str = "1.2.840.113549.1.9.4";
    pub(crate) const SIGNING_TIME: &str = "1.2.840.113549.1.9.5";
    pub(crate) const REVOCATION_ARCHIVE: &str = "1.2.840.113583.1.1.8";
    pub(crate) const SIGNATURE_TIMESTAMP: &str = "1.2.840.113549.1.9.16.2.14";
    pub(crate) const SHA256: &str = "2.16.840.1.101.3.4.2.1";
    pub(crate) const ECDSA_WITH_SHA256: &str = "1.2.840.10045.4.3.2";
    pub(crate) const RSA_WITH_SHA256: &str = "1.2.840.113549.1.1.11";
}
