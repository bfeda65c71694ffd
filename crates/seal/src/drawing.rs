//! The finished drawing of a seal: fills only, in whole tenths of a micrometre, the one source of every output.

use serde::{Deserialize, Serialize};

use crate::{
    Face, FontStack, SealError, draft,
    outline::{Affine, Outline, Segment},
    pdf, raster, stroke, svg,
};

/// How many drawing units make a millimetre: one unit is 0.1 µm.
pub(crate) const UNITS_PER_MM: i32 = 10_000;

/// An opaque ink colour, sRGB; serialises as `"#d41e1e"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Colour {
    /// Red, 0–255.
    pub red: u8,
    /// Green, 0–255.
    pub green: u8,
    /// Blue, 0–255.
    pub blue: u8,
}

impl Colour {
    /// `#D41E1E`: looks like seal ink on white paper.
    pub const SEAL_RED: Self = Self {
        red: 0xD4,
        green: 0x1E,
        blue: 0x1E,
    };

    /// Reads `#rrggbb`, the number sign may be left out.
    pub fn from_hex(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').unwrap_or(text);
        let six = digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        let [_, red, green, blue] = u32::from_str_radix(digits, 16).ok().filter(|_| six)?.to_be_bytes();
        Some(Self { red, green, blue })
    }

    /// `#rrggbb`.
    pub fn to_hex(self) -> String {
        format!("#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

impl Default for Colour {
    fn default() -> Self {
        Self::SEAL_RED
    }
}

impl From<Colour> for String {
    fn from(colour: Colour) -> Self {
        colour.to_hex()
    }
}

impl TryFrom<String> for Colour {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::from_hex(&text).ok_or("a colour is #rrggbb")
    }
}

/// A character drawn from another face than the one asked for; the user is to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FallbackGlyph {
    /// The character.
    pub character: char,
    /// The face that had it.
    pub face: Face,
}

/// A seal as filled shapes; origin at the top left, y down, no strokes, no fonts.
#[derive(Clone, Debug, PartialEq)]
pub struct SealDrawing {
    /// Width in mm.
    pub width_mm: f64,
    /// Height in mm.
    pub height_mm: f64,
    /// Ink colour of all layers.
    pub colour: Colour,
    /// Characters taken from a stand-in face, each once.
    pub fallback: Vec<FallbackGlyph>,
    pub(crate) layers: Vec<Layer>,
}

/// One fill.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Layer {
    pub(crate) steps: Vec<Step>,
    pub(crate) rule: FillRule,
}

/// Which points are inside a layer's contours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FillRule {
    NonZero,
    EvenOdd,
}

/// A point in drawing units (0.1 µm), y down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Point {
    pub(crate) x: i32,
    pub(crate) y: i32,
}

/// A piece of a contour. Quadratic curves were raised to cubic ones before snapping, so that SVG, PNG and PDF share
/// every number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Move(Point),
    Line(Point),
    Cubic(Point, Point, Point),
    Close,
}

impl SealDrawing {
    pub(crate) fn new(width_mm: f64, height_mm: f64) -> Self {
        Self {
            width_mm,
            height_mm,
            colour: Colour::SEAL_RED,
            fallback: Vec::new(),
            layers: Vec::new(),
        }
    }

    pub(crate) fn fill(&mut self, outline: &Outline, rule: FillRule) {
        let layer = Layer::of(outline, rule);
        if !layer.steps.is_empty() {
            self.layers.push(layer);
        }
    }

    /// The drawing as a draft (样章): a cleared band across it says that it is one, in every output.
    #[must_use]
    pub fn as_draft(mut self, fonts: &FontStack) -> Self {
        draft::mark(&mut self, fonts);
        self
    }

    /// The same drawing in another ink.
    #[must_use]
    pub fn with_colour(mut self, colour: Colour) -> Self {
        self.colour = colour;
        self
    }

    /// Left, top, right and bottom (mm) of everything drawn; `None` without ink.
    pub fn ink_box_mm(&self) -> Option<(f64, f64, f64, f64)> {
        let mut all = Outline::default();
        self.layers.iter().for_each(|layer| all.append(&layer.outline()));
        let ink = all.bounds()?;
        Some((ink.left, ink.top, ink.right, ink.bottom))
    }

    /// How much of the paper is covered, mm².
    pub fn ink_area_mm2(&self) -> f64 {
        stroke::covered(self.layers.iter().map(|layer| (layer.outline(), layer.rule)))
    }

    /// A stand-alone SVG of true size (`width`/`height` in mm).
    pub fn to_svg(&self) -> String {
        svg::write(self)
    }

    /// A PNG at `dpi` dots per inch (36–2400): constant colour, straight alpha, transparent ground.
    /// True scale from the top left; the size in pixels is rounded up.
    ///
    /// # Errors
    /// [`SealError::Resolution`] outside 36–2400 dpi.
    pub fn to_png(&self, dpi: u32) -> Result<Vec<u8>, SealError> {
        raster::png(self, dpi)
    }

    /// A PDF of one page that is exactly as large as the seal, the seal painted as a form XObject.
    pub fn to_pdf(&self) -> Vec<u8> {
        pdf::write(self)
    }

    /// PDF path operators in mm, y up, balanced `q … Q`, colour included: the content of a form XObject with
    /// `/BBox [0 0 width_mm height_mm]` and `/Matrix [72/25.4 0 0 72/25.4 0 0]`.
    pub fn to_pdf_content(&self) -> Vec<u8> {
        pdf::content(self)
    }
}

impl Layer {
    pub(crate) fn of(outline: &Outline, rule: FillRule) -> Self {
        Self {
            steps: snapped(outline),
            rule,
        }
    }

    /// The contours in mm again.
    pub(crate) fn outline(&self) -> Outline {
        let mm = |units: i32| f64::from(units) / f64::from(UNITS_PER_MM);
        let segment = |step: &Step| match step {
            Step::Move(to) => Segment::Move(mm(to.x), mm(to.y)),
            Step::Line(to) => Segment::Line(mm(to.x), mm(to.y)),
            Step::Cubic(a, b, to) => Segment::Cubic(mm(a.x), mm(a.y), mm(b.x), mm(b.y), mm(to.x), mm(to.y)),
            Step::Close => Segment::Close,
        };
        Outline {
            segments: self.steps.iter().map(segment).collect(),
        }
    }
}

fn snap(x: f64, y: f64) -> Point {
    let units = |mm: f64| libm::round(mm * f64::from(UNITS_PER_MM)) as i32;
    Point {
        x: units(x),
        y: units(y),
    }
}

/// Raises quadratic curves to cubic ones and rounds every coordinate to 0.1 µm.
fn snapped(outline: &Outline) -> Vec<Step> {
    let mut current = (0.0, 0.0);
    let mut steps = Vec::with_capacity(outline.segments.len());
    for segment in &outline.segments {
        steps.push(match *segment {
            Segment::Move(x, y) => Step::Move(snap(x, y)),
            Segment::Line(x, y) => Step::Line(snap(x, y)),
            Segment::Quad(cx, cy, x, y) => {
                let third = |from: f64, to: f64| from + (to - from) * 2.0 / 3.0;
                Step::Cubic(
                    snap(third(current.0, cx), third(current.1, cy)),
                    snap(third(x, cx), third(y, cy)),
                    snap(x, y),
                )
            }
            Segment::Cubic(ax, ay, bx, by, x, y) => Step::Cubic(snap(ax, ay), snap(bx, by), snap(x, y)),
            Segment::Close => Step::Close,
        });
        current = segment.end().unwrap_or(current);
    }
    steps
}

/// A length in drawing units as a decimal number of millimetres, written from integers: no rounding, no locale.
pub(crate) fn write_mm(units: i32, out: &mut String) {
    use std::fmt::Write as _;
    if units < 0 {
        out.push('-');
    }
    let magnitude = units.unsigned_abs();
    let per_mm = UNITS_PER_MM.unsigned_abs();
    // Writing into a String cannot fail.
    let _ = write!(out, "{}", magnitude / per_mm);
    let fraction = magnitude % per_mm;
    if fraction != 0 {
        let digits = format!("{fraction:04}");
        out.push('.');
        out.push_str(digits.trim_end_matches('0'));
    }
}

/// A length in mm rounded to drawing units.
pub(crate) fn mm_to_units(mm: f64) -> i32 {
    snap(mm, 0.0).x
}

/// Moves `outline` so that its origin comes to `(x, y)` mm.
pub(crate) fn placed(outline: &Outline, x: f64, y: f64) -> Outline {
    outline.transformed(Affine::translation(x, y))
}
