//! Signing in and out, who am I, my enterprise, its people.

use argon2::{Algorithm, Argon2, Params, Version};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pki::vault::SessionStep;
use platform::check::FieldProblem;
use platform::wire::{Account, DemoAccount, DeviceProof, Employee, Enterprise, ErrorCode, Role, Session, SignIn};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::sign_ins::{self, Device, Purpose};
use crate::attempts::{self, Attempt};
use crate::audit::{self, Actor, Asked};
use crate::caller::Caller;
use crate::demo;
use crate::refused::{Answer, Refused};
use crate::service::{PasswordCost, Service, Shared};
use crate::tables::{account, enterprise};
use crate::text::{enumerated, hex, id, random, sha256_hex};

/// Sign in.
#[utoipa::path(post, path = "/v1/sessions", tag = "sessions", request_body = SignIn, responses((status = 200, body = Session)))]
pub(crate) async fn sign_in(State(service): State<Shared>, body: axum::body::Bytes) -> Answer<Json<Session>> {
    let sent: SignIn =
        serde_json::from_slice(&body).map_err(|_| Refused::malformed("account and password are wanted"))?;
    let now = service.now();
    let attempt = Attempt::SignIn.begin(&service.database, &sent.account, now).await?;
    let row = account::Entity::find()
        .filter(account::Column::Account.eq(sent.account.as_str()))
        .one(&service.database)
        .await?;
    if !password_fits(&service, row.as_ref(), sent.password).await? {
        return Err(Refused::new(ErrorCode::WrongPassword, "account or password is wrong"));
    }
    attempts::take_back(&service.database, &attempt).await?;
    let row = row.ok_or_else(Refused::not_found)?;
    let key = sent
        .device
        .as_ref()
        .map(|proof| proved(proof, &sent.account))
        .transpose()?;
    let asked = Asked::automatic("signed in", &row.id);
    audit::record(&service.database, Actor::Account(&row), &asked, now).await?;
    let device = Device {
        purpose: Purpose::App,
        name: sent.device_name.as_deref().unwrap_or_default(),
        key,
    };
    sign_ins::open(&service.database, row, device, now).await.map(Json)
}

/// The device's key, when the device has it: it signed the account's name.
fn proved(proof: &DeviceProof, account: &str) -> Answer<Vec<u8>> {
    let wrong = || Refused::field("device", FieldProblem::Format);
    let key = STANDARD.decode(&proof.key).map_err(|_| wrong())?;
    let signature = STANDARD.decode(&proof.signature).map_err(|_| wrong())?;
    if SessionStep::Open.is_signed(account.as_bytes(), &key, &signature) {
        Ok(key)
    } else {
        Err(wrong())
    }
}

/// An unknown account takes as long as a wrong password.
async fn password_fits(service: &Service, row: Option<&account::Model>, password: String) -> Answer<bool> {
    let cost = service.password_cost;
    let kept = row.map(|row| row.password_hash.clone());
    tokio::task::spawn_blocking(move || match kept {
        Some(kept) => verify(&password, &kept),
        None => hash_password(&password, cost).map(|_| false),
    })
    .await
    .map_err(Refused::internal)?
}

/// `memory,passes$salt$hash`, the latter two in hexadecimal.
pub(crate) fn hash_password(password: &str, cost: PasswordCost) -> Answer<String> {
    let salt = random::<16>()?;
    let hash = argon2id(password, &salt, cost)?;
    Ok(format!(
        "{},{}${}${}",
        cost.memory_kib,
        cost.passes,
        hex(&salt),
        hex(&hash)
    ))
}

fn argon2id(password: &str, salt: &[u8], cost: PasswordCost) -> Answer<[u8; 32]> {
    let params = Params::new(cost.memory_kib, cost.passes, 1, None).map_err(Refused::internal)?;
    let mut hash = [0; 32];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(password.as_bytes(), salt, &mut hash)
        .map_err(Refused::internal)?;
    Ok(hash)
}

fn verify(password: &str, kept: &str) -> Answer<bool> {
    let damaged = || Refused::internal("a password hash is damaged");
    let mut parts = kept.split('$');
    let (Some(cost), Some(salt), Some(hash)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(damaged());
    };
    let (memory, passes) = cost.split_once(',').ok_or_else(damaged)?;
    let cost = PasswordCost {
        memory_kib: memory.parse().map_err(Refused::internal)?,
        passes: passes.parse().map_err(Refused::internal)?,
    };
    let salt = crate::routes::pki::from_hex(salt).ok_or_else(damaged)?;
    let computed = hex(&argon2id(password, &salt, cost)?);
    // Digests of both: time tells nothing about the kept one.
    Ok(sha256_hex(computed.as_bytes()) == sha256_hex(hash.as_bytes()))
}

/// Sign out.
#[utoipa::path(delete, path = "/v1/sessions/current", tag = "sessions", responses((status = 204)))]
pub(crate) async fn sign_out(State(service): State<Shared>, caller: Caller) -> Answer<StatusCode> {
    sign_ins::end(&service.database, &caller.sign_in_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The signed-in account.
#[utoipa::path(get, path = "/v1/me", tag = "sessions", responses((status = 200, body = Account)))]
pub(crate) async fn me(State(service): State<Shared>, caller: Caller) -> Answer<Json<Account>> {
    shown(&service.database, caller.account).await.map(Json)
}

/// The account's enterprise.
#[utoipa::path(get, path = "/v1/enterprise", tag = "sessions", responses((status = 200, body = Enterprise)))]
pub(crate) async fn enterprise(State(service): State<Shared>, caller: Caller) -> Answer<Json<Enterprise>> {
    let row = enterprise_row(&service.database, caller.enterprise()?).await?;
    enterprise_shown(&row).map(Json)
}

/// The people of the enterprise; staff see themselves only.
#[utoipa::path(get, path = "/v1/employees", tag = "sessions", responses((status = 200, body = [Employee])))]
pub(crate) async fn employees(State(service): State<Shared>, caller: Caller) -> Answer<Json<Vec<Employee>>> {
    let mut query = account::Entity::find()
        .filter(account::Column::EnterpriseId.eq(caller.enterprise()?))
        .order_by_asc(account::Column::Account);
    if !caller.is_administrator() {
        query = query.filter(account::Column::Id.eq(caller.account.id.as_str()));
    }
    let rows = query.all(&service.database).await?;
    rows.iter().map(employee).collect::<Answer<_>>().map(Json)
}

/// Demonstration accounts of the sandbox.
#[utoipa::path(get, path = "/v1/sandbox/accounts", tag = "sandbox", responses((status = 200, body = [DemoAccount])))]
pub(crate) async fn sandbox_accounts(State(service): State<Shared>) -> Answer<Json<Vec<DemoAccount>>> {
    if !service.demo_accounts {
        return Err(Refused::not_found());
    }
    Ok(Json(demo::accounts()))
}

pub(crate) async fn enterprise_row(database: &impl ConnectionTrait, enterprise_id: &str) -> Answer<enterprise::Model> {
    enterprise::Entity::find_by_id(enterprise_id)
        .one(database)
        .await?
        .ok_or_else(Refused::not_found)
}

/// An employee of this enterprise by id.
pub(crate) async fn employee_row(
    database: &impl ConnectionTrait,
    enterprise_id: &str,
    account_id: &str,
) -> Answer<account::Model> {
    account::Entity::find_by_id(account_id)
        .filter(account::Column::EnterpriseId.eq(enterprise_id))
        .one(database)
        .await?
        .ok_or_else(Refused::not_found)
}

pub(crate) fn employee(row: &account::Model) -> Answer<Employee> {
    Ok(Employee {
        id: id(&row.id)?,
        name: row.name.clone(),
        account: row.account.clone(),
        role: enumerated(&row.role)?,
    })
}

pub(crate) fn enterprise_shown(row: &enterprise::Model) -> Answer<Enterprise> {
    Ok(Enterprise {
        id: id(&row.id)?,
        name: row.name.clone(),
        credit_code: row.credit_code.clone(),
        legal_representative: row.legal_representative.clone(),
    })
}

pub(super) async fn shown(database: &impl ConnectionTrait, row: account::Model) -> Answer<Account> {
    let role: Role = enumerated(&row.role)?;
    let enterprise = match &row.enterprise_id {
        Some(enterprise_id) => Some(enterprise_shown(&enterprise_row(database, enterprise_id).await?)?),
        None => None,
    };
    Ok(Account {
        id: id(&row.id)?,
        account: row.account,
        name: row.name,
        role,
        enterprise,
    })
}
