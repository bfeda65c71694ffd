//! The drawing as a transparent PNG: a coverage mask in constant ink.

use std::io::Write as _;

use crate::{SealDrawing, SealError, coverage::Mask, outline::Affine};

/// Millimetres in an inch.
const MM_PER_INCH: f64 = 25.4;

/// Resolutions that make sense: below, nothing is legible; above, a 45 mm seal would take hundreds of megabytes.
const RESOLUTIONS: std::ops::RangeInclusive<u32> = 36..=2400;

/// Pixels that hold a length at true scale; rounded up, so that no part of the ring's last pixel is cut off. The small
/// allowance keeps lengths that are whole pixels whole (25.4 mm at 300 dpi).
fn pixels(length_mm: f64, dpi: u32) -> u32 {
    libm::ceil(length_mm * f64::from(dpi) / MM_PER_INCH - 1e-6).max(1.0) as u32
}

/// Draws and encodes.
pub(crate) fn png(drawing: &SealDrawing, dpi: u32) -> Result<Vec<u8>, SealError> {
    if !RESOLUTIONS.contains(&dpi) {
        return Err(SealError::Resolution(dpi));
    }
    let (width, height) = (pixels(drawing.width_mm, dpi), pixels(drawing.height_mm, dpi));
    let mut mask = Mask::clear(width as usize, height as usize);
    let scale = f64::from(dpi) / MM_PER_INCH;
    for layer in &drawing.layers {
        let outline = layer.outline().transformed(Affine::scaling(scale, scale));
        mask.fill(&outline, layer.rule);
    }
    encode(&mask, (width, height), drawing, dpi).map_err(|error| SealError::Encoding(error.to_string()))
}

fn encode(
    mask: &Mask,
    (width, height): (u32, u32),
    drawing: &SealDrawing,
    dpi: u32,
) -> Result<Vec<u8>, png::EncodingError> {
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, width, height);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    // Rows differ little from the ones above, and the colour not at all: no other filter needs to be tried.
    encoder.set_compression(png::Compression::Fastest);
    let per_metre = libm::round(f64::from(dpi) * 1000.0 / MM_PER_INCH) as u32;
    encoder.set_pixel_dims(Some(png::PixelDimensions {
        xppu: per_metre,
        yppu: per_metre,
        unit: png::Unit::Meter,
    }));
    let mut writer = encoder.write_header()?;
    let mut rows = writer.stream_writer()?;
    let colour = drawing.colour;
    let mut row = [colour.red, colour.green, colour.blue, 0].repeat(mask.width);
    for alphas in mask.alpha.chunks_exact(mask.width.max(1)) {
        for (pixel, alpha) in row.chunks_exact_mut(4).zip(alphas) {
            if let [_, _, _, last] = pixel {
                *last = *alpha;
            }
        }
        rows.write_all(&row)?;
    }
    rows.finish()?;
    writer.finish()?;
    Ok(out)
}
