//! What every scheme of sealing shares: derivation, AES-256-GCM bound to its key, and the HMAC that tells damage.

use super::device_secret::{DeviceSecret, DeviceSecretError};
use super::{UnlockedKey, VaultError};
use crate::key::PrivateKey;
use crate::random::CryptoRng;
use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes256Gcm, KeyInit};
use der::asn1::OctetString;
use der::{Encode, Sequence};
use hkdf::Hkdf;
use sha2::Sha256;
use uuid::Uuid;
use zeroize::Zeroizing;

pub(super) type Key32 = Zeroizing<[u8; 32]>;

/// The private key under the data encryption key; untouched by a change of PIN.
#[derive(Clone, Sequence)]
pub(super) struct SealedPart {
    nonce: OctetString,
    sealed: OctetString,
}

impl SealedPart {
    pub(super) fn new(id: Uuid, key: &PrivateKey, dek: &Key32, rng: &mut dyn CryptoRng) -> Result<Self, VaultError> {
        let pkcs8 = key.to_pkcs8_der().map_err(|_| VaultError::CannotSeal)?;
        let nonce: [u8; 12] = random_bytes(rng);
        let sealed = encrypt(dek, &nonce, pkcs8.as_bytes(), &bound_to(id, b"key"))?;
        Ok(Self {
            nonce: octets(&nonce)?,
            sealed: octets(&sealed)?,
        })
    }

    pub(super) fn open(&self, id: Uuid, dek: &Key32) -> Result<UnlockedKey, VaultError> {
        let nonce = self.nonce.as_bytes().try_into().map_err(|_| VaultError::Corrupt)?;
        let pkcs8 = decrypt(dek, &nonce, self.sealed.as_bytes(), &bound_to(id, b"key"))?;
        let key = PrivateKey::from_pkcs8_der(&pkcs8).map_err(|_| VaultError::Corrupt)?;
        Ok(UnlockedKey::new(key))
    }
}

/// One element as DER.
pub(super) trait DerPart {
    fn bytes(&self) -> Result<Vec<u8>, VaultError>;
}

impl<T: Encode> DerPart for T {
    fn bytes(&self) -> Result<Vec<u8>, VaultError> {
        self.to_der().map_err(|_| VaultError::CannotSeal)
    }
}

/// The elements one after another; lengths are part of each.
pub(super) fn der_bytes(parts: &[&dyn DerPart]) -> Result<Vec<u8>, VaultError> {
    let mut bytes = Vec::new();
    for part in parts {
        bytes.extend(part.bytes()?);
    }
    Ok(bytes)
}

/// HMAC-SHA256 as HKDF-Extract: extract(salt = key, ikm = message) is exactly HMAC (RFC 5869, 2.2).
pub(super) fn row_seal(id: Uuid, device: &DeviceSecret, info: &[u8], message: &[u8]) -> Result<[u8; 32], VaultError> {
    let key = derive(device.as_bytes(), id, info)?;
    let (tag, _) = Hkdf::<Sha256>::extract(Some(key.as_slice()), message);
    Ok(tag.into())
}

/// Argon2id with one lane.
pub(super) fn stretched(secret: &[u8], salt: &[u8], (memory_kib, passes): (u32, u32)) -> Result<Key32, VaultError> {
    let corrupt = |_| VaultError::Corrupt;
    let params = argon2::Params::new(memory_kib, passes, 1, Some(32)).map_err(corrupt)?;
    let argon2 = argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params);
    let mut key = Zeroizing::new([0; 32]);
    argon2
        .hash_password_into(secret, salt, key.as_mut_slice())
        .map_err(corrupt)?;
    Ok(key)
}

/// Tells this device's secret from another's without revealing it.
pub(super) fn device_mark(id: Uuid, device: &DeviceSecret) -> Result<Key32, VaultError> {
    derive(device.as_bytes(), id, b"vault/device-pin/mark/1")
}

pub(super) fn derive(input: &[u8], id: Uuid, info: &[u8]) -> Result<Key32, VaultError> {
    let mut key = Zeroizing::new([0; 32]);
    let hkdf = Hkdf::<Sha256>::new(Some(id.as_bytes()), input);
    hkdf.expand(info, key.as_mut_slice())
        .map_err(|_| VaultError::CannotSeal)?;
    Ok(key)
}

pub(super) fn bound_to(id: Uuid, what: &[u8]) -> Vec<u8> {
    [id.as_bytes().as_slice(), what].concat()
}

pub(super) fn encrypt(key: &Key32, nonce: &[u8; 12], plain: &[u8], aad: &[u8]) -> Result<Vec<u8>, VaultError> {
    let cipher = Aes256Gcm::new((&**key).into());
    cipher
        .encrypt(nonce.into(), Payload { msg: plain, aad })
        .map_err(|_| VaultError::CannotSeal)
}

pub(super) fn decrypt(
    key: &Key32,
    nonce: &[u8; 12],
    sealed: &[u8],
    aad: &[u8],
) -> Result<Zeroizing<Vec<u8>>, VaultError> {
    let cipher = Aes256Gcm::new((&**key).into());
    let plain = cipher
        .decrypt(nonce.into(), Payload { msg: sealed, aad })
        .map_err(|_| VaultError::Corrupt)?;
    Ok(Zeroizing::new(plain))
}

pub(super) fn octets(bytes: &[u8]) -> Result<OctetString, VaultError> {
    OctetString::new(bytes).map_err(|_| VaultError::CannotSeal)
}

pub(super) fn random_bytes<const N: usize>(rng: &mut dyn CryptoRng) -> [u8; N] {
    let mut bytes = [0; N];
    rng.fill_bytes(&mut bytes);
    bytes
}

impl From<DeviceSecretError> for VaultError {
    fn from(error: DeviceSecretError) -> Self {
        match error {
            DeviceSecretError::Missing => Self::DeviceSecretMissing,
            DeviceSecretError::Unavailable => Self::DeviceSecretUnavailable,
        }
    }
}
