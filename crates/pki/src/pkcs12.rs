//! Opening PKCS#12 files (RFC 7292): a key, its certificate and the chain.
//!
//! Absent: SM4/SM3 files and keys on other curves, each refused with its own code.

use crate::certificate::read;
use crate::key::PrivateKey;
use crate::secret::Password;
use crate::signer::{KeyAlgorithm, SignError, Signer, SigningIdentity};
use p12_keystore::{KeyStore, Pkcs12ImportPolicy, PrivateKeyChain};
use rsa::pkcs8::{DecodePrivateKey, EncodePublicKey};
use rsa::traits::PublicKeyParts;

/// A PKCS#12 file is a few kilobytes; larger ones are not opened.
const SIZE_LIMIT: usize = 1024 * 1024;
/// Shorter RSA keys are not safe to sign with.
const RSA_BITS: usize = 2048;

/// Why a PKCS#12 file is not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Pkcs12Error {
    /// The password is wrong.
    #[error("wrong password")]
    WrongPassword,
    /// Not a PKCS#12 file, damaged, or too large.
    #[error("not a PKCS#12 file")]
    Unreadable,
    /// Encrypted in a way that is not supported (SM4 among them).
    #[error("the file's encryption is not supported")]
    UnsupportedEncryption,
    /// It holds no private key, or no certificate for it.
    #[error("no private key with its certificate")]
    NoIdentity,
    /// The key is neither P-256 nor RSA of 2048 to 4096 bits.
    #[error("the kind of key is not supported")]
    UnsupportedKey,
    /// The certificate is for another key.
    #[error("the certificate does not belong to the key")]
    KeyMismatch,
}

/// Opens a PKCS#12 file.
///
/// # Errors
/// [`Pkcs12Error`].
pub fn open(bytes: &[u8], password: &Password) -> Result<SigningIdentity, Pkcs12Error> {
    if bytes.len() > SIZE_LIMIT {
        return Err(Pkcs12Error::Unreadable);
    }
    let store = KeyStore::from_pkcs12(bytes, password.text(), Pkcs12ImportPolicy::Strict).map_err(open_error)?;
    let (_, chain) = store.private_key_chain().ok_or(Pkcs12Error::NoIdentity)?;
    let signer = signer(chain)?;
    let mut certificates = chain.certs().iter().map(|certificate| certificate.as_der().to_vec());
    let certificate = certificates.next().ok_or(Pkcs12Error::NoIdentity)?;
    let parsed = read(&certificate).ok_or(Pkcs12Error::NoIdentity)?;
    if parsed.public_key().raw != signer.spki_der() {
        return Err(Pkcs12Error::KeyMismatch);
    }
    drop(parsed);
    Ok(SigningIdentity {
        signer,
        certificate,
        chain: certificates.collect(),
    })
}

fn open_error(error: p12_keystore::error::Error) -> Pkcs12Error {
    use p12_keystore::error::Error;
    match error {
        Error::MacError(_) => Pkcs12Error::WrongPassword,
        Error::UnsupportedEncryptionScheme | Error::UnsupportedMacAlgorithm => Pkcs12Error::UnsupportedEncryption,
        _ => Pkcs12Error::Unreadable,
    }
}

fn signer(chain: &PrivateKeyChain) -> Result<Box<dyn Signer>, Pkcs12Error> {
    let pkcs8 = chain.key().as_der();
    if let Ok(key) = PrivateKey::from_pkcs8_der(pkcs8) {
        return Ok(Box::new(key));
    }
    Ok(Box::new(RsaKey::from_pkcs8_der(pkcs8)?))
}

/// An RSA private key; the rsa crate wipes it on drop.
struct RsaKey {
    key: rsa::pkcs1v15::SigningKey<sha2::Sha256>,
    spki: Vec<u8>,
}

impl RsaKey {
    fn from_pkcs8_der(der: &[u8]) -> Result<Self, Pkcs12Error> {
        let key = rsa::RsaPrivateKey::from_pkcs8_der(der).map_err(|_| Pkcs12Error::UnsupportedKey)?;
        if key.size() * 8 < RSA_BITS {
            return Err(Pkcs12Error::UnsupportedKey);
        }
        let spki = key
            .to_public_key()
            .to_public_key_der()
            .map_err(|_| Pkcs12Error::UnsupportedKey)?;
        Ok(Self {
            spki: spki.into_vec(),
            key: rsa::pkcs1v15::SigningKey::new(key),
        })
    }
}

impl Signer for RsaKey {
    fn spki_der(&self) -> &[u8] {
        &self.spki
    }

    fn algorithm(&self) -> KeyAlgorithm {
        KeyAlgorithm::RsaPkcs1Sha256
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        use rsa::signature::{RandomizedSigner, SignatureEncoding};
        // Blinding with randomness hides the key from whoever times us (the Marvin attack).
        let mut rng = crate::random::system();
        let signature = self
            .key
            .try_sign_with_rng(&mut rng, message)
            .map_err(|_| SignError::KeyFailed)?;
        Ok(signature.to_vec())
    }
}
