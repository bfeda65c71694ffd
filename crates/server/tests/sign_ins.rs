//! Sign-ins: short sessions that are refreshed, tokens that are good once, lists, ends, and limits.
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
use platform::client::{ClientError, PlatformClient};
use platform::wire::*;
use time::Duration;
use uuid::Uuid;
use world::{Laptop, World, code, key, title};

/// A client that goes on with this token, or why not.
async fn resumed(world: &World, refresh_token: &str) -> Result<(PlatformClient, Session), ClientError> {
    let client = world.stranger();
    let session = client.resume(refresh_token).await?;
    Ok((client, session))
}

async fn refused(world: &World, refresh_token: &str) -> ErrorCode {
    code(resumed(world, refresh_token).await.map(drop))
}

#[tokio::test]
async fn the_client_refreshes_once_and_a_write_is_done_once() {
    let world = World::start().await;
    let wangmin = world.sign_in("wangmin").await;
    world.pass(Duration::minutes(16));
    let clone = wangmin.clone();
    let (fields, same) = (title(), key());
    let (me, titles, added, more) = tokio::join!(
        wangmin.me(),
        clone.billing_titles(),
        wangmin.add_billing_title(&fields, same),
        clone.employees()
    );
    assert_eq!(me.unwrap().account, "wangmin");
    assert!(titles.is_ok() && more.is_ok());
    assert_eq!(wangmin.add_billing_title(&fields, same).await.unwrap(), added.unwrap());
    assert_eq!(wangmin.billing_titles().await.unwrap().len(), 1);
    let sign_ins = wangmin.sign_ins().await.unwrap();
    assert_eq!(sign_ins.len(), 1, "the same sign-in goes on");
    assert!(sign_ins[0].current && sign_ins[0].last_used_at > sign_ins[0].opened_at);
    let operator = world.sign_in("operator").await;
    let query = |q: &str| AuditQuery {
        q: Some(q.to_owned()),
        after: None,
        limit: None,
    };
    let reused = operator.audit(&query("used again")).await.unwrap();
    assert_eq!(reused.total, 0, "four calls at once refreshed once");
}

#[tokio::test]
async fn a_stolen_token_ends_the_sign_in() {
    let world = World::start().await;
    let first = world.stranger().sign_in("wangmin", "ganjiang").await.unwrap();
    let (owner, second) = resumed(&world, &first.refresh_token).await.unwrap();
    world.pass(Duration::seconds(61));
    assert_eq!(owner.me().await.unwrap().account, "wangmin");
    assert_eq!(refused(&world, &first.refresh_token).await, ErrorCode::Unauthenticated);
    assert_eq!(
        code(owner.me().await),
        ErrorCode::Unauthenticated,
        "thief and owner are both out"
    );
    assert_eq!(refused(&world, &second.refresh_token).await, ErrorCode::Unauthenticated);
    let operator = world.sign_in("operator").await;
    let query = AuditQuery {
        q: Some("used again".to_owned()),
        after: None,
        limit: None,
    };
    let entry = operator.audit(&query).await.unwrap().rows.remove(0);
    assert_eq!(entry.actor, "wangmin");
}

#[tokio::test]
async fn an_answer_that_was_lost_may_be_asked_for_again() {
    let world = World::start().await;
    let first = world.stranger().sign_in("wangmin", "ganjiang").await.unwrap();
    let (_, lost) = resumed(&world, &first.refresh_token).await.unwrap();
    let (client, _) = resumed(&world, &first.refresh_token).await.unwrap();
    assert!(client.me().await.is_ok());
    // Whoever has the answer that was lost is not the owner.
    assert_eq!(refused(&world, &lost.refresh_token).await, ErrorCode::Unauthenticated);
    assert!(client.me().await.is_err());
    for nonsense in ["", "a", "a.b", &format!("{}.{}", Uuid::new_v4(), "0".repeat(64))] {
        assert_eq!(
            refused(&world, nonsense).await,
            ErrorCode::Unauthenticated,
            "{nonsense}"
        );
    }
}

#[tokio::test]
async fn a_sign_in_ends_by_itself() {
    let world = World::start().await;
    let (wangmin, operator) = (world.sign_in("wangmin").await, world.sign_in("operator").await);
    world.pass(Duration::hours(13));
    assert!(matches!(operator.queues().await, Err(ClientError::Unauthorized(_))));
    for _ in 0..8 {
        assert!(wangmin.me().await.is_ok());
        world.pass(Duration::days(10));
    }
    world.pass(Duration::days(10));
    assert!(
        matches!(wangmin.me().await, Err(ClientError::Unauthorized(_))),
        "however often it is refreshed"
    );
    let liuyang = world.sign_in("liuyang").await;
    world.pass(Duration::days(31));
    assert!(
        matches!(liuyang.me().await, Err(ClientError::Unauthorized(_))),
        "unused"
    );
}

#[tokio::test]
async fn one_device_or_all_of_them_are_signed_out() {
    let world = World::start().await;
    let (desk, laptop) = (world.sign_in("wangmin").await, world.sign_in("wangmin").await);
    let liuyang = world.sign_in("liuyang").await;
    let sign_ins = desk.sign_ins().await.unwrap();
    assert_eq!(sign_ins.len(), 2);
    let other = sign_ins.iter().find(|one| !one.current).unwrap().id;
    assert_eq!(code(liuyang.end_sign_in(other).await), ErrorCode::NotFound);
    desk.end_sign_in(other).await.unwrap();
    assert_eq!(code(laptop.me().await), ErrorCode::Unauthenticated);
    assert_eq!(code(desk.end_sign_in(other).await), ErrorCode::NotFound);
    let phone = world.sign_in("wangmin").await;
    desk.sign_out_everywhere().await.unwrap();
    assert!(!desk.has_session());
    assert_eq!(code(phone.me().await), ErrorCode::Unauthenticated);
    assert!(liuyang.me().await.is_ok(), "others stay");
}

#[tokio::test]
async fn pin_messages_have_a_limit_beside_the_five_tries() {
    let world = World::start().await;
    let liuyang = world.sign_in("liuyang").await;
    let message = PinMessage {
        registration: Uuid::new_v4(),
        message: base64::engine::general_purpose::STANDARD.encode([0; 32]),
        device_key: String::new(),
        signature: String::new(),
    };
    let mut refusals = Vec::new();
    for _ in 0..61 {
        refusals.push(liuyang.pin_login(Uuid::new_v4(), &message, key()).await.map(drop));
    }
    assert!(matches!(
        refusals.pop().unwrap(),
        Err(ClientError::Refused {
            code: ErrorCode::RateLimited,
            ..
        })
    ));
    assert!(refusals.into_iter().all(|one| code(one) != ErrorCode::RateLimited));
    world.pass(Duration::minutes(2));
    let again = liuyang.pin_login(Uuid::new_v4(), &message, key()).await.map(drop);
    assert_ne!(code(again), ErrorCode::RateLimited);
}

#[tokio::test]
async fn a_stolen_token_is_useless_without_the_devices_key() {
    let world = World::start().await;
    let owner = world.stranger();
    owner.set_device(Laptop::number(1));
    let first = owner.sign_in("wangmin", "ganjiang").await.unwrap();
    assert_eq!(refused(&world, &first.refresh_token).await, ErrorCode::Unauthenticated);
    let thief = world.stranger();
    thief.set_device(Laptop::number(2));
    assert_eq!(
        code(thief.resume(&first.refresh_token).await.map(drop)),
        ErrorCode::Unauthenticated
    );
    // The thief ended nothing, and the owner refreshes as if nothing had been.
    world.pass(Duration::minutes(16));
    assert_eq!(owner.me().await.unwrap().account, "wangmin");
    let operator = world.sign_in("operator").await;
    let query = AuditQuery {
        q: Some("without the device's key".to_owned()),
        after: None,
        limit: None,
    };
    assert_eq!(operator.audit(&query).await.unwrap().total, 2);
    // Another start on the same device, with the next token; and the list tells devices apart.
    let again = world.stranger();
    again.set_device(Laptop::number(1));
    again.sign_in("wangmin", "ganjiang").await.unwrap();
    let elsewhere = world.stranger();
    elsewhere.set_device(Laptop::number(3));
    elsewhere.sign_in("wangmin", "ganjiang").await.unwrap();
    world.sign_in("wangmin").await;
    let devices: Vec<_> = owner
        .sign_ins()
        .await
        .unwrap()
        .into_iter()
        .map(|one| one.device_id)
        .collect();
    assert_eq!(devices.len(), 4);
    let named: std::collections::BTreeSet<_> = devices.iter().flatten().collect();
    assert_eq!((named.len(), devices.iter().flatten().count()), (2, 3));
    // A key the device does not have is not taken.
    let liar = world.stranger();
    liar.set_device(Laptop::number(0));
    assert_eq!(
        code(liar.sign_in("wangmin", "ganjiang").await.map(drop)),
        ErrorCode::FieldInvalid
    );
}

#[tokio::test]
async fn wrong_passwords_are_counted_by_all_instances_together() {
    let world = World::start().await;
    let stranger = world.stranger();
    let wrong = || async { code(stranger.sign_in("wangmin", "wrong").await.map(drop)) };
    let tries = futures_util::future::join_all((0..30).map(|_| wrong())).await;
    let passed = tries.iter().filter(|one| **one == ErrorCode::WrongPassword).count();
    assert!(passed <= 10, "of thirty at once: {tries:?}");
    assert!(
        tries
            .iter()
            .all(|one| matches!(one, ErrorCode::WrongPassword | ErrorCode::RateLimited))
    );
    for _ in 0..10 {
        wrong().await;
    }
    assert_eq!(wrong().await, ErrorCode::RateLimited);
    if let Some(other) = world.another_instance().await {
        let there = PlatformClient::new(&other.base_url, other.sandbox_token.clone()).unwrap();
        let outcome = there.sign_in("wangmin", "ganjiang").await.map(drop);
        assert_eq!(
            code(outcome),
            ErrorCode::RateLimited,
            "the right password, on another instance"
        );
        other.shutdown().await;
    }
    let world = world.restart().await;
    let outcome = world.stranger().sign_in("wangmin", "ganjiang").await.map(drop);
    assert_eq!(code(outcome), ErrorCode::RateLimited, "a restart forgets nothing");
    assert!(
        world.sign_in("liuyang").await.me().await.is_ok(),
        "others are not kept waiting"
    );
    world.pass(Duration::seconds(61));
    assert!(world.sign_in("wangmin").await.me().await.is_ok());
    for _ in 0..12 {
        world.sign_in("wangmin").await;
    }
}
