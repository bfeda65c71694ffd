//! CA authorisation: letter, face link, and what becomes of them.

use axum::Json;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use platform::wire::{
    ApprovalKind, ApprovalState, Authorisation, AuthorisationState, AuthorisationWay, ChangeSubject, ErrorCode,
    EventCode, FaceLink, FaceState, LETTER_LIMIT_BYTES, LetterQuery, NextActor,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect,
};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::reviews::letter_kind;
use super::sessions::enterprise_row;
use crate::caller::Caller;
use crate::feed::{Audience, changed};
use crate::paper::{self, Line};
use crate::refused::{Answer, Refused};
use crate::service::{Service, Shared};
use crate::states::{before, first, go};
use crate::tables::{authorisation, face_link};
use crate::text::{enumerated, id, millis, moment, random_secret, word};
use crate::timeline::{Params, Step, params, record};
use crate::write::Write;

/// Life of a face link.
const FACE_LINK_LIFE: Duration = Duration::minutes(3);

/// The authorisation of an enterprise that has not asked for one yet.
pub(crate) fn not_asked_for(enterprise_id: &str) -> Answer<authorisation::Model> {
    Ok(authorisation::Model {
        id: enterprise_id.to_owned(),
        state: first(AuthorisationState::None)?,
        way: None,
        reason: None,
        submitted_at: None,
        decided_at: None,
        letter_file_name: None,
        letter: None,
    })
}

/// Where the authorisation stands.
#[utoipa::path(get, path = "/v1/authorisation", tag = "authorisation", responses((status = 200, body = Authorisation)))]
pub(crate) async fn read(State(service): State<Shared>, caller: Caller) -> Answer<Json<Authorisation>> {
    let enterprise_id = caller.enterprise()?;
    let mut shown = shown(&service, &service.database, enterprise_id).await?;
    if !caller.is_administrator() {
        shown.face = None;
    }
    Ok(Json(shown))
}

/// A fresh face link; an older one ends.
#[utoipa::path(post, path = "/v1/authorisation/face", tag = "authorisation", responses((status = 200, body = Authorisation)))]
pub(crate) async fn start_face(State(service): State<Shared>, write: Write) -> Answer<Response> {
    let enterprise_id = write.caller.administered()?.to_owned();
    let row = locked(&write.tx, &enterprise_id).await?;
    submittable(&row)?;
    end_older_links(&write.tx, &enterprise_id).await?;
    let link = face_link::Model {
        id: Uuid::new_v4().to_string(),
        enterprise_id: enterprise_id.clone(),
        secret: random_secret()?,
        state: first(FaceState::Waiting)?,
        created_at: millis(write.now),
        expires_at: millis(write.now + FACE_LINK_LIFE),
    };
    face_link::Entity::insert(link.into_active_model())
        .exec_without_returning(&write.tx)
        .await?;
    told(&write.tx, &enterprise_id, write.now).await?;
    let answer = shown(&service, &write.tx, &enterprise_id).await?;
    write.finish(&answer).await
}

async fn end_older_links(tx: &DatabaseTransaction, enterprise_id: &str) -> Answer<()> {
    face_link::Entity::update_many()
        .col_expr(
            face_link::Column::State,
            sea_orm::sea_query::Expr::value(word(&FaceState::Expired)),
        )
        .filter(face_link::Column::EnterpriseId.eq(enterprise_id))
        .filter(face_link::Column::State.is_in(before(FaceState::Expired)))
        .exec(tx)
        .await?;
    Ok(())
}

/// Uploads and submits the letter.
#[utoipa::path(post, path = "/v1/authorisation/letter", tag = "authorisation", params(LetterQuery),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"), responses((status = 200, body = Authorisation)))]
pub(crate) async fn submit_letter(
    State(service): State<Shared>,
    Query(query): Query<LetterQuery>,
    write: Write,
) -> Answer<Response> {
    let enterprise_id = write.caller.administered()?.to_owned();
    check_letter(&query.file_name, &write.body)?;
    let mut row = locked(&write.tx, &enterprise_id).await?;
    submittable(&row)?;
    row.letter_file_name = Some(query.file_name.clone());
    row.letter = Some(write.body.to_vec());
    end_older_links(&write.tx, &enterprise_id).await?;
    submit(&write.tx, row, AuthorisationWay::Letter, write.now).await?;
    let answer = shown(&service, &write.tx, &enterprise_id).await?;
    write.finish(&answer).await
}

fn check_letter(file_name: &str, bytes: &[u8]) -> Answer<()> {
    let fits = (1..=200).contains(&file_name.chars().count());
    if !fits || file_name.chars().any(char::is_control) {
        return Err(Refused::field("file_name", platform::check::FieldProblem::Length));
    }
    if bytes.len() > LETTER_LIMIT_BYTES {
        return Err(
            Refused::new(ErrorCode::LetterTooLarge, "the letter is too large").with("limit_bytes", LETTER_LIMIT_BYTES)
        );
    }
    letter_kind(bytes)
        .map(drop)
        .ok_or_else(|| Refused::new(ErrorCode::LetterWrongType, "not a JPEG, PNG or PDF"))
}

/// The letter to print, filled in.
#[utoipa::path(get, path = "/v1/authorisation/letter-template", tag = "authorisation",
    responses((status = 200, content_type = "application/pdf", body = Vec<u8>)))]
pub(crate) async fn letter_template(State(service): State<Shared>, caller: Caller) -> Answer<Response> {
    let enterprise = enterprise_row(&service.database, caller.administered()?).await?;
    let body = |y: f64, text: String| Line::at(72.0, y, 14.0, text);
    let lines = [
        Line::centred(120.0, 22.0, "数字证书申请授权书"),
        body(190.0, "干将签章平台：".to_owned()),
        body(225.0, format!("　　本单位（{}）", enterprise.name)),
        body(250.0, format!("　　统一社会信用代码：{}", enterprise.credit_code)),
        body(275.0, format!("　　法定代表人：{}", enterprise.legal_representative)),
        body(
            310.0,
            format!(
                "　　现授权本单位管理员 {}（账号 {}）",
                caller.account.name, caller.account.account
            ),
        ),
        body(335.0, "在贵平台为本单位及本单位人员申请、管理数字证书，".to_owned()),
        body(360.0, "由此产生的法律责任由本单位承担。".to_owned()),
        body(440.0, "　　单位名称（盖章）：".to_owned()),
        body(490.0, "　　法定代表人（签字或盖章）：".to_owned()),
        body(540.0, "　　日期：　　　　年　　　月　　　日".to_owned()),
        Line::at(
            72.0,
            760.0,
            10.5,
            "请打印后签字、加盖公章，拍照或扫描，以 JPEG、PNG 或 PDF 上传（不超过 10 MB）。",
        ),
    ];
    Ok(pdf(paper::page(&lines)))
}

pub(crate) fn pdf(bytes: Vec<u8>) -> Response {
    ([(header::CONTENT_TYPE, "application/pdf")], bytes).into_response()
}

/// Only nothing and rejected lead to submitted.
fn submittable(row: &authorisation::Model) -> Answer<()> {
    match enumerated(&row.state)? {
        AuthorisationState::None | AuthorisationState::Rejected => Ok(()),
        AuthorisationState::Submitted | AuthorisationState::Approved | AuthorisationState::Unknown => {
            Err(Refused::conflict(&row.state))
        }
    }
}

/// none | rejected → submitted.
pub(crate) async fn submit(
    tx: &DatabaseTransaction,
    mut row: authorisation::Model,
    way: AuthorisationWay,
    now: OffsetDateTime,
) -> Answer<authorisation::Model> {
    submittable(&row)?;
    go(&mut row.state, AuthorisationState::Submitted)?;
    row.way = Some(word(&way));
    row.reason = None;
    row.submitted_at = Some(millis(now));
    row.decided_at = None;
    let event = (EventCode::Submitted, params([("way", word(&way))]));
    stored(tx, row, ApprovalState::InReview, event, now).await
}

/// submitted → approved | rejected.
pub(crate) async fn decide(
    tx: &DatabaseTransaction,
    enterprise_id: &str,
    rejected_because: Option<&str>,
    now: OffsetDateTime,
) -> Answer<()> {
    let mut row = locked(tx, enterprise_id).await?;
    if enumerated::<AuthorisationState>(&row.state)? != AuthorisationState::Submitted {
        return Err(Refused::conflict(&row.state));
    }
    row.decided_at = Some(millis(now));
    row.reason = rejected_because.map(str::to_owned);
    let (state, shown, event) = match rejected_because {
        None => (
            AuthorisationState::Approved,
            ApprovalState::Approved,
            (EventCode::Approved, Params::new()),
        ),
        Some(reason) => (
            AuthorisationState::Rejected,
            ApprovalState::Rejected,
            (EventCode::Rejected, params([("reason", reason.to_owned())])),
        ),
    };
    go(&mut row.state, state)?;
    stored(tx, row, shown, event, now).await.map(drop)
}

async fn stored(
    tx: &DatabaseTransaction,
    row: authorisation::Model,
    state: ApprovalState,
    event: (EventCode, Params),
    now: OffsetDateTime,
) -> Answer<authorisation::Model> {
    let row = row.into_active_model().reset_all().update(tx).await?;
    let enterprise = enterprise_row(tx, &row.id).await?;
    let step = Step {
        enterprise_id: &row.id,
        account_id: None,
        kind: ApprovalKind::Authorisation,
        subject_id: &row.id,
        title: params([("enterprise_name", enterprise.name)]),
        state,
        next_actor: match state {
            ApprovalState::InReview => NextActor::Platform,
            ApprovalState::Rejected | ApprovalState::Waiting => NextActor::Administrator,
            ApprovalState::Approved | ApprovalState::Unknown => NextActor::Nobody,
        },
        reason: row.reason.as_deref(),
        event,
    };
    record(tx, step, now).await?;
    told(tx, &row.id, now).await?;
    Ok(row)
}

async fn told(tx: &DatabaseTransaction, enterprise_id: &str, now: OffsetDateTime) -> Answer<()> {
    changed(
        tx,
        enterprise_id,
        Audience::Everyone,
        ChangeSubject::Authorisation,
        enterprise_id,
        now,
    )
    .await
}

/// Changes the state of a link and tells the enterprise.
pub(crate) async fn move_link(
    tx: &DatabaseTransaction,
    mut link: face_link::Model,
    state: FaceState,
    now: OffsetDateTime,
) -> Answer<()> {
    go(&mut link.state, state)?;
    let link = link.into_active_model().reset_all().update(tx).await?;
    told(tx, &link.enterprise_id, now).await
}

/// The authorisation's row, locked until the end of the transaction.
pub(crate) async fn locked(tx: &DatabaseTransaction, enterprise_id: &str) -> Answer<authorisation::Model> {
    authorisation::Entity::find_by_id(enterprise_id)
        .lock_exclusive()
        .one(tx)
        .await?
        .ok_or_else(Refused::not_found)
}

/// Certificates are bought only by authorised enterprises.
pub(crate) async fn required(database: &impl ConnectionTrait, enterprise_id: &str) -> Answer<()> {
    let row = authorisation::Entity::find_by_id(enterprise_id).one(database).await?;
    match row {
        Some(row) if row.state == word(&AuthorisationState::Approved) => Ok(()),
        _ => Err(Refused::new(
            ErrorCode::AuthorisationRequired,
            "CA authorisation comes first",
        )),
    }
}

async fn shown(service: &Service, database: &impl ConnectionTrait, enterprise_id: &str) -> Answer<Authorisation> {
    let row = authorisation::Entity::find_by_id(enterprise_id)
        .one(database)
        .await?
        .ok_or_else(Refused::not_found)?;
    let link = face_link::Entity::find()
        .filter(face_link::Column::EnterpriseId.eq(enterprise_id))
        .order_by_desc(face_link::Column::CreatedAt)
        .order_by_desc(face_link::Column::ExpiresAt)
        .one(database)
        .await?;
    Ok(Authorisation {
        state: enumerated(&row.state)?,
        way: row.way.as_deref().map(enumerated).transpose()?,
        reason: row.reason,
        submitted_at: row.submitted_at.map(moment),
        decided_at: row.decided_at.map(moment),
        letter_file_name: row.letter_file_name,
        face: link.map(|link| face_shown(service, &link)).transpose()?,
    })
}

fn face_shown(service: &Service, link: &face_link::Model) -> Answer<FaceLink> {
    Ok(FaceLink {
        id: id(&link.id)?,
        url: format!("{}/phone/face/{}", service.base_url, link.secret),
        state: face_state(link, service.now())?,
        expires_at: moment(link.expires_at),
    })
}

/// An open link past its end is expired, whatever the row says.
pub(crate) fn face_state(link: &face_link::Model, now: OffsetDateTime) -> Answer<FaceState> {
    match enumerated(&link.state)? {
        FaceState::Waiting | FaceState::Scanned if link.expires_at <= millis(now) => Ok(FaceState::Expired),
        state => Ok(state),
    }
}
