//! The reviewers' console: its three files, and the one-time link that opens it from the app.
//!
//! The page keeps its session in the tab, not in a cookie: cookies of 127.0.0.1 are sent to every port.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use platform::wire::{ConsoleLink, ErrorCode, Session};
use sea_orm::{EntityTrait, IntoActiveModel, TransactionTrait};
use serde::Deserialize;
use time::Duration;

use super::sign_ins::{self, Device, Purpose};
use crate::audit::{self, Actor, Asked};
use crate::refused::{Answer, Refused};
use crate::service::Shared;
use crate::tables::{account, console_link};
use crate::text::{millis, random_secret, sha256_hex};
use crate::write::Write;

/// Name, kind and text of each file.
const FILES: [(&str, &str, &str); 8] = [
    ("", HTML, include_str!("../../console/index.html")),
    ("console.css", CSS, include_str!("../../console/console.css")),
    ("console.js", SCRIPT, include_str!("../../console/console.js")),
    ("page.js", SCRIPT, include_str!("../../console/page.js")),
    ("payments.js", SCRIPT, include_str!("../../console/payments.js")),
    ("reviews.js", SCRIPT, include_str!("../../console/reviews.js")),
    ("session.js", SCRIPT, include_str!("../../console/session.js")),
    ("words.js", SCRIPT, include_str!("../../console/words.js")),
];
const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

/// Nothing from anywhere else, nothing inside the page; pictures and letters come as `blob:` of this page.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src blob:; \
                      frame-src blob:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";
/// Long enough for a browser to start.
const LINK_LIFE: Duration = Duration::seconds(60);

/// The page itself.
pub(crate) async fn page() -> Answer<Response> {
    file("")
}

/// One of its files.
pub(crate) async fn part(Path(name): Path<String>) -> Answer<Response> {
    file(&name)
}

fn file(name: &str) -> Answer<Response> {
    let found = FILES.iter().find(|(known, _, _)| *known == name);
    let (_, kind, text) = found.ok_or_else(Refused::not_found)?;
    let headers = [
        (header::CONTENT_TYPE, *kind),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    Ok((headers, *text).into_response())
}

/// A link into the console that works once, within a minute.
#[utoipa::path(post, path = "/v1/operator/console-links", tag = "operator", responses((status = 200, body = ConsoleLink)))]
pub(crate) async fn link(State(service): State<Shared>, write: Write) -> Answer<Response> {
    write.caller.operator()?;
    let secret = random_secret()?;
    let expires_at = write.now + LINK_LIFE;
    let row = console_link::Model {
        secret_hash: sha256_hex(secret.as_bytes()),
        account_id: write.caller.account.id.clone(),
        expires_at: millis(expires_at),
    };
    console_link::Entity::insert(row.into_active_model())
        .exec_without_returning(&write.tx)
        .await?;
    let url = format!("{}/console#enter={secret}", service.base_url);
    write.finish(&ConsoleLink { url, expires_at }).await
}

#[derive(Deserialize)]
struct Entry {
    secret: String,
}

/// Exchanges the link's secret for a session of the console. Whoever has it came through the app.
pub(crate) async fn enter(State(service): State<Shared>, body: Bytes) -> Answer<Json<Session>> {
    let sent: Entry = serde_json::from_slice(&body).map_err(|_| Refused::malformed("a secret is wanted"))?;
    let over = || Refused::new(ErrorCode::Unauthenticated, "the link is over");
    let now = service.now();
    let tx = service.database.begin().await?;
    let hash = sha256_hex(sent.secret.as_bytes());
    let row = console_link::Entity::find_by_id(hash.as_str()).one(&tx).await?;
    let row = row.ok_or_else(over)?;
    // Of two at once only one deletes it.
    let taken = console_link::Entity::delete_by_id(hash).exec(&tx).await?;
    if taken.rows_affected == 0 || row.expires_at <= millis(now) {
        tx.commit().await?;
        return Err(over());
    }
    let account = account::Entity::find_by_id(row.account_id).one(&tx).await?;
    let account = account.ok_or_else(over)?;
    let asked = Asked::automatic("console opened by link", &account.id);
    audit::record(&tx, Actor::Account(&account), &asked, now).await?;
    let session = sign_ins::open(
        &tx,
        account,
        Device {
            purpose: Purpose::Console,
            name: "审核台",
            key: None,
        },
        now,
    )
    .await?;
    tx.commit().await?;
    Ok(Json(session))
}
