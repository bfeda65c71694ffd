//! Requests and certificates, judged by OpenSSL: what we ask for, and which answers we keep.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking and says what it counted"
)]

mod tree;

use pki::Signer;
use pki::certificate::{CertificateFacts, ExpectedCertificate, IssuedCertificateError, SubjectField, check_issued};
use pki::path::{PathFault, PathVerdict, validate_path};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, KeyUsagePurpose};
use testkit::judges::{ask, must, openssl};
use time::macros::datetime;
use tree::{FROM, NOW, Scratch, TO, Tree, new_key, pem, request_of, subject};

#[test]
fn openssl_verifies_the_request_and_reads_the_subject() {
    let scratch = Scratch::new();
    let request = request_of(&new_key());
    let file = scratch.put("request.der", &request);
    let words = must(
        openssl()
            .args([
                "req",
                "-inform",
                "DER",
                "-verify",
                "-noout",
                "-subject",
                "-nameopt",
                "utf8,sep_comma_plus",
                "-in",
            ])
            .arg(&file),
    );
    assert!(words.contains("verify OK"), "{words}");
    assert!(
        words.contains("C=CN,O=杭州云栖智能科技有限公司,organizationIdentifier=91330106MA2CFUY66Q,CN=刘洋"),
        "{words}"
    );

    let mut tampered = request;
    let place = tampered.windows(4).position(|window| window == b"9133").unwrap();
    tampered[place + 5] ^= 1;
    let file = scratch.put("tampered.der", &tampered);
    let verdict = ask(openssl()
        .args(["req", "-inform", "DER", "-verify", "-noout", "-in"])
        .arg(&file));
    assert!(verdict.words.contains("verify failure"), "{}", verdict.words);
}

#[test]
fn openssl_finds_the_same_strict_chain_as_we_do() {
    let (tree, scratch) = (Tree::new("严格"), Scratch::new());
    let (_, chain) = tree.signer();
    let root = scratch.put("root.pem", pem("CERTIFICATE", &tree.root));
    let issuer = scratch.put("issuer.pem", pem("CERTIFICATE", &tree.intermediate));
    let leaf = scratch.put("leaf.pem", pem("CERTIFICATE", &chain[0]));
    let mut judge = openssl();
    judge.args([
        "verify",
        "-x509_strict",
        "-attime",
        &NOW.unix_timestamp().to_string(),
        "-CAfile",
    ]);
    must(judge.arg(&root).arg("-untrusted").arg(&issuer).arg(&leaf));
    let verdict = validate_path(&chain[0], &chain[1..], std::slice::from_ref(&tree.root), NOW);
    let whole = vec![chain[0].clone(), tree.intermediate.clone(), tree.root.clone()];
    assert_eq!(verdict, PathVerdict::Trusted { chain: whole });
}

#[test]
fn each_broken_path_has_its_own_verdict() {
    let tree = Tree::new("路径");
    let (_, chain) = tree.signer();
    let roots = [tree.root.clone()];
    let leaf = &chain[0];
    assert_eq!(validate_path(leaf, &[], &roots, NOW), PathVerdict::Untrusted);
    assert_eq!(
        validate_path(leaf, &chain, &[Tree::new("别家").root], NOW),
        PathVerdict::Untrusted
    );
    assert_eq!(
        validate_path(leaf, &chain, &roots, TO + time::Duration::days(1)),
        PathVerdict::Expired
    );
    assert_eq!(
        validate_path(leaf, &chain, &roots, FROM - time::Duration::days(1)),
        PathVerdict::NotYetValid
    );
    let mut forged = leaf.clone();
    *forged.last_mut().unwrap() ^= 1;
    assert_eq!(
        validate_path(&forged, &chain, &roots, NOW),
        PathVerdict::Refused(PathFault::Signature)
    );
    assert_eq!(validate_path(b"none", &chain, &roots, NOW), PathVerdict::Unreadable);
    let many = vec![leaf.clone(); 1000];
    assert_eq!(validate_path(leaf, &many, &roots, NOW), PathVerdict::Unreadable);
}

#[test]
fn an_issuer_that_is_no_authority_is_refused() {
    let tree = Tree::with_intermediate("冒充", |params| {
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    });
    let (_, chain) = tree.signer();
    let verdict = validate_path(&chain[0], &chain, std::slice::from_ref(&tree.root), NOW);
    assert!(!matches!(verdict, PathVerdict::Trusted { .. }), "{verdict:?}");
}

#[test]
fn a_critical_extension_nobody_knows_is_refused() {
    let tree = Tree::new("未知");
    let leaf = tree.issue_changed(&request_of(&new_key()), |params| {
        let mut extension = rcgen::CustomExtension::from_oid_content(&[1, 2, 3, 4, 5], vec![5, 0]);
        extension.set_criticality(true);
        params.custom_extensions.push(extension);
    });
    let verdict = validate_path(
        &leaf,
        std::slice::from_ref(&tree.intermediate),
        std::slice::from_ref(&tree.root),
        NOW,
    );
    assert_eq!(verdict, PathVerdict::Refused(PathFault::CriticalExtension));
}

/// Issues for `key` with a change and checks the answer.
fn check_changed(change: impl FnOnce(&mut CertificateParams)) -> Result<CertificateFacts, IssuedCertificateError> {
    let (tree, key) = (Tree::new("导入"), new_key());
    let issued = tree.issue_changed(&request_of(&key), change);
    let expected = ExpectedCertificate {
        spki_der: key.spki_der().to_vec(),
        subject: subject(),
    };
    check_issued(&issued, &[tree.intermediate], &[tree.root], &expected, NOW)
}

#[test]
fn the_right_certificate_is_kept_with_its_facts() {
    let facts = check_changed(|_| ()).unwrap();
    assert_eq!(facts.subject.common_name, "刘洋");
    assert_eq!(facts.subject.shown(), "刘洋");
    assert_eq!(facts.subject.organization_identifier, "91330106MA2CFUY66Q");
    assert_eq!(facts.issuer.common_name, "导入 签发");
    assert_eq!(facts.serial_hex, "4207");
    assert_eq!((facts.not_before, facts.not_after), (FROM, TO));
    assert_eq!(facts.key_algorithm, "EC P-256");
    assert_eq!(facts.key_usage, ["digitalSignature", "nonRepudiation"]);
    assert_eq!(facts.sha256_fingerprint.len(), 64);
    let row = |name: &str| {
        facts
            .rows
            .iter()
            .find(|row| row.name == name)
            .map(|row| row.value.clone())
    };
    assert_eq!(
        row("extension.key_usage").as_deref(),
        Some("critical\ndigitalSignature\nnonRepudiation")
    );
    assert!(row("subject").unwrap().contains("O=杭州云栖智能科技有限公司"));
}

#[test]
fn each_wrong_certificate_is_refused_for_its_own_reason() {
    use IssuedCertificateError as Error;
    let rename = |kind: DnType, value: &'static str| {
        check_changed(move |params| {
            params.distinguished_name.remove(kind.clone());
            params.distinguished_name.push(kind, value);
        })
        .err()
    };
    assert_eq!(
        rename(DnType::CommonName, "张晓彤"),
        Some(Error::SubjectMismatch(SubjectField::CommonName))
    );
    assert_eq!(
        rename(DnType::OrganizationName, "别家公司"),
        Some(Error::SubjectMismatch(SubjectField::Organization))
    );
    let expired = check_changed(|params| params.not_after = datetime!(2026-01-01 00:00:00 UTC));
    assert_eq!(expired.err(), Some(Error::Expired));
    let early = check_changed(|params| params.not_before = datetime!(2027-01-01 00:00:00 UTC));
    assert_eq!(early.err(), Some(Error::NotYetValid));
    let authority = check_changed(|params| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained));
    assert_eq!(authority.err(), Some(Error::NotForSigning));
    let other_use = check_changed(|params| params.key_usages = vec![KeyUsagePurpose::KeyAgreement]);
    assert_eq!(other_use.err(), Some(Error::NotForSigning));
}

#[test]
fn a_certificate_for_another_key_or_from_another_issuer_is_refused() {
    let (tree, key) = (Tree::new("本家"), new_key());
    let expected = ExpectedCertificate {
        spki_der: key.spki_der().to_vec(),
        subject: subject(),
    };
    let (chain, roots) = ([tree.intermediate.clone()], [tree.root.clone()]);
    let check = |issued: &[u8]| check_issued(issued, &chain, &roots, &expected, NOW).err();
    assert_eq!(
        check(&tree.issue(&request_of(&new_key()))),
        Some(IssuedCertificateError::KeyMismatch)
    );
    let elsewhere = Tree::new("本家").issue(&request_of(&key));
    assert_eq!(check(&elsewhere), Some(IssuedCertificateError::ChainBroken));
    assert_eq!(check(b"not a certificate"), Some(IssuedCertificateError::Unreadable));
    let mut trailing = tree.issue(&request_of(&key));
    assert_eq!(check(&trailing), None);
    trailing.push(0);
    assert_eq!(check(&trailing), Some(IssuedCertificateError::Unreadable));
}
