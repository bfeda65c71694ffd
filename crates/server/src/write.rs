//! Writes: one transaction each, and the answer kept with it, so that the same key gets the same answer.
//!
//! A refusal changes nothing and is not kept: the same call is judged again.

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use platform::IDEMPOTENCY_HEADER;
use platform::version::IF_MATCH;
use platform::wire::{ErrorCode, LETTER_LIMIT_BYTES};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel,
    TransactionTrait,
};
use serde::{Serialize, de::DeserializeOwned};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::audit::{self, Actor, Asked};
use crate::caller::{Caller, caller};
use crate::refused::{Answer, Refused};
use crate::service::{Service, Shared};
use crate::tables::answer;
use crate::text::{millis, sha256_hex};

/// Room for a letter, or a seal picture in base64.
const BODY_LIMIT_BYTES: usize = LETTER_LIMIT_BYTES + 64 * 1024;

/// An open write. Dropped without [`Write::finish`], it changes nothing.
pub(crate) struct Write {
    pub(crate) caller: Caller,
    pub(crate) tx: DatabaseTransaction,
    pub(crate) now: OffsetDateTime,
    pub(crate) body: Bytes,
    asked: Asked,
    seen: Option<String>,
    kept: answer::Model,
}

impl FromRequest<Shared> for Write {
    type Rejection = Refused;

    async fn from_request(request: Request, service: &Shared) -> Answer<Self> {
        let (parts, body) = request.into_parts();
        let caller = caller(service, &parts.headers).await?;
        let key = idempotency_key(&parts.headers)?;
        let seen = parts.headers.get(IF_MATCH).and_then(|value| value.to_str().ok());
        let seen = seen.map(str::to_owned);
        let body = limited(body).await?;
        let target = format!("{} {}\n", parts.method, parts.uri);
        let content_hash = sha256_hex(&[target.as_bytes(), &body].concat());
        let asked = Asked {
            content_hash: content_hash.clone(),
            ..Asked::of(&parts)
        };
        let kept = answer::Model {
            id: format!("{}:{key}", caller.account.id),
            request_hash: content_hash,
            body: Vec::new(),
            at: millis(service.now()),
        };
        let tx = begin(service, &kept).await?;
        Ok(Self {
            caller,
            tx,
            now: service.now(),
            body,
            asked,
            seen,
            kept,
        })
    }
}

impl Write {
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Answer<T> {
        serde_json::from_slice(&self.body).map_err(Refused::malformed)
    }

    /// Refuses a change that was made from another version than the present one.
    pub(crate) fn unchanged(&self, present: &impl Serialize) -> Answer<()> {
        match &self.seen {
            Some(seen) if *seen != platform::version::of(present) => Err(Refused::conflict("changed")),
            _ => Ok(()),
        }
    }

    /// Makes what was written so far durable and goes on in a new transaction. What the caller read before may have
    /// changed meanwhile: it has to look again.
    pub(crate) async fn checkpoint(self, service: &Service) -> Answer<Self> {
        answer::Entity::delete_by_id(self.kept.id.clone())
            .exec(&self.tx)
            .await?;
        self.tx.commit().await?;
        let tx = begin(service, &self.kept).await?;
        Ok(Self { tx, ..self })
    }

    /// Changes nothing, now and not only when it is dropped: what is written next needs the database.
    pub(crate) async fn give_up(self) -> Answer<()> {
        Ok(self.tx.rollback().await?)
    }

    /// Keeps the answer and the record of the write, commits all of it, answers.
    pub(crate) async fn finish(self, value: &impl Serialize) -> Answer<Response> {
        let body = serde_json::to_vec(value).map_err(Refused::internal)?;
        let mut kept = self.kept.into_active_model();
        kept.body = Set(body.clone());
        kept.update(&self.tx).await?;
        audit::record(&self.tx, Actor::Account(&self.caller.account), &self.asked, self.now).await?;
        self.tx.commit().await?;
        Ok(json_response(body))
    }
}

/// Reserves the key inside the transaction: of two at once, the second waits for the first or gives way.
async fn begin(service: &Service, kept: &answer::Model) -> Answer<DatabaseTransaction> {
    replay(&service.database, kept).await?;
    let tx = service.database.begin().await?;
    if let Err(error) = insert(&tx, kept).await {
        tx.rollback().await?;
        replay(&service.database, kept).await?;
        return Err(error);
    }
    Ok(tx)
}

async fn insert(tx: &DatabaseTransaction, kept: &answer::Model) -> Answer<()> {
    answer::Entity::insert(kept.clone().into_active_model())
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

async fn replay(database: &impl ConnectionTrait, kept: &answer::Model) -> Answer<()> {
    let before = answer::Entity::find_by_id(kept.id.clone()).one(database).await?;
    match before {
        None => Ok(()),
        Some(before) if before.request_hash == kept.request_hash => {
            Err(Refused::answered_before(json_response(before.body)))
        }
        Some(_) => Err(Refused::new(
            ErrorCode::IdempotencyKeyReused,
            "this key was used for another request",
        )),
    }
}

fn json_response(body: Vec<u8>) -> Response {
    (StatusCode::OK, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

fn idempotency_key(headers: &HeaderMap) -> Answer<Uuid> {
    headers
        .get(IDEMPOTENCY_HEADER)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.parse().ok())
        .ok_or_else(|| {
            Refused::new(
                ErrorCode::IdempotencyKeyRequired,
                "every write takes an idempotency-key header with a UUID",
            )
        })
}

async fn limited(body: Body) -> Answer<Bytes> {
    axum::body::to_bytes(body, BODY_LIMIT_BYTES).await.map_err(|_| {
        Refused::new(ErrorCode::BodyTooLarge, "the body is too large or broke off")
            .with("limit_bytes", BODY_LIMIT_BYTES)
    })
}
