//! Contours while a seal is being laid out: floating millimetres or font units, y down, and the shapes seals are made of.

/// Control-point distance that makes a cubic curve a quarter circle.
const QUARTER_CIRCLE: f64 = 0.552_284_749_830_793_6;

/// Inner over outer radius of a regular pentagram: the square of the inverse golden ratio.
const PENTAGRAM_RATIO: f64 = 0.381_966_011_250_105_15;

/// A piece of a contour.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Segment {
    Move(f64, f64),
    Line(f64, f64),
    Quad(f64, f64, f64, f64),
    Cubic(f64, f64, f64, f64, f64, f64),
    Close,
}

impl Segment {
    /// Where the pen is afterwards; a close leaves it to the next move.
    pub(crate) fn end(self) -> Option<(f64, f64)> {
        match self {
            Self::Move(x, y) | Self::Line(x, y) | Self::Quad(_, _, x, y) | Self::Cubic(_, _, _, _, x, y) => {
                Some((x, y))
            }
            Self::Close => None,
        }
    }
}

/// A plane map `(x, y) → (ax + cy + e, bx + dy + f)`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Affine {
    a: f64,
    b: f64,
    c: f64,
    d: f64,
    e: f64,
    f: f64,
}

impl Affine {
    pub(crate) fn translation(x: f64, y: f64) -> Self {
        Self {
            e: x,
            f: y,
            ..Self::scaling(1.0, 1.0)
        }
    }

    pub(crate) fn scaling(x: f64, y: f64) -> Self {
        Self {
            a: x,
            b: 0.0,
            c: 0.0,
            d: y,
            e: 0.0,
            f: 0.0,
        }
    }

    /// Clockwise as seen (y is down), in radians; libm, so that every platform gets the same bits.
    pub(crate) fn rotation(angle: f64) -> Self {
        let (sine, cosine) = (libm::sin(angle), libm::cos(angle));
        Self {
            a: cosine,
            b: sine,
            c: -sine,
            d: cosine,
            e: 0.0,
            f: 0.0,
        }
    }

    /// This map first, `next` afterwards.
    pub(crate) fn then(self, next: Self) -> Self {
        let (e, f) = next.apply(self.e, self.f);
        Self {
            a: self.a * next.a + self.b * next.c,
            b: self.a * next.b + self.b * next.d,
            c: self.c * next.a + self.d * next.c,
            d: self.c * next.b + self.d * next.d,
            e,
            f,
        }
    }

    pub(crate) fn apply(&self, x: f64, y: f64) -> (f64, f64) {
        (self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f)
    }
}

/// A bounding box.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Bounds {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) right: f64,
    pub(crate) bottom: f64,
}

impl Bounds {
    const NOTHING: Self = Self {
        left: f64::INFINITY,
        top: f64::INFINITY,
        right: f64::NEG_INFINITY,
        bottom: f64::NEG_INFINITY,
    };

    fn include(&mut self, x: f64, y: f64) {
        self.left = self.left.min(x);
        self.top = self.top.min(y);
        self.right = self.right.max(x);
        self.bottom = self.bottom.max(y);
    }

    pub(crate) fn width(&self) -> f64 {
        self.right - self.left
    }

    pub(crate) fn height(&self) -> f64 {
        self.bottom - self.top
    }

    pub(crate) fn centre(&self) -> (f64, f64) {
        ((self.left + self.right) / 2.0, (self.top + self.bottom) / 2.0)
    }
}

/// Closed contours.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Outline {
    pub(crate) segments: Vec<Segment>,
}

/// A contour of straight pieces, not repeated at its end.
pub(crate) type Polygon = Vec<[f64; 2]>;

impl Outline {
    pub(crate) fn push(&mut self, segment: Segment) {
        self.segments.push(segment);
    }

    pub(crate) fn append(&mut self, other: &Self) {
        self.segments.extend_from_slice(&other.segments);
    }

    pub(crate) fn transformed(&self, map: Affine) -> Self {
        let segments = self
            .segments
            .iter()
            .map(|segment| transform_segment(*segment, &map))
            .collect();
        Self { segments }
    }

    /// The ink's exact box (curves count by their extremes, not by their control points); `None` when there is no ink.
    pub(crate) fn bounds(&self) -> Option<Bounds> {
        let mut bounds = Bounds::NOTHING;
        let mut current = (0.0, 0.0);
        for segment in &self.segments {
            include_segment(&mut bounds, current, *segment);
            current = segment.end().unwrap_or(current);
        }
        (bounds.width() >= 0.0).then_some(bounds)
    }

    /// Polygons that stay within `tolerance` of the curves.
    pub(crate) fn flattened(&self, tolerance: f64) -> Vec<Polygon> {
        let mut polygons: Vec<Polygon> = Vec::new();
        let mut polygon = Polygon::new();
        let mut current = (0.0, 0.0);
        for segment in &self.segments {
            if matches!(segment, Segment::Move(..) | Segment::Close) {
                keep_polygon(&mut polygons, &mut polygon);
            }
            flatten_segment(&mut polygon, current, *segment, tolerance);
            current = segment.end().unwrap_or(current);
        }
        keep_polygon(&mut polygons, &mut polygon);
        polygons
    }

    pub(crate) fn from_polygons<'a>(polygons: impl IntoIterator<Item = &'a Polygon>) -> Self {
        let mut outline = Self::default();
        for polygon in polygons {
            for (index, [x, y]) in polygon.iter().enumerate() {
                outline.push(if index == 0 {
                    Segment::Move(*x, *y)
                } else {
                    Segment::Line(*x, *y)
                });
            }
            outline.push(Segment::Close);
        }
        outline
    }

    /// A full ellipse around `(x, y)` with the given half axes.
    pub(crate) fn ellipse((x, y): (f64, f64), (a, b): (f64, f64)) -> Self {
        let (k, l) = (a * QUARTER_CIRCLE, b * QUARTER_CIRCLE);
        Self {
            segments: vec![
                Segment::Move(x + a, y),
                Segment::Cubic(x + a, y + l, x + k, y + b, x, y + b),
                Segment::Cubic(x - k, y + b, x - a, y + l, x - a, y),
                Segment::Cubic(x - a, y - l, x - k, y - b, x, y - b),
                Segment::Cubic(x + k, y - b, x + a, y - l, x + a, y),
                Segment::Close,
            ],
        }
    }

    /// A rectangle with sharp corners.
    pub(crate) fn rectangle((left, top): (f64, f64), (width, height): (f64, f64)) -> Self {
        Self {
            segments: vec![
                Segment::Move(left, top),
                Segment::Line(left + width, top),
                Segment::Line(left + width, top + height),
                Segment::Line(left, top + height),
                Segment::Close,
            ],
        }
    }

    /// A rectangle of `width` × `height` at the origin, made smaller by `inset` on all sides, with rounded corners.
    pub(crate) fn rounded_rectangle((width, height): (f64, f64), inset: f64, radius: f64) -> Self {
        let (near, right, below, r) = (inset, width - inset, height - inset, radius);
        let k = r * (1.0 - QUARTER_CIRCLE);
        Self {
            segments: vec![
                Segment::Move(near + r, near),
                Segment::Line(right - r, near),
                Segment::Cubic(right - k, near, right, near + k, right, near + r),
                Segment::Line(right, below - r),
                Segment::Cubic(right, below - k, right - k, below, right - r, below),
                Segment::Line(near + r, below),
                Segment::Cubic(near + k, below, near, below - k, near, below - r),
                Segment::Line(near, near + r),
                Segment::Cubic(near, near + k, near + k, near, near + r, near),
                Segment::Close,
            ],
        }
    }

    /// A regular pentagram, one point up.
    pub(crate) fn star(centre_x: f64, centre_y: f64, radius: f64) -> Self {
        let mut outline = Self::default();
        for index in 0..10_u32 {
            let reach = if index % 2 == 0 {
                radius
            } else {
                radius * PENTAGRAM_RATIO
            };
            let angle = std::f64::consts::PI * f64::from(index) / 5.0;
            let x = centre_x + reach * libm::sin(angle);
            let y = centre_y - reach * libm::cos(angle);
            outline.push(if index == 0 {
                Segment::Move(x, y)
            } else {
                Segment::Line(x, y)
            });
        }
        outline.push(Segment::Close);
        outline
    }
}

fn transform_segment(segment: Segment, map: &Affine) -> Segment {
    let at = |x, y| map.apply(x, y);
    match segment {
        Segment::Move(x, y) => {
            let (x, y) = at(x, y);
            Segment::Move(x, y)
        }
        Segment::Line(x, y) => {
            let (x, y) = at(x, y);
            Segment::Line(x, y)
        }
        Segment::Quad(cx, cy, x, y) => {
            let ((cx, cy), (x, y)) = (at(cx, cy), at(x, y));
            Segment::Quad(cx, cy, x, y)
        }
        Segment::Cubic(ax, ay, bx, by, x, y) => {
            let ((ax, ay), (bx, by), (x, y)) = (at(ax, ay), at(bx, by), at(x, y));
            Segment::Cubic(ax, ay, bx, by, x, y)
        }
        Segment::Close => Segment::Close,
    }
}

fn keep_polygon(polygons: &mut Vec<Polygon>, polygon: &mut Polygon) {
    let finished = std::mem::take(polygon);
    if finished.len() > 2 {
        polygons.push(finished);
    }
}

/// Distance of the middle control point from the chord's, which bounds the flattening error.
fn bend(a: (f64, f64), b: (f64, f64), c: (f64, f64)) -> f64 {
    let (x, y) = (a.0 - 2.0 * b.0 + c.0, a.1 - 2.0 * b.1 + c.1);
    libm::sqrt(x * x + y * y)
}

fn flatten_segment(polygon: &mut Polygon, from: (f64, f64), segment: Segment, tolerance: f64) {
    let pieces = |deviation: f64| libm::ceil(libm::sqrt(deviation / tolerance)).clamp(1.0, 128.0) as u32;
    match segment {
        Segment::Move(x, y) | Segment::Line(x, y) => polygon.push([x, y]),
        Segment::Quad(cx, cy, x, y) => {
            let count = pieces(bend(from, (cx, cy), (x, y)) / 4.0);
            for index in 1..=count {
                let (px, py) = quad_at(from, (cx, cy), (x, y), f64::from(index) / f64::from(count));
                polygon.push([px, py]);
            }
        }
        Segment::Cubic(ax, ay, bx, by, x, y) => {
            let worst = bend(from, (ax, ay), (bx, by)).max(bend((ax, ay), (bx, by), (x, y)));
            let count = pieces(worst * 0.75);
            for index in 1..=count {
                let t = f64::from(index) / f64::from(count);
                let (px, py) = cubic_at(from, (ax, ay), (bx, by), (x, y), t);
                polygon.push([px, py]);
            }
        }
        Segment::Close => {}
    }
}

fn quad_at(from: (f64, f64), control: (f64, f64), to: (f64, f64), t: f64) -> (f64, f64) {
    let u = 1.0 - t;
    let along = |a: f64, b: f64, c: f64| u * u * a + 2.0 * u * t * b + t * t * c;
    (along(from.0, control.0, to.0), along(from.1, control.1, to.1))
}

fn cubic_at(from: (f64, f64), first: (f64, f64), second: (f64, f64), to: (f64, f64), t: f64) -> (f64, f64) {
    let u = 1.0 - t;
    let along =
        |a: f64, b: f64, c: f64, d: f64| u * u * u * a + 3.0 * u * u * t * b + 3.0 * u * t * t * c + t * t * t * d;
    (
        along(from.0, first.0, second.0, to.0),
        along(from.1, first.1, second.1, to.1),
    )
}

fn include_segment(bounds: &mut Bounds, from: (f64, f64), segment: Segment) {
    if let Some((x, y)) = segment.end() {
        bounds.include(x, y);
    }
    match segment {
        Segment::Quad(cx, cy, x, y) => {
            for t in [quad_extreme(from.0, cx, x), quad_extreme(from.1, cy, y)] {
                let (px, py) = quad_at(from, (cx, cy), (x, y), t);
                bounds.include(px, py);
            }
        }
        Segment::Cubic(ax, ay, bx, by, x, y) => {
            let across = cubic_extremes(from.0, ax, bx, x);
            let down = cubic_extremes(from.1, ay, by, y);
            for t in across.into_iter().chain(down) {
                let (px, py) = cubic_at(from, (ax, ay), (bx, by), (x, y), t);
                bounds.include(px, py);
            }
        }
        Segment::Move(..) | Segment::Line(..) | Segment::Close => {}
    }
}

/// Parameter of the extreme of a quadratic curve along one axis, held within the curve.
fn quad_extreme(a: f64, b: f64, c: f64) -> f64 {
    inside((a - b) / (a - 2.0 * b + c))
}

/// Parameters of both extremes of a cubic curve along one axis, held within the curve.
fn cubic_extremes(a: f64, b: f64, c: f64, d: f64) -> [f64; 2] {
    // Zeros of the derivative p·t² + 2q·t + r.
    let (p, q, r) = (d - 3.0 * c + 3.0 * b - a, a - 2.0 * b + c, b - a);
    if p.abs() < 1e-9 {
        return [inside(-r / (2.0 * q)), 0.0];
    }
    let root = libm::sqrt((q * q - p * r).max(0.0));
    [inside((-q + root) / p), inside((-q - root) / p)]
}

/// A curve parameter held to 0–1; a curve without extreme (0/0, x/0) counts by its start.
fn inside(t: f64) -> f64 {
    if t.is_finite() { t.clamp(0.0, 1.0) } else { 0.0 }
}
