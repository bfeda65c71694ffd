//! The record of writes: one entry in the same transaction, so that there is none without the other.

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, Uri, request::Parts};
use axum::middleware::Next;
use axum::response::Response;
use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::refused::Answer;
use crate::service::Shared;
use crate::tables::{account, audit_entry};
use crate::text::millis;

/// Name of the header that identifies a request, in calls and answers.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Longest identifier taken over from a caller.
const LONGEST_REQUEST_ID: usize = 64;

/// Identifier of a request: the caller's when it is a plain word, else a new one.
#[derive(Clone)]
pub(crate) struct RequestId(pub(crate) String);

/// Gives every request its identifier and answers with it.
pub(crate) async fn identified(State(_): State<Shared>, mut request: Request, next: Next) -> Response {
    let sent = request.headers().get(&REQUEST_ID).and_then(|value| value.to_str().ok());
    let id = match sent {
        Some(sent) if is_plain(sent) => sent.to_owned(),
        _ => Uuid::new_v4().to_string(),
    };
    request.extensions_mut().insert(RequestId(id.clone()));
    let mut response = next.run(request).await;
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

fn is_plain(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    !text.is_empty() && text.len() <= LONGEST_REQUEST_ID && text.bytes().all(plain)
}

/// What was asked for, as the record keeps it.
#[derive(Clone)]
pub(crate) struct Asked {
    /// Method and route.
    pub(crate) action: String,
    /// The address.
    pub(crate) target: String,
    pub(crate) request_id: String,
    /// SHA-256 of method, address and body.
    pub(crate) content_hash: String,
}

impl Asked {
    /// From a request's head; its digest is known once the body is read.
    pub(crate) fn of(parts: &Parts) -> Self {
        let route = parts.extensions.get::<MatchedPath>().map(MatchedPath::as_str);
        let id = parts.extensions.get::<RequestId>().map(|id| id.0.clone());
        Self::named(&parts.method, route, &parts.uri, id)
    }

    fn named(method: &Method, route: Option<&str>, uri: &Uri, id: Option<String>) -> Self {
        Self {
            action: format!("{method} {}", route.unwrap_or_else(|| uri.path())),
            target: uri.path().to_owned(),
            request_id: id.unwrap_or_default(),
            content_hash: String::new(),
        }
    }

    /// Something the platform did by itself: no request.
    pub(crate) fn automatic(action: &str, target: &str) -> Self {
        Self {
            action: action.to_owned(),
            target: target.to_owned(),
            request_id: String::new(),
            content_hash: String::new(),
        }
    }
}

/// Who did it.
pub(crate) enum Actor<'a> {
    Account(&'a account::Model),
    /// A part of the platform, or somebody known by a link only.
    Named(&'a str),
}

/// Writes the entry.
pub(crate) async fn record(
    database: &impl ConnectionTrait,
    actor: Actor<'_>,
    asked: &Asked,
    now: OffsetDateTime,
) -> Answer<()> {
    let (account, name) = match actor {
        Actor::Account(account) => (Some(account), account.account.as_str()),
        Actor::Named(name) => (None, name),
    };
    let row = audit_entry::Model {
        id: Uuid::new_v4().to_string(),
        at: millis(now),
        account_id: account.map(|account| account.id.clone()),
        actor: name.to_owned(),
        role: account.map(|account| account.role.clone()),
        enterprise_id: account.and_then(|account| account.enterprise_id.clone()),
        action: asked.action.clone(),
        target: asked.target.clone(),
        request_id: asked.request_id.clone(),
        content_hash: asked.content_hash.clone(),
    };
    audit_entry::Entity::insert(row.into_active_model())
        .exec_without_returning(database)
        .await?;
    Ok(())
}
