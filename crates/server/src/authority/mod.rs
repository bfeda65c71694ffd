//! The certificate authority: a root, an issuer under it, a delegated OCSP responder and a timestamp service, all P-256.
//!
//! Absent on purpose: the decision who gets a certificate (routes), and taking anything but the key from a request.

pub(crate) mod ceremony;
mod keys;
mod lists;
mod ocsp;
mod profile;
mod timestamps;
mod token;

use platform::wire::{CertificateSubject, RevocationReason};
use rcgen::{
    CertificateRevocationListParams, CertificateSigningRequestParams, KeyIdMethod, PKCS_ECDSA_P256_SHA256,
    PublicKeyData, RevokedCertParams, SerialNumber,
};
use sea_orm::DatabaseConnection;
use time::{Duration, OffsetDateTime};

pub use ceremony::MadeAuthority;
pub use keys::{DatabaseKeys, KeyFault, KeyName, KeyStore};
pub(crate) use lists::{Extent, LastList};
pub(crate) use ocsp::RevokedEntry;
pub(crate) use profile::Addresses;
pub use token::{TokenKeys, TokenName, TokenSettings};

use keys::{Signatory, load};

use crate::refused::{Answer, Refused};
use crate::start::StartError;
use crate::text::{hex, random};

/// The authority, with its keys in memory.
pub(crate) struct Authority {
    root: Signatory,
    issuer: Signatory,
    responder: Signatory,
    timestamping: Signatory,
    addresses: Addresses,
    /// The issuer's revocation list as it was signed last.
    pub(crate) last_list: LastList,
}

/// A serial number, chosen and written down before anything is signed.
pub(crate) struct Serial {
    pub(crate) bytes: [u8; 16],
    /// Lower-case hexadecimal.
    pub(crate) hex: String,
}

impl Serial {
    /// 128 random bits, the first two fixed so that it is positive and of full length.
    pub(crate) fn random() -> Answer<Self> {
        let mut bytes = random::<16>()?;
        if let Some(first) = bytes.first_mut() {
            *first = (*first & 0x3f) | 0x40;
        }
        Ok(Self {
            bytes,
            hex: hex(&bytes),
        })
    }

    fn number(&self) -> SerialNumber {
        SerialNumber::from_slice(&self.bytes)
    }
}

/// A public key whose holder proved it: by a request's own signature, or by a certificate we issued before.
pub(crate) struct RequestedKey {
    point: Vec<u8>,
}

impl PublicKeyData for RequestedKey {
    fn der_bytes(&self) -> &[u8] {
        &self.point
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        &PKCS_ECDSA_P256_SHA256
    }
}

impl RequestedKey {
    /// Reads a PKCS#10 request; refuses damaged ones, a wrong self-signature, and keys that are not P-256 points.
    pub(crate) fn from_request(der: &[u8]) -> Option<Self> {
        let request = CertificateSigningRequestParams::from_der(&der.to_vec().into()).ok()?;
        let is_p256 = *request.public_key.algorithm() == PKCS_ECDSA_P256_SHA256
            && p256::PublicKey::from_sec1_bytes(request.public_key.der_bytes()).is_ok();
        is_p256.then(|| Self {
            point: request.public_key.der_bytes().to_vec(),
        })
    }

    /// The key of a certificate this authority issued.
    pub(crate) fn from_certificate(der: &[u8]) -> Option<Self> {
        let (_, certificate) = x509_parser::parse_x509_certificate(der).ok()?;
        let point = certificate.public_key().subject_public_key.data.to_vec();
        p256::PublicKey::from_sec1_bytes(&point).ok().map(|_| Self { point })
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.point
    }
}

impl Authority {
    /// Loads the authority.
    ///
    /// # Errors
    /// When there is none, or one of its keys but the root's is neither in the database nor in the store.
    pub(crate) async fn open(
        database: &DatabaseConnection,
        store: &dyn KeyStore,
        addresses: Addresses,
    ) -> Result<Self, StartError> {
        let loaded = async |name| load(database, store, name).await?.ok_or(StartError::NoAuthority);
        let authority = Self {
            root: loaded(KeyName::Root).await?,
            issuer: loaded(KeyName::Issuer).await?,
            responder: loaded(KeyName::Ocsp).await?,
            timestamping: loaded(KeyName::Timestamping).await?,
            addresses,
            last_list: LastList::default(),
        };
        for used in [&authority.issuer, &authority.responder, &authority.timestamping] {
            used.key().map_err(|_| StartError::NoAuthority)?;
        }
        Ok(authority)
    }

    /// Root certificate, DER.
    pub(crate) fn root_certificate(&self) -> &[u8] {
        &self.root.certificate
    }

    /// Issuer's certificate, DER.
    pub(crate) fn issuer_certificate(&self) -> &[u8] {
        &self.issuer.certificate
    }

    /// Signs a certificate for the key, DER; every other field comes from the arguments.
    pub(crate) fn issue(
        &self,
        key: &RequestedKey,
        serial: &Serial,
        subject: &CertificateSubject,
        (from, to): (OffsetDateTime, OffsetDateTime),
    ) -> Answer<Vec<u8>> {
        let params = profile::end_entity(subject, serial.number(), &self.addresses, from, to)?;
        Ok(params.signed_by(key, &self.issuer.issuer()?)?.der().to_vec())
    }

    /// The root's revocation list, DER; the issuer was never revoked. None when the root's key is kept apart.
    pub(crate) fn root_crl(&self, now: OffsetDateTime) -> Answer<Option<Vec<u8>>> {
        if self.root.key.is_none() {
            return Ok(None);
        }
        crl(&self.root, Vec::new(), now, LIST_LIFE).map(Some)
    }

    /// The issuer's revocation list, DER.
    pub(crate) fn issuer_crl(&self, revoked: &[RevokedEntry], now: OffsetDateTime) -> Answer<Vec<u8>> {
        let entries = revoked
            .iter()
            .map(|entry| RevokedCertParams {
                serial_number: SerialNumber::from_slice(&entry.serial),
                revocation_time: entry.at,
                reason_code: Some(reason_code(entry.reason)),
                invalidity_date: None,
            })
            .collect();
        crl(&self.issuer, entries, now, LIST_LIFE)
    }

    /// Answers an OCSP request (RFC 6960); `known` tells what is known of a serial number.
    pub(crate) fn ocsp_answer(
        &self,
        request: &ocsp::OcspRequest,
        mut known: Vec<KnownSerial>,
        now: OffsetDateTime,
    ) -> Answer<Vec<u8>> {
        known.push(self.own_serial()?);
        ocsp::answer(
            request,
            self.responder.key()?,
            &self.responder.certificate,
            &self.issuer.certificate,
            &known,
            now,
        )
        .map_err(Refused::internal)
    }
}

impl Authority {
    /// The timestamp service's certificate: signed here like any other, and never revoked.
    fn own_serial(&self) -> Answer<KnownSerial> {
        let facts =
            pki::certificate::CertificateFacts::parse(&self.timestamping.certificate).map_err(Refused::internal)?;
        Ok(KnownSerial {
            serial: facts.serial_hex,
            revoked: None,
        })
    }
}

pub(crate) use ocsp::{KnownSerial, malformed as malformed_ocsp, parse as parse_ocsp};

/// How long a revocation list is good for when its key is at hand.
const LIST_LIFE: Duration = Duration::days(1);

/// The number grows with the clock (RFC 5280 5.2.3).
fn crl(by: &Signatory, revoked: Vec<RevokedCertParams>, now: OffsetDateTime, life: Duration) -> Answer<Vec<u8>> {
    let number = u64::try_from(now.unix_timestamp_nanos() / 1_000_000).unwrap_or(1);
    let params = CertificateRevocationListParams {
        this_update: now,
        next_update: now + life,
        crl_number: SerialNumber::from(number),
        issuing_distribution_point: None,
        revoked_certs: revoked,
        key_identifier_method: KeyIdMethod::Sha256,
    };
    Ok(params.signed_by(&by.issuer()?)?.der().to_vec())
}

fn reason_code(reason: RevocationReason) -> rcgen::RevocationReason {
    match reason {
        RevocationReason::KeyCompromise => rcgen::RevocationReason::KeyCompromise,
        RevocationReason::AffiliationChanged => rcgen::RevocationReason::AffiliationChanged,
        RevocationReason::Superseded => rcgen::RevocationReason::Superseded,
        RevocationReason::CessationOfOperation => rcgen::RevocationReason::CessationOfOperation,
        RevocationReason::Unknown => rcgen::RevocationReason::Unspecified,
    }
}
