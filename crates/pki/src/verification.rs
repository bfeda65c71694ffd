//! Checking somebody's signature over a message: ECDSA on the NIST curves, RSA PKCS#1 v1.5 and PSS, through certval.

use certval::{Error, PkiEnvironment};
use der::asn1::BitString;
use der::{Any, Decode};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};
use spki::{AlgorithmIdentifierOwned, ObjectIdentifier, SubjectPublicKeyInfoOwned};

/// A digest algorithm that occurs in signatures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DigestAlgorithm {
    /// SHA-1: computed so that damage can be told, never relied on.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl DigestAlgorithm {
    /// By its OID; none when it is another.
    #[must_use]
    pub fn from_oid(oid: &ObjectIdentifier) -> Option<Self> {
        let known = [
            ("1.3.14.3.2.26", Self::Sha1),
            ("2.16.840.1.101.3.4.2.1", Self::Sha256),
            ("2.16.840.1.101.3.4.2.2", Self::Sha384),
            ("2.16.840.1.101.3.4.2.3", Self::Sha512),
        ];
        let text = oid.to_string();
        known
            .iter()
            .find(|(known, _)| *known == text)
            .map(|&(_, algorithm)| algorithm)
    }

    /// The usual name, such as `SHA-256`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "SHA-1",
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
        }
    }

    /// Whether a signature that rests on it can still be relied on.
    #[must_use]
    pub fn is_strong(self) -> bool {
        self != Self::Sha1
    }

    /// Hashes pieces as if they were one.
    #[must_use]
    pub fn digest(self, pieces: &[&[u8]]) -> Vec<u8> {
        match self {
            Self::Sha1 => digest_with::<Sha1>(pieces),
            Self::Sha256 => digest_with::<Sha256>(pieces),
            Self::Sha384 => digest_with::<Sha384>(pieces),
            Self::Sha512 => digest_with::<Sha512>(pieces),
        }
    }
}

fn digest_with<D: Digest>(pieces: &[&[u8]]) -> Vec<u8> {
    let mut hasher = D::new();
    pieces.iter().for_each(|piece| hasher.update(piece));
    hasher.finalize().to_vec()
}

/// What checking a signature gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureCheck {
    /// The key made this signature over these bytes.
    Valid,
    /// It did not.
    Invalid,
    /// The algorithm or the key is not one this program knows: nothing can be said.
    Unsupported,
}

/// The signature algorithms that a CMS may state, with the digest each carries.
///
/// Where the CMS states only the key's algorithm (RFC 5652, 5.3 allows `rsaEncryption`; some producers write
/// `id-ecPublicKey`), the digest comes from `digestAlgorithm`.
fn effective_algorithm(stated: &AlgorithmIdentifierOwned, digest: DigestAlgorithm) -> Option<AlgorithmIdentifierOwned> {
    const RSA: &str = "1.2.840.113549.1.1.1";
    const EC: &str = "1.2.840.10045.2.1";
    let oid = match (stated.oid.to_string().as_str(), digest) {
        (RSA, DigestAlgorithm::Sha1) => "1.2.840.113549.1.1.5",
        (RSA, DigestAlgorithm::Sha256) => "1.2.840.113549.1.1.11",
        (RSA, DigestAlgorithm::Sha384) => "1.2.840.113549.1.1.12",
        (RSA, DigestAlgorithm::Sha512) => "1.2.840.113549.1.1.13",
        (EC, DigestAlgorithm::Sha1) => return None,
        (EC, DigestAlgorithm::Sha256) => "1.2.840.10045.4.3.2",
        (EC, DigestAlgorithm::Sha384) => "1.2.840.10045.4.3.3",
        (EC, DigestAlgorithm::Sha512) => "1.2.840.10045.4.3.4",
        _ => return Some(stated.clone()),
    };
    let parameters = if oid.starts_with("1.2.840.113549") {
        Some(Any::null())
    } else {
        None
    };
    Some(AlgorithmIdentifierOwned {
        oid: ObjectIdentifier::new(oid).ok()?,
        parameters,
    })
}

/// The digest that a signature algorithm's own OID names, where it names one.
fn digest_of_signature(oid: &ObjectIdentifier) -> Option<DigestAlgorithm> {
    match oid.to_string().as_str() {
        "1.2.840.113549.1.1.5" | "1.2.840.10045.4.1" => Some(DigestAlgorithm::Sha1),
        "1.2.840.113549.1.1.11" | "1.2.840.10045.4.3.2" => Some(DigestAlgorithm::Sha256),
        "1.2.840.113549.1.1.12" | "1.2.840.10045.4.3.3" => Some(DigestAlgorithm::Sha384),
        "1.2.840.113549.1.1.13" | "1.2.840.10045.4.3.4" => Some(DigestAlgorithm::Sha512),
        _ => None,
    }
}

/// Checks `signature` over `message`.
///
/// `algorithm_der` is the `AlgorithmIdentifier` as stated, `digest` the digest algorithm stated beside it; where both
/// name a digest and differ, the answer is [`SignatureCheck::Invalid`].
#[must_use]
pub fn check_signature(
    spki_der: &[u8],
    algorithm_der: &[u8],
    digest: DigestAlgorithm,
    message: &[u8],
    signature: &[u8],
) -> SignatureCheck {
    let Ok(stated) = AlgorithmIdentifierOwned::from_der(algorithm_der) else {
        return SignatureCheck::Unsupported;
    };
    if digest_of_signature(&stated.oid).is_some_and(|own| own != digest) {
        return SignatureCheck::Invalid;
    }
    let parts = (
        SubjectPublicKeyInfoOwned::from_der(spki_der),
        BitString::from_bytes(signature),
    );
    let (Ok(key), Ok(signature)) = parts else {
        return SignatureCheck::Unsupported;
    };
    let Some(algorithm) = effective_algorithm(&stated, digest) else {
        return SignatureCheck::Unsupported;
    };
    let mut environment = PkiEnvironment::default();
    environment.populate_5280_pki_environment();
    match environment.verify_signature_message(&environment, message, &signature, &algorithm, &key) {
        Ok(()) => SignatureCheck::Valid,
        Err(Error::Unrecognized) => SignatureCheck::Unsupported,
        Err(_) => SignatureCheck::Invalid,
    }
}
