//! A world in a temporary folder: the real platform in process, the real application, a clock that tests turn.

use app::page_worker::WorkerProgram;
use app::view::{FailureCode, SecretText, SettingsInput};
use app::{App, AppOptions, DeviceSecretPlace, PlatformAddress};
use server::{RunningServer, ServerOptions};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;
use time::{Duration, OffsetDateTime};

/// A clock that stands still until a test turns it.
#[derive(Clone)]
pub struct TurnedClock(Arc<Mutex<OffsetDateTime>>);

impl TurnedClock {
    /// A clock that shows the computer's time now; certificates are judged by programs that know no other.
    pub fn now_standing() -> Self {
        Self(Arc::new(Mutex::new(OffsetDateTime::now_utc())))
    }

    /// What it shows.
    ///
    /// # Panics
    /// When another thread panicked while turning it.
    pub fn time(&self) -> OffsetDateTime {
        *self.0.lock().expect("nobody panics while turning the clock")
    }

    /// Turns it.
    ///
    /// # Panics
    /// When another thread panicked while turning it.
    pub fn turn(&self, by: Duration) {
        *self.0.lock().expect("nobody panics while turning the clock") += by;
    }
}

/// Platform, application and clock together; all gone when dropped.
pub struct World {
    /// The application.
    pub app: App,
    /// The platform it talks to.
    pub server: RunningServer,
    /// The time in both.
    pub clock: TurnedClock,
    folder: TempDir,
}

impl World {
    /// A fresh world: nobody signed in, nothing approved by itself.
    ///
    /// # Panics
    /// When it cannot be started.
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let clock = TurnedClock::now_standing();
        let server_clock = clock.clone();
        let options = ServerOptions::sandbox(
            folder.path().join("sandbox.sqlite"),
            Arc::new(move || server_clock.time()),
        );
        let server = server::start(options).await.expect("the platform starts");
        let app = App::open(app_options(folder.path(), &server, &clock)).expect("the application opens");
        Self {
            app,
            server,
            clock,
            folder,
        }
    }

    /// A world in which this demonstration account is signed in.
    ///
    /// # Panics
    /// When the sign-in fails.
    pub async fn signed_in(account: &str) -> Self {
        let world = Self::new().await;
        world.sign_in(account).await;
        world
    }

    /// Signs in as a demonstration account.
    ///
    /// # Panics
    /// When the sign-in fails.
    pub async fn sign_in(&self, account: &str) {
        let password = SecretText::new("ganjiang".to_owned());
        self.app
            .sign_in(account, password)
            .await
            .expect("the demonstration account signs in");
    }

    /// Another device of the same enterprise: its own data, the same platform.
    ///
    /// # Panics
    /// When it cannot be opened.
    pub fn another_device(&self, name: &str) -> App {
        let folder = self.folder.path().join(name);
        App::open(app_options(&folder, &self.server, &self.clock)).expect("the application opens")
    }

    /// Another device whose clock is wrong by so much.
    ///
    /// # Panics
    /// When it cannot be opened.
    pub fn device_with_clock(&self, name: &str, wrong_by: Duration) -> App {
        let mut options = app_options(&self.folder.path().join(name), &self.server, &self.clock);
        let clock = self.clock.clone();
        options.clock = Arc::new(move || clock.time() + wrong_by);
        App::open(options).expect("the application opens")
    }

    /// Another device that reaches the platform through this address, with short pauses between attempts.
    ///
    /// # Panics
    /// When it cannot be opened.
    pub fn device_through(&self, name: &str, base_url: &str) -> App {
        let mut options = app_options(&self.folder.path().join(name), &self.server, &self.clock);
        options.platform.base_url = base_url.to_owned();
        options.patience.first_pause = std::time::Duration::from_millis(1);
        options.patience.attempts = 2;
        opened_after_its_former_life(&options)
    }

    /// A folder for this world's files.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The sandbox's root certificate as a PEM file, for judges.
    ///
    /// # Panics
    /// When the folder cannot be written to.
    pub fn root_pem(&self) -> PathBuf {
        let der = self.folder.path().join("root.cer");
        std::fs::write(&der, &self.server.root_certificate_der).expect("a scratch file");
        let pem = self.folder.path().join("root.pem");
        let mut convert = crate::judges::openssl();
        crate::judges::must(
            convert
                .args(["x509", "-inform", "DER", "-in"])
                .arg(der)
                .arg("-out")
                .arg(&pem),
        );
        pem
    }
}

/// An application that was dropped may be looking at the feed still; until it has looked, the folder is its own.
fn opened_after_its_former_life(options: &AppOptions) -> App {
    let end = std::time::Instant::now() + std::time::Duration::from_secs(20);
    loop {
        match App::open(options.clone()) {
            Err(busy) if busy.code == FailureCode::StoreBusy && std::time::Instant::now() < end => {
                std::thread::sleep(std::time::Duration::from_millis(5));
            }
            outcome => return outcome.expect("the application opens"),
        }
    }
}

/// Platform and application over data that outlives them, with the computer's clock turned ahead by so much.
///
/// # Panics
/// When one cannot be opened.
pub async fn open_in(folder: &Path, ahead: Duration) -> (App, RunningServer) {
    let clock = TurnedClock::now_standing();
    clock.turn(ahead);
    let server_clock = clock.clone();
    let options = ServerOptions::sandbox(folder.join("sandbox.sqlite"), Arc::new(move || server_clock.time()));
    let server = server::start(options).await.expect("the platform starts");
    let app = opened_after_its_former_life(&app_options(folder, &server, &clock));
    (app, server)
}

/// Another device of a platform that was opened by [`open_in`].
///
/// # Panics
/// When it cannot be opened.
pub fn open_beside(folder: &Path, server: &RunningServer) -> App {
    let clock = TurnedClock::now_standing();
    App::open(app_options(folder, server, &clock)).expect("the application opens")
}

/// Platform and application over the one folder in which a window keeps its data, to make ready what a window will show.
///
/// # Panics
/// When one cannot be opened.
pub async fn open_as_window(data: &Path) -> (App, RunningServer) {
    std::fs::create_dir_all(data).expect("a scratch folder");
    let clock = TurnedClock::now_standing();
    let server_clock = clock.clone();
    let options = ServerOptions::sandbox(data.join("sandbox.sqlite"), Arc::new(move || server_clock.time()));
    let server = server::start(options).await.expect("the platform starts");
    let options = AppOptions {
        data_folder: data.to_owned(),
        output_folder: data.join("output"),
        ..app_options(data, &server, &clock)
    };
    (App::open(options).expect("the application opens"), server)
}

/// The platform over what a sandbox left in a folder (see [`open_as_window`]), as a service of its own for windows elsewhere.
///
/// # Panics
/// When it cannot be started.
pub async fn serve_others(data: &Path) -> RunningServer {
    let clock = TurnedClock::now_standing();
    let options = ServerOptions::sandbox(data.join("sandbox.sqlite"), Arc::new(move || clock.time()));
    let options = ServerOptions {
        sandbox: None,
        ..options
    };
    server::start(options).await.expect("the platform starts")
}

/// Chooses the platform of the window that will keep its data in this folder, as a person does in its settings.
///
/// # Panics
/// When the settings cannot be kept.
pub async fn point_to(data: &Path, server: &RunningServer) {
    let app = open_with_data(data, server);
    let now = app.settings().await.expect("settings");
    let chosen = SettingsInput {
        theme: now.theme,
        language: now.language,
        output_suffix: now.output_suffix,
        platform_address: Some(server.base_url.clone()),
        timestamp_address: None,
    };
    app.save_settings(chosen).await.expect("kept");
}

/// The application over the folder in which a window keeps its data, at this platform.
///
/// # Panics
/// When it cannot be opened.
pub fn open_with_data(data: &Path, server: &RunningServer) -> App {
    std::fs::create_dir_all(data).expect("a scratch folder");
    let mut options = AppOptions {
        data_folder: data.to_owned(),
        output_folder: data.join("output"),
        ..app_options(data, server, &TurnedClock::now_standing())
    };
    // A window learns it from the platform when somebody signs in, and keeps it.
    options.platform.root_certificate = None;
    opened_after_its_former_life(&options)
}

fn app_options(folder: &Path, server: &RunningServer, clock: &TurnedClock) -> AppOptions {
    let platform = PlatformAddress {
        base_url: server.base_url.clone(),
        sandbox_token: server.sandbox_token.clone(),
        root_certificate: Some(server.root_certificate_der.clone()),
    };
    let clock = clock.clone();
    AppOptions {
        clock: Arc::new(move || clock.time()),
        device_secrets: DeviceSecretPlace::PlainFile,
        lease_memory_kib: 8 * 1024,
        page_worker: WorkerProgram::At(crate::programs::command_line()),
        ..AppOptions::new(folder.join("data"), folder.join("output"), platform)
    }
}
