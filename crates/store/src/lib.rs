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
mod records;
mod seal_pictures;
mod templates;

pub use error::StoreError;
pub use file_copies::FileCopy;
pub use keys::{KeyPurpose, KeyRow, NewKey, TRIES, TokenPlace};
pub use leases::LeaseRow;
pub use mirror::{MirrorRow, MirrorUpdate, SyncPosition};
pub use orders::{ORDER_KIND, OrderColumn, OrderFilter, OrderRow, OrderUpdate};
pub use outbox::{NewOutboxEntry, OutboxRow, OutboxState};
pub use records::SealLogEntry;
pub use templates::TemplateRow;

use rusqlite::{Connection, TransactionBehavior};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use time::OffsetDateTime;

/// How long a statement waits for another process.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// The local database. Cheap to clone; clones share one connection. Calls block for milliseconds.
#[derive(Clone)]
pub struct Store {
    connection: Arc<Mutex<Connection>>,
}

impl Store {
    /// Opens the file, makes it when it is not there, and brings it to today's form (with a backup before).
    ///
    /// # Errors
    /// [`StoreError::FromNewerVersion`] when a newer program wrote it, [`StoreError::Damaged`] when it is no
    /// database of ours; the file is untouched then.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let mut connection = Connection::open(path)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        migration::migrate(&mut connection, path, migration::STEPS)?;
        prepare(&connection)?;
        Ok(Self {
            connection: Arc::new(Mutex::new(connection)),
        })
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
    Ok(())
}

fn from_unix(seconds: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}
