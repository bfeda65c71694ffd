//! Orders: paged, filtered and sorted in SQL, searched in memory, so that 100,000 rows are as quick as ten.
use crate::sealing::Sealer;
use crate::searching::{Entry, Held, Words};
use crate::{Store, StoreError};
use rusqlite::{Connection, OptionalExtension, ToSql, params};
use std::collections::HashMap;
use std::sync::{MutexGuard, PoisonError};
use time::OffsetDateTime;

/// The kind under which a change of orders is reported.
pub const ORDER_KIND: &str = "order";

/// An order as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderRow {
    /// Order id.
    pub id: String,
    /// Order number.
    pub number: String,
    /// When it was placed.
    pub placed_at: OffsetDateTime,
    /// Amount in fen.
    pub amount_fen: i64,
    /// Payment state's code.
    pub state: String,
    /// All words but its number that it can be found by.
    pub searched: String,
    /// Its JSON.
    pub body: String,
}

/// New contents for an account's orders.
#[derive(Debug, Clone, Default)]
pub struct OrderUpdate {
    /// The orders.
    pub rows: Vec<OrderRow>,
    /// The reading of the whole list ends with them: orders seen in no part of it are gone.
    pub ends_pass: Option<i64>,
}

/// Sort column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderColumn {
    /// When it was placed.
    PlacedAt,
    /// Amount.
    Amount,
    /// Number.
    Number,
}

/// Which orders.
#[derive(Debug, Clone)]
pub struct OrderFilter {
    /// Part of any searched word, without regard to case; empty: all.
    pub text: String,
    /// Payment state's code.
    pub state: Option<String>,
    /// Sort column.
    pub column: OrderColumn,
    /// Largest first.
    pub descending: bool,
    /// Rows to skip.
    pub offset: u32,
    /// Rows to return.
    pub limit: u32,
}

impl Store {
    /// A page of orders (their JSON) and how many match in all.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn orders(&self, scope: &str, filter: &OrderFilter) -> Result<(Vec<String>, u64), StoreError> {
        if filter.text.trim().is_empty() {
            return self.with(|connection| page(connection, &self.sealer, scope, filter));
        }
        let (rows, total) = self.search(scope, filter)?;
        let bodies = self.with(|connection| bodies(connection, &self.sealer, scope, &rows))?;
        Ok((bodies, total))
    }

    /// Takes over part of a reading of the whole list, which [`Store::apply`] ends; whether anything really changed.
    ///
    /// # Errors
    /// [`StoreError`]; nothing was changed then.
    pub fn put_orders(&self, scope: &str, rows: &[OrderRow], pass: Option<i64>) -> Result<bool, StoreError> {
        // Whatever a power cut takes back is read again: the place in the feed stays before it.
        let entries = self.change_soon(|connection| put(connection, &self.sealer, scope, rows, pass))?;
        let changed = !entries.is_empty();
        self.note_orders(scope, entries, false);
        Ok(changed)
    }

    /// One order's JSON.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn order(&self, scope: &str, id: &str) -> Result<Option<String>, StoreError> {
        self.with(|connection| Ok(kept(connection, &self.sealer, scope, id)?.map(|kept| kept.body)))
    }

    /// Reads the words of an account's orders into memory, so that the first search is as quick as the next.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn prepare_search(&self, scope: &str) -> Result<(), StoreError> {
        let _one_at_a_time = self.reading_words.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *self.held_words() {
            Held::Words { scope: held, .. } if held == scope => return Ok(()),
            held => {
                *held = Held::Reading {
                    scope: scope.to_owned(),
                    changed: Vec::new(),
                }
            }
        }
        let read = self.read_words(scope);
        let mut held = self.held_words();
        let Held::Reading { changed, .. } = std::mem::take(&mut *held) else {
            return Ok(());
        };
        let mut words = read?;
        changed.iter().for_each(|entry| words.put(entry));
        *held = Held::Words {
            scope: scope.to_owned(),
            words,
        };
        Ok(())
    }

    /// Some thousand at a time: nothing else waits for long.
    fn read_words(&self, scope: &str) -> Result<Words, StoreError> {
        let (mut words, mut after) = (Words::default(), 0);
        loop {
            let some = self.with(|connection| entries_after(connection, &self.sealer, scope, after))?;
            let Some(last) = some.last() else {
                return Ok(words);
            };
            after = last.row;
            some.iter().for_each(|entry| words.put(entry));
        }
    }

    fn search(&self, scope: &str, filter: &OrderFilter) -> Result<(Vec<i64>, u64), StoreError> {
        loop {
            self.prepare_search(scope)?;
            // Somebody may have put others in their place meanwhile.
            if let Held::Words { scope: held, words } = &*self.held_words()
                && held == scope
            {
                return Ok(words.page(filter));
            }
        }
    }

    /// What was written is found from now on; when orders went, all are read anew.
    pub(crate) fn note_orders(&self, scope: &str, entries: Vec<Entry>, some_went: bool) {
        let mut held = self.held_words();
        if some_went {
            *held = Held::Nothing;
        } else {
            held.put(scope, entries);
        }
    }

    fn held_words(&self) -> MutexGuard<'_, Held> {
        self.words.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Rows read at once.
const SOME: u32 = 2000;

fn entries_after(connection: &Connection, sealer: &Sealer, scope: &str, after: i64) -> Result<Vec<Entry>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT row, number, placed_at, amount_fen, state, words, id FROM purchase
         WHERE row > ?2 AND +scope = ?1 ORDER BY row LIMIT ?3",
    )?;
    let mut rows = statement.query(params![scope, after, SOME])?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        let sealed = row.get_ref(5)?.as_blob().map_err(rusqlite::Error::from)?;
        let id: String = row.get(6)?;
        entries.push(Entry {
            row: row.get(0)?,
            number: row.get::<_, String>(1)?.to_lowercase(),
            placed_at: row.get(2)?,
            amount_fen: row.get(3)?,
            state: row.get(4)?,
            words: sealer.open_text(&["words", scope, &id], sealed)?,
        });
    }
    Ok(entries)
}

fn page(
    connection: &Connection,
    sealer: &Sealer,
    scope: &str,
    filter: &OrderFilter,
) -> Result<(Vec<String>, u64), StoreError> {
    let (condition, values): (&str, Vec<&dyn ToSql>) = match &filter.state {
        Some(state) => ("scope = ?1 AND state = ?2", vec![&scope, state]),
        None => ("scope = ?1", vec![&scope]),
    };
    let total: i64 = connection
        .prepare_cached(&format!(
            "SELECT coalesce(sum(count), 0) FROM purchase_count WHERE {condition}"
        ))?
        .query_row(values.as_slice(), |row| row.get(0))?;
    let sql = format!(
        "SELECT row FROM purchase WHERE {condition} ORDER BY {} LIMIT {} OFFSET {}",
        order_by(filter),
        filter.limit.min(1000),
        filter.offset
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(values.as_slice(), |row| row.get(0))?;
    let rows: Vec<i64> = rows.collect::<Result<_, _>>()?;
    Ok((bodies(connection, sealer, scope, &rows)?, total.unsigned_abs()))
}

/// The JSON of these rows; one that has gone is left out.
fn bodies(connection: &Connection, sealer: &Sealer, scope: &str, rows: &[i64]) -> Result<Vec<String>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT purchase.id, body FROM purchase_body JOIN purchase USING (row) WHERE row = ?1 AND scope = ?2",
    )?;
    let mut bodies = Vec::with_capacity(rows.len());
    for row in rows {
        let found = statement.query_row(params![row, scope], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, Vec<u8>>(1)?))
        });
        if let Some((id, sealed)) = found.optional()? {
            bodies.push(sealer.open_text(&["order", scope, &id], &sealed)?);
        }
    }
    Ok(bodies)
}

/// An order as it stands in the file.
struct Kept {
    row: i64,
    state: String,
    body: String,
}

fn kept(connection: &Connection, sealer: &Sealer, scope: &str, id: &str) -> Result<Option<Kept>, StoreError> {
    let found: Option<(i64, String, Vec<u8>)> = connection
        .prepare_cached(
            "SELECT row, state, body FROM purchase JOIN purchase_body USING (row) WHERE scope = ?1 AND id = ?2",
        )?
        .query_row([scope, id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    found
        .map(|(row, state, sealed)| {
            Ok(Kept {
                row,
                state,
                body: sealer.open_text(&["order", scope, id], &sealed)?,
            })
        })
        .transpose()
}

fn order_by(filter: &OrderFilter) -> String {
    let column = match filter.column {
        OrderColumn::PlacedAt => "placed_at",
        OrderColumn::Amount => "amount_fen",
        OrderColumn::Number => "number",
    };
    let direction = if filter.descending { "DESC" } else { "ASC" };
    format!("{column} {direction}, row {direction}")
}

/// Insertion and change; in a reading of the whole list (`pass`) what is as it was is marked as seen. What changed.
fn put(
    connection: &Connection,
    sealer: &Sealer,
    scope: &str,
    rows: &[OrderRow],
    pass: Option<i64>,
) -> Result<Vec<Entry>, StoreError> {
    let (mut changed, mut counts) = (Vec::new(), Counts::default());
    for order in rows {
        match kept(connection, sealer, scope, &order.id)? {
            Some(kept) if kept.body == order.body => {
                if pass.is_some() {
                    let mut seen = connection.prepare_cached("UPDATE purchase SET pass = ?2 WHERE row = ?1")?;
                    seen.execute(params![kept.row, pass])?;
                }
            }
            Some(kept) => {
                counts.add(&kept.state, -1);
                counts.add(&order.state, 1);
                changed.push(write(connection, sealer, scope, order, Some(kept.row), pass)?);
            }
            None => {
                counts.add(&order.state, 1);
                changed.push(write(connection, sealer, scope, order, None, pass)?);
            }
        }
    }
    counts.keep(connection, scope)?;
    Ok(changed)
}

/// By how many more there are in each state.
#[derive(Default)]
struct Counts(HashMap<String, i64>);

impl Counts {
    fn add(&mut self, state: &str, more: i64) {
        match self.0.get_mut(state) {
            Some(count) => *count += more,
            None => drop(self.0.insert(state.to_owned(), more)),
        }
    }

    fn keep(self, connection: &Connection, scope: &str) -> Result<(), StoreError> {
        let mut statement = connection.prepare_cached(
            "INSERT INTO purchase_count VALUES (?1, ?2, ?3)
             ON CONFLICT (scope, state) DO UPDATE SET count = count + excluded.count",
        )?;
        for (state, more) in self.0 {
            statement.execute(params![scope, state, more])?;
        }
        Ok(())
    }
}

/// Only what SQLite can do without noting first how every page was: no trigger, no `RETURNING`, one row at a time.
fn write(
    connection: &Connection,
    sealer: &Sealer,
    scope: &str,
    order: &OrderRow,
    row: Option<i64>,
    pass: Option<i64>,
) -> Result<Entry, StoreError> {
    let words = order.searched.to_lowercase();
    let sealed_words = sealer.seal(&["words", scope, &order.id], words.as_bytes())?;
    let body = sealer.seal(&["order", scope, &order.id], order.body.as_bytes())?;
    let placed_at = order.placed_at.unix_timestamp();
    let sql = match row {
        Some(_) => {
            "UPDATE purchase SET number = ?4, placed_at = ?5, amount_fen = ?6, state = ?7, words = ?8,
                 pass = coalesce(?9, pass) WHERE row = ?1 AND scope = ?2 AND id = ?3"
        }
        None => {
            "INSERT INTO purchase (row, scope, id, number, placed_at, amount_fen, state, words, pass)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, coalesce(?9, 0))"
        }
    };
    connection.prepare_cached(sql)?.execute(params![
        row,
        scope,
        order.id,
        order.number,
        placed_at,
        order.amount_fen,
        order.state,
        sealed_words,
        pass
    ])?;
    let (row, sql) = match row {
        Some(row) => (row, "UPDATE purchase_body SET body = ?2 WHERE row = ?1"),
        None => (
            connection.last_insert_rowid(),
            "INSERT INTO purchase_body VALUES (?1, ?2)",
        ),
    };
    connection.prepare_cached(sql)?.execute(params![row, body])?;
    Ok(Entry {
        row,
        number: order.number.to_lowercase(),
        placed_at,
        amount_fen: order.amount_fen,
        state: order.state.clone(),
        words,
    })
}

/// What changed, and whether orders went.
pub(crate) fn apply_orders(
    connection: &Connection,
    sealer: &Sealer,
    scope: &str,
    update: &OrderUpdate,
) -> Result<(Vec<Entry>, bool), StoreError> {
    let changed = put(connection, sealer, scope, &update.rows, update.ends_pass)?;
    let Some(pass) = update.ends_pass else {
        return Ok((changed, false));
    };
    let sql = "DELETE FROM purchase WHERE scope = ?1 AND pass <> ?2";
    let gone = connection.execute(sql, params![scope, pass])? > 0;
    if gone {
        count_anew(connection, scope)?;
    }
    Ok((changed, gone))
}

fn count_anew(connection: &Connection, scope: &str) -> Result<(), StoreError> {
    connection.execute("DELETE FROM purchase_count WHERE scope = ?1", [scope])?;
    let sql = "INSERT INTO purchase_count SELECT scope, state, count(*) FROM purchase WHERE scope = ?1 GROUP BY state";
    connection.execute(sql, [scope])?;
    Ok(())
}
