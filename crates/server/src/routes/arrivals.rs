//! The reviewer's view of money that came, and of orders to find the one it belongs to.

use axum::Json;
use axum::extract::{Query, State};
use platform::wire::{Arrival, ArrivalPage, ArrivalQuery, ArrivalState, OperatorOrder, OperatorOrderQuery};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};

use super::orders;
use super::reviews::{enterprises_named, page_of};
use super::sessions::{enterprise_row, enterprise_shown};
use crate::caller::Caller;
use crate::refused::Answer;
use crate::service::Shared;
use crate::tables::{bank_notice, order};
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
        query = query.filter(bank_notice::Column::State.is_not_in(settled()));
    }
    if let Some(text) = wanted.q.as_deref().filter(|text| !text.trim().is_empty()) {
        query = query.filter(containing(bank_notice::Column::Notice, text));
    }
    let total = query.clone().count(&service.database).await?;
    let rows = query
        .order_by_desc(bank_notice::Column::ReceivedAt)
        .order_by_asc(bank_notice::Column::NoticeNumber)
        .offset(wanted.offset)
        .limit(page_of(wanted.limit))
        .all(&service.database)
        .await?;
    let mut shown_rows = Vec::new();
    for row in &rows {
        shown_rows.push(shown(&service.database, row).await?);
    }
    Ok(Json(ArrivalPage {
        rows: shown_rows,
        total,
    }))
}

/// States nobody has to do anything about.
fn settled() -> [String; 2] {
    [ArrivalState::Credited, ArrivalState::Refunded].map(|state| word(&state))
}

/// How many wait for a reviewer.
pub(super) async fn waiting(database: &impl ConnectionTrait) -> Answer<u64> {
    Ok(bank_notice::Entity::find()
        .filter(bank_notice::Column::State.is_not_in(settled()))
        .count(database)
        .await?)
}

pub(super) async fn shown(database: &impl ConnectionTrait, row: &bank_notice::Model) -> Answer<Arrival> {
    let order = order::Entity::find_by_id(row.order_id.as_str()).one(database).await?;
    let enterprise = match &order {
        Some(order) => Some(enterprise_shown(
            &enterprise_row(database, &order.enterprise_id).await?,
        )?),
        None => None,
    };
    Ok(Arrival {
        notice: from_json(&row.notice)?,
        state: enumerated(&row.state)?,
        received_at: moment(row.received_at),
        order: order.as_ref().map(orders::shown).transpose()?,
        enterprise,
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
    let mut shown_rows = Vec::new();
    for row in &rows {
        let enterprise = enterprise_row(&service.database, &row.enterprise_id).await?;
        shown_rows.push(OperatorOrder {
            order: orders::shown(row)?,
            enterprise: enterprise_shown(&enterprise)?,
        });
    }
    Ok(Json(shown_rows))
}
