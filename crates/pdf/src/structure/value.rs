//! PDF values as owned trees, and how they are written back.

use std::io::Write as _;

/// Number and generation of an indirect object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Reference {
    pub(crate) number: u32,
    pub(crate) generation: u16,
}

/// One PDF value (ISO 32000-2, 7.3). Reals keep their text so that nothing is lost on the way back; two values are
/// equal when they mean the same, however they are written.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Null,
    Boolean(bool),
    Integer(i64),
    Real(String),
    String(Vec<u8>),
    Name(Vec<u8>),
    Array(Vec<Value>),
    Dictionary(Dictionary),
    Reference(Reference),
}

/// A dictionary in file order; every key once. The order says nothing (7.3.7).
#[derive(Debug, Clone, Default)]
pub(crate) struct Dictionary(Vec<(Vec<u8>, Value)>);

impl PartialEq for Dictionary {
    fn eq(&self, other: &Self) -> bool {
        let holds = |(key, value): &(Vec<u8>, Value)| {
            let same = other.0.iter().find(|(name, _)| name == key);
            same.is_some_and(|(_, theirs)| theirs == value)
        };
        self.0.len() == other.0.len() && self.0.iter().all(holds)
    }
}

impl Eq for Dictionary {}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Boolean(own), Self::Boolean(theirs)) => own == theirs,
            (Self::Integer(own), Self::Integer(theirs)) => own == theirs,
            (Self::Real(own), Self::Real(theirs)) if own == theirs => true,
            (Self::Integer(_) | Self::Real(_), Self::Integer(_) | Self::Real(_)) => {
                matches!((self.as_number(), other.as_number()), (Some(own), Some(theirs)) if own == theirs)
            }
            (Self::String(own), Self::String(theirs)) | (Self::Name(own), Self::Name(theirs)) => own == theirs,
            (Self::Array(own), Self::Array(theirs)) => own == theirs,
            (Self::Dictionary(own), Self::Dictionary(theirs)) => own == theirs,
            (Self::Reference(own), Self::Reference(theirs)) => own == theirs,
            _ => false,
        }
    }
}

impl Eq for Value {}

impl Dictionary {
    pub(crate) fn get(&self, key: &str) -> Option<&Value> {
        self.0
            .iter()
            .find(|(name, _)| name == key.as_bytes())
            .map(|(_, value)| value)
    }

    pub(crate) fn set(&mut self, key: &str, value: Value) {
        match self.0.iter_mut().find(|(name, _)| name == key.as_bytes()) {
            Some((_, place)) => *place = value,
            None => self.0.push((key.as_bytes().to_vec(), value)),
        }
    }

    /// Adds a key that is not there yet; false when it is.
    pub(crate) fn insert_new(&mut self, key: Vec<u8>, value: Value) -> bool {
        let fresh = self.0.iter().all(|(name, _)| *name != key);
        if fresh {
            self.0.push((key, value));
        }
        fresh
    }

    pub(crate) fn entries(&self) -> impl Iterator<Item = (&[u8], &Value)> {
        self.0.iter().map(|(key, value)| (key.as_slice(), value))
    }

    pub(crate) fn entries_mut(&mut self) -> impl Iterator<Item = (&[u8], &mut Value)> {
        self.0.iter_mut().map(|(key, value)| (key.as_slice(), value))
    }

    pub(crate) fn is_type(&self, kind: &str) -> bool {
        self.name_is("Type", kind)
    }

    pub(crate) fn name_is(&self, key: &str, expected: &str) -> bool {
        self.get(key).and_then(Value::as_name) == Some(expected.as_bytes())
    }

    pub(crate) fn integer(&self, key: &str) -> Option<i64> {
        self.get(key)?.as_integer()
    }
}

impl Value {
    pub(crate) fn name(text: &str) -> Self {
        Self::Name(text.as_bytes().to_vec())
    }

    pub(crate) fn reference(number: u32) -> Self {
        Self::Reference(Reference { number, generation: 0 })
    }

    /// A real with at most five decimals: 0.00001 pt is far below anything that can be seen.
    pub(crate) fn real(number: f64) -> Self {
        let text = format!("{number:.5}");
        let short = text.trim_end_matches('0').trim_end_matches('.');
        Self::Real(if short == "-0" || short.is_empty() {
            "0".to_owned()
        } else {
            short.to_owned()
        })
    }

    /// A text string (7.9.2.2): ASCII as it is, anything else as UTF-16 with its mark.
    pub(crate) fn text(text: &str) -> Self {
        if text.is_ascii() {
            return Self::String(text.as_bytes().to_vec());
        }
        let mut bytes = vec![0xFE, 0xFF];
        bytes.extend(text.encode_utf16().flat_map(u16::to_be_bytes));
        Self::String(bytes)
    }

    pub(crate) fn as_integer(&self) -> Option<i64> {
        match self {
            Self::Integer(number) => Some(*number),
            _ => None,
        }
    }

    pub(crate) fn as_number(&self) -> Option<f64> {
        match self {
            Self::Integer(number) => Some(*number as f64),
            Self::Real(text) => text.parse().ok().filter(|number: &f64| number.is_finite()),
            _ => None,
        }
    }

    pub(crate) fn as_name(&self) -> Option<&[u8]> {
        match self {
            Self::Name(name) => Some(name),
            _ => None,
        }
    }

    pub(crate) fn as_bytes(&self) -> Option<&[u8]> {
        match self {
            Self::String(bytes) => Some(bytes),
            _ => None,
        }
    }

    pub(crate) fn as_array(&self) -> Option<&[Self]> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    pub(crate) fn as_dictionary(&self) -> Option<&Dictionary> {
        match self {
            Self::Dictionary(dictionary) => Some(dictionary),
            _ => None,
        }
    }

    pub(crate) fn as_reference(&self) -> Option<Reference> {
        match self {
            Self::Reference(reference) => Some(*reference),
            _ => None,
        }
    }

    /// Appends the value in PDF syntax. Strings are written in hexadecimal.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Null => out.extend_from_slice(b"null"),
            Self::Boolean(true) => out.extend_from_slice(b"true"),
            Self::Boolean(false) => out.extend_from_slice(b"false"),
            Self::Integer(number) => put(out, format_args!("{number}")),
            Self::Real(text) => out.extend_from_slice(text.as_bytes()),
            Self::String(bytes) => write_string(bytes, out),
            Self::Name(name) => write_name(name, out),
            Self::Array(items) => write_array(items, out),
            Self::Dictionary(dictionary) => dictionary.write(out),
            Self::Reference(Reference { number, generation }) => put(out, format_args!("{number} {generation} R")),
        }
    }
}

impl Dictionary {
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"<<");
        for (key, value) in &self.0 {
            write_name(key, out);
            out.push(b' ');
            value.write(out);
            out.push(b'\n');
        }
        out.extend_from_slice(b">>");
    }
}

impl FromIterator<(&'static str, Value)> for Dictionary {
    fn from_iter<Entries: IntoIterator<Item = (&'static str, Value)>>(entries: Entries) -> Self {
        Self(
            entries
                .into_iter()
                .map(|(key, value)| (key.as_bytes().to_vec(), value))
                .collect(),
        )
    }
}

fn put(out: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    // Writing to a vector cannot fail.
    let _ = out.write_fmt(text);
}

fn write_array(items: &[Value], out: &mut Vec<u8>) {
    out.push(b'[');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(if index % 16 == 0 { b'\n' } else { b' ' });
        }
        item.write(out);
    }
    out.push(b']');
}

fn write_string(bytes: &[u8], out: &mut Vec<u8>) {
    out.push(b'<');
    for byte in bytes {
        put(out, format_args!("{byte:02X}"));
    }
    out.push(b'>');
}

fn write_name(name: &[u8], out: &mut Vec<u8>) {
    out.push(b'/');
    for byte in name {
        if byte.is_ascii_graphic() && !b"()<>[]{}/%#".contains(byte) {
            out.push(*byte);
        } else {
            put(out, format_args!("#{byte:02X}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(value: &Value) -> String {
        let mut out = Vec::new();
        value.write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn reals_are_short_and_never_in_exponent_form() {
        assert_eq!(written(&Value::real(12.5)), "12.5");
        assert_eq!(written(&Value::real(-0.000_000_1)), "0");
        assert_eq!(written(&Value::real(1e9)), "1000000000");
    }

    #[test]
    fn what_means_the_same_is_equal() {
        let pair = |first: &'static str, second: &'static str| -> Value {
            let value = |key: &str| Value::Integer(if key == "A" { 1 } else { 2 });
            Value::Dictionary([(first, value(first)), (second, value(second))].into_iter().collect())
        };
        assert_eq!(pair("A", "B"), pair("B", "A"));
        assert_ne!(pair("A", "B"), pair("A", "C"));
        assert_eq!(Value::Integer(612), Value::Real("612.0".to_owned()));
        assert_ne!(Value::Integer(612), Value::Real("612.1".to_owned()));
        assert_ne!(Value::name("A"), Value::String(b"A".to_vec()));
    }

    #[test]
    fn odd_names_and_chinese_text_survive() {
        assert_eq!(written(&Value::Name(b"A B#".to_vec())), "/A#20B#23");
        assert_eq!(written(&Value::text("章")), "<FEFF7AE0>");
    }
}
