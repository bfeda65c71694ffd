//! The client: one method per route, timeouts, retries for calls that may be repeated, typed errors.
//!
//! Absent on purpose: keeping anything. The app stores answers and idempotency keys.

mod certificates;
mod failure;
mod live;
mod pages;
mod review;
mod routes;
mod seal_log;
mod services;
mod sessions;
mod signing;
mod transport;

use crate::wire::Session;
use std::sync::{Arc, Once, PoisonError, RwLock};
use std::time::Duration;

pub use failure::ClientError;
pub use live::LiveChanges;
pub use pages::ListPage;
pub use services::{AuthorityServices, check_service_address};
use time::OffsetDateTime;
pub use transport::TaggedFile;
use zeroize::Zeroizing;

use crate::wire::Refresh;

/// How patient the client is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientOptions {
    /// Longest wait for a connection.
    pub connect_timeout: Duration,
    /// Longest wait for a whole answer, per attempt.
    pub timeout: Duration,
    /// Attempts in all for calls that may be repeated.
    pub attempts: u32,
    /// First pause between attempts; doubles, with jitter of up to half of it.
    pub first_pause: Duration,
    /// Longest `Retry-After` that is waited for.
    pub longest_pause: Duration,
    /// Largest answer read, in bytes.
    pub answer_limit_bytes: usize,
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(5),
            timeout: Duration::from_secs(20),
            attempts: 3,
            first_pause: Duration::from_millis(200),
            longest_pause: Duration::from_secs(5),
            answer_limit_bytes: 24 * 1024 * 1024,
        }
    }
}

/// Keeps what a later start goes on with: called with every new session, and with none when it is over. It may block.
pub type SessionKeeper = dyn Fn(Option<&Session>) + Send + Sync;

/// A client of one platform and, once signed in, of one account. Cheap to clone; clones share the session.
#[derive(Clone)]
pub struct PlatformClient {
    http: reqwest::Client,
    base_url: String,
    sandbox_token: Option<String>,
    session: Arc<RwLock<Option<Zeroizing<String>>>>,
    /// Locked while it is used, so that calls that find their session over refresh it once.
    refresh: Arc<tokio::sync::Mutex<Option<Zeroizing<String>>>>,
    keeper: Arc<RwLock<Option<Arc<SessionKeeper>>>>,
    platform_time: Arc<RwLock<Option<OffsetDateTime>>>,
    device: Arc<RwLock<Option<Arc<dyn Device>>>>,
    options: ClientOptions,
}

/// The device's own key, as the client needs it. Everything in base64; none when the key cannot be used.
pub trait Device: Send + Sync {
    /// What people call it, at most 100 characters.
    fn name(&self) -> String;
    /// Public key: P-256 point, uncompressed.
    fn public_key(&self) -> String;
    /// Signature that opens a sign-in of this account.
    fn signs_open(&self, account: &str) -> Option<String>;
    /// Signature that refreshes a session by this token.
    fn signs_refresh(&self, token: &str) -> Option<String>;
}

impl PlatformClient {
    /// A client for the platform at `base_url` (`http://host:port`, no path needed).
    ///
    /// # Errors
    /// [`ClientError::InvalidAddress`].
    pub fn new(base_url: &str, sandbox_token: Option<String>) -> Result<Self, ClientError> {
        Self::with_options(base_url, sandbox_token, ClientOptions::default())
    }

    /// As [`Self::new`], with other patience.
    ///
    /// # Errors
    /// [`ClientError::InvalidAddress`].
    pub fn with_options(
        base_url: &str,
        sandbox_token: Option<String>,
        options: ClientOptions,
    ) -> Result<Self, ClientError> {
        let address = reqwest::Url::parse(base_url).map_err(|_| ClientError::InvalidAddress)?;
        if !matches!(address.scheme(), "http" | "https") || address.host_str().is_none() {
            return Err(ClientError::InvalidAddress);
        }
        Ok(Self {
            http: http_client(&address, &options)?,
            base_url: address.as_str().trim_end_matches('/').to_owned(),
            sandbox_token,
            session: Arc::default(),
            refresh: Arc::default(),
            keeper: Arc::default(),
            platform_time: Arc::default(),
            device: Arc::default(),
            options,
        })
    }

    /// Address of the platform, without a slash at its end.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Use this session token from now on (kept from an earlier start), or none.
    pub fn set_session(&self, token: Option<String>) {
        *self.session.write().unwrap_or_else(PoisonError::into_inner) = token.map(Zeroizing::new);
    }

    /// Whoever keeps sessions over a restart is told of each from now on.
    pub fn keep_sessions_with(&self, keeper: Arc<SessionKeeper>) {
        *self.keeper.write().unwrap_or_else(PoisonError::into_inner) = Some(keeper);
    }

    /// Goes on with the sign-in of an earlier start as soon as a call needs it; does not ask the platform yet.
    pub fn resume_later(&self, refresh_token: &str) {
        // Nobody has used a client that was just made.
        if let Ok(mut refresh) = self.refresh.try_lock() {
            *refresh = Some(Zeroizing::new(refresh_token.to_owned()));
        }
    }

    /// Told before anything else is done with it: a token that was used and not kept would end the sign-in.
    async fn tell_keeper(&self, session: Option<Session>) -> Option<Session> {
        let keeper = self.keeper.read().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(keeper) = keeper else { return session };
        let told = tokio::task::spawn_blocking(move || {
            keeper(session.as_ref());
            session
        });
        told.await.unwrap_or_default()
    }

    /// Sign in and refresh as this device from now on.
    pub fn set_device(&self, device: Arc<dyn Device>) {
        *self.device.write().unwrap_or_else(PoisonError::into_inner) = Some(device);
    }

    fn device(&self) -> Option<Arc<dyn Device>> {
        self.device.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The body that refreshes a session.
    fn refresh_of(&self, token: &str) -> Refresh {
        Refresh {
            refresh_token: token.to_owned(),
            signature: self.device().and_then(|device| device.signs_refresh(token)),
        }
    }

    /// Is there a session token? It may have expired meanwhile.
    pub fn has_session(&self) -> bool {
        self.session.read().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// The platform's clock as of its newest answer.
    pub fn platform_time(&self) -> Option<OffsetDateTime> {
        *self.platform_time.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn note_time(&self, time: Option<OffsetDateTime>) {
        if time.is_some() {
            *self.platform_time.write().unwrap_or_else(PoisonError::into_inner) = time;
        }
    }

    fn bearer(&self) -> Option<Zeroizing<String>> {
        self.session.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn http_client(address: &reqwest::Url, options: &ClientOptions) -> Result<reqwest::Client, ClientError> {
    // A redirect would carry the session to another address.
    let mut builder = client_builder(options).redirect(reqwest::redirect::Policy::none());
    if is_loopback(address) {
        // The embedded platform must not be looked for behind the company's proxy.
        builder = builder.no_proxy();
    }
    builder.build().map_err(|error| ClientError::Offline(error.to_string()))
}

fn client_builder(options: &ClientOptions) -> reqwest::ClientBuilder {
    install_crypto_provider();
    reqwest::Client::builder()
        .connect_timeout(options.connect_timeout)
        .timeout(options.timeout)
        .user_agent(concat!("ganjiang/", env!("CARGO_PKG_VERSION")))
}

fn is_loopback(address: &reqwest::Url) -> bool {
    matches!(address.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"))
}

fn install_crypto_provider() {
    static ONCE: Once = Once::new();
    // An error means that another provider is installed already, which serves as well.
    ONCE.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
}
