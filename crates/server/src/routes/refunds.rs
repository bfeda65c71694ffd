//! A paid order given back as a whole: entitlements nobody used are withdrawn, a used one keeps the order as it is.

use axum::extract::Path;
use axum::response::Response;
use platform::wire::{
    ArrivalState, CertificateState, ChangeSubject, EventCode, InvoiceState, NewRefund, Order, PaymentState, Refund,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect,
};
use time::OffsetDateTime;
use uuid::Uuid;

use super::orders;
use super::payments::{of_order, short_text};
use crate::feed::{Audience, changed};
use crate::refused::{Answer, Refused};
use crate::states::go;
use crate::tables::{certificate, order};
use crate::text::{to_json, word};
use crate::timeline::params;
use crate::write::Write;

/// Record that the money of a paid order was sent back: paid → refunded.
///
/// `conflict` with `state` `entitlements_used` and their number in `used` when one was assigned or used for an extension;
/// with `invoiced` when an invoice is issued or asked for.
#[utoipa::path(post, path = "/v1/operator/orders/{id}/refund", tag = "operator", operation_id = "refund_order", params(("id" = Uuid, Path)), request_body = NewRefund, responses((status = 200, body = Order)))]
pub(crate) async fn refund_order(Path(order_id): Path<Uuid>, write: Write) -> Answer<Response> {
    write.caller.operator()?;
    let wanted: NewRefund = write.json()?;
    short_text("reference", &wanted.reference, 64)?;
    short_text("reason", &wanted.reason, 500)?;
    let mut order = order::Entity::find_by_id(order_id.to_string())
        .lock_exclusive()
        .one(&write.tx)
        .await?
        .ok_or_else(Refused::not_found)?;
    go(&mut order.payment_state, PaymentState::Refunded)?;
    if order.invoice_state != word(&InvoiceState::NotIssued) {
        return Err(Refused::conflict("invoiced"));
    }
    withdraw(&write.tx, &order, write.now).await?;
    give_back(&write.tx, &order, &wanted, write.now).await?;
    let order = order.into_active_model().reset_all().update(&write.tx).await?;
    let facts = params([
        ("amount_fen", order.amount_fen.to_string()),
        ("reference", wanted.reference),
        ("reason", wanted.reason),
    ]);
    orders::told(&write.tx, &order, (EventCode::PaymentRefunded, facts), write.now).await?;
    write.finish(&orders::shown(&order)?).await
}

/// All of the order's entitlements, or none.
async fn withdraw(tx: &DatabaseTransaction, order: &order::Model, now: OffsetDateTime) -> Answer<()> {
    let rows = certificate::Entity::find()
        .filter(certificate::Column::OrderId.eq(order.id.as_str()))
        .lock_exclusive()
        .all(tx)
        .await?;
    let unassigned = word(&CertificateState::Unassigned);
    let is_used = |row: &&certificate::Model| row.state != unassigned || row.consumed_by.is_some();
    let used = rows.iter().filter(is_used).count();
    if used > 0 {
        return Err(Refused::conflict("entitlements_used").with("used", used));
    }
    for mut row in rows {
        go(&mut row.state, CertificateState::Revoked)?;
        // Out of all lists: it is used up by the refund of its order.
        row.consumed_by = Some(order.id.clone());
        let row = row.into_active_model().reset_all().update(tx).await?;
        let subject = ChangeSubject::Certificate;
        changed(tx, &row.enterprise_id, Audience::Administrators, subject, &row.id, now).await?;
    }
    Ok(())
}

async fn give_back(
    tx: &DatabaseTransaction,
    order: &order::Model,
    wanted: &NewRefund,
    now: OffsetDateTime,
) -> Answer<()> {
    for mut row in of_order(tx, &order.id, ArrivalState::Credited).await? {
        go(&mut row.state, ArrivalState::Refunded)?;
        row.refund = Some(to_json(&Refund {
            at: now,
            reference: wanted.reference.clone(),
            reason: wanted.reason.clone(),
        })?);
        row.into_active_model().reset_all().update(tx).await?;
    }
    Ok(())
}
