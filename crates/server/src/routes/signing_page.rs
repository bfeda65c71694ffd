//! The page of a signing task: the QR code until it was fetched, and the state, live.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use platform::wire::{SigningContent, SigningTask, SigningTaskState};
use qrcode::QrCode;
use qrcode::render::svg;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::Serialize;

use super::phone::escaped;
use super::signing::shown;
use crate::refused::{Answer, Refused};
use crate::service::{Service, Shared};
use crate::tables::signing_task;
use crate::text::sha256_hex;

const SCRIPT: &str = include_str!("../../sign/sign.js");
const STYLE: &str = include_str!("../../sign/sign.css");
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      form-action 'none'; base-uri 'none'; frame-ancestors 'none'";
/// Side of the code, in CSS pixels.
const SIDE: u32 = 260;

/// What the page follows.
#[derive(Serialize)]
pub(crate) struct Following {
    state: SigningTaskState,
    seconds_left: i64,
    reason: Option<String>,
    signer: Option<String>,
}

pub(crate) async fn page(State(service): State<Shared>, Path(secret): Path<String>) -> Response {
    match found(&service, &secret)
        .await
        .and_then(|row| shown(&row, service.now()))
    {
        Ok(task) => html(StatusCode::OK, &drawn(&secret, &task)),
        Err(_) => html(
            StatusCode::NOT_FOUND,
            "<main><h1>链接无效</h1><p>请在业务系统中重新发起。</p></main>",
        ),
    }
}

async fn found(service: &Service, secret: &str) -> Answer<signing_task::Model> {
    signing_task::Entity::find()
        .filter(signing_task::Column::PageHash.eq(sha256_hex(secret.as_bytes())))
        .one(&service.database)
        .await?
        .ok_or_else(Refused::not_found)
}

fn drawn(secret: &str, task: &SigningTask) -> String {
    let nothing = String::new();
    let (name, sha256) = match &task.content {
        SigningContent::Document { file_name, sha256, .. } => (file_name, sha256),
        SigningContent::Digest { name, sha256 } => (name, sha256),
        SigningContent::Unknown => (&nothing, &nothing),
    };
    let [requester, title, name] = [&task.requester, &task.title, name].map(|text| escaped(text));
    let secret = escaped(secret);
    format!(
        "<main><h1 id=\"title\">扫码签章</h1><p id=\"note\"></p>\
         <p id=\"code\" hidden><img alt=\"签章二维码\" src=\"/sign/{secret}/qr.svg\"></p>\
         <p id=\"open\" hidden><a href=\"/sign/{secret}/open\">在本机的干将签章中打开</a></p>\
         <p id=\"left\"></p><p id=\"signer\"></p>\
         <dl><dt>发起方</dt><dd>{requester}</dd><dt>事项</dt><dd>{title}</dd><dt>文件</dt><dd>{name}</dd>\
         <dt>SHA-256</dt><dd>{sha256}</dd></dl></main><script type=\"module\" src=\"/sign/sign.js\"></script>"
    )
}

fn html(status: StatusCode, body: &str) -> Response {
    let page = format!(
        "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>扫码签章</title><link rel=\"stylesheet\" href=\"/sign/sign.css\"><body>{body}</body></html>"
    );
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    (status, headers, page).into_response()
}

/// The code, until the task was fetched.
pub(crate) async fn code(State(service): State<Shared>, Path(secret): Path<String>) -> Answer<Response> {
    let link = waiting_link(&service, &secret).await?;
    let picture = QrCode::new(link)
        .map_err(Refused::internal)?
        .render::<svg::Color<'_>>()
        .min_dimensions(SIDE, SIDE)
        .build();
    let headers = [
        (header::CONTENT_TYPE, "image/svg+xml"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, picture).into_response())
}

/// The link itself, for the app on the same machine.
pub(crate) async fn open(State(service): State<Shared>, Path(secret): Path<String>) -> Answer<Response> {
    let link = waiting_link(&service, &secret).await?;
    let headers = [(header::LOCATION, link), (header::CACHE_CONTROL, "no-store".to_owned())];
    Ok((StatusCode::SEE_OTHER, headers).into_response())
}

async fn waiting_link(service: &Service, secret: &str) -> Answer<String> {
    let row = found(service, secret).await?;
    match super::signing::state(&row, service.now())? {
        SigningTaskState::Waiting => row.link.ok_or_else(Refused::not_found),
        _ => Err(Refused::not_found()),
    }
}

pub(crate) async fn follow(State(service): State<Shared>, Path(secret): Path<String>) -> Answer<Json<Following>> {
    let row = found(&service, &secret).await?;
    let task = shown(&row, service.now())?;
    Ok(Json(Following {
        state: task.state,
        seconds_left: (task.expires_at - service.now()).whole_seconds().max(0),
        reason: task.reason,
        signer: task
            .result
            .map(|result| format!("{}（{}）", result.common_name, result.organization)),
    }))
}

pub(crate) async fn script() -> Response {
    file("text/javascript; charset=utf-8", SCRIPT)
}

pub(crate) async fn style() -> Response {
    file("text/css; charset=utf-8", STYLE)
}

fn file(kind: &'static str, text: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, text).into_response()
}
