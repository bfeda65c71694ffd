//! 扫码签章: a business system asks, the app reads the link or the code, signs once and hands back; every way it can end.
#![allow(
    missing_docs,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

use app::view::*;
use platform::wire::SigningTaskState;
use testkit::asking::{Asking, code_picture, digest, letter};
use testkit::judges;
use testkit::pdfs;
use testkit::story::{PIN, import_enterprise_certificate, pay_for, secret};
use testkit::world::World;
use time::Duration;

fn plan(document: &str, certificate: &str) -> SigningPlanInput {
    SigningPlanInput {
        document_id: document.to_owned(),
        certificate_id: certificate.to_owned(),
        items: Vec::new(),
        reason: String::new(),
        level: SigningLevel::BB,
    }
}

async fn ready() -> (World, Asking, CertificateView) {
    let world = World::signed_in("wangmin").await;
    pay_for(&world.app, world.folder(), 1).await;
    let certificate = import_enterprise_certificate(&world.app).await;
    let asking = Asking::registered(&world.server).await;
    (world, asking, certificate)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_read_signed_and_handed_back_once() {
    let (world, asking, certificate) = ready().await;
    let app = &world.app;
    let bytes = pdfs::simple(2);
    let made = asking.asks(letter(&bytes), None).await;
    // The code as the page shows it, photographed.
    let picture = pdfs::put(world.folder(), "code.png", &code_picture(&made.link));
    let task = app.scan_picture(&picture).await.unwrap();
    assert_eq!(
        (task.requester.as_str(), task.state),
        ("某市公共资源交易平台", ScanState::Open)
    );
    assert_eq!(asking.state(&made).await, SigningTaskState::Fetched);
    // The same code again: the same person, the same intention, the same task.
    assert_eq!(app.scan_text(&made.link).await.unwrap(), task);

    let document = app.open_scan_document(&task.id).await.unwrap();
    assert_eq!(document.name, "承诺函 第1版.pdf");
    assert_eq!(app.scan_task_of(&document.id).await.unwrap().unwrap().id, task.id);
    let wrong = app.return_scan_result(&task.id, &document.id).await.unwrap_err();
    assert_eq!(
        wrong.code,
        FailureCode::ScanResultRefused,
        "the unsigned document is no result"
    );
    let signed = app
        .sign_document(plan(&document.id, &certificate.id), secret(PIN))
        .await
        .unwrap();
    let done = app.return_scan_result(&task.id, &signed.document.id).await.unwrap();
    assert_eq!(done.state, ScanState::Signed);
    assert_eq!(
        app.return_scan_result(&task.id, &signed.document.id).await.unwrap(),
        done,
        "never twice"
    );
    let result = asking
        .client
        .signing_result(&asking.api_key, made.task.id)
        .await
        .unwrap();
    let result = pdfs::put(world.folder(), "result.pdf", &result);
    judges::assert_pdfsig_valid(&result, 1);
    judges::assert_pyhanko_trusts(&result, &world.root_pem(), 1);
    assert_eq!(app.scan_tasks().await.unwrap(), [done]);

    let replayed = world.another_device("second");
    replayed.sign_in("liuyang", secret("ganjiang")).await.unwrap();
    let refused = replayed.scan_text(&made.link).await.unwrap_err();
    assert_eq!(refused.code, FailureCode::Conflict, "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_digest_is_signed_so_that_openssl_agrees() {
    let (world, asking, certificate) = ready().await;
    let content = b"what the business system keeps to itself";
    let made = asking.asks(digest(content), None).await;
    let task = world.app.scan_text(&made.link).await.unwrap();
    let input = |pin: &str| ScanDigestInput {
        task_id: task.id.clone(),
        certificate_id: certificate.id.clone(),
        pin: secret(pin),
    };
    let wrong = world.app.sign_scan_digest(input("111223")).await.unwrap_err();
    assert_eq!(wrong.code, FailureCode::PinWrong);
    let done = world.app.sign_scan_digest(input(PIN)).await.unwrap();
    assert_eq!(
        (done.state, done.signer.as_deref()),
        (ScanState::Signed, certificate.owner_name.as_deref())
    );
    let result = asking
        .client
        .signing_result(&asking.api_key, made.task.id)
        .await
        .unwrap();
    let (result, content) = (
        pdfs::put(world.folder(), "result.p7s", &result),
        pdfs::put(world.folder(), "content", content),
    );
    let mut openssl = judges::openssl();
    openssl
        .args(["cms", "-verify", "-binary", "-inform", "DER", "-purpose", "any", "-in"])
        .arg(result);
    openssl
        .arg("-content")
        .arg(content)
        .arg("-CAfile")
        .arg(world.root_pem());
    judges::must(openssl.args(["-out", "/dev/null"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_expired_for_another_and_from_elsewhere_are_told_apart() {
    let world = World::signed_in("wangmin").await;
    let asking = Asking::registered(&world.server).await;
    let app = &world.app;
    let code = |failure: app::Failure| failure.code;
    let refused = asking.asks(letter(&pdfs::simple(1)), None).await;
    let task = app.scan_text(&refused.link).await.unwrap();
    assert_eq!(
        code(app.refuse_scan_task(&task.id, " ").await.unwrap_err()),
        FailureCode::FieldInvalid
    );
    let told = app.refuse_scan_task(&task.id, "金额有误").await.unwrap();
    assert_eq!(
        (told.state, told.reason.as_deref()),
        (ScanState::Refused, Some("金额有误"))
    );
    assert_eq!(asking.state(&refused).await, SigningTaskState::Refused);

    let other = asking.asks(letter(&pdfs::simple(1)), Some("liuyang")).await;
    assert_eq!(
        code(app.scan_text(&other.link).await.unwrap_err()),
        FailureCode::ScanForOther
    );
    let late = asking.asks(letter(&pdfs::simple(1)), None).await;
    world.clock.turn(Duration::minutes(11));
    assert_eq!(
        code(app.scan_text(&late.link).await.unwrap_err()),
        FailureCode::ScanExpired
    );

    let strange = late.link.replace("127.0.0.1", "evil.example");
    let elsewhere = app.scan_text(&strange).await.unwrap_err();
    assert_eq!(elsewhere.code, FailureCode::ScanOtherHost);
    assert!(elsewhere.params["host"].contains("evil.example"));
    assert_eq!(
        code(app.scan_text("https://example.com/").await.unwrap_err()),
        FailureCode::ScanNotOurs
    );
    let blank = pdfs::put(world.folder(), "blank.png", &code_picture(""));
    assert_eq!(
        code(app.scan_picture(&blank).await.unwrap_err()),
        FailureCode::ScanNoCode
    );
    let text = pdfs::put(world.folder(), "text.png", b"no picture");
    assert_eq!(
        code(app.scan_picture(&text).await.unwrap_err()),
        FailureCode::PhotoWrongType
    );

    let device = world.another_device("nobody");
    assert_eq!(
        code(device.scan_text(&late.link).await.unwrap_err()),
        FailureCode::SessionExpired
    );
    let offline = world.device_through("offline", "http://127.0.0.1:9");
    assert!(offline.scan_tasks().await.is_err());
}
