//! What the platform told and what waits for it is kept sealed: AES-256-GCM under a key that is not in the file.
use crate::StoreError;
use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes256Gcm, KeyInit, Nonce};
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::{Connection, OptionalExtension};
use std::sync::Arc;
use zeroize::Zeroizing;

/// How long the number is that is used once.
const NONCE_BYTES: usize = 12;
/// Sealed when the file is first used; only the same key opens it. It also tells that the seal log was chained.
const PROOF: &str = "ganjiang, log chained";

/// The key of the local data: 32 random bytes that the operating system's key store keeps.
pub struct DataKey(Zeroizing<[u8; 32]>);

impl DataKey {
    /// Takes the key's bytes.
    #[must_use]
    pub fn new(bytes: &[u8; 32]) -> Self {
        Self(Zeroizing::new(*bytes))
    }
}

/// Seals and opens contents; each is bound to its place, so that none can be put in the place of another.
#[derive(Clone)]
pub(crate) struct Sealer(Arc<Aes256Gcm>);

impl Sealer {
    pub(crate) fn new(key: &DataKey) -> Self {
        Self(Arc::new(Aes256Gcm::new((&*key.0).into())))
    }

    /// A fresh random number, then the sealed bytes.
    pub(crate) fn seal(&self, place: &[&str], plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        let mut nonce = [0; NONCE_BYTES];
        getrandom::fill(&mut nonce).map_err(|_| StoreError::Statement("no randomness".to_owned()))?;
        let place = place.join("\n");
        let payload = Payload {
            msg: plain,
            aad: place.as_bytes(),
        };
        let sealed = self.0.encrypt(&Nonce::from(nonce), payload);
        let sealed = sealed.map_err(|_| StoreError::Statement("too much to seal".to_owned()))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// The bytes as they were.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when they were changed, or sealed under another key or for another place.
    pub(crate) fn open(&self, place: &[&str], sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        let damaged = || StoreError::Damaged("a sealed row does not open".to_owned());
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_BYTES>().ok_or_else(damaged)?;
        let place = place.join("\n");
        let payload = Payload {
            msg: sealed,
            aad: place.as_bytes(),
        };
        self.0.decrypt(&Nonce::from(*nonce), payload).map_err(|_| damaged())
    }

    /// The text as it was.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub(crate) fn open_text(&self, place: &[&str], sealed: &[u8]) -> Result<String, StoreError> {
        let bytes = self.open(place, sealed)?;
        String::from_utf8(bytes).map_err(|_| StoreError::Damaged("a sealed text is none".to_owned()))
    }

    /// `sealed(what, place...)` for the step that seals what older versions kept in plain.
    pub(crate) fn teach(&self, connection: &Connection) -> Result<(), StoreError> {
        let sealer = self.clone();
        connection.create_scalar_function("sealed", -1, FunctionFlags::SQLITE_DIRECTONLY, move |context| {
            sealed_argument(&sealer, context)
        })?;
        Ok(())
    }
}

fn sealed_argument(sealer: &Sealer, context: &Context<'_>) -> rusqlite::Result<Option<Vec<u8>>> {
    let plain: Option<Vec<u8>> = match context.get_raw(0) {
        rusqlite::types::ValueRef::Null => None,
        value => Some(value.as_bytes()?.to_vec()),
    };
    let place: Vec<String> = (1..context.len())
        .map(|index| context.get(index))
        .collect::<Result<_, _>>()?;
    let place: Vec<&str> = place.iter().map(String::as_str).collect();
    let sealed = plain.map(|plain| sealer.seal(&place, &plain)).transpose();
    sealed.map_err(|error| rusqlite::Error::UserFunctionError(error.into()))
}

/// A file belongs to the key it was first opened with. True the first time.
///
/// # Errors
/// [`StoreError::OtherKey`].
pub(crate) fn check_key(connection: &Connection, sealer: &Sealer) -> Result<bool, StoreError> {
    let kept: Option<Vec<u8>> = connection
        .query_row("SELECT proof FROM data_key", [], |row| row.get(0))
        .optional()?;
    match kept.map(|proof| sealer.open_text(&["data_key"], &proof)) {
        None => Ok(true),
        Some(Ok(text)) if text == PROOF => Ok(false),
        Some(_) => Err(StoreError::OtherKey),
    }
}

/// From now on the file belongs to this key.
pub(crate) fn keep_proof(connection: &Connection, sealer: &Sealer) -> Result<(), StoreError> {
    let proof = sealer.seal(&["data_key"], PROOF.as_bytes())?;
    connection.execute("INSERT INTO data_key (only, proof) VALUES (1, ?1)", [proof])?;
    Ok(())
}
