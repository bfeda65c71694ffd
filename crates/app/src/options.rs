//! What the application is started with: folders, platform, clock.
use crate::page_worker::WorkerProgram;
use platform::client::ClientOptions;
use std::path::PathBuf;
use std::sync::Arc;
use time::OffsetDateTime;

/// Tells the time; tests bring their own.
pub trait Clock: Send + Sync {
    /// The time now, in UTC.
    fn now(&self) -> OffsetDateTime;
}

/// The computer's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the clock that is given to everything else"
    )]
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc()
    }
}

impl<F: Fn() -> OffsetDateTime + Send + Sync> Clock for F {
    fn now(&self) -> OffsetDateTime {
        self()
    }
}

/// Which platform, and what is known of it beforehand.
#[derive(Clone)]
pub struct PlatformAddress {
    /// `http://host:port` or `https://host`.
    pub base_url: String,
    /// Set only for the sandbox inside this program: its token. It opens the sandbox's own controls.
    pub sandbox_token: Option<String>,
    /// The platform's root certificate (DER). None: the one seen first is kept and never replaced by itself.
    pub root_certificate: Option<Vec<u8>>,
}

/// Where the device's half of the key protection is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeviceSecretPlace {
    /// The operating system's key store, or a plain file and a warning where there is none.
    System,
    /// A plain file in the data folder: demonstrations and tests, which must not fill a person's key store.
    PlainFile,
}

/// What the application is started with.
#[derive(Clone)]
pub struct AppOptions {
    /// Folder of the local data; made when it is not there.
    pub data_folder: PathBuf,
    /// Where results are saved until the user chooses another folder.
    pub output_folder: PathBuf,
    /// The platform.
    pub platform: PlatformAddress,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Where the device's half of the key protection is kept.
    pub device_secrets: DeviceSecretPlace,
    /// How patient the client is.
    pub patience: ClientOptions,
    /// The program that draws pages.
    pub page_worker: WorkerProgram,
    /// Memory that each try of an offline PIN costs, in KiB.
    pub lease_memory_kib: u32,
    /// How long judging the signatures of a file may take, besides reading it.
    pub verification_time: std::time::Duration,
}

impl AppOptions {
    /// The usual: computer's clock, operating system's key store, usual patience.
    pub fn new(data_folder: PathBuf, output_folder: PathBuf, platform: PlatformAddress) -> Self {
        Self {
            data_folder,
            output_folder,
            platform,
            clock: Arc::new(SystemClock),
            device_secrets: DeviceSecretPlace::System,
            patience: ClientOptions::default(),
            page_worker: WorkerProgram::Own,
            lease_memory_kib: crate::unlocking::usual_lease_memory(),
            verification_time: crate::file_work::USUAL_TIME,
        }
    }
}
