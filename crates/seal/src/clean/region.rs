//! The part of the photo the mark is in, pixel by pixel, as its paper would let it be seen.

use super::PixelBox;
use super::bands;
use super::light::{Light, Linear, Sum, mixed};
use super::locate::Rectangle;
use super::photo::Photo;
use super::plane::Plane;

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

/// Ratios above this are glare.
const GLARE: f32 = 1.3;

/// Between which two columns of the small map a pixel lies, and how far towards the second.
type Between = (usize, f32);

/// What the region's paper lets through at each place.
pub(super) fn reflectance(
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
    let own = area.left * 3..(area.left + width * step) * 3;
    let on_map = |pixel: usize| (pixel as f32 + step as f32 / 2.0) / cell as f32 - 0.5;
    let columns: Vec<Between> = (0..width)
        .map(|x| between(on_map(area.left + x * step), paper.width))
        .collect();
    bands::fill_rows(&mut out.cells, width, |line, row| {
        let lamp = inverse_row(paper, between(on_map(area.top + line * step), paper.height));
        let sources = rows.get(line * step..(line + 1) * step).unwrap_or_default();
        let parts: Vec<&[u8]> = sources.iter().filter_map(|source| source.get(own.clone())).collect();
        for ((out, sum), (column, share)) in row.iter_mut().zip(sums(&parts, step, table)).zip(&columns) {
            let (one, two) = (lamp.get(*column), lamp.get(column + 1));
            let (one, two) = (one.copied().unwrap_or_default(), two.copied().unwrap_or_default());
            *out = times(sum, mixed(one, two, *share)).map(|value| if value < GLARE { value } else { GLARE });
        }
    });
    out
}

fn times([a, b, c]: Light, [d, e, f]: Light) -> Light {
    [a * d, b * e, c * f]
}

/// A place held inside `0..count`, and the share of the next one.
fn between(at: f32, count: usize) -> Between {
    let at = at.clamp(0.0, count.saturating_sub(1) as f32);
    (at as usize, at - (at as usize) as f32)
}

/// One over the paper's light along a row of the photo, with one value more than the map is wide.
fn inverse_row(paper: &Plane<Light>, (row, share): Between) -> Vec<Light> {
    let upper = paper.row(row);
    let lower = if row + 1 < paper.height {
        paper.row(row + 1)
    } else {
        upper
    };
    let lights = upper
        .iter()
        .zip(lower)
        .map(|(upper, lower)| mixed(*upper, *lower, share));
    let mut row: Vec<Light> = lights.map(|light| light.map(|value| 1.0 / value.max(1e-4))).collect();
    row.extend(row.last().copied());
    row
}

/// The light of each square of `step` × `step` pixels.
fn sums<'a>(parts: &'a [&[u8]], step: usize, table: &'a Linear) -> impl Iterator<Item = Light> + 'a {
    let (wide, share) = (3 * step, Sum::share((step * step) as f32));
    let length = parts.first().map_or(0, |part| part.len() / wide);
    (0..length).map(move |place| {
        let mut sum = Sum::default();
        for pixels in parts
            .iter()
            .filter_map(|part| part.get(place * wide..(place + 1) * wide))
        {
            pixels
                .as_chunks::<3>()
                .0
                .iter()
                .for_each(|pixel| sum.add(*pixel, table));
        }
        sum.times(share)
    })
}
