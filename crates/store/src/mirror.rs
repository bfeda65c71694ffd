//! What an account has seen of the platform's objects: read offline, replaced by the sync.
use crate::sealing::Sealer;
use crate::{Store, StoreError};
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::{HashMap, HashSet};
use time::OffsetDateTime;

/// One object of the platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MirrorRow {
    /// Its id.
    pub id: String,
    /// Its JSON.
    pub body: String,
}

/// New contents for one kind of object of one account.
#[derive(Debug, Clone)]
pub struct MirrorUpdate {
    /// Kind of object, such as `certificate`.
    pub kind: &'static str,
    /// The objects in the platform's order.
    pub rows: Vec<MirrorRow>,
    /// They are all there are: others of the kind are forgotten.
    pub complete: bool,
}

/// Where an account stands in the change feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncPosition {
    /// The feed was read up to here.
    pub cursor: i64,
    /// Which feed it is: the platform's own word.
    pub epoch: String,
    /// By what the platform knows the change at `cursor`: its own word.
    pub mark: String,
    /// When.
    pub at: OffsetDateTime,
}

impl Store {
    /// All objects of a kind, in the platform's order.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn mirror_rows(&self, scope: &str, kind: &str) -> Result<Vec<MirrorRow>, StoreError> {
        self.with(|connection| {
            let mut statement = connection
                .prepare_cached("SELECT id, body FROM mirror WHERE scope = ?1 AND kind = ?2 ORDER BY position, id")?;
            let rows = statement.query_map(params![scope, kind], |row| Ok((row.get(0)?, row.get(1)?)))?;
            rows.map(|row| {
                let (id, body): (String, Vec<u8>) = row?;
                let body = self.sealer.open_text(&["mirror", scope, kind, &id], &body)?;
                Ok(MirrorRow { id, body })
            })
            .collect()
        })
    }

    /// One object's JSON.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn mirror_row(&self, scope: &str, kind: &str, id: &str) -> Result<Option<String>, StoreError> {
        self.with(|connection| {
            let mut statement =
                connection.prepare_cached("SELECT body FROM mirror WHERE scope = ?1 AND kind = ?2 AND id = ?3")?;
            let sealed: Option<Vec<u8>> = statement
                .query_row(params![scope, kind, id], |row| row.get(0))
                .optional()?;
            sealed
                .map(|sealed| self.sealer.open_text(&["mirror", scope, kind, id], &sealed))
                .transpose()
        })
    }

    /// Takes over new contents and the feed position in one transaction; the kinds that really changed are returned.
    ///
    /// # Errors
    /// [`StoreError`]; nothing was changed then.
    pub fn apply(
        &self,
        scope: &str,
        updates: &[MirrorUpdate],
        orders: Option<&crate::OrderUpdate>,
        position: SyncPosition,
    ) -> Result<Vec<&'static str>, StoreError> {
        let (mut changed, entries, some_went) = self.change(|connection| {
            let mut changed = Vec::new();
            for update in updates {
                if apply_update(connection, &self.sealer, scope, update)? {
                    changed.push(update.kind);
                }
            }
            let (entries, some_went) = match orders {
                Some(orders) => crate::orders::apply_orders(connection, &self.sealer, scope, orders)?,
                None => (Vec::new(), false),
            };
            keep_position(connection, scope, &position)?;
            Ok((changed, entries, some_went))
        })?;
        if some_went || !entries.is_empty() {
            changed.push(crate::ORDER_KIND);
            self.note_orders(scope, entries, some_went);
        }
        Ok(changed)
    }

    /// How far the account has read the feed; none before its first sync.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn sync_position(&self, scope: &str) -> Result<Option<SyncPosition>, StoreError> {
        self.with(|connection| {
            let row = connection
                .prepare_cached("SELECT cursor, epoch, mark, synced_at FROM sync_state WHERE scope = ?1")?
                .query_row([scope], |row| {
                    Ok(SyncPosition {
                        cursor: row.get(0)?,
                        epoch: row.get(1)?,
                        mark: row.get(2)?,
                        at: crate::from_unix(row.get(3)?),
                    })
                })
                .optional()?;
            Ok(row)
        })
    }
}

fn keep_position(connection: &Connection, scope: &str, position: &SyncPosition) -> Result<(), StoreError> {
    connection.execute(
        "INSERT INTO sync_state (scope, cursor, epoch, mark, synced_at) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (scope) DO UPDATE SET cursor = excluded.cursor, epoch = excluded.epoch, mark = excluded.mark,
             synced_at = excluded.synced_at",
        params![
            scope,
            position.cursor,
            position.epoch,
            position.mark,
            position.at.unix_timestamp()
        ],
    )?;
    Ok(())
}

fn apply_update(
    connection: &Connection,
    sealer: &Sealer,
    scope: &str,
    update: &MirrorUpdate,
) -> Result<bool, StoreError> {
    let known = known(connection, scope, update.kind)?;
    let mut changed = false;
    if update.complete {
        changed |= forget_others(connection, scope, update, &known)?;
    }
    let mut statement = connection.prepare_cached(
        "INSERT INTO mirror VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (scope, kind, id) DO UPDATE SET position = excluded.position, body = excluded.body",
    )?;
    for (position, row) in (0_i64..).zip(&update.rows) {
        let place = ["mirror", scope, update.kind, &row.id];
        let is_known = match known.get(&row.id) {
            Some((at, sealed)) => *at == position && sealer.open_text(&place, sealed)? == row.body,
            None => false,
        };
        if !is_known {
            let sealed = sealer.seal(&place, row.body.as_bytes())?;
            statement.execute(params![scope, update.kind, row.id, position, sealed])?;
            changed = true;
        }
    }
    Ok(changed)
}

/// Position and sealed body of each object of a kind.
type Known = HashMap<String, (i64, Vec<u8>)>;

fn known(connection: &Connection, scope: &str, kind: &str) -> Result<Known, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT id, position, body FROM mirror WHERE scope = ?1 AND kind = ?2")?;
    let rows = statement.query_map([scope, kind], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn forget_others(
    connection: &Connection,
    scope: &str,
    update: &MirrorUpdate,
    known: &Known,
) -> Result<bool, StoreError> {
    let kept: HashSet<&str> = update.rows.iter().map(|row| row.id.as_str()).collect();
    let mut gone = connection.prepare_cached("DELETE FROM mirror WHERE scope = ?1 AND kind = ?2 AND id = ?3")?;
    let mut changed = false;
    for id in known.keys().filter(|id| !kept.contains(id.as_str())) {
        changed |= gone.execute(params![scope, update.kind, id])? > 0;
    }
    Ok(changed)
}
