//! Who waits for changes of an enterprise, woken on every instance when one is committed.
//!
//! PostgreSQL notifies all instances at the commit (LISTEN, NOTIFY); SQLite has one process, which hears of its own writes.
//! A wake-up says only that it is worth looking: what there is to see is read from the feed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, Statement};
use tokio::sync::watch;

use crate::refused::Answer;
use crate::service::Shared;

/// The feed's table, and PostgreSQL's channel for it.
pub(crate) const CHANGES: &str = "changes";
/// Streams one account may keep open on one instance.
const MOST_PER_ACCOUNT: usize = 16;

/// The streams open on this instance.
pub(crate) struct Live {
    enterprises: Mutex<HashMap<String, watch::Sender<()>>>,
    accounts: Mutex<HashMap<String, usize>>,
    ended: watch::Receiver<bool>,
}

impl Live {
    /// Together with what ends it: `true` sent, or dropped.
    pub(crate) fn with_ending() -> (watch::Sender<bool>, Arc<Self>) {
        let (ending, ended) = watch::channel(false);
        let live = Self {
            enterprises: Mutex::default(),
            accounts: Mutex::default(),
            ended,
        };
        (ending, Arc::new(live))
    }

    /// Streams open now.
    pub(crate) fn streams(&self) -> usize {
        locked(&self.accounts).values().sum()
    }

    /// Changes when an enterprise has something new, or may have.
    pub(crate) fn watch(&self, enterprise_id: &str) -> watch::Receiver<()> {
        let mut enterprises = locked(&self.enterprises);
        let sender = enterprises.entry(enterprise_id.to_owned()).or_default();
        sender.subscribe()
    }

    /// Changes when the platform ends.
    pub(crate) fn ended(&self) -> watch::Receiver<bool> {
        self.ended.clone()
    }

    /// A place for one more stream of the account, given back when dropped; none when it has enough.
    pub(crate) fn place(self: &Arc<Self>, account_id: &str) -> Option<Place> {
        let mut accounts = locked(&self.accounts);
        let open = accounts.entry(account_id.to_owned()).or_default();
        if *open >= MOST_PER_ACCOUNT {
            return None;
        }
        *open += 1;
        Some(Place {
            live: self.clone(),
            account_id: account_id.to_owned(),
        })
    }

    /// Nobody knows which enterprise: everyone looks.
    pub(crate) fn wake_all(&self) {
        locked(&self.enterprises).retain(|_, sender| sender.send(()).is_ok());
    }

    #[cfg(feature = "postgres")]
    fn wake(&self, enterprise_id: &str) {
        let mut enterprises = locked(&self.enterprises);
        if enterprises
            .get(enterprise_id)
            .is_some_and(|sender| sender.send(()).is_err())
        {
            enterprises.remove(enterprise_id);
        }
    }
}

/// One open stream of an account.
pub(crate) struct Place {
    live: Arc<Live>,
    account_id: String,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut accounts = locked(&self.live.accounts);
        if let Some(open) = accounts.get_mut(&self.account_id) {
            *open -= 1;
            if *open == 0 {
                accounts.remove(&self.account_id);
            }
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Tells every instance at the commit; several changes of one transaction are told once.
pub(crate) async fn announce(tx: &DatabaseTransaction, enterprise_id: &str) -> Answer<()> {
    if tx.get_database_backend() == DbBackend::Postgres {
        let values = [CHANGES.into(), enterprise_id.into()];
        let notify = Statement::from_sql_and_values(DbBackend::Postgres, "SELECT pg_notify($1, $2)", values);
        tx.execute_raw(notify).await?;
    }
    Ok(())
}

/// Passes PostgreSQL's notifications on until the platform ends.
#[cfg(feature = "postgres")]
pub(crate) async fn listen(service: Shared) {
    if service.database.get_database_backend() != DbBackend::Postgres {
        return;
    }
    let mut ended = service.live.ended();
    tokio::select! {
        _ = ended.changed() => {}
        () = pass_on(&service) => {}
    }
}

#[cfg(not(feature = "postgres"))]
pub(crate) async fn listen(_service: Shared) {}

#[cfg(feature = "postgres")]
async fn pass_on(service: &Shared) {
    use sea_orm::sqlx::postgres::PgListener;
    /// After the database was gone.
    const AGAIN_AFTER: std::time::Duration = std::time::Duration::from_secs(1);
    let pool = service.database.get_postgres_connection_pool();
    while !pool.is_closed() {
        if let Ok(mut listener) = PgListener::connect_with(pool).await
            && listener.listen(CHANGES).await.is_ok()
        {
            // What was told before we listened, or while the connection was lost, nobody tells again.
            service.live.wake_all();
            while let Ok(told) = listener.try_recv().await {
                match told {
                    Some(told) => service.live.wake(told.payload()),
                    None => service.live.wake_all(),
                }
            }
        }
        tokio::time::sleep(AGAIN_AFTER).await;
    }
}
