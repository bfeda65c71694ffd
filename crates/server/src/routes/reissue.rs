//! 补发: a new key's certificate is issued, confirmed by its holder, and only then takes the former one's place.

use axum::extract::{Path, State};
use axum::response::Response;
use platform::wire::{
    ApprovalKind, ApprovalState, CertificateState, ErrorCode, EventCode, IssuanceStage, Issued, NextActor,
    ReissueConfirmation, ReissueReason, ReissueRequest, RevocationReason,
};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use uuid::Uuid;

use super::certificates::{finish, live_issued, locked, revoke_issued, state, stored};
use super::issuing::{
    Intention, Outcome, REISSUE, answered, held_by_caller, intended, requested_key, revoke_others, signed,
};
use super::{seals, sessions::enterprise_row};
use crate::refused::{Answer, Refused};
use crate::service::Shared;
use crate::states::go;
use crate::tables::{certificate, issued};
use crate::text::{enumerated, moment, sha256_hex, word};
use crate::timeline::{Params, Step, params, record};
use crate::write::Write;

/// Ask for a certificate of a new key; the present one stays good until this one is confirmed.
#[utoipa::path(post, path = "/v1/certificates/{id}/reissue", tag = "certificates", params(("id" = Uuid, Path)), request_body = ReissueRequest, responses((status = 200, body = Issued)))]
pub(crate) async fn reissue(
    State(service): State<Shared>,
    Path(certificate_id): Path<Uuid>,
    write: Write,
) -> Answer<Response> {
    let wanted: ReissueRequest = write.json()?;
    let (row, outcome) = reissuable(&write, certificate_id, &wanted).await?;
    let intention = match outcome {
        Outcome::Known(der) => return answered(&service, write, row, der).await,
        Outcome::Wanted(intention) => intention,
    };
    let (write, serial) = intended(&service, write, &row, &intention).await?;
    let (row, outcome) = reissuable(&write, certificate_id, &wanted).await?;
    if let Outcome::Known(der) = outcome {
        return answered(&service, write, row, der).await;
    }
    let issued = signed(&service, &write, &row, &serial, &intention, IssuanceStage::Signed).await?;
    revoke_unconfirmed(&write, &issued).await?;
    let facts = params([("serial", issued.serial.clone()), ("because", word(&wanted.reason))]);
    let row = stored(&write.tx, row, (EventCode::ReissueStarted, facts.clone()), write.now).await?;
    let waits = (ApprovalState::Waiting, NextActor::Holder);
    told(&write, &row, waits, (EventCode::ReissueStarted, facts)).await?;
    answered(&service, write, row, issued.der).await
}

async fn reissuable(
    write: &Write,
    certificate_id: Uuid,
    wanted: &ReissueRequest,
) -> Answer<(certificate::Model, Outcome)> {
    let row = locked(write, certificate_id).await?;
    held_by_caller(write, &row).await?;
    let key = requested_key(&wanted.request)?;
    if let Some(same) = with_key(write, &row, &sha256_hex(key.bytes())).await? {
        return match same.purpose.as_str() {
            REISSUE => Ok((row, Outcome::Known(same.der))),
            _ => Err(Refused::new(
                ErrorCode::RequestInvalid,
                "a reissue is for a new key, not the present one",
            )),
        };
    }
    let now_state = state(&row, write.now)?;
    let live = live_issued(&write.tx, &row.id).await?;
    let (CertificateState::Active, Some(live), Some(valid_to)) = (now_state, live, row.valid_to) else {
        return Err(Refused::conflict(&word(&now_state)));
    };
    let intention = Intention {
        key,
        purpose: REISSUE,
        valid_to: moment(valid_to),
        replaces: Some(live.serial),
        because: Some(revocation_reason(wanted.reason)),
    };
    Ok((row, Outcome::Wanted(intention)))
}

/// The certificate of this key, when there is one that was kept and not revoked.
async fn with_key(write: &Write, row: &certificate::Model, key_hash: &str) -> Answer<Option<issued::Model>> {
    Ok(issued::Entity::find()
        .filter(issued::Column::CertificateId.eq(row.id.as_str()))
        .filter(issued::Column::KeyHash.eq(key_hash))
        .filter(issued::Column::Stage.ne(word(&IssuanceStage::Intended)))
        .filter(issued::Column::RevokedAt.is_null())
        .one(&write.tx)
        .await?)
}

fn revocation_reason(reason: ReissueReason) -> RevocationReason {
    match reason {
        ReissueReason::NewDevice | ReissueReason::PinForgotten => RevocationReason::Superseded,
        ReissueReason::KeyCompromise => RevocationReason::KeyCompromise,
    }
}

/// An earlier reissue that nobody confirmed (its device is gone too) gives way.
async fn revoke_unconfirmed(write: &Write, kept: &issued::Model) -> Answer<()> {
    let rows = issued::Entity::find()
        .filter(issued::Column::CertificateId.eq(kept.certificate_id.as_str()))
        .filter(issued::Column::Stage.eq(word(&IssuanceStage::Signed)))
        .filter(issued::Column::Serial.ne(kept.serial.as_str()))
        .filter(issued::Column::RevokedAt.is_null())
        .all(&write.tx)
        .await?;
    for row in rows {
        revoke_issued(&write.tx, row, RevocationReason::Superseded, write.now).await?;
    }
    Ok(())
}

/// The new certificate is kept by its holder: it counts from now on, the former ones are revoked.
#[utoipa::path(post, path = "/v1/certificates/{id}/reissue/confirm", tag = "certificates", params(("id" = Uuid, Path)), request_body = ReissueConfirmation, responses((status = 200, body = platform::wire::Certificate)))]
pub(crate) async fn confirm(Path(certificate_id): Path<Uuid>, write: Write) -> Answer<Response> {
    let wanted: ReissueConfirmation = write.json()?;
    let row = locked(&write, certificate_id).await?;
    held_by_caller(&write, &row).await?;
    let mut new = unconfirmed(&write, &row, &wanted.serial).await?;
    if new.stage == word(&IssuanceStage::Confirmed) {
        return finish(write, row).await;
    }
    let now_state = state(&row, write.now)?;
    if now_state != CertificateState::Active {
        return Err(Refused::conflict(&word(&now_state)));
    }
    go(&mut new.stage, IssuanceStage::Confirmed)?;
    let new = new.into_active_model().reset_all().update(&write.tx).await?;
    let because = new.replaces_because.as_deref().map(enumerated).transpose()?;
    let reason = because.unwrap_or(RevocationReason::Superseded);
    revoke_others(&write.tx, &new, reason, write.now).await?;
    seals::replace_all(&write.tx, &row.id, write.now).await?;
    let facts = params([("serial", new.serial)]);
    let row = stored(&write.tx, row, (EventCode::Reissued, facts.clone()), write.now).await?;
    let done = (ApprovalState::Approved, NextActor::Nobody);
    told(&write, &row, done, (EventCode::Reissued, facts)).await?;
    finish(write, row).await
}

async fn unconfirmed(write: &Write, row: &certificate::Model, serial: &str) -> Answer<issued::Model> {
    let found = issued::Entity::find_by_id(serial)
        .filter(issued::Column::CertificateId.eq(row.id.as_str()))
        .filter(issued::Column::AccountId.eq(write.caller.account.id.as_str()))
        .filter(issued::Column::Stage.ne(word(&IssuanceStage::Intended)))
        .one(&write.tx)
        .await?
        .ok_or_else(Refused::not_found)?;
    if found.revoked_at.is_some() {
        return Err(Refused::conflict(&word(&CertificateState::Revoked)));
    }
    Ok(found)
}

/// A reissue is seen in 审批进度, by administrators too.
async fn told(
    write: &Write,
    row: &certificate::Model,
    (state, next_actor): (ApprovalState, NextActor),
    event: (EventCode, Params),
) -> Answer<()> {
    let enterprise = enterprise_row(&write.tx, &row.enterprise_id).await?;
    let owner_name = row.owner_name.clone().unwrap_or_default();
    let step = Step {
        enterprise_id: &row.enterprise_id,
        account_id: row.holder_id.as_deref(),
        kind: ApprovalKind::Reissue,
        subject_id: &row.id,
        title: params([("enterprise_name", enterprise.name), ("owner_name", owner_name)]),
        state,
        next_actor,
        reason: None,
        event,
    };
    record(&write.tx, step, write.now).await
}
