//! Rows of black and white pixels from the packings made for them: fax (CCITT) and JBIG2.

use super::pixels::Reducer;
use crate::structure::{Dictionary, Value};

/// A fax of so many pixels across and down (7.4.6); none when nothing of it can be read.
pub(super) fn fax(
    data: &[u8],
    parameters: &Dictionary,
    (width, height): (u32, u32),
    reducer: &mut Reducer,
) -> Option<()> {
    use hayro_ccitt::{DecodeSettings, DecoderContext, EncodingMode};
    let flag = |key: &str, default: bool| match parameters.get(key) {
        Some(Value::Boolean(flag)) => *flag,
        _ => default,
    };
    let columns = u32::try_from(parameters.integer("Columns").unwrap_or(1728)).ok()?;
    if columns != width {
        return None;
    }
    let settings = DecodeSettings {
        columns,
        rows: height,
        end_of_block: flag("EndOfBlock", true),
        end_of_line: flag("EndOfLine", false),
        rows_are_byte_aligned: flag("EncodedByteAlign", false),
        encoding: match parameters.integer("K").unwrap_or(0) {
            ..0 => EncodingMode::Group4,
            0 => EncodingMode::Group3_1D,
            1.. => EncodingMode::Group3_2D,
        },
        strict: false,
    };
    let mut rows = Rows::new(width, flag("BlackIs1", false), reducer);
    let whole = hayro_ccitt::decode(data, &mut rows, &mut DecoderContext::new(settings));
    (whole.is_ok() || rows.came > 0).then_some(())
}

/// A JBIG2 picture (7.4.7) and what it shares with others; none when it cannot be read.
pub(super) fn jbig2(data: &[u8], globals: Option<&[u8]>, width: u32, reducer: &mut Reducer) -> Option<()> {
    use hayro_jbig2::{DecodeSettings, Globals, Page};
    let settings = DecodeSettings { strict: false };
    let globals = globals
        .map(|globals| Globals::new(globals, &settings))
        .transpose()
        .ok()?;
    let page = Page::new_embedded(data, globals.as_ref(), &settings).ok()?;
    if page.width() != width {
        return None;
    }
    page.decode(&mut Rows::new(width, false, reducer)).ok()
}

/// Rows being written as PDF has them: a bit for each pixel.
struct Rows<'a> {
    reducer: &'a mut Reducer,
    row: Vec<u8>,
    width: usize,
    /// Where the next pixel goes.
    at: usize,
    black_is_one: bool,
    came: usize,
}

impl<'a> Rows<'a> {
    fn new(width: u32, black_is_one: bool, reducer: &'a mut Reducer) -> Self {
        let width = width as usize;
        let mut rows = Self {
            reducer,
            row: vec![0; width.div_ceil(8)],
            width,
            at: 0,
            black_is_one,
            came: 0,
        };
        rows.blank();
        rows
    }

    fn blank(&mut self) {
        self.row.fill(if self.black_is_one { 0 } else { 0xFF });
        self.at = 0;
    }

    /// So many pixels from a position on are black.
    fn blacken(&mut self, from: usize, length: usize) {
        for at in from..(from + length).min(self.width) {
            if let Some(byte) = self.row.get_mut(at / 8) {
                // Turned once from white.
                *byte ^= 0x80 >> (at % 8);
            }
        }
    }

    fn end(&mut self) {
        self.reducer.row(&self.row);
        self.came += 1;
        self.blank();
    }
}

impl hayro_ccitt::Decoder for Rows<'_> {
    fn push_row(&mut self, changes: &[u32]) {
        for span in changes.chunks(2) {
            let from = span.first().map_or(0, |at| *at as usize);
            let to = span.get(1).map_or(self.width, |at| *at as usize);
            self.blacken(from, to.saturating_sub(from));
        }
        self.end();
    }
}

impl hayro_jbig2::Decoder for Rows<'_> {
    fn push_pixel(&mut self, black: bool) {
        self.blacken(self.at, usize::from(black));
        self.at += 1;
    }

    fn push_pixel_chunk(&mut self, black: bool, chunk_count: u32) {
        let length = chunk_count as usize * 8;
        if black {
            let first = self.at / 8;
            if let Some(bytes) = self.row.get_mut(first..first + chunk_count as usize) {
                bytes.iter_mut().for_each(|byte| *byte = !*byte);
            }
        }
        self.at += length;
    }

    fn next_line(&mut self) {
        self.end();
    }
}
