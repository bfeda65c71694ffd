//! Signing and verifying, with pdfsig, pyHanko and qpdf as outside judges.
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
    ChangesAfter, Coverage, Level, Prepared, Reason, SignPdfError, TimeSource, Trust, TrustRoots, Verdict,
    Verification, sign, verify,
};
use pdf::Document;
use pdf::update::SignatureRequest;
use pki::Signer;
use pki::key::PrivateKey;
use std::path::Path;
use std::sync::Arc;
use testkit::{judges, pdfs};
use time::OffsetDateTime;
use tree::{NOW, Scratch, TO, Tree, new_key, pem};

fn open(bytes: &[u8]) -> Document {
    Document::open(Arc::new(bytes.to_vec())).unwrap()
}

fn request() -> SignatureRequest {
    let mut request = SignatureRequest::new(NOW);
    request.reason = Some("投标".to_owned());
    request
}

/// The original followed by the signed tail.
fn signed(original: &[u8], key: &PrivateKey, chain: &[Vec<u8>]) -> Vec<u8> {
    let done = sign(&open(original), &request(), key, chain, None).unwrap();
    [original, &done.tail].concat()
}

fn verified(bytes: &[u8], roots: &[Vec<u8>], at: OffsetDateTime) -> Verification {
    verify(&open(bytes), &TrustRoots::new(roots.to_vec()), at)
}

/// A signed file on disk beside its root.
struct Judged {
    scratch: Scratch,
    root: std::path::PathBuf,
}

impl Judged {
    fn by(tree: &Tree) -> Self {
        let scratch = Scratch::new();
        let root = scratch.put("root.pem", pem("CERTIFICATE", &tree.root));
        Self { scratch, root }
    }

    fn accept(&self, bytes: &[u8], signatures: usize) {
        let file = self.scratch.put("signed.pdf", bytes);
        judges::assert_sound_pdf(&file);
        judges::assert_pdfsig_valid(&file, signatures);
        judges::assert_pyhanko_trusts(&file, &self.root, signatures);
    }

    fn pyhanko_words(&self, file: &Path) -> String {
        let mut judge = judges::pyhanko();
        judge.args([
            "sign",
            "validate",
            "--pretty-print",
            "--no-revocation-check",
            "--trust-replace",
            "--trust",
        ]);
        judges::ask(judge.arg(&self.root).arg(file)).words
    }
}

#[test]
fn every_judge_trusts_what_we_sign_and_we_say_so_too() {
    let tree = Tree::new("签名");
    let (key, chain) = tree.signer();
    for original in [pdfs::simple(2), pdfs::cjk(), pdfs::unusual_pages()] {
        let bytes = signed(&original, &key, &chain);
        assert!(bytes.starts_with(&original), "the original is an exact prefix");
        Judged::by(&tree).accept(&bytes, 1);
        let report = verified(&bytes, std::slice::from_ref(&tree.root), NOW);
        assert_eq!(report.verdict, Verdict::Valid, "{report:?}");
        let one = &report.signatures[0];
        assert_eq!((one.intact, one.coverage), (Some(true), Coverage::WholeFile));
        assert_eq!(
            (one.changes_after, one.trust, one.level),
            (ChangesAfter::None, Trust::Trusted, Level::BB)
        );
        assert_eq!((one.time.source, one.time.value), (TimeSource::Claimed, Some(NOW)));
        assert_eq!(
            (one.signer.as_str(), one.algorithm.as_str()),
            ("刘洋", "EC P-256 with SHA-256")
        );
        assert_eq!(one.reasons, [Reason::RevocationNotChecked]);
        assert_eq!(one.signed_length, Some(bytes.len() as u64));
        assert_eq!(one.stated_reason.as_deref(), Some("投标"));
    }
}

#[test]
fn a_second_signature_leaves_the_first_one_valid() {
    let tree = Tree::new("会签");
    let (key, chain) = tree.signer();
    let once = signed(&pdfs::simple(1), &key, &chain);
    let (second, second_chain) = tree.signer();
    let twice = signed(&once, &second, &second_chain);
    assert!(twice.starts_with(&once));
    Judged::by(&tree).accept(&twice, 2);
    let report = verified(&twice, std::slice::from_ref(&tree.root), NOW);
    let verdicts: Vec<Verdict> = report.signatures.iter().map(|one| one.verdict).collect();
    assert_eq!(verdicts, [Verdict::ValidWithChanges, Verdict::Valid], "{report:?}");
    assert_eq!(report.signatures[0].coverage, Coverage::WholeRevision);
    assert_eq!(report.signatures[0].signed_length, Some(once.len() as u64));
    assert_eq!(report.verdict, Verdict::ValidWithChanges);
}

#[test]
fn one_changed_byte_is_found_by_everybody() {
    let tree = Tree::new("篡改");
    let (key, chain) = tree.signer();
    let mut bytes = signed(&pdfs::simple(1), &key, &chain);
    let place = bytes.windows(6).position(|window| window == b"Page 1").unwrap();
    bytes[place + 5] = b'9';
    let report = verified(&bytes, std::slice::from_ref(&tree.root), NOW);
    assert_eq!(report.verdict, Verdict::Invalid);
    assert_eq!(report.signatures[0].intact, Some(false));
    assert!(
        report.signatures[0].reasons.contains(&Reason::DocumentChanged),
        "{report:?}"
    );
    let judged = Judged::by(&tree);
    let file = judged.scratch.put("tampered.pdf", &bytes);
    let words = judges::ask(judges::pdfsig().arg("-nocert").arg(&file)).words;
    assert!(words.contains("Digest Mismatch"), "{words}");
    let words = judged.pyhanko_words(&file);
    assert!(words.contains("INVALID"), "{words}");
}

#[test]
fn no_sampled_byte_inside_the_range_can_be_changed_and_stay_valid() {
    let tree = Tree::new("取样");
    let (key, chain) = tree.signer();
    let original = pdfs::simple(1);
    let done = sign(&open(&original), &request(), &key, &chain, None).unwrap();
    let bytes = [original, done.tail].concat();
    let [_, gap, after, _] = done.byte_range;
    let outside = usize::try_from(gap).unwrap()..usize::try_from(after).unwrap();
    let mut tried = 0;
    let covered: Vec<usize> = (0..bytes.len()).filter(|place| !outside.contains(place)).collect();
    for &place in covered.iter().step_by(covered.len() / 150) {
        let mut changed = bytes.clone();
        changed[place] ^= 0x01;
        // A file that no longer opens is not valid either.
        let Ok(document) = Document::open(Arc::new(changed)) else {
            continue;
        };
        let report = verify(&document, &TrustRoots::new(vec![tree.root.clone()]), NOW);
        assert!(
            !matches!(report.verdict, Verdict::Valid | Verdict::ValidWithChanges),
            "byte {place}: {report:?}"
        );
        tried += 1;
    }
    assert!(tried > 20, "only {tried} changed files could be opened");
}

#[test]
fn bytes_appended_after_the_signature_are_never_plainly_valid() {
    let tree = Tree::new("附加");
    let (key, chain) = tree.signer();
    let bytes = signed(&pdfs::simple(1), &key, &chain);
    for tail in [&b"% hello\n"[..], b"\n7 0 obj\n<< >>\nendobj\n", b"\0"] {
        let changed = [&bytes, tail].concat();
        let Ok(document) = Document::open(Arc::new(changed)) else {
            continue;
        };
        let report = verify(&document, &TrustRoots::new(vec![tree.root.clone()]), NOW);
        assert_ne!(report.verdict, Verdict::Valid, "{tail:?}: {report:?}");
    }
}

#[test]
fn trust_is_kept_apart_from_integrity() {
    let tree = Tree::new("信任");
    let (key, chain) = tree.signer();
    let bytes = signed(&pdfs::simple(1), &key, &chain);
    let judge = |roots: &[Vec<u8>], at| {
        let report = verified(&bytes, roots, at);
        let one = &report.signatures[0];
        assert_eq!(one.intact, Some(true));
        (report.verdict, one.trust, one.reasons[0])
    };
    let roots = [tree.root.clone()];
    assert_eq!(
        judge(&[], NOW),
        (Verdict::Indeterminate, Trust::Unknown, Reason::NoTrustRoots)
    );
    let stranger = [Tree::new("别家").root];
    assert_eq!(
        judge(&stranger, NOW),
        (Verdict::Indeterminate, Trust::Untrusted, Reason::UntrustedIssuer)
    );
    let late = TO + time::Duration::days(1);
    assert_eq!(
        judge(&roots, late),
        (Verdict::Indeterminate, Trust::Expired, Reason::CertificateExpired)
    );
    let early = tree::FROM - time::Duration::days(1);
    assert_eq!(
        judge(&roots, early),
        (
            Verdict::Indeterminate,
            Trust::NotYetValid,
            Reason::CertificateNotYetValid
        )
    );
}

#[test]
fn a_file_without_signatures_is_unsigned() {
    let report = verified(&pdfs::simple(1), &[], NOW);
    assert_eq!((report.verdict, report.signatures.len()), (Verdict::Unsigned, 0));
}

#[test]
fn another_program_may_sign_between_the_stages() {
    let tree = Tree::new("分段");
    let (key, chain) = tree.signer();
    let original = pdfs::simple(1);
    let document = open(&original);
    let digested = Prepared::new(&document, &request())
        .unwrap()
        .digest(&document, &chain)
        .unwrap();
    let signature = key.sign(&digested.to_be_signed()).unwrap();
    let done = digested
        .complete(key.algorithm(), &signature)
        .unwrap()
        .into_pdf()
        .unwrap();
    let bytes = [original, done.tail].concat();
    assert_eq!(
        verified(&bytes, std::slice::from_ref(&tree.root), NOW).verdict,
        Verdict::Valid
    );
}

#[test]
fn what_would_make_a_bad_signature_is_refused_before() {
    let tree = Tree::new("拒绝");
    let (key, chain) = tree.signer();
    let document = open(&pdfs::simple(1));
    let attempt = |key: &PrivateKey, chain: &[Vec<u8>], request: &SignatureRequest| {
        sign(&document, request, key, chain, None).err()
    };
    assert_eq!(attempt(&new_key(), &chain, &request()), Some(SignPdfError::KeyMismatch));
    assert!(matches!(
        attempt(&key, &[], &request()),
        Some(SignPdfError::Container(_))
    ));
    let mut tight = request();
    tight.reserved_bytes = 100;
    let digested = Prepared::new(&document, &tight)
        .unwrap()
        .digest(&document, &chain)
        .unwrap();
    let signature = key.sign(&digested.to_be_signed()).unwrap();
    let signed = digested.complete(key.algorithm(), &signature).unwrap();
    assert!(matches!(signed.into_pdf(), Err(SignPdfError::TooLarge(_))));
    assert_eq!(attempt(&key, &chain, &tight), None, "in one go the room is measured");
}
