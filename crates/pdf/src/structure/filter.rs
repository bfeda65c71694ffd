//! Decoding of the streams that hold structure (cross-references, objects): Flate with predictors.

use std::io::Read as _;

use super::value::{Dictionary, Value};

/// Most bytes one structural stream may unfold to.
const MOST_DECODED: u64 = 64 << 20;

/// Decodes `raw` as its dictionary says; `None` when it is broken, too large or uses another filter.
pub(crate) fn decode(dictionary: &Dictionary, raw: &[u8]) -> Option<Vec<u8>> {
    match single(dictionary.get("Filter")) {
        One::Absent => Some(raw.to_vec()),
        One::Value(Value::Name(name)) if name == b"FlateDecode" || name == b"Fl" => {
            let data = inflate(raw)?;
            match single(dictionary.get("DecodeParms")) {
                One::Absent => Some(data),
                One::Value(Value::Dictionary(parameters)) => unpredict(parameters, data),
                _ => None,
            }
        }
        _ => None,
    }
}

enum One<'a> {
    Absent,
    Value(&'a Value),
    Many,
}

fn single(value: Option<&Value>) -> One<'_> {
    match value {
        None | Some(Value::Null) => One::Absent,
        Some(Value::Array(items)) => match items.as_slice() {
            [] | [Value::Null] => One::Absent,
            [only] => One::Value(only),
            _ => One::Many,
        },
        Some(other) => One::Value(other),
    }
}

fn inflate(raw: &[u8]) -> Option<Vec<u8>> {
    let mut data = Vec::new();
    let mut decoder = flate2::read::ZlibDecoder::new(raw).take(MOST_DECODED + 1);
    decoder.read_to_end(&mut data).ok()?;
    (data.len() as u64 <= MOST_DECODED).then_some(data)
}

/// Undoes PNG predictors (7.4.4.4); TIFF's makes no sense on structure.
fn unpredict(parameters: &Dictionary, data: Vec<u8>) -> Option<Vec<u8>> {
    let number = |key: &str, default: i64| match parameters.get(key) {
        None => Some(default),
        Some(value) => value.as_integer(),
    };
    let predictor = number("Predictor", 1)?;
    if predictor == 1 {
        return Some(data);
    }
    let bits = number("Colors", 1)?.checked_mul(number("BitsPerComponent", 8)?)?;
    let row = usize::try_from(number("Columns", 1)?.checked_mul(bits)?.checked_add(7)? / 8).ok()?;
    let step = usize::try_from(bits.checked_add(7)? / 8).ok()?.max(1);
    if !(10..=15).contains(&predictor) || row == 0 || row > data.len() {
        return None;
    }
    let mut out: Vec<u8> = Vec::with_capacity(data.len());
    let mut above = vec![0; row];
    for chunk in data.chunks(row + 1) {
        let (filter, bytes) = chunk.split_first()?;
        above = unfilter(*filter, bytes, &above, step)?;
        out.extend_from_slice(&above);
        above.resize(row, 0);
    }
    Some(out)
}

/// A row of bytes without its PNG filter (`step` bytes to the left is the same component); none with an unknown filter.
pub(crate) fn unfilter(filter: u8, bytes: &[u8], above: &[u8], step: usize) -> Option<Vec<u8>> {
    let mut line: Vec<u8> = Vec::with_capacity(bytes.len());
    for (index, byte) in bytes.iter().enumerate() {
        let back = index.checked_sub(step);
        let left = back.and_then(|at| line.get(at)).copied().unwrap_or(0);
        let corner = back.and_then(|at| above.get(at)).copied().unwrap_or(0);
        let up = above.get(index).copied().unwrap_or(0);
        let predicted = match filter {
            0 => 0,
            1 => left,
            2 => up,
            3 => ((u16::from(left) + u16::from(up)) / 2) as u8,
            4 => paeth(left, up, corner),
            _ => return None,
        };
        line.push(byte.wrapping_add(predicted));
    }
    Some(line)
}

fn paeth(left: u8, up: u8, corner: u8) -> u8 {
    let estimate = i16::from(left) + i16::from(up) - i16::from(corner);
    let distance = |value: u8| (estimate - i16::from(value)).abs();
    let (from_left, from_up, from_corner) = (distance(left), distance(up), distance(corner));
    if from_left <= from_up && from_left <= from_corner {
        left
    } else if from_up <= from_corner {
        up
    } else {
        corner
    }
}
