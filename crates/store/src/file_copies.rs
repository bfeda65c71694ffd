//! Files of the platform that were fetched once: read again without it, and not sent again while they are the newest.
use crate::{Store, StoreError};
use rusqlite::{OptionalExtension, params};

/// A file as it was fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileCopy {
    /// The tag by which the platform knows it.
    pub tag: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl Store {
    /// The copy of a file.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn file_copy(&self, scope: &str, id: &str) -> Result<Option<FileCopy>, StoreError> {
        self.with(|connection| {
            let mut statement =
                connection.prepare_cached("SELECT tag, bytes FROM file_copy WHERE scope = ?1 AND id = ?2")?;
            let copy: Option<(String, Vec<u8>)> = statement
                .query_row([scope, id], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            copy.map(|(tag, sealed)| {
                let bytes = self.sealer.open(&["file_copy", scope, id], &sealed)?;
                Ok(FileCopy { tag, bytes })
            })
            .transpose()
        })
    }

    /// Keeps a file; an older copy gives way.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn keep_file_copy(&self, scope: &str, id: &str, copy: &FileCopy) -> Result<(), StoreError> {
        let sealed = self.sealer.seal(&["file_copy", scope, id], &copy.bytes)?;
        self.change(|connection| {
            connection.execute(
                "INSERT OR REPLACE INTO file_copy (scope, id, tag, bytes) VALUES (?1, ?2, ?3, ?4)",
                params![scope, id, copy.tag, sealed],
            )?;
            Ok(())
        })
    }
}
