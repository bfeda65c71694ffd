//! Photos of stamped paper, made here: light that falls off, a warm cast, lines of print beside the seal.

use image::{GenericImageView, ImageFormat, Rgb, RgbImage};
use seal::{CompanySeal, FontStack, SealDesign, SealForm};
use std::io::Cursor;

/// Width and height of the photo in pixels.
pub const PHOTO_PIXELS: (u32, u32) = (1800, 1350);
/// Diameter of the seal in it, in pixels.
pub const SEAL_PIXELS: u32 = 620;

/// A JPEG photo of paper stamped with the round seal of this company; its centre lies at two thirds of the width.
///
/// # Panics
/// When the seal cannot be drawn.
pub fn stamped_paper(company: &str) -> Vec<u8> {
    let design: SealDesign = SealForm::Company(CompanySeal::new(company, 40.0)).into();
    let drawn = design.layout(FontStack::bundled()).expect("a seal that can be drawn");
    let png = drawn.to_png(394).expect("a picture");
    let seal = image::load_from_memory(&png).expect("a PNG");
    let seal = seal.resize_exact(SEAL_PIXELS, SEAL_PIXELS, image::imageops::FilterType::Triangle);
    let (left, top) = (
        PHOTO_PIXELS.0 * 2 / 3 - SEAL_PIXELS / 2,
        PHOTO_PIXELS.1 / 2 - SEAL_PIXELS / 2,
    );
    let photo = RgbImage::from_fn(PHOTO_PIXELS.0, PHOTO_PIXELS.1, |x, y| {
        let paper = bare_paper(x, y);
        let inside = x >= left && y >= top && x < left + SEAL_PIXELS && y < top + SEAL_PIXELS;
        if !inside {
            return paper;
        }
        let [red, green, blue, alpha] = seal.get_pixel(x - left, y - top).0;
        let cover = f32::from(alpha) / 255.0 * 0.9;
        let over = |ink: u8, paper: u8| {
            let ink = f32::from(ink) * f32::from(paper) / 255.0;
            (f32::from(paper) * (1.0 - cover) + ink * cover) as u8
        };
        Rgb([over(red, paper.0[0]), over(green, paper.0[1]), over(blue, paper.0[2])])
    });
    jpeg(&photo)
}

/// A JPEG photo of paper with a line written by hand in black.
///
/// # Panics
/// Never in practice.
pub fn signed_paper() -> Vec<u8> {
    jpeg(&RgbImage::from_fn(PHOTO_PIXELS.0, PHOTO_PIXELS.1, |x, y| {
        let (along, paper) = (x as f32 / 90.0, bare_paper(x, 0));
        let line = 680.0 + 130.0 * along.sin() * (along * 0.37).cos();
        let thickness = 9.0 + 4.0 * (along * 1.7).sin();
        let edge = thickness - (y as f32 - line).abs();
        let cover = if (500..1300).contains(&x) {
            edge.clamp(0.0, 1.0)
        } else {
            0.0
        };
        Rgb(paper.0.map(|value| (f32::from(value) * (1.0 - 0.9 * cover)) as u8))
    }))
}

/// The same paper with nothing on it.
pub fn blank_paper() -> Vec<u8> {
    jpeg(&RgbImage::from_fn(PHOTO_PIXELS.0, PHOTO_PIXELS.1, |x, y| {
        let light = 236.0 - 20.0 * x as f32 / PHOTO_PIXELS.0 as f32 - 14.0 * y as f32 / PHOTO_PIXELS.1 as f32;
        Rgb([light as u8, (light * 0.985) as u8, (light * 0.95) as u8])
    }))
}

fn bare_paper(x: u32, y: u32) -> Rgb<u8> {
    let light = 238.0 - 46.0 * x as f32 / PHOTO_PIXELS.0 as f32 - 30.0 * y as f32 / PHOTO_PIXELS.1 as f32;
    // A few lines of print at the left.
    let printed = x > 120 && x < 640 && y > 180 && y < 1100 && y % 64 < 16 && !(x / 9).is_multiple_of(3);
    let light = if printed { light * 0.25 } else { light };
    Rgb([light as u8, (light * 0.98) as u8, (light * 0.93) as u8])
}

fn jpeg(photo: &RgbImage) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    photo.write_to(&mut out, ImageFormat::Jpeg).expect("a JPEG");
    out.into_inner()
}
