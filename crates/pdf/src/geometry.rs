//! The one place that turns millimetres on the visible page into PDF space and back.
//!
//! Visible millimetres: origin at the top left of the page as a person sees it (after CropBox ∩
//! MediaBox, Rotate and UserUnit), x to the right, y down. PDF space: the page's default user
//! space (ISO 32000-2, 8.3.2.3), y up, `UserUnit` / 72 inch per unit.

/// Millimetres of one PDF point (1/72 inch).
pub const MM_PER_POINT: f64 = 25.4 / 72.0;

/// How far a mark may reach over the page's edge before it counts as off the page, in mm.
const EDGE_TOLERANCE_MM: f64 = 0.05;

/// An affine map `x' = a·x + c·y + e`, `y' = b·x + d·y + f` (ISO 32000-2, 8.3.3).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Matrix {
    /// x to x.
    pub a: f64,
    /// x to y.
    pub b: f64,
    /// y to x.
    pub c: f64,
    /// y to y.
    pub d: f64,
    /// Shift of x.
    pub e: f64,
    /// Shift of y.
    pub f: f64,
}

impl Matrix {
    /// The point (x, y) after the map.
    pub fn apply(&self, x: f64, y: f64) -> (f64, f64) {
        (self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f)
    }

    /// The map that first does `self`, then `next`.
    #[must_use]
    pub fn then(&self, next: &Self) -> Self {
        let (e, f) = next.apply(self.e, self.f);
        Self {
            a: next.a * self.a + next.c * self.b,
            b: next.b * self.a + next.d * self.b,
            c: next.a * self.c + next.c * self.d,
            d: next.b * self.c + next.d * self.d,
            e,
            f,
        }
    }

    /// Just a change of size.
    pub fn scale(x: f64, y: f64) -> Self {
        Self {
            a: x,
            b: 0.0,
            c: 0.0,
            d: y,
            e: 0.0,
            f: 0.0,
        }
    }
}

/// A rectangle in PDF space, `left <= right` and `bottom <= top`, in user space units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rectangle {
    /// Smallest x.
    pub left: f64,
    /// Smallest y.
    pub bottom: f64,
    /// Largest x.
    pub right: f64,
    /// Largest y.
    pub top: f64,
}

impl Rectangle {
    /// From two opposite corners in any order.
    pub fn from_corners(first: (f64, f64), second: (f64, f64)) -> Self {
        Self {
            left: first.0.min(second.0),
            bottom: first.1.min(second.1),
            right: first.0.max(second.0),
            top: first.1.max(second.1),
        }
    }

    /// Width in user space units.
    pub fn width(&self) -> f64 {
        self.right - self.left
    }

    /// Height in user space units.
    pub fn height(&self) -> f64 {
        self.top - self.bottom
    }

    fn intersect(&self, other: &Self) -> Option<Self> {
        let both = Self {
            left: self.left.max(other.left),
            bottom: self.bottom.max(other.bottom),
            right: self.right.min(other.right),
            top: self.top.min(other.top),
        };
        (both.width() > 0.0 && both.height() > 0.0).then_some(both)
    }
}

/// Clockwise turns of the page when shown (`Rotate`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rotation {
    /// As written.
    None,
    /// 90° clockwise.
    Quarter,
    /// 180°.
    Half,
    /// 270° clockwise.
    ThreeQuarters,
}

impl Rotation {
    /// From the `Rotate` entry; values that are no multiple of 90 count as 0, as viewers do.
    pub fn from_degrees(degrees: i64) -> Self {
        match degrees.rem_euclid(360) {
            90 => Self::Quarter,
            180 => Self::Half,
            270 => Self::ThreeQuarters,
            _ => Self::None,
        }
    }

    fn swaps_sides(self) -> bool {
        matches!(self, Self::Quarter | Self::ThreeQuarters)
    }
}

/// A place on a page: where the top left corner of something goes, as a person sees the page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlacedMm {
    /// 1-based page.
    pub page: u32,
    /// From the visible left edge, in mm.
    pub x_mm: f64,
    /// From the visible top edge down, in mm.
    pub y_mm: f64,
}

/// What is needed to place things on one page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PageGeometry {
    /// CropBox ∩ MediaBox in user space units.
    pub visible: Rectangle,
    /// How the page is turned when shown.
    pub rotation: Rotation,
    /// Size of one unit in points (`UserUnit`, 1 when absent).
    pub user_unit: f64,
}

impl PageGeometry {
    /// Combines the page's attributes. Boxes with no area in common or none at all fall back to
    /// the MediaBox, then to A4 at its origin, as viewers do.
    pub fn new(media: Rectangle, crop: Option<Rectangle>, rotation: Rotation, user_unit: f64) -> Self {
        let visible = crop
            .and_then(|crop| crop.intersect(&media))
            .or_else(|| media.intersect(&media))
            .unwrap_or(Rectangle {
                left: media.left,
                bottom: media.bottom,
                right: media.left + 595.0,
                top: media.bottom + 842.0,
            });
        let usable = user_unit.is_finite() && user_unit > 0.0;
        Self {
            visible,
            rotation,
            user_unit: if usable { user_unit } else { 1.0 },
        }
    }

    /// Millimetres of one user space unit of this page.
    pub fn mm_per_unit(&self) -> f64 {
        self.user_unit * MM_PER_POINT
    }

    /// Width of the page as a person sees it, in mm.
    pub fn width_mm(&self) -> f64 {
        self.shown_units().0 * self.mm_per_unit()
    }

    /// Height of the page as a person sees it, in mm.
    pub fn height_mm(&self) -> f64 {
        self.shown_units().1 * self.mm_per_unit()
    }

    fn shown_units(&self) -> (f64, f64) {
        let (width, height) = (self.visible.width(), self.visible.height());
        if self.rotation.swaps_sides() {
            (height, width)
        } else {
            (width, height)
        }
    }

    /// From visible millimetres (y down) to this page's user space.
    pub fn to_pdf(&self) -> Matrix {
        let unit = 1.0 / self.mm_per_unit();
        let Rectangle {
            left,
            bottom,
            right,
            top,
        } = self.visible;
        match self.rotation {
            Rotation::None => Matrix {
                a: unit,
                b: 0.0,
                c: 0.0,
                d: -unit,
                e: left,
                f: top,
            },
            Rotation::Quarter => Matrix {
                a: 0.0,
                b: unit,
                c: unit,
                d: 0.0,
                e: left,
                f: bottom,
            },
            Rotation::Half => Matrix {
                a: -unit,
                b: 0.0,
                c: 0.0,
                d: unit,
                e: right,
                f: bottom,
            },
            Rotation::ThreeQuarters => Matrix {
                a: 0.0,
                b: -unit,
                c: -unit,
                d: 0.0,
                e: right,
                f: top,
            },
        }
    }

    /// From this page's user space to visible millimetres: the inverse of [`Self::to_pdf`].
    pub fn to_visible(&self) -> Matrix {
        let mm = self.mm_per_unit();
        let Rectangle {
            left,
            bottom,
            right,
            top,
        } = self.visible;
        match self.rotation {
            Rotation::None => Matrix {
                a: mm,
                b: 0.0,
                c: 0.0,
                d: -mm,
                e: -left * mm,
                f: top * mm,
            },
            Rotation::Quarter => Matrix {
                a: 0.0,
                b: mm,
                c: mm,
                d: 0.0,
                e: -bottom * mm,
                f: -left * mm,
            },
            Rotation::Half => Matrix {
                a: -mm,
                b: 0.0,
                c: 0.0,
                d: mm,
                e: right * mm,
                f: -bottom * mm,
            },
            Rotation::ThreeQuarters => Matrix {
                a: 0.0,
                b: -mm,
                c: -mm,
                d: 0.0,
                e: top * mm,
                f: right * mm,
            },
        }
    }

    /// Maps a drawing in mm whose origin is its *bottom* left, y up, onto the page so that it
    /// stands upright for the reader with its top left corner at (`x_mm`, `y_mm`).
    pub fn upright(&self, x_mm: f64, y_mm: f64, height_mm: f64) -> Matrix {
        Matrix {
            a: 1.0,
            b: 0.0,
            c: 0.0,
            d: -1.0,
            e: x_mm,
            f: y_mm + height_mm,
        }
        .then(&self.to_pdf())
    }

    /// Where a box of visible millimetres lies in user space.
    pub fn rectangle(&self, x_mm: f64, y_mm: f64, width_mm: f64, height_mm: f64) -> Rectangle {
        let map = self.to_pdf();
        Rectangle::from_corners(map.apply(x_mm, y_mm), map.apply(x_mm + width_mm, y_mm + height_mm))
    }

    /// Whether a box of visible millimetres lies wholly on the visible page.
    pub fn holds(&self, x_mm: f64, y_mm: f64, width_mm: f64, height_mm: f64) -> bool {
        let all_finite = [x_mm, y_mm, width_mm, height_mm].iter().all(|value| value.is_finite());
        all_finite
            && x_mm >= -EDGE_TOLERANCE_MM
            && y_mm >= -EDGE_TOLERANCE_MM
            && x_mm + width_mm <= self.width_mm() + EDGE_TOLERANCE_MM
            && y_mm + height_mm <= self.height_mm() + EDGE_TOLERANCE_MM
    }
}
