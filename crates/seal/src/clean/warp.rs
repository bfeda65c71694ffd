//! A quadrangle of one picture as a picture of its own, smoothly.

use image::GrayImage;

use super::bands;
use super::fit::solved;
use super::plane::Plane;
use super::shape::Corners;

/// Rows and columns of nothing around the source, so that every pixel has neighbours.
const MARGIN: usize = 2;

/// The quadrangle of the photo as a picture of `size`.
pub(super) fn warped(alpha: &Plane<u8>, corners: Corners, (width, height): (f64, f64)) -> Option<GrayImage> {
    let (width, height) = (libm::round(width).max(1.0), libm::round(height).max(1.0));
    let to = [(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)];
    let view = View::of(to, corners)?;
    let source = margined(alpha);
    let mut out = GrayImage::new(width as u32, height as u32);
    bands::fill_rows(&mut out, width as usize, |row, cells| {
        for (column, cell) in cells.iter_mut().enumerate() {
            let (x, y) = view.at(column as f64 + 0.5, row as f64 + 0.5);
            *cell = between(&source, x - 0.5, y - 0.5);
        }
    });
    Some(out)
}

/// How a plane is seen from elsewhere: eight numbers of a homography, the ninth being 1.
struct View([f64; 8]);

impl View {
    /// The one that takes four points to four others.
    fn of(from: Corners, to: Corners) -> Option<Self> {
        let (mut rows, mut right) = ([[0.0; 8]; 8], [0.0; 8]);
        let equations = from.iter().zip(&to).flat_map(|((x, y), (u, v))| {
            [
                ([*x, *y, 1.0, 0.0, 0.0, 0.0, -u * x, -u * y], *u),
                ([0.0, 0.0, 0.0, *x, *y, 1.0, -v * x, -v * y], *v),
            ]
        });
        for ((row, right), (terms, value)) in rows.iter_mut().zip(&mut right).zip(equations) {
            (*row, *right) = (terms, value);
        }
        solved(rows, right).map(Self)
    }

    fn at(&self, x: f64, y: f64) -> (f64, f64) {
        let [a, b, c, d, e, f, g, h] = self.0;
        let far = g * x + h * y;
        // Seen straight on, the division is left out: it takes longer than all the rest.
        let near = if far.abs() < 1e-9 { 1.0 } else { 1.0 / (far + 1.0) };
        ((a * x + b * y + c) * near, (d * x + e * y + f) * near)
    }
}

fn margined(alpha: &Plane<u8>) -> Plane<u8> {
    let (width, height) = (alpha.width + 2 * MARGIN, alpha.height + 2 * MARGIN);
    let mut cells = Vec::with_capacity(width * height);
    cells.resize(width * MARGIN, 0);
    for row in alpha.rows() {
        cells.extend([0; MARGIN]);
        cells.extend_from_slice(row);
        cells.extend([0; MARGIN]);
    }
    cells.resize(width * height, 0);
    Plane { width, height, cells }
}

/// The value between four by four cells (Catmull and Rom 1974); nothing outside.
fn between(source: &Plane<u8>, x: f64, y: f64) -> u8 {
    let (left, top) = (x + 1.0, y + 1.0);
    if !(left >= 0.0 && top >= 0.0) {
        return 0;
    }
    let (column, row) = (left as usize, top as usize);
    let line = |down: usize| -> Option<&[u8; 4]> {
        let start = (row + down) * source.width + column;
        source.cells.get(start..)?.first_chunk()
    };
    let inside = column + 4 <= source.width;
    let (true, Some(a), Some(b), Some(c), Some(d)) = (inside, line(0), line(1), line(2), line(3)) else {
        return 0;
    };
    let bits = [a, b, c, d].map(|line| u32::from_ne_bytes(*line));
    let [one, two, three, four] = bits;
    if one | two | three | four == 0 {
        return 0;
    }
    if one & two & three & four == u32::MAX {
        return u8::MAX;
    }
    let across = weights((left - column as f64) as f32);
    let down = weights((top - row as f64) as f32);
    let sums = [a, b, c, d].map(|line| dot(line.map(f32::from), across));
    (dot(sums, down) + 0.5) as u8
}

fn dot([a, b, c, d]: [f32; 4], [e, f, g, h]: [f32; 4]) -> f32 {
    a * e + b * f + c * g + d * h
}

/// What each of four neighbours counts at a share of the way from the second to the third.
fn weights(share: f32) -> [f32; 4] {
    let (once, twice) = (share, share * share);
    let thrice = twice * once;
    [
        0.5 * (2.0 * twice - once - thrice),
        0.5 * (3.0 * thrice - 5.0 * twice + 2.0),
        0.5 * (4.0 * twice - 3.0 * thrice + once),
        0.5 * (thrice - twice),
    ]
}
