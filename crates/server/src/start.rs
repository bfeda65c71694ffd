//! Starting and stopping: database, authority, demonstration data, listener.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use sea_orm::{DatabaseConnection, EntityTrait};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::authority::{Addresses, DatabaseKeys, KeyFault, KeyName, ceremony};
use crate::database::{Database, log_ahead, migrate, open};
use crate::instance::{Instance, Parts, pin_server};
use crate::live::Live;
use crate::refused::Refused;
use crate::routes::operator::keep_setting;
use crate::service::Clock;
use crate::tables::setting;

/// Name of the setting that keeps the port, so that addresses in certificates stay good.
const PORT: &str = "port";

/// The sandbox's peculiarities.
#[derive(Debug, Clone, Default)]
pub struct SandboxOptions {
    /// Value of the sandbox's header; a random one when absent.
    pub token: Option<String>,
    /// Make the demonstration enterprise.
    pub demo_data: bool,
    /// Approve by itself after this long, until an operator sets it otherwise.
    pub auto_approve_after: Option<Duration>,
}

/// How to start.
pub struct ServerOptions {
    /// Data.
    pub database: Database,
    /// Address to listen at; port 0 takes the port of the last start again when it is free.
    pub bind: SocketAddr,
    /// Address others reach it at (`https://…`); made from the port when absent.
    pub public_url: Option<String>,
    /// Sandbox, or a platform of its own.
    pub sandbox: Option<SandboxOptions>,
    /// Clock.
    pub clock: Clock,
}

impl ServerOptions {
    /// The embedded sandbox: loopback, demonstration data, header with a random token.
    pub fn sandbox(file: PathBuf, clock: Clock) -> Self {
        Self {
            database: Database::File(file),
            bind: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            public_url: None,
            sandbox: Some(SandboxOptions {
                demo_data: true,
                ..SandboxOptions::default()
            }),
            clock,
        }
    }
}

/// Why it did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database cannot be opened or migrated.
    #[error("the platform's database cannot be used: {0}")]
    Database(String),
    /// The database was written by a newer version.
    #[error("the platform's database is from a newer version")]
    NewerDatabase,
    /// The database is from an older version: migrate it first.
    #[error("the platform's database is from an older version: migrate it first")]
    OlderDatabase,
    /// There is no authority yet, or a key of it cannot be reached.
    #[error("the platform has no authority yet, or cannot reach a key of it")]
    NoAuthority,
    /// A key of the authority cannot be used.
    #[error("the authority's key «{name}» cannot be used: {fault}")]
    Key {
        /// Which.
        name: KeyName,
        /// Why.
        fault: KeyFault,
    },
    /// There is an authority already; a second one would not be trusted by anybody.
    #[error("the platform has an authority already")]
    AuthorityExists,
    /// Something of that name exists already.
    #[error("{0} exists already")]
    Exists(String),
    /// The address cannot be listened at.
    #[error("cannot listen: {0}")]
    Listen(#[from] std::io::Error),
    /// Authority or demonstration data cannot be made; the log says more.
    #[error("the platform's data cannot be prepared")]
    Prepare,
}

impl From<Refused> for StartError {
    fn from(_: Refused) -> Self {
        Self::Prepare
    }
}

impl From<sea_orm::DbErr> for StartError {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Database(error.to_string())
    }
}

/// A platform that runs until [`RunningServer::shutdown`], or until it is dropped.
pub struct RunningServer {
    /// Address, without a slash at its end.
    pub base_url: String,
    /// Value for the sandbox's header.
    pub sandbox_token: Option<String>,
    /// The authority's root, DER.
    pub root_certificate_der: Vec<u8>,
    instance: Instance,
    serving: JoinHandle<()>,
}

impl RunningServer {
    /// Finishes open calls (at most five seconds), then closes the database.
    pub async fn shutdown(self) {
        self.instance.end();
        let mut serving = self.serving;
        if tokio::time::timeout(Duration::from_secs(5), &mut serving)
            .await
            .is_err()
        {
            serving.abort();
        }
        self.instance.close().await;
    }
}

/// Starts the platform, made and brought up to date where it has to be.
///
/// # Errors
/// [`StartError`].
pub async fn start(options: ServerOptions) -> Result<RunningServer, StartError> {
    let (ending, live) = Live::with_ending();
    let database = open(&options.database, &live).await?;
    log_ahead(&database).await?;
    migrate(&database).await?;
    let listener = listen(&database, options.bind).await?;
    let port = listener.local_addr()?.port();
    keep_setting(&database, PORT, port.to_string()).await?;
    let base_url = match options.public_url {
        Some(url) => url.trim_end_matches('/').to_owned(),
        None => format!("http://{}", SocketAddr::new(options.bind.ip(), port)),
    };
    let now = (options.clock)();
    ceremony::hold(&database, &DatabaseKeys, &Addresses::new(&base_url), false, now).await?;
    pin_server(&database).await?;
    let parts = Parts {
        database,
        live,
        ending,
        base_url,
        sandbox: options.sandbox,
        clock: options.clock,
    };
    let instance = Instance::assemble(parts, Arc::new(DatabaseKeys)).await?;
    let serving = tokio::spawn(serve(listener, instance.router(), instance.ended()));
    Ok(RunningServer {
        base_url: instance.base_url().to_owned(),
        sandbox_token: instance.sandbox_token(),
        root_certificate_der: instance.root_certificate().to_vec(),
        instance,
        serving,
    })
}

async fn serve(listener: TcpListener, router: axum::Router, mut ended: watch::Receiver<bool>) {
    // `changed` also ends when the sender is dropped: no server without its owner.
    let until_ended = async move {
        let _ = ended.changed().await;
    };
    if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(until_ended).await {
        tracing::error!(%error, "the platform stopped serving");
    }
}

async fn listen(database: &DatabaseConnection, bind: SocketAddr) -> Result<TcpListener, StartError> {
    if bind.port() == 0 {
        let kept = setting::Entity::find_by_id(PORT).one(database).await?;
        let port = kept.and_then(|row| row.value.parse().ok()).unwrap_or(0);
        if let Ok(listener) = TcpListener::bind(SocketAddr::new(bind.ip(), port)).await {
            return Ok(listener);
        }
    }
    Ok(TcpListener::bind(bind).await?)
}
