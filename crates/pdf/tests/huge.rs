//! Files beyond what 31 and 32 bits count: opened, drawn and signed in a moment.
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

use std::io::{Seek as _, SeekFrom, Write as _};
use std::sync::Arc;
use std::time::Instant;

use pdf::Document;
use pdf::picture::{FallbackFonts, Picture, PictureSize, Source, render};
use pdf::signature::{Coverage, read_signatures};
use pdf::update::{SignatureRequest, prepare_signature};
use recipes::{Recipe, square_at};
use time::macros::datetime;

/// Bytes of nothing (zeros are white space) between the first save and the second.
const GAP: usize = 5 << 30;

/// A file whose second save replaces the content of page 2, `gap` bytes after the first; with room
/// for `more` bytes. Memory that nobody touches is not taken, so the gap costs nothing.
fn with_gap(gap: usize, more: usize) -> Vec<u8> {
    let head = Recipe::simple(2).build();
    let text = String::from_utf8_lossy(&head);
    let previous: usize = text
        .rsplit("startxref\n")
        .next()
        .unwrap()
        .split('\n')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    let content = "1 0 0 rg 100 100 300 300 re f";
    let at = head.len() + gap;
    let mut tail = format!(
        "7 0 obj\n<</Length {}>>stream\n{content}\nendstream\nendobj\n",
        content.len()
    );
    let section = at + tail.len();
    tail += &format!(
        "xref\n7 1\n{at:010} 00000 n \ntrailer\n<</Size 8/Root 1 0 R/Prev {previous}>>\nstartxref\n{section}\n%%EOF\n"
    );
    let mut bytes = vec![0; at + tail.len() + more];
    bytes[..head.len()].copy_from_slice(&head);
    bytes[at..at + tail.len()].copy_from_slice(tail.as_bytes());
    bytes.truncate(at + tail.len());
    bytes
}

fn picture(document: &Document, page: u32) -> Picture {
    render(document, page, PictureSize::WidthPixels(120), &FallbackFonts::default()).unwrap()
}

#[test]
fn a_file_of_five_gigabytes_is_opened_drawn_and_signed_in_a_moment() {
    let small = Document::open(Arc::new(with_gap(10, 0))).unwrap();
    let bytes = Arc::new(with_gap(GAP, 0));
    let started = Instant::now();
    let document = Document::open(bytes.clone()).unwrap();
    assert_eq!(document.page_count(), 2);
    assert_eq!(document.pages(), small.pages());
    assert_eq!(document.revisions().unwrap().len(), 2);
    for page in [1, 2] {
        assert_eq!(picture(&document, page), picture(&small, page));
    }
    // As the workers that draw open it.
    assert_eq!(Source::open(bytes, None).unwrap().page_count(), 2);
    let request = SignatureRequest {
        marks: vec![square_at(20.0, &[(2, 10.0, 10.0)])],
        ..SignatureRequest::new(datetime!(2026-11-22 09:30 +8))
    };
    let prepared = prepare_signature(&document, &request).unwrap();
    assert!(prepared.byte_range()[1] > 5 << 30);
    let tail = prepared.with_signature(&[0x30, 0]).unwrap();
    println!("opened, drawn and prepared in {:?}", started.elapsed());

    let length = document.bytes().len();
    drop(document);
    let mut output = with_gap(GAP, tail.len());
    output.extend_from_slice(&tail);
    judged_by_qpdf(&output, length);
    let again = Document::open(Arc::new(output)).unwrap();
    let signatures = read_signatures(&again).unwrap();
    assert_eq!(signatures.len(), 1);
    assert_eq!(signatures[0].coverage, Coverage::WholeFile);
    assert!(signatures[0].gap_is_contents);
}

/// The same as a file with a hole.
fn judged_by_qpdf(output: &[u8], original: usize) {
    let (_folder, path) = judges::written(&output[..4096]);
    let mut file = std::fs::File::options().write(true).open(&path).unwrap();
    let end = original - 4096;
    file.seek(SeekFrom::Start(end as u64)).unwrap();
    file.write_all(&output[end..]).unwrap();
    drop(file);
    let checked = judges::run("qpdf", &["--check", path.to_str().unwrap()]);
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
}
