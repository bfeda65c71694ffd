//! The device's key, as the platform's client needs it: it opens sign-ins and refreshes their sessions.
use crate::application::{App, off_thread};
use crate::failure::Failure;
use crate::unlocking::Vaults;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pki::vault::{DeviceKey, SessionStep};
use platform::client::{Device, PlatformClient};
use std::sync::Arc;

/// Of the computer's own name, so that the platform takes it with the system's.
const LONGEST_NAME: usize = 80;

struct SessionDevice(DeviceKey);

impl SessionDevice {
    fn signs(&self, step: SessionStep, message: &str) -> Option<String> {
        let signature = self.0.sign(step, message.as_bytes()).ok()?;
        Some(STANDARD.encode(signature))
    }
}

/// The computer's name and its system, as people tell their computers apart.
fn name() -> String {
    let system = match std::env::consts::OS {
        "windows" => "Windows",
        "macos" => "macOS",
        _ => "Linux",
    };
    let host = gethostname::gethostname().to_string_lossy().into_owned();
    let host: String = host
        .chars()
        .filter(|one| !one.is_control())
        .take(LONGEST_NAME)
        .collect();
    match host.trim() {
        "" => system.to_owned(),
        host => format!("{host} ({system})"),
    }
}

impl Device for SessionDevice {
    fn name(&self) -> String {
        name()
    }

    fn public_key(&self) -> String {
        STANDARD.encode(self.0.public_key())
    }

    fn signs_open(&self, account: &str) -> Option<String> {
        self.signs(SessionStep::Open, account)
    }

    fn signs_refresh(&self, token: &str) -> Option<String> {
        self.signs(SessionStep::Refresh, token)
    }
}

/// Sessions are bound to this device from now on. A key store that cannot be used keeps nobody from signing in.
pub(crate) fn bind(client: &PlatformClient, vault: &Vaults) {
    match vault.session_key() {
        Some(key) => client.set_device(Arc::new(SessionDevice(key))),
        None => tracing::warn!("the session is not bound to this device: its key store cannot be used"),
    }
}

impl App {
    /// The same before somebody signs in; the key store may take a while.
    pub(crate) async fn signs_as_this_device(&self) -> Result<(), Failure> {
        let inner = Arc::clone(&self.inner);
        off_thread(move || {
            bind(&inner.client, &inner.vault);
            Ok(())
        })
        .await
    }
}
