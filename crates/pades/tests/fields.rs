//! Signing into fields that are there: locks, seed values and certification, judged by pyHanko, pdfsig and qpdf.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking and says what it counted"
)]

#[path = "../../pki/tests/tree/mod.rs"]
mod tree;

use pades::{SignPdfError, sign};
use pdf::Document;
use pdf::mark::{Appearance, Mark};
use pdf::signature::{CertificationLevel, read_signatures};
use pdf::update::{PlaceError, SeedConstraint, SignatureRequest};
use pdf::{PlacedMm, Placement};
use pki::key::PrivateKey;
use serde_json::Value;
use std::path::PathBuf;
use std::sync::Arc;
use testkit::{judges, pdfs};
use tree::{NOW, Scratch, Tree, pem};

struct Desk {
    key: PrivateKey,
    chain: Vec<Vec<u8>>,
    scratch: Scratch,
    root: PathBuf,
}

impl Desk {
    fn new() -> Self {
        let tree = Tree::new("签名域");
        let (key, chain) = tree.signer();
        let scratch = Scratch::new();
        let root = scratch.put("root.pem", pem("CERTIFICATE", &tree.root));
        Self {
            key,
            chain,
            scratch,
            root,
        }
    }

    fn attempt(&self, original: &[u8], request: &SignatureRequest) -> Result<Vec<u8>, SignPdfError> {
        let done = sign(&open(original), request, &self.key, &self.chain, None)?;
        assert_eq!(
            request.field_name.as_ref().unwrap_or(&done.field_name),
            &done.field_name
        );
        Ok([original, &done.tail].concat())
    }

    fn signed(&self, original: &[u8], field: &str) -> Vec<u8> {
        self.attempt(original, &into(field)).unwrap()
    }

    fn refused(&self, original: &[u8], request: &SignatureRequest) -> PlaceError {
        match self.attempt(original, request) {
            Err(SignPdfError::Place(error)) => error,
            other => panic!("{other:?}"),
        }
    }

    /// Everybody finds every signature good, and pyHanko finds the changes after each permitted.
    fn accepted(&self, bytes: &[u8], signatures: usize) -> Value {
        let file = self.scratch.put("signed.pdf", bytes);
        judges::assert_sound_pdf(&file);
        judges::assert_pdfsig_valid(&file, signatures);
        let moment = "2026-11-22T09:00:00+00:00";
        let found: Value = serde_json::from_str(&judges::pyhanko_findings(&file, &self.root, moment)).unwrap();
        let each = found["signatures"].as_array().unwrap();
        assert_eq!(each.len(), signatures);
        for signature in each {
            for finding in ["intact", "valid", "trusted", "docmdp_ok"] {
                assert_eq!(signature[finding], true, "{finding}: {found}");
            }
        }
        found
    }
}

fn open(bytes: &[u8]) -> Document {
    Document::open(Arc::new(bytes.to_vec())).unwrap()
}

fn into(field: &str) -> SignatureRequest {
    let mut request = SignatureRequest::new(NOW);
    request.field_name = Some(field.to_owned());
    request
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[test]
fn named_fields_are_signed_one_after_the_other_and_their_locks_hold() {
    let desk = Desk::new();
    let form = pdfs::form();
    let once = desk.signed(&form, "Legal");
    desk.accepted(&once, 1);
    assert!(holds(&once[form.len()..], "/TransformMethod /FieldMDP"));
    let twice = desk.signed(&once, "Boss");
    let found = desk.accepted(&twice, 2);
    assert_eq!(found["signatures"][0]["field"], "Legal");
    let names: Vec<String> = read_signatures(&open(&twice))
        .unwrap()
        .iter()
        .map(|one| one.name.clone())
        .collect();
    assert_eq!(names, ["Legal", "Boss"]);
    assert_eq!(
        desk.refused(&twice, &into("Late")),
        PlaceError::FieldLocked {
            field: "Late".to_owned()
        }
    );
    assert_eq!(
        desk.refused(&twice, &into("Legal")),
        PlaceError::FieldSigned {
            field: "Legal".to_owned()
        }
    );
    let late = desk.signed(&once, "Late");
    desk.accepted(&late, 2);
}

#[test]
fn what_a_field_demands_is_heeded() {
    let desk = Desk::new();
    let form = pdfs::form();
    let demands = |field: &str, constraint| PlaceError::SeedValue {
        field: field.to_owned(),
        constraint,
    };
    assert_eq!(
        desk.refused(&form, &into("Strict")),
        demands("Strict", SeedConstraint::Reason)
    );
    let mut request = into("Strict");
    request.reason = Some("other".to_owned());
    assert_eq!(desk.refused(&form, &request), demands("Strict", SeedConstraint::Reason));
    request.reason = Some("award".to_owned());
    desk.accepted(&desk.attempt(&form, &request).unwrap(), 1);

    assert_eq!(
        desk.refused(&form, &into("Chief")),
        demands("Chief", SeedConstraint::Certification)
    );
    let mut request = into("Chief");
    request.certification = Some(CertificationLevel::FormFilling);
    let certified = desk.attempt(&form, &request).unwrap();
    desk.accepted(&certified, 1);
    desk.accepted(&desk.signed(&certified, "Legal"), 2);
    desk.accepted(&desk.attempt(&certified, &SignatureRequest::new(NOW)).unwrap(), 2);
    let mut again = SignatureRequest::new(NOW);
    again.certification = Some(CertificationLevel::Annotating);
    assert_eq!(desk.refused(&certified, &again), PlaceError::CertifiedTooLate);
    assert_eq!(desk.refused(&form, &into("Price")), PlaceError::BadFieldName);
}

#[test]
fn marks_go_with_a_named_field_only_while_nothing_is_signed() {
    let desk = Desk::new();
    let form = pdfs::form();
    let mut request = into("Legal");
    let place = PlacedMm {
        page: 1,
        x_mm: 100.0,
        y_mm: 100.0,
    };
    let appearance = Appearance::Raster {
        png: tiny_png().into(),
        width_mm: 20.0,
        height_mm: 20.0,
    };
    request.marks = vec![Mark {
        appearance,
        placements: vec![Placement::from(place)],
    }];
    let once = desk.attempt(&form, &request).unwrap();
    desk.accepted(&once, 1);
    request.field_name = Some("Late".to_owned());
    assert_eq!(
        desk.refused(&once, &request),
        PlaceError::MarksNeedNewField {
            field: "Late".to_owned()
        }
    );
}

/// One red pixel.
fn tiny_png() -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    for hex in [
        "0000000d4948445200000001000000010802000000907753de",
        "0000000c4944415478da6338c1c00000025c00c97d35c1ea",
        "0000000049454e44ae426082",
    ] {
        let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
        bytes.extend(hex.as_bytes().chunks(2).map(byte));
    }
    bytes
}
