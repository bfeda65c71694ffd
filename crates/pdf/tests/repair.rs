//! Stories of damaged files: an unsigned one becomes a new clean file, a signed one is left alone.
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
use std::sync::Arc;

use pdf::picture::{FallbackFonts, Picture, PictureError, PictureSize, render};
use pdf::repair::{RepairError, repair};
use pdf::update::{SignatureRequest, prepare_signature};
use pdf::{Document, Password};
use recipes::{Recipe, References, joined, open};
use time::macros::datetime;

fn picture(document: &Document) -> Result<Picture, PictureError> {
    render(document, 1, PictureSize::WidthPixels(200), &FallbackFonts::default())
}

/// How many pages poppler and MuPDF see.
fn counted_by_others(bytes: &[u8]) -> [Option<u32>; 2] {
    let (_folder, path) = judges::written(bytes);
    let path = path.to_str().unwrap();
    let number_after = |program: &str, arguments: &[&str], label: &str| {
        let output = judges::run(program, arguments).stdout;
        let text = String::from_utf8_lossy(&output).into_owned();
        let line = text
            .lines()
            .find_map(|line| line.trim().strip_prefix(label).map(str::to_owned));
        line.and_then(|rest| rest.trim().parse().ok())
    };
    [
        number_after("pdfinfo", &[path], "Pages:"),
        number_after("mutool", &["info", "-M", path], "Pages:"),
    ]
}

/// Repairs, and lets others judge the copy.
fn repaired(document: &Document, name: &str) -> Vec<u8> {
    let copy = repair(document).unwrap_or_else(|error| panic!("{name}: {error}"));
    judged(document, &copy, name);
    copy
}

fn judged(document: &Document, copy: &[u8], name: &str) {
    let (status, words) = judges::qpdf_check(copy);
    assert_eq!(status, 0, "{name}: {words}");
    let again = open(copy).unwrap_or_else(|error| panic!("{name}: the copy: {error}"));
    assert_eq!(repair(&again), Err(RepairError::NotNeeded), "{name}");
    assert_eq!(again.page_count(), document.page_count(), "{name}");
    assert_eq!(again.pages(), document.pages(), "{name}");
    assert_eq!(counted_by_others(copy), [Some(document.page_count()); 2], "{name}");
}

/// The ways files break, by name.
fn breakages(whole: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let position = |needle: &[u8]| whole.windows(needle.len()).rposition(|window| window == needle);
    let startxref = position(b"startxref").unwrap();
    let replaced = |at: usize, with: &[u8]| [&whole[..at], with].concat();
    let mut broken = vec![
        ("bad startxref", replaced(startxref, b"startxref\n5\n%%EOF\n")),
        ("no startxref", replaced(startxref, b"")),
        ("no end marker", replaced(whole.len() - 6, b"")),
        ("text after the end", joined(whole, b"<html>not ours</html>")),
        (
            "shifted by an editor",
            [&b"%PDF-1.7\n"[..], b"% a line more\n", &whole[9..]].concat(),
        ),
    ];
    if let Some(trailer) = position(b"trailer") {
        let table = position(b"\nxref").unwrap() + 1;
        broken.push(("no trailer", replaced(trailer, b"")));
        broken.push(("no table", replaced(table, b"")));
        let zeros: Vec<u8> = whole[table..trailer]
            .iter()
            .map(|byte| if byte.is_ascii_digit() { b'7' } else { *byte })
            .collect();
        broken.push(("wrong table", [&whole[..table], &zeros, &whole[trailer..]].concat()));
    }
    broken
}

#[test]
fn a_broken_file_becomes_a_new_one_with_the_same_pages() {
    for references in [References::Table, References::Stream, References::ObjectStream] {
        let whole = Recipe::simple(3).references(references).build();
        let sound = open(whole.clone()).unwrap();
        assert_eq!(repair(&sound), Err(RepairError::NotNeeded));
        for (breakage, bytes) in breakages(&whole) {
            let name = format!("{references:?}, {breakage}");
            let document = open(bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert!(document.can_append().is_err(), "{name}");
            let copy = repaired(&document, &name);
            let again = open(copy).unwrap();
            assert_eq!(picture(&again), picture(&sound), "{name}");
            assert_eq!(again.can_append(), Ok(()), "{name}");
        }
    }
}

#[test]
fn what_pages_inherit_is_in_the_copy() {
    let recipe = Recipe::with_page(
        "/MediaBox[10 20 605 862]/CropBox[20 30 500 800]/Rotate 90/UserUnit 2",
        "BT /F1 20 Tf 72 700 Td (Turned) Tj ET",
    );
    let whole = recipe.build();
    let broken = [&whole[..whole.len() - 20], b""].concat();
    let document = open(broken).unwrap();
    let again = open(repaired(&document, "turned")).unwrap();
    assert_eq!(picture(&again), picture(&open(whole).unwrap()));
}

#[test]
fn a_signed_file_is_never_rewritten() {
    for references in [References::Table, References::ObjectStream] {
        let whole = Recipe::simple(1).references(references).build();
        let request = SignatureRequest::new(datetime!(2026-11-22 09:30 +8));
        let prepared = prepare_signature(&open(whole.clone()).unwrap(), &request).unwrap();
        let signed = joined(&whole, &prepared.with_signature(&[0x30, 0]).unwrap());
        for (breakage, bytes) in breakages(&signed) {
            // Some are still whole enough to be read as signed, none may be rewritten.
            let Ok(document) = open(bytes) else { continue };
            assert_eq!(
                repair(&document),
                Err(RepairError::Signed),
                "{references:?}, {breakage}"
            );
        }
    }
}

#[test]
fn a_locked_file_is_repaired_when_it_was_unlocked() {
    let (folder, path) = judges::written(&Recipe::simple(2).build());
    let out = folder.path().join("locked.pdf");
    let names = [path.to_str().unwrap(), out.to_str().unwrap()];
    let arguments = [&["--encrypt", "kai", "owner", "256", "--"][..], &names].concat();
    assert!(judges::run("qpdf", &arguments).status.success());
    let whole = std::fs::read(out).unwrap();
    let plain = open(std::fs::read(path).unwrap()).unwrap();
    let at = whole.windows(9).rposition(|window| window == b"startxref").unwrap();
    let broken: Arc<Vec<u8>> = Arc::new([&whole[..at], b"startxref\n5\n%%EOF\n"].concat());
    let password = |text: &str| Password::new(text.to_owned());
    assert!(Document::open(broken.clone()).is_err());
    assert!(Document::open_with_password(broken.clone(), &password("guess")).is_err());
    let document = Document::open_with_password(broken, &password("kai")).unwrap();
    assert!(document.is_encrypted());
    let copy = open(repaired(&document, "locked")).unwrap();
    assert!(!copy.is_encrypted());
    assert_eq!(picture(&copy), picture(&plain));
}

/// Every how many-th picture is compared.
const SAMPLE: usize = 5;

#[test]
fn broken_files_of_others_are_repaired_or_refused() {
    let Some(folder) = judges::corpora() else {
        return println!("no corpora here: nothing repaired");
    };
    let list = std::fs::read_to_string(folder.join("malformed.tsv")).unwrap();
    let mut outcomes: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (index, row) in list.lines().skip(1).enumerate() {
        let name = row.split('\t').next().unwrap();
        let bytes = std::fs::read(folder.join(name)).unwrap();
        let Ok(document) = open(bytes) else { continue };
        let outcome = match repair(&document) {
            Ok(copy) => {
                let (status, words) = judges::qpdf_check(&copy);
                let again = open(copy.clone()).unwrap_or_else(|error| panic!("{name}: the copy: {error}"));
                assert_eq!(again.page_count(), document.page_count(), "{name}");
                if index % SAMPLE == 0 {
                    assert_eq!(picture(&again), picture(&document), "{name}");
                }
                // What page content says is copied as it is, nonsense included.
                let warnings = words.lines().filter(|line| line.contains("WARNING"));
                let structural: Vec<&str> = warnings.filter(|line| !line.contains("(content, offset")).collect();
                assert!(structural.is_empty() && status != 2, "{name}: {words}");
                if status == 0 {
                    "repaired"
                } else {
                    "repaired, page content is bad"
                }
                .to_owned()
            }
            Err(error) => format!("{error:?}"),
        };
        outcomes.entry(outcome).or_default().push(name.to_owned());
    }
    let counts: BTreeMap<&String, usize> = outcomes.iter().map(|(outcome, names)| (outcome, names.len())).collect();
    println!("{counts:#?}");
    assert!(outcomes.get("repaired").is_some_and(|names| names.len() >= 10));
}
