//! Digest algorithms that occur in signatures, weak ones among them so that damage can be told.

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};
use spki::ObjectIdentifier;
use time::OffsetDateTime;
use time::macros::datetime;

/// How far an algorithm can be relied on for what was made at some moment (EN 319 102-1, 5.2.8): the worse, the later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reliance {
    /// Then and today.
    Sound,
    /// It held then, and does no longer.
    Dated,
    /// It did not hold any more.
    Broken,
}

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

    /// Whether a signature that is made with it today can be relied on.
    #[must_use]
    pub fn is_strong(self) -> bool {
        self.broken_since().is_none()
    }

    /// How far what was made with it can be relied on, made at that moment or before.
    #[must_use]
    pub fn reliance(self, made_at: OffsetDateTime) -> Reliance {
        match self.broken_since() {
            None => Reliance::Sound,
            Some(since) if made_at < since => Reliance::Dated,
            Some(_) => Reliance::Broken,
        }
    }

    /// When two different files with the same digest were first shown in public. Whoever signed before that signed no
    /// such file: to find a second file for a given digest is beyond everybody to this day.
    fn broken_since(self) -> Option<OffsetDateTime> {
        match self {
            // Wang, Feng, Lai, Yu: «Collisions for hash functions MD4, MD5, HAVAL-128 and RIPEMD», CRYPTO 2004.
            Self::Md5 => Some(datetime!(2004-08-17 0:00 UTC)),
            // Stevens, Bursztein, Karpman, Albertini, Markov: «The first collision for full SHA-1».
            Self::Sha1 => Some(datetime!(2017-02-23 0:00 UTC)),
            Self::Sha224 | Self::Sha256 | Self::Sha384 | Self::Sha512 => None,
        }
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
    fn what_was_made_before_a_digest_was_broken_is_dated_and_not_broken() {
        let of = |moment| DigestAlgorithm::Sha1.reliance(moment);
        assert_eq!(of(datetime!(2016-12-31 0:00 UTC)), Reliance::Dated);
        assert_eq!(of(datetime!(2017-02-23 0:00 UTC)), Reliance::Broken);
        assert_eq!(
            DigestAlgorithm::Md5.reliance(datetime!(2016-12-31 0:00 UTC)),
            Reliance::Broken
        );
        assert_eq!(
            DigestAlgorithm::Sha256.reliance(datetime!(2036-12-31 0:00 UTC)),
            Reliance::Sound
        );
    }

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
