//! The seal log as a story: entries stay in their chain, and whatever somebody does to the file behind it is found out.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first thing that is not as it should be"
)]

use rusqlite::Connection;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use store::{DataKey, FormerChain, Seam, Store, Stretch};

fn open(path: &Path) -> Store {
    Store::open(path, &DataKey::new(&[7; 32])).unwrap()
}

fn entry(number: u32) -> String {
    format!("{{\"file_name\":\"投标文件{number}.pdf\"}}")
}

/// Five entries of `a`, with one of `b` between them.
fn logged() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.sqlite");
    let store = open(&path);
    for number in 1..=5 {
        store.log_seal("a", &entry(number)).unwrap();
    }
    store.log_seal("b", &entry(1)).unwrap();
    (folder, path)
}

fn broken_from(store: &Store, account: &str) -> Option<u64> {
    store.seal_log(account).unwrap().standing.broken_from
}

fn broken_after(sql: &str) -> Option<u64> {
    let (_folder, path) = logged();
    Connection::open(&path).unwrap().execute_batch(sql).unwrap();
    let store = open(&path);
    let found = broken_from(&store, "a");
    assert_eq!(
        store.seal_log_standing("a").unwrap().broken_from,
        found,
        "{sql}: it stays known"
    );
    store.log_seal("a", &entry(6)).unwrap();
    assert_eq!(broken_from(&store, "a"), found, "{sql}: going on does not mend it");
    assert_eq!(broken_from(&store, "b"), None, "{sql}: only where it was changed");
    found
}

#[test]
fn entries_are_chained_over_restarts_and_each_account_has_its_own() {
    let (_folder, path) = logged();
    let store = open(&path);
    let log = store.seal_log("a").unwrap();
    assert_eq!(log.standing.broken_from, None);
    let positions: Vec<u64> = log.entries.iter().map(|entry| entry.position).collect();
    assert_eq!(positions, [5, 4, 3, 2, 1]);
    assert_eq!(log.entries[0].text, entry(5));
    let other = store.seal_log("b").unwrap();
    assert_eq!(other.entries.len(), 1);
    assert_ne!(other.standing.chain, log.standing.chain);
    assert_eq!(open(&path).seal_log("a").unwrap().standing.chain, log.standing.chain);
    assert_eq!(broken_from(&store, "nobody"), None);
}

#[test]
fn the_chain_is_what_its_description_says() {
    let (_folder, path) = logged();
    let log = open(&path).seal_log("a").unwrap();
    let first = Sha256::new().chain_update([0; 32]).chain_update(entry(1)).finalize();
    assert_eq!(log.entries[4].hash.as_slice(), first.as_slice());
    let second = Sha256::new().chain_update(first).chain_update(entry(2)).finalize();
    assert_eq!(log.entries[3].hash.as_slice(), second.as_slice());
}

#[test]
fn what_the_platform_has_is_known_and_the_rest_waits_in_order() {
    let (_folder, path) = logged();
    let store = open(&path);
    let (standing, waiting) = store.seal_log_waiting("a", 3).unwrap();
    let positions: Vec<u64> = waiting.iter().map(|entry| entry.position).collect();
    assert_eq!((standing.handed_in, positions), (0, vec![1, 2, 3]));
    store.seal_log_handed_in("a", 3).unwrap();
    let store = open(&path);
    let (after, waiting) = store.seal_log_waiting("a", 9).unwrap();
    assert_eq!((after.chain, after.handed_in), (standing.chain, 3));
    assert_eq!(waiting.len(), 2);
    store.seal_log_handed_in("a", 5).unwrap();
    store.begin_anew("a").unwrap();
    assert_eq!(
        store.seal_log_standing("a").unwrap().handed_in,
        0,
        "a platform that was set back is told again"
    );
    store.seal_log_handed_in("a", 5).unwrap();
    Connection::open(&path)
        .unwrap()
        .execute_batch("DELETE FROM seal_log WHERE account = 'a' AND position > 3")
        .unwrap();
    store.log_seal("a", &entry(9)).unwrap();
    let (_, waiting) = store.seal_log_waiting("a", 9).unwrap();
    assert!(
        !waiting.is_empty(),
        "what takes the place of something taken away is handed in, to be found out"
    );
}

/// Begins anew after this position, where the platform has nine entries.
fn begins_anew(store: &Store, after: u64) -> FormerChain {
    let former = FormerChain {
        chain: store.seal_log_standing("a").unwrap().chain,
        count: 9,
        hash: [9; 32],
    };
    store.seal_log_begins_anew("a", Seam { after, former }).unwrap();
    former
}

#[test]
fn a_chain_that_begins_anew_goes_on_from_the_old_ones_end_and_is_handed_in_stretch_by_stretch() {
    let (_folder, path) = logged();
    let store = open(&path);
    store.seal_log_handed_in("a", 3).unwrap();
    let former = begins_anew(&store, 3);
    store.log_seal("a", &entry(6)).unwrap();
    let log = open(&path).seal_log("a").unwrap();
    assert_eq!((log.entries.len(), log.standing.broken_from), (6, None));
    let fourth = Sha256::new().chain_update([9; 32]).chain_update(entry(4)).finalize();
    assert_eq!(log.entries[2].hash.as_slice(), fourth.as_slice());
    assert_eq!(
        log.standing.stretch(3),
        Stretch {
            chain: former.chain,
            after: 0,
            until: Some(3),
            continues: None
        }
    );
    let anew = Stretch {
        chain: log.standing.chain,
        after: 3,
        until: None,
        continues: Some(former),
    };
    assert_eq!(log.standing.stretch(4), anew);
    assert_ne!(anew.chain, former.chain);
    // The platform was set back: all of it is looked at again, what is of one chain at a time.
    store.begin_anew("a").unwrap();
    let positions = |store: &Store| -> Vec<u64> {
        let waiting = store.seal_log_waiting("a", 99).unwrap().1;
        waiting.iter().map(|entry| entry.position).collect()
    };
    assert_eq!(positions(&store), [1, 2, 3]);
    store.seal_log_handed_in("a", 3).unwrap();
    assert_eq!(positions(&store), [4, 5, 6]);
    // Twice in the same place, and after everything.
    let second = begins_anew(&store, 3);
    assert_eq!(store.seal_log_standing("a").unwrap().stretch(4).continues, Some(second));
    begins_anew(&store, 6);
    store.log_seal("a", &entry(7)).unwrap();
    let log = store.seal_log("a").unwrap();
    assert_eq!(
        (log.entries.len(), log.standing.broken_from, log.standing.seams.len()),
        (7, None, 3)
    );
}

#[test]
fn beginning_anew_mends_nothing() {
    for (sql, place) in [
        (
            "UPDATE seal_log SET text = '{}' WHERE account = 'a' AND position = 4",
            4,
        ),
        ("DELETE FROM seal_log WHERE account = 'a' AND position = 4", 4),
        (
            "UPDATE seal_log SET text = '{}' WHERE account = 'a' AND position = 2",
            2,
        ),
    ] {
        let (_folder, path) = logged();
        Connection::open(&path).unwrap().execute_batch(sql).unwrap();
        let store = open(&path);
        begins_anew(&store, 3);
        assert_eq!(broken_from(&store, "a"), Some(place), "{sql}");
        store.log_seal("a", &entry(6)).unwrap();
        assert_eq!(broken_from(&open(&path), "a"), Some(place), "{sql}");
    }
}

#[test]
fn pages_begin_before_a_position_and_are_newest_first() {
    let (_folder, path) = logged();
    let store = open(&path);
    let page = |before, most| -> Vec<u64> {
        let entries = store.seal_log_before("a", before, most).unwrap();
        entries.iter().map(|entry| entry.position).collect()
    };
    assert_eq!(page(None, 2), [5, 4]);
    store.log_seal("a", &entry(6)).unwrap();
    assert_eq!(page(Some(4), 2), [3, 2], "what comes meanwhile moves nothing");
    assert_eq!(page(Some(2), 9), [1]);
    assert!(page(Some(1), 9).is_empty());
}

#[test]
fn a_change_to_any_entry_is_found_out() {
    let text = "UPDATE seal_log SET text = '{}' WHERE account = 'a' AND position = 3";
    assert_eq!(broken_after(text), Some(3));
    let hash = "UPDATE seal_log SET hash = x'00' WHERE account = 'a' AND position = 2";
    assert_eq!(broken_after(hash), Some(2));
}

#[test]
fn entries_taken_away_put_in_or_in_another_order_are_found_out() {
    assert_eq!(
        broken_after("DELETE FROM seal_log WHERE account = 'a' AND position = 2"),
        Some(2)
    );
    assert_eq!(
        broken_after("DELETE FROM seal_log WHERE account = 'a' AND position > 3"),
        Some(3)
    );
    assert_eq!(broken_after("DELETE FROM seal_log WHERE account = 'a'"), Some(1));
    for position in [-1, 0, 6] {
        let put_in = format!("INSERT INTO seal_log (account, position, text) VALUES ('a', {position}, '{{}}')");
        assert!(broken_after(&put_in).is_some(), "{position}");
    }
    let swapped = "UPDATE seal_log SET position = 99 WHERE account = 'a' AND position = 2;
                   UPDATE seal_log SET position = 2 WHERE account = 'a' AND position = 3;
                   UPDATE seal_log SET position = 3 WHERE account = 'a' AND position = 99;";
    assert_eq!(broken_after(swapped), Some(2));
    assert_eq!(broken_after("DELETE FROM seal_log_end WHERE account = 'a'"), Some(1));
    let as_of_old = "UPDATE seal_log SET hash = NULL WHERE account = 'a';
                     DELETE FROM seal_log_end WHERE account = 'a'";
    assert_eq!(broken_after(as_of_old), Some(1));
    let other_end = "UPDATE seal_log_end SET sealed = (SELECT sealed FROM seal_log_end WHERE account = 'b')
                     WHERE account = 'a'";
    assert!(broken_after(other_end).is_some(), "an end is bound to its account");
}
