//! The PIN without the platform: for as long as a lease lasts, five tries, whatever restarts and clocks do.
#![allow(
    missing_docs,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

use app::App;
use app::view::*;
use testkit::story::{PIN, import_enterprise_certificate, pay_for, secret};
use testkit::world::World;
use time::Duration;

async fn imported() -> (World, String) {
    let world = World::signed_in("wangmin").await;
    pay_for(&world.app, world.folder(), 1).await;
    let certificate = import_enterprise_certificate(&world.app).await;
    (world, certificate.id)
}

/// Opens the key as every use of it does.
async fn open(world: &World, app: &App, id: &str, pin: &str) -> Result<(), Failure> {
    let input = ExportKeyInput {
        certificate_id: id.to_owned(),
        pin: secret(pin),
        password: secret("long enough"),
        password_again: secret("long enough"),
    };
    app.export_key(input, &world.folder().join("out.p12")).await.map(drop)
}

type Failure = FailureView;

fn why(failure: &Failure) -> (FailureCode, Option<&str>) {
    (failure.code, failure.params.get("why").map(String::as_str))
}

async fn cut_off(world: &mut World) {
    let elsewhere = World::new().await.server;
    std::mem::replace(&mut world.server, elsewhere).shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lease_opens_the_key_for_three_days_and_a_clock_set_back_does_not_bring_it_back() {
    let (mut world, id) = imported().await;
    cut_off(&mut world).await;
    open(&world, &world.app, &id, PIN).await.unwrap();
    world.clock.turn(Duration::hours(71));
    open(&world, &world.app, &id, PIN).await.unwrap();
    world.clock.turn(-Duration::hours(30));
    let back = open(&world, &world.app, &id, PIN).await.unwrap_err();
    assert_eq!(why(&back), (FailureCode::PinNeedsPlatform, Some("clock")));
    world.clock.turn(Duration::hours(32));
    let over = open(&world, &world.app, &id, PIN).await.unwrap_err();
    assert_eq!(why(&over), (FailureCode::PinNeedsPlatform, Some("over")));
    world.clock.turn(-Duration::hours(2));
    let gone = open(&world, &world.app, &id, PIN).await.unwrap_err();
    assert_eq!(why(&gone), (FailureCode::PinNeedsPlatform, Some("no_lease")));
    let refused = PinChangeInput {
        certificate_id: id,
        old_pin: secret(PIN),
        pin: secret("739182"),
        pin_again: secret("739182"),
    };
    let refused = world.app.change_pin(refused).await.unwrap_err();
    assert_eq!(refused.code, FailureCode::PinNeedsPlatform);
}

#[tokio::test(flavor = "multi_thread")]
async fn five_wrong_pins_end_what_a_lease_allows() {
    let (mut world, id) = imported().await;
    cut_off(&mut world).await;
    for left in ["4", "3", "2", "1"] {
        let wrong = open(&world, &world.app, &id, "111223").await.unwrap_err();
        assert_eq!(
            (wrong.code, wrong.params["left"].as_str()),
            (FailureCode::PinWrong, left)
        );
    }
    for pin in ["111223", PIN] {
        let used_up = open(&world, &world.app, &id, pin).await.unwrap_err();
        assert_eq!(why(&used_up), (FailureCode::PinNeedsPlatform, Some("tries")));
    }
    world.clock.turn(-Duration::minutes(1));
    let used_up = open(&world, &world.app, &id, PIN).await.unwrap_err();
    assert_eq!(why(&used_up), (FailureCode::PinNeedsPlatform, Some("tries")));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_who_allows_no_lease_gets_none() {
    let world = World::signed_in("wangmin").await;
    let settings = world.app.settings().await.unwrap();
    assert_eq!((settings.lease_hours, settings.may_set_lease), (Some(72), true));
    let settings = world.app.set_pin_lease(0).await.unwrap();
    assert_eq!(settings.lease_hours, Some(0));
    pay_for(&world.app, world.folder(), 1).await;
    let id = import_enterprise_certificate(&world.app).await.id;
    open(&world, &world.app, &id, PIN).await.unwrap();
    let mut world = world;
    cut_off(&mut world).await;
    let refused = open(&world, &world.app, &id, PIN).await.unwrap_err();
    assert_eq!(why(&refused), (FailureCode::PinNeedsPlatform, Some("no_lease")));
}

/// Keys of older versions, and keys brought along without a network, are sealed by this device alone and keep opening.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_sealed_by_this_device_alone_opens_offline_and_counts_here() {
    let (mut world, id) = imported().await;
    open(&world, &world.app, &id, PIN).await.unwrap();
    let laptop = world.another_device("laptop");
    laptop.sign_in("wangmin", secret("ganjiang")).await.unwrap();
    cut_off(&mut world).await;
    let bring = BringInput {
        password: secret("long enough"),
        pin: secret(PIN),
        pin_again: secret(PIN),
    };
    let brought = laptop
        .bring_certificate(&world.folder().join("out.p12"), bring)
        .await
        .unwrap();
    open(&world, &laptop, &brought.id, PIN).await.unwrap();
    let wrong = open(&world, &laptop, &brought.id, "111223").await.unwrap_err();
    assert_eq!(
        (wrong.code, wrong.params["left"].as_str()),
        (FailureCode::PinWrong, "4")
    );
    open(&world, &laptop, &brought.id, PIN).await.unwrap();
}
