//! Keyword hits: found however the text is written, at the place where other programs draw it.
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
use std::sync::atomic::AtomicBool;

use pdf::text::{FindError, FindOptions, Found, find};
use pdf::{Document, PageRange};
use proptest::prelude::*;
use recipes::{Recipe, RecipePage, open};

const WORD: &str = "投标人盖章";

/// A font that is not embedded, as office programs of the region name it.
fn song(encoding: &str) -> String {
    format!(
        "<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/{encoding}/DescendantFonts[<</Type/Font\
         /Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>\
         /FontDescriptor<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/Ascent 880/Descent -120>>>>]>>"
    )
}

fn entries(boxes: &str) -> String {
    format!(
        "{boxes}/Resources<</Font<</F1 3 0 R/H {}/V {}>>>>",
        song("UniGB-UCS2-H"),
        song("UniGB-UCS2-V")
    )
}

fn hex(text: &str) -> String {
    text.encode_utf16().map(|unit| format!("{unit:04X}")).collect()
}

fn a4(content: &str) -> Vec<u8> {
    Recipe::with_page(&entries("/MediaBox[0 0 595 842]"), content).build()
}

fn search(file: &[u8], word: &str) -> Found {
    find(&open(file).unwrap(), word, &FindOptions::default()).unwrap()
}

fn count(content: &str, word: &str) -> usize {
    search(&a4(content), word).hits.len()
}

#[test]
fn text_is_found_however_it_is_written() {
    let whole = hex(WORD);
    let (one, two) = (hex("投标"), hex("人盖章"));
    let spread = hex("投 标　人 盖 　章");
    for (name, content) in [
        ("one string", format!("BT /H 12 Tf 72 700 Td <{whole}> Tj ET")),
        ("two strings", format!("BT /H 12 Tf 72 700 Td <{one}> Tj <{two}> Tj ET")),
        (
            "an array",
            format!("BT /H 12 Tf 72 700 Td [<{one}> -120 <{two}>] TJ ET"),
        ),
        (
            "two text objects",
            format!("BT /H 12 Tf 72 700 Td <{one}> Tj ET BT /H 12 Tf 96 700 Td <{two}> Tj ET"),
        ),
        (
            "drawn in the other order",
            format!("BT /H 12 Tf 96 700 Td <{two}> Tj ET BT /H 12 Tf 72 700 Td <{one}> Tj ET"),
        ),
        ("spread by spaces", format!("BT /H 12 Tf 72 700 Td <{spread}> Tj ET")),
        (
            "spread by spacing",
            format!("BT /H 12 Tf 9 Tc 72 700 Td <{whole}> Tj ET"),
        ),
        ("invisible", format!("BT 3 Tr /H 12 Tf 72 700 Td <{whole}> Tj ET")),
        ("from top to bottom", format!("BT /V 12 Tf 72 700 Td <{whole}> Tj ET")),
        ("turned", format!("BT /H 12 Tf 0 1 -1 0 300 300 Tm <{whole}> Tj ET")),
        (
            "askew",
            format!("BT /H 12 Tf .9 .44 -.44 .9 300 300 Tm <{whole}> Tj ET"),
        ),
        (
            "mirrored page",
            format!("1 0 0 -1 0 842 cm BT /H 12 Tf 1 0 0 -1 72 100 Tm <{whole}> Tj ET"),
        ),
        (
            "drawn twice",
            format!("BT /H 12 Tf 72 700 Td <{whole}> Tj ET BT /H 12 Tf 72.3 700 Td <{whole}> Tj ET"),
        ),
        (
            "each letter twice",
            WORD.chars()
                .enumerate()
                .map(|(index, letter)| {
                    let (x, letter) = (72 + 12 * index, hex(&letter.to_string()));
                    format!("BT /H 12 Tf {x} 700 Td <{letter}> Tj ET BT /H 12 Tf {x}.4 700 Td <{letter}> Tj ET ")
                })
                .collect(),
        ),
        (
            "said to be",
            "/Span<</ActualText<FEFF629568074EBA76D67AE0>>>BDC BT /F1 12 Tf 72 700 Td (xxxxx) Tj ET EMC".to_owned(),
        ),
    ] {
        assert_eq!(count(&content, WORD), 1, "{name}");
        assert_eq!(count(&content, "招标人盖章"), 0, "{name}");
    }
}

#[test]
fn forms_of_a_letter_are_the_same() {
    let line = |text: &str| format!("BT /H 12 Tf 72 700 Td <{}> Tj ET", hex(text));
    assert_eq!(count(&line("投标人：（盖章）"), "投标人:(盖章)"), 1);
    assert_eq!(count(&line("投标人:(盖章)"), "投标人：（盖章）"), 1);
    assert_eq!(count(&line("⼈⺠⽇⽉"), "人民日月"), 1);
    assert_eq!(
        count("BT /F1 12 Tf 72 700 Td (Bid Document) Tj ET", "ＢＩＤ document"),
        1
    );
    assert_eq!(
        count("BT /F1 12 Tf 72 700 Td [(Bid) -400 (Document)] TJ ET", "bid document"),
        1
    );
    assert_eq!(count("BT /F1 12 Tf 72 700 Td (BidDocument) Tj ET", "bid document"), 0);
}

#[test]
fn narrow_double_letters_stay_two() {
    let font =
        "<</Type/Font/Subtype/TrueType/BaseFont/X/FirstChar 108/LastChar 108/Widths[150]/Encoding/WinAnsiEncoding>>";
    let entries = format!("/MediaBox[0 0 595 842]/Resources<</Font<</N {font}>>>>");
    for show in ["(llll) Tj", "[(l) 3 (ll) -2 (l)] TJ", "(ll) Tj (ll) Tj"] {
        let file = Recipe::with_page(&entries, &format!("BT /N 12 Tf 72 700 Td {show} ET")).build();
        assert_eq!(search(&file, "llll").hits.len(), 1, "{show}");
        assert_eq!(search(&file, "ll").hits.len(), 2, "{show}");
    }
}

#[test]
fn a_word_that_goes_on_in_the_next_line_has_two_parts() {
    let (one, two) = (hex("的投标人"), hex("盖章处"));
    let content = format!("BT /H 12 Tf 18 TL 487 700 Td <{one}> Tj ET BT /H 12 Tf 72 682 Td <{two}> Tj ET");
    let found = search(&a4(&content), WORD);
    let [hit] = found.hits.as_slice() else {
        panic!("{found:?}")
    };
    assert_eq!(hit.parts.len(), 2, "{hit:?}");
    let points = |mm: f64| (mm / 25.4 * 72.0).round();
    assert_eq!((points(hit.x_mm), points(hit.width_mm)), (499.0, 36.0));
    assert_eq!((points(hit.parts[1].x_mm), points(hit.parts[1].width_mm)), (72.0, 24.0));
    // Columns and cells far apart are other texts.
    let apart = format!("BT /H 12 Tf 72 700 Td <{one}> Tj ET BT /H 12 Tf 300 700 Td <{two}> Tj ET");
    assert_eq!(count(&apart, WORD), 0);
}

#[test]
fn hits_come_in_reading_order_and_can_be_limited() {
    let line = |y: u32| format!("BT /H 12 Tf 72 {y} Td <{}> Tj ET ", hex("盖章盖章盖章"));
    let pages = (0..40).map(|page| RecipePage {
        entries: entries("/MediaBox[0 0 595 842]"),
        content: if page == 7 {
            String::new()
        } else {
            line(100) + &line(700) + &line(400)
        },
    });
    let file = Recipe {
        pages: pages.collect(),
        ..Recipe::simple(0)
    };
    let document = open(file.build()).unwrap();
    let found = find(&document, "盖章", &FindOptions::default()).unwrap();
    assert_eq!((found.hits.len(), found.truncated), (39 * 9, false));
    assert_eq!(found.pages_without_text, [8]);
    let order: Vec<_> = found
        .hits
        .iter()
        .map(|hit| (hit.page, hit.y_mm.round() as i64, hit.x_mm.round() as i64))
        .collect();
    assert!(order.is_sorted());
    let few = FindOptions {
        most_hits: 20,
        threads: Some(2),
        ..FindOptions::default()
    };
    let some = find(&document, "盖章", &few).unwrap();
    assert!(some.truncated);
    assert_eq!(some.hits, found.hits[..20]);
    let ranged = FindOptions {
        pages: Some(PageRange::parse("8,9", 40).unwrap()),
        ..FindOptions::default()
    };
    let found = find(&document, "盖章", &ranged).unwrap();
    assert_eq!((found.hits.len(), found.pages_without_text), (9, vec![8]));
    let cancelled = FindOptions {
        cancel: Some(Arc::new(AtomicBool::new(true))),
        ..FindOptions::default()
    };
    assert_eq!(find(&document, "盖章", &cancelled), Err(FindError::Cancelled));
    assert_eq!(
        find(&document, " \u{200B}", &FindOptions::default()),
        Err(FindError::EmptyWord)
    );
    assert_eq!(
        find(&document, &"章".repeat(201), &FindOptions::default()),
        Err(FindError::WordTooLong)
    );
}

#[test]
fn what_the_boxes_cut_away_is_no_hit() {
    let line = |y: u32| format!("BT /H 12 Tf 120 {y} Td <{}> Tj ET ", hex(WORD));
    let boxes = "/MediaBox[0 0 595 842]/CropBox[100 100 500 500]";
    let file = Recipe::with_page(&entries(boxes), &(line(700) + &line(300))).build();
    assert_eq!(search(&file, WORD).hits.len(), 1);
}

#[test]
fn a_font_whose_program_is_broken_still_says_its_text() {
    let page = RecipePage {
        entries: "/MediaBox[0 0 400 500]".to_owned(),
        content: format!("BT /E 14 Tf 150 250 Td {ALL}"),
    };
    let file = embedded(&[page]);
    let place = |what: &[u8]| file.windows(what.len()).position(|bytes| bytes == what).unwrap();
    let (program, kind) = (place(b"000100000006"), place(b"/Encoding/Identity-H"));
    let mut broken = file.clone();
    broken[program..program + 200].fill(b'7');
    assert_eq!(search(&broken, WORD).hits.len(), 1, "the program");
    let mut broken = file.clone();
    broken[kind..kind + b"/Encoding/Identity-H".len()].copy_from_slice(b"/Encoding/Nobody-ity");
    assert_eq!(search(&broken, WORD).hits.len(), 1, "the encoding");
}

#[test]
fn filled_in_fields_are_text_but_leave_a_scan_a_scan() {
    let content = format!("BT /H 10 Tf 2 4 Td <{}> Tj ET", hex(WORD));
    let stream = format!(
        "<</Type/XObject/Subtype/Form/BBox[0 0 100 20]/Resources<</Font<</H {}>>>>/Length {}>>stream\n{content}\nendstream",
        song("UniGB-UCS2-H"),
        content.len()
    );
    let field = |flags: u32| format!("<</Type/Annot/Subtype/Widget/F {flags}/Rect[200 600 400 640]/AP<</N 6 0 R>>>>");
    for (flags, hits) in [(4, 1), (2, 0), (32, 0)] {
        let entries = format!("/MediaBox[0 0 595 842]/Annots[{}]", field(flags));
        let file = Recipe::with_page(&entries, "0 0 m 9 9 l S").build();
        let file = with_objects(&file, &[(6, stream.clone())], 7);
        let found = search(&file, WORD);
        assert_eq!(found.hits.len(), hits);
        for hit in &found.hits {
            let points = |mm: f64| (mm / 25.4 * 72.0).round();
            assert_eq!((points(hit.x_mm), points(hit.width_mm)), (204.0, 100.0));
        }
        assert_eq!(search(&file, "无此词").pages_without_text, [1]);
    }
}

#[test]
fn hostile_forms_and_widths_neither_stall_nor_panic() {
    // Each form draws itself and the next ones twice.
    let form = |next: usize| {
        format!(
            "q /X{next} Do /X{next} Do /X0 Do Q BT /H 12 Tf 72 700 Td <{}> Tj ET",
            hex(WORD)
        )
    };
    let forms: Vec<(usize, String)> = (0..24)
        .map(|index| {
            let content = form(index + 1);
            let body = format!(
                "<</Type/XObject/Subtype/Form/BBox[0 0 595 842]/Length {}>>stream\n{content}\nendstream",
                content.len()
            );
            (6 + index, body)
        })
        .collect();
    let names: String = (0..24).map(|index| format!("/X{index} {} 0 R", 6 + index)).collect();
    let wide = song("UniGB-UCS2-H").replace(
        "/BaseFont/STSong-Light/CIDSystemInfo",
        "/W[0 2147483647 500]/CIDSystemInfo",
    );
    let entries = format!(
        "/MediaBox[0 0 595 842]/Resources<</XObject<<{names}>>/Font<</H {}/W {wide}>>>>",
        song("UniGB-UCS2-H")
    );
    let file = Recipe::with_page(&entries, "/X0 Do BT /W 12 Tf <0041> Tj ET").build();
    let file = with_objects(&file, &forms, 30);
    let started = std::time::Instant::now();
    let found = search(&file, WORD);
    assert_eq!(found.hits.len(), 1);
    assert!(started.elapsed().as_secs() < 25, "{:?}", started.elapsed());
}

/// A TrueType font whose every glyph is a full square from (0.05, -0.1) to (0.95, 0.8) em.
fn square_font(glyphs: u16) -> Vec<u8> {
    let words = |words: &[i32]| -> Vec<u8> { words.iter().flat_map(|word| (*word as u16).to_be_bytes()).collect() };
    let mut glyph = words(&[1, 50, -100, 950, 800, 3, 0]);
    glyph.extend([1, 1, 1, 1]);
    glyph.extend(words(&[50, 0, 900, 0, -100, 900, 0, -900]));
    let length = glyph.len() as i32;
    let count = i32::from(glyphs);
    let mut places = vec![0];
    places.extend(std::iter::repeat_n(length / 2, usize::from(glyphs)));
    // Glyph 0 has the outline, the others refer to it.
    let composite = words(&[-1, 50, -100, 950, 800, 0x0003, 0, 0, 0]);
    let mut outlines = glyph.clone();
    places.truncate(2);
    for _ in 1..glyphs {
        outlines.extend(&composite);
        places.push(outlines.len() as i32 / 2);
    }
    let mut head = words(&[1, 0, 1, 0, 0, 0, 0x5F0F, 0x3CF5, 0, 1000]);
    head.extend([0; 16]);
    head.extend(words(&[50, -100, 950, 800, 0, 8, 2, 0, 0]));
    let tables: Vec<(&[u8; 4], Vec<u8>)> = vec![
        (b"glyf", outlines),
        (b"head", head),
        (
            b"hhea",
            words(&[1, 0, 880, -120, 0, 1000, 0, 0, 950, 1, 0, 0, 0, 0, 0, 0, 0, count]),
        ),
        (b"hmtx", words(&[1000, 50].repeat(usize::from(glyphs)))),
        (b"loca", words(&places)),
        (b"maxp", words(&[1, 0, count, 4, 1, 4, 1, 2, 0, 0, 0, 0, 0, 0, 1, 1])),
    ];
    let mut file = words(&[1, 0, tables.len() as i32, 64, 2, 32]);
    let mut at = 12 + 16 * tables.len();
    let mut body = Vec::new();
    for (name, table) in &tables {
        file.extend_from_slice(*name);
        file.extend([0; 4]);
        file.extend((at as u32).to_be_bytes());
        file.extend((table.len() as u32).to_be_bytes());
        body.extend_from_slice(table);
        body.resize(body.len().next_multiple_of(4), 0);
        at = 12 + 16 * tables.len() + body.len();
    }
    [file, body].concat()
}

/// Pages in an embedded font of squares, Identity-H with ToUnicode, as Word and WPS write: glyphs 1 to 5 are [`WORD`].
fn embedded(pages: &[RecipePage]) -> Vec<u8> {
    let next = 4 + 2 * pages.len();
    let pages = pages.iter().map(|page| RecipePage {
        entries: format!(
            "{}/Resources<</Font<</E {next} 0 R/V {} 0 R>>>>",
            page.entries,
            next + 4
        ),
        content: page.content.clone(),
    });
    let file = Recipe {
        pages: pages.collect(),
        ..Recipe::simple(0)
    };
    let map: String = WORD
        .chars()
        .zip(1..)
        .map(|(letter, glyph)| format!("<{glyph:04X}> <{:04X}>\n", letter as u32))
        .collect();
    let map = format!(
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def 1 begincodespacerange\n\
         <0000> <FFFF>\nendcodespacerange 5 beginbfchar\n{map}endbfchar endcmap end end"
    );
    let font: String = square_font(6).iter().map(|byte| format!("{byte:02x}")).collect();
    let top = |encoding: &str| {
        format!(
            "<</Type/Font/Subtype/Type0/BaseFont/AAAAAA+SimSun/Encoding/{encoding}/ToUnicode {} 0 R/DescendantFonts[{} 0 R]>>",
            next + 3,
            next + 1
        )
    };
    let objects = vec![
        (next, top("Identity-H")),
        (
            next + 1,
            format!(
                "<</Type/Font/Subtype/CIDFontType2/BaseFont/AAAAAA+SimSun/CIDToGIDMap/Identity/DW 1000/CIDSystemInfo\
                 <</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor<</Type/FontDescriptor/FontName\
                 /AAAAAA+SimSun/Flags 4/FontBBox[0 -120 1000 880]/Ascent 859/Descent -141/CapHeight 800/StemV 80\
                 /ItalicAngle 0/FontFile2 {} 0 R>>>>",
                next + 2
            ),
        ),
        (
            next + 2,
            format!(
                "<</Filter/ASCIIHexDecode/Length {}/Length1 {}>>stream\n{font}>\nendstream",
                font.len() + 1,
                font.len() / 2
            ),
        ),
        (next + 3, format!("<</Length {}>>stream\n{map}\nendstream", map.len())),
        (next + 4, top("Identity-V")),
    ];
    with_objects(&file.build(), &objects, next + 5)
}

const ALL: &str = "<00010002000300040005> Tj ET";

/// Places of what is drawn dark, in mm: left, top, right, bottom.
fn ink(file: &[u8], page: u32, width_mm: f64) -> [f64; 4] {
    let (width, _, pixels) = judges::mupdf_picture(file, page, 100);
    let dark = |index: &usize| pixels[3 * index] < 128;
    let dark: Vec<usize> = (0..pixels.len() / 3).filter(dark).collect();
    let mm = width_mm / width as f64;
    let column = |index: &usize| index % width;
    let left = dark.iter().map(column).min().unwrap() as f64;
    let right = dark.iter().map(column).max().unwrap() as f64 + 1.0;
    let (top, bottom) = (dark[0] / width, dark[dark.len() - 1] / width + 1);
    [left * mm, top as f64 * mm, right * mm, bottom as f64 * mm]
}

#[test]
fn the_box_holds_what_mupdf_draws() {
    let boxes = [
        "/MediaBox[0 0 400 500]",
        "/MediaBox[-100 50 400 500]",
        "/MediaBox[0 0 600 700]/CropBox[100 120 500 620]",
        "/MediaBox[0 0 300 350]/UserUnit 1.5",
    ];
    let contents = [
        format!("BT /E 14 Tf 150 250 Td {ALL}"),
        format!("BT /E 14 Tf 80 Tz 3 Tc 5 Ts 150 250 Td {ALL}"),
        "BT /E 14 Tf 150 250 Td [<0001> -600 <0002> 100 <00030004> -300 <0005>] TJ ET".to_owned(),
        format!("BT /V 14 Tf 200 300 Td {ALL}"),
        format!("BT /E 14 Tf 0 1 -1 0 200 200 Tm {ALL}"),
        format!("q .5 0 0 .5 60 90 cm BT /E 28 Tf 1 0 .2 1 220 300 Tm {ALL} Q"),
        format!("1 0 0 -1 0 600 cm BT /E -14 Tf -1 0 0 1 150 280 Tm {ALL}"),
    ];
    let mut pages = Vec::new();
    for (index, content) in contents.iter().enumerate() {
        for rotate in [0, 90, 180, 270] {
            let boxes = boxes[(index + rotate / 90) % boxes.len()];
            pages.push(RecipePage {
                entries: format!("{boxes}/Rotate {rotate}"),
                content: content.clone(),
            });
        }
    }
    let file = embedded(&pages);
    let document = open(file.clone()).unwrap();
    let found = find(&document, WORD, &FindOptions::default()).unwrap();
    assert_eq!(found.hits.len(), pages.len());
    for (hit, page) in found.hits.iter().zip(&pages) {
        let name = format!("{} {}: {hit:?}", page.entries, page.content);
        assert_eq!(hit.parts.len(), 1, "{name}");
        let [left, top, right, bottom] = ink(&file, hit.page, document.page(hit.page).unwrap().width_mm());
        let reach = [hit.x_mm, hit.y_mm, hit.x_mm + hit.width_mm, hit.y_mm + hit.height_mm];
        let inside = left > reach[0] - 0.3 && top > reach[1] - 0.3 && right < reach[2] + 0.3 && bottom < reach[3] + 0.3;
        assert!(inside, "{name} {:?}", [left, top, right, bottom]);
        let (own, ink) = (hit.width_mm * hit.height_mm, (right - left) * (bottom - top));
        assert!(own < 1.6 * ink, "{name} {:?}", [left, top, right, bottom]);
    }
}

/// Appends whole objects.
fn with_objects(file: &[u8], objects: &[(usize, String)], size: usize) -> Vec<u8> {
    let objects: Vec<(usize, &str)> = objects.iter().map(|(number, body)| (*number, body.as_str())).collect();
    recipes::append_objects(file, &objects, "", size)
}

fn samples() -> Vec<Vec<u8>> {
    let page = RecipePage {
        entries: "/MediaBox[0 0 400 500]".to_owned(),
        content: format!("BT /E 14 Tf 150 250 Td {ALL} BT /V 9 Tf [<0001> 300 <0002>] TJ ET"),
    };
    let marked = "/Span<</ActualText(abc)>>BDC BT /F1 12 Tf 72 700 Td [(x) -99 (y)] TJ T* (z) ' ET EMC";
    vec![
        embedded(&[page]),
        a4(marked),
        a4(&format!("BT /V 12 Tf 2 Tc 72 700 Td <{}> Tj ET", hex(WORD))),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn changed_bytes_never_panic(which in 0_usize..3, changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12)) {
        let mut file = samples().swap_remove(which);
        for (at, byte) in &changes {
            let at = at.index(file.len());
            file[at] = *byte;
        }
        if let Ok(document) = Document::open(Arc::new(file)) {
            let found = find(&document, "人", &FindOptions::default());
            prop_assert!(found.is_ok(), "{found:?}");
        }
    }
}
