//! Business systems: registered by an operator, known by a key, makers of signing tasks.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use platform::API_KEY_HEADER;
use platform::check::FieldProblem;
use platform::wire::{
    BusinessSystem, BusinessSystemMade, ErrorCode, NewBusinessSystem, NewSigningContent, NewSigningTask,
    SIGNING_DOCUMENT_LIMIT_BYTES, SigningContent, SigningTask, SigningTaskMade, SigningTaskState,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, TransactionTrait,
};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::signing::{shown, state, words};
use crate::audit::{self, Actor, Asked};
use crate::caller::Caller;
use crate::refused::{Answer, Refused};
use crate::service::{Service, Shared};
use crate::states::{first, go};
use crate::tables::{business_system, signing_task};
use crate::text::{id, millis, moment, random_secret, sha256_hex, to_json, word};
use crate::write::Write;

/// Life of a task that names none, in seconds; shortest and longest.
const USUAL_SECONDS: u32 = 600;
const SHORTEST_SECONDS: u32 = 60;
const LONGEST_SECONDS: u32 = 86_400;

/// A business system, by its key.
pub(crate) struct System {
    row: business_system::Model,
    asked: Asked,
}

impl FromRequestParts<Shared> for System {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, service: &Shared) -> Answer<Self> {
        let missing = || Refused::new(ErrorCode::Unauthenticated, "a system's key is wanted");
        let key = parts.headers.get(API_KEY_HEADER).and_then(|value| value.to_str().ok());
        let row = business_system::Entity::find()
            .filter(business_system::Column::KeyHash.eq(sha256_hex(key.ok_or_else(missing)?.as_bytes())))
            .one(&service.database)
            .await?
            .ok_or_else(missing)?;
        let asked = Asked::of(parts);
        Ok(Self { row, asked })
    }
}

/// Register a business system; its key is shown once.
#[utoipa::path(post, path = "/v1/operator/systems", tag = "operator", request_body = NewBusinessSystem, responses((status = 200, body = BusinessSystemMade)))]
pub(crate) async fn add(write: Write) -> Answer<Response> {
    write.caller.operator()?;
    let wanted: NewBusinessSystem = write.json()?;
    words("name", &wanted.name, 100)?;
    let api_key = random_secret()?;
    let row = business_system::Model {
        id: Uuid::new_v4().to_string(),
        name: wanted.name,
        key_hash: sha256_hex(api_key.as_bytes()),
        created_at: millis(write.now),
    };
    business_system::Entity::insert(row.clone().into_active_model())
        .exec_without_returning(&write.tx)
        .await?;
    let system = system_shown(&row)?;
    write.finish(&BusinessSystemMade { system, api_key }).await
}

/// All business systems.
#[utoipa::path(get, path = "/v1/operator/systems", operation_id = "systems", tag = "operator", responses((status = 200, body = [BusinessSystem])))]
pub(crate) async fn list(State(service): State<Shared>, caller: Caller) -> Answer<Json<Vec<BusinessSystem>>> {
    caller.operator()?;
    let rows = business_system::Entity::find()
        .order_by_asc(business_system::Column::CreatedAt)
        .all(&service.database)
        .await?;
    rows.iter().map(system_shown).collect::<Answer<_>>().map(Json)
}

/// Remove a business system: its key is over at once, its tasks stay with their signers.
#[utoipa::path(delete, path = "/v1/operator/systems/{id}", tag = "operator", params(("id" = Uuid, Path)), responses((status = 200)))]
pub(crate) async fn remove(Path(system_id): Path<Uuid>, write: Write) -> Answer<Response> {
    write.caller.operator()?;
    let gone = business_system::Entity::delete_by_id(system_id.to_string())
        .exec(&write.tx)
        .await?;
    if gone.rows_affected == 0 {
        return Err(Refused::not_found());
    }
    write.finish(&()).await
}

fn system_shown(row: &business_system::Model) -> Answer<BusinessSystem> {
    Ok(BusinessSystem {
        id: id(&row.id)?,
        name: row.name.clone(),
        created_at: moment(row.created_at),
    })
}

/// Make a task. The same identifier and content again while nobody has fetched it: fresh secrets, the old link is over.
#[utoipa::path(put, path = "/v1/systems/signing-tasks/{id}", tag = "systems", params(("id" = Uuid, Path)), request_body = NewSigningTask, responses((status = 200, body = SigningTaskMade)))]
pub(crate) async fn make(
    State(service): State<Shared>,
    Path(task_id): Path<Uuid>,
    system: System,
    body: Bytes,
) -> Answer<Json<SigningTaskMade>> {
    let wanted: NewSigningTask = serde_json::from_slice(&body).map_err(Refused::malformed)?;
    let now = service.now();
    let new = new_task(&system, task_id, wanted, &body, now)?;
    let (secret, page) = (random_secret()?, random_secret()?);
    let link = link(&service, task_id, &secret);
    let tx = service.database.begin().await?;
    let row = signing_task::Model {
        secret_hash: sha256_hex(secret.as_bytes()),
        page_hash: sha256_hex(page.as_bytes()),
        link: Some(link.clone()),
        ..new
    };
    let row = kept(&tx, row, now).await?;
    recorded(&tx, &system, &row.request_hash, now).await?;
    tx.commit().await?;
    Ok(Json(SigningTaskMade {
        task: shown(&row, now)?,
        page_url: format!("{}/sign/{page}", service.base_url),
        link,
    }))
}

fn link(service: &Service, task_id: Uuid, secret: &str) -> String {
    let host = service.base_url.replace(':', "%3A").replace('/', "%2F");
    format!("ganjiang://sign?host={host}&task={task_id}&secret={secret}")
}

fn new_task(
    system: &System,
    task_id: Uuid,
    wanted: NewSigningTask,
    body: &[u8],
    now: OffsetDateTime,
) -> Answer<signing_task::Model> {
    words("title", &wanted.title, 200)?;
    let seconds = wanted.seconds.unwrap_or(USUAL_SECONDS);
    if !(SHORTEST_SECONDS..=LONGEST_SECONDS).contains(&seconds) {
        return Err(Refused::field("seconds", FieldProblem::Length));
    }
    let (content, document) = content(wanted.content)?;
    Ok(signing_task::Model {
        id: task_id.to_string(),
        system_id: system.row.id.clone(),
        requester: system.row.name.clone(),
        request_hash: sha256_hex(body),
        title: wanted.title,
        content: to_json(&content)?,
        document,
        credit_code: wanted.credit_code,
        account: wanted.account,
        state: first(SigningTaskState::Waiting)?,
        secret_hash: String::new(),
        page_hash: String::new(),
        link: None,
        created_at: millis(now),
        expires_at: millis(now + Duration::seconds(i64::from(seconds))),
        account_id: None,
        reason: None,
        result: None,
        signed: None,
    })
}

fn content(wanted: NewSigningContent) -> Answer<(SigningContent, Option<Vec<u8>>)> {
    match wanted {
        NewSigningContent::Document { file_name, file } => {
            words("file_name", &file_name, 200)?;
            let bytes = STANDARD
                .decode(file)
                .map_err(|_| Refused::field("file", FieldProblem::Characters))?;
            if bytes.len() > SIGNING_DOCUMENT_LIMIT_BYTES {
                return Err(Refused::field("file", FieldProblem::Length));
            }
            if !bytes.starts_with(b"%PDF-") {
                return Err(Refused::field("file", FieldProblem::Format));
            }
            let content = SigningContent::Document {
                file_name,
                sha256: sha256_hex(&bytes),
                bytes: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            };
            Ok((content, Some(bytes)))
        }
        NewSigningContent::Digest { name, sha256 } => {
            words("name", &name, 200)?;
            let is_digest = sha256.len() == 64 && sha256.bytes().all(|one| matches!(one, b'0'..=b'9' | b'a'..=b'f'));
            if !is_digest {
                return Err(Refused::field("sha256", FieldProblem::Format));
            }
            Ok((SigningContent::Digest { name, sha256 }, None))
        }
    }
}

/// A new row, or the same task with fresh secrets while it waits.
async fn kept(tx: &DatabaseTransaction, row: signing_task::Model, now: OffsetDateTime) -> Answer<signing_task::Model> {
    let before = signing_task::Entity::find_by_id(row.id.as_str())
        .lock_exclusive()
        .one(tx)
        .await?;
    let Some(before) = before else {
        signing_task::Entity::insert(row.clone().into_active_model())
            .exec_without_returning(tx)
            .await?;
        return Ok(row);
    };
    if before.system_id != row.system_id {
        return Err(Refused::not_found());
    }
    if before.request_hash != row.request_hash {
        return Err(Refused::new(
            ErrorCode::IdempotencyKeyReused,
            "another task has this identifier",
        ));
    }
    match state(&before, now)? {
        SigningTaskState::Waiting => {}
        SigningTaskState::Expired => return Err(Refused::new(ErrorCode::SigningTaskExpired, "not signed in time")),
        other => return Err(Refused::conflict(&word(&other))),
    }
    let again = signing_task::Model {
        created_at: before.created_at,
        expires_at: before.expires_at,
        ..row
    };
    Ok(again.into_active_model().reset_all().update(tx).await?)
}

async fn recorded(tx: &DatabaseTransaction, system: &System, content_hash: &str, now: OffsetDateTime) -> Answer<()> {
    let asked = Asked {
        content_hash: content_hash.to_owned(),
        ..system.asked.clone()
    };
    let actor = format!("system:{}", system.row.name);
    audit::record(tx, Actor::Named(&actor), &asked, now).await
}

/// Where a task of this system stands.
#[utoipa::path(get, path = "/v1/systems/signing-tasks/{id}", tag = "systems", params(("id" = Uuid, Path)), responses((status = 200, body = SigningTask)))]
pub(crate) async fn one(
    State(service): State<Shared>,
    Path(task_id): Path<Uuid>,
    system: System,
) -> Answer<Json<SigningTask>> {
    let row = own(&system, task_id).one(&service.database).await?;
    shown(&row.ok_or_else(Refused::not_found)?, service.now()).map(Json)
}

fn own(system: &System, task_id: Uuid) -> sea_orm::Select<signing_task::Entity> {
    signing_task::Entity::find_by_id(task_id.to_string())
        .filter(signing_task::Column::SystemId.eq(system.row.id.as_str()))
}

/// The verified result of a task of this system.
#[utoipa::path(get, path = "/v1/systems/signing-tasks/{id}/result", tag = "systems", params(("id" = Uuid, Path)),
    responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>)))]
pub(crate) async fn result(
    State(service): State<Shared>,
    Path(task_id): Path<Uuid>,
    system: System,
) -> Answer<Response> {
    let row = own(&system, task_id).one(&service.database).await?;
    let signed = row.and_then(|row| row.signed).ok_or_else(Refused::not_found)?;
    Ok(signed.into_response())
}

/// Take a task back that nobody has signed.
#[utoipa::path(delete, path = "/v1/systems/signing-tasks/{id}", tag = "systems", params(("id" = Uuid, Path)), responses((status = 200, body = SigningTask)))]
pub(crate) async fn cancel(
    State(service): State<Shared>,
    Path(task_id): Path<Uuid>,
    system: System,
) -> Answer<Json<SigningTask>> {
    let now = service.now();
    let tx = service.database.begin().await?;
    let row = own(&system, task_id).lock_exclusive().one(&tx).await?;
    let mut row = row.ok_or_else(Refused::not_found)?;
    match state(&row, now)? {
        SigningTaskState::Waiting | SigningTaskState::Fetched => {}
        SigningTaskState::Cancelled => return shown(&row, now).map(Json),
        other => return Err(Refused::conflict(&word(&other))),
    }
    go(&mut row.state, SigningTaskState::Cancelled)?;
    row.link = None;
    let row = row.into_active_model().reset_all().update(&tx).await?;
    recorded(&tx, &system, "", now).await?;
    tx.commit().await?;
    shown(&row, now).map(Json)
}
