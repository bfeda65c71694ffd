//! The first reading of a large account: every order arrives, page by page, in memory that does not grow with them.
//!
//! The suite takes 1,500 orders; `GANJIANG_ORDERS=100000` as many as it says. Figures are printed.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test stops at the first thing that is not as it should be, reads its own switch and prints figures"
)]

use app::App;
use app::view::*;
use std::time::Instant;
use testkit::story::{pay_for, secret};
use testkit::world::World;

/// Copies of the one order there is, straight into the platform's database.
fn multiply_orders(world: &World, count: i64) {
    let database = rusqlite::Connection::open(world.folder().join("sandbox.sqlite")).unwrap();
    database.busy_timeout(std::time::Duration::from_secs(30)).unwrap();
    let sql = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
         INSERT INTO orders (id, enterprise_id, number, receiving_account, package, quantity, amount_fen, placed_at,
             payment_state, arrived, invoice_state, title, remitting_account)
         SELECT printf('%08x-0000-4000-8000-%012x', i * 7919 % 1000003, i), enterprise_id, number || i,
             receiving_account || i, package, quantity, amount_fen + i, placed_at + i, payment_state, arrived,
             invoice_state, title, remitting_account
         FROM n, (SELECT * FROM orders LIMIT 1)";
    database.execute(sql, [count - 1]).unwrap();
}

async fn total(app: &App, text: &str) -> u32 {
    let query = OrderQuery {
        text: text.to_owned(),
        state: Some(PaymentState::Paid),
        sort: OrderSort::Amount,
        descending: true,
        offset: 0,
        limit: 100,
    };
    app.orders(query).await.unwrap().total
}

/// The most memory this process ever had, in MB; none where the system does not tell.
fn most_memory_mb() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? / 1024)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_account_arrives_whole_and_is_searched_at_once() {
    let set = std::env::var("GANJIANG_ORDERS").ok();
    let count: u32 = set.and_then(|text| text.parse().ok()).unwrap_or(1500);
    let world = World::signed_in("wangmin").await;
    pay_for(&world.app, world.folder(), 1).await;
    multiply_orders(&world, count.into());
    let app = world.another_device("desk");
    let (before, begun) = (most_memory_mb(), Instant::now());
    app.sign_in("wangmin", secret("ganjiang")).await.unwrap();
    let took = begun.elapsed();
    println!(
        "{count} orders read in {took:.1?}; most memory of platform and application together {before:?} MB before, {:?} MB after",
        most_memory_mb()
    );
    assert_eq!(total(&app, "").await, count);
    let begun = Instant::now();
    assert_eq!(total(&app, "云栖").await, count);
    println!("searched in {:.1?}", begun.elapsed());
    let begun = Instant::now();
    app.sync_now().await.unwrap();
    println!("read again, nothing new: {:.1?}", begun.elapsed());
}
