//! Lists are paged by key: a page begins after the place of the last row before it, so that the last costs what the first does.

use sea_orm::sea_query::Expr;
use sea_orm::{
    ConnectionTrait, EntityTrait, ExprTrait, IdenStatic, Order, QueryFilter, QueryOrder, QuerySelect, Select,
};

use crate::refused::{Answer, Refused};

/// Between the two halves of a place.
const SEPARATOR: char = ':';

/// Which part of a list is wanted.
pub(crate) struct Part<'a> {
    /// The place where the page before it ended, as it was told then.
    pub(crate) after: Option<&'a str>,
    /// Rows.
    pub(crate) limit: u64,
    /// Direction of both columns.
    pub(crate) order: Order,
}

impl Part<'_> {
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
