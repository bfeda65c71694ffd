//! 用印记录: every use of a key, each entry hashed over the one before it, so that a change to any is found out; and how far
//! the platform has it.
use crate::sealing::Sealer;
use crate::{Store, StoreError};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
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
    /// SHA-256 over the hash before it and the text in UTF-8. Before the first stand 32 zero bytes; before the first of a
    /// chain that began anew, the end of the former one as the platform has it.
    pub hash: Hash,
}

/// Where a chain ended at the platform, when this device could not go on from there and began another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FormerChain {
    /// By what the platform knows it.
    pub chain: Uuid,
    /// How many entries the platform has of it.
    pub count: u64,
    /// Hash of the last of them; the first entry of the new chain goes on from it.
    pub hash: Hash,
}

/// That a chain began anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seam {
    /// Position of the last entry before it.
    pub after: u64,
    /// The chain before it.
    pub former: FormerChain,
}

/// Where the seal log of an account on this device stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealLogStanding {
    /// By what the platform knows this chain.
    pub chain: Uuid,
    /// How many entries there are, those of former chains included.
    pub count: u64,
    /// So many the platform has.
    pub handed_in: u64,
    /// From this position on something was changed, added or taken away by other means than this program.
    pub broken_from: Option<u64>,
    /// Where it began anew, oldest first.
    pub seams: Vec<Seam>,
}

/// Entries under one name at the platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// By what the platform knows them.
    pub chain: Uuid,
    /// Position of the last entry before them.
    pub after: u64,
    /// Position of the last of them; none for the one that is gone on with.
    pub until: Option<u64>,
    /// What they go on from.
    pub continues: Option<FormerChain>,
}

impl SealLogStanding {
    /// The stretch with the entry at this position.
    pub fn stretch(&self, position: u64) -> Stretch {
        let behind = self.seams.iter().take_while(|seam| seam.after < position).last();
        let ahead = self.seams.iter().find(|seam| seam.after >= position);
        Stretch {
            chain: ahead.map_or(self.chain, |seam| seam.former.chain),
            after: behind.map_or(0, |seam| seam.after),
            until: ahead.map(|seam| seam.after),
            continues: behind.map(|seam| seam.former),
        }
    }

    /// What the entry at this position goes on from, when that is not the entry before it.
    fn base(&self, position: u64) -> Option<Hash> {
        let seam = self.seams.iter().rev().find(|seam| seam.after + 1 == position);
        seam.map(|seam| seam.former.hash)
    }
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
#[derive(Debug, Clone, PartialEq, Eq)]
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
                seams: Vec::new(),
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

    /// The next entry's place and hash.
    fn goes_on(&mut self, text: &str) {
        self.standing.count += 1;
        let before = self.standing.base(self.standing.count).unwrap_or(self.hash);
        self.hash = link(&before, text);
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
            end.goes_on(text);
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
        let mut entries = Vec::new();
        let standing = self.seal_log_checked(account, |chained| entries.push(chained.clone()))?;
        entries.reverse();
        Ok(SealLog { entries, standing })
    }

    /// Checks every link of an account's chain, oldest first, telling each entry, and where the chain stands. What is found
    /// wrong stays known.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn seal_log_checked(
        &self,
        account: &str,
        mut each: impl FnMut(&ChainedEntry),
    ) -> Result<SealLogStanding, StoreError> {
        self.change(|connection| {
            let end = checked_end(connection, &self.sealer, account, &mut each)?;
            kept(connection, &self.sealer, account, end)
        })
    }

    /// At most so many entries before a position, newest first; of the newest ones without a position. Nothing is checked.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn seal_log_before(
        &self,
        account: &str,
        position: Option<u64>,
        most: u32,
    ) -> Result<Vec<ChainedEntry>, StoreError> {
        let position = position.map_or(i64::MAX, u64::cast_signed);
        self.with(|connection| {
            let sql = "SELECT position, text, hash FROM seal_log WHERE account = ?1 AND position < ?2 AND position > 0
                       ORDER BY position DESC LIMIT ?3";
            let mut statement = connection.prepare_cached(sql)?;
            let rows = statement.query_map(params![account, position, most], chained)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Where an account's seal log stands, by its end alone.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn seal_log_standing(&self, account: &str) -> Result<SealLogStanding, StoreError> {
        self.with(|connection| Ok(chained_end(connection, &self.sealer, account)?.standing))
    }

    /// At most so many entries that the platform does not have, oldest first and all of one stretch, and where the chain
    /// stands.
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
            let left = standing.stretch(standing.handed_in + 1).until;
            let left = left.map_or(u64::MAX, |until| until.saturating_sub(standing.handed_in));
            let most = most.min(u32::try_from(left).unwrap_or(u32::MAX));
            let waiting = entries_after(connection, account, standing.handed_in, most)?;
            Ok((standing, waiting))
        })
    }

    /// The platform has the entries up to this position.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn seal_log_handed_in(&self, account: &str, position: u64) -> Result<(), StoreError> {
        self.change(|connection| {
            let mut end = chained_end(connection, &self.sealer, account)?;
            end.standing.handed_in = position;
            keep_end(connection, &self.sealer, account, &end)
        })
    }

    /// The platform has the entries up to this position and, from there on, others than these: what follows becomes a chain
    /// of its own, which goes on from the end of the former one as the platform has it. What was wrong stays known.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn seal_log_begins_anew(&self, account: &str, seam: Seam) -> Result<(), StoreError> {
        self.change(|connection| {
            let mut end = checked_end(connection, &self.sealer, account, &mut |_| ())?;
            end.standing.chain = Uuid::new_v4();
            end.standing.handed_in = seam.after;
            end.standing.count = seam.after;
            end.standing.seams.push(seam);
            for moved in entries_from(connection, account, seam.after.cast_signed(), u32::MAX)? {
                end.goes_on(&moved.text);
                connection.execute(
                    "UPDATE seal_log SET position = ?3, hash = ?4 WHERE account = ?1 AND position = ?2",
                    params![
                        account,
                        moved.position.cast_signed(),
                        end.standing.count.cast_signed(),
                        end.hash.as_slice()
                    ],
                )?;
            }
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

/// The end of the chain, after a look at every link.
fn checked_end(
    connection: &Connection,
    sealer: &Sealer,
    account: &str,
    each: &mut dyn FnMut(&ChainedEntry),
) -> Result<End, StoreError> {
    let mut end = chained_end(connection, sealer, account)?;
    let (mut position, mut before, mut wrong) = (0, Hash::default(), None);
    let sql = "SELECT position, text, hash FROM seal_log WHERE account = ?1 ORDER BY position";
    let mut statement = connection.prepare_cached(sql)?;
    for entry in statement.query_map([account], chained)? {
        let entry = entry?;
        position += 1;
        before = link(&end.standing.base(position).unwrap_or(before), &entry.text);
        if wrong.is_none() && (entry.position, entry.hash) != (position, before) {
            wrong = Some(position);
        }
        each(&entry);
    }
    let fits = (position, before) == (end.standing.count, end.hash);
    let from = wrong.or_else(|| (!fits).then(|| position.min(end.standing.count).max(1)));
    let known = first_of(end.standing.broken_from, from);
    end.is_kept &= known == end.standing.broken_from;
    end.standing.broken_from = known;
    Ok(end)
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
        return Ok(match newest {
            Some(newest) => first.broken_after(Some(&newest), 1),
            None => first,
        });
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
        let from = end.standing.count.min(count);
        Ok(end.broken_after(newest.as_ref(), from))
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
    let words = serde_json::to_vec(&KeptEnd::of(end)).map_err(|error| StoreError::Statement(error.to_string()))?;
    let sealed = sealer.seal(&["seal_log_end", account], &words)?;
    connection.execute(
        "INSERT INTO seal_log_end VALUES (?1, ?2) ON CONFLICT (account) DO UPDATE SET sealed = excluded.sealed",
        params![account, sealed],
    )?;
    Ok(())
}

/// The end of a chain as it is sealed.
#[derive(Serialize, Deserialize)]
struct KeptEnd {
    count: u64,
    hash: Hash,
    broken_from: Option<u64>,
    chain: String,
    handed_in: u64,
    /// Position, former chain, how many entries the platform has of it, and the hash of the last.
    seams: Vec<(u64, String, u64, Hash)>,
}

/// As it was sealed before chains could begin anew: as many words in a row, the last one where the platform had others.
type OlderEnd = (u64, Hash, Option<u64>, String, u64, Option<u64>);

impl KeptEnd {
    fn of(end: &End) -> Self {
        let standing = &end.standing;
        let seam = |seam: &Seam| {
            let former = &seam.former;
            (seam.after, former.chain.to_string(), former.count, former.hash)
        };
        Self {
            count: standing.count,
            hash: end.hash,
            broken_from: standing.broken_from,
            chain: standing.chain.to_string(),
            handed_in: standing.handed_in,
            seams: standing.seams.iter().map(seam).collect(),
        }
    }

    fn end(self) -> Option<End> {
        let seam = |(after, chain, count, hash): (u64, String, u64, Hash)| {
            let chain = chain.parse().ok()?;
            let former = FormerChain { chain, count, hash };
            Some(Seam { after, former })
        };
        Some(End {
            hash: self.hash,
            standing: SealLogStanding {
                chain: self.chain.parse().ok()?,
                count: self.count,
                handed_in: self.handed_in,
                broken_from: self.broken_from,
                seams: self.seams.into_iter().map(seam).collect::<Option<_>>()?,
            },
            is_kept: true,
        })
    }
}

/// The end of a chain; one that was kept before the platform heard of chains has three words.
fn read_end(words: &str) -> Option<End> {
    if let Ok(kept) = serde_json::from_str::<KeptEnd>(words) {
        return kept.end();
    }
    if let Ok((count, hash, broken_from, chain, handed_in, _)) = serde_json::from_str::<OlderEnd>(words) {
        let seams = Vec::new();
        let kept = KeptEnd {
            count,
            hash,
            broken_from,
            chain,
            handed_in,
            seams,
        };
        return kept.end();
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
    let position = if position == 0 {
        i64::MIN
    } else {
        position.cast_signed()
    };
    entries_from(connection, account, position, most)
}

fn entries_from(
    connection: &Connection,
    account: &str,
    position: i64,
    most: u32,
) -> Result<Vec<ChainedEntry>, StoreError> {
    let sql =
        "SELECT position, text, hash FROM seal_log WHERE account = ?1 AND position > ?2 ORDER BY position LIMIT ?3";
    let mut statement = connection.prepare_cached(sql)?;
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
