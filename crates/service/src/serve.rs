//! `serve`: one instance, listening until it is told to end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use server::{Instance, InstanceOptions};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tracing_subscriber::EnvFilter;

use crate::Failure;
use crate::observe::{self, Observed};
use crate::settings::{Settings, Tls};
use crate::upkeep::now;

/// Calls under way have so long to get their answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// Runs one instance.
pub(crate) async fn serve(settings: Settings) -> Result<(), Failure> {
    log(&settings.observe.log)?;
    let options = InstanceOptions {
        database: settings.database()?,
        public_url: settings.listen.public_url.clone(),
        keys: settings.keys()?,
        clock: Arc::new(now),
    };
    let instance = Arc::new(Instance::open(options).await?);
    let observed = Observed::new(instance.clone());
    let handle = Handle::new();
    let tls = match &settings.listen.tls {
        Some(tls) => Some(loaded(tls).await?),
        None => None,
    };
    let watching = tokio::spawn(until_told(
        instance.clone(),
        observed.clone(),
        handle.clone(),
        tls.clone().zip(settings.listen.tls.clone()),
    ));
    if let Some(address) = settings.observe.address {
        tokio::spawn(told_inside(address, observe::router(observed.clone())));
    }
    let router = observe::counted(instance.router(), observed);
    let address = settings.listen.address;
    tokio::spawn(announced(handle.clone(), "calls"));
    listen(address, tls, handle, router)
        .await
        .map_err(|error| Failure::File(address.to_string(), error))?;
    watching.abort();
    instance.end();
    tracing::info!("ended");
    Ok(())
}

/// Lines of JSON; nothing below writes a name, a number or an address of a person.
fn log(levels: &str) -> Result<(), Failure> {
    let filter = EnvFilter::try_new(levels).map_err(|error| Failure::Settings(error.to_string()))?;
    tracing_subscriber::fmt().json().with_env_filter(filter).init();
    Ok(())
}

async fn loaded(tls: &Tls) -> Result<RustlsConfig, Failure> {
    // Another part of the program may have chosen the same provider before.
    let _ = rustls::crypto::ring::default_provider().install_default();
    RustlsConfig::from_pem_file(&tls.certificate, &tls.key)
        .await
        .map_err(|error| Failure::File(tls.certificate.display().to_string(), error))
}

async fn listen(
    address: SocketAddr,
    tls: Option<RustlsConfig>,
    handle: Handle<SocketAddr>,
    router: Router,
) -> std::io::Result<()> {
    let service = router.into_make_service();
    match tls {
        Some(tls) => {
            axum_server::bind_rustls(address, tls)
                .handle(handle)
                .serve(service)
                .await
        }
        None => axum_server::bind(address).handle(handle).serve(service).await,
    }
}

/// Says where it listens, which nobody knows before when the port was 0.
async fn announced(handle: Handle<SocketAddr>, what: &str) {
    if let Some(address) = handle.listening().await {
        tracing::info!(%address, what, "listening");
    }
}

async fn told_inside(address: SocketAddr, router: Router) {
    let handle = Handle::new();
    tokio::spawn(announced(handle.clone(), "metrics"));
    let served = axum_server::bind(address)
        .handle(handle)
        .serve(router.into_make_service());
    if let Err(error) = served.await {
        tracing::error!(%address, %error, "metrics and health cannot be served");
    }
}

/// Reads the certificate again at SIGHUP; ends everything in order at SIGTERM or SIGINT.
async fn until_told(
    instance: Arc<Instance>,
    observed: Arc<Observed>,
    handle: Handle<SocketAddr>,
    tls: Option<(RustlsConfig, Tls)>,
) -> Option<()> {
    let mut hangup = heard(SignalKind::hangup())?;
    let mut terminate = heard(SignalKind::terminate())?;
    let mut interrupt = heard(SignalKind::interrupt())?;
    loop {
        tokio::select! {
            _ = hangup.recv() => reload(tls.as_ref()).await,
            _ = terminate.recv() => break,
            _ = interrupt.recv() => break,
        }
    }
    tracing::info!("ending");
    observed.end();
    instance.end();
    handle.graceful_shutdown(Some(PATIENCE));
    Some(())
}

fn heard(kind: SignalKind) -> Option<Signal> {
    signal(kind)
        .inspect_err(|error| tracing::error!(%error, "signals cannot be heard"))
        .ok()
}

/// A certificate that cannot be read leaves the former one in force.
async fn reload(tls: Option<&(RustlsConfig, Tls)>) {
    let Some((config, files)) = tls else { return };
    match config.reload_from_pem_file(&files.certificate, &files.key).await {
        Ok(()) => tracing::info!("certificate read again"),
        Err(error) => tracing::error!(%error, "the new certificate cannot be used; the former one stays"),
    }
}
