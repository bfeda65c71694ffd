//! New A4 pages of text and coloured areas: reports. All pages share one embedded part of a font.

use std::fmt::Write as _;
use std::sync::Arc;

use super::embedded_font;
use super::tail::Tail;
use super::{PlaceError, damaged};
use crate::document::Document;
use crate::geometry::MM_PER_POINT;
use crate::lettering::{Color, Glyphs, LetteringError, TEXT_FONT};
use crate::structure::{Dictionary, Reference, Value};

/// Width and height of a page, in mm.
pub const SHEET_MM: (f64, f64) = (210.0, 297.0);

/// The first page's object; each page is followed by the next.
const FIRST_PAGE: u32 = 3;

/// Why sheets cannot be written.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SheetError {
    /// The font cannot be used.
    #[error(transparent)]
    Lettering(#[from] LetteringError),
    /// The pages cannot be put together.
    #[error("the pages cannot be written: {0}")]
    Place(#[from] PlaceError),
}

/// Something on a sheet, in mm from its top left corner.
#[derive(Debug, Clone, PartialEq)]
pub enum SheetItem {
    /// One line of text.
    Line {
        /// Left edge.
        x_mm: f64,
        /// Base line.
        y_mm: f64,
        /// Size in points.
        size_pt: f64,
        /// Colour.
        color: Color,
        /// The text.
        text: String,
    },
    /// An area filled with a colour.
    Area {
        /// Left edge.
        x_mm: f64,
        /// Top edge.
        y_mm: f64,
        /// Width.
        width_mm: f64,
        /// Height.
        height_mm: f64,
        /// Colour.
        color: Color,
    },
}

/// A font that text is measured and broken into lines by.
pub struct SheetFont<'a> {
    bytes: &'a [u8],
}

impl<'a> SheetFont<'a> {
    /// A TrueType or OpenType file.
    ///
    /// # Errors
    /// [`LetteringError::BadFont`].
    pub fn new(bytes: &'a [u8]) -> Result<Self, LetteringError> {
        Glyphs::new(bytes).map(|_| Self { bytes })
    }

    /// Lines of at most that width: broken after a space where there is one, else between any two characters.
    ///
    /// # Errors
    /// [`LetteringError::BadFont`].
    pub fn lines(&self, text: &str, size_pt: f64, width_mm: f64) -> Result<Vec<String>, LetteringError> {
        let mut glyphs = Glyphs::new(self.bytes)?;
        let per_unit = size_pt * MM_PER_POINT / 1000.0;
        let mut lines = Vec::new();
        for paragraph in text.lines() {
            let (mut line, mut length) = (String::new(), 0.0);
            for character in spelled(&mut glyphs, paragraph).chars() {
                let glyph = glyphs.glyph(character)?;
                let width = glyphs.width(glyph) * per_unit;
                if length + width > width_mm && !line.is_empty() {
                    let rest = broken_off(&mut line);
                    lines.push(std::mem::replace(&mut line, rest));
                    length = self.length(&mut glyphs, &line)? * per_unit;
                }
                line.push(character);
                length += width;
            }
            lines.push(line);
        }
        Ok(lines)
    }

    fn length(&self, glyphs: &mut Glyphs<'_>, text: &str) -> Result<f64, LetteringError> {
        let mut length = 0.0;
        for character in text.chars() {
            let glyph = glyphs.glyph(character)?;
            length += glyphs.width(glyph);
        }
        Ok(length)
    }
}

/// The last word of a line that goes on in the next one.
fn broken_off(line: &mut String) -> String {
    let is_word = |text: &str| text.chars().count() < 24 && text.is_ascii();
    match line.rfind(' ') {
        Some(at) if is_word(line.get(at..).unwrap_or_default()) => line.split_off(at.saturating_add(1)),
        _ => String::new(),
    }
}

/// What can be printed of a text: tabs and the like take a space, as nothing that steers a printer is printed; a character
/// that the font has not is told by its number, so that nothing is left out unseen and no two names look alike.
fn spelled(glyphs: &mut Glyphs<'_>, text: &str) -> String {
    let mut spelled = String::new();
    for character in text.chars() {
        if character.is_control() {
            spelled.push(' ');
        } else if glyphs.glyph(character).is_ok() {
            spelled.push(character);
        } else {
            // Writing to a string cannot fail.
            let _ = write!(spelled, "[U+{:04X}]", u32::from(character));
        }
    }
    spelled
}

/// Writes sheets as a PDF; `title` is its name for viewers.
///
/// # Errors
/// [`SheetError`].
pub fn write_sheets(title: &str, sheets: &[Vec<SheetItem>], font: &[u8]) -> Result<Vec<u8>, SheetError> {
    let mut glyphs = Glyphs::new(font)?;
    let contents: Vec<String> = sheets
        .iter()
        .map(|items| content(items, &mut glyphs))
        .collect::<Result<_, _>>()?;
    let part = glyphs.finish(font)?;
    let blank = blank_pages(title, sheets.len());
    let document = Document::open(Arc::new(blank.clone())).map_err(|_| PlaceError::NothingToPlace)?;
    let written = document.written().map_err(damaged)?;
    let mut tail = Tail::new(written.structure.newest()).map_err(damaged)?;
    let font = embedded_font::store(&mut tail, &part);
    let fonts = Dictionary::from_iter([(TEXT_FONT, Value::reference(font))]);
    let resources = tail.add(Value::Dictionary(Dictionary::from_iter([(
        "Font",
        Value::Dictionary(fonts),
    )])));
    for (number, content) in (FIRST_PAGE..).zip(&contents) {
        let drawn = tail.add_stream(Dictionary::default(), content.as_bytes());
        let page = Reference { number, generation: 0 };
        let mut entries = tail.dictionary(page).map_err(damaged)?;
        entries.set("Contents", Value::reference(drawn));
        entries.set("Resources", Value::reference(resources));
        tail.set(page, Value::Dictionary(entries));
    }
    Ok([blank, tail.write().bytes].concat())
}

fn content(items: &[SheetItem], glyphs: &mut Glyphs<'_>) -> Result<String, LetteringError> {
    let points = |mm: f64| mm / MM_PER_POINT;
    let mut out = String::new();
    for item in items {
        // Writing to a string cannot fail.
        let _ = match item {
            SheetItem::Area {
                x_mm,
                y_mm,
                width_mm,
                height_mm,
                color,
            } => writeln!(
                out,
                "{} rg {:.2} {:.2} {:.2} {:.2} re f",
                parts(*color),
                points(*x_mm),
                points(SHEET_MM.1 - y_mm - height_mm),
                points(*width_mm),
                points(*height_mm)
            ),
            SheetItem::Line {
                x_mm,
                y_mm,
                size_pt,
                color,
                text,
            } => {
                let mut codes = String::new();
                for character in spelled(glyphs, text).chars() {
                    let _ = write!(codes, "{:04X}", glyphs.glyph(character)?);
                }
                writeln!(
                    out,
                    "BT {} rg /{TEXT_FONT} {size_pt:.2} Tf {:.2} {:.2} Td <{codes}> Tj ET",
                    parts(*color),
                    points(*x_mm),
                    points(SHEET_MM.1 - y_mm)
                )
            }
        };
    }
    Ok(out)
}

fn parts(color: Color) -> String {
    let Color { red, green, blue } = color;
    let [red, green, blue] = [red, green, blue].map(|part| f64::from(part) / 255.0);
    format!("{red:.3} {green:.3} {blue:.3}")
}

/// A document of empty pages.
fn blank_pages(title: &str, count: usize) -> Vec<u8> {
    let kids: String = (FIRST_PAGE..)
        .take(count)
        .map(|number| format!("{number} 0 R "))
        .collect();
    let (width, height) = (SHEET_MM.0 / MM_PER_POINT, SHEET_MM.1 / MM_PER_POINT);
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R /Lang (zh-CN) /ViewerPreferences << /DisplayDocTitle true >> >>".to_owned(),
        format!("<< /Type /Pages /Kids [{kids}] /Count {count} /MediaBox [0 0 {width:.2} {height:.2}] >>"),
    ];
    objects.extend((0..count).map(|_| "<< /Type /Page /Parent 2 0 R /Resources << >> >>".to_owned()));
    let name: String = title.encode_utf16().map(|unit| format!("{unit:04X}")).collect();
    objects.push(format!("<< /Title <FEFF{name}> >>"));
    let mut bytes = b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n".to_vec();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (number, object) in (1..).zip(&objects) {
        let _ = writeln!(table, "{:010} 00000 n ", bytes.len());
        bytes.extend_from_slice(format!("{number} 0 obj\n{object}\nendobj\n").as_bytes());
    }
    let (start, size) = (bytes.len(), objects.len() + 1);
    let info = objects.len();
    let _ = write!(
        table,
        "trailer\n<< /Size {size} /Root 1 0 R /Info {info} 0 R >>\nstartxref\n{start}\n%%EOF\n"
    );
    bytes.extend_from_slice(table.as_bytes());
    bytes
}
