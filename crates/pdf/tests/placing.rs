//! Marks land where they were put, upright, on turned, cropped, shifted and scaled pages.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking and says what it counted"
)]

mod judges;
mod recipes;

use pdf::geometry::{Rectangle, Rotation};
use pdf::picture::{FallbackFonts, PictureSize, render};
use pdf::update::{SignatureRequest, prepare_signature, prepare_stamp};
use pdf::{Document, PageGeometry};
use proptest::prelude::*;
use recipes::{Recipe, joined, open, square_at};
use time::macros::datetime;

const SIZE: f64 = 30.0;
const AT: (f64, f64) = (25.0, 40.0);

/// Pages as awkward as they come; each is larger than the mark's place.
fn awkward_pages() -> Vec<String> {
    let mut pages = Vec::new();
    for rotate in [0, 90, 180, 270, -90] {
        for boxes in [
            "/MediaBox[0 0 400 500]",
            "/MediaBox[-100 50 400 500]",
            "/MediaBox[0 0 600 700]/CropBox[100 120 500 620]",
            "/MediaBox[400 500 0 0]/CropBox[-50 -50 380 900]",
            "/MediaBox[0 0 200 250]/UserUnit 2.5",
        ] {
            pages.push(format!("{boxes}/Rotate {rotate}"));
        }
    }
    pages
}

/// Checks a picture of the page: red where the mark is, blue in its lower left quarter, white around.
fn check_picture(who: &str, page: &str, mm_to_pixels: f64, width: usize, pixels: &[u8], step: usize) {
    let colour = |x_mm: f64, y_mm: f64| {
        let (x, y) = ((x_mm * mm_to_pixels) as usize, (y_mm * mm_to_pixels) as usize);
        let at = (y * width + x) * step;
        [pixels[at] > 128, pixels[at + 1] > 128, pixels[at + 2] > 128]
    };
    let (left, top) = AT;
    let (near, far) = (SIZE * 0.08, SIZE * 0.92);
    let (red, blue, white) = ([true, false, false], [false, false, true], [true, true, true]);
    assert_eq!(colour(left + near, top + near), red, "{who} upper left {page}");
    assert_eq!(colour(left + far, top + near), red, "{who} upper right {page}");
    assert_eq!(colour(left + far, top + far), red, "{who} lower right {page}");
    assert_eq!(colour(left + near, top + far), blue, "{who} lower left {page}");
    for (x, y) in [
        (-near, far),
        (far + 2.0 * near, far),
        (near, -near),
        (near, far + 2.0 * near),
    ] {
        assert_eq!(colour(left + x, top + y), white, "{who} around {page}");
    }
}

fn check_everywhere(file: &[u8], document: &Document, page: u32, name: &str) {
    let geometry = *document.page(page).unwrap();
    let own = render(document, page, PictureSize::Scale(2.0), &FallbackFonts::default()).unwrap();
    let scale = f64::from(own.width) / geometry.width_mm();
    check_picture("hayro", name, scale, own.width as usize, &own.rgba, 4);
    // pdftoppm 22.12 knows no UserUnit and cuts a CropBox that reaches over the MediaBox elsewhere.
    if geometry.user_unit == 1.0 && !name.contains("CropBox[-50") {
        let (width, _, pixels) = judges::poppler_picture(file, page, 100);
        check_picture("poppler", name, 100.0 / 25.4, width, &pixels, 3);
    }
    let (width, _, pixels) = judges::mupdf_picture(file, page, 100);
    check_picture("mupdf", name, width as f64 / geometry.width_mm(), width, &pixels, 3);
}

#[test]
fn marks_stand_upright_where_they_were_put() {
    let pages = awkward_pages();
    let content = "q 0.5 0 0 0.5 9 9 cm"; // leaves a changed state behind, as sloppy writers do
    let recipe_pages = pages
        .iter()
        .flat_map(|page| Recipe::with_page(page, content).pages)
        .collect();
    let original = Recipe {
        pages: recipe_pages,
        ..Recipe::simple(0)
    }
    .build();
    let places: Vec<(u32, f64, f64)> = (1..=pages.len()).map(|page| (page as u32, AT.0, AT.1)).collect();
    let mark = square_at(SIZE, &places);

    let document = open(original.clone()).unwrap();
    let drawn = joined(
        &original,
        &prepare_stamp(&document, std::slice::from_ref(&mark)).unwrap(),
    );

    let request = SignatureRequest::new(datetime!(2026-11-22 0:00 UTC));
    let first = prepare_signature(&document, &request)
        .unwrap()
        .with_signature(&[0x30, 0])
        .unwrap();
    let first = joined(&original, &first);
    let request = SignatureRequest {
        marks: vec![mark],
        ..request
    };
    let second = prepare_signature(&open(first.clone()).unwrap(), &request).unwrap();
    let widgets = joined(&first, &second.with_signature(&[0x30, 0]).unwrap());

    for file in [drawn, widgets] {
        judges::qpdf_clean(&file);
        let document = open(file.clone()).unwrap();
        for (index, page) in pages.iter().enumerate() {
            check_everywhere(&file, &document, index as u32 + 1, page);
        }
    }
}

fn geometries() -> impl Strategy<Value = PageGeometry> {
    let corner = -2000.0..2000.0_f64;
    let side = 10.0..3000.0_f64;
    let rotation = prop_oneof![
        Just(Rotation::None),
        Just(Rotation::Quarter),
        Just(Rotation::Half),
        Just(Rotation::ThreeQuarters)
    ];
    (
        corner.clone(),
        corner,
        side.clone(),
        side,
        rotation,
        0.1..100.0_f64,
        0.0..0.4_f64,
    )
        .prop_map(|(left, bottom, width, height, rotation, unit, crop)| {
            let media = Rectangle::from_corners((left, bottom), (left + width, bottom + height));
            let inset = Rectangle::from_corners(
                (left + crop * width, bottom - 5.0),
                (left + width + 7.0, bottom + height * (1.0 - crop)),
            );
            PageGeometry::new(media, Some(inset), rotation, unit)
        })
}

proptest! {
    #[test]
    fn millimetres_go_to_pdf_space_and_back(page in geometries(), x in 0.0..1.0_f64, y in 0.0..1.0_f64) {
        let (x, y) = (x * page.width_mm(), y * page.height_mm());
        let (in_x, in_y) = page.to_pdf().apply(x, y);
        prop_assert!(in_x >= page.visible.left - 1e-6 && in_x <= page.visible.right + 1e-6);
        prop_assert!(in_y >= page.visible.bottom - 1e-6 && in_y <= page.visible.top + 1e-6);
        let (back_x, back_y) = page.to_visible().apply(in_x, in_y);
        prop_assert!((back_x - x).abs() < 1e-6 && (back_y - y).abs() < 1e-6);
    }

    #[test]
    fn an_upright_drawing_keeps_its_size_and_its_top_left(page in geometries(), x in 0.0..500.0_f64, y in 0.0..500.0_f64) {
        let (width, height) = (38.0, 21.0);
        let map = page.upright(x, y, height).then(&page.to_visible());
        let near = |from: (f64, f64), to: (f64, f64)| (from.0 - to.0).abs() < 1e-6 && (from.1 - to.1).abs() < 1e-6;
        prop_assert!(near(map.apply(0.0, height), (x, y)));
        prop_assert!(near(map.apply(width, 0.0), (x + width, y + height)));
        let area = page.rectangle(x, y, width, height);
        let side = page.mm_per_unit();
        prop_assert!((area.width() * area.height() * side * side - width * height).abs() < 1e-3);
    }
}
