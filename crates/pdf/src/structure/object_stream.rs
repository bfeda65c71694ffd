//! Object streams: many small objects in one compressed stream (7.5.7).

use std::collections::HashMap;

use super::parser::Parser;
use super::value::{Dictionary, Value};

/// A decoded object stream.
pub(crate) struct ObjectStream {
    data: Vec<u8>,
    /// Number and start of each object, by index.
    starts: Vec<(u32, usize)>,
    index_of: HashMap<u32, usize>,
}

impl ObjectStream {
    pub(crate) fn read(dictionary: &Dictionary, data: Vec<u8>) -> Option<Self> {
        let count = usize::try_from(dictionary.integer("N")?).ok()?;
        let first = usize::try_from(dictionary.integer("First")?).ok()?;
        let mut parser = Parser::new(data.get(..first)?, 0);
        let mut starts = Vec::new();
        let mut index_of = HashMap::new();
        for index in 0..count {
            parser.skip_white();
            let number = u32::try_from(parser.unsigned().ok()?).ok()?;
            parser.skip_white();
            let start = first.checked_add(usize::try_from(parser.unsigned().ok()?).ok()?)?;
            starts.push((number, start));
            if index_of.insert(number, index).is_some() {
                return None;
            }
        }
        Some(Self { data, starts, index_of })
    }

    /// How many bytes it has.
    pub(crate) fn len(&self) -> usize {
        self.data.len()
    }

    /// The object `number`, which the cross-reference says is at `index`.
    pub(crate) fn object(&self, number: u32, index: u32) -> Option<Value> {
        let listed = *self.index_of.get(&number)?;
        if listed != usize::try_from(index).ok()? {
            return None;
        }
        let (_, start) = self.starts.get(listed)?;
        Parser::new(&self.data, *start).value().ok()
    }
}
