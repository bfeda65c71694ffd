//! The bundled fonts are the ones `fonts/build.py` made, carry their licences, and draw what seals need.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test stops at the first thing that is not as it should be"
)]

use std::{fmt::Write as _, path::PathBuf};

use seal::{Face, FontStack, NameSeal, SealDesign, SealError, SealForm, Typeface};
use sha2::{Digest, Sha256};

/// Pinned: another font file draws other pixels.
const FONTS: [(Face, &str, &str); 4] = [
    (
        Face::Song,
        "seal-song",
        "09746f675299ae2ea13abf4006b81c3115921b15c2927368b7744a48b4a9c485",
    ),
    (
        Face::Kai,
        "seal-kai",
        "8cd570b671b71a93c0d9e81833658fa5f447304960e37c6aae59f8019001ea18",
    ),
    (
        Face::Brush,
        "seal-brush",
        "e36b7df718af0127d8937ec849983c5dc3d0f7f2b4d05316fa8282e381a494d2",
    ),
    (
        Face::Sans,
        "seal-sans",
        "a3c9efd427ddc962b3de6cdc3c62b6b55d02b08377073b36c8ffb356674231cd",
    ),
];

fn fonts_folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fonts")
}

#[test]
fn font_files_are_pinned_and_licensed() {
    let mut total = 0;
    for (face, name, pinned) in FONTS {
        let bytes = face.file();
        let mut actual = String::new();
        for byte in Sha256::digest(bytes) {
            write!(actual, "{byte:02x}").unwrap();
        }
        assert_eq!(actual, pinned, "{name}");
        total += bytes.len();
        let licence = std::fs::read_to_string(fonts_folder().join(format!("{name}.LICENSE.txt"))).unwrap();
        assert!(licence.contains("SIL OPEN FONT LICENSE Version 1.1"), "{name}");
    }
    assert!(total <= 20_000_000, "{total} bytes are a lot to ship");
}

#[test]
fn every_face_draws_what_it_promises() {
    let fonts = FontStack::bundled();
    let own = |face: Face, text: &str| {
        for character in text.chars() {
            assert_eq!(fonts.covering_face(face, character), Some(face), "{face:?} {character}");
        }
    };
    let usual = "公司有限责任股份集团专用章合同投标财务发票印之王李张刘陈杨黄赵周吴";
    own(Face::Song, usual);
    own(Face::Kai, usual);
    own(Face::Brush, usual);
    own(Face::Sans, "0123456789()");
    own(Face::Song, "（）()·-&0123456789ABCXYZabcxyz");
    own(Face::Kai, "䶮喆堃㛃𠅤𬀩𬘘㬎𫖯犇垚赟昇玥祎璟");
    assert_eq!(fonts.covering_face(Face::Kai, '㐆'), Some(Face::Song));
}

/// 通用规范汉字表 (2013): 8105 characters, as `fonts/build.py` took them.
const STANDARD: &str = include_str!("../fonts/standard-characters.txt");

/// Every Han character of a double-byte encoding.
fn han_of(encoding: &'static encoding_rs::Encoding, leads: std::ops::RangeInclusive<u8>, first_trail: u8) -> Vec<char> {
    let decoded = |pair: [u8; 2]| {
        encoding
            .decode_without_bom_handling_and_without_replacement(&pair)
            .and_then(|text| text.chars().next())
    };
    let pairs = leads.flat_map(|lead| (first_trail..=0xFE).map(move |trail| [lead, trail]));
    let mut characters: Vec<char> = pairs.filter_map(decoded).collect();
    characters.retain(|character| ('\u{4E00}'..='\u{9FA5}').contains(character));
    characters.sort_unstable();
    characters.dedup();
    characters
}

#[test]
fn every_character_of_the_standards_is_there() {
    let fonts = FontStack::bundled();
    let gb2312 = han_of(encoding_rs::GBK, 0xB0..=0xF7, 0xA1);
    let gbk = han_of(encoding_rs::GBK, 0x81..=0xFE, 0x40);
    let standard: Vec<char> = STANDARD.chars().filter(|character| *character != '\n').collect();
    assert_eq!((gb2312.len(), standard.len()), (6763, 8105));
    assert_eq!(gbk.len(), 20_902);
    for (face, name, characters) in [
        (Face::Song, "GB 2312", &gb2312),
        (Face::Song, "通用规范汉字表", &standard),
        (Face::Song, "GBK", &gbk),
        (Face::Kai, "GB 2312", &gb2312),
        (Face::Kai, "通用规范汉字表", &standard),
        (Face::Brush, "GB 2312", &gb2312),
    ] {
        let own = |character: &&char| fonts.covering_face(face, **character) == Some(face);
        let missing: String = characters.iter().filter(|character| !own(character)).collect();
        println!(
            "{face:?} {name}: {} of {}",
            characters.len() - missing.chars().count(),
            characters.len()
        );
        assert!(missing.is_empty(), "{face:?} lacks {missing} of {name}");
    }
}

/// Characters of living people's names that common fonts lack.
const RARE: &str = "䶮喆堃㛃𠅤𬀩𬘘㐆㬎𫖯犇垚赟昇玥祎璟";

#[test]
fn every_rare_name_is_drawn_or_refused_by_its_character() {
    println!("character  Song  Kai  Brush");
    for character in RARE.chars().chain("𪚥😀".chars()) {
        let drawn = |face: Typeface| {
            let seal = NameSeal {
                face,
                ..NameSeal::new(String::from(character), 20.0)
            };
            match SealDesign::from(SealForm::Name(seal)).layout(FontStack::bundled()) {
                Ok(drawing) => drawing
                    .fallback
                    .first()
                    .map_or("own".to_owned(), |glyph| format!("{:?}", glyph.face)),
                Err(SealError::MissingGlyphs(named)) => {
                    assert_eq!(named, [character]);
                    "refused".to_owned()
                }
                Err(SealError::UnusableCharacters { characters, .. }) => {
                    assert_eq!(characters, [character]);
                    "refused".to_owned()
                }
                Err(other) => panic!("{character}: {other}"),
            }
        };
        let row = [Typeface::Song, Typeface::Kai, Typeface::Brush].map(drawn);
        println!("{character} U+{:05X}  {}", u32::from(character), row.join("  "));
        assert_eq!(row[0] == "own", RARE.contains(character), "{character}");
    }
}

#[test]
fn nothing_stands_in_for_a_character_no_face_has() {
    for character in ['😀', '\u{E000}', '\u{0}', '𪚥', ' '] {
        assert_eq!(
            FontStack::bundled().covering_face(Face::Song, character),
            None,
            "{character:?}"
        );
    }
}
