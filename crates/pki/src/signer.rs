//! What can sign: a vault key, a PKCS#12 key, a token.

/// The kinds of keys this program signs with, each with its one signature algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyAlgorithm {
    /// ECDSA on P-256 over SHA-256; the signature is a DER `ECDSA-Sig-Value` (RFC 5753).
    EcdsaP256Sha256,
    /// RSASSA-PKCS1-v1_5 over SHA-256 (RFC 8017).
    RsaPkcs1Sha256,
}

/// Why a signature could not be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// The key refused: damaged, or its holder is gone.
    #[error("the key cannot sign")]
    KeyFailed,
    /// What holds the key cannot be reached now: a token that was pulled out, a hardware module that starts again.
    #[error("the key cannot be reached now")]
    KeyUnreachable,
}

/// Something that holds a private key and signs with it; the key itself cannot be read.
pub trait Signer: Send + Sync {
    /// The public key as DER `SubjectPublicKeyInfo`.
    fn spki_der(&self) -> &[u8];

    /// Which algorithm [`Signer::sign`] uses.
    fn algorithm(&self) -> KeyAlgorithm;

    /// Hashes the message with SHA-256 and signs it.
    ///
    /// # Errors
    /// [`SignError`] when the holder of the key does not sign.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError>;
}

/// A key that can sign, with its certificates.
pub struct SigningIdentity {
    /// Signs with the private key.
    pub signer: Box<dyn Signer>,
    /// The signer's certificate as DER.
    pub certificate: Vec<u8>,
    /// Other certificates that are kept beside it, as DER.
    pub chain: Vec<Vec<u8>>,
}
