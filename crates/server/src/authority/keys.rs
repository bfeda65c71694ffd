//! The authority's keys: kept in the database, or elsewhere (a hardware module, an offline medium) behind one trait.

use std::sync::Arc;

use pki::token::TokenError;
use pki::{KeyAlgorithm, SignError, Signer};
use rcgen::{Issuer, KeyPair, PKCS_ECDSA_P256_SHA256, PublicKeyData, SigningKey};
use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel};
use x509_cert::spki::SubjectPublicKeyInfoRef;
use zeroize::{Zeroize, Zeroizing};

use crate::refused::{Answer, Refused};
use crate::start::StartError;
use crate::tables::authority_key;

/// The keys of an authority, each with one purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyName {
    /// Signs the issuer's certificate and the root's revocation list.
    Root,
    /// Signs certificates of people and enterprises, and their revocation list.
    Issuer,
    /// Signs OCSP answers.
    Ocsp,
    /// Signs timestamps.
    Timestamping,
}

impl KeyName {
    pub(super) fn row(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::Issuer => "issuer",
            Self::Ocsp => "ocsp",
            Self::Timestamping => "timestamping",
        }
    }
}

impl std::fmt::Display for KeyName {
    fn fmt(&self, into: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        into.write_str(self.row())
    }
}

/// Why a key of the authority cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    /// The token that holds it.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// It is no P-256 key.
    #[error("it is no P-256 key")]
    Unsupported,
    /// Another key than the one its certificate names.
    #[error("it is not the key its certificate names")]
    NotOfItsCertificate,
    /// The database has kept it since the ceremony, so it is not on the token alone.
    #[error("it is in the database, where the ceremony put it")]
    InDatabase,
}

/// Where keys are that the database does not hold: a hardware module, for example.
pub trait KeyStore: Send + Sync {
    /// What signs with this key (P-256); none when the database keeps it.
    ///
    /// # Errors
    /// [`KeyFault`], also when it should be here and is not.
    fn signer(&self, name: KeyName) -> Result<Option<Arc<dyn Signer>>, KeyFault>;

    /// The same at the key ceremony, which makes a key that is not there yet.
    ///
    /// # Errors
    /// [`KeyFault`].
    fn make(&self, name: KeyName) -> Result<Option<Arc<dyn Signer>>, KeyFault> {
        self.signer(name)
    }

    /// Whether the keys can be used now. May wait for a device.
    ///
    /// # Errors
    /// [`KeyFault`].
    fn check(&self) -> Result<(), KeyFault> {
        Ok(())
    }
}

/// All keys are in the database.
pub struct DatabaseKeys;

impl KeyStore for DatabaseKeys {
    fn signer(&self, _: KeyName) -> Result<Option<Arc<dyn Signer>>, KeyFault> {
        Ok(None)
    }
}

/// A key of the authority, wherever it is.
#[derive(Clone)]
pub(super) struct AuthorityKey {
    signer: Arc<dyn Signer>,
    point: Vec<u8>,
}

impl AuthorityKey {
    fn of(signer: Arc<dyn Signer>) -> Result<Self, KeyFault> {
        let spki = SubjectPublicKeyInfoRef::try_from(signer.spki_der()).map_err(|_| KeyFault::Unsupported)?;
        let point = spki.subject_public_key.raw_bytes().to_vec();
        p256::PublicKey::from_sec1_bytes(&point).map_err(|_| KeyFault::Unsupported)?;
        Ok(Self { signer, point })
    }

    /// Whether the certificate (DER) names this key.
    pub(super) fn is_of(&self, certificate: &[u8]) -> bool {
        super::RequestedKey::from_certificate(certificate).is_some_and(|named| named.bytes() == self.point)
    }

    pub(super) fn signer(&self) -> &dyn Signer {
        self.signer.as_ref()
    }
}

impl PublicKeyData for AuthorityKey {
    fn der_bytes(&self) -> &[u8] {
        &self.point
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        &PKCS_ECDSA_P256_SHA256
    }
}

impl SigningKey for AuthorityKey {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        self.signer.sign(message).map_err(|_| rcgen::Error::RemoteKeyError)
    }
}

/// A key in memory.
struct SoftwareKey {
    pair: KeyPair,
    spki: Vec<u8>,
}

impl Signer for SoftwareKey {
    fn spki_der(&self) -> &[u8] {
        &self.spki
    }

    fn algorithm(&self) -> KeyAlgorithm {
        KeyAlgorithm::EcdsaP256Sha256
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        self.pair.sign(message).map_err(|_| SignError::KeyFailed)
    }
}

/// A key, and its PKCS#8 when it was made here and somebody has to keep it.
pub(super) struct MadeKey {
    pub(super) key: AuthorityKey,
    pub(super) pkcs8: Option<Zeroizing<Vec<u8>>>,
}

/// The key of the store, or a new one.
pub(super) fn make(store: &dyn KeyStore, name: KeyName) -> Result<MadeKey, StartError> {
    let faulty = |fault| StartError::Key { name, fault };
    if let Some(signer) = store.make(name).map_err(faulty)? {
        let key = AuthorityKey::of(signer).map_err(faulty)?;
        return Ok(MadeKey { key, pkcs8: None });
    }
    let pair = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(Refused::from)?;
    let pkcs8 = Zeroizing::new(pair.serialize_der());
    Ok(MadeKey {
        key: software(pair)?,
        pkcs8: Some(pkcs8),
    })
}

fn software(pair: KeyPair) -> Answer<AuthorityKey> {
    let spki = pair.subject_public_key_info();
    AuthorityKey::of(Arc::new(SoftwareKey { pair, spki })).map_err(Refused::internal)
}

/// The key of a PKCS#8 document.
pub(super) fn from_pkcs8(der: &[u8]) -> Answer<AuthorityKey> {
    software(KeyPair::try_from(der)?)
}

/// A certificate of the authority and, where this instance may use it, its key.
pub(super) struct Signatory {
    pub(super) key: Option<AuthorityKey>,
    pub(super) certificate: Vec<u8>,
}

impl Signatory {
    /// # Errors
    /// When the key is kept apart.
    pub(super) fn key(&self) -> Answer<&AuthorityKey> {
        self.key
            .as_ref()
            .ok_or_else(|| Refused::internal("a key of the authority is kept apart"))
    }

    pub(super) fn issuer(&self) -> Answer<Issuer<'static, &AuthorityKey>> {
        let certificate = self.certificate.clone().into();
        Ok(Issuer::from_ca_cert_der(&certificate, self.key()?)?)
    }
}

/// What the database says of this key; a key it does not hold is looked for in the store.
pub(super) async fn load(
    database: &impl ConnectionTrait,
    store: &dyn KeyStore,
    name: KeyName,
) -> Result<Option<Signatory>, StartError> {
    let Some(mut row) = authority_key::Entity::find_by_id(name.row()).one(database).await? else {
        return Ok(None);
    };
    let kept = match row.private_key.as_slice() {
        [] => None,
        pkcs8 => Some(from_pkcs8(pkcs8)?),
    };
    row.private_key.zeroize();
    let key = match kept {
        None => in_store(store, name, &row.certificate),
        // Who names a token does not want the key beside it.
        Some(_) if matches!(store.signer(name), Ok(Some(_))) => Err(KeyFault::InDatabase),
        kept => Ok(kept),
    };
    Ok(Some(Signatory {
        key: key.map_err(|fault| StartError::Key { name, fault })?,
        certificate: row.certificate,
    }))
}

fn in_store(store: &dyn KeyStore, name: KeyName, certificate: &[u8]) -> Result<Option<AuthorityKey>, KeyFault> {
    let Some(signer) = store.signer(name)? else {
        return Ok(None);
    };
    let key = AuthorityKey::of(signer)?;
    key.is_of(certificate)
        .then_some(Some(key))
        .ok_or(KeyFault::NotOfItsCertificate)
}

/// Whether the database has a certificate under this name, wherever its key is.
pub(super) async fn certificate(database: &impl ConnectionTrait, name: KeyName) -> Answer<Option<Vec<u8>>> {
    let row = authority_key::Entity::find_by_id(name.row()).one(database).await?;
    Ok(row.map(|mut row| {
        row.private_key.zeroize();
        row.certificate
    }))
}

/// Writes the certificate down, and the key unless it is kept elsewhere.
pub(super) async fn keep(
    database: &impl ConnectionTrait,
    name: KeyName,
    certificate: &[u8],
    pkcs8: Option<&[u8]>,
) -> Answer<()> {
    let row = authority_key::Model {
        name: name.row().to_owned(),
        private_key: pkcs8.map(<[u8]>::to_vec).unwrap_or_default(),
        certificate: certificate.to_vec(),
    };
    authority_key::Entity::insert(row.into_active_model())
        .exec_without_returning(database)
        .await?;
    Ok(())
}
