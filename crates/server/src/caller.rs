//! Who calls: session and role from the request's headers, and the sandbox's header before everything else.

use axum::extract::{FromRequestParts, Request, State};
use axum::http::{HeaderMap, header, request::Parts};
use axum::middleware::Next;
use axum::response::Response;
use platform::SANDBOX_HEADER;
use platform::wire::{ErrorCode, Role};
use sea_orm::EntityTrait;

use crate::refused::{Answer, Refused};
use crate::routes::sign_ins::Purpose;
use crate::service::{Service, Shared};
use crate::tables::{account, session};
use crate::text::{enumerated, millis, sha256_hex, word};

/// A signed-in account.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) account: account::Model,
    pub(crate) role: Role,
    pub(crate) sign_in_id: String,
}

impl Caller {
    /// Its enterprise; operators have none and are refused.
    pub(crate) fn enterprise(&self) -> Answer<&str> {
        self.account.enterprise_id.as_deref().ok_or_else(Refused::not_allowed)
    }

    /// The enterprise, for administrators only.
    pub(crate) fn administered(&self) -> Answer<&str> {
        match self.role {
            Role::Administrator => self.enterprise(),
            Role::Staff | Role::Operator | Role::Unknown => Err(Refused::not_allowed()),
        }
    }

    pub(crate) fn is_administrator(&self) -> bool {
        self.role == Role::Administrator
    }

    pub(crate) fn operator(&self) -> Answer<()> {
        match self.role {
            Role::Operator => Ok(()),
            Role::Administrator | Role::Staff | Role::Unknown => Err(Refused::not_allowed()),
        }
    }
}

pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?
        .strip_prefix("Bearer ")
}

pub(crate) async fn caller(service: &Service, headers: &HeaderMap) -> Answer<Caller> {
    let missing = || Refused::new(ErrorCode::Unauthenticated, "sign in first");
    let token = bearer(headers).ok_or_else(missing)?;
    let row = session::Entity::find_by_id(sha256_hex(token.as_bytes()))
        .one(&service.database)
        .await?
        .ok_or_else(missing)?;
    if row.expires_at <= millis(service.now()) {
        return Err(Refused::new(ErrorCode::SessionExpired, "the session is over"));
    }
    let sign_in_id = row.sign_in_id;
    let account = account::Entity::find_by_id(row.account_id)
        .one(&service.database)
        .await?
        .ok_or_else(missing)?;
    let role = enumerated(&account.role)?;
    Ok(Caller {
        account,
        role,
        sign_in_id,
    })
}

impl FromRequestParts<Shared> for Caller {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, service: &Shared) -> Answer<Self> {
        caller(service, &parts.headers).await
    }
}

/// Refuses calls under `/v1` that do not carry the sandbox's header: other programs on this machine.
pub(crate) async fn sandbox_gate(State(service): State<Shared>, request: Request, next: Next) -> Response {
    use axum::response::IntoResponse;
    let sent = request
        .headers()
        .get(SANDBOX_HEADER)
        .and_then(|value| value.to_str().ok());
    let Some(expected) = &service.sandbox_token else {
        return next.run(request).await;
    };
    let path = request.uri().path();
    // Business systems have a key of their own, which nobody guesses.
    let passes = !path.starts_with("/v1/")
        || path.starts_with("/v1/systems/")
        // So has whoever refreshes a session.
        || path == "/v1/sessions/refresh"
        || same(sent, expected.as_str())
        || is_console(&service, request.headers()).await;
    if passes {
        return next.run(request).await;
    }
    Refused::new(ErrorCode::SandboxTokenRequired, "the sandbox's header is missing").into_response()
}

/// A browser sends no header of ours; its session was opened by a link that only a holder of the header can make.
async fn is_console(service: &Service, headers: &HeaderMap) -> bool {
    let Some(token) = bearer(headers) else { return false };
    let row = session::Entity::find_by_id(sha256_hex(token.as_bytes())).one(&service.database);
    matches!(row.await, Ok(Some(row)) if row.purpose == word(&Purpose::Console))
}

/// Digests are compared, so that time tells nothing about the expected value.
fn same(sent: Option<&str>, expected: &str) -> bool {
    sent.is_some_and(|sent| sha256_hex(sent.as_bytes()) == sha256_hex(expected.as_bytes()))
}
