//! The bank's notices: matched to orders by the receiving account, judged by amount and payer.

use axum::extract::State;
use axum::response::Response;
use platform::check::FieldProblem;
use platform::wire::{
    ArrivedPayment, BankNotice, BankNoticeOutcome, CertificateKind, EventCode, Package, PaymentState, RemittingAccount,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect,
};
use time::OffsetDateTime;

use super::{certificates, orders};
use crate::refused::{Answer, Refused};
use crate::service::Shared;
use crate::tables::{bank_notice, order};
use crate::text::{enumerated, from_json, millis, to_json, word};
use crate::timeline::params;
use crate::write::Write;

/// Play the bank's notice.
#[utoipa::path(post, path = "/v1/operator/bank-notices", tag = "operator", request_body = BankNotice, responses((status = 200, body = BankNoticeOutcome)))]
pub(crate) async fn notice(State(_service): State<Shared>, write: Write) -> Answer<Response> {
    write.caller.operator()?;
    let notice: BankNotice = write.json()?;
    check(&notice)?;
    let row = order::Entity::find()
        .filter(order::Column::ReceivingAccount.eq(notice.receiving_account.as_str()))
        .lock_exclusive()
        .one(&write.tx)
        .await?
        .ok_or_else(Refused::not_found)?;
    let known = bank_notice::Entity::find_by_id(notice.notice_number.clone())
        .one(&write.tx)
        .await?;
    let over = match enumerated(&row.payment_state)? {
        PaymentState::Paid | PaymentState::Closed => true,
        PaymentState::Unpaid | PaymentState::WrongAmount | PaymentState::WrongPayer => false,
    };
    if known.is_none() {
        keep(&write.tx, &row, &notice, write.now).await?;
    }
    let ignored = known.is_some() || over;
    let row = if ignored {
        row
    } else {
        arrived(&write.tx, row, &notice, write.now).await?
    };
    let outcome = BankNoticeOutcome {
        ignored,
        order: orders::shown(&row)?,
    };
    write.finish(&outcome).await
}

fn check(notice: &BankNotice) -> Answer<()> {
    let number_fits = (1..=64).contains(&notice.notice_number.len());
    if !number_fits {
        return Err(Refused::field("notice_number", FieldProblem::Length));
    }
    if notice.amount_fen <= 0 {
        return Err(Refused::field("amount_fen", FieldProblem::Format));
    }
    Ok(())
}

async fn keep(tx: &DatabaseTransaction, row: &order::Model, notice: &BankNotice, now: OffsetDateTime) -> Answer<()> {
    let kept = bank_notice::Model {
        notice_number: notice.notice_number.clone(),
        order_id: row.id.clone(),
        notice: to_json(notice)?,
        received_at: millis(now),
    };
    bank_notice::Entity::insert(kept.into_active_model())
        .exec_without_returning(tx)
        .await?;
    Ok(())
}

/// unpaid | wrong amount | wrong payer → paid | wrong amount | wrong payer.
async fn arrived(
    tx: &DatabaseTransaction,
    mut row: order::Model,
    notice: &BankNotice,
    now: OffsetDateTime,
) -> Answer<order::Model> {
    let state = judged(&row, notice)?;
    row.payment_state = word(&state);
    row.arrived = Some(to_json(&ArrivedPayment {
        amount_fen: notice.amount_fen,
        payer_name: notice.payer_name.clone(),
        payer_account: notice.payer_account.clone(),
        at: notice.at,
    })?);
    let row = row.into_active_model().reset_all().update(tx).await?;
    let code = match state {
        PaymentState::WrongAmount => EventCode::WrongAmountArrived,
        PaymentState::WrongPayer => EventCode::WrongPayerArrived,
        PaymentState::Paid | PaymentState::Unpaid | PaymentState::Closed => EventCode::PaymentArrived,
    };
    let about = params([
        ("amount_fen", notice.amount_fen.to_string()),
        ("payer_name", notice.payer_name.clone()),
        ("payer_account", notice.payer_account.clone()),
    ]);
    orders::told(tx, &row, (code, about), now).await?;
    if state == PaymentState::Paid {
        entitle(tx, &row, now).await?;
    }
    Ok(row)
}

/// Payer first: money of a stranger is sent back, whatever its amount.
fn judged(row: &order::Model, notice: &BankNotice) -> Answer<PaymentState> {
    let registered: RemittingAccount = from_json(&row.remitting_account)?;
    let is_registered =
        registered.fields.account == notice.payer_account && registered.fields.holder == notice.payer_name;
    Ok(match (is_registered, notice.amount_fen == row.amount_fen) {
        (false, _) => PaymentState::WrongPayer,
        (true, false) => PaymentState::WrongAmount,
        (true, true) => PaymentState::Paid,
    })
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
