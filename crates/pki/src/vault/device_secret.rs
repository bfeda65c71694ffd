//! The second secret: 32 random bytes for each key, kept apart from the database.

use crate::random::CryptoRng;
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use uuid::Uuid;
use zeroize::Zeroizing;

/// How many bytes a device secret has.
const SECRET_BYTES: usize = 32;
/// How many bytes a kept text has at most: what every key store takes.
const LONGEST_TEXT: usize = 2000;

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

    /// A secret text, such as the token a session goes on with.
    ///
    /// # Errors
    /// [`DeviceSecretError`]; a place for keys only has none.
    fn text(&self, _id: Uuid) -> Result<Zeroizing<String>, DeviceSecretError> {
        Err(DeviceSecretError::Missing)
    }

    /// Keeps a secret text of at most 2,000 bytes, in the place of an earlier one.
    ///
    /// # Errors
    /// [`DeviceSecretError::Unavailable`]; also of a place for keys only, and when the text is too long.
    fn put_text(&self, _id: Uuid, _text: &str) -> Result<(), DeviceSecretError> {
        Err(DeviceSecretError::Unavailable)
    }

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

    fn text(&self, id: Uuid) -> Result<Zeroizing<String>, DeviceSecretError> {
        self.as_ref().text(id)
    }

    fn put_text(&self, id: Uuid, text: &str) -> Result<(), DeviceSecretError> {
        self.as_ref().put_text(id, text)
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

    fn read(&self, id: Uuid, longest: usize) -> Result<Zeroizing<Vec<u8>>, DeviceSecretError> {
        let file = fs::File::open(self.path(id)).map_err(|error| match error.kind() {
            ErrorKind::NotFound => DeviceSecretError::Missing,
            _ => DeviceSecretError::Unavailable,
        })?;
        let mut bytes = Zeroizing::new(Vec::with_capacity(longest + 1));
        let limit = u64::try_from(longest).unwrap_or(u64::MAX).saturating_add(1);
        file.take(limit)
            .read_to_end(&mut bytes)
            .map_err(|_| DeviceSecretError::Unavailable)?;
        Ok(bytes)
    }

    fn write_new(&self, id: Uuid, secret: &[u8]) -> std::io::Result<()> {
        make_private_folder(&self.folder)?;
        let aside = self.folder.join(format!("{id}.secret.new"));
        remove_if_there(&aside)?;
        let mut file = private_options().open(&aside)?;
        file.write_all(secret)?;
        file.sync_all()?;
        fs::rename(&aside, self.path(id))
    }
}

impl DeviceSecretStore for FileDeviceSecrets {
    fn get(&self, id: Uuid) -> Result<DeviceSecret, DeviceSecretError> {
        let bytes = self.read(id, SECRET_BYTES)?;
        DeviceSecret::from_slice(&bytes).ok_or(DeviceSecretError::Missing)
    }

    fn put(&self, id: Uuid, secret: &DeviceSecret) -> Result<(), DeviceSecretError> {
        self.write_new(id, secret.as_bytes())
            .map_err(|_| DeviceSecretError::Unavailable)
    }

    fn remove(&self, id: Uuid) -> Result<(), DeviceSecretError> {
        remove_if_there(&self.path(id)).map_err(|_| DeviceSecretError::Unavailable)
    }

    fn text(&self, id: Uuid) -> Result<Zeroizing<String>, DeviceSecretError> {
        text_of(&self.read(id, LONGEST_TEXT)?)
    }

    fn put_text(&self, id: Uuid, text: &str) -> Result<(), DeviceSecretError> {
        check_length(text)?;
        self.write_new(id, text.as_bytes())
            .map_err(|_| DeviceSecretError::Unavailable)
    }
}

/// Bytes that are no text of ours are none at all.
pub(super) fn text_of(bytes: &[u8]) -> Result<Zeroizing<String>, DeviceSecretError> {
    let text = std::str::from_utf8(bytes).map_err(|_| DeviceSecretError::Missing)?;
    check_length(text).map_err(|_| DeviceSecretError::Missing)?;
    Ok(Zeroizing::new(text.to_owned()))
}

pub(super) fn check_length(text: &str) -> Result<(), DeviceSecretError> {
    if text.len() <= LONGEST_TEXT {
        Ok(())
    } else {
        Err(DeviceSecretError::Unavailable)
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
