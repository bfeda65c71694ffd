//! Where the mark is: the ink that stands out from the paper on the small map, gathered into one cluster.

use std::collections::BTreeSet;

use super::MarkKind;
use super::light::{Light, Map, luminance};
use super::pieces::{Run, runs};
use super::plane::Plane;

/// What the ink looks like beside paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hue {
    /// Vermilion, crimson: the ink of seals.
    Red,
    /// Blue or violet.
    Blue,
    /// Black, grey, and pens of any dark colour.
    Dark,
}

impl Hue {
    /// The hue of an ink that is not red.
    pub(super) fn of(ink: Light) -> Self {
        if Self::Blue.strength(ink) > least_strength(Self::Blue) {
            Self::Blue
        } else {
            Self::Dark
        }
    }

    /// How much of this ink a reflectance shows, roughly 0–1.
    pub(super) fn strength(self, light: Light) -> f32 {
        let [red, green, blue] = light;
        match self {
            Self::Red => red - 0.5 * (green + blue),
            Self::Blue => blue - 0.5 * (red + green),
            Self::Dark => 1.0 - luminance(light),
        }
    }

    /// As `strength`, but red ink under a signature counts little.
    fn signature_strength(light: Light) -> f32 {
        let [red, green, blue] = light;
        1.0 - red.max(green).max(blue)
    }
}

/// A rectangle of cells or pixels: left, top, and the first column and row that no longer belong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rectangle {
    pub(super) left: usize,
    pub(super) top: usize,
    pub(super) right: usize,
    pub(super) bottom: usize,
}

impl Rectangle {
    pub(super) fn width(&self) -> usize {
        self.right.saturating_sub(self.left)
    }

    pub(super) fn height(&self) -> usize {
        self.bottom.saturating_sub(self.top)
    }

    pub(super) fn longer(&self) -> usize {
        self.width().max(self.height())
    }

    pub(super) fn joined(&self, other: &Self) -> Self {
        Self {
            left: self.left.min(other.left),
            top: self.top.min(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }

    /// Wider by `margin` on every side, held inside `width` × `height`.
    pub(super) fn widened(&self, margin: usize, width: usize, height: usize) -> Self {
        Self {
            left: self.left.saturating_sub(margin),
            top: self.top.saturating_sub(margin),
            right: self.right.saturating_add(margin).min(width),
            bottom: self.bottom.saturating_add(margin).min(height),
        }
    }

    /// Held inside another.
    pub(super) fn within(&self, other: &Self) -> Self {
        Self {
            left: self.left.max(other.left),
            top: self.top.max(other.top),
            right: self.right.min(other.right),
            bottom: self.bottom.min(other.bottom),
        }
    }

    /// In units `scale` times as small.
    pub(super) fn scaled(&self, scale: usize) -> Self {
        Self {
            left: self.left * scale,
            top: self.top * scale,
            right: self.right * scale,
            bottom: self.bottom * scale,
        }
    }

    fn meets(&self, other: &Self) -> bool {
        self.left < other.right && other.left < self.right && self.top < other.bottom && other.top < self.bottom
    }
}

/// The cluster of ink taken for the mark.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub(super) kind: MarkKind,
    pub(super) hue: Hue,
    /// In cells of the map.
    pub(super) area: Rectangle,
}

/// A seal is at most this many times as long as it is wide; a ruled line at the edge of a photo is longer.
const LONGEST_SEAL: usize = 4;

/// What may be meant, the likeliest first.
pub(super) fn tries(wanted: Option<MarkKind>) -> &'static [(MarkKind, Hue)] {
    match wanted {
        Some(MarkKind::Seal) => &[
            (MarkKind::Seal, Hue::Red),
            (MarkKind::Seal, Hue::Blue),
            (MarkKind::Seal, Hue::Dark),
        ],
        Some(MarkKind::Signature) => &[(MarkKind::Signature, Hue::Dark), (MarkKind::Signature, Hue::Red)],
        None => &[(MarkKind::Seal, Hue::Red), (MarkKind::Signature, Hue::Dark)],
    }
}

/// The mark of one kind and hue, within the cells a person wants looked at, or anywhere.
pub(super) fn find(seen: &Plane<Light>, (kind, hue): (MarkKind, Hue), window: Option<Rectangle>) -> Option<Found> {
    let inside = |x: usize, y: usize| {
        window.is_none_or(|window| (window.left..window.right).contains(&x) && (window.top..window.bottom).contains(&y))
    };
    let ink = InkMap::of(seen, kind, hue, inside);
    if ink.count <= seen.cells.len() / 4000 {
        return None;
    }
    let area = match window {
        Some(_) => ink.whole(),
        None => ink
            .cluster(kind)
            .filter(|area| kind == MarkKind::Signature || is_compact(area)),
    }?;
    Some(Found { kind, hue, area })
}

fn is_compact(area: &Rectangle) -> bool {
    area.longer() <= LONGEST_SEAL * area.width().min(area.height())
}

/// Cells that hold ink of one hue, and how much.
struct InkMap {
    strength: Plane<f32>,
    count: usize,
}

/// Strengths of hues below which nothing is ink.
fn least_strength(hue: Hue) -> f32 {
    match hue {
        Hue::Red => 0.05,
        Hue::Blue => 0.07,
        Hue::Dark => 0.08,
    }
}

impl InkMap {
    fn of(seen: &Plane<Light>, kind: MarkKind, hue: Hue, inside: impl Fn(usize, usize) -> bool) -> Self {
        let mut strength = seen.map(|light| match (kind, hue) {
            (MarkKind::Signature, Hue::Dark) => Hue::signature_strength(light).max(0.0),
            _ => hue.strength(light).max(0.0),
        });
        let width = strength.width;
        let least = threshold(&strength.cells, least_strength(hue));
        for (place, cell) in strength.cells.iter_mut().enumerate() {
            if *cell < least || !inside(place % width.max(1), place / width.max(1)) {
                *cell = 0.0;
            }
        }
        if hue == Hue::Dark {
            without_desk(&mut strength);
        }
        let count = strength.cells.iter().filter(|cell| **cell > 0.0).count();
        Self { strength, count }
    }

    /// Everything there is.
    fn whole(&self) -> Option<Rectangle> {
        let places = self.strength.places().filter(|(_, _, ink)| *ink > 0.0);
        places
            .map(|(x, y, _)| cell_at(x, y))
            .reduce(|one, two| one.joined(&two))
    }

    /// The heaviest group of neighbouring ink, with what stands close to it.
    fn cluster(&self, kind: MarkKind) -> Option<Rectangle> {
        let reach = match kind {
            MarkKind::Seal => 4,
            MarkKind::Signature => 6,
        };
        let parts = parts(&self.strength, reach);
        let heaviest = parts.iter().max_by(|a, b| a.standing.total_cmp(&b.standing))?;
        let (mut area, mut mass) = (heaviest.area, heaviest.mass);
        loop {
            let gap = match kind {
                MarkKind::Seal => area.longer() / 14,
                MarkKind::Signature => area.width().min(area.height()) * 6 / 10,
            };
            let near = area.widened(gap, usize::MAX, usize::MAX);
            let joined: Vec<&Part> = parts
                .iter()
                .filter(|part| part.area.meets(&near) && part.mass > 0.004 * mass)
                .collect();
            let wider = joined.iter().fold(area, |area, part| area.joined(&part.area));
            if wider == area {
                return Some(area);
            }
            area = wider;
            mass = joined.iter().map(|part| part.mass).sum();
        }
    }
}

fn cell_at(x: usize, y: usize) -> Rectangle {
    Rectangle {
        left: x,
        top: y,
        right: x + 1,
        bottom: y + 1,
    }
}

/// Well above the paper's noise, and a third of what strong ink shows.
fn threshold(strengths: &[f32], least: f32) -> f32 {
    let quartiles = |share: usize, values: &mut Vec<f32>| {
        let place = values.len() * share / 100;
        if place >= values.len() {
            return 0.0;
        }
        *values.select_nth_unstable_by(place, f32::total_cmp).1
    };
    let mut sample: Vec<f32> = strengths.iter().step_by(7).copied().collect();
    let (middle, upper) = (quartiles(50, &mut sample), quartiles(75, &mut sample));
    let noise = (middle + 8.0 * (upper - middle)).clamp(least, 0.25);
    let mut strong: Vec<f32> = strengths.iter().filter(|value| **value > noise).copied().collect();
    if strong.len() < 50 {
        return noise;
    }
    noise.max(quartiles(97, &mut strong) * 0.30)
}

/// Dark areas at the photo's edge that are wider than any stroke are the desk, not ink.
fn without_desk(strength: &mut Plane<f32>) {
    let solid = strength.map(|ink| if ink > 0.0 { 1.0 } else { 0.0 });
    let thick = (strength.width.max(strength.height) / 60).max(3);
    let cores = solid.eroded(thick);
    if cores.cells.iter().all(|core| *core == 0.0) {
        return;
    }
    let runs = runs(&solid, |cell| cell > 0.0);
    let (right, bottom) = (strength.width, strength.height.saturating_sub(1));
    let at_edge = |run: &&Run| run.row == 0 || run.row == bottom || run.left == 0 || run.right == right;
    let with_core = |run: &&Run| run.of(&cores).iter().any(|core| *core > 0.0);
    let number = |run: &Run| run.piece;
    let edge: BTreeSet<usize> = runs.runs.iter().filter(at_edge).map(number).collect();
    let desk: BTreeSet<usize> = runs.runs.iter().filter(with_core).map(number).collect();
    for run in runs
        .runs
        .iter()
        .filter(|run| edge.contains(&run.piece) && desk.contains(&run.piece))
    {
        let start = run.row * right + run.left;
        if let Some(cells) = strength.cells.get_mut(start..start + run.right - run.left) {
            cells.fill(0.0);
        }
    }
}

/// A connected area of ink.
struct Part {
    area: Rectangle,
    mass: f64,
    /// Mass, less towards the photo's edge.
    standing: f64,
}

fn parts(strength: &Plane<f32>, reach: usize) -> Vec<Part> {
    let wide = strength.map(|ink| if ink > 0.0 { 1.0 } else { 0.0 }).dilated(reach);
    let runs = runs(&wide, |cell| cell > 0.0);
    let mut found: Vec<Option<Part>> = std::iter::repeat_with(|| None).take(runs.pieces).collect();
    for run in &runs.runs {
        for (x, ink) in (run.left..).zip(run.of(strength)).filter(|(_, ink)| **ink > 0.0) {
            let off = |place: usize, of: usize| (place as f64 / of.max(1) as f64 - 0.5).abs();
            let central = 1.0 - off(x, strength.width).max(off(run.row, strength.height));
            let Some(part) = found.get_mut(run.piece) else { continue };
            let part = part.get_or_insert(Part {
                area: cell_at(x, run.row),
                mass: 0.0,
                standing: 0.0,
            });
            part.area = part.area.joined(&cell_at(x, run.row));
            part.mass += f64::from(*ink);
            part.standing += f64::from(*ink) * central;
        }
    }
    found.into_iter().flatten().collect()
}

/// The small map as the paper would let it be seen: reflectances.
pub(super) fn reflectances(map: &Map, paper: &Plane<Light>) -> Plane<Light> {
    map.mean.zip(paper, super::light::reflectance)
}
