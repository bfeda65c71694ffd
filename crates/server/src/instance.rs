//! One running instance of the platform: its routes, its jobs and its streams, whoever listens for it.

use std::sync::{Arc, Mutex};

use pki::token::TokenError;
use pki::vault::PinServer;
use platform::wire::AutoApprove;
#[cfg(feature = "postgres")]
use sea_orm::DbBackend;
use sea_orm::{ConnectionTrait, DatabaseConnection, EntityTrait, IntoActiveModel};
use tokio::sync::watch;
use zeroize::Zeroize;

use crate::authority::{Addresses, Authority, KeyFault, KeyStore};
use crate::database::{Database, open, refuse_older};
use crate::live::{self, Live};
use crate::refused::{Answer, Refused};
use crate::routes::operator::AUTO_APPROVE;
use crate::service::{Clock, PasswordCost, Service, Shared};
use crate::start::{SandboxOptions, StartError};
use crate::tables::{authority_key, setting};
use crate::text::random_secret;
use crate::{api, demo, jobs};

/// How to open an instance of a platform that was made before (`maintenance::init`).
pub struct InstanceOptions {
    /// Data, shared by all instances.
    pub database: Database,
    /// Address others reach the platform at (`https://…`).
    pub public_url: String,
    /// Where keys are that the database does not hold.
    pub keys: Arc<dyn KeyStore>,
    /// Clock.
    pub clock: Clock,
}

/// One of any number of instances on one database.
pub struct Instance {
    service: Shared,
    ending: watch::Sender<bool>,
    keys: Arc<dyn KeyStore>,
}

/// The database's connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connections {
    /// Open ones.
    pub open: u32,
    /// Those nobody uses now.
    pub idle: usize,
}

/// What an instance is put together from.
pub(crate) struct Parts {
    pub(crate) database: DatabaseConnection,
    pub(crate) live: Arc<Live>,
    pub(crate) ending: watch::Sender<bool>,
    pub(crate) base_url: String,
    pub(crate) sandbox: Option<SandboxOptions>,
    pub(crate) clock: Clock,
}

impl Instance {
    /// Opens one; its jobs run from now on.
    ///
    /// # Errors
    /// [`StartError`]: also when the database was not made or migrated before, which is done deliberately and once.
    pub async fn open(options: InstanceOptions) -> Result<Self, StartError> {
        let (ending, live) = Live::with_ending();
        let database = open(&options.database, &live).await?;
        refuse_older(&database).await?;
        let parts = Parts {
            database,
            live,
            ending,
            base_url: options.public_url.trim_end_matches('/').to_owned(),
            sandbox: None,
            clock: options.clock,
        };
        Self::assemble(parts, options.keys).await
    }

    pub(crate) async fn assemble(parts: Parts, keys: Arc<dyn KeyStore>) -> Result<Self, StartError> {
        let Parts {
            database,
            live,
            ending,
            base_url,
            sandbox,
            clock,
        } = parts;
        let (password_cost, demo_accounts) = match &sandbox {
            Some(sandbox) => (PasswordCost::SANDBOX, sandbox.demo_data),
            None => (PasswordCost::REAL, false),
        };
        if demo_accounts {
            demo::prepare(&database, password_cost).await?;
        }
        let authority = Authority::open(&database, keys.as_ref(), Addresses::new(&base_url)).await?;
        let service = Arc::new(Service {
            live,
            authority,
            pin_server: pin_server(&database).await?,
            sandbox_token: sandbox_token(sandbox.as_ref())?,
            demo_accounts,
            auto_approve: Mutex::new(auto_approve(&database, sandbox.as_ref()).await?),
            password_cost,
            database,
            clock,
            base_url,
        });
        jobs::revoke_unfinished(&service, service.now()).await?;
        tokio::spawn(jobs::run(service.clone()));
        tokio::spawn(live::listen(service.clone()));
        Ok(Self { service, ending, keys })
    }

    /// The routes.
    pub fn router(&self) -> axum::Router {
        api::router(self.service.clone())
    }

    /// Whether the database answers.
    pub async fn is_ready(&self) -> bool {
        self.service.database.ping().await.is_ok()
    }

    /// Whether the authority's keys can be used; a token that was lost is looked for again.
    ///
    /// # Errors
    /// [`KeyFault`].
    pub async fn keys(&self) -> Result<(), KeyFault> {
        let keys = self.keys.clone();
        let checked = tokio::task::spawn_blocking(move || keys.check()).await;
        checked.unwrap_or_else(|error| Err(TokenError::Failed(error.to_string()).into()))
    }

    /// The database's connections.
    pub fn connections(&self) -> Connections {
        let database = &self.service.database;
        match database.get_database_backend() {
            #[cfg(feature = "postgres")]
            DbBackend::Postgres => {
                let pool = database.get_postgres_connection_pool();
                Connections {
                    open: pool.size(),
                    idle: pool.num_idle(),
                }
            }
            _ => {
                let pool = database.get_sqlite_connection_pool();
                Connections {
                    open: pool.size(),
                    idle: pool.num_idle(),
                }
            }
        }
    }

    /// Live streams open on this instance.
    pub fn streams(&self) -> usize {
        self.service.live.streams()
    }

    /// Ends streams and jobs; calls still get their answers.
    pub fn end(&self) {
        // Nobody may be waiting any more.
        let _ = self.ending.send(true);
    }

    /// Closes the database.
    pub async fn close(self) {
        self.end();
        // The process ends anyway; a database that cannot be closed is found on the next start.
        let _ = self.service.database.clone().close().await;
    }

    pub(crate) fn ended(&self) -> watch::Receiver<bool> {
        self.ending.subscribe()
    }

    pub(crate) fn base_url(&self) -> &str {
        &self.service.base_url
    }

    pub(crate) fn sandbox_token(&self) -> Option<String> {
        self.service.sandbox_token.clone()
    }

    pub(crate) fn root_certificate(&self) -> &[u8] {
        self.service.authority.root_certificate()
    }
}

fn sandbox_token(sandbox: Option<&SandboxOptions>) -> Answer<Option<String>> {
    match sandbox {
        Some(SandboxOptions { token: Some(token), .. }) => Ok(Some(token.clone())),
        Some(_) => random_secret().map(Some),
        None => Ok(None),
    }
}

/// The secrets of PIN vaults, kept beside the authority's keys; made on the first start.
pub(crate) async fn pin_server(database: &impl ConnectionTrait) -> Answer<PinServer> {
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
