//! The drawing as a transparent PNG: a coverage mask in constant ink.

use tiny_skia::{Mask, PathBuilder, Transform};

use crate::{
    SealDrawing, SealError,
    drawing::{FillRule, Layer, Point, Step, UNITS_PER_MM},
};

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
    let mut mask = Mask::new(width, height).ok_or(SealError::Resolution(dpi))?;
    for layer in &drawing.layers {
        cover(&mut mask, layer, dpi);
    }
    encode(&mask, drawing, dpi).map_err(|error| SealError::Encoding(error.to_string()))
}

fn cover(mask: &mut Mask, layer: &Layer, dpi: u32) {
    let Some(path) = pixel_path(layer, dpi) else {
        return;
    };
    let rule = match layer.rule {
        FillRule::NonZero => tiny_skia::FillRule::Winding,
        FillRule::EvenOdd => tiny_skia::FillRule::EvenOdd,
    };
    mask.fill_path(&path, rule, true, Transform::identity());
}

fn pixel_path(layer: &Layer, dpi: u32) -> Option<tiny_skia::Path> {
    let scale = f64::from(dpi) / MM_PER_INCH / f64::from(UNITS_PER_MM);
    let at = |point: &Point| ((f64::from(point.x) * scale) as f32, (f64::from(point.y) * scale) as f32);
    let mut builder = PathBuilder::new();
    for step in &layer.steps {
        match step {
            Step::Move(to) => {
                let (x, y) = at(to);
                builder.move_to(x, y);
            }
            Step::Line(to) => {
                let (x, y) = at(to);
                builder.line_to(x, y);
            }
            Step::Cubic(first, second, to) => {
                let ((ax, ay), (bx, by), (x, y)) = (at(first), at(second), at(to));
                builder.cubic_to(ax, ay, bx, by, x, y);
            }
            Step::Close => builder.close(),
        }
    }
    builder.finish()
}

fn encode(mask: &Mask, drawing: &SealDrawing, dpi: u32) -> Result<Vec<u8>, png::EncodingError> {
    let colour = drawing.colour;
    let mut pixels = Vec::with_capacity(mask.data().len().saturating_mul(4));
    for alpha in mask.data() {
        pixels.extend_from_slice(&[colour.red, colour.green, colour.blue, *alpha]);
    }
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, mask.width(), mask.height());
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    let per_metre = libm::round(f64::from(dpi) * 1000.0 / MM_PER_INCH) as u32;
    encoder.set_pixel_dims(Some(png::PixelDimensions {
        xppu: per_metre,
        yppu: per_metre,
        unit: png::Unit::Meter,
    }));
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&pixels)?;
    writer.finish()?;
    Ok(out)
}
