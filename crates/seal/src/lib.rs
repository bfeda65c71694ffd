//! What a seal is (in millimetres), its layout, and one vector drawing turned into SVG, PNG and PDF.
//!
//! The way through: [`SealDesign`] → [`SealDesign::layout`] with a [`FontStack`] → [`SealDrawing`] → bytes.
//! No files, clock, network or randomness: the same design gives the same numbers on every machine.
#![forbid(unsafe_code)]

pub mod clean;
mod company;
mod design;
mod drawing;
mod error;
mod glyph;
mod handwriting;
mod name;
mod outline;
mod pdf;
mod raster;
mod stroke;
mod svg;
mod text;

pub use design::{
    COMPANY_DIAMETERS_MM, CompanySeal, DESIGN_VERSION, NAME_SIZE_RANGE_MM, NameFace, NameSeal, NameStyle, NameSuffix,
    SealDesign,
};
pub use drawing::{Colour, FallbackGlyph, SealDrawing};
pub use error::{SealError, TextPart};
pub use glyph::{Face, FontStack};
pub use handwriting::{
    HANDWRITING_VERSION, HANDWRITING_WIDTH_RANGE_MM, Handwriting, HandwritingError, MOST_POINTS, PEN_RANGE, PenStroke,
};
