//! Rows of pixels in, a smaller picture out: each of its pixels is the mean of a square of theirs.

use crate::structure::{Dictionary, Value, View};

/// Most entries of a palette.
const MOST_COLOURS: usize = 256;

/// What the samples of a picture are.
pub(super) enum Kind {
    /// One bit that says where to paint; which of the two does.
    Stencil {
        /// The sample that is painted.
        painted: bool,
    },
    /// So many components of so many bits.
    Samples { bits: u8, components: u8 },
    /// Numbers of colours.
    Palette {
        bits: u8,
        /// The colour space of the colours.
        base: Value,
        components: u8,
        /// The components of one colour after the other.
        colours: Vec<u8>,
    },
}

impl Kind {
    pub(super) fn read(view: View<'_>, dictionary: &Dictionary) -> Option<Self> {
        let decode = match view.entry_of(dictionary, "Decode").ok()? {
            Some(Value::Array(numbers)) => Some(numbers.first()?.as_number()?),
            _ => None,
        };
        if dictionary.get("ImageMask") == Some(&Value::Boolean(true)) {
            return Some(Self::Stencil {
                painted: decode == Some(1.0),
            });
        }
        let bits = u8::try_from(dictionary.integer("BitsPerComponent").unwrap_or(8)).ok()?;
        // Colours that are left out are given as samples: means are others.
        let keyed = matches!(view.entry_of(dictionary, "Mask").ok()?, Some(Value::Array(_)));
        if !matches!(bits, 1 | 2 | 4 | 8 | 16) || keyed {
            return None;
        }
        let space = view
            .entry_of(dictionary, "ColorSpace")
            .ok()?
            .unwrap_or(Value::name("DeviceGray"));
        match palette(view, &space)? {
            None => Some(Self::Samples {
                bits,
                components: components(view, &space)?,
            }),
            Some((base, colours)) if decode.is_none_or(|first| first == 0.0) && bits <= 8 => Some(Self::Palette {
                bits,
                components: components(view, &base)?,
                base,
                colours,
            }),
            Some(_) => None,
        }
    }

    pub(super) fn bits_of_a_pixel(&self) -> u32 {
        match self {
            Self::Stencil { .. } => 1,
            Self::Samples { bits, components } => u32::from(*bits) * u32::from(*components),
            Self::Palette { bits, .. } => u32::from(*bits),
        }
    }

    /// Components of a pixel of the smaller picture.
    fn components(&self) -> usize {
        match self {
            Self::Stencil { .. } => 1,
            Self::Samples { components, .. } | Self::Palette { components, .. } => usize::from(*components),
        }
    }
}

/// The base and the colours of an indexed space; nothing for another one (8.6.6.3).
#[expect(clippy::option_option, reason = "what cannot be read is not what is none")]
fn palette(view: View<'_>, space: &Value) -> Option<Option<(Value, Vec<u8>)>> {
    let Some([name, base, _, colours]) = space.as_array() else {
        return Some(None);
    };
    if !matches!(name.as_name(), Some(b"Indexed" | b"I")) {
        return Some(None);
    }
    let colours = match colours {
        Value::Reference(reference) => match view.resolve(colours).ok()? {
            Value::String(bytes) => bytes,
            _ => view.decoded_stream(*reference)?,
        },
        Value::String(bytes) => bytes.clone(),
        _ => return None,
    };
    Some(Some((base.clone(), colours)))
}

/// How many components a colour of this space has (8.6).
fn components(view: View<'_>, space: &Value) -> Option<u8> {
    let space = view.resolve(space).ok()?;
    let family = match &space {
        Value::Name(name) => name.as_slice(),
        Value::Array(items) => items.first()?.as_name()?,
        _ => return None,
    };
    match family {
        b"DeviceGray" | b"CalGray" | b"G" | b"Separation" => Some(1),
        b"DeviceRGB" | b"CalRGB" | b"RGB" | b"Lab" => Some(3),
        b"DeviceCMYK" | b"CMYK" => Some(4),
        b"ICCBased" => {
            let profile = view.resolve(space.as_array()?.get(1)?).ok()?;
            let components = profile.as_dictionary()?.integer("N")?;
            u8::try_from(components)
                .ok()
                .filter(|components| matches!(components, 1 | 3 | 4))
        }
        _ => None,
    }
}

/// Takes rows and keeps the smaller picture.
pub(super) struct Reducer {
    kind: Kind,
    width: usize,
    factor: usize,
    /// Rows that are still to come.
    left: u32,
    /// The sums of the samples of the pixel that is being made, for each of a row.
    sums: Vec<u32>,
    /// The sums of the samples of 8 bits that stand in the same place of a row.
    upright: Vec<u32>,
    /// Rows in the sums.
    summed: usize,
    made: Vec<u8>,
    made_rows: u32,
}

impl Reducer {
    /// For a picture of so many pixels across and down; `factor` of each side become one.
    pub(super) fn new(kind: Kind, (width, height): (u32, u32), factor: u32) -> Option<Self> {
        let factor = usize::try_from(factor)
            .ok()
            .filter(|factor| (1..=1 << 12).contains(factor))?;
        let width = usize::try_from(width).ok()?;
        let sums = width.div_ceil(factor).checked_mul(kind.components())?;
        let upright = match kind {
            Kind::Samples { bits: 8, components } => width.checked_mul(components.into())?,
            _ => 0,
        };
        Some(Self {
            kind,
            upright: vec![0; upright],
            width,
            factor,
            left: height,
            sums: vec![0; sums],
            summed: 0,
            made: Vec::new(),
            made_rows: 0,
        })
    }

    /// Whether more rows are wanted.
    pub(super) fn wants_more(&self) -> bool {
        self.left > 0
    }

    /// Takes a row as it is written in the picture, padded to whole bytes; what is missing counts as zero.
    pub(super) fn row(&mut self, row: &[u8]) {
        if self.left == 0 {
            return;
        }
        let Self {
            kind,
            upright,
            sums,
            width,
            factor,
            ..
        } = self;
        match kind {
            // Rows are summed first: the quickest of all loops.
            Kind::Samples { bits: 8, .. } => add(upright, row),
            Kind::Samples { bits: 1, components: 1 } | Kind::Stencil { .. } => {
                add_ones(sums, row, *width, *factor);
            }
            Kind::Samples { bits, components } => {
                let components = usize::from(*components);
                for (at, sample) in samples(row, *bits).take(*width * components).enumerate() {
                    let pixel = at / components / *factor;
                    if let Some(sum) = sums.get_mut(pixel * components + at % components) {
                        *sum += u32::from(sample);
                    }
                }
            }
            Kind::Palette {
                bits,
                components,
                colours,
                ..
            } => {
                let components = usize::from(*components);
                let table: Vec<&[u8]> = colours.chunks_exact(components).take(MOST_COLOURS).collect();
                for (at, number) in numbers(row, *bits).take(*width).enumerate() {
                    let pixel = at / *factor * components;
                    let sums = sums.get_mut(pixel..pixel + components);
                    if let (Some(sums), Some(colour)) = (sums, table.get(usize::from(number))) {
                        add(sums, colour);
                    }
                }
            }
        }
        self.summed += 1;
        self.left -= 1;
        if self.summed == self.factor || self.left == 0 {
            self.make_row();
        }
    }

    fn make_row(&mut self) {
        let components = self.kind.components();
        let squares = self.upright.chunks(components * self.factor);
        for (sums, square) in self.sums.chunks_exact_mut(components).zip(squares) {
            for pixel in square.chunks_exact(components) {
                sums.iter_mut().zip(pixel).for_each(|(sum, own)| *sum += own);
            }
        }
        self.upright.fill(0);
        let last = self.sums.len() / components - 1;
        let rest = self.width - last * self.factor;
        let mut bits = Bits::default();
        for (at, sums) in self.sums.chunks_exact_mut(components).enumerate() {
            let across = if at == last { rest } else { self.factor };
            let pixels = u32::try_from(across * self.summed).unwrap_or(u32::MAX).max(1);
            match self.kind {
                Kind::Stencil { painted } => {
                    let ones = sums.first().copied().unwrap_or_default();
                    let covered = if painted { ones } else { pixels.saturating_sub(ones) };
                    // A thin line stays a line: a quarter of the square is enough.
                    bits.push((covered * 4 >= pixels) == painted, &mut self.made);
                }
                Kind::Samples { bits: 1, components: 1 } => {
                    self.made.extend(sums.iter().map(|ones| (ones * 255 / pixels) as u8));
                }
                Kind::Samples { .. } | Kind::Palette { .. } => {
                    self.made.extend(sums.iter().map(|sum| (sum / pixels) as u8));
                }
            }
            sums.fill(0);
        }
        bits.end(&mut self.made);
        self.summed = 0;
        self.made_rows += 1;
    }

    /// The pixels across and down of what came, what its samples are, and the samples.
    pub(super) fn finish(mut self) -> ((u32, u32), Kind, Vec<u8>) {
        // Of a file that was cut off, blank paper is shown for what is missing: ink is what the larger numbers of these are.
        let blank = match self.kind {
            Kind::Stencil { painted: true } | Kind::Samples { components: 4, .. } | Kind::Palette { .. } => 0,
            Kind::Stencil { painted: false } | Kind::Samples { .. } => 0xFF,
        };
        let blank = vec![blank; (self.width * self.kind.bits_of_a_pixel() as usize).div_ceil(8)];
        while self.left > 0 {
            self.row(&blank);
        }
        let width = self.sums.len() / self.kind.components();
        let width = u32::try_from(width).unwrap_or(u32::MAX);
        ((width, self.made_rows), self.kind, self.made)
    }
}

fn add(sums: &mut [u32], samples: &[u8]) {
    for (sum, sample) in sums.iter_mut().zip(samples) {
        *sum += u32::from(*sample);
    }
}

/// Adds how many bits are one in each square of a row. The rarer bits are looked at one by one: of paper, the ink.
fn add_ones(sums: &mut [u32], row: &[u8], width: usize, factor: usize) {
    let ones: usize = row.iter().map(|byte| byte.count_ones() as usize).sum();
    let mostly_ones = ones > row.len() * 4;
    if mostly_ones {
        let squares = (0..width).step_by(factor).map(|from| (width - from).min(factor));
        for (sum, pixels) in sums.iter_mut().zip(squares) {
            *sum += u32::try_from(pixels).unwrap_or(u32::MAX);
        }
    }
    for (byte_at, byte) in row.iter().enumerate() {
        let mut left = if mostly_ones { !*byte } else { *byte };
        while left != 0 {
            let bit = left.leading_zeros() as usize;
            left &= !(0x80 >> bit);
            let at = byte_at * 8 + bit;
            let Some(sum) = sums.get_mut(at / factor).filter(|_| at < width) else {
                continue;
            };
            *sum = if mostly_ones { *sum - 1 } else { *sum + 1 };
        }
    }
}

/// The samples of a row, brought to 8 bits.
fn samples(row: &[u8], bits: u8) -> impl Iterator<Item = u8> {
    let highest = (1_u16 << bits.min(8)) - 1;
    // Of two bytes, the first is what can be seen.
    let step = usize::from(bits.div_ceil(8)).max(1);
    let bytes = row.iter().copied().step_by(step);
    let in_a_byte = 8 / bits.min(8);
    bytes.flat_map(move |byte| {
        (0..in_a_byte).map(move |at| {
            let sample = u16::from(byte) >> (8 - bits.min(8) * (at + 1)) & highest;
            (sample * 255 / highest) as u8
        })
    })
}

/// The same as they are written, of at most 8 bits.
fn numbers(row: &[u8], bits: u8) -> impl Iterator<Item = u8> {
    let highest = (1_u16 << bits.min(8)) - 1;
    row.iter().flat_map(move |byte| {
        (0..8 / bits.clamp(1, 8)).map(move |at| (u16::from(*byte) >> (8 - bits.min(8) * (at + 1)) & highest) as u8)
    })
}

/// Bits that become bytes.
#[derive(Default)]
struct Bits {
    byte: u8,
    length: u8,
}

impl Bits {
    fn push(&mut self, bit: bool, out: &mut Vec<u8>) {
        self.byte = self.byte << 1 | u8::from(bit);
        self.length += 1;
        if self.length == 8 {
            out.push(self.byte);
            *self = Self::default();
        }
    }

    /// Pads the last byte.
    fn end(self, out: &mut Vec<u8>) {
        if self.length > 0 {
            out.push(self.byte << (8 - self.length));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The smaller picture of rows, two by two pixels becoming one.
    fn halved(kind: Kind, width: u32, rows: &[&[u8]]) -> ((u32, u32), Vec<u8>) {
        let mut reducer = Reducer::new(kind, (width, rows.len() as u32), 2).unwrap();
        rows.iter().for_each(|row| reducer.row(row));
        assert!(!reducer.wants_more());
        let (size, _, pixels) = reducer.finish();
        (size, pixels)
    }

    fn samples(bits: u8, components: u8) -> Kind {
        Kind::Samples { bits, components }
    }

    #[test]
    fn a_pixel_is_the_mean_of_a_square_also_at_the_edges() {
        let rows: [&[u8]; 3] = [&[0, 100, 7], &[100, 200, 9], &[10, 20, 30]];
        assert_eq!(halved(samples(8, 1), 3, &rows), ((2, 2), vec![100, 8, 15, 30]));
        let rows: [&[u8]; 2] = [&[0, 10, 20, 100, 50, 40], &[0, 10, 20, 100, 50, 40]];
        assert_eq!(halved(samples(8, 3), 2, &rows), ((1, 1), vec![50, 30, 30]));
    }

    #[test]
    fn samples_of_every_width_become_eight_bits() {
        // White and black beside each other.
        assert_eq!(
            halved(samples(1, 1), 4, &[&[0b1010_0000], &[0b1101_0000]]),
            ((2, 1), vec![191, 127])
        );
        assert_eq!(
            halved(samples(2, 1), 2, &[&[0b1100_0000], &[0b1100_0000]]),
            ((1, 1), vec![127])
        );
        assert_eq!(halved(samples(4, 1), 2, &[&[0xF0], &[0x0F]]), ((1, 1), vec![127]));
        assert_eq!(
            halved(samples(16, 1), 2, &[&[80, 1, 40, 255], &[80, 2, 40, 7]]),
            ((1, 1), vec![60])
        );
        assert_eq!(
            halved(samples(4, 3), 1, &[&[0xF0, 0xF0], &[0xF0, 0x00]]),
            ((1, 1), vec![255, 0, 127])
        );
    }

    #[test]
    fn numbers_become_the_colours_they_stand_for() {
        let palette = |bits| Kind::Palette {
            bits,
            base: Value::name("DeviceRGB"),
            components: 3,
            colours: vec![0, 0, 0, 100, 200, 40],
        };
        assert_eq!(halved(palette(8), 2, &[&[0, 1], &[0, 1]]), ((1, 1), vec![50, 100, 20]));
        assert_eq!(
            halved(palette(1), 2, &[&[0b0100_0000], &[0b0100_0000]]),
            ((1, 1), vec![50, 100, 20])
        );
        // A number that no colour has counts as black.
        assert_eq!(halved(palette(8), 2, &[&[9, 1], &[9, 1]]), ((1, 1), vec![50, 100, 20]));
    }

    #[test]
    fn a_thin_line_of_a_stencil_stays() {
        let one_in_four: [&[u8]; 2] = [&[0b0111_0000], &[0b1111_0000]];
        assert_eq!(
            halved(Kind::Stencil { painted: false }, 4, &one_in_four),
            ((2, 1), vec![0b0100_0000])
        );
        let turned: [&[u8]; 2] = [&[0b1000_0000], &[0]];
        assert_eq!(
            halved(Kind::Stencil { painted: true }, 4, &turned),
            ((2, 1), vec![0b1000_0000])
        );
    }

    #[test]
    fn missing_rows_are_blank() {
        let cut_off = |kind: Kind, row: &[u8]| {
            let mut reducer = Reducer::new(kind, (2, 4), 2).unwrap();
            reducer.row(row);
            reducer.row(row);
            let (size, _, pixels) = reducer.finish();
            assert_eq!(size, (1, 2));
            pixels
        };
        assert_eq!(cut_off(samples(8, 1), &[0, 0]), [0, 255]);
        assert_eq!(cut_off(samples(8, 4), &[9; 8]), [9, 9, 9, 9, 0, 0, 0, 0]);
        assert_eq!(cut_off(Kind::Stencil { painted: true }, &[0xFF]), [0x80, 0]);
        assert_eq!(cut_off(Kind::Stencil { painted: false }, &[0]), [0, 0x80]);
    }
}
