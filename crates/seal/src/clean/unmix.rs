//! Ink taken apart in linear light: how much of the mark's ink, and how much of another, covers each pixel.

use super::PixelBox;
use super::bands;
use super::light::{Light, Linear, byte, luminance, mixed, reflectance};
use super::locate::{Hue, Rectangle};
use super::photo::Photo;
use super::plane::Plane;
use crate::Colour;

/// The widest region looked at pixel by pixel; larger ones are averaged: twice what 600 dpi asks of a 45 mm seal.
const MOST_SIDE: usize = 2200;

/// The part of the photo the mark is in, one cell for `step` × `step` pixels.
#[derive(Clone, Copy, Debug)]
pub(super) struct Region {
    pub(super) area: Rectangle,
    pub(super) step: usize,
}

impl Region {
    pub(super) fn of(area: Rectangle) -> Self {
        Self {
            area,
            step: area.longer().div_ceil(MOST_SIDE).max(1),
        }
    }

    /// Left and top, in the region's own cells.
    pub(super) fn corner(&self) -> (f64, f64) {
        let own = |pixels: usize| pixels as f64 / self.step as f64;
        (own(self.area.left), own(self.area.top))
    }

    /// A part of the region as pixels of the photo's file; `reduction` as in [`Photo`].
    pub(super) fn in_photo(&self, part: &Rectangle, reduction: usize) -> PixelBox {
        PixelBox {
            x: (self.area.left + part.left * self.step) * reduction,
            y: (self.area.top + part.top * self.step) * reduction,
            width: part.width() * self.step * reduction,
            height: part.height() * self.step * reduction,
        }
    }
}

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

/// Coverage of both inks.
pub(super) struct Cover {
    pub(super) mark: Plane<f32>,
    pub(super) other: Plane<f32>,
}

/// What the region's paper lets through at each place.
pub(super) fn region_reflectance(
    photo: &Photo,
    region: &Region,
    paper: &Plane<Light>,
    cell: usize,
    table: &Linear,
) -> Plane<Light> {
    let (step, area) = (region.step, region.area);
    let (width, height) = (area.width() / step, area.height() / step);
    let mut out = Plane::filled(width, height, [0.0_f32; 3]);
    let rows: Vec<&[u8]> = photo.rows().skip(area.top).take(height * step).collect();
    let share = 1.0 / (step * step) as f32;
    bands::fill_rows(&mut out.cells, width, |line, sums| {
        let centre = (area.top + line * step) as f32 + step as f32 / 2.0;
        let mut light = vec![[0.0_f32; 3]; paper.width];
        paper_row(paper, centre / cell as f32 - 0.5, &mut light);
        for source in rows.get(line * step..(line + 1) * step).unwrap_or_default() {
            add_row(source, region, &light, cell, table, sums);
        }
        for sum in sums {
            *sum = sum.map(|value| value * share);
        }
    });
    out
}

fn paper_row(paper: &Plane<Light>, y: f32, row: &mut [Light]) {
    let y = y.clamp(0.0, paper.height.saturating_sub(1) as f32);
    let (top, lower) = (y as i64, y - (y as i64) as f32);
    for (x, light) in row.iter_mut().enumerate() {
        *light = mixed(paper.near(x as i64, top), paper.near(x as i64, top + 1), lower);
    }
}

fn add_row(source: &[u8], region: &Region, light: &[Light], cell: usize, table: &Linear, sums: &mut [Light]) {
    let left = region.area.left;
    let last = light.len().saturating_sub(1) as f32;
    let pixels = source.chunks_exact(3).enumerate().skip(left);
    for (x, pixel) in pixels {
        let Some(sum) = sums.get_mut((x - left) / region.step) else {
            break;
        };
        let at = ((x as f32 + 0.5) / cell as f32 - 0.5).clamp(0.0, last);
        let column = at as usize;
        let (Some(one), [red, green, blue]) = (light.get(column), pixel) else {
            continue;
        };
        let two = light.get(column + 1).unwrap_or(one);
        let paper = mixed(*one, *two, at - column as f32);
        let [r, g, b] = reflectance([table.of(*red), table.of(*green), table.of(*blue)], paper);
        let [sr, sg, sb] = sum;
        *sr += r;
        *sg += g;
        *sb += b;
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

/// Non-negative least squares of one and of two inks at once: (mark, other, mark if it were alone).
fn solve(light: Light, inks: &Inks) -> (f32, f32, f32) {
    let (one, two, seen) = (missing(inks.mark), missing(inks.other), missing(light));
    let (a, b, c) = (product(one, one), product(two, two), product(one, two));
    let (p, q) = (product(one, seen), product(two, seen));
    let alone = (p / a.max(1e-4)).max(0.0);
    let determinant = a * b - c * c;
    if !inks.two || determinant < 1e-4 {
        return (alone, 0.0, alone);
    }
    let (mark, other) = ((p * b - q * c) / determinant, (q * a - p * c) / determinant);
    match (mark < 0.0, other < 0.0) {
        (true, _) => (0.0, (q / b).max(0.0), alone),
        (false, true) => (alone, 0.0, alone),
        (false, false) => (mark, other, alone),
    }
}

/// Takes the inks apart.
pub(super) fn unmix(seen: &Plane<Light>, inks: &Inks, hue: Hue) -> Cover {
    let mut solved = Plane::filled(seen.width, seen.height, (0.0, 0.0, 0.0));
    bands::fill_rows(&mut solved.cells, seen.width, |line, row| {
        for (solved, light) in row.iter_mut().zip(seen.row(line)) {
            *solved = solve(*light, inks);
        }
    });
    let mark = solved.map(|(mark, _, _)| mark);
    let other = solved.map(|(_, other, _)| other);
    if !inks.two {
        return Cover { mark, other };
    }
    let alone = solved.map(|(_, _, alone)| alone);
    let (tint, cover) = bands::both(
        || tint(seen, inks.mark, hue),
        || without_colour_rims(mark, other, &alone),
    );
    Cover {
        mark: under_the_other(&cover, &tint),
        other: cover.other,
    }
}

/// Cameras keep colour at half the resolution (4:2:0), so the rim of a red stroke looks dark instead of red: close to
/// solid ink and with little of the other, the estimate of one ink alone is trusted.
fn without_colour_rims(mark: Plane<f32>, other: Plane<f32>, alone: &Plane<f32>) -> Cover {
    let close = mark.map(|cover| cover.min(1.0)).blurred(3);
    let mut cover = Cover { mark, other };
    let cells = cover.mark.cells.iter_mut().zip(cover.other.cells.iter_mut());
    for ((mark, other), (close, alone)) in cells.zip(close.cells.iter().zip(&alone.cells)) {
        let near = ((close - 0.12) / 0.22).clamp(0.0, 1.0);
        let little = 1.0 - ((*other - 0.20) / 0.18).clamp(0.0, 1.0);
        *mark += (alone - *mark) * near * little;
        *other = (*other - 0.20 * near * little).max(0.0);
    }
    cover
}

/// Where text hides the mark: its tint still shows when the ink lies over the text; where the text lies over the ink,
/// nothing shows and the surroundings decide.
fn under_the_other(cover: &Cover, tint: &Plane<f32>) -> Plane<f32> {
    let weight = cover.other.map(|other| 1.0 - ((other - 0.15) / 0.25).clamp(0.0, 1.0));
    let around = surroundings(&cover.mark, &weight);
    let shows = tint_shows(&weight, &around, tint);
    let hidden = cover.mark.zip(&around, |mark, around| {
        let guess = ((around - 0.40) / 0.2).clamp(0.0, 1.0) * 0.95;
        (mark, guess.max(mark.min(1.0) * 0.6))
    });
    let guess = hidden.zip(tint, |(mark, guess), tint| {
        let tinted = ((tint - 0.32) / 0.45).clamp(0.0, 1.0);
        (mark, if shows { tinted } else { guess })
    });
    guess.zip(&weight, |(mark, guess), weight| weight * mark + (1.0 - weight) * guess)
}

/// The mark as its visible neighbours have it.
fn surroundings(mark: &Plane<f32>, weight: &Plane<f32>) -> Plane<f32> {
    let radius = (mark.width.max(mark.height) / 220).clamp(2, 8);
    let weighted = mark.zip(weight, |mark, weight| mark * weight);
    let blurred = |radius: usize| (weighted.blurred(radius), weight.blurred(radius));
    let ((near, near_weight), (wide, wide_weight)) = bands::both(|| blurred(radius), || blurred(radius * 3));
    let mean = |sum: f32, weight: f32| if weight > 1e-4 { sum / weight } else { 0.0 };
    let near = near.zip(&near_weight, |sum, weight| {
        (mean(sum, weight), (weight / 0.35).min(1.0))
    });
    let wide = wide.zip(&wide_weight, mean);
    near.zip(&wide, |(near, trust), wide| trust * near + (1.0 - trust) * wide)
}

/// Coverage from the ratio of the channel the ink reflects to those it takes, whatever grey lies below:
/// (1 − c + c·weak) ∕ (1 − c + c·strong).
fn tint(seen: &Plane<Light>, ink: Light, hue: Hue) -> Plane<f32> {
    let split = |[red, green, blue]: Light| match hue {
        Hue::Blue => (blue, 0.5 * (red + green)),
        Hue::Red | Hue::Dark => (red, 0.5 * (green + blue)),
    };
    let (strong, weak) = split(ink);
    let reflected = seen.map(|light| split(light).0).blurred(1);
    let taken = seen.map(|light| split(light).1).blurred(1);
    taken.zip(&reflected, |taken, reflected| {
        let ratio = taken / reflected.max(0.01);
        ((1.0 - ratio) / ((1.0 - weak) - ratio * (1.0 - strong)).max(0.05)).clamp(0.0, 1.0)
    })
}

/// Whether text in the midst of the mark's ink is tinted by it, as when the seal was stamped on a printed page.
fn tint_shows(weight: &Plane<f32>, around: &Plane<f32>, tint: &Plane<f32>) -> bool {
    let hidden = weight.cells.iter().zip(&around.cells).zip(&tint.cells);
    let tints = hidden.filter(|((weight, around), _)| **weight < 0.2 && **around > 0.9);
    let (tinted, all) = tints.fold((0, 0), |(tinted, all), (_, tint)| {
        (tinted + usize::from(*tint > 0.45), all + 1)
    });
    tinted * 2 > all
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
