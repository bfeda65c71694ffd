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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_older_file_is_copied_aside_and_then_brought_forward() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data.sqlite");
        let mut connection = Connection::open(&path).unwrap();
        migrate(&mut connection, &path, STEPS).unwrap();
        connection.execute("INSERT INTO setting VALUES ('a', 'b')", []).unwrap();

        let mut later = STEPS.to_vec();
        later.push("ALTER TABLE setting ADD COLUMN note TEXT;");
        migrate(&mut connection, &path, &later).unwrap();

        let old = Connection::open(backup_path(&path, i64::try_from(STEPS.len()).unwrap())).unwrap();
        let value: String = old
            .query_row("SELECT value FROM setting", [], |row| row.get(0))
            .unwrap();
        assert_eq!(value, "b");
        assert!(old.prepare("SELECT note FROM setting").is_err());
        assert!(connection.prepare("SELECT note FROM setting").is_ok());
    }

    #[test]
    fn a_failing_step_leaves_the_file_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data.sqlite");
        let mut connection = Connection::open(&path).unwrap();
        migrate(&mut connection, &path, STEPS).unwrap();
        let seen = pragma(&connection, "user_version").unwrap();
        let mut broken = STEPS.to_vec();
        broken.push("CREATE TABLE half (a TEXT); NOT SQL;");
        assert!(migrate(&mut connection, &path, &broken).is_err());
        assert_eq!(pragma(&connection, "user_version").unwrap(), seen);
        assert!(connection.prepare("SELECT * FROM half").is_err());
    }
}
