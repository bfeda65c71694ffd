//! Photos of seals made clean: the mark is found, told from print and rules, straightened; hostile files are refused.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

use std::io::Cursor;

use image::{GrayImage, ImageFormat, Rgb, RgbImage};
use seal::clean::{CleanError, CleanMark, CleanOptions, CleanWarning, MarkKind, MarkShape, Photo, PixelBox, clean};
use seal::{Colour, FontStack, SealDesign};

const WIDTH: u32 = 1600;
const HEIGHT: u32 = 1200;
const RED: [f32; 3] = [0.58, 0.03, 0.04];

/// Designs as they are stored.
fn design(seal: &str) -> SealDesign {
    serde_json::from_str(&format!(r#"{{"version":1,"seal":{seal}}}"#)).unwrap()
}

fn company() -> SealDesign {
    design(r#"{"company":{"name":"杭州云栖智能科技有限公司","purpose":"投标专用章","diameter_mm":40.0}}"#)
}

fn name_seal() -> SealDesign {
    design(r#"{"name":{"text":"李小明","style":"zhu","suffix":"yin","size_mm":20.0,"face":"song"}}"#)
}

/// Alpha of a seal turned clockwise, in the middle of a photo.
fn stamped(design: &SealDesign, dpi: u32, degrees: f32) -> GrayImage {
    let png = design.layout(FontStack::bundled()).unwrap().to_png(dpi).unwrap();
    let art = image::load_from_memory(&png).unwrap().to_rgba8();
    let mut photo = GrayImage::new(WIDTH, HEIGHT);
    let (left, top) = ((WIDTH - art.width()) / 2, (HEIGHT - art.height()) / 2);
    for (x, y, pixel) in art.enumerate_pixels() {
        photo.put_pixel(left + x, top + y, image::Luma([pixel.0[3]]));
    }
    imageproc::geometric_transformations::rotate_about_center(
        &photo,
        degrees.to_radians(),
        imageproc::geometric_transformations::Interpolation::Bilinear,
        imageproc::geometric_transformations::Border::Constant(image::Luma([0])),
    )
}

/// The light of bare paper: brighter at the upper left, yellowish.
fn lamp(x: u32, y: u32) -> [f32; 3] {
    let slope = 0.75 - 0.35 * (x as f32 / WIDTH as f32 + y as f32 / HEIGHT as f32) / 2.0;
    [slope, slope * 0.95, slope * 0.85]
}

fn photo_of(alpha: &GrayImage, ink: [f32; 3], paper: impl Fn(u32, u32) -> [f32; 3]) -> RgbImage {
    RgbImage::from_fn(WIDTH, HEIGHT, |x, y| {
        let cover = f32::from(alpha.get_pixel(x, y).0[0]) / 255.0;
        let grain = 1.0 + 0.012 * ((x * 7919 + y * 104_729 + x * y * 31) % 97) as f32 / 97.0;
        let (light, paper) = (lamp(x, y), paper(x, y));
        let channel = |c: usize| {
            let value = paper[c] * (1.0 - cover) + cover * ink[c] * (0.2 + 0.8 * paper[c]);
            let value: f32 = (value * light[c] * grain).clamp(0.0, 1.0);
            (value.powf(1.0 / 2.2) * 255.0).round() as u8
        };
        Rgb([channel(0), channel(1), channel(2)])
    })
}

fn white(_: u32, _: u32) -> [f32; 3] {
    [1.0; 3]
}

/// Rows of print: blocks of black with gaps.
fn printed(x: u32, y: u32) -> [f32; 3] {
    let row = y % 46;
    let stroke = row < 22 && (x / 3 + y / 46 * 5) % 7 < 2 && !(x / 40).is_multiple_of(9);
    if stroke { [0.07; 3] } else { [1.0; 3] }
}

fn red_ruled(_: u32, y: u32) -> [f32; 3] {
    if y % 64 < 3 { [0.92, 0.55, 0.55] } else { [1.0; 3] }
}

fn bytes(photo: &RgbImage, format: ImageFormat) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    photo.write_to(&mut out, format).unwrap();
    out.into_inner()
}

fn read(photo: &RgbImage) -> Photo {
    Photo::read(&bytes(photo, ImageFormat::Jpeg)).unwrap()
}

fn cleaned(photo: &Photo, kind: MarkKind) -> CleanMark {
    let options = CleanOptions {
        kind: Some(kind),
        ..CleanOptions::default()
    };
    clean(photo, &options).unwrap()
}

fn mask(mark: &CleanMark, photo: &Photo) -> GrayImage {
    image::load_from_memory(&mark.mask_png(photo).unwrap())
        .unwrap()
        .to_luma8()
}

/// Intersection over union of what is more than half covered.
fn agreement(one: &GrayImage, two: &GrayImage) -> f64 {
    assert_eq!(one.dimensions(), two.dimensions());
    let pairs = one
        .pixels()
        .zip(two.pixels())
        .map(|(a, b)| (a.0[0] > 127, b.0[0] > 127));
    let (both, any) = pairs.fold((0, 0), |(both, any), (a, b)| {
        (both + u32::from(a && b), any + u32::from(a || b))
    });
    f64::from(both) / f64::from(any)
}

#[test]
fn a_round_seal_comes_out_straight_in_its_own_ink() {
    let truth = stamped(&company(), 500, 12.0);
    let photo = read(&photo_of(&truth, RED, white));
    let mark = cleaned(&photo, MarkKind::Seal);
    assert!(agreement(&mask(&mark, &photo), &truth) > 0.95);
    assert_eq!(mark.shape, MarkShape::Round);
    assert!((mark.angle_degrees - 12.0).abs() < 1.0, "{}", mark.angle_degrees);
    assert!((mark.dpi - 500.0).abs() < 10.0, "{}", mark.dpi);
    assert!(mark.ink.red > 150 && mark.ink.green < 90);
    assert_eq!(mark.warnings, []);
    let straight = image::load_from_memory(&mark.to_png().unwrap()).unwrap().to_rgba8();
    let upright = stamped(&company(), 500, 0.0);
    let (left, top) = ((WIDTH - straight.width()) / 2, (HEIGHT - straight.height()) / 2);
    let part = image::imageops::crop_imm(&upright, left, top, straight.width(), straight.height()).to_image();
    let alpha = GrayImage::from_fn(straight.width(), straight.height(), |x, y| {
        image::Luma([straight.get_pixel(x, y).0[3]])
    });
    assert!(agreement(&alpha, &part) > 0.85, "{}", agreement(&alpha, &part));
}

#[test]
fn print_and_red_rules_are_no_part_of_the_seal() {
    for paper in [printed, red_ruled] {
        let truth = stamped(&company(), 500, -5.0);
        let photo = read(&photo_of(&truth, RED, paper));
        let mark = cleaned(&photo, MarkKind::Seal);
        let agreement = agreement(&mask(&mark, &photo), &truth);
        assert!(agreement > 0.90, "{agreement}");
        assert_eq!(mark.shape, MarkShape::Round);
    }
}

#[test]
fn a_square_seal_is_squared_and_a_coarse_one_is_reported() {
    let truth = stamped(&name_seal(), 420, 9.0);
    let photo = read(&photo_of(&truth, RED, white));
    let mark = cleaned(&photo, MarkKind::Seal);
    assert_eq!(mark.shape, MarkShape::Square);
    assert!((mark.angle_degrees - 9.0).abs() < 0.7, "{}", mark.angle_degrees);
    assert!((mark.width_mm, mark.height_mm) == (20.0, 20.0));
    let options = CleanOptions {
        width_mm: Some(60.0),
        ink: Some(Colour::SEAL_RED),
        ..CleanOptions::default()
    };
    let large = clean(&photo, &options).unwrap();
    assert_eq!(large.ink, Colour::SEAL_RED);
    assert!(large.warnings.contains(&CleanWarning::LowResolution));
}

#[test]
fn a_crop_decides_between_two_seals_and_a_turn_is_added() {
    let mut both = GrayImage::new(WIDTH, HEIGHT);
    let one = stamped(&name_seal(), 420, 0.0);
    for (x, y, pixel) in one.enumerate_pixels().filter(|(_, _, pixel)| pixel.0[0] > 0) {
        both.put_pixel(x - 400, y, *pixel);
        both.put_pixel(x + 400, y, *pixel);
    }
    let photo = read(&photo_of(&both, RED, white));
    let options = CleanOptions {
        kind: Some(MarkKind::Seal),
        crop: Some(PixelBox {
            x: 950,
            y: 300,
            width: 500,
            height: 600,
        }),
        turn_degrees: 90.0,
        ..CleanOptions::default()
    };
    let mark = clean(&photo, &options).unwrap();
    assert!(mark.place.x >= 950 && mark.place.x + mark.place.width <= 1450);
    let plain = clean(
        &photo,
        &CleanOptions {
            turn_degrees: 0.0,
            ..options
        },
    )
    .unwrap();
    let picture = |mark: &CleanMark| image::load_from_memory(&mark.to_png().unwrap()).unwrap().to_rgba8();
    let turned = image::imageops::rotate90(&picture(&plain));
    let alpha = |picture: &image::RgbaImage| -> Vec<u8> { picture.pixels().map(|pixel| pixel.0[3]).collect() };
    let size = turned.dimensions();
    let resized = image::imageops::resize(&picture(&mark), size.0, size.1, image::imageops::FilterType::Triangle);
    let both = [turned, resized].map(|picture| GrayImage::from_raw(size.0, size.1, alpha(&picture)).unwrap());
    assert!(agreement(&both[0], &both[1]) > 0.9);
}

#[test]
fn a_turned_photo_is_seen_upright_and_its_mask_lies_on_its_own_pixels() {
    let truth = stamped(&company(), 500, 0.0);
    let upright = photo_of(&truth, RED, white);
    // What a phone writes that was held on its side: pixels turned, and "turn back by 90° clockwise" (6).
    let stored = image::imageops::rotate270(&upright);
    let mut file = bytes(&stored, ImageFormat::Jpeg);
    let exif = b"\xFF\xE1\0\x22Exif\0\0MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    file.splice(2..2, exif.iter().copied());
    let photo = Photo::read(&file).unwrap();
    assert_eq!(photo.size(), (WIDTH as usize, HEIGHT as usize));
    let mark = cleaned(&photo, MarkKind::Seal);
    assert!(mark.angle_degrees.abs() < 1.0);
    let mask = mask(&mark, &photo);
    let truth_stored = image::imageops::rotate270(&truth);
    assert!(agreement(&mask, &truth_stored) > 0.95);
    let place = mark.place_in_file(&photo);
    let left = (place.x..place.x + 6).any(|x| (0..mask.height()).any(|y| mask.get_pixel(x as u32, y).0[0] > 60));
    assert!(left, "the box begins where the mask does");
}

#[test]
fn a_photo_can_be_looked_at_in_part_and_as_a_whole() {
    let truth = stamped(&company(), 500, 0.0);
    let photo = read(&photo_of(&truth, RED, white));
    let seen = |part, longest| image::load_from_memory(&photo.picture(part, longest).unwrap()).unwrap();
    let whole = seen(None, 400);
    assert_eq!(whole.width().max(whole.height()), 400);
    let (x, y, width, height) = (300, 200, 128, 64);
    let part = seen(Some(PixelBox { x, y, width, height }), 1600);
    assert_eq!((part.width(), part.height()), (128, 64));
    let beyond = PixelBox {
        x: WIDTH as usize - 10,
        y: 0,
        width: 500,
        height: 20,
    };
    assert_eq!(seen(Some(beyond), 1600).width(), 10);
    let outside = PixelBox {
        x: usize::MAX,
        y: 0,
        width: 1,
        height: 1,
    };
    assert!(photo.picture(Some(outside), 1600).is_err());
}

#[test]
fn what_is_meant_is_told_without_a_word() {
    let unasked = |photo: &Photo| clean(photo, &CleanOptions::default()).unwrap();
    // A seal is a seal in any ink.
    let truth = stamped(&company(), 500, 8.0);
    let photo = read(&photo_of(&truth, [0.04, 0.08, 0.42], white));
    let mark = unasked(&photo);
    assert_eq!((mark.kind, mark.shape), (MarkKind::Seal, MarkShape::Round));
    assert!((mark.angle_degrees - 8.0).abs() < 1.0);
    assert!(agreement(&mask(&mark, &photo), &truth) > 0.95);
    // A thin pen on yellow paper whose red rule runs along the lower edge: neither is a seal.
    let pen = signature(3.0);
    let yellow_ruled = |_: u32, y: u32| {
        if y > HEIGHT - 30 {
            [0.9, 0.5, 0.4]
        } else {
            [0.95, 0.88, 0.62]
        }
    };
    let photo = read(&photo_of(&pen, [0.08, 0.08, 0.09], yellow_ruled));
    let mark = unasked(&photo);
    assert_eq!((mark.kind, mark.shape), (MarkKind::Signature, MarkShape::Free));
    let agreement = agreement(&mask(&mark, &photo), &pen);
    assert!(agreement > 0.85, "{agreement}");
}

/// A pen's line, half as wide as told and somewhat more.
fn signature(half_width: f32) -> GrayImage {
    let art = GrayImage::from_fn(WIDTH, HEIGHT, |x, y| {
        let (t, y) = (x as f32 / 90.0, y as f32);
        let line = 600.0 + 130.0 * t.sin() * (t * 0.37).cos();
        let inside = (400..1200).contains(&x) && (y - line).abs() < half_width * (1.0 + 0.45 * (t * 1.7).sin());
        image::Luma([if inside { 255 } else { 0 }])
    });
    imageproc::filter::gaussian_blur_f32(&art, 1.0)
}

#[test]
fn a_signature_keeps_its_shape_whatever_the_paper() {
    let soft = signature(9.0);
    for ink in [[0.02, 0.02, 0.02], [0.03, 0.05, 0.25]] {
        let photo = read(&photo_of(&soft, ink, red_ruled));
        let mark = cleaned(&photo, MarkKind::Signature);
        let agreement = agreement(&mask(&mark, &photo), &soft);
        assert!(agreement > 0.93, "{agreement}");
        assert_eq!((mark.shape, mark.angle_degrees), (MarkShape::Free, 0.0));
    }
}

#[test]
fn bare_paper_has_no_mark() {
    let photo = read(&photo_of(&GrayImage::new(WIDTH, HEIGHT), RED, white));
    let found = |kind| {
        clean(
            &photo,
            &CleanOptions {
                kind,
                ..CleanOptions::default()
            },
        )
        .err()
    };
    for kind in [None, Some(MarkKind::Seal), Some(MarkKind::Signature)] {
        assert_eq!(found(kind), Some(CleanError::NothingFound));
    }
}

#[test]
fn hostile_and_foreign_files_are_refused_before_they_are_decoded() {
    let refused = |bytes: &[u8]| Photo::read(bytes).err().expect("it is refused");
    assert_eq!(refused(b"GIF89a"), CleanError::UnknownFormat);
    assert_eq!(refused(b""), CleanError::UnknownFormat);
    assert_eq!(refused(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"), CleanError::Heic);
    assert!(matches!(refused(b"\xFF\xD8\xFF\xE0"), CleanError::Damaged(_)));
    let small = bytes(&RgbImage::new(40, 30), ImageFormat::Png);
    let mut vast = small.clone();
    vast[16..24].copy_from_slice(&[0, 1, 0, 0, 0, 1, 0, 0]);
    let chunk = &vast[12..29];
    let sum = {
        let mut crc = flate2::Crc::new();
        crc.update(chunk);
        crc.sum().to_be_bytes()
    };
    vast[29..33].copy_from_slice(&sum);
    assert_eq!(refused(&vast), CleanError::TooLarge);
    assert!(matches!(refused(&small[..small.len() / 2]), CleanError::Damaged(_)));
    // The decoder makes up what is missing; a photo that did not arrive whole is told instead.
    let mut noise = RgbImage::new(400, 300);
    noise
        .pixels_mut()
        .enumerate()
        .for_each(|(at, pixel)| pixel.0 = [(at * 37 % 256) as u8; 3]);
    let whole = bytes(&noise, ImageFormat::Jpeg);
    assert!(Photo::read(&whole).is_ok());
    for kept in [whole.len() - 2, whole.len() / 2] {
        assert!(
            matches!(refused(&whole[..kept]), CleanError::Damaged(_)),
            "{kept} bytes"
        );
    }
    let mut scans = bytes(&RgbImage::new(40, 30), ImageFormat::Jpeg);
    scans.extend([0xFF, 0xDA].repeat(100));
    assert_eq!(refused(&scans), CleanError::TooLarge);
}

#[test]
fn tiny_pictures_and_strange_crops_do_no_harm() {
    for (width, height) in [(1, 1), (1, 700), (700, 1), (3, 2), (64, 64)] {
        let mut picture = RgbImage::from_pixel(width, height, Rgb([240, 240, 240]));
        picture.put_pixel(width / 2, height / 2, Rgb([200, 20, 20]));
        let photo = Photo::read(&bytes(&picture, ImageFormat::Png)).unwrap();
        for crop in [
            None,
            Some(PixelBox {
                x: 9_999,
                y: usize::MAX,
                width: usize::MAX,
                height: 0,
            }),
        ] {
            let options = CleanOptions {
                crop,
                turn_degrees: f64::NAN,
                width_mm: Some(f64::NAN),
                ..CleanOptions::default()
            };
            assert!(clean(&photo, &options).is_err());
        }
    }
}
