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

/// sRGB bytes to linear light.
pub(super) struct Linear([f32; 256]);

impl Linear {
    pub(super) fn new() -> Self {
        let mut table = [0.0; 256];
        for (byte, value) in table.iter_mut().enumerate() {
            *value = linear(byte as f32 / 255.0);
        }
        Self(table)
    }

    pub(super) fn of(&self, byte: u8) -> f32 {
        self.0.get(usize::from(byte)).copied().unwrap_or_default()
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

/// Sum of some pixels' light, and how many they are.
#[derive(Clone, Copy, Default)]
struct Sum {
    light: Light,
    count: f32,
    green: u32,
}

impl Sum {
    fn add(&mut self, [red, green, blue]: [u8; 3], table: &Linear) {
        let [r, g, b] = &mut self.light;
        *r += table.of(red);
        *g += table.of(green);
        *b += table.of(blue);
        self.count += 1.0;
        self.green += u32::from(green);
    }

    fn mean(&self) -> Light {
        self.light.map(|value| value / self.count.max(1.0))
    }
}

/// Mean, and mean of the brighter half, of every cell.
fn shrink_band(band: &[&[u8]], cell: usize, table: &Linear, cells: &mut [(Light, Light)]) {
    let mut all = vec![Sum::default(); cells.len()];
    each_cell(band, cell, &mut all, |sum, pixel| sum.add(pixel, table));
    let mut upper: Vec<(u8, Sum)> = all
        .iter()
        .map(|sum| ((sum.green as f32 / sum.count.max(1.0)) as u8, Sum::default()))
        .collect();
    each_cell(band, cell, &mut upper, |(least, sum), pixel| {
        let [_, green, _] = pixel;
        if green >= *least {
            sum.add(pixel, table);
        }
    });
    for (cell, (all, (_, upper))) in cells.iter_mut().zip(all.iter().zip(&upper)) {
        *cell = (all.mean(), upper.mean());
    }
}

fn each_cell<T>(band: &[&[u8]], cell: usize, cells: &mut [T], mut take: impl FnMut(&mut T, [u8; 3])) {
    for row in band {
        for (part, cell) in row.chunks_exact(cell * 3).zip(cells.iter_mut()) {
            for pixel in part.chunks_exact(3) {
                if let [red, green, blue] = pixel {
                    take(cell, [*red, *green, *blue]);
                }
            }
        }
    }
}

/// The light that bare paper would send from every cell.
pub(super) fn paper_light(map: &Map) -> Plane<Light> {
    let brightness = map.bright.map(luminance);
    let closed = brightness.dilated(CLOSING_CELLS).eroded(CLOSING_CELLS);
    let sheet = sheet_colour(&map.bright);
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
    let mut paper = Plane::filled(brightness.width, brightness.height, 0.0_f32);
    let mut front: Vec<(usize, usize)> = Vec::new();
    for (x, y, ratio) in ratio.places() {
        if ratio > SURE_PAPER && coloured.at(x, y) {
            set(&mut paper, x, y);
            front.push((x, y));
        }
    }
    while let Some((x, y)) = front.pop() {
        let here = brightness.at(x, y);
        for (nx, ny) in neighbours(x, y, paper.width, paper.height) {
            let there = brightness.at(nx, ny);
            let soft = (there / here.max(1e-5) - 1.0).abs() < SOFT_STEP;
            let allowed = coloured.at(nx, ny) && smooth.at(nx, ny) && ratio.at(nx, ny) > DEEPEST_SHADOW;
            if soft && allowed && paper.at(nx, ny) == 0.0 {
                set(&mut paper, nx, ny);
                front.push((nx, ny));
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
    let (width, last) = (light.width, coarse.clone());
    for (place, (cell, weight)) in light.cells.iter_mut().zip(&weight.cells).enumerate() {
        if *weight < 0.999 {
            let (x, y) = (place % width, place / width);
            let wide = light_between(&last, (x as f32 - 0.5) / 2.0, (y as f32 - 0.5) / 2.0);
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
pub(super) fn light_between(plane: &Plane<Light>, x: f32, y: f32) -> Light {
    let x = x.clamp(0.0, plane.width.saturating_sub(1) as f32);
    let y = y.clamp(0.0, plane.height.saturating_sub(1) as f32);
    let (column, row) = (x as i64, y as i64);
    let (right, lower) = (x - column as f32, y - row as f32);
    let across = |row| mixed(plane.near(column, row), plane.near(column + 1, row), right);
    mixed(across(row), across(row + 1), lower)
}

/// The paper's own grain is no light.
fn smoothed(light: &Plane<Light>) -> Plane<Light> {
    let soft = |channel: Plane<f32>| channel.blurred(1).blurred(1);
    let (red, (green, (blue, count))) = bands::both(
        || soft(light.map(|[red, _, _]| red)),
        || {
            let green = soft(light.map(|[_, green, _]| green));
            let rest = bands::both(|| soft(light.map(|[_, _, blue]| blue)), || soft(light.map(|_| 1.0)));
            (green, rest)
        },
    );
    let (red, green, blue) = (red.cells, green.cells, blue.cells);
    let mut all = light.clone();
    let parts = red.iter().zip(&green).zip(&blue).zip(&count.cells);
    for (cell, (((red, green), blue), count)) in all.cells.iter_mut().zip(parts) {
        *cell = [red / count, green / count, blue / count];
    }
    all
}
