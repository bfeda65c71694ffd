//! The change feed: one ordered cursor per enterprise, written in the same transaction as the change.

use platform::wire::ChangeSubject;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter};
use time::OffsetDateTime;

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
    pub(crate) const EVERYONE: &'static str = "everyone";

    fn word(self) -> String {
        match self {
            Self::Everyone => Self::EVERYONE.to_owned(),
            Self::Administrators => "administrators".to_owned(),
            Self::Account(id) => id.to_owned(),
        }
    }
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
    Ok(())
}
