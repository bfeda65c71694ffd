//! A handwritten signature: the pen's own points are kept, and its outline is made from them, as vectors.

use perfect_freehand::{InputPoint, StrokeOptions, TaperOptions, TaperType, get_stroke};
use serde::{Deserialize, Serialize};

use crate::drawing::FillRule;
use crate::outline::{Affine, Bounds, Outline, Segment};
use crate::{Colour, SealDrawing};

/// The version written into stored handwriting.
pub const HANDWRITING_VERSION: u32 = 1;

/// Smallest and largest width (mm) of a signature; 45 is usual.
pub const HANDWRITING_WIDTH_RANGE_MM: (f64, f64) = (10.0, 90.0);

/// Thinnest and thickest pen, in units of the pad.
pub const PEN_RANGE: (f64, f64) = (2.0, 40.0);

/// Most points of all strokes together: half a minute of a fast pen.
pub const MOST_POINTS: usize = 8_000;

/// What is written must be larger than so many diameters of its pen: a slip of the pen is not made 45 mm wide.
const LEAST_DIAMETERS: f64 = 4.0;
/// Taller than any signature on paper.
const MOST_HEIGHT_MM: f64 = 90.0;
/// Farther than any pad.
const FARTHEST: f64 = 100_000.0;
/// How much pressure thins and thickens the stroke.
const THINNING: f64 = 0.65;
/// How much corners are softened.
const SMOOTHING: f64 = 0.5;
/// How far the line lags behind the pen.
const STREAMLINE: f64 = 0.45;

/// A signature as the pen wrote it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Handwriting {
    /// [`HANDWRITING_VERSION`].
    pub version: u32,
    /// In the order they were written.
    pub strokes: Vec<PenStroke>,
    /// Diameter of the pen at middle pressure, in units of the pad.
    pub pen: f64,
    /// Ink: red, green, blue.
    pub ink: [u8; 3],
    /// True width in mm of all that was written.
    pub width_mm: f64,
}

/// From pen down to pen up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PenStroke {
    /// Whether the device tells pressure; without, it is taken from the speed.
    pub pressure: bool,
    /// Across, down (units of the pad), pressure (0–1), time since the first point (ms).
    pub points: Vec<[f64; 4]>,
}

/// Why handwriting cannot be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HandwritingError {
    /// Nothing was written.
    #[error("nothing was written")]
    Empty,
    /// A slip of the pen: no larger than a few of its diameters.
    #[error("too little was written")]
    TooSmall,
    /// More points than [`MOST_POINTS`].
    #[error("more than {MOST_POINTS} points")]
    TooMuch,
    /// A number that is none, or is outside its range; or a version this program does not know.
    #[error("a number is out of range")]
    BadNumber,
}

impl Colour {
    /// `#1A1A1F`: black pen.
    pub const PEN_BLACK: Self = Self {
        red: 0x1A,
        green: 0x1A,
        blue: 0x1F,
    };

    /// `#1F3A8A`: blue pen.
    pub const PEN_BLUE: Self = Self {
        red: 0x1F,
        green: 0x3A,
        blue: 0x8A,
    };

    /// `#C8161D`: red pen.
    pub const PEN_RED: Self = Self {
        red: 0xC8,
        green: 0x16,
        blue: 0x1D,
    };
}

impl Handwriting {
    /// The outline of all strokes, trimmed to the ink, at true size.
    ///
    /// # Errors
    /// [`HandwritingError`].
    pub fn draw(&self) -> Result<SealDrawing, HandwritingError> {
        self.check()?;
        let strokes: Vec<Outline> = self.strokes.iter().map(|stroke| outline(stroke, self.pen)).collect();
        let bounds = strokes.iter().filter_map(Outline::bounds).reduce(joined);
        let bounds = bounds.ok_or(HandwritingError::Empty)?;
        let (wide, high) = (bounds.width(), bounds.height());
        if wide.max(high) < self.pen * LEAST_DIAMETERS {
            return Err(HandwritingError::TooSmall);
        }
        let (wide, high) = (wide.max(self.pen), high.max(self.pen));
        let scale = (self.width_mm / wide).min(MOST_HEIGHT_MM / high);
        let mut drawing = SealDrawing::new(wide * scale, high * scale);
        let [red, green, blue] = self.ink;
        drawing.colour = Colour { red, green, blue };
        let place = Affine::translation(-bounds.left, -bounds.top).then(Affine::scaling(scale, scale));
        for stroke in &strokes {
            drawing.fill(&stroke.transformed(place), FillRule::NonZero);
        }
        Ok(drawing)
    }

    fn check(&self) -> Result<(), HandwritingError> {
        let points = || self.strokes.iter().flat_map(|stroke| &stroke.points);
        if points().count() > MOST_POINTS {
            return Err(HandwritingError::TooMuch);
        }
        let inside = |value: f64, (least, most): (f64, f64)| (least..=most).contains(&value);
        let sound = |[x, y, pressure, at]: &[f64; 4]| {
            x.abs() <= FARTHEST && y.abs() <= FARTHEST && inside(*pressure, (0.0, 1.0)) && at.is_finite()
        };
        let fits = self.version == HANDWRITING_VERSION
            && inside(self.pen, PEN_RANGE)
            && inside(self.width_mm, HANDWRITING_WIDTH_RANGE_MM)
            && points().all(sound);
        if fits { Ok(()) } else { Err(HandwritingError::BadNumber) }
    }
}

fn joined(one: Bounds, two: Bounds) -> Bounds {
    Bounds {
        left: one.left.min(two.left),
        top: one.top.min(two.top),
        right: one.right.max(two.right),
        bottom: one.bottom.max(two.bottom),
    }
}

/// The filled outline of one stroke, curved through the midpoints of its corners.
fn outline(stroke: &PenStroke, pen: f64) -> Outline {
    curved(&corners(stroke, pen))
}

fn corners(stroke: &PenStroke, pen: f64) -> Vec<[f64; 2]> {
    let input = |[x, y, pressure, _]: &[f64; 4]| InputPoint::Array([*x, *y], Some(*pressure));
    let points: Vec<InputPoint> = stroke.points.iter().map(input).collect();
    get_stroke(&points, &options(stroke.pressure, pen))
}

/// The same numbers as the window draws with (ui/src/signature/pen.ts).
fn options(pressure: bool, pen: f64) -> StrokeOptions {
    let taper = |length: f64| {
        Some(TaperOptions {
            taper: Some(TaperType::Number(length)),
            ..TaperOptions::default()
        })
    };
    StrokeOptions {
        size: Some(pen),
        thinning: Some(THINNING),
        smoothing: Some(SMOOTHING),
        streamline: Some(STREAMLINE),
        simulate_pressure: Some(!pressure),
        start: taper(pen * 0.4),
        end: taper(pen * 1.2),
        last: Some(true),
        ..StrokeOptions::default()
    }
}

fn curved(corners: &[[f64; 2]]) -> Outline {
    let mut outline = Outline::default();
    let (Some(last), Some(first)) = (corners.last(), corners.first()) else {
        return outline;
    };
    let middle = |[ax, ay]: [f64; 2], [bx, by]: [f64; 2]| ((ax + bx) / 2.0, (ay + by) / 2.0);
    let (x, y) = middle(*last, *first);
    outline.push(Segment::Move(x, y));
    let next = corners.iter().skip(1).chain([first]);
    for (corner, next) in corners.iter().zip(next) {
        let (x, y) = middle(*corner, *next);
        outline.push(Segment::Quad(corner[0], corner[1], x, y));
    }
    outline.push(Segment::Close);
    outline
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A written 一 and 丨, as a pen and as a mouse would give them.
    fn written(pressure: bool) -> Handwriting {
        let line = |from: (f64, f64), to: (f64, f64)| {
            (0..40)
                .map(|step| f64::from(step) / 39.0)
                .map(|t| {
                    let wave = 3.0 * libm::sin(t * 9.0);
                    let force = 0.3 + 0.5 * libm::sin(t * 3.1);
                    [
                        from.0 + (to.0 - from.0) * t,
                        from.1 + (to.1 - from.1) * t + wave,
                        force,
                        t * 300.0,
                    ]
                })
                .collect()
        };
        Handwriting {
            version: HANDWRITING_VERSION,
            strokes: vec![
                PenStroke {
                    pressure,
                    points: line((10.0, 60.0), (240.0, 50.0)),
                },
                PenStroke {
                    pressure,
                    points: line((120.0, 10.0), (130.0, 160.0)),
                },
            ],
            pen: 12.0,
            ink: [0x1A, 0x1A, 0x1F],
            width_mm: 45.0,
        }
    }

    #[test]
    fn it_is_as_wide_as_asked_and_keeps_its_points() {
        for pressure in [true, false] {
            let writing = written(pressure);
            let drawing = writing.draw().unwrap();
            assert!((drawing.width_mm - 45.0).abs() < 1e-9);
            assert!(drawing.height_mm > 20.0 && drawing.height_mm < 40.0);
            let kept: Handwriting = serde_json::from_str(&serde_json::to_string(&writing).unwrap()).unwrap();
            assert_eq!(kept.draw().unwrap(), drawing);
        }
        assert_ne!(written(true).draw().unwrap(), written(false).draw().unwrap());
    }

    /// What the window's own library (perfect-freehand of npm) makes of two strokes; ui/tests/pen.test.ts writes it.
    #[test]
    fn strokes_are_outlined_as_they_were_shown_while_writing() {
        #[derive(serde::Deserialize)]
        struct Shown {
            pen: f64,
            strokes: Vec<ShownStroke>,
        }
        #[derive(serde::Deserialize)]
        struct ShownStroke {
            #[serde(flatten)]
            stroke: PenStroke,
            corners: Vec<[f64; 2]>,
        }
        let shown: Shown = serde_json::from_str(include_str!("../tests/outlines.json")).unwrap();
        assert_eq!(shown.strokes.len(), 2);
        for ShownStroke {
            stroke,
            corners: theirs,
        } in shown.strokes
        {
            let ours = corners(&stroke, shown.pen);
            // The other one repeats its last corner.
            assert!(
                ours.len() > 40 && theirs.len() - ours.len() <= 1,
                "{} {}",
                ours.len(),
                theirs.len()
            );
            for (one, two) in ours.iter().zip(&theirs) {
                assert!(
                    (one[0] - two[0]).abs() < 1e-5 && (one[1] - two[1]).abs() < 1e-5,
                    "{one:?} {two:?}"
                );
            }
        }
    }

    #[test]
    fn a_dot_is_part_of_a_signature_but_none_by_itself() {
        let dot = PenStroke {
            pressure: true,
            points: vec![[300.0, 5.0, 0.5, 0.0]],
        };
        let without = written(true);
        let mut with = without.clone();
        with.strokes.push(dot.clone());
        assert!(with.draw().unwrap().height_mm < without.draw().unwrap().height_mm);
        let mut dot = Handwriting {
            strokes: vec![dot],
            ..without
        };
        assert_eq!(dot.draw(), Err(HandwritingError::TooSmall));
        dot.strokes.clear();
        assert_eq!(dot.draw(), Err(HandwritingError::Empty));
        dot.strokes = vec![PenStroke {
            pressure: true,
            points: Vec::new(),
        }];
        assert_eq!(dot.draw(), Err(HandwritingError::Empty));
    }

    #[test]
    fn numbers_from_outside_are_checked() {
        let spoilt = |change: fn(&mut Handwriting)| {
            let mut writing = written(true);
            change(&mut writing);
            writing.draw().unwrap_err()
        };
        assert_eq!(spoilt(|w| w.pen = f64::NAN), HandwritingError::BadNumber);
        assert_eq!(spoilt(|w| w.width_mm = 1e9), HandwritingError::BadNumber);
        assert_eq!(spoilt(|w| w.version = 2), HandwritingError::BadNumber);
        assert_eq!(
            spoilt(|w| w.strokes[0].points[3][0] = f64::INFINITY),
            HandwritingError::BadNumber
        );
        assert_eq!(
            spoilt(|w| w.strokes[0].points[3][3] = f64::NAN),
            HandwritingError::BadNumber
        );
        let many = |w: &mut Handwriting| w.strokes[0].points = vec![[0.0; 4]; MOST_POINTS + 1];
        assert_eq!(spoilt(many), HandwritingError::TooMuch);
    }
}
