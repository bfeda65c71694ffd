//! BER as some signers write it, turned into definite lengths; what is in DER already stays as it was received.

use crate::tlv::{self, Elements, Malformed, tag};
use std::borrow::Cow;

/// Deepest nesting that is followed.
const DEEPEST: usize = 64;
/// The bit of a tag that says the content is elements.
const CONSTRUCTED: u8 = 0x20;
/// An OCTET STRING in pieces (X.690, 8.7).
const OCTET_STRING_IN_PIECES: u8 = tag::OCTET_STRING | CONSTRUCTED;

/// The first element of `bytes` with definite lengths and OCTET STRINGs in one piece; bytes behind it are left out.
///
/// Elements that need no change keep every byte, so that signatures over them still hold.
pub(crate) fn definite(bytes: &[u8]) -> Result<Cow<'_, [u8]>, Malformed> {
    match tlv::first(bytes) {
        Ok(first) if is_definite(first, DEEPEST) => Ok(Cow::Borrowed(first)),
        _ => convert(bytes, DEEPEST).map(|(converted, _)| Cow::Owned(converted)),
    }
}

/// Whether nothing inside has an indefinite length or is an OCTET STRING in pieces.
fn is_definite(bytes: &[u8], depth: usize) -> bool {
    let mut elements = Elements::of(bytes);
    while !elements.is_empty() {
        let Ok(element) = elements.any() else { return false };
        let constructed = element.tag & CONSTRUCTED != 0;
        let fine = element.tag != OCTET_STRING_IN_PIECES
            && (!constructed || depth > 0 && is_definite(element.content, depth.saturating_sub(1)));
        if !fine {
            return false;
        }
    }
    true
}

/// One element rewritten, and the bytes behind it.
fn convert(bytes: &[u8], depth: usize) -> Result<(Vec<u8>, &[u8]), Malformed> {
    let depth = depth.checked_sub(1).ok_or(Malformed)?;
    match bytes {
        [tag, 0x80, rest @ ..] if tag & CONSTRUCTED != 0 && tag & 0x1f != 0x1f => {
            let (parts, rest) = until_end_of_contents(rest, depth)?;
            Ok((joined(*tag, &parts)?, rest))
        }
        _ => {
            let first = tlv::first(bytes)?;
            let rest = bytes.get(first.len()..).unwrap_or_default();
            Ok((convert_definite(first, depth)?, rest))
        }
    }
}

fn convert_definite(element: &[u8], depth: usize) -> Result<Vec<u8>, Malformed> {
    if is_definite(element, depth) {
        return Ok(element.to_vec());
    }
    let element = Elements::of(element).any()?;
    if element.tag & CONSTRUCTED == 0 {
        return Err(Malformed);
    }
    let mut parts = Vec::new();
    let mut rest = element.content;
    while !rest.is_empty() {
        let (part, behind) = convert(rest, depth)?;
        parts.push(part);
        rest = behind;
    }
    joined(element.tag, &parts)
}

/// Elements up to the two zeros that end an indefinite length (X.690, 8.1.5).
fn until_end_of_contents(mut rest: &[u8], depth: usize) -> Result<(Vec<Vec<u8>>, &[u8]), Malformed> {
    let mut parts = Vec::new();
    loop {
        if let [0, 0, behind @ ..] = rest {
            return Ok((parts, behind));
        }
        let (part, behind) = convert(rest, depth)?;
        parts.push(part);
        rest = behind;
    }
}

fn joined(tag: u8, parts: &[Vec<u8>]) -> Result<Vec<u8>, Malformed> {
    if tag != OCTET_STRING_IN_PIECES {
        let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
        return Ok(tlv::element(tag, &parts));
    }
    let pieces = parts
        .iter()
        .map(|part| Elements::of(part).expect(tag::OCTET_STRING).map(|piece| piece.content));
    let pieces: Vec<&[u8]> = pieces.collect::<Result<_, _>>()?;
    Ok(tlv::element(tag::OCTET_STRING, &pieces))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_definite_is_not_touched() {
        // A length in more bytes than needed is no DER, but somebody may have signed it.
        let bytes = [0x30, 0x81, 3, 4, 1, 9, 0, 0];
        assert_eq!(definite(&bytes).unwrap().as_ref(), &bytes[..6]);
    }

    #[test]
    fn indefinite_lengths_and_strings_in_pieces_become_definite() {
        let bytes = [
            0x30, 0x80, 0x24, 0x80, 4, 1, 7, 4, 2, 8, 9, 0, 0, 2, 1, 5, 0, 0, 0, 0, 0,
        ];
        assert_eq!(definite(&bytes).unwrap().as_ref(), [0x30, 8, 4, 3, 7, 8, 9, 2, 1, 5]);
        let inside = [0x30, 7, 0x30, 0x80, 2, 1, 5, 0, 0];
        assert_eq!(definite(&inside).unwrap().as_ref(), [0x30, 5, 0x30, 3, 2, 1, 5]);
    }

    #[test]
    fn what_never_ends_or_goes_too_deep_is_refused() {
        assert!(definite(&[0x30, 0x80, 2, 1, 5]).is_err());
        assert!(definite(&[0x30; 200]).is_err());
        let deep: Vec<u8> = [0x30, 0x80].repeat(5_000);
        assert!(definite(&deep).is_err());
        assert!(definite(&[0x04, 0x80, 0, 0]).is_err());
    }
}
