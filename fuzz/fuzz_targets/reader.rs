//! Any bytes as a PDF: everything that reads must answer, and what is repaired must open.
#![no_main]

#[path = "../src/shared.rs"]
mod shared;

use libfuzzer_sys::fuzz_target;
use pdf::changes::changes_since;
use pdf::shown_marks::read_marks;
use pdf::signature::read_signatures;
use pdf::text::{FindOptions, find};
use pdf::{Document, OpenError, Password};
use shared::{PASSWORD, begin, recipes, seeds};

fuzz_target!(init: begin(seeds::files), |data: &[u8]| {
    let document = match recipes::open(data) {
        Err(OpenError::Encrypted) => {
            let bytes = std::sync::Arc::new(data.to_vec());
            Document::open_with_password(bytes, &Password::new(PASSWORD.to_owned()))
        }
        opened => opened,
    };
    let Ok(document) = document else { return };
    let revisions = document.revisions().map_or(0, <[_]>::len);
    for revision in 0..revisions.min(8) {
        let _ = changes_since(&document, revision);
    }
    for signature in read_signatures(&document).unwrap_or_default() {
        let _ = signature.digest_input(&document);
        let _ = read_marks(&document, signature);
    }
    let _ = find(&document, "投标人", &FindOptions::default());
    if let Ok(repaired) = pdf::repair::repair(&document) {
        let again = recipes::open(repaired).expect("what was repaired opens");
        assert_eq!(again.page_count(), document.page_count());
    }
});
