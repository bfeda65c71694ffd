//! What signers leave open: forms filled in and pages commented afterwards, honestly and otherwise.
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

use pades::{ChangesAfter, SignatureReport, TrustRoots, Verdict, sign, verify};
use pdf::Document;
use pdf::signature::CertificationLevel;
use pdf::update::SignatureRequest;
use std::sync::Arc;
use testkit::attacks::{Attack, open_changes as open};
use testkit::{judges, pdfs};
use tree::{NOW, Scratch, Tree, pem};

struct Signer {
    tree: Tree,
}

impl Signer {
    fn new() -> Self {
        Self {
            tree: Tree::new("表单"),
        }
    }

    fn signs(&self, original: &[u8], field: Option<&str>, level: Option<CertificationLevel>) -> Vec<u8> {
        let (key, chain) = self.tree.signer();
        let mut request = SignatureRequest::new(NOW);
        request.field_name = field.map(str::to_owned);
        request.certification = level;
        let document = Document::open(Arc::new(original.to_vec())).unwrap();
        let done = sign(&document, &request, &key, &chain, None).unwrap();
        [original, &done.tail].concat()
    }

    fn judges(&self, bytes: &[u8]) -> SignatureReport {
        let roots = TrustRoots::new(vec![self.tree.root.clone()]);
        let document = Document::open(Arc::new(bytes.to_vec())).unwrap();
        let mut signatures = verify(&document, &roots, NOW).signatures;
        // Made-up ones cover nothing and come first.
        signatures.retain(|report| report.intact.is_some());
        signatures.remove(0)
    }

    /// We call it valid with these changes, and pyHanko finds them permitted.
    fn finds_permitted(&self, bytes: &[u8], changes: &[&str]) {
        let report = self.judges(bytes);
        assert_eq!(report.verdict, Verdict::ValidWithChanges, "{report:?}");
        let named: Vec<String> = report.allowed.iter().map(pdf::changes::AllowedChange::code).collect();
        assert_eq!(named, changes);
    }

    fn pyhanko_agrees(&self, bytes: &[u8], is_permitted: bool) {
        let scratch = Scratch::new();
        let file = scratch.put("filled.pdf", bytes);
        let root = scratch.put("root.pem", pem("CERTIFICATE", &self.tree.root));
        let found = judges::pyhanko_findings(&file, &root, "2026-11-22T09:00:00+00:00");
        let found: serde_json::Value = serde_json::from_str(&found).unwrap();
        assert_eq!(found["signatures"][0]["docmdp_ok"], is_permitted, "{found}");
    }

    /// None of them is called valid in any way.
    fn withstands(&self, attacks: &[Attack]) {
        assert!(attacks.len() > 5);
        for attack in attacks {
            let report = self.judges(&attack.bytes);
            println!("{}\t{}", attack.name, report.verdict.code());
            let fooled = matches!(report.verdict, Verdict::Valid | Verdict::ValidWithChanges);
            assert!(!fooled, "{}: {report:?}", attack.name);
            assert!(!report.changes.is_empty(), "{}: what was done is named", attack.name);
        }
    }
}

const LEVELS: [Option<CertificationLevel>; 3] = [
    None,
    Some(CertificationLevel::FormFilling),
    Some(CertificationLevel::Annotating),
];

#[test]
fn a_form_may_be_filled_in_after_an_approval_and_after_certifications_that_say_so() {
    let signer = Signer::new();
    for level in LEVELS {
        let signed = signer.signs(&open::with_form(), Some("approval"), level);
        let filled = open::payee_filled(&signed);
        signer.finds_permitted(&filled, &["field_filled:payee"]);
        signer.pyhanko_agrees(&filled, true);
        signer.finds_permitted(&open::payee_filled_in_place(&signed), &["field_filled:payee"]);
        signer.finds_permitted(&open::payee_filled_in_chinese(&signed), &["field_filled:payee"]);
        let agreed = open::agreed(&signed);
        signer.finds_permitted(&agreed, &["field_filled:agreed"]);
        signer.pyhanko_agrees(&agreed, true);
        signer.finds_permitted(&open::unit_chosen(&signed), &["field_filled:unit"]);
    }
}

#[test]
fn nothing_is_filled_in_after_a_certification_that_permits_no_changes() {
    let signer = Signer::new();
    let signed = signer.signs(
        &open::with_form(),
        Some("approval"),
        Some(CertificationLevel::NoChanges),
    );
    for filled in [open::payee_filled(&signed), open::agreed(&signed)] {
        let report = signer.judges(&filled);
        assert_eq!(report.verdict, Verdict::Invalid);
        assert_eq!(report.changes_after, ChangesAfter::Forbidden);
        signer.pyhanko_agrees(&filled, false);
    }
}

#[test]
fn a_field_that_a_signature_locked_stays_as_it_was() {
    let signer = Signer::new();
    let signed = signer.signs(&open::with_form(), Some("seal"), None);
    let filled = open::payee_filled(&signed);
    let report = signer.judges(&filled);
    assert_eq!(report.verdict, Verdict::Invalid);
    let named: Vec<String> = report.changes.iter().map(pdf::changes::ChangeReason::code).collect();
    assert_eq!(named, ["field:payee"]);
    signer.pyhanko_agrees(&filled, false);
    // The lock names one field; the others are open. (pyHanko counts the untouched appearance of the locked one.)
    signer.finds_permitted(&open::agreed(&signed), &["field_filled:agreed"]);
    // A lock binds the signatures before it as well as its own.
    let twice = signer.signs(
        &signer.signs(&open::with_form(), Some("approval"), None),
        Some("seal"),
        None,
    );
    assert_eq!(signer.judges(&open::payee_filled(&twice)).verdict, Verdict::Invalid);
}

#[test]
fn filling_in_and_signing_the_next_field_in_turn() {
    let signer = Signer::new();
    let first = signer.signs(
        &open::with_form(),
        Some("approval"),
        Some(CertificationLevel::FormFilling),
    );
    let filled = open::payee_filled(&first);
    let second = signer.signs(&filled, Some("seal"), None);
    signer.finds_permitted(&second, &["field_filled:payee", "signature_added:seal"]);
    signer.pyhanko_agrees(&second, true);
}

#[test]
fn what_other_programs_do_beside_signing_is_permitted_as_long_as_it_hides_nothing() {
    const LOCKED_AND_PRINTED: u32 = 132;
    const HIDDEN: u32 = 134;
    let signer = Signer::new();
    let signed = signer.signs(&open::with_extensions(), Some("approval"), None);
    let next = open::signed_by_another_program(&signed, LOCKED_AND_PRINTED);
    signer.finds_permitted(&next, &["extensions", "signature_added:seal"]);
    let hidden = signer.judges(&open::signed_by_another_program(&signed, HIDDEN));
    assert_eq!(hidden.verdict, Verdict::Invalid, "{hidden:?}");
}

#[test]
fn a_field_that_shows_something_else_than_it_holds_is_never_fine() {
    let signer = Signer::new();
    for level in LEVELS {
        let signed = signer.signs(&open::with_form(), Some("approval"), level);
        signer.withstands(&open::dishonest_fillings(&signed));
    }
}

#[test]
fn comments_are_permitted_by_the_third_level_only() {
    let signer = Signer::new();
    let of = |level| open::reviewed(&signer.signs(&pdfs::simple(1), None, level));
    let once = "annotation_added:1";
    signer.finds_permitted(&of(Some(CertificationLevel::Annotating)), &[once, once, once]);
    for level in [
        None,
        Some(CertificationLevel::NoChanges),
        Some(CertificationLevel::FormFilling),
    ] {
        let report = signer.judges(&of(level));
        assert_eq!(report.verdict, Verdict::Invalid, "{level:?}");
        assert!(
            report
                .changes
                .contains(&pdf::changes::ChangeReason::Annotation { page: 1 })
        );
    }
}

#[test]
fn comments_that_hide_or_imitate_are_never_fine() {
    let signer = Signer::new();
    let signed = signer.signs(&pdfs::simple(1), None, Some(CertificationLevel::Annotating));
    signer.withstands(&open::dishonest_comments(&signed));
}
