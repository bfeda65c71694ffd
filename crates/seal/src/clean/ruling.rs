//! Ruled paper: long, thin, pale lines are found and taken for part of the paper.

use super::bands;
use super::fit::{dot, median, trimmed};
use super::light::{Light, luminance};
use super::plane::Plane;

/// Steepest line looked for, as rise over run; steeper ones belong to the turned plane.
const STEEPEST: f64 = 0.36;
/// Slopes tried between them.
const SLOPES: usize = 241;
/// Most points that say which slopes there are.
const MOST_VOTERS: usize = 10_000;
/// Most lines of one direction.
const MOST_LINES: usize = 90;
/// Darkening that counts as a line at all.
const FAINTEST: f32 = 0.018;
/// Share of the width along which a line must be seen.
const LEAST_SEEN: f64 = 0.42;
/// Share of that along which something else may stand close beside it.
const MOST_BESIDE: f64 = 0.4;
/// A line lets at least this much light through, or it is ink.
const DARKEST: f32 = 0.18;
/// Bins of a profile for each unit across.
const BINS: f64 = 2.0;

/// A line across the plane: `y = terms(x) · coefficients`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rule {
    curve: [f64; 3],
    width: f64,
}

impl Rule {
    fn at(&self, x: f64) -> f64 {
        dot(&terms(x, self.width), &self.curve)
    }

    /// The points at most `reach` above or below it: column, row, ridge.
    fn near<'a>(&'a self, ridges: &'a Plane<f32>, reach: f64) -> impl Iterator<Item = (f64, f64, f64)> + 'a {
        (0..ridges.width).flat_map(move |x| {
            let centre = self.at(x as f64);
            let rows = whole(centre - reach, centre + reach, ridges.height);
            rows.map(move |y| (x as f64, y as f64, f64::from(ridges.at(x, y))))
                .filter(|(_, _, ridge)| *ridge > 0.0)
        })
    }

    /// In how many columns, looking at every `step`th, there are points at such a distance.
    fn columns(&self, ridges: &Plane<f32>, step: usize, apart: std::ops::Range<f64>) -> f64 {
        let columns = (0..ridges.width).step_by(step).filter(|x| {
            let centre = self.at(*x as f64);
            let mut rows = whole(centre - apart.end, centre + apart.end, ridges.height);
            rows.any(|y| ridges.at(*x, y) > 0.0 && apart.contains(&(y as f64 - centre).abs()))
        });
        (columns.count() * step) as f64
    }
}

/// The whole numbers between two others, held inside `0..count`.
fn whole(from: f64, to: f64, count: usize) -> std::ops::Range<usize> {
    let end = if to < 0.0 {
        0
    } else {
        (to as usize).saturating_add(1).min(count)
    };
    (libm::ceil(from) as usize).min(end)..end
}

/// Constant, linear and square term of a place along a line, scaled to −1…1.
fn terms(x: f64, width: f64) -> [f64; 3] {
    let t = 2.0 * x / width.max(1.0) - 1.0;
    [1.0, t, t * t]
}

/// The ruled lines of a map, lying and standing.
pub(super) struct Rules {
    lying: Vec<Rule>,
    standing: Vec<Rule>,
}

impl Rules {
    /// Finds them on the small map of reflectances.
    pub(super) fn find(seen: &Plane<Light>) -> Self {
        let (lying, standing) = bands::both(|| lines(seen), || lines(&seen.turned()));
        Self { lying, standing }
    }

    /// The map as it would be on unruled paper.
    pub(super) fn lifted(&self, mut seen: Plane<Light>) -> Plane<Light> {
        lifted_along(&mut Sheet::lying(&mut seen), &self.lying, 2.0, &|rule, x| rule.at(x));
        lifted_along(&mut Sheet::standing(&mut seen), &self.standing, 2.0, &|rule, x| {
            rule.at(x)
        });
        seen
    }

    /// A region at full resolution as it would be on unruled paper; `scale` its pixels to a cell of the map,
    /// `(left, top)` its corner in its own pixels.
    pub(super) fn lifted_region(&self, mut seen: Plane<Light>, scale: f64, corner: (f64, f64)) -> Plane<Light> {
        let (left, top) = corner;
        let place = |along: f64, across: f64| {
            move |rule: &Rule, x: f64| (rule.at((x + 0.5 + along) / scale - 0.5) + 0.5) * scale - across - 0.5
        };
        lifted_along(
            &mut Sheet::lying(&mut seen),
            &self.lying,
            1.5 * scale,
            &place(left, top),
        );
        lifted_along(
            &mut Sheet::standing(&mut seen),
            &self.standing,
            1.5 * scale,
            &place(top, left),
        );
        seen
    }
}

/// A plane along whose first axis lines run, whichever way it lies.
struct Sheet<'a> {
    plane: &'a mut Plane<Light>,
    /// Cells along and across the lines, and how far apart neighbours are in the plane.
    size: (usize, usize),
    strides: (usize, usize),
}

impl<'a> Sheet<'a> {
    fn lying(plane: &'a mut Plane<Light>) -> Self {
        let (size, strides) = ((plane.width, plane.height), (1, plane.width));
        Self { plane, size, strides }
    }

    fn standing(plane: &'a mut Plane<Light>) -> Self {
        let (size, strides) = ((plane.height, plane.width), (plane.width, 1));
        Self { plane, size, strides }
    }

    fn at(&self, x: usize, y: usize) -> Light {
        let cell = self.plane.cells.get(x * self.strides.0 + y * self.strides.1);
        cell.copied().unwrap_or_default()
    }

    fn change(&mut self, x: usize, y: usize, change: impl Fn(Light) -> Light) {
        if let Some(cell) = self.plane.cells.get_mut(x * self.strides.0 + y * self.strides.1) {
            *cell = change(*cell);
        }
    }
}

/// How much darker each cell is than both its surroundings above and below.
fn ridges(seen: &Plane<Light>) -> Plane<f32> {
    let dark = seen.map(|[red, green, blue]| (1.0 - red.min(green).min(blue)).clamp(0.0, 0.6));
    let mut cells = Vec::with_capacity(dark.cells.len());
    let last = dark.height.saturating_sub(1);
    for y in 0..dark.height {
        let (above, below) = (dark.row(y.saturating_sub(3)), dark.row((y + 3).min(last)));
        for (own, (above, below)) in dark.row(y).iter().zip(above.iter().zip(below)) {
            let ridge = own - if above > below { above } else { below };
            cells.push(if ridge > FAINTEST { ridge.min(0.15) } else { 0.0 });
        }
    }
    Plane {
        width: dark.width,
        height: dark.height,
        cells,
    }
}

fn lines(seen: &Plane<Light>) -> Vec<Rule> {
    let ridges = ridges(seen);
    let points: Vec<(f32, f32, f32)> = ridges
        .places()
        .filter(|(_, _, ridge)| *ridge > 0.0)
        .map(|(x, y, ridge)| (x as f32, y as f32, ridge))
        .collect();
    let (width, height) = (seen.width as f64, seen.height as f64);
    if points.len() < (seen.width / 2).max(20) {
        return Vec::new();
    }
    let mut found: Vec<Rule> = Vec::new();
    for (slope, middle) in peaks(&points, width, height) {
        let apart = |at: f64| move |other: &Rule| (other.at(width / 2.0) - at).abs() > 2.5;
        let straight = Rule {
            curve: [middle, slope * width / 2.0, 0.0],
            width,
        };
        let guess = straight.columns(&ridges, 3, 0.0..1.6);
        if !found.iter().all(apart(middle)) || straight.columns(&ridges, 3, 2.6..5.0) > 0.8 * guess {
            continue;
        }
        if let Some(rule) = traced(&ridges, straight)
            && found.iter().all(apart(rule.at(width / 2.0)))
        {
            found.push(rule);
        }
    }
    found
}

/// Slopes, and heights in the middle, of the straight lines most points lie on.
fn peaks(points: &[(f32, f32, f32)], width: f64, height: f64) -> Vec<(f64, f64)> {
    let bins = height as usize + 1;
    let sample = points.len().div_ceil(MOST_VOTERS).max(1);
    let half = width as f32 / 2.0;
    // Half a row more, so that cutting off rounds.
    let voters: Vec<(f32, f32, f32)> = points
        .iter()
        .step_by(sample)
        .map(|(x, y, ridge)| (x - half, y + 0.5, *ridge))
        .collect();
    let mut best: Vec<(f64, f64, f64)> = vec![(0.0, 0.0, 0.0); bins];
    let mut votes = vec![0.0_f32; bins];
    for step in 0..SLOPES {
        let slope = STEEPEST * (2.0 * step as f64 / (SLOPES - 1) as f64 - 1.0);
        votes.fill(0.0);
        for (x, y, ridge) in &voters {
            // What lies above the first row gets a place beyond the last one.
            let middle = (y - slope as f32 * x) as i32 as usize;
            if let Some(vote) = votes.get_mut(middle) {
                *vote += ridge;
            }
        }
        for ((place, vote), best) in votes.iter().enumerate().zip(best.iter_mut()) {
            if f64::from(*vote) > best.2 {
                *best = (slope, place as f64, f64::from(*vote));
            }
        }
    }
    let least = width / sample as f64 * f64::from(FAINTEST) * LEAST_SEEN;
    best.retain(|(_, _, votes)| *votes > least);
    best.sort_by(|a, b| b.2.total_cmp(&a.2));
    best.truncate(MOST_LINES * 3);
    best.into_iter().map(|(slope, middle, _)| (slope, middle)).collect()
}

/// Follows a straight guess along the points close to it.
fn traced(ridges: &Plane<f32>, guess: Rule) -> Option<Rule> {
    let mut rule = guess;
    for reach in [2.6, 1.8, 1.5] {
        let near: Vec<([f64; 3], f64, f64)> = rule
            .near(ridges, reach)
            .map(|(x, y, ridge)| (terms(x, rule.width), y, ridge))
            .collect();
        if near.len() < 20 {
            return None;
        }
        rule.curve = trimmed(&near, 0.7)?.0;
    }
    // A row of print has strokes everywhere, a ruled line stands alone.
    let (seen, beside) = (rule.columns(ridges, 1, 0.0..1.1), rule.columns(ridges, 1, 1.9..5.0));
    let [_, _, bend] = rule.curve;
    let lone = beside < MOST_BESIDE * seen;
    (lone && seen > LEAST_SEEN * rule.width && bend.abs() < 0.02 * rule.width).then_some(rule)
}

/// Divides the plane by the profile of each line.
fn lifted_along(seen: &mut Sheet<'_>, rules: &[Rule], reach: f64, at: &impl Fn(&Rule, f64) -> f64) {
    let (width, height) = (seen.size.0 as f64, seen.size.1 as f64);
    for rule in rules {
        let place = |x: f64| at(rule, x);
        let crosses = [0.0, 0.5, 1.0].map(|share| place(share * width));
        if crosses.iter().all(|y| *y < -reach || *y > height + reach) {
            continue;
        }
        let correction = centred(seen, &place, reach);
        let exact = |x: f64| place(x) + correction.map_or(0.0, |curve| dot(&terms(x, width), &curve));
        if let Some(profile) = profile(seen, &exact, reach) {
            divide(seen, &profile, &exact, reach);
        }
    }
}

/// How far the line really lies from the guess, as a curve; `None` when it is hardly seen.
fn centred(seen: &Sheet<'_>, place: &impl Fn(f64) -> f64, reach: f64) -> Option<[f64; 3]> {
    let dark = |x: usize, y: i64| f64::from(1.0 - luminance(seen.at(x, y as usize))).max(0.0);
    let mut samples = Vec::new();
    for x in (0..seen.size.0).step_by(3) {
        let centre = place(x as f64);
        let (from, to) = (libm::round(centre - reach) as i64, libm::round(centre + reach) as i64);
        if from < 0 || to >= seen.size.1 as i64 {
            continue;
        }
        let base = dark(x, from).min(dark(x, to));
        let weights = (from..=to).map(|y| ((dark(x, y) - base).max(0.0), y as f64 - centre));
        let (sum, moment) = weights.fold((0.0, 0.0), |(sum, moment), (weight, off)| {
            (sum + weight, moment + weight * off)
        });
        if sum > 0.02 {
            samples.push((x as f64, moment / sum, sum));
        }
    }
    let mut sums: Vec<f64> = samples.iter().map(|sample| sample.2).collect();
    let usual = median(&mut sums)?;
    let width = seen.size.0 as f64;
    let clean: Vec<([f64; 3], f64, f64)> = samples
        .iter()
        .filter(|(_, _, sum)| (0.5 * usual..1.6 * usual).contains(sum))
        .map(|(x, off, _)| (terms(*x, width), *off, 1.0))
        .collect();
    if clean.len() < 30 {
        return None;
    }
    let (curve, stayed) = trimmed(&clean, 0.4)?;
    (stayed > 0.4).then_some(curve)
}

/// What the line lets through at each distance from its centre: the median along it, so that ink across it does not
/// count. `None` for ink-dark lines.
fn profile(seen: &Sheet<'_>, place: &impl Fn(f64) -> f64, reach: f64) -> Option<Vec<Light>> {
    let bins = (2.0 * reach * BINS) as usize + 2;
    let mut channels: Vec<[Vec<f32>; 3]> = vec![Default::default(); bins];
    for x in (0..seen.size.0).step_by(2) {
        let centre = place(x as f64);
        for y in whole(centre - reach, centre + reach, seen.size.1) {
            let bin = ((y as f64 - centre + reach) * BINS + 0.5) as usize;
            if let Some([red, green, blue]) = channels.get_mut(bin) {
                let [r, g, b] = seen.at(x, y);
                red.push(r);
                green.push(g);
                blue.push(b);
            }
        }
    }
    let middle = |values: &mut Vec<f32>| {
        let place = values.len() / 2;
        if values.len() < 12 {
            1.0
        } else {
            *values.select_nth_unstable_by(place, f32::total_cmp).1
        }
    };
    let mut profile: Vec<Light> = channels
        .iter_mut()
        .map(|[red, green, blue]| [middle(red), middle(green), middle(blue)])
        .collect();
    profile
        .iter_mut()
        .for_each(|light| *light = light.map(|value| value.clamp(0.05, 1.0)));
    let darkest = profile.iter().map(|light| luminance(*light)).fold(1.0, f32::min);
    (DARKEST..0.99).contains(&darkest).then_some(profile)
}

fn divide(seen: &mut Sheet<'_>, profile: &[Light], place: &impl Fn(f64) -> f64, reach: f64) {
    for x in 0..seen.size.0 {
        let centre = place(x as f64);
        for y in whole(centre - reach, centre + reach, seen.size.1) {
            let at = (y as f64 - centre + reach) * BINS;
            let (bin, share) = (at as usize, (at - (at as usize) as f64) as f32);
            if let (Some(low), Some(high)) = (profile.get(bin), profile.get(bin + 1)) {
                let line = super::light::mixed(*low, *high, share);
                seen.change(x, y, |light| super::light::reflectance(light, line));
            }
        }
    }
}
