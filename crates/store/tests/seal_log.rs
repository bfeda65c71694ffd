//! The seal log as a story: entries stay in their chain, and whatever somebody does to the file behind it is found out.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first thing that is not as it should be"
)]

use rusqlite::Connection;
use std::path::{Path, PathBuf};
use store::{DataKey, SealLogEntry, Store};
use time::OffsetDateTime;

fn open(path: &Path) -> Store {
    Store::open(path, &DataKey::new(&[7; 32])).unwrap()
}

fn entry(account: &str, number: u32) -> SealLogEntry {
    SealLogEntry {
        at: OffsetDateTime::UNIX_EPOCH + time::Duration::minutes(number.into()),
        account: account.to_owned(),
        file_name: format!("投标文件{number}.pdf"),
        sha256: format!("{number:064x}"),
        marks: number,
        certificate: "c".to_owned(),
        seals: "s1,s2".to_owned(),
    }
}

/// Five entries of `a`, with one of `b` between them.
fn logged() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.sqlite");
    let store = open(&path);
    for number in 1..=5 {
        store.log_seal(&entry("a", number)).unwrap();
    }
    store.log_seal(&entry("b", 1)).unwrap();
    (folder, path)
}

fn broken_after(sql: &str) -> Option<u64> {
    let (_folder, path) = logged();
    Connection::open(&path).unwrap().execute_batch(sql).unwrap();
    let store = open(&path);
    let found = store.seal_log("a").unwrap().broken_from;
    store.log_seal(&entry("a", 6)).unwrap();
    let later = store.seal_log("a").unwrap().broken_from;
    assert_eq!(later.is_some(), found.is_some(), "{sql}: going on does not mend it");
    assert_eq!(
        store.seal_log("b").unwrap().broken_from,
        None,
        "{sql}: only where it was changed"
    );
    found
}

#[test]
fn entries_are_chained_over_restarts_and_each_account_has_its_own() {
    let (_folder, path) = logged();
    let store = open(&path);
    let log = store.seal_log("a").unwrap();
    assert_eq!(log.broken_from, None);
    let positions: Vec<u64> = log.entries.iter().map(|entry| entry.position).collect();
    assert_eq!(positions, [5, 4, 3, 2, 1]);
    assert_eq!(log.entries[0].entry, entry("a", 5));
    assert_eq!(store.seal_log("b").unwrap().entries.len(), 1);
    assert_eq!(store.seal_log("nobody").unwrap().broken_from, None);
}

#[test]
fn the_chain_is_what_its_description_says() {
    use sha2::{Digest, Sha256};
    let (_folder, path) = logged();
    let log = open(&path).seal_log("a").unwrap();
    let words = format!("[1,60,\"a\",\"投标文件1.pdf\",\"{:064x}\",1,\"c\",\"s1,s2\"]", 1);
    let first = Sha256::new().chain_update([0; 32]).chain_update(words).finalize();
    assert_eq!(log.entries[4].hash.as_slice(), first.as_slice());
}

#[test]
fn a_change_to_any_entry_is_found_out() {
    for column in ["at", "marks"] {
        let sql = format!("UPDATE seal_log SET {column} = 77 WHERE account = 'a' AND position = 3");
        assert_eq!(broken_after(&sql), Some(3), "{column}");
    }
    for column in ["file_name", "sha256", "certificate", "seals"] {
        let sql = format!("UPDATE seal_log SET {column} = 'other' WHERE account = 'a' AND position = 2");
        assert_eq!(broken_after(&sql), Some(2), "{column}");
    }
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
    let put_in = "INSERT INTO seal_log (at, account, file_name, sha256, marks, certificate, seals)
                  VALUES (1, 'a', 'x', 'y', 1, 'c', 's')";
    assert!(broken_after(put_in).is_some());
    let swapped = "UPDATE seal_log SET position = 99 WHERE account = 'a' AND position = 2;
                   UPDATE seal_log SET position = 2 WHERE account = 'a' AND position = 3;
                   UPDATE seal_log SET position = 3 WHERE account = 'a' AND position = 99;";
    assert_eq!(broken_after(swapped), Some(2));
    assert_eq!(broken_after("DELETE FROM seal_log_end WHERE account = 'a'"), Some(1));
    let as_of_old = "UPDATE seal_log SET position = NULL, hash = NULL WHERE account = 'a';
                     DELETE FROM seal_log_end WHERE account = 'a'";
    assert_eq!(broken_after(as_of_old), Some(1));
    let other_end = "UPDATE seal_log_end SET sealed = (SELECT sealed FROM seal_log_end WHERE account = 'b')
                     WHERE account = 'a'";
    assert!(broken_after(other_end).is_some(), "an end is bound to its account");
}
