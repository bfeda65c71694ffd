//! Attacks on signed PDFs from the published descriptions: none is ever shown as valid.
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

use pades::{TrustRoots, Verdict, Verification, sign, verify};
use pdf::Document;
use pdf::signature::CertificationLevel;
use pdf::update::SignatureRequest;
use std::sync::Arc;
use testkit::attacks::{self, Attack};
use testkit::pdfs;
use tree::{NOW, Tree};

fn open(bytes: &[u8]) -> Option<Document> {
    Document::open(Arc::new(bytes.to_vec())).ok()
}

/// A victim: somebody whose root the verifier trusts.
struct Victim {
    tree: Tree,
}

impl Victim {
    fn new() -> Self {
        Self {
            tree: Tree::new("受害"),
        }
    }

    fn signs(&self, original: &[u8]) -> Vec<u8> {
        self.certifies(original, None)
    }

    fn certifies(&self, original: &[u8], level: Option<CertificationLevel>) -> Vec<u8> {
        let (key, chain) = self.tree.signer();
        let mut request = SignatureRequest::new(NOW);
        request.certification = level;
        let done = sign(&open(original).unwrap(), &request, &key, &chain, None).unwrap();
        let signed = [original, &done.tail].concat();
        assert_eq!(self.judges(&signed).unwrap().verdict, Verdict::Valid);
        signed
    }

    fn judges(&self, bytes: &[u8]) -> Option<Verification> {
        let roots = TrustRoots::new(vec![self.tree.root.clone()]);
        open(bytes).map(|document| verify(&document, &roots, NOW))
    }

    /// What is said about each attacked file; one that does not open is not shown as anything.
    fn withstands(&self, family: &str, attacks: &[Attack]) {
        let mut fooled = Vec::new();
        for attack in attacks {
            let report = self.judges(&attack.bytes);
            let verdict = report
                .as_ref()
                .map_or("cannot be opened", |report| report.verdict.code());
            println!("{family}\t{}\t{verdict}", attack.name);
            if matches!(verdict, "valid" | "valid_with_changes") {
                fooled.push((attack.name.as_str(), verdict, report));
            }
        }
        assert!(fooled.is_empty(), "{family}: {fooled:#?}");
        assert!(attacks.len() > 3);
    }
}

/// The number of the signature dictionary that signing just wrote.
fn signature_object(signed: &[u8]) -> u32 {
    let text = String::from_utf8_lossy(signed);
    let at = text.rfind("/Type/Sig/Filter").unwrap();
    let line = text[..at].rfind(" 0 obj").unwrap();
    let start = text[..line].rfind(|letter: char| !letter.is_ascii_digit()).unwrap() + 1;
    text[start..line].parse().unwrap()
}

#[test]
fn universal_signature_forgery() {
    let victim = Victim::new();
    let signed = victim.signs(&pdfs::simple(1));
    victim.withstands("USF", &attacks::universal_forgery(&signed));
}

#[test]
fn incremental_saving() {
    let victim = Victim::new();
    let signed = victim.signs(&pdfs::simple(1));
    victim.withstands("ISA", &attacks::incremental_saving(&signed, signature_object(&signed)));
}

#[test]
fn signature_wrapping() {
    let victim = Victim::new();
    let signed = victim.signs(&pdfs::simple(1));
    victim.withstands("SWA", &attacks::signature_wrapping(&signed));
}

#[test]
fn shadows_of_hide_replace_and_both() {
    let victim = Victim::new();
    let turned = attacks::shadows().into_iter().map(|shadow| {
        let signed = victim.signs(&shadow.prepared);
        Attack {
            name: shadow.name.to_owned(),
            bytes: (shadow.turn)(&signed),
        }
    });
    victim.withstands("shadow", &turned.collect::<Vec<_>>());
}

#[test]
fn evil_annotations_and_sneaky_signatures() {
    let victim = Victim::new();
    let levels = [
        ("on an approval", None),
        ("on P1", Some(CertificationLevel::NoChanges)),
        ("on P2", Some(CertificationLevel::FormFilling)),
        ("on P3", Some(CertificationLevel::Annotating)),
    ];
    for (name, level) in levels {
        let signed = victim.certifies(&pdfs::simple(1), level);
        victim.withstands(&format!("EAA and SSA {name}"), &attacks::on_certified(&signed));
    }
}
