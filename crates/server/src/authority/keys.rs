//! The authority's keys: kept in the database, or elsewhere (a hardware module, an offline medium) behind one trait.

use std::sync::Arc;

use pki::{KeyAlgorithm, SignError, Signer};
use rcgen::{Issuer, KeyPair, PKCS_ECDSA_P256_SHA256, PublicKeyData, SigningKey};
use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel};
use x509_cert::spki::SubjectPublicKeyInfoRef;
use zeroize::{Zeroize, Zeroizing};

use crate::refused::{Answer, Refused};
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

/// Where keys are that the database does not hold: a hardware module, for example.
pub trait KeyStore: Send + Sync {
    /// What signs with this key (P-256); none when the database keeps it.
    fn signer(&self, name: KeyName) -> Option<Arc<dyn Signer>>;
}

/// All keys are in the database.
pub struct DatabaseKeys;

impl KeyStore for DatabaseKeys {
    fn signer(&self, _: KeyName) -> Option<Arc<dyn Signer>> {
        None
    }
}

/// A key of the authority, wherever it is.
#[derive(Clone)]
pub(super) struct AuthorityKey {
    signer: Arc<dyn Signer>,
    point: Vec<u8>,
}

impl AuthorityKey {
    pub(super) fn of(signer: Arc<dyn Signer>) -> Answer<Self> {
        let spki = SubjectPublicKeyInfoRef::try_from(signer.spki_der()).map_err(Refused::internal)?;
        let point = spki.subject_public_key.raw_bytes().to_vec();
        p256::PublicKey::from_sec1_bytes(&point).map_err(Refused::internal)?;
        Ok(Self { signer, point })
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
pub(super) fn make(store: &dyn KeyStore, name: KeyName) -> Answer<MadeKey> {
    if let Some(signer) = store.signer(name) {
        let key = AuthorityKey::of(signer)?;
        return Ok(MadeKey { key, pkcs8: None });
    }
    let pair = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
    let pkcs8 = Zeroizing::new(pair.serialize_der());
    Ok(MadeKey {
        key: software(pair)?,
        pkcs8: Some(pkcs8),
    })
}

fn software(pair: KeyPair) -> Answer<AuthorityKey> {
    let spki = pair.subject_public_key_info();
    AuthorityKey::of(Arc::new(SoftwareKey { pair, spki }))
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
) -> Answer<Option<Signatory>> {
    let Some(mut row) = authority_key::Entity::find_by_id(name.row()).one(database).await? else {
        return Ok(None);
    };
    let key = if row.private_key.is_empty() {
        store.signer(name).map(AuthorityKey::of).transpose()
    } else {
        from_pkcs8(&row.private_key).map(Some)
    };
    row.private_key.zeroize();
    Ok(Some(Signatory {
        key: key?,
        certificate: row.certificate,
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
