//! Sign-ins and their short sessions: opened, refreshed with a token that is good once, listed, ended.
//!
//! A refresh token that comes again after its successor was used is stolen or copied: the whole sign-in ends (RFC 9700,
//! 4.14.2). Within a moment of the refresh it may come again, because the answer may have been lost. A sign-in of a device
//! with a key goes on only with the device's signature, so that a stolen token alone is good for nothing.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pki::vault::SessionStep;
use platform::check::FieldProblem;
use platform::wire::{ErrorCode, Refresh, Role, Session, SignedIn};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    TransactionTrait,
};
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::sessions::shown;
use crate::audit::{self, Actor, Asked};
use crate::caller::Caller;
use crate::refused::{Answer, Refused};
use crate::service::Shared;
use crate::tables::{account, session, sign_in};
use crate::text::{enumerated, id, millis, moment, random_secret, sha256_hex, word};

/// Life of a session; then it is refreshed.
const SESSION_LIFE: Duration = Duration::minutes(15);
/// A sign-in that is not refreshed for so long is over; an operator's after a working day.
const IDLE: Duration = Duration::days(30);
const OPERATOR_IDLE: Duration = Duration::hours(12);
/// However often it is refreshed.
const LONGEST: Duration = Duration::days(90);
/// So long after a refresh the same token may come again: the answer may have been lost.
const LOST_ANSWER: Duration = Duration::seconds(60);
/// Ended sessions stay for a while, so that their end can be told from their absence.
const KEPT: Duration = Duration::days(1);
const LONGEST_NAME: usize = 100;

/// What a session is for. One of the console was opened by a link that the app made, so it passes the sandbox's gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Purpose {
    App,
    Console,
}

/// Where somebody signs in.
pub(crate) struct Device<'a> {
    pub(crate) purpose: Purpose,
    pub(crate) name: &'a str,
    /// Its public key; a sign-in without one is refreshed by its token alone.
    pub(crate) key: Option<Vec<u8>>,
}

/// Opens a sign-in with its first session.
pub(crate) async fn open(
    database: &impl ConnectionTrait,
    account: account::Model,
    device: Device<'_>,
    now: OffsetDateTime,
) -> Answer<Session> {
    if device.name.chars().count() > LONGEST_NAME || device.name.chars().any(char::is_control) {
        return Err(Refused::field("device_name", FieldProblem::Length));
    }
    let secret = random_secret()?;
    let row = sign_in::Model {
        id: Uuid::new_v4().to_string(),
        account_id: account.id.clone(),
        purpose: word(&device.purpose),
        device_name: device.name.to_owned(),
        opened_at: millis(now),
        refreshed_at: millis(now),
        expires_at: millis(now + idle(&account)?),
        refresh_hash: sha256_hex(secret.as_bytes()),
        before_hash: None,
        device_key: device.key,
    };
    sign_in::Entity::insert(row.clone().into_active_model())
        .exec_without_returning(database)
        .await?;
    session(database, &row, account, secret, now).await
}

fn idle(account: &account::Model) -> Answer<Duration> {
    Ok(match enumerated(&account.role)? {
        Role::Operator => OPERATOR_IDLE,
        Role::Administrator | Role::Staff | Role::Unknown => IDLE,
    })
}

/// A short session of a sign-in, beside the refresh token that follows.
async fn session(
    database: &impl ConnectionTrait,
    row: &sign_in::Model,
    account: account::Model,
    secret: String,
    now: OffsetDateTime,
) -> Answer<Session> {
    let token = random_secret()?;
    let expires_at = now + SESSION_LIFE;
    session::Entity::delete_many()
        .filter(session::Column::ExpiresAt.lte(millis(now - KEPT)))
        .filter(session::Column::AccountId.eq(account.id.as_str()))
        .exec(database)
        .await?;
    let kept = session::Model {
        token_hash: sha256_hex(token.as_bytes()),
        account_id: account.id.clone(),
        expires_at: millis(expires_at),
        purpose: row.purpose.clone(),
        sign_in_id: row.id.clone(),
    };
    session::Entity::insert(kept.into_active_model())
        .exec_without_returning(database)
        .await?;
    Ok(Session {
        token,
        expires_at,
        account: shown(database, account).await?,
        refresh_token: format!("{}.{secret}", row.id),
    })
}

/// A fresh session for a refresh token.
#[utoipa::path(post, path = "/v1/sessions/refresh", tag = "sessions", request_body = Refresh, responses((status = 200, body = Session)))]
pub(crate) async fn refresh(State(service): State<Shared>, body: Bytes) -> Answer<Json<Session>> {
    let sent: Refresh = serde_json::from_slice(&body).map_err(|_| Refused::malformed("a refresh token is wanted"))?;
    let over = || Refused::new(ErrorCode::Unauthenticated, "sign in again");
    let (sign_in_id, secret) = sent.refresh_token.split_once('.').ok_or_else(over)?;
    let (now, hash) = (service.now(), sha256_hex(secret.as_bytes()));
    let tx = service.database.begin().await?;
    let row = sign_in::Entity::find_by_id(sign_in_id)
        .lock_exclusive()
        .one(&tx)
        .await?;
    let mut row = row.ok_or_else(over)?;
    let account = account::Entity::find_by_id(row.account_id.as_str()).one(&tx).await?;
    let account = account.ok_or_else(over)?;
    if !is_of_device(&row, &sent) {
        // Whoever has the token but not the device's key can neither use it nor end the owner's sign-in.
        let asked = Asked::automatic("refresh without the device's key", sign_in_id);
        audit::record(&tx, Actor::Account(&account), &asked, now).await?;
        tx.commit().await?;
        return Err(over());
    }
    let is_late = row.expires_at <= millis(now) || row.opened_at <= millis(now - LONGEST);
    let may_be_lost = row.before_hash.as_ref() == Some(&hash) && row.refreshed_at > millis(now - LOST_ANSWER);
    if is_late || (row.refresh_hash != hash && !may_be_lost) {
        if !is_late {
            let asked = Asked::automatic("refresh token used again", sign_in_id);
            audit::record(&tx, Actor::Account(&account), &asked, now).await?;
        }
        end(&tx, sign_in_id).await?;
        tx.commit().await?;
        return Err(over());
    }
    let next = random_secret()?;
    row.before_hash = Some(hash);
    row.refresh_hash = sha256_hex(next.as_bytes());
    row.refreshed_at = millis(now);
    row.expires_at = millis(now + idle(&account)?);
    let row = row.into_active_model().reset_all().update(&tx).await?;
    let opened = session(&tx, &row, account, next, now).await?;
    tx.commit().await?;
    Ok(Json(opened))
}

/// The newest token is the challenge: the device signs it, and it is good once.
fn is_of_device(row: &sign_in::Model, sent: &Refresh) -> bool {
    let Some(key) = &row.device_key else { return true };
    let signature = sent.signature.as_ref().and_then(|text| STANDARD.decode(text).ok());
    signature.is_some_and(|signature| SessionStep::Refresh.is_signed(sent.refresh_token.as_bytes(), key, &signature))
}

/// By what a device is known in lists.
fn device_id(key: &[u8]) -> String {
    sha256_hex(key).chars().take(16).collect()
}

/// A sign-in and all its sessions.
pub(super) async fn end(database: &impl ConnectionTrait, sign_in_id: &str) -> Answer<()> {
    session::Entity::delete_many()
        .filter(session::Column::SignInId.eq(sign_in_id))
        .exec(database)
        .await?;
    sign_in::Entity::delete_by_id(sign_in_id).exec(database).await?;
    Ok(())
}

/// Where the account is signed in, newest first.
#[utoipa::path(get, path = "/v1/sessions", tag = "sessions", responses((status = 200, body = [SignedIn])))]
pub(crate) async fn list(State(service): State<Shared>, caller: Caller) -> Answer<Json<Vec<SignedIn>>> {
    let rows = sign_in::Entity::find()
        .filter(sign_in::Column::AccountId.eq(caller.account.id.as_str()))
        .filter(sign_in::Column::ExpiresAt.gt(millis(service.now())))
        .order_by_desc(sign_in::Column::OpenedAt)
        .order_by_asc(sign_in::Column::Id)
        .all(&service.database)
        .await?;
    let shown = |row: &sign_in::Model| {
        Ok(SignedIn {
            id: id(&row.id)?,
            device_name: row.device_name.clone(),
            opened_at: moment(row.opened_at),
            last_used_at: moment(row.refreshed_at),
            current: row.id == caller.sign_in_id,
            device_id: row.device_key.as_deref().map(device_id),
        })
    };
    rows.iter().map(shown).collect::<Answer<_>>().map(Json)
}

/// End a sign-in of this account on another device.
#[utoipa::path(delete, path = "/v1/sessions/{id}", tag = "sessions", params(("id" = Uuid, Path)), responses((status = 204)))]
pub(crate) async fn end_one(
    State(service): State<Shared>,
    caller: Caller,
    Path(sign_in_id): Path<Uuid>,
) -> Answer<StatusCode> {
    let tx = service.database.begin().await?;
    let row = sign_in::Entity::find_by_id(sign_in_id.to_string())
        .filter(sign_in::Column::AccountId.eq(caller.account.id.as_str()))
        .one(&tx)
        .await?
        .ok_or_else(Refused::not_found)?;
    end(&tx, &row.id).await?;
    let asked = Asked::automatic("sign-in ended", &row.id);
    audit::record(&tx, Actor::Account(&caller.account), &asked, service.now()).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sign out on every device.
#[utoipa::path(delete, path = "/v1/sessions", tag = "sessions", responses((status = 204)))]
pub(crate) async fn end_all(State(service): State<Shared>, caller: Caller) -> Answer<StatusCode> {
    let tx = service.database.begin().await?;
    let account_id = caller.account.id.as_str();
    session::Entity::delete_many()
        .filter(session::Column::AccountId.eq(account_id))
        .exec(&tx)
        .await?;
    sign_in::Entity::delete_many()
        .filter(sign_in::Column::AccountId.eq(account_id))
        .exec(&tx)
        .await?;
    let asked = Asked::automatic("signed out everywhere", account_id);
    audit::record(&tx, Actor::Account(&caller.account), &asked, service.now()).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
