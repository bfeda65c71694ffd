//! Any bytes as what authorities send: OCSP responses, revocation lists, timestamps and their requests.
#![no_main]

#[path = "../src/shared.rs"]
mod shared;

use libfuzzer_sys::fuzz_target;
use pki::budget::Budget;
use pki::path::Certificates;
use pki::revocation::{Inquiry, RevocationData, RevocationStatus};
use pki::timestamping::{TimestampAnswer, TimestampQuery, TimestampRequest};
use pki::tsp::TimeStampToken;
use shared::{begin, containers};
use time::macros::datetime;

/// Nobody issued anything for this one, so that nothing tells whether it was revoked.
const STRANGER: &[u8] = include_bytes!("../src/stranger.cer");

fuzz_target!(init: begin(containers::authority_words), |data: &[u8]| {
    let now = datetime!(2026-11-24 9:30 UTC);
    let mut told = RevocationData::new();
    told.add_response(data);
    told.add_list(data);
    let roots = [STRANGER.to_vec()];
    let others = Certificates { intermediates: &[], roots: &roots };
    let inquiry = Inquiry { data: &told, others, now, budget: &Budget::default() };
    let status = inquiry.certificate_status(STRANGER, STRANGER, now);
    assert_eq!(status, RevocationStatus::Unknown, "only its own authority tells, and that one says nothing");
    let certificates: Vec<Vec<u8>> = told.certificates().take(4).cloned().collect();
    for pair in certificates.windows(2) {
        let _ = inquiry.certificate_status(&pair[0], &pair[1], now);
    }
    let request = TimestampRequest::over(b"ganjiang", [7; 16]);
    assert!(TimestampAnswer::from_response(data, &request).is_err(), "nobody answered this request");
    let _ = TimestampQuery::parse(data);
    if let Ok(token) = TimeStampToken::parse(data) {
        let _ = (token.moment(), token.info(), token.imprint_algorithm());
        assert!(!token.verify_digest(&[7; 32]).is_intact());
    }
});
