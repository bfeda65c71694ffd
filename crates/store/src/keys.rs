//! Sealed keys, their tries, and imports and reissues that are not finished yet.
use crate::{Store, StoreError};
use rusqlite::{Connection, OptionalExtension, Row, params};
use time::OffsetDateTime;
use uuid::Uuid;

/// How many wrong PINs lock a key.
pub const TRIES: u8 = 5;

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyPurpose {
    /// The first certificate of an entitlement on this device.
    Import,
    /// It takes the place of a former key.
    Reissue,
    /// It came with a certificate of another authority; its entitlement is its own id.
    OtherAuthority,
}

impl KeyPurpose {
    fn word(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Reissue => "reissue",
            Self::OtherAuthority => "other_authority",
        }
    }

    fn read(word: &str) -> Self {
        match word {
            "reissue" => Self::Reissue,
            "other_authority" => Self::OtherAuthority,
            _ => Self::Import,
        }
    }
}

/// Where a key is that is on a token and not here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenPlace {
    /// Path of the token's driver.
    pub driver: String,
    /// The token's label, for people.
    pub label: String,
}

/// A key made on this device. The key itself is sealed; nothing here is secret without PIN and device secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRow {
    /// Id of the key.
    pub id: Uuid,
    /// Account it belongs to.
    pub account: String,
    /// Entitlement (certificate id) it was made for.
    pub entitlement: String,
    /// It is in use: its certificate has arrived, was checked and, after a reissue, confirmed.
    pub active: bool,
    /// What it is for.
    pub purpose: KeyPurpose,
    /// Why it was reissued.
    pub because: Option<String>,
    /// The sealed key.
    pub sealed: Vec<u8>,
    /// Its public half, DER `SubjectPublicKeyInfo`.
    pub spki: Vec<u8>,
    /// PIN tries left.
    pub tries_left: u8,
    /// Key of the one request that asks for its certificate.
    pub idempotency_key: Uuid,
    /// That request, PKCS#10 DER, signed once.
    pub request: Vec<u8>,
    /// Its certificate, DER.
    pub certificate: Option<Vec<u8>>,
    /// The certificate's issuers, nearest first, DER.
    pub chain: Vec<Vec<u8>>,
    /// It is on a token: nothing is sealed here.
    pub token: Option<TokenPlace>,
}

/// A key about to be kept, before its request leaves.
#[derive(Debug, Clone)]
pub struct NewKey {
    /// Id of the key.
    pub id: Uuid,
    /// Account it belongs to.
    pub account: String,
    /// Entitlement it is made for.
    pub entitlement: String,
    /// The sealed key.
    pub sealed: Vec<u8>,
    /// Its public half.
    pub spki: Vec<u8>,
    /// Key of the request.
    pub idempotency_key: Uuid,
    /// The request.
    pub request: Vec<u8>,
    /// What it is for.
    pub purpose: KeyPurpose,
    /// Why it is reissued.
    pub because: Option<String>,
    /// When it was made.
    pub made_at: OffsetDateTime,
}

const COLUMNS: &str = "id, account, entitlement, state, sealed, spki, tries_left, idempotency_key, request, \
                       certificate, purpose, because, token_driver, token_label";

impl Store {
    /// Keeps a key whose certificate is about to be asked for. At most one is pending for an entitlement.
    ///
    /// # Errors
    /// [`StoreError::Statement`] when one is pending already.
    pub fn begin_import(&self, key: &NewKey) -> Result<(), StoreError> {
        self.change(|connection| insert_key(connection, key, "pending"))
    }

    /// Keeps a key that came with its certificate from another authority.
    ///
    /// # Errors
    /// [`StoreError`]; nothing was changed then.
    pub fn keep_brought_key(&self, key: &NewKey, certificate: &[u8], chain: &[Vec<u8>]) -> Result<(), StoreError> {
        self.change(|connection| {
            insert_key(connection, key, "active")?;
            set_certificate(connection, &key.id.to_string(), certificate, chain)
        })
    }

    /// Keeps a certificate of another authority whose key is on a token.
    ///
    /// # Errors
    /// [`StoreError`]; nothing was changed then.
    pub fn keep_token_key(
        &self,
        key: &NewKey,
        certificate: &[u8],
        chain: &[Vec<u8>],
        token: &TokenPlace,
    ) -> Result<(), StoreError> {
        self.change(|connection| {
            let id = key.id.to_string();
            insert_key(connection, key, "active")?;
            set_certificate(connection, &id, certificate, chain)?;
            connection.execute(
                "UPDATE sealed_key SET token_driver = ?2, token_label = ?3 WHERE id = ?1",
                params![id, token.driver, token.label],
            )?;
            Ok(())
        })
    }

    /// The certificate was checked: the key is in use from now on, an older one of the entitlement is retired.
    ///
    /// # Errors
    /// [`StoreError`]; nothing was changed then.
    pub fn finish_import(&self, id: Uuid, certificate: &[u8], chain: &[Vec<u8>]) -> Result<(), StoreError> {
        self.change(|connection| {
            let id = id.to_string();
            set_certificate(connection, &id, certificate, chain)?;
            activate(connection, &id)
        })
    }

    /// The certificate was checked, but does not count before it is confirmed.
    ///
    /// # Errors
    /// [`StoreError`]; nothing was changed then.
    pub fn keep_unconfirmed(&self, id: Uuid, certificate: &[u8], chain: &[Vec<u8>]) -> Result<(), StoreError> {
        self.change(|connection| set_certificate(connection, &id.to_string(), certificate, chain))
    }

    /// The confirmation was heard: the key is in use from now on, an older one of the entitlement is retired.
    ///
    /// # Errors
    /// [`StoreError`]; nothing was changed then.
    pub fn confirm_key(&self, id: Uuid) -> Result<(), StoreError> {
        self.change(|connection| activate(connection, &id.to_string()))
    }

    /// The same key has a newer certificate.
    ///
    /// # Errors
    /// [`StoreError`]; nothing was changed then.
    pub fn replace_certificate(&self, id: Uuid, certificate: &[u8], chain: &[Vec<u8>]) -> Result<(), StoreError> {
        self.keep_unconfirmed(id, certificate, chain)
    }

    /// The same key is sealed anew, under another PIN or by another scheme; its offline lease ends.
    ///
    /// # Errors
    /// [`StoreError`]; nothing was changed then.
    pub fn replace_sealed(&self, id: Uuid, sealed: &[u8]) -> Result<(), StoreError> {
        self.change(|connection| {
            connection.execute(
                "UPDATE sealed_key SET sealed = ?2 WHERE id = ?1",
                params![id.to_string(), sealed],
            )?;
            connection.execute("DELETE FROM unlock_lease WHERE key_id = ?1", [id.to_string()])?;
            Ok(())
        })
    }

    /// Takes a key out of use.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn retire_key(&self, id: Uuid) -> Result<(), StoreError> {
        self.change(|connection| {
            connection.execute(
                "UPDATE sealed_key SET state = 'retired' WHERE id = ?1",
                [id.to_string()],
            )?;
            Ok(())
        })
    }

    /// Retired keys whose sealed form is still kept.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn keys_to_wipe(&self, account: &str) -> Result<Vec<Uuid>, StoreError> {
        self.with(|connection| {
            let sql = "SELECT id FROM sealed_key WHERE account = ?1 AND state = 'retired' AND length(sealed) > 0";
            let mut statement = connection.prepare_cached(sql)?;
            let rows = statement.query_map([account], |row| uuid_column(row, 0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Forgets the sealed form of a retired key.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn wipe_key(&self, id: Uuid) -> Result<(), StoreError> {
        self.change(|connection| {
            connection.execute(
                "UPDATE sealed_key SET sealed = zeroblob(0) WHERE id = ?1 AND state = 'retired'",
                [id.to_string()],
            )?;
            connection.execute("DELETE FROM unlock_lease WHERE key_id = ?1", [id.to_string()])?;
            Ok(())
        })
    }

    /// Gives up an import that the platform refused for good. The sealed key stays, unused.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn abandon_import(&self, id: Uuid) -> Result<(), StoreError> {
        self.change(|connection| {
            connection.execute(
                "UPDATE sealed_key SET state = 'retired' WHERE id = ?1 AND state = 'pending'",
                [id.to_string()],
            )?;
            Ok(())
        })
    }

    /// The keys of an account that are in use or pending.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn keys(&self, account: &str) -> Result<Vec<KeyRow>, StoreError> {
        self.with(|connection| {
            let sql = format!("SELECT {COLUMNS} FROM sealed_key WHERE account = ?1 AND state <> 'retired' ORDER BY id");
            let mut statement = connection.prepare_cached(&sql)?;
            let rows: Vec<_> = statement.query_map([account], key_row)?.collect::<Result<_, _>>()?;
            rows.into_iter().map(|row| complete(connection, row)).collect()
        })
    }

    /// The key in use for an entitlement.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn active_key(&self, account: &str, entitlement: &str) -> Result<Option<KeyRow>, StoreError> {
        Ok(self
            .keys(account)?
            .into_iter()
            .find(|key| key.active && key.entitlement == entitlement))
    }

    /// The key of an unfinished import.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn pending_key(&self, account: &str, entitlement: &str) -> Result<Option<KeyRow>, StoreError> {
        Ok(self
            .keys(account)?
            .into_iter()
            .find(|key| !key.active && key.entitlement == entitlement))
    }

    /// Spends one try durably; the tries left after it, or none when there was none to spend.
    ///
    /// # Errors
    /// [`StoreError`]; no try may be used then.
    pub fn spend_try(&self, id: Uuid) -> Result<Option<u8>, StoreError> {
        self.change(|connection| {
            Ok(connection
                .query_row(
                    "UPDATE sealed_key SET tries_left = tries_left - 1 WHERE id = ?1 AND tries_left > 0
                     RETURNING tries_left",
                    [id.to_string()],
                    |row| row.get(0),
                )
                .optional()?)
        })
    }

    /// Gives all tries back.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn restore_tries(&self, id: Uuid) -> Result<(), StoreError> {
        self.change(|connection| {
            connection.execute(
                "UPDATE sealed_key SET tries_left = ?2 WHERE id = ?1",
                params![id.to_string(), TRIES],
            )?;
            Ok(())
        })
    }
}

fn insert_key(connection: &Connection, key: &NewKey, state: &str) -> Result<(), StoreError> {
    connection.execute(
        "INSERT INTO sealed_key (id, account, entitlement, state, sealed, spki, tries_left, idempotency_key, request,
                                 made_at, purpose, because)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        params![
            key.id.to_string(),
            key.account,
            key.entitlement,
            state,
            key.sealed,
            key.spki,
            TRIES,
            key.idempotency_key.to_string(),
            key.request,
            key.made_at.unix_timestamp(),
            key.purpose.word(),
            key.because,
        ],
    )?;
    Ok(())
}

fn set_certificate(connection: &Connection, id: &str, certificate: &[u8], chain: &[Vec<u8>]) -> Result<(), StoreError> {
    connection.execute(
        "UPDATE sealed_key SET certificate = ?2 WHERE id = ?1",
        params![id, certificate],
    )?;
    connection.execute("DELETE FROM issuer_certificate WHERE key_id = ?1", [id])?;
    for (position, der) in (0_i64..).zip(chain) {
        connection.execute(
            "INSERT INTO issuer_certificate VALUES (?1, ?2, ?3)",
            params![id, position, der],
        )?;
    }
    Ok(())
}

fn activate(connection: &Connection, id: &str) -> Result<(), StoreError> {
    connection.execute(
        "UPDATE sealed_key SET state = 'retired' WHERE state = 'active' AND id <> ?1 AND (account, entitlement) =
         (SELECT account, entitlement FROM sealed_key WHERE id = ?1)",
        [id],
    )?;
    connection.execute("UPDATE sealed_key SET state = 'active' WHERE id = ?1", [id])?;
    Ok(())
}

fn key_row(row: &Row<'_>) -> rusqlite::Result<KeyRow> {
    Ok(KeyRow {
        id: uuid_column(row, 0)?,
        account: row.get(1)?,
        entitlement: row.get(2)?,
        active: row.get::<_, String>(3)? == "active",
        sealed: row.get(4)?,
        spki: row.get(5)?,
        tries_left: row.get(6)?,
        idempotency_key: uuid_column(row, 7)?,
        request: row.get(8)?,
        certificate: row.get(9)?,
        purpose: KeyPurpose::read(&row.get::<_, String>(10)?),
        because: row.get(11)?,
        chain: Vec::new(),
        token: token_place(row)?,
    })
}

fn token_place(row: &Row<'_>) -> rusqlite::Result<Option<TokenPlace>> {
    let driver: Option<String> = row.get(12)?;
    let label: Option<String> = row.get(13)?;
    Ok(driver.map(|driver| TokenPlace {
        driver,
        label: label.unwrap_or_default(),
    }))
}

pub(crate) fn uuid_column(row: &Row<'_>, index: usize) -> rusqlite::Result<Uuid> {
    let text: String = row.get(index)?;
    Uuid::parse_str(&text)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(index, rusqlite::types::Type::Text, Box::new(error)))
}

fn complete(connection: &Connection, mut key: KeyRow) -> Result<KeyRow, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT der FROM issuer_certificate WHERE key_id = ?1 ORDER BY position")?;
    key.chain = statement
        .query_map([key.id.to_string()], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    Ok(key)
}
