//! Project Wycheproof's vectors: signatures made to trip verifiers, judged as its authors say.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking and says what it counted"
)]

use pki::verification::{DigestAlgorithm, SignatureCheck, check_signature};
use serde_json::Value;
use testkit::corpora;

const ECDSA: &[u8] = &[0x30, 10, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2];
const RSA: &[u8] = &[0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11, 5, 0];

fn bytes(hex: &Value) -> Vec<u8> {
    let hex = hex.as_str().unwrap().as_bytes();
    hex.chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

/// Every vector of a file; «acceptable» ones may go either way.
fn agrees(file: &str, algorithm: &[u8]) {
    let Some(folder) = corpora::folder() else { return };
    let text = std::fs::read_to_string(folder.join("wycheproof").join(file)).unwrap();
    let suite: Value = serde_json::from_str(&text).unwrap();
    let mut counted = 0;
    for group in suite["testGroups"].as_array().unwrap() {
        let key = bytes(&group["publicKeyDer"]);
        for test in group["tests"].as_array().unwrap() {
            let (message, signature) = (bytes(&test["msg"]), bytes(&test["sig"]));
            let check = check_signature(&key, algorithm, DigestAlgorithm::Sha256, &message, &signature);
            counted += 1;
            match test["result"].as_str().unwrap() {
                "valid" => assert_eq!(check, SignatureCheck::Valid, "{file} {test}"),
                "invalid" => assert_ne!(check, SignatureCheck::Valid, "{file} {test}"),
                _ => {}
            }
        }
    }
    println!("{file}: {counted} vectors agree");
    assert!(counted > 100);
}

#[test]
fn ecdsa_on_p256() {
    agrees("ecdsa_secp256r1_sha256_test.json", ECDSA);
}

#[test]
fn rsa_pkcs1_2048() {
    agrees("rsa_signature_2048_sha256_test.json", RSA);
}
