//! Handwritten signatures.
use serde::Deserialize;
use specta::Type;

/// A signature as the pen wrote it, to be looked at or sent to review.
#[derive(Debug, Clone, Deserialize, Type)]
pub struct HandwritingInput {
    /// The personal certificate it belongs to.
    pub certificate_id: String,
    /// In the order they were written.
    pub strokes: Vec<PenStrokeInput>,
    /// Diameter of the pen, in units of the pad.
    #[specta(type = i32)]
    pub pen: f64,
    /// Ink.
    pub ink: PenInk,
    /// True width in mm.
    #[specta(type = i32)]
    pub width_mm: f64,
}

/// From pen down to pen up.
#[derive(Debug, Clone, Deserialize, Type)]
pub struct PenStrokeInput {
    /// Whether the device tells pressure.
    pub pressure: bool,
    /// Across, down (units of the pad), pressure (0–1), time since the first point (ms).
    #[specta(type = Vec<[i32; 4]>)]
    pub points: Vec<[f64; 4]>,
}

/// Inks of pens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum PenInk {
    /// Black.
    Black,
    /// Blue.
    Blue,
    /// Red.
    Red,
}
