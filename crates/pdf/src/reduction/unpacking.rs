//! Rows of pixels that are written one after the other, as they are or packed by Flate, with its predictors.

use std::io::{BufReader, Read};

use super::pixels::Reducer;
use crate::structure::{Dictionary, unfilter};

/// Bytes unpacked at once.
const AT_ONCE: usize = 64 * 1024;

/// As they are.
pub(super) fn plain(data: &[u8], row_bytes: usize, reducer: &mut Reducer) {
    data.chunks_exact(row_bytes.max(1)).for_each(|row| reducer.row(row));
}

/// Packed; none with parameters that are not understood.
pub(super) fn flate(data: &[u8], parameters: &Dictionary, row_bytes: usize, reducer: &mut Reducer) -> Option<()> {
    let number = |key: &str, default: i64| parameters.integer(key).unwrap_or(default);
    let mut rows = BufReader::with_capacity(AT_ONCE, flate2::read::ZlibDecoder::new(data));
    match number("Predictor", 1) {
        1 => {
            let mut row = vec![0; row_bytes];
            while reducer.wants_more() && rows.read_exact(&mut row).is_ok() {
                reducer.row(&row);
            }
        }
        10..=15 => {
            let bits = number("Colors", 1).checked_mul(number("BitsPerComponent", 8))?;
            let own = number("Columns", 1).checked_mul(bits)?.checked_add(7)? / 8;
            let step = usize::try_from(bits.checked_add(7)? / 8).ok()?.max(1);
            if usize::try_from(own).ok()? != row_bytes {
                return None;
            }
            predicted(rows, row_bytes, step, reducer);
        }
        _ => return None,
    }
    Some(())
}

fn predicted(mut rows: impl Read, row_bytes: usize, step: usize, reducer: &mut Reducer) {
    let mut written = vec![0; row_bytes + 1];
    let mut above = vec![0; row_bytes];
    while reducer.wants_more() && rows.read_exact(&mut written).is_ok() {
        let Some((filter, bytes)) = written.split_first() else {
            return;
        };
        let Some(row) = unfilter(*filter, bytes, &above, step) else {
            return;
        };
        reducer.row(&row);
        above = row;
    }
}
