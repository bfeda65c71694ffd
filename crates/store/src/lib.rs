//! The local SQLite database: the only crate that knows its SQL.
#![forbid(unsafe_code)]

mod error;
mod file_copies;
mod keys;
mod leases;
mod migration;
mod mirror;
mod orders;
mod outbox;
mod seal_log;
mod seal_pictures;
mod sealing;
mod searching;
mod settings;
mod templates;

pub use error::StoreError;
pub use file_copies::FileCopy;
pub use keys::{KeyPurpose, KeyRow, NewKey, TRIES, TokenPlace};
pub use leases::LeaseRow;
pub use mirror::{MirrorRow, MirrorUpdate, SyncPosition};
pub use orders::{ORDER_KIND, OrderColumn, OrderFilter, OrderRow, OrderUpdate};
pub use outbox::{NewOutboxEntry, OutboxRow, OutboxState};
pub use seal_log::{ChainedEntry, FormerChain, SealLog, SealLogStanding, Seam, Stretch};
pub use sealing::DataKey;
pub use templates::TemplateRow;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use sealing::Sealer;
use searching::Held;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use time::OffsetDateTime;

/// How long a statement waits for another process.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// How much of the file is held in memory at most: a negative number of KiB.
const CACHE_KIB: i64 = -16_384;

/// Pages in the log before they are taken over into the file: a first reading writes the same pages many times.
const LOG_PAGES: i64 = 16_000;

/// The log is cut to this length, in bytes, once it was taken over.
const LOG_BYTES: i64 = 16 * 1024 * 1024;

/// The local database. Cheap to clone; clones share one connection. Calls block for milliseconds.
#[derive(Clone)]
pub struct Store {
    connection: Arc<Mutex<Connection>>,
    sealer: Sealer,
    words: Arc<Mutex<Held>>,
    reading_words: Arc<Mutex<()>>,
}

impl Store {
    /// Opens the file, makes it when it is not there, and brings it to today's form (with a backup before).
    ///
    /// # Errors
    /// [`StoreError::FromNewerVersion`] when a newer program wrote it, [`StoreError::Damaged`] when it is no
    /// database of ours, [`StoreError::OtherKey`] when it was first opened with another key; the file is untouched then.
    pub fn open(path: &Path, key: &DataKey) -> Result<Self, StoreError> {
        let mut connection = Connection::open(path)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        tidies_up(&connection, false)?;
        let sealer = Sealer::new(key);
        sealer.teach(&connection)?;
        migration::migrate(&mut connection, path, migration::STEPS)?;
        tidies_up(&connection, true)?;
        let is_first = sealing::check_key(&connection, &sealer)?;
        prepare(&connection)?;
        if is_first {
            changed(&mut connection, |connection| {
                seal_log::chain_older(connection, &sealer)?;
                sealing::keep_proof(connection, &sealer)
            })?;
        }
        migration::forget_plain(&connection, path)?;
        // Of each statement SQLite notes the pages it touches, to take it back alone; in a file that is most of what an
        // insertion costs. Only now: the whole file, written anew, would be too much for memory.
        connection.pragma_update(None, "temp_store", "MEMORY")?;
        Ok(Self {
            connection: Arc::new(Mutex::new(connection)),
            sealer,
            words: Arc::default(),
            reading_words: Arc::default(),
        })
    }

    /// Whether a file was opened with a key before.
    pub fn has_key(path: &Path) -> bool {
        let proofs = looked_into(path).and_then(|connection| {
            let sql = "SELECT count(*) FROM data_key";
            connection.query_row(sql, [], |row| row.get::<_, i64>(0)).ok()
        });
        proofs.is_some_and(|count| count > 0)
    }

    /// A setting of a file that is not opened, for what has to be known before; none when it cannot be read.
    pub fn setting_in(path: &Path, name: &str) -> Option<String> {
        looked_into(path)?
            .query_row("SELECT value FROM setting WHERE name = ?1", [name], |row| row.get(0))
            .ok()
    }

    fn with<T>(&self, read: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        read(&self.connection.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// All or nothing, on disk a little later: for what may be done again after a power cut.
    fn change_soon<T>(&self, write: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        let outcome = changed(&mut connection, write);
        connection.pragma_update(None, "synchronous", "FULL")?;
        outcome
    }

    /// All or nothing, on disk when it returns.
    fn change<T>(&self, write: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        changed(&mut connection, write)
    }
}

fn changed<T>(
    connection: &mut Connection,
    write: impl FnOnce(&Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let outcome = write(&transaction)?;
    transaction.commit()?;
    Ok(outcome)
}

/// `synchronous = FULL` also in WAL mode: a PIN try that was spent must survive a power cut.
fn prepare(connection: &Connection) -> Result<(), StoreError> {
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    connection.pragma_update(None, "cache_size", CACHE_KIB)?;
    connection.pragma_update(None, "wal_autocheckpoint", LOG_PAGES)?;
    connection.pragma_update(None, "journal_size_limit", LOG_BYTES)?;
    Ok(())
}

fn from_unix(seconds: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// A file that is only looked into; not opened for reading only, because what a killed program left beside it is read as well.
fn looked_into(path: &Path) -> Option<Connection> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE).ok()?;
    connection.busy_timeout(BUSY_TIMEOUT).ok()?;
    tidies_up(&connection, false).ok()?;
    Some(connection)
}

/// Whether closing puts into the file what still stands beside it: not into one that is a newer version's.
fn tidies_up(connection: &Connection, on_close: bool) -> Result<(), StoreError> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, !on_close)?;
    Ok(())
}
