//! Reading and writing single DER elements over the raw bytes, so that what was signed is never re-encoded.
//!
//! Absent: indefinite lengths (`ber` makes them definite first) and tags above 30, which are refused.

/// Universal and context tags used here, as encoded.
pub(crate) mod tag {
    pub(crate) const BOOLEAN: u8 = 0x01;
    pub(crate) const INTEGER: u8 = 0x02;
    pub(crate) const BIT_STRING: u8 = 0x03;
    pub(crate) const OCTET_STRING: u8 = 0x04;
    pub(crate) const NULL: u8 = 0x05;
    pub(crate) const OID: u8 = 0x06;
    pub(crate) const ENUMERATED: u8 = 0x0a;
    pub(crate) const UTC_TIME: u8 = 0x17;
    pub(crate) const UTF8_STRING: u8 = 0x0c;
    pub(crate) const GENERALIZED_TIME: u8 = 0x18;
    pub(crate) const SEQUENCE: u8 = 0x30;
    pub(crate) const SET: u8 = 0x31;
    /// `[0]` constructed.
    pub(crate) const CONTEXT_0: u8 = 0xa0;
    /// `[1]` constructed.
    pub(crate) const CONTEXT_1: u8 = 0xa1;
    /// `[2]` constructed.
    pub(crate) const CONTEXT_2: u8 = 0xa2;
    /// `[0]` primitive.
    pub(crate) const CONTEXT_0_PRIMITIVE: u8 = 0x80;
}

/// The bytes are not the definite-length elements that were expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

/// One element: its tag, its content, and both with the header.
#[derive(Clone, Copy)]
pub(crate) struct Element<'a> {
    pub(crate) tag: u8,
    pub(crate) content: &'a [u8],
    pub(crate) raw: &'a [u8],
}

impl<'a> Element<'a> {
    /// The elements inside.
    pub(crate) fn inside(&self) -> Elements<'a> {
        Elements { rest: self.content }
    }
}

/// Walks the elements of some bytes one after another.
pub(crate) struct Elements<'a> {
    rest: &'a [u8],
}

impl<'a> Elements<'a> {
    pub(crate) fn of(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// The tag of the element that comes next.
    pub(crate) fn next_tag(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(crate) fn any(&mut self) -> Result<Element<'a>, Malformed> {
        let (header, length) = header(self.rest)?;
        let end = header.checked_add(length).ok_or(Malformed)?;
        let (raw, rest) = self.rest.split_at_checked(end).ok_or(Malformed)?;
        self.rest = rest;
        let tag = *raw.first().ok_or(Malformed)?;
        Ok(Element {
            tag,
            content: raw.get(header..).ok_or(Malformed)?,
            raw,
        })
    }

    pub(crate) fn expect(&mut self, tag: u8) -> Result<Element<'a>, Malformed> {
        let element = self.any()?;
        if element.tag == tag {
            Ok(element)
        } else {
            Err(Malformed)
        }
    }

    pub(crate) fn optional(&mut self, tag: u8) -> Result<Option<Element<'a>>, Malformed> {
        if self.rest.first() == Some(&tag) {
            self.any().map(Some)
        } else {
            Ok(None)
        }
    }

    /// All elements that are left.
    pub(crate) fn all(mut self) -> Result<Vec<Element<'a>>, Malformed> {
        let mut found = Vec::new();
        while !self.is_empty() {
            found.push(self.any()?);
        }
        Ok(found)
    }
}

/// Length of the header and of the content (X.690, 8.1.2 and 8.1.3).
fn header(bytes: &[u8]) -> Result<(usize, usize), Malformed> {
    let (&tag, rest) = bytes.split_first().ok_or(Malformed)?;
    let (&first, rest) = rest.split_first().ok_or(Malformed)?;
    if tag & 0x1f == 0x1f {
        return Err(Malformed);
    }
    if first < 0x80 {
        return Ok((2, usize::from(first)));
    }
    let count = usize::from(first & 0x7f);
    if !(1..=4).contains(&count) {
        return Err(Malformed);
    }
    let digits = rest.get(..count).ok_or(Malformed)?;
    let length = digits
        .iter()
        .fold(0_usize, |sum, &digit| (sum << 8) | usize::from(digit));
    Ok((2 + count, length))
}

/// Writes one element in DER.
pub(crate) fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length = parts.iter().map(|part| part.len()).sum::<usize>();
    let mut bytes = vec![tag];
    if length < 0x80 {
        bytes.extend(u8::try_from(length));
    } else {
        let digits = length.to_be_bytes();
        let digits: Vec<u8> = digits.into_iter().skip_while(|&digit| digit == 0).collect();
        bytes.extend(u8::try_from(digits.len()).map(|count| 0x80 | count));
        bytes.extend(digits);
    }
    parts.iter().for_each(|part| bytes.extend_from_slice(part));
    bytes
}

/// Writes a SET OF in DER: elements in ascending order of their bytes (X.690, 11.6).
pub(crate) fn set_of(tag: u8, mut elements: Vec<Vec<u8>>) -> Vec<u8> {
    elements.sort();
    let parts: Vec<&[u8]> = elements.iter().map(Vec::as_slice).collect();
    element(tag, &parts)
}

/// Writes a non-negative INTEGER in DER from its bytes, most significant first.
pub(crate) fn unsigned(bytes: &[u8]) -> Vec<u8> {
    let significant = bytes.iter().position(|byte| *byte != 0).unwrap_or(bytes.len());
    let bytes = bytes.get(significant..).unwrap_or_default();
    let sign: &[u8] = match bytes.first() {
        Some(0..=0x7f) => &[],
        _ => &[0],
    };
    element(tag::INTEGER, &[sign, bytes])
}

/// The first element of some bytes, without what follows it (the zeros that fill a PDF's `/Contents`).
pub(crate) fn first(bytes: &[u8]) -> Result<&[u8], Malformed> {
    Elements::of(bytes).any().map(|element| element.raw)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        for length in [0, 1, 127, 128, 255, 256, 70_000] {
            let written = element(tag::OCTET_STRING, &[&vec![7; length]]);
            let mut elements = Elements::of(&written);
            let read = elements.expect(tag::OCTET_STRING).unwrap();
            assert_eq!((read.content.len(), read.raw.len()), (length, written.len()));
            assert!(elements.is_empty());
        }
    }

    #[test]
    fn integers_are_as_short_as_can_be_and_never_negative() {
        for (bytes, written) in [
            (&[][..], &[2, 1, 0][..]),
            (&[0, 0], &[2, 1, 0]),
            (&[0, 5], &[2, 1, 5]),
            (&[0x80], &[2, 2, 0, 0x80]),
        ] {
            assert_eq!(unsigned(bytes), written);
        }
    }

    #[test]
    fn cut_short_indefinite_and_absurd_lengths_are_refused() {
        for bytes in [
            &[][..],
            &[0x30],
            &[0x30, 0x80, 0, 0],
            &[0x30, 5, 1],
            &[0x30, 0x84, 255, 255, 255, 255],
            &[0x1f, 1, 1],
        ] {
            assert!(Elements::of(bytes).any().is_err(), "{bytes:?}");
        }
    }

    #[test]
    fn padding_behind_the_first_element_is_left_out() {
        assert_eq!(first(&[4, 1, 9, 0, 0, 0]), Ok(&[4, 1, 9][..]));
    }
}
