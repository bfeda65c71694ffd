//! The outbox as a story: done with the platform away, kept over restarts, sent once and in order, conflicts shown.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first thing that is not as it should be"
)]

use app::App;
use app::view::*;
use testkit::faults::{Fault, FaultProxy, Faults};
use testkit::story::{pay_for, secret};
use testkit::world::World;
use time::Duration;

/// A device behind a proxy, signed in, and a title to change.
async fn far(world: &World) -> (App, FaultProxy) {
    let proxy = FaultProxy::before(&world.server.base_url).await;
    let app = world.device_through("far", &proxy.base_url);
    app.sign_in("wangmin", secret("ganjiang")).await.unwrap();
    (app, proxy)
}

async fn with_title() -> (World, App, FaultProxy) {
    let world = World::signed_in("wangmin").await;
    world.app.save_billing_title(title(None, "one")).await.unwrap();
    let (app, proxy) = far(&world).await;
    (world, app, proxy)
}

fn title(id: Option<&str>, address: &str) -> BillingTitleInput {
    BillingTitleInput {
        id: id.map(str::to_owned),
        name: "杭州云栖智能科技有限公司".to_owned(),
        tax_number: "91330106MA2CFUY66Q".to_owned(),
        address: address.to_owned(),
        phone: String::new(),
        bank: String::new(),
        account: String::new(),
    }
}

async fn addresses(app: &App) -> Vec<String> {
    let titles = app.billing().await.unwrap().titles;
    titles.into_iter().map(|title| title.address).collect()
}

fn queued<T: std::fmt::Debug>(outcome: Result<T, FailureView>) {
    assert_eq!(outcome.unwrap_err().code, FailureCode::Queued);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_done_offline_is_shown_survives_a_restart_and_is_sent_in_order() {
    let (world, app, proxy) = with_title().await;
    let id = app.billing().await.unwrap().titles[0].id.clone();
    proxy.spoil(Faults::away());
    queued(app.save_billing_title(title(Some(&id), "two")).await);
    queued(app.save_billing_title(title(Some(&id), "three")).await);
    queued(app.save_billing_title(title(None, "another")).await);
    assert_eq!(addresses(&app).await, ["three"], "the user goes on from what was done");
    let waiting = app.outbox().await.unwrap();
    assert_eq!((waiting.waiting, waiting.stopped), (3, 0));
    assert_eq!(waiting.entries[0].deed, OutboxDeed::ChangeTitle);
    assert_eq!(addresses(&world.app).await, ["one"]);

    drop(app);
    proxy.spoil(Faults::none());
    let app = world.device_through("far", &proxy.base_url);
    app.sign_in("wangmin", secret("ganjiang")).await.unwrap();
    assert_eq!(app.outbox().await.unwrap().waiting, 0, "sent with the sign-in");
    world.app.sync_now().await.unwrap();
    assert_eq!(addresses(&world.app).await, ["three", "another"]);
    assert_eq!(addresses(&app).await, ["three", "another"]);
    let sent = proxy.take_passed();
    let puts = sent.iter().filter(|one| one.call.starts_with("PUT"));
    assert_eq!(puts.count(), 2, "each change was sent once");
}

/// As when the background is at it while the user asks for it: whoever asked finds everything sent, and here.
#[tokio::test(flavor = "multi_thread")]
async fn two_rounds_at_once_leave_nothing_to_either() {
    let (_world, app, proxy) = with_title().await;
    let id = app.billing().await.unwrap().titles[0].id.clone();
    for _ in 0..3 {
        proxy.spoil(Faults::away());
        for number in 0..20 {
            queued(app.save_billing_title(title(Some(&id), &format!("{number}"))).await);
        }
        proxy.spoil(Faults::none());
        let asked = async || {
            app.sync_now().await.unwrap();
            (app.outbox().await.unwrap().waiting, addresses(&app).await)
        };
        let nothing_left = (0, vec!["19".to_owned()]);
        let (one, other) = tokio::join!(asked(), asked());
        assert_eq!((&one, &other), (&nothing_left, &nothing_left));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conflict_shows_both_versions_and_the_user_decides() {
    let (world, app, proxy) = with_title().await;
    let id = app.billing().await.unwrap().titles[0].id.clone();
    proxy.spoil(Faults::away());
    queued(app.save_billing_title(title(Some(&id), "mine")).await);
    world.app.save_billing_title(title(Some(&id), "theirs")).await.unwrap();
    proxy.spoil(Faults::none());
    app.sync_now().await.unwrap();

    let stopped = app.outbox().await.unwrap();
    let entry = &stopped.entries[0];
    assert_eq!((stopped.stopped, entry.state), (1, OutboxEntryState::Conflict));
    let difference = OutboxDifferenceView {
        field: "address".to_owned(),
        mine: "mine".to_owned(),
        theirs: "theirs".to_owned(),
    };
    assert_eq!(entry.differences, [difference]);
    world.app.sync_now().await.unwrap();
    assert_eq!(
        addresses(&world.app).await,
        ["theirs"],
        "nothing is overwritten silently"
    );
    assert_eq!(addresses(&app).await, ["theirs"], "the platform's version is shown");

    let left = app.keep_outbox_entry(&entry.id).await.unwrap();
    assert!(left.entries.is_empty());
    world.app.sync_now().await.unwrap();
    assert_eq!(addresses(&world.app).await, ["mine"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_other_version_can_be_taken_and_what_is_gone_stays_gone() {
    let (world, app, proxy) = with_title().await;
    let id = app.billing().await.unwrap().titles[0].id.clone();
    proxy.spoil(Faults::away());
    queued(app.save_billing_title(title(Some(&id), "mine")).await);
    world.app.remove_billing_title(&id).await.unwrap();
    proxy.spoil(Faults::none());
    app.sync_now().await.unwrap();
    let entry = app.outbox().await.unwrap().entries.remove(0);
    assert_eq!((entry.state, entry.can_keep), (OutboxEntryState::Conflict, false));
    let refused = app.keep_outbox_entry(&entry.id).await.unwrap_err();
    assert_eq!(refused.code, FailureCode::Conflict);
    assert!(app.discard_outbox_entry(&entry.id).await.unwrap().entries.is_empty());
    assert!(addresses(&app).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_changed_is_not_removed_unseen() {
    let (world, app, proxy) = with_title().await;
    let id = app.billing().await.unwrap().titles[0].id.clone();
    proxy.spoil(Faults::away());
    queued(app.remove_billing_title(&id).await);
    assert!(addresses(&app).await.is_empty(), "the user goes on from what was done");
    world.app.save_billing_title(title(Some(&id), "theirs")).await.unwrap();
    proxy.spoil(Faults::none());
    app.sync_now().await.unwrap();
    let entry = app.outbox().await.unwrap().entries.remove(0);
    assert_eq!((entry.state, entry.can_keep), (OutboxEntryState::Conflict, true));
    let difference = OutboxDifferenceView {
        field: "address".to_owned(),
        mine: "one".to_owned(),
        theirs: "theirs".to_owned(),
    };
    assert_eq!(
        entry.differences,
        [difference],
        "what was removed, and what is there now"
    );
    assert_eq!(addresses(&app).await, ["theirs"]);
    let left = app.keep_outbox_entry(&entry.id).await.unwrap();
    assert!(left.entries.is_empty());
    world.app.sync_now().await.unwrap();
    assert!(addresses(&world.app).await.is_empty(), "removed, now that it was seen");
}

#[tokio::test(flavor = "multi_thread")]
async fn retry_after_is_waited_for_and_the_user_may_hurry() {
    let (_world, app, proxy) = with_title().await;
    let id = app.billing().await.unwrap().titles[0].id.clone();
    let busy = Faults {
        retry_after_seconds: 90,
        percent: 100,
        most: u32::MAX,
        ..Faults::of(&[Fault::TooManyRequests], 1)
    };
    proxy.spoil(busy);
    queued(app.save_billing_title(title(Some(&id), "two")).await);
    let entry = app.outbox().await.unwrap().entries.remove(0);
    assert!(entry.next_try_at.is_some(), "{entry:?}");
    assert_eq!(entry.failure.unwrap().code, FailureCode::RateLimited);
    proxy.spoil(Faults::none());
    let sent = app.retry_outbox(Some(&entry.id)).await.unwrap();
    assert!(sent.entries.is_empty());
    assert_eq!(addresses(&app).await, ["two"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_platform_refuses_later_waits_for_the_user_and_holds_nothing_else_back() {
    let world = World::signed_in("wangmin").await;
    pay_for(&world.app, world.folder(), 1).await;
    let (app, proxy) = far(&world).await;
    let billing = app.billing().await.unwrap();
    let order = OrderInput {
        idempotency_key: uuid::Uuid::new_v4().to_string(),
        package_id: app.packages().await.unwrap()[0].id.clone(),
        quantity: 1,
        title_id: billing.titles[0].id.clone(),
        account_id: billing.accounts[0].id.clone(),
    };
    let placed = app.place_order(order).await.unwrap();
    proxy.spoil(Faults::away());
    queued(app.cancel_order(&placed.id).await);
    queued(app.save_billing_title(title(None, "new")).await);
    let transfer = world.app.sync_now().await;
    transfer.unwrap();
    world
        .app
        .sandbox_transfer(&placed.id, TransferCase::Exact)
        .await
        .unwrap();
    proxy.spoil(Faults::none());
    app.sync_now().await.unwrap();
    let left = app.outbox().await.unwrap();
    assert_eq!((left.waiting, left.stopped), (0, 1));
    assert_eq!(left.entries[0].state, OutboxEntryState::Refused);
    assert_eq!(
        left.entries[0].failure.as_ref().map(|failure| failure.code),
        Some(FailureCode::OrderNotEditable)
    );
    assert!(addresses(&app).await.contains(&"new".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_clock_of_the_platform_is_told_and_holds_nothing_back() {
    let (world, app, proxy) = with_title().await;
    let skewed = Faults {
        percent: 100,
        most: u32::MAX,
        ..Faults::of(&[Fault::WrongClock], 1)
    };
    proxy.spoil(skewed);
    app.save_billing_title(title(None, "new")).await.unwrap();
    let told = app.sync_now().await.unwrap().clock_ahead_minutes.unwrap();
    assert_eq!(told.abs(), 24 * 60);
    // This device's own clock goes back by a month while something waits.
    proxy.spoil(Faults::away());
    queued(app.save_billing_title(title(None, "newer")).await);
    world.clock.turn(-Duration::days(30));
    proxy.spoil(Faults::none());
    app.sync_now().await.unwrap();
    assert_eq!(app.outbox().await.unwrap().waiting, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_platform_set_back_to_an_older_state_is_noticed_and_told_again() {
    let folder = tempfile::tempdir().unwrap();
    let (app, server) = testkit::world::open_in(folder.path(), Duration::ZERO).await;
    app.sign_in("wangmin", secret("ganjiang")).await.unwrap();
    app.save_billing_title(title(None, "before")).await.unwrap();
    drop(app);
    server.shutdown().await;
    let database = folder.path().join("sandbox.sqlite");
    let backup = folder.path().join("backup.sqlite");
    std::fs::rename(&database, &backup).unwrap();
    copied(&backup, &database);

    let (app, server) = testkit::world::open_in(folder.path(), Duration::ZERO).await;
    app.sign_in("wangmin", secret("ganjiang")).await.unwrap();
    app.save_billing_title(title(None, "after")).await.unwrap();
    let id = app.billing().await.unwrap().titles[0].id.clone();
    app.save_billing_title(title(Some(&id), "changed")).await.unwrap();
    drop(app);
    server.shutdown().await;
    copied(&backup, &database);

    // Another device writes first: the feed has the same length again, and other changes in it.
    let (app, server) = testkit::world::open_in(folder.path(), Duration::ZERO).await;
    let other = tempfile::tempdir().unwrap();
    let elsewhere = testkit::world::open_beside(other.path(), &server);
    elsewhere.sign_in("wangmin", secret("ganjiang")).await.unwrap();
    elsewhere.save_billing_title(title(None, "elsewhere")).await.unwrap();
    elsewhere
        .save_billing_title(title(None, "elsewhere too"))
        .await
        .unwrap();
    app.sign_in("wangmin", secret("ganjiang")).await.unwrap();
    app.sync_now().await.unwrap();
    let mut here = addresses(&app).await;
    here.sort();
    assert_eq!(here, ["after", "changed", "elsewhere", "elsewhere too"]);
    elsewhere.sync_now().await.unwrap();
    assert_eq!(addresses(&elsewhere).await.len(), 4, "told once, not twice");
    server.shutdown().await;
}

fn copied(from: &std::path::Path, to: &std::path::Path) {
    for ending in ["", "-wal", "-shm"] {
        let mut stale = to.as_os_str().to_owned();
        stale.push(ending);
        let _ = std::fs::remove_file(stale);
    }
    let mut source = std::fs::File::open(from).unwrap();
    let mut target = std::fs::File::create_new(to).unwrap();
    std::io::copy(&mut source, &mut target).unwrap();
}
