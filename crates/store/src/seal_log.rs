//! 用印记录: every use of a key, each entry hashed over the one before it, so that a change to any is found out; and how far
//! the platform has it.
use crate::sealing::Sealer;
use crate::{Store, StoreError};
use rusqlite::{Connection, OptionalExtension, Row, params};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A SHA-256.
type Hash = [u8; 32];

/// An entry in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainedEntry {
    /// 1 for the first of its account on this device.
    pub position: u64,
    /// What was done, as it was written.
    pub text: String,
    /// SHA-256 over the hash before it (32 zero bytes for the first) and the text in UTF-8.
    pub hash: Hash,
}

/// Where the seal log of an account on this device stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SealLogStanding {
    /// By what the platform knows this chain.
    pub chain: Uuid,
    /// How many entries there are.
    pub count: u64,
    /// So many the platform has.
    pub handed_in: u64,
    /// From this position on something was changed, added or taken away by other means than this program.
    pub broken_from: Option<u64>,
    /// From this position on the platform has other entries under this chain, and takes no more of these.
    pub differs_from: Option<u64>,
}

/// The seal log of an account on this device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealLog {
    /// Newest first.
    pub entries: Vec<ChainedEntry>,
    /// Where it stands.
    pub standing: SealLogStanding,
}

/// Where a chain ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct End {
    hash: Hash,
    standing: SealLogStanding,
    /// As it stands in the file, the chain's name included.
    is_kept: bool,
}

impl End {
    fn first() -> Self {
        Self {
            hash: Hash::default(),
            standing: SealLogStanding {
                chain: Uuid::new_v4(),
                count: 0,
                handed_in: 0,
                broken_from: None,
                differs_from: None,
            },
            is_kept: false,
        }
    }

    /// What is added goes on from the newest entry that is there; that something is wrong is kept.
    fn broken_after(mut self, newest: Option<&ChainedEntry>, from: u64) -> Self {
        self.hash = newest.map_or_else(Hash::default, |newest| newest.hash);
        self.standing.count = newest.map_or(0, |newest| newest.position);
        self.standing.handed_in = self.standing.handed_in.min(self.standing.count);
        self.standing.broken_from = first_of(self.standing.broken_from, Some(from.max(1)));
        self.is_kept = false;
        self
    }
}

/// The smaller of what is known.
fn first_of(one: Option<u64>, other: Option<u64>) -> Option<u64> {
    one.into_iter().chain(other).min()
}

impl Store {
    /// Adds an entry to the seal log of an account.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn log_seal(&self, account: &str, text: &str) -> Result<(), StoreError> {
        self.change(|connection| {
            let mut end = chained_end(connection, &self.sealer, account)?;
            end.standing.count += 1;
            end.hash = link(&end.hash, text);
            connection.execute(
                "INSERT INTO seal_log (account, position, text, hash) VALUES (?1, ?2, ?3, ?4)",
                params![account, end.standing.count.cast_signed(), text, end.hash.as_slice()],
            )?;
            keep_end(connection, &self.sealer, account, &end)
        })
    }

    /// The seal log of an account, every link of its chain checked. What is found wrong stays known.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn seal_log(&self, account: &str) -> Result<SealLog, StoreError> {
        self.change(|connection| {
            let mut end = chained_end(connection, &self.sealer, account)?;
            let mut entries = entries_after(connection, account, 0, u32::MAX)?;
            let broken_from = broken_from(&entries, &end);
            end.is_kept &= broken_from == end.standing.broken_from;
            end.standing.broken_from = broken_from;
            let standing = kept(connection, &self.sealer, account, end)?;
            entries.reverse();
            Ok(SealLog { entries, standing })
        })
    }

    /// Where an account's seal log stands, by its end alone.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn seal_log_standing(&self, account: &str) -> Result<SealLogStanding, StoreError> {
        self.with(|connection| Ok(chained_end(connection, &self.sealer, account)?.standing))
    }

    /// At most so many entries that the platform does not have, oldest first, and where the chain stands.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn seal_log_waiting(
        &self,
        account: &str,
        most: u32,
    ) -> Result<(SealLogStanding, Vec<ChainedEntry>), StoreError> {
        self.change(|connection| {
            let end = chained_end(connection, &self.sealer, account)?;
            let standing = kept(connection, &self.sealer, account, end)?;
            let waiting = entries_after(connection, account, standing.handed_in, most)?;
            Ok((standing, waiting))
        })
    }

    /// The platform has the entries up to this position, and from `differs_from` on others than these.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn seal_log_handed_in(
        &self,
        account: &str,
        position: u64,
        differs_from: Option<u64>,
    ) -> Result<(), StoreError> {
        self.change(|connection| {
            let mut end = chained_end(connection, &self.sealer, account)?;
            end.standing.handed_in = position;
            end.standing.differs_from = first_of(end.standing.differs_from, differs_from);
            keep_end(connection, &self.sealer, account, &end)
        })
    }
}

/// After the platform was set back: what it has is to be looked at again from the first entry on.
pub(crate) fn hand_in_anew(connection: &Connection, sealer: &Sealer, account: &str) -> Result<(), StoreError> {
    let mut end = chained_end(connection, sealer, account)?;
    if end.standing.handed_in > 0 {
        end.standing.handed_in = 0;
        keep_end(connection, sealer, account, &end)?;
    }
    Ok(())
}

/// The first position at which the entries are not what the chain's end says.
fn broken_from(entries: &[ChainedEntry], end: &End) -> Option<u64> {
    let known = end.standing.broken_from;
    let mut before = Hash::default();
    for (position, chained) in (1..).zip(entries) {
        let hash = link(&before, &chained.text);
        if chained.position != position || chained.hash != hash {
            return first_of(known, Some(position));
        }
        before = hash;
    }
    let count = entries.len() as u64;
    let fits = count == end.standing.count && before == end.hash;
    first_of(known, (!fits).then(|| count.min(end.standing.count).max(1)))
}

fn link(before: &Hash, text: &str) -> Hash {
    Sha256::new().chain_update(before).chain_update(text).finalize().into()
}

/// The end of the chain.
fn chained_end(connection: &Connection, sealer: &Sealer, account: &str) -> Result<End, StoreError> {
    let sealed: Option<Vec<u8>> = connection
        .prepare_cached("SELECT sealed FROM seal_log_end WHERE account = ?1")?
        .query_row([account], |row| row.get(0))
        .optional()?;
    let newest = newest(connection, account)?;
    let Some(sealed) = sealed else {
        let first = End::first();
        return Ok(newest.map_or(first, |newest| first.broken_after(Some(&newest), 1)));
    };
    let opened = sealer.open_text(&["seal_log_end", account], &sealed).ok();
    let Some(end) = opened.as_deref().and_then(read_end) else {
        return Ok(End::first().broken_after(newest.as_ref(), 1));
    };
    let (count, hash) = newest
        .as_ref()
        .map_or((0, Hash::default()), |newest| (newest.position, newest.hash));
    if (count, hash) == (end.standing.count, end.hash) {
        Ok(end)
    } else {
        Ok(end.broken_after(newest.as_ref(), end.standing.count.min(count)))
    }
}

/// Once, when a file of an older version is first opened: what it logged is chained as it stands.
pub(crate) fn chain_older(connection: &Connection, sealer: &Sealer) -> Result<(), StoreError> {
    let older: Vec<(String, i64, String)> = connection
        .prepare("SELECT account, position, text FROM seal_log ORDER BY account, position")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<Result<_, _>>()?;
    let mut ends: BTreeMap<&str, End> = BTreeMap::new();
    for (account, position, text) in &older {
        let end = ends.entry(account).or_insert_with(End::first);
        end.standing.count = position.unsigned_abs();
        end.hash = link(&end.hash, text);
        connection.execute(
            "UPDATE seal_log SET hash = ?3 WHERE account = ?1 AND position = ?2",
            params![account, position, end.hash.as_slice()],
        )?;
    }
    ends.iter()
        .try_for_each(|(account, end)| keep_end(connection, sealer, account, end))
}

/// What was found out about the end stays known.
fn kept(connection: &Connection, sealer: &Sealer, account: &str, end: End) -> Result<SealLogStanding, StoreError> {
    if !end.is_kept {
        keep_end(connection, sealer, account, &end)?;
    }
    Ok(end.standing)
}

fn keep_end(connection: &Connection, sealer: &Sealer, account: &str, end: &End) -> Result<(), StoreError> {
    let SealLogStanding {
        chain,
        count,
        handed_in,
        broken_from,
        differs_from,
    } = end.standing;
    let words = (count, end.hash, broken_from, chain.to_string(), handed_in, differs_from);
    let words = serde_json::to_vec(&words).map_err(|error| StoreError::Statement(error.to_string()))?;
    let sealed = sealer.seal(&["seal_log_end", account], &words)?;
    connection.execute(
        "INSERT INTO seal_log_end VALUES (?1, ?2) ON CONFLICT (account) DO UPDATE SET sealed = excluded.sealed",
        params![account, sealed],
    )?;
    Ok(())
}

/// The end of a chain; one that was kept before the platform heard of chains has three words.
fn read_end(words: &str) -> Option<End> {
    let with_platform = serde_json::from_str::<(u64, Hash, Option<u64>, String, u64, Option<u64>)>(words);
    if let Ok((count, hash, broken_from, chain, handed_in, differs_from)) = with_platform {
        let chain = chain.parse().ok()?;
        let standing = SealLogStanding {
            chain,
            count,
            handed_in,
            broken_from,
            differs_from,
        };
        return Some(End {
            hash,
            standing,
            is_kept: true,
        });
    }
    let (count, hash, broken_from) = serde_json::from_str(words).ok()?;
    let mut end = End { hash, ..End::first() };
    end.standing.count = count;
    end.standing.broken_from = broken_from;
    Some(end)
}

/// Oldest first; an entry that was put in without a link is one with an impossible hash.
fn entries_after(
    connection: &Connection,
    account: &str,
    position: u64,
    most: u32,
) -> Result<Vec<ChainedEntry>, StoreError> {
    let sql =
        "SELECT position, text, hash FROM seal_log WHERE account = ?1 AND position > ?2 ORDER BY position LIMIT ?3";
    let mut statement = connection.prepare_cached(sql)?;
    let position = if position == 0 {
        i64::MIN
    } else {
        position.cast_signed()
    };
    let rows = statement.query_map(params![account, position, most], chained)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn newest(connection: &Connection, account: &str) -> Result<Option<ChainedEntry>, StoreError> {
    let sql = "SELECT position, text, hash FROM seal_log WHERE account = ?1 ORDER BY position DESC LIMIT 1";
    Ok(connection
        .prepare_cached(sql)?
        .query_row([account], chained)
        .optional()?)
}

fn chained(row: &Row<'_>) -> rusqlite::Result<ChainedEntry> {
    let hash: Option<Vec<u8>> = row.get(2)?;
    Ok(ChainedEntry {
        position: row.get::<_, i64>(0)?.unsigned_abs(),
        text: row.get(1)?,
        hash: hash.and_then(|hash| hash.try_into().ok()).unwrap_or_default(),
    })
}
