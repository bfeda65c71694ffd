//! The reviewer's view of money that came, and of orders to find the one it belongs to.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::{Query, State};
use platform::wire::{Arrival, ArrivalPage, ArrivalQuery, ArrivalState, OperatorOrder, OperatorOrderQuery};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, Order as SortOrder, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};

use super::orders;
use super::reviews::{enterprises, enterprises_named, page_of};
use super::sessions::{enterprise_row, enterprise_shown};
use crate::caller::Caller;
use crate::paging::Part;
use crate::refused::{Answer, Refused};
use crate::service::Shared;
use crate::tables::{bank_notice, enterprise, order};
use crate::text::{containing, enumerated, from_json, moment, word};

/// Orders found at once.
const MOST_ORDERS: u64 = 20;

/// Money that fits no order, or all that came; newest first.
#[utoipa::path(get, path = "/v1/operator/arrivals", operation_id = "arrivals", tag = "operator", params(ArrivalQuery), responses((status = 200, body = ArrivalPage)))]
pub(crate) async fn list(
    State(service): State<Shared>,
    caller: Caller,
    Query(wanted): Query<ArrivalQuery>,
) -> Answer<Json<ArrivalPage>> {
    caller.operator()?;
    let mut query = bank_notice::Entity::find();
    if !wanted.all {
        query = query.filter(bank_notice::Column::State.is_in(open()));
    }
    if let Some(text) = wanted.q.as_deref().filter(|text| !text.trim().is_empty()) {
        query = query.filter(containing(bank_notice::Column::Notice, text));
    }
    let total = query.clone().count(&service.database).await?;
    let part = Part {
        after: wanted.after.as_deref(),
        limit: page_of(wanted.limit),
        order: SortOrder::Desc,
    };
    let columns = (bank_notice::Column::ReceivedAt, bank_notice::Column::NoticeNumber);
    let (rows, next) = part
        .of(query, columns, &service.database, |row| {
            (row.received_at, &row.notice_number)
        })
        .await?;
    let orders = orders_of(&service.database, &rows).await?;
    let enterprises = enterprises_of(&service.database, orders.values()).await?;
    let rows = rows.iter().map(|row| {
        let order = orders.get(row.order_id.as_str());
        let enterprise = order.and_then(|order| enterprises.get(&order.enterprise_id));
        joined(row, order, enterprise)
    });
    Ok(Json(ArrivalPage {
        rows: rows.collect::<Answer<_>>()?,
        total,
        next,
    }))
}

/// States somebody has to do something about: all but credited and refunded.
fn open() -> [String; 5] {
    use ArrivalState::{OrderClosed, Surplus, UnknownAccount, WrongAmount, WrongPayer};
    [WrongAmount, WrongPayer, UnknownAccount, Surplus, OrderClosed].map(|state| word(&state))
}

/// How many wait for a reviewer.
pub(super) async fn waiting(database: &impl ConnectionTrait) -> Answer<u64> {
    Ok(bank_notice::Entity::find()
        .filter(bank_notice::Column::State.is_in(open()))
        .count(database)
        .await?)
}

/// The orders these arrivals were meant for.
async fn orders_of(
    database: &impl ConnectionTrait,
    rows: &[bank_notice::Model],
) -> Answer<BTreeMap<String, order::Model>> {
    let ids = rows.iter().map(|row| row.order_id.as_str());
    let orders = order::Entity::find()
        .filter(order::Column::Id.is_in(ids))
        .all(database)
        .await?;
    Ok(orders.into_iter().map(|order| (order.id.clone(), order)).collect())
}

/// Whose these orders are.
async fn enterprises_of(
    database: &impl ConnectionTrait,
    orders: impl Iterator<Item = &order::Model>,
) -> Answer<BTreeMap<String, enterprise::Model>> {
    let ids: BTreeSet<&str> = orders.map(|order| order.enterprise_id.as_str()).collect();
    enterprises(database, ids).await
}

pub(super) async fn shown(database: &impl ConnectionTrait, row: &bank_notice::Model) -> Answer<Arrival> {
    let order = order::Entity::find_by_id(row.order_id.as_str()).one(database).await?;
    let enterprise = match &order {
        Some(order) => Some(enterprise_row(database, &order.enterprise_id).await?),
        None => None,
    };
    joined(row, order.as_ref(), enterprise.as_ref())
}

fn joined(
    row: &bank_notice::Model,
    order: Option<&order::Model>,
    enterprise: Option<&enterprise::Model>,
) -> Answer<Arrival> {
    Ok(Arrival {
        notice: from_json(&row.notice)?,
        state: enumerated(&row.state)?,
        received_at: moment(row.received_at),
        order: order.map(orders::shown).transpose()?,
        enterprise: enterprise.map(enterprise_shown).transpose()?,
        refund: row.refund.as_deref().map(from_json).transpose()?,
    })
}

/// Orders of all enterprises by number, receiving account or enterprise; newest first.
#[utoipa::path(get, path = "/v1/operator/orders", tag = "operator", params(OperatorOrderQuery), responses((status = 200, body = [OperatorOrder])))]
pub(crate) async fn find_orders(
    State(service): State<Shared>,
    caller: Caller,
    Query(wanted): Query<OperatorOrderQuery>,
) -> Answer<Json<Vec<OperatorOrder>>> {
    caller.operator()?;
    let text = wanted.q.trim();
    let found = Condition::any()
        .add(order::Column::Number.starts_with(text))
        .add(order::Column::ReceivingAccount.starts_with(text))
        .add(order::Column::EnterpriseId.is_in(enterprises_named(&service.database, text).await?));
    let rows = order::Entity::find()
        .filter(found)
        .order_by_desc(order::Column::PlacedAt)
        .limit(MOST_ORDERS)
        .all(&service.database)
        .await?;
    let enterprises = enterprises_of(&service.database, rows.iter()).await?;
    let rows = rows.iter().map(|row| {
        let enterprise = enterprises.get(&row.enterprise_id).ok_or_else(Refused::not_found)?;
        Ok(OperatorOrder {
            order: orders::shown(row)?,
            enterprise: enterprise_shown(enterprise)?,
        })
    });
    rows.collect::<Answer<_>>().map(Json)
}
