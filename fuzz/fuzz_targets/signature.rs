//! Any bytes as a signature dictionary: only a range that leaves out exactly its own `Contents` counts as whole.
#![no_main]

#[path = "../src/shared.rs"]
mod shared;

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use pdf::signature::{Coverage, read_signatures};
use shared::recipes::{self, Recipe};
use shared::{begin, seeds, signed};

/// A signed file and where the entries of its signature dictionary stand.
fn sample() -> &'static (Vec<u8>, std::ops::Range<usize>) {
    static SAMPLE: OnceLock<(Vec<u8>, std::ops::Range<usize>)> = OnceLock::new();
    SAMPLE.get_or_init(|| {
        let original = recipes::open(Recipe::simple(1).build()).expect("a recipe");
        let file = signed(&original, Vec::new()).expect("it can be signed");
        let find = |words: &[u8]| file.windows(words.len()).rposition(|window| window == words);
        let (one, other) = (
            find(b"/ByteRange").expect("a range"),
            find(b"/Contents").expect("contents"),
        );
        let start = one.min(other);
        let end = start
            + file[start..]
                .windows(6)
                .position(|window| window == b"endobj")
                .expect("an end");
        (file, start..end - 3)
    })
}

fuzz_target!(init: begin(seeds::dictionaries), |data: &[u8]| {
    let (sample, place) = sample();
    let mut file = sample.clone();
    let slot = &mut file[place.clone()];
    if data.len() > slot.len() {
        return;
    }
    slot.fill(b' ');
    slot[..data.len()].copy_from_slice(data);
    let Ok(document) = recipes::open(file) else { return };
    for field in read_signatures(&document).unwrap_or_default() {
        if field.coverage == Coverage::Partial || !field.gap_is_contents {
            continue;
        }
        let [before, after] = field.digest_input(&document).expect("a whole range has input");
        let bytes = document.bytes();
        assert!(bytes.starts_with(before), "it begins at the beginning");
        let end = bytes.len() - if field.coverage == Coverage::WholeFile { 0 } else { after.len().min(bytes.len()) };
        let gap = &bytes[before.len()..];
        let close = gap.iter().position(|byte| *byte == b'>').expect("the gap is a hex string");
        assert_eq!(gap[0], b'<');
        if field.coverage == Coverage::WholeFile {
            assert_eq!(before.len() + close + 1 + after.len(), end, "nothing but the hex string is left out");
            assert!(bytes.ends_with(after));
        }
    }
});
