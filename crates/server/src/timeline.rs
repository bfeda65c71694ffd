//! The approvals time line: one entry per reviewed thing, its events in order.

use std::collections::BTreeMap;

use platform::wire::{Approval, ApprovalEvent, ApprovalKind, ApprovalState, ChangeSubject, EventCode, NextActor};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter,
};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::feed::{Audience, changed};
use crate::refused::Answer;
use crate::tables::approval;
use crate::text::{enumerated, from_json, id, millis, moment, to_json, word};

/// Parameters of events and titles.
pub(crate) type Params = BTreeMap<String, String>;

/// Parameters from pairs.
pub(crate) fn params<const N: usize>(pairs: [(&str, String); N]) -> Params {
    pairs.map(|(name, value)| (name.to_owned(), value)).into()
}

/// What a step writes into the time line.
pub(crate) struct Step<'a> {
    pub(crate) enterprise_id: &'a str,
    /// The member of staff it concerns, if any.
    pub(crate) account_id: Option<&'a str>,
    pub(crate) kind: ApprovalKind,
    pub(crate) subject_id: &'a str,
    pub(crate) title: Params,
    pub(crate) state: ApprovalState,
    pub(crate) next_actor: NextActor,
    pub(crate) reason: Option<&'a str>,
    pub(crate) event: (EventCode, Params),
}

/// Adds the step to the entry of its subject, making the entry when it is the first one.
pub(crate) async fn record(tx: &DatabaseTransaction, step: Step<'_>, now: OffsetDateTime) -> Answer<()> {
    let before = find(tx, step.kind, step.subject_id).await?;
    let mut events: Vec<ApprovalEvent> = match &before {
        Some(row) => from_json(&row.events)?,
        None => Vec::new(),
    };
    let (code, params) = step.event;
    events.push(ApprovalEvent { at: now, code, params });
    let row = approval::Model {
        id: before
            .as_ref()
            .map_or_else(|| Uuid::new_v4().to_string(), |row| row.id.clone()),
        enterprise_id: step.enterprise_id.to_owned(),
        account_id: step.account_id.map(str::to_owned),
        kind: word(&step.kind),
        subject_id: step.subject_id.to_owned(),
        title: to_json(&step.title)?,
        state: word(&step.state),
        next_actor: word(&step.next_actor),
        since: millis(now),
        reason: step.reason.map(str::to_owned),
        events: to_json(&events)?,
    };
    let audience = step.account_id.map_or(Audience::Administrators, Audience::Account);
    let row_id = row.id.clone();
    if before.is_some() {
        row.into_active_model().reset_all().update(tx).await?;
    } else {
        approval::Entity::insert(row.into_active_model())
            .exec_without_returning(tx)
            .await?;
    }
    changed(tx, step.enterprise_id, audience, ChangeSubject::Approval, &row_id, now).await
}

/// The entry of a subject.
pub(crate) async fn find(
    database: &impl ConnectionTrait,
    kind: ApprovalKind,
    subject_id: &str,
) -> Answer<Option<approval::Model>> {
    Ok(approval::Entity::find()
        .filter(approval::Column::Kind.eq(word(&kind)))
        .filter(approval::Column::SubjectId.eq(subject_id))
        .one(database)
        .await?)
}

/// The row as the contract shows it.
pub(crate) fn shown(row: approval::Model) -> Answer<Approval> {
    Ok(Approval {
        id: id(&row.id)?,
        enterprise_id: id(&row.enterprise_id)?,
        kind: enumerated(&row.kind)?,
        subject_id: id(&row.subject_id)?,
        title_params: from_json(&row.title)?,
        state: enumerated(&row.state)?,
        next_actor: enumerated(&row.next_actor)?,
        since: moment(row.since),
        reason: row.reason,
        events: from_json(&row.events)?,
    })
}
