//! Packages and orders: placed, changed and cancelled while unpaid.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use platform::check::FieldProblem;
use platform::wire::{
    ApprovalKind, ApprovalState, ArrivedPayment, BillingTitle, ChangeSubject, ErrorCode, EventCode, InvoiceState,
    NewOrder, NextActor, Order, OrderChange, OrderPage, Package, PageQuery, Payment, PaymentState, ReceivingAccount,
    RemittingAccount, SomeQuery,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, Order as SortOrder, QueryFilter,
    QuerySelect,
};
use time::{OffsetDateTime, UtcOffset};
use uuid::Uuid;

use super::{authorisation, billing, payments};
use crate::caller::Caller;
use crate::feed::{Audience, changed};
use crate::paging::{MOST_ROWS, Part};
use crate::refused::{Answer, Refused};
use crate::service::Shared;
use crate::states::{first, go};
use crate::tables::order;
use crate::text::{enumerated, from_json, id, millis, moment, random_digits, to_json};
use crate::timeline::{Params, Step, params, record};
use crate::write::Write;

const RECEIVING_BANK: &str = "中国工商银行杭州西湖支行";
const RECEIVING_HOLDER: &str = "干将签章平台（演示）";
const MOST_PACKAGES: u32 = 999;
/// Ids read at once.
const MOST_IDS: usize = 100;

/// The one package (product.md 1): 300 CNY a year, 1 enterprise + 2 personal certificates.
fn package() -> Package {
    Package {
        id: Uuid::from_u128(0x0193_5f1e_0000_7000_8000_0000_0000_0001),
        name: "数字证书标准套餐（一年）".to_owned(),
        price_fen: 30_000,
        enterprise_certificates: 1,
        personal_certificates: 2,
        months: 12,
    }
}

/// What can be bought.
#[utoipa::path(get, path = "/v1/packages", tag = "orders", responses((status = 200, body = [Package])))]
pub(crate) async fn packages(_caller: Caller) -> Json<Vec<Package>> {
    Json(vec![package()])
}

/// Part of the orders, newest first.
#[utoipa::path(get, path = "/v1/orders", tag = "orders", params(PageQuery, SomeQuery), responses((status = 200, body = OrderPage)))]
pub(crate) async fn list(
    State(service): State<Shared>,
    caller: Caller,
    Query(page): Query<PageQuery>,
    Query(some): Query<SomeQuery>,
) -> Answer<Json<OrderPage>> {
    let mut found = order::Entity::find().filter(order::Column::EnterpriseId.eq(caller.administered()?));
    if let Some(ids) = &some.ids {
        found = found.filter(order::Column::Id.is_in(ids.split(',').take(MOST_IDS)));
    }
    let wanted = Part {
        after: page.after.as_deref(),
        limit: page.limit.clamp(1, MOST_ROWS),
        order: SortOrder::Desc,
    };
    let columns = (order::Column::PlacedAt, order::Column::Number);
    let (rows, next) = wanted
        .of(found, columns, &service.database, |row| (row.placed_at, &row.number))
        .await?;
    let rows = rows.iter().map(shown).collect::<Answer<_>>()?;
    Ok(Json(OrderPage { rows, next }))
}

/// One order.
#[utoipa::path(get, path = "/v1/orders/{id}", tag = "orders", params(("id" = Uuid, Path)), responses((status = 200, body = Order)))]
pub(crate) async fn one(
    State(service): State<Shared>,
    caller: Caller,
    Path(order_id): Path<Uuid>,
) -> Answer<Json<Order>> {
    let row = order::Entity::find_by_id(order_id.to_string())
        .filter(order::Column::EnterpriseId.eq(caller.administered()?))
        .one(&service.database)
        .await?
        .ok_or_else(Refused::not_found)?;
    shown(&row).map(Json)
}

/// Place an order.
#[utoipa::path(post, path = "/v1/orders", tag = "orders", request_body = NewOrder, responses((status = 200, body = Order)))]
pub(crate) async fn place(write: Write) -> Answer<Response> {
    let enterprise_id = write.caller.administered()?.to_owned();
    let wanted: NewOrder = write.json()?;
    authorisation::required(&write.tx, &enterprise_id).await?;
    if wanted.package_id != package().id {
        return Err(Refused::field("package_id", FieldProblem::Format));
    }
    let quantity = quantity(wanted.quantity)?;
    let (title, account) = chosen(&write, &enterprise_id, wanted.title_id, wanted.account_id).await?;
    let row = order::Model {
        id: Uuid::new_v4().to_string(),
        enterprise_id,
        number: order_number(write.now)?,
        receiving_account: format!("1202{}", random_digits(15)?),
        package: to_json(&package())?,
        quantity,
        amount_fen: package().price_fen * i64::from(quantity),
        placed_at: millis(write.now),
        payment_state: first(PaymentState::Unpaid)?,
        arrived: None,
        invoice_state: first(InvoiceState::NotIssued)?,
        title: to_json(&title)?,
        remitting_account: to_json(&account)?,
        invoice_refused_at: None,
    };
    order::Entity::insert(row.clone().into_active_model())
        .exec_without_returning(&write.tx)
        .await?;
    let event = (EventCode::OrderPlaced, amount(&row));
    told(&write.tx, &row, event, write.now).await?;
    let row = payments::came_before(&write.tx, row, write.now).await?;
    write.finish(&shown(&row)?).await
}

/// The day in Beijing and eight digits that tell nothing about how much is sold.
fn order_number(now: OffsetDateTime) -> Answer<String> {
    let beijing = UtcOffset::from_hms(8, 0, 0).map_err(Refused::internal)?;
    let day = now.to_offset(beijing).date();
    Ok(format!(
        "GJ{:04}{:02}{:02}{}",
        day.year(),
        u8::from(day.month()),
        day.day(),
        random_digits(8)?
    ))
}

fn quantity(wanted: u32) -> Answer<i32> {
    match i32::try_from(wanted) {
        Ok(quantity) if (1..=MOST_PACKAGES).contains(&wanted) => Ok(quantity),
        _ => Err(Refused::field("quantity", FieldProblem::Length)),
    }
}

async fn chosen(
    write: &Write,
    enterprise_id: &str,
    title_id: Uuid,
    account_id: Uuid,
) -> Answer<(BillingTitle, RemittingAccount)> {
    let title = billing::title_row(&write.tx, enterprise_id, title_id)
        .await?
        .ok_or_else(|| Refused::new(ErrorCode::BillingTitleRequired, "choose an invoice title"))?;
    let account = billing::account_row(&write.tx, enterprise_id, account_id)
        .await?
        .ok_or_else(|| Refused::new(ErrorCode::RemittingAccountRequired, "choose a remitting account"))?;
    Ok((billing::title_shown(&title)?, billing::account_shown(&account)?))
}

/// Change an unpaid order.
#[utoipa::path(put, path = "/v1/orders/{id}", tag = "orders", params(("id" = Uuid, Path)), request_body = OrderChange, responses((status = 200, body = Order)))]
pub(crate) async fn change(Path(order_id): Path<Uuid>, write: Write) -> Answer<Response> {
    let enterprise_id = write.caller.administered()?.to_owned();
    let wanted: OrderChange = write.json()?;
    let mut row = editable(&write, &enterprise_id, order_id).await?;
    let present = shown(&row)?;
    write.unchanged(&OrderChange {
        quantity: present.quantity,
        title_id: present.title.id,
        account_id: present.remitting_account.id,
    })?;
    let (title, account) = chosen(&write, &enterprise_id, wanted.title_id, wanted.account_id).await?;
    row.quantity = quantity(wanted.quantity)?;
    row.amount_fen = from_json::<Package>(&row.package)?.price_fen * i64::from(row.quantity);
    row.title = to_json(&title)?;
    row.remitting_account = to_json(&account)?;
    let event = (EventCode::OrderChanged, amount(&row));
    stored(write, row, event).await
}

/// Cancel an unpaid order.
#[utoipa::path(post, path = "/v1/orders/{id}/cancel", tag = "orders", params(("id" = Uuid, Path)), responses((status = 200, body = Order)))]
pub(crate) async fn cancel(Path(order_id): Path<Uuid>, write: Write) -> Answer<Response> {
    let enterprise_id = write.caller.administered()?.to_owned();
    let mut row = editable(&write, &enterprise_id, order_id).await?;
    go(&mut row.payment_state, PaymentState::Closed)?;
    stored(write, row, (EventCode::OrderCancelled, Params::new())).await
}

/// unpaid → closed, because nobody paid in time.
pub(crate) async fn expire(tx: &DatabaseTransaction, mut row: order::Model, now: OffsetDateTime) -> Answer<()> {
    go(&mut row.payment_state, PaymentState::Closed)?;
    let row = row.into_active_model().reset_all().update(tx).await?;
    told(tx, &row, (EventCode::OrderExpired, Params::new()), now).await
}

async fn stored(write: Write, row: order::Model, event: (EventCode, Params)) -> Answer<Response> {
    let row = row.into_active_model().reset_all().update(&write.tx).await?;
    told(&write.tx, &row, event, write.now).await?;
    let row = payments::came_before(&write.tx, row, write.now).await?;
    write.finish(&shown(&row)?).await
}

/// Money on its way must not meet a changed order: only `unpaid` can be changed or cancelled.
async fn editable(write: &Write, enterprise_id: &str, order_id: Uuid) -> Answer<order::Model> {
    let row = locked(&write.tx, enterprise_id, order_id).await?;
    match enumerated(&row.payment_state)? {
        PaymentState::Unpaid => Ok(row),
        _ => Err(
            Refused::new(ErrorCode::OrderNotEditable, "only an unpaid order can be changed")
                .with("state", &row.payment_state),
        ),
    }
}

pub(crate) async fn locked(tx: &DatabaseTransaction, enterprise_id: &str, order_id: Uuid) -> Answer<order::Model> {
    order::Entity::find_by_id(order_id.to_string())
        .filter(order::Column::EnterpriseId.eq(enterprise_id))
        .lock_exclusive()
        .one(tx)
        .await?
        .ok_or_else(Refused::not_found)
}

fn amount(row: &order::Model) -> Params {
    params([("amount_fen", row.amount_fen.to_string())])
}

/// Writes the order's step into time line and feed.
pub(crate) async fn told(
    tx: &DatabaseTransaction,
    row: &order::Model,
    event: (EventCode, Params),
    now: OffsetDateTime,
) -> Answer<()> {
    let (state, next_actor) = match enumerated(&row.payment_state)? {
        PaymentState::Unpaid | PaymentState::WrongAmount | PaymentState::WrongPayer => {
            (ApprovalState::Waiting, NextActor::Administrator)
        }
        PaymentState::Paid => (ApprovalState::Approved, NextActor::Nobody),
        PaymentState::Closed | PaymentState::Refunded | PaymentState::Unknown => {
            (ApprovalState::Rejected, NextActor::Nobody)
        }
    };
    let step = Step {
        enterprise_id: &row.enterprise_id,
        account_id: None,
        kind: ApprovalKind::Payment,
        subject_id: &row.id,
        title: params([
            ("order_number", row.number.clone()),
            ("amount_fen", row.amount_fen.to_string()),
        ]),
        state,
        next_actor,
        reason: None,
        event,
    };
    record(tx, step, now).await?;
    changed(
        tx,
        &row.enterprise_id,
        Audience::Administrators,
        ChangeSubject::Order,
        &row.id,
        now,
    )
    .await
}

pub(crate) fn shown(row: &order::Model) -> Answer<Order> {
    Ok(Order {
        id: id(&row.id)?,
        number: row.number.clone(),
        package: from_json(&row.package)?,
        quantity: u32::try_from(row.quantity).unwrap_or(0),
        amount_fen: row.amount_fen,
        placed_at: moment(row.placed_at),
        receiving: ReceivingAccount {
            bank: RECEIVING_BANK.to_owned(),
            holder: RECEIVING_HOLDER.to_owned(),
            account: row.receiving_account.clone(),
        },
        payment: Payment {
            state: enumerated(&row.payment_state)?,
            arrived: row.arrived.as_deref().map(from_json::<ArrivedPayment>).transpose()?,
        },
        invoice_state: enumerated(&row.invoice_state)?,
        title: from_json(&row.title)?,
        remitting_account: from_json(&row.remitting_account)?,
    })
}
