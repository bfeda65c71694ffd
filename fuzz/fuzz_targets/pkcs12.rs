//! Any bytes as a PKCS#12 file: refused, or a key with the certificate that belongs to it.
#![no_main]

#[path = "../src/shared.rs"]
mod shared;

use libfuzzer_sys::fuzz_target;
use pki::certificate::CertificateFacts;
use pki::pkcs12::open_key;
use pki::{Password, Signer};
use shared::{PASSWORD, begin, containers};

fuzz_target!(init: begin(containers::key_files), |data: &[u8]| {
    let Ok(opened) = open_key(data, &Password::new(PASSWORD.to_owned())) else { return };
    let facts = CertificateFacts::parse(&opened.certificate).expect("it was read to compare it with the key");
    assert_eq!(facts.spki_der, opened.key.spki_der());
});
