//! The bundled fonts are the ones `fonts/build.py` made, carry their licences, and draw what seals need.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test stops at the first thing that is not as it should be"
)]

use std::{fmt::Write as _, path::PathBuf};

use seal::{Face, FontStack};
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
    // Characters of personal names that common fonts lack.
    own(Face::Song, "䶮喆堃㛃𠅤𬀩𬘘㐆㬎𫖯犇垚赟昇玥祎璟");
    own(Face::Kai, "䶮喆堃㛃𠅤𬀩𬘘㬎𫖯犇垚赟昇玥祎璟");
    assert_eq!(fonts.covering_face(Face::Kai, '㐆'), Some(Face::Song));
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
