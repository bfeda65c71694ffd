//! The operators of a content stream or a character map, one after another; only as much as judging changes needs.

use crate::structure::{Parser, Value};

/// Longest content that is read.
const MOST_BYTES: usize = 1 << 20;
/// Most operators.
const MOST_OPERATORS: usize = 100_000;
/// Most operands of one operator.
const MOST_OPERANDS: usize = 2_000;

/// One operator with what stands before it.
pub(super) struct Instruction {
    pub(super) operator: Vec<u8>,
    pub(super) operands: Vec<Value>,
}

impl Instruction {
    /// The operand with this index, as a name.
    pub(super) fn name(&self, index: usize) -> Option<String> {
        let name = self.operands.get(index)?.as_name()?;
        Some(String::from_utf8_lossy(name).into_owned())
    }

    /// The operand with this index, as a number.
    pub(super) fn number(&self, index: usize) -> Option<f64> {
        self.operands.get(index)?.as_number()
    }
}

/// All of them; none when the content is longer than will be looked at or breaks the grammar, as inline images do.
pub(super) fn instructions(data: &[u8]) -> Option<Vec<Instruction>> {
    if data.len() > MOST_BYTES {
        return None;
    }
    let (mut found, mut operands) = (Vec::new(), Vec::new());
    let mut parser = Parser::new(data, 0);
    loop {
        parser.skip_white();
        let Some(next) = parser.rest().first() else {
            return Some(found);
        };
        if found.len() > MOST_OPERATORS || operands.len() > MOST_OPERANDS {
            return None;
        }
        if !next.is_ascii_alphabetic() && !b"'\"".contains(next) {
            operands.push(parser.value().ok()?);
            continue;
        }
        match parser.word() {
            b"BI" => return None,
            b"true" => operands.push(Value::Boolean(true)),
            b"false" => operands.push(Value::Boolean(false)),
            b"null" => operands.push(Value::Null),
            word => found.push(Instruction {
                operator: word.to_vec(),
                operands: std::mem::take(&mut operands),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operators_and_their_operands() {
        let found = instructions(b"q 1 0 0 1 5 5 cm /F1 9 Tf (a) Tj [(b) -3 <63>] TJ T* % x\n(d)' Q").unwrap();
        let words: Vec<&[u8]> = found.iter().map(|one| one.operator.as_slice()).collect();
        assert_eq!(words, [&b"q"[..], b"cm", b"Tf", b"Tj", b"TJ", b"T*", b"'", b"Q"]);
        assert_eq!(found.get(2).unwrap().name(0).unwrap(), "F1");
        assert_eq!(found.get(1).unwrap().number(4), Some(5.0));
    }

    #[test]
    fn pictures_within_and_broken_content_are_not_read() {
        for text in [&b"BI /W 1 ID x EI"[..], b"(open", b"]", b"<< /A"] {
            assert!(instructions(text).is_none());
        }
        assert!(instructions(&vec![b' '; MOST_BYTES + 1]).is_none());
    }
}
