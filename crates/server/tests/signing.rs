//! Scan to sign: a business system asks, an account fetches once and signs, the platform verifies; and every refusal.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "helpers of tests fail by panicking and write scratch files"
)]

mod world;

use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pdf::update::SignatureRequest;
use pki::Signer;
use pki::cms::SignedAttributes;
use pki::key::PrivateKey;
use platform::client::{ClientError, PlatformClient};
use platform::wire::*;
use sha2::{Digest, Sha256};
use time::Duration;
use uuid::Uuid;
use world::{CREDIT_CODE, World, code, greedy_request, key};

/// A world with a business system, and a holder who can sign.
struct Desk {
    world: World,
    wangmin: PlatformClient,
    liuyang: PlatformClient,
    system: PlatformClient,
    api_key: String,
    key: PrivateKey,
    certificate: Vec<u8>,
    entitlement: Uuid,
}

impl Desk {
    async fn open() -> Self {
        let world = World::start().await;
        let (wangmin, _) = world.paid(1).await;
        let assigned = world.assigned(&wangmin, "liuyang").await;
        let liuyang = world.sign_in("liuyang").await;
        let (pair, request) = greedy_request();
        let issued = liuyang.issue(assigned.id, &request, key()).await.unwrap();
        let operator = world.sign_in("operator").await;
        let made = operator.add_business_system("招标采购系统", key()).await.unwrap();
        // A business system is no app: it has no header of the sandbox.
        let system = PlatformClient::new(&world.server.base_url, None).unwrap();
        Self {
            wangmin,
            liuyang,
            system,
            api_key: made.api_key,
            key: PrivateKey::from_pkcs8_der(&pair.serialize_der()).unwrap(),
            certificate: STANDARD.decode(issued.certificate).unwrap(),
            entitlement: assigned.id,
            world,
        }
    }

    async fn asked(&self, task: &NewSigningTask) -> (Uuid, SigningTaskMade) {
        let id = Uuid::new_v4();
        let made = self.system.make_signing_task(&self.api_key, id, task).await.unwrap();
        (id, made)
    }

    async fn state(&self, id: Uuid) -> SigningTaskState {
        self.system.made_signing_task(&self.api_key, id).await.unwrap().state
    }

    fn signature(&self, digest: &[u8; 32]) -> Vec<u8> {
        detached(&self.key, &self.certificate, digest)
    }
}

fn detached(key: &PrivateKey, certificate: &[u8], digest: &[u8; 32]) -> Vec<u8> {
    let attributes = SignedAttributes::new(digest, certificate).unwrap();
    let signature = key.sign(&attributes.to_be_signed()).unwrap();
    let container = attributes.complete(key.algorithm(), &signature, &[]).unwrap();
    container.to_der().unwrap()
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn digest_task(content: &[u8]) -> NewSigningTask {
    NewSigningTask {
        title: "确认投标函".to_owned(),
        content: NewSigningContent::Digest {
            name: "投标函".to_owned(),
            sha256: hex(&sha256(content)),
        },
        credit_code: Some(CREDIT_CODE.to_owned()),
        account: Some("liuyang".to_owned()),
        seconds: None,
    }
}

fn document_task(pdf: &[u8]) -> NewSigningTask {
    NewSigningTask {
        title: "签署合同".to_owned(),
        content: NewSigningContent::Document {
            file_name: "采购合同.pdf".to_owned(),
            file: STANDARD.encode(pdf),
        },
        credit_code: None,
        account: None,
        seconds: Some(120),
    }
}

/// `secret` of a link, as the app reads it.
fn secret(made: &SigningTaskMade) -> String {
    let (_, secret) = made.link.split_once("&secret=").unwrap();
    assert!(made.link.starts_with("ganjiang://sign?host=http%3A%2F%2F127.0.0.1"));
    secret.to_owned()
}

fn why<T: std::fmt::Debug>(outcome: Result<T, ClientError>) -> String {
    match outcome {
        Err(ClientError::Refused {
            code: ErrorCode::SigningResultInvalid,
            params,
        }) => params["why"].clone(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_document_is_signed_once_and_the_result_is_verified() {
    let desk = Desk::open().await;
    let original = testkit::pdfs::simple(2);
    let (id, made) = desk.asked(&document_task(&original)).await;
    assert_eq!(made.task.requester, "招标采购系统");
    let task = desk
        .liuyang
        .fetch_signing_task(id, &secret(&made), key())
        .await
        .unwrap();
    let SigningContent::Document {
        sha256: told, bytes, ..
    } = &task.content
    else {
        panic!("a document")
    };
    let fetched = desk.liuyang.signing_document(id).await.unwrap();
    assert_eq!((hex(&sha256(&fetched)), fetched.len() as u64), (told.clone(), *bytes));
    assert_eq!(desk.liuyang.signing_tasks().await.unwrap(), std::slice::from_ref(&task));

    let document = pdf::Document::open(Arc::new(fetched.clone())).unwrap();
    let chain = [desk.certificate.clone()];
    let request = SignatureRequest::new(desk.world.now());
    let done = pades::sign(&document, &request, &desk.key, &chain, None).unwrap();
    let signed = [fetched.as_slice(), &done.tail].concat();
    // Something appended behind the signature is not covered.
    let mut more = signed.clone();
    more.extend_from_slice(b"\n% more");
    assert_eq!(
        why(desk.liuyang.finish_signing_task(id, more, key()).await),
        "other_content"
    );
    let mut changed = signed.clone();
    let middle = fetched.len() / 2;
    changed[middle] ^= 1;
    assert_eq!(
        why(desk.liuyang.finish_signing_task(id, changed, key()).await),
        "other_content"
    );
    let mut broken = signed.clone();
    let at = fetched.len() + 40;
    broken[at] ^= 1;
    let refused = why(desk.liuyang.finish_signing_task(id, broken, key()).await);
    assert!(["digest", "unreadable"].contains(&refused.as_str()), "{refused}");
    assert_eq!(
        why(desk.liuyang.finish_signing_task(id, fetched, key()).await),
        "unreadable"
    );
    assert_eq!(desk.state(id).await, SigningTaskState::Fetched);

    let same = key();
    let finished = desk
        .liuyang
        .finish_signing_task(id, signed.clone(), same)
        .await
        .unwrap();
    let result = finished.result.clone().unwrap();
    assert_eq!(
        (finished.state, result.common_name.as_str()),
        (SigningTaskState::Signed, "刘洋")
    );
    // The answer was lost: the same call again gets it; another one is told that it is over.
    assert_eq!(
        desk.liuyang
            .finish_signing_task(id, signed.clone(), same)
            .await
            .unwrap(),
        finished
    );
    let again = desk.liuyang.finish_signing_task(id, signed.clone(), key()).await;
    assert_eq!(code(again), ErrorCode::Conflict);
    let handed = desk.system.signing_result(&desk.api_key, id).await.unwrap();
    assert!(handed == signed, "the system gets exactly what was signed");
    testkit::judges::assert_pdfsig_valid(&desk.world.file("signed.pdf", &handed), 1);
    let late = desk.system.cancel_signing_task(&desk.api_key, id).await;
    assert_eq!(code(late), ErrorCode::Conflict);
}

#[tokio::test]
async fn a_digest_is_signed_and_openssl_agrees() {
    let desk = Desk::open().await;
    let content = "投标函全文".as_bytes();
    let (id, made) = desk.asked(&digest_task(content)).await;
    desk.liuyang
        .fetch_signing_task(id, &secret(&made), key())
        .await
        .unwrap();
    assert_eq!(code(desk.liuyang.signing_document(id).await), ErrorCode::NotFound);
    let other = desk.signature(&sha256(b"something else"));
    assert_eq!(why(desk.liuyang.finish_signing_task(id, other, key()).await), "digest");
    // Another key with the holder's certificate, and the holder's key with a certificate of another authority.
    let (stranger, _) = greedy_request();
    let stranger = PrivateKey::from_pkcs8_der(&stranger.serialize_der()).unwrap();
    let forged = detached(&stranger, &desk.certificate, &sha256(content));
    assert_eq!(
        why(desk.liuyang.finish_signing_task(id, forged, key()).await),
        "signature"
    );
    let own = rcgen::CertificateParams::new(vec!["x".to_owned()]).unwrap();
    let (pair, _) = greedy_request();
    let own = own.self_signed(&pair).unwrap();
    let pair = PrivateKey::from_pkcs8_der(&pair.serialize_der()).unwrap();
    let unknown = detached(&pair, own.der(), &sha256(content));
    assert_eq!(
        why(desk.liuyang.finish_signing_task(id, unknown, key()).await),
        "certificate"
    );
    assert_eq!(
        why(desk.liuyang.finish_signing_task(id, b"nonsense".to_vec(), key()).await),
        "unreadable"
    );

    let signature = desk.signature(&sha256(content));
    let done = desk.liuyang.finish_signing_task(id, signature, key()).await.unwrap();
    assert_eq!(done.result.unwrap().organization, world::ENTERPRISE);
    let handed = desk.system.signing_result(&desk.api_key, id).await.unwrap();
    let cms = desk.world.file("signature.p7s", &handed);
    let text = desk.world.file("content.txt", content);
    let said = world::openssl(&[
        "cms",
        "-verify",
        "-binary",
        "-inform",
        "DER",
        "-noverify",
        "-in",
        cms.to_str().unwrap(),
        "-content",
        text.to_str().unwrap(),
        "-out",
        "/dev/null",
    ]);
    assert!(said.status.success(), "{}", world::printed(&said));
}

#[tokio::test]
async fn fetched_once_by_whom_it_is_for_and_in_time() {
    let desk = Desk::open().await;
    let (id, made) = desk.asked(&digest_task(b"a")).await;
    let link = secret(&made);
    let zhang = desk.world.sign_in("zhangxiaotong").await;
    let operator = desk.world.sign_in("operator").await;
    let wrong = desk.liuyang.fetch_signing_task(id, &"0".repeat(64), key()).await;
    assert_eq!(code(wrong), ErrorCode::NotFound, "a guess");
    let other = zhang.fetch_signing_task(id, &link, key()).await;
    assert_eq!(code(other), ErrorCode::SigningTaskForOther);
    assert_eq!(
        code(operator.fetch_signing_task(id, &link, key()).await),
        ErrorCode::NotAllowed
    );
    assert_eq!(
        desk.state(id).await,
        SigningTaskState::Waiting,
        "a wrong account uses nothing up"
    );
    let same = key();
    let task = desk.liuyang.fetch_signing_task(id, &link, same).await.unwrap();
    assert_eq!(desk.liuyang.fetch_signing_task(id, &link, same).await.unwrap(), task);
    for replay in [&desk.liuyang, &desk.wangmin] {
        let again = replay.fetch_signing_task(id, &link, key()).await;
        assert_eq!(code(again), ErrorCode::Conflict);
    }
    assert_eq!(code(zhang.signing_task(id).await), ErrorCode::NotFound);
    let theirs = zhang
        .finish_signing_task(id, desk.signature(&sha256(b"a")), key())
        .await;
    assert_eq!(code(theirs), ErrorCode::NotFound);

    desk.world.pass(Duration::minutes(11));
    let liuyang = desk.world.sign_in("liuyang").await;
    let late = liuyang
        .finish_signing_task(id, desk.signature(&sha256(b"a")), key())
        .await;
    assert_eq!(code(late), ErrorCode::SigningTaskExpired);
    assert_eq!(desk.state(id).await, SigningTaskState::Expired);

    let (second, made) = desk.asked(&digest_task(b"b")).await;
    desk.world.pass(Duration::minutes(10));
    let late = liuyang.fetch_signing_task(second, &secret(&made), key()).await;
    assert_eq!(code(late), ErrorCode::SigningTaskExpired);
}

#[tokio::test]
async fn refused_taken_back_and_asked_again() {
    let desk = Desk::open().await;
    let (id, made) = desk.asked(&digest_task(b"a")).await;
    desk.liuyang
        .fetch_signing_task(id, &secret(&made), key())
        .await
        .unwrap();
    let empty = desk.liuyang.refuse_signing_task(id, " ", key()).await;
    assert_eq!(code(empty), ErrorCode::FieldInvalid);
    desk.liuyang.refuse_signing_task(id, "金额有误", key()).await.unwrap();
    let told = desk.system.made_signing_task(&desk.api_key, id).await.unwrap();
    assert_eq!(
        (told.state, told.reason.as_deref()),
        (SigningTaskState::Refused, Some("金额有误"))
    );
    let late = desk
        .liuyang
        .finish_signing_task(id, desk.signature(&sha256(b"a")), key())
        .await;
    assert_eq!(code(late), ErrorCode::Conflict);
    assert_eq!(
        code(desk.system.signing_result(&desk.api_key, id).await),
        ErrorCode::NotFound
    );

    // The system's answer was lost and it asks again: one task, and only the newest link is good.
    let (second, first_link) = desk.asked(&digest_task(b"b")).await;
    let again = desk
        .system
        .make_signing_task(&desk.api_key, second, &digest_task(b"b"))
        .await
        .unwrap();
    let old = desk
        .liuyang
        .fetch_signing_task(second, &secret(&first_link), key())
        .await;
    assert_eq!(code(old), ErrorCode::NotFound);
    let other = desk
        .system
        .make_signing_task(&desk.api_key, second, &digest_task(b"c"))
        .await
        .map(drop);
    assert_eq!(code(other), ErrorCode::IdempotencyKeyReused);
    desk.system.cancel_signing_task(&desk.api_key, second).await.unwrap();
    let gone = desk.liuyang.fetch_signing_task(second, &secret(&again), key()).await;
    assert_eq!(code(gone), ErrorCode::Conflict);
    assert_eq!(desk.state(second).await, SigningTaskState::Cancelled);
}

#[tokio::test]
async fn a_revoked_certificate_signs_nothing() {
    let desk = Desk::open().await;
    let (id, made) = desk.asked(&digest_task(b"a")).await;
    desk.liuyang
        .fetch_signing_task(id, &secret(&made), key())
        .await
        .unwrap();
    let revocation = Revocation {
        reason: RevocationReason::KeyCompromise,
    };
    desk.wangmin.revoke(desk.entitlement, &revocation, key()).await.unwrap();
    let refused = desk
        .liuyang
        .finish_signing_task(id, desk.signature(&sha256(b"a")), key())
        .await;
    assert_eq!(why(refused), "revoked");
}

#[tokio::test]
async fn systems_are_known_by_their_key_and_see_their_own_tasks() {
    let desk = Desk::open().await;
    let operator = desk.world.sign_in("operator").await;
    let other = operator.add_business_system("另一个系统", key()).await.unwrap();
    let (id, _) = desk.asked(&digest_task(b"a")).await;
    let spied = desk.system.made_signing_task(&other.api_key, id).await;
    assert_eq!(code(spied), ErrorCode::NotFound);
    let taken = desk
        .system
        .make_signing_task(&other.api_key, id, &digest_task(b"a"))
        .await
        .map(drop);
    assert_eq!(code(taken), ErrorCode::NotFound);
    let guess = desk.system.made_signing_task("guess", id).await;
    assert_eq!(code(guess), ErrorCode::Unauthenticated);
    for (change, field) in [
        (
            NewSigningTask {
                seconds: Some(5),
                ..digest_task(b"a")
            },
            "seconds",
        ),
        (
            NewSigningTask {
                title: "\u{7}".to_owned(),
                ..digest_task(b"a")
            },
            "title",
        ),
        (document_task(b"PK a Word file"), "file"),
    ] {
        let outcome = desk
            .system
            .make_signing_task(&desk.api_key, Uuid::new_v4(), &change)
            .await
            .map(drop);
        match outcome {
            Err(ClientError::Refused { params, .. }) => assert_eq!(params["field"], field),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(operator.business_systems().await.unwrap().len(), 2);
    assert_eq!(
        code(desk.wangmin.add_business_system("我", key()).await.map(drop)),
        ErrorCode::NotAllowed
    );
    let systems = operator.business_systems().await.unwrap();
    operator.remove_business_system(systems[0].id, key()).await.unwrap();
    let over = desk.system.made_signing_task(&desk.api_key, id).await;
    assert_eq!(code(over), ErrorCode::Unauthenticated);
}

/// The page in Chromium: the code, fetched, signed, refused, expired; what the code says is read back from the picture.
#[tokio::test]
async fn the_page_follows_the_task() {
    let desk = Desk::open().await;
    let (id, made) = desk.asked(&digest_task(b"a")).await;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/console/sign.mjs");
    let ui = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui");
    let program = std::env::current_exe().unwrap();
    let screens = program.ancestors().nth(3).unwrap().join("screens/console/sign");
    let mut browser = tokio::process::Command::new("node");
    browser.arg(script).arg(ui).arg(&made.page_url).arg(screens);
    browser
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped());
    let mut browser = browser.kill_on_drop(true).spawn().expect("node is missing");
    let mut lines = {
        use tokio::io::{AsyncBufReadExt, BufReader};
        BufReader::new(browser.stdout.take().unwrap()).lines()
    };
    let mut said = Vec::new();
    while let Ok(Some(line)) = lines.next_line().await {
        if line == "seen: waiting" {
            desk.liuyang
                .fetch_signing_task(id, &secret(&made), key())
                .await
                .unwrap();
        }
        if line == "seen: fetched" {
            let signature = desk.signature(&sha256(b"a"));
            desk.liuyang.finish_signing_task(id, signature, key()).await.unwrap();
        }
        said.push(line);
    }
    let output = browser.wait_with_output().await.unwrap();
    assert!(output.status.success(), "{said:?} {}", world::printed(&output));
    assert_eq!(said.last().map(String::as_str), Some("seen: signed by 刘洋"));
}
