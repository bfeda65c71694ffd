//! Private keys on P-256, made on this machine; wiped on drop, never printed.

use crate::random::CryptoRng;
use crate::signer::{KeyAlgorithm, SignError, Signer};
use p256::elliptic_curve::Generate;
use p256::pkcs8::{DecodePrivateKey, EncodePrivateKey, EncodePublicKey, SecretDocument};

/// A P-256 private key; its memory is wiped on drop.
pub struct PrivateKey {
    secret: p256::SecretKey,
    spki: Vec<u8>,
}

/// Why bytes are not a key this program can use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not a PKCS#8 P-256 private key.
    #[error("not a P-256 private key")]
    NotAKey,
}

impl PrivateKey {
    /// Makes a new key.
    ///
    /// # Errors
    /// [`KeyError`] when the public key cannot be encoded; not seen in practice.
    pub fn generate<R: CryptoRng + ?Sized>(rng: &mut R) -> Result<Self, KeyError> {
        Self::from_secret(p256::SecretKey::generate_from_rng(rng))
    }

    /// Reads a PKCS#8 DER private key (RFC 5958).
    ///
    /// # Errors
    /// [`KeyError::NotAKey`] when it is none, or not on P-256.
    pub fn from_pkcs8_der(der: &[u8]) -> Result<Self, KeyError> {
        Self::from_secret(p256::SecretKey::from_pkcs8_der(der).map_err(|_| KeyError::NotAKey)?)
    }

    /// The key as PKCS#8 DER, for sealing it in a vault only.
    pub(crate) fn to_pkcs8_der(&self) -> Result<SecretDocument, KeyError> {
        self.secret.to_pkcs8_der().map_err(|_| KeyError::NotAKey)
    }

    fn from_secret(secret: p256::SecretKey) -> Result<Self, KeyError> {
        let spki = secret.public_key().to_public_key_der().map_err(|_| KeyError::NotAKey)?;
        Ok(Self {
            secret,
            spki: spki.into_vec(),
        })
    }
}

impl Signer for PrivateKey {
    fn spki_der(&self) -> &[u8] {
        &self.spki
    }

    fn algorithm(&self) -> KeyAlgorithm {
        KeyAlgorithm::EcdsaP256Sha256
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        use p256::ecdsa::{DerSignature, SigningKey, signature::Signer as _};
        // The nonce is RFC 6979: no randomness is needed and none can be got wrong.
        let key = SigningKey::from(&self.secret);
        let signature: DerSignature = key.try_sign(message).map_err(|_| SignError::KeyFailed)?;
        Ok(signature.as_bytes().to_vec())
    }
}
