//! Text and dates of a plan: searched and copied by other programs, drawn alike by them, never with a character missing.
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

use std::io::Read as _;
use std::sync::Arc;

use pdf::lettering::{Color, LetteringError, SignatureWords, TextBlock};
use pdf::plan::{Content, DatePattern, Item, Materials, Place, Plan, PlanError};
use pdf::update::{SignatureRequest, Widget, prepare_signature, prepare_stamp};
use pdf::{Appearance, PlacedMm, SharedBytes};
use recipes::{Recipe, joined, open};
use time::macros::{date, datetime};

const SONG: &[u8] = include_bytes!("../../seal/fonts/seal-song.otf");

/// A font of each kind; the second lies packed.
fn fonts() -> [(&'static str, &'static [u8]); 2] {
    let packed: &[u8] = include_bytes!("../../seal/fonts/seal-kai.ttf.br");
    let mut kai = Vec::new();
    brotli_decompressor::Decompressor::new(packed, 1 << 16)
        .read_to_end(&mut kai)
        .unwrap();
    [("OpenType", SONG), ("TrueType", kai.leak())]
}

struct Writing(&'static [u8]);

impl Materials for Writing {
    fn seal(&self, _name: &str) -> Option<Appearance> {
        None
    }

    fn font(&self) -> SharedBytes {
        Arc::new(self.0)
    }

    fn today(&self) -> time::Date {
        date!(2026 - 11 - 24)
    }
}

fn at(page: u32, y_mm: f64) -> Place {
    Place::At {
        pages: page.to_string(),
        x_mm: 20.0,
        y_mm,
    }
}

fn red() -> Color {
    Color::try_from("#c8102e".to_owned()).unwrap()
}

fn text(text: &str, place: Place) -> Item {
    let content = Content::Text {
        text: text.to_owned(),
        size_pt: 14.0,
        color: red(),
    };
    Item { content, place }
}

fn date(pattern: DatePattern, place: Place) -> Item {
    let content = Content::Date {
        pattern,
        size_pt: 14.0,
        color: red(),
    };
    Item { content, place }
}

fn words_of(file: &[u8], page: u32) -> String {
    let (_folder, path) = judges::written(file);
    let page = page.to_string();
    let output = judges::run(
        "pdftotext",
        &["-f", &page, "-l", &page, "-layout", path.to_str().unwrap(), "-"],
    );
    String::from_utf8(output.stdout).unwrap()
}

/// Where anything is drawn, in mm: left, top, right, bottom.
fn inked((width, height, pixels): &(usize, usize, Vec<u8>), dpi: f64) -> [f64; 4] {
    let mut edges = [usize::MAX, usize::MAX, 0, 0];
    for (y, x) in (0..*height).flat_map(|y| (0..*width).map(move |x| (y, x))) {
        let at = (y * width + x) * 3;
        if pixels[at + 1] < 128 {
            edges = [
                edges[0].min(x),
                edges[1].min(y),
                edges[2].max(x + 1),
                edges[3].max(y + 1),
            ];
        }
    }
    edges.map(|pixel| pixel as f64 * 25.4 / dpi)
}

#[test]
fn text_and_dates_are_found_and_drawn_by_others() {
    let original = Recipe::simple(0);
    let pages = ["", "/Rotate 90"]
        .iter()
        .flat_map(|turn| Recipe::with_page(&format!("/MediaBox[0 0 595 842]{turn}"), "q").pages);
    let original = Recipe {
        pages: pages.collect(),
        ..original
    }
    .build();
    for (kind, font) in fonts() {
        let plan = Plan::new(vec![
            text("投标人：某某建设有限公司\nTender No. 2026-088", at(1, 30.0)),
            date(DatePattern::Chinese, at(1, 60.0)),
            date(DatePattern::ChineseNumerals, at(1, 75.0)),
            date(DatePattern::Numeric, at(2, 100.0)),
        ]);
        let document = open(original.clone()).unwrap();
        let resolved = plan.resolve(&document, &Writing(font)).unwrap();
        let tail = prepare_stamp(&document, &resolved.marks).unwrap();
        println!("{kind}: {} bytes added", tail.len());
        assert!(
            tail.len() < 60_000,
            "{kind}: only a part of the font goes in, {}",
            tail.len()
        );
        let file = joined(&original, &tail);
        judges::qpdf_clean(&file);
        let words = words_of(&file, 1);
        for sought in [
            "投标人：某某建设有限公司",
            "Tender No. 2026-088",
            "2026年11月24日",
            "二〇二六年十一月二十四日",
        ] {
            assert!(words.contains(sought), "{kind}: {sought} in {words}");
        }
        assert!(words_of(&file, 2).contains("2026-11-24"), "{kind}");
        let placed = resolved.boxes[3];
        for (who, picture) in [
            ("poppler", judges::poppler_picture(&file, 2, 150)),
            ("mupdf", judges::mupdf_picture(&file, 2, 150)),
        ] {
            let [left, top, right, bottom] = inked(&picture, 150.0);
            let inside = left > placed.x_mm - 0.3
                && top > placed.y_mm - 0.3
                && right < placed.x_mm + placed.width_mm + 0.3
                && bottom < placed.y_mm + placed.height_mm + 0.3;
            assert!(inside, "{kind} {who}: {:?} in {placed:?}", [left, top, right, bottom]);
            let filled = (right - left) / placed.width_mm;
            assert!(filled > 0.9, "{kind} {who}: the digits fill their box, {filled}");
        }
    }
}

#[test]
fn a_character_that_the_font_lacks_is_named_before_anything_is_written() {
    let document = open(Recipe::simple(1).build()).unwrap();
    let of = |words: &str| Plan::new(vec![text("好", at(1, 10.0)), text(words, at(1, 30.0))]);
    let refusal = |words: &str| match of(words).resolve(&document, &Writing(SONG)) {
        Err(PlanError::Text { item: 1, error }) => error,
        other => panic!("{other:?}"),
    };
    assert_eq!(refusal("你好😀"), LetteringError::MissingCharacter { character: '😀' });
    assert_eq!(refusal("一\t二"), LetteringError::MissingCharacter { character: '\t' });
    assert_eq!(refusal(" \n"), LetteringError::Empty);
    assert_eq!(refusal(&"长".repeat(2_001)), LetteringError::TooLong);
    let off = Plan::new(vec![text(&"宽".repeat(60), at(1, 10.0))]);
    let refused = off.resolve(&document, &Writing(SONG));
    assert_eq!(refused.unwrap_err(), PlanError::OffPage { item: 0, page: 1 });
}

#[test]
fn a_visible_signature_says_who_why_and_when() {
    let original = Recipe::simple(1).build();
    let document = open(original.clone()).unwrap();
    let at = datetime!(2026-11-24 09:30:05 +8);
    let words = SignatureWords {
        signer: "张三",
        reason: Some("投标"),
        at,
    };
    let block = TextBlock::of_signature(&words, 9.0, Color::default(), SONG).unwrap();
    let request = SignatureRequest {
        widget: Widget::Visible {
            appearance: Appearance::Text(Arc::new(block)),
            placement: PlacedMm {
                page: 1,
                x_mm: 30.0,
                y_mm: 40.0,
            },
        },
        ..SignatureRequest::new(at)
    };
    let tail = prepare_signature(&document, &request).unwrap();
    let file = joined(&original, &tail.with_signature(&[0x30, 0]).unwrap());
    judges::qpdf_clean(&file);
    let said = words_of(&file, 1);
    for line in ["签署人：张三", "签署事由：投标", "签署时间：2026-11-24 09:30:05 +08:00"] {
        assert!(said.contains(line), "{line} in {said}");
    }
}
