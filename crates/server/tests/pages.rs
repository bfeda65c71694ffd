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
use world::{World, code, employee, exact, greedy_request, key};

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
        let page = page_of(10, Some(nonsense.to_owned()));
        let outcomes = [
            code(wangmin.certificates_page(&page).await),
            code(wangmin.invoices_page(&page).await),
            code(wangmin.approvals_page(&page).await),
        ];
        assert_eq!(outcomes, [ErrorCode::Malformed; 3], "{nonsense:?}");
    }
}

#[tokio::test]
async fn the_consoles_lists_are_gone_through_once_each_and_tell_how_many_there_are() {
    let Buyer {
        world,
        wangmin,
        operator,
        wanted,
    } = Buyer::new().await;
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

fn page_of(limit: usize, after: Option<String>) -> ListQuery {
    let limit = Some(u64::try_from(limit).unwrap());
    ListQuery { after, limit }
}

fn whole() -> ListQuery {
    ListQuery::default()
}

/// Whoever buys here: an enterprise's administrator and what an order needs.
struct Buyer {
    world: World,
    wangmin: PlatformClient,
    operator: PlatformClient,
    wanted: NewOrder,
}

impl Buyer {
    async fn new() -> Self {
        let world = World::start().await;
        let (wangmin, title, account) = world.authorised().await;
        let operator = world.sign_in("operator").await;
        let wanted = NewOrder {
            package_id: wangmin.packages().await.unwrap()[0].id,
            quantity: 1,
            title_id: title.id,
            account_id: account.id,
        };
        Self {
            world,
            wangmin,
            operator,
            wanted,
        }
    }

    async fn buys(&self, quantity: u32) -> Order {
        let wanted = NewOrder {
            quantity,
            ..self.wanted.clone()
        };
        let order = self.wangmin.place_order(&wanted, key()).await.unwrap();
        let notice = exact(&order, self.world.now());
        self.operator.bank_notice(&notice, key()).await.unwrap();
        order
    }

    async fn buys_with_invoice(&self) {
        let order = self.buys(1).await;
        self.wangmin.request_invoice(order.id, key()).await.unwrap();
    }
}

#[tokio::test]
async fn certificates_are_gone_through_once_each_while_others_are_bought() {
    let buyer = Buyer::new().await;
    let wangmin = &buyer.wangmin;
    assert!(
        wangmin
            .certificates_page(&page_of(5, None))
            .await
            .unwrap()
            .rows
            .is_empty()
    );
    // Nine in one moment: the identifier decides among them.
    buyer.buys(3).await;
    buyer.world.pass(time::Duration::minutes(1));
    buyer.buys(1).await;
    for limit in [1, 5, 500] {
        let known = wangmin.certificates_page(&whole()).await.unwrap();
        assert_eq!(known.next, None, "without a page all come at once");
        let rows = all(limit, async |after| {
            let page = wangmin.certificates_page(&page_of(limit, after)).await?;
            buyer.world.pass(time::Duration::seconds(1));
            buyer.buys(1).await;
            Ok((page.rows, page.next))
        });
        let rows = rows.await;
        assert!(rows.is_sorted_by(|one, other| (one.bought_at, one.id) > (other.bought_at, other.id)));
        assert_eq!(rows, known.rows, "{limit}");
    }
}

#[tokio::test]
async fn invoices_are_gone_through_once_each_while_others_are_asked_for() {
    let buyer = Buyer::new().await;
    let wangmin = &buyer.wangmin;
    assert!(wangmin.invoices_page(&page_of(5, None)).await.unwrap().rows.is_empty());
    for _ in 0..6 {
        buyer.buys_with_invoice().await;
    }
    let waiting = buyer.operator.operator_approvals().await.unwrap();
    let yes = Decision {
        approve: true,
        reason: None,
    };
    buyer.operator.decide(waiting[0].id, &yes, key()).await.unwrap();
    for limit in [1, 4, 500] {
        let known = wangmin.invoices_page(&whole()).await.unwrap().rows;
        let rows = all(limit, async |after| {
            let page = wangmin.invoices_page(&page_of(limit, after)).await?;
            buyer.world.pass(time::Duration::seconds(1));
            buyer.buys_with_invoice().await;
            Ok((page.rows, page.next))
        });
        assert_eq!(rows.await, known, "{limit}");
        let linked = known.iter().filter(|invoice| invoice.link.is_some());
        assert_eq!(
            linked.count(),
            1,
            "the one that is issued has a file, which no list reads"
        );
    }
}

#[tokio::test]
async fn the_time_line_is_gone_through_without_a_gap_while_its_entries_move_on() {
    let buyer = Buyer::new().await;
    let (wangmin, operator) = (&buyer.wangmin, &buyer.operator);
    for _ in 0..5 {
        buyer.buys_with_invoice().await;
    }
    let yes = Decision {
        approve: true,
        reason: None,
    };
    for limit in [1, 3, 500] {
        let known = wangmin.approvals_page(&whole()).await.unwrap().rows;
        assert!(known.is_sorted_by(|one, other| (one.since, one.id) > (other.since, other.id)));
        let rows = all(limit, async |after| {
            let page = wangmin.approvals_page(&page_of(limit, after)).await?;
            buyer.world.pass(time::Duration::seconds(1));
            // What is behind and what is still to come moves to the end, as long as something waits.
            for waiting in operator.operator_approvals().await?.first().into_iter() {
                operator.decide(waiting.id, &yes, key()).await?;
            }
            Ok((page.rows, page.next))
        });
        let rows = rows.await;
        assert!(
            rows.is_sorted_by(|one, other| (one.since, one.id) < (other.since, other.id)),
            "the oldest first"
        );
        let ids = sorted(rows.iter().map(|row| row.id).collect::<std::collections::BTreeSet<_>>());
        assert_eq!(ids, sorted(known.iter().map(|row| row.id)), "{limit}: none is missing");
        if limit == 1 {
            assert!(rows.len() > ids.len(), "what moved came again");
        }
        buyer.buys_with_invoice().await;
    }
}

#[tokio::test]
async fn the_client_goes_through_more_pages_than_one_and_staff_see_their_own() {
    let buyer = Buyer::new().await;
    let (world, wangmin) = (&buyer.world, &buyer.wangmin);
    buyer.buys(400).await;
    let all = wangmin.certificates().await.unwrap();
    assert_eq!(all.len(), 1200);
    assert_eq!(all, wangmin.certificates_page(&whole()).await.unwrap().rows);
    let first = wangmin.certificates_page(&page_of(1000, None)).await.unwrap();
    assert!(first.rows.len() == 1000 && first.next.is_some(), "it had to ask twice");

    let (liuyang, zhang) = (world.sign_in("liuyang").await, world.sign_in("zhangxiaotong").await);
    assert!(liuyang.certificates().await.unwrap().is_empty());
    let assigned = world.assigned(wangmin, "liuyang").await;
    liuyang.issue(assigned.id, &greedy_request().1, key()).await.unwrap();
    let holder = HolderChange {
        holder_id: employee(wangmin, "zhangxiaotong").await,
    };
    wangmin.change_holder(assigned.id, &holder, key()).await.unwrap();
    // Until the new holder imports it, it is of both.
    for (client, sees) in [(&liuyang, true), (&zhang, true)] {
        assert_eq!(sees_one(client, assigned.id).await, sees);
    }
    world.pass(time::Duration::minutes(1));
    zhang.issue(assigned.id, &greedy_request().1, key()).await.unwrap();
    for (client, sees) in [(&liuyang, false), (&zhang, true)] {
        assert_eq!(sees_one(client, assigned.id).await, sees);
    }
}

/// Whether it is in the list, in its first page, and to be had by itself; these never differ.
async fn sees_one(client: &PlatformClient, id: uuid::Uuid) -> bool {
    let lists = [
        client.certificates_page(&whole()).await,
        client.certificates_page(&page_of(1, None)).await,
    ];
    let alone = client.certificate(id).await.is_ok();
    for list in lists {
        let rows = list.unwrap().rows;
        assert_eq!(
            rows.iter().map(|row| row.id).collect::<Vec<_>>(),
            alone.then_some(id).into_iter().collect::<Vec<_>>()
        );
    }
    alone
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
