//! How the local copy stays fresh: the platform tells of changes by itself, and sends no file that is here already.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test stops at the first thing that is not as it should be"
)]

use app::App;
use app::view::*;
use std::time::Duration;
use testkit::faults::{FaultProxy, Faults};
use testkit::story::{pay_for, secret};
use testkit::world::World;

/// Without news the feed is looked at once a minute: whatever comes much sooner, the stream has told.
const SOONER: Duration = Duration::from_secs(40);

async fn far(world: &World) -> (App, FaultProxy) {
    let proxy = FaultProxy::before(&world.server.base_url).await;
    let app = world.device_through("far", &proxy.base_url);
    app.sign_in("wangmin", secret("ganjiang")).await.unwrap();
    (app, proxy)
}

/// Waits until the application has opened its live stream; what passed until then.
async fn listening(proxy: &FaultProxy) {
    loop {
        let passed = proxy.take_passed();
        if passed.iter().any(|one| one.call.starts_with("GET /v1/changes/stream")) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_another_device_comes_by_itself() {
    let world = World::signed_in("wangmin").await;
    let (app, proxy) = far(&world).await;
    listening(&proxy).await;
    for address in ["文三路 1 号", "文三路 2 号"] {
        let mut events = app.subscribe();
        let title = BillingTitleInput {
            id: None,
            name: "杭州云栖智能科技有限公司".to_owned(),
            tax_number: "91330106MA2CFUY66Q".to_owned(),
            address: address.to_owned(),
            phone: String::new(),
            bank: String::new(),
            account: String::new(),
        };
        world.app.save_billing_title(title).await.unwrap();
        let told = tokio::time::timeout(SOONER, async {
            loop {
                match events.recv().await.unwrap() {
                    Event::Changed(topics) if topics.contains(&Topic::Billing) => return,
                    _ => {}
                }
            }
        });
        told.await.expect("the stream tells of it");
        let titles = app.billing().await.unwrap().titles;
        assert!(titles.iter().any(|one| one.address == address), "it is here already");
    }
    let passed = proxy.take_passed();
    let opened = passed.iter().filter(|one| one.call.contains("/stream"));
    assert_eq!(opened.count(), 0, "one stream tells of everything");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_here_is_not_sent_again_and_is_there_without_the_platform() {
    let world = World::signed_in("wangmin").await;
    pay_for(&world.app, world.folder(), 1).await;
    let order = world.app.orders(everything()).await.unwrap().rows.remove(0);
    world
        .app
        .request_invoice(&order.id, InvoiceChoice::FullyDigital)
        .await
        .unwrap();
    let reviews = world.app.approvals().await.unwrap();
    let review = reviews.iter().find(|one| one.kind == ApprovalKind::Invoice).unwrap();
    world.app.sandbox_decide(&review.id, true, None).await.unwrap();

    let (app, proxy) = far(&world).await;
    let invoice = app.invoices().await.unwrap().remove(0);
    let mut saved = Vec::new();
    let mut answered = Vec::new();
    for _ in 0..2 {
        let _ = proxy.take_answered();
        saved.push(save(&app, &invoice.id).await);
        let file = proxy
            .take_answered()
            .into_iter()
            .find(|one| one.call.ends_with("/file"));
        answered.push(file.map(|one| (one.status, one.body_bytes)).unwrap());
    }
    assert_eq!(answered, [(200, saved[0].len()), (304, 0)]);
    proxy.spoil(Faults::away());
    saved.push(save(&app, &invoice.id).await);
    assert!(saved[0].starts_with(b"%PDF-"));
    assert!(saved.iter().all(|one| *one == saved[0]));
}

async fn save(app: &App, invoice_id: &str) -> Vec<u8> {
    let saved = app.save_invoice(invoice_id).await.unwrap();
    std::fs::read(std::path::Path::new(&saved.folder).join(saved.file_name)).unwrap()
}

fn everything() -> OrderQuery {
    OrderQuery {
        text: String::new(),
        state: None,
        sort: OrderSort::Number,
        descending: false,
        offset: 0,
        limit: 100,
    }
}
