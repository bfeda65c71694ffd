//! The signature dictionary with two holes of fixed width: `ByteRange` and `Contents`.

use std::ops::Range;

use time::OffsetDateTime;

use super::{SignatureRequest, SubFilter};
use crate::structure::Value;

/// Where the holes are, from the start of the dictionary.
#[derive(Debug, Clone)]
pub(super) struct Holes {
    /// The array with its brackets.
    pub(super) byte_range: Range<usize>,
    /// The hex string with its angle brackets.
    pub(super) contents: Range<usize>,
}

pub(super) struct SignatureDictionary {
    pub(super) bytes: Vec<u8>,
    pub(super) holes: Holes,
}

/// `protected` encrypts a string where the file is encrypted; `Contents` never is (7.6.2).
pub(super) fn build(
    request: &SignatureRequest,
    references: &[Value],
    protected: impl Fn(Value) -> Value,
) -> SignatureDictionary {
    let (kind, sub_filter) = match request.sub_filter {
        SubFilter::EtsiCadesDetached => ("Sig", "ETSI.CAdES.detached"),
        SubFilter::EtsiRfc3161 => ("DocTimeStamp", "ETSI.RFC3161"),
    };
    let mut bytes = format!("<</Type/{kind}/Filter/Adobe.PPKLite/SubFilter/{sub_filter}").into_bytes();
    if request.sub_filter == SubFilter::EtsiCadesDetached {
        put(
            &mut bytes,
            "M",
            &protected(Value::String(pdf_date(request.signing_time).into_bytes())),
        );
    }
    let texts = [
        ("Name", &request.signer_name),
        ("Reason", &request.reason),
        ("Location", &request.location),
    ];
    for (key, text) in texts {
        if let Some(text) = text.as_ref().filter(|text| !text.is_empty()) {
            put(&mut bytes, key, &protected(Value::text(text)));
        }
    }
    if !references.is_empty() {
        put(&mut bytes, "Reference", &protected(Value::Array(references.to_vec())));
    }
    bytes.extend_from_slice(b"/ByteRange ");
    let byte_range = extend(&mut bytes, byte_range_text([0; 4]).bytes());
    bytes.extend_from_slice(b"/Contents ");
    let zeros = std::iter::repeat_n(b'0', request.reserved_bytes.saturating_mul(2));
    let contents = extend(
        &mut bytes,
        std::iter::once(b'<').chain(zeros).chain(std::iter::once(b'>')),
    );
    bytes.extend_from_slice(b">>");
    SignatureDictionary {
        bytes,
        holes: Holes { byte_range, contents },
    }
}

fn put(bytes: &mut Vec<u8>, key: &str, value: &Value) {
    bytes.push(b'/');
    bytes.extend_from_slice(key.as_bytes());
    bytes.push(b' ');
    value.write(bytes);
}

fn extend(bytes: &mut Vec<u8>, more: impl Iterator<Item = u8>) -> Range<usize> {
    let start = bytes.len();
    bytes.extend(more);
    start..bytes.len()
}

/// The array, as wide for any numbers: each has room for the 20 digits of the largest `u64`.
pub(super) fn byte_range_text([first, first_length, second, second_length]: [u64; 4]) -> String {
    format!("[{first:<20} {first_length:<20} {second:<20} {second_length:<20}]")
}

/// `D:20261122093000+08'00'` (7.9.4).
fn pdf_date(at: OffsetDateTime) -> String {
    let (hours, minutes, _) = at.offset().as_hms();
    let sign = if at.offset().is_negative() { '-' } else { '+' };
    format!(
        "D:{:04}{:02}{:02}{:02}{:02}{:02}{sign}{:02}'{:02}'",
        at.year(),
        u8::from(at.month()),
        at.day(),
        at.hour(),
        at.minute(),
        at.second(),
        hours.abs(),
        minutes.abs()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_byte_range_is_as_wide_for_any_file() {
        let widest = byte_range_text([u64::MAX; 4]);
        assert_eq!(byte_range_text([0, 1, 2, 3]).len(), widest.len());
        assert_eq!(
            byte_range_text([0, 12_345_678_901, 12_345_700_000, 900]).len(),
            widest.len()
        );
    }

    #[test]
    fn dates_carry_their_offset() {
        let at = time::macros::datetime!(2026-11-22 09:30:05 +8);
        assert_eq!(pdf_date(at), "D:20261122093005+08'00'");
        assert_eq!(
            pdf_date(at.to_offset(time::macros::offset!(-3:30))),
            "D:20261121220005-03'30'"
        );
    }
}
