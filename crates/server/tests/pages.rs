//! Lists gone through page by page: every row once, in order, whatever comes and goes meanwhile.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "helpers of tests fail by panicking and write scratch files"
)]

mod world;

use platform::client::{ClientError, PlatformClient};
use platform::wire::*;
use world::{World, code, exact, key};

/// Goes through a list to its end: the rows of all pages, which are all full but the last.
async fn all<Row>(
    limit: usize,
    mut page: impl AsyncFnMut(Option<String>) -> Result<(Vec<Row>, Option<String>), ClientError>,
) -> Vec<Row> {
    let (mut rows, mut after) = (Vec::new(), None);
    loop {
        let (some, next) = page(after).await.unwrap();
        assert!(some.len() == limit || next.is_none(), "a page in the middle is full");
        rows.extend(some);
        match next {
            Some(next) => after = Some(next),
            None => return rows,
        }
    }
}

async fn placed(wangmin: &PlatformClient, wanted: &NewOrder, count: usize) -> Vec<Order> {
    let mut orders = Vec::new();
    for _ in 0..count {
        orders.push(wangmin.place_order(wanted, key()).await.unwrap());
    }
    orders
}

fn sorted<Id: Ord>(ids: impl IntoIterator<Item = Id>) -> Vec<Id> {
    let mut ids: Vec<Id> = ids.into_iter().collect();
    ids.sort();
    ids
}

#[tokio::test]
async fn orders_are_gone_through_once_each_while_others_are_placed() {
    let world = World::start().await;
    let (wangmin, title, account) = world.authorised().await;
    let wanted = NewOrder {
        package_id: wangmin.packages().await.unwrap()[0].id,
        quantity: 1,
        title_id: title.id,
        account_id: account.id,
    };
    // Many in one moment: the number decides among them.
    let mut orders = placed(&wangmin, &wanted, 7).await;
    world.pass(time::Duration::minutes(1));
    orders.extend(placed(&wangmin, &wanted, 5).await);
    for limit in [1, 5, 12, 500] {
        let rows = all(limit, async |after| {
            let limit = u64::try_from(limit).unwrap();
            let page = wangmin.orders(PageQuery { after, limit }).await?;
            // What is placed now, or changes, moves nothing of what is still to come.
            world.pass(time::Duration::seconds(1));
            wangmin.place_order(&wanted, key()).await?;
            Ok((page.rows, page.next))
        });
        let rows = rows.await;
        let newest_first =
            rows.is_sorted_by(|one, other| (one.placed_at, &one.number) > (other.placed_at, &other.number));
        assert!(newest_first, "{limit}");
        let known = rows.iter().filter(|row| orders.iter().any(|one| one.id == row.id));
        assert_eq!(known.count(), orders.len(), "{limit}");
        assert_eq!(rows.len(), sorted(rows.iter().map(|row| row.id)).len());
        orders = rows;
    }
}

#[tokio::test]
async fn a_place_that_no_page_told_is_refused() {
    let world = World::start().await;
    let wangmin = world.sign_in("wangmin").await;
    for nonsense in ["", "1", "x:GJ1", ":", "1:", "1:\u{0}", "-", "99999999999999999999:GJ1"] {
        let page = PageQuery {
            after: Some(nonsense.to_owned()),
            limit: 10,
        };
        assert_eq!(code(wangmin.orders(page).await), ErrorCode::Malformed, "{nonsense:?}");
    }
}

#[tokio::test]
async fn the_consoles_lists_are_gone_through_once_each_and_tell_how_many_there_are() {
    let world = World::start().await;
    let (wangmin, title, account) = world.authorised().await;
    let operator = world.sign_in("operator").await;
    let wanted = NewOrder {
        package_id: wangmin.packages().await.unwrap()[0].id,
        quantity: 1,
        title_id: title.id,
        account_id: account.id,
    };
    for order in placed(&wangmin, &wanted, 5).await {
        operator.bank_notice(&exact(&order, world.now()), key()).await.unwrap();
        wangmin.request_invoice(order.id, key()).await.unwrap();
        world.pass(time::Duration::seconds(1));
    }
    let arrivals = all(2, async |after| {
        let query = ArrivalQuery {
            all: true,
            q: None,
            after,
            limit: Some(2),
        };
        let page = operator.arrivals(&query).await?;
        assert_eq!(page.total, 5);
        Ok((page.rows, page.next))
    });
    let arrivals = arrivals.await;
    assert_eq!(arrivals.len(), 5);
    assert!(arrivals.is_sorted_by(|one, other| one.received_at >= other.received_at));
    assert!(
        arrivals
            .iter()
            .all(|one| one.order.is_some() && one.enterprise.is_some())
    );

    let waiting = invoices(&operator, false).await;
    assert_eq!(waiting.len(), 5);
    assert!(waiting.is_sorted_by(|one, other| one.approval.since <= other.approval.since));
    let yes = Decision {
        approve: true,
        reason: None,
    };
    for review in &waiting[..3] {
        operator.decide(review.approval.id, &yes, key()).await.unwrap();
    }
    let done = invoices(&operator, true).await;
    assert_eq!(
        sorted(done.iter().map(|one| one.approval.id)),
        sorted(waiting[..3].iter().map(|one| one.approval.id))
    );
    assert_eq!(invoices(&operator, false).await.len(), 2);

    let mut total = 0;
    let record = all(3, async |after| {
        let query = AuditQuery {
            q: None,
            after,
            limit: Some(3),
        };
        let page = operator.audit(&query).await?;
        total = page.total;
        Ok((page.rows, page.next))
    });
    let record = record.await;
    assert!(total > 15 && record.len() as u64 == total);
    assert!(record.is_sorted_by(|one, other| one.at >= other.at));
    assert_eq!(record.len(), sorted(record.iter().map(|one| &one.request_id)).len());
}

async fn invoices(operator: &PlatformClient, done: bool) -> Vec<ReviewRow> {
    let rows = all(2, async |after| {
        let query = ReviewQuery {
            kind: ApprovalKind::Invoice,
            done,
            q: None,
            after,
            limit: Some(2),
        };
        let page = operator.reviews(&query).await?;
        Ok((page.rows, page.next))
    });
    rows.await
}
