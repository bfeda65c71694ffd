//! PKCS#12 files that this program writes, opened by OpenSSL and by itself, with keys that rested in the vault.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test fails by panicking and writes scratch files"
)]

mod tree;

use pki::key::PrivateKey;
use pki::pkcs12::{ExportError, export, open_key};
use pki::vault::{DevicePinVault, FileDeviceSecrets, KeyVault, UnlockedKey};
use pki::{Password, Pin, Signer, random};
use testkit::judges::{must, openssl};
use tree::Scratch;
use uuid::Uuid;

const WORD: &str = "投标-2026 ünlock";

fn password(text: &str) -> Password {
    Password::new(text.to_owned())
}

/// A key that went into a vault and out again, as every key does before it is exported.
fn through_a_vault(scratch: &Scratch, key: &PrivateKey) -> UnlockedKey {
    let vault = DevicePinVault::new(Box::new(FileDeviceSecrets::new(&scratch.path().join("device"))));
    let pin = Pin::parse("250917").unwrap();
    let sealed = vault.enroll(Uuid::new_v4(), key, &pin, &mut random::system()).unwrap();
    vault.unlock(&sealed, &pin).unwrap()
}

fn certificate_of(scratch: &Scratch, kind: &[&str]) -> (Vec<u8>, Vec<u8>) {
    let path = |name: &str| scratch.path().join(name);
    must(
        openssl()
            .args(["req", "-x509", "-nodes", "-newkey"])
            .args(kind)
            .args(["-subj", "/CN=刘洋", "-utf8", "-outform", "DER", "-keyout"])
            .arg(path("key"))
            .arg("-out")
            .arg(path("certificate")),
    );
    must(
        openssl()
            .args(["pkcs8", "-topk8", "-nocrypt", "-outform", "DER", "-in"])
            .arg(path("key"))
            .arg("-out")
            .arg(path("key.der")),
    );
    (
        std::fs::read(path("key.der")).unwrap(),
        std::fs::read(path("certificate")).unwrap(),
    )
}

#[test]
fn openssl_opens_what_is_exported_and_finds_the_same_key() {
    for kind in [&["ec", "-pkeyopt", "ec_paramgen_curve:P-256"][..], &["rsa:2048"][..]] {
        let scratch = Scratch::new();
        let (pkcs8, certificate) = certificate_of(&scratch, kind);
        let key = through_a_vault(&scratch, &PrivateKey::from_pkcs8_der(&pkcs8).unwrap());
        let bytes = export(&key, &certificate, &[], &password(WORD)).unwrap();
        let file = scratch.path().join("exported.p12");
        std::fs::write(&file, &bytes).unwrap();
        let told = must(
            openssl()
                .args(["pkcs12", "-nodes", "-info", "-passin", &format!("pass:{WORD}"), "-in"])
                .arg(&file)
                .arg("-out")
                .arg(scratch.path().join("both.pem")),
        );
        assert!(told.contains("PBES2, PBKDF2, AES-256-CBC, Iteration 600000"), "{told}");
        let again = scratch.path().join("again.der");
        must(
            openssl()
                .args(["pkcs8", "-topk8", "-nocrypt", "-outform", "DER", "-in"])
                .arg(scratch.path().join("both.pem"))
                .arg("-out")
                .arg(&again),
        );
        assert_eq!(std::fs::read(again).unwrap(), pkcs8, "the key that OpenSSL finds");
        let own = open_key(&bytes, &password(WORD)).unwrap();
        assert_eq!(own.certificate, certificate);
        assert_eq!(own.key.spki_der(), key.spki_der());
        let mut wrong = openssl();
        wrong
            .args(["pkcs12", "-nodes", "-passin", "pass:else", "-in"])
            .arg(&file);
        assert!(!wrong.output().unwrap().status.success());
    }
}

#[test]
fn short_passwords_and_foreign_certificates_are_refused() {
    let scratch = Scratch::new();
    let curve = ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"];
    let (pkcs8, certificate) = certificate_of(&scratch, &curve);
    let key = through_a_vault(&scratch, &PrivateKey::from_pkcs8_der(&pkcs8).unwrap());
    let short = export(&key, &certificate, &[], &password("七个字的密码呀"));
    assert_eq!(short.err(), Some(ExportError::PasswordTooShort));
    let (_, other) = certificate_of(&scratch, &curve);
    let foreign = export(&key, &other, &[], &password(WORD));
    assert_eq!(foreign.err(), Some(ExportError::KeyMismatch));
}
