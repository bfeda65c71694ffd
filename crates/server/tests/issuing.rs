//! Entitlements to certificates, judged by OpenSSL.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "helpers of tests fail by panicking and write scratch files"
)]

mod world;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pki::timestamping::{TimestampAnswer, TimestampRequest};
use platform::client::PlatformClient;
use platform::wire::*;
use time::Duration;
use time::macros::datetime;
use world::{World, code, employee, greedy_request, key, openssl, printed};

fn pem(der: &[u8], label: &str) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<_> = text
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

#[tokio::test]
async fn a_greedy_request_gets_what_the_records_say() {
    let world = World::start().await;
    let (wangmin, _) = world.paid(1).await;
    let assigned = world.assigned(&wangmin, "liuyang").await;
    let liuyang = world.sign_in("liuyang").await;
    let (keys, request) = greedy_request();
    let issued = liuyang.issue(assigned.id, &request, key()).await.unwrap();
    assert_eq!(issued.entitlement.state, CertificateState::Active);
    let record = issued.entitlement.issued.clone().unwrap();
    assert_eq!(record.valid_to, datetime!(2027-11-22 08:00 UTC));
    assert_eq!(record.serial.len(), 32);

    let leaf = world.file("leaf.pem", record.certificate_pem.as_bytes());
    let issuer_der = wangmin.issuer_certificate().await.unwrap();
    assert_eq!(issued.chain[0], STANDARD.encode(&issuer_der));
    assert_eq!(issued.chain[1], STANDARD.encode(&world.server.root_certificate_der));
    let issuer = world.file("issuer.pem", pem(&issuer_der, "CERTIFICATE").as_bytes());
    let root = world.file(
        "root.pem",
        pem(&world.server.root_certificate_der, "CERTIFICATE").as_bytes(),
    );
    let (leaf, issuer, root) = (leaf.to_str().unwrap(), issuer.to_str().unwrap(), root.to_str().unwrap());
    let at = world.now().unix_timestamp().to_string();
    let verified = openssl(&[
        "verify",
        "-x509_strict",
        "-attime",
        &at,
        "-CAfile",
        root,
        "-untrusted",
        issuer,
        leaf,
    ]);
    assert!(verified.status.success(), "{}", printed(&verified));

    let text = printed(&openssl(&[
        "x509",
        "-in",
        leaf,
        "-noout",
        "-text",
        "-nameopt",
        "utf8,sep_comma_plus",
    ]));
    for wanted in [
        "Subject: C=CN,O=杭州云栖智能科技有限公司,organizationIdentifier=91330106MA2CFUY66Q,CN=刘洋",
        "CA:FALSE",
        "X509v3 Key Usage: critical",
        "Digital Signature, Non Repudiation",
        "X509v3 Subject Key Identifier",
        "X509v3 Authority Key Identifier",
        "X509v3 Certificate Policies",
        "/pki/issuer.crl",
        "OCSP - URI:",
        "CA Issuers - URI:",
        "Not After : Nov 22 08:00:00 2027 GMT",
    ] {
        assert!(text.contains(wanted), "{wanted} is missing in {text}");
    }
    assert!(!text.contains("Certificate Sign") && !text.contains("别人"), "{text}");
    let leaf_key = printed(&openssl(&["x509", "-in", leaf, "-noout", "-pubkey"]));
    assert_eq!(leaf_key.replace('\r', ""), keys.public_key_pem().replace('\r', ""));
    judge_status(&world, &wangmin, &liuyang, assigned.id, [leaf, issuer, root]).await;
}

/// Lists and OCSP before and after a revocation.
async fn judge_status(
    world: &World,
    wangmin: &PlatformClient,
    liuyang: &PlatformClient,
    certificate: uuid::Uuid,
    [leaf, issuer, root]: [&str; 3],
) {
    let said = ocsp(world, [leaf, issuer, root]).await;
    assert!(said.contains("Response verify OK") && said.contains(": good"), "{said}");
    for (list, by) in [
        (wangmin.root_crl().await.unwrap(), root),
        (wangmin.issuer_crl().await.unwrap(), issuer),
    ] {
        let list = world.file("list.crl", &list);
        let said = openssl(&[
            "crl",
            "-inform",
            "DER",
            "-in",
            list.to_str().unwrap(),
            "-CAfile",
            by,
            "-noout",
        ]);
        assert!(printed(&said).contains("verify OK"), "{}", printed(&said));
    }
    let wanted = Revocation {
        reason: RevocationReason::KeyCompromise,
    };
    let revoked = liuyang.revoke(certificate, &wanted, key()).await.unwrap();
    assert_eq!(revoked.state, CertificateState::Revoked);
    assert_eq!(
        code(liuyang.revoke(certificate, &wanted, key()).await),
        ErrorCode::Conflict
    );
    let said = ocsp(world, [leaf, issuer, root]).await;
    assert!(
        said.contains("Response verify OK") && said.contains(": revoked") && said.contains("keyCompromise"),
        "{said}"
    );
    let list = world.file("list.crl", &wangmin.issuer_crl().await.unwrap());
    let said = printed(&openssl(&[
        "crl",
        "-inform",
        "DER",
        "-in",
        list.to_str().unwrap(),
        "-noout",
        "-text",
    ]));
    let serial = revoked.issued.unwrap().serial.to_uppercase();
    assert!(said.contains(&serial) && said.contains("Key Compromise"), "{said}");
}

/// Everything that the authority signs, held against its standards.
#[tokio::test]
async fn certificates_lists_and_answers_are_linted() {
    let world = World::start().await;
    let (wangmin, _) = world.paid(1).await;
    let assigned = world.assigned(&wangmin, "liuyang").await;
    let liuyang = world.sign_in("liuyang").await;
    let issued = liuyang.issue(assigned.id, &greedy_request().1, key()).await.unwrap();
    let because = Revocation {
        reason: RevocationReason::KeyCompromise,
    };
    liuyang.revoke(assigned.id, &because, key()).await.unwrap();
    let of_pem = |text: &str| STANDARD.decode(text.lines().filter(|line| !line.starts_with('-')).collect::<String>());
    let leaf = of_pem(&issued.entitlement.issued.unwrap().certificate_pem).unwrap();
    let issuer = wangmin.issuer_certificate().await.unwrap();
    let root = world.server.root_certificate_der.clone();

    let file = |name: &str, der: &[u8]| {
        world
            .file(name, pem(der, "CERTIFICATE").as_bytes())
            .to_str()
            .unwrap()
            .to_owned()
    };
    let paths = [
        file("leaf.pem", &leaf),
        file("issuer.pem", &issuer),
        file("root.pem", &root),
    ];
    let said = ocsp(&world, paths.each_ref().map(String::as_str)).await;
    assert!(said.contains(": revoked"), "{said}");
    let answer = std::fs::read(world.folder.path().join("response.ocsp")).unwrap();
    let text = printed(&openssl(&[
        "ocsp",
        "-respin",
        world.file("answer", &answer).to_str().unwrap(),
        "-resp_text",
        "-noverify",
    ]));
    let responder = text
        .split_once("-----BEGIN")
        .unwrap()
        .1
        .split_once("-----END")
        .unwrap()
        .0;
    let question = TimestampRequest::over(b"data", [7; 16]);
    let token = post_bytes(&world, "/pki/tsa", &question.to_der()).await;
    let token = TimestampAnswer::from_response(&token, &question).unwrap();

    let list = "lint_crl lint --profile PKIX --type";
    for (linter, what, der) in [
        ("lint_pkix_cert lint", "root", root),
        ("lint_pkix_cert lint", "issuer", issuer),
        ("lint_pkix_cert lint", "a person's", leaf),
        (
            "lint_pkix_cert lint",
            "responder",
            of_pem(&format!("-{responder}")).unwrap(),
        ),
        ("lint_pkix_cert lint", "timestamping", token.signer_certificate),
        (&format!("{list} ARL"), "root's list", wangmin.root_crl().await.unwrap()),
        (
            &format!("{list} CRL"),
            "issuer's list",
            wangmin.issuer_crl().await.unwrap(),
        ),
        ("lint_ocsp_response lint", "OCSP answer", answer),
    ] {
        let findings = testkit::judges::lint(linter, &world.file("linted.der", &der));
        assert_eq!(findings, "", "{what}");
    }
    // It does find what is wrong.
    let other = world.file("linted.der", &wangmin.issuer_crl().await.unwrap());
    assert_ne!(testkit::judges::lint("lint_pkix_cert lint", &other), "");
}

async fn ocsp(world: &World, [leaf, issuer, root]: [&str; 3]) -> String {
    let request = world.file("request.ocsp", b"");
    let response = world.file("response.ocsp", b"");
    let (request, response) = (request.to_str().unwrap(), response.to_str().unwrap());
    let made = openssl(&["ocsp", "-issuer", issuer, "-cert", leaf, "-reqout", request]);
    assert!(made.status.success(), "{}", printed(&made));
    let answer = post_bytes(world, "/pki/ocsp", &std::fs::read(request).unwrap()).await;
    std::fs::write(response, answer).unwrap();
    let at = world.now().unix_timestamp().to_string();
    let said = openssl(&[
        "ocsp",
        "-issuer",
        issuer,
        "-cert",
        leaf,
        "-reqin",
        request,
        "-respin",
        response,
        "-CAfile",
        root,
        "-verify_other",
        issuer,
        "-attime",
        &at,
        "-no_nonce",
        "-validity_period",
        "3000000000",
    ]);
    printed(&said)
}

async fn post_bytes(world: &World, path: &str, body: &[u8]) -> Vec<u8> {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let host = world.server.base_url.strip_prefix("http://").unwrap();
    let mut stream = tokio::net::TcpStream::connect(host).await.unwrap();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(&[head.as_bytes(), body].concat()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    answer[end + 4..].to_vec()
}

#[tokio::test]
async fn an_app_that_died_gets_the_same_certificate_again() {
    let world = World::start().await;
    let (wangmin, _) = world.paid(1).await;
    let assigned = world.assigned(&wangmin, "liuyang").await;
    let (_, request) = greedy_request();
    let first = world
        .sign_in("liuyang")
        .await
        .issue(assigned.id, &request, key())
        .await
        .unwrap();
    let world = world.restart().await;
    let liuyang = world.sign_in("liuyang").await;
    let again = liuyang.issue(assigned.id, &request, key()).await.unwrap();
    assert_eq!(first.certificate, again.certificate);
    let issued = |one: &&ApprovalEvent| one.code == EventCode::Issued;
    assert_eq!(again.entitlement.history.iter().filter(issued).count(), 1);
    let (_, other) = greedy_request();
    assert_eq!(
        code(liuyang.issue(assigned.id, &other, key()).await),
        ErrorCode::CertificateNotImportable
    );
    let broken = IssueRequest {
        request: STANDARD.encode(b"nonsense"),
    };
    assert_eq!(
        code(liuyang.issue(assigned.id, &broken, key()).await),
        ErrorCode::RequestInvalid
    );
}

#[tokio::test]
async fn the_former_holder_keeps_a_good_certificate_until_the_new_one_imports() {
    let world = World::start().await;
    let (wangmin, _) = world.paid(1).await;
    let assigned = world.assigned(&wangmin, "liuyang").await;
    let liuyang = world.sign_in("liuyang").await;
    let zhang = world.sign_in("zhangxiaotong").await;
    let (_, request) = greedy_request();
    let first = liuyang.issue(assigned.id, &request, key()).await.unwrap();
    let again = Assignment {
        document_type: DocumentType::ResidentIdentityCard,
        document_number: "34052419800101001X".to_owned(),
        owner_name: "张晓彤".to_owned(),
        holder_id: employee(&wangmin, "zhangxiaotong").await,
        email: "z@example.cn".to_owned(),
    };
    assert_eq!(
        code(wangmin.assign(assigned.id, &again, key()).await),
        ErrorCode::OwnerFixed
    );
    assert_eq!(code(zhang.certificate(assigned.id).await), ErrorCode::NotFound);

    let change = HolderChange {
        holder_id: again.holder_id,
    };
    let changed = wangmin.change_holder(assigned.id, &change, key()).await.unwrap();
    assert_eq!(changed.state, CertificateState::PendingImport);
    assert_eq!(changed.owner.as_ref().unwrap().name, "刘洋");
    assert!(
        changed.issued.unwrap().revoked_at.is_none(),
        "not before the new holder imports"
    );
    let (_, request) = greedy_request();
    assert_eq!(
        code(liuyang.issue(assigned.id, &request, key()).await),
        ErrorCode::CertificateHeldElsewhere
    );

    world.pass(Duration::days(30));
    let zhang = world.sign_in("zhangxiaotong").await;
    let second = zhang.issue(assigned.id, &request, key()).await.unwrap();
    let (old, new) = (first.entitlement.issued.unwrap(), second.entitlement.issued.unwrap());
    assert_eq!(old.valid_to, new.valid_to, "the end does not move with the holder");
    let list = world.file("list.crl", &zhang.issuer_crl().await.unwrap());
    let said = printed(&openssl(&[
        "crl",
        "-inform",
        "DER",
        "-in",
        list.to_str().unwrap(),
        "-noout",
        "-text",
    ]));
    assert!(
        said.contains(&old.serial.to_uppercase()) && said.contains("Superseded"),
        "{said}"
    );
    world.pass(Duration::days(365));
    let wangmin = world.sign_in("wangmin").await;
    assert_eq!(
        wangmin.certificate(assigned.id).await.unwrap().state,
        CertificateState::Expired
    );
}

#[tokio::test]
async fn an_enterprise_certificate_names_the_enterprise() {
    let world = World::start().await;
    let (wangmin, _) = world.paid(1).await;
    let certificates = wangmin.certificates().await.unwrap();
    let one = certificates
        .iter()
        .find(|one| one.kind == CertificateKind::Enterprise)
        .unwrap();
    let mut wanted = Assignment {
        document_type: DocumentType::ResidentIdentityCard,
        document_number: "11010519491231002X".to_owned(),
        owner_name: "李建国".to_owned(),
        holder_id: employee(&wangmin, "wangmin").await,
        email: "w@example.cn".to_owned(),
    };
    assert_eq!(
        code(wangmin.assign(one.id, &wanted, key()).await),
        ErrorCode::FieldInvalid
    );
    wanted.document_type = DocumentType::BusinessLicence;
    wanted.document_number = "91350100M000100Y43".to_owned();
    wanted.owner_name = world::ENTERPRISE.to_owned();
    assert_eq!(
        code(wangmin.assign(one.id, &wanted, key()).await),
        ErrorCode::FieldInvalid
    );
    wanted.document_number = world::CREDIT_CODE.to_owned();
    let assigned = wangmin.assign(one.id, &wanted, key()).await.unwrap();
    assert_eq!(assigned.subject.unwrap().common_name, world::ENTERPRISE);
}
