//! A block of text as an SVG of the very outlines and positions that are written into the file, for previews.

use std::fmt::Write as _;

use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::raw::TableProvider as _;
use skrifa::{FontRef, MetadataProvider as _};

use super::{ABOVE, LEADING, TextBlock};

impl TextBlock {
    /// The block as an SVG document whose viewBox is in mm. `font` is the font file that the block was made with;
    /// with another one, characters that it does not have are left out of the picture.
    pub fn to_svg(&self, font: &[u8]) -> String {
        let (width, height) = self.size_mm();
        let color = String::from(self.color);
        let path = FontRef::new(font).map(|font| self.outlines(&font)).unwrap_or_default();
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.3}mm\" height=\"{height:.3}mm\" \
             viewBox=\"0 0 {width:.3} {height:.3}\"><path fill=\"{color}\" d=\"{path}\"/></svg>"
        )
    }

    fn outlines(&self, font: &FontRef<'_>) -> String {
        let units = font.head().map_or(1000.0, |head| f64::from(head.units_per_em().max(1)));
        let (glyphs, characters) = (font.outline_glyphs(), font.charmap());
        let settings = || DrawSettings::unhinted(Size::unscaled(), LocationRef::default());
        let mut pen = Pen {
            path: String::new(),
            scale: self.size_mm / units,
            x: 0.0,
            y: ABOVE * self.size_mm,
        };
        for line in &self.lines {
            pen.x = 0.0;
            for glyph in line {
                let Some((width, character)) = self.font.glyphs.get(glyph) else {
                    continue;
                };
                if let Some(outline) = characters.map(*character).and_then(|glyph| glyphs.get(glyph)) {
                    // An outline that breaks off is shown as far as it goes.
                    let _ = outline.draw(settings(), &mut pen);
                }
                pen.x += width / 1000.0 * self.size_mm;
            }
            pen.y += LEADING * self.size_mm;
        }
        pen.path
    }
}

/// Font units, y up, to mm, y down.
struct Pen {
    path: String,
    scale: f64,
    x: f64,
    y: f64,
}

impl Pen {
    fn put(&mut self, command: char, points: &[(f32, f32)]) {
        self.path.push(command);
        for (x, y) in points {
            let (x, y) = (self.x + f64::from(*x) * self.scale, self.y - f64::from(*y) * self.scale);
            // Writing to a String cannot fail.
            let _ = write!(self.path, "{x:.3} {y:.3} ");
        }
    }
}

impl OutlinePen for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.put('M', &[(x, y)]);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.put('L', &[(x, y)]);
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        self.put('Q', &[(cx, cy), (x, y)]);
    }

    fn curve_to(&mut self, ax: f32, ay: f32, bx: f32, by: f32, x: f32, y: f32) {
        self.put('C', &[(ax, ay), (bx, by), (x, y)]);
    }

    fn close(&mut self) {
        self.path.push('Z');
    }
}
