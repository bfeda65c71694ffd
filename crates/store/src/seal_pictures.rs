//! Pictures of uploaded seals.
use crate::{Store, StoreError};
use rusqlite::{OptionalExtension, params};

impl Store {
    /// The picture of a seal (PNG), when it is here.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn seal_picture(&self, scope: &str, seal_id: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.with(|connection| {
            let mut statement =
                connection.prepare_cached("SELECT png FROM seal_picture WHERE scope = ?1 AND seal_id = ?2")?;
            let sealed: Option<Vec<u8>> = statement.query_row([scope, seal_id], |row| row.get(0)).optional()?;
            sealed
                .map(|sealed| self.sealer.open(&["seal_picture", scope, seal_id], &sealed))
                .transpose()
        })
    }

    /// Whether the picture of a seal is here.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn has_seal_picture(&self, scope: &str, seal_id: &str) -> Result<bool, StoreError> {
        self.with(|connection| {
            let mut statement =
                connection.prepare_cached("SELECT 1 FROM seal_picture WHERE scope = ?1 AND seal_id = ?2")?;
            Ok(statement.exists([scope, seal_id])?)
        })
    }

    /// Keeps the picture of a seal. A seal's picture never changes: what is here stays.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn keep_seal_picture(&self, scope: &str, seal_id: &str, png: &[u8]) -> Result<(), StoreError> {
        let sealed = self.sealer.seal(&["seal_picture", scope, seal_id], png)?;
        self.change(|connection| {
            connection.execute(
                "INSERT INTO seal_picture VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
                params![scope, seal_id, sealed],
            )?;
            Ok(())
        })
    }
}
