//! Light on the paper: linear values, a small map of the photo, and the colour the bare paper would have everywhere.

use super::bands;
use super::photo::Photo;
use super::plane::Plane;

/// Red, green, blue in linear light, 0–1.
pub(super) type Light = [f32; 3];

/// How many cells the longer side of the small map has, about.
const MAP_CELLS: usize = 500;
/// Half the window of the closing that finds the local paper brightness, in cells: wider than any pen stroke.
const CLOSING_CELLS: usize = 30;
/// Paper is at least this bright beside the closing's value.
const SURE_PAPER: f32 = 0.86;
/// How far apart the colours of paper and of a cell may be, in shares of red and green.
const CHROMA_TOLERANCE: f32 = 0.030;
/// Brightness ratio that a shadow may have from one cell to the next; the edge of ink is steeper.
const SOFT_STEP: f32 = 0.055;
/// A shadow leaves at least this part of the light.
const DEEPEST_SHADOW: f32 = 0.22;

/// sRGB bytes to linear light in whole steps, so that sums of pixels are exact and quick.
pub(super) struct Linear([u32; 256]);

/// Steps of full light.
const FULL: f32 = 65535.0;

impl Linear {
    pub(super) fn new() -> Self {
        let mut table = [0; 256];
        for (byte, value) in table.iter_mut().enumerate() {
            *value = (linear(byte as f32 / 255.0) * FULL + 0.5) as u32;
        }
        Self(table)
    }

    fn of(&self, byte: u8) -> u32 {
        self.0.get(usize::from(byte)).copied().unwrap_or_default()
    }
}

/// Light of some pixels together, in steps.
#[derive(Clone, Copy, Default)]
pub(super) struct Sum([u32; 3]);

impl Sum {
    /// Adds a pixel; `mask` is all ones, or nothing is added.
    fn add_if(&mut self, [red, green, blue]: [u8; 3], mask: u32, table: &Linear) {
        let Self([r, g, b]) = self;
        *r = r.wrapping_add(table.of(red) & mask);
        *g = g.wrapping_add(table.of(green) & mask);
        *b = b.wrapping_add(table.of(blue) & mask);
    }

    pub(super) fn add(&mut self, pixel: [u8; 3], table: &Linear) {
        self.add_if(pixel, u32::MAX, table);
    }

    /// The mean of `count` pixels.
    fn mean(&self, count: f32) -> Light {
        self.times(Self::share(count))
    }

    /// What the sum of `count` pixels is to be taken times for their mean.
    pub(super) fn share(count: f32) -> f32 {
        1.0 / (count.max(1.0) * FULL)
    }

    pub(super) fn times(&self, share: f32) -> Light {
        // No sum comes near 2³¹, and signed numbers are converted faster.
        self.0.map(|sum| sum.cast_signed() as f32 * share)
    }
}

fn linear(value: f32) -> f32 {
    if value <= 0.040_45 {
        value / 12.92
    } else {
        libm::powf((value + 0.055) / 1.055, 2.4)
    }
}

/// Linear light as an sRGB byte.
pub(super) fn byte(value: f32) -> u8 {
    let value = value.clamp(0.0, 1.0);
    let coded = if value <= 0.003_130_8 {
        value * 12.92
    } else {
        1.055 * libm::powf(value, 1.0 / 2.4) - 0.055
    };
    (coded * 255.0 + 0.5) as u8
}

pub(super) fn luminance([red, green, blue]: Light) -> f32 {
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/// One light over another, as a filter would let it through; ratios above 1.3 are glare.
pub(super) fn reflectance(light: Light, paper: Light) -> Light {
    let [r, g, b] = light;
    let [pr, pg, pb] = paper;
    let over = |value: f32, of: f32| (value / of.max(1e-4)).min(1.3);
    [over(r, pr), over(g, pg), over(b, pb)]
}

/// The photo in little: each cell stands for `cell` × `cell` pixels.
pub(super) struct Map {
    pub(super) cell: usize,
    /// Mean of each cell.
    pub(super) mean: Plane<Light>,
    /// Mean of each cell's brighter half: the paper between strokes.
    pub(super) bright: Plane<Light>,
}

impl Map {
    pub(super) fn of(photo: &Photo, table: &Linear) -> Self {
        let cell = (photo.width.max(photo.height) / MAP_CELLS).max(1);
        let (width, height) = (photo.width / cell, photo.height / cell);
        let rows: Vec<&[u8]> = photo.rows().collect();
        let mut cells = vec![([0.0; 3], [0.0; 3]); width * height];
        bands::fill_rows(&mut cells, width, |line, cells| {
            let band = rows.get(line * cell..(line + 1) * cell).unwrap_or_default();
            shrink_band(band, cell, table, cells);
        });
        let (mean, bright) = cells.into_iter().unzip();
        let plane = |cells| Plane { width, height, cells };
        Self {
            cell,
            mean: plane(mean),
            bright: plane(bright),
        }
    }
}

/// Mean, and mean of the brighter half, of every cell.
fn shrink_band(band: &[&[u8]], cell: usize, table: &Linear, cells: &mut [(Light, Light)]) {
    for (column, out) in cells.iter_mut().enumerate() {
        let own = column * cell * 3..(column + 1) * cell * 3;
        let parts = band.iter().filter_map(|row| row.get(own.clone()));
        *out = if cell < ENOUGH_EACH_WAY {
            shrunk(parts.flat_map(|part| part.as_chunks::<3>().0).copied(), table)
        } else {
            shrunk(parts.enumerate().flat_map(every_other), table)
        };
    }
}

/// Pixels along a side from which on every other one tells enough: neighbours in a photo are much alike.
const ENOUGH_EACH_WAY: usize = 4;

/// The pixels of a row that lie on a chessboard's squares of one colour.
fn every_other((row, part): (usize, &[u8])) -> impl Iterator<Item = [u8; 3]> + Clone {
    let pairs = part.as_chunks::<6>().0.iter();
    let odd = row % 2 == 1;
    pairs.map(move |[a, b, c, d, e, f]| if odd { [*d, *e, *f] } else { [*a, *b, *c] })
}

fn shrunk(pixels: impl Iterator<Item = [u8; 3]> + Clone, table: &Linear) -> (Light, Light) {
    let greens = pixels.clone().map(|[_, green, _]| u32::from(green));
    let (green, count) = greens.fold((0, 0), |(sum, count), green| (sum + green, count + 1));
    let least = (green / count.max(1)) as u8;
    let (mut all, mut upper, mut bright) = (Sum::default(), Sum::default(), 0_u32);
    pixels.for_each(|pixel| {
        let [_, green, _] = pixel;
        let counts = u32::from(green >= least);
        all.add(pixel, table);
        upper.add_if(pixel, counts.wrapping_neg(), table);
        bright += counts;
    });
    (all.mean(count as f32), upper.mean(bright as f32))
}

/// The light that bare paper would send from every cell.
pub(super) fn paper_light(map: &Map) -> Plane<Light> {
    let brightness = map.bright.map(luminance);
    let (closed, sheet) = bands::both(
        || brightness.dilated(CLOSING_CELLS).eroded(CLOSING_CELLS),
        || sheet_colour(&map.bright),
    );
    let clean = paper_cells(map, &brightness, &closed, sheet);
    let mut light = map.bright.clone();
    // The cells beside ink hold some of it.
    let inner = clean.eroded(1);
    let enough = inner.cells.iter().sum::<f32>() > 0.08 * inner.cells.len() as f32;
    pull(&mut light, if enough { &inner } else { &clean });
    smoothed(&light)
}

/// Shares of red and green in a light.
fn chroma([red, green, blue]: Light) -> (f32, f32) {
    let sum = (red + green + blue).max(1e-5);
    (red / sum, green / sum)
}

/// The commonest colour, bright cells counting more: the paper's.
fn sheet_colour(bright: &Plane<Light>) -> (f32, f32) {
    const STEPS: usize = 64;
    let mut votes = Plane::filled(STEPS, STEPS, 0.0_f32);
    for light in &bright.cells {
        let (red, green) = chroma(*light);
        let at = |share: f32| ((share * STEPS as f32) as usize).min(STEPS - 1);
        let place = at(green) * STEPS + at(red);
        if let Some(vote) = votes.cells.get_mut(place) {
            *vote += luminance(*light);
        }
    }
    let votes = votes.blurred(1);
    let best = votes.places().max_by(|a, b| a.2.total_cmp(&b.2));
    let (column, row) = best.map_or((21, 21), |(x, y, _)| (x, y));
    let centre = |step: usize| (step as f32 + 0.5) / STEPS as f32;
    mean_chroma(bright, (centre(column), centre(row)))
}

fn mean_chroma(bright: &Plane<Light>, about: (f32, f32)) -> (f32, f32) {
    let mut sum = (0.0, 0.0, 0.0);
    for light in &bright.cells {
        let (red, green) = chroma(*light);
        if (red - about.0).abs() < 0.03 && (green - about.1).abs() < 0.03 {
            let weight = luminance(*light);
            sum = (sum.0 + weight * red, sum.1 + weight * green, sum.2 + weight);
        }
    }
    if sum.2 > 0.0 {
        (sum.0 / sum.2, sum.1 / sum.2)
    } else {
        about
    }
}

/// 1 where a cell is bare paper: as bright as its surroundings, or reached from there over soft steps of brightness,
/// as shadows have and ink has not; and of the paper's colour.
fn paper_cells(map: &Map, brightness: &Plane<f32>, closed: &Plane<f32>, sheet: (f32, f32)) -> Plane<f32> {
    let papery = |light: Light| {
        let (red, green) = chroma(light);
        (red - sheet.0).abs() < CHROMA_TOLERANCE && (green - sheet.1).abs() < CHROMA_TOLERANCE
    };
    let coloured = map.bright.map(papery);
    let ratio = brightness.zip(closed, |one, all| one / all.max(1e-5));
    let smooth = map
        .bright
        .zip(&map.mean, |bright, mean| luminance(mean) > 0.93 * luminance(bright));
    let sure = ratio.zip(&coloured, |ratio, coloured| ratio > SURE_PAPER && coloured);
    let allowed = coloured.zip(&smooth, |coloured, smooth| coloured && smooth);
    let allowed = allowed.zip(&ratio, |allowed, ratio| allowed && ratio > DEEPEST_SHADOW);
    spread(sure.map(|sure| if sure { 1.0 } else { 0.0 }), &allowed, brightness)
}

/// Paper goes on wherever it may, over soft steps of brightness.
fn spread(mut paper: Plane<f32>, allowed: &Plane<bool>, brightness: &Plane<f32>) -> Plane<f32> {
    let (width, height) = (paper.width, paper.height);
    let soft = |from: (usize, usize), to: (usize, usize)| {
        let (here, there) = (brightness.at(from.0, from.1), brightness.at(to.0, to.1));
        (there / here.max(1e-5) - 1.0).abs() < SOFT_STEP
    };
    let open = allowed.places().zip(&paper.cells);
    let open = open.filter(|((_, _, allowed), paper)| *allowed && **paper == 0.0);
    let beside_paper = |at: &(usize, usize)| {
        neighbours(at.0, at.1, width, height).any(|near| paper.at(near.0, near.1) > 0.0 && soft(near, *at))
    };
    let mut front: Vec<(usize, usize)> = open.map(|((x, y, _), _)| (x, y)).filter(beside_paper).collect();
    front.iter().for_each(|(x, y)| set(&mut paper, *x, *y));
    while let Some(here) = front.pop() {
        for (x, y) in neighbours(here.0, here.1, width, height) {
            if allowed.at(x, y) && paper.at(x, y) == 0.0 && soft(here, (x, y)) {
                set(&mut paper, x, y);
                front.push((x, y));
            }
        }
    }
    paper
}

fn set(plane: &mut Plane<f32>, x: usize, y: usize) {
    let place = y * plane.width + x;
    if let Some(cell) = plane.cells.get_mut(place) {
        *cell = 1.0;
    }
}

fn neighbours(x: usize, y: usize, width: usize, height: usize) -> impl Iterator<Item = (usize, usize)> {
    let around = [
        (x.checked_sub(1), Some(y)),
        (Some(x + 1), Some(y)),
        (Some(x), y.checked_sub(1)),
        (Some(x), Some(y + 1)),
    ];
    around
        .into_iter()
        .filter_map(|(x, y)| x.zip(y))
        .filter(move |(x, y)| *x < width && *y < height)
}

/// Fills cells without weight from ever wider surroundings (pull-push).
fn pull(light: &mut Plane<Light>, weight: &Plane<f32>) {
    if light.width < 2 || light.height < 2 {
        return;
    }
    let (mut coarse, coarse_weight) = halved(light, weight);
    if coarse_weight.cells.iter().any(|weight| *weight < 0.999) {
        pull(&mut coarse, &coarse_weight);
    }
    let width = light.width;
    for (place, (cell, weight)) in light.cells.iter_mut().zip(&weight.cells).enumerate() {
        if *weight < 0.999 {
            let (x, y) = (place % width, place / width);
            let wide = light_between(&coarse, (x as f32 - 0.5) / 2.0, (y as f32 - 0.5) / 2.0);
            *cell = mixed(wide, *cell, *weight);
        }
    }
}

fn halved(light: &Plane<Light>, weight: &Plane<f32>) -> (Plane<Light>, Plane<f32>) {
    let (width, height) = (light.width.div_ceil(2), light.height.div_ceil(2));
    let mut sums = Plane::filled(width, height, [0.0_f32; 3]);
    let mut weights = Plane::filled(width, height, 0.0_f32);
    for ((x, y, light), weight) in light.places().zip(&weight.cells) {
        let place = (y / 2) * width + x / 2;
        if let (Some(sum), Some(total)) = (sums.cells.get_mut(place), weights.cells.get_mut(place)) {
            *sum = scaled_sum(*sum, light, *weight);
            *total += weight;
        }
    }
    for (sum, total) in sums.cells.iter_mut().zip(weights.cells.iter_mut()) {
        if *total > 1e-6 {
            *sum = sum.map(|value| value / *total);
        }
        *total = total.min(1.0);
    }
    (sums, weights)
}

fn scaled_sum([a, b, c]: Light, [r, g, b2]: Light, weight: f32) -> Light {
    [a + r * weight, b + g * weight, c + b2 * weight]
}

/// `first` and `second` mixed, `share` of the second.
pub(super) fn mixed(first: Light, second: Light, share: f32) -> Light {
    let [a, b, c] = first;
    let [d, e, f] = second;
    [a + (d - a) * share, b + (e - b) * share, c + (f - c) * share]
}

/// A light between cell centres.
fn light_between(plane: &Plane<Light>, x: f32, y: f32) -> Light {
    let x = x.clamp(0.0, plane.width.saturating_sub(1) as f32);
    let y = y.clamp(0.0, plane.height.saturating_sub(1) as f32);
    let (column, row) = (x as i64, y as i64);
    let (right, lower) = (x - column as f32, y - row as f32);
    let across = |row| mixed(plane.near(column, row), plane.near(column + 1, row), right);
    mixed(across(row), across(row + 1), lower)
}

/// The paper's own grain is no light.
fn smoothed(light: &Plane<Light>) -> Plane<Light> {
    let count = light.map(|_| 1.0_f32).blurred(1).blurred(1);
    let soft = light.blurred(1).blurred(1);
    soft.zip(&count, |light, count| light.map(|value| value / count))
}
