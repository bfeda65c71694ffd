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
        let row = self.cells.get(y * self.width..(y + 1) * self.width);
        row.unwrap_or_default()
    }

    pub(super) fn rows(&self) -> impl DoubleEndedIterator<Item = &[T]> + ExactSizeIterator {
        self.cells.chunks_exact(self.width.max(1))
    }

    pub(super) fn rows_mut(&mut self) -> impl Iterator<Item = &mut [T]> {
        self.cells.chunks_exact_mut(self.width.max(1))
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
        let across = windowed(self, radius, f32::max);
        windowed(&across.turned(), radius, f32::max).turned()
    }

    /// The smallest value within `radius` cells along both axes.
    pub(super) fn eroded(&self, radius: usize) -> Self {
        let across = windowed(self, radius, f32::min);
        windowed(&across.turned(), radius, f32::min).turned()
    }

    /// Mean over a square of `2 × radius + 1` cells; cells beyond the edge count as nothing.
    pub(super) fn blurred(&self, radius: usize) -> Self {
        let across = box_rows(self, radius);
        let side = (2 * radius + 1) as f32;
        box_columns(&across, radius).map(|sum| sum / (side * side))
    }
}

/// Running extreme along rows (van Herk 1992): three comparisons a cell whatever the radius.
fn windowed(plane: &Plane<f32>, radius: usize, pick: fn(f32, f32) -> f32) -> Plane<f32> {
    let window = 2 * radius + 1;
    let mut cells = Vec::with_capacity(plane.cells.len());
    let mut padded = Vec::new();
    for row in plane.rows() {
        let (Some(first), Some(last)) = (row.first(), row.last()) else {
            continue;
        };
        padded.clear();
        padded.extend(std::iter::repeat_n(*first, radius));
        padded.extend_from_slice(row);
        padded.extend(std::iter::repeat_n(*last, radius));
        let ahead = padded.chunks(window).flat_map(|part| scan(part.iter(), pick));
        let mut behind: Vec<f32> = Vec::with_capacity(padded.len());
        for part in padded.chunks(window) {
            let mut back: Vec<f32> = scan(part.iter().rev(), pick).collect();
            back.reverse();
            behind.append(&mut back);
        }
        let ends = ahead.skip(window - 1);
        cells.extend(behind.iter().zip(ends).map(|(one, two)| pick(*one, two)));
    }
    Plane {
        width: plane.width,
        height: plane.height,
        cells,
    }
}

fn scan<'a>(values: impl Iterator<Item = &'a f32> + 'a, pick: fn(f32, f32) -> f32) -> impl Iterator<Item = f32> + 'a {
    values.scan(None, move |best: &mut Option<f32>, value| {
        let now = best.map_or(*value, |best| pick(best, *value));
        *best = Some(now);
        Some(now)
    })
}

fn box_rows(plane: &Plane<f32>, radius: usize) -> Plane<f32> {
    let mut out = Plane::filled(plane.width, plane.height, 0.0_f32);
    for (row, sums) in plane.rows().zip(out.rows_mut()) {
        let mut sum: f32 = row.iter().take(radius).sum();
        for (x, cell) in sums.iter_mut().enumerate() {
            sum += row.get(x + radius).copied().unwrap_or(0.0);
            *cell = sum;
            if let Some(first) = x.checked_sub(radius) {
                sum -= row.get(first).copied().unwrap_or(0.0);
            }
        }
    }
    out
}

fn box_columns(plane: &Plane<f32>, radius: usize) -> Plane<f32> {
    let mut out = Plane::filled(plane.width, plane.height, 0.0_f32);
    let rows: Vec<&[f32]> = plane.rows().collect();
    let mut sums = vec![0.0_f32; plane.width];
    let shift = |row: Option<&&[f32]>, sign: f32, sums: &mut [f32]| {
        for (sum, value) in sums.iter_mut().zip(row.into_iter().flat_map(|row| row.iter())) {
            *sum += sign * value;
        }
    };
    for y in 0..radius {
        shift(rows.get(y), 1.0, &mut sums);
    }
    for (y, cells) in out.rows_mut().enumerate() {
        shift(rows.get(y + radius), 1.0, &mut sums);
        cells.copy_from_slice(&sums);
        if let Some(first) = y.checked_sub(radius) {
            shift(rows.get(first), -1.0, &mut sums);
        }
    }
    out
}
