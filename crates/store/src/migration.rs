//! Bringing an older file to today's form: numbered steps, a backup first, newer files refused.
use crate::StoreError;
use rusqlite::Connection;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Every step ever made, in order; the file's `user_version` is how many it has seen. Only ever appended to.
pub(crate) const STEPS: &[&str] = &[
    include_str!("migrations/0001_first.sql"),
    include_str!("migrations/0002_plan_template.sql"),
    include_str!("migrations/0003_key_purpose.sql"),
    include_str!("migrations/0004_unlock_lease.sql"),
    include_str!("migrations/0005_seal_picture.sql"),
    include_str!("migrations/0006_token_key.sql"),
    include_str!("migrations/0007_outbox.sql"),
    include_str!("migrations/0008_file_copy.sql"),
    include_str!("migrations/0009_sealed.sql"),
    include_str!("migrations/0010_seal_log_chain.sql"),
    include_str!("migrations/0011_seal_log_text.sql"),
    include_str!("migrations/0012_order_counts.sql"),
];

/// Marks a file as ours: "GJSZ".
const APPLICATION_ID: i64 = 0x474A_535A;

/// Applies the steps the file has not seen, each in a transaction of its own.
pub(crate) fn migrate(connection: &mut Connection, path: &Path, steps: &[&str]) -> Result<(), StoreError> {
    let found = pragma(connection, "user_version")?;
    let known = i64::try_from(steps.len()).unwrap_or(i64::MAX);
    check_owner(connection, found)?;
    if found > known {
        return Err(StoreError::FromNewerVersion { found, known });
    }
    if found > 0 && found < known {
        back_up(connection, path, found)?;
    }
    for (number, step) in (1_i64..).zip(steps) {
        if number > found {
            apply(connection, number, step)?;
        }
    }
    Ok(())
}

fn apply(connection: &mut Connection, number: i64, step: &str) -> Result<(), StoreError> {
    let change = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    if pragma(&change, "user_version")? < number {
        change.execute_batch(step)?;
        change.pragma_update(None, "user_version", number)?;
        change.pragma_update(None, "application_id", APPLICATION_ID)?;
    }
    change.commit()?;
    Ok(())
}

fn check_owner(connection: &Connection, found: i64) -> Result<(), StoreError> {
    let owner = pragma(connection, "application_id")?;
    let fresh = found == 0 && owner == 0 && tables(connection)? == 0;
    if fresh || owner == APPLICATION_ID {
        Ok(())
    } else {
        Err(StoreError::Damaged("a database of another program".to_owned()))
    }
}

fn tables(connection: &Connection) -> Result<i64, StoreError> {
    Ok(connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?)
}

fn pragma(connection: &Connection, name: &str) -> Result<i64, StoreError> {
    Ok(connection.pragma_query_value(None, name, |row| row.get(0))?)
}

/// Where the copy made before leaving form `version` lies: `<file>.v<version>.backup`.
pub(crate) fn backup_path(path: &Path, version: i64) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(format!(".v{version}.backup"));
    PathBuf::from(name)
}

/// Copies the file aside. An existing copy of the same form is the older truth and is kept.
fn back_up(connection: &Connection, path: &Path, version: i64) -> Result<(), StoreError> {
    let target = backup_path(path, version);
    if target.exists() {
        return Ok(());
    }
    connection.execute("VACUUM INTO ?1", [target.to_string_lossy()])?;
    Ok(())
}

/// The last form that kept contents in plain.
const LAST_PLAIN: i64 = 8;

/// After the step that sealed the contents: no page of the file, of its log or of an older copy has them in plain.
pub(crate) fn forget_plain(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let remains = "SELECT count(*) FROM setting WHERE name = 'plain_remains'";
    if connection.query_row(remains, [], |row| row.get::<_, i64>(0))? == 0 {
        return Ok(());
    }
    connection.execute_batch("VACUUM; PRAGMA wal_checkpoint(TRUNCATE);")?;
    for version in 1..=LAST_PLAIN {
        match std::fs::remove_file(backup_path(path, version)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(StoreError::Unreachable(error.to_string()));
            }
            _ => {}
        }
    }
    connection.execute("DELETE FROM setting WHERE name = 'plain_remains'", [])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(path: &Path) -> Connection {
        let connection = Connection::open(path).unwrap();
        crate::sealing::Sealer::new(&crate::DataKey::new(&[7; 32]))
            .teach(&connection)
            .unwrap();
        connection
    }

    #[test]
    fn an_older_file_is_copied_aside_and_then_brought_forward() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data.sqlite");
        let mut connection = opened(&path);
        migrate(&mut connection, &path, STEPS).unwrap();
        connection.execute("INSERT INTO setting VALUES ('a', 'b')", []).unwrap();

        let mut later = STEPS.to_vec();
        later.push("ALTER TABLE setting ADD COLUMN note TEXT;");
        migrate(&mut connection, &path, &later).unwrap();

        let old = Connection::open(backup_path(&path, i64::try_from(STEPS.len()).unwrap())).unwrap();
        let value: String = old
            .query_row("SELECT value FROM setting WHERE name = 'a'", [], |row| row.get(0))
            .unwrap();
        assert_eq!(value, "b");
        assert!(old.prepare("SELECT note FROM setting").is_err());
        assert!(connection.prepare("SELECT note FROM setting").is_ok());
    }

    #[test]
    fn a_failing_step_leaves_the_file_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data.sqlite");
        let mut connection = opened(&path);
        migrate(&mut connection, &path, STEPS).unwrap();
        let seen = pragma(&connection, "user_version").unwrap();
        let mut broken = STEPS.to_vec();
        broken.push("CREATE TABLE half (a TEXT); NOT SQL;");
        assert!(migrate(&mut connection, &path, &broken).is_err());
        assert_eq!(pragma(&connection, "user_version").unwrap(), seen);
        assert!(connection.prepare("SELECT * FROM half").is_err());
    }

    /// Everything in a folder, for looking whether something is in it in plain.
    fn all_bytes(folder: &Path) -> Vec<u8> {
        let files = std::fs::read_dir(folder).unwrap();
        files
            .flat_map(|file| std::fs::read(file.unwrap().path()).unwrap())
            .collect()
    }

    #[test]
    fn what_older_versions_kept_in_plain_is_sealed_and_gone_from_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data.sqlite");
        let plain = usize::try_from(LAST_PLAIN).unwrap();
        let mut connection = opened(&path);
        migrate(&mut connection, &path, &STEPS[..plain - 1]).unwrap();
        migrate(&mut connection, &path, &STEPS[..plain]).unwrap();
        connection
            .execute_batch(
                "PRAGMA journal_mode = WAL;
                 INSERT INTO mirror VALUES ('a', 'certificate', '1', 0, '{\"number\":\"11010519491231002X\"}');
                 INSERT INTO purchase (scope, id, number, placed_at, amount_fen, state, searched, body)
                     VALUES ('a', 'o1', 'GJ1', 60, 30000, 'paid', 'gj1 6222021234567890123', '6222021234567890123');
                 INSERT INTO outbox (scope, idempotency_key, subject, needs, body, state, failure, attempts, not_before,
                     made_at) VALUES ('a', '01909090-0000-7000-8000-000000000000', 't', '', '6222021234567890123',
                     'waiting', '13800138000', 1, 5, 5);
                 INSERT INTO seal_log (at, account, file_name, sha256, marks, certificate, seals)
                     VALUES (60, 'a', 'bid.pdf', '00', 1, 'c', 's');
                 INSERT INTO seal_picture VALUES ('a', 's', x'89504e47');
                 INSERT INTO file_copy VALUES ('a', 'f', 'tag', x'25504446');",
            )
            .unwrap();
        drop(connection);
        assert!(backup_path(&path, LAST_PLAIN - 1).exists());

        let store = crate::Store::open(&path, &crate::DataKey::new(&[7; 32])).unwrap();
        let certificate = store.mirror_row("a", "certificate", "1").unwrap().unwrap();
        assert!(certificate.contains("11010519491231002X"));
        assert_eq!(store.order("a", "o1").unwrap().unwrap(), "6222021234567890123");
        let filter = crate::OrderFilter {
            text: "67890".to_owned(),
            state: Some("paid".to_owned()),
            column: crate::OrderColumn::PlacedAt,
            descending: true,
            offset: 0,
            limit: 10,
        };
        assert_eq!(
            store.orders("a", &filter).unwrap().1,
            1,
            "it is still found by its words"
        );
        let waiting = store.outbox("a").unwrap();
        assert_eq!(waiting[0].failure.as_deref(), Some("13800138000"));
        assert_eq!(
            store.outbox_body("a", waiting[0].id).unwrap().unwrap(),
            "6222021234567890123"
        );
        assert_eq!(store.seal_picture("a", "s").unwrap().unwrap(), *b"\x89PNG");
        assert_eq!(store.file_copy("a", "f").unwrap().unwrap().bytes, b"%PDF");

        let log = store.seal_log("a").unwrap();
        assert_eq!(
            (log.entries.len(), log.standing.broken_from),
            (1, None),
            "what was logged is chained"
        );

        let bytes = all_bytes(folder.path());
        for plain in [
            "11010519491231002X",
            "6222021234567890123",
            "13800138000",
            "%PDF",
            "\u{89}PNG",
        ] {
            let there = bytes.windows(plain.len()).any(|some| some == plain.as_bytes());
            assert!(!there, "{plain} is still in the file, its log or a copy of it");
        }
        drop(store);
        assert!(matches!(
            crate::Store::open(&path, &crate::DataKey::new(&[8; 32])),
            Err(StoreError::OtherKey)
        ));
    }
}
