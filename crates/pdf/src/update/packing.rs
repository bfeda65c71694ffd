//! Object streams of an update: many small objects in one compressed stream (7.5.7).

use crate::structure::{Dictionary, Value};

/// Most objects in one stream: a reader that wants one of them unpacks all.
pub(super) const MOST_OBJECTS: usize = 200;

/// Dictionary and data of an object stream that holds these objects, in this order.
pub(super) fn object_stream(members: &[(u32, Value)]) -> (Dictionary, Vec<u8>) {
    let (mut head, mut body) = (String::new(), Vec::new());
    for (number, value) in members {
        head.push_str(&format!("{number} {} ", body.len()));
        value.write(&mut body);
        body.push(b'\n');
    }
    let mut dictionary = Dictionary::default();
    dictionary.set("Type", Value::name("ObjStm"));
    dictionary.set("N", count(members.len()));
    dictionary.set("First", count(head.len()));
    (dictionary, [head.into_bytes(), body].concat())
}

fn count(length: usize) -> Value {
    Value::Integer(i64::try_from(length).unwrap_or(i64::MAX))
}
