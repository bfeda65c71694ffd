//! What the platform does by itself: orders nobody pays, invoices nobody asks for, each once over all instances.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "helpers of tests fail by panicking and write scratch files"
)]

mod world;

use platform::client::PlatformClient;
use platform::wire::*;
use time::Duration;
use world::*;

/// Asks again and again until the answer will do.
async fn until<T>(mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let asking = async {
        loop {
            if let Some(answer) = ask().await {
                return answer;
            }
            tokio::task::yield_now().await;
        }
    };
    let deadline = std::time::Duration::from_secs(60);
    tokio::time::timeout(deadline, asking).await.expect("done by itself")
}

async fn order(wangmin: &PlatformClient, id: uuid::Uuid) -> Order {
    wangmin.order(id).await.unwrap()
}

/// The events of the entry about this, as the time line tells them.
async fn events(wangmin: &PlatformClient, subject: uuid::Uuid) -> Vec<EventCode> {
    let line = wangmin.approvals().await.unwrap();
    let entry = line.iter().find(|entry| entry.subject_id == subject).unwrap();
    entry.events.iter().map(|event| event.code).collect()
}

#[tokio::test]
async fn an_order_nobody_pays_is_closed_after_thirty_days() {
    let world = World::start().await;
    let (wangmin, title, account) = world.authorised().await;
    let wanted = NewOrder {
        package_id: wangmin.packages().await.unwrap()[0].id,
        quantity: 1,
        title_id: title.id,
        account_id: account.id,
    };
    let forgotten = wangmin.place_order(&wanted, key()).await.unwrap();
    world.pass(Duration::days(29));
    let wangmin = world.sign_in("wangmin").await;
    let recent = wangmin.place_order(&wanted, key()).await.unwrap();
    world.pass(Duration::days(1) + Duration::minutes(1));
    let wangmin = world.sign_in("wangmin").await;
    let closed = until(async || {
        let order = order(&wangmin, forgotten.id).await;
        (order.payment.state == PaymentState::Closed).then_some(order)
    });
    closed.await;
    assert_eq!(order(&wangmin, recent.id).await.payment.state, PaymentState::Unpaid);
    let told = events(&wangmin, forgotten.id).await;
    assert_eq!(told, [EventCode::OrderPlaced, EventCode::OrderExpired]);
    let operator = world.sign_in("operator").await;
    let late = operator
        .bank_notice(&exact(&forgotten, world.now()), key())
        .await
        .unwrap();
    assert!(late.ignored && late.state == ArrivalState::OrderClosed);
    let told = events(&wangmin, forgotten.id).await;
    assert_eq!(told.last(), Some(&EventCode::SurplusArrived), "both sides are told");
    assert_eq!(operator.queues().await.unwrap().payments, 1, "it waits to be sent back");
    assert!(wangmin.certificates().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_paid_order_is_invoiced_within_fifteen_days_and_a_refused_one_is_left_alone() {
    let world = World::start().await;
    let (wangmin, refused) = world.paid(1).await;
    wangmin.request_invoice(refused.id, key()).await.unwrap();
    let operator = world.sign_in("operator").await;
    let waiting = operator.operator_approvals().await.unwrap();
    let no = Decision {
        approve: false,
        reason: Some("抬头有误".to_owned()),
    };
    operator.decide(waiting[0].id, &no, key()).await.unwrap();
    let another = NewOrder {
        package_id: refused.package.id,
        quantity: 2,
        title_id: refused.title.id,
        account_id: refused.remitting_account.id,
    };
    let paid = wangmin.place_order(&another, key()).await.unwrap();
    operator.bank_notice(&exact(&paid, world.now()), key()).await.unwrap();
    world.pass(Duration::days(14) + Duration::minutes(1));
    let wangmin = world.sign_in("wangmin").await;
    let issued = until(async || {
        wangmin
            .invoices()
            .await
            .unwrap()
            .into_iter()
            .find(|one| one.state == InvoiceState::Issued)
    });
    let issued = issued.await;
    assert_eq!(issued.order_id, paid.id);
    assert_eq!(
        events(&wangmin, issued.id).await,
        [EventCode::Submitted, EventCode::Approved]
    );
    assert!(wangmin.invoice_file(issued.id).await.unwrap().starts_with(b"%PDF"));
    assert_eq!(order(&wangmin, refused.id).await.invoice_state, InvoiceState::NotIssued);
    assert_eq!(wangmin.invoices().await.unwrap().len(), 1);
}

/// Two more instances look for the same work at the same time.
#[tokio::test]
async fn three_instances_do_everything_once() {
    let world = World::start().await;
    let Some(second) = world.another_instance().await else {
        return;
    };
    let third = world.another_instance().await.unwrap();
    let (wangmin, first) = world.paid(1).await;
    let operator = world.sign_in("operator").await;
    let wanted = NewOrder {
        package_id: first.package.id,
        quantity: 1,
        title_id: first.title.id,
        account_id: first.remitting_account.id,
    };
    for at in 0..24 {
        let placed = wangmin.place_order(&wanted, key()).await.unwrap();
        if at % 2 == 0 {
            operator.bank_notice(&exact(&placed, world.now()), key()).await.unwrap();
        }
    }
    world.pass(UNPAID_FOR);
    let wangmin = world.sign_in("wangmin").await;
    let done = async || {
        let orders = wangmin.orders(PageQuery::default()).await.unwrap().rows;
        let is_done = |order: &Order| match order.payment.state {
            PaymentState::Paid => order.invoice_state == InvoiceState::Issued,
            state => state == PaymentState::Closed,
        };
        orders.iter().all(is_done).then_some(orders)
    };
    let orders = until(done).await;
    assert_eq!(orders.len(), 25);
    let line = wangmin.approvals().await.unwrap();
    for entry in line {
        let codes: Vec<_> = entry.events.iter().map(|event| event.code).collect();
        match entry.kind {
            ApprovalKind::Invoice => assert_eq!(codes, [EventCode::Submitted, EventCode::Approved]),
            ApprovalKind::Payment => assert_eq!(codes.len(), 2, "{codes:?}"),
            _ => {}
        }
    }
    assert_eq!(wangmin.invoices().await.unwrap().len(), 13);
    second.shutdown().await;
    third.shutdown().await;
}

const UNPAID_FOR: Duration = Duration::days(31);
