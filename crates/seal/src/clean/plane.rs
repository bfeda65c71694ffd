//! Rectangles of values and the few neighbourhood operations the clean-up needs, all in time linear in the area.

/// A rectangle of values, row by row.
#[derive(Clone, Debug)]
pub(super) struct Plane<T> {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) cells: Vec<T>,
}

impl<T: Copy + Default> Plane<T> {
    pub(super) fn filled(width: usize, height: usize, value: T) -> Self {
        Self {
            width,
            height,
            cells: vec![value; width.saturating_mul(height)],
        }
    }

    /// The value at a place; outside, the nearest one inside.
    pub(super) fn near(&self, x: i64, y: i64) -> T {
        let column = x.clamp(0, self.width as i64 - 1) as usize;
        let row = y.clamp(0, self.height as i64 - 1) as usize;
        self.at(column, row)
    }

    /// The value at a place inside; outside, nothing (the type's default).
    pub(super) fn at(&self, x: usize, y: usize) -> T {
        self.cells.get(y * self.width + x).copied().unwrap_or_default()
    }

    /// A row; none outside.
    pub(super) fn row(&self, y: usize) -> &[T] {
        self.rows_from(y, y + 1)
    }

    /// Rows one after the other; none when some are outside.
    pub(super) fn rows_from(&self, first: usize, end: usize) -> &[T] {
        let rows = self.cells.get(first * self.width..end * self.width);
        rows.unwrap_or_default()
    }

    pub(super) fn rows(&self) -> impl DoubleEndedIterator<Item = &[T]> + ExactSizeIterator {
        self.cells.chunks_exact(self.width.max(1))
    }

    pub(super) fn map<U>(&self, change: impl Fn(T) -> U) -> Plane<U> {
        Plane {
            width: self.width,
            height: self.height,
            cells: self.cells.iter().map(|cell| change(*cell)).collect(),
        }
    }

    /// Combines two planes of one size.
    pub(super) fn zip<U: Copy, V>(&self, other: &Plane<U>, join: impl Fn(T, U) -> V) -> Plane<V> {
        let pairs = self.cells.iter().zip(&other.cells);
        Plane {
            width: self.width,
            height: self.height,
            cells: pairs.map(|(one, two)| join(*one, *two)).collect(),
        }
    }

    /// Every value with its column and row.
    pub(super) fn places(&self) -> impl Iterator<Item = (usize, usize, T)> + '_ {
        let rows = self.rows().enumerate();
        rows.flat_map(|(y, row)| row.iter().enumerate().map(move |(x, cell)| (x, y, *cell)))
    }

    /// Rows become columns.
    pub(super) fn turned(&self) -> Self {
        let mut cells = Vec::with_capacity(self.cells.len());
        for x in 0..self.width {
            cells.extend(self.rows().filter_map(|row| row.get(x)).copied());
        }
        Self {
            width: self.height,
            height: self.width,
            cells,
        }
    }
}

impl Plane<f32> {
    /// The value between cell centres.
    pub(super) fn between(&self, x: f64, y: f64) -> f32 {
        let (left, top) = (libm::floor(x), libm::floor(y));
        let (right_part, lower_part) = ((x - left) as f32, (y - top) as f32);
        let (column, row) = (left as i64, top as i64);
        let across = |row| self.near(column, row) * (1.0 - right_part) + self.near(column + 1, row) * right_part;
        across(row) * (1.0 - lower_part) + across(row + 1) * lower_part
    }

    /// The largest value within `radius` cells along both axes.
    pub(super) fn dilated(&self, radius: usize) -> Self {
        extreme(self, radius, |one, two| if one > two { one } else { two })
    }

    /// The smallest value within `radius` cells along both axes.
    pub(super) fn eroded(&self, radius: usize) -> Self {
        extreme(self, radius, |one, two| if one < two { one } else { two })
    }

    /// Mean over a square of `2 × radius + 1` cells; cells beyond the edge count as nothing.
    pub(super) fn blurred(&self, radius: usize) -> Self {
        Self {
            width: self.width,
            height: self.height,
            cells: boxed(&self.cells, self.width, 1, radius),
        }
    }
}

impl<const N: usize> Plane<[f32; N]> {
    /// As for single values, each of them by itself.
    pub(super) fn blurred(&self, radius: usize) -> Self {
        let means = boxed(self.cells.as_flattened(), self.width * N, N, radius);
        Self {
            width: self.width,
            height: self.height,
            cells: means.as_chunks().0.to_vec(),
        }
    }
}

/// Extreme of a square around each cell; the edges' values go on beyond them.
fn extreme(plane: &Plane<f32>, radius: usize, pick: impl Fn(f32, f32) -> f32 + Copy) -> Plane<f32> {
    let (width, wide) = (plane.width, plane.width + 2 * radius);
    let mut padded = Vec::with_capacity(wide * plane.height);
    for row in plane.rows() {
        let (first, last) = (row.first().copied(), row.last().copied());
        padded.extend(std::iter::repeat_n(first.unwrap_or_default(), radius));
        padded.extend_from_slice(row);
        padded.extend(std::iter::repeat_n(last.unwrap_or_default(), radius));
    }
    padded.extend(std::iter::repeat_n(0.0, 2 * radius));
    let across = ahead(padded, 2 * radius + 1, 1, pick);
    let rows: Vec<&[f32]> = across.chunks(wide.max(1)).filter_map(|row| row.get(..width)).collect();
    let (first, last) = (rows.first().copied(), rows.last().copied());
    let above = std::iter::repeat_n(first.unwrap_or_default(), radius);
    let below = std::iter::repeat_n(last.unwrap_or_default(), radius);
    let padded: Vec<f32> = above
        .chain(rows.iter().copied())
        .chain(below)
        .flatten()
        .copied()
        .collect();
    Plane {
        width,
        height: plane.height,
        cells: ahead(padded, 2 * radius + 1, width, pick),
    }
}

/// Extreme of each value and those ahead of it, `window` of them `unit` apart, by ever longer strides; the last ones,
/// with too few ahead, are left out.
fn ahead(mut values: Vec<f32>, window: usize, unit: usize, pick: impl Fn(f32, f32) -> f32 + Copy) -> Vec<f32> {
    let mut next = Vec::with_capacity(values.len());
    let mut reach = 1;
    while reach < window {
        let stride = reach.min(window - reach);
        let later = values.get(stride * unit..).unwrap_or_default();
        next.clear();
        next.extend(values.iter().zip(later).map(|(one, two)| pick(*one, *two)));
        std::mem::swap(&mut values, &mut next);
        reach += stride;
    }
    values
}

/// Mean over squares; `line` values a row, neighbours `unit` apart.
fn boxed(values: &[f32], line: usize, unit: usize, radius: usize) -> Vec<f32> {
    let mut across = vec![0.0_f32; values.len()];
    let (mut parts, mut next) = (Vec::new(), Vec::new());
    for (row, sums) in values
        .chunks_exact(line.max(1))
        .zip(across.chunks_exact_mut(line.max(1)))
    {
        parts.clear();
        parts.resize(radius * unit, 0.0);
        parts.extend_from_slice(row);
        parts.resize(line + 2 * radius * unit, 0.0);
        windows(&mut parts, &mut next, sums, (unit, 2 * radius + 1));
    }
    down(&across, line, radius)
}

/// Sums of `window` values `unit` apart, put together from sums of 1, 2, 4 … of them.
fn windows(parts: &mut Vec<f32>, next: &mut Vec<f32>, sums: &mut [f32], (unit, window): (usize, usize)) {
    let (mut length, mut done) = (1, 0);
    loop {
        if window & length != 0 {
            let part = parts.get(done * unit..).unwrap_or_default();
            sums.iter_mut().zip(part).for_each(|(sum, part)| *sum += part);
            done += length;
        }
        if length * 2 > window {
            return;
        }
        let later = parts.get(length * unit..).unwrap_or_default();
        next.clear();
        next.extend(parts.iter().zip(later).map(|(one, two)| one + two));
        std::mem::swap(parts, next);
        length *= 2;
    }
}

/// Running sums of rows, as means of squares.
fn down(across: &[f32], line: usize, radius: usize) -> Vec<f32> {
    let rows: Vec<&[f32]> = across.chunks_exact(line.max(1)).collect();
    let side = (2 * radius + 1) as f32;
    let share = 1.0 / (side * side);
    let mut sums = vec![0.0_f32; line];
    let shift = |row: Option<&&[f32]>, sign: f32, sums: &mut [f32]| {
        let values = row.copied().unwrap_or_default();
        sums.iter_mut()
            .zip(values)
            .for_each(|(sum, value)| *sum += sign * value);
    };
    for y in 0..radius {
        shift(rows.get(y), 1.0, &mut sums);
    }
    let mut out = Vec::with_capacity(across.len());
    for y in 0..rows.len() {
        shift(rows.get(y + radius), 1.0, &mut sums);
        out.extend(sums.iter().map(|sum| sum * share));
        if let Some(first) = y.checked_sub(radius) {
            shift(rows.get(first), -1.0, &mut sums);
        }
    }
    out
}
