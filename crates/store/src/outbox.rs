//! The outbox: what waits to be sent, in order, each under the idempotency key it was given when the user acted.
use crate::sealing::Sealer;
use crate::{Store, StoreError, from_unix};
use rusqlite::{Connection, OptionalExtension, Row, params};
use time::OffsetDateTime;
use uuid::Uuid;

/// Where an entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutboxState {
    /// It will be sent.
    Waiting,
    /// The platform has another version than the one the user saw: the user decides.
    Conflict,
    /// The platform refused it for good: the user decides.
    Refused,
    /// The platform has it.
    Sent,
}

impl OutboxState {
    fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Conflict => "conflict",
            Self::Refused => "refused",
            Self::Sent => "sent",
        }
    }

    fn read(word: &str) -> Self {
        match word {
            "conflict" => Self::Conflict,
            "refused" => Self::Refused,
            "sent" => Self::Sent,
            _ => Self::Waiting,
        }
    }
}

/// Something the user did, about to be kept.
#[derive(Debug, Clone)]
pub struct NewOutboxEntry {
    /// The key of the one write.
    pub idempotency_key: Uuid,
    /// What it is about: entries of one subject are sent in order.
    pub subject: String,
    /// Subjects whose earlier entries must have been sent before.
    pub needs: Vec<String>,
    /// What to do, as JSON.
    pub body: String,
    /// When the user acted.
    pub made_at: OffsetDateTime,
}

/// An entry without its body, which may be large.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxRow {
    /// Grows in the order of the user's actions.
    pub id: i64,
    /// The key of the one write.
    pub idempotency_key: Uuid,
    /// What it is about.
    pub subject: String,
    /// Subjects whose earlier entries must have been sent before.
    pub needs: Vec<String>,
    /// Where it stands.
    pub state: OutboxState,
    /// Why it was not sent, as JSON.
    pub failure: Option<String>,
    /// The platform's version of what it is about, as JSON.
    pub theirs: Option<String>,
    /// How often it was tried in vain.
    pub attempts: u32,
    /// Not tried by itself before this moment.
    pub not_before: OffsetDateTime,
    /// When the user acted.
    pub made_at: OffsetDateTime,
}

const COLUMNS: &str = "id, idempotency_key, subject, needs, state, failure, theirs, attempts, not_before, made_at";

impl Store {
    /// Keeps what the user did, durably, before anything is sent. Kept once for each key.
    ///
    /// # Errors
    /// [`StoreError`]; nothing was kept then.
    pub fn put_in_outbox(&self, scope: &str, entry: &NewOutboxEntry) -> Result<OutboxRow, StoreError> {
        let key = entry.idempotency_key.to_string();
        let body = self.sealer.seal(&["outbox", scope, &key], entry.body.as_bytes())?;
        self.change(|connection| {
            let made_at = entry.made_at.unix_timestamp();
            connection.execute(
                "INSERT INTO outbox (scope, idempotency_key, subject, needs, body, state, attempts, not_before, made_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, 'waiting', 0, ?6, ?6) ON CONFLICT DO NOTHING",
                params![
                    scope,
                    key,
                    entry.subject,
                    entry.needs.join(" "),
                    body,
                    made_at
                ],
            )?;
            let sql = format!("SELECT {COLUMNS} FROM outbox WHERE scope = ?1 AND idempotency_key = ?2");
            let row = connection.query_row(&sql, params![scope, key], outbox_row)?;
            opened(&self.sealer, row)
        })
    }

    /// Everything not sent yet, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn outbox(&self, scope: &str) -> Result<Vec<OutboxRow>, StoreError> {
        self.with(|connection| {
            let sql = format!("SELECT {COLUMNS} FROM outbox WHERE scope = ?1 AND state <> 'sent' ORDER BY id");
            let mut statement = connection.prepare_cached(&sql)?;
            let rows = statement.query_map([scope], outbox_row)?;
            rows.map(|row| opened(&self.sealer, row?)).collect()
        })
    }

    /// Entries of these subjects before this one that were not sent yet, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn outbox_before(&self, scope: &str, id: i64, subjects: &[&str]) -> Result<Vec<OutboxRow>, StoreError> {
        self.with(|connection| {
            let sql = format!(
                "SELECT {COLUMNS} FROM outbox WHERE scope = ?1 AND subject = ?2 AND id < ?3 AND state <> 'sent'"
            );
            let mut statement = connection.prepare_cached(&sql)?;
            let mut found: Vec<OutboxRow> = Vec::new();
            for subject in subjects {
                for row in statement.query_map(params![scope, subject, id], outbox_row)? {
                    found.push(opened(&self.sealer, row?)?);
                }
            }
            found.sort_by_key(|row| row.id);
            found.dedup_by_key(|row| row.id);
            Ok(found)
        })
    }

    /// The newest entry that waits for each subject of a kind: subject and body.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn outbox_newest(&self, scope: &str, kind: &str) -> Result<Vec<(String, String)>, StoreError> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT subject, idempotency_key, body FROM outbox WHERE id IN (
                     SELECT max(id) FROM outbox WHERE scope = ?1 AND state <> 'sent' AND state = 'waiting'
                         AND subject >= ?2 AND subject < ?2 || x'f4' GROUP BY subject)",
            )?;
            let rows = statement.query_map([scope, kind], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
            rows.map(|row| {
                let (subject, key, sealed): (String, String, Vec<u8>) = row?;
                Ok((subject, self.sealer.open_text(&["outbox", scope, &key], &sealed)?))
            })
            .collect()
        })
    }

    /// One entry, sent or not.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn outbox_entry(&self, scope: &str, id: i64) -> Result<Option<OutboxRow>, StoreError> {
        self.with(|connection| {
            let sql = format!("SELECT {COLUMNS} FROM outbox WHERE scope = ?1 AND id = ?2");
            let mut statement = connection.prepare_cached(&sql)?;
            let row = statement.query_row(params![scope, id], outbox_row).optional()?;
            row.map(|row| opened(&self.sealer, row)).transpose()
        })
    }

    /// What an entry says to do, as JSON.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn outbox_body(&self, scope: &str, id: i64) -> Result<Option<String>, StoreError> {
        self.with(|connection| {
            let sql = "SELECT idempotency_key, body FROM outbox WHERE scope = ?1 AND id = ?2";
            let mut statement = connection.prepare_cached(sql)?;
            let found: Option<(String, Vec<u8>)> = statement
                .query_row(params![scope, id], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            found
                .map(|(key, sealed)| self.sealer.open_text(&["outbox", scope, &key], &sealed))
                .transpose()
        })
    }

    /// The platform answered: the entry is done. After a power cut it may be sent again under the same key, which
    /// changes nothing.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn outbox_sent(&self, id: i64, at: OffsetDateTime) -> Result<(), StoreError> {
        self.change_soon(|connection| {
            connection.execute(
                "UPDATE outbox SET state = 'sent', sent_at = ?2, failure = NULL, theirs = NULL WHERE id = ?1",
                params![id, at.unix_timestamp()],
            )?;
            Ok(())
        })
    }

    /// It was tried in vain and waits. After a power cut it may be tried a little earlier.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn outbox_waits(&self, id: i64, failure: &str, not_before: OffsetDateTime) -> Result<(), StoreError> {
        let failure = self.sealer.seal(&["failure", &id.to_string()], failure.as_bytes())?;
        self.change_soon(|connection| {
            connection.execute(
                "UPDATE outbox SET attempts = attempts + 1, failure = ?2, not_before = ?3 WHERE id = ?1",
                params![id, failure, not_before.unix_timestamp()],
            )?;
            Ok(())
        })
    }

    /// It stops, until the user decides.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn outbox_stops(
        &self,
        id: i64,
        state: OutboxState,
        failure: &str,
        theirs: Option<&str>,
    ) -> Result<(), StoreError> {
        let number = id.to_string();
        let failure = self.sealer.seal(&["failure", &number], failure.as_bytes())?;
        let theirs = theirs.map(|theirs| self.sealer.seal(&["theirs", &number], theirs.as_bytes()));
        let theirs = theirs.transpose()?;
        self.change(|connection| {
            connection.execute(
                "UPDATE outbox SET state = ?2, failure = ?3, theirs = ?4, attempts = attempts + 1 WHERE id = ?1",
                params![id, state.word(), failure, theirs],
            )?;
            Ok(())
        })
    }

    /// The user decided otherwise: the same place in the order, but another write with a key of its own.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn outbox_decided(&self, scope: &str, id: i64, key: Uuid, body: &str) -> Result<(), StoreError> {
        let key = key.to_string();
        let body = self.sealer.seal(&["outbox", scope, &key], body.as_bytes())?;
        self.change(|connection| {
            connection.execute(
                "UPDATE outbox SET idempotency_key = ?3, body = ?4, state = 'waiting', failure = NULL, theirs = NULL,
                     attempts = 0, not_before = made_at WHERE scope = ?1 AND id = ?2 AND state <> 'sent'",
                params![scope, id, key, body],
            )?;
            Ok(())
        })
    }

    /// Everything that waits, or this entry only, may be tried at once.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn outbox_hurries(&self, scope: &str, id: Option<i64>) -> Result<(), StoreError> {
        self.change(|connection| {
            connection.execute(
                "UPDATE outbox SET not_before = made_at, state = CASE state WHEN 'refused' THEN 'waiting' ELSE state END
                 WHERE scope = ?1 AND id = ?2",
                params![scope, id],
            )?;
            if id.is_none() {
                connection.execute(
                    "UPDATE outbox SET not_before = made_at WHERE scope = ?1 AND state = 'waiting'",
                    [scope],
                )?;
            }
            Ok(())
        })
    }

    /// Gives an entry up; one that was sent stays.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn discard_from_outbox(&self, scope: &str, id: i64) -> Result<bool, StoreError> {
        self.change(|connection| {
            let gone = connection.execute(
                "DELETE FROM outbox WHERE scope = ?1 AND id = ?2 AND state <> 'sent'",
                params![scope, id],
            )?;
            Ok(gone > 0)
        })
    }

    /// Forgets what was sent before this moment.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn forget_sent(&self, scope: &str, before: OffsetDateTime) -> Result<(), StoreError> {
        self.change(|connection| {
            connection.execute(
                "DELETE FROM outbox WHERE scope = ?1 AND state = 'sent' AND sent_at < ?2",
                params![scope, before.unix_timestamp()],
            )?;
            Ok(())
        })
    }

    /// The platform was set back to an older state: the feed is read from its beginning, and what was sent is sent again
    /// under the same keys. Both or neither.
    ///
    /// # Errors
    /// [`StoreError`]; nothing was changed then.
    pub fn begin_anew(&self, scope: &str) -> Result<u32, StoreError> {
        self.change(|connection| {
            connection.execute("DELETE FROM sync_state WHERE scope = ?1", [scope])?;
            crate::seal_log::hand_in_anew(connection, &self.sealer, scope)?;
            send_again(connection, scope)
        })
    }
}

fn send_again(connection: &Connection, scope: &str) -> Result<u32, StoreError> {
    let count = connection.execute(
        "UPDATE outbox SET state = 'waiting', sent_at = NULL, attempts = 0, not_before = made_at
         WHERE scope = ?1 AND state = 'sent'",
        [scope],
    )?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

/// A row, and what of it is sealed: why it was not sent, and the platform's version.
type SealedRow = (OutboxRow, Option<Vec<u8>>, Option<Vec<u8>>);

fn outbox_row(row: &Row<'_>) -> rusqlite::Result<SealedRow> {
    let needs: String = row.get(3)?;
    let entry = OutboxRow {
        id: row.get(0)?,
        idempotency_key: crate::keys::uuid_column(row, 1)?,
        subject: row.get(2)?,
        needs: needs.split_whitespace().map(str::to_owned).collect(),
        state: OutboxState::read(&row.get::<_, String>(4)?),
        failure: None,
        theirs: None,
        attempts: row.get(7)?,
        not_before: from_unix(row.get(8)?),
        made_at: from_unix(row.get(9)?),
    };
    Ok((entry, row.get(5)?, row.get(6)?))
}

fn opened(sealer: &Sealer, (row, failure, theirs): SealedRow) -> Result<OutboxRow, StoreError> {
    let id = row.id.to_string();
    let open = |what: &str, sealed: Option<Vec<u8>>| {
        let text = sealed.map(|sealed| sealer.open_text(&[what, &id], &sealed));
        text.transpose()
    };
    Ok(OutboxRow {
        failure: open("failure", failure)?,
        theirs: open("theirs", theirs)?,
        ..row
    })
}
