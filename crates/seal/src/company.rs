//! Layout of round company seals: ring, name along the upper arc, star, purpose row, code digits.
//!
//! All numbers are mm for a seal of 40 mm and scale with the diameter, but for the ring (README, "numbers").

use crate::{
    COMPANY_DIAMETERS_MM, CompanySeal, Face, FallbackGlyph, FontStack, SealDrawing, SealError,
    drawing::{FillRule, placed},
    glyph::Glyph,
    outline::{Affine, Outline},
    text,
};

/// The diameter the tables are written for.
const TABLE_DIAMETER_MM: f64 = 40.0;
/// From the ring's inner edge to the top of the digits along the lower edge.
const CODE_GAP: f64 = 0.55;
/// Height of those digits.
const CODE_HEIGHT: f64 = 1.35;
/// Distance between them along their middle line.
const CODE_PITCH: f64 = 1.30;

/// A company seal's texts and sizes, checked.
struct Plan<'a> {
    fonts: &'a FontStack,
    diameter: f64,
    /// Diameter over the tables' diameter.
    scale: f64,
    ring: f64,
    name: Vec<char>,
    purpose: Option<text::Purpose>,
    code: Vec<char>,
}

/// Lays a company seal out.
pub(crate) fn layout(seal: &CompanySeal, fonts: &FontStack) -> Result<SealDrawing, SealError> {
    let plan = Plan::check(seal, fonts)?;
    let mut drawing = SealDrawing::new(plan.diameter, plan.diameter);
    plan.draw_ring(&mut drawing);
    plan.draw_name(&mut drawing);
    plan.draw_star(&mut drawing);
    plan.draw_purpose(&mut drawing);
    plan.draw_code(&mut drawing);
    Ok(drawing)
}

/// Width of the ring in mm: local rules name it per diameter, it does not scale.
fn ring_width(diameter: f64) -> f64 {
    if diameter < 40.0 {
        1.0
    } else if diameter < 45.0 {
        1.2
    } else {
        1.5
    }
}

/// How much of a full cell a character takes along the row.
fn weight(character: char) -> f64 {
    match character {
        '（' | '）' | '(' | ')' | '〔' | '〕' => 0.55,
        '·' | '•' | '-' | '—' | '–' => 0.5,
        ' ' | 'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' => 0.4,
        'm' | 'w' | 'M' | 'W' => 0.8,
        other if other.is_ascii() => 0.62,
        _ => 1.0,
    }
}

fn total_weight(text: &[char]) -> f64 {
    text.iter().map(|character| weight(*character)).sum()
}

/// Straight lines between the rows of a table, its ends held.
fn interpolate(table: &[(f64, f64)], at: f64) -> f64 {
    let mut below: Option<(f64, f64)> = None;
    for (x, y) in table {
        if at <= *x {
            return below.map_or(*y, |(x0, y0)| y0 + (y - y0) * (at - x0) / (x - x0));
        }
        below = Some((*x, *y));
    }
    below.map_or(0.0, |(_, y)| y)
}

/// Measures of the name's arc for a weight of `n`, in mm at 40 mm but for the angle.
#[derive(Debug)]
struct Arc {
    /// Cell height.
    height: f64,
    /// Cell width.
    width: f64,
    /// From the ring's inner edge to the top of the cells.
    gap: f64,
    /// Edge to edge, radians, centred at 12 o'clock.
    span: f64,
}

impl Arc {
    fn of(n: f64, inner_radius: f64, with_purpose: bool) -> Self {
        const HEIGHT: [(f64, f64); 8] = [
            (4.0, 7.0),
            (8.0, 7.0),
            (12.0, 6.6),
            (16.0, 6.3),
            (20.0, 5.9),
            (25.0, 5.5),
            (30.0, 5.1),
            (40.0, 4.4),
        ];
        const SPAN_DEGREES: [(f64, f64); 10] = [
            (2.0, 70.0),
            (4.0, 135.0),
            (6.0, 180.0),
            (8.0, 212.0),
            (10.0, 234.0),
            (12.0, 248.0),
            (16.0, 260.0),
            (20.0, 268.0),
            (30.0, 276.0),
            (40.0, 282.0),
        ];
        // A purpose row needs the room between the ends of the name.
        const WIDEST_WITH_PURPOSE: [(f64, f64); 2] = [(20.0, 252.0), (25.0, 258.0)];
        const SPACE: [(f64, f64); 6] = [
            (6.0, 1.2),
            (10.0, 0.55),
            (14.0, 0.36),
            (20.0, 0.26),
            (30.0, 0.18),
            (40.0, 0.13),
        ];
        let (shrink, widest) = if with_purpose {
            (0.97, interpolate(&WIDEST_WITH_PURPOSE, n))
        } else {
            (1.0, 360.0)
        };
        let height = interpolate(&HEIGHT, n) * shrink;
        let span = interpolate(&SPAN_DEGREES, n).min(widest).to_radians();
        let gap = if n > 20.0 { 0.75 } else { 0.9 };
        // Measured at the foot of the characters: that is where they collide.
        let slot = span * (inner_radius - gap - height) / n;
        let width = (slot - interpolate(&SPACE, n)).min(0.66 * height);
        Self {
            height,
            width,
            gap,
            span,
        }
    }
}

impl<'a> Plan<'a> {
    fn check(seal: &CompanySeal, fonts: &'a FontStack) -> Result<Self, SealError> {
        let diameter = seal.diameter_mm;
        if !COMPANY_DIAMETERS_MM.contains(&diameter) {
            return Err(SealError::Size(diameter));
        }
        let name = text::company_name(&seal.name)?;
        let purpose = seal.purpose.as_deref().map(text::purpose).transpose()?;
        let code = seal.code_digits.as_deref().map(text::code_digits);
        let plan = Self {
            fonts,
            diameter,
            scale: diameter / TABLE_DIAMETER_MM,
            ring: ring_width(diameter),
            name,
            purpose,
            code: code.transpose()?.unwrap_or_default(),
        };
        text::require_glyphs(fonts, &plan.texts())?;
        Ok(plan)
    }

    /// Every text with the face it is drawn in.
    fn texts(&self) -> Vec<(Face, &[char])> {
        let mut texts = vec![(Face::Song, &*self.name), (Face::Sans, &*self.code)];
        if let Some(purpose) = &self.purpose {
            texts.push((Face::Song, &purpose.row));
            texts.push((Face::Sans, &purpose.serial));
        }
        texts
    }

    fn radius(&self) -> f64 {
        self.diameter / 2.0
    }

    /// A length of the tables in mm on this seal.
    fn mm(&self, at_40: f64) -> f64 {
        at_40 * self.scale
    }

    fn draw_ring(&self, drawing: &mut SealDrawing) {
        let mut ring = Outline::circle(self.radius(), self.radius());
        ring.append(&Outline::circle(self.radius(), self.radius() - self.ring));
        drawing.fill(&ring, FillRule::EvenOdd);
    }

    fn draw_name(&self, drawing: &mut SealDrawing) {
        let n = total_weight(&self.name);
        let inner_radius = (self.radius() - self.ring) / self.scale;
        let arc = Arc::of(n, inner_radius, self.purpose.is_some());
        let middle_line = self.mm(inner_radius - arc.gap - arc.height / 2.0);
        let (width, height) = (self.mm(arc.width), self.mm(arc.height));
        let mut angle = -arc.span / 2.0;
        for character in &self.name {
            let step = arc.span * weight(*character) / n;
            let turn = Affine::translation(0.0, -middle_line)
                .then(Affine::rotation(angle + step / 2.0))
                .then(Affine::translation(self.radius(), self.radius()));
            self.draw_cell(drawing, Face::Song, *character, (width, height), turn);
            angle += step;
        }
    }

    fn draw_star(&self, drawing: &mut SealDrawing) {
        let (radius, lift) = match self.purpose {
            Some(_) => (6.5, 0.6),
            None => (7.0, 0.0),
        };
        let star = Outline::star(self.radius(), self.radius() - self.mm(lift), self.mm(radius));
        drawing.fill(&star, FillRule::NonZero);
    }

    fn draw_purpose(&self, drawing: &mut SealDrawing) {
        let Some(purpose) = &self.purpose else {
            return;
        };
        // A long name reaches further down on both sides.
        let widest = if total_weight(&self.name) > 16.0 { 17.4 } else { 18.2 };
        let row = Row {
            face: Face::Song,
            top: 7.9,
            height: 4.7,
            total: widest,
            cell: 3.4,
        };
        self.draw_row(drawing, &row, &purpose.row);
        let serial = Row {
            face: Face::Sans,
            top: 13.3,
            height: 2.2,
            total: 10.0,
            cell: 1.7,
        };
        self.draw_row(drawing, &serial, &purpose.serial);
    }

    fn draw_row(&self, drawing: &mut SealDrawing, row: &Row, text: &[char]) {
        let n = total_weight(text);
        let pitch = (row.total / n).min(row.cell * 1.16);
        let width = (pitch * 0.88).min(row.cell);
        let cell = (self.mm(width), self.mm(row.height));
        let middle = self.radius() + self.mm(row.top + row.height / 2.0);
        let mut left = self.radius() - self.mm(pitch * n / 2.0);
        for character in text {
            let advance = self.mm(pitch * weight(*character));
            let to = Affine::translation(left + advance / 2.0, middle);
            self.draw_cell(drawing, row.face, *character, cell, to);
            left += advance;
        }
    }

    fn draw_code(&self, drawing: &mut SealDrawing) {
        let height = self.mm(CODE_HEIGHT);
        let middle_line = self.radius() - self.ring - self.mm(CODE_GAP) - height / 2.0;
        let step = self.mm(CODE_PITCH) / middle_line;
        let mut angle = step * (self.code.len() as f64 - 1.0) / 2.0;
        for digit in &self.code {
            if let Some(glyph) = self.fonts.find(Face::Sans, *digit) {
                let scale = height / glyph.capital.height();
                let anchor = (glyph.ink.centre().0, glyph.capital.centre().1);
                let turn = Affine::translation(0.0, middle_line)
                    .then(Affine::rotation(angle))
                    .then(Affine::translation(self.radius(), self.radius()));
                let outline = glyph.centred_at(anchor, scale * 0.92, scale);
                drawing.fill(&outline.transformed(turn), FillRule::NonZero);
            }
            angle -= step;
        }
    }

    fn draw_cell(&self, drawing: &mut SealDrawing, face: Face, character: char, cell: (f64, f64), place: Affine) {
        let Some(glyph) = self.fonts.find(face, character) else {
            return;
        };
        note_fallback(drawing, face, &glyph, character);
        let outline = in_cell(&glyph, character, cell);
        drawing.fill(&outline.transformed(place), FillRule::NonZero);
    }
}

/// A straight row of characters, mm at 40 mm.
struct Row {
    face: Face,
    /// Top edge below the seal's centre.
    top: f64,
    height: f64,
    /// Longest it may become.
    total: f64,
    /// Widest a cell may become.
    cell: f64,
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
    let widest = width / glyph.reference.width() * 1.15;
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
    fn the_arc_follows_the_table() {
        // README: n, height, width without a purpose row.
        for (n, height, width) in [
            (4.0, 7.0, 4.62),
            (12.0, 6.6, 3.62),
            (20.0, 5.9, 2.55),
            (40.0, 4.4, 1.55),
        ] {
            let arc = Arc::of(n, 18.8, false);
            assert!((arc.height - height).abs() < 0.01, "{n}: {arc:?}");
            assert!((arc.width - width).abs() < 0.02, "{n}: {arc:?}");
        }
        let purpose = Arc::of(40.0, 18.8, true);
        assert!((purpose.width - 1.42).abs() < 0.02, "{purpose:?}");
    }

    #[test]
    fn ink_is_held_inside_its_cell() {
        assert_eq!(held(-1.0, 1.0, 2.0), (1.0, 0.0));
        assert_eq!(held(-3.0, 1.0, 2.0), (1.0, 1.0));
        assert_eq!(held(-1.0, 7.0, 2.0), (0.5, -1.5));
    }
}
