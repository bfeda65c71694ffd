//! Marks: something drawn (a seal, a signature picture) and the places where it goes.

use std::sync::Arc;

use crate::geometry::{Matrix, PlacedMm};
use crate::lettering::TextBlock;
use crate::update::numbers;

/// What a mark looks like. Stored once in the file, however many places it has.
#[derive(Debug, Clone)]
pub enum Appearance {
    /// PDF path operators in millimetres, y up, inside `[0 0 width_mm height_mm]`. Must use no
    /// resources (fills and strokes only) and leave the graphics state balanced.
    Vector {
        /// The content stream.
        content: Arc<[u8]>,
        /// True width in mm.
        width_mm: f64,
        /// True height in mm.
        height_mm: f64,
    },
    /// A PNG picture (transparency becomes a soft mask).
    Raster {
        /// The PNG file.
        png: Arc<[u8]>,
        /// True width in mm.
        width_mm: f64,
        /// True height in mm.
        height_mm: f64,
    },
    /// Lines of text, with the part of a font they need.
    Text(Arc<TextBlock>),
}

impl Appearance {
    /// True width and height in mm.
    pub fn size_mm(&self) -> (f64, f64) {
        match self {
            Self::Vector {
                width_mm, height_mm, ..
            }
            | Self::Raster {
                width_mm, height_mm, ..
            } => (*width_mm, *height_mm),
            Self::Text(block) => block.size_mm(),
        }
    }
}

impl Appearance {
    /// The same vector or picture, so wide and as high as keeps its shape; text keeps its size.
    #[must_use]
    pub fn with_width_mm(self, to_mm: f64) -> Self {
        match self {
            Self::Vector {
                content,
                width_mm,
                height_mm,
            } => {
                let scale = to_mm / width_mm;
                let mut scaled = b"q ".to_vec();
                scaled.extend_from_slice(numbers(&Matrix::scale(scale, scale)).as_bytes());
                scaled.extend_from_slice(b" cm\n");
                scaled.extend_from_slice(&content);
                scaled.extend_from_slice(b"Q\n");
                Self::Vector {
                    content: scaled.into(),
                    width_mm: to_mm,
                    height_mm: height_mm * scale,
                }
            }
            Self::Raster {
                png,
                width_mm,
                height_mm,
            } => Self::Raster {
                png,
                width_mm: to_mm,
                height_mm: height_mm * to_mm / width_mm,
            },
            text @ Self::Text(_) => text,
        }
    }

    /// Whether both are clones of one: stored once then.
    pub(crate) fn is_clone_of(&self, other: &Self) -> bool {
        let one = match (self, other) {
            (Self::Vector { content, .. }, Self::Vector { content: there, .. }) => Arc::ptr_eq(content, there),
            (Self::Raster { png, .. }, Self::Raster { png: there, .. }) => Arc::ptr_eq(png, there),
            (Self::Text(block), Self::Text(there)) => Arc::ptr_eq(block, there),
            _ => false,
        };
        one && self.size_mm() == other.size_mm()
    }
}

/// A part of an appearance, in mm from the appearance's own top left corner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PartMm {
    /// Left edge.
    pub x_mm: f64,
    /// Top edge.
    pub y_mm: f64,
    /// Width.
    pub width_mm: f64,
    /// Height.
    pub height_mm: f64,
}

/// Where an appearance shows, whole or (a slice of a seam seal) in part.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Placement {
    /// Where the top left corner of what shows goes.
    pub at: PlacedMm,
    /// What shows; `None`: all of it.
    pub part: Option<PartMm>,
}

impl From<PlacedMm> for Placement {
    fn from(at: PlacedMm) -> Self {
        Self { at, part: None }
    }
}

impl Placement {
    /// Width and height in mm of what shows of an appearance of this size.
    pub fn size_mm(&self, whole: (f64, f64)) -> (f64, f64) {
        self.part.map_or(whole, |part| (part.width_mm, part.height_mm))
    }
}

/// One appearance at one or many places.
#[derive(Debug, Clone)]
pub struct Mark {
    /// What is drawn.
    pub appearance: Appearance,
    /// Where it shows; wholly on the visible page.
    pub placements: Vec<Placement>,
}
