//! Issuing: one certificate per key, the entitlement used once, the former holder's certificate revoked at that moment.

use axum::extract::{Path, State};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use platform::wire::{CertificateState, ErrorCode, EventCode, IssueRequest, Issued, RevocationReason};
use sea_orm::{EntityTrait, IntoActiveModel};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::certificates::{latest_issued, live_issued, locked, revoke_issued, shown, state, stored, subject};
use super::sessions::enterprise_row;
use crate::authority::RequestedKey;
use crate::refused::{Answer, Refused};
use crate::service::{Service, Shared};
use crate::tables::{certificate, issued};
use crate::text::{millis, moment, sha256_hex, word};
use crate::timeline::params;
use crate::write::Write;

/// Clocks of clients may be behind by this much.
const BACKDATED: Duration = Duration::minutes(5);

/// Ask for the certificate: pending import → active.
#[utoipa::path(post, path = "/v1/certificates/{id}/issue", tag = "certificates", params(("id" = Uuid, Path)), request_body = IssueRequest, responses((status = 200, body = Issued)))]
pub(crate) async fn issue(
    State(service): State<Shared>,
    Path(certificate_id): Path<Uuid>,
    write: Write,
) -> Answer<Response> {
    let wanted: IssueRequest = write.json()?;
    let row = locked(&write, certificate_id).await?;
    held_by_caller(&write, &row).await?;
    let key = requested_key(&wanted)?;
    let key_hash = sha256_hex(key.bytes());
    let live = live_issued(&write.tx, &row.id).await?;
    if let Some(live) = live.as_ref().filter(|live| live.key_hash == key_hash) {
        // The app died before it could keep the answer: the same certificate again.
        let der = live.der.clone();
        return answered(&service, write, row, der).await;
    }
    match state(&row, write.now)? {
        CertificateState::PendingImport => {}
        other => return Err(not_importable(other)),
    }
    let (row, der) = signed(&service, &write, row, &key, &key_hash, live).await?;
    answered(&service, write, row, der).await
}

/// To anyone else of the enterprise the entitlement is held elsewhere; staff do not even see it.
async fn held_by_caller(write: &Write, row: &certificate::Model) -> Answer<()> {
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

fn requested_key(wanted: &IssueRequest) -> Answer<RequestedKey> {
    let invalid = || Refused::new(ErrorCode::RequestInvalid, "no valid PKCS#10 request of a P-256 key");
    let der = STANDARD.decode(&wanted.request).map_err(|_| invalid())?;
    if der.len() > 16 * 1024 {
        return Err(invalid());
    }
    RequestedKey::from_request(&der).ok_or_else(invalid)
}

async fn signed(
    service: &Service,
    write: &Write,
    mut row: certificate::Model,
    key: &RequestedKey,
    key_hash: &str,
    former: Option<issued::Model>,
) -> Answer<(certificate::Model, Vec<u8>)> {
    let enterprise = enterprise_row(&write.tx, &row.enterprise_id).await?;
    let subject = subject(&row, &enterprise).ok_or_else(|| not_importable(CertificateState::Unassigned))?;
    let from = whole_seconds(write.now - BACKDATED);
    // Validity counts from the first import and does not change when the holder does.
    let to = row
        .valid_to
        .map_or_else(|| later(whole_seconds(write.now), row.months), moment);
    let certificate = service.authority.issue(key, &subject, from, to)?;
    if let Some(former) = former {
        revoke_issued(&write.tx, former, RevocationReason::Superseded, write.now).await?;
    }
    let kept = issued::Model {
        serial: certificate.serial.clone(),
        certificate_id: row.id.clone(),
        account_id: write.caller.account.id.clone(),
        key_hash: key_hash.to_owned(),
        der: certificate.der.clone(),
        valid_from: millis(from),
        valid_to: millis(to),
        issued_at: millis(write.now),
        revoked_at: None,
        reason: None,
    };
    issued::Entity::insert(kept.into_active_model())
        .exec_without_returning(&write.tx)
        .await?;
    row.valid_to = Some(millis(to));
    row.state = word(&CertificateState::Active);
    let event = (EventCode::Issued, params([("serial", certificate.serial)]));
    let row = stored(&write.tx, row, event, write.now).await?;
    Ok((row, certificate.der))
}

async fn answered(service: &Service, write: Write, row: certificate::Model, der: Vec<u8>) -> Answer<Response> {
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

/// `months` later by the calendar; the last day of a shorter month.
fn later(at: OffsetDateTime, months: i32) -> OffsetDateTime {
    let counted = at.year() * 12 + i32::from(u8::from(at.month())) - 1 + months;
    let (year, month) = (counted.div_euclid(12), counted.rem_euclid(12) + 1);
    let month = u8::try_from(month)
        .ok()
        .and_then(|month| time::Month::try_from(month).ok())
        .unwrap_or(at.month());
    let day = at.day().min(month.length(year));
    time::Date::from_calendar_date(year, month, day).map_or(at, |date| at.replace_date(date))
}
