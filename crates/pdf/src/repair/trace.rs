//! Traces of a signature: in the bytes, wherever they lie, and in the objects that can be read.

use crate::structure::{Dictionary, Parser, Value, is_white};

/// Whether the bytes have `ByteRange` or a `Type` of `Sig` or `DocTimeStamp` anywhere.
pub(super) fn in_bytes(bytes: &[u8]) -> bool {
    let names = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'/');
    names.map(|(at, _)| at).any(|at| {
        let rest = bytes.get(at..).unwrap_or_default();
        rest.starts_with(b"/ByteRange") || (rest.starts_with(b"/Type") && names_a_signature(bytes, at + 5))
    })
}

fn names_a_signature(bytes: &[u8], after_type: usize) -> bool {
    let mut parser = Parser::new(bytes, after_type);
    parser.skip_blank();
    let rest = parser.rest();
    [&b"/Sig"[..], b"/DocTimeStamp"].iter().any(|name| {
        let next = rest.get(name.len()).copied().unwrap_or(b' ');
        rest.starts_with(name) && (is_white(next) || b"/<>[(%".contains(&next))
    })
}

/// Whether a dictionary is a signature or a signed field.
pub(super) fn in_dictionary(dictionary: &Dictionary) -> bool {
    let has_value = dictionary.get("V").is_some_and(|value| *value != Value::Null);
    dictionary.get("ByteRange").is_some()
        || dictionary.is_type("Sig")
        || dictionary.is_type("DocTimeStamp")
        || (dictionary.name_is("FT", "Sig") && has_value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_leave_traces_and_their_empty_fields_do_not() {
        assert!(in_bytes(b"garbage /ByteRange[0 1"));
        assert!(in_bytes(b"<</Type/Sig/Filter"));
        assert!(in_bytes(b"<</Type \n/DocTimeStamp>>"));
        assert!(!in_bytes(b"<</Type/SigFieldLock/FT/Sig/T(a)>>"));
        assert!(!in_bytes(b"<</Type"));
    }
}
