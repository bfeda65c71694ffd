//! Issuing: one certificate per key, the entitlement used once, the former holder's certificate revoked at that moment.
//!
//! What is about to be signed is written down first: a serial number that may have been used is always known, found by
//! an operator, and revoked when its certificate was never kept.

use axum::extract::{Path, State};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use platform::terms::later;
use platform::wire::{CertificateState, ErrorCode, EventCode, IssuanceStage, IssueRequest, Issued, RevocationReason};
use sea_orm::{ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::certificates::{latest_issued, live_issued, locked, revoke_issued, shown, state, stored, subject};
use super::{seals, sessions::enterprise_row};
use crate::authority::{RequestedKey, Serial};
use crate::refused::{Answer, Refused};
use crate::service::{Service, Shared};
use crate::states::{first, go};
use crate::tables::{certificate, issued};
use crate::text::{millis, moment, sha256_hex, word};
use crate::timeline::params;
use crate::write::Write;

/// Clocks of clients may be behind by this much.
const BACKDATED: Duration = Duration::minutes(5);

pub(super) const IMPORT: &str = "import";
pub(super) const REISSUE: &str = "reissue";
pub(super) const EXTENSION: &str = "extension";

/// What is about to be signed.
pub(super) struct Intention {
    pub(super) key: RequestedKey,
    pub(super) purpose: &'static str,
    pub(super) valid_to: OffsetDateTime,
    pub(super) replaces: Option<String>,
    pub(super) because: Option<RevocationReason>,
}

/// Ask for the certificate: pending import → active.
#[utoipa::path(post, path = "/v1/certificates/{id}/issue", tag = "certificates", params(("id" = Uuid, Path)), request_body = IssueRequest, responses((status = 200, body = Issued)))]
pub(crate) async fn issue(
    State(service): State<Shared>,
    Path(certificate_id): Path<Uuid>,
    write: Write,
) -> Answer<Response> {
    let wanted: IssueRequest = write.json()?;
    let (row, outcome) = importable(&write, certificate_id, &wanted).await?;
    let intention = match outcome {
        Outcome::Known(der) => return answered(&service, write, row, der).await,
        Outcome::Wanted(intention) => intention,
    };
    let (write, serial) = intended(&service, write, &row, &intention).await?;
    let (mut row, outcome) = importable(&write, certificate_id, &wanted).await?;
    if let Outcome::Known(der) = outcome {
        return answered(&service, write, row, der).await;
    }
    let issued = signed(&service, &write, &row, &serial, &intention, IssuanceStage::Confirmed).await?;
    revoke_others(&write.tx, &issued, RevocationReason::Superseded, write.now).await?;
    seals::replace_all(&write.tx, &row.id, write.now).await?;
    row.valid_to = Some(issued.valid_to);
    go(&mut row.state, CertificateState::Active)?;
    let event = (EventCode::Issued, params([("serial", issued.serial)]));
    let row = stored(&write.tx, row, event, write.now).await?;
    answered(&service, write, row, issued.der).await
}

/// What a request comes to.
pub(super) enum Outcome {
    /// It was answered before, and the app died before it could keep the answer: the same certificate again.
    Known(Vec<u8>),
    /// A certificate is to be signed.
    Wanted(Intention),
}

async fn importable(
    write: &Write,
    certificate_id: Uuid,
    wanted: &IssueRequest,
) -> Answer<(certificate::Model, Outcome)> {
    let row = locked(write, certificate_id).await?;
    held_by_caller(write, &row).await?;
    let key = requested_key(&wanted.request)?;
    let key_hash = sha256_hex(key.bytes());
    let live = live_issued(&write.tx, &row.id).await?;
    if let Some(live) = live.filter(|live| live.key_hash == key_hash) {
        return Ok((row, Outcome::Known(live.der)));
    }
    match state(&row, write.now)? {
        CertificateState::PendingImport => {}
        other => return Err(not_importable(other)),
    }
    // Validity counts from the first import and does not change when the holder does.
    let valid_to = row
        .valid_to
        .map_or_else(|| later(whole_seconds(write.now), row.months), moment);
    let intention = Intention {
        key,
        purpose: IMPORT,
        valid_to,
        replaces: None,
        because: None,
    };
    Ok((row, Outcome::Wanted(intention)))
}

/// To anyone else of the enterprise the entitlement is held elsewhere; staff do not even see it.
pub(super) async fn held_by_caller(write: &Write, row: &certificate::Model) -> Answer<()> {
    let me = write.caller.account.id.as_str();
    if row.holder_id.as_deref() == Some(me) {
        return Ok(());
    }
    let was_mine = latest_issued(&write.tx, &row.id)
        .await?
        .is_some_and(|latest| latest.account_id == me);
    if !write.caller.is_administrator() && !was_mine {
        return Err(Refused::not_found());
    }
    if row.holder_id.is_none() {
        return Err(not_importable(CertificateState::Unassigned));
    }
    Err(Refused::new(
        ErrorCode::CertificateHeldElsewhere,
        "another person holds it",
    ))
}

fn not_importable(state: CertificateState) -> Refused {
    Refused::new(ErrorCode::CertificateNotImportable, "it cannot be issued now").with("state", word(&state))
}

/// The key of a PKCS#10 request in base64.
pub(super) fn requested_key(request: &str) -> Answer<RequestedKey> {
    let invalid = || Refused::new(ErrorCode::RequestInvalid, "no valid PKCS#10 request of a P-256 key");
    let der = STANDARD.decode(request).map_err(|_| invalid())?;
    if der.len() > 16 * 1024 {
        return Err(invalid());
    }
    RequestedKey::from_request(&der).ok_or_else(invalid)
}

/// Writes down durably what is about to be signed. Whatever was read before has to be looked at again.
pub(super) async fn intended(
    service: &Service,
    write: Write,
    row: &certificate::Model,
    intention: &Intention,
) -> Answer<(Write, Serial)> {
    revoke_unfinished(&write.tx, &row.id, write.now).await?;
    let serial = Serial::random()?;
    let kept = issued::Model {
        serial: serial.hex.clone(),
        certificate_id: row.id.clone(),
        account_id: write.caller.account.id.clone(),
        key_hash: sha256_hex(intention.key.bytes()),
        der: Vec::new(),
        valid_from: millis(whole_seconds(write.now - BACKDATED)),
        valid_to: millis(intention.valid_to),
        issued_at: millis(write.now),
        revoked_at: None,
        reason: None,
        stage: first(IssuanceStage::Intended)?,
        purpose: intention.purpose.to_owned(),
        replaces: intention.replaces.clone(),
        replaces_because: intention.because.as_ref().map(word),
    };
    issued::Entity::insert(kept.into_active_model())
        .exec_without_returning(&write.tx)
        .await?;
    Ok((write.checkpoint(service).await?, serial))
}

/// Signs what was written down, unless somebody gave it up meanwhile.
pub(super) async fn signed(
    service: &Service,
    write: &Write,
    row: &certificate::Model,
    serial: &Serial,
    intention: &Intention,
    stage: IssuanceStage,
) -> Answer<issued::Model> {
    let mut kept = issued::Entity::find_by_id(serial.hex.clone())
        .filter(issued::Column::Stage.eq(word(&IssuanceStage::Intended)))
        .filter(issued::Column::RevokedAt.is_null())
        .one(&write.tx)
        .await?
        .ok_or_else(|| Refused::conflict("being_issued"))?;
    let enterprise = enterprise_row(&write.tx, &row.enterprise_id).await?;
    let subject = subject(row, &enterprise).ok_or_else(|| not_importable(CertificateState::Unassigned))?;
    let validity = (moment(kept.valid_from), moment(kept.valid_to));
    kept.der = service.authority.issue(&intention.key, serial, &subject, validity)?;
    go(&mut kept.stage, stage)?;
    Ok(kept.into_active_model().reset_all().update(&write.tx).await?)
}

/// What was written down for an entitlement and never kept may have been signed: revoked, so that it is good for nothing.
async fn revoke_unfinished(tx: &DatabaseTransaction, certificate_id: &str, now: OffsetDateTime) -> Answer<()> {
    let rows = unfinished()
        .filter(issued::Column::CertificateId.eq(certificate_id))
        .all(tx)
        .await?;
    for row in rows {
        revoke_issued(tx, row, RevocationReason::CessationOfOperation, now).await?;
    }
    Ok(())
}

/// What a process that is gone left unfinished.
pub(crate) async fn revoke_left_over(tx: &DatabaseTransaction, row: issued::Model, now: OffsetDateTime) -> Answer<()> {
    tracing::warn!(serial = row.serial, "revoking a certificate that was never kept");
    revoke_issued(tx, row, RevocationReason::CessationOfOperation, now).await?;
    Ok(())
}

fn unfinished() -> sea_orm::Select<issued::Entity> {
    issued::Entity::find()
        .filter(issued::Column::Stage.eq(word(&IssuanceStage::Intended)))
        .filter(issued::Column::RevokedAt.is_null())
}

/// Every other certificate of the entitlement is revoked.
pub(super) async fn revoke_others(
    tx: &DatabaseTransaction,
    kept: &issued::Model,
    reason: RevocationReason,
    now: OffsetDateTime,
) -> Answer<()> {
    let rows = issued::Entity::find()
        .filter(issued::Column::CertificateId.eq(kept.certificate_id.as_str()))
        .filter(issued::Column::Serial.ne(kept.serial.as_str()))
        .filter(issued::Column::RevokedAt.is_null())
        .all(tx)
        .await?;
    for row in rows {
        revoke_issued(tx, row, reason, now).await?;
    }
    Ok(())
}

pub(super) async fn answered(
    service: &Service,
    write: Write,
    row: certificate::Model,
    der: Vec<u8>,
) -> Answer<Response> {
    let chain = [
        service.authority.issuer_certificate(),
        service.authority.root_certificate(),
    ];
    let answer = Issued {
        certificate: STANDARD.encode(der),
        chain: chain.map(|one| STANDARD.encode(one)).to_vec(),
        entitlement: shown(&write.tx, &write.caller, row, write.now).await?,
    };
    write.finish(&answer).await
}

/// X.509 times have no fractions.
fn whole_seconds(at: OffsetDateTime) -> OffsetDateTime {
    at.replace_nanosecond(0).unwrap_or(at)
}
