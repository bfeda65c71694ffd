//! Signing files that are locked by a password, judged by pdfsig, pyHanko and qpdf with the password.
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

use pades::{Coverage, TrustRoots, Verdict, sign, verify};
use pdf::update::SignatureRequest;
use pdf::{Document, Password};
use pki::key::PrivateKey;
use std::path::Path;
use std::sync::Arc;
use testkit::{judges, pdfs};
use tree::{NOW, Scratch, Tree, pem};

const USER: &str = "kai-biao";

/// The schemes of qpdf that are in use: RC4, AES-128, AES-256.
const SCHEMES: [&[&str]; 3] = [&["128", "--use-aes=n"], &["128", "--use-aes=y"], &["256"]];

fn locked(scratch: &Scratch, plain: &[u8], scheme: &[&str]) -> Vec<u8> {
    let from = scratch.put("plain.pdf", plain);
    let to = from.with_file_name("locked.pdf");
    let mut qpdf = judges::qpdf();
    qpdf.args(["--allow-weak-crypto", "--encrypt", USER, "owner"])
        .args(scheme);
    judges::must(qpdf.arg("--").arg(&from).arg(&to));
    std::fs::read(to).unwrap()
}

fn unlock(bytes: &[u8]) -> Document {
    Document::open_with_password(Arc::new(bytes.to_vec()), &Password::new(USER.to_owned())).unwrap()
}

fn signed(original: &[u8], key: &PrivateKey, chain: &[Vec<u8>]) -> Vec<u8> {
    let mut request = SignatureRequest::new(NOW);
    request.reason = Some("投标".to_owned());
    let done = sign(&unlock(original), &request, key, chain, None).unwrap();
    [original, &done.tail].concat()
}

/// qpdf, pdfsig and pyHanko, told the password.
fn judged(file: &Path, root: &Path, signatures: usize) {
    let mut qpdf = judges::qpdf();
    judges::must(qpdf.arg("--check").arg(format!("--password={USER}")).arg(file));
    let words = judges::must(judges::pdfsig().args(["-nocert", "-upw", USER]).arg(file));
    assert_eq!(words.matches("Signature is Valid.").count(), signatures, "{words}");
    let mut pyhanko = judges::pyhanko();
    pyhanko.args([
        "sign",
        "validate",
        "--pretty-print",
        "--no-revocation-check",
        "--trust-replace",
    ]);
    pyhanko.args(["--password", USER, "--trust"]).arg(root).arg(file);
    let words = judges::ask(&mut pyhanko).words;
    assert_eq!(words.matches("judged VALID").count(), signatures, "{words}");
    assert!(!words.contains("judged INVALID"), "{words}");
}

#[test]
fn two_signatures_on_a_locked_bid_are_accepted_in_every_scheme() {
    let tree = Tree::new("root");
    let scratch = Scratch::new();
    let root = scratch.put("root.pem", pem("CERTIFICATE", &tree.root));
    let ((first, first_chain), (second, second_chain)) = (tree.signer(), tree.signer());
    for scheme in SCHEMES {
        let original = locked(&scratch, &pdfs::simple(2), scheme);
        let once = signed(&original, &first, &first_chain);
        judged(&scratch.put("once.pdf", &once), &root, 1);
        let twice = signed(&once, &second, &second_chain);
        assert!(twice.starts_with(&once));
        judged(&scratch.put("twice.pdf", &twice), &root, 2);
        let report = verify(&unlock(&twice), &TrustRoots::new(vec![tree.root.clone()]), NOW);
        assert_eq!(report.signatures.len(), 2, "{scheme:?}");
        assert!(
            report.signatures.iter().all(|signature| signature.intact == Some(true)),
            "{scheme:?}"
        );
        assert_eq!(report.signatures[0].coverage, Coverage::WholeRevision);
        assert_ne!(report.verdict, Verdict::Invalid, "{scheme:?}");
    }
}
