//! Offline leases of keys, each with a counter of its own that no restart and no clock gives back.
use crate::{Store, StoreError, TRIES, from_unix};
use rusqlite::{OptionalExtension, params};
use time::OffsetDateTime;
use uuid::Uuid;

/// A lease as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaseRow {
    /// The sealed lease.
    pub body: Vec<u8>,
    /// PIN tries left without the platform.
    pub tries_left: u8,
    /// The latest time the clock has shown while it was used.
    pub seen_at: OffsetDateTime,
}

impl Store {
    /// The lease of a key.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn lease(&self, key: Uuid) -> Result<Option<LeaseRow>, StoreError> {
        self.with(|connection| {
            let mut statement =
                connection.prepare_cached("SELECT body, tries_left, seen_at FROM unlock_lease WHERE key_id = ?1")?;
            let row = statement.query_row([key.to_string()], |row| {
                Ok(LeaseRow {
                    body: row.get(0)?,
                    tries_left: row.get(1)?,
                    seen_at: from_unix(row.get(2)?),
                })
            });
            Ok(row.optional()?)
        })
    }

    /// Keeps a new lease with all tries; a former one gives way.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn keep_lease(&self, key: Uuid, body: &[u8], now: OffsetDateTime) -> Result<(), StoreError> {
        self.change(|connection| {
            connection.execute(
                "INSERT OR REPLACE INTO unlock_lease (key_id, body, tries_left, seen_at) VALUES (?1, ?2, ?3, ?4)",
                params![key.to_string(), body, TRIES, now.unix_timestamp()],
            )?;
            Ok(())
        })
    }

    /// Ends a lease; fine when there is none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn end_lease(&self, key: Uuid) -> Result<(), StoreError> {
        self.change(|connection| {
            connection.execute("DELETE FROM unlock_lease WHERE key_id = ?1", [key.to_string()])?;
            Ok(())
        })
    }

    /// Spends one try durably and notes the time; the tries left after it, or none when there was none to spend.
    ///
    /// # Errors
    /// [`StoreError`]; no try may be used then.
    pub fn spend_lease_try(&self, key: Uuid, now: OffsetDateTime) -> Result<Option<u8>, StoreError> {
        self.change(|connection| {
            let spent = connection.query_row(
                "UPDATE unlock_lease SET tries_left = tries_left - 1, seen_at = max(seen_at, ?2)
                 WHERE key_id = ?1 AND tries_left > 0 RETURNING tries_left",
                params![key.to_string(), now.unix_timestamp()],
                |row| row.get(0),
            );
            Ok(spent.optional()?)
        })
    }

    /// Gives all tries back.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn restore_lease_tries(&self, key: Uuid) -> Result<(), StoreError> {
        self.change(|connection| {
            connection.execute(
                "UPDATE unlock_lease SET tries_left = ?2 WHERE key_id = ?1",
                params![key.to_string(), TRIES],
            )?;
            Ok(())
        })
    }

    /// Notes the time the clock shows; it never goes back.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn note_lease_time(&self, key: Uuid, now: OffsetDateTime) -> Result<(), StoreError> {
        self.change(|connection| {
            connection.execute(
                "UPDATE unlock_lease SET seen_at = max(seen_at, ?2) WHERE key_id = ?1",
                params![key.to_string(), now.unix_timestamp()],
            )?;
            Ok(())
        })
    }

    /// Shows the tries that the platform counts.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn note_tries(&self, key: Uuid, left: u8) -> Result<(), StoreError> {
        self.change(|connection| {
            connection.execute(
                "UPDATE sealed_key SET tries_left = ?2 WHERE id = ?1",
                params![key.to_string(), left.min(TRIES)],
            )?;
            Ok(())
        })
    }
}
