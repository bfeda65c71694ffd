//! 100,000 orders: every page, filter, sort and search in a moment. Figures are printed; `GANJIANG_ORDERS=100000` for all.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test stops at the first thing that is not as it should be, reads its own switch and prints figures"
)]

use std::time::{Duration, Instant};
use store::{DataKey, OrderColumn, OrderFilter, OrderRow, Store};
use time::OffsetDateTime;

const STATES: [&str; 5] = ["unpaid", "paid", "wrong_amount", "wrong_payer", "closed"];

const SCATTER: u128 = 0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835;
/// As many are written at once.
const AT_ONCE: i64 = 6000;

fn row(number: i64) -> OrderRow {
    let state = STATES[usize::try_from(number % 5).unwrap()];
    OrderRow {
        // Scattered like the platform's own, which are random.
        id: uuid::Uuid::from_u128(u128::from(number.unsigned_abs() + 1).wrapping_mul(SCATTER)).to_string(),
        number: format!("GJ20261126{number:08}"),
        placed_at: OffsetDateTime::UNIX_EPOCH + time::Duration::minutes(number),
        amount_fen: 30_000 * (1 + number % 97),
        state: state.to_owned(),
        searched: format!("杭州云栖智能科技有限公司 数字证书标准套餐 1202{number:015}"),
        body: format!("{{\"number\":{number},\"filler\":\"{}\"}}", "x".repeat(1000)),
    }
}

fn percentile(times: &mut [Duration], of_a_hundred: usize) -> Duration {
    times.sort();
    times[(times.len() - 1) * of_a_hundred / 100]
}

#[test]
fn the_order_list_answers_at_once_whatever_is_asked() {
    let set = std::env::var("GANJIANG_ORDERS").ok();
    let count: i64 = set.and_then(|text| text.parse().ok()).unwrap_or(2000);
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("data.sqlite"), &DataKey::new(&[7; 32])).unwrap();
    let begun = Instant::now();
    for start in (0..count).step_by(usize::try_from(AT_ONCE).unwrap()) {
        let rows: Vec<OrderRow> = (start..(start + AT_ONCE).min(count)).map(row).collect();
        assert!(store.put_orders("a", &rows, Some(1)).unwrap());
    }
    println!("{count} orders put in {:.2?}", begun.elapsed());

    let filter = |text: &str, state: Option<&str>, column, descending, offset| OrderFilter {
        text: text.to_owned(),
        state: state.map(str::to_owned),
        column,
        descending,
        offset,
        limit: 100,
    };
    let begun = Instant::now();
    store.prepare_search("a").unwrap();
    println!("made ready to be searched in {:.2?}", begun.elapsed());
    let middle = u32::try_from(count / 2).unwrap();
    let asked = [
        ("first page", filter("", None, OrderColumn::PlacedAt, true, 0)),
        ("middle page", filter("", None, OrderColumn::PlacedAt, true, middle)),
        ("by amount", filter("", None, OrderColumn::Amount, false, 0)),
        ("by number", filter("", None, OrderColumn::Number, true, 0)),
        ("paid", filter("", Some("paid"), OrderColumn::PlacedAt, true, 0)),
        (
            "paid by amount",
            filter("", Some("paid"), OrderColumn::Amount, false, 0),
        ),
        ("paid by number", filter("", Some("paid"), OrderColumn::Number, true, 0)),
        (
            "search, one hit",
            filter("GJ2026112600000777", None, OrderColumn::PlacedAt, true, 0),
        ),
        ("search, all hit", filter("云栖", None, OrderColumn::PlacedAt, true, 0)),
        (
            "search, all hit, by number",
            filter("有限公司", Some("paid"), OrderColumn::Number, false, 0),
        ),
        ("search, one letter", filter("云", None, OrderColumn::Amount, true, 50)),
        (
            "search, none",
            filter("没有这样的", Some("closed"), OrderColumn::Number, true, 0),
        ),
    ];
    for (name, filter) in asked {
        let mut times = Vec::new();
        let mut found = (Vec::new(), 0);
        for _ in 0..50 {
            let begun = Instant::now();
            found = store.orders("a", &filter).unwrap();
            times.push(begun.elapsed());
        }
        let (median, high) = (percentile(&mut times, 50), percentile(&mut times, 99));
        println!(
            "{name}: {} of {}, median {median:.2?}, p99 {high:.2?}",
            found.0.len(),
            found.1
        );
        let expected = match name {
            "search, one hit" => 1,
            "search, none" => 0,
            _ => 100,
        };
        assert_eq!(found.0.len(), expected, "{name}");
    }
}
