//! Any bytes as a plan on unusual pages: refused, or marks inside the pages that can be written and are found again.
#![no_main]

#[path = "../src/shared.rs"]
mod shared;

use std::sync::{Arc, OnceLock};

use libfuzzer_sys::fuzz_target;
use pdf::plan::{Materials, Plan};
use pdf::{Appearance, Document, SharedBytes};
use shared::recipes::{self, Recipe, RecipePage, two_colour_square};
use shared::{begin, seeds, signed};

struct Desk;

impl Materials for Desk {
    fn seal(&self, name: &str) -> Option<Appearance> {
        (!name.is_empty()).then(|| two_colour_square(30.0))
    }

    fn font(&self) -> SharedBytes {
        const SONG: &[u8] = include_bytes!("../../crates/seal/fonts/seal-song.otf");
        Arc::new(SONG)
    }

    fn today(&self) -> time::Date {
        time::macros::date!(2026 - 11 - 24)
    }
}

fn document() -> &'static Document {
    static DOCUMENT: OnceLock<Document> = OnceLock::new();
    DOCUMENT.get_or_init(|| {
        let boxes = [
            "/MediaBox[0 0 595 842]",
            "/MediaBox[0 0 595 842]/Rotate 90",
            "/MediaBox[20 30 615 872]/CropBox[40 50 600 800]/Rotate 270/UserUnit 2",
            "/MediaBox[-200 -300 395 541]/Rotate 180",
            "/MediaBox[0 0 30 30]",
        ];
        let page = |entries: &&str| RecipePage {
            entries: (*entries).to_owned(),
            content: "BT /F1 20 Tf 15 10 Td (Seal here) Tj 200 400 Td (Seal) Tj ET".to_owned(),
        };
        let pages = boxes.iter().map(page).collect();
        recipes::open(
            Recipe {
                pages,
                ..Recipe::simple(0)
            }
            .build(),
        )
        .expect("a recipe")
    })
}

fuzz_target!(init: begin(seeds::plans), |data: &[u8]| {
    let Ok(plan) = Plan::from_json(data) else { return };
    let document = document();
    let Ok(resolved) = plan.resolve(document, &Desk) else { return };
    for placed in &resolved.boxes {
        let page = document.page(placed.page).expect("a page of the document");
        let inside = |at: f64, length: f64, most: f64| at > -0.01 && length >= 0.0 && at + length < most + 0.01;
        assert!(inside(placed.x_mm, placed.width_mm, page.width_mm()), "{placed:?}");
        assert!(inside(placed.y_mm, placed.height_mm, page.height_mm()), "{placed:?}");
    }
    if resolved.boxes.len() > 500 {
        return;
    }
    let written = signed(document, resolved.marks).expect("what was resolved can be written");
    let again = recipes::open(written).expect("our own output");
    assert_eq!(again.page_count(), document.page_count());
});
