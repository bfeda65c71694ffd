//! Text along the rim of an ellipse: cells at equal distances of arc, each turned to the rim's normal.

use crate::{
    SealDrawing,
    cell::{Lettering, total_weight, weight},
    outline::Affine,
};

/// Steps of the arc-length table: fine enough that a place is exact to a micrometre.
const STEPS: u32 = 720;
/// Halvings of the search for the ends of the text.
const HALVINGS: u32 = 50;
/// Where, between the tops and the feet of the characters, their distances are equal.
const SPACING_DEPTH: f64 = 0.62;

/// The inner edge of a ring, with its half axes in mm.
#[derive(Clone, Copy)]
pub(crate) struct Rim {
    pub(crate) centre: (f64, f64),
    pub(crate) axes: (f64, f64),
}

/// A row of characters along a rim.
#[derive(Clone, Copy)]
pub(crate) struct RimText {
    pub(crate) rim: Rim,
    /// From the rim to the characters.
    pub(crate) gap: f64,
    pub(crate) height: f64,
    /// Edge to edge as seen from the centre, degrees.
    pub(crate) span: f64,
    /// Widest a cell may become, as a share of the height.
    pub(crate) widest: f64,
    /// Along the lower side, feet outwards, instead of the upper side, tops outwards.
    pub(crate) lower: bool,
}

/// A point at some depth inside the upper half of a rim, relative to its centre, with the outward normal.
struct Place {
    x: f64,
    y: f64,
    normal: (f64, f64),
}

impl Rim {
    /// `t` runs clockwise from 12 o'clock; y is down.
    fn at(&self, t: f64, depth: f64) -> Place {
        let (sine, cosine) = (libm::sin(t), libm::cos(t));
        let (a, b) = self.axes;
        let (nx, ny) = (sine / a, -cosine / b);
        let length = libm::sqrt(nx * nx + ny * ny);
        let normal = (nx / length, ny / length);
        Place {
            x: a * sine - normal.0 * depth,
            y: -b * cosine - normal.1 * depth,
            normal,
        }
    }

    /// The parameter at which the line at `depth` is seen from the centre under `angle`.
    fn seen_under(&self, angle: f64, depth: f64) -> f64 {
        let (mut low, mut high) = (0.0, std::f64::consts::PI);
        for _ in 0..HALVINGS {
            let middle = (low + high) / 2.0;
            let place = self.at(middle, depth);
            if libm::atan2(place.x, -place.y) < angle {
                low = middle;
            } else {
                high = middle;
            }
        }
        low
    }
}

impl RimText {
    pub(crate) fn draw(&self, lettering: Lettering<'_>, drawing: &mut SealDrawing, text: &[char]) {
        let end = self
            .rim
            .seen_under((self.span / 2.0).to_radians(), self.gap + self.height / 2.0);
        let table = self.arc_lengths(end);
        let whole = table.last().map_or(0.0, |(_, length)| *length);
        let slot = whole / total_weight(text).max(1.0);
        let cell = ((slot * 0.93 - 0.1).min(self.widest * self.height), self.height);
        let mut length = 0.0;
        for character in text {
            let step = slot * weight(*character);
            let place = self.placed(parameter(&table, length + step / 2.0));
            lettering.cut(drawing, *character, cell, place);
            length += step;
        }
    }

    /// Parameter and length of arc so far, from end to end.
    fn arc_lengths(&self, end: f64) -> Vec<(f64, f64)> {
        let depth = self.gap + self.height * SPACING_DEPTH;
        let mut before = self.rim.at(-end, depth);
        let mut length = 0.0;
        let mut table = vec![(-end, 0.0)];
        for index in 1..=STEPS {
            let t = -end + 2.0 * end * f64::from(index) / f64::from(STEPS);
            let place = self.rim.at(t, depth);
            let (dx, dy) = (place.x - before.x, place.y - before.y);
            length += libm::sqrt(dx * dx + dy * dy);
            table.push((t, length));
            before = place;
        }
        table
    }

    /// Brings a cell at the origin to its place and upright to the rim.
    fn placed(&self, t: f64) -> Affine {
        let place = self.rim.at(t, self.gap + self.height / 2.0);
        let (nx, ny) = place.normal;
        let (cx, cy) = self.rim.centre;
        if self.lower {
            Affine::rotation(libm::atan2(-nx, -ny)).then(Affine::translation(cx + place.x, cy - place.y))
        } else {
            Affine::rotation(libm::atan2(nx, -ny)).then(Affine::translation(cx + place.x, cy + place.y))
        }
    }
}

/// The parameter at a length of arc.
fn parameter(table: &[(f64, f64)], length: f64) -> f64 {
    let after = table.partition_point(|(_, so_far)| *so_far < length).max(1);
    match (table.get(after - 1), table.get(after)) {
        (Some((t0, l0)), Some((t1, l1))) => t0 + (t1 - t0) * (length - l0) / (l1 - l0),
        (Some((t, _)), None) => *t,
        (None, _) => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn on_a_circle_the_distances_are_angles() {
        let text = RimText {
            rim: Rim {
                centre: (0.0, 0.0),
                axes: (10.0, 10.0),
            },
            gap: 1.0,
            height: 2.0,
            span: 120.0,
            widest: 1.0,
            lower: false,
        };
        let end = text.rim.seen_under(60.0_f64.to_radians(), 2.0);
        assert!((end.to_degrees() - 60.0).abs() < 1e-9, "{end}");
        let table = text.arc_lengths(end);
        let whole = table.last().unwrap().1;
        assert!(
            (whole - 2.0 * end * (10.0 - 1.0 - 2.0 * SPACING_DEPTH)).abs() < 1e-3,
            "{whole}"
        );
        assert!(parameter(&table, whole / 2.0).abs() < 1e-9);
        let (x, y) = text.placed(0.0).apply(0.0, -1.0);
        assert!(x.abs() < 1e-9 && (y + 9.0).abs() < 1e-9, "tops outwards: {x} {y}");
        let lower = RimText { lower: true, ..text };
        let (x, y) = lower.placed(0.0).apply(0.0, -1.0);
        assert!(x.abs() < 1e-9 && (y - 7.0).abs() < 1e-9, "tops inwards: {x} {y}");
    }
}
