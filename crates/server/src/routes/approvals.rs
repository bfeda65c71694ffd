//! The time line and the change feed, as the enterprise's people see them.

use axum::Json;
use axum::extract::{Query, State};
use platform::wire::{Approval, Change, ChangePage, ChangeQuery, ListQuery};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, Order as SortOrder, QueryFilter};

use crate::caller::Caller;
use crate::feed;
use crate::paging::{Listed, Part, is_whole};
use crate::refused::Answer;
use crate::service::Shared;
use crate::tables::{approval, change};
use crate::text::{enumerated, id, moment};
use crate::timeline::shown;

/// The time line, newest first; staff see what concerns them. Page by page it begins with what has been as it is for longest:
/// what takes a step meanwhile comes again at the end, and its later row is the one that counts.
#[utoipa::path(get, path = "/v1/approvals", tag = "approvals", params(ListQuery), responses((status = 200, body = [Approval],
    headers(("link" = Option<String>, description = "`<?limit=…&after=…>; rel=\"next\"` (RFC 8288) when more rows follow a page.")))))]
pub(crate) async fn list(
    State(service): State<Shared>,
    caller: Caller,
    Query(wanted): Query<ListQuery>,
) -> Answer<Listed<Approval>> {
    let mut query = approval::Entity::find().filter(approval::Column::EnterpriseId.eq(caller.enterprise()?));
    if !caller.is_administrator() {
        query = query.filter(approval::Column::AccountId.eq(caller.account.id.as_str()));
    }
    let order = if is_whole(&wanted) {
        SortOrder::Desc
    } else {
        SortOrder::Asc
    };
    let columns = (approval::Column::Since, approval::Column::Id);
    Part::wanted(&wanted, order)
        .listed(
            query,
            columns,
            &service.database,
            |row| (row.since, &row.id),
            async |rows| rows.into_iter().map(shown).collect(),
        )
        .await
}

/// Part of the change feed, oldest first; staff see what concerns them.
#[utoipa::path(get, path = "/v1/changes", tag = "approvals", params(ChangeQuery), responses((status = 200, body = ChangePage)))]
pub(crate) async fn changes(
    State(service): State<Shared>,
    caller: Caller,
    Query(wanted): Query<ChangeQuery>,
) -> Answer<Json<ChangePage>> {
    let database = &service.database;
    let enterprise_id = caller.enterprise()?;
    let epoch = feed::epoch(database, enterprise_id, &wanted).await?;
    if wanted.end {
        let next = feed::end(database, enterprise_id).await?;
        return page(database, enterprise_id, (Vec::new(), next, false), epoch).await;
    }
    let limit = wanted.limit.unwrap_or(100).clamp(1, 500);
    let mut rows = feed::visible(database, &caller, wanted.after, limit + 1).await?;
    let wanted_rows = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > wanted_rows;
    rows.truncate(wanted_rows);
    let next = rows.last().map_or(wanted.after, |row| row.cursor);
    let changes = rows.iter().map(change_shown).collect::<Answer<_>>()?;
    page(database, enterprise_id, (changes, next, more), epoch).await
}

async fn page(
    database: &impl ConnectionTrait,
    enterprise_id: &str,
    (changes, next, more): (Vec<Change>, i64, bool),
    epoch: String,
) -> Answer<Json<ChangePage>> {
    let mark = feed::mark_at(database, enterprise_id, next).await?.unwrap_or_default();
    Ok(Json(ChangePage {
        changes,
        next,
        more,
        epoch,
        mark,
    }))
}

pub(super) fn change_shown(row: &change::Model) -> Answer<Change> {
    Ok(Change {
        cursor: row.cursor,
        subject: enumerated(&row.subject)?,
        subject_id: id(&row.subject_id)?,
        at: moment(row.at),
    })
}
