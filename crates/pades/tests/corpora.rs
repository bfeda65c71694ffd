//! Signed files of other projects, genuine and hostile, in one table of expected and given verdicts.
//!
//! No hostile one may ever be called valid and no genuine one invalid; every disagreement has its reason in
//! `waivers.tsv`. `cargo test -p pades --test corpora -- --nocapture` prints the table.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking and says what it counted"
)]

use pades::report::file_verdict;
use pades::{ChangesAfter, SignatureReport, TrustRoots, Verdict, Verification, verify};
use pdf::Document;
use pki::certificate::CertificateFacts;
use pki::cms::ParsedSignature;
use pki::tsp::TimeStampToken;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use testkit::corpora;
use time::OffsetDateTime;
use time::macros::datetime;

const NOW: OffsetDateTime = datetime!(2026-11-22 09:00:00 UTC);

/// Disagreements, one by one: path, given verdict, reason.
const WAIVERS: &str = include_str!("waivers.tsv");

/// One line of `signed.tsv`.
struct Case {
    hostile: bool,
    path: String,
    expected: String,
}

fn cases(folder: &Path) -> Vec<Case> {
    let table = std::fs::read_to_string(folder.join("signed.tsv")).unwrap();
    let lines = table.lines().skip(1).map(|line| line.split('\t').collect::<Vec<_>>());
    lines
        .map(|fields| Case {
            hostile: fields[0] == "negative",
            path: fields[1].to_owned(),
            expected: fields[2].to_owned(),
        })
        .collect()
}

fn waivers() -> BTreeMap<&'static str, &'static str> {
    let lines = WAIVERS.lines().skip(1).map(|line| line.split('\t').collect::<Vec<_>>());
    lines
        .map(|fields| {
            assert!(
                fields.len() == 3 && fields[2].len() > 20,
                "{fields:?}: a waiver says why"
            );
            (fields[0], fields[1])
        })
        .collect()
}

/// Signers of signatures and of timestamps: trusting them is the most favourable judge there can be.
fn signers(document: &Document) -> Vec<Vec<u8>> {
    let fields = pdf::signature::read_signatures(document).unwrap_or_default();
    let mut roots = Vec::new();
    for field in fields {
        roots.extend(field.certificates.first().cloned());
        let Ok(cms) = ParsedSignature::parse(&field.contents) else {
            continue;
        };
        roots.extend(cms.signer_certificate().map(<[u8]>::to_vec));
        let tokens = cms
            .timestamps()
            .iter()
            .filter_map(|token| TimeStampToken::parse(token).ok());
        roots.extend(tokens.filter_map(|token| token.container().signer_certificate().map(<[u8]>::to_vec)));
    }
    roots
}

/// The verdict with every signer trusted, at a moment when the first of them was valid.
fn most_favourable(folder: &Path, case: &Case) -> Option<Verification> {
    let bytes = std::fs::read(folder.join(&case.path)).unwrap();
    let document = Document::open(Arc::new(bytes)).ok()?;
    let roots = signers(&document);
    let at = moments(&roots);
    let mut reports = at
        .iter()
        .map(|at| verify(&document, &TrustRoots::new(roots.clone()), *at));
    let mut best = reports.next()?;
    for report in reports {
        // The moment that is kindest to each signature counts: signers of different years never hold at once.
        for (best, one) in best.signatures.iter_mut().zip(report.signatures) {
            if weakness(one.verdict) < weakness(best.verdict) {
                *best = one;
            }
        }
    }
    if !best.signatures.is_empty() {
        best.verdict = file_verdict(&best.signatures);
    }
    Some(best)
}

fn weakness(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Valid => 0,
        Verdict::ValidWithChanges => 1,
        Verdict::Indeterminate => 2,
        Verdict::Unsigned | Verdict::Invalid => 3,
    }
}

/// The middle of the validity of each signer.
fn moments(roots: &[Vec<u8>]) -> Vec<OffsetDateTime> {
    let facts = roots.iter().filter_map(|root| CertificateFacts::parse(root).ok());
    let mut moments: Vec<_> = facts
        .map(|facts| facts.not_before + (facts.not_after - facts.not_before) / 2)
        .collect();
    moments.dedup();
    moments.truncate(3);
    moments.push(NOW);
    moments
}

fn at_ease(folder: &Path, case: &Case) -> Option<Verdict> {
    let bytes = std::fs::read(folder.join(&case.path)).unwrap();
    let document = Document::open(Arc::new(bytes)).ok()?;
    Some(verify(&document, &TrustRoots::none(), NOW).verdict)
}

fn agrees(case: &Case, given: Option<Verdict>) -> bool {
    let positive = matches!(given, Some(Verdict::Valid | Verdict::ValidWithChanges));
    if case.hostile { !positive } else { positive }
}

fn words(report: Option<&Verification>) -> String {
    let Some(report) = report else {
        return "cannot be opened".to_owned();
    };
    let one = |one: &SignatureReport| {
        let reasons: Vec<&str> = one.reasons.iter().map(|reason| reason.code()).collect();
        let changes: Vec<String> = one
            .changes
            .iter()
            .take(5)
            .map(pdf::changes::ChangeReason::code)
            .collect();
        format!(
            "{}: {} [{}] {}",
            one.field,
            one.verdict.code(),
            reasons.join(" "),
            changes.join(" ")
        )
    };
    report.signatures.iter().map(one).collect::<Vec<_>>().join("; ")
}

#[test]
fn every_file_is_judged_as_its_authors_say_or_has_a_waiver() {
    let Some(folder) = corpora::folder() else { return };
    let (cases, waivers) = (cases(&folder), waivers());
    let (mut wrong, mut unused) = (Vec::new(), waivers.clone());
    let mut counts: BTreeMap<(bool, String), usize> = BTreeMap::new();
    let mut condemned = Vec::new();
    let (mut genuine, mut positive, mut sound) = (0, 0, 0);
    for case in &cases {
        let report = most_favourable(&folder, case);
        let given = report.as_ref().map(|report| report.verdict);
        let code = given.map_or("cannot_be_opened", Verdict::code);
        *counts.entry((case.hostile, code.to_owned())).or_default() += 1;
        let agrees = agrees(case, given);
        println!(
            "{}\t{}\t{}\t{code}\t{}\t{}",
            if agrees { "=" } else { "≠" },
            if case.hostile { "negative" } else { "good" },
            case.expected,
            case.path,
            words(report.as_ref())
        );
        if case.hostile {
            let valid = Some(Verdict::Valid);
            assert_ne!(given, valid, "{} is called valid", case.path);
            assert_ne!(at_ease(&folder, case), valid, "{} is called valid", case.path);
        } else {
            genuine += 1;
            positive += usize::from(agrees);
            sound += usize::from(report.as_ref().is_some_and(is_sound));
            if given == Some(Verdict::Invalid) {
                condemned.push(case.path.clone());
            }
        }
        // A waiver is for a disagreement; one for a file that is judged as stated stays unused and fails.
        if !agrees && unused.remove(case.path.as_str()) != Some(code) {
            wrong.push(format!("{} expected {} given {code}", case.path, case.expected));
        }
    }
    println!("{counts:?}");
    println!("{genuine} genuine files: {positive} relied on; {sound} intact and unchanged or changed as permitted");
    assert!(condemned.is_empty(), "genuine, but called invalid: {condemned:#?}");
    assert!(wrong.is_empty(), "neither right nor waived: {wrong:#?}");
    assert!(unused.is_empty(), "waivers for nothing: {unused:#?}");
    assert!(positive * 100 >= genuine * 85, "{positive} of {genuine}");
    assert!(sound * 100 >= genuine * 85, "{sound} of {genuine}");
}

fn is_sound(report: &Verification) -> bool {
    let sound = |one: &SignatureReport| {
        one.intact == Some(true)
            && matches!(
                one.changes_after,
                ChangesAfter::None | ChangesAfter::Proof | ChangesAfter::Allowed
            )
    };
    !report.signatures.is_empty() && report.signatures.iter().all(sound)
}
