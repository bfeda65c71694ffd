//! Scheme `device-pin/1`: Argon2id over the PIN, mixed with the device secret, wraps a random key that wraps the private key.
//!
//! ```text
//! KEK  = HKDF-SHA256(Argon2id(PIN, salt, 64 MiB, t=3) ‖ device secret, salt = id, info = "vault/device-pin/kek/1")
//! body = salt, Argon2 costs, AES-256-GCM(KEK, DEK, aad = id‖"dek"), AES-256-GCM(DEK, PKCS#8, aad = id‖"key"),
//!        mark of the device secret, HMAC over all of it under a key from the device secret
//! ```
//! The HMAC tells a damaged row from a wrong PIN without costing a try; it needs the device secret, so it helps
//! nobody who guesses PINs.

use super::device_secret::{DeviceSecret, DeviceSecretStore};
use super::wrapping::{
    Key32, SealedPart, bound_to, decrypt, der_bytes, derive, device_mark, encrypt, octets, random_bytes, row_seal,
    stretched,
};
use super::{KeyVault, SealedKey, UnlockedKey, VaultError};
use crate::key::PrivateKey;
use crate::random::CryptoRng;
use crate::secret::Pin;
use der::asn1::OctetString;
use der::{Decode, Encode, Sequence};
use uuid::Uuid;
use zeroize::Zeroizing;

const SCHEME: &str = "device-pin/1";
/// 64 MiB and three passes: 0.17 s on one core, 46 core-hours for all PINs.
const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;
/// A row from elsewhere may ask for more than ours, not for a machine's whole memory.
const MEMORY_KIB_LIMIT: u32 = 1024 * 1024;
const PASSES_LIMIT: u32 = 16;

/// The vault of scheme `device-pin/1`.
pub struct DevicePinVault {
    secrets: Box<dyn DeviceSecretStore>,
}

impl DevicePinVault {
    /// A vault whose second secrets are kept in `secrets`.
    #[must_use]
    pub fn new(secrets: Box<dyn DeviceSecretStore>) -> Self {
        Self { secrets }
    }

    fn device_secret(&self, id: Uuid) -> Result<DeviceSecret, VaultError> {
        self.secrets.get(id).map_err(VaultError::from)
    }

    /// Everything that needs no PIN: the row is whole and belongs to this device.
    fn checked(&self, sealed: &SealedKey) -> Result<(Body, DeviceSecret), VaultError> {
        let body = Body::read(sealed)?;
        let device = self.device_secret(sealed.id())?;
        let id = sealed.id();
        if *device_mark(id, &device)? != *body.device_mark.as_bytes() {
            return Err(VaultError::DeviceSecretMissing);
        }
        body.check_seal(id, &device)?;
        Ok((body, device))
    }

    fn open_wrapping_key(&self, sealed: &SealedKey, pin: &Pin) -> Result<(Body, DeviceSecret, Key32), VaultError> {
        let (body, device) = self.checked(sealed)?;
        let kek = body.key_encryption_key(sealed.id(), pin, &device)?;
        let nonce = body.nonce_dek()?;
        let dek = decrypt(
            &kek,
            &nonce,
            body.wrapped_dek.as_bytes(),
            &bound_to(sealed.id(), b"dek"),
        );
        let dek = dek.map_err(|_| VaultError::WrongPin)?;
        let dek = dek.as_slice().try_into().map_err(|_| VaultError::Corrupt)?;
        Ok((body, device, Zeroizing::new(dek)))
    }
}

impl KeyVault for DevicePinVault {
    fn scheme(&self) -> &'static str {
        SCHEME
    }

    fn enroll(&self, id: Uuid, key: &PrivateKey, pin: &Pin, rng: &mut dyn CryptoRng) -> Result<SealedKey, VaultError> {
        let device = self.secrets.get_or_create(id, rng).map_err(VaultError::from)?;
        let dek: Key32 = Zeroizing::new(random_bytes(rng));
        let key_part = SealedPart::new(id, key, &dek, rng)?;
        seal_under_pin(id, key_part, &dek, pin, &device, rng)
    }

    fn check(&self, sealed: &SealedKey) -> Result<(), VaultError> {
        self.checked(sealed).map(|_| ())
    }

    fn unlock(&self, sealed: &SealedKey, pin: &Pin) -> Result<UnlockedKey, VaultError> {
        let (body, _, dek) = self.open_wrapping_key(sealed, pin)?;
        body.key.open(sealed.id(), &dek)
    }

    fn change_pin(
        &self,
        sealed: &SealedKey,
        old: &Pin,
        new: &Pin,
        rng: &mut dyn CryptoRng,
    ) -> Result<SealedKey, VaultError> {
        let (body, device, dek) = self.open_wrapping_key(sealed, old)?;
        seal_under_pin(sealed.id(), body.key, &dek, new, &device, rng)
    }

    fn forget(&self, id: Uuid) -> Result<(), VaultError> {
        self.secrets.remove(id).map_err(VaultError::from)
    }
}

/// What the scheme keeps inside a [`SealedKey`].
#[derive(Sequence)]
struct Body {
    salt: OctetString,
    memory_kib: u32,
    passes: u32,
    nonce_dek: OctetString,
    wrapped_dek: OctetString,
    key: SealedPart,
    device_mark: OctetString,
    seal: OctetString,
}

impl Body {
    fn read(sealed: &SealedKey) -> Result<Self, VaultError> {
        if sealed.scheme() != SCHEME {
            return Err(VaultError::UnknownScheme);
        }
        let body = Self::from_der(sealed.body()).map_err(|_| VaultError::Corrupt)?;
        let sane = body.memory_kib <= MEMORY_KIB_LIMIT && body.passes <= PASSES_LIMIT;
        if sane { Ok(body) } else { Err(VaultError::Corrupt) }
    }

    fn nonce_dek(&self) -> Result<[u8; 12], VaultError> {
        self.nonce_dek.as_bytes().try_into().map_err(|_| VaultError::Corrupt)
    }

    fn key_encryption_key(&self, id: Uuid, pin: &Pin, device: &DeviceSecret) -> Result<Key32, VaultError> {
        key_encryption_key(id, pin, self.salt.as_bytes(), (self.memory_kib, self.passes), device)
    }

    /// Everything but the seal itself, in a fixed order; lengths are part of each DER element.
    fn sealed_bytes(&self) -> Result<Vec<u8>, VaultError> {
        der_bytes(&[
            &self.salt,
            &self.memory_kib,
            &self.passes,
            &self.nonce_dek,
            &self.wrapped_dek,
            &self.key,
            &self.device_mark,
        ])
    }

    fn computed_seal(&self, id: Uuid, device: &DeviceSecret) -> Result<[u8; 32], VaultError> {
        row_seal(id, device, b"vault/device-pin/row/1", &self.sealed_bytes()?)
    }

    fn check_seal(&self, id: Uuid, device: &DeviceSecret) -> Result<(), VaultError> {
        let computed = self.computed_seal(id, device)?;
        if self.seal.as_bytes() == computed {
            Ok(())
        } else {
            Err(VaultError::Corrupt)
        }
    }
}

fn seal_under_pin(
    id: Uuid,
    key: SealedPart,
    dek: &Key32,
    pin: &Pin,
    device: &DeviceSecret,
    rng: &mut dyn CryptoRng,
) -> Result<SealedKey, VaultError> {
    let salt: [u8; 16] = random_bytes(rng);
    let nonce: [u8; 12] = random_bytes(rng);
    let kek = key_encryption_key(id, pin, &salt, (MEMORY_KIB, PASSES), device)?;
    let wrapped = encrypt(&kek, &nonce, dek.as_slice(), &bound_to(id, b"dek"))?;
    let mut body = Body {
        salt: octets(&salt)?,
        memory_kib: MEMORY_KIB,
        passes: PASSES,
        nonce_dek: octets(&nonce)?,
        wrapped_dek: octets(&wrapped)?,
        key,
        device_mark: octets(device_mark(id, device)?.as_slice())?,
        seal: octets(&[])?,
    };
    body.seal = octets(&body.computed_seal(id, device)?)?;
    Ok(SealedKey::new(
        id,
        SCHEME,
        body.to_der().map_err(|_| VaultError::CannotSeal)?,
    ))
}

fn key_encryption_key(
    id: Uuid,
    pin: &Pin,
    salt: &[u8],
    (memory_kib, passes): (u32, u32),
    device: &DeviceSecret,
) -> Result<Key32, VaultError> {
    mixed(id, &stretched(pin.digits(), salt, (memory_kib, passes))?, device)
}

/// What the PIN gave, and what only this device has.
pub(super) fn mixed(id: Uuid, stretched: &Key32, device: &DeviceSecret) -> Result<Key32, VaultError> {
    let mut input = Zeroizing::new([0; 64]);
    let (first, second) = input.split_at_mut(32);
    first.copy_from_slice(stretched.as_slice());
    second.copy_from_slice(device.as_bytes());
    derive(input.as_slice(), id, b"vault/device-pin/kek/1")
}
