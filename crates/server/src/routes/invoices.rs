//! Invoices: asked for on a paid order, issued by the operator, downloaded as PDF.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use platform::wire::{
    ApprovalKind, ApprovalState, ArrivedPayment, BillingTitle, ChangeSubject, EventCode, Invoice, InvoiceKind,
    InvoiceState, NextActor, Order, PaymentState,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
};
use time::{OffsetDateTime, UtcOffset};
use uuid::Uuid;

use super::authorisation::pdf;
use super::orders;
use crate::caller::Caller;
use crate::feed::{Audience, changed};
use crate::paper::{self, Line};
use crate::refused::{Answer, Refused};
use crate::service::{Service, Shared};
use crate::tables::{invoice, order};
use crate::text::{enumerated, from_json, id, millis, random_digits, random_secret, to_json, word};
use crate::timeline::{Params, Step, params, record};
use crate::write::Write;

/// Value-added tax on services, in percent.
const TAX_PERCENT: i64 = 6;

/// All invoices, newest first.
#[utoipa::path(get, path = "/v1/invoices", tag = "invoices", responses((status = 200, body = [Invoice])))]
pub(crate) async fn list(State(service): State<Shared>, caller: Caller) -> Answer<Json<Vec<Invoice>>> {
    let rows = invoice::Entity::find()
        .filter(invoice::Column::EnterpriseId.eq(caller.administered()?))
        .order_by_desc(invoice::Column::RequestedAt)
        .all(&service.database)
        .await?;
    rows.iter()
        .map(|row| shown(&service, row))
        .collect::<Answer<_>>()
        .map(Json)
}

/// The file of an issued invoice.
#[utoipa::path(get, path = "/v1/invoices/{id}/file", tag = "invoices", params(("id" = Uuid, Path)),
    responses((status = 200, content_type = "application/pdf", body = Vec<u8>)))]
pub(crate) async fn file(
    State(service): State<Shared>,
    caller: Caller,
    Path(invoice_id): Path<Uuid>,
) -> Answer<Response> {
    let row = invoice::Entity::find_by_id(invoice_id.to_string())
        .filter(invoice::Column::EnterpriseId.eq(caller.administered()?))
        .one(&service.database)
        .await?;
    row.and_then(|row| row.file).map(pdf).ok_or_else(Refused::not_found)
}

/// The same file by its secret link, for WeChat; no session.
pub(crate) async fn linked_file(State(service): State<Shared>, Path(secret): Path<String>) -> Answer<Response> {
    let row = invoice::Entity::find()
        .filter(invoice::Column::LinkSecret.eq(secret))
        .one(&service.database)
        .await?;
    row.and_then(|row| row.file).map(pdf).ok_or_else(Refused::not_found)
}

/// Ask for the invoice of a paid order.
#[utoipa::path(post, path = "/v1/orders/{id}/invoice", tag = "invoices", params(("id" = Uuid, Path)), responses((status = 200, body = Order)))]
pub(crate) async fn request(Path(order_id): Path<Uuid>, write: Write) -> Answer<Response> {
    let enterprise_id = write.caller.administered()?.to_owned();
    let mut order = orders::locked(&write.tx, &enterprise_id, order_id).await?;
    match (enumerated(&order.payment_state)?, enumerated(&order.invoice_state)?) {
        (PaymentState::Paid, InvoiceState::NotIssued) => {}
        (PaymentState::Paid, _) => return Err(Refused::conflict(&order.invoice_state)),
        _ => return Err(Refused::conflict(&order.payment_state)),
    }
    order.invoice_state = word(&InvoiceState::Requested);
    let order = order.into_active_model().reset_all().update(&write.tx).await?;
    submitted(&write.tx, &order, write.now).await?;
    write.finish(&orders::shown(&order)?).await
}

async fn submitted(tx: &DatabaseTransaction, order: &order::Model, now: OffsetDateTime) -> Answer<invoice::Model> {
    let row = requested(order, now)?;
    invoice::Entity::insert(row.clone().into_active_model())
        .exec_without_returning(tx)
        .await?;
    told(tx, &row, None, (EventCode::Submitted, Params::new()), now).await?;
    Ok(row)
}

/// not issued → issued, for a paid order whose invoice nobody asked for.
pub(crate) async fn issue_unasked(
    tx: &DatabaseTransaction,
    mut order: order::Model,
    now: OffsetDateTime,
) -> Answer<()> {
    order.invoice_state = word(&InvoiceState::Requested);
    let order = order.into_active_model().reset_all().update(tx).await?;
    let row = submitted(tx, &order, now).await?;
    decide(tx, &row.id, None, now).await
}

fn requested(order: &order::Model, now: OffsetDateTime) -> Answer<invoice::Model> {
    let title: BillingTitle = from_json(&order.title)?;
    let arrived: Option<ArrivedPayment> = order.arrived.as_deref().map(from_json).transpose()?;
    let arrived = arrived.ok_or_else(|| Refused::internal("a paid order without payment"))?;
    let invoice_id = Uuid::new_v4();
    let tax_fen = tax(order.amount_fen);
    let details = Invoice {
        id: invoice_id,
        order_id: id(&order.id)?,
        order_number: order.number.clone(),
        state: InvoiceState::Requested,
        kind: InvoiceKind::FullyDigital,
        code: None,
        number: None,
        requested_at: now,
        issued_at: None,
        net_fen: order.amount_fen - tax_fen,
        tax_fen,
        title_name: title.fields.name,
        tax_number: title.fields.tax_number,
        payer_name: arrived.payer_name,
        payer_account: arrived.payer_account,
        transferred_at: Some(arrived.at),
        link: None,
    };
    Ok(invoice::Model {
        id: invoice_id.to_string(),
        enterprise_id: order.enterprise_id.clone(),
        order_id: order.id.clone(),
        requested_at: millis(now),
        details: to_json(&details)?,
        link_secret: random_secret()?,
        file: None,
    })
}

/// The tax inside a gross amount, rounded to the nearest fen.
fn tax(gross_fen: i64) -> i64 {
    let whole = 100 + TAX_PERCENT;
    (gross_fen * TAX_PERCENT + whole / 2) / whole
}

/// requested → issued, or back to not issued with a reason.
pub(crate) async fn decide(
    tx: &DatabaseTransaction,
    invoice_id: &str,
    rejected_because: Option<&str>,
    now: OffsetDateTime,
) -> Answer<()> {
    let mut row = invoice::Entity::find_by_id(invoice_id)
        .lock_exclusive()
        .one(tx)
        .await?
        .ok_or_else(Refused::not_found)?;
    let mut details: Invoice = from_json(&row.details)?;
    if details.state != InvoiceState::Requested {
        return Err(Refused::conflict(&word(&details.state)));
    }
    if let Some(reason) = rejected_because {
        return reject(tx, row, reason, now).await;
    }
    details.state = InvoiceState::Issued;
    details.number = Some(invoice_number(now)?);
    details.issued_at = Some(now);
    row.details = to_json(&details)?;
    row.file = Some(drawn(&details));
    let row = row.into_active_model().reset_all().update(tx).await?;
    mark_order(tx, &row, InvoiceState::Issued, None).await?;
    told(tx, &row, None, (EventCode::Approved, Params::new()), now).await
}

/// The request goes, so that the order can ask again.
async fn reject(tx: &DatabaseTransaction, row: invoice::Model, reason: &str, now: OffsetDateTime) -> Answer<()> {
    mark_order(tx, &row, InvoiceState::NotIssued, Some(millis(now))).await?;
    let event = (EventCode::Rejected, params([("reason", reason.to_owned())]));
    told(tx, &row, Some(reason), event, now).await?;
    invoice::Entity::delete_by_id(row.id).exec(tx).await?;
    Ok(())
}

/// A refused invoice is asked for again by a person, never by itself.
async fn mark_order(
    tx: &DatabaseTransaction,
    row: &invoice::Model,
    state: InvoiceState,
    refused_at: Option<i64>,
) -> Answer<()> {
    let mut order = orders::locked(tx, &row.enterprise_id, id(&row.order_id)?).await?;
    order.invoice_state = word(&state);
    order.invoice_refused_at = refused_at;
    order.into_active_model().reset_all().update(tx).await?;
    Ok(())
}

/// 数电票: two digits of the year, 33 (Zhejiang), channel 2, then the sequence; 20 digits in all.
fn invoice_number(now: OffsetDateTime) -> Answer<String> {
    Ok(format!("{:02}332{}", now.year() % 100, random_digits(15)?))
}

async fn told(
    tx: &DatabaseTransaction,
    row: &invoice::Model,
    reason: Option<&str>,
    event: (EventCode, Params),
    now: OffsetDateTime,
) -> Answer<()> {
    let details: Invoice = from_json(&row.details)?;
    let (state, next_actor) = match (reason, details.state) {
        (Some(_), _) => (ApprovalState::Rejected, NextActor::Administrator),
        (None, InvoiceState::Issued) => (ApprovalState::Approved, NextActor::Nobody),
        (None, _) => (ApprovalState::InReview, NextActor::Platform),
    };
    let step = Step {
        enterprise_id: &row.enterprise_id,
        account_id: None,
        kind: ApprovalKind::Invoice,
        subject_id: &row.id,
        title: params([
            ("order_number", details.order_number),
            ("amount_fen", (details.net_fen + details.tax_fen).to_string()),
        ]),
        state,
        next_actor,
        reason,
        event,
    };
    record(tx, step, now).await?;
    let audience = Audience::Administrators;
    changed(tx, &row.enterprise_id, audience, ChangeSubject::Invoice, &row.id, now).await?;
    changed(
        tx,
        &row.enterprise_id,
        audience,
        ChangeSubject::Order,
        &row.order_id,
        now,
    )
    .await
}

pub(super) fn shown(service: &Service, row: &invoice::Model) -> Answer<Invoice> {
    let mut details: Invoice = from_json(&row.details)?;
    details.link = row
        .file
        .as_ref()
        .map(|_| format!("{}/files/invoices/{}", service.base_url, row.link_secret));
    Ok(details)
}

fn drawn(invoice: &Invoice) -> Vec<u8> {
    let row = |at: u8, name: &str, value: &str| {
        Line::at(80.0, 170.0 + 30.0 * f64::from(at), 12.0, format!("{name}：{value}"))
    };
    let issued = invoice.issued_at.map(day_in_beijing).unwrap_or_default();
    let number = invoice.number.clone().unwrap_or_default();
    let lines = [
        Line::centred(100.0, 20.0, "电子发票（普通发票）"),
        Line::centred(126.0, 10.5, "演示平台开具，不能用于报销和抵扣"),
        row(0, "发票号码", &number),
        row(1, "开票日期", &issued),
        row(2, "购买方名称", &invoice.title_name),
        row(3, "购买方纳税人识别号", &invoice.tax_number),
        row(4, "项目名称", "*信息技术服务*数字证书服务费"),
        row(5, "不含税额", &yuan(invoice.net_fen)),
        row(6, "税额", &format!("{}（税率 {TAX_PERCENT}%）", yuan(invoice.tax_fen))),
        row(7, "价税合计", &yuan(invoice.net_fen + invoice.tax_fen)),
        row(8, "转出账户名", &invoice.payer_name),
        row(9, "转出账号", &invoice.payer_account),
        row(10, "订单号", &invoice.order_number),
        row(11, "销售方名称", "干将签章平台（演示）"),
    ];
    paper::page(&lines)
}

fn day_in_beijing(at: OffsetDateTime) -> String {
    let day = at
        .to_offset(UtcOffset::from_hms(8, 0, 0).unwrap_or(UtcOffset::UTC))
        .date();
    format!("{} 年 {:02} 月 {:02} 日", day.year(), u8::from(day.month()), day.day())
}

fn yuan(fen: i64) -> String {
    format!("¥{}.{:02}", fen / 100, fen % 100)
}
