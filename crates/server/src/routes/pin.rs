//! The platform's part in opening keys: OPAQUE, with every try counted before it is answered.
//!
//! A message is believed only when the device's key signed it for this step: nobody else can use up the tries. An
//! evaluation for a registration that exists is given by a login only, so none goes uncounted.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pki::vault::{PinServer, PinStep, TRIES};
use platform::check::FieldProblem;
use platform::wire::{
    ErrorCode, LONGEST_LEASE_HOURS, PinLease, PinLogin, PinMessage, PinProof, PinRegistration, USUAL_LEASE_HOURS,
};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter};
use time::Duration;
use uuid::Uuid;

use super::operator::keep_setting;
use crate::attempts::Attempt;
use crate::caller::Caller;
use crate::refused::{Answer, Refused};
use crate::service::{Service, Shared};
use crate::tables::{pin_login, pin_registration, pin_vault, setting};
use crate::text::{from_json, millis, sha256_hex, to_json};
use crate::write::Write;

/// A device answers within seconds; a login left alone for longer is over.
const LOGIN_LASTS: Duration = Duration::minutes(2);
/// The generator of P-256: verifies nothing anybody signs, and takes as long.
const NOBODYS_KEY: &str = "BGsX0fLhLEJH+Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWT+NC4v4af5uO5+tKfA+eFivOM1drMV7Oy7ZAaDe/UfU=";

/// A registration's first message.
#[utoipa::path(post, path = "/v1/pin-vaults/{id}/registrations", tag = "pins", params(("id" = Uuid, Path)), request_body = PinMessage, responses((status = 200, body = PinRegistration)))]
pub(crate) async fn register(
    State(service): State<Shared>,
    Path(vault_id): Path<Uuid>,
    write: Write,
) -> Answer<Response> {
    paced(&write).await?;
    let message = received(&write, vault_id)?;
    if let Err(refusal) = trusted_device(&write, &message, PinStep::Register).await {
        return Err(unbelieved(&service, write, refusal).await);
    }
    refuse_known(&write, &message).await?;
    let response = service
        .pin_server
        .begin_registration(message.registration, &message.message);
    let response = STANDARD.encode(response.ok_or_else(malformed)?);
    write.finish(&PinRegistration { response }).await
}

/// A registration's last message.
#[utoipa::path(post, path = "/v1/pin-vaults/{id}/registrations/keep", tag = "pins", params(("id" = Uuid, Path)), request_body = PinMessage, responses((status = 200)))]
pub(crate) async fn keep(Path(vault_id): Path<Uuid>, write: Write) -> Answer<Response> {
    let message = received(&write, vault_id)?;
    let known = trusted_device(&write, &message, PinStep::Keep).await?;
    refuse_known(&write, &message).await?;
    let record = PinServer::finish_registration(&message.message).ok_or_else(malformed)?;
    if known.is_none() {
        let row = pin_vault::Model {
            id: vault_id.to_string(),
            account_id: write.caller.account.id.clone(),
            device_key: message.device_key.clone(),
            tries_left: i32::from(TRIES),
            made_at: millis(write.now),
        };
        pin_vault::Entity::insert(row.into_active_model())
            .exec_without_returning(&write.tx)
            .await?;
    }
    let row = pin_registration::Model {
        id: message.registration.to_string(),
        vault_id: vault_id.to_string(),
        record: Some(record),
        made_at: millis(write.now),
    };
    pin_registration::Entity::insert(row.into_active_model())
        .exec_without_returning(&write.tx)
        .await?;
    write.finish(&()).await
}

/// Give up a registration.
#[utoipa::path(post, path = "/v1/pin-vaults/{id}/registrations/forget", tag = "pins", params(("id" = Uuid, Path)), request_body = PinMessage, responses((status = 200)))]
pub(crate) async fn forget(Path(vault_id): Path<Uuid>, write: Write) -> Answer<Response> {
    let message = received(&write, vault_id)?;
    let known = trusted_device(&write, &message, PinStep::Forget).await?;
    known.ok_or_else(Refused::not_found)?;
    let mut row = registration(&write, &message).await?.ok_or_else(Refused::not_found)?;
    row.record = None;
    row.into_active_model().reset_all().update(&write.tx).await?;
    write.finish(&()).await
}

/// A login's first message: a try is spent before the answer leaves.
#[utoipa::path(post, path = "/v1/pin-vaults/{id}/logins", tag = "pins", params(("id" = Uuid, Path)), request_body = PinMessage, responses((status = 200, body = PinLogin)))]
pub(crate) async fn login(State(service): State<Shared>, Path(vault_id): Path<Uuid>, write: Write) -> Answer<Response> {
    paced(&write).await?;
    let message = received(&write, vault_id)?;
    let known = vault(&write, vault_id).await?;
    let device_key = known
        .as_ref()
        .map_or_else(nobodys_key, |vault| vault.device_key.clone());
    let is_signed = message.is_signed(PinStep::Login, &device_key);
    let row = registration(&write, &message).await?;
    let record = row.and_then(|row| row.record);
    let exists = known.is_some() && record.is_some();
    let left = if is_signed && exists {
        spent(&write, vault_id).await?
    } else {
        None
    };
    // Unknown, locked and wrong take the same work; only what was counted is evaluated with the record.
    let counted = record.as_deref().filter(|_| left.is_some());
    let started = service
        .pin_server
        .begin_login(vault_id, message.registration, counted, &message.message);
    // One answer to everybody who is not this device with this registration.
    if !exists || !is_signed {
        let refusal = started.map_or_else(malformed, |_| Refused::not_allowed());
        return Err(unbelieved(&service, write, refusal).await);
    }
    let started = started.ok_or_else(malformed)?;
    let Some(tries_left) = left else {
        return Err(Refused::new(ErrorCode::PinLocked, "no tries left"));
    };
    let login = sha256_hex(&message.message);
    if pin_login::Entity::find_by_id(login.as_str())
        .one(&write.tx)
        .await?
        .is_some()
    {
        return Err(Refused::conflict("sent_before"));
    }
    let row = pin_login::Model {
        id: login.clone(),
        vault_id: vault_id.to_string(),
        state: Some(started.state.to_vec()),
        at: millis(write.now),
    };
    pin_login::Entity::insert(row.into_active_model())
        .exec_without_returning(&write.tx)
        .await?;
    let response = STANDARD.encode(started.response);
    write
        .finish(&PinLogin {
            login,
            response,
            tries_left,
        })
        .await
}

/// A login's second message: proves the PIN and gives the tries back.
#[utoipa::path(post, path = "/v1/pin-logins/{login}/proof", tag = "pins", params(("login" = String, Path)), request_body = PinProof, responses((status = 200, body = PinLease)))]
pub(crate) async fn prove(State(service): State<Shared>, Path(login): Path<String>, write: Write) -> Answer<Response> {
    paced(&write).await?;
    let proof: PinProof = write.json()?;
    let finalization = STANDARD.decode(&proof.finalization).map_err(|_| malformed())?;
    let mut row = pin_login::Entity::find_by_id(login).one(&write.tx).await?;
    let vault_id = row.as_ref().map(|row| crate::text::id(&row.vault_id)).transpose()?;
    let vault_id: Uuid = vault_id.unwrap_or_default();
    let known = vault(&write, vault_id).await?;
    let state = row.as_mut().and_then(|row| row.state.take());
    let waits = |row: &pin_login::Model| row.at >= millis(write.now - LOGIN_LASTS) && known.is_some();
    let state = state.filter(|_| row.as_ref().is_some_and(waits));
    // Unknown, used, over, another's and wrong take the same work and get the same answer.
    let is_proved = service
        .pin_server
        .finish_login(vault_id, state.as_deref(), &finalization);
    let (Some(row), Some(mut known), true) = (row, known, is_proved) else {
        return Err(unbelieved(&service, write, Refused::not_allowed()).await);
    };
    row.into_active_model().reset_all().update(&write.tx).await?;
    known.tries_left = i32::from(TRIES);
    known.into_active_model().reset_all().update(&write.tx).await?;
    let lease = enterprise_lease(&write.tx, &write.caller).await?;
    write.finish(&lease).await
}

/// How long devices may open keys without the platform.
#[utoipa::path(get, path = "/v1/pin-lease", tag = "pins", responses((status = 200, body = PinLease)))]
pub(crate) async fn lease(State(service): State<Shared>, caller: Caller) -> Answer<Json<PinLease>> {
    enterprise_lease(&service.database, &caller).await.map(Json)
}

/// Set how long devices may open keys without the platform.
#[utoipa::path(put, path = "/v1/pin-lease", tag = "pins", request_body = PinLease, responses((status = 200, body = PinLease)))]
pub(crate) async fn set_lease(write: Write) -> Answer<Response> {
    let enterprise = write.caller.administered()?.to_owned();
    let wanted: PinLease = write.json()?;
    if wanted.hours > LONGEST_LEASE_HOURS {
        return Err(Refused::field("hours", FieldProblem::Length));
    }
    keep_setting(&write.tx, &lease_setting(&enterprise), to_json(&wanted)?).await?;
    write.finish(&wanted).await
}

fn lease_setting(enterprise: &str) -> String {
    format!("pin_lease:{enterprise}")
}

async fn enterprise_lease(database: &impl ConnectionTrait, caller: &Caller) -> Answer<PinLease> {
    let name = lease_setting(caller.enterprise()?);
    match setting::Entity::find_by_id(name).one(database).await? {
        Some(row) => from_json(&row.value),
        None => Ok(PinLease {
            hours: USUAL_LEASE_HOURS,
        }),
    }
}

/// After so many messages in a minute that were not believed, an account waits: the arithmetic is dear. What a device
/// signed is limited by the tries that are left.
async fn paced(write: &Write) -> Answer<()> {
    Attempt::PinMessage
        .paced(&write.tx, &write.caller.account.id, write.now)
        .await
}

/// Counts a message that was not believed, and says no.
async fn unbelieved(service: &Service, write: Write, refusal: Refused) -> Refused {
    let (account_id, now) = (write.caller.account.id.clone(), write.now);
    let counted = async {
        write.give_up().await?;
        Attempt::PinMessage.count(&service.database, &account_id, now).await
    };
    match counted.await {
        Ok(_) => refusal,
        Err(failed) => failed,
    }
}

fn malformed() -> Refused {
    Refused::malformed("no OPAQUE message")
}

fn nobodys_key() -> Vec<u8> {
    STANDARD.decode(NOBODYS_KEY).unwrap_or_default()
}

fn received(write: &Write, vault: Uuid) -> Answer<pki::vault::PinMessage> {
    let message: PinMessage = write.json()?;
    let bytes = |text: &String| STANDARD.decode(text).map_err(|_| malformed());
    Ok(pki::vault::PinMessage {
        vault,
        registration: message.registration,
        message: bytes(&message.message)?,
        device_key: bytes(&message.device_key)?,
        signature: bytes(&message.signature)?,
    })
}

/// The key's row, when it is the caller's.
async fn vault(write: &Write, vault_id: Uuid) -> Answer<Option<pin_vault::Model>> {
    Ok(pin_vault::Entity::find_by_id(vault_id.to_string())
        .filter(pin_vault::Column::AccountId.eq(write.caller.account.id.as_str()))
        .one(&write.tx)
        .await?)
}

/// The device that registered first, or a new one. A key of another account is refused like a wrong signature.
async fn trusted_device(
    write: &Write,
    message: &pki::vault::PinMessage,
    step: PinStep,
) -> Answer<Option<pin_vault::Model>> {
    let known = pin_vault::Entity::find_by_id(message.vault.to_string())
        .one(&write.tx)
        .await?;
    let is_mine = known
        .as_ref()
        .is_none_or(|vault| vault.account_id == write.caller.account.id);
    let device_key = known.as_ref().map_or(&message.device_key, |vault| &vault.device_key);
    if is_mine && message.is_signed(step, device_key) {
        Ok(known)
    } else {
        Err(Refused::not_allowed())
    }
}

async fn registration(write: &Write, message: &pki::vault::PinMessage) -> Answer<Option<pin_registration::Model>> {
    Ok(pin_registration::Entity::find_by_id(message.registration.to_string())
        .filter(pin_registration::Column::VaultId.eq(message.vault.to_string()))
        .one(&write.tx)
        .await?)
}

/// A registration that is or was kept is evaluated by logins only: elsewhere nobody counts.
async fn refuse_known(write: &Write, message: &pki::vault::PinMessage) -> Answer<()> {
    let known = pin_registration::Entity::find_by_id(message.registration.to_string())
        .one(&write.tx)
        .await?;
    if known.is_some() {
        return Err(Refused::conflict("registered"));
    }
    Ok(())
}

/// One statement: of any number at once, only as many succeed as tries are left.
async fn spent(write: &Write, vault_id: Uuid) -> Answer<Option<u8>> {
    let spent = pin_vault::Entity::update_many()
        .col_expr(
            pin_vault::Column::TriesLeft,
            Expr::col(pin_vault::Column::TriesLeft).sub(1),
        )
        .filter(pin_vault::Column::Id.eq(vault_id.to_string()))
        .filter(pin_vault::Column::TriesLeft.gt(0))
        .exec(&write.tx)
        .await?;
    if spent.rows_affected == 0 {
        return Ok(None);
    }
    let row = vault(write, vault_id).await?.ok_or_else(Refused::not_found)?;
    Ok(u8::try_from(row.tries_left).ok())
}
