//! A start without the platform, as a story: who was signed in still is, what was seen is there, and what was kept is
//! sealed on the disk.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first thing that is not as it should be"
)]

use app::App;
use app::view::*;
use platform::client::PlatformClient;
use std::path::Path;
use testkit::faults::{FaultProxy, Faults};
use testkit::story::{PIN, import_enterprise_certificate, import_personal_certificate, pay_for, secret};
use testkit::world::World;

/// The owner's in the story's personal certificate.
const ID_CARD: &str = "11010519491231002X";
const CARD: &str = "6222021234567890128";

fn title(address: &str) -> BillingTitleInput {
    BillingTitleInput {
        id: None,
        name: "杭州云栖智能科技有限公司".to_owned(),
        tax_number: "91330106MA2CFUY66Q".to_owned(),
        address: address.to_owned(),
        phone: "13800138000".to_owned(),
        bank: "中国工商银行".to_owned(),
        account: CARD.to_owned(),
    }
}

/// A device that reaches the platform through a proxy, signed in, with a certificate and a title.
async fn far() -> (World, FaultProxy, App, String) {
    let world = World::new().await;
    let proxy = FaultProxy::before(&world.server.base_url).await;
    let app = world.device_through("far", &proxy.base_url);
    app.sign_in("wangmin", secret("ganjiang")).await.unwrap();
    pay_for(&app, world.folder(), 1).await;
    let certificate = import_enterprise_certificate(&app).await;
    app.save_billing_title(title("here")).await.unwrap();
    (world, proxy, app, certificate.id)
}

async fn signed_in(app: &App) -> Option<String> {
    app.session_state().await.unwrap().account.map(|account| account.name)
}

async fn opens(app: &App, id: &str, folder: &Path) -> Result<(), FailureView> {
    let input = ExportKeyInput {
        certificate_id: id.to_owned(),
        pin: secret(PIN),
        password: secret("long enough"),
        password_again: secret("long enough"),
    };
    app.export_key(input, &folder.join("out.p12")).await.map(drop)
}

/// The state of the sync when it is no longer this one.
async fn synced_as(app: &App, wanted: SyncState) {
    let mut news = app.subscribe();
    app.session_state().await.unwrap();
    while app.sync_state().state != wanted {
        news.recv().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_signed_in_works_on_without_the_platform_and_goes_on_with_it() {
    let (world, proxy, app, certificate) = far().await;
    drop(app);
    proxy.spoil(Faults::away());
    let app = world.device_through("far", &proxy.base_url);
    assert_eq!(signed_in(&app).await.as_deref(), Some("王敏"));
    assert_eq!(app.billing().await.unwrap().titles.len(), 2);
    assert_eq!(app.certificates().await.unwrap().len(), 3);
    opens(&app, &certificate, world.folder()).await.unwrap();
    let queued = app.save_billing_title(title("done offline")).await.unwrap_err();
    assert_eq!(queued.code, FailureCode::Queued);
    synced_as(&app, SyncState::Offline).await;

    proxy.spoil(Faults::none());
    app.sync_now().await.unwrap();
    assert_eq!(app.outbox().await.unwrap().waiting, 0, "sent without a password");
    assert_eq!(app.billing().await.unwrap().titles.len(), 3);

    // Tokens are good once: the next start goes on with the newest.
    drop(app);
    let app = world.device_through("far", &proxy.base_url);
    app.sync_now().await.unwrap();
    app.sign_out().await.unwrap();
    drop(app);
    let app = world.device_through("far", &proxy.base_url);
    assert_eq!(signed_in(&app).await, None, "signed out is signed out");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_a_power_failure_cut_off_is_finished_once() {
    let (world, proxy, app, id) = far().await;
    let before = app.certificate(&id).await.unwrap();
    proxy.spoil(Faults::away());
    drop(app);
    // The platform had issued, and nothing of it was kept.
    let database = world.folder().join("far").join("data").join("ganjiang.sqlite");
    rusqlite::Connection::open(&database)
        .unwrap()
        .execute_batch("DELETE FROM issuer_certificate; UPDATE sealed_key SET state = 'pending', certificate = NULL;")
        .unwrap();
    let app = world.device_through("far", &proxy.base_url);
    let unfinished = app.certificate(&id).await.unwrap().certificate;
    assert_eq!(
        (unfinished.here, unfinished.next),
        (false, CertificateNext::FinishImport)
    );

    proxy.spoil(Faults::none());
    app.sync_now().await.unwrap();
    let after = app.certificate(&id).await.unwrap();
    assert_eq!((&after.serial, after.certificate.here), (&before.serial, true));
    assert_eq!(after.certificate.next, CertificateNext::MakeSeal);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_was_ended_elsewhere_is_told_and_not_tried_again() {
    let (world, proxy, app, _) = far().await;
    drop(app);
    let platform = PlatformClient::new(&world.server.base_url, world.server.sandbox_token.clone()).unwrap();
    platform.sign_in("wangmin", "ganjiang").await.unwrap();
    platform.sign_out_everywhere().await.unwrap();
    let app = world.device_through("far", &proxy.base_url);
    synced_as(&app, SyncState::Expired).await;
    let refused = app.sync_now().await.unwrap_err();
    assert_eq!(refused.code, FailureCode::SessionExpired);
    assert_eq!(
        app.billing().await.unwrap().titles.len(),
        2,
        "what was seen stays readable"
    );
    drop(app);
    let app = world.device_through("far", &proxy.base_url);
    assert_eq!(signed_in(&app).await, None, "the next start asks for the password");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_account_sees_and_sends_nothing_of_the_first() {
    let (world, proxy, app, _) = far().await;
    proxy.spoil(Faults::away());
    app.save_billing_title(title("wangmin's")).await.unwrap_err();
    drop(app);
    proxy.spoil(Faults::none());
    let app = world.device_through("far", &proxy.base_url);
    app.sign_in("liuyang", secret("ganjiang")).await.unwrap();
    assert_eq!(app.outbox().await.unwrap().waiting, 0);
    assert!(app.billing().await.unwrap().titles.is_empty());
    drop(app);
    let app = world.device_through("far", &proxy.base_url);
    let name = signed_in(&app).await;
    assert_ne!(name.as_deref(), Some("王敏"), "the newest sign-in counts");
    app.sign_in("wangmin", secret("ganjiang")).await.unwrap();
    assert_eq!(app.outbox().await.unwrap().waiting, 0, "sent for its own account");
    assert_eq!(app.billing().await.unwrap().titles.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_personal_and_no_token_stands_in_the_data_in_plain() {
    let (world, proxy, app, _) = far().await;
    import_personal_certificate(&app, "王敏").await;
    let order = app
        .orders(OrderQuery {
            text: "云栖".to_owned(),
            state: None,
            sort: OrderSort::Number,
            descending: false,
            offset: 0,
            limit: 1,
        })
        .await
        .unwrap();
    assert_eq!(order.total, 1, "it is found by its words all the same");
    let receiving = order.rows[0].receiving.account.clone();
    proxy.spoil(Faults::away());
    app.save_billing_title(title("done offline")).await.unwrap_err();
    drop(app);
    let data = world.folder().join("far").join("data");
    let kept = std::fs::read_dir(data.join("device")).unwrap();
    let tokens: Vec<String> = kept.filter_map(|file| token_in(&file.unwrap().path())).collect();
    assert_eq!(tokens.len(), 1, "the key store has it");
    for plain in [CARD, ID_CARD, "13800138000", "done offline", &receiving, &tokens[0]] {
        for file in ["ganjiang.sqlite", "ganjiang.sqlite-wal"] {
            let bytes = std::fs::read(data.join(file)).unwrap_or_default();
            let there = bytes.windows(plain.len()).any(|some| some == plain.as_bytes());
            assert!(!there, "{plain} stands in {file}");
        }
    }
}

fn token_in(path: &Path) -> Option<String> {
    let kept: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).ok()?;
    Some(kept.get("refresh_token")?.as_str()?.to_owned())
}
