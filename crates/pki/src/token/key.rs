//! A private key on a token: found by its certificate, used through the token, its signatures checked before they are handed out.

use super::{TokenCertificate, TokenError};
use crate::certificate::CertificateFacts;
use crate::cms::signature_algorithm;
use crate::signer::{KeyAlgorithm, SignError, Signer};
use crate::tlv::{element, tag, unsigned};
use crate::verification::{DigestAlgorithm, SignatureCheck, check_signature};
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::object::{Attribute, ObjectClass, ObjectHandle};
use cryptoki::session::Session;
use std::sync::Mutex;

/// `DigestInfo` of SHA-256 up to the digest (RFC 8017, 9.2, note 1).
const SHA256_DIGEST_INFO: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20,
];

/// The one certificate that is wanted and has its private key on the token; the session must be logged in.
pub(super) fn choose<'a>(
    session: &Session,
    certificates: &'a [TokenCertificate],
    is_wanted: impl Fn(&TokenCertificate) -> bool,
) -> Result<(&'a TokenCertificate, ObjectHandle), TokenError> {
    let mut found = Vec::new();
    for certificate in certificates {
        if is_wanted(certificate)
            && let Some(key) = private_key(session, &certificate.id)?
        {
            found.push((certificate, key));
        }
    }
    match found.as_slice() {
        [only] => Ok(*only),
        _ => Err(TokenError::NoSuchCertificate),
    }
}

fn private_key(session: &Session, id: &[u8]) -> Result<Option<ObjectHandle>, TokenError> {
    let template = [
        Attribute::Class(ObjectClass::PRIVATE_KEY),
        Attribute::Id(id.to_vec()),
        Attribute::Sign(true),
    ];
    Ok(session.find_objects(&template)?.first().copied())
}

/// How the token is asked to sign.
#[derive(Clone, Copy)]
pub(super) enum Way {
    /// `CKM_ECDSA` over the digest.
    Ecdsa,
    /// `CKM_SHA256_RSA_PKCS` over the message.
    RsaWithDigest,
    /// `CKM_RSA_PKCS` over a `DigestInfo`.
    RsaPlain,
}

/// A key on a token. Closing it logs out.
pub(super) struct TokenKey {
    session: Mutex<Session>,
    handle: ObjectHandle,
    spki: Vec<u8>,
    way: Way,
}

impl TokenKey {
    pub(super) fn new(
        session: Session,
        handle: ObjectHandle,
        certificate: &[u8],
        mechanisms: &[MechanismType],
    ) -> Result<Self, TokenError> {
        let facts = CertificateFacts::parse(certificate).map_err(|_| TokenError::NoSuchCertificate)?;
        Ok(Self {
            session: Mutex::new(session),
            handle,
            way: way(&facts.key_algorithm, mechanisms).ok_or(TokenError::UnsupportedKey)?,
            spki: facts.spki_der,
        })
    }
}

impl Way {
    /// What the token makes of the message; an ECDSA signature as `r ‖ s`.
    fn raw_signature(self, session: &Session, key: ObjectHandle, message: &[u8]) -> Result<Vec<u8>, TokenError> {
        let digest = DigestAlgorithm::Sha256.digest(&[message]);
        let prefixed = [&SHA256_DIGEST_INFO[..], &digest].concat();
        let (mechanism, data) = match self {
            Self::Ecdsa => (Mechanism::Ecdsa, digest.as_slice()),
            Self::RsaWithDigest => (Mechanism::Sha256RsaPkcs, message),
            Self::RsaPlain => (Mechanism::RsaPkcs, prefixed.as_slice()),
        };
        Ok(session.sign(&mechanism, key, data)?)
    }

    fn algorithm(self) -> KeyAlgorithm {
        match self {
            Self::Ecdsa => KeyAlgorithm::EcdsaP256Sha256,
            Self::RsaWithDigest | Self::RsaPlain => KeyAlgorithm::RsaPkcs1Sha256,
        }
    }

    /// A signature as [`Signer::sign`] gives it, good by this public key. Keys are found by names that anybody can set:
    /// the public key has the last word.
    pub(super) fn signature(
        self,
        session: &Session,
        key: ObjectHandle,
        spki: &[u8],
        message: &[u8],
    ) -> Result<Vec<u8>, TokenError> {
        let raw = self.raw_signature(session, key, message)?;
        let signature = match self {
            Self::Ecdsa => ecdsa_der(&raw).ok_or(TokenError::WrongSignature)?,
            Self::RsaWithDigest | Self::RsaPlain => raw,
        };
        let algorithm = signature_algorithm(self.algorithm()).map_err(|_| TokenError::WrongSignature)?;
        match check_signature(spki, &algorithm, DigestAlgorithm::Sha256, message, &signature) {
            SignatureCheck::Valid => Ok(signature),
            SignatureCheck::Invalid | SignatureCheck::Unsupported => Err(TokenError::WrongSignature),
        }
    }
}

/// The kinds of keys this program signs with on tokens.
enum Kind {
    P256,
    Rsa,
}

/// The kind of key by [`CertificateFacts::key_algorithm`].
fn kind(key_algorithm: &str) -> Option<Kind> {
    match key_algorithm.split_once(' ')? {
        ("EC", "P-256") => Some(Kind::P256),
        ("RSA", bits) => bits.parse().is_ok_and(|bits: u32| bits >= 2048).then_some(Kind::Rsa),
        _ => None,
    }
}

/// Whether a key of this kind (`EC P-256`, `RSA 2048` as in [`CertificateFacts::key_algorithm`]) can be used at all.
#[must_use]
pub fn can_sign_with(key_algorithm: &str) -> bool {
    kind(key_algorithm).is_some()
}

/// A mechanism of the token that fits the certificate's key.
fn way(key_algorithm: &str, mechanisms: &[MechanismType]) -> Option<Way> {
    let has = |mechanism| mechanisms.contains(&mechanism);
    match kind(key_algorithm)? {
        Kind::P256 => has(MechanismType::ECDSA).then_some(Way::Ecdsa),
        Kind::Rsa if has(MechanismType::SHA256_RSA_PKCS) => Some(Way::RsaWithDigest),
        Kind::Rsa => has(MechanismType::RSA_PKCS).then_some(Way::RsaPlain),
    }
}

impl Signer for TokenKey {
    fn spki_der(&self) -> &[u8] {
        &self.spki
    }

    fn algorithm(&self) -> KeyAlgorithm {
        self.way.algorithm()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let session = self.session.lock().map_err(|_| SignError::KeyFailed)?;
        let signature = self.way.signature(&session, self.handle, &self.spki, message);
        signature.map_err(|_| SignError::KeyFailed)
    }
}

/// `r ‖ s` as tokens give it (PKCS#11, 6.3.1) as `ECDSA-Sig-Value`.
fn ecdsa_der(raw: &[u8]) -> Option<Vec<u8>> {
    let half = raw.len() / 2;
    let (r, s) = raw.split_at_checked(half)?;
    (raw.len() == 64).then(|| element(tag::SEQUENCE, &[&unsigned(r), &unsigned(s)]))
}
