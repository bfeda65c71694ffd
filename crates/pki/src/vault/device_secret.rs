//! The second secret: 32 random bytes for each key, kept apart from the database.

use crate::random::CryptoRng;
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use uuid::Uuid;
use zeroize::Zeroizing;

/// How many bytes a device secret has.
const SECRET_BYTES: usize = 32;

/// 32 random bytes; wiped on drop, never printed.
pub struct DeviceSecret {
    bytes: Zeroizing<[u8; SECRET_BYTES]>,
}

impl DeviceSecret {
    /// Makes a new one.
    #[must_use]
    pub fn generate(rng: &mut dyn CryptoRng) -> Self {
        let mut bytes = Zeroizing::new([0; SECRET_BYTES]);
        rng.fill_bytes(bytes.as_mut_slice());
        Self { bytes }
    }

    /// Takes over stored bytes; none when they are not 32.
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        let bytes = bytes.try_into().ok()?;
        Some(Self {
            bytes: Zeroizing::new(bytes),
        })
    }

    /// The bytes, for a store that keeps them and for key derivation.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; SECRET_BYTES] {
        &self.bytes
    }
}

/// Why a device secret cannot be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeviceSecretError {
    /// There is none for this key on this device.
    #[error("no secret for this key on this device")]
    Missing,
    /// The store did not answer, is locked, or refused.
    #[error("the store of device secrets cannot be used")]
    Unavailable,
}

/// A place that keeps device secrets.
pub trait DeviceSecretStore: Send + Sync {
    /// The secret of a key.
    ///
    /// # Errors
    /// [`DeviceSecretError`].
    fn get(&self, id: Uuid) -> Result<DeviceSecret, DeviceSecretError>;

    /// Keeps a secret for a key that has none yet, or replaces it.
    ///
    /// # Errors
    /// [`DeviceSecretError::Unavailable`].
    fn put(&self, id: Uuid, secret: &DeviceSecret) -> Result<(), DeviceSecretError>;

    /// Forgets the secret of a key; fine when there is none.
    ///
    /// # Errors
    /// [`DeviceSecretError::Unavailable`].
    fn remove(&self, id: Uuid) -> Result<(), DeviceSecretError>;

    /// The secret of a key, made and kept first when there is none.
    ///
    /// # Errors
    /// [`DeviceSecretError::Unavailable`]; also when what was kept does not read back the same.
    fn get_or_create(&self, id: Uuid, rng: &mut dyn CryptoRng) -> Result<DeviceSecret, DeviceSecretError> {
        match self.get(id) {
            Err(DeviceSecretError::Missing) => {}
            other => return other,
        }
        let made = DeviceSecret::generate(rng);
        self.put(id, &made)?;
        let kept = self.get(id).map_err(|_| DeviceSecretError::Unavailable)?;
        if kept.as_bytes() == made.as_bytes() {
            Ok(kept)
        } else {
            Err(DeviceSecretError::Unavailable)
        }
    }
}

/// One place for several schemes.
impl DeviceSecretStore for std::sync::Arc<dyn DeviceSecretStore> {
    fn get(&self, id: Uuid) -> Result<DeviceSecret, DeviceSecretError> {
        self.as_ref().get(id)
    }

    fn put(&self, id: Uuid, secret: &DeviceSecret) -> Result<(), DeviceSecretError> {
        self.as_ref().put(id, secret)
    }

    fn remove(&self, id: Uuid) -> Result<(), DeviceSecretError> {
        self.as_ref().remove(id)
    }
}

/// Device secrets as files that only their owner may read: for systems without a key store.
///
/// Weaker than a key store: whoever reads the user's files has both the database and these.
pub struct FileDeviceSecrets {
    folder: PathBuf,
}

impl FileDeviceSecrets {
    /// Files will be kept in `folder`, which is made (0700) when first needed.
    #[must_use]
    pub fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
        }
    }

    fn path(&self, id: Uuid) -> PathBuf {
        self.folder.join(format!("{id}.secret"))
    }

    fn write_new(&self, id: Uuid, secret: &DeviceSecret) -> std::io::Result<()> {
        make_private_folder(&self.folder)?;
        let aside = self.folder.join(format!("{id}.secret.new"));
        remove_if_there(&aside)?;
        let mut file = private_options().open(&aside)?;
        file.write_all(secret.as_bytes())?;
        file.sync_all()?;
        fs::rename(&aside, self.path(id))
    }
}

impl DeviceSecretStore for FileDeviceSecrets {
    fn get(&self, id: Uuid) -> Result<DeviceSecret, DeviceSecretError> {
        let file = fs::File::open(self.path(id)).map_err(|error| match error.kind() {
            ErrorKind::NotFound => DeviceSecretError::Missing,
            _ => DeviceSecretError::Unavailable,
        })?;
        let mut bytes = Zeroizing::new(Vec::with_capacity(SECRET_BYTES * 2));
        let limit = u64::try_from(SECRET_BYTES).unwrap_or(u64::MAX).saturating_add(1);
        file.take(limit)
            .read_to_end(&mut bytes)
            .map_err(|_| DeviceSecretError::Unavailable)?;
        DeviceSecret::from_slice(&bytes).ok_or(DeviceSecretError::Missing)
    }

    fn put(&self, id: Uuid, secret: &DeviceSecret) -> Result<(), DeviceSecretError> {
        self.write_new(id, secret).map_err(|_| DeviceSecretError::Unavailable)
    }

    fn remove(&self, id: Uuid) -> Result<(), DeviceSecretError> {
        remove_if_there(&self.path(id)).map_err(|_| DeviceSecretError::Unavailable)
    }
}

fn remove_if_there(path: &Path) -> std::io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(unix)]
fn make_private_folder(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn make_private_folder(folder: &Path) -> std::io::Result<()> {
    fs::create_dir_all(folder)
}

#[cfg(unix)]
fn private_options() -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    options
}

#[cfg(not(unix))]
fn private_options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    options
}
