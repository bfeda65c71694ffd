//! The operator's view of serial numbers: whatever was signed, answered or not, is found here and can be revoked.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use platform::wire::{CertificateState, EventCode, Issuance, IssuanceStage, Revocation};
use sea_orm::{EntityTrait, QuerySelect};

use super::certificates::{live_issued, revocation, revoke_issued, stored};
use crate::caller::Caller;
use crate::refused::{Answer, Refused};
use crate::service::Shared;
use crate::states::go;
use crate::tables::{certificate, issued};
use crate::text::{enumerated, id, moment, word};
use crate::timeline::params;
use crate::write::Write;

/// What is known of a serial number.
#[utoipa::path(get, path = "/v1/operator/issuances/{serial}", operation_id = "issuance", tag = "operator", params(("serial" = String, Path)), responses((status = 200, body = Issuance)))]
pub(crate) async fn one(
    State(service): State<Shared>,
    caller: Caller,
    Path(serial): Path<String>,
) -> Answer<Json<Issuance>> {
    caller.operator()?;
    let row = issued::Entity::find_by_id(serial).one(&service.database).await?;
    shown(&row.ok_or_else(Refused::not_found)?).map(Json)
}

/// Revoke by serial number.
#[utoipa::path(post, path = "/v1/operator/issuances/{serial}/revoke", tag = "operator", params(("serial" = String, Path)), request_body = Revocation, responses((status = 200, body = Issuance)))]
pub(crate) async fn revoke(Path(serial): Path<String>, write: Write) -> Answer<Response> {
    write.caller.operator()?;
    let wanted = revocation(&write)?;
    let row = issued::Entity::find_by_id(serial)
        .lock_exclusive()
        .one(&write.tx)
        .await?;
    let row = row.ok_or_else(Refused::not_found)?;
    if row.revoked_at.is_some() {
        return Err(Refused::conflict(&word(&CertificateState::Revoked)));
    }
    let row = revoke_issued(&write.tx, row, wanted.reason, write.now).await?;
    if row.stage == word(&IssuanceStage::Confirmed) {
        end_entitlement(&write, &row, &wanted).await?;
    }
    write.finish(&shown(&row)?).await
}

/// Without any certificate left in force the entitlement is over.
async fn end_entitlement(write: &Write, row: &issued::Model, wanted: &Revocation) -> Answer<()> {
    if live_issued(&write.tx, &row.certificate_id).await?.is_some() {
        return Ok(());
    }
    let entitlement = certificate::Entity::find_by_id(row.certificate_id.clone())
        .one(&write.tx)
        .await?;
    let mut entitlement = entitlement.ok_or_else(Refused::not_found)?;
    if entitlement.state != word(&CertificateState::Revoked) {
        go(&mut entitlement.state, CertificateState::Revoked)?;
    }
    let facts = params([("serial", row.serial.clone()), ("reason", word(&wanted.reason))]);
    stored(&write.tx, entitlement, (EventCode::Revoked, facts), write.now).await?;
    Ok(())
}

fn shown(row: &issued::Model) -> Answer<Issuance> {
    Ok(Issuance {
        serial: row.serial.clone(),
        certificate_id: id(&row.certificate_id)?,
        issued_to: id(&row.account_id)?,
        stage: enumerated(&row.stage)?,
        at: moment(row.issued_at),
        certificate_pem: (!row.der.is_empty()).then(|| super::pki::pem(&row.der)),
        revoked_at: row.revoked_at.map(moment),
        reason: row.reason.as_deref().map(enumerated).transpose()?,
    })
}
