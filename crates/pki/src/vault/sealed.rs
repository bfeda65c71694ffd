//! The form in which a sealed key is kept: a small versioned DER structure, opaque to whoever stores it.

use super::VaultError;
use der::asn1::{OctetString, Utf8StringRef};
use der::{Decode, Encode, Sequence};
use uuid::Uuid;

/// The version of the outer structure.
const VERSION: u8 = 1;

/// A private key sealed by some scheme; safe to store, to back up and to log its [`SealedKey::id`].
#[derive(Clone, PartialEq, Eq)]
pub struct SealedKey {
    id: Uuid,
    scheme: String,
    body: Vec<u8>,
}

/// `SEQUENCE { version INTEGER, scheme UTF8String, id OCTET STRING, body OCTET STRING }`
#[derive(Sequence)]
struct Outer<'a> {
    version: u8,
    scheme: Utf8StringRef<'a>,
    id: OctetString,
    body: OctetString,
}

impl SealedKey {
    /// Puts a scheme's own bytes into the common form; for implementations of [`super::KeyVault`].
    #[must_use]
    pub fn new(id: Uuid, scheme: &str, body: Vec<u8>) -> Self {
        Self {
            id,
            scheme: scheme.to_owned(),
            body,
        }
    }

    /// The id of the key, under which its tries and its device secret are kept.
    #[must_use]
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// The scheme that sealed it, such as `device-pin/1`.
    #[must_use]
    pub fn scheme(&self) -> &str {
        &self.scheme
    }

    /// The scheme's own bytes.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The bytes to store.
    ///
    /// # Errors
    /// [`VaultError::CannotSeal`] when they do not fit a DER structure (over 256 MB).
    pub fn to_bytes(&self) -> Result<Vec<u8>, VaultError> {
        let fail = |_| VaultError::CannotSeal;
        let outer = Outer {
            version: VERSION,
            scheme: Utf8StringRef::new(&self.scheme).map_err(fail)?,
            id: OctetString::new(self.id.as_bytes().as_slice()).map_err(fail)?,
            body: OctetString::new(self.body.as_slice()).map_err(fail)?,
        };
        outer.to_der().map_err(fail)
    }

    /// Reads what [`SealedKey::to_bytes`] gave.
    ///
    /// # Errors
    /// [`VaultError::Corrupt`] when it is anything else.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, VaultError> {
        let outer = Outer::from_der(bytes).map_err(|_| VaultError::Corrupt)?;
        if outer.version != VERSION {
            return Err(VaultError::UnknownScheme);
        }
        let id = Uuid::from_slice(outer.id.as_bytes()).map_err(|_| VaultError::Corrupt)?;
        Ok(Self::new(id, outer.scheme.as_str(), outer.body.as_bytes().to_vec()))
    }
}
