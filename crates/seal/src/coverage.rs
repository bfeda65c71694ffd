//! How much of each pixel a fill covers, exactly: signed areas are added up along every row (as font rasterisers do).
//!
//! Only additions, multiplications and divisions of single-precision numbers: the same pixels on every machine.

use crate::{
    drawing::FillRule,
    outline::{Bounds, Outline, Polygon},
};

/// How far (pixels) polygons may leave the curves.
const TOLERANCE: f64 = 0.02;
/// Columns that are passed over together where no edge is.
const BLOCK: usize = 32;
/// Rows worked on at once: what is held besides the mask stays small at any resolution.
const BAND: usize = 128;

/// A row of pixels' alpha after the other.
pub(crate) struct Mask {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) alpha: Vec<u8>,
}

/// The rows of a mask from `top` on, as changes of the winding number from pixel to pixel.
struct Band {
    /// First column that is held.
    left: usize,
    width: usize,
    top: usize,
    rows: usize,
    changes: Vec<f32>,
    /// Which blocks of a row have changes.
    edges: Vec<bool>,
}

impl Mask {
    pub(crate) fn clear(width: usize, height: usize) -> Self {
        Self {
            width,
            height,
            alpha: vec![0; width.saturating_mul(height)],
        }
    }

    /// Adds a fill; the outline is in pixels.
    pub(crate) fn fill(&mut self, outline: &Outline, rule: FillRule) {
        let Some(bounds) = outline.bounds() else {
            return;
        };
        let polygons = outline.flattened(TOLERANCE);
        let columns = covered(bounds.left, bounds.right, self.width);
        let rows = covered(bounds.top, bounds.bottom, self.height);
        for top in rows.clone().step_by(BAND) {
            let mut band = Band::clear(&columns, top, BAND.min(rows.end - top));
            for polygon in &polygons {
                band.draw(polygon);
            }
            band.put(self, rule);
        }
    }
}

/// The pixels a stretch touches.
fn covered(from: f64, to: f64, most: usize) -> std::ops::Range<usize> {
    let first = libm::floor(from).max(0.0) as usize;
    let end = (libm::ceil(to).max(0.0) as usize).min(most);
    first.min(end)..end
}

impl Band {
    fn clear(columns: &std::ops::Range<usize>, top: usize, rows: usize) -> Self {
        // Two more: an edge changes the pixel it is in and the next one.
        let width = columns.len() + 2;
        Self {
            left: columns.start,
            width,
            top,
            rows,
            changes: vec![0.0; width * rows],
            edges: vec![false; width.div_ceil(BLOCK) * rows],
        }
    }

    fn draw(&mut self, polygon: &Polygon) {
        let next = polygon.iter().cycle().skip(1);
        for ([x0, y0], [x1, y1]) in polygon.iter().zip(next) {
            let (left, top) = (self.left as f64, self.top as f64);
            let (from, to) = ((x0 - left, y0 - top), (x1 - left, y1 - top));
            if y0 < y1 {
                self.edge(from, to, 1.0);
            } else if y1 < y0 {
                self.edge(to, from, -1.0);
            }
        }
    }

    /// An edge from its upper to its lower end.
    fn edge(&mut self, (x0, y0): (f64, f64), (x1, y1): (f64, f64), direction: f32) {
        let slope = (x1 - x0) / (y1 - y0);
        let (first, end) = (y0.max(0.0), y1.min(self.rows as f64));
        let mut row = first as usize;
        while (row as f64) < end {
            let (from, to) = (first.max(row as f64), end.min(row as f64 + 1.0));
            let at = |y: f64| (x0 + (y - y0) * slope).clamp(0.0, (self.width - 2) as f64) as f32;
            let (a, b) = (at(from), at(to));
            self.piece(row, (a.min(b), a.max(b)), (to - from) as f32 * direction);
            row += 1;
        }
    }

    /// The part of an edge inside one row, of height `rise`: each pixel right of it changes by its share.
    fn piece(&mut self, row: usize, (left, right): (f32, f32), rise: f32) {
        let start = row * self.width;
        let first = left as usize;
        let last = right as usize;
        let blocks = row * self.width.div_ceil(BLOCK);
        let marks = self.edges.get_mut(blocks + first / BLOCK..=blocks + (last + 1) / BLOCK);
        marks.into_iter().flatten().for_each(|mark| *mark = true);
        let Some(cells) = self.changes.get_mut(start + first..=start + last + 1) else {
            return;
        };
        if first == last {
            let middle = (left + right) / 2.0 - first as f32;
            add(cells, 0, rise * (1.0 - middle));
            add(cells, 1, rise * middle);
            return;
        }
        // Area right of the edge up to the right side of each pixel; the differences are the changes.
        let per_pixel = rise / (right - left);
        let mut before = 0.0;
        let mut before_that = 0.0;
        for (index, cell) in cells.iter_mut().enumerate() {
            let side = (first + index + 1) as f32;
            let area = if side <= right {
                per_pixel * (side - left) * (side - left) / 2.0
            } else {
                rise * (side - (left + right) / 2.0)
            };
            let share = area - before;
            *cell += share - before_that;
            before_that = share;
            before = area;
        }
    }

    /// Adds the band to the mask.
    fn put(&self, mask: &mut Mask, rule: FillRule) {
        let shown = self.width - 2;
        let rows = self.changes.chunks_exact(self.width);
        let edges = self.edges.chunks_exact(self.width.div_ceil(BLOCK));
        for (row, (changes, edges)) in rows.zip(edges).enumerate() {
            let start = (self.top + row) * mask.width + self.left;
            if let Some(pixels) = mask.alpha.get_mut(start..start + shown) {
                put_row(pixels, changes, edges, rule);
            }
        }
    }
}

/// Adds one row; where no edge is, pixels are inside or outside like the one before.
fn put_row(pixels: &mut [u8], changes: &[f32], edges: &[bool], rule: FillRule) {
    let mut winding = 0.0;
    let mut ink = 0;
    let blocks = pixels.chunks_mut(BLOCK).zip(changes.chunks(BLOCK));
    for ((pixels, changes), edge) in blocks.zip(edges) {
        if *edge {
            for (pixel, change) in pixels.iter_mut().zip(changes) {
                winding += change;
                ink = (share(winding, rule) * 255.0 + 0.5) as u32;
                *pixel = over(ink, *pixel);
            }
        } else if ink > 0 {
            pixels.iter_mut().for_each(|pixel| *pixel = over(ink, *pixel));
        }
    }
}

/// Ink on top of what is there.
fn over(ink: u32, under: u8) -> u8 {
    let under = u32::from(under);
    (ink + under - (ink * under + 127) / 255) as u8
}

fn add(cells: &mut [f32], at: usize, value: f32) {
    if let Some(cell) = cells.get_mut(at) {
        *cell += value;
    }
}

/// The covered share of a pixel with this mean winding number.
fn share(winding: f32, rule: FillRule) -> f32 {
    let winding = winding.abs();
    match rule {
        FillRule::NonZero => winding.min(1.0),
        FillRule::EvenOdd => {
            let pairs = (winding * 0.5) as u32 as f32;
            let folded = winding - pairs * 2.0;
            if folded > 1.0 { 2.0 - folded } else { folded }
        }
    }
}

impl Bounds {
    /// For tests of the coverage: the area of the box.
    #[cfg(test)]
    fn area(&self) -> f64 {
        self.width() * self.height()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outline::Segment;

    fn ink(mask: &Mask) -> f64 {
        mask.alpha.iter().map(|alpha| f64::from(*alpha)).sum::<f64>() / 255.0
    }

    #[test]
    fn a_rectangle_covers_its_pixels_by_their_shares() {
        let mut mask = Mask::clear(5, 3);
        let rectangle = Outline::rectangle((1.25, 0.5), (2.5, 2.0));
        mask.fill(&rectangle, FillRule::NonZero);
        assert_eq!(mask.alpha[..5], [0, 96, 128, 96, 0]);
        assert_eq!(mask.alpha[5..10], [0, 191, 255, 191, 0]);
        assert!((ink(&mask) - rectangle.bounds().unwrap().area()).abs() < 0.02);
    }

    #[test]
    fn areas_are_those_of_the_shapes() {
        let mut mask = Mask::clear(300, 300);
        let disc = Outline::ellipse((150.3, 149.6), (120.0, 90.5));
        mask.fill(&disc, FillRule::EvenOdd);
        let area = std::f64::consts::PI * 120.0 * 90.5;
        assert!((ink(&mask) / area - 1.0).abs() < 5e-4, "{} {area}", ink(&mask));
        // A flat triangle: edges that cross many pixels in one row.
        let mut mask = Mask::clear(300, 10);
        let corners = [
            Segment::Move(3.2, 1.1),
            Segment::Line(290.7, 2.9),
            Segment::Line(10.0, 8.3),
            Segment::Close,
        ];
        mask.fill(
            &Outline {
                segments: corners.to_vec(),
            },
            FillRule::NonZero,
        );
        let area = (287.5 * 7.2 - 6.8 * 1.8) / 2.0;
        assert!((ink(&mask) / area - 1.0).abs() < 1e-3, "{} {area}", ink(&mask));
    }

    #[test]
    fn rules_differ_where_contours_overlap() {
        let mut twice = Outline::rectangle((0.0, 0.0), (4.0, 4.0));
        twice.append(&Outline::rectangle((1.0, 1.0), (2.0, 2.0)));
        for (rule, area) in [(FillRule::NonZero, 16.0), (FillRule::EvenOdd, 12.0)] {
            let mut mask = Mask::clear(4, 4);
            mask.fill(&twice, rule);
            assert!((ink(&mask) - area).abs() < 1e-9, "{rule:?}");
        }
        // What leaves the picture does not disturb the rest.
        let mut mask = Mask::clear(4, 4);
        mask.fill(&Outline::rectangle((-3.0, -2.0), (5.0, 4.0)), FillRule::NonZero);
        assert!((ink(&mask) - 4.0).abs() < 1e-9);
    }
}
