//! Orders: paged, filtered, sorted and searched in SQL, so that 100,000 rows are as quick as ten.
use crate::{Store, StoreError};
use rusqlite::{Connection, OptionalExtension, ToSql, params};
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
    /// All words it can be found by.
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
        let mut condition = "scope = ?1".to_owned();
        let mut values: Vec<Box<dyn ToSql>> = vec![Box::new(scope.to_owned())];
        if let Some(state) = &filter.state {
            values.push(Box::new(state.clone()));
            condition.push_str(&format!(" AND state = ?{}", values.len()));
        }
        if !filter.text.trim().is_empty() {
            values.push(Box::new(filter.text.trim().to_lowercase()));
            condition.push_str(&format!(" AND instr(searched, ?{}) > 0", values.len()));
        }
        self.with(|connection| page(connection, &condition, &values, filter))
    }

    /// Takes over part of a reading of the whole list, which [`Store::apply`] ends; whether anything really changed.
    ///
    /// # Errors
    /// [`StoreError`]; nothing was changed then.
    pub fn put_orders(&self, scope: &str, rows: &[OrderRow], pass: Option<i64>) -> Result<bool, StoreError> {
        self.change(|connection| put(connection, scope, rows, pass))
    }

    /// One order's JSON.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn order(&self, scope: &str, id: &str) -> Result<Option<String>, StoreError> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached("SELECT body FROM purchase WHERE scope = ?1 AND id = ?2")?;
            Ok(statement.query_row(params![scope, id], |row| row.get(0)).optional()?)
        })
    }
}

fn page(
    connection: &Connection,
    condition: &str,
    values: &[Box<dyn ToSql>],
    filter: &OrderFilter,
) -> Result<(Vec<String>, u64), StoreError> {
    let parameters: Vec<&dyn ToSql> = values.iter().map(AsRef::as_ref).collect();
    let total: i64 = connection
        .prepare_cached(&format!("SELECT count(*) FROM purchase WHERE {condition}"))?
        .query_row(parameters.as_slice(), |row| row.get(0))?;
    let sql = format!(
        "SELECT body FROM purchase WHERE {condition} ORDER BY {} LIMIT {} OFFSET {}",
        order_by(filter),
        filter.limit.min(1000),
        filter.offset
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(parameters.as_slice(), |row| row.get(0))?;
    Ok((rows.collect::<Result<_, _>>()?, total.unsigned_abs()))
}

fn order_by(filter: &OrderFilter) -> String {
    let column = match filter.column {
        OrderColumn::PlacedAt => "placed_at",
        OrderColumn::Amount => "amount_fen",
        OrderColumn::Number => "number",
    };
    let direction = if filter.descending { "DESC" } else { "ASC" };
    format!("{column} {direction}, id {direction}")
}

/// Insertion and change; in a reading of the whole list (`pass`) what is as it was is marked as seen.
fn put(connection: &Connection, scope: &str, rows: &[OrderRow], pass: Option<i64>) -> Result<bool, StoreError> {
    let mut changed = false;
    let mut statement = connection.prepare_cached(
        "INSERT INTO purchase (scope, id, number, placed_at, amount_fen, state, searched, body, pass)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, coalesce(?9, 0))
         ON CONFLICT (scope, id) DO UPDATE SET number = excluded.number, placed_at = excluded.placed_at,
             amount_fen = excluded.amount_fen, state = excluded.state, searched = excluded.searched,
             body = excluded.body
         WHERE body <> excluded.body",
    )?;
    let mut seen = connection.prepare_cached("UPDATE purchase SET pass = ?3 WHERE scope = ?1 AND id = ?2")?;
    for row in rows {
        changed |= statement.execute(params![
            scope,
            row.id,
            row.number,
            row.placed_at.unix_timestamp(),
            row.amount_fen,
            row.state,
            row.searched.to_lowercase(),
            row.body,
            pass
        ])? > 0;
        if pass.is_some() {
            seen.execute(params![scope, row.id, pass])?;
        }
    }
    Ok(changed)
}

pub(crate) fn apply_orders(connection: &Connection, scope: &str, update: &OrderUpdate) -> Result<bool, StoreError> {
    let mut changed = put(connection, scope, &update.rows, update.ends_pass)?;
    if let Some(pass) = update.ends_pass {
        let sql = "DELETE FROM purchase WHERE scope = ?1 AND pass <> ?2";
        changed |= connection.execute(sql, params![scope, pass])? > 0;
    }
    Ok(changed)
}
