//! B-T, B-LT and B-LTA, made stage by stage and judged by pyHanko (EN 319 102-1), pdfsig, qpdf and OpenSSL.
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

use pades::{
    Evidence, Level, RevocationFinding, ServiceUnreachable, SignPdfError, SignatureReport, SignedPdf, TimeSource,
    TimestampService, TrustRoots, Verdict, preserve, sign, timestamp_document, verify,
};
use pdf::Document;
use pdf::signature::{CertificationLevel, read_signatures};
use pdf::update::SignatureRequest;
use pki::key::PrivateKey;
use pki::timestamping::{TimestampAuthority, TimestampError, TimestampQuery};
use pki::tsp::Accuracy;
use serde_json::Value;
use std::cell::{Cell, RefCell};
use std::path::PathBuf;
use std::sync::Arc;
use testkit::{judges, pdfs};
use time::OffsetDateTime;
use tree::{NOW, Scratch, Tree, pem};

/// The moment at which everything is judged: the lists are still in force.
const JUDGED: &str = "2026-11-25T09:00:00+00:00";

/// A timestamp authority of the tree, whose clock goes on by a second with each answer.
struct Service {
    key: PrivateKey,
    chain: Vec<Vec<u8>>,
    padding: Cell<usize>,
    asked: Cell<u8>,
    answers: RefCell<Vec<(Vec<u8>, Vec<u8>)>>,
}

impl Service {
    fn of(tree: &Tree) -> Self {
        let (key, chain) = tree.timestamper();
        Self {
            key,
            chain,
            padding: Cell::new(0),
            asked: Cell::new(0),
            answers: RefCell::default(),
        }
    }

    fn clock(&self) -> OffsetDateTime {
        NOW + time::Duration::seconds(self.asked.get().into())
    }
}

impl TimestampService for Service {
    fn ask(&self, request: &[u8]) -> Result<Vec<u8>, ServiceUnreachable> {
        self.asked.set(self.asked.get() + 1);
        // A chain with more certificates makes a larger token.
        let mut chain = self.chain[1..].to_vec();
        let other = Tree::new("填充");
        while chain.concat().len() < self.padding.get() {
            chain.push(other.signer().1[0].clone());
        }
        let authority = TimestampAuthority {
            signer: &self.key,
            certificate: &self.chain[0],
            chain: &chain,
            policy: "2.25.1.1".parse().unwrap(),
            accuracy: Accuracy {
                seconds: Some(1),
                millis: None,
                micros: None,
            },
        };
        let query = TimestampQuery::parse(request).unwrap();
        let answer = authority.answer(&query, &[7, self.asked.get()], self.clock()).unwrap();
        self.answers.borrow_mut().push((request.to_vec(), answer.clone()));
        Ok(answer)
    }
}

struct Desk {
    tree: Tree,
    key: PrivateKey,
    chain: Vec<Vec<u8>>,
    service: Service,
    scratch: Scratch,
    root: PathBuf,
}

impl Desk {
    fn new(name: &str) -> Self {
        let tree = Tree::new(name);
        let (key, chain) = tree.signer();
        let service = Service::of(&tree);
        let scratch = Scratch::new();
        let root = scratch.put("root.pem", pem("CERTIFICATE", &tree.root));
        Self {
            tree,
            key,
            chain,
            service,
            scratch,
            root,
        }
    }

    fn b_t(&self, original: &[u8], request: &SignatureRequest) -> (Vec<u8>, SignedPdf) {
        let done = sign(&open(original), request, &self.key, &self.chain, Some(&self.service)).unwrap();
        ([original, &done.tail].concat(), done)
    }

    /// The lists as they are a moment after the timestamp.
    fn evidence(&self) -> Evidence {
        let timestamper = &self.service.chain[0];
        Evidence {
            certificates: [
                &self.chain[..],
                std::slice::from_ref(timestamper),
                std::slice::from_ref(&self.tree.root),
            ]
            .concat(),
            ocsp_responses: Vec::new(),
            crls: self.tree.lists(&[], self.service.clock() + time::Duration::seconds(1)),
        }
    }

    fn b_lt(&self, b_t: &[u8], field: &str) -> Vec<u8> {
        let tail = preserve(&open(b_t), field, self.evidence()).unwrap();
        [b_t, &tail].concat()
    }

    fn b_lta(&self, b_lt: &[u8]) -> Vec<u8> {
        let done = timestamp_document(&open(b_lt), &self.service).unwrap();
        [b_lt, &done.tail].concat()
    }

    /// What we ourselves say about the first signature, at the moment at which the others judge.
    fn ours(&self, bytes: &[u8]) -> SignatureReport {
        let at = NOW + time::Duration::days(3);
        let roots = TrustRoots::new(vec![self.tree.root.clone()]);
        let mut report = verify(&open(bytes), &roots, at);
        report.signatures.swap_remove(0)
    }

    fn found(&self, bytes: &[u8], signatures: usize) -> Value {
        let file = self.scratch.put("judged.pdf", bytes);
        judges::assert_sound_pdf(&file);
        judges::assert_pdfsig_valid(&file, signatures);
        serde_json::from_str(&judges::pyhanko_findings(&file, &self.root, JUDGED)).unwrap()
    }
}

fn open(bytes: &[u8]) -> Document {
    Document::open(Arc::new(bytes.to_vec())).unwrap()
}

fn request() -> SignatureRequest {
    SignatureRequest::new(NOW)
}

fn assert_good(signature: &Value) {
    for finding in ["intact", "valid", "trusted"] {
        assert_eq!(signature[finding], true, "{signature}");
    }
}

#[test]
fn every_level_is_what_it_says_to_pyhanko() {
    let desk = Desk::new("级别");
    for original in [pdfs::simple(2), pdfs::xref_stream()] {
        let (b_t, done) = desk.b_t(&original, &request());
        let found = desk.found(&b_t, 1);
        assert_good(&found["signatures"][0]);
        assert_eq!(found["signatures"][0]["timestamp"], true, "{found}");
        let moment = done.timestamp.unwrap().time;
        assert_eq!(moment, desk.service.clock());
        let ours = desk.ours(&b_t);
        assert_eq!((ours.level, ours.verdict), (Level::BT, Verdict::Valid), "{ours:?}");
        assert_eq!(
            (ours.time.source, ours.time.value),
            (TimeSource::Timestamp, Some(moment))
        );
        assert_eq!(ours.revocation.at_signing, RevocationFinding::Unknown);

        let b_lt = desk.b_lt(&b_t, &done.field_name);
        let found = desk.found(&b_lt, 1);
        assert_good(&found["signatures"][0]);
        assert_eq!(found["signatures"][0]["changes"], "LTA_UPDATES", "{found}");
        assert_eq!(found["signatures"][0]["from_store"], true, "{found}");
        let ours = desk.ours(&b_lt);
        assert_eq!((ours.level, ours.verdict), (Level::BLt, Verdict::Valid), "{ours:?}");
        assert_eq!(ours.revocation.at_signing, RevocationFinding::Good);
        assert!(ours.reasons.is_empty(), "{ours:?}");

        let b_lta = desk.b_lta(&b_lt);
        let found = desk.found(&b_lta, 1);
        assert_good(&found["signatures"][0]);
        assert_eq!(found["signatures"][0]["changes"], "LTA_UPDATES", "{found}");
        assert_good(&found["timestamps"][0]);
        let ours = desk.ours(&b_lta);
        assert_eq!((ours.level, ours.verdict), (Level::BLta, Verdict::Valid), "{ours:?}");
        assert_eq!(found["timestamps"][0]["coverage"], "ENTIRE_FILE");
        let long_term = &found["signatures"][0]["long_term"];
        assert_eq!(long_term["result"], "AdESPassed.OK", "{found}");
        assert!(b_lta.starts_with(&b_lt) && b_lt.starts_with(&b_t) && b_t.starts_with(&original));
    }
}

#[test]
fn a_changed_byte_and_a_revoked_signer_fail_the_long_term_process() {
    let desk = Desk::new("反例");
    let (b_t, done) = desk.b_t(&pdfs::simple(1), &request());
    let b_lta = desk.b_lta(&desk.b_lt(&b_t, &done.field_name));
    let mut changed = b_lta;
    let place = changed.windows(6).position(|window| window == b"Page 1").unwrap();
    changed[place + 5] = b'9';
    let file = desk.scratch.put("changed.pdf", &changed);
    let found: Value = serde_json::from_str(&judges::pyhanko_findings(&file, &desk.root, JUDGED)).unwrap();
    assert_eq!(found["signatures"][0]["intact"], false, "{found}");
    assert_ne!(
        found["signatures"][0]["long_term"]["result"], "AdESPassed.OK",
        "{found}"
    );

    let mut evidence = desk.evidence();
    evidence.crls = desk.tree.lists(&[&[0x42, 0x07]], desk.service.clock());
    let tail = preserve(&open(&b_t), &done.field_name, evidence).unwrap();
    let revoked = desk.b_lta(&[&b_t[..], &tail].concat());
    let ours = desk.ours(&revoked);
    assert_eq!(ours.revocation.now, RevocationFinding::Revoked, "{ours:?}");
    let file = desk.scratch.put("revoked.pdf", &revoked);
    let found: Value = serde_json::from_str(&judges::pyhanko_findings(&file, &desk.root, JUDGED)).unwrap();
    assert_ne!(
        found["signatures"][0]["long_term"]["result"], "AdESPassed.OK",
        "{found}"
    );
}

#[test]
fn openssl_verifies_both_timestamps() {
    let desk = Desk::new("双戳");
    let (b_t, done) = desk.b_t(&pdfs::simple(1), &request());
    let _ = desk.b_lta(&desk.b_lt(&b_t, &done.field_name));
    let answers = desk.service.answers.borrow();
    assert_eq!(answers.len(), 2);
    for (query, answer) in answers.iter() {
        let query = desk.scratch.put("query.tsq", query);
        let answer = desk.scratch.put("answer.tsr", answer);
        let mut openssl = judges::openssl();
        openssl.args([
            "ts",
            "-verify",
            "-attime",
            &NOW.unix_timestamp().to_string(),
            "-queryfile",
        ]);
        openssl.arg(query).arg("-in").arg(answer).arg("-CAfile").arg(&desk.root);
        assert!(judges::must(&mut openssl).contains("Verification: OK"));
    }
}

#[test]
fn openssl_verifies_the_container_with_its_timestamp_inside() {
    let desk = Desk::new("容器");
    let (b_t, _) = desk.b_t(&pdfs::simple(1), &request());
    let document = open(&b_t);
    let signature = &read_signatures(&document).unwrap()[0];
    let content = signature.digest_input(&document).unwrap().concat();
    let mut openssl = judges::openssl();
    openssl.args([
        "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-purpose", "any", "-attime",
    ]);
    openssl
        .arg(NOW.unix_timestamp().to_string())
        .arg("-CAfile")
        .arg(&desk.root);
    openssl
        .arg("-in")
        .arg(desk.scratch.put("signature.der", &signature.contents));
    openssl.arg("-content").arg(desk.scratch.put("content", &content));
    openssl.arg("-out").arg(desk.scratch.path().join("out"));
    assert!(judges::must(&mut openssl).contains("successful"));
}

#[test]
fn a_certified_document_is_preserved_too_and_two_signatures_share_one_store() {
    let desk = Desk::new("认证");
    let mut certifying = request();
    certifying.certification = Some(CertificationLevel::NoChanges);
    let (b_t, done) = desk.b_t(&pdfs::simple(1), &certifying);
    let b_lta = desk.b_lta(&desk.b_lt(&b_t, &done.field_name));
    let found = desk.found(&b_lta, 1);
    assert_good(&found["signatures"][0]);
    assert_eq!(found["signatures"][0]["docmdp_ok"], true, "{found}");
    assert_eq!(
        found["signatures"][0]["long_term"]["result"], "AdESPassed.OK",
        "{found}"
    );
    let refused = sign(&open(&b_lta), &request(), &desk.key, &desk.chain, None);
    assert!(
        matches!(refused, Err(SignPdfError::Place(_))),
        "certified: no further signature"
    );

    let (once, first) = desk.b_t(&pdfs::simple(1), &request());
    let once = desk.b_lt(&once, &first.field_name);
    let (twice, second) = desk.b_t(&once, &request());
    let twice = desk.b_lta(&desk.b_lt(&twice, &second.field_name));
    let found = desk.found(&twice, 2);
    for signature in found["signatures"].as_array().unwrap() {
        assert_good(signature);
        assert_eq!(signature["long_term"]["result"], "AdESPassed.OK", "{found}");
    }
    // Certificates of both are the same: they are written once.
    let root = &desk.tree.root;
    let plain = |window: &&[u8]| *window == root.as_slice();
    assert!(
        twice.windows(root.len()).filter(plain).count() <= 1,
        "the root is stored once"
    );
}

#[test]
fn the_room_is_measured_and_made_larger_once() {
    let desk = Desk::new("空间");
    let done = sign(&open(&pdfs::simple(1)), &request(), &desk.key, &desk.chain, None).unwrap();
    let [_, start, end, _] = done.byte_range;
    assert!(
        (end - start) / 2 < 1600,
        "{} bytes for a B-B signature",
        (end - start) / 2
    );

    desk.service.padding.set(20_000);
    let (b_t, done) = desk.b_t(&pdfs::simple(1), &request());
    assert_eq!(desk.service.asked.get(), 2, "the first token did not fit");
    assert_eq!(desk.found(&b_t, 1)["signatures"][0]["timestamp"], true);
    let b_lta = desk.b_lta(&desk.b_lt(&b_t, &done.field_name));
    assert_eq!(read_signatures(&open(&b_lta)).unwrap().len(), 2);
}

/// Grows with every answer: no room is ever enough.
struct Growing<'a>(&'a Service);

impl TimestampService for Growing<'_> {
    fn ask(&self, request: &[u8]) -> Result<Vec<u8>, ServiceUnreachable> {
        self.0.padding.set(self.0.padding.get() + 15_000);
        self.0.ask(request)
    }
}

/// Answers every request with the answer to another.
struct Replaying<'a>(&'a Service);

impl TimestampService for Replaying<'_> {
    fn ask(&self, _: &[u8]) -> Result<Vec<u8>, ServiceUnreachable> {
        let other = pki::timestamping::TimestampRequest::over(b"other", [1; 16]);
        self.0.ask(&other.to_der())
    }
}

struct Gone;

impl TimestampService for Gone {
    fn ask(&self, _: &[u8]) -> Result<Vec<u8>, ServiceUnreachable> {
        Err(ServiceUnreachable("no route".to_owned()))
    }
}

#[test]
fn a_service_that_misbehaves_makes_no_signature() {
    let desk = Desk::new("恶意");
    let document = open(&pdfs::simple(1));
    let signed = |service: &dyn TimestampService| {
        sign(&document, &request(), &desk.key, &desk.chain, Some(service)).unwrap_err()
    };
    assert!(matches!(signed(&Growing(&desk.service)), SignPdfError::TooLarge(_)));
    desk.service.padding.set(0);
    assert_eq!(
        signed(&Replaying(&desk.service)),
        SignPdfError::Timestamp(TimestampError::NotForThisRequest)
    );
    assert!(matches!(signed(&Gone), SignPdfError::Unreachable(_)));
}
