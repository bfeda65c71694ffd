//! A kilobyte that holds a gigabyte: refused or left out, and never unfolded.
#![cfg(target_os = "linux")]
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test fails by panicking and reads how much memory it has used"
)]

use pdf::document::Limit;
use pdf::text::{FindOptions, find};
use pdf::{Document, OpenError};
use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::Arc;

/// R5 of the measures: the whole process, with what every file is opened for.
const MOST_KILOBYTES: u64 = 512 * 1024;
const GIGABYTE: usize = 1 << 30;

/// What was written, under as many filters.
struct Stream {
    filters: &'static str,
    bytes: Vec<u8>,
}

fn deflated(pieces: impl IntoIterator<Item = Vec<u8>>) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    pieces.into_iter().for_each(|piece| encoder.write_all(&piece).unwrap());
    encoder.finish().unwrap()
}

/// `content`, then a gigabyte of blanks, packed once or twice.
fn bombs(content: &[u8]) -> [Stream; 2] {
    const PIECE: usize = 1 << 20;
    let blanks = std::iter::repeat_n(vec![b' '; PIECE], GIGABYTE / PIECE);
    let once = deflated(std::iter::once(content.to_vec()).chain(blanks));
    let twice = deflated([once.clone()]);
    [
        Stream {
            filters: "/FlateDecode",
            bytes: once,
        },
        Stream {
            filters: "[/FlateDecode/FlateDecode]",
            bytes: twice,
        },
    ]
}

fn small(content: &[u8]) -> Stream {
    Stream {
        filters: "/FlateDecode",
        bytes: deflated([content.to_vec()]),
    }
}

const PACKED: [(u32, &str); 5] = [
    (1, "<</Type/Catalog/Pages 2 0 R>>"),
    (2, "<</Type/Pages/Kids[3 0 R]/Count 1>>"),
    (
        3,
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 5 0 R/Resources<</Font<</F1 6 0 R>>>>>>",
    ),
    (
        6,
        "<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H/ToUnicode 7 0 R/DescendantFonts[8 0 R]>>",
    ),
    (
        8,
        "<</Type/Font/Subtype/CIDFontType2/BaseFont/X/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>>>",
    ),
];
const SHOWN: &[u8] = b"BT /F1 12 Tf 100 700 Td <00010002> Tj ET";
const CHARACTERS: &[u8] = b"2 beginbfchar <0001> <7B7E> <0002> <7AE0> endbfchar";

/// The object stream's text and how many bytes of it are numbers and places.
fn packed() -> (Vec<u8>, usize) {
    let (mut head, mut body) = (String::new(), String::new());
    for (number, text) in PACKED {
        write!(head, "{number} {} ", body.len()).unwrap();
        body.push_str(text);
        body.push(' ');
    }
    (format!("{head}{body}").into_bytes(), head.len())
}

/// One page that says 签章; `wrong` moves what the end of the file points at, so that readers search it.
fn file(objects: &Stream, content: &Stream, characters: &Stream, wrong: usize) -> Vec<u8> {
    let mut out = b"%PDF-1.7\n".to_vec();
    let mut places = vec![(0_u32, 0_usize)];
    let mut put = |out: &mut Vec<u8>, number: u32, entries: &str, stream: &Stream| {
        places.push((number, out.len()));
        let head = format!(
            "{number} 0 obj\n<<{entries}/Filter{}/Length {}>>stream\n",
            stream.filters,
            stream.bytes.len()
        );
        out.extend([head.as_bytes(), &stream.bytes, b"\nendstream\nendobj\n"].concat());
    };
    let (_, first) = packed();
    put(
        &mut out,
        4,
        &format!("/Type/ObjStm/N {}/First {first}", PACKED.len()),
        objects,
    );
    put(&mut out, 5, "", content);
    put(&mut out, 7, "", characters);
    let end = out.len();
    places.push((9, end));
    let mut rows = Vec::new();
    for number in 0..10_u32 {
        let inside = PACKED.iter().position(|(packed, _)| *packed == number);
        let place = places.iter().find(|(placed, _)| *placed == number);
        let (kind, second, third) = match (inside, place) {
            (Some(index), _) => (2, 4, index as u8),
            (None, Some((_, at))) if number > 0 => (1, *at as u32, 0),
            _ => (0, 0, 0),
        };
        rows.push(kind);
        rows.extend(second.to_be_bytes());
        rows.push(third);
    }
    let table = small(&rows);
    let head = format!(
        "9 0 obj\n<</Type/XRef/W[1 4 1]/Size 10/Root 1 0 R/Filter{}/Length {}>>stream\n",
        table.filters,
        table.bytes.len()
    );
    out.extend([head.as_bytes(), &table.bytes, b"\nendstream\nendobj\n"].concat());
    out.extend(format!("startxref\n{}\n%%EOF\n", end + wrong).bytes());
    out
}

fn most_kilobytes_so_far() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
fn nothing_is_unfolded_beyond_measure() {
    let (objects, _) = packed();
    let (objects, content, characters) = (small(&objects), small(SHOWN), small(CHARACTERS));
    let open = |bytes: Vec<u8>| Document::open(Arc::new(bytes));
    let hits = |bytes: Vec<u8>| {
        let found = find(&open(bytes).unwrap(), "签章", &FindOptions::default()).unwrap();
        (found.hits.len(), found.truncated)
    };
    for wrong in [0, 7] {
        assert_eq!(hits(file(&objects, &content, &characters, wrong)), (1, false));
    }
    for bomb in &bombs(&packed().0) {
        for wrong in [0, 7] {
            let refused = open(file(bomb, &content, &characters, wrong)).err();
            assert_eq!(
                refused,
                Some(OpenError::TooLarge(Limit::Unfolded)),
                "{} {wrong}",
                bomb.filters
            );
        }
    }
    for bomb in &bombs(SHOWN) {
        assert_eq!(hits(file(&objects, bomb, &characters, 0)), (0, true));
    }
    for bomb in &bombs(CHARACTERS) {
        assert_eq!(hits(file(&objects, &content, bomb, 0)).0, 0);
    }
    let used = most_kilobytes_so_far();
    assert!(used < MOST_KILOBYTES, "{used} kB");
}
