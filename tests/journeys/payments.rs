//! Money that does not match, and what has to come first.

use crate::walk;
use app::view::*;
use testkit::world::World;

#[tokio::test]
async fn a_wrong_amount_and_a_wrong_payer_say_what_arrived_and_give_nothing() {
    for (case, state) in [
        (TransferCase::WrongAmount, PaymentState::WrongAmount),
        (TransferCase::WrongPayer, PaymentState::WrongPayer),
    ] {
        let world = walk::authorised().await;
        let placed = walk::order(&world.app).await;
        let order = world.app.sandbox_transfer(&placed.id, case).await.unwrap();
        assert_eq!(order.payment_state, state);
        let arrived = order.arrived.unwrap();
        assert!(
            arrived.amount_fen != order.amount_fen || arrived.payer_account != order.remitting_account.account,
            "{arrived:?}"
        );
        assert!(world.app.certificates().await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn an_exact_transfer_gives_one_enterprise_and_two_personal_certificates() {
    let world = walk::authorised().await;
    let placed = walk::order(&world.app).await;
    let order = world
        .app
        .sandbox_transfer(&placed.id, TransferCase::Exact)
        .await
        .unwrap();
    assert_eq!(
        (order.payment_state, order.can_edit, order.can_cancel),
        (PaymentState::Paid, false, false)
    );
    let certificates = world.app.certificates().await.unwrap();
    let of_kind = |kind| certificates.iter().filter(|each| each.kind == kind).count();
    assert_eq!(
        (of_kind(CertificateKind::Enterprise), of_kind(CertificateKind::Personal)),
        (1, 2)
    );
}

#[tokio::test]
async fn nothing_is_bought_before_the_authorisation() {
    let world = World::signed_in("wangmin").await;
    let billing = walk::register_billing(&world.app).await;
    let order = OrderInput {
        idempotency_key: "0c1f6a4e-2a55-4d0b-9a60-9cf0e0f5a001".into(),
        package_id: world.app.packages().await.unwrap()[0].id.clone(),
        quantity: 1,
        title_id: billing.titles[0].id.clone(),
        account_id: billing.accounts[0].id.clone(),
    };
    let refused = world.app.place_order(order).await.unwrap_err();
    assert_eq!(refused.code, FailureCode::AuthorisationRequired);
}

/// What was seen stays readable when the platform is away; what needs it says so.
#[tokio::test]
async fn the_platform_going_away_loses_nothing() {
    let world = walk::authorised().await;
    let placed = walk::order(&world.app).await;
    let app = world.app.clone();
    world.server.shutdown().await;
    assert_eq!(app.order(&placed.id).await.unwrap().number, placed.number);
    // It is not done yet, and not forgotten: it waits to be sent.
    let waiting = app.cancel_order(&placed.id).await.unwrap_err();
    assert_eq!(waiting.code, FailureCode::Queued);
    assert_eq!(app.outbox().await.unwrap().waiting, 1);
}
