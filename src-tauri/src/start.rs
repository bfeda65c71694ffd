//! Start-up: the data folder, the embedded sandbox platform, the application; and the end of them.

use crate::{events, failure, files, log};
use app::view::{FailureCode, FailureView};
use app::{App, AppOptions, Clock, PlatformAddress, SystemClock};
use server::{RunningServer, ServerOptions, StartError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tauri::{AppHandle, Manager};
use tokio::sync::broadcast::error::RecvError;

/// The sandbox approves by itself after this time, until the settings say otherwise.
const AUTO_APPROVE: Duration = Duration::from_secs(3);

/// The embedded platform, kept running as long as the window.
#[derive(Default)]
struct Sandbox(Mutex<Option<RunningServer>>);

/// Begins to open the application; the window is drawn meanwhile and its commands wait.
pub(crate) fn begin(handle: &AppHandle) -> tauri::Result<()> {
    let folders = Folders::of(handle)?;
    log::begin(&folders.data, environment("RUST_LOG"));
    handle.manage(Sandbox::default());
    let arguments: Vec<String> = std::env::args().collect();
    let here = std::env::current_dir().unwrap_or_default();
    crate::link::keep(handle, &arguments);
    files::open(handle, files::among(&arguments, &here));
    let handle = handle.clone();
    tauri::async_runtime::spawn(async move {
        let opened = open(&handle, folders).await;
        if let Ok(app) = &opened {
            tauri::async_runtime::spawn(forward(handle.clone(), app.clone()));
        }
        handle.state::<crate::shell::Shell>().finish(opened);
    });
    Ok(())
}

/// Stops the embedded platform.
pub(crate) fn end(handle: &AppHandle) {
    let running = handle.try_state::<Sandbox>().and_then(|sandbox| {
        let mut running = sandbox.0.lock().unwrap_or_else(PoisonError::into_inner);
        running.take()
    });
    if let Some(server) = running {
        tauri::async_runtime::block_on(server.shutdown());
    }
}

/// Where things are kept.
struct Folders {
    data: PathBuf,
    output: PathBuf,
}

impl Folders {
    /// The system's folders for this program; GANJIANG_DATA puts everything into one folder (tests, demonstrations).
    fn of(handle: &AppHandle) -> tauri::Result<Self> {
        if let Some(folder) = environment("GANJIANG_DATA") {
            let data = PathBuf::from(folder);
            let output = data.join("output");
            return Ok(Self { data, output });
        }
        let data = handle.path().app_data_dir()?;
        let documents = handle.path().document_dir().or_else(|_| handle.path().home_dir())?;
        Ok(Self {
            data,
            output: documents.join("干将签章"),
        })
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "start-up is the edge where the environment is read"
)]
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

async fn open(handle: &AppHandle, folders: Folders) -> Result<App, FailureView> {
    let platform = match app::configured_platform(&folders.data) {
        Some(base_url) => PlatformAddress {
            base_url,
            sandbox_token: None,
            root_certificate: None,
        },
        None => sandbox(handle, &folders.data).await?,
    };
    App::open(AppOptions::new(folders.data, folders.output, platform))
}

/// Starts the embedded platform on a free loopback port with a token of its own.
async fn sandbox(handle: &AppHandle, data: &Path) -> Result<PlatformAddress, FailureView> {
    std::fs::create_dir_all(data).map_err(|problem| failure::of(FailureCode::OutputUnwritable, &problem))?;
    let mut options = ServerOptions::sandbox(data.join("sandbox.sqlite"), Arc::new(|| SystemClock.now()));
    if let Some(sandbox) = &mut options.sandbox {
        sandbox.auto_approve_after = Some(AUTO_APPROVE);
    }
    let running = server::start(options).await.map_err(|problem| not_started(&problem))?;
    let address = PlatformAddress {
        base_url: running.base_url.clone(),
        sandbox_token: running.sandbox_token.clone(),
        root_certificate: Some(running.root_certificate_der.clone()),
    };
    let sandbox = handle.state::<Sandbox>();
    *sandbox.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(running);
    Ok(address)
}

fn not_started(problem: &StartError) -> FailureView {
    let code = match problem {
        StartError::NewerDatabase => FailureCode::StoreFromNewerVersion,
        StartError::Database(_) => FailureCode::StoreDamaged,
        // The sandbox migrates and makes its authority by itself.
        StartError::OlderDatabase
        | StartError::NoAuthority
        | StartError::Key { .. }
        | StartError::AuthorityExists
        | StartError::Exists(_)
        | StartError::Listen(_)
        | StartError::Prepare => FailureCode::Internal,
    };
    failure::of(code, problem)
}

/// Passes the application's events on for as long as it lives; a listener that fell behind goes on with the newest.
async fn forward(handle: AppHandle, app: App) {
    let mut news = app.subscribe();
    drop(app);
    loop {
        match news.recv().await {
            Ok(event) => events::forward(&handle, event),
            Err(RecvError::Lagged(missed)) => tracing::warn!(missed, "the window fell behind"),
            Err(RecvError::Closed) => return,
        }
    }
}
