//! Invoices: asked for on a paid order, issued by the operator, downloaded as PDF.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use platform::check::FieldProblem;
use platform::wire::{
    ApprovalKind, ApprovalState, ArrivedPayment, BillingTitle, ChangeSubject, EventCode, Invoice, InvoiceKind,
    InvoiceRequest, InvoiceState, ListQuery, NextActor, Order, PaymentState,
};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, Iterable, Order as SortOrder,
    QueryFilter, QuerySelect, Select,
};
use time::{Duration, OffsetDateTime, Time};
use uuid::Uuid;

use super::authorisation::pdf;
use super::orders;
use super::phone::plain;
use crate::caller::Caller;
use crate::feed::{Audience, changed};
use crate::invoice_paper;
use crate::paging::{Listed, Part};
use crate::refused::{Answer, Refused};
use crate::service::{Service, Shared};
use crate::states::go;
use crate::tables::{invoice, order};
use crate::text::{enumerated, from_json, id, millis, random_digits, random_secret, sha256_hex, to_json, word};
use crate::timeline::{Params, Step, params, record};
use crate::write::Write;

/// Value-added tax on services, in percent.
pub(crate) const TAX_PERCENT: i64 = 6;
/// Life of a link.
const LINK_LIFE: Duration = Duration::days(31);

/// All invoices, newest first.
#[utoipa::path(get, path = "/v1/invoices", tag = "invoices", params(ListQuery), responses((status = 200, body = [Invoice],
    headers(("link" = Option<String>, description = "`<?limit=…&after=…>; rel=\"next\"` (RFC 8288) when more rows follow a page.")))))]
pub(crate) async fn list(
    State(service): State<Shared>,
    caller: Caller,
    Query(wanted): Query<ListQuery>,
) -> Answer<Listed<Invoice>> {
    let found = without_file().filter(invoice::Column::EnterpriseId.eq(caller.administered()?));
    let columns = (invoice::Column::RequestedAt, invoice::Column::Id);
    Part::wanted(&wanted, SortOrder::Desc)
        .listed(
            found,
            columns,
            &service.database,
            |row| (row.requested_at, &row.id),
            async |rows| rows.iter().map(|row| shown(&service, row)).collect(),
        )
        .await
}

/// Lists tell that there is a file, and do not read it.
fn without_file() -> Select<invoice::Entity> {
    let others = invoice::Column::iter().filter(|column| !matches!(column, invoice::Column::File));
    let is_there = Expr::case(invoice::Column::File.is_null(), Expr::val(None::<Vec<u8>>)).finally(Vec::<u8>::new());
    invoice::Entity::find()
        .select_only()
        .columns(others)
        .expr_as(is_there, "file")
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

/// The same file by its link, for WeChat; no session. A link ends; whoever may see the invoice gets another.
pub(crate) async fn linked_file(
    State(service): State<Shared>,
    Path((invoice_id, ends, mark)): Path<(Uuid, i64, String)>,
) -> Response {
    let row = invoice::Entity::find_by_id(invoice_id.to_string()).one(&service.database);
    let Ok(Some(row)) = row.await else {
        return no_such_link();
    };
    // Digests are compared, so that time tells nothing about the expected value.
    let fits = sha256_hex(link_mark(&row, ends).as_bytes()) == sha256_hex(mark.as_bytes());
    match row.file {
        Some(file) if fits && ends > service.now().unix_timestamp() => pdf(file),
        _ if fits => plain(
            StatusCode::GONE,
            "<h1>链接已失效</h1><p>请在干将签章中重新复制链接。</p>",
        ),
        _ => no_such_link(),
    }
}

fn no_such_link() -> Response {
    plain(StatusCode::NOT_FOUND, "<h1>链接无效</h1><p>请检查链接是否完整。</p>")
}

/// What only the platform can make of an invoice's secret and the end of a link.
fn link_mark(row: &invoice::Model, ends: i64) -> String {
    sha256_hex(format!("{}\n{ends}", row.link_secret).as_bytes())
}

/// The end of a link that is shown now: the same all day, so that the invoice does not change with every look at it.
fn link_ends(now: OffsetDateTime) -> OffsetDateTime {
    now.replace_time(Time::MIDNIGHT) + LINK_LIFE
}

/// Ask for the invoice of a paid order; without a body for a fully digital one.
#[utoipa::path(post, path = "/v1/orders/{id}/invoice", tag = "invoices", params(("id" = Uuid, Path)), request_body(content = Option<InvoiceRequest>, content_type = "application/json"), responses((status = 200, body = Order)))]
pub(crate) async fn request(Path(order_id): Path<Uuid>, write: Write) -> Answer<Response> {
    let enterprise_id = write.caller.administered()?.to_owned();
    let kind = wanted_kind(&write)?;
    let mut order = orders::locked(&write.tx, &enterprise_id, order_id).await?;
    match (enumerated(&order.payment_state)?, enumerated(&order.invoice_state)?) {
        (PaymentState::Paid, InvoiceState::NotIssued) => {}
        (PaymentState::Paid, _) => return Err(Refused::conflict(&order.invoice_state)),
        _ => return Err(Refused::conflict(&order.payment_state)),
    }
    go(&mut order.invoice_state, InvoiceState::Requested)?;
    let order = order.into_active_model().reset_all().update(&write.tx).await?;
    submitted(&write.tx, &order, kind, write.now).await?;
    write.finish(&orders::shown(&order)?).await
}

fn wanted_kind(write: &Write) -> Answer<InvoiceKind> {
    if write.body.is_empty() {
        return Ok(InvoiceKind::FullyDigital);
    }
    match write.json::<InvoiceRequest>()?.kind {
        InvoiceKind::Unknown => Err(Refused::field("kind", FieldProblem::Format)),
        kind => Ok(kind),
    }
}

async fn submitted(
    tx: &DatabaseTransaction,
    order: &order::Model,
    kind: InvoiceKind,
    now: OffsetDateTime,
) -> Answer<invoice::Model> {
    let row = requested(order, kind, now)?;
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
    go(&mut order.invoice_state, InvoiceState::Requested)?;
    let order = order.into_active_model().reset_all().update(tx).await?;
    let row = submitted(tx, &order, InvoiceKind::FullyDigital, now).await?;
    decide(tx, &row.id, None, now).await
}

fn requested(order: &order::Model, kind: InvoiceKind, now: OffsetDateTime) -> Answer<invoice::Model> {
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
        kind,
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
        link_expires_at: None,
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
    (details.code, details.number) = numbered(details.kind, now)?;
    details.issued_at = Some(now);
    row.details = to_json(&details)?;
    row.file = Some(invoice_paper::drawn(&details));
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
    go(&mut order.invoice_state, state)?;
    order.invoice_refused_at = refused_at;
    order.into_active_model().reset_all().update(tx).await?;
    Ok(())
}

/// 发票代码 and 发票号码. 数电票: two digits of the year, 33 (Zhejiang), channel 2, then the sequence; 20 digits and no code.
/// 增值税电子普通发票: code of 0, 3300 (Zhejiang), year, batch 001 and 11 (electronic); number of 8 digits.
fn numbered(kind: InvoiceKind, now: OffsetDateTime) -> Answer<(Option<String>, Option<String>)> {
    let year = now.year() % 100;
    match kind {
        InvoiceKind::FullyDigital => Ok((None, Some(format!("{year:02}332{}", random_digits(15)?)))),
        InvoiceKind::VatElectronic => Ok((Some(format!("03300{year:02}00111")), Some(random_digits(8)?))),
        InvoiceKind::Unknown => Err(Refused::internal("an invoice of no kind")),
    }
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
    if row.file.is_some() {
        let ends = link_ends(service.now());
        let (seconds, base) = (ends.unix_timestamp(), &service.base_url);
        let mark = link_mark(row, seconds);
        details.link = Some(format!("{base}/files/invoices/{}/{seconds}/{mark}", row.id));
        details.link_expires_at = Some(ends);
    }
    Ok(details)
}
