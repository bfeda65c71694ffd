//! Any bytes as the container of a signature: read or refused, and never intact over a document that nobody signed.
#![no_main]

#[path = "../src/shared.rs"]
mod shared;

use libfuzzer_sys::fuzz_target;
use pki::certificate::CertificateFacts;
use pki::cms::ParsedSignature;
use pki::tsp::TimeStampToken;
use shared::{begin, containers};

fuzz_target!(init: begin(containers::signatures), |data: &[u8]| {
    let Ok(parsed) = ParsedSignature::parse(data) else { return };
    let nobody_signed = parsed.digest_algorithm().digest(&[b"ganjiang: nobody ever signed this"]);
    assert!(!parsed.verify_digest(&nobody_signed).is_intact());
    let _ = (parsed.content(), parsed.content_type(), parsed.signing_time(), parsed.signature_algorithm_oid());
    let _ = parsed.reliance(time::macros::datetime!(2026-11-24 9:30 UTC));
    for certificate in parsed.certificates() {
        let _ = CertificateFacts::parse(certificate);
    }
    for token in parsed.timestamps() {
        if let Ok(token) = TimeStampToken::parse(token) {
            assert!(!token.verify_digest(&nobody_signed).is_intact());
        }
    }
    // What is padded with zeros, as in a PDF, reads the same.
    let padded = ParsedSignature::parse(&[data, &[0; 64]].concat());
    assert_eq!(padded.ok().map(|padded| padded.signature().to_vec()), Some(parsed.signature().to_vec()));
});
