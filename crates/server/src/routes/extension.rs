//! 延期: one more term for the same key; the remaining days are kept and an unused entitlement is consumed.

use axum::extract::{Path, State};
use axum::response::Response;
use platform::terms::{extension_opens, later};
use platform::wire::{CertificateState, ChangeSubject, ErrorCode, EventCode, ExtensionRequest, IssuanceStage, Issued};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use super::certificates::{live_issued, locked, state, stored};
use super::issuing::{EXTENSION, Intention, Outcome, answered, held_by_caller, intended, signed};
use crate::authority::RequestedKey;
use crate::feed::{Audience, changed};
use crate::refused::{Answer, Refused};
use crate::service::Shared;
use crate::tables::{certificate, issued};
use crate::text::{moment, word};
use crate::timeline::params;
use crate::write::Write;

/// Extend the certificate. The former one is not revoked: it is for the same key and ends by itself.
#[utoipa::path(post, path = "/v1/certificates/{id}/extend", tag = "certificates", params(("id" = Uuid, Path)), request_body = ExtensionRequest, responses((status = 200, body = Issued)))]
pub(crate) async fn extend(
    State(service): State<Shared>,
    Path(certificate_id): Path<Uuid>,
    write: Write,
) -> Answer<Response> {
    let wanted: ExtensionRequest = write.json()?;
    let (row, _, outcome) = extendable(&write, certificate_id, &wanted).await?;
    let intention = match outcome {
        Outcome::Known(der) => return answered(&service, write, row, der).await,
        Outcome::Wanted(intention) => intention,
    };
    let (write, serial) = intended(&service, write, &row, &intention).await?;
    let (mut row, entitlement, outcome) = extendable(&write, certificate_id, &wanted).await?;
    let entitlement = match (outcome, entitlement) {
        (Outcome::Known(der), _) => return answered(&service, write, row, der).await,
        (Outcome::Wanted(_), Some(entitlement)) => entitlement,
        (Outcome::Wanted(_), None) => return Err(none_left()),
    };
    let issued = signed(&service, &write, &row, &serial, &intention, IssuanceStage::Confirmed).await?;
    row.valid_to = Some(issued.valid_to);
    let facts = params([
        ("serial", issued.serial.clone()),
        ("valid_to", moment(issued.valid_to).date().to_string()),
        ("order_number", entitlement.order_number.clone()),
    ]);
    consume(&write, entitlement, &row.id).await?;
    let row = stored(&write.tx, row, (EventCode::Extended, facts), write.now).await?;
    answered(&service, write, row, issued.der).await
}

async fn extendable(
    write: &Write,
    certificate_id: Uuid,
    wanted: &ExtensionRequest,
) -> Answer<(certificate::Model, Option<certificate::Model>, Outcome)> {
    let row = locked(write, certificate_id).await?;
    held_by_caller(write, &row).await?;
    let now_state = state(&row, write.now)?;
    let live = live_issued(&write.tx, &row.id).await?;
    let (CertificateState::Active, Some(live), Some(valid_to)) = (now_state, live, row.valid_to) else {
        return Err(Refused::conflict(&word(&now_state)));
    };
    if is_the_extension_of(&live, &wanted.serial) {
        return Ok((row, None, Outcome::Known(live.der)));
    }
    if live.serial != wanted.serial {
        return Err(Refused::conflict("other_certificate"));
    }
    let opens = extension_opens(moment(valid_to));
    if write.now < opens {
        let from = opens.format(&Rfc3339).map_err(Refused::internal)?;
        return Err(Refused::new(ErrorCode::ExtensionTooEarly, "more than three months are left").with("from", from));
    }
    let entitlement = unused(write, &row).await?;
    let key = RequestedKey::from_certificate(&live.der)
        .ok_or_else(|| Refused::internal("a certificate of ours cannot be read"))?;
    let intention = Intention {
        key,
        purpose: EXTENSION,
        valid_to: later(moment(valid_to), entitlement.months),
        replaces: Some(live.serial),
        because: None,
    };
    Ok((row, Some(entitlement), Outcome::Wanted(intention)))
}

fn is_the_extension_of(live: &issued::Model, serial: &str) -> bool {
    live.purpose == EXTENSION && live.replaces.as_deref() == Some(serial)
}

/// The oldest entitlement of the same kind that nobody was assigned to.
async fn unused(write: &Write, row: &certificate::Model) -> Answer<certificate::Model> {
    certificate::Entity::find()
        .filter(certificate::Column::EnterpriseId.eq(row.enterprise_id.as_str()))
        .filter(certificate::Column::Kind.eq(row.kind.as_str()))
        .filter(certificate::Column::State.eq(word(&CertificateState::Unassigned)))
        .filter(certificate::Column::ConsumedBy.is_null())
        .order_by_asc(certificate::Column::BoughtAt)
        .order_by_asc(certificate::Column::Id)
        .lock_exclusive()
        .one(&write.tx)
        .await?
        .ok_or_else(none_left)
}

fn none_left() -> Refused {
    Refused::new(
        ErrorCode::NoUnusedEntitlement,
        "no unused entitlement of this kind is left",
    )
}

async fn consume(write: &Write, mut entitlement: certificate::Model, by: &str) -> Answer<()> {
    entitlement.consumed_by = Some(by.to_owned());
    let entitlement = entitlement.into_active_model().reset_all().update(&write.tx).await?;
    changed(
        &write.tx,
        &entitlement.enterprise_id,
        Audience::Administrators,
        ChangeSubject::Certificate,
        &entitlement.id,
        write.now,
    )
    .await
}
