//! PKCS#12 files (RFC 7292): a key, its certificate and the chain, opened and written.
//!
//! Absent: SM4/SM3 files and keys on other curves, each refused with its own code.

use crate::certificate::read;
use crate::key::PrivateKey;
use crate::secret::Password;
use crate::signer::{Signer, SigningIdentity};
use crate::vault::UnlockedKey;
use p12_keystore::{Certificate, KeyStore, KeyStoreEntry, Pkcs12ImportPolicy, PrivateKeyChain};

/// A PKCS#12 file is a few kilobytes; larger ones are not opened.
const SIZE_LIMIT: usize = 1024 * 1024;
/// What OWASP recommends for PBKDF2 with HMAC-SHA-256: a quarter of a second for each of three derivations.
const ITERATIONS: u32 = 600_000;
/// A file that leaves the device is guarded by its password alone.
const PASSWORD_CHARACTERS: usize = 8;

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

/// What a PKCS#12 file holds, with the key itself: to seal it in a vault.
pub struct Pkcs12Key {
    /// The private key.
    pub key: PrivateKey,
    /// Its certificate as DER.
    pub certificate: Vec<u8>,
    /// The other certificates as DER, nearest issuer first.
    pub chain: Vec<Vec<u8>>,
}

/// Why no PKCS#12 file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExportError {
    /// The password has fewer than eight characters.
    #[error("the password is too short")]
    PasswordTooShort,
    /// The certificate is for another key, or cannot be read.
    #[error("the certificate does not belong to the key")]
    KeyMismatch,
    /// The file could not be written: an inner failure.
    #[error("the file cannot be written")]
    CannotWrite,
}

/// Opens a PKCS#12 file to sign with it.
///
/// # Errors
/// [`Pkcs12Error`].
pub fn open(bytes: &[u8], password: &Password) -> Result<SigningIdentity, Pkcs12Error> {
    let opened = open_key(bytes, password)?;
    Ok(SigningIdentity {
        signer: Box::new(opened.key),
        certificate: opened.certificate,
        chain: opened.chain,
    })
}

/// Opens a PKCS#12 file to take its key over.
///
/// # Errors
/// [`Pkcs12Error`].
pub fn open_key(bytes: &[u8], password: &Password) -> Result<Pkcs12Key, Pkcs12Error> {
    if bytes.len() > SIZE_LIMIT {
        return Err(Pkcs12Error::Unreadable);
    }
    let store = KeyStore::from_pkcs12(bytes, password.text(), Pkcs12ImportPolicy::Strict).map_err(open_error)?;
    let (_, chain) = store.private_key_chain().ok_or(Pkcs12Error::NoIdentity)?;
    let key = PrivateKey::from_pkcs8_der(chain.key().as_der()).map_err(|_| Pkcs12Error::UnsupportedKey)?;
    let mut certificates = chain.certs().iter().map(|certificate| certificate.as_der().to_vec());
    let certificate = certificates.next().ok_or(Pkcs12Error::NoIdentity)?;
    let parsed = read(&certificate).ok_or(Pkcs12Error::NoIdentity)?;
    if parsed.public_key().raw != key.spki_der() {
        return Err(Pkcs12Error::KeyMismatch);
    }
    drop(parsed);
    Ok(Pkcs12Key {
        key,
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

/// Whether a password may guard a new file.
///
/// # Errors
/// [`ExportError::PasswordTooShort`].
pub fn check_password(password: &Password) -> Result<(), ExportError> {
    if password.text().chars().count() < PASSWORD_CHARACTERS {
        return Err(ExportError::PasswordTooShort);
    }
    Ok(())
}

/// Writes an opened key with its certificate and chain (nearest issuer first) under a password of its own:
/// PBES2 with AES-256 and PBKDF2-HMAC-SHA-256, as OpenSSL 3 writes and every current system reads.
///
/// # Errors
/// [`ExportError`].
pub fn export(
    key: &UnlockedKey,
    certificate: &[u8],
    chain: &[Vec<u8>],
    password: &Password,
) -> Result<Vec<u8>, ExportError> {
    check_password(password)?;
    let parsed = read(certificate).ok_or(ExportError::KeyMismatch)?;
    if parsed.public_key().raw != key.spki_der() {
        return Err(ExportError::KeyMismatch);
    }
    let certificates = std::iter::once(certificate).chain(chain.iter().map(Vec::as_slice));
    let certificates: Vec<_> = certificates
        .map(Certificate::from_der)
        .collect::<Result<_, _>>()
        .map_err(|_| ExportError::KeyMismatch)?;
    let pkcs8 = key.to_pkcs8_der().map_err(|_| ExportError::CannotWrite)?;
    let private = p12_keystore::PrivateKey::from_der(pkcs8.as_bytes()).map_err(|_| ExportError::CannotWrite)?;
    // Any bytes will do that tie the key to its certificate; tools show the fingerprint.
    let local_key_id = crate::verification::DigestAlgorithm::Sha256.digest(&[certificate]);
    let mut store = KeyStore::new();
    let entry = PrivateKeyChain::new(local_key_id.as_slice(), private, certificates);
    store.add_entry("ganjiang", KeyStoreEntry::PrivateKeyChain(entry));
    store
        .writer(password.text())
        .encryption_iterations(ITERATIONS)
        .mac_iterations(ITERATIONS)
        .write()
        .map_err(|_| ExportError::CannotWrite)
}
