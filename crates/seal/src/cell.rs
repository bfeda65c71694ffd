//! Characters in cells: how much room each takes, how its outline fills the cell, and straight rows of cells.

use crate::{
    Face, FallbackGlyph, FontStack, SealDrawing,
    drawing::{FillRule, placed},
    glyph::Glyph,
    outline::{Affine, Outline},
    stroke,
};

/// Changes of stroke weight (mm) nobody can see.
const LEAST_WEIGHT: f64 = 0.004;
/// The most (mm on each side) a stand-in glyph is fattened by.
const HEAVIEST_STAND_IN: f64 = 0.15;

/// How much of a full cell a character takes along the row.
pub(crate) fn weight(character: char) -> f64 {
    match character {
        '（' | '）' | '(' | ')' | '〔' | '〕' => 0.55,
        '·' | '•' | '-' | '—' | '–' => 0.5,
        ' ' | 'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' => 0.4,
        'm' | 'w' | 'M' | 'W' => 0.8,
        other if other.is_ascii() => 0.62,
        _ => 1.0,
    }
}

pub(crate) fn total_weight(text: &[char]) -> f64 {
    text.iter().map(|character| weight(*character)).sum()
}

/// Draws characters of one face with one stroke weight.
#[derive(Clone, Copy)]
pub(crate) struct Lettering<'a> {
    pub(crate) fonts: &'a FontStack,
    pub(crate) face: Face,
    /// Added to each side of the strokes, mm.
    pub(crate) boldness: f64,
}

/// A straight row of characters, mm.
pub(crate) struct Row {
    /// Where its middle is.
    pub(crate) centre: (f64, f64),
    pub(crate) height: f64,
    /// Longest it may become.
    pub(crate) total: f64,
    /// Widest a cell may become.
    pub(crate) cell: f64,
    /// Widest distance between two cells' middles, as a share of the widest cell.
    pub(crate) loosest: f64,
}

impl Lettering<'_> {
    /// One character in a cell of `(width, height)` mm around the origin, which `place` then moves.
    pub(crate) fn cut(&self, drawing: &mut SealDrawing, character: char, cell: (f64, f64), place: Affine) {
        let Some(glyph) = self.fonts.find(self.face, character) else {
            return;
        };
        note_fallback(drawing, self.face, &glyph, character);
        let weight = self.boldness + self.stand_in_weight(&glyph, cell.1);
        let outline = if weight.abs() < LEAST_WEIGHT {
            in_cell(&glyph, character, cell)
        } else {
            let room = |side: f64| side - 2.0 * weight.max(0.0);
            let thin = in_cell(&glyph, character, (room(cell.0), room(cell.1)));
            stroke::weighted(&thin, weight)
        };
        drawing.fill(&outline.transformed(place), FillRule::NonZero);
    }

    /// What brings a glyph of a thinner stand-in face to the weight of the face asked for, mm on each side.
    fn stand_in_weight(&self, glyph: &Glyph<'_>, height: f64) -> f64 {
        if glyph.face == self.face {
            return 0.0;
        }
        let stroke = |face| self.fonts.stroke(face).unwrap_or(0.0) * height;
        ((stroke(self.face) - stroke(glyph.face)) / 2.0).clamp(0.0, HEAVIEST_STAND_IN)
    }

    pub(crate) fn row(&self, drawing: &mut SealDrawing, row: &Row, text: &[char]) {
        self.row_turned(drawing, row, text, Affine::translation(0.0, 0.0));
    }

    /// A row that `turn` brings to its place.
    pub(crate) fn row_turned(&self, drawing: &mut SealDrawing, row: &Row, text: &[char], turn: Affine) {
        let n = total_weight(text).max(1.0);
        let pitch = (row.total / n).min(row.cell * row.loosest);
        let width = (pitch * 0.88).min(row.cell);
        let mut left = row.centre.0 - pitch * total_weight(text) / 2.0;
        for character in text {
            let advance = pitch * weight(*character);
            let to = Affine::translation(left + advance / 2.0, row.centre.1);
            self.cut(drawing, *character, (width, row.height), to.then(turn));
            left += advance;
        }
    }
}

/// Remembers a character that came from another face than the one asked for.
pub(crate) fn note_fallback(drawing: &mut SealDrawing, wanted: Face, glyph: &Glyph<'_>, character: char) {
    let note = FallbackGlyph {
        character,
        face: glyph.face,
    };
    if glyph.face != wanted && !drawing.fallback.contains(&note) {
        drawing.fallback.push(note);
    }
}

/// The glyph centred at the origin in a cell of `(width, height)` mm.
fn in_cell(glyph: &Glyph<'_>, character: char, cell: (f64, f64)) -> Outline {
    match character {
        '（' | '）' | '(' | ')' | '〔' | '〕' => parenthesis_in_cell(glyph, character, cell),
        _ if weight(character) < 1.0 => latin_in_cell(glyph, character, cell),
        _ => han_in_cell(glyph, cell),
    }
}

/// Parentheses fill 0.92 of the height with their own ink.
fn parenthesis_in_cell(glyph: &Glyph<'_>, character: char, (width, height): (f64, f64)) -> Outline {
    let widest = width / glyph.reference.width() * 1.3;
    let across = (width * weight(character) * 0.62 / glyph.ink.width()).min(widest);
    let down = height * 0.92 / glyph.ink.height();
    glyph.centred_at(glyph.ink.centre(), across, down)
}

/// Letters and digits share a base line: the capitals are centred in the cell, descenders hang below.
fn latin_in_cell(glyph: &Glyph<'_>, character: char, (width, height): (f64, f64)) -> Outline {
    let down = height * 0.76 / glyph.capital.height();
    // Narrow ones (I, l, 1) are condensed like an H, or their stems would stand out.
    let widest = (width * 0.62 * 0.86 / glyph.capital.width() * 1.3).min(width / glyph.reference.width() * 1.15);
    let across = (width * weight(character) * 0.86 / glyph.ink.width()).min(widest);
    let floating = matches!(character, '·' | '•' | '-' | '—' | '–' | '+' | '=' | '~');
    let middle = if floating { glyph.ink } else { *glyph.capital }.centre().1;
    glyph.centred_at((glyph.ink.centre().0, middle), across, down)
}

/// The face's mean ink box is mapped onto the cell (一 stays thin, 国 fills it); a glyph whose own ink would leave the
/// cell (八, 工, 心) is shrunk and shifted on that axis only.
fn han_in_cell(glyph: &Glyph<'_>, (width, height): (f64, f64)) -> Outline {
    let reference = glyph.reference;
    let fitted = glyph.centred_at(
        reference.centre(),
        width / reference.width(),
        height / reference.height(),
    );
    let Some(ink) = fitted.bounds() else {
        return fitted;
    };
    let (across, right) = held(ink.left, ink.right, width / 2.0);
    let (down, below) = held(ink.top, ink.bottom, height / 2.0);
    placed(&fitted.transformed(Affine::scaling(across, down)), right, below)
}

/// Scale and shift that keep `from..to` within `±half`.
fn held(from: f64, to: f64, half: f64) -> (f64, f64) {
    let scale = (2.0 * half / (to - from)).min(1.0);
    let (from, to) = (from * scale, to * scale);
    let shift = (-half - from).max(0.0) + (half - to).min(0.0);
    (scale, shift)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ink_is_held_inside_its_cell() {
        assert_eq!(held(-1.0, 1.0, 2.0), (1.0, 0.0));
        assert_eq!(held(-3.0, 1.0, 2.0), (1.0, 1.0));
        assert_eq!(held(-1.0, 7.0, 2.0), (0.5, -1.5));
    }
}
