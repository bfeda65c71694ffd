//! The clean pictures as PNG files.

use image::GrayImage;
use image::metadata::Orientation;

use super::photo::{self, Photo};
use super::plane::Plane;
use super::region::Region;
use super::{CleanError, MM_PER_INCH, PixelBox};
use crate::Colour;

/// Constant ink with straight alpha; pixels a metre in pHYs.
pub(super) fn mark(alpha: &GrayImage, ink: Colour, dpi: f64) -> Result<Vec<u8>, CleanError> {
    let mut pixels = Vec::with_capacity(alpha.as_raw().len() * 4);
    for value in alpha.as_raw() {
        pixels.extend_from_slice(&[ink.red, ink.green, ink.blue, *value]);
    }
    encoded(alpha.dimensions(), png::ColorType::Rgba, &pixels, |info| {
        let per_metre = libm::round(dpi * 1000.0 / MM_PER_INCH) as u32;
        info.pixel_dims = Some(png::PixelDimensions {
            xppu: per_metre,
            yppu: per_metre,
            unit: png::Unit::Meter,
        });
    })
}

/// Grey, one byte a pixel; with the photo's orientation, so that both are seen alike.
pub(super) fn mask(
    alpha: &[u8],
    (width, height): (usize, usize),
    orientation: Orientation,
) -> Result<Vec<u8>, CleanError> {
    let size = (width as u32, height as u32);
    encoded(size, png::ColorType::Grayscale, alpha, |info| {
        if orientation != Orientation::NoTransforms {
            info.exif_metadata = Some(exif(orientation).to_vec().into());
        }
    })
}

/// A TIFF header with one entry: tag 0x0112 (Orientation), SHORT (EXIF 2.32, 4.6.4).
fn exif(orientation: Orientation) -> [u8; 26] {
    let mut bytes = *b"MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\0\0\0\0\0\0\0";
    if let Some(value) = bytes.get_mut(19) {
        *value = orientation.to_exif();
    }
    bytes
}

fn encoded(
    (width, height): (u32, u32),
    colour: png::ColorType,
    pixels: &[u8],
    say: impl FnOnce(&mut png::Info<'static>),
) -> Result<Vec<u8>, CleanError> {
    let failed = |error: png::EncodingError| CleanError::Encoding(error.to_string());
    let mut info = png::Info::with_size(width, height);
    info.color_type = colour;
    info.bit_depth = png::BitDepth::Eight;
    say(&mut info);
    let mut out = Vec::new();
    let mut encoder = png::Encoder::with_info(&mut out, info).map_err(failed)?;
    encoder.set_compression(png::Compression::Fast);
    // Most rows are like the one above; trying every filter takes longer than all the rest.
    encoder.set_filter(png::Filter::Up);
    let mut writer = encoder.write_header().map_err(failed)?;
    writer.write_image_data(pixels).map_err(failed)?;
    writer.finish().map_err(failed)?;
    Ok(out)
}

/// The region's alpha laid into the file's own pixels.
pub(super) fn in_stored_frame(photo: &Photo, alpha: &Plane<u8>, region: &Region) -> Vec<u8> {
    let (width, height) = photo.stored;
    let size = (width as f64, height as f64);
    let scale = (photo.reduction * region.step) as f64;
    let (left, top) = region.corner();
    let alpha = alpha.map(f32::from);
    let corner = |x: f64, y: f64| photo::stored_place(((left + x) * scale, (top + y) * scale), size, photo.orientation);
    let (a, b) = (corner(0.0, 0.0), corner(alpha.width as f64, alpha.height as f64));
    let across = a.0.min(b.0).max(0.0) as usize..libm::ceil(a.0.max(b.0)).min(size.0) as usize;
    let down = a.1.min(b.1).max(0.0) as usize..libm::ceil(a.1.max(b.1)).min(size.1) as usize;
    let mut mask = vec![0; width * height];
    for (y, row) in mask
        .chunks_exact_mut(width.max(1))
        .enumerate()
        .take(down.end)
        .skip(down.start)
    {
        for (x, cell) in row.iter_mut().enumerate().take(across.end).skip(across.start) {
            let (column, row) = photo::seen_place((x as f64 + 0.5, y as f64 + 0.5), size, photo.orientation);
            *cell = libm::round(f64::from(
                alpha.between(column / scale - left - 0.5, row / scale - top - 0.5),
            )) as u8;
        }
    }
    mask
}

/// A box of the photo as seen, in the file's own pixels.
pub(super) fn place_in_file(photo: &Photo, seen: PixelBox) -> PixelBox {
    let size = (photo.stored.0 as f64, photo.stored.1 as f64);
    let corner = |x: usize, y: usize| photo::stored_place((x as f64, y as f64), size, photo.orientation);
    let (a, b) = (
        corner(seen.x, seen.y),
        corner(seen.x + seen.width, seen.y + seen.height),
    );
    let (left, top) = (a.0.min(b.0).max(0.0), a.1.min(b.1).max(0.0));
    PixelBox {
        x: left as usize,
        y: top as usize,
        width: (a.0.max(b.0) - left) as usize,
        height: (a.1.max(b.1) - top) as usize,
    }
}
