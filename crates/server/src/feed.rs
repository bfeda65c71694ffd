//! The change feed: one ordered cursor per enterprise, written in the same transaction as the change.

use platform::wire::{ChangeQuery, ChangeSubject};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect,
};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::caller::Caller;
use crate::live::announce;
use crate::refused::{Answer, Refused};
use crate::routes::operator::keep_setting;
use crate::tables::{change, enterprise, setting};
use crate::text::{millis, sha256_hex, word};

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

/// Name of the setting that keeps the word of an enterprise's feed.
fn epoch_setting(enterprise_id: &str) -> String {
    format!("feed_epoch:{enterprise_id}")
}

/// The word of the enterprise's feed.
///
/// A device that read further than the feed goes, or saw another change where it stands, has read the feed of a database
/// that was set back since: from then on the feed has another word, for every device.
pub(crate) async fn epoch(database: &impl ConnectionTrait, enterprise_id: &str, seen: &ChangeQuery) -> Answer<String> {
    let name = epoch_setting(enterprise_id);
    let kept = setting::Entity::find_by_id(name.as_str()).one(database).await?;
    let present = kept.map(|row| row.value);
    let is_present = present.is_some() && seen.epoch == present;
    let set_back =
        is_present && seen.mark.is_some() && seen.mark != mark_at(database, enterprise_id, seen.after).await?;
    match present {
        Some(present) if !set_back => Ok(present),
        _ => {
            let made = Uuid::new_v4().simple().to_string();
            if keep_setting(database, &name, made).await.is_err() {
                tracing::debug!("another call gave the feed its word at the same moment");
            }
            let kept = setting::Entity::find_by_id(name).one(database).await?;
            Ok(kept.ok_or_else(Refused::not_found)?.value)
        }
    }
}

/// By what a change is known again; the beginning of the feed is known by nothing.
pub(crate) async fn mark_at(
    database: &impl ConnectionTrait,
    enterprise_id: &str,
    cursor: i64,
) -> Answer<Option<String>> {
    if cursor == 0 {
        return Ok(Some(String::new()));
    }
    let row = change::Entity::find_by_id(format!("{enterprise_id}:{cursor}"))
        .one(database)
        .await?;
    Ok(row.as_ref().map(mark))
}

fn mark(row: &change::Model) -> String {
    let text = format!("{}\n{}\n{}\n{}", row.id, row.subject, row.subject_id, row.at);
    sha256_hex(text.as_bytes()).chars().take(16).collect()
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
