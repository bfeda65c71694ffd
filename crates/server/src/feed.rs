//! The change feed: one ordered cursor per enterprise, written in the same transaction as the change.

use platform::wire::ChangeSubject;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect,
};
use time::OffsetDateTime;

use crate::caller::Caller;
use crate::live::announce;
use crate::refused::{Answer, Refused};
use crate::tables::{change, enterprise};
use crate::text::{millis, word};

/// Who is told.
#[derive(Clone, Copy)]
pub(crate) enum Audience<'a> {
    /// Everyone of the enterprise.
    Everyone,
    /// Administrators only.
    Administrators,
    /// One member of staff; administrators as well.
    Account(&'a str),
}

impl Audience<'_> {
    const EVERYONE: &'static str = "everyone";

    fn word(self) -> String {
        match self {
            Self::Everyone => Self::EVERYONE.to_owned(),
            Self::Administrators => "administrators".to_owned(),
            Self::Account(id) => id.to_owned(),
        }
    }
}

/// Changes after the cursor that the caller may see, oldest first; staff see what concerns them.
pub(crate) async fn visible(
    database: &impl ConnectionTrait,
    caller: &Caller,
    after: i64,
    limit: u64,
) -> Answer<Vec<change::Model>> {
    let mut query = change::Entity::find()
        .filter(change::Column::EnterpriseId.eq(caller.enterprise()?))
        .filter(change::Column::Cursor.gt(after))
        .order_by_asc(change::Column::Cursor)
        .limit(limit);
    if !caller.is_administrator() {
        query = query.filter(change::Column::Audience.is_in([Audience::EVERYONE, caller.account.id.as_str()]));
    }
    Ok(query.all(database).await?)
}

/// Where the feed of an enterprise ends.
pub(crate) async fn end(database: &impl ConnectionTrait, enterprise_id: &str) -> Answer<i64> {
    let row = enterprise::Entity::find_by_id(enterprise_id).one(database).await?;
    Ok(row.ok_or_else(Refused::not_found)?.feed_cursor)
}

/// Writes one change. Counting up locks the enterprise's row until the commit, so cursors become
/// visible in order and a reader never skips one.
pub(crate) async fn changed(
    tx: &DatabaseTransaction,
    enterprise_id: &str,
    audience: Audience<'_>,
    subject: ChangeSubject,
    subject_id: &str,
    now: OffsetDateTime,
) -> Answer<()> {
    enterprise::Entity::update_many()
        .col_expr(
            enterprise::Column::FeedCursor,
            Expr::col(enterprise::Column::FeedCursor).add(1),
        )
        .filter(enterprise::Column::Id.eq(enterprise_id))
        .exec(tx)
        .await?;
    let cursor = enterprise::Entity::find_by_id(enterprise_id)
        .one(tx)
        .await?
        .ok_or_else(Refused::not_found)?
        .feed_cursor;
    let row = change::Model {
        id: format!("{enterprise_id}:{cursor}"),
        enterprise_id: enterprise_id.to_owned(),
        cursor,
        audience: audience.word(),
        subject: word(&subject),
        subject_id: subject_id.to_owned(),
        at: millis(now),
    };
    change::Entity::insert(row.into_active_model())
        .exec_without_returning(tx)
        .await?;
    announce(tx, enterprise_id).await
}
