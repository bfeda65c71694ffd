//! The page behind a face link: plays the legal representative's phone.

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use platform::wire::{AuthorisationWay, FaceState};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect, TransactionTrait};

use super::authorisation::{decide, face_state, locked, move_link, submit};
use super::sessions::enterprise_row;
use crate::audit::{self, Actor, Asked};
use crate::refused::{Answer, Refused};
use crate::service::{Service, Shared};
use crate::tables::{enterprise, face_link};
use crate::text::{millis, random_secret, word};

/// Opening the page counts as scanning the code.
pub(crate) async fn page(State(service): State<Shared>, Path(secret): Path<String>) -> Response {
    match open(&service, &secret).await {
        Ok((link, enterprise)) => drawn(&service, &link, &enterprise).unwrap_or_else(IntoResponse::into_response),
        Err(_) => plain(
            StatusCode::NOT_FOUND,
            "<h1>链接无效</h1><p>请在电脑上重新获取二维码。</p>",
        ),
    }
}

async fn open(service: &Service, secret: &str) -> Answer<(face_link::Model, enterprise::Model)> {
    let tx = service.database.begin().await?;
    let link = find(&tx, secret).await?;
    if face_state(&link, service.now())? == FaceState::Waiting {
        move_link(&tx, link, FaceState::Scanned, service.now()).await?;
    }
    let link = find(&tx, secret).await?;
    let enterprise = enterprise_row(&tx, &link.enterprise_id).await?;
    tx.commit().await?;
    Ok((link, enterprise))
}

async fn find(tx: &DatabaseTransaction, secret: &str) -> Answer<face_link::Model> {
    face_link::Entity::find()
        .filter(face_link::Column::Secret.eq(secret))
        .lock_exclusive()
        .one(tx)
        .await?
        .ok_or_else(Refused::not_found)
}

/// The legal representative confirms: the face check is the review, so the authorisation is approved.
pub(crate) async fn confirm(State(service): State<Shared>, Path(secret): Path<String>) -> Response {
    finished(&secret, answer(&service, &secret, FaceState::Confirmed).await)
}

/// The legal representative refuses.
pub(crate) async fn refuse(State(service): State<Shared>, Path(secret): Path<String>) -> Response {
    finished(&secret, answer(&service, &secret, FaceState::Refused).await)
}

fn finished(secret: &str, outcome: Answer<()>) -> Response {
    match outcome {
        Ok(()) => Redirect::to(&format!("/phone/face/{secret}")).into_response(),
        Err(_) => plain(StatusCode::GONE, "<h1>链接已失效</h1><p>请在电脑上重新获取二维码。</p>"),
    }
}

async fn answer(service: &Service, secret: &str, state: FaceState) -> Answer<()> {
    let now = service.now();
    let tx = service.database.begin().await?;
    let link = find(&tx, secret).await?;
    match face_state(&link, now)? {
        FaceState::Waiting | FaceState::Scanned => {}
        over => return Err(Refused::conflict(&word(&over))),
    }
    let enterprise_id = link.enterprise_id.clone();
    move_link(&tx, link, state, now).await?;
    if state == FaceState::Confirmed {
        let row = locked(&tx, &enterprise_id).await?;
        submit(&tx, row, AuthorisationWay::Face, now).await?;
        decide(&tx, &enterprise_id, None, now).await?;
    }
    let asked = Asked::automatic(&format!("face {}", word(&state)), &enterprise_id);
    audit::record(&tx, Actor::Named("phone"), &asked, now).await?;
    tx.commit().await?;
    Ok(())
}

fn drawn(service: &Service, link: &face_link::Model, enterprise: &enterprise::Model) -> Answer<Response> {
    let name = escaped(&enterprise.name);
    let person = escaped(&enterprise.legal_representative);
    let body = match face_state(link, service.now())? {
        FaceState::Waiting | FaceState::Scanned => return asking(service, link, &name, &person),
        FaceState::Confirmed => "<h1>已确认</h1><p>授权成功，请回到电脑继续。</p>".to_owned(),
        FaceState::Refused => "<h1>已拒绝</h1><p>本次授权没有生效。</p>".to_owned(),
        FaceState::Expired | FaceState::Unknown => "<h1>链接已失效</h1><p>请在电脑上重新获取二维码。</p>".to_owned(),
    };
    Ok(plain(StatusCode::OK, &body))
}

fn asking(service: &Service, link: &face_link::Model, name: &str, person: &str) -> Answer<Response> {
    let seconds = ((link.expires_at - millis(service.now())) / 1000).max(0);
    let secret = &link.secret;
    let body = format!(
        "<h1>法人人脸识别（演示）</h1><p>{name}</p><p>法定代表人：<b>{person}</b></p>\
         <p>请确认同意本单位申请数字证书。</p><p>剩余 <b id=\"left\">{seconds}</b> 秒</p>\
         <form method=\"post\" action=\"/phone/face/{secret}/confirm\"><button id=\"confirm\">本人确认，同意授权</button></form>\
         <form method=\"post\" action=\"/phone/face/{secret}/refuse\"><button id=\"refuse\" class=\"second\">拒绝</button></form>"
    );
    let script = "const left=document.getElementById('left');setInterval(()=>{const n=Number(left.textContent)-1;\
                  if(n<0){location.reload()}else{left.textContent=String(n)}},1000)";
    Ok(document(StatusCode::OK, &body, Some(script), &random_secret()?))
}

pub(super) fn plain(status: StatusCode, body: &str) -> Response {
    document(status, body, None, "none")
}

fn document(status: StatusCode, body: &str, script: Option<&str>, nonce: &str) -> Response {
    let script = script
        .map(|script| format!("<script nonce=\"{nonce}\">{script}</script>"))
        .unwrap_or_default();
    let html = format!(
        "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>法人人脸识别</title><style nonce=\"{nonce}\">body{{font:17px/1.6 sans-serif;max-width:26rem;margin:2rem auto;padding:0 1rem}}\
         button{{width:100%;padding:.8rem;font-size:1rem;border:0;border-radius:.5rem;background:#b3261e;color:#fff}}\
         .second{{background:#eee;color:#333;margin-top:.6rem}}</style>{body}{script}</html>"
    );
    let policy = format!(
        "default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; form-action 'self'; frame-ancestors 'none'"
    );
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (header::REFERRER_POLICY, "no-referrer".to_owned()),
    ];
    (status, headers, html).into_response()
}

pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
