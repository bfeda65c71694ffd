//! What a seal is (in millimetres), its layout, and one vector drawing turned into SVG, PNG and PDF.
//!
//! The way through: [`SealDesign`] → [`SealDesign::layout`] with a [`FontStack`] → [`SealDrawing`] → bytes.
//! No files, clock, network or randomness: the same design gives the same numbers on every machine.
#![forbid(unsafe_code)]

pub mod clean;

mod arc;
mod cell;
mod company;
mod coverage;
mod design;
mod draft;
mod drawing;
mod error;
mod form;
mod glyph;
mod grid;
mod handwriting;
mod name;
mod outline;
mod oval;
mod pdf;
mod raster;
mod rectangle;
mod rim;
mod square;
mod stroke;
mod svg;
mod text;

pub use design::{BOLDNESS_RANGE_MM, DESIGN_VERSION, Look, SealDesign};
pub use drawing::{Colour, FallbackGlyph, SealDrawing};
pub use error::{SealError, TextPart};
pub use form::{
    COMPANY_DIAMETERS_MM, Centre, ColumnOrder, CompanySeal, INVOICE_SIZE_MM, InvoiceSeal, NAME_SIZE_RANGE_MM, NameArcs,
    NameSeal, NameStyle, NameSuffix, OVAL_SIZE_MM, OvalSeal, RECTANGLE_SIDE_RANGE_MM, RectangleSeal,
    SQUARE_SIZE_RANGE_MM, SealForm, SquareSeal, Typeface,
};
pub use glyph::{Face, FontStack};
pub use handwriting::{
    HANDWRITING_VERSION, HANDWRITING_WIDTH_RANGE_MM, Handwriting, HandwritingError, MOST_POINTS, PEN_RANGE, PenStroke,
};
