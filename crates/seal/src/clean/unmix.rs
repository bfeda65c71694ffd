//! Ink taken apart in linear light: how much of the mark's ink, and how much of another, covers each pixel.

use super::bands;
use super::light::{Light, byte, luminance};
use super::locate::Hue;
use super::plane::Plane;
use crate::Colour;

/// The colours of two inks, as reflectances of full coverage.
#[derive(Clone, Copy, Debug)]
pub(super) struct Inks {
    pub(super) mark: Light,
    pub(super) other: Light,
    /// Whether a second ink is to be looked for at all.
    pub(super) two: bool,
}

/// Printed text and pens: nearly black.
const BLACK: Light = [0.05; 3];

impl Inks {
    /// Coloured ink is told from black; dark ink from nothing.
    pub(super) fn of(mark: Light, hue: Hue) -> Self {
        Self {
            mark,
            other: BLACK,
            two: hue != Hue::Dark,
        }
    }
}

/// The ink's own colour: the mean of its strongest pixels; `None` when there is hardly any ink.
pub(super) fn ink_colour(seen: &Plane<Light>, hue: Hue) -> Option<Light> {
    let (least, share) = match hue {
        Hue::Red => (0.10, 0.35),
        Hue::Blue => (0.08, 0.30),
        Hue::Dark => (0.22, 0.30),
    };
    let strengths = seen.cells.iter().step_by(3).map(|light| (hue.strength(*light), *light));
    let mut strong: Vec<(f32, Light)> = strengths.filter(|(strength, _)| *strength > least).collect();
    if strong.len() < 40 {
        return None;
    }
    let count = ((strong.len() as f32 * share) as usize).clamp(1, strong.len() - 1);
    strong.select_nth_unstable_by(count, |a, b| b.0.total_cmp(&a.0));
    let mut sum = [0.0_f32; 3];
    for (_, light) in strong.iter().take(count) {
        let [a, b, c] = sum;
        let [r, g, bl] = light;
        sum = [a + r, b + g, c + bl];
    }
    Some(sum.map(|value| (value / count as f32).clamp(0.0, 1.0)))
}

/// The ink as it is seen on white.
pub(super) fn seen_colour([red, green, blue]: Light) -> Colour {
    Colour {
        red: byte(red),
        green: byte(green),
        blue: byte(blue),
    }
}

fn missing([red, green, blue]: Light) -> Light {
    [1.0 - red, 1.0 - green, 1.0 - blue]
}

fn product([a, b, c]: Light, [d, e, f]: Light) -> f32 {
    a * d + b * e + c * f
}

/// Non-negative least squares of one and of two inks, prepared for many pixels.
struct Solver {
    mark: Light,
    other: Light,
    /// Products of the inks: mark with itself, other with itself, one with the other.
    products: Light,
    /// One over their determinant; 0 where only the mark's ink is looked for.
    share: f32,
}

impl Solver {
    fn of(inks: &Inks) -> Self {
        let (mark, other) = (missing(inks.mark), missing(inks.other));
        let products = [product(mark, mark), product(other, other), product(mark, other)];
        let [a, b, c] = products;
        let determinant = a * b - c * c;
        let two = inks.two && determinant >= 1e-4;
        Self {
            mark,
            other,
            products: [a.max(1e-4), b.max(1e-4), c],
            share: if two { 1.0 / determinant } else { 0.0 },
        }
    }

    /// The mark's cover if it were alone.
    fn alone(&self, light: Light) -> f32 {
        let [a, ..] = self.products;
        (product(self.mark, missing(light)) / a).max(0.0)
    }

    /// Covers of the mark and the other, and of the mark if it were alone.
    fn solve(&self, light: Light) -> [f32; 3] {
        let seen = missing(light);
        let [a, b, c] = self.products;
        let (p, q) = (product(self.mark, seen), product(self.other, seen));
        let (mark, other) = ((p * b - q * c) * self.share, (q * a - p * c) * self.share);
        let alone = (p / a).max(0.0);
        if mark < 0.0 {
            [0.0, (q / b).max(0.0), alone]
        } else if other < 0.0 || self.share == 0.0 {
            [alone, 0.0, alone]
        } else {
            [mark, other, alone]
        }
    }
}

/// How much of the mark's ink covers each place.
pub(super) fn unmix(seen: &Plane<Light>, inks: &Inks, hue: Hue) -> Plane<f32> {
    let solver = Solver::of(inks);
    let mut cover = Plane::filled(seen.width, seen.height, 0.0);
    if !inks.two {
        bands::fill_rows(&mut cover.cells, seen.width, |line, row| {
            let lights = seen.row(line).iter();
            row.iter_mut()
                .zip(lights)
                .for_each(|(cover, light)| *cover = solver.alone(*light));
        });
        return cover;
    }
    let apart = apart(seen, &solver);
    let hidden = Hidden::of(seen, &apart, Tint::of(inks.mark, hue));
    bands::fill_rows(&mut cover.cells, seen.width, |line, row| {
        for (x, (cover, [mark, weight])) in row.iter_mut().zip(apart.row(line)).enumerate() {
            *cover = *mark;
            if *weight < 1.0 {
                *cover = weight * mark + (1.0 - weight) * hidden.guess(x, line, *mark);
            }
        }
    });
    cover
}

/// The mark's cover, and how little the other ink hides of it: 1 nothing, 0 everything.
type Apart = [f32; 2];

/// How far around it a pixel's colour spreads.
const RIM: usize = 3;

/// Both inks taken apart.
fn apart(seen: &Plane<Light>, solver: &Solver) -> Plane<Apart> {
    let (width, height) = (seen.width, seen.height);
    let mut out = Plane::filled(width, height, Apart::default());
    bands::fill_widened(&mut out.cells, (width, height), RIM, |rows, own, cells| {
        let height = rows.len();
        let lights = seen.rows_from(rows.start, rows.end).iter();
        let solved: Vec<[f32; 3]> = lights.map(|light| solver.solve(*light)).collect();
        let marks = solved.iter().map(|[mark, ..]| if *mark < 1.0 { *mark } else { 1.0 });
        let cells_close = marks.collect();
        let close = Plane {
            width,
            height,
            cells: cells_close,
        }
        .blurred(RIM);
        let solved = solved.get(own * width..).unwrap_or_default();
        let close = close.cells.get(own * width..).unwrap_or_default();
        for (cell, (solved, close)) in cells.iter_mut().zip(solved.iter().zip(close)) {
            *cell = without_colour_rim(*solved, *close);
        }
    });
    out
}

/// Cameras keep colour at half the resolution (4:2:0), so the rim of a red stroke looks dark instead of red: close to
/// solid ink and with little of the other, the estimate of one ink alone is trusted.
fn without_colour_rim([mark, other, alone]: [f32; 3], close: f32) -> Apart {
    let near = share(close, 0.12, 0.22) * (1.0 - share(other, 0.20, 0.18));
    let other = (other - 0.20 * near).max(0.0);
    [mark + (alone - mark) * near, 1.0 - share(other, 0.15, 0.25)]
}

/// 0 up to `from`, 1 from `from + span` on.
fn share(value: f32, from: f32, span: f32) -> f32 {
    ((value - from) / span).clamp(0.0, 1.0)
}

/// What is known of the mark where text hides it: its tint still shows when the ink lies over the text; where the text
/// lies over the ink, nothing shows and the surroundings decide.
struct Hidden<'a> {
    seen: &'a Plane<Light>,
    tint: Tint,
    around: Plane<f32>,
    tinted: bool,
}

impl<'a> Hidden<'a> {
    fn of(seen: &'a Plane<Light>, apart: &Plane<Apart>, tint: Tint) -> Self {
        let around = surroundings(apart);
        let mut hidden = Self {
            seen,
            tint,
            around,
            tinted: false,
        };
        hidden.tinted = hidden.tint_shows(apart);
        hidden
    }

    /// Whether text in the midst of the mark's ink is tinted by it, as when the seal was stamped on a printed page.
    fn tint_shows(&self, apart: &Plane<Apart>) -> bool {
        let places = apart.places().filter(|(_, y, [_, weight])| y % 2 == 0 && *weight < 0.2);
        let midst = places.filter(|(x, y, _)| self.around.at(*x, *y) > 0.9);
        let (tinted, all) = midst.fold((0, 0), |(tinted, all), (x, y, _)| {
            (tinted + usize::from(self.tint.at(self.seen, x, y) > 0.45), all + 1)
        });
        tinted * 2 > all
    }

    fn guess(&self, x: usize, y: usize, mark: f32) -> f32 {
        if self.tinted {
            return share(self.tint.at(self.seen, x, y), 0.32, 0.45);
        }
        (share(self.around.at(x, y), 0.40, 0.2) * 0.95).max(mark.min(1.0) * 0.6)
    }
}

/// Share of the near neighbours that must be visible, or wider surroundings are asked.
const ENOUGH_VISIBLE: f32 = 0.35;

/// The mark as its visible neighbours have it.
fn surroundings(apart: &Plane<Apart>) -> Plane<f32> {
    let radius = (apart.width.max(apart.height) / 220).clamp(2, 8);
    let (width, height) = (apart.width, apart.height);
    let mut out = Plane::filled(width, height, 0.0);
    bands::fill_widened(&mut out.cells, (width, height), radius * 3, |rows, own, cells| {
        let height = rows.len();
        let apart = apart.rows_from(rows.start, rows.end).iter();
        let cells_seen = apart.map(|[mark, weight]| [mark * weight, *weight]).collect();
        let visible = Plane {
            width,
            height,
            cells: cells_seen,
        };
        let near = visible.blurred(radius);
        let lost = visible.cells.iter().zip(&near.cells);
        let lost = lost.filter(|([_, own], [_, near])| *own < 1.0 && *near < ENOUGH_VISIBLE);
        let wide = if lost.count() > 0 {
            visible.blurred(radius * 3)
        } else {
            near.clone()
        };
        let pairs = near.cells.iter().zip(&wide.cells).skip(own * width);
        cells
            .iter_mut()
            .zip(pairs)
            .for_each(|(cell, (near, wide))| *cell = trusted(*near, *wide));
    });
    out
}

/// The near neighbours' mean as far as they are visible, else that of the wider surroundings.
fn trusted(near: Apart, wide: Apart) -> f32 {
    let mean = |[sum, weight]: Apart| if weight > 1e-4 { sum / weight } else { 0.0 };
    let [_, weight] = near;
    let trust = (weight / ENOUGH_VISIBLE).min(1.0);
    trust * mean(near) + (1.0 - trust) * mean(wide)
}

/// Coverage from the ratio of the channel the ink reflects to those it takes, whatever grey lies below:
/// (1 − c + c·weak) ∕ (1 − c + c·strong).
struct Tint {
    hue: Hue,
    strong: f32,
    weak: f32,
}

impl Tint {
    fn of(ink: Light, hue: Hue) -> Self {
        let (strong, weak) = split(ink, hue);
        Self { hue, strong, weak }
    }

    /// Read from a pixel and its neighbours together.
    fn at(&self, seen: &Plane<Light>, x: usize, y: usize) -> f32 {
        let columns = x.saturating_sub(1)..(x + 2).min(seen.width);
        let rows = (y.saturating_sub(1)..(y + 2).min(seen.height)).map(|row| seen.row(row));
        let lights = rows.flat_map(|row| row.get(columns.clone()).unwrap_or_default());
        let (reflected, taken) = lights.fold((0.0, 0.0), |(reflected, taken), light| {
            let (strong, weak) = split(*light, self.hue);
            (reflected + strong, taken + weak)
        });
        let ratio = taken / reflected.max(0.09);
        ((1.0 - ratio) / ((1.0 - self.weak) - ratio * (1.0 - self.strong)).max(0.05)).clamp(0.0, 1.0)
    }
}

/// The channel that ink of a hue reflects, and the mean of those it takes.
fn split([red, green, blue]: Light, hue: Hue) -> (f32, f32) {
    match hue {
        Hue::Blue => (blue, 0.5 * (red + green)),
        Hue::Red | Hue::Dark => (red, 0.5 * (green + blue)),
    }
}

/// How much the paper's own grain varies, in coverage of an ink.
pub(super) fn paper_noise(seen: &Plane<Light>, ink: Light) -> f32 {
    let mut deviations: Vec<f32> = seen
        .cells
        .iter()
        .step_by(11)
        .map(|light| (1.0 - luminance(*light)).abs())
        .collect();
    let place = deviations.len() * 35 / 100;
    if place >= deviations.len() {
        return 0.0;
    }
    let deviation = *deviations.select_nth_unstable_by(place, f32::total_cmp).1;
    deviation / 0.45 / luminance(missing(ink)).max(0.2)
}
