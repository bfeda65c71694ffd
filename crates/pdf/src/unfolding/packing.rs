//! The filters that are no picture's, unfolded up to a limit.

use flate2::{Decompress, FlushDecompress, Status};
use hayro::hayro_syntax::Filter;

/// Most bytes that one byte of Flate can stand for (RFC 1951: 258 bytes in two bits).
const FLATE_TIMES: usize = 1032;
/// The same as far as real data goes. What follows a break is judged by it: the reader goes on there, zlib does not.
const REAL_TIMES: usize = 64;
/// Codes of LZW have at most 12 bits (ISO 32000-2, 7.4.4.2).
const LZW_CODES: usize = 4096;
const LZW_CLEAR: usize = 256;
const LZW_END: usize = 257;
/// Inflated at once.
const STEP_BYTES: usize = 64 * 1024;

/// A filter that is no picture's (ISO 32000-2, table 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Packing {
    Flate,
    Lzw,
    RunLength,
    Base85,
    Hexadecimal,
}

impl Packing {
    /// By its name, in full or short as in inline images.
    pub(crate) fn named(name: &[u8]) -> Option<Self> {
        Some(match name {
            b"FlateDecode" | b"Fl" => Self::Flate,
            b"LZWDecode" | b"LZW" => Self::Lzw,
            b"RunLengthDecode" | b"RL" => Self::RunLength,
            b"ASCII85Decode" | b"A85" => Self::Base85,
            b"ASCIIHexDecode" | b"AHx" => Self::Hexadecimal,
            _ => return None,
        })
    }

    pub(super) fn of(filter: Filter) -> Option<Self> {
        Some(match filter {
            Filter::FlateDecode => Self::Flate,
            Filter::LzwDecode => Self::Lzw,
            Filter::RunLengthDecode => Self::RunLength,
            Filter::Ascii85Decode => Self::Base85,
            Filter::AsciiHexDecode => Self::Hexadecimal,
            _ => return None,
        })
    }

    /// Most bytes that one byte can become.
    fn most_times(self) -> usize {
        match self {
            Self::Flate => FLATE_TIMES,
            // The longest string of the table in one code of 12 bits.
            Self::Lzw => LZW_CODES * 8 / 12,
            Self::RunLength => 64,
            Self::Base85 => 4,
            Self::Hexadecimal => 1,
        }
    }

    /// Most bytes that so many become under these filters.
    pub(crate) fn bound(bytes: usize, packings: &[Self]) -> usize {
        packings
            .iter()
            .fold(bytes, |size, packing| size.saturating_mul(packing.most_times()))
    }

    /// None when it is more than `most` bytes, or cannot be told.
    pub(super) fn unfolded(self, data: &[u8], most: usize) -> Option<Vec<u8>> {
        let unfolded = match self {
            Self::Flate => return inflated(data, most),
            Self::Lzw => return lzw(data, most),
            Self::RunLength => run_lengths(data, most),
            Self::Base85 => base85(data),
            Self::Hexadecimal => hexadecimal(data),
        };
        (unfolded.len() <= most).then_some(unfolded)
    }

    /// As long as what [`Self::unfolded`] gives.
    pub(super) fn size(self, data: &[u8], most: usize) -> Option<usize> {
        match self {
            Self::Flate => inflated_size(data, most).map(|(size, _)| size),
            _ => self.unfolded(data, most).map(|unfolded| unfolded.len()),
        }
    }
}

fn inflated(data: &[u8], most: usize) -> Option<Vec<u8>> {
    let (size, with_header) = inflated_size(data, most)?;
    let mut out = Vec::with_capacity(size);
    inflate(data, with_header, most, |piece| out.extend_from_slice(piece));
    Some(out)
}

/// The size, and whether the zlib header is there: the reader tries without where it fails with it.
fn inflated_size(data: &[u8], most: usize) -> Option<(usize, bool)> {
    let without = || inflate(data, false, most, |_| ());
    match inflate(data, true, most, |_| ()) {
        Inflated::Whole(size) => Some((size, true)),
        Inflated::TooLarge => None,
        Inflated::Cut(size) => match without() {
            Inflated::TooLarge => None,
            _ => Some((size, true)),
        },
        Inflated::Broken { size, left } => match without() {
            Inflated::TooLarge => None,
            Inflated::Whole(size) => Some((size, false)),
            _ => (size + left * REAL_TIMES <= most).then_some((size, true)),
        },
    }
}

/// How inflating ended, and after how many bytes.
enum Inflated {
    Whole(usize),
    /// Where the data ends.
    Cut(usize),
    /// So many bytes before the data ends.
    Broken {
        size: usize,
        left: usize,
    },
    TooLarge,
}

fn inflate(data: &[u8], with_header: bool, most: usize, mut keep: impl FnMut(&[u8])) -> Inflated {
    let mut state = Decompress::new(with_header);
    let mut piece = vec![0; STEP_BYTES];
    let (mut rest, mut size) = (data, 0_usize);
    loop {
        let (read, written) = (state.total_in(), state.total_out());
        let status = state.decompress(rest, &mut piece, FlushDecompress::None);
        let grown = (state.total_out() - written) as usize;
        rest = rest.get((state.total_in() - read) as usize..).unwrap_or_default();
        size = size.saturating_add(grown);
        keep(piece.get(..grown).unwrap_or_default());
        match status {
            Ok(_) if size > most => return Inflated::TooLarge,
            Ok(Status::StreamEnd) => return Inflated::Whole(size),
            Ok(_) if (read, written) == (state.total_in(), state.total_out()) => return Inflated::Cut(size),
            Ok(_) => {}
            Err(_) => return Inflated::Broken { size, left: rest.len() },
        }
    }
}

/// Whatever `EarlyChange` says: neither way may be too long.
fn lzw(data: &[u8], most: usize) -> Option<Vec<u8>> {
    let (early, late) = (lzw_with(data, 1, most)?, lzw_with(data, 0, most)?);
    early.or(late)
}

/// None outside when it is too long, inside when it is broken. `early`: how many codes before they are needed codes get
/// a bit more.
fn lzw_with(data: &[u8], early: usize, most: usize) -> Option<Option<Vec<u8>>> {
    let mut out: Vec<u8> = Vec::new();
    // Where each string of the table stands in the output, and its length.
    let mut table: Vec<(usize, usize)> = Vec::new();
    let mut before: Option<(usize, usize)> = None;
    let (mut bits, mut held) = (0_u32, 0_usize);
    for byte in data {
        held = ((held << 8) | usize::from(*byte)) & 0x00ff_ffff;
        bits += 8;
        let width = match LZW_END + 1 + table.len() + early {
            ..512 => 9,
            512..1024 => 10,
            1024..2048 => 11,
            _ => 12,
        };
        if bits < width {
            continue;
        }
        bits -= width;
        let code = (held >> bits) & ((1 << width) - 1);
        if code == LZW_CLEAR {
            table.clear();
            before = None;
            continue;
        }
        let start = out.len();
        match code {
            ..=255 => out.push(code as u8),
            LZW_END => break,
            _ => {
                let listed = table.get(code - LZW_END - 1).copied();
                match listed.or(before.map(|(at, length)| (at, length + 1))) {
                    Some((at, length)) => repeat(&mut out, at, length),
                    None => return Some(None),
                }
            }
        }
        if let Some((at, length)) = before
            && LZW_END + 1 + table.len() < LZW_CODES
        {
            table.push((at, length + 1));
        }
        before = Some((start, out.len() - start));
        if out.len() > most {
            return None;
        }
    }
    Some(Some(out))
}

/// Writes what stands at a place once more; it may run into what is being written.
fn repeat(out: &mut Vec<u8>, at: usize, length: usize) {
    for at in at..at + length {
        out.push(out.get(at).copied().unwrap_or(0));
    }
}

fn run_lengths(data: &[u8], most: usize) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = data;
    while let [length, after @ ..] = rest
        && *length != 128
        && out.len() <= most
    {
        let length = usize::from(*length);
        rest = match (length, after) {
            (0..128, _) => {
                let (copied, after) = after.split_at(after.len().min(length + 1));
                out.extend_from_slice(copied);
                after
            }
            (_, [byte, after @ ..]) => {
                out.extend(std::iter::repeat_n(*byte, 257 - length));
                after
            }
            _ => break,
        };
    }
    out
}

fn base85(data: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut group: Vec<u32> = Vec::new();
    let close = |group: &mut Vec<u32>, out: &mut Vec<u8>| {
        let count = group.len();
        if count > 1 {
            group.resize(5, 84);
            let value = group
                .iter()
                .fold(0_u32, |value, digit| value.wrapping_mul(85).wrapping_add(*digit));
            out.extend_from_slice(value.to_be_bytes().get(..count - 1).unwrap_or_default());
        }
        group.clear();
    };
    for byte in data {
        match byte {
            b'!'..=b'u' => group.push(u32::from(byte - b'!')),
            b'z' => {
                close(&mut group, &mut out);
                out.extend_from_slice(&[0; 4]);
            }
            b'~' => break,
            _ => {}
        }
        if group.len() == 5 {
            close(&mut group, &mut out);
        }
    }
    close(&mut group, &mut out);
    out
}

fn hexadecimal(data: &[u8]) -> Vec<u8> {
    let digits: Vec<u8> = data
        .iter()
        .take_while(|byte| **byte != b'>')
        .filter_map(|byte| (*byte as char).to_digit(16))
        .map(|digit| digit as u8)
        .collect();
    let pair = |pair: &[u8]| pair.first().map_or(0, |high| high << 4) | pair.get(1).copied().unwrap_or(0);
    digits.chunks(2).map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::super::fits;
    use super::*;
    use std::io::Write as _;

    const MOST: usize = 1 << 20;

    fn deflated(data: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn a_stream_is_measured_without_unfolding_it_whole() {
        let large = deflated(&vec![b' '; MOST + 1]);
        assert!(!fits(&large, &[Packing::Flate], MOST));
        assert!(fits(&large, &[Packing::Flate], MOST + 1));
        let twice = deflated(&large);
        assert!(!fits(&twice, &[Packing::Flate, Packing::Flate], MOST));
        let small = deflated(&deflated(&vec![b' '; MOST]));
        assert!(fits(&small, &[Packing::Flate, Packing::Flate], MOST));
    }

    #[test]
    fn what_is_cut_off_counts_as_far_as_it_goes_and_what_is_broken_by_what_is_left() {
        let text: Vec<u8> = (0..40_000_u32).map(|at| b'a' + (at % 23) as u8).collect();
        let whole = deflated(&text);
        assert!(fits(&whole[..whole.len() / 2], &[Packing::Flate], MOST));
        // A block of a kind that does not exist.
        let broken = [&[0x78, 0x9c, 0x07], vec![b'x'; 10_000].as_slice()].concat();
        assert!(fits(&broken, &[Packing::Flate], 64 * broken.len()));
        assert!(!fits(&broken, &[Packing::Flate], 32 * broken.len()));
        let bomb = deflated(&vec![0; 4 * MOST]);
        assert!(!fits(&bomb[..bomb.len() - 4], &[Packing::Flate], MOST));
    }

    #[test]
    fn runs_and_letters_are_measured_too() {
        let runs = [129, b' '].repeat(MOST / 128);
        assert!(fits(&runs, &[Packing::RunLength], MOST));
        assert!(!fits(
            &[runs.as_slice(), &[129, b' ']].concat(),
            &[Packing::RunLength],
            MOST
        ));
        assert!(!fits(&deflated(&runs), &[Packing::Flate, Packing::RunLength], MOST - 1));
        assert_eq!(hexadecimal(b"4 1 42 5>43"), b"AB\x50");
        assert_eq!(base85(b"87cURD_*#TDfTZ) ~>xx"), b"Hello, world");
        assert_eq!(base85(b"z!!~"), b"\0\0\0\0\0");
    }

    #[test]
    fn lzw_is_unfolded_as_the_standard_shows() {
        // ISO 32000-2, 7.4.4.2, example 1.
        let encoded = [0x80, 0x0B, 0x60, 0x50, 0x22, 0x0C, 0x0C, 0x85, 0x01];
        assert_eq!(lzw(&encoded, MOST).unwrap(), [45, 45, 45, 45, 45, 65, 45, 45, 45, 66]);
    }

    #[test]
    fn lzw_of_one_letter_grows_with_every_code() {
        let mut bits = Vec::new();
        let put = |bits: &mut Vec<u8>, code: usize, width: usize| {
            bits.extend((0..width).rev().map(|bit| ((code >> bit) & 1) as u8))
        };
        let mut total = 1;
        put(&mut bits, 256, 9);
        put(&mut bits, 0, 9);
        for (code, length) in (258..4000).zip(2..) {
            put(
                &mut bits,
                code,
                match code + 1 {
                    ..512 => 9,
                    512..1024 => 10,
                    1024..2048 => 11,
                    _ => 12,
                },
            );
            total += length;
        }
        bits.resize(bits.len().next_multiple_of(8), 0);
        let data: Vec<u8> = bits
            .chunks(8)
            .map(|byte| byte.iter().fold(0, |sum, bit| (sum << 1) | bit))
            .collect();
        assert_eq!(lzw(&data, total).unwrap().len(), total);
        assert!(!fits(&data, &[Packing::Lzw], total - 1));
    }
}
