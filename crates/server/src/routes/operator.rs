//! The reviewer's side: what waits, decisions, letters, approval by itself.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use platform::check::FieldProblem;
use platform::wire::{Approval, ApprovalKind, ApprovalState, AutoApprove, Decision};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder,
};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{authorisation, invoices, seals};
use crate::caller::Caller;
use crate::refused::{Answer, Refused};
use crate::service::Shared;
use crate::tables::{approval, authorisation as authorisation_table, seal, setting};
use crate::text::{enumerated, to_json, word};
use crate::timeline::shown;
use crate::write::Write;

/// Name of the setting that outlives a restart.
pub(crate) const AUTO_APPROVE: &str = "auto_approve";

/// Everything waiting for the platform, oldest first.
#[utoipa::path(get, path = "/v1/operator/approvals", tag = "operator", responses((status = 200, body = [Approval])))]
pub(crate) async fn waiting(State(service): State<Shared>, caller: Caller) -> Answer<Json<Vec<Approval>>> {
    caller.operator()?;
    let rows = approval::Entity::find()
        .filter(approval::Column::State.eq(word(&ApprovalState::InReview)))
        .order_by_asc(approval::Column::Since)
        .all(&service.database)
        .await?;
    rows.into_iter().map(shown).collect::<Answer<_>>().map(Json)
}

/// Decide on an authorisation, seal or invoice.
#[utoipa::path(post, path = "/v1/operator/approvals/{id}/decision", tag = "operator", params(("id" = Uuid, Path)), request_body = Decision, responses((status = 200, body = Approval)))]
pub(crate) async fn decide(Path(approval_id): Path<Uuid>, write: Write) -> Answer<Response> {
    write.caller.operator()?;
    let decision: Decision = write.json()?;
    let reason = reason(&decision)?;
    let row = approval_row(&write.tx, approval_id).await?;
    decided(&write.tx, &row, reason, write.now).await?;
    let answer = shown(approval_row(&write.tx, approval_id).await?)?;
    write.finish(&answer).await
}

async fn approval_row(tx: &DatabaseTransaction, approval_id: Uuid) -> Answer<approval::Model> {
    approval::Entity::find_by_id(approval_id.to_string())
        .one(tx)
        .await?
        .ok_or_else(Refused::not_found)
}

/// The reason of a rejection; none to approve.
fn reason(decision: &Decision) -> Answer<Option<&str>> {
    if decision.approve {
        return Ok(None);
    }
    let reason = decision.reason.as_deref().unwrap_or_default().trim();
    match reason.chars().count() {
        0 => Err(Refused::field("reason", FieldProblem::Empty)),
        1..=500 => Ok(Some(reason)),
        _ => Err(Refused::field("reason", FieldProblem::Length)),
    }
}

/// Decides on whatever the entry is about.
pub(crate) async fn decided(
    tx: &DatabaseTransaction,
    row: &approval::Model,
    rejected_because: Option<&str>,
    now: OffsetDateTime,
) -> Answer<()> {
    match enumerated(&row.kind)? {
        ApprovalKind::Authorisation => authorisation::decide(tx, &row.subject_id, rejected_because, now).await,
        ApprovalKind::Seal => seals::decide(tx, &row.subject_id, rejected_because, now).await,
        ApprovalKind::Invoice => invoices::decide(tx, &row.subject_id, rejected_because, now).await,
        // Payments are decided by the bank's notice, reissues by their holder's confirmation.
        ApprovalKind::Payment | ApprovalKind::Reissue | ApprovalKind::Unknown => Err(Refused::conflict(&row.state)),
    }
}

/// The letter of an authorisation.
#[utoipa::path(get, path = "/v1/operator/authorisations/{id}/letter", tag = "operator", params(("id" = Uuid, Path)),
    responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>)))]
pub(crate) async fn letter(
    State(service): State<Shared>,
    caller: Caller,
    Path(authorisation_id): Path<Uuid>,
) -> Answer<Response> {
    caller.operator()?;
    let letter = authorisation_table::Entity::find_by_id(authorisation_id.to_string())
        .one(&service.database)
        .await?
        .and_then(|row| row.letter)
        .ok_or_else(Refused::not_found)?;
    // Never shown inside the page: it comes from a stranger.
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (header::CONTENT_DISPOSITION, "attachment"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    Ok((headers, letter).into_response())
}

/// The picture of a seal under review (PNG).
#[utoipa::path(get, path = "/v1/operator/seals/{id}/picture", tag = "operator", params(("id" = Uuid, Path)),
    responses((status = 200, content_type = "image/png", body = Vec<u8>)))]
pub(crate) async fn seal_picture(
    State(service): State<Shared>,
    caller: Caller,
    Path(seal_id): Path<Uuid>,
) -> Answer<Response> {
    caller.operator()?;
    let row = seal::Entity::find_by_id(seal_id.to_string())
        .one(&service.database)
        .await?
        .ok_or_else(Refused::not_found)?;
    let headers = [
        (header::CONTENT_TYPE, "image/png"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    Ok((headers, row.picture).into_response())
}

/// Approval by itself.
#[utoipa::path(get, path = "/v1/operator/auto-approve", tag = "sandbox", responses((status = 200, body = AutoApprove)))]
pub(crate) async fn auto_approve(State(service): State<Shared>, caller: Caller) -> Answer<Json<AutoApprove>> {
    caller.operator()?;
    sandbox_only(&service)?;
    Ok(Json(AutoApprove {
        seconds: service.auto_approve(),
    }))
}

/// Set approval by itself.
#[utoipa::path(put, path = "/v1/operator/auto-approve", tag = "sandbox", request_body = AutoApprove, responses((status = 200, body = AutoApprove)))]
pub(crate) async fn set_auto_approve(State(service): State<Shared>, write: Write) -> Answer<Response> {
    write.caller.operator()?;
    sandbox_only(&service)?;
    let wanted: AutoApprove = write.json()?;
    if wanted.seconds.is_some_and(|seconds| seconds > 86_400) {
        return Err(Refused::field("seconds", FieldProblem::Length));
    }
    keep_setting(&write.tx, AUTO_APPROVE, to_json(&wanted)?).await?;
    let response = write.finish(&wanted).await?;
    service.set_auto_approve(wanted.seconds);
    Ok(response)
}

fn sandbox_only(service: &Shared) -> Answer<()> {
    if service.sandbox_token.is_some() {
        Ok(())
    } else {
        Err(Refused::not_found())
    }
}

/// Keeps a named value.
pub(crate) async fn keep_setting(database: &impl sea_orm::ConnectionTrait, name: &str, value: String) -> Answer<()> {
    match setting::Entity::find_by_id(name).one(database).await? {
        Some(row) => {
            let mut row = row.into_active_model();
            row.value = Set(value);
            row.update(database).await?;
        }
        None => {
            let row = setting::Model {
                name: name.to_owned(),
                value,
            };
            setting::Entity::insert(row.into_active_model())
                .exec_without_returning(database)
                .await?;
        }
    }
    Ok(())
}
