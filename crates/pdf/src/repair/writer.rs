//! Writing copied objects as a whole new file with a cross-reference table (7.5).

use std::io::Write as _;

use sha2::{Digest as _, Sha256};

use super::copy::{CATALOG, Copied, Copy};
use super::{MOST_BYTES, RepairError};
use crate::structure::{Dictionary, Value};

/// The file, whose numbers run without a gap from 1.
pub(super) fn file(copy: &Copy) -> Result<Vec<u8>, RepairError> {
    let mut out = b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n".to_vec();
    let information = Copied::Value(Value::Dictionary(copy.information.clone()));
    let null = Copied::Value(Value::Null);
    let objects = copy.objects.iter().map(|copied| copied.as_ref().unwrap_or(&null));
    let mut offsets = Vec::new();
    for (number, copied) in (1_u32..).zip(objects.chain([&information])) {
        offsets.push(out.len());
        text(&mut out, format_args!("{number} 0 obj\n"));
        write(copied, &mut out);
        text(&mut out, format_args!("\nendobj\n"));
        if out.len() > MOST_BYTES {
            return Err(RepairError::TooLarge);
        }
    }
    let identifier = Sha256::digest(&out).iter().copied().take(16).collect::<Vec<u8>>();
    let section = out.len();
    let size = offsets.len() + 1;
    text(&mut out, format_args!("xref\n0 {size}\n0000000000 65535 f \n"));
    for offset in &offsets {
        text(&mut out, format_args!("{offset:010} 00000 n \n"));
    }
    let count = |number: usize| u32::try_from(number).map_err(|_| RepairError::TooLarge);
    let trailer = Dictionary::from_iter([
        ("Size", Value::Integer(i64::from(count(size)?))),
        ("Root", Value::reference(CATALOG)),
        ("Info", Value::reference(count(offsets.len())?)),
        (
            "ID",
            Value::Array(vec![Value::String(identifier.clone()), Value::String(identifier)]),
        ),
    ]);
    text(&mut out, format_args!("trailer\n"));
    trailer.write(&mut out);
    text(&mut out, format_args!("\nstartxref\n{section}\n%%EOF\n"));
    Ok(out)
}

fn text(out: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    // Writing to a vector cannot fail.
    let _ = out.write_fmt(text);
}

fn write(copied: &Copied, out: &mut Vec<u8>) {
    match copied {
        Copied::Value(value) => value.write(out),
        Copied::Stream(dictionary, data) => {
            let mut dictionary = dictionary.clone();
            dictionary.set("Length", Value::Integer(i64::try_from(data.len()).unwrap_or(i64::MAX)));
            dictionary.write(out);
            out.extend_from_slice(b"\nstream\n");
            out.extend_from_slice(data);
            out.extend_from_slice(b"\nendstream");
        }
    }
}
