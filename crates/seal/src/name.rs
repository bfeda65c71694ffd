//! Layout of square name seals: cells in columns from right to left, one stroke weight, 朱文 or 白文.
//!
//! All numbers are mm for a seal of 20 mm and scale with its size (README, "numbers").

use crate::{
    Face, FontStack, NAME_SIZE_RANGE_MM, NameFace, NameSeal, NameStyle, NameSuffix, SealDrawing, SealError,
    company::note_fallback,
    drawing::{FillRule, placed},
    outline::Outline,
    stroke::{self, Fitting},
    text,
};

/// The size the numbers are written for.
const TABLE_SIZE_MM: f64 = 20.0;
/// Heaviest fattening of a stroke on each side.
const HEAVIEST_OFFSET: f64 = 0.30;

/// A character may be this much lighter than the rest: dense ones (敏, 懿) would clog with the common weight.
const LEAST_SHARE: f64 = 0.5;

/// Measures that differ between the styles, mm at 20 mm.
struct Measures {
    border: f64,
    /// From the border (or the block's edge) to the characters.
    inset: f64,
    /// Between cells.
    gap: f64,
    /// Largest share of ink in a character's box.
    coverage: f64,
}

fn measures(style: NameStyle, face: NameFace) -> Measures {
    // Brush strokes are fat already.
    let brush = face == NameFace::Brush;
    match style {
        NameStyle::Zhu => Measures {
            border: 1.0,
            inset: 0.85,
            gap: 0.75,
            coverage: if brush { 0.47 } else { 0.50 },
        },
        NameStyle::Bai => Measures {
            border: 0.0,
            inset: 1.25,
            gap: 0.8,
            coverage: if brush { 0.47 } else { 0.55 },
        },
    }
}

/// Where a character goes, as shares of the inner square.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Cell {
    left: f64,
    top: f64,
    width: f64,
    height: f64,
}

/// Lays a name seal out.
pub(crate) fn layout(seal: &NameSeal, fonts: &FontStack) -> Result<SealDrawing, SealError> {
    let size = seal.size_mm;
    if !(NAME_SIZE_RANGE_MM.0..=NAME_SIZE_RANGE_MM.1).contains(&size) {
        return Err(SealError::Size(size));
    }
    let mut text = text::personal_name(&seal.text)?;
    let columns = columns(text.len(), seal.suffix);
    text.extend(seal.suffix.text().chars());
    let face = match seal.face {
        NameFace::Song => Face::Song,
        NameFace::Kai => Face::Kai,
        NameFace::Brush => Face::Brush,
    };
    text::require_glyphs(fonts, &[(face, &text)])?;
    let mut drawing = SealDrawing::new(size, size);
    let characters = draw_text(&mut drawing, seal, fonts, (face, &text, columns));
    draw_ground(&mut drawing, seal.style, &characters);
    Ok(drawing)
}

/// How many characters each column takes, the right one first; names stay together where they can.
fn columns(name: usize, suffix: NameSuffix) -> &'static [usize] {
    match (name, suffix) {
        (1, NameSuffix::None) => &[1],
        (1, NameSuffix::Yin) | (2, NameSuffix::None) => &[1, 1],
        (1, NameSuffix::ZhiYin) | (2, NameSuffix::Yin) | (3, NameSuffix::None) => &[1, 2],
        (3, NameSuffix::ZhiYin) => &[3, 2],
        (4, NameSuffix::Yin) => &[2, 3],
        (4, NameSuffix::ZhiYin) => &[2, 2, 2],
        _ => &[2, 2],
    }
}

/// Splits the unit square; `gap` is a share of it.
fn cells(columns: &[usize], gap: f64) -> Vec<Cell> {
    let share = |count: usize| (1.0 - gap * (count as f64 - 1.0)) / count as f64;
    let width = share(columns.len());
    let mut cells = Vec::new();
    for (column, rows) in columns.iter().enumerate() {
        let height = share(*rows);
        for row in 0..*rows {
            cells.push(Cell {
                left: 1.0 - width - column as f64 * (width + gap),
                top: row as f64 * (height + gap),
                width,
                height,
            });
        }
    }
    cells
}

/// All characters of the seal as one outline in mm.
fn draw_text(
    drawing: &mut SealDrawing,
    seal: &NameSeal,
    fonts: &FontStack,
    (face, text, columns): (Face, &[char], &[usize]),
) -> Outline {
    let scale = seal.size_mm / TABLE_SIZE_MM;
    let measures = measures(seal.style, seal.face);
    let inset = (measures.border + measures.inset) * scale;
    let inner = seal.size_mm - 2.0 * inset;
    let mut fittings = Vec::new();
    for (character, cell) in text.iter().zip(cells(columns, measures.gap * scale / inner)) {
        if let Some(glyph) = fonts.find(face, *character) {
            note_fallback(drawing, face, &glyph, *character);
            let fitting = Fitting {
                ink: glyph.ink,
                outline: glyph.outline,
                width: cell.width * inner,
                height: cell.height * inner,
            };
            fittings.push((cell, fitting));
        }
    }
    let heaviest: Vec<f64> = fittings
        .iter()
        .map(|(_, fitting)| fitting.heaviest(measures.coverage, HEAVIEST_OFFSET * scale))
        .collect();
    let common = common_offset(&heaviest, scale);
    let mut outline = Outline::default();
    for ((cell, fitting), most) in fittings.iter().zip(heaviest) {
        let offset = common.min(most.max(common * LEAST_SHARE));
        let x = inset + (cell.left + cell.width / 2.0) * inner;
        let y = inset + (cell.top + cell.height / 2.0) * inner;
        outline.append(&placed(&fitting.with_weight(offset).to_outline(), x, y));
    }
    outline
}

/// One stroke weight for the seal: the median, but not much more than the densest character bears.
fn common_offset(heaviest: &[f64], scale: f64) -> f64 {
    let mut sorted = heaviest.to_vec();
    sorted.sort_by(f64::total_cmp);
    let least = sorted.first().copied().unwrap_or(0.0);
    let median = sorted.get(sorted.len() / 2).copied().unwrap_or(0.0);
    median.min(least * 2.0 + 0.04 * scale)
}

/// 朱文: border and characters; 白文: a block with the characters as true holes.
fn draw_ground(drawing: &mut SealDrawing, style: NameStyle, characters: &Outline) {
    let side = drawing.width_mm;
    let scale = side / TABLE_SIZE_MM;
    match style {
        NameStyle::Zhu => {
            let border = measures(style, NameFace::Song).border * scale;
            let mut frame = Outline::rounded_square(side, 0.0, 0.5 * scale);
            frame.append(&Outline::rounded_square(side, border, 0.15 * scale));
            drawing.fill(&frame, FillRule::EvenOdd);
            drawing.fill(characters, FillRule::NonZero);
        }
        NameStyle::Bai => {
            let block = Outline::rounded_square(side, 0.0, 0.6 * scale);
            drawing.fill(&stroke::cut_out(&block, characters), FillRule::NonZero);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_run_from_right_to_left() {
        let cells = cells(&[1, 2], 0.1);
        assert_eq!(cells.len(), 3);
        assert!((cells[0].left - 0.55).abs() < 1e-12 && cells[0].height == 1.0);
        assert!(cells[1].left.abs() < 1e-12 && cells[1].top == 0.0);
        assert!((cells[2].top - 0.55).abs() < 1e-12);
    }

    #[test]
    fn every_name_and_suffix_has_a_cell_for_each_character() {
        for name in 1..=4 {
            for suffix in [NameSuffix::None, NameSuffix::Yin, NameSuffix::ZhiYin] {
                let total: usize = columns(name, suffix).iter().sum();
                assert_eq!(total, name + suffix.text().chars().count(), "{name} {suffix:?}");
            }
        }
    }
}
