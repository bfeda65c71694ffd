//! Digest algorithms that occur in signatures, weak ones among them so that damage can be told.

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};
use spki::ObjectIdentifier;

/// A digest algorithm that occurs in signatures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DigestAlgorithm {
    /// MD5: computed so that damage can be told, never relied on.
    Md5,
    /// SHA-1: as [`DigestAlgorithm::Md5`].
    Sha1,
    /// SHA-224.
    Sha224,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

/// Each with its OID, its name, and what stands before its value in PKCS#1 v1.5 (RFC 8017, 9.2, note 1).
const KNOWN: [(DigestAlgorithm, &str, &str, &[u8]); 6] = [
    (
        DigestAlgorithm::Md5,
        "1.2.840.113549.2.5",
        "MD5",
        b"\x30\x20\x30\x0c\x06\x08\x2a\x86\x48\x86\xf7\x0d\x02\x05\x05\x00\x04\x10",
    ),
    (
        DigestAlgorithm::Sha1,
        "1.3.14.3.2.26",
        "SHA-1",
        b"\x30\x21\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00\x04\x14",
    ),
    (
        DigestAlgorithm::Sha224,
        "2.16.840.1.101.3.4.2.4",
        "SHA-224",
        b"\x30\x2d\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x04\x05\x00\x04\x1c",
    ),
    (
        DigestAlgorithm::Sha256,
        "2.16.840.1.101.3.4.2.1",
        "SHA-256",
        b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20",
    ),
    (
        DigestAlgorithm::Sha384,
        "2.16.840.1.101.3.4.2.2",
        "SHA-384",
        b"\x30\x41\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x02\x05\x00\x04\x30",
    ),
    (
        DigestAlgorithm::Sha512,
        "2.16.840.1.101.3.4.2.3",
        "SHA-512",
        b"\x30\x51\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x03\x05\x00\x04\x40",
    ),
];

impl DigestAlgorithm {
    /// By its OID; none when it is another.
    #[must_use]
    pub fn from_oid(oid: &ObjectIdentifier) -> Option<Self> {
        let text = oid.to_string();
        KNOWN
            .iter()
            .find(|(_, known, ..)| *known == text)
            .map(|&(algorithm, ..)| algorithm)
    }

    fn row(self) -> Option<&'static (Self, &'static str, &'static str, &'static [u8])> {
        KNOWN.iter().find(|(algorithm, ..)| *algorithm == self)
    }

    /// The usual name, such as `SHA-256`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().map_or("", |row| row.2)
    }

    /// `DigestInfo` up to the value.
    pub(super) fn pkcs1_prefix(self) -> &'static [u8] {
        self.row().map_or(&[], |row| row.3)
    }

    /// Whether a signature that rests on it can still be relied on.
    #[must_use]
    pub fn is_strong(self) -> bool {
        !matches!(self, Self::Md5 | Self::Sha1)
    }

    /// Hashes pieces as if they were one.
    #[must_use]
    pub fn digest(self, pieces: &[&[u8]]) -> Vec<u8> {
        match self {
            Self::Md5 => digest_with::<Md5>(pieces),
            Self::Sha1 => digest_with::<Sha1>(pieces),
            Self::Sha224 => digest_with::<Sha224>(pieces),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_name_their_own_algorithm_and_length() {
        for (algorithm, oid, _, prefix) in KNOWN {
            let oid = ObjectIdentifier::new(oid).unwrap();
            assert_eq!(DigestAlgorithm::from_oid(&oid), Some(algorithm));
            assert!(prefix.windows(oid.as_bytes().len()).any(|part| part == oid.as_bytes()));
            let length = algorithm.digest(&[b""]).len();
            assert_eq!(usize::from(*prefix.last().unwrap()), length);
            assert_eq!(usize::from(prefix[1]), prefix.len() - 2 + length);
        }
    }
}
