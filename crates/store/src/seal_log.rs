//! 用印记录: every use of a key, each entry hashed over the one before it, so that a change to any is found out.
use crate::sealing::Sealer;
use crate::{Store, StoreError};
use rusqlite::{Connection, OptionalExtension, Row, params};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use time::OffsetDateTime;

/// A SHA-256.
type Hash = [u8; 32];

/// One use of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealLogEntry {
    /// When.
    pub at: OffsetDateTime,
    /// Account that did it.
    pub account: String,
    /// Name of the file written.
    pub file_name: String,
    /// Its SHA-256, hexadecimal.
    pub sha256: String,
    /// How many times a seal was placed.
    pub marks: u32,
    /// Certificate (entitlement) id.
    pub certificate: String,
    /// Seal ids, separated by commas.
    pub seals: String,
}

/// An entry in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainedEntry {
    /// 1 for the first of its account on this device.
    pub position: u64,
    /// What was done.
    pub entry: SealLogEntry,
    /// SHA-256 over the hash before it (32 zero bytes for the first) and the JSON array of position, Unix time in
    /// seconds, account, file name, SHA-256, marks, certificate and seals.
    pub hash: Hash,
}

/// The seal log of an account on this device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealLog {
    /// Newest first.
    pub entries: Vec<ChainedEntry>,
    /// From this position on something was changed, added or taken away by other means than this program.
    pub broken_from: Option<u64>,
}

/// Where a chain ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct End {
    count: u64,
    hash: Hash,
    /// Found out before; a chain that was broken once stays so.
    broken_from: Option<u64>,
}

impl Store {
    /// Adds an entry to the seal log.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn log_seal(&self, entry: &SealLogEntry) -> Result<(), StoreError> {
        self.change(|connection| {
            let end = chained_end(connection, &self.sealer, &entry.account)?;
            let position = end.count + 1;
            let hash = link(&end.hash, position, entry)?;
            connection.execute(
                "INSERT INTO seal_log (at, account, file_name, sha256, marks, certificate, seals, position, hash)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                params![
                    entry.at.unix_timestamp(),
                    entry.account,
                    entry.file_name,
                    entry.sha256,
                    entry.marks,
                    entry.certificate,
                    entry.seals,
                    position.cast_signed(),
                    hash.as_slice()
                ],
            )?;
            let end = End {
                count: position,
                hash,
                ..end
            };
            keep_end(connection, &self.sealer, &entry.account, &end)
        })
    }

    /// The seal log of an account, every link of its chain checked.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn seal_log(&self, account: &str) -> Result<SealLog, StoreError> {
        self.change(|connection| {
            let end = chained_end(connection, &self.sealer, account)?;
            let mut entries = chained(connection, account)?;
            let broken_from = broken_from(&entries, &end)?;
            entries.reverse();
            Ok(SealLog { entries, broken_from })
        })
    }
}

/// The first position at which the entries are not what the chain's end says.
fn broken_from(entries: &[ChainedEntry], end: &End) -> Result<Option<u64>, StoreError> {
    let mut before = Hash::default();
    let mut broken = end.broken_from;
    for (position, chained) in (1..).zip(entries) {
        let hash = link(&before, position, &chained.entry)?;
        if chained.position != position || chained.hash != hash {
            return Ok(Some(broken.map_or(position, |known| known.min(position))));
        }
        before = hash;
    }
    let count = entries.len() as u64;
    if count != end.count || before != end.hash {
        let from = count.min(end.count).max(1);
        broken = Some(broken.map_or(from, |known| known.min(from)));
    }
    Ok(broken)
}

fn link(before: &Hash, position: u64, entry: &SealLogEntry) -> Result<Hash, StoreError> {
    let words = (
        position,
        entry.at.unix_timestamp(),
        &entry.account,
        &entry.file_name,
        &entry.sha256,
        entry.marks,
        &entry.certificate,
        &entry.seals,
    );
    let words = serde_json::to_vec(&words).map_err(|error| StoreError::Statement(error.to_string()))?;
    Ok(Sha256::new().chain_update(before).chain_update(words).finalize().into())
}

/// The end of the chain.
fn chained_end(connection: &Connection, sealer: &Sealer, account: &str) -> Result<End, StoreError> {
    let sealed: Option<Vec<u8>> = connection
        .prepare_cached("SELECT sealed FROM seal_log_end WHERE account = ?1")?
        .query_row([account], |row| row.get(0))
        .optional()?;
    let newest = chained(connection, account)?.pop();
    let Some(sealed) = sealed else {
        return Ok(newest.map_or_else(End::default, |newest| broken_after(&newest, 1)));
    };
    let opened = sealer.open_text(&["seal_log_end", account], &sealed).ok();
    let end = opened.as_deref().and_then(read_end);
    Ok(match (end, newest) {
        (Some(end), Some(newest)) if end.count == newest.position && end.hash == newest.hash => end,
        (Some(end), None) if end.count == 0 => end,
        (end, Some(newest)) => broken_after(&newest, end.map_or(1, |end| end.count.min(newest.position))),
        (_, None) => End {
            broken_from: Some(1),
            ..End::default()
        },
    })
}

/// What is added goes on from the newest entry that is there; that something is wrong is kept.
fn broken_after(newest: &ChainedEntry, from: u64) -> End {
    End {
        count: newest.position,
        hash: newest.hash,
        broken_from: Some(from.max(1)),
    }
}

/// Once, when a file of an older version is first opened: what it logged is chained as it stands.
pub(crate) fn chain_older(connection: &Connection, sealer: &Sealer) -> Result<(), StoreError> {
    let sql = format!("SELECT {COLUMNS}, id FROM seal_log ORDER BY account, id");
    let older: Vec<(SealLogEntry, i64)> = connection
        .prepare(&sql)?
        .query_map([], |row| Ok((entry(row)?, row.get(7)?)))?
        .collect::<Result<_, _>>()?;
    let mut ends: BTreeMap<&str, End> = BTreeMap::new();
    for (entry, id) in &older {
        let end = ends.entry(&entry.account).or_default();
        end.count += 1;
        end.hash = link(&end.hash, end.count, entry)?;
        connection.execute(
            "UPDATE seal_log SET position = ?2, hash = ?3 WHERE id = ?1",
            params![id, end.count.cast_signed(), end.hash.as_slice()],
        )?;
    }
    ends.iter()
        .try_for_each(|(account, end)| keep_end(connection, sealer, account, end))
}

fn keep_end(connection: &Connection, sealer: &Sealer, account: &str, end: &End) -> Result<(), StoreError> {
    let words = serde_json::to_vec(&(end.count, end.hash, end.broken_from));
    let words = words.map_err(|error| StoreError::Statement(error.to_string()))?;
    let sealed = sealer.seal(&["seal_log_end", account], &words)?;
    connection.execute(
        "INSERT INTO seal_log_end VALUES (?1, ?2) ON CONFLICT (account) DO UPDATE SET sealed = excluded.sealed",
        params![account, sealed],
    )?;
    Ok(())
}

fn read_end(words: &str) -> Option<End> {
    let (count, hash, broken_from) = serde_json::from_str(words).ok()?;
    Some(End {
        count,
        hash,
        broken_from,
    })
}

const COLUMNS: &str = "at, account, file_name, sha256, marks, certificate, seals";

/// Oldest first; an entry that was put in without a link is one with an impossible hash.
fn chained(connection: &Connection, account: &str) -> Result<Vec<ChainedEntry>, StoreError> {
    let sql = format!("SELECT {COLUMNS}, position, hash FROM seal_log WHERE account = ?1 ORDER BY position, id");
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map([account], |row| {
        let hash: Option<Vec<u8>> = row.get(8)?;
        Ok(ChainedEntry {
            position: row.get::<_, Option<i64>>(7)?.unwrap_or_default().unsigned_abs(),
            entry: entry(row)?,
            hash: hash.and_then(|hash| hash.try_into().ok()).unwrap_or_default(),
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn entry(row: &Row<'_>) -> rusqlite::Result<SealLogEntry> {
    Ok(SealLogEntry {
        at: crate::from_unix(row.get(0)?),
        account: row.get(1)?,
        file_name: row.get(2)?,
        sha256: row.get(3)?,
        marks: row.get(4)?,
        certificate: row.get(5)?,
        seals: row.get(6)?,
    })
}
