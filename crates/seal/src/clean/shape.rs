//! What shape the mark has in the photo: an ellipse around it, four edges, or neither.

use imageproc::geometry::{convex_hull, min_area_rect};
use imageproc::point::Point;

use super::bands;
use super::fit::{least_squares, median, trimmed};
use super::plane::Plane;

/// Alpha that counts as ink when looking for outlines.
const INK: u8 = 110;
/// Rays sent out from the middle.
const RAYS: usize = 720;

/// An ellipse: its centre, half axes, and the direction of the first (radians, clockwise from right).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Ellipse {
    pub(super) centre: (f64, f64),
    pub(super) axes: (f64, f64),
    pub(super) direction: f64,
    /// What stretches the unit circle to it without turning: along x, along both, along y.
    stretch: (f64, f64, f64),
}

impl Ellipse {
    pub(super) fn new(centre: (f64, f64), axes: (f64, f64), direction: f64) -> Self {
        let (sine, cosine) = (libm::sin(direction), libm::cos(direction));
        let (along, across) = axes;
        let stretch = (
            along * cosine * cosine + across * sine * sine,
            (along - across) * sine * cosine,
            along * sine * sine + across * cosine * cosine,
        );
        Self {
            centre,
            axes,
            direction,
            stretch,
        }
    }

    /// The point of the ellipse's plane at `(x, y)` of the unit circle that it is the picture of.
    pub(super) fn at(&self, x: f64, y: f64) -> (f64, f64) {
        let (along, both, across) = self.stretch;
        (
            self.centre.0 + along * x + both * y,
            self.centre.1 + both * x + across * y,
        )
    }

    /// How far a point lies from the middle, 1 on the ellipse.
    fn reach(&self, x: f64, y: f64) -> f64 {
        libm::sqrt(self.square_reach(x, y))
    }

    fn square_reach(&self, x: f64, y: f64) -> f64 {
        let (along, both, across) = self.stretch;
        let (dx, dy) = (x - self.centre.0, y - self.centre.1);
        let (u, v) = (across * dx - both * dy, along * dy - both * dx);
        let area = self.axes.0 * self.axes.1;
        (u * u + v * v) / (area * area)
    }
}

/// Four corners, clockwise from the upper left.
pub(super) type Corners = [(f64, f64); 4];

/// The outline of a mark.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Outline {
    Ellipse(Ellipse),
    Quadrangle(Corners),
    Free,
}

/// Finds the outline; `NaN`-free by construction, `Free` when in doubt.
pub(super) fn outline(alpha: &Plane<u8>) -> Outline {
    if let Some(ring) = ring(alpha) {
        return Outline::Ellipse(ring);
    }
    quadrangle(alpha).map_or(Outline::Free, Outline::Quadrangle)
}

fn ink(alpha: &Plane<u8>, x: f64, y: f64) -> bool {
    let inside = x >= 0.0 && y >= 0.0 && x < alpha.width as f64 && y < alpha.height as f64;
    inside && alpha.at(x as usize, y as usize) > INK
}

/// Where rays from the middle leave ink for the last times: the ring's outer edge among them.
fn leavings(alpha: &Plane<u8>) -> Vec<Vec<(f64, f64)>> {
    let (cx, cy) = (alpha.width as f64 / 2.0, alpha.height as f64 / 2.0);
    let far = libm::hypot(cx, cy);
    let rays = (0..RAYS).map(|ray| ray as f64 * std::f64::consts::TAU / RAYS as f64);
    rays.map(|angle| {
        let (sine, cosine) = (libm::sin(angle), libm::cos(angle));
        let mut edges = Vec::new();
        let mut before = false;
        let mut radius = far;
        let at = |radius: f64| (cx + radius * cosine, cy + radius * sine);
        let on_ink = |(x, y): (f64, f64)| ink(alpha, x, y);
        while radius > 0.25 * far && edges.len() < 4 {
            let now = on_ink(at(radius));
            if now && !before {
                let further = at(radius + 0.5);
                edges.push(if on_ink(further) { further } else { at(radius) });
            }
            before = now;
            radius -= 1.0;
        }
        edges
    })
    .collect()
}

/// The ring: the circle through three edge points that most rays agree with, refined to an ellipse.
pub(super) fn ring(alpha: &Plane<u8>) -> Option<Ellipse> {
    let rays = leavings(alpha);
    let size = alpha.width.max(alpha.height) as f64;
    let circle = commonest_circle(&rays, size)?;
    let near = |at: &(f64, f64)| (libm::hypot(at.0 - circle.0, at.1 - circle.1) / circle.2 - 1.0).abs() < 0.09;
    let points: Vec<(f64, f64)> = rays
        .iter()
        .filter_map(|ray| ray.iter().find(|at| near(at)).copied())
        .collect();
    if points.len() < RAYS * 55 / 100 {
        return None;
    }
    let (ellipse, kept) = ellipse(&points, size)?;
    let even = ellipse.axes.0.min(ellipse.axes.1) / ellipse.axes.0.max(ellipse.axes.1);
    let agreeing = points
        .iter()
        .filter(|at| (ellipse.reach(at.0, at.1) - 1.0).abs() < 0.012)
        .count();
    let sure = agreeing > RAYS * 45 / 100 && kept > 0.5 && even > 0.55;
    sure.then_some(ellipse)
}

/// Centre and radius of the circle with the most rays on it; the outermost of equals.
fn commonest_circle(rays: &[Vec<(f64, f64)>], size: f64) -> Option<(f64, f64, f64)> {
    let mut best: Option<((f64, f64, f64), usize)> = None;
    // Three rays a third of a turn apart, and again from other starts: 240 guesses.
    for start in 0..RAYS / 3 {
        let three: Vec<(f64, f64)> = (0..3)
            .filter_map(|third| rays.get(start + third * RAYS / 3)?.first().copied())
            .collect();
        let [a, b, c] = three.as_slice() else { continue };
        let Some(circle) = circle_through(*a, *b, *c) else {
            continue;
        };
        if circle.2 > 0.8 * size || circle.2 < 0.2 * size {
            continue;
        }
        let close = (0.96 * circle.2).powi(2)..(1.04 * circle.2).powi(2);
        let on = |ray: &&Vec<(f64, f64)>| {
            let squares = ray
                .iter()
                .map(|at| (at.0 - circle.0).powi(2) + (at.1 - circle.1).powi(2));
            squares.into_iter().any(|square| close.contains(&square))
        };
        let count = rays.iter().filter(on).count();
        if best.as_ref().is_none_or(|(_, most)| count > *most) {
            best = Some((circle, count));
        }
    }
    best.filter(|(_, count)| *count > RAYS / 2).map(|(circle, _)| circle)
}

fn circle_through(a: (f64, f64), b: (f64, f64), c: (f64, f64)) -> Option<(f64, f64, f64)> {
    let samples = [a, b, c].map(|(x, y)| ([x, y, 1.0], x * x + y * y, 1.0));
    let [u, v, w] = least_squares(&samples)?;
    let (x, y) = (u / 2.0, v / 2.0);
    let square = w + x * x + y * y;
    (square > 0.0).then(|| (x, y, libm::sqrt(square)))
}

/// The ellipse `p x² + q xy + r y² + s x + t y = 1` through most points (Halíř and Flusser's problem, trimmed).
fn ellipse(points: &[(f64, f64)], size: f64) -> Option<(Ellipse, f64)> {
    let middle = |pick: fn(&(f64, f64)) -> f64| points.iter().map(pick).sum::<f64>() / points.len().max(1) as f64;
    let (mx, my) = (middle(|at| at.0), middle(|at| at.1));
    let scale = size / 2.0;
    let samples: Vec<([f64; 5], f64, f64)> = points
        .iter()
        .map(|(x, y)| ((x - mx) / scale, (y - my) / scale))
        .map(|(x, y)| ([x * x, x * y, y * y, x, y], 1.0, 1.0))
        .collect();
    let ([p, q, r, s, t], kept) = trimmed(&samples, 0.006)?;
    let determinant = 4.0 * p * r - q * q;
    if determinant <= 1e-9 {
        return None;
    }
    let (x, y) = ((q * t - 2.0 * r * s) / determinant, (q * s - 2.0 * p * t) / determinant);
    let level = 1.0 + p * x * x + q * x * y + r * y * y;
    let direction = 0.5 * libm::atan2(q, p - r);
    let (sine, cosine) = (libm::sin(direction), libm::cos(direction));
    let along = p * cosine * cosine + q * cosine * sine + r * sine * sine;
    let across = p * sine * sine - q * cosine * sine + r * cosine * cosine;
    if level / along <= 0.0 || level / across <= 0.0 {
        return None;
    }
    let axes = (libm::sqrt(level / along) * scale, libm::sqrt(level / across) * scale);
    let centre = (mx + x * scale, my + y * scale);
    Some((Ellipse::new(centre, axes, direction), kept))
}

/// Four straight edges around the mark.
fn quadrangle(alpha: &Plane<u8>) -> Option<Corners> {
    let mut points = Vec::new();
    for (y, row) in alpha.rows().enumerate() {
        let first = row.iter().position(|value| *value > INK);
        let last = row.iter().rposition(|value| *value > INK);
        for x in first.into_iter().chain(last) {
            points.push(Point::new(x as i32, y as i32));
        }
    }
    if points.len() < 8 {
        return None;
    }
    let around = min_area_rect(&convex_hull(points)).map(|at| (f64::from(at.x), f64::from(at.y)));
    let centre = around
        .iter()
        .fold((0.0, 0.0), |sum, at| (sum.0 + at.0 / 4.0, sum.1 + at.1 / 4.0));
    let [a, b, c, d] = around;
    let mut edges = Vec::new();
    for (from, to) in [(a, b), (b, c), (c, d), (d, a)] {
        edges.push(edge(alpha, from, to, centre)?);
    }
    let [first, second, third, fourth] = edges.as_slice() else {
        return None;
    };
    let corners = [
        crossing(fourth, first)?,
        crossing(first, second)?,
        crossing(second, third)?,
        crossing(third, fourth)?,
    ];
    Some(from_upper_left(corners, centre))
}

/// A straight edge: two points of it.
type Edge = ((f64, f64), (f64, f64));

/// The edge of ink along one side of the box around it; `None` when most of the side has none close by.
fn edge(alpha: &Plane<u8>, from: (f64, f64), to: (f64, f64), centre: (f64, f64)) -> Option<Edge> {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = libm::hypot(dx, dy);
    if length < 12.0 {
        return None;
    }
    let (ux, uy) = (dx / length, dy / length);
    let inwards = if (centre.0 - from.0) * -uy + (centre.1 - from.1) * ux < 0.0 {
        -1.0
    } else {
        1.0
    };
    let (nx, ny) = (-uy * inwards, ux * inwards);
    let mut samples = Vec::new();
    for step in 0..200 {
        let along = length * (0.08 + 0.84 * f64::from(step) / 199.0);
        let start = (from.0 + ux * along, from.1 + uy * along);
        let depths = (0..)
            .map(|half| f64::from(half) * 0.5 - 6.0)
            .take_while(|depth| *depth < 0.15 * length);
        let mut met = depths.filter(|depth| ink(alpha, start.0 + nx * depth, start.1 + ny * depth));
        if let Some(depth) = met.next() {
            samples.push(([1.0, along / length], depth, 1.0));
        }
    }
    let ([base, slope], kept) = trimmed(&samples, 1.0)?;
    let mut off: Vec<f64> = samples
        .iter()
        .map(|(terms, depth, _)| (base + slope * terms[1] - depth).abs())
        .collect();
    let straight = median(&mut off)? < 0.008 * length + 1.0;
    let seen = samples.len() as f64 * kept > 200.0 * 0.6;
    let at = |share: f64| {
        let depth = base + slope * share;
        (
            from.0 + ux * length * share + nx * depth,
            from.1 + uy * length * share + ny * depth,
        )
    };
    (straight && seen).then(|| (at(0.0), at(1.0)))
}

fn crossing(one: &Edge, two: &Edge) -> Option<(f64, f64)> {
    let line = |((x1, y1), (x2, y2)): Edge| (y1 - y2, x2 - x1, x1 * y2 - x2 * y1);
    let ((a, b, c), (d, e, f)) = (line(*one), line(*two));
    let determinant = a * e - b * d;
    (determinant.abs() > 1e-6).then(|| ((b * f - c * e) / determinant, (c * d - a * f) / determinant))
}

/// Clockwise, beginning with the corner that is the upper left one when the mark is turned by less than 45°.
fn from_upper_left(corners: Corners, centre: (f64, f64)) -> Corners {
    let mut sorted = corners;
    let bearing = |at: &(f64, f64)| libm::atan2(at.1 - centre.1, at.0 - centre.0);
    sorted.sort_by(|a, b| bearing(a).total_cmp(&bearing(b)));
    sorted
}

/// Clears what lies outside the outline: other marks, and dirt.
pub(super) fn without_outside(alpha: &mut Plane<u8>, outline: &Outline) {
    match outline {
        Outline::Ellipse(ring) => clear(alpha, |x, y| ring.square_reach(x, y) > 1.025 * 1.025),
        Outline::Quadrangle(corners) => clear(alpha, |x, y| outside(corners, x, y)),
        Outline::Free => {}
    }
}

fn clear(alpha: &mut Plane<u8>, outside: impl Fn(f64, f64) -> bool + Sync) {
    let width = alpha.width;
    bands::fill_rows(&mut alpha.cells, width, |y, row| {
        for (x, cell) in row.iter_mut().enumerate() {
            if *cell > 0 && outside(x as f64 + 0.5, y as f64 + 0.5) {
                *cell = 0;
            }
        }
    });
}

fn outside(corners: &Corners, x: f64, y: f64) -> bool {
    let [a, b, c, d] = *corners;
    let slack = 4.0 + 0.01 * libm::hypot(b.0 - a.0, b.1 - a.1);
    [(a, b), (b, c), (c, d), (d, a)].iter().any(|(from, to)| {
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let across = ((x - from.0) * dy - (y - from.1) * dx) / libm::hypot(dx, dy).max(1e-6);
        across > slack
    })
}
