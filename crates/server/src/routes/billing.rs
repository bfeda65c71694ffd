//! Invoice titles and remitting accounts; for administrators.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use platform::check;
use platform::wire::{
    BillingTitle, ChangeSubject, NewBillingTitle, NewRemittingAccount, RemittingAccount, RemittingAccountKind,
};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::sessions::enterprise_row;
use crate::caller::Caller;
use crate::feed::{Audience, changed};
use crate::refused::{Answer, Refused};
use crate::service::Shared;
use crate::tables::{billing_title, remitting_account};
use crate::text::{checked, from_json, id, millis, to_json};
use crate::write::Write;

/// All invoice titles.
#[utoipa::path(get, path = "/v1/billing-titles", tag = "billing", responses((status = 200, body = [BillingTitle])))]
pub(crate) async fn titles(State(service): State<Shared>, caller: Caller) -> Answer<Json<Vec<BillingTitle>>> {
    let rows = billing_title::Entity::find()
        .filter(billing_title::Column::EnterpriseId.eq(caller.administered()?))
        .order_by_asc(billing_title::Column::CreatedAt)
        .all(&service.database)
        .await?;
    rows.iter().map(title_shown).collect::<Answer<_>>().map(Json)
}

/// Add an invoice title.
#[utoipa::path(post, path = "/v1/billing-titles", tag = "billing", request_body = NewBillingTitle, responses((status = 200, body = BillingTitle)))]
pub(crate) async fn add_title(write: Write) -> Answer<Response> {
    let fields: NewBillingTitle = write.json()?;
    check_title(&fields)?;
    let row = billing_title::Model {
        id: Uuid::new_v4().to_string(),
        enterprise_id: write.caller.administered()?.to_owned(),
        fields: to_json(&fields)?,
        created_at: millis(write.now),
    };
    billing_title::Entity::insert(row.clone().into_active_model())
        .exec_without_returning(&write.tx)
        .await?;
    told(&write, ChangeSubject::BillingTitle, &row.id).await?;
    write.finish(&title_shown(&row)?).await
}

/// Change an invoice title.
#[utoipa::path(put, path = "/v1/billing-titles/{id}", tag = "billing", params(("id" = Uuid, Path)), request_body = NewBillingTitle, responses((status = 200, body = BillingTitle)))]
pub(crate) async fn change_title(Path(title_id): Path<Uuid>, write: Write) -> Answer<Response> {
    let fields: NewBillingTitle = write.json()?;
    check_title(&fields)?;
    let mut row = title_row(&write.tx, write.caller.administered()?, title_id)
        .await?
        .ok_or_else(Refused::not_found)?;
    write.unchanged(&title_shown(&row)?.fields)?;
    row.fields = to_json(&fields)?;
    let row = row.into_active_model().reset_all().update(&write.tx).await?;
    told(&write, ChangeSubject::BillingTitle, &row.id).await?;
    write.finish(&title_shown(&row)?).await
}

/// Remove an invoice title.
#[utoipa::path(delete, path = "/v1/billing-titles/{id}", tag = "billing", params(("id" = Uuid, Path)), responses((status = 200)))]
pub(crate) async fn remove_title(Path(title_id): Path<Uuid>, write: Write) -> Answer<Response> {
    let row = title_row(&write.tx, write.caller.administered()?, title_id)
        .await?
        .ok_or_else(Refused::not_found)?;
    write.unchanged(&title_shown(&row)?.fields)?;
    billing_title::Entity::delete_by_id(row.id.clone())
        .exec(&write.tx)
        .await?;
    told(&write, ChangeSubject::BillingTitle, &row.id).await?;
    write.finish(&()).await
}

fn check_title(fields: &NewBillingTitle) -> Answer<()> {
    checked("name", check::name(&fields.name))?;
    checked("tax_number", check::tax_number(&fields.tax_number))?;
    checked("address", optional(&fields.address, free_text))?;
    checked("phone", optional(&fields.phone, check::phone))?;
    checked("bank", optional(&fields.bank, free_text))?;
    checked("account", optional(&fields.account, check::bank_account))
}

type Problem = Result<(), check::FieldProblem>;

fn optional(text: &str, check: impl Fn(&str) -> Problem) -> Problem {
    if text.is_empty() { Ok(()) } else { check(text) }
}

fn free_text(text: &str) -> Problem {
    if text.chars().any(char::is_control) {
        Err(check::FieldProblem::Characters)
    } else if text.chars().count() > 200 {
        Err(check::FieldProblem::Length)
    } else {
        Ok(())
    }
}

pub(crate) async fn title_row(
    database: &impl ConnectionTrait,
    enterprise_id: &str,
    title_id: Uuid,
) -> Answer<Option<billing_title::Model>> {
    Ok(billing_title::Entity::find_by_id(title_id.to_string())
        .filter(billing_title::Column::EnterpriseId.eq(enterprise_id))
        .one(database)
        .await?)
}

pub(crate) fn title_shown(row: &billing_title::Model) -> Answer<BillingTitle> {
    Ok(BillingTitle {
        id: id(&row.id)?,
        fields: from_json(&row.fields)?,
    })
}

async fn told(write: &Write, subject: ChangeSubject, subject_id: &str) -> Answer<()> {
    let enterprise_id = write.caller.administered()?;
    changed(
        &write.tx,
        enterprise_id,
        Audience::Administrators,
        subject,
        subject_id,
        write.now,
    )
    .await
}

/// All remitting accounts.
#[utoipa::path(get, path = "/v1/remitting-accounts", tag = "billing", responses((status = 200, body = [RemittingAccount])))]
pub(crate) async fn accounts(State(service): State<Shared>, caller: Caller) -> Answer<Json<Vec<RemittingAccount>>> {
    let rows = remitting_account::Entity::find()
        .filter(remitting_account::Column::EnterpriseId.eq(caller.administered()?))
        .order_by_asc(remitting_account::Column::CreatedAt)
        .all(&service.database)
        .await?;
    rows.iter().map(account_shown).collect::<Answer<_>>().map(Json)
}

/// Add a remitting account.
#[utoipa::path(post, path = "/v1/remitting-accounts", tag = "billing", request_body = NewRemittingAccount, responses((status = 200, body = RemittingAccount)))]
pub(crate) async fn add_account(write: Write) -> Answer<Response> {
    let fields: NewRemittingAccount = write.json()?;
    check_account(&write, &fields).await?;
    let row = remitting_account::Model {
        id: Uuid::new_v4().to_string(),
        enterprise_id: write.caller.administered()?.to_owned(),
        fields: to_json(&fields)?,
        created_at: millis(write.now),
    };
    remitting_account::Entity::insert(row.clone().into_active_model())
        .exec_without_returning(&write.tx)
        .await?;
    told(&write, ChangeSubject::RemittingAccount, &row.id).await?;
    write.finish(&account_shown(&row)?).await
}

/// Change a remitting account.
#[utoipa::path(put, path = "/v1/remitting-accounts/{id}", tag = "billing", params(("id" = Uuid, Path)), request_body = NewRemittingAccount, responses((status = 200, body = RemittingAccount)))]
pub(crate) async fn change_account(Path(account_id): Path<Uuid>, write: Write) -> Answer<Response> {
    let fields: NewRemittingAccount = write.json()?;
    check_account(&write, &fields).await?;
    let mut row = account_row(&write.tx, write.caller.administered()?, account_id)
        .await?
        .ok_or_else(Refused::not_found)?;
    write.unchanged(&account_shown(&row)?.fields)?;
    row.fields = to_json(&fields)?;
    let row = row.into_active_model().reset_all().update(&write.tx).await?;
    told(&write, ChangeSubject::RemittingAccount, &row.id).await?;
    write.finish(&account_shown(&row)?).await
}

/// Remove a remitting account.
#[utoipa::path(delete, path = "/v1/remitting-accounts/{id}", tag = "billing", params(("id" = Uuid, Path)), responses((status = 200)))]
pub(crate) async fn remove_account(Path(account_id): Path<Uuid>, write: Write) -> Answer<Response> {
    let row = account_row(&write.tx, write.caller.administered()?, account_id)
        .await?
        .ok_or_else(Refused::not_found)?;
    write.unchanged(&account_shown(&row)?.fields)?;
    remitting_account::Entity::delete_by_id(row.id.clone())
        .exec(&write.tx)
        .await?;
    told(&write, ChangeSubject::RemittingAccount, &row.id).await?;
    write.finish(&()).await
}

/// A company account is the enterprise's own.
async fn check_account(write: &Write, fields: &NewRemittingAccount) -> Answer<()> {
    if fields.kind == RemittingAccountKind::Unknown {
        return Err(Refused::field("kind", check::FieldProblem::Format));
    }
    checked("holder", check::name(&fields.holder))?;
    checked("bank", check::name(&fields.bank))?;
    checked("account", check::bank_account(&fields.account))?;
    let enterprise = enterprise_row(&write.tx, write.caller.administered()?).await?;
    if fields.kind == RemittingAccountKind::Company && fields.holder != enterprise.name {
        return Err(Refused::field("holder", check::FieldProblem::Format));
    }
    Ok(())
}

pub(crate) async fn account_row(
    database: &impl ConnectionTrait,
    enterprise_id: &str,
    account_id: Uuid,
) -> Answer<Option<remitting_account::Model>> {
    Ok(remitting_account::Entity::find_by_id(account_id.to_string())
        .filter(remitting_account::Column::EnterpriseId.eq(enterprise_id))
        .one(database)
        .await?)
}

pub(crate) fn account_shown(row: &remitting_account::Model) -> Answer<RemittingAccount> {
    Ok(RemittingAccount {
        id: id(&row.id)?,
        fields: from_json(&row.fields)?,
    })
}
