//! Signing tasks as the signer's app sees them: fetched once, read, signed or refused.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use platform::check::FieldProblem;
use platform::wire::{
    ErrorCode, Role, SigningContent, SigningRefusal, SigningResult, SigningTask, SigningTaskFetch, SigningTaskState,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::authorisation::pdf;
use super::pki::from_hex;
use super::sessions::enterprise_row;
use crate::caller::Caller;
use crate::refused::{Answer, Refused};
use crate::service::Shared;
use crate::signing_result::{Intact, Invalid, over_digest, over_document};
use crate::states::go;
use crate::tables::{issued, signing_task};
use crate::text::{enumerated, from_json, hex, id, millis, moment, sha256_hex, to_json, word};
use crate::write::Write;

/// Whoever has fetched a task has at least so long to read it and type a PIN.
const TIME_TO_SIGN: Duration = Duration::minutes(10);
/// Tasks listed.
const MOST_LISTED: u64 = 100;

/// Fetch a task by the secret of its link; once. From then on it is the caller's.
#[utoipa::path(post, path = "/v1/signing-tasks/{id}/fetch", tag = "signing", params(("id" = Uuid, Path)), request_body = SigningTaskFetch, responses((status = 200, body = SigningTask)))]
pub(crate) async fn fetch(Path(task_id): Path<Uuid>, write: Write) -> Answer<Response> {
    let sent: SigningTaskFetch = write.json()?;
    if write.caller.role == Role::Operator {
        return Err(Refused::not_allowed());
    }
    let row = signing_task::Entity::find_by_id(task_id.to_string())
        .lock_exclusive()
        .one(&write.tx)
        .await?
        .filter(|row| row.secret_hash == sha256_hex(sent.secret.as_bytes()))
        .ok_or_else(Refused::not_found)?;
    let mut row = Waiting::of(row, write.now)?;
    meant_for(&write.tx, &row.0, &write.caller).await?;
    row.0.account_id = Some(write.caller.account.id.clone());
    let row = row.fetched(write.now)?;
    let row = row.into_active_model().reset_all().update(&write.tx).await?;
    let answer = shown(&row, write.now)?;
    write.finish(&answer).await
}

/// A task nobody has fetched.
struct Waiting(signing_task::Model);

impl Waiting {
    fn of(row: signing_task::Model, now: OffsetDateTime) -> Answer<Self> {
        match state(&row, now)? {
            SigningTaskState::Waiting => Ok(Self(row)),
            other => Err(over(other)),
        }
    }

    /// waiting → fetched.
    fn fetched(self, now: OffsetDateTime) -> Answer<signing_task::Model> {
        let mut row = self.0;
        go(&mut row.state, SigningTaskState::Fetched)?;
        row.link = None;
        row.expires_at = row.expires_at.max(millis(now + TIME_TO_SIGN));
        Ok(row)
    }
}

/// A task that its account may sign.
struct Fetched(signing_task::Model);

impl Fetched {
    fn of(row: signing_task::Model, now: OffsetDateTime) -> Answer<Self> {
        match state(&row, now)? {
            SigningTaskState::Fetched => Ok(Self(row)),
            other => Err(over(other)),
        }
    }

    /// fetched → signed.
    fn signed(self, result: &SigningResult, bytes: Vec<u8>) -> Answer<signing_task::Model> {
        let mut row = self.0;
        go(&mut row.state, SigningTaskState::Signed)?;
        row.result = Some(to_json(result)?);
        row.signed = Some(bytes);
        Ok(row)
    }

    /// fetched → refused.
    fn refused(self, reason: String) -> Answer<signing_task::Model> {
        let mut row = self.0;
        go(&mut row.state, SigningTaskState::Refused)?;
        row.reason = Some(reason);
        Ok(row)
    }
}

fn over(state: SigningTaskState) -> Refused {
    match state {
        SigningTaskState::Expired => Refused::new(ErrorCode::SigningTaskExpired, "not signed in time"),
        other => Refused::conflict(&word(&other)),
    }
}

/// A task past its end is expired, whatever the row says.
pub(super) fn state(row: &signing_task::Model, now: OffsetDateTime) -> Answer<SigningTaskState> {
    match enumerated(&row.state)? {
        SigningTaskState::Waiting | SigningTaskState::Fetched if row.expires_at <= millis(now) => {
            Ok(SigningTaskState::Expired)
        }
        state => Ok(state),
    }
}

async fn meant_for(database: &impl ConnectionTrait, row: &signing_task::Model, caller: &Caller) -> Answer<()> {
    let enterprise = enterprise_row(database, caller.enterprise()?).await?;
    let enterprise_fits = row
        .credit_code
        .as_ref()
        .is_none_or(|code| *code == enterprise.credit_code);
    let account_fits = row.account.as_ref().is_none_or(|name| *name == caller.account.account);
    if enterprise_fits && account_fits {
        return Ok(());
    }
    Err(Refused::new(
        ErrorCode::SigningTaskForOther,
        "the task is for another account",
    ))
}

async fn mine(database: &impl ConnectionTrait, caller: &Caller, task_id: Uuid) -> Answer<signing_task::Model> {
    signing_task::Entity::find_by_id(task_id.to_string())
        .filter(signing_task::Column::AccountId.eq(caller.account.id.as_str()))
        .one(database)
        .await?
        .ok_or_else(Refused::not_found)
}

async fn mine_locked(write: &Write, task_id: Uuid) -> Answer<Fetched> {
    let row = signing_task::Entity::find_by_id(task_id.to_string())
        .filter(signing_task::Column::AccountId.eq(write.caller.account.id.as_str()))
        .lock_exclusive()
        .one(&write.tx)
        .await?
        .ok_or_else(Refused::not_found)?;
    Fetched::of(row, write.now)
}

/// Tasks the caller has fetched, newest first.
#[utoipa::path(get, path = "/v1/signing-tasks", tag = "signing", responses((status = 200, body = [SigningTask])))]
pub(crate) async fn list(State(service): State<Shared>, caller: Caller) -> Answer<Json<Vec<SigningTask>>> {
    let rows = signing_task::Entity::find()
        .filter(signing_task::Column::AccountId.eq(caller.account.id.as_str()))
        .order_by_desc(signing_task::Column::CreatedAt)
        .limit(MOST_LISTED)
        .all(&service.database)
        .await?;
    rows.iter()
        .map(|row| shown(row, service.now()))
        .collect::<Answer<_>>()
        .map(Json)
}

/// One task the caller has fetched.
#[utoipa::path(get, path = "/v1/signing-tasks/{id}", tag = "signing", params(("id" = Uuid, Path)), responses((status = 200, body = SigningTask)))]
pub(crate) async fn one(
    State(service): State<Shared>,
    caller: Caller,
    Path(task_id): Path<Uuid>,
) -> Answer<Json<SigningTask>> {
    let row = mine(&service.database, &caller, task_id).await?;
    shown(&row, service.now()).map(Json)
}

/// The document of a task the caller has fetched.
#[utoipa::path(get, path = "/v1/signing-tasks/{id}/document", tag = "signing", params(("id" = Uuid, Path)),
    responses((status = 200, content_type = "application/pdf", body = Vec<u8>)))]
pub(crate) async fn document(
    State(service): State<Shared>,
    caller: Caller,
    Path(task_id): Path<Uuid>,
) -> Answer<Response> {
    let row = mine(&service.database, &caller, task_id).await?;
    row.document.map(pdf).ok_or_else(Refused::not_found)
}

/// Hand the result back; it is verified before it counts.
#[utoipa::path(post, path = "/v1/signing-tasks/{id}/result", tag = "signing", params(("id" = Uuid, Path)),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"), responses((status = 200, body = SigningTask)))]
pub(crate) async fn finish(Path(task_id): Path<Uuid>, write: Write) -> Answer<Response> {
    let task = mine_locked(&write, task_id).await?;
    let intact = intact(&task.0, &write.body)?;
    let serial = certified(&write, &intact).await?;
    let result = SigningResult {
        at: write.now,
        serial,
        common_name: intact.facts.subject.common_name,
        organization: intact.facts.subject.organization,
        sha256: sha256_hex(&write.body),
    };
    let row = task.signed(&result, write.body.to_vec())?;
    let row = row.into_active_model().reset_all().update(&write.tx).await?;
    let answer = shown(&row, write.now)?;
    write.finish(&answer).await
}

fn invalid(why: &str) -> Refused {
    Refused::new(ErrorCode::SigningResultInvalid, "the result does not verify").with("why", why)
}

fn intact(row: &signing_task::Model, result: &[u8]) -> Answer<Intact> {
    let outcome: Result<Intact, Invalid> = match (from_json(&row.content)?, &row.document) {
        (SigningContent::Document { .. }, Some(original)) => over_document(result, original),
        (SigningContent::Digest { sha256, .. }, _) => over_digest(result, &from_hex(&sha256).unwrap_or_default()),
        (SigningContent::Document { .. }, None) | (SigningContent::Unknown, _) => {
            return Err(Refused::internal("a task lost its document"));
        }
    };
    outcome.map_err(|why| invalid(why.word()))
}

/// The certificate is one of ours, issued to the caller, in force now. Gives its serial number.
async fn certified(write: &Write, intact: &Intact) -> Answer<String> {
    let (_, parsed) = x509_parser::parse_x509_certificate(&intact.certificate).map_err(|_| invalid("certificate"))?;
    let serial = hex(parsed.raw_serial()).trim_start_matches('0').to_owned();
    let row = issued::Entity::find_by_id(serial.as_str()).one(&write.tx).await?;
    let row = row
        .filter(|row| row.der == intact.certificate && row.account_id == write.caller.account.id)
        .ok_or_else(|| invalid("certificate"))?;
    if row.revoked_at.is_some() {
        return Err(invalid("revoked"));
    }
    if millis(write.now) < row.valid_from || row.valid_to <= millis(write.now) {
        return Err(invalid("certificate"));
    }
    Ok(serial)
}

/// Refuse to sign; the system that asked is told why.
#[utoipa::path(post, path = "/v1/signing-tasks/{id}/refuse", tag = "signing", params(("id" = Uuid, Path)), request_body = SigningRefusal, responses((status = 200, body = SigningTask)))]
pub(crate) async fn refuse(Path(task_id): Path<Uuid>, write: Write) -> Answer<Response> {
    let wanted: SigningRefusal = write.json()?;
    words("reason", &wanted.reason, 200)?;
    let task = mine_locked(&write, task_id).await?;
    let row = task.refused(wanted.reason)?;
    let row = row.into_active_model().reset_all().update(&write.tx).await?;
    let answer = shown(&row, write.now)?;
    write.finish(&answer).await
}

/// A text of 1 to `most` characters, none of them invisible.
pub(super) fn words(field: &str, text: &str, most: usize) -> Answer<()> {
    if text.chars().any(char::is_control) {
        return Err(Refused::field(field, FieldProblem::Characters));
    }
    match text.trim().chars().count() {
        0 => Err(Refused::field(field, FieldProblem::Empty)),
        count if count > most => Err(Refused::field(field, FieldProblem::Length)),
        _ => Ok(()),
    }
}

pub(super) fn shown(row: &signing_task::Model, now: OffsetDateTime) -> Answer<SigningTask> {
    Ok(SigningTask {
        id: id(&row.id)?,
        requester: row.requester.clone(),
        title: row.title.clone(),
        content: from_json(&row.content)?,
        state: state(row, now)?,
        created_at: moment(row.created_at),
        expires_at: moment(row.expires_at),
        reason: row.reason.clone(),
        result: row.result.as_deref().map(from_json).transpose()?,
    })
}
