//! The encryption dictionary as read: version, revision, crypt filters, what stays plain.

use super::{Filters, Method};
use crate::structure::{Dictionary, Value, View};

/// What the encryption dictionary says (tables 20, 21 and 25).
pub(super) struct Scheme {
    /// `R`: 2 to 6.
    pub(super) revision: u8,
    /// Lengths of the key to try, in bytes.
    pub(super) key_lengths: Vec<usize>,
    pub(super) owner: Vec<u8>,
    pub(super) user: Vec<u8>,
    /// `OE` and `UE`, revisions 5 and 6.
    pub(super) owner_key: Vec<u8>,
    pub(super) user_key: Vec<u8>,
    /// `P` as 32 bits.
    pub(super) permissions: u32,
    pub(super) encrypt_metadata: bool,
    pub(super) strings: Method,
    pub(super) streams: Method,
    filters: Filters,
}

impl Scheme {
    /// `None` when the dictionary is broken or is none of the standard schemes.
    pub(super) fn read(view: View<'_>, dictionary: &Dictionary) -> Option<Self> {
        let value = |key: &str| view.entry_of(dictionary, key).ok().flatten();
        let integer = |key: &str| value(key).as_ref().and_then(Value::as_integer);
        let bytes = |key: &str| match value(key) {
            Some(Value::String(bytes)) => Some(bytes),
            _ => None,
        };
        if !dictionary.name_is("Filter", "Standard") {
            return None;
        }
        let version = integer("V").unwrap_or(0);
        let revision = u8::try_from(integer("R")?)
            .ok()
            .filter(|revision| (2..=6).contains(revision))?;
        // Some writers count the length in bytes.
        let stated = integer("Length").map(|length| if length >= 40 { length / 8 } else { length });
        let stated = stated.and_then(|length| usize::try_from(length).ok());
        let stated = stated.filter(|length| (5..=16).contains(length));
        let key_lengths = match version {
            1 => vec![5],
            2 | 3 => vec![stated.unwrap_or(5)],
            4 => vec![16, stated.unwrap_or(16)],
            5 => vec![32],
            _ => return None,
        };
        let filters = match version {
            4 | 5 => filters(view, dictionary)?,
            _ => Filters::new(),
        };
        let chosen = |key: &str| match version {
            4 | 5 => by_name(
                &filters,
                dictionary.get(key).and_then(Value::as_name).unwrap_or(b"Identity"),
            ),
            _ => Some(Method::Rc4),
        };
        let fits = (version == 5) == (revision >= 5);
        // A signed or an unsigned number of 32 bits: the same bits.
        let permissions = (integer("P")? & 0xFFFF_FFFF) as u32;
        Some(Self {
            revision,
            key_lengths,
            owner: bytes("O")?,
            user: bytes("U")?,
            owner_key: bytes("OE").unwrap_or_default(),
            user_key: bytes("UE").unwrap_or_default(),
            permissions,
            encrypt_metadata: value("EncryptMetadata") != Some(Value::Boolean(false)),
            strings: chosen("StrF")?,
            streams: chosen("StmF")?,
            filters,
        })
        .filter(|_| fits)
    }

    /// How a stream is encrypted (7.6.2, 7.6.6).
    pub(super) fn stream_method(&self, dictionary: &Dictionary) -> Option<Method> {
        if dictionary.is_type("XRef") || (dictionary.is_type("Metadata") && !self.encrypt_metadata) {
            return Some(Method::Identity);
        }
        match own_filter(dictionary) {
            None => Some(self.streams),
            Some(name) => by_name(&self.filters, &name),
        }
    }
}

/// The crypt filter a stream names itself: `Crypt` is then the first of its filters.
fn own_filter(dictionary: &Dictionary) -> Option<Vec<u8>> {
    let first = |value: &Value| match value {
        Value::Array(items) => items.first().cloned(),
        other => Some(other.clone()),
    };
    let filter = dictionary.get("Filter").and_then(first)?;
    if filter.as_name() != Some(b"Crypt") {
        return None;
    }
    let parameters = dictionary.get("DecodeParms").and_then(first);
    let name = parameters
        .as_ref()
        .and_then(Value::as_dictionary)
        .and_then(|parameters| parameters.get("Name"))
        .and_then(Value::as_name);
    Some(name.unwrap_or(b"Identity").to_vec())
}

fn by_name(filters: &Filters, name: &[u8]) -> Option<Method> {
    match name {
        b"Identity" => Some(Method::Identity),
        other => filters.get(other).copied(),
    }
}

fn filters(view: View<'_>, dictionary: &Dictionary) -> Option<Filters> {
    let Some(Value::Dictionary(listed)) = view.entry_of(dictionary, "CF").ok()? else {
        return Some(Filters::new());
    };
    let mut filters = Filters::new();
    for (name, value) in listed.entries() {
        let Value::Dictionary(filter) = view.resolve(value).ok()? else {
            return None;
        };
        let method = match filter.get("CFM").and_then(Value::as_name) {
            None | Some(b"None") => Method::Identity,
            Some(b"V2") => Method::Rc4,
            Some(b"AESV2") => Method::Aes128,
            Some(b"AESV3") => Method::Aes256,
            Some(_) => return None,
        };
        filters.insert(name.to_vec(), method);
    }
    Some(filters)
}
