//! Settings, and the seal log.
use crate::{Store, StoreError};
use rusqlite::{OptionalExtension, params};
use time::OffsetDateTime;

/// One use of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealLogEntry {
    /// When.
    pub at: OffsetDateTime,
    /// Account that did it.
    pub account: String,
    /// Name of the file written.
    pub file_name: String,
    /// Its SHA-256, hexadecimal.
    pub sha256: String,
    /// How many times a seal was placed.
    pub marks: u32,
    /// Certificate (entitlement) id.
    pub certificate: String,
    /// Seal ids, separated by commas.
    pub seals: String,
}

impl Store {
    /// A setting's value.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn setting(&self, name: &str) -> Result<Option<String>, StoreError> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached("SELECT value FROM setting WHERE name = ?1")?;
            Ok(statement.query_row([name], |row| row.get(0)).optional()?)
        })
    }

    /// Keeps a setting's value.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn set_setting(&self, name: &str, value: &str) -> Result<(), StoreError> {
        self.change(|connection| {
            connection.execute(
                "INSERT INTO setting VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                params![name, value],
            )?;
            Ok(())
        })
    }

    /// Adds an entry to the seal log.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn log_seal(&self, entry: &SealLogEntry) -> Result<(), StoreError> {
        self.change(|connection| {
            connection.execute(
                "INSERT INTO seal_log (at, account, file_name, sha256, marks, certificate, seals)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                params![
                    entry.at.unix_timestamp(),
                    entry.account,
                    entry.file_name,
                    entry.sha256,
                    entry.marks,
                    entry.certificate,
                    entry.seals
                ],
            )?;
            Ok(())
        })
    }

    /// The seal log of an account, newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn seal_log(&self, account: &str) -> Result<Vec<SealLogEntry>, StoreError> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT at, account, file_name, sha256, marks, certificate, seals FROM seal_log
                 WHERE account = ?1 ORDER BY id DESC",
            )?;
            let rows = statement.query_map([account], |row| {
                Ok(SealLogEntry {
                    at: crate::from_unix(row.get(0)?),
                    account: row.get(1)?,
                    file_name: row.get(2)?,
                    sha256: row.get(3)?,
                    marks: row.get(4)?,
                    certificate: row.get(5)?,
                    seals: row.get(6)?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}
