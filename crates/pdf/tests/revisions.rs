//! What later revisions may do to a signed document, told by recipes.
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

use pdf::changes::{AllowedChange, ChangeReason, Changes, ObjectKind, changes_since};
use pdf::update::{SignatureRequest, prepare_signature};
use pdf::{Document, Mark};
use recipes::{Recipe, append_objects, joined, open, square_at};
use time::macros::datetime;

fn sign(original: &[u8], marks: Vec<Mark>) -> Vec<u8> {
    let request = SignatureRequest {
        marks,
        ..SignatureRequest::new(datetime!(2026-11-22 0:00 UTC))
    };
    let tail = prepare_signature(&open(original).unwrap(), &request)
        .unwrap()
        .with_signature(&[0x30, 0])
        .unwrap();
    joined(original, &tail)
}

/// Signed in revision 1; objects: 4 page, 5 content, 6 signature, 7 field, 8 form, 9 free.
fn signed() -> Vec<u8> {
    sign(&Recipe::simple(1).build(), Vec::new())
}

fn since_signing(file: Vec<u8>) -> Changes {
    changes_since(&open(file).unwrap(), 1)
}

#[test]
fn nothing_after_signing_is_no_change() {
    assert_eq!(since_signing(signed()), Changes::None);
    assert_eq!(since_signing(joined(&signed(), b"\n\n")), Changes::None);
}

#[test]
fn later_signatures_with_their_marks_are_allowed() {
    let mark = |at: f64| vec![square_at(30.0, &[(1, at, at)])];
    let third = sign(&sign(&signed(), mark(20.0)), mark(60.0));
    let allowed = |field: &str| AllowedChange::SignatureAdded {
        field: field.to_owned(),
        pages: vec![1],
    };
    assert_eq!(
        since_signing(third),
        Changes::Allowed(vec![allowed("Signature2"), allowed("Signature3")])
    );
}

#[test]
fn content_that_was_replaced_is_found() {
    let file = append_objects(&signed(), &[(5, "<</Length 4>>stream\nq Q \nendstream")], "", 9);
    let Changes::Forbidden(reasons) = since_signing(file) else {
        panic!("must be forbidden")
    };
    assert!(
        reasons.contains(&ChangeReason::ObjectReplaced {
            number: 5,
            kind: ObjectKind::Content
        }),
        "{reasons:?}"
    );
}

#[test]
fn a_note_on_the_page_is_found() {
    let page = "<</Type/Page/Parent 2 0 R/Contents 5 0 R/MediaBox[0 0 595 842]/Annots[7 0 R 9 0 R]>>";
    let note = "<</Type/Annot/Subtype/FreeText/Rect[0 0 100 100]/Contents(x)>>";
    let file = append_objects(&signed(), &[(4, page), (9, note)], "", 10);
    let Changes::Forbidden(reasons) = since_signing(file) else {
        panic!("must be forbidden")
    };
    assert!(reasons.contains(&ChangeReason::Annotation { page: 1 }), "{reasons:?}");
}

#[test]
fn another_page_tree_and_another_catalog_are_found() {
    let file = append_objects(&signed(), &[(2, "<</Type/Pages/Count 1/Kids[4 0 R]>>")], "", 9);
    assert!(
        matches!(since_signing(file), Changes::Forbidden(_)),
        "a node that lost its resources"
    );
    let catalog = "<</Type/Catalog/Pages 2 0 R/AcroForm 8 0 R/OpenAction<</S/JavaScript/JS(x)>>>>";
    let Changes::Forbidden(reasons) = since_signing(append_objects(&signed(), &[(1, catalog)], "", 9)) else {
        panic!("must be forbidden")
    };
    assert!(
        reasons.contains(&ChangeReason::Catalog {
            key: "OpenAction".to_owned()
        }),
        "{reasons:?}"
    );
}

#[test]
fn a_removed_signature_is_still_reported() {
    let file = append_objects(&signed(), &[(8, "<</Fields[]>>")], "", 9);
    let document: Document = open(file.clone()).unwrap();
    let signatures = pdf::signature::read_signatures(&document).unwrap();
    assert_eq!(signatures.len(), 1);
    assert!(!signatures[0].in_newest_revision);
    assert!(matches!(since_signing(file), Changes::Forbidden(_)));
}

#[test]
fn hidden_objects_and_bytes_are_never_silently_fine() {
    let orphan = append_objects(&signed(), &[(9, "(nobody points here)")], "", 10);
    assert!(matches!(since_signing(orphan), Changes::Unknown(_)));
    let mut padded = signed();
    padded.extend_from_slice(b"77 0 obj (no table lists this) endobj\n");
    let padded = append_objects(&padded, &[(9, "null")], "", 10);
    let Changes::Forbidden(reasons) = since_signing(padded) else {
        panic!("must be forbidden")
    };
    assert!(matches!(reasons[0], ChangeReason::StrayBytes { .. }), "{reasons:?}");
    let tail = joined(&signed(), b"trailer<</Root 1 0 R>>");
    assert!(matches!(since_signing(tail), Changes::Forbidden(_)));
}

#[test]
fn validation_data_is_allowed() {
    let catalog = "<</Type/Catalog/Pages 2 0 R/AcroForm 8 0 R/DSS 9 0 R>>";
    let certificate = "<</Length 2>>stream\n0\u{1}\nendstream";
    let file = append_objects(
        &signed(),
        &[(1, catalog), (9, "<</Type/DSS/Certs[10 0 R]>>"), (10, certificate)],
        "",
        11,
    );
    assert_eq!(
        since_signing(file),
        Changes::Allowed(vec![AllowedChange::ValidationData])
    );
}
