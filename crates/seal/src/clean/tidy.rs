//! From coverage to an alpha channel: the paper's grain goes, specks go, full ink becomes opaque.

use image::GrayImage;
use imageproc::contrast::otsu_level;

use super::bands;
use super::locate::{Hue, Rectangle};
use super::pieces::runs;
use super::plane::Plane;

/// How much of the difference to the surroundings is added.
const SHARPENING: f32 = 0.8;

/// Coverage that counts as opaque.
fn ceiling(hue: Hue) -> f32 {
    match hue {
        Hue::Red | Hue::Blue => 0.93,
        Hue::Dark => 0.93,
    }
}

/// Undoes some of the blur of lens and sensor: what stands out from its surroundings stands out more.
pub(super) fn sharpened(cover: &Plane<f32>) -> Plane<f32> {
    let size = (cover.width, cover.height);
    let mut out = Plane::filled(size.0, size.1, 0.0_f32);
    bands::fill_widened(&mut out.cells, size, 2, |rows, own, cells| {
        let (width, height) = (size.0, rows.len());
        let lights = cover.rows_from(rows.start, rows.end).iter();
        let inside = lights.map(|cover| cover.clamp(0.0, 1.1)).collect();
        let cover = Plane {
            width,
            height,
            cells: inside,
        };
        let soft = cover.blurred(1).blurred(1);
        let (sharp, soft) = (cover.cells.get(own * width..), soft.cells.get(own * width..));
        let pairs = sharp.unwrap_or_default().iter().zip(soft.unwrap_or_default());
        for (cell, (sharp, soft)) in cells.iter_mut().zip(pairs) {
            *cell = sharp + SHARPENING * (sharp - soft);
        }
    });
    out
}

/// Coverage → 0–255, with everything below the paper's grain at 0.
pub(super) fn alpha(cover: &Plane<f32>, hue: Hue, noise: f32) -> Plane<u8> {
    let floor = match hue {
        Hue::Red | Hue::Blue => (2.2 * noise).clamp(0.06, 0.22),
        Hue::Dark => between_paper_and_ink(cover),
    };
    let scale = 255.0 / (ceiling(hue) - floor);
    let mut alpha = Plane::filled(cover.width, cover.height, 0_u8);
    bands::fill_rows(&mut alpha.cells, cover.width, |line, row| {
        for (alpha, cover) in row.iter_mut().zip(cover.row(line)) {
            *alpha = ((cover - floor) * scale + 0.5) as u8;
        }
    });
    alpha
}

/// A pen's floor: half way to where its histogram parts (Otsu 1979).
fn between_paper_and_ink(cover: &Plane<f32>) -> f32 {
    let bytes = cover.map(|cover| (cover.clamp(0.0, 1.0) * 255.0) as u8);
    let level = picture(&bytes).map_or(64, |picture| otsu_level(&picture));
    (f32::from(level) / 255.0 * 0.55).clamp(0.12, 0.40)
}

pub(super) fn picture(plane: &Plane<u8>) -> Option<GrayImage> {
    GrayImage::from_raw(plane.width as u32, plane.height as u32, plane.cells.clone())
}

/// One connected piece of the mark.
#[derive(Clone, Copy, Default)]
struct Piece {
    area: usize,
    peak: u8,
    sum: u64,
}

/// Drops pieces that are tiny, or nowhere strong.
pub(super) fn without_specks(alpha: &mut Plane<u8>) {
    let runs = runs(alpha, |value| value > 20);
    let mut pieces = vec![Piece::default(); runs.pieces];
    for run in &runs.runs {
        if let (Some(piece), values) = (pieces.get_mut(run.piece), run.of(alpha)) {
            piece.area += values.len();
            piece.peak = values.iter().copied().fold(piece.peak, u8::max);
            piece.sum += values.iter().map(|value| u64::from(*value)).sum::<u64>();
        }
    }
    let total: u64 = pieces.iter().map(|piece| piece.sum).sum();
    let least = (alpha.cells.len() / 60_000).max(6);
    let kept = |piece: &Piece| {
        let faint = piece.sum * 4000 < total && piece.area < least * 6;
        piece.area >= least && piece.peak >= 90 && !faint
    };
    let mut clean = vec![0; alpha.cells.len()];
    for run in runs.runs.iter().filter(|run| pieces.get(run.piece).is_some_and(kept)) {
        let start = run.row * alpha.width + run.left;
        if let Some(place) = clean.get_mut(start..start + run.right - run.left) {
            place.copy_from_slice(run.of(alpha));
        }
    }
    alpha.cells = clean;
}

/// The box of what is plainly ink.
pub(super) fn ink_box(alpha: &Plane<u8>) -> Option<Rectangle> {
    let strong = |value: &u8| *value > 60;
    let rows = alpha.rows().enumerate().filter_map(|(row, values)| {
        let (left, right) = (values.iter().position(strong)?, values.iter().rposition(strong)? + 1);
        Some(Rectangle {
            left,
            top: row,
            right,
            bottom: row + 1,
        })
    });
    rows.reduce(|one, two| one.joined(&two))
}
