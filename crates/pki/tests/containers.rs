//! CMS both ways: OpenSSL verifies what we build, we verify what OpenSSL builds, and both refuse what was changed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking and says what it counted"
)]

mod tree;

use pki::Signer;
use pki::cms::{CertificateBinding, CmsReadError, ParsedSignature, SignedAttributes};
use pki::verification::{DigestAlgorithm, SignatureCheck};
use std::path::PathBuf;
use testkit::judges::{ask, must, openssl};
use tree::{NOW, Scratch, Tree, pem};

const CONTENT: &[u8] = "投标文件".as_bytes();

fn sha256(bytes: &[u8]) -> [u8; 32] {
    DigestAlgorithm::Sha256.digest(&[bytes]).try_into().unwrap()
}

/// Our container over [`CONTENT`].
fn ours(signer: &dyn Signer, chain: &[Vec<u8>]) -> Vec<u8> {
    let attributes = SignedAttributes::new(&sha256(CONTENT), &chain[0]).unwrap();
    let signature = signer.sign(&attributes.to_be_signed()).unwrap();
    attributes
        .complete(signer.algorithm(), &signature, &chain[1..])
        .unwrap()
        .to_der()
        .unwrap()
}

#[test]
fn openssl_verifies_our_cades_container_and_refuses_other_content() {
    let (tree, scratch) = (Tree::new("容器"), Scratch::new());
    let (key, chain) = tree.signer();
    let container = scratch.put("signature.der", ours(&key, &chain));
    let root = scratch.put("root.pem", pem("CERTIFICATE", &tree.root));
    let verify = |content: PathBuf| {
        let mut judge = openssl();
        judge.args([
            "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-purpose", "any", "-attime",
        ]);
        judge
            .arg(NOW.unix_timestamp().to_string())
            .arg("-in")
            .arg(&container)
            .arg("-content")
            .arg(content);
        judge
            .arg("-CAfile")
            .arg(&root)
            .arg("-out")
            .arg(scratch.path().join("out"));
        ask(&mut judge)
    };
    let good = verify(scratch.put("content", CONTENT));
    assert!(good.success && good.words.contains("successful"), "{}", good.words);
    let bad = verify(scratch.put("other", b"other"));
    assert!(!bad.success, "{}", bad.words);
}

#[test]
fn our_own_container_reads_back_bound_and_intact() {
    let (key, chain) = Tree::new("回读").signer();
    let mut bytes = ours(&key, &chain);
    bytes.extend([0; 100]);
    let parsed = ParsedSignature::parse(&bytes).ok().unwrap();
    assert_eq!(parsed.signer_certificate(), Some(chain[0].as_slice()));
    assert_eq!(parsed.certificates().len(), 2);
    assert!(!parsed.has_content() && parsed.timestamps().is_empty());
    let findings = parsed.verify_digest(&sha256(CONTENT));
    assert!(findings.is_intact());
    assert_eq!(findings.binding, CertificateBinding::Bound);
    let findings = parsed.verify_digest(&sha256(b"other"));
    assert!(!findings.digest_matches && !findings.is_intact());
}

#[test]
fn no_byte_of_a_container_can_be_changed_unseen() {
    let (key, chain) = Tree::new("字节").signer();
    let bytes = ours(&key, &chain[..1]);
    let digest = sha256(CONTENT);
    let certificate = bytes
        .windows(chain[0].len())
        .position(|window| window == chain[0])
        .unwrap();
    let sound = |bytes: &[u8]| {
        ParsedSignature::parse(bytes).is_ok_and(|parsed| {
            let findings = parsed.verify_digest(&digest);
            findings.is_intact() && findings.binding == CertificateBinding::Bound
        })
    };
    assert!(sound(&bytes));
    let unseen: Vec<usize> = (0..bytes.len())
        .filter(|&place| {
            let mut changed = bytes.clone();
            changed[place] ^= 0x01;
            sound(&changed)
        })
        .collect();
    // Version numbers and the list of digest algorithms carry nothing that is relied on; all of the certificate,
    // the attributes and the signature must count.
    let relied_on = certificate..certificate + chain[0].len();
    assert!(unseen.iter().all(|place| !relied_on.contains(place)), "{unseen:?}");
    assert!(unseen.len() <= 24, "{unseen:?}");
}

/// OpenSSL's own container over [`CONTENT`], with a self-signed certificate of this kind of key.
fn openssl_signs(scratch: &Scratch, key: &[&str], digest: &str, options: &[&str]) -> Vec<u8> {
    let content = scratch.put("content", CONTENT);
    let path = |name: &str| scratch.path().join(name);
    let (key_file, certificate, out) = (path("key.pem"), path("certificate.pem"), path("signed.der"));
    must(
        openssl()
            .args(["req", "-x509", "-nodes", "-newkey"])
            .args(key)
            .args(["-subj", "/CN=judge", "-keyout"])
            .arg(&key_file)
            .arg("-out")
            .arg(&certificate),
    );
    let mut sign = openssl();
    sign.args(["cms", "-sign", "-binary", "-outform", "DER", "-md", digest, "-in"])
        .arg(&content);
    sign.arg("-signer")
        .arg(&certificate)
        .arg("-inkey")
        .arg(&key_file)
        .args(options)
        .arg("-out")
        .arg(&out);
    must(&mut sign);
    std::fs::read(out).unwrap()
}

#[test]
fn we_verify_what_openssl_signs_with_each_kind_of_key() {
    let pss = ["-keyopt", "rsa_padding_mode:pss", "-keyopt", "rsa_pss_saltlen:32"];
    let table: [(&[&str], &str, &[&str]); 6] = [
        (&["ec", "-pkeyopt", "ec_paramgen_curve:P-256"], "sha256", &["-cades"]),
        (&["ec", "-pkeyopt", "ec_paramgen_curve:P-384"], "sha384", &["-cades"]),
        (&["rsa:2048"], "sha256", &["-cades"]),
        (&["rsa:2048"], "sha512", &[]),
        (&["rsa:3072"], "sha256", &["-keyid"]),
        (&["rsa:2048"], "sha256", &pss),
    ];
    for (key, digest, options) in table {
        let scratch = Scratch::new();
        let parsed = ParsedSignature::parse(&openssl_signs(&scratch, key, digest, options));
        let parsed = parsed.unwrap_or_else(|error| panic!("{key:?} {digest}: {error}"));
        let hash = parsed.digest_algorithm().digest(&[CONTENT]);
        let findings = parsed.verify_digest(&hash);
        assert!(findings.is_intact(), "{key:?} {digest} {options:?}: {findings:?}");
        let bound = if options.contains(&"-cades") {
            CertificateBinding::Bound
        } else {
            CertificateBinding::Absent
        };
        assert_eq!(findings.binding, bound, "{key:?}");
        let other = parsed.digest_algorithm().digest(&[b"other"]);
        assert!(!parsed.verify_digest(&other).is_intact());
    }
}

#[test]
fn content_inside_and_missing_attributes_are_noticed() {
    let scratch = Scratch::new();
    let key = ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"];
    let inside = openssl_signs(&scratch, &key, "sha256", &["-nodetach"]);
    assert!(ParsedSignature::parse(&inside).ok().unwrap().has_content());
    let bare = openssl_signs(&scratch, &key, "sha256", &["-noattr"]);
    let bare = ParsedSignature::parse(&bare).ok().unwrap();
    assert!(!bare.has_signed_attributes());
    let findings = bare.verify_digest(&sha256(CONTENT));
    assert!(findings.is_intact());
    assert_eq!(findings.binding, CertificateBinding::Absent);
    assert!(!bare.verify_digest(&sha256(b"other")).is_intact());
    let nameless = openssl_signs(&scratch, &key, "sha256", &["-nocerts"]);
    let parsed = ParsedSignature::parse(&nameless).ok().unwrap();
    assert_eq!(parsed.signer_certificate(), None);
    assert_eq!(
        parsed.verify_digest(&sha256(CONTENT)).signature,
        SignatureCheck::Unsupported
    );
}

#[test]
fn nonsense_is_unreadable_and_never_a_panic() {
    let (key, chain) = Tree::new("残").signer();
    let bytes = ours(&key, &chain);
    for length in 0..bytes.len() {
        assert!(ParsedSignature::parse(&bytes[..length]).is_err(), "cut at {length}");
    }
    for nonsense in [&b""[..], b"0", &[0x30, 0x80, 0, 0], &[0xff; 64], &[0; 64]] {
        assert_eq!(ParsedSignature::parse(nonsense).err(), Some(CmsReadError::Unreadable));
    }
}
