//! Lists are paged by key: a page begins after the place of the last row before it, so that the last costs what the first does.

use axum::Json;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use platform::wire::ListQuery;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ConnectionTrait, EntityTrait, ExprTrait, IdenStatic, Order, QueryFilter, QueryOrder, QuerySelect, Select,
};

use serde::Serialize;

use crate::refused::{Answer, Refused};

/// Between the two halves of a place.
const SEPARATOR: char = ':';

/// Rows of a page at most.
pub(crate) const MOST_ROWS: u64 = 2000;
/// Rows of a page, when nobody says.
const SOME_ROWS: u64 = 100;
/// More than there are; one more than it still is a number of the database's.
const ALL_ROWS: u64 = i64::MAX.unsigned_abs() - 1;

/// A list in the form that clients of before pages read: its rows alone. Where a page ends is told beside them (RFC 8288).
pub(crate) struct Listed<T> {
    rows: Vec<T>,
    limit: u64,
    next: Option<String>,
}

impl<T: Serialize> IntoResponse for Listed<T> {
    fn into_response(self) -> Response {
        let mut response = Json(self.rows).into_response();
        let target = self
            .next
            .map(|next| format!("<?limit={}&after={next}>; rel=\"next\"", self.limit));
        if let Some(link) = target.and_then(|target| HeaderValue::from_str(&target).ok()) {
            response.headers_mut().insert(header::LINK, link);
        }
        response
    }
}

/// Whether a list is asked for as those clients do that know no pages.
pub(crate) fn is_whole(wanted: &ListQuery) -> bool {
    wanted.after.is_none() && wanted.limit.is_none()
}

/// Which part of a list is wanted.
pub(crate) struct Part<'a> {
    /// The place where the page before it ended, as it was told then.
    pub(crate) after: Option<&'a str>,
    /// Rows.
    pub(crate) limit: u64,
    /// Direction of both columns.
    pub(crate) order: Order,
}

impl<'a> Part<'a> {
    /// What is wanted of a list that is whole when no page is.
    pub(crate) fn wanted(wanted: &'a ListQuery, order: Order) -> Self {
        let limit = wanted.limit.unwrap_or(SOME_ROWS).clamp(1, MOST_ROWS);
        Self {
            after: wanted.after.as_deref(),
            limit: if is_whole(wanted) { ALL_ROWS } else { limit },
            order,
        }
    }

    /// The same as [`Part::of`], as the answer to it.
    pub(crate) async fn listed<E: EntityTrait, T>(
        self,
        query: Select<E>,
        columns: (E::Column, E::Column),
        database: &impl ConnectionTrait,
        place: impl Fn(&E::Model) -> (i64, &String),
        shown: impl AsyncFnOnce(Vec<E::Model>) -> Answer<Vec<T>>,
    ) -> Answer<Listed<T>> {
        let limit = self.limit;
        let (rows, next) = self.of(query, columns, database, place).await?;
        let rows = shown(rows).await?;
        Ok(Listed { rows, limit, next })
    }

    /// The rows, sorted by a column of numbers and, among equals, by one that tells every row apart; and where they end, when
    /// more follow.
    pub(crate) async fn of<E: EntityTrait>(
        self,
        query: Select<E>,
        (number, name): (E::Column, E::Column),
        database: &impl ConnectionTrait,
        place: impl Fn(&E::Model) -> (i64, &String),
    ) -> Answer<(Vec<E::Model>, Option<String>)> {
        let query = match self.after {
            Some(after) => query.filter(self.beyond(both(number, name), after)?),
            None => query,
        };
        let mut rows = query
            .order_by(number, self.order.clone())
            .order_by(name, self.order)
            .limit(self.limit + 1)
            .all(database)
            .await?;
        let wanted = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let more = rows.len() > wanted;
        rows.truncate(wanted);
        let last = rows.last().filter(|_| more).map(place);
        let next = last.map(|(number, name)| format!("{number}{SEPARATOR}{name}"));
        Ok((rows, next))
    }

    /// Both columns are compared as one value: then both databases begin to read an index there.
    fn beyond(&self, columns: Expr, after: &str) -> Answer<Expr> {
        let (number, name) = read(after)?;
        let place = Expr::tuple([Expr::val(number), Expr::val(name)]);
        Ok(match self.order {
            Order::Desc => columns.lt(place),
            _ => columns.gt(place),
        })
    }
}

fn both<C: IdenStatic + sea_orm::ColumnTrait>(number: C, name: C) -> Expr {
    Expr::tuple([Expr::col(number.as_column_ref()), Expr::col(name.as_column_ref())])
}

fn read(place: &str) -> Answer<(i64, &str)> {
    let read = place.split_once(SEPARATOR).and_then(|(number, name)| {
        let is_name = !name.is_empty() && !name.chars().any(char::is_control);
        Some((number.parse().ok().filter(|_| is_name)?, name))
    });
    read.ok_or_else(|| Refused::malformed("`after` is no place that a page told"))
}
