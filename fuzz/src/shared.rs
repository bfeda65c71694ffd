//! What the targets share: the recipes of the tests, and which panics count.
#![allow(dead_code, reason = "each target uses some of it")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a target stops at the first thing that is not as it should be"
)]

use pdf::Document;
use pdf::update::{SignatureRequest, prepare_signature};
use time::macros::datetime;

pub mod containers;
#[path = "../../crates/pdf/tests/recipes/mod.rs"]
pub mod recipes;
pub mod seeds;

/// The password of seeds that are locked.
pub const PASSWORD: &str = "kai-biao";

/// To be done once before anything is fed: seeds are written when they are asked for, and our panics end the run.
pub fn begin(seeds: impl FnOnce() -> Vec<Vec<u8>>) {
    count_our_panics();
    seeds::write_when_asked(seeds);
}

/// The programs we read with panic on hostile bytes, on a thread that is watched: that is known and borne. A panic in a
/// file of ours ends the run.
fn count_our_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let file = panic.location().map_or("", std::panic::Location::file);
        if !file.contains(".cargo") {
            eprintln!("{panic}");
            std::process::abort();
        }
    }));
}

/// A request with these marks, always the same.
pub fn request(marks: Vec<pdf::Mark>) -> SignatureRequest {
    SignatureRequest {
        marks,
        reserved_bytes: 64,
        ..SignatureRequest::new(datetime!(2026-11-24 9:30 +8))
    }
}

/// The document with one more signature (of no cryptographic worth), when it can have one.
pub fn signed(document: &Document, marks: Vec<pdf::Mark>) -> Option<Vec<u8>> {
    let prepared = prepare_signature(document, &request(marks)).ok()?;
    let tail = prepared.with_signature(&[0x30, 0]).expect("room for two bytes");
    Some(recipes::joined(document.bytes(), &tail))
}
