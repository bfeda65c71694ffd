//! The operating system's own key store, asked on a thread with a deadline, so that a silent one never hangs a window.

use super::device_secret::{
    DeviceSecret, DeviceSecretError, DeviceSecretStore, FileDeviceSecrets, check_length, text_of,
};
use keyring_core::{CredentialStore, Error};
use std::path::Path;
use std::sync::{Arc, mpsc};
use std::time::Duration;
use uuid::Uuid;
use zeroize::Zeroizing;

/// Under this name entries are found in the system's own list of secrets.
const SERVICE: &str = "cn.ganjiang.device-secret";
/// A key store that is there answers at once; one that is not must not delay the start.
const CONNECT_LIMIT: Duration = Duration::from_secs(3);
/// Reading may ask the person to unlock the store first.
const ANSWER_LIMIT: Duration = Duration::from_secs(60);

/// Said when secrets lie in a plain file because the system offers no key store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlainFileWarning {
    /// What the key store answered, for the log.
    pub detail: String,
}

/// Where device secrets are kept on this machine.
pub struct OpenedDeviceSecrets {
    /// The place.
    pub store: Box<dyn DeviceSecretStore>,
    /// Present when it is a plain file readable by its owner only: the person is told.
    pub warning: Option<PlainFileWarning>,
}

/// Opens the system's key store; where there is none (headless Linux), files in `folder` with a warning.
///
/// Returns within about three seconds whatever the system does.
#[must_use]
pub fn device_secret_store(folder: &Path) -> OpenedDeviceSecrets {
    let files = FileDeviceSecrets::new(folder);
    match within(CONNECT_LIMIT, open_system_store) {
        Some(Ok(store)) => OpenedDeviceSecrets {
            store: Box::new(SystemDeviceSecrets { store, files }),
            warning: None,
        },
        Some(Err(error)) => plain_files(files, error.to_string()),
        None => plain_files(files, "no answer in time".to_owned()),
    }
}

fn plain_files(files: FileDeviceSecrets, detail: String) -> OpenedDeviceSecrets {
    tracing::warn!(
        detail,
        "no key store: device secrets are kept in plain files of mode 0600"
    );
    OpenedDeviceSecrets {
        store: Box::new(files),
        warning: Some(PlainFileWarning { detail }),
    }
}

#[cfg(target_os = "linux")]
fn open_system_store() -> keyring_core::Result<Arc<CredentialStore>> {
    let store: Arc<CredentialStore> = zbus_secret_service_keyring_store::Store::new()?;
    Ok(store)
}

#[cfg(windows)]
fn open_system_store() -> keyring_core::Result<Arc<CredentialStore>> {
    let store: Arc<CredentialStore> = windows_native_keyring_store::Store::new()?;
    Ok(store)
}

#[cfg(target_os = "macos")]
fn open_system_store() -> keyring_core::Result<Arc<CredentialStore>> {
    let store: Arc<CredentialStore> = apple_native_keyring_store::keychain::Store::new()?;
    Ok(store)
}

#[cfg(not(any(target_os = "linux", windows, target_os = "macos")))]
fn open_system_store() -> keyring_core::Result<Arc<CredentialStore>> {
    Err(Error::NoDefaultStore)
}

/// Runs `work` on a thread of its own; none when it takes longer than `limit` (the thread is left behind).
fn within<T: Send + 'static>(limit: Duration, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (answer, answered) = mpsc::channel();
    let started = std::thread::Builder::new().name("key-store".to_owned()).spawn(move || {
        // Nobody listens after the deadline; the answer is then dropped.
        let _late = answer.send(work());
    });
    started.ok()?;
    answered.recv_timeout(limit).ok()
}

/// The system's store, and the files of a time when it was not there.
struct SystemDeviceSecrets {
    store: Arc<CredentialStore>,
    files: FileDeviceSecrets,
}

impl SystemDeviceSecrets {
    fn ask<T: Send + 'static>(
        &self,
        id: Uuid,
        question: impl FnOnce(keyring_core::Entry) -> keyring_core::Result<T> + Send + 'static,
    ) -> Result<T, DeviceSecretError> {
        let store = Arc::clone(&self.store);
        let answer = within(ANSWER_LIMIT, move || {
            store.build(SERVICE, &id.to_string(), None).and_then(question)
        });
        answer
            .ok_or(DeviceSecretError::Unavailable)?
            .map_err(|error| match error {
                Error::NoEntry => DeviceSecretError::Missing,
                _ => DeviceSecretError::Unavailable,
            })
    }
}

impl DeviceSecretStore for SystemDeviceSecrets {
    fn get(&self, id: Uuid) -> Result<DeviceSecret, DeviceSecretError> {
        match self.ask(id, |entry| entry.get_secret().map(Zeroizing::new)) {
            Ok(bytes) => DeviceSecret::from_slice(&bytes).ok_or(DeviceSecretError::Missing),
            Err(DeviceSecretError::Missing) => self.files.get(id),
            Err(error) => Err(error),
        }
    }

    fn put(&self, id: Uuid, secret: &DeviceSecret) -> Result<(), DeviceSecretError> {
        let bytes = Zeroizing::new(*secret.as_bytes());
        self.ask(id, move |entry| entry.set_secret(bytes.as_slice()))
    }

    fn remove(&self, id: Uuid) -> Result<(), DeviceSecretError> {
        self.files.remove(id)?;
        match self.ask(id, |entry| entry.delete_credential()) {
            Err(DeviceSecretError::Missing) => Ok(()),
            other => other,
        }
    }

    fn text(&self, id: Uuid) -> Result<Zeroizing<String>, DeviceSecretError> {
        text_of(&self.ask(id, |entry| entry.get_secret().map(Zeroizing::new))?)
    }

    fn put_text(&self, id: Uuid, text: &str) -> Result<(), DeviceSecretError> {
        check_length(text)?;
        let bytes = Zeroizing::new(text.as_bytes().to_vec());
        self.ask(id, move |entry| entry.set_secret(&bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_that_never_answers_is_given_up() {
        let (_keep, never) = mpsc::channel::<()>();
        let answer = within(Duration::from_millis(20), move || never.recv());
        assert!(answer.is_none());
    }

    #[test]
    fn what_a_store_answers_comes_back() {
        assert_eq!(within(ANSWER_LIMIT, || 7), Some(7));
    }
}
