//! A device's own key, derived from a device secret: what it signs tells the platform which device speaks.

use super::VaultError;
use super::device_secret::DeviceSecret;
use super::wrapping::derive;
use p256::ecdsa::signature::{Signer as _, Verifier as _};
use p256::ecdsa::{DerSignature, SigningKey, VerifyingKey};
use uuid::Uuid;

/// P-256; never leaves the device, and is made anew from the secret whenever it is needed.
pub struct DeviceKey(SigningKey);

/// What a session's signature is for; one for another step is of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionStep {
    /// A sign-in is opened; the message is the account's name.
    Open,
    /// A session is refreshed; the message is the refresh token, which the platform made and takes once.
    Refresh,
}

impl SessionStep {
    fn name(self) -> &'static [u8] {
        match self {
            Self::Open => b"ganjiang/session/open/1",
            Self::Refresh => b"ganjiang/session/refresh/1",
        }
    }

    fn signed_bytes(self, message: &[u8]) -> Vec<u8> {
        [self.name(), message].concat()
    }

    /// Whether the device whose key this is (a P-256 point, SEC1) signed the message for this step (DER).
    #[must_use]
    pub fn is_signed(self, message: &[u8], device_key: &[u8], signature: &[u8]) -> bool {
        match (
            VerifyingKey::from_sec1_bytes(device_key),
            DerSignature::try_from(signature),
        ) {
            (Ok(key), Ok(signature)) => key.verify(&self.signed_bytes(message), &signature).is_ok(),
            _ => false,
        }
    }
}

impl DeviceKey {
    /// The key for sessions, of the secret with this id.
    ///
    /// # Errors
    /// [`VaultError::CannotSeal`].
    pub fn for_sessions(id: Uuid, secret: &DeviceSecret) -> Result<Self, VaultError> {
        Self::derived(id, secret, b"vault/sessions/device-key/1")
    }

    pub(super) fn derived(id: Uuid, secret: &DeviceSecret, name: &[u8]) -> Result<Self, VaultError> {
        // A value outside the group's order is as likely as a collision of the hash: the next one is taken.
        for attempt in 0..4_u8 {
            let bytes = derive(secret.as_bytes(), id, &[name, &[attempt]].concat())?;
            if let Ok(key) = SigningKey::from_slice(bytes.as_slice()) {
                return Ok(Self(key));
            }
        }
        Err(VaultError::CannotSeal)
    }

    /// The public key: a P-256 point, uncompressed (SEC1).
    #[must_use]
    pub fn public_key(&self) -> Vec<u8> {
        self.0.verifying_key().to_sec1_point(false).as_bytes().to_vec()
    }

    /// ECDSA with SHA-256 over the step's name and the message, DER.
    ///
    /// # Errors
    /// [`VaultError::CannotSeal`].
    pub fn sign(&self, step: SessionStep, message: &[u8]) -> Result<Vec<u8>, VaultError> {
        self.signature(&step.signed_bytes(message))
    }

    pub(super) fn signature(&self, bytes: &[u8]) -> Result<Vec<u8>, VaultError> {
        let signature: DerSignature = self.0.try_sign(bytes).map_err(|_| VaultError::CannotSeal)?;
        Ok(signature.as_bytes().to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_of_one_device_one_step_and_one_message() {
        let id = Uuid::from_u128(1);
        let key = |byte: u8| DeviceKey::for_sessions(id, &DeviceSecret::from_slice(&[byte; 32]).unwrap()).unwrap();
        let (mine, others) = (key(1), key(2));
        let signature = mine.sign(SessionStep::Refresh, b"token").unwrap();
        let is_signed = |step: SessionStep, message: &[u8], key: &DeviceKey, signature: &[u8]| {
            step.is_signed(message, &key.public_key(), signature)
        };
        assert!(is_signed(SessionStep::Refresh, b"token", &mine, &signature));
        assert_eq!(mine.public_key(), key(1).public_key());
        assert!(!is_signed(SessionStep::Open, b"token", &mine, &signature));
        assert!(!is_signed(SessionStep::Refresh, b"tokem", &mine, &signature));
        assert!(!is_signed(SessionStep::Refresh, b"token", &others, &signature));
        assert!(!is_signed(SessionStep::Refresh, b"token", &mine, b"nonsense"));
        assert!(!SessionStep::Refresh.is_signed(b"token", b"nonsense", &signature));
    }
}
