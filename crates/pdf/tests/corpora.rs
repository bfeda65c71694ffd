//! Files that others broke or signed: opened or refused with a reason, never a panic or a stall.
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

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use pdf::changes::{Changes, changes_since};
use pdf::signature::{Coverage, read_signatures};
use pdf::update::{PlaceError, SignatureRequest, prepare_signature};
use pdf::{Document, Limits};
use recipes::{joined, open, square_at};
use time::macros::datetime;

/// Longest time to open any file; the machine may be busy with other tests.
const MOST_TIME: Duration = Duration::from_secs(10);

/// Every how many-th output `qpdf --check` looks at.
const SAMPLE: usize = 8;

/// Rows of a list in the folder, split at tabs, without the heading.
fn rows(folder: &Path, list: &str) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(folder.join(list)).unwrap();
    text.lines()
        .skip(1)
        .map(|line| line.split('\t').map(str::to_owned).collect())
        .collect()
}

fn opened(bytes: &[u8], name: &str) -> Result<Document, String> {
    let started = Instant::now();
    let opened = open(bytes).map_err(|error| format!("{error:?}"));
    assert!(started.elapsed() < MOST_TIME, "{name} took {:?}", started.elapsed());
    opened
}

/// Stamps and signs when allowed; the kind of outcome.
fn stamped(document: &Document, bytes: &[u8], name: &str, check: bool) -> String {
    let request = |marks| SignatureRequest {
        marks,
        ..SignatureRequest::new(datetime!(2026-11-22 0:00 UTC))
    };
    let marks = vec![square_at(3.0, &[(1, 1.0, 1.0)])];
    let prepared = match prepare_signature(document, &request(marks)) {
        Err(PlaceError::MarkOffPage { .. }) => prepare_signature(document, &request(Vec::new())),
        other => other,
    };
    let prepared = match prepared {
        Ok(prepared) => prepared,
        Err(error) => {
            return format!("refused: {error:?}")
                .split(['{', '('])
                .take(3)
                .collect::<Vec<_>>()
                .join(" ");
        }
    };
    let before = read_signatures(document).unwrap().len();
    let output = joined(bytes, &prepared.with_signature(&[0x30, 0]).unwrap());
    let again = opened(&output, name).unwrap_or_else(|error| panic!("{name}: our own output: {error}"));
    assert_eq!(again.page_count(), document.page_count(), "{name}");
    let signatures = read_signatures(&again).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(signatures.len(), before + 1, "{name}");
    assert!(
        signatures
            .iter()
            .any(|field| field.coverage == Coverage::WholeFile && field.gap_is_contents),
        "{name}"
    );
    if check {
        let ((old, _), (new, words)) = (judges::qpdf_check(bytes), judges::qpdf_check(&output));
        assert!(
            new == 0 || new == old || (old == 2 && new == 3),
            "{name}: {old} became {new}: {words}"
        );
    }
    "stamped and signed".to_owned()
}

fn walk(folder: &Path, names: &[String], draw: bool) -> BTreeMap<String, usize> {
    let mut outcomes: BTreeMap<String, usize> = BTreeMap::new();
    for (index, name) in names.iter().enumerate() {
        let bytes = std::fs::read(folder.join(name)).unwrap();
        let outcome = match opened(&bytes, name) {
            Err(error) => format!("not opened: {}", error.split(['{', '(']).next().unwrap_or_default()),
            Ok(document) => {
                if draw {
                    // Whatever comes of it, it comes back.
                    let size = pdf::picture::PictureSize::WidthPixels(200);
                    let fonts = pdf::picture::FallbackFonts::default();
                    let _ = pdf::picture::render(&document, 1, size, &fonts);
                }
                stamped(&document, &bytes, name, index % SAMPLE == 0)
            }
        };
        *outcomes.entry(outcome).or_default() += 1;
    }
    outcomes
}

#[test]
fn broken_files_are_stamped_or_refused_with_a_reason() {
    let Some(folder) = judges::corpora() else {
        return println!("no corpora here: nothing walked");
    };
    let names: Vec<String> = rows(&folder, "malformed.tsv")
        .into_iter()
        .map(|row| row[0].clone())
        .collect();
    let outcomes = walk(&folder, &names, true);
    println!("{} broken files: {outcomes:#?}", names.len());
    assert!(
        outcomes.get("stamped and signed").is_some_and(|count| *count > 40),
        "{outcomes:?}"
    );
}

#[test]
fn signed_files_get_another_signature_or_a_reason() {
    let Some(folder) = judges::corpora() else {
        return println!("no corpora here: nothing walked");
    };
    let names: Vec<String> = rows(&folder, "signed.tsv")
        .into_iter()
        .map(|row| row[1].clone())
        .collect();
    let outcomes = walk(&folder, &names, false);
    println!("{} signed files: {outcomes:#?}", names.len());
    assert!(
        outcomes.get("stamped and signed").is_some_and(|count| *count > 60),
        "{outcomes:?}"
    );
}

/// Whether by coverage and later changes alone (no cryptography) a file could pass as valid.
fn could_be_valid(document: &Document) -> Result<(), String> {
    let signatures = read_signatures(document).map_err(|error| format!("{error:?}"))?;
    if signatures.is_empty() {
        return Err("unsigned".to_owned());
    }
    for field in signatures {
        let revision = field.revision.filter(|_| field.coverage != Coverage::Partial);
        let Some(revision) = revision else {
            return Err(format!("{}: partial", field.name));
        };
        if !field.in_newest_revision {
            return Err(format!("{}: gone", field.name));
        }
        match changes_since(document, revision) {
            Changes::None | Changes::Allowed(_) => {}
            other => return Err(format!("{}: {other:?}", field.name)),
        }
    }
    Ok(())
}

/// Labelled MODIFIED, yet nothing in the file's structure shows it: the digest does, or the label
/// is about cryptography. Judged in the crate that checks signatures.
const SHOWN_BY_THE_DIGEST: [&str; 0] = [];

#[test]
fn changes_after_signing_are_never_silently_fine() {
    let Some(folder) = judges::corpora() else {
        return println!("no corpora here: nothing judged");
    };
    let (mut fooled, mut good, mut doubted) = (Vec::new(), 0, Vec::new());
    for row in rows(&folder, "signed.tsv") {
        let bytes = std::fs::read(folder.join(&row[1])).unwrap();
        let judged = match Document::open_within(std::sync::Arc::new(bytes), &Limits::default()) {
            Ok(document) => could_be_valid(&document),
            Err(error) => Err(format!("{error:?}")),
        };
        match (row[0].as_str(), row[2].as_str(), judged) {
            ("negative", "MODIFIED" | "PARTIAL", Ok(())) if !SHOWN_BY_THE_DIGEST.contains(&row[1].as_str()) => {
                let bytes = std::fs::read(folder.join(&row[1])).unwrap();
                let document = open(bytes).unwrap();
                let changes: Vec<Changes> = (0..document.revisions().unwrap().len())
                    .map(|revision| changes_since(&document, revision))
                    .collect();
                fooled.push(format!("{}: {changes:?}", row[1]));
            }
            ("good", _, Ok(())) => good += 1,
            ("good", label, Err(reason)) => doubted.push(format!("{label} {}: {reason}", row[1])),
            _ => {}
        }
    }
    println!("{good} genuine files pass, {} are doubted: {doubted:#?}", doubted.len());
    assert!(fooled.is_empty(), "{fooled:#?}");
    assert!(good >= 36, "only {good} genuine files pass");
}
