//! The running application: what all use cases share.
use crate::failure::{Failure, caused, internal, refuse};
use crate::kept_session::KeptSession;
use crate::options::{AppOptions, DeviceSecretPlace};
use crate::view::{DeviceSecretKind, Event, FailureCode, SyncState, SyncView, Topic};
use pki::vault::{DeviceSecretError, DeviceSecretStore, FileDeviceSecrets};
use platform::client::PlatformClient;
use platform::wire;
use serde::de::DeserializeOwned;
use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use store::{DataKey, Store};
use time::OffsetDateTime;
use tokio::sync::broadcast;
use uuid::Uuid;

/// Name of the database inside the data folder.
const DATABASE_FILE: &str = "ganjiang.sqlite";
/// Under this id the key store keeps the key of the local data.
const DATA_KEY: Uuid = Uuid::from_u128(0x6461_7461_2d6b_4579_8000_6761_6e6a_6961);
/// Held while a program uses the data folder.
const LOCK_FILE: &str = "ganjiang.lock";
/// Events kept for a slow listener.
const EVENT_BACKLOG: usize = 256;

/// The desktop application without its window. Cheap to clone; clones are the same application.
#[derive(Clone)]
pub struct App {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) options: AppOptions,
    pub(crate) store: Store,
    pub(crate) client: PlatformClient,
    pub(crate) vault: crate::unlocking::Vaults,
    pub(crate) device_secret: DeviceSecretKind,
    /// The platform's own: they decide about certificates that it issues.
    pub(crate) roots: Mutex<Vec<Vec<u8>>>,
    pub(crate) offered_roots: Mutex<Vec<crate::trust_roots::AddedRoot>>,
    pub(crate) scanned: crate::scanning::ScanDocuments,
    pub(crate) tokens: crate::tokens::Tokens,
    pub(crate) session: Mutex<Session>,
    pub(crate) sync: Mutex<SyncView>,
    /// How much of what was sent had been sent before the local copy was last read.
    pub(crate) pulling: tokio::sync::Mutex<u64>,
    pub(crate) sending: tokio::sync::Mutex<()>,
    /// How much of the outbox was sent since the start.
    pub(crate) sent: AtomicU64,
    pub(crate) importing: tokio::sync::Mutex<()>,
    pub(crate) handing_in: tokio::sync::Mutex<()>,
    pub(crate) seal_log_refused: Mutex<Option<crate::seal_log_sync::Refusal>>,
    /// Something is there to be sent: the background need not wait for its next look.
    pub(crate) news_to_send: Arc<tokio::sync::Notify>,
    pub(crate) operator: tokio::sync::Mutex<Option<PlatformClient>>,
    pub(crate) demo_accounts: Mutex<Vec<wire::DemoAccount>>,
    pub(crate) auto_approve: Mutex<Option<u32>>,
    pub(crate) documents: Mutex<crate::documents::Opened>,
    pub(crate) searches: Mutex<crate::placing::Searches>,
    pub(crate) pictures: Mutex<crate::pictures::PictureCache>,
    pub(crate) page_workers: crate::page_worker::PageWorkers,
    pub(crate) saved: Mutex<HashMap<String, PathBuf>>,
    pub(crate) draft_fonts: Mutex<crate::seal_drafts::DraftFonts>,
    pub(crate) seal_photos: crate::seal_photos::SealPhotos,
    pub(crate) given_up_imports: Mutex<HashSet<Uuid>>,
    events: broadcast::Sender<Event>,
    _folder_lock: File,
}

/// Who is signed in.
#[derive(Default)]
pub(crate) struct Session {
    pub(crate) account: Option<wire::Account>,
    pub(crate) background: Option<tokio::task::AbortHandle>,
}

/// Locks without caring whether another thread panicked: every section leaves the data whole.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl App {
    /// Opens the local data and makes ready to talk to the platform; does not talk yet.
    ///
    /// # Errors
    /// `StoreBusy` when another program uses the folder, `StoreFromNewerVersion`, `StoreDamaged`, `StoreKeyMissing`,
    /// `OutputUnwritable`, `FieldInvalid` for a platform address that is none.
    pub fn open(options: AppOptions) -> Result<Self, Failure> {
        let folder_lock = lock_folder(&options.data_folder)?;
        let (secrets, device_secret) = device_secrets(&options);
        let path = options.data_folder.join(DATABASE_FILE);
        let store = Store::open(&path, &data_key(secrets.as_ref(), &path)?)?;
        let platform = &options.platform;
        let client =
            PlatformClient::with_options(&platform.base_url, platform.sandbox_token.clone(), options.patience)?;
        let is_sandbox = platform.sandbox_token.is_some();
        // The sandbox has another address at each start.
        let place = if is_sandbox { "sandbox" } else { client.base_url() };
        let kept = KeptSession::new(Arc::clone(&secrets), place);
        let session = resumed(&kept, &client);
        client.keep_sessions_with(kept.keeper());
        let vault = crate::unlocking::Vaults::new(secrets, client.clone());
        if session.account.is_some() {
            crate::device::bind(&client, &vault);
        }
        let roots = pinned_roots(&store, &options)?;
        let app = Self {
            inner: Arc::new(Inner {
                store,
                client,
                vault,
                device_secret,
                roots: Mutex::new(roots),
                offered_roots: Mutex::default(),
                scanned: crate::scanning::ScanDocuments::default(),
                tokens: crate::tokens::Tokens::default(),
                session: Mutex::new(session),
                sync: Mutex::new(SyncView {
                    state: SyncState::Synced,
                    at: None,
                    failure: None,
                    clock_ahead_minutes: None,
                }),
                pulling: tokio::sync::Mutex::default(),
                sending: tokio::sync::Mutex::default(),
                sent: AtomicU64::default(),
                importing: tokio::sync::Mutex::default(),
                handing_in: tokio::sync::Mutex::default(),
                seal_log_refused: Mutex::default(),
                news_to_send: Arc::default(),
                operator: tokio::sync::Mutex::default(),
                demo_accounts: Mutex::default(),
                auto_approve: Mutex::default(),
                documents: Mutex::default(),
                searches: Mutex::default(),
                pictures: Mutex::default(),
                page_workers: crate::page_worker::PageWorkers::new(options.page_worker.clone()),
                saved: Mutex::default(),
                draft_fonts: Mutex::default(),
                seal_photos: crate::seal_photos::SealPhotos::default(),
                given_up_imports: Mutex::default(),
                events: broadcast::channel(EVENT_BACKLOG).0,
                _folder_lock: folder_lock,
                options,
            }),
        };
        Ok(app)
    }

    /// Events from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.inner.events.subscribe()
    }
}

impl Inner {
    pub(crate) fn now(&self) -> OffsetDateTime {
        self.options.clock.now()
    }

    pub(crate) fn tell(&self, event: Event) {
        // Nobody listening is fine.
        let _ = self.events.send(event);
    }

    pub(crate) fn changed(&self, topics: &[Topic]) {
        if !topics.is_empty() {
            self.tell(Event::Changed(topics.to_vec()));
        }
    }

    /// The account signed in, also after its session ended: what was seen stays readable.
    pub(crate) fn account(&self) -> Result<wire::Account, Failure> {
        locked(&self.session)
            .account
            .clone()
            .ok_or_else(|| refuse(FailureCode::SessionExpired))
    }

    /// Under which name the account's copy of the platform's objects is kept.
    pub(crate) fn scope(&self) -> Result<String, Failure> {
        Ok(self.account()?.id.to_string())
    }

    /// All mirrored objects of a kind.
    pub(crate) fn all<T: DeserializeOwned>(&self, kind: &str) -> Result<Vec<T>, Failure> {
        let rows = self.store.mirror_rows(&self.scope()?, kind)?;
        rows.iter().map(|row| parsed(&row.body)).collect()
    }

    /// One mirrored object.
    pub(crate) fn one<T: DeserializeOwned>(&self, kind: &str, id: &str) -> Result<T, Failure> {
        let body = self.store.mirror_row(&self.scope()?, kind, id)?;
        parsed(&body.ok_or_else(|| refuse(FailureCode::NotFound))?)
    }

    /// The folder results are saved in.
    pub(crate) fn output_folder(&self) -> Result<PathBuf, Failure> {
        let chosen = self.store.setting(crate::settings::OUTPUT_FOLDER)?;
        Ok(chosen.map_or_else(|| self.options.output_folder.clone(), PathBuf::from))
    }

    pub(crate) fn is_sandbox(&self) -> bool {
        self.options.platform.sandbox_token.is_some()
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let Some(task) = locked(&self.session).background.take() {
            task.abort();
        }
    }
}

pub(crate) fn parsed<T: DeserializeOwned>(body: &str) -> Result<T, Failure> {
    serde_json::from_str(body).map_err(|error| internal("a mirrored object cannot be read", &error))
}

/// Runs slow work (Argon2, PDF, disk) off the threads that answer the window.
pub(crate) async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| internal("slow work stopped", &error))?
}

fn lock_folder(folder: &Path) -> Result<File, Failure> {
    std::fs::create_dir_all(folder).map_err(|error| Failure::from_write(&error))?;
    let mut options = File::options();
    options.read(true).write(true).create(true).truncate(false);
    let file = options
        .open(folder.join(LOCK_FILE))
        .map_err(|error| Failure::from_write(&error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(refuse(FailureCode::StoreBusy)),
        Err(std::fs::TryLockError::Error(error)) => Err(Failure::from_write(&error)),
    }
}

/// Who was signed in at the last start still is: what was seen is there at once, the platform is asked when it is there.
fn resumed(kept: &KeptSession, client: &PlatformClient) -> Session {
    let Some((account, refresh_token)) = kept.read() else {
        return Session::default();
    };
    client.resume_later(&refresh_token);
    Session {
        account: Some(account),
        background: None,
    }
}

/// The key of the local data. A file that has one is never given another: the right one may be back after an unlock.
fn data_key(secrets: &dyn DeviceSecretStore, database: &Path) -> Result<DataKey, Failure> {
    let secret = match secrets.get(DATA_KEY) {
        Err(DeviceSecretError::Missing) if !Store::has_key(database) => {
            secrets.get_or_create(DATA_KEY, &mut pki::random::system())
        }
        other => other,
    };
    let secret = secret.map_err(|error| caused(FailureCode::StoreKeyMissing, &error))?;
    Ok(DataKey::new(secret.as_bytes()))
}

fn device_secrets(options: &AppOptions) -> (Arc<dyn DeviceSecretStore>, DeviceSecretKind) {
    let folder = options.data_folder.join("device");
    match options.device_secrets {
        DeviceSecretPlace::PlainFile => (Arc::new(FileDeviceSecrets::new(&folder)), DeviceSecretKind::PlainFile),
        DeviceSecretPlace::System => {
            let opened = pki::vault::device_secret_store(&folder);
            let kind = match opened.warning {
                Some(_) => DeviceSecretKind::PlainFile,
                None => DeviceSecretKind::SystemKeyStore,
            };
            (Arc::from(opened.store), kind)
        }
    }
}

/// The roots given at start, or the one kept when this platform was first seen.
fn pinned_roots(store: &Store, options: &AppOptions) -> Result<Vec<Vec<u8>>, Failure> {
    use base64::Engine as _;
    if let Some(root) = &options.platform.root_certificate {
        return Ok(vec![root.clone()]);
    }
    let kept = store.setting(&root_setting(&options.platform.base_url))?;
    Ok(kept
        .and_then(|text| base64::engine::general_purpose::STANDARD.decode(text).ok())
        .into_iter()
        .collect())
}

/// Name of the setting that keeps a platform's root certificate.
pub(crate) fn root_setting(base_url: &str) -> String {
    format!("root_certificate:{}", base_url.trim_end_matches('/'))
}
