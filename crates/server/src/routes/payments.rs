//! The bank's notices: matched to orders by the receiving account, judged by amount and payer, sent back when they fit none.

use axum::extract::{Path, State};
use axum::response::Response;
use platform::check::FieldProblem;
use platform::wire::{
    ArrivalMatch, ArrivalState, ArrivedPayment, BankNotice, BankNoticeOutcome, CertificateKind, EventCode, NewRefund,
    Package, PaymentState, Refund, RemittingAccount,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
};
use time::OffsetDateTime;

use super::{arrivals, certificates, orders};
use crate::refused::{Answer, Refused};
use crate::service::Shared;
use crate::states::{first, go};
use crate::tables::{bank_notice, order};
use crate::text::{enumerated, from_json, millis, to_json, word};
use crate::timeline::{Params, params};
use crate::write::Write;

/// Enter the bank's notice of an arrival.
#[utoipa::path(post, path = "/v1/operator/bank-notices", tag = "operator", request_body = BankNotice, responses((status = 200, body = BankNoticeOutcome)))]
pub(crate) async fn notice(State(_service): State<Shared>, write: Write) -> Answer<Response> {
    write.caller.operator()?;
    let notice: BankNotice = write.json()?;
    check(&notice)?;
    let order = order::Entity::find()
        .filter(order::Column::ReceivingAccount.eq(notice.receiving_account.as_str()))
        .lock_exclusive()
        .one(&write.tx)
        .await?;
    let known = bank_notice::Entity::find_by_id(notice.notice_number.clone())
        .one(&write.tx)
        .await?;
    if let Some(known) = known {
        return repeated(write, &known, &notice, order).await;
    }
    let arrival = keep(&write.tx, &notice, write.now).await?;
    let Some(order) = order else {
        return answered(write, true, arrival.state, None).await;
    };
    let (order, arrival) = arrived(&write.tx, order, arrival, write.now).await?;
    let ignored = matches!(
        enumerated(&arrival.state)?,
        ArrivalState::Surplus | ArrivalState::OrderClosed
    );
    answered(write, ignored, arrival.state, Some(order)).await
}

/// The bank repeats itself. The same number with another content is an error of somebody, and told.
async fn repeated(
    write: Write,
    known: &bank_notice::Model,
    notice: &BankNotice,
    order: Option<order::Model>,
) -> Answer<Response> {
    if from_json::<BankNotice>(&known.notice)? != *notice {
        return Err(Refused::conflict("other_content"));
    }
    answered(write, true, known.state.clone(), order).await
}

async fn answered(write: Write, ignored: bool, state: String, order: Option<order::Model>) -> Answer<Response> {
    let outcome = BankNoticeOutcome {
        ignored,
        order: order.as_ref().map(orders::shown).transpose()?,
        state: enumerated(&state)?,
    };
    write.finish(&outcome).await
}

fn check(notice: &BankNotice) -> Answer<()> {
    short_text("notice_number", &notice.notice_number, 64)?;
    short_text("receiving_account", &notice.receiving_account, 64)?;
    if notice.amount_fen <= 0 {
        return Err(Refused::field("amount_fen", FieldProblem::Format));
    }
    Ok(())
}

pub(super) fn short_text(field: &str, text: &str, most: usize) -> Answer<()> {
    if text.chars().any(char::is_control) {
        return Err(Refused::field(field, FieldProblem::Characters));
    }
    match text.trim().chars().count() {
        0 => Err(Refused::field(field, FieldProblem::Empty)),
        count if count > most => Err(Refused::field(field, FieldProblem::Length)),
        _ => Ok(()),
    }
}

async fn keep(tx: &DatabaseTransaction, notice: &BankNotice, now: OffsetDateTime) -> Answer<bank_notice::Model> {
    let kept = bank_notice::Model {
        notice_number: notice.notice_number.clone(),
        order_id: String::new(),
        notice: to_json(notice)?,
        received_at: millis(now),
        state: first(ArrivalState::UnknownAccount)?,
        refund: None,
    };
    bank_notice::Entity::insert(kept.clone().into_active_model())
        .exec_without_returning(tx)
        .await?;
    Ok(kept)
}

/// Money meets its order; both rows are stored as they are afterwards.
async fn arrived(
    tx: &DatabaseTransaction,
    order: order::Model,
    mut arrival: bank_notice::Model,
    now: OffsetDateTime,
) -> Answer<(order::Model, bank_notice::Model)> {
    arrival.order_id = order.id.clone();
    let notice: BankNotice = from_json(&arrival.notice)?;
    let open = open_amounts(tx, &order.id).await?;
    let judged = judged(&order, &notice, open)?;
    go(&mut arrival.state, judged.0)?;
    let arrival = arrival.into_active_model().reset_all().update(tx).await?;
    let (Some(payment), code) = (judged.1, judged.2) else {
        orders::told(tx, &order, (judged.2, about(&notice)), now).await?;
        return Ok((order, arrival));
    };
    let order = moved(tx, order, payment, Some(&notice)).await?;
    orders::told(tx, &order, (code, about(&notice)), now).await?;
    if payment == PaymentState::Paid {
        settle_others(tx, &order, &arrival).await?;
        entitle(tx, &order, now).await?;
    }
    Ok((order, arrival))
}

async fn moved(
    tx: &DatabaseTransaction,
    mut order: order::Model,
    payment: PaymentState,
    notice: Option<&BankNotice>,
) -> Answer<order::Model> {
    // What money that went back leaves may be where the order is already.
    if order.payment_state != word(&payment) {
        go(&mut order.payment_state, payment)?;
    }
    order.arrived = match notice {
        Some(notice) => Some(to_json(&ArrivedPayment {
            amount_fen: notice.amount_fen,
            payer_name: notice.payer_name.clone(),
            payer_account: notice.payer_account.clone(),
            at: notice.at,
        })?),
        None => None,
    };
    Ok(order.into_active_model().reset_all().update(tx).await?)
}

fn about(notice: &BankNotice) -> Params {
    params([
        ("amount_fen", notice.amount_fen.to_string()),
        ("payer_name", notice.payer_name.clone()),
        ("payer_account", notice.payer_account.clone()),
    ])
}

/// What the money is, which state the order goes into (if any), and what the time line says.
type Judged = (ArrivalState, Option<PaymentState>, EventCode);

/// Payer first: money of a stranger is sent back, whatever its amount. An order is paid by one exact arrival, or by
/// arrivals of its own payer that make up the amount together.
fn judged(order: &order::Model, notice: &BankNotice, open_fen: i64) -> Answer<Judged> {
    match enumerated(&order.payment_state)? {
        PaymentState::Paid => return Ok((ArrivalState::Surplus, None, EventCode::SurplusArrived)),
        PaymentState::Closed | PaymentState::Refunded | PaymentState::Unknown => {
            return Ok((ArrivalState::OrderClosed, None, EventCode::SurplusArrived));
        }
        PaymentState::Unpaid | PaymentState::WrongAmount | PaymentState::WrongPayer => {}
    }
    let registered: RemittingAccount = from_json(&order.remitting_account)?;
    let is_registered =
        registered.fields.account == notice.payer_account && registered.fields.holder == notice.payer_name;
    let fits = notice.amount_fen == order.amount_fen || open_fen + notice.amount_fen == order.amount_fen;
    Ok(match (is_registered, fits) {
        (false, _) => (
            ArrivalState::WrongPayer,
            Some(PaymentState::WrongPayer),
            EventCode::WrongPayerArrived,
        ),
        (true, false) => (
            ArrivalState::WrongAmount,
            Some(PaymentState::WrongAmount),
            EventCode::WrongAmountArrived,
        ),
        (true, true) => (
            ArrivalState::Credited,
            Some(PaymentState::Paid),
            EventCode::PaymentArrived,
        ),
    })
}

pub(super) async fn of_order(
    tx: &DatabaseTransaction,
    order_id: &str,
    state: ArrivalState,
) -> Answer<Vec<bank_notice::Model>> {
    Ok(bank_notice::Entity::find()
        .filter(bank_notice::Column::OrderId.eq(order_id))
        .filter(bank_notice::Column::State.eq(word(&state)))
        .order_by_asc(bank_notice::Column::ReceivedAt)
        .all(tx)
        .await?)
}

fn sum(rows: &[bank_notice::Model]) -> Answer<i64> {
    rows.iter()
        .map(|row| Ok(from_json::<BankNotice>(&row.notice)?.amount_fen))
        .try_fold(0_i64, |sum, amount: Answer<i64>| Ok(sum.saturating_add(amount?)))
}

/// What came from the order's own payer and waits for the rest, in fen.
async fn open_amounts(tx: &DatabaseTransaction, order_id: &str) -> Answer<i64> {
    sum(&of_order(tx, order_id, ArrivalState::WrongAmount).await?)
}

/// The order is paid: earlier parts count when they were needed, else they are too much.
async fn settle_others(tx: &DatabaseTransaction, order: &order::Model, last: &bank_notice::Model) -> Answer<()> {
    let last: BankNotice = from_json(&last.notice)?;
    let state = if last.amount_fen == order.amount_fen {
        ArrivalState::Surplus
    } else {
        ArrivalState::Credited
    };
    for mut row in of_order(tx, &order.id, ArrivalState::WrongAmount).await? {
        go(&mut row.state, state)?;
        row.into_active_model().reset_all().update(tx).await?;
    }
    Ok(())
}

/// Record that money was sent back. What pays an order stays.
#[utoipa::path(post, path = "/v1/operator/arrivals/{number}/refund", tag = "operator", params(("number" = String, Path)), request_body = NewRefund, responses((status = 200, body = platform::wire::Arrival)))]
pub(crate) async fn refund(Path(number): Path<String>, write: Write) -> Answer<Response> {
    write.caller.operator()?;
    let wanted: NewRefund = write.json()?;
    short_text("reference", &wanted.reference, 64)?;
    short_text("reason", &wanted.reason, 500)?;
    let (order, mut arrival) = locked(&write.tx, &number).await?;
    match enumerated(&arrival.state)? {
        ArrivalState::Credited | ArrivalState::Refunded | ArrivalState::Unknown => {
            return Err(Refused::conflict(&arrival.state));
        }
        ArrivalState::WrongAmount
        | ArrivalState::WrongPayer
        | ArrivalState::UnknownAccount
        | ArrivalState::Surplus
        | ArrivalState::OrderClosed => {}
    }
    go(&mut arrival.state, ArrivalState::Refunded)?;
    arrival.refund = Some(to_json(&Refund {
        at: write.now,
        reference: wanted.reference.clone(),
        reason: wanted.reason,
    })?);
    let arrival = arrival.into_active_model().reset_all().update(&write.tx).await?;
    if let Some(order) = order {
        let notice: BankNotice = from_json(&arrival.notice)?;
        let mut facts = about(&notice);
        facts.insert("reference".to_owned(), wanted.reference);
        reopened(&write.tx, order, (EventCode::PaymentRefunded, facts), write.now).await?;
    }
    let answer = arrivals::shown(&write.tx, &arrival).await?;
    write.finish(&answer).await
}

/// After money went back, the order is where what is left of it puts it.
async fn reopened(
    tx: &DatabaseTransaction,
    order: order::Model,
    event: (EventCode, Params),
    now: OffsetDateTime,
) -> Answer<()> {
    if matches!(
        enumerated(&order.payment_state)?,
        PaymentState::Paid | PaymentState::Closed | PaymentState::Refunded
    ) {
        return orders::told(tx, &order, event, now).await;
    }
    let mut parts = of_order(tx, &order.id, ArrivalState::WrongAmount).await?;
    let strangers = of_order(tx, &order.id, ArrivalState::WrongPayer).await?;
    if sum(&parts)? == order.amount_fen {
        orders::told(tx, &order, event, now).await?;
        let Some(last) = parts.pop() else { return Ok(()) };
        return arrived_again(tx, order, last, now).await;
    }
    let (payment, left) = match (parts.pop(), strangers.into_iter().last()) {
        (Some(part), _) => (PaymentState::WrongAmount, Some(part)),
        (None, Some(stranger)) => (PaymentState::WrongPayer, Some(stranger)),
        (None, None) => (PaymentState::Unpaid, None),
    };
    let notice: Option<BankNotice> = left.map(|row| from_json(&row.notice)).transpose()?;
    let order = moved(tx, order, payment, notice.as_ref()).await?;
    orders::told(tx, &order, event, now).await
}

/// What is left makes up the amount: the last part pays.
async fn arrived_again(
    tx: &DatabaseTransaction,
    order: order::Model,
    mut last: bank_notice::Model,
    now: OffsetDateTime,
) -> Answer<()> {
    go(&mut last.state, ArrivalState::UnknownAccount)?;
    let last = last.into_active_model().reset_all().update(tx).await?;
    arrived(tx, order, last, now).await.map(drop)
}

/// Give money whose receiving account was mistyped to its order.
#[utoipa::path(post, path = "/v1/operator/arrivals/{number}/match", tag = "operator", params(("number" = String, Path)), request_body = ArrivalMatch, responses((status = 200, body = platform::wire::Arrival)))]
pub(crate) async fn match_order(Path(number): Path<String>, write: Write) -> Answer<Response> {
    write.caller.operator()?;
    let wanted: ArrivalMatch = write.json()?;
    let order = order::Entity::find()
        .filter(order::Column::Number.eq(wanted.order_number.as_str()))
        .lock_exclusive()
        .one(&write.tx)
        .await?
        .ok_or_else(Refused::not_found)?;
    let (_, arrival) = locked(&write.tx, &number).await?;
    if enumerated::<ArrivalState>(&arrival.state)? != ArrivalState::UnknownAccount {
        return Err(Refused::conflict(&arrival.state));
    }
    let (_, arrival) = arrived(&write.tx, order, arrival, write.now).await?;
    let answer = arrivals::shown(&write.tx, &arrival).await?;
    write.finish(&answer).await
}

/// Money that came before its order was there is judged as soon as the order is.
pub(crate) async fn came_before(
    tx: &DatabaseTransaction,
    mut order: order::Model,
    now: OffsetDateTime,
) -> Answer<order::Model> {
    let waiting = bank_notice::Entity::find()
        .filter(bank_notice::Column::State.eq(word(&ArrivalState::UnknownAccount)))
        .filter(bank_notice::Column::Notice.contains(format!("\"{}\"", order.receiving_account)))
        .all(tx)
        .await?;
    for arrival in waiting {
        if from_json::<BankNotice>(&arrival.notice)?.receiving_account == order.receiving_account {
            order = arrived(tx, order, arrival, now).await?.0;
        }
    }
    Ok(order)
}

/// The order first, then the money: the same sequence everywhere, so that two calls never wait for each other.
async fn locked(tx: &DatabaseTransaction, number: &str) -> Answer<(Option<order::Model>, bank_notice::Model)> {
    let seen = bank_notice::Entity::find_by_id(number).one(tx).await?;
    let seen = seen.ok_or_else(Refused::not_found)?;
    let order = order::Entity::find_by_id(seen.order_id)
        .lock_exclusive()
        .one(tx)
        .await?;
    let arrival = bank_notice::Entity::find_by_id(number).lock_exclusive().one(tx).await?;
    Ok((order, arrival.ok_or_else(Refused::not_found)?))
}

async fn entitle(tx: &DatabaseTransaction, row: &order::Model, now: OffsetDateTime) -> Answer<()> {
    let package: Package = from_json(&row.package)?;
    for _ in 0..row.quantity {
        for _ in 0..package.enterprise_certificates {
            certificates::entitle(tx, row, CertificateKind::Enterprise, package.months, now).await?;
        }
        for _ in 0..package.personal_certificates {
            certificates::entitle(tx, row, CertificateKind::Personal, package.months, now).await?;
        }
    }
    Ok(())
}
