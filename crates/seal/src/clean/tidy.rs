//! From coverage to an alpha channel: the paper's grain goes, specks go, full ink becomes opaque.

use image::{GrayImage, Luma};
use imageproc::contrast::otsu_level;
use imageproc::region_labelling::{Connectivity, connected_components};

use super::locate::{Hue, Rectangle};
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
    let cover = cover.map(|cover| cover.clamp(0.0, 1.1));
    let soft = cover.blurred(1).blurred(1);
    cover.zip(&soft, |sharp, soft| sharp + SHARPENING * (sharp - soft))
}

/// Coverage → 0–255, with everything below the paper's grain at 0.
pub(super) fn alpha(cover: &Plane<f32>, hue: Hue, noise: f32) -> Plane<u8> {
    let floor = match hue {
        Hue::Red | Hue::Blue => (2.2 * noise).clamp(0.06, 0.22),
        Hue::Dark => between_paper_and_ink(cover),
    };
    let span = ceiling(hue) - floor;
    cover.map(|cover| (((cover - floor) / span).clamp(0.0, 1.0) * 255.0 + 0.5) as u8)
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
    let Some(solid) = picture(&alpha.map(|value| if value > 20 { 255 } else { 0 })) else {
        return;
    };
    let labels = connected_components(&solid, Connectivity::Eight, Luma([0]));
    let most = labels.pixels().map(|Luma([label])| *label).max().unwrap_or(0) as usize;
    let mut pieces = vec![Piece::default(); most + 1];
    for (Luma([label]), value) in labels.pixels().zip(&alpha.cells) {
        if let Some(piece) = pieces.get_mut(*label as usize) {
            piece.area += 1;
            piece.peak = piece.peak.max(*value);
            piece.sum += u64::from(*value);
        }
    }
    let total: u64 = pieces.iter().skip(1).map(|piece| piece.sum).sum();
    let least = (alpha.cells.len() / 60_000).max(6);
    let kept: Vec<bool> = pieces
        .iter()
        .enumerate()
        .map(|(label, piece)| {
            let faint = piece.sum * 4000 < total && piece.area < least * 6;
            label > 0 && piece.area >= least && piece.peak >= 90 && !faint
        })
        .collect();
    for (Luma([label]), value) in labels.pixels().zip(alpha.cells.iter_mut()) {
        if !kept.get(*label as usize).copied().unwrap_or(false) {
            *value = 0;
        }
    }
}

/// The box of what is plainly ink.
pub(super) fn ink_box(alpha: &Plane<u8>) -> Option<Rectangle> {
    let strong = alpha.places().filter(|(_, _, value)| *value > 60);
    strong.fold(None, |found: Option<Rectangle>, (x, y, _)| {
        let found = found.unwrap_or(Rectangle {
            left: x,
            top: y,
            right: x,
            bottom: y,
        });
        Some(Rectangle {
            left: found.left.min(x),
            top: found.top.min(y),
            right: found.right.max(x + 1),
            bottom: found.bottom.max(y + 1),
        })
    })
}
