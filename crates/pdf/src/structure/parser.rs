//! A strict parser of PDF values: what two readers might read differently is an error.

use std::ops::Range;

use super::value::{Dictionary, Reference, Value};

/// Deepest nesting of arrays and dictionaries.
const DEEPEST: usize = 100;

/// The bytes are not what the grammar asks for; where it was noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SyntaxError {
    pub(crate) at: usize,
}

type Parsed<T> = Result<T, SyntaxError>;

/// A position in some bytes.
#[derive(Clone, Copy)]
pub(crate) struct Parser<'a> {
    data: &'a [u8],
    at: usize,
}

pub(crate) fn is_white(byte: u8) -> bool {
    matches!(byte, 0 | 9 | 10 | 12 | 13 | 32)
}

fn is_delimiter(byte: u8) -> bool {
    b"()<>[]{}/%".contains(&byte)
}

fn is_regular(byte: u8) -> bool {
    !is_white(byte) && !is_delimiter(byte)
}

impl<'a> Parser<'a> {
    pub(crate) fn new(data: &'a [u8], at: usize) -> Self {
        Self { data, at }
    }

    pub(crate) fn at(&self) -> usize {
        self.at
    }

    pub(crate) fn advance(&mut self, bytes: usize) {
        self.at = self.at.saturating_add(bytes);
    }

    pub(crate) fn rest(&self) -> &'a [u8] {
        self.data.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.data.get(self.at).copied()
    }

    fn fail<T>(&self) -> Parsed<T> {
        Err(SyntaxError { at: self.at })
    }

    fn next(&mut self) -> Parsed<u8> {
        let byte = self.peek().ok_or(SyntaxError { at: self.at })?;
        self.at += 1;
        Ok(byte)
    }

    fn take_while(&mut self, wanted: impl Fn(u8) -> bool) -> &'a [u8] {
        let rest = self.rest();
        let length = rest.iter().position(|byte| !wanted(*byte)).unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    /// Skips white space and comments.
    pub(crate) fn skip_white(&mut self) {
        loop {
            self.take_while(is_white);
            if self.peek() != Some(b'%') {
                return;
            }
            self.take_while(|byte| byte != b'\n' && byte != b'\r');
        }
    }

    /// Skips white space but no comment.
    pub(crate) fn skip_blank(&mut self) {
        self.take_while(is_white);
    }

    /// Takes `word` when it stands here as a whole token.
    pub(crate) fn accept(&mut self, word: &[u8]) -> bool {
        let rest = self.rest();
        let ends = rest.get(word.len()).is_none_or(|byte| !is_regular(*byte));
        let found = rest.starts_with(word) && ends;
        if found {
            self.at += word.len();
        }
        found
    }

    /// A run of regular characters: a keyword or an operator.
    pub(crate) fn word(&mut self) -> &'a [u8] {
        self.take_while(is_regular)
    }

    /// A run of decimal digits.
    pub(crate) fn unsigned(&mut self) -> Parsed<u64> {
        let start = *self;
        let digits = self.take_while(|byte| byte.is_ascii_digit());
        let ends = self.peek().is_none_or(|byte| !is_regular(byte));
        let number = std::str::from_utf8(digits).ok().and_then(|text| text.parse().ok());
        number.filter(|_| ends).ok_or(SyntaxError { at: start.at })
    }

    /// `12 0 obj`: the header of an indirect object.
    pub(crate) fn object_header(&mut self) -> Parsed<Reference> {
        let start = self.at;
        let wrong = SyntaxError { at: start };
        let number = u32::try_from(self.unsigned()?).map_err(|_| wrong)?;
        self.skip_white();
        let generation = u16::try_from(self.unsigned()?).map_err(|_| wrong)?;
        self.skip_white();
        // `obj` may be followed at once by anything: `1 0 obj<<`, and by a number in sloppy files.
        if !self.rest().starts_with(b"obj") {
            return Err(wrong);
        }
        self.at += 3;
        Ok(Reference { number, generation })
    }

    /// One value.
    pub(crate) fn value(&mut self) -> Parsed<Value> {
        self.value_within(DEEPEST)
    }

    fn value_within(&mut self, depth: usize) -> Parsed<Value> {
        self.skip_white();
        match self.peek() {
            None => self.fail(),
            Some(b'/') => self.name().map(Value::Name),
            Some(b'(') => self.literal_string().map(Value::String),
            Some(b'[') => self.array(depth),
            Some(b'<') if self.rest().starts_with(b"<<") => {
                self.dictionary_within(depth, &mut |_, _| ()).map(Value::Dictionary)
            }
            Some(b'<') => self.hex_string().map(Value::String),
            Some(b'+' | b'-' | b'.' | b'0'..=b'9') => self.number_or_reference(),
            Some(_) => self.keyword(),
        }
    }

    fn keyword(&mut self) -> Parsed<Value> {
        let words = [
            (&b"null"[..], Value::Null),
            (b"true", Value::Boolean(true)),
            (b"false", Value::Boolean(false)),
        ];
        for (word, value) in words {
            if self.accept(word) {
                return Ok(value);
            }
        }
        self.fail()
    }

    fn number_or_reference(&mut self) -> Parsed<Value> {
        if let Some(reference) = self.reference() {
            return Ok(Value::Reference(reference));
        }
        let start = self.at;
        let text = std::str::from_utf8(self.take_while(is_regular)).unwrap_or_default();
        let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit());
        if !all_digits || (whole.is_empty() && fraction.is_empty()) {
            return Err(SyntaxError { at: start });
        }
        match text.parse() {
            Ok(number) => Ok(Value::Integer(number)),
            Err(_) => Ok(Value::Real(text.to_owned())),
        }
    }

    fn reference(&mut self) -> Option<Reference> {
        let mut ahead = *self;
        let number = ahead.unsigned().ok()?;
        ahead.skip_white();
        let generation = ahead.unsigned().ok()?;
        ahead.skip_white();
        if !ahead.accept(b"R") {
            return None;
        }
        let reference = Reference {
            number: u32::try_from(number).ok()?,
            generation: u16::try_from(generation).ok()?,
        };
        *self = ahead;
        Some(reference)
    }

    fn name(&mut self) -> Parsed<Vec<u8>> {
        self.next()?;
        let raw = self.take_while(is_regular);
        let mut name = Vec::with_capacity(raw.len());
        let mut bytes = raw.iter().copied();
        while let Some(byte) = bytes.next() {
            let mut ahead = bytes.clone();
            let escaped = match (byte, ahead.next().and_then(hex_value), ahead.next().and_then(hex_value)) {
                (b'#', Some(high), Some(low)) => Some(high * 16 + low),
                _ => None,
            };
            if escaped.is_some() {
                bytes = ahead;
            }
            name.push(escaped.unwrap_or(byte));
        }
        Ok(name)
    }

    fn array(&mut self, depth: usize) -> Parsed<Value> {
        let inner = depth.checked_sub(1).ok_or(SyntaxError { at: self.at })?;
        self.next()?;
        let mut items = Vec::new();
        loop {
            self.skip_white();
            if self.peek() == Some(b']') {
                self.at += 1;
                return Ok(Value::Array(items));
            }
            items.push(self.value_within(inner)?);
        }
    }

    /// A dictionary; `seen` is told each key and where its value lies.
    pub(crate) fn dictionary(&mut self, seen: &mut dyn FnMut(&[u8], Range<usize>)) -> Parsed<Dictionary> {
        self.skip_white();
        self.dictionary_within(DEEPEST, seen)
    }

    fn dictionary_within(&mut self, depth: usize, seen: &mut dyn FnMut(&[u8], Range<usize>)) -> Parsed<Dictionary> {
        let inner = depth.checked_sub(1).ok_or(SyntaxError { at: self.at })?;
        if !self.rest().starts_with(b"<<") {
            return self.fail();
        }
        self.at += 2;
        let mut dictionary = Dictionary::default();
        loop {
            self.skip_white();
            if self.rest().starts_with(b">>") {
                self.at += 2;
                return Ok(dictionary);
            }
            if self.peek() != Some(b'/') {
                return self.fail();
            }
            let key = self.name()?;
            self.skip_white();
            let start = self.at;
            let value = self.value_within(inner)?;
            seen(&key, start..self.at);
            // A key written twice is read one way here and another way there.
            if !dictionary.insert_new(key, value) {
                return Err(SyntaxError { at: start });
            }
        }
    }

    fn hex_string(&mut self) -> Parsed<Vec<u8>> {
        self.next()?;
        let mut bytes = Vec::new();
        let mut high = None;
        loop {
            let byte = self.next()?;
            match (hex_value(byte), high.take()) {
                (Some(digit), None) => high = Some(digit),
                (Some(digit), Some(first)) => bytes.push(first * 16 + digit),
                (None, first) if byte == b'>' => {
                    // An odd count means a final 0 (7.3.4.3).
                    bytes.extend(first.map(|digit: u8| digit * 16));
                    return Ok(bytes);
                }
                (None, first) if is_white(byte) => high = first,
                _ => return Err(SyntaxError { at: self.at - 1 }),
            }
        }
    }

    fn literal_string(&mut self) -> Parsed<Vec<u8>> {
        self.next()?;
        let mut bytes = Vec::new();
        let mut open = 1_usize;
        loop {
            match self.next()? {
                b'(' => {
                    open += 1;
                    bytes.push(b'(');
                }
                b')' => {
                    open -= 1;
                    if open == 0 {
                        return Ok(bytes);
                    }
                    bytes.push(b')');
                }
                b'\\' => bytes.extend(self.escaped()?),
                b'\r' => {
                    self.skip_line_feed();
                    bytes.push(b'\n');
                }
                byte => bytes.push(byte),
            }
        }
    }

    fn skip_line_feed(&mut self) {
        if self.peek() == Some(b'\n') {
            self.at += 1;
        }
    }

    fn escaped(&mut self) -> Parsed<Option<u8>> {
        Ok(match self.next()? {
            b'n' => Some(b'\n'),
            b'r' => Some(b'\r'),
            b't' => Some(b'\t'),
            b'b' => Some(8),
            b'f' => Some(12),
            b'\n' => None,
            b'\r' => {
                self.skip_line_feed();
                None
            }
            digit @ b'0'..=b'7' => Some(self.octal(digit)),
            other => Some(other),
        })
    }

    fn octal(&mut self, first: u8) -> u8 {
        let mut code = u32::from(first - b'0');
        for _ in 0..2 {
            let Some(digit @ b'0'..=b'7') = self.peek() else { break };
            code = code * 8 + u32::from(digit - b'0');
            self.at += 1;
        }
        // High-order overflow is ignored (7.3.4.2).
        (code & 0xFF) as u8
    }
}

fn hex_value(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Parsed<Value> {
        Parser::new(text.as_bytes(), 0).value()
    }

    #[test]
    fn values_survive_being_written_and_read_again() {
        let text = "<</A [1 -2.5 (a\\(b\\)\\053\\\n) <4a4> /N#20x] /B 12 0 R /C<</D null/E true>> % end\n >>";
        let value = parse(text).unwrap();
        let mut out = Vec::new();
        value.write(&mut out);
        assert_eq!(Parser::new(&out, 0).value().unwrap(), value);
        let items = value.as_dictionary().unwrap().get("A").unwrap().as_array().unwrap();
        assert_eq!(items[2], Value::String(b"a(b)+".to_vec()));
        assert_eq!(items[3], Value::String(b"J@".to_vec()));
    }

    #[test]
    fn what_readers_disagree_about_is_an_error() {
        for text in [
            "<</A 1/A 2>>",
            "<</A>>",
            "<4g>",
            "(open",
            "[1",
            "1.2.3",
            "--1",
            "nul",
            "<<1 2>>",
            "",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn nesting_is_bounded() {
        assert!(parse(&"[".repeat(1_000_000)).is_err());
        assert!(parse(&"<</A".repeat(1_000_000)).is_err());
        assert!(parse(&("[".repeat(90) + &"]".repeat(90))).is_ok());
    }
}
