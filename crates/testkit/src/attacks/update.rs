//! Incremental updates as attackers write them: sound ones, and ones with parts missing.

use std::fmt::Write as _;

/// What a file says at its end.
pub(super) struct End {
    /// Where its newest cross-reference section is.
    pub(super) section: usize,
    /// `Size`.
    pub(super) size: usize,
}

/// The text of a number after the last occurrence of a word.
fn number_after(bytes: &[u8], word: &str) -> usize {
    let at = last(bytes, word.as_bytes()) + word.len();
    let digits = bytes[at..].iter().skip_while(|byte| byte.is_ascii_whitespace());
    let digits: Vec<u8> = digits.copied().take_while(u8::is_ascii_digit).collect();
    String::from_utf8(digits).expect("digits").parse().expect("a number")
}

/// Where some bytes occur last.
pub(super) fn last(bytes: &[u8], wanted: &[u8]) -> usize {
    let found = bytes.windows(wanted.len()).rposition(|window| window == wanted);
    found.unwrap_or_else(|| panic!("{} is not in the file", String::from_utf8_lossy(wanted)))
}

/// The newest text of an object, without `endobj`.
pub(super) fn object_text(bytes: &[u8], number: u32) -> String {
    let head = format!("\n{number} 0 obj");
    let start = last(bytes, head.as_bytes()) + head.len();
    let length = bytes[start..]
        .windows(6)
        .position(|window| window == b"endobj")
        .expect("an end of the object");
    String::from_utf8_lossy(&bytes[start..start + length]).trim().to_owned()
}

pub(super) fn end_of(bytes: &[u8]) -> End {
    End {
        section: number_after(bytes, "startxref"),
        size: number_after(bytes, "/Size"),
    }
}

/// A stream object with this dictionary text and content.
pub(super) fn stream(dictionary: &str, content: &str) -> String {
    format!(
        "<< {dictionary} /Length {} >>\nstream\n{content}\nendstream",
        content.len()
    )
}

/// Page content that says something else.
pub(super) fn other_content() -> String {
    stream("", "BT /F1 24 Tf 72 760 Td (Pay 1 000 000 to Mallory) Tj ET")
}

/// Appends objects with a proper table and trailer.
pub(super) fn append(bytes: &[u8], objects: &[(u32, String)]) -> Vec<u8> {
    append_with(bytes, objects, 1)
}

/// As [`append`], with another catalog.
pub(super) fn append_with(bytes: &[u8], objects: &[(u32, String)], root: u32) -> Vec<u8> {
    let (mut file, places) = bodies(bytes, objects);
    let end = end_of(bytes);
    let newest = objects
        .iter()
        .map(|(number, _)| *number as usize + 1)
        .max()
        .unwrap_or(0);
    let start = file.len();
    let mut table = "xref\n".to_owned();
    for (number, place) in &places {
        let _ = write!(table, "{number} 1\n{place:010} 00000 n \n");
    }
    let size = end.size.max(newest);
    let _ = write!(
        table,
        "trailer\n<< /Size {size} /Root {root} 0 R /Prev {} >>\nstartxref\n{start}\n%%EOF\n",
        end.section
    );
    file.extend(table.bytes());
    file
}

/// Appends only the objects.
pub(super) fn bodies(bytes: &[u8], objects: &[(u32, String)]) -> (Vec<u8>, Vec<(u32, usize)>) {
    let mut file = bytes.to_vec();
    if !file.ends_with(b"\n") {
        file.push(b'\n');
    }
    let mut places = Vec::new();
    for (number, text) in objects {
        places.push((*number, file.len()));
        file.extend(format!("{number} 0 obj\n{text}\nendobj\n").bytes());
    }
    (file, places)
}

/// Appends a table that only names places in the file, with a trailer.
pub(super) fn append_table(bytes: &[u8], places: &[(u32, usize)], root: u32) -> Vec<u8> {
    let end = end_of(bytes);
    let mut file = bytes.to_vec();
    if !file.ends_with(b"\n") {
        file.push(b'\n');
    }
    let start = file.len();
    let mut table = "xref\n".to_owned();
    for (number, place) in places {
        // Place 0 frees the object.
        let kind = if *place == 0 { "65535 f" } else { "00000 n" };
        let _ = write!(table, "{number} 1\n{place:010} {kind} \n");
    }
    let _ = write!(
        table,
        "trailer\n<< /Size {} /Root {root} 0 R /Prev {} >>\nstartxref\n{start}\n%%EOF\n",
        end.size, end.section
    );
    file.extend(table.bytes());
    file
}

/// Replaces bytes in place without moving anything: what is shorter is filled with spaces.
pub(super) fn in_place(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    assert!(to.len() <= from.len());
    let at = last(bytes, from);
    let mut changed = bytes.to_vec();
    let filled = to.iter().copied().chain(std::iter::repeat(b' '));
    changed[at..at + from.len()]
        .iter_mut()
        .zip(filled)
        .for_each(|(place, byte)| *place = byte);
    changed
}
