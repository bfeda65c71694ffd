//! Stories of pictures with more pixels than a drawing process could hold: a page shows the same as MuPDF does.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod judges;

use std::io::Write as _;
use std::sync::Arc;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, ImageEncoder as _};
use pdf::Document;
use pdf::picture::{FallbackFonts, PictureSize, render};

/// Pixels of the pictures: 270 million, 30 of each side for a point of the page.
const WIDTH: usize = 18_000;
const HEIGHT: usize = 15_000;
/// Rows of those with colours: 90 million pixels.
const COLOURED_HEIGHT: usize = 5_000;
/// A black bar stands in every so many pixels, in the upper half only.
const STEP: usize = 1792;
const BAR: usize = 128;

/// A page of 600 × 500 pt that is all picture.
fn page(entries: &str, data: &[u8]) -> Vec<u8> {
    page_of((WIDTH, HEIGHT), entries, data, &[])
}

/// The same with a picture of this size; `beside` are further objects, from number 6 on.
fn page_of((width, height): (usize, usize), entries: &str, data: &[u8], beside: &[Vec<u8>]) -> Vec<u8> {
    let content = "0 0.5 0 rg q 600 0 0 500 0 0 cm /Picture Do Q";
    let picture = format!(
        "<</Type/XObject/Subtype/Image/Width {width}/Height {height}{entries}/Length {}>>",
        data.len()
    );
    let mut objects = vec![
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        b"<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 600 500]>>".to_vec(),
        b"<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</XObject<</Picture 5 0 R>>>>>>".to_vec(),
        stream(&format!("<</Length {}>>", content.len()), content.as_bytes()),
        stream(&picture, data),
    ];
    objects.extend_from_slice(beside);
    let mut file = b"%PDF-1.7\n".to_vec();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (at, object) in objects.iter().enumerate() {
        table += &format!("{:010} 00000 n \n", file.len());
        file.extend_from_slice(format!("{} 0 obj\n", at + 1).as_bytes());
        file.extend_from_slice(object);
        file.extend_from_slice(b"\nendobj\n");
    }
    let end = format!(
        "trailer<</Size {}/Root 1 0 R>>\nstartxref\n{}\n%%EOF\n",
        objects.len() + 1,
        file.len()
    );
    file.extend_from_slice(table.as_bytes());
    file.extend_from_slice(end.as_bytes());
    file
}

fn stream(dictionary: &str, data: &[u8]) -> Vec<u8> {
    [dictionary.as_bytes(), b"stream\n", data, b"\nendstream"].concat()
}

fn packed(rows: impl Iterator<Item = Vec<u8>>) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    rows.for_each(|row| encoder.write_all(&row).unwrap());
    encoder.finish().unwrap()
}

/// So many rows, of pixels that are each so many bytes.
fn rows(height: usize, white: &'static [u8], black: &'static [u8]) -> impl Iterator<Item = Vec<u8>> {
    let row = |is_black: &dyn Fn(usize) -> bool| {
        let pixels = (0..WIDTH).map(|x| if is_black(x) { black } else { white });
        pixels.collect::<Vec<_>>().concat()
    };
    let kinds = [row(&|x| x % STEP >= STEP - BAR), row(&|_| false)];
    (0..height).map(move |y| kinds[usize::from(y >= height / 2)].clone())
}

/// The same, a bit for each pixel; white is one.
fn bit_rows() -> impl Iterator<Item = Vec<u8>> {
    rows(HEIGHT, &[1], &[0]).map(|row| {
        row.chunks(8)
            .map(|bits| bits.iter().fold(0, |byte, bit| byte << 1 | bit))
            .collect()
    })
}

/// The same as a fax of the fourth group (ITU-T T.6).
fn fax() -> Vec<u8> {
    const BARS: usize = WIDTH / STEP;
    // White 1664, black 128: make-up and terminating codes.
    let bar = concat!("001", "011000", "00110101", "000011001000", "0000110111");
    let same = "1".repeat(2 * BARS);
    // Each line ends with a vertical mode of its own, up to the end of the row.
    let mut bits = bar.repeat(BARS) + "1";
    for y in 1..HEIGHT {
        match y.cmp(&(HEIGHT / 2)) {
            std::cmp::Ordering::Less => bits += &same,
            // Passes over every bar.
            std::cmp::Ordering::Equal => bits += &"0001".repeat(BARS),
            std::cmp::Ordering::Greater => {}
        }
        bits += "1";
    }
    bits += "000000000001000000000001";
    let bits = bits.as_bytes().chunks(8);
    bits.map(|bits| bits.iter().fold(0, |byte, bit| byte << 1 | (bit - b'0')) << (8 - bits.len()))
        .collect()
}

/// The same fax as the one region of a JBIG2 page (ITU-T T.88: page information, an immediate generic region of MMR).
fn jbig2() -> Vec<u8> {
    let fax = fax();
    let size = [(WIDTH as u32).to_be_bytes(), (HEIGHT as u32).to_be_bytes()].concat();
    let page = [size.as_slice(), &[0; 8], &[0, 0, 0]].concat();
    let region = [size.as_slice(), &[0; 8], &[0], &[1], &fax].concat();
    let segment = |number: u8, kind: u8, data: &[u8]| {
        let header = [&[0, 0, 0, number, kind, 0, 1][..], &(data.len() as u32).to_be_bytes()].concat();
        [header.as_slice(), data].concat()
    };
    [segment(0, 48, &page), segment(1, 38, &region)].concat()
}

fn jpeg(kind: ExtendedColorType, white: &'static [u8], black: &'static [u8]) -> Vec<u8> {
    let pixels: Vec<u8> = rows(COLOURED_HEIGHT, white, black).flatten().collect();
    let mut out = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut out, 80);
    encoder
        .write_image(&pixels, WIDTH as u32, COLOURED_HEIGHT as u32, kind)
        .unwrap();
    out
}

/// How far our picture at 72 dpi is from MuPDF's, in steps of 255: the mean; and the mean darkness of ours.
fn difference(name: &str, file: &[u8]) -> (f64, f64) {
    let document = Document::open(Arc::new(file.to_vec())).unwrap();
    let ours = render(&document, 1, PictureSize::Scale(1.0), &FallbackFonts::default())
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    let (folder, path) = judges::written(file);
    let out = folder.path().join("page.ppm");
    let (out, path) = (out.to_str().unwrap(), path.to_str().unwrap());
    judges::run("mutool", &["draw", "-q", "-r", "72", "-c", "rgb", "-o", out, path, "1"]);
    let theirs = std::fs::read(out).unwrap();
    let theirs = &theirs[theirs.len() - 600 * 500 * 3..];
    let ours: Vec<u8> = ours.rgba.chunks(4).flat_map(|pixel| pixel[..3].to_vec()).collect();
    assert_eq!(ours.len(), theirs.len(), "{name}");
    let mean = |sum: u64| sum as f64 / theirs.len() as f64;
    let apart = ours
        .iter()
        .zip(theirs)
        .map(|(own, other)| u64::from(own.abs_diff(*other)));
    let dark = ours.iter().map(|sample| u64::from(255 - sample));
    (mean(apart.sum()), mean(dark.sum()))
}

fn assert_shown(name: &str, file: &[u8]) {
    let (apart, dark) = difference(name, file);
    // MuPDF looks at a JPEG through another grid, a tenth of a pixel aside.
    // Ten bars of 128 of 18,000 pixels, in one of two halves: 3.6 % is black.
    assert!(apart < 1.5, "{name}: {apart} from MuPDF's");
    assert!((5.0..10.0).contains(&dark), "{name}: {dark} dark");
}

#[test]
fn bits_are_shown_however_they_are_packed() {
    let gray = "/ColorSpace/DeviceGray/BitsPerComponent 1";
    let bits: Vec<u8> = bit_rows().flatten().collect();
    assert_shown("plain", &page(gray, &bits));
    assert_shown(
        "Flate",
        &page(&format!("{gray}/Filter/FlateDecode"), &packed(bit_rows())),
    );
    let fax_entries = format!("{gray}/Filter/CCITTFaxDecode/DecodeParms<</K -1/Columns {WIDTH}/Rows {HEIGHT}>>");
    assert_shown("fax", &page(&fax_entries, &fax()));
    assert_shown("JBIG2", &page(&format!("{gray}/Filter[/JBIG2Decode]"), &jbig2()));
}

#[test]
fn stencils_and_masks_are_shown() {
    let stencil = "/ImageMask true/BitsPerComponent 1/Filter/FlateDecode";
    assert_shown("a stencil", &page(stencil, &packed(bit_rows())));
    let turned = packed(bit_rows().map(|row| row.iter().map(|byte| !byte).collect()));
    assert_shown("a turned stencil", &page(&format!("{stencil}/Decode[1 0]"), &turned));
    let mask = format!(
        "<</Type/XObject/Subtype/Image/Width {WIDTH}/Height {HEIGHT}/ColorSpace/DeviceGray/BitsPerComponent 1/Decode[1 0]/Filter/FlateDecode"
    );
    let data = packed(bit_rows());
    let mask = stream(&format!("{mask}/Length {}>>", data.len()), &data);
    // The picture itself is one black pixel; what counts is its mask.
    let picture = "/ColorSpace/DeviceGray/BitsPerComponent 8/SMask 6 0 R";
    assert_shown("a mask", &page_of((1, 1), picture, &[0], &[mask]));
}

#[test]
fn jpegs_are_shown() {
    let size = (WIDTH, COLOURED_HEIGHT);
    let gray = jpeg(ExtendedColorType::L8, &[255], &[0]);
    let entries = "/ColorSpace[/CalGray<</WhitePoint[0.95 1 1.09]>>]/BitsPerComponent 8/Filter/DCTDecode";
    assert_shown("gray", &page_of(size, entries, &gray, &[]));
    let colours = jpeg(ExtendedColorType::Rgb8, &[255, 255, 250], &[200, 0, 0]);
    let entries = "/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode";
    assert_shown("colours", &page_of(size, entries, &colours, &[]));
}

#[test]
fn what_is_cut_off_is_shown_as_far_as_it_goes() {
    let whole = packed(bit_rows());
    let entries = "/ColorSpace/DeviceGray/BitsPerComponent 1/Filter/FlateDecode";
    let document = Document::open(Arc::new(page(entries, &whole[..whole.len() / 3]))).unwrap();
    let shown = render(&document, 1, PictureSize::Scale(0.5), &FallbackFonts::default()).unwrap();
    assert!(shown.rgba.chunks(4).any(|pixel| pixel[0] < 128), "the first bars");
    let lower = &shown.rgba[shown.rgba.len() * 3 / 4..];
    assert!(
        lower.iter().all(|sample| *sample == 255),
        "white paper where nothing came"
    );
}
