//! Vector pictures of others (an SVG, a PDF page) as plain path operators in millimetres: a seal that stays crisp.
//!
//! Only what plain paths can say is taken: opaque colours, fills, strokes, clips, outlines of embedded letters. Pictures,
//! gradients, masks and transparency are refused by name, so that nothing is ever left out or shown otherwise.

mod page;
mod svg;

use std::sync::Arc;
use std::time::Duration;

use hayro::kurbo::{Affine, BezPath, PathEl, Point};

use crate::document::Document;
use crate::isolation;
use crate::mark::Appearance;
use crate::structure::Value;

/// Longest time to read a picture.
const TIME_TO_READ: Duration = Duration::from_secs(10);
/// Most bytes of operators: hundreds of characters with rough edges fit.
const MOST_BYTES: usize = 8 << 20;
/// Most bytes of an SVG file.
const MOST_SVG_BYTES: usize = 16 << 20;

/// What plain paths cannot say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unplain {
    /// A pixel picture.
    Picture,
    /// Letters whose outlines are not in the file.
    Letters,
    /// Transparency, a blend mode or a soft mask.
    Transparency,
    /// A gradient or a pattern.
    Gradient,
    /// A filter, a mask, or a clip that is no simple path.
    Effect,
}

/// Why there is no vector picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ArtworkError {
    /// It cannot be read.
    #[error("the vector picture cannot be read")]
    Unreadable,
    /// Nothing is drawn in it.
    #[error("the vector picture is empty")]
    Empty,
    /// More operators than a seal may have, or not read in time.
    #[error("the vector picture is too large")]
    TooLarge,
    /// It holds something besides plain paths.
    #[error("the vector picture holds more than plain paths: {0:?}")]
    NotPlain(Unplain),
}

/// Reads an SVG (plain or gzipped): its true size is its `width` and `height` (96 pixels an inch), y down.
///
/// # Errors
/// Every kind of [`ArtworkError`].
pub fn from_svg(file: Arc<[u8]>) -> Result<Appearance, ArtworkError> {
    if file.len() > MOST_SVG_BYTES {
        return Err(ArtworkError::TooLarge);
    }
    apart(move || svg::read(&file))
}

/// Reads the first page of a PDF: its true size is the visible page's.
///
/// # Errors
/// Every kind of [`ArtworkError`].
pub fn from_page(document: &Document) -> Result<Appearance, ArtworkError> {
    let reader = Arc::clone(document.reader());
    let shown = document.pages().first().ok_or(ArtworkError::Empty)?;
    let size = (shown.width_mm(), shown.height_mm());
    apart(move || page::read(&reader, size))
}

/// Both readers are others' code and the bytes are strangers'.
fn apart(read: impl FnOnce() -> Result<Appearance, ArtworkError> + Send + 'static) -> Result<Appearance, ArtworkError> {
    isolation::run(TIME_TO_READ, read).unwrap_or(Err(ArtworkError::TooLarge))
}

/// Path operators being written.
struct Operators {
    out: Vec<u8>,
    /// From the picture's own space to mm, y up.
    to_mm: Affine,
    painted: bool,
    failure: Option<ArtworkError>,
}

/// Which points are inside.
#[derive(Clone, Copy)]
enum Rule {
    NonZero,
    EvenOdd,
}

impl Operators {
    fn new(to_mm: Affine) -> Self {
        Self {
            out: b"q\n".to_vec(),
            to_mm,
            painted: false,
            failure: None,
        }
    }

    /// Paints a path of the picture's own space in an opaque colour (red, green, blue from 0 to 1).
    fn fill(&mut self, path: &BezPath, colour: [f32; 3], rule: Rule) {
        if path.is_empty() {
            return;
        }
        for part in colour {
            self.number(f64::from(part));
        }
        self.out.extend_from_slice(b"rg\n");
        self.path(path);
        self.out.extend_from_slice(match rule {
            Rule::NonZero => b"f\n",
            Rule::EvenOdd => b"f*\n",
        });
        self.painted = true;
    }

    /// From here to [`Self::unclip`] only what is inside the path shows.
    fn clip(&mut self, path: &BezPath, rule: Rule) {
        self.out.extend_from_slice(b"q\n");
        self.path(path);
        self.out.extend_from_slice(match rule {
            Rule::NonZero => b"W n\n",
            Rule::EvenOdd => b"W* n\n",
        });
    }

    fn unclip(&mut self) {
        self.out.extend_from_slice(b"Q\n");
    }

    /// The picture is not plain; the first reason counts.
    fn refuse(&mut self, why: Unplain) {
        self.failure.get_or_insert(ArtworkError::NotPlain(why));
    }

    fn path(&mut self, path: &BezPath) {
        if self.out.len() > MOST_BYTES {
            self.failure.get_or_insert(ArtworkError::TooLarge);
            return;
        }
        let mut from = Point::ZERO;
        for element in path.elements() {
            let (operator, to) = match *element {
                PathEl::MoveTo(to) => ("m\n", self.points(&[to])),
                PathEl::LineTo(to) => ("l\n", self.points(&[to])),
                PathEl::QuadTo(over, to) => {
                    let third = |end: Point| end.lerp(over, 2.0 / 3.0);
                    ("c\n", self.points(&[third(from), third(to), to]))
                }
                PathEl::CurveTo(first, second, to) => ("c\n", self.points(&[first, second, to])),
                PathEl::ClosePath => ("h\n", None),
            };
            from = to.unwrap_or(from);
            self.out.extend_from_slice(operator.as_bytes());
        }
    }

    /// Writes the points in mm; answers with the last as it was given.
    fn points(&mut self, points: &[Point]) -> Option<Point> {
        for point in points {
            let Point { x, y } = self.to_mm * *point;
            self.number(x);
            self.number(y);
        }
        points.last().copied()
    }

    fn number(&mut self, number: f64) {
        Value::real(number).write(&mut self.out);
        self.out.push(b' ');
    }

    fn finish(mut self, (width_mm, height_mm): (f64, f64)) -> Result<Appearance, ArtworkError> {
        if let Some(failure) = self.failure {
            return Err(failure);
        }
        if !self.painted {
            return Err(ArtworkError::Empty);
        }
        self.out.extend_from_slice(b"Q\n");
        Ok(Appearance::Vector {
            content: self.out.into(),
            width_mm,
            height_mm,
        })
    }
}
