//! Signed files of other projects, genuine and hostile: none of the hostile ones may ever be called valid.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking and says what it counted"
)]

use pades::{ChangesAfter, TrustRoots, Verdict, Verification, verify};
use pdf::Document;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use testkit::corpora;
use time::OffsetDateTime;
use time::macros::datetime;

const NOW: OffsetDateTime = datetime!(2026-11-22 09:00:00 UTC);

/// One line of `signed.tsv`.
struct Case {
    hostile: bool,
    path: String,
}

fn cases(folder: &Path) -> Vec<Case> {
    let table = std::fs::read_to_string(folder.join("signed.tsv")).unwrap();
    let lines = table.lines().skip(1).map(|line| line.split('\t').collect::<Vec<_>>());
    lines
        .map(|fields| Case {
            hostile: fields[0] == "negative",
            path: fields[1].to_owned(),
        })
        .collect()
}

/// The verdict with every embedded certificate trusted: the most favourable judge there can be.
fn most_favourable(folder: &Path, case: &Case) -> Option<Verification> {
    let bytes = std::fs::read(folder.join(&case.path)).unwrap();
    let document = Document::open(Arc::new(bytes)).ok()?;
    let fields = pdf::signature::read_signatures(&document).unwrap_or_default();
    let parsed = fields
        .iter()
        .filter_map(|field| pki::cms::ParsedSignature::parse(&field.contents).ok());
    let mut roots: Vec<Vec<u8>> = parsed
        .filter_map(|cms| cms.signer_certificate().map(<[u8]>::to_vec))
        .collect();
    roots.dedup();
    let at = roots.iter().find_map(|root| inside_validity(root)).unwrap_or(NOW);
    Some(verify(&document, &TrustRoots::new(roots), at))
}

fn inside_validity(certificate: &[u8]) -> Option<OffsetDateTime> {
    let facts = pki::certificate::CertificateFacts::parse(certificate).ok()?;
    Some(facts.not_before + (facts.not_after - facts.not_before) / 2)
}

#[test]
fn no_hostile_file_is_ever_valid() {
    let Some(folder) = corpora::folder() else { return };
    let mut wrong = Vec::new();
    let (mut hostile, mut opened) = (0, 0);
    for case in cases(&folder).iter().filter(|case| case.hostile) {
        hostile += 1;
        let Some(report) = most_favourable(&folder, case) else {
            continue;
        };
        opened += 1;
        let at_ease = verify_without_roots(&folder, case);
        if report.verdict == Verdict::Valid || at_ease == Verdict::Valid {
            wrong.push(case.path.clone());
        }
    }
    println!("{hostile} hostile files, {opened} opened");
    assert!(wrong.is_empty(), "called valid: {wrong:#?}");
    assert!(hostile > 0);
}

fn verify_without_roots(folder: &Path, case: &Case) -> Verdict {
    let bytes = std::fs::read(folder.join(&case.path)).unwrap();
    let document = Document::open(Arc::new(bytes)).unwrap();
    verify(&document, &TrustRoots::none(), NOW).verdict
}

/// For information: how many genuine files are verified as far as integrity and later changes go.
#[test]
fn genuine_files_are_not_called_invalid_without_saying_why() {
    let Some(folder) = corpora::folder() else { return };
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut positive = 0;
    let mut total = 0;
    for case in cases(&folder).iter().filter(|case| !case.hostile) {
        total += 1;
        let Some(report) = most_favourable(&folder, case) else {
            *counts.entry("cannot be opened".to_owned()).or_default() += 1;
            println!("not opened: {}", case.path);
            continue;
        };
        let sound = |one: &pades::SignatureReport| {
            one.intact == Some(true) && matches!(one.changes_after, ChangesAfter::None | ChangesAfter::Allowed)
        };
        positive += usize::from(!report.signatures.is_empty() && report.signatures.iter().all(sound));
        *counts.entry(report.verdict.code().to_owned()).or_default() += 1;
        let doubts = |one: &pades::SignatureReport| !matches!(one.verdict, Verdict::Valid | Verdict::ValidWithChanges);
        for one in report.signatures.iter().filter(|one| doubts(one)) {
            let reasons: Vec<&str> = one.reasons.iter().map(|reason| reason.code()).collect();
            println!(
                "{} {} {}: {}",
                one.verdict.code(),
                case.path,
                one.field,
                reasons.join(" ")
            );
            assert!(!reasons.is_empty(), "{}: no reason given", case.path);
        }
    }
    println!("{total} genuine files: {positive} verified as to integrity and changes; verdicts {counts:?}");
}
