//! NIST's PKITS: every path of it, with its lists, judged as its authors say; a waiver for each that is not.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking and says what it counted"
)]

use pki::budget::Budget;
use pki::path::{Certificates, PathRules, PathVerdict, validate_path_within};
use pki::revocation::{Inquiry, RevocationData, RevocationStatus};
use serde_json::Value;
use std::path::Path;
use testkit::corpora;
use time::OffsetDateTime;
use time::macros::datetime;

/// Inside the validity of the suite (2010 to 2030).
const AT: OffsetDateTime = datetime!(2026-11-22 09:00:00 UTC);

/// Tests that are not passed, each with its reason.
const WAIVERS: [(&str, &str); 3] = [
    (
        "40104",
        "DSA: no well-kept crate checks it here, and no certificate authority issues it any more",
    ),
    ("40105", "DSA, with inherited parameters: as 40104"),
    (
        "40203",
        "a certificate valid from 1950: crate der begins its UTCTime in 1970, so it is unreadable, never trusted",
    ),
];

fn files(folder: &Path, kind: &str, names: &Value) -> Vec<Vec<u8>> {
    let names = names.as_array().cloned().unwrap_or_default();
    let read = |name: &Value| std::fs::read(folder.join(kind).join(name.as_str().unwrap())).unwrap();
    names.iter().map(read).collect()
}

fn rules(params: &Value) -> PathRules {
    let set = |name: &str| params[name].as_bool().unwrap_or(false);
    let policies = params["user_initial_policy_set"].as_array().map(|policies| {
        let text = |policy: &Value| policy.as_str().unwrap().to_owned();
        policies.iter().map(text).collect()
    });
    PathRules {
        policies,
        explicit_policy: set("initial_explicit_policy"),
        inhibit_policy_mapping: set("initial_policy_mapping_inhibit"),
        inhibit_any_policy: set("initial_any_policy_inhibit"),
    }
}

/// What is said about one test: whether the path holds and nothing of it was revoked.
fn judged(folder: &Path, test: &Value) -> Result<(), String> {
    let leaf = std::fs::read(folder.join("certs").join(test["cert"].as_str().unwrap())).unwrap();
    let roots = [std::fs::read(folder.join("certs/TrustAnchorRootCertificate.crt")).unwrap()];
    let intermediates = files(folder, "certs", &test["other_certs"]);
    let others = Certificates {
        intermediates: &intermediates,
        roots: &roots,
    };
    let budget = Budget::default();
    let chain = match validate_path_within(&leaf, others, &rules(&test["params"]), AT, &budget) {
        PathVerdict::Trusted { chain } => chain,
        refused => return Err(format!("{refused:?}")),
    };
    let mut data = RevocationData::new();
    let mut lists = files(folder, "crls", &test["crls"]);
    lists.push(std::fs::read(folder.join("crls/TrustAnchorRootCRL.crl")).unwrap());
    lists.iter().for_each(|list| data.add_list(list));
    let inquiry = Inquiry {
        data: &data,
        others,
        now: AT,
        budget: &budget,
    };
    match inquiry.chain_status(&chain, AT) {
        RevocationStatus::Good => Ok(()),
        other => Err(format!("{other:?}")),
    }
}

#[test]
fn every_path_is_judged_as_its_authors_say() {
    let Some(folder) = corpora::folder() else { return };
    let folder = folder.join("pkits");
    let suite: Value = serde_json::from_str(&std::fs::read_to_string(folder.join("pkits.json")).unwrap()).unwrap();
    let tests = suite.as_array().unwrap();
    let mut wrong = Vec::new();
    let mut waived = 0;
    for test in tests {
        let (id, name) = (test["id"].as_str().unwrap(), test["name"].as_str().unwrap());
        let given = judged(&folder, test);
        let expected = test.get("error").is_none();
        if given.is_ok() == expected {
            continue;
        }
        match WAIVERS.iter().find(|(waived, _)| *waived == id) {
            // A waiver is only ever for saying too little.
            Some(_) if expected => waived += 1,
            _ => wrong.push(format!("{id} {name}: expected {expected}, given {given:?}")),
        }
    }
    println!("{} tests, {waived} waived, {} wrong", tests.len(), wrong.len());
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(tests.len() == 246 && waived <= 3);
}
