//! Starting and stopping: database, authority, demonstration data, listener.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use pki::vault::PinServer;
use platform::wire::AutoApprove;
use sea_orm::{DatabaseConnection, EntityTrait, IntoActiveModel};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use zeroize::Zeroize;

use crate::authority::Authority;
use crate::database::{Database, open};
use crate::live::{self, Live};
use crate::refused::{Answer, Refused};
use crate::routes::operator::{AUTO_APPROVE, keep_setting};
use crate::service::{Clock, Failures, PasswordCost, Service};
use crate::tables::{authority_key, setting};
use crate::text::random_secret;
use crate::{api, demo, jobs};

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
    ending: watch::Sender<bool>,
    serving: JoinHandle<()>,
    database: DatabaseConnection,
}

impl RunningServer {
    /// Finishes open calls (at most five seconds), then closes the database.
    pub async fn shutdown(self) {
        let _ = self.ending.send(true);
        let mut serving = self.serving;
        if tokio::time::timeout(Duration::from_secs(5), &mut serving)
            .await
            .is_err()
        {
            serving.abort();
        }
        // The process ends anyway; a database that cannot be closed is found on the next start.
        let _ = self.database.close().await;
    }
}

/// Starts the platform.
///
/// # Errors
/// [`StartError`].
pub async fn start(options: ServerOptions) -> Result<RunningServer, StartError> {
    let (ending, ended) = watch::channel(false);
    let live = Live::new(ended.clone());
    let database = open(&options.database, &live).await?;
    let listener = listen(&database, options.bind).await?;
    let port = listener.local_addr()?.port();
    keep_setting(&database, PORT, port.to_string()).await?;
    let base_url = match options.public_url {
        Some(url) => url.trim_end_matches('/').to_owned(),
        None => format!("http://{}", SocketAddr::new(options.bind.ip(), port)),
    };
    let service = service(database.clone(), live, base_url, options.sandbox, options.clock).await?;
    let service = Arc::new(service);
    jobs::revoke_unfinished(&service, service.now()).await?;
    let router = api::router(service.clone());
    let serving = tokio::spawn(serve(listener, router, ended));
    tokio::spawn(jobs::run(service.clone()));
    tokio::spawn(live::listen(service.clone()));
    Ok(RunningServer {
        base_url: service.base_url.clone(),
        sandbox_token: service.sandbox_token.clone(),
        root_certificate_der: service.authority.root_certificate().to_vec(),
        ending,
        serving,
        database,
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

async fn service(
    database: DatabaseConnection,
    live: Arc<Live>,
    base_url: String,
    sandbox: Option<SandboxOptions>,
    clock: Clock,
) -> Result<Service, StartError> {
    let password_cost = if sandbox.is_some() {
        PasswordCost::SANDBOX
    } else {
        PasswordCost::REAL
    };
    let demo_accounts = sandbox.as_ref().is_some_and(|sandbox| sandbox.demo_data);
    if demo_accounts {
        demo::prepare(&database, password_cost).await?;
    }
    let sandbox_token = match &sandbox {
        Some(SandboxOptions { token: Some(token), .. }) => Some(token.clone()),
        Some(_) => Some(random_secret()?),
        None => None,
    };
    let authority = Authority::open(&database, &base_url, clock()).await?;
    let pin_server = pin_server(&database).await?;
    let auto_approve = auto_approve(&database, sandbox.as_ref()).await?;
    Ok(Service {
        database,
        live,
        clock,
        authority,
        pin_server,
        base_url,
        sandbox_token,
        demo_accounts,
        auto_approve: Mutex::new(auto_approve),
        sign_in_failures: Failures::default(),
        password_cost,
    })
}

/// The secrets of PIN vaults, kept beside the authority's keys; made on the first start.
async fn pin_server(database: &DatabaseConnection) -> Answer<PinServer> {
    const NAME: &str = "pin-vault";
    if let Some(mut row) = authority_key::Entity::find_by_id(NAME).one(database).await? {
        let kept = PinServer::from_bytes(&row.private_key);
        row.private_key.zeroize();
        return kept.ok_or_else(|| Refused::internal("the secrets of PIN vaults are damaged"));
    }
    let made = PinServer::generate();
    let row = authority_key::Model {
        name: NAME.to_owned(),
        private_key: made.to_bytes().to_vec(),
        certificate: Vec::new(),
    };
    authority_key::Entity::insert(row.into_active_model())
        .exec_without_returning(database)
        .await?;
    Ok(made)
}

/// What an operator set before, else what the start says; never outside the sandbox.
async fn auto_approve(database: &DatabaseConnection, sandbox: Option<&SandboxOptions>) -> Answer<Option<u32>> {
    let Some(sandbox) = sandbox else { return Ok(None) };
    if let Some(kept) = setting::Entity::find_by_id(AUTO_APPROVE).one(database).await? {
        return Ok(crate::text::from_json::<AutoApprove>(&kept.value)?.seconds);
    }
    Ok(sandbox
        .auto_approve_after
        .map(|after| u32::try_from(after.as_secs()).unwrap_or(u32::MAX)))
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
