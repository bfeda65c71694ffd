//! Layout of square seals of an organisation, such as 财务专用章: name and purpose in columns of like cells.
//!
//! All numbers are mm for a seal of 22 mm and scale with its size (README, "numbers").

use crate::{
    ColumnOrder, FontStack, NameStyle, SQUARE_SIZE_RANGE_MM, SealDrawing, SealError, SquareSeal, TextPart,
    grid::{self, Columns, Measures},
    text,
};

/// The size the numbers are written for.
const TABLE_SIZE_MM: f64 = 22.0;
/// How much a run-on text costs against a purpose that has its own column.
const RUN_ON: f64 = 0.2;

/// Lays a square seal out.
pub(crate) fn layout(seal: &SquareSeal, fonts: &FontStack, boldness: f64) -> Result<SealDrawing, SealError> {
    let size = seal.size_mm;
    if !(SQUARE_SIZE_RANGE_MM.0..=SQUARE_SIZE_RANGE_MM.1).contains(&size) {
        return Err(SealError::Size(size));
    }
    let mut text = text::company_name(&seal.name, text::SQUARE_NAME_LENGTH)?;
    text.retain(|character| *character != ' ');
    let purpose = seal.purpose.as_deref();
    let purpose = purpose.map(|raw| text::row(TextPart::Purpose, raw, text::SQUARE_PURPOSE_LENGTH));
    let purpose = purpose.transpose()?.unwrap_or_default();
    let counts = counts(text.len(), purpose.len());
    text.extend(purpose);
    let face = seal.face.into();
    text::require_glyphs(fonts, &[(face, &text)])?;
    let columns = Columns {
        text: &text,
        counts: &counts,
        order: ColumnOrder::RightToLeft,
    };
    let measures = measures(seal, &counts, boldness);
    Ok(grid::draw(&measures, &columns, seal.style, (fonts, face)))
}

/// More characters stand closer, with thinner strokes.
fn measures(seal: &SquareSeal, counts: &[usize], boldness: f64) -> Measures {
    let scale = seal.size_mm / TABLE_SIZE_MM;
    let most = counts.iter().copied().max().unwrap_or(1).max(counts.len()) as f64;
    let close = (3.0 / most).clamp(0.5, 1.0);
    let (border, inset, gap) = match seal.style {
        NameStyle::Zhu => (1.0, 0.8, 0.75 * close),
        NameStyle::Bai => (0.0, 1.3, 0.85 * close),
    };
    Measures {
        side: seal.size_mm,
        border: border * scale,
        inset: inset * scale,
        gap: gap * scale,
        heaviest: 0.30 * close * scale,
        coverage: 0.48,
        boldness,
    }
}

/// Characters of each column: the purpose in a column of its own, or all run on; whichever gives squarer cells.
fn counts(name: usize, purpose: usize) -> Vec<usize> {
    let mut candidates: Vec<(f64, Vec<usize>)> = (1..=name + purpose)
        .map(|columns| even(name + purpose, columns))
        .map(|counts| (squareness(&counts) + if purpose > 0 { RUN_ON } else { 0.0 }, counts))
        .collect();
    if purpose > 0 {
        candidates.extend((1..=name).map(|columns| {
            let mut counts = even(name, columns);
            counts.push(purpose);
            (squareness(&counts), counts)
        }));
    }
    let best = candidates.into_iter().min_by(|a, b| a.0.total_cmp(&b.0));
    best.map_or_else(Vec::new, |(_, counts)| counts)
}

/// The first columns take what does not divide.
fn even(characters: usize, columns: usize) -> Vec<usize> {
    let (each, more) = (characters / columns, characters % columns);
    (0..columns).map(|column| each + usize::from(column < more)).collect()
}

/// How far the cells are from squares: 0 when they are, the worst column counts.
fn squareness(counts: &[usize]) -> f64 {
    let columns = counts.len() as f64;
    let off = |rows: &usize| libm::fabs(libm::log(*rows as f64 / columns));
    counts.iter().map(off).fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_purpose_has_its_own_column_where_the_cells_stay_square() {
        assert_eq!(counts(12, 5), [4, 4, 4, 5]);
        assert_eq!(counts(4, 0), [2, 2]);
        assert_eq!(counts(9, 0), [3, 3, 3]);
        assert_eq!(counts(8, 5).iter().sum::<usize>(), 13);
        for (name, purpose) in (2..=30).flat_map(|name| [(name, 0), (name, 5), (name, 8)]) {
            let counts = counts(name, purpose);
            assert_eq!(counts.iter().sum::<usize>(), name + purpose);
            assert!(!counts.contains(&0), "{name} {purpose} {counts:?}");
        }
    }
}
