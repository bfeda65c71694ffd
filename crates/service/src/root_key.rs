//! The root's key while it is kept apart: PKCS#8, encrypted (PBES2 with scrypt), in a file of its own that OpenSSL reads as well.

use std::io::Write as _;
use std::path::Path;

use pkcs8::{EncryptedPrivateKeyInfoRef, LineEnding, PrivateKeyInfoRef, SecretDocument};
use zeroize::Zeroizing;

use crate::Failure;

const LABEL: &str = "ENCRYPTED PRIVATE KEY";

/// A new file whose name nobody has yet; readable by its owner only, and durable before the authority counts.
pub(crate) struct KeyFile(std::fs::File);

impl KeyFile {
    pub(crate) fn new(path: &Path) -> Result<Self, Failure> {
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        let file = options.open(path);
        file.map(Self)
            .map_err(|error| Failure::File(path.display().to_string(), error))
    }

    /// Encrypts the key into it.
    pub(crate) fn write(mut self, key: &[u8], passphrase: &str) -> Result<(), Failure> {
        let key = PrivateKeyInfoRef::try_from(key).map_err(wrong)?;
        let sealed = key
            .encrypt_with_rng(&mut getrandom::SysRng, passphrase)
            .map_err(wrong)?;
        let pem = sealed.to_pem(LABEL, LineEnding::LF).map_err(wrong)?;
        self.0
            .write_all(pem.as_bytes())
            .and_then(|()| self.0.sync_all())
            .map_err(wrong)
    }
}

/// The key (PKCS#8) from its file.
pub(crate) fn read(path: &Path, passphrase: &str) -> Result<SecretDocument, Failure> {
    let pem = std::fs::read_to_string(path).map(Zeroizing::new);
    let pem = pem.map_err(|error| Failure::File(path.display().to_string(), error))?;
    let (_, sealed) = SecretDocument::from_pem(&pem).map_err(wrong)?;
    let sealed = EncryptedPrivateKeyInfoRef::try_from(sealed.as_bytes()).map_err(wrong)?;
    sealed.decrypt(passphrase).map_err(wrong)
}

fn wrong(error: impl ToString) -> Failure {
    Failure::RootKey(error.to_string())
}
