//! PKCS#12 files as OpenSSL writes them, new and old, with good and bad contents.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking and says what it counted"
)]

mod tree;

use pki::pkcs12::{Pkcs12Error, open};
use pki::verification::{DigestAlgorithm, SignatureCheck, check_signature};
use pki::{KeyAlgorithm, Password, SigningIdentity};
use testkit::judges::{must, openssl};
use tree::Scratch;

fn password(text: &str) -> Password {
    Password::new(text.to_owned())
}

/// A file with a self-signed certificate for a new key of this kind.
fn file(key: &[&str], word: &str, options: &[&str]) -> Vec<u8> {
    let scratch = Scratch::new();
    let path = |name: &str| scratch.path().join(name);
    must(
        openssl()
            .args(["req", "-x509", "-nodes", "-newkey"])
            .args(key)
            .args(["-subj", "/CN=signer", "-keyout"])
            .arg(path("key"))
            .arg("-out")
            .arg(path("certificate")),
    );
    let mut export = openssl();
    export
        .args([
            "pkcs12",
            "-export",
            "-name",
            "signer",
            "-passout",
            &format!("pass:{word}"),
            "-inkey",
        ])
        .arg(path("key"));
    must(
        export
            .arg("-in")
            .arg(path("certificate"))
            .args(options)
            .arg("-out")
            .arg(path("out.p12")),
    );
    std::fs::read(path("out.p12")).unwrap()
}

/// The signer of the file signs, and the certificate beside it verifies.
fn assert_signs(identity: &SigningIdentity, algorithm: KeyAlgorithm, oid_der: &[u8]) {
    assert_eq!(identity.signer.algorithm(), algorithm);
    let signature = identity.signer.sign(b"bid").unwrap();
    let check = |message: &[u8]| {
        check_signature(
            identity.signer.spki_der(),
            oid_der,
            DigestAlgorithm::Sha256,
            message,
            &signature,
        )
    };
    assert_eq!(check(b"bid"), SignatureCheck::Valid);
    assert_eq!(check(b"bad"), SignatureCheck::Invalid);
}

const ECDSA: &[u8] = &[0x30, 10, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2];
const RSA: &[u8] = &[0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11, 5, 0];
const P256: [&str; 3] = ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"];

#[test]
fn p256_and_rsa_files_open_and_sign() {
    let identity = open(&file(&P256, "口令 p@ss", &[]), &password("口令 p@ss"))
        .ok()
        .unwrap();
    assert_signs(&identity, KeyAlgorithm::EcdsaP256Sha256, ECDSA);
    assert!(identity.chain.is_empty());
    let identity = open(&file(&["rsa:2048"], "abc", &[]), &password("abc")).ok().unwrap();
    assert_signs(&identity, KeyAlgorithm::RsaPkcs1Sha256, RSA);
}

#[test]
fn files_of_old_programs_open() {
    let identity = open(&file(&P256, "abc", &["-legacy"]), &password("abc")).ok().unwrap();
    assert_signs(&identity, KeyAlgorithm::EcdsaP256Sha256, ECDSA);
}

#[test]
fn each_bad_file_is_refused_for_its_own_reason() {
    let good = file(&P256, "abc", &[]);
    let refusal = |bytes: &[u8], word: &str| open(bytes, &password(word)).err();
    assert_eq!(refusal(&good, "abd"), Some(Pkcs12Error::WrongPassword));
    assert_eq!(refusal(&good, ""), Some(Pkcs12Error::WrongPassword));
    assert_eq!(refusal(&good[..good.len() / 2], "abc"), Some(Pkcs12Error::Unreadable));
    assert_eq!(refusal(b"", "abc"), Some(Pkcs12Error::Unreadable));
    assert_eq!(
        refusal(&vec![0x30; 2 * 1024 * 1024], "abc"),
        Some(Pkcs12Error::Unreadable)
    );
    let p384 = file(&["ec", "-pkeyopt", "ec_paramgen_curve:P-384"], "abc", &[]);
    assert_eq!(refusal(&p384, "abc"), Some(Pkcs12Error::UnsupportedKey));
    assert_eq!(
        refusal(&file(&["rsa:1024"], "abc", &[]), "abc"),
        Some(Pkcs12Error::UnsupportedKey)
    );
    assert_eq!(
        refusal(&file(&P256, "abc", &["-nokeys"]), "abc"),
        Some(Pkcs12Error::NoIdentity)
    );
}
