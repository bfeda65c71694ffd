//! Any bytes as a PDF that is stamped and signed: refused, or the original with a tail that reads as it should.
#![no_main]

#[path = "../src/shared.rs"]
mod shared;

use libfuzzer_sys::fuzz_target;
use pdf::signature::{Coverage, read_signatures};
use shared::{begin, recipes, seeds, signed};

fuzz_target!(init: begin(seeds::files), |data: &[u8]| {
    let Ok(document) = recipes::open(data) else { return };
    let marks = vec![recipes::square_at(3.0, &[(1, 1.0, 1.0)])];
    let Some(output) = signed(&document, marks).or_else(|| signed(&document, Vec::new())) else {
        return;
    };
    assert!(output.starts_with(data));
    let before = read_signatures(&document).expect("they were read to append").len();
    let again = recipes::open(output).expect("our own output");
    assert_eq!(again.page_count(), document.page_count());
    let signatures = read_signatures(&again).expect("our own output");
    assert_eq!(signatures.len(), before + 1);
    let ours = |field: &&pdf::signature::SignatureField| field.coverage == Coverage::WholeFile && field.gap_is_contents;
    assert!(signatures.iter().any(|field| ours(&field)));
});
