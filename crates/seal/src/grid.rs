//! Characters that fill the cells of a square, in columns, with one stroke weight, as 朱文 or 白文.

use crate::{
    ColumnOrder, Face, FontStack, NameStyle, SealDrawing,
    cell::note_fallback,
    drawing::{FillRule, placed},
    outline::Outline,
    stroke::{self, Fitting},
};

/// A character may be this much lighter than the rest: dense ones (敏, 懿) would clog with the common weight.
const LEAST_SHARE: f64 = 0.5;

/// Lengths of a square seal in mm.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measures {
    pub(crate) side: f64,
    pub(crate) border: f64,
    /// From the border (or the block's edge) to the characters.
    pub(crate) inset: f64,
    /// Between cells.
    pub(crate) gap: f64,
    /// Heaviest fattening of a stroke on each side.
    pub(crate) heaviest: f64,
    /// Largest share of ink in a character's box.
    pub(crate) coverage: f64,
    /// What is added to the stroke weight so found.
    pub(crate) boldness: f64,
}

/// The text of a square seal and how it is divided.
pub(crate) struct Columns<'a> {
    pub(crate) text: &'a [char],
    /// How many characters each column takes, in reading order.
    pub(crate) counts: &'a [usize],
    pub(crate) order: ColumnOrder,
}

/// Where a character goes, as shares of the inner square.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Cell {
    left: f64,
    top: f64,
    width: f64,
    height: f64,
}

/// Splits the unit square; `gap` is a share of it.
fn cells(counts: &[usize], order: ColumnOrder, gap: f64) -> Vec<Cell> {
    let share = |count: usize| (1.0 - gap * (count as f64 - 1.0)) / count as f64;
    let width = share(counts.len());
    let mut cells = Vec::new();
    for (column, rows) in counts.iter().enumerate() {
        let height = share(*rows);
        let from_edge = column as f64 * (width + gap);
        let left = match order {
            ColumnOrder::RightToLeft => 1.0 - width - from_edge,
            ColumnOrder::LeftToRight => from_edge,
        };
        cells.extend((0..*rows).map(|row| Cell {
            left,
            top: row as f64 * (height + gap),
            width,
            height,
        }));
    }
    cells
}

/// A square seal of these characters.
pub(crate) fn draw(
    measures: &Measures,
    columns: &Columns<'_>,
    style: NameStyle,
    (fonts, face): (&FontStack, Face),
) -> SealDrawing {
    let mut drawing = SealDrawing::new(measures.side, measures.side);
    let characters = draw_text(&mut drawing, measures, columns, (fonts, face));
    draw_ground(&mut drawing, measures, style, &characters);
    drawing
}

/// All characters of the seal as one outline in mm.
fn draw_text(
    drawing: &mut SealDrawing,
    measures: &Measures,
    columns: &Columns<'_>,
    (fonts, face): (&FontStack, Face),
) -> Outline {
    let inset = measures.border + measures.inset;
    let inner = measures.side - 2.0 * inset;
    let mut fittings = Vec::new();
    for (character, cell) in columns
        .text
        .iter()
        .zip(cells(columns.counts, columns.order, measures.gap / inner))
    {
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
        .map(|(_, fitting)| fitting.heaviest(measures.coverage, measures.heaviest))
        .collect();
    let common = common_offset(&heaviest, measures.side);
    let mut outline = Outline::default();
    for ((cell, fitting), most) in fittings.iter().zip(heaviest) {
        let offset = common.min(most.max(common * LEAST_SHARE)) + measures.boldness;
        let x = inset + (cell.left + cell.width / 2.0) * inner;
        let y = inset + (cell.top + cell.height / 2.0) * inner;
        outline.append(&placed(&fitting.with_weight(offset).to_outline(), x, y));
    }
    outline
}

/// One stroke weight for the seal: the median, but not much more than the densest character bears.
fn common_offset(heaviest: &[f64], side: f64) -> f64 {
    let mut sorted = heaviest.to_vec();
    sorted.sort_by(f64::total_cmp);
    let least = sorted.first().copied().unwrap_or(0.0);
    let median = sorted.get(sorted.len() / 2).copied().unwrap_or(0.0);
    median.min(least * 2.0 + 0.002 * side)
}

/// 朱文: border and characters; 白文: a block with the characters as true holes.
fn draw_ground(drawing: &mut SealDrawing, measures: &Measures, style: NameStyle, characters: &Outline) {
    let square = (measures.side, measures.side);
    let corner = |at_20: f64| at_20 * measures.side / 20.0;
    match style {
        NameStyle::Zhu => {
            let mut frame = Outline::rounded_rectangle(square, 0.0, corner(0.5));
            frame.append(&Outline::rounded_rectangle(square, measures.border, corner(0.15)));
            drawing.fill(&frame, FillRule::EvenOdd);
            drawing.fill(characters, FillRule::NonZero);
        }
        NameStyle::Bai => {
            let block = Outline::rounded_rectangle(square, 0.0, corner(0.6));
            drawing.fill(
                &stroke::cut_out(&block, FillRule::NonZero, characters),
                FillRule::NonZero,
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_run_from_right_to_left_unless_asked_otherwise() {
        let seen = cells(&[1, 2], ColumnOrder::RightToLeft, 0.1);
        assert_eq!(seen.len(), 3);
        assert!((seen[0].left - 0.55).abs() < 1e-12 && seen[0].height == 1.0);
        assert!(seen[1].left.abs() < 1e-12 && seen[1].top == 0.0);
        assert!((seen[2].top - 0.55).abs() < 1e-12);
        let modern = cells(&[1, 2], ColumnOrder::LeftToRight, 0.1);
        assert!(modern[0].left.abs() < 1e-12 && (modern[1].left - 0.55).abs() < 1e-12);
    }
}
