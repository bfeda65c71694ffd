//! Seam seals: the slices on the pages make the seal again, and cost next to nothing.
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

use std::sync::Arc;

use pdf::plan::{Content, Finding, Item, Materials, Place, Plan, PlanError, Resolved, Side};
use pdf::shown_marks::read_marks;
use pdf::signature::read_signatures;
use pdf::update::{SignatureRequest, prepare_signature, prepare_stamp};
use pdf::{Appearance, Document, Mark, SharedBytes};
use recipes::{Recipe, RecipePage, joined, open, square_at};
use time::macros::datetime;

/// Ten pixels a millimetre.
const DPI: u32 = 254;
const PIXELS_PER_MM: usize = 10;
const SEAL_MM: usize = 40;
/// 200 mm × 200 mm, so that edges fall between pixels.
const PAGE: &str = "/MediaBox[0 0 566.9291339 566.9291339]";

struct OneSeal;

impl Materials for OneSeal {
    fn seal(&self, name: &str) -> Option<Appearance> {
        (name == "公章").then(seal)
    }

    fn font(&self) -> SharedBytes {
        Arc::new([])
    }

    fn today(&self) -> time::Date {
        time::macros::date!(2026 - 11 - 24)
    }
}

/// Nothing about it is symmetric.
fn seal() -> Appearance {
    let content = "1 0 0 rg 0 0 m 40 0 l 40 40 l f 0 0 1 rg 2 30 13 7 re f 0 0.5 0 rg 20 20 m 38 26 l 30 39 l f \
                   0 0 0 rg 9 4 22 3 re f";
    Appearance::Vector {
        content: content.as_bytes().into(),
        width_mm: SEAL_MM as f64,
        height_mm: SEAL_MM as f64,
    }
}

fn seam(side: Side, pages_per_group: Option<u32>) -> Place {
    Place::Seam {
        pages: "all".to_owned(),
        side,
        pages_per_group,
        odd_pages_only: false,
        skip_cover: false,
        along_mm: None,
    }
}

fn plan(place: Place) -> Plan {
    let seal = "公章".to_owned();
    Plan::new(vec![Item {
        content: Content::Seal { seal },
        place,
    }])
}

fn resolved(document: &Document, place: Place) -> Result<Resolved, PlanError> {
    plan(place).resolve(document, &OneSeal)
}

/// Blank square pages, each turned in its own way.
fn pages(count: usize) -> Vec<u8> {
    let page = |index: usize| RecipePage {
        entries: format!("{PAGE}/Rotate {}", index * 90 % 360),
        content: String::new(),
    };
    Recipe {
        pages: (0..count).map(page).collect(),
        ..Recipe::simple(0)
    }
    .build()
}

fn signed(file: &[u8], marks: Vec<Mark>) -> Vec<u8> {
    let request = SignatureRequest {
        marks,
        ..SignatureRequest::new(datetime!(2026-11-24 0:00 UTC))
    };
    let prepared = prepare_signature(&open(file).unwrap(), &request).unwrap();
    joined(file, &prepared.with_signature(&[0x30, 0]).unwrap())
}

/// A window of a picture: RGB of `width` × `height` pixels.
fn window(picture: &(usize, usize, Vec<u8>), left: usize, top: usize, width: usize, height: usize) -> Vec<[u8; 3]> {
    let pixel = |x: usize, y: usize| {
        let at = (y * picture.0 + x) * 3;
        [picture.2[at], picture.2[at + 1], picture.2[at + 2]]
    };
    (top..top + height)
        .flat_map(|y| (left..left + width).map(move |x| pixel(x, y)))
        .collect()
}

/// Every pixel has its like in the other picture no further than one pixel away.
fn same_to_a_pixel(one: &[[u8; 3]], other: &[[u8; 3]], width: usize) -> bool {
    let height = one.len() / width;
    let alike = |a: [u8; 3], b: [u8; 3]| a.iter().zip(b).all(|(a, b)| a.abs_diff(b) < 64);
    (0..one.len()).all(|at| {
        let (x, y) = (at % width, at / width);
        let near = |length: usize, place: usize| place.saturating_sub(1)..=(place + 1).min(length - 1);
        near(height, y).any(|v| near(width, x).any(|u| alike(one[at], other[v * width + u])))
    })
}

fn whole_seal() -> Vec<[u8; 3]> {
    let original = pages(1);
    let mark = Mark {
        appearance: seal(),
        ..square_at(1.0, &[(1, 80.0, 80.0)])
    };
    let stamped = joined(
        &original,
        &prepare_stamp(&open(original.clone()).unwrap(), &[mark]).unwrap(),
    );
    let side = SEAL_MM * PIXELS_PER_MM;
    window(
        &judges::mupdf_picture(&stamped, 1, DPI),
        80 * PIXELS_PER_MM,
        80 * PIXELS_PER_MM,
        side,
        side,
    )
}

/// Puts the slices of a group of five pages together as the fanned-out sheets show them.
fn reassembled(file: &[u8], side: Side) -> Vec<[u8; 3]> {
    let (whole, slice, page) = (
        SEAL_MM * PIXELS_PER_MM,
        SEAL_MM * PIXELS_PER_MM / 5,
        200 * PIXELS_PER_MM,
    );
    let start = (page - whole) / 2;
    let mut glued = vec![[0; 3]; whole * whole];
    for number in 1..=5_usize {
        let picture = judges::mupdf_picture(file, number as u32, DPI);
        let (left, top, width, height) = match side {
            Side::Left => (0, start, slice, whole),
            Side::Right => (page - slice, start, slice, whole),
            Side::Top => (start, 0, whole, slice),
            Side::Bottom => (start, page - slice, whole, slice),
        };
        let place = match side {
            Side::Right | Side::Bottom => (number - 1) * slice,
            Side::Left | Side::Top => (5 - number) * slice,
        };
        let part = window(&picture, left, top, width, height);
        for (index, pixel) in part.into_iter().enumerate() {
            let (x, y) = (index % width, index / width);
            let at = if height == whole {
                y * whole + place + x
            } else {
                (place + y) * whole + x
            };
            glued[at] = pixel;
        }
    }
    glued
}

#[test]
fn the_slices_make_the_seal_again() {
    let whole = whole_seal();
    assert!(whole.contains(&[255, 0, 0]), "the seal is there");
    let original = pages(5);
    for side in [Side::Left, Side::Right, Side::Top, Side::Bottom] {
        let marks = resolved(&open(original.clone()).unwrap(), seam(side, None))
            .unwrap()
            .marks;
        let drawn = signed(&original, marks.clone());
        let first = signed(&original, Vec::new());
        let widgets = signed(&first, marks);
        for (how, file) in [("drawn", drawn), ("widgets", widgets)] {
            judges::qpdf_clean(&file);
            let again = reassembled(&file, side);
            let width = SEAL_MM * PIXELS_PER_MM;
            assert!(
                same_to_a_pixel(&again, &whole, width) && same_to_a_pixel(&whole, &again, width),
                "{how} {side:?}"
            );
        }
    }
}

#[test]
fn every_slice_is_listed_with_the_signature_that_carries_it() {
    let original = pages(5);
    let marks = resolved(&open(original.clone()).unwrap(), seam(Side::Right, None))
        .unwrap()
        .marks;
    let document = open(signed(&original, marks)).unwrap();
    let shown = read_marks(&document, &read_signatures(&document).unwrap()[0]).unwrap();
    assert_eq!(shown.len(), 5);
    for (mark, page) in shown.iter().zip(1..) {
        assert_eq!(mark.page, page);
        let off = [
            mark.x_mm - 192.0,
            mark.y_mm - 80.0,
            mark.width_mm - 8.0,
            mark.height_mm - 40.0,
        ];
        assert!(off.iter().all(|error| error.abs() < 0.01), "{mark:?}");
    }
}

#[test]
fn a_seam_over_two_thousand_pages_adds_less_than_a_kilobyte_a_page() {
    let original = Recipe::simple(2000).build();
    let document = open(original.clone()).unwrap();
    let resolved = resolved(&document, seam(Side::Right, Some(20))).unwrap();
    assert_eq!(resolved.boxes.len(), 2000);
    let tail = prepare_stamp(&document, &resolved.marks).unwrap();
    let per_page = tail.len() / 2000;
    println!("{per_page} bytes a page");
    assert!(per_page <= 1024);
    assert_eq!(
        tail.windows(13).filter(|window| window == b"/Subtype /For").count(),
        1,
        "the seal is stored once"
    );
}

#[test]
fn people_are_told_how_the_seam_falls() {
    let document = open(Recipe::simple(30).build()).unwrap();
    let facts = |most| match resolved(&document, seam(Side::Right, most))
        .unwrap()
        .findings
        .as_slice()
    {
        [
            Finding::Seam {
                pages,
                groups,
                largest_group,
                slice_mm,
                is_thin,
                ..
            },
        ] => (
            *pages,
            *groups,
            *largest_group,
            (slice_mm * 100.0).round() / 100.0,
            *is_thin,
        ),
        other => panic!("{other:?}"),
    };
    assert_eq!(facts(None), (30, 1, 30, 1.33, true));
    assert_eq!(facts(Some(8)), (30, 4, 8, 5.0, false));
}

#[test]
fn covers_and_back_sides_can_be_left_out_and_nonsense_is_refused() {
    let document = open(Recipe::simple(9).build()).unwrap();
    let place = |pages: &str, most: Option<u32>, skip_cover: bool| Place::Seam {
        pages: pages.to_owned(),
        side: Side::Right,
        pages_per_group: most,
        odd_pages_only: true,
        skip_cover,
        along_mm: Some(10.0),
    };
    let resolved = resolved(&document, place("all", None, true)).unwrap();
    let on: Vec<u32> = resolved.boxes.iter().map(|placed| placed.page).collect();
    assert_eq!(on, [3, 5, 7, 9]);
    assert!(resolved.boxes.iter().all(|placed| placed.y_mm == 10.0));
    let refused = |place| plan(place).resolve(&document, &OneSeal).unwrap_err();
    assert_eq!(refused(place("1-3", None, true)), PlanError::SeamTooShort { item: 0 });
    assert_eq!(refused(place("all", Some(1), false)), PlanError::BadNumber { item: 0 });
    assert!(matches!(
        refused(place("1-30", None, false)),
        PlanError::Pages { item: 0, .. }
    ));
    let off = Place::At {
        pages: "2".to_owned(),
        x_mm: 190.0,
        y_mm: 0.0,
    };
    assert_eq!(refused(off), PlanError::OffPage { item: 0, page: 2 });
}

#[test]
fn a_plan_is_text_that_later_versions_can_tell_apart() {
    let both = Plan::new(vec![
        plan(seam(Side::Right, Some(12))).items.remove(0),
        Item {
            content: Content::Seal {
                seal: "公章".to_owned(),
            },
            place: Place::At {
                pages: "last".to_owned(),
                x_mm: 120.0,
                y_mm: 200.0,
            },
        },
    ]);
    let text = serde_json::to_string(&both).unwrap();
    assert_eq!(serde_json::from_str::<Plan>(&text).unwrap(), both);
    let document = open(Recipe::simple(2).build()).unwrap();
    let newer: Plan = serde_json::from_str(&text.replace("\"version\":1", "\"version\":2")).unwrap();
    assert_eq!(
        newer.resolve(&document, &OneSeal).unwrap_err(),
        PlanError::UnknownVersion { version: 2 }
    );
}

#[test]
fn marks_that_cover_something_are_told_beforehand() {
    let original = Recipe::simple(2).build();
    let first = signed(&original, Vec::new());
    let second = signed(&first, vec![square_at(30.0, &[(2, 100.0, 100.0)])]);
    let at = |x_mm| Item {
        content: Content::Seal {
            seal: "公章".to_owned(),
        },
        place: Place::At {
            pages: "2".to_owned(),
            x_mm,
            y_mm: 110.0,
        },
    };
    let plan = Plan::new(vec![at(10.0), at(45.0), at(120.0)]);
    let found = plan.resolve(&open(second).unwrap(), &OneSeal).unwrap().findings;
    let field = "Signature2".to_owned();
    assert_eq!(
        found,
        [
            Finding::CoversMark {
                item: 1,
                other: 0,
                page: 2
            },
            Finding::CoversSignature {
                item: 2,
                field,
                page: 2
            }
        ]
    );
}
