//! Lines of text as an appearance: measured, laid out, and carrying only the part of a font that they need.

mod svg;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use skrifa::instance::{LocationRef, Size};
use skrifa::raw::TableProvider as _;
use skrifa::{FontRef, MetadataProvider as _, Tag};
use subsetter::GlyphRemapper;
use time::OffsetDateTime;

use crate::geometry::MM_PER_POINT;
use crate::structure::Value;

/// The name that a text block's content knows its font by.
pub(crate) const TEXT_FONT: &str = "F0";

/// Most characters of a block.
pub const MOST_CHARACTERS: usize = 2_000;

/// Most lines of a block.
pub const MOST_LINES: usize = 50;

/// Sizes in points that can be read and fit on a page.
const SIZES_PT: std::ops::RangeInclusive<f64> = 2.0..=400.0;

/// What of the size lies above and below the base line. Chinese characters fill 0.88 and 0.12; Latin tails need more.
const ABOVE: f64 = 0.88;
const BELOW: f64 = 0.22;

/// From base line to base line, in sizes.
const LEADING: f64 = 1.4;

/// An opaque colour, written `#rrggbb`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Color {
    /// 0 to 255.
    pub red: u8,
    /// 0 to 255.
    pub green: u8,
    /// 0 to 255.
    pub blue: u8,
}

/// Not `#rrggbb`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a colour is written #rrggbb")]
pub struct NotAColor;

impl TryFrom<String> for Color {
    type Error = NotAColor;

    fn try_from(text: String) -> Result<Self, NotAColor> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6);
        let digits = digits.filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        let number = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let [_, red, green, blue] = number.ok_or(NotAColor)?.to_be_bytes();
        Ok(Self { red, green, blue })
    }
}

impl From<Color> for String {
    fn from(color: Color) -> Self {
        format!("#{:02x}{:02x}{:02x}", color.red, color.green, color.blue)
    }
}

/// Why text cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum LetteringError {
    /// Nothing that shows.
    #[error("no text")]
    Empty,
    /// Over [`MOST_CHARACTERS`] or [`MOST_LINES`].
    #[error("the text is too long")]
    TooLong,
    /// Not between 2 and 400 points.
    #[error("the size cannot be used")]
    BadSize,
    /// The font has no such character.
    #[error("the font has no {character:?}")]
    MissingCharacter {
        /// The first one that is missing.
        character: char,
    },
    /// The bytes are not a font that can be embedded.
    #[error("the font cannot be used")]
    BadFont,
}

/// Who signed, why and when: what a visible signature says.
#[derive(Debug, Clone, Copy)]
pub struct SignatureWords<'a> {
    /// Whose certificate.
    pub signer: &'a str,
    /// Why; left out when `None`.
    pub reason: Option<&'a str>,
    /// The claimed time, shown at its own offset.
    pub at: OffsetDateTime,
}

/// The part of a font that a block uses, ready to embed (ISO 32000-2, 9.7.4).
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FontPart {
    /// The font program: TrueType, or bare CFF keyed by glyph.
    pub(crate) program: Vec<u8>,
    pub(crate) is_cff: bool,
    /// Width (thousandths of the size) and character of each glyph, by its new number.
    pub(crate) glyphs: BTreeMap<u16, (f64, char)>,
    /// left, bottom, right, top of all glyphs, in thousandths.
    pub(crate) bounds: [f64; 4],
}

/// Lines of text, left aligned. Its top left corner is the corner of its first line's character box.
#[derive(Debug, Clone, PartialEq)]
pub struct TextBlock {
    lines: Vec<Vec<u16>>,
    size_mm: f64,
    width_mm: f64,
    color: Color,
    font: FontPart,
}

impl TextBlock {
    /// Lays out `text` (lines end with a line feed) at `size_pt` with the font file `font` (TrueType or OpenType).
    ///
    /// # Errors
    /// [`LetteringError`]: a character is never left out or replaced.
    pub fn new(text: &str, size_pt: f64, color: Color, font: &[u8]) -> Result<Self, LetteringError> {
        if !SIZES_PT.contains(&size_pt) {
            return Err(LetteringError::BadSize);
        }
        if text.trim().is_empty() {
            return Err(LetteringError::Empty);
        }
        if text.chars().count() > MOST_CHARACTERS || text.lines().count() > MOST_LINES {
            return Err(LetteringError::TooLong);
        }
        let mut glyphs = Glyphs::new(font)?;
        let lines: Vec<Vec<u16>> = text
            .trim_end()
            .lines()
            .map(|line| line.chars().map(|character| glyphs.glyph(character)).collect())
            .collect::<Result<_, _>>()?;
        let size_mm = size_pt * MM_PER_POINT;
        let width_of = |line: &Vec<u16>| line.iter().map(|glyph| glyphs.width(*glyph)).sum::<f64>() / 1000.0;
        let width = lines.iter().map(width_of).fold(0.0, f64::max);
        Ok(Self {
            width_mm: width * size_mm,
            lines,
            size_mm,
            color,
            font: glyphs.finish(font)?,
        })
    }

    /// The text of a visible signature: signer, reason and time, one to a line.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn of_signature(
        words: &SignatureWords<'_>,
        size_pt: f64,
        color: Color,
        font: &[u8],
    ) -> Result<Self, LetteringError> {
        let SignatureWords { signer, reason, at } = words;
        let reason = reason.map(|reason| format!("签署事由：{reason}\n")).unwrap_or_default();
        let (hours, minutes, _) = at.offset().as_hms();
        let sign = if at.offset().is_negative() { '-' } else { '+' };
        let text = format!(
            "签署人：{signer}\n{reason}签署时间：{} {:02}:{:02}:{:02} {sign}{:02}:{:02}",
            at.date(),
            at.hour(),
            at.minute(),
            at.second(),
            hours.abs(),
            minutes.abs(),
        );
        Self::new(&text, size_pt, color, font)
    }

    /// Width and height in mm.
    pub fn size_mm(&self) -> (f64, f64) {
        let further_lines = self.lines.len().saturating_sub(1) as f64;
        (self.width_mm, self.size_mm * (ABOVE + BELOW + LEADING * further_lines))
    }

    pub(crate) fn font(&self) -> &FontPart {
        &self.font
    }

    /// Operators in mm, y up, from the block's bottom left corner.
    pub(crate) fn content(&self) -> Vec<u8> {
        let mut out = b"BT ".to_vec();
        let mut put = |numbers: &[f64], operator: &str| {
            for number in numbers {
                Value::real(*number).write(&mut out);
                out.push(b' ');
            }
            out.extend_from_slice(operator.as_bytes());
            out.push(b' ');
        };
        let Color { red, green, blue } = self.color;
        put(&[red, green, blue].map(|part| f64::from(part) / 255.0), "rg");
        put(&[], &format!("/{TEXT_FONT}"));
        put(&[self.size_mm], "Tf");
        put(&[0.0, self.size_mm().1 - ABOVE * self.size_mm], "Td");
        for line in &self.lines {
            let codes: String = line.iter().map(|glyph| format!("{glyph:04X}")).collect();
            put(&[], &format!("<{codes}> Tj"));
            put(&[0.0, -LEADING * self.size_mm], "Td");
        }
        put(&[], "ET");
        out
    }
}

/// The glyphs a text uses, gathered while it is laid out.
pub(crate) struct Glyphs<'a> {
    font: FontRef<'a>,
    units: f64,
    remapper: GlyphRemapper,
    used: BTreeMap<u16, (f64, char)>,
}

impl<'a> Glyphs<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Result<Self, LetteringError> {
        let font = FontRef::new(bytes).map_err(|_| LetteringError::BadFont)?;
        let head = font.head().map_err(|_| LetteringError::BadFont)?;
        let units = f64::from(head.units_per_em());
        (units > 0.0)
            .then(|| Self {
                font,
                units,
                remapper: GlyphRemapper::new(),
                used: BTreeMap::new(),
            })
            .ok_or(LetteringError::BadFont)
    }

    pub(crate) fn glyph(&mut self, character: char) -> Result<u16, LetteringError> {
        let missing = LetteringError::MissingCharacter { character };
        let old = self.font.charmap().map(character).filter(|glyph| glyph.to_u32() != 0);
        let old = old.ok_or(missing)?;
        let metrics = self.font.glyph_metrics(Size::unscaled(), LocationRef::default());
        let advance = f64::from(metrics.advance_width(old).ok_or(missing)?);
        let new = self.remapper.remap(u16::try_from(old.to_u32()).map_err(|_| missing)?);
        self.used
            .entry(new)
            .or_insert((advance * 1000.0 / self.units, character));
        Ok(new)
    }

    pub(crate) fn width(&self, glyph: u16) -> f64 {
        self.used.get(&glyph).map_or(0.0, |(width, _)| *width)
    }

    pub(crate) fn finish(self, bytes: &[u8]) -> Result<FontPart, LetteringError> {
        let part = subsetter::subset(bytes, 0, &self.remapper).map_err(|_| LetteringError::BadFont)?;
        let whole = FontRef::new(&part).map_err(|_| LetteringError::BadFont)?;
        let cff = whole
            .table_data(Tag::new(b"CFF "))
            .map(|table| table.as_bytes().to_vec());
        let head = self.font.head().map_err(|_| LetteringError::BadFont)?;
        let edges = [head.x_min(), head.y_min(), head.x_max(), head.y_max()];
        Ok(FontPart {
            is_cff: cff.is_some(),
            program: cff.unwrap_or(part),
            bounds: edges.map(|edge| f64::from(edge) * 1000.0 / self.units),
            glyphs: self.used,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_read_and_written_as_six_digits() {
        let red = Color::try_from("#C8102e".to_owned()).unwrap();
        assert_eq!((red.red, red.green, red.blue), (0xC8, 0x10, 0x2E));
        assert_eq!(String::from(red), "#c8102e");
        for wrong in ["c8102e", "#c8102", "#+8102e", "#c8102e0", "#章"] {
            assert_eq!(Color::try_from(wrong.to_owned()), Err(NotAColor), "{wrong}");
        }
    }

    #[test]
    fn bytes_that_are_no_font_are_refused() {
        for bytes in [&b""[..], b"OTTO", &[0; 100]] {
            let refused = TextBlock::new("日期", 12.0, Color::default(), bytes);
            assert_eq!(refused.unwrap_err(), LetteringError::BadFont);
        }
    }
}
