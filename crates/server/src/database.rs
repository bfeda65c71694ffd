//! The database: opened, brought up to date, and asked to tell of its changes.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use sea_orm::{ConnectOptions, ConnectionTrait, DatabaseConnection, DbBackend};
use sea_orm_migration::MigratorTrait;

use crate::live::{CHANGES, Live};
use crate::migration::Migrations;
use crate::start::StartError;

/// Where the platform keeps its data.
#[derive(Debug, Clone)]
pub enum Database {
    /// A SQLite file; made with rights for its owner only, because it holds the authority's keys.
    File(PathBuf),
    /// A database URL (`postgres://…`, `sqlite::memory:`).
    Url(String),
}

/// Opens the database; `live` hears of its changes.
pub(crate) async fn open(database: &Database, live: &Arc<Live>) -> Result<DatabaseConnection, StartError> {
    let mut options = match database {
        Database::Url(url) => ConnectOptions::new(url.clone()),
        Database::File(file) => {
            private_file(file)?;
            ConnectOptions::new(sqlite_url(file))
        }
    };
    let is_sqlite = options.get_url().starts_with("sqlite");
    // SQLite has one writer at a time; one connection makes calls wait for each other instead of failing.
    options
        .max_connections(if is_sqlite { 1 } else { 16 })
        .sqlx_logging(false);
    wake_on_change(&mut options, live);
    let connection = sea_orm::Database::connect(options).await?;
    refuse_newer(&connection).await?;
    Ok(connection)
}

/// A commit waits for the disk once instead of four times. Only where nobody puts a copy in the file's place: what a
/// killed program left beside it would be taken for the copy's.
pub(crate) async fn log_ahead(connection: &DatabaseConnection) -> Result<(), StartError> {
    if connection.get_database_backend() == DbBackend::Sqlite {
        connection.execute_unprepared("PRAGMA journal_mode = WAL").await?;
    }
    Ok(())
}

/// Brings it up to date.
pub(crate) async fn migrate(connection: &DatabaseConnection) -> Result<(), StartError> {
    Ok(Migrations::up(connection, None).await?)
}

/// The names of migrations it lacks.
pub(crate) async fn missing(connection: &DatabaseConnection) -> Result<Vec<String>, StartError> {
    let pending = Migrations::get_pending_migrations(connection).await?;
    Ok(pending.iter().map(|one| one.name().to_owned()).collect())
}

/// An instance never migrates by itself: others may be running, with another version.
pub(crate) async fn refuse_older(connection: &DatabaseConnection) -> Result<(), StartError> {
    if missing(connection).await?.is_empty() {
        Ok(())
    } else {
        Err(StartError::OlderDatabase)
    }
}

/// A file with migrations this version does not know must not be touched.
async fn refuse_newer(connection: &DatabaseConnection) -> Result<(), StartError> {
    let known: Vec<String> = Migrations::migrations()
        .iter()
        .map(|one| one.name().to_owned())
        .collect();
    let applied = Migrations::get_migration_models(connection).await?;
    if applied.iter().all(|one| known.contains(&one.version)) {
        Ok(())
    } else {
        Err(StartError::NewerDatabase)
    }
}

fn sqlite_url(file: &Path) -> String {
    let path: String = file
        .to_string_lossy()
        .replace('\\', "/")
        .chars()
        .map(|one| match one {
            '%' => "%25".to_owned(),
            '?' => "%3f".to_owned(),
            '#' => "%23".to_owned(),
            _ => one.to_string(),
        })
        .collect();
    format!("sqlite://{path}?mode=rwc")
}

/// Made before SQLite opens it, readable by its owner only.
fn private_file(file: &Path) -> Result<(), std::io::Error> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    match options.open(file) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// SQLite tells nobody of its changes but the connection that makes them.
fn wake_on_change(options: &mut ConnectOptions, live: &Arc<Live>) {
    let live = live.clone();
    options.map_sqlx_sqlite_pool_opts(move |pool| {
        let live = live.clone();
        pool.after_connect(move |connection, _| {
            let live = live.clone();
            Box::pin(async move {
                connection.lock_handle().await?.set_update_hook(move |update| {
                    if update.table == CHANGES {
                        live.wake_all();
                    }
                });
                Ok(())
            })
        })
    });
}
