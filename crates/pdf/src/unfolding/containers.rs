//! The streams that the tolerant reader unfolds whole and keeps as soon as it opens a file: object streams and
//! cross-reference streams.

use super::{Packing, size};

/// Most bytes that all of them may have together; ten times what a document of ten thousand pages has.
pub(crate) const MOST_OF_CONTAINERS: usize = 256 << 20;

const BEGINS: &[u8] = b"stream";
const ENDS: &[u8] = b"endstream";

/// Whether what may be a container of a damaged file fits, wherever it stands: the reader looks through the whole file then.
pub(crate) fn found_containers_fit(data: &[u8]) -> bool {
    let mut left = MOST_OF_CONTAINERS;
    let mut at = 0;
    while let Some(begins) = find(data, BEGINS, at) {
        let before = data.get(at..begins).unwrap_or_default();
        at = begins + BEGINS.len();
        if before.ends_with(b"end") {
            continue;
        }
        let names = names(before);
        if names.iter().any(|name| name == b"ObjStm" || name == b"XRef") {
            let packings: Vec<_> = names.iter().filter_map(|name| Packing::named(name)).collect();
            match size(raw(data, before, at), &packings, left) {
                Some(size) => left -= size,
                None => return false,
            }
        }
    }
    true
}

/// As far as the dictionary says, or to the next end.
fn raw<'a>(data: &'a [u8], dictionary: &[u8], at: usize) -> &'a [u8] {
    let at = match data.get(at..) {
        Some([b'\r', b'\n', ..]) => at + 2,
        Some([b'\r' | b'\n', ..]) => at + 1,
        _ => at,
    };
    let ends = find(data, ENDS, at).unwrap_or(data.len());
    let stated = at.saturating_add(stated_length(dictionary).unwrap_or(0));
    data.get(at..ends.max(stated).min(data.len())).unwrap_or_default()
}

fn stated_length(dictionary: &[u8]) -> Option<usize> {
    const KEY: &[u8] = b"/Length";
    let digits = dictionary.get(find(dictionary, KEY, 0)? + KEY.len()..)?;
    let digits = digits.trim_ascii_start();
    let end = digits
        .iter()
        .position(|byte| !byte.is_ascii_digit())
        .unwrap_or(digits.len());
    std::str::from_utf8(digits.get(..end)?).ok()?.parse().ok()
}

/// The names in a stretch of a file (ISO 32000-2, 7.3.5), without their slashes.
fn names(text: &[u8]) -> Vec<Vec<u8>> {
    let ends = |byte: &u8| byte.is_ascii_whitespace() || b"\0()<>[]{}/%".contains(byte);
    let mut names = Vec::new();
    let mut rest = text;
    while let Some(slash) = rest.iter().position(|byte| *byte == b'/') {
        rest = rest.get(slash + 1..).unwrap_or_default();
        let (name, after) = rest.split_at(rest.iter().position(ends).unwrap_or(rest.len()));
        names.push(unescaped(name));
        rest = after;
    }
    names
}

fn unescaped(name: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    let mut rest = name;
    while let [byte, after @ ..] = rest {
        let digit = |at: usize| after.get(at).and_then(|byte| (*byte as char).to_digit(16));
        rest = after;
        match (byte, digit(0), digit(1)) {
            (b'#', Some(high), Some(low)) => {
                plain.push((high * 16 + low) as u8);
                rest = after.get(2..).unwrap_or_default();
            }
            _ => plain.push(*byte),
        }
    }
    plain
}

fn find(data: &[u8], word: &[u8], from: usize) -> Option<usize> {
    let found = data
        .get(from..)?
        .windows(word.len())
        .position(|window| window == word)?;
    Some(from + found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    fn deflated(megabytes: usize) -> Vec<u8> {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        let piece = vec![b' '; 1 << 20];
        (0..megabytes).for_each(|_| encoder.write_all(&piece).unwrap());
        encoder.finish().unwrap()
    }

    fn object(entries: &str, data: &[u8]) -> Vec<u8> {
        let head = format!("1 0 obj <<{entries}>> stream\r\n");
        [head.as_bytes(), data, b"\nendstream endobj\n"].concat()
    }

    #[test]
    fn containers_are_found_however_they_are_written() {
        let small = deflated(1);
        let large = deflated(257);
        let fits = |entries: &str, data: &[u8]| found_containers_fit(&object(entries, data));
        assert!(fits("/Type /ObjStm /Filter /FlateDecode", &small));
        assert!(!fits("/Type /ObjStm /Filter /FlateDecode", &large));
        assert!(!fits("/Filter[/Fl]/Type/#58Ref", &large));
        assert!(!fits("/Type/Obj#53tm%\n/Filter/Flate#44ecode", &large));
        assert!(fits("/Type/XObject/Filter/FlateDecode", &large));
        let half = object("/Type/ObjStm/Filter/FlateDecode", &deflated(129));
        assert!(found_containers_fit(&half));
        assert!(!found_containers_fit(&half.repeat(2)));
    }

    #[test]
    fn an_end_inside_the_data_hides_nothing() {
        let large = deflated(257);
        // A stored block of nine bytes before what is packed.
        let hidden = [&[0x78, 0xDA, 0x00, 9, 0, 0xF6, 0xFF], ENDS, &large[2..]].concat();
        let stated = format!("/Type/ObjStm/Filter/FlateDecode/Length {}", hidden.len());
        assert!(!found_containers_fit(&object(&stated, &hidden)));
    }
}
