//! Paths judged by rustls-webpki as well: where both understand a path, they agree.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking and says what it counted"
)]

mod tree;

use pki::path::{PathVerdict, validate_path};
use rustls_pki_types::{CertificateDer, UnixTime};
use serde_json::Value;
use std::path::Path;
use std::time::Duration;
use testkit::corpora;
use time::OffsetDateTime;
use tree::{FROM, NOW, TO, Tree};
use webpki::{ALL_VERIFICATION_ALGS, EndEntityCert, KeyUsage, anchor_from_trusted_cert};

/// What rustls-webpki says.
fn theirs(leaf: &[u8], intermediates: &[Vec<u8>], root: &[u8], at: OffsetDateTime) -> bool {
    let (leaf, root) = (CertificateDer::from(leaf), CertificateDer::from(root));
    let (Ok(leaf), Ok(anchor)) = (EndEntityCert::try_from(&leaf), anchor_from_trusted_cert(&root)) else {
        return false;
    };
    let others: Vec<_> = intermediates
        .iter()
        .map(|der| CertificateDer::from(der.as_slice()))
        .collect();
    let since_epoch = Duration::from_secs(u64::try_from(at.unix_timestamp()).unwrap());
    let usage = KeyUsage::client_auth();
    let moment = UnixTime::since_unix_epoch(since_epoch);
    leaf.verify_for_usage(ALL_VERIFICATION_ALGS, &[anchor], &others, moment, usage, None, None)
        .is_ok()
}

fn ours(leaf: &[u8], intermediates: &[Vec<u8>], root: &[u8], at: OffsetDateTime) -> bool {
    let roots = [root.to_vec()];
    matches!(
        validate_path(leaf, intermediates, &roots, at),
        PathVerdict::Trusted { .. }
    )
}

#[test]
fn both_say_the_same_of_our_own_trees() {
    let (tree, other) = (Tree::new("甲"), Tree::new("乙"));
    let (_, chain) = tree.signer();
    let mut forged = chain[0].clone();
    *forged.last_mut().unwrap() ^= 1;
    let day = time::Duration::days(1);
    let cases = [
        (&chain[0], &tree.root, NOW, true),
        (&chain[0], &other.root, NOW, false),
        (&forged, &tree.root, NOW, false),
        (&chain[0], &tree.root, TO + day, false),
        (&chain[0], &tree.root, FROM - day, false),
    ];
    for (leaf, root, at, expected) in cases {
        assert_eq!(ours(leaf, &chain[1..], root, at), expected);
        assert_eq!(theirs(leaf, &chain[1..], root, at), expected);
    }
    assert!(!theirs(&chain[0], &[], &tree.root, NOW) && !ours(&chain[0], &[], &tree.root, NOW));
}

fn read(folder: &Path, name: &Value) -> Vec<u8> {
    std::fs::read(folder.join("certs").join(name.as_str().unwrap())).unwrap()
}

/// Signatures, validity and basic constraints of PKITS (4.1, 4.2, 4.6): what they accept, we accept. They know no
/// policies and compare names byte by byte, so that they refuse more.
#[test]
fn whom_they_trust_in_pkits_we_trust_too() {
    let Some(folder) = corpora::folder() else { return };
    let folder = folder.join("pkits");
    let suite: Value = serde_json::from_str(&std::fs::read_to_string(folder.join("pkits.json")).unwrap()).unwrap();
    let root = read(&folder, &"TrustAnchorRootCertificate.crt".into());
    let (mut both, mut counted) = (0, 0);
    for test in suite.as_array().unwrap() {
        let id = test["id"].as_str().unwrap();
        if !["401", "402", "406"].contains(&&id[..3]) {
            continue;
        }
        counted += 1;
        let leaf = read(&folder, &test["cert"]);
        let names = test["other_certs"].as_array().cloned().unwrap_or_default();
        let others: Vec<Vec<u8>> = names.iter().map(|name| read(&folder, name)).collect();
        let (theirs, ours) = (theirs(&leaf, &others, &root, NOW), ours(&leaf, &others, &root, NOW));
        assert!(!theirs || ours, "{id}: they trust it, we do not");
        both += usize::from(theirs && ours);
    }
    println!("{counted} paths, {both} trusted by both");
    assert!(counted > 30 && both > 5);
}
