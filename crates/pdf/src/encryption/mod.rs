//! The standard security handler (ISO 32000-2, 7.6): passwords, keys, and what is encrypted how.
//!
//! Public-key handlers and handlers of other makers are refused. The file is never re-keyed: an
//! update is written with the scheme and the key the file already has.

mod cipher;
mod keys;
mod password;
mod scheme;

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::structure::{Dictionary, Reference, Value, View};
pub use password::Password;
use scheme::Scheme;

/// How one kind of data is encrypted (table 25, `CFM`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Method {
    Identity,
    Rc4,
    Aes128,
    Aes256,
}

/// What may not be opened, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Locked {
    /// Neither the given password nor the empty one opens it.
    WrongPassword,
    /// Another handler, or a scheme that is not understood.
    Unsupported,
}

/// An encrypted file that was opened.
pub(crate) struct Encryption {
    key: Zeroizing<Vec<u8>>,
    scheme: Scheme,
    /// The object that holds the encryption dictionary: its own strings are plain.
    own: Option<Reference>,
    /// Opened with the owner's password: permissions do not bind.
    as_owner: bool,
    /// The password as a reader of the same file takes it, when it can be written as text.
    reader_password: Option<Zeroizing<String>>,
}

impl Encryption {
    /// Opens the file whose newest trailer names an encryption dictionary; `None` when it names none.
    pub(crate) fn open(view: View<'_>, password: Option<&Password>) -> Option<Result<Self, Locked>> {
        let trailer = view.trailer()?;
        let raw = trailer.get("Encrypt").filter(|value| **value != Value::Null)?;
        let opened = match view.resolve(raw) {
            Ok(Value::Dictionary(dictionary)) => {
                let identifier = first_identifier(view, trailer);
                open_scheme(view, &dictionary, &identifier, password)
            }
            _ => Err(Locked::Unsupported),
        };
        Some(opened.map(|encryption| Self {
            own: raw.as_reference(),
            ..encryption
        }))
    }

    /// Whether the user who opened it may fill in and sign, or change, or annotate (table 22).
    ///
    /// Any of the three bits is enough: viewers that offer signing ask for one of them.
    pub(crate) fn permits_signing(&self) -> bool {
        const MODIFY: u32 = 1 << 3;
        const ANNOTATE: u32 = 1 << 5;
        const FILL_AND_SIGN: u32 = 1 << 8;
        let asked = match self.scheme.revision {
            0..=2 => MODIFY | ANNOTATE,
            _ => MODIFY | ANNOTATE | FILL_AND_SIGN,
        };
        self.as_owner || self.scheme.permissions & asked != 0
    }

    /// The password for another reader of the same bytes.
    pub(crate) fn reader_password(&self) -> Option<&str> {
        self.reader_password.as_ref().map(|text| text.as_str())
    }

    /// Decrypts the strings of an object in place; `None` when one of them cannot be.
    pub(crate) fn open_strings(&self, reference: Reference, value: &mut Value) -> Option<()> {
        if self.own == Some(reference) {
            return Some(());
        }
        walk_strings(value, &mut |bytes| {
            let plain = cipher::decrypt(self.scheme.strings, &self.key, reference, bytes)?;
            *bytes = plain;
            Some(())
        })
    }

    /// Encrypts the strings of an object that is about to be written.
    pub(crate) fn close_strings(&self, reference: Reference, value: &mut Value) {
        let mut serial = 0_u32;
        let closed = walk_strings(value, &mut |bytes| {
            serial += 1;
            *bytes = self.close(self.scheme.strings, reference, serial, bytes);
            Some(())
        });
        debug_assert!(closed.is_some(), "encrypting never fails");
    }

    /// Decrypts the raw bytes of a stream.
    pub(crate) fn open_stream(&self, reference: Reference, dictionary: &Dictionary, raw: &[u8]) -> Option<Vec<u8>> {
        let method = self.scheme.stream_method(dictionary)?;
        cipher::decrypt(method, &self.key, reference, raw)
    }

    /// Encrypts the (already filtered) bytes of a stream that is about to be written.
    pub(crate) fn close_stream(&self, reference: Reference, data: &[u8]) -> Vec<u8> {
        self.close(self.scheme.streams, reference, 0, data)
    }

    fn close(&self, method: Method, reference: Reference, serial: u32, plain: &[u8]) -> Vec<u8> {
        let start = self.starting_vector(reference, serial, plain);
        cipher::encrypt(method, &self.key, reference, start, plain)
    }

    /// The initialisation vector: a keyed hash of the place and the plain text.
    ///
    /// CBC needs vectors that nobody without the key can foresee and that do not repeat for
    /// different texts. SHA-256 over the secret file key, the place and the text gives both
    /// without a source of randomness (a synthetic IV): equal vectors mean the same text at the
    /// same place of the same file, which shows no more than that it was written twice. The key
    /// stands first and has a fixed length per file, and only half of the hash leaves.
    fn starting_vector(&self, reference: Reference, serial: u32, plain: &[u8]) -> [u8; 16] {
        let mut hash = Sha256::new();
        hash.update(b"ganjiang initialisation vector\0");
        hash.update(self.key.as_slice());
        hash.update(reference.number.to_be_bytes());
        hash.update(reference.generation.to_be_bytes());
        hash.update(serial.to_be_bytes());
        hash.update((plain.len() as u64).to_be_bytes());
        hash.update(plain);
        let mut start = [0; 16];
        for (place, byte) in start.iter_mut().zip(hash.finalize()) {
            *place = byte;
        }
        start
    }
}

fn first_identifier(view: View<'_>, trailer: &Dictionary) -> Vec<u8> {
    let identifier = view.entry_of(trailer, "ID").ok().flatten();
    let first = identifier.as_ref().and_then(Value::as_array).and_then(<[Value]>::first);
    first.and_then(Value::as_bytes).unwrap_or_default().to_vec()
}

fn open_scheme(
    view: View<'_>,
    dictionary: &Dictionary,
    identifier: &[u8],
    password: Option<&Password>,
) -> Result<Encryption, Locked> {
    let scheme = Scheme::read(view, dictionary).ok_or(Locked::Unsupported)?;
    let empty = Password::new(String::new());
    // A file that opens without asking opens with any password; the one given may be the owner's.
    let tried = [password, Some(&empty)];
    let opened = tried
        .into_iter()
        .flatten()
        .find_map(|password| keys::unlock(&scheme, identifier, password));
    let keys::Unlocked {
        key,
        as_owner,
        reader_password,
    } = opened.ok_or(Locked::WrongPassword)?;
    Ok(Encryption {
        key,
        scheme,
        own: None,
        as_owner,
        reader_password,
    })
}

/// Visits every encrypted string below a value: all but the contents of signatures (7.6.2).
fn walk_strings(value: &mut Value, visit: &mut dyn FnMut(&mut Vec<u8>) -> Option<()>) -> Option<()> {
    match value {
        Value::String(bytes) => visit(bytes),
        Value::Array(items) => items.iter_mut().try_for_each(|item| walk_strings(item, visit)),
        Value::Dictionary(dictionary) => {
            let plain_contents = is_signature(dictionary);
            dictionary
                .entries_mut()
                .try_for_each(|(key, value)| match plain_contents && key == b"Contents" {
                    true => Some(()),
                    false => walk_strings(value, visit),
                })
        }
        _ => Some(()),
    }
}

fn is_signature(dictionary: &Dictionary) -> bool {
    let kind = dictionary.get("Type").and_then(Value::as_name);
    let may_be = matches!(kind, None | Some(b"Sig" | b"DocTimeStamp"));
    may_be && dictionary.get("ByteRange").is_some()
}

/// Methods by name of crypt filter.
type Filters = BTreeMap<Vec<u8>, Method>;
