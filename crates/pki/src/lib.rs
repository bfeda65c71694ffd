//! Keys, PIN vault, requests, certificates, chains and CMS primitives: no clock, no network, no async; only `vault` touches files, only `token` loads a driver.
#![forbid(unsafe_code)]

pub mod authority_access;
pub mod budget;
pub mod certificate;
pub mod cms;
pub mod crl;
pub mod key;
pub mod ocsp;
pub mod path;
pub mod pin_rules;
pub mod pkcs12;
pub mod random;
pub mod request;
pub mod revocation;
pub mod secret;
pub mod signer;
pub mod timestamping;
pub mod token;
pub mod tsp;
pub mod vault;
pub mod verification;

mod asn1_time;
mod ber;
mod certificate_rows;
mod ess;
mod tlv;

pub use secret::{Password, Pin, PinError};
pub use signer::{KeyAlgorithm, SignError, Signer, SigningIdentity};
