//! Seal records, their review, and the notice before the first one.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use platform::check::{self, FieldProblem};
use platform::wire::{
    ApprovalKind, ApprovalState, CertificateState, ChangeSubject, ErrorCode, EventCode, NewSeal, NextActor,
    SEAL_PICTURE_LIMIT_BYTES, SealDeclaration, SealDeclarationText, SealKind, SealNotice, SealNoticeAgreement,
    SealOrigin, SealRecord, SealState,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect,
};
use time::OffsetDateTime;
use uuid::Uuid;

use super::certificates;
use crate::caller::Caller;
use crate::feed::{Audience, changed};
use crate::refused::{Answer, Refused};
use crate::service::Shared;
use crate::states::{first, go};
use crate::tables::{agreement, certificate, seal};
use crate::text::{checked, enumerated, id, millis, moment, word};
use crate::timeline::{Params, Step, params, record};
use crate::write::Write;

const NOTICE_VERSION: u32 = 1;
const NOTICE: [&str; 4] = [
    "签章图片是加盖在电子文件上的印章或签名图样，与您的数字证书绑定使用。",
    "您应当保证图片与本单位在公安机关备案的印章、或与签名人本人的签名一致，并有权使用。",
    "自动生成的图片立即生效；手绘和上传的图片须经平台审核，通过前不能用于正式文件。",
    "使用签章图片签署的电子文件，由证书所属人承担相应的法律责任。请妥善保管证书和 PIN 码。",
];
const DECLARATION_VERSION: u32 = 1;
const DECLARATION: [&str; 4] = [
    "图片中的印章是本单位的印章，签名是本人的亲笔签名；图片由本单位或本人对着原件拍摄、扫描得到。",
    "没有从他人的文件、照片或电子文档中截取、仿制他人的印章或签名。",
    "已知悉伪造、变造单位印章依法承担刑事责任（刑法第二百八十条），冒用他人签名依法承担相应责任。",
    "同意平台记录本次声明的时间和版本，并据此审核图片。",
];
/// The points of a long signature take the most.
const DESIGN_LIMIT_BYTES: usize = 512 * 1024;
const MOST_MM: f64 = 100.0;

/// The notice and whether this account agreed.
#[utoipa::path(get, path = "/v1/seal-notice", tag = "seals", responses((status = 200, body = SealNotice)))]
pub(crate) async fn notice(State(service): State<Shared>, caller: Caller) -> Answer<Json<SealNotice>> {
    shown_notice(&service.database, &caller).await.map(Json)
}

/// Agree to the notice.
#[utoipa::path(post, path = "/v1/seal-notice/agreements", tag = "seals", request_body = SealNoticeAgreement, responses((status = 200, body = SealNotice)))]
pub(crate) async fn agree(write: Write) -> Answer<Response> {
    let wanted: SealNoticeAgreement = write.json()?;
    if wanted.version != NOTICE_VERSION {
        return Err(Refused::conflict("old_version").with("version", NOTICE_VERSION));
    }
    if agreed(&write.tx, &write.caller).await?.is_none() {
        let row = agreement::Model {
            id: agreement_id(&write.caller),
            account_id: write.caller.account.id.clone(),
            version: 1,
            at: millis(write.now),
        };
        agreement::Entity::insert(row.into_active_model())
            .exec_without_returning(&write.tx)
            .await?;
    }
    let answer = shown_notice(&write.tx, &write.caller).await?;
    write.finish(&answer).await
}

fn agreement_id(caller: &Caller) -> String {
    format!("{}:{NOTICE_VERSION}", caller.account.id)
}

async fn agreed(database: &impl ConnectionTrait, caller: &Caller) -> Answer<Option<OffsetDateTime>> {
    let row = agreement::Entity::find_by_id(agreement_id(caller))
        .one(database)
        .await?;
    Ok(row.map(|row| moment(row.at)))
}

async fn shown_notice(database: &impl ConnectionTrait, caller: &Caller) -> Answer<SealNotice> {
    Ok(SealNotice {
        version: NOTICE_VERSION,
        paragraphs: NOTICE.map(str::to_owned).to_vec(),
        agreed_at: agreed(database, caller).await?,
    })
}

/// What is declared with an uploaded picture.
#[utoipa::path(get, path = "/v1/seal-declaration", tag = "seals", responses((status = 200, body = SealDeclarationText)))]
pub(crate) async fn declaration(_caller: Caller) -> Json<SealDeclarationText> {
    Json(SealDeclarationText {
        version: DECLARATION_VERSION,
        paragraphs: DECLARATION.map(str::to_owned).to_vec(),
    })
}

/// All seals; staff see those of certificates they hold.
#[utoipa::path(get, path = "/v1/seals", tag = "seals", responses((status = 200, body = [SealRecord])))]
pub(crate) async fn list(State(service): State<Shared>, caller: Caller) -> Answer<Json<Vec<SealRecord>>> {
    let mut query = seal::Entity::find()
        .filter(seal::Column::EnterpriseId.eq(caller.enterprise()?))
        .order_by_desc(seal::Column::CreatedAt);
    if !caller.is_administrator() {
        let held: Vec<String> = certificate::Entity::find()
            .filter(certificate::Column::HolderId.eq(caller.account.id.as_str()))
            .all(&service.database)
            .await?
            .into_iter()
            .map(|row| row.id)
            .collect();
        query = query.filter(seal::Column::CertificateId.is_in(held));
    }
    let rows = query.all(&service.database).await?;
    rows.into_iter().map(shown).collect::<Answer<_>>().map(Json)
}

/// Add a seal: automatic ones are effective at once, others go to review.
#[utoipa::path(post, path = "/v1/seals", tag = "seals", request_body = NewSeal, responses((status = 200, body = SealRecord)))]
pub(crate) async fn add(write: Write) -> Answer<Response> {
    let wanted: NewSeal = write.json()?;
    let picture = check_seal(&wanted)?;
    let certificate = certificates::locked(&write, wanted.certificate_id).await?;
    let me = write.caller.account.id.clone();
    if certificate.holder_id.as_deref() != Some(me.as_str()) {
        return Err(if write.caller.is_administrator() {
            Refused::new(ErrorCode::CertificateHeldElsewhere, "another person holds it")
        } else {
            Refused::not_found()
        });
    }
    let state = certificates::state(&certificate, write.now)?;
    if state != CertificateState::Active {
        return Err(Refused::conflict(&word(&state)));
    }
    if agreed(&write.tx, &write.caller).await?.is_none() {
        return Err(
            Refused::new(ErrorCode::SealNoticeNotAgreed, "agree to the notice first").with("version", NOTICE_VERSION),
        );
    }
    let declared = declared(&wanted)?;
    let replaces = match wanted.replaces {
        Some(former) => Some(former_seal(&write.tx, former, &certificate.id).await?.id),
        None => None,
    };
    let row = seal::Model {
        id: Uuid::new_v4().to_string(),
        enterprise_id: certificate.enterprise_id,
        certificate_id: certificate.id,
        account_id: me,
        name: wanted.name,
        kind: word(&wanted.kind),
        origin: word(&wanted.origin),
        state: first(first_state(wanted.origin))?,
        reason: None,
        width_mm: wanted.width_mm,
        height_mm: wanted.height_mm,
        design: wanted.design,
        picture,
        created_at: millis(write.now),
        declaration_version: declared,
        declared_at: declared.map(|_| millis(write.now)),
        replaces,
        replaced_by: None,
        ended_at: None,
    };
    seal::Entity::insert(row.clone().into_active_model())
        .exec_without_returning(&write.tx)
        .await?;
    told(&write.tx, &row, (EventCode::Submitted, Params::new()), write.now).await?;
    if enumerated::<SealState>(&row.state)? == SealState::Approved {
        replace_former(&write.tx, &row, write.now).await?;
    }
    write.finish(&shown(row)?).await
}

/// The version declared with an uploaded picture; the others need none.
fn declared(wanted: &NewSeal) -> Answer<Option<i32>> {
    if wanted.origin != SealOrigin::Uploaded {
        return Ok(None);
    }
    if wanted.declaration_version != Some(DECLARATION_VERSION) {
        return Err(
            Refused::new(ErrorCode::SealNotDeclared, "declare whose seal it is").with("version", DECLARATION_VERSION)
        );
    }
    Ok(i32::try_from(DECLARATION_VERSION).ok())
}

/// A seal of the same certificate.
async fn former_seal(tx: &DatabaseTransaction, former: Uuid, certificate_id: &str) -> Answer<seal::Model> {
    seal::Entity::find_by_id(former.to_string())
        .filter(seal::Column::CertificateId.eq(certificate_id))
        .one(tx)
        .await?
        .ok_or_else(Refused::not_found)
}

/// An approved seal takes the place of the one it was made for, when that one still stamps.
async fn replace_former(tx: &DatabaseTransaction, row: &seal::Model, now: OffsetDateTime) -> Answer<()> {
    let Some(former) = &row.replaces else {
        return Ok(());
    };
    let former = seal::Entity::find_by_id(former.as_str()).one(tx).await?;
    match former.filter(|former| former.state == word(&SealState::Approved)) {
        Some(former) => end(tx, former, (SealState::Replaced, Some(row.id.clone())), now)
            .await
            .map(drop),
        None => Ok(()),
    }
}

/// A certificate was issued anew: its holder is asked for the seals again, the former ones are kept for old records.
/// What is under review stays there.
pub(crate) async fn replace_all(tx: &DatabaseTransaction, certificate_id: &str, now: OffsetDateTime) -> Answer<()> {
    let rows = seal::Entity::find()
        .filter(seal::Column::CertificateId.eq(certificate_id))
        .filter(seal::Column::State.eq(word(&SealState::Approved)))
        .all(tx)
        .await?;
    for row in rows {
        end(tx, row, (SealState::Replaced, None), now).await?;
    }
    Ok(())
}

async fn end(
    tx: &DatabaseTransaction,
    mut row: seal::Model,
    (state, replaced_by): (SealState, Option<String>),
    now: OffsetDateTime,
) -> Answer<seal::Model> {
    go(&mut row.state, state)?;
    row.replaced_by = replaced_by;
    row.ended_at = Some(millis(now));
    let row = row.into_active_model().reset_all().update(tx).await?;
    feed(tx, &row, now).await?;
    Ok(row)
}

fn first_state(origin: SealOrigin) -> SealState {
    match origin {
        SealOrigin::Automatic => SealState::Approved,
        SealOrigin::HandDrawn | SealOrigin::Uploaded | SealOrigin::Unknown => SealState::InReview,
    }
}

fn check_seal(wanted: &NewSeal) -> Answer<Vec<u8>> {
    checked("name", check::name(&wanted.name))?;
    let unknown = [
        ("kind", wanted.kind == SealKind::Unknown),
        ("origin", wanted.origin == SealOrigin::Unknown),
    ];
    if let Some((field, _)) = unknown.into_iter().find(|(_, is_unknown)| *is_unknown) {
        return Err(Refused::field(field, FieldProblem::Format));
    }
    for (field, size) in [("width_mm", wanted.width_mm), ("height_mm", wanted.height_mm)] {
        if !(size > 0.0 && size <= MOST_MM) {
            return Err(Refused::field(field, FieldProblem::Length));
        }
    }
    if wanted
        .design
        .as_ref()
        .is_some_and(|design| design.len() > DESIGN_LIMIT_BYTES)
    {
        return Err(Refused::field("design", FieldProblem::Length));
    }
    let picture = STANDARD
        .decode(&wanted.picture)
        .map_err(|_| Refused::field("picture", FieldProblem::Characters))?;
    if picture.len() > SEAL_PICTURE_LIMIT_BYTES {
        return Err(Refused::field("picture", FieldProblem::Length));
    }
    if !picture.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Err(Refused::field("picture", FieldProblem::Format));
    }
    Ok(picture)
}

/// Picture of a seal (PNG).
#[utoipa::path(get, path = "/v1/seals/{id}/picture", tag = "seals", params(("id" = Uuid, Path)),
    responses((status = 200, content_type = "image/png", body = Vec<u8>)))]
pub(crate) async fn picture(
    State(service): State<Shared>,
    caller: Caller,
    Path(seal_id): Path<Uuid>,
) -> Answer<Response> {
    let row = seal::Entity::find_by_id(seal_id.to_string())
        .filter(seal::Column::EnterpriseId.eq(caller.enterprise()?))
        .one(&service.database)
        .await?
        .ok_or_else(Refused::not_found)?;
    usable(&service.database, &caller, &row).await?;
    Ok(([(header::CONTENT_TYPE, "image/png")], row.picture).into_response())
}

async fn usable(database: &impl ConnectionTrait, caller: &Caller, row: &seal::Model) -> Answer<()> {
    if caller.is_administrator() {
        return Ok(());
    }
    let certificate = certificate::Entity::find_by_id(row.certificate_id.clone())
        .one(database)
        .await?;
    match certificate.and_then(|certificate| certificate.holder_id) {
        Some(holder) if holder == caller.account.id => Ok(()),
        _ => Err(Refused::not_found()),
    }
}

/// Take a seal out of use.
#[utoipa::path(post, path = "/v1/seals/{id}/disable", tag = "seals", params(("id" = Uuid, Path)), responses((status = 200, body = SealRecord)))]
pub(crate) async fn disable(Path(seal_id): Path<Uuid>, write: Write) -> Answer<Response> {
    let row = seal::Entity::find_by_id(seal_id.to_string())
        .filter(seal::Column::EnterpriseId.eq(write.caller.enterprise()?))
        .lock_exclusive()
        .one(&write.tx)
        .await?
        .ok_or_else(Refused::not_found)?;
    usable(&write.tx, &write.caller, &row).await?;
    if enumerated::<SealState>(&row.state)? != SealState::Approved {
        return Err(Refused::conflict(&row.state));
    }
    let row = end(&write.tx, row, (SealState::Disabled, None), write.now).await?;
    write.finish(&shown(row)?).await
}

/// in review → approved | rejected.
pub(crate) async fn decide(
    tx: &DatabaseTransaction,
    seal_id: &str,
    rejected_because: Option<&str>,
    now: OffsetDateTime,
) -> Answer<()> {
    let mut row = seal::Entity::find_by_id(seal_id)
        .lock_exclusive()
        .one(tx)
        .await?
        .ok_or_else(Refused::not_found)?;
    if enumerated::<SealState>(&row.state)? != SealState::InReview {
        return Err(Refused::conflict(&row.state));
    }
    let (state, event) = match rejected_because {
        None => (SealState::Approved, (EventCode::Approved, Params::new())),
        Some(reason) => (
            SealState::Rejected,
            (EventCode::Rejected, params([("reason", reason.to_owned())])),
        ),
    };
    go(&mut row.state, state)?;
    row.reason = rejected_because.map(str::to_owned);
    let row = row.into_active_model().reset_all().update(tx).await?;
    told(tx, &row, event, now).await?;
    match rejected_because {
        None => replace_former(tx, &row, now).await,
        Some(_) => Ok(()),
    }
}

/// Reviewed seals have an entry in the time line, automatic ones only a change in the feed.
async fn told(
    tx: &DatabaseTransaction,
    row: &seal::Model,
    event: (EventCode, Params),
    now: OffsetDateTime,
) -> Answer<()> {
    if enumerated::<SealOrigin>(&row.origin)? != SealOrigin::Automatic {
        let (state, next_actor) = match enumerated(&row.state)? {
            SealState::InReview => (ApprovalState::InReview, NextActor::Platform),
            SealState::Rejected => (ApprovalState::Rejected, NextActor::Holder),
            SealState::Approved | SealState::Disabled | SealState::Replaced | SealState::Unknown => {
                (ApprovalState::Approved, NextActor::Nobody)
            }
        };
        let step = Step {
            enterprise_id: &row.enterprise_id,
            account_id: Some(&row.account_id),
            kind: ApprovalKind::Seal,
            subject_id: &row.id,
            title: params([("seal_name", row.name.clone())]),
            state,
            next_actor,
            reason: row.reason.as_deref(),
            event,
        };
        record(tx, step, now).await?;
    }
    feed(tx, row, now).await
}

async fn feed(tx: &DatabaseTransaction, row: &seal::Model, now: OffsetDateTime) -> Answer<()> {
    let audience = Audience::Account(&row.account_id);
    changed(tx, &row.enterprise_id, audience, ChangeSubject::Seal, &row.id, now).await
}

pub(super) fn shown(row: seal::Model) -> Answer<SealRecord> {
    Ok(SealRecord {
        id: id(&row.id)?,
        name: row.name,
        kind: enumerated(&row.kind)?,
        origin: enumerated(&row.origin)?,
        state: enumerated(&row.state)?,
        reason: row.reason,
        certificate_id: id(&row.certificate_id)?,
        width_mm: row.width_mm,
        height_mm: row.height_mm,
        design: row.design,
        declaration: row
            .declaration_version
            .zip(row.declared_at)
            .map(|(version, at)| SealDeclaration {
                version: version.unsigned_abs(),
                at: moment(at),
            }),
        replaced_by: row.replaced_by.as_deref().map(id).transpose()?,
        ended_at: row.ended_at.map(moment),
        created_at: moment(row.created_at),
    })
}
