//! Layout of rectangular seals: a border around one to three lines.

use crate::{
    FontStack, RECTANGLE_SIDE_RANGE_MM, RectangleSeal, SealDrawing, SealError, TextPart,
    cell::{Lettering, Row},
    drawing::FillRule,
    outline::Outline,
    text,
};

/// Most lines.
const LINES: usize = 3;

/// Characters that hang below the base line, and the share of the height a line with them may take.
const DESCENDERS: &str = "gjpqyQ,;";
const DESCENDING: f64 = 0.86;

/// Lays a rectangular seal out.
pub(crate) fn layout(seal: &RectangleSeal, fonts: &FontStack, boldness: f64) -> Result<SealDrawing, SealError> {
    let size = (seal.width_mm, seal.height_mm);
    for side in [size.0, size.1] {
        if !(RECTANGLE_SIDE_RANGE_MM.0..=RECTANGLE_SIDE_RANGE_MM.1).contains(&side) {
            return Err(SealError::Size(side));
        }
    }
    let lines = lines(seal)?;
    let lettering = Lettering {
        fonts,
        face: seal.face.into(),
        boldness,
    };
    let texts: Vec<_> = lines.iter().map(|line| (lettering.face, line.as_slice())).collect();
    text::require_glyphs(fonts, &texts)?;
    let mut drawing = SealDrawing::new(size.0, size.1);
    let border = (size.0.min(size.1) / 12.0).clamp(0.5, 1.0);
    let mut frame = Outline::rounded_rectangle(size, 0.0, border * 0.6);
    frame.append(&Outline::rounded_rectangle(size, border, border * 0.2));
    drawing.fill(&frame, FillRule::EvenOdd);
    for (mut row, line) in rows(size, border, lines.len()).into_iter().zip(&lines) {
        if line.iter().any(|character| DESCENDERS.contains(*character)) {
            row.height *= DESCENDING;
        }
        lettering.row(&mut drawing, &row, line);
    }
    Ok(drawing)
}

fn lines(seal: &RectangleSeal) -> Result<Vec<Vec<char>>, SealError> {
    let count = seal.lines.len();
    if count == 0 {
        return Err(SealError::Empty(TextPart::Line));
    }
    if count > LINES {
        return Err(SealError::TooManyLines { count, most: LINES });
    }
    seal.lines.iter().map(|line| text::line(line)).collect()
}

/// Rows of equal height that fill the frame.
fn rows((width, height): (f64, f64), border: f64, count: usize) -> Vec<Row> {
    let count = count as f64;
    let inset = border * 2.0;
    let gap = border * 0.9;
    let each = (height - 2.0 * inset - gap * (count - 1.0)) / count;
    let row = |index: u32| Row {
        centre: (width / 2.0, inset + each / 2.0 + f64::from(index) * (each + gap)),
        height: each,
        total: width - 2.0 * inset,
        cell: each,
        loosest: 1.5,
    };
    (0..count as u32).map(row).collect()
}
