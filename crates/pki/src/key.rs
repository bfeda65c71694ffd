//! Private keys, P-256 made on this machine or P-256 and RSA brought along; wiped on drop, never printed.

use crate::random::CryptoRng;
use crate::signer::{KeyAlgorithm, SignError, Signer};
use p256::elliptic_curve::Generate;
use p256::pkcs8::{DecodePrivateKey, EncodePrivateKey, EncodePublicKey, SecretDocument};
use rsa::traits::PublicKeyParts;

/// Shorter RSA keys are not safe to sign with.
const RSA_BITS: usize = 2048;

/// A private key; its memory is wiped on drop.
pub struct PrivateKey {
    secret: Secret,
    spki: Vec<u8>,
}

enum Secret {
    P256(p256::SecretKey),
    /// The rsa crate wipes it on drop.
    Rsa(Box<rsa::pkcs1v15::SigningKey<sha2::Sha256>>),
}

/// Why bytes are not a key this program can use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not a PKCS#8 private key on P-256 or of RSA with at least 2048 bits.
    #[error("neither a P-256 nor an RSA private key")]
    NotAKey,
}

impl PrivateKey {
    /// Makes a new P-256 key.
    ///
    /// # Errors
    /// [`KeyError`] when the public key cannot be encoded; not seen in practice.
    pub fn generate<R: CryptoRng + ?Sized>(rng: &mut R) -> Result<Self, KeyError> {
        Self::of_p256(p256::SecretKey::generate_from_rng(rng))
    }

    /// Reads a PKCS#8 DER private key (RFC 5958).
    ///
    /// # Errors
    /// [`KeyError::NotAKey`] when it is none, or of another kind.
    pub fn from_pkcs8_der(der: &[u8]) -> Result<Self, KeyError> {
        match p256::SecretKey::from_pkcs8_der(der) {
            Ok(secret) => Self::of_p256(secret),
            Err(_) => Self::of_rsa(rsa::RsaPrivateKey::from_pkcs8_der(der).map_err(|_| KeyError::NotAKey)?),
        }
    }

    /// The key as PKCS#8 DER, for sealing it in a vault or exporting it only.
    pub(crate) fn to_pkcs8_der(&self) -> Result<SecretDocument, KeyError> {
        match &self.secret {
            Secret::P256(secret) => secret.to_pkcs8_der().map_err(|_| KeyError::NotAKey),
            Secret::Rsa(key) => key.to_pkcs8_der().map_err(|_| KeyError::NotAKey),
        }
    }

    fn of_p256(secret: p256::SecretKey) -> Result<Self, KeyError> {
        let spki = secret.public_key().to_public_key_der().map_err(|_| KeyError::NotAKey)?;
        Ok(Self {
            secret: Secret::P256(secret),
            spki: spki.into_vec(),
        })
    }

    fn of_rsa(key: rsa::RsaPrivateKey) -> Result<Self, KeyError> {
        if key.size() * 8 < RSA_BITS {
            return Err(KeyError::NotAKey);
        }
        let spki = key.to_public_key().to_public_key_der().map_err(|_| KeyError::NotAKey)?;
        Ok(Self {
            spki: spki.into_vec(),
            secret: Secret::Rsa(Box::new(rsa::pkcs1v15::SigningKey::new(key))),
        })
    }
}

impl Signer for PrivateKey {
    fn spki_der(&self) -> &[u8] {
        &self.spki
    }

    fn algorithm(&self) -> KeyAlgorithm {
        match &self.secret {
            Secret::P256(_) => KeyAlgorithm::EcdsaP256Sha256,
            Secret::Rsa(_) => KeyAlgorithm::RsaPkcs1Sha256,
        }
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        match &self.secret {
            Secret::P256(secret) => sign_p256(secret, message),
            Secret::Rsa(key) => sign_rsa(key, message),
        }
    }
}

fn sign_p256(secret: &p256::SecretKey, message: &[u8]) -> Result<Vec<u8>, SignError> {
    use p256::ecdsa::{DerSignature, SigningKey, signature::Signer as _};
    // The nonce is RFC 6979: no randomness is needed and none can be got wrong.
    let key = SigningKey::from(secret);
    let signature: DerSignature = key.try_sign(message).map_err(|_| SignError::KeyFailed)?;
    Ok(signature.as_bytes().to_vec())
}

fn sign_rsa(key: &rsa::pkcs1v15::SigningKey<sha2::Sha256>, message: &[u8]) -> Result<Vec<u8>, SignError> {
    use rsa::signature::{RandomizedSigner, SignatureEncoding};
    // Blinding with randomness hides the key from whoever times us (the Marvin attack).
    let mut rng = crate::random::system();
    let signature = key
        .try_sign_with_rng(&mut rng, message)
        .map_err(|_| SignError::KeyFailed)?;
    Ok(signature.to_vec())
}
