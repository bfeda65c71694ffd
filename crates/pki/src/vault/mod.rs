//! Where private keys rest: sealed under a 6-digit PIN and a second secret that a stolen database does not hold.
//!
//! [`ServerPinVault`] is the usual form: no PIN can be tried without the platform, which counts. [`DevicePinVault`] seals
//! by this device alone, for keys of older versions and for moments without a network.

mod counted;
mod device_key;
mod device_pin;
mod device_secret;
mod lease;
mod opaque;
mod os_key_store;
mod sealed;
mod server_pin;
mod wrapping;

pub use counted::{Locked, TriesLeft, TryCounter, UnlockError, change_pin_counted, unlock_counted};
pub use device_key::{DeviceKey, SessionStep};
pub use device_pin::DevicePinVault;
pub use device_secret::{DeviceSecret, DeviceSecretError, DeviceSecretStore, FileDeviceSecrets};
pub use lease::{LEASE_MEMORY_KIB, LEASE_SLACK, LeaseError, lease_hours};
pub use opaque::{LoginStarted, PinServer};
pub use os_key_store::{OpenedDeviceSecrets, PlainFileWarning, device_secret_store};
pub use sealed::SealedKey;
pub use server_pin::{
    GuardedError, LoginAnswer, Opened, PinMessage, PinPlatform, PinPlatformError, PinStep, SERVER_PIN, ServerPinVault,
};

use crate::key::PrivateKey;
use crate::random::CryptoRng;
use crate::secret::Pin;
use crate::signer::{KeyAlgorithm, SignError, Signer};
use uuid::Uuid;

/// How many wrong PINs lock a key on this device (product rule 2.6).
pub const TRIES: u8 = 5;

/// Seals keys under a PIN and opens them again. Blocking: Argon2 takes 0.2 to 0.6 s by design.
pub trait KeyVault: Send + Sync {
    /// The scheme's name, as in [`SealedKey::scheme`].
    fn scheme(&self) -> &'static str;

    /// Seals a key that was just made.
    ///
    /// # Errors
    /// [`VaultError::DeviceSecretUnavailable`] when the second secret cannot be kept.
    fn enroll(&self, id: Uuid, key: &PrivateKey, pin: &Pin, rng: &mut dyn CryptoRng) -> Result<SealedKey, VaultError>;

    /// Everything that can be found wrong without the PIN, so that it costs no try.
    ///
    /// # Errors
    /// As [`KeyVault::unlock`], except [`VaultError::WrongPin`].
    fn check(&self, sealed: &SealedKey) -> Result<(), VaultError>;

    /// Opens a sealed key. Use [`unlock_counted`], which spends a try first.
    ///
    /// # Errors
    /// [`VaultError`], [`VaultError::WrongPin`] among them.
    fn unlock(&self, sealed: &SealedKey, pin: &Pin) -> Result<UnlockedKey, VaultError>;

    /// Seals the same key under another PIN. Use [`change_pin_counted`], which spends a try first.
    ///
    /// # Errors
    /// As [`KeyVault::unlock`].
    fn change_pin(
        &self,
        sealed: &SealedKey,
        old: &Pin,
        new: &Pin,
        rng: &mut dyn CryptoRng,
    ) -> Result<SealedKey, VaultError>;

    /// Forgets the second secret: the sealed key can never be opened again.
    ///
    /// # Errors
    /// [`VaultError::DeviceSecretUnavailable`] when its place cannot be reached.
    fn forget(&self, id: Uuid) -> Result<(), VaultError>;
}

/// Why a vault refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// The PIN is not the one the key was sealed under.
    #[error("wrong PIN")]
    WrongPin,
    /// The second secret of this key is not on this device.
    #[error("this device does not hold the key's second secret")]
    DeviceSecretMissing,
    /// The place of the second secret cannot be reached or written now.
    #[error("the device's key store cannot be reached")]
    DeviceSecretUnavailable,
    /// The sealed key was changed or damaged.
    #[error("the sealed key is damaged")]
    Corrupt,
    /// Sealed by a scheme this vault does not know.
    #[error("the key was sealed by another scheme")]
    UnknownScheme,
    /// The key's public half could not be sealed: an inner failure.
    #[error("the key cannot be sealed")]
    CannotSeal,
}

/// A key that is open in memory; it is wiped when this is dropped.
pub struct UnlockedKey {
    key: PrivateKey,
}

impl UnlockedKey {
    pub(crate) fn new(key: PrivateKey) -> Self {
        Self { key }
    }

    /// The key itself, to seal it again.
    #[must_use]
    pub fn private_key(&self) -> &PrivateKey {
        &self.key
    }

    /// The key as PKCS#8, for a file that its holder asked for.
    pub(crate) fn to_pkcs8_der(&self) -> Result<p256::pkcs8::SecretDocument, crate::key::KeyError> {
        self.key.to_pkcs8_der()
    }
}

impl Signer for UnlockedKey {
    fn spki_der(&self) -> &[u8] {
        self.key.spki_der()
    }

    fn algorithm(&self) -> KeyAlgorithm {
        self.key.algorithm()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        self.key.sign(message)
    }
}

#[cfg(test)]
mod tests;
