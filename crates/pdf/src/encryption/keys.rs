//! From a password to the file's key (ISO 32000-2, 7.6.4.3 and 7.6.4.4; algorithms 2 to 7, 2.A, 2.B).

use md5::{Digest as _, Md5};
use sha2::{Sha256, Sha384, Sha512};
use zeroize::Zeroizing;

use super::Password;
use super::cipher::{aes_close_whole, aes_open, rc4};
use super::scheme::Scheme;

/// Fills passwords up to 32 bytes (algorithm 2, step a).
const PADDING: [u8; 32] = [
    0x28, 0xBF, 0x4E, 0x5E, 0x4E, 0x75, 0x8A, 0x41, 0x64, 0x00, 0x4E, 0x56, 0xFF, 0xFA, 0x01, 0x08, 0x2E, 0x2E, 0x00,
    0xB6, 0xD0, 0x68, 0x3E, 0x80, 0x2F, 0x0C, 0xA9, 0xFE, 0x64, 0x53, 0x69, 0x7A,
];

/// Longest password of revisions 5 and 6, in bytes.
const MOST_BYTES: usize = 127;

type Secret = Zeroizing<Vec<u8>>;

/// A file's key and how it was found.
pub(super) struct Unlocked {
    pub(super) key: Secret,
    pub(super) as_owner: bool,
    pub(super) reader_password: Option<Zeroizing<String>>,
}

/// The key, when the password is the user's or the owner's.
pub(super) fn unlock(scheme: &Scheme, identifier: &[u8], password: &Password) -> Option<Unlocked> {
    if scheme.revision >= 5 {
        return password
            .new_spellings()
            .iter()
            .find_map(|spelling| unlock_new(scheme, spelling));
    }
    let spellings = password.old_spellings();
    scheme.key_lengths.iter().find_map(|length| {
        let old = Old {
            scheme,
            identifier,
            length: *length,
        };
        spellings.iter().find_map(|spelling| old.unlock(spelling))
    })
}

/// Revisions 2 to 4 with a length of key.
struct Old<'a> {
    scheme: &'a Scheme,
    identifier: &'a [u8],
    length: usize,
}

impl Old<'_> {
    fn unlock(&self, password: &[u8]) -> Option<Unlocked> {
        let padded = padded(password);
        // The owner's password hides the user's: with it all is permitted, so it is tried first.
        let users = self.user_password(&padded);
        let as_owner = self.key_of_user(&users).map(|key| (key, true, users));
        let (key, as_owner, users) = as_owner.or_else(|| self.key_of_user(&padded).map(|key| (key, false, padded)))?;
        let reader_password = String::from_utf8(without_padding(&users)).ok().map(Zeroizing::new);
        Some(Unlocked {
            key,
            as_owner,
            reader_password,
        })
    }

    /// Algorithms 2 and 6: the key, when the (padded) user password fits `U`.
    fn key_of_user(&self, padded: &[u8]) -> Option<Secret> {
        let mut hash = Md5::new();
        hash.update(padded);
        hash.update(self.scheme.owner.get(..32)?);
        hash.update(self.scheme.permissions.to_le_bytes());
        hash.update(self.identifier);
        if self.scheme.revision >= 4 && !self.scheme.encrypt_metadata {
            hash.update([0xFF; 4]);
        }
        let key = self.stretched(hash.finalize().to_vec());
        let (computed, compared) = match self.scheme.revision {
            2 => (rc4(&key, &PADDING), 32),
            _ => (self.user_check(&key), 16),
        };
        (computed.get(..compared)? == self.scheme.user.get(..compared)?).then_some(key)
    }

    /// Fifty more rounds from revision 3 on, then cut to the length of the key.
    fn stretched(&self, mut hash: Vec<u8>) -> Secret {
        hash.truncate(self.length);
        if self.scheme.revision >= 3 {
            for _ in 0..50 {
                hash = Md5::digest(&hash).to_vec();
                hash.truncate(self.length);
            }
        }
        Zeroizing::new(hash)
    }

    /// Algorithm 5, steps b to e.
    fn user_check(&self, key: &[u8]) -> Vec<u8> {
        let mut hash = Md5::new();
        hash.update(PADDING);
        hash.update(self.identifier);
        (0..20_u8).fold(hash.finalize().to_vec(), |data, round| rc4(&turned(key, round), &data))
    }

    /// Algorithm 7: what `O` hides from all but the owner, the padded user password.
    fn user_password(&self, padded_owner: &[u8]) -> Secret {
        let key = self.stretched(Md5::digest(padded_owner).to_vec());
        let hidden = self.scheme.owner.get(..32).unwrap_or_default().to_vec();
        let rounds = if self.scheme.revision == 2 { 1 } else { 20 };
        let open = |data: Vec<u8>, round: u8| rc4(&turned(&key, round), &data);
        Zeroizing::new((0..rounds).rev().fold(hidden, open))
    }
}

fn turned(key: &[u8], round: u8) -> Secret {
    Zeroizing::new(key.iter().map(|byte| byte ^ round).collect())
}

fn padded(password: &[u8]) -> Secret {
    Zeroizing::new(password.iter().chain(&PADDING).copied().take(32).collect())
}

fn without_padding(padded: &[u8]) -> Vec<u8> {
    let length = (0..=padded.len()).find(|length| {
        let rest = padded.get(*length..).unwrap_or_default();
        PADDING.starts_with(rest)
    });
    padded
        .get(..length.unwrap_or(padded.len()))
        .unwrap_or_default()
        .to_vec()
}

/// Algorithm 2.A.
fn unlock_new(scheme: &Scheme, spelling: &str) -> Option<Unlocked> {
    let password = spelling.as_bytes();
    let password = password.get(..MOST_BYTES).unwrap_or(password);
    let user = scheme.user.get(..48)?;
    let owner = scheme.owner.get(..48)?;
    let as_owner = Entry::of(owner)?.key(scheme, password, user, &scheme.owner_key);
    let (key, as_owner) = match as_owner {
        Some(key) => (key, true),
        None => (Entry::of(user)?.key(scheme, password, &[], &scheme.user_key)?, false),
    };
    Some(Unlocked {
        key,
        as_owner,
        reader_password: Some(Zeroizing::new(spelling.to_owned())),
    })
}

/// `O` or `U` of revisions 5 and 6: a hash and two salts.
struct Entry<'a> {
    hash: &'a [u8],
    validation_salt: &'a [u8],
    key_salt: &'a [u8],
}

impl<'a> Entry<'a> {
    fn of(bytes: &'a [u8]) -> Option<Self> {
        let (hash, salts) = bytes.split_at_checked(32)?;
        let (validation_salt, key_salt) = salts.split_at_checked(8)?;
        Some(Self {
            hash,
            validation_salt,
            key_salt,
        })
    }

    fn key(&self, scheme: &Scheme, password: &[u8], user: &[u8], wrapped: &[u8]) -> Option<Secret> {
        let hash = |salt: &[u8]| hardened(scheme.revision, password, salt, user);
        if hash(self.validation_salt)?.as_slice() != self.hash {
            return None;
        }
        let wrapped = wrapped.get(..32)?;
        aes_open(&hash(self.key_salt)?, &[0; 16], wrapped).map(Zeroizing::new)
    }
}

/// Algorithm 2.B; revision 5 is its first step alone.
fn hardened(revision: u8, password: &[u8], salt: &[u8], user: &[u8]) -> Option<Secret> {
    let mut key = Zeroizing::new(Sha256::digest([password, salt, user].concat()).to_vec());
    if revision == 5 {
        return Some(key);
    }
    for round in 1_u16.. {
        let single = Zeroizing::new([password, &key, user].concat());
        let repeated = Zeroizing::new(single.repeat(64));
        let closed = aes_close_whole(key.get(..16)?, key.get(16..32)?, &repeated)?;
        // The remainder modulo 3 of a number is that of the sum of its digits to base 256.
        let sum: u32 = closed.iter().take(16).map(|byte| u32::from(*byte)).sum();
        *key = match sum % 3 {
            0 => Sha256::digest(&closed).to_vec(),
            1 => Sha384::digest(&closed).to_vec(),
            _ => Sha512::digest(&closed).to_vec(),
        };
        let last = closed.last().copied().map_or(0, u16::from);
        if round >= 64 && last + 32 <= round {
            break;
        }
    }
    key.truncate(32);
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_is_found_again() {
        for password in [&b""[..], b"a", b"password", b"a password of 32 bytes or more...!"] {
            let expected = password.get(..32).unwrap_or(password);
            assert_eq!(without_padding(&padded(password)), expected);
        }
    }
}
