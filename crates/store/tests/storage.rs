//! The local database as a story: opening, refusing, remembering, counting.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

use store::{
    DataKey, KeyPurpose, MirrorRow, MirrorUpdate, NewKey, OrderColumn, OrderFilter, OrderRow, OrderUpdate, Store,
    StoreError,
};
use store::{SyncPosition, TRIES};
use time::OffsetDateTime;
use uuid::Uuid;

fn data_key() -> DataKey {
    DataKey::new(&[7; 32])
}

fn opened() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("data.sqlite"), &data_key()).unwrap();
    (folder, store)
}

fn position(cursor: i64) -> SyncPosition {
    SyncPosition {
        cursor,
        epoch: "one".to_owned(),
        mark: format!("mark-{cursor}"),
        at: OffsetDateTime::UNIX_EPOCH,
    }
}

fn update(ids: &[&str], complete: bool) -> MirrorUpdate {
    let rows = ids.iter().map(|id| MirrorRow {
        id: (*id).to_owned(),
        body: format!("{{\"id\":\"{id}\"}}"),
    });
    MirrorUpdate {
        kind: "certificate",
        rows: rows.collect(),
        complete,
    }
}

fn key(entitlement: &str) -> NewKey {
    NewKey {
        id: Uuid::new_v4(),
        account: "a".to_owned(),
        entitlement: entitlement.to_owned(),
        sealed: vec![1],
        spki: vec![2],
        idempotency_key: Uuid::new_v4(),
        request: vec![3],
        purpose: KeyPurpose::Import,
        because: None,
        made_at: OffsetDateTime::UNIX_EPOCH,
    }
}

#[test]
fn a_newer_file_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.sqlite");
    drop(Store::open(&path, &data_key()).unwrap());
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.pragma_update(None, "user_version", 99).unwrap();
    connection.close().unwrap();
    let before = std::fs::read(&path).unwrap();
    assert!(matches!(
        Store::open(&path, &data_key()),
        Err(StoreError::FromNewerVersion { found: 99, .. })
    ));
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn what_is_no_database_of_ours_is_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.sqlite");
    let mut file = std::fs::File::create_new(&path).unwrap();
    std::io::Write::write_all(&mut file, &[0x55; 9000]).unwrap();
    assert!(matches!(Store::open(&path, &data_key()), Err(StoreError::Damaged(_))));

    let foreign = folder.path().join("foreign.sqlite");
    rusqlite::Connection::open(&foreign)
        .unwrap()
        .execute_batch("CREATE TABLE x (a);")
        .unwrap();
    assert!(matches!(
        Store::open(&foreign, &data_key()),
        Err(StoreError::Damaged(_))
    ));
}

#[test]
fn a_folder_that_is_not_there_is_told_as_such() {
    let folder = tempfile::tempdir().unwrap();
    let outcome = Store::open(&folder.path().join("missing").join("data.sqlite"), &data_key());
    assert!(matches!(outcome, Err(StoreError::Unreachable(_))));
}

#[test]
fn the_mirror_tells_only_real_changes_and_keeps_accounts_apart() {
    let (_folder, store) = opened();
    assert_eq!(
        store
            .apply("a", &[update(&["1", "2"], true)], None, position(5))
            .unwrap(),
        ["certificate"]
    );
    assert!(
        store
            .apply("a", &[update(&["1", "2"], true)], None, position(6))
            .unwrap()
            .is_empty()
    );
    assert_eq!(store.sync_position("a").unwrap(), Some(position(6)));
    assert_eq!(store.sync_position("b").unwrap(), None);
    assert!(store.mirror_rows("b", "certificate").unwrap().is_empty());

    assert_eq!(
        store.apply("a", &[update(&["2"], true)], None, position(7)).unwrap(),
        ["certificate"]
    );
    let left: Vec<_> = store
        .mirror_rows("a", "certificate")
        .unwrap()
        .into_iter()
        .map(|row| row.id)
        .collect();
    assert_eq!(left, ["2"]);
    assert_eq!(store.mirror_row("a", "certificate", "1").unwrap(), None);
}

#[test]
fn orders_are_filtered_sorted_searched_and_paged() {
    let (_folder, store) = opened();
    let rows = (0..50_i64).map(|number| OrderRow {
        id: format!("id{number:03}"),
        number: format!("GJ{number:03}"),
        placed_at: OffsetDateTime::UNIX_EPOCH + time::Duration::minutes(number),
        amount_fen: 30_000 * (50 - number),
        state: if number % 2 == 0 { "unpaid" } else { "paid" }.to_owned(),
        searched: format!("GJ{number:03} 杭州云栖"),
        body: number.to_string(),
    });
    let update = OrderUpdate {
        rows: rows.collect(),
        ends_pass: Some(1),
    };
    assert_eq!(store.apply("a", &[], Some(&update), position(1)).unwrap(), ["order"]);

    let filter = |text: &str, state: Option<&str>, column, descending, offset| OrderFilter {
        text: text.to_owned(),
        state: state.map(str::to_owned),
        column,
        descending,
        offset,
        limit: 3,
    };
    let newest = store
        .orders("a", &filter("", None, OrderColumn::PlacedAt, true, 0))
        .unwrap();
    assert_eq!(newest, (vec!["49".to_owned(), "48".to_owned(), "47".to_owned()], 50));
    let paid = store
        .orders("a", &filter("云栖", Some("paid"), OrderColumn::Amount, false, 1))
        .unwrap();
    assert_eq!(paid, (vec!["47".to_owned(), "45".to_owned(), "43".to_owned()], 25));
    let found = store
        .orders("a", &filter("gj007", None, OrderColumn::Number, false, 0))
        .unwrap();
    assert_eq!(found, (vec!["7".to_owned()], 1));
    assert_eq!(
        store
            .orders("a", &filter("' OR 1=1 --", None, OrderColumn::Number, false, 0))
            .unwrap()
            .1,
        0
    );
    assert_eq!(store.order("a", "id007").unwrap().as_deref(), Some("7"));
}

#[test]
fn a_search_sees_every_change_and_the_platforms_removals() {
    let (_folder, store) = opened();
    let row = |id: &str, state: &str, words: &str, pass| {
        let row = OrderRow {
            id: id.to_owned(),
            number: format!("GJ{id}"),
            placed_at: OffsetDateTime::UNIX_EPOCH,
            amount_fen: 1,
            state: state.to_owned(),
            searched: words.to_owned(),
            body: format!("{id} {state} {words}"),
        };
        store.put_orders("a", &[row], pass).unwrap()
    };
    let found = |text: &str, state: Option<&str>| {
        let filter = OrderFilter {
            text: text.to_owned(),
            state: state.map(str::to_owned),
            column: OrderColumn::Number,
            descending: false,
            offset: 0,
            limit: 10,
        };
        store.orders("a", &filter).unwrap()
    };
    row("1", "unpaid", "杭州", None);
    row("2", "paid", "杭州\0苏州", None);
    assert_eq!(found("州", None).1, 2, "a single character");
    assert_eq!(found("gj1 杭", None).1, 1);
    assert_eq!(found("\0", None).1, 0);
    assert!(!row("2", "paid", "杭州\0苏州", None), "nothing changed");
    assert!(row("1", "paid", "无锡", None));
    row("3", "unpaid", "无锡", None);
    assert_eq!(found("杭州", None).1, 1);
    assert_eq!(found("无锡", Some("paid")), (vec!["1 paid 无锡".to_owned()], 1));
    assert_eq!(found("", Some("paid")).1, 2);
    assert_eq!(found("无锡", Some("closed")).1, 0);

    row("3", "unpaid", "无锡", Some(9));
    let end = OrderUpdate {
        rows: Vec::new(),
        ends_pass: Some(9),
    };
    assert_eq!(store.apply("a", &[], Some(&end), position(1)).unwrap(), ["order"]);
    assert_eq!(found("无锡", None), (vec!["3 unpaid 无锡".to_owned()], 1));
    assert_eq!((found("", None).1, found("", Some("paid")).1), (1, 0));
}

#[test]
fn one_import_of_an_entitlement_is_pending_and_survives_a_restart() {
    let (folder, store) = opened();
    let first = key("e");
    store.begin_import(&first).unwrap();
    assert!(
        store.begin_import(&key("e")).is_err(),
        "a second pending key for the same entitlement"
    );
    drop(store);

    let store = Store::open(&folder.path().join("data.sqlite"), &data_key()).unwrap();
    let pending = store.pending_key("a", "e").unwrap().unwrap();
    assert_eq!(
        (pending.id, pending.idempotency_key, pending.request),
        (first.id, first.idempotency_key, vec![3])
    );
    store.finish_import(first.id, &[9], &[vec![7], vec![8]]).unwrap();
    assert_eq!(store.pending_key("a", "e").unwrap(), None);
    let active = store.active_key("a", "e").unwrap().unwrap();
    assert_eq!(
        (active.certificate, active.chain),
        (Some(vec![9]), vec![vec![7], vec![8]])
    );

    let second = key("e");
    store.begin_import(&second).unwrap();
    store.finish_import(second.id, &[10], &[]).unwrap();
    assert_eq!(store.active_key("a", "e").unwrap().unwrap().id, second.id);
}

#[test]
fn tries_run_out_stay_out_after_a_restart_and_come_back() {
    let (folder, store) = opened();
    let key = key("e");
    store.begin_import(&key).unwrap();
    for left in (0..TRIES).rev() {
        assert_eq!(store.spend_try(key.id).unwrap(), Some(left));
    }
    assert_eq!(store.spend_try(key.id).unwrap(), None);
    drop(store);
    let store = Store::open(&folder.path().join("data.sqlite"), &data_key()).unwrap();
    assert_eq!(store.spend_try(key.id).unwrap(), None);
    store.restore_tries(key.id).unwrap();
    assert_eq!(store.spend_try(key.id).unwrap(), Some(TRIES - 1));
}

#[test]
fn a_leases_tries_and_time_survive_a_restart_and_end_with_a_new_pin() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.sqlite");
    let (store, key) = (Store::open(&path, &data_key()).unwrap(), key("e"));
    store.begin_import(&key).unwrap();
    let at = |hours| OffsetDateTime::UNIX_EPOCH + time::Duration::hours(hours);
    store.keep_lease(key.id, &[7], at(10)).unwrap();
    assert_eq!(store.spend_lease_try(key.id, at(12)).unwrap(), Some(TRIES - 1));
    assert_eq!(store.spend_lease_try(key.id, at(1)).unwrap(), Some(TRIES - 2));
    drop(store);
    let store = Store::open(&path, &data_key()).unwrap();
    let kept = store.lease(key.id).unwrap().unwrap();
    assert_eq!(
        (kept.tries_left, kept.seen_at),
        (TRIES - 2, at(12)),
        "neither tries nor time go back"
    );
    for left in (0..TRIES - 2).rev() {
        assert_eq!(store.spend_lease_try(key.id, at(12)).unwrap(), Some(left));
    }
    assert_eq!(store.spend_lease_try(key.id, at(12)).unwrap(), None);
    store.replace_sealed(key.id, &[9]).unwrap();
    assert_eq!(store.lease(key.id).unwrap(), None);
}

#[test]
fn a_reissued_key_waits_for_its_confirmation_and_the_former_one_is_wiped() {
    let (_folder, store) = opened();
    let (former, mut new) = (key("e"), key("e"));
    store.begin_import(&former).unwrap();
    store.finish_import(former.id, &[1], &[vec![2]]).unwrap();
    (new.purpose, new.because) = (KeyPurpose::Reissue, Some("pin_forgotten".to_owned()));
    store.begin_import(&new).unwrap();
    store.keep_unconfirmed(new.id, &[3], &[vec![4], vec![5]]).unwrap();
    assert_eq!(store.active_key("a", "e").unwrap().unwrap().id, former.id);
    let pending = store.pending_key("a", "e").unwrap().unwrap();
    assert_eq!(
        (pending.purpose, pending.certificate),
        (KeyPurpose::Reissue, Some(vec![3]))
    );
    store.confirm_key(new.id).unwrap();
    assert_eq!(store.active_key("a", "e").unwrap().unwrap().id, new.id);
    assert_eq!(store.keys_to_wipe("a").unwrap(), [former.id]);
    store.wipe_key(former.id).unwrap();
    store.wipe_key(new.id).unwrap();
    assert!(store.keys_to_wipe("a").unwrap().is_empty());
    assert!(
        !store.active_key("a", "e").unwrap().unwrap().sealed.is_empty(),
        "a key in use is never wiped"
    );
}
