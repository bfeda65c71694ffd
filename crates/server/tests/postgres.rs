//! Every story of this folder once more, on PostgreSQL: each file decides by the crate it is compiled into (`world::Data`).
#![cfg(unix)]
#![allow(clippy::duplicate_mod, reason = "each story brings the world it is told in")]

#[path = "arrivals.rs"]
mod arrivals;
#[path = "console.rs"]
mod console;
#[path = "custody.rs"]
mod custody;
#[path = "docs.rs"]
mod docs;
#[path = "fences.rs"]
mod fences;
#[path = "golden.rs"]
mod golden;
#[path = "issuing.rs"]
mod issuing;
#[path = "jobs.rs"]
mod jobs;
#[path = "lifecycle.rs"]
mod lifecycle;
#[path = "overload.rs"]
mod overload;
#[path = "pages.rs"]
mod pages;
#[path = "pairwise.rs"]
mod pairwise;
#[path = "pins.rs"]
mod pins;
#[path = "purchase.rs"]
mod purchase;
#[path = "rules.rs"]
mod rules;
#[path = "seal_log.rs"]
mod seal_log;
#[path = "sign_ins.rs"]
mod sign_ins;
#[path = "signing.rs"]
mod signing;
#[path = "streams.rs"]
mod streams;
#[path = "timestamps.rs"]
mod timestamps;

#[test]
fn no_story_is_left_out() {
    let told = include_str!("postgres.rs");
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let is_story = name.ends_with(".rs") && name != "postgres.rs";
        assert!(
            !is_story || told.contains(&format!("#[path = \"{name}\"]")),
            "{name} is not told on PostgreSQL"
        );
    }
}
