//! The reviewer's queues: what waits or was decided, with what has to be looked at; the record of writes.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, Query, State};
use platform::wire::{
    ApprovalKind, ApprovalState, AuditEntry, AuditPage, AuditQuery, LetterKind, Queues, Review, ReviewDetail,
    ReviewPage, ReviewQuery, ReviewRow,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, Order as SortOrder, PaginatorTrait, QueryFilter, QuerySelect,
};
use uuid::Uuid;

use super::sessions::{employee, enterprise_row, enterprise_shown};
use super::{arrivals, certificates, invoices, seals};
use crate::caller::Caller;
use crate::paging::Part;
use crate::refused::{Answer, Refused};
use crate::service::{Service, Shared};
use crate::tables::{account, approval, audit_entry, authorisation, certificate, enterprise, invoice, seal};
use crate::text::{containing, enumerated, id, moment, word};
use crate::timeline;

/// Enterprises a search may name at once.
const MOST_ENTERPRISES: u64 = 200;

/// Rows of a page.
pub(super) fn page_of(limit: Option<u64>) -> u64 {
    limit.unwrap_or(50).clamp(1, 100)
}

/// How much waits.
#[utoipa::path(get, path = "/v1/operator/queues", tag = "operator", responses((status = 200, body = Queues)))]
pub(crate) async fn queues(State(service): State<Shared>, caller: Caller) -> Answer<Json<Queues>> {
    caller.operator()?;
    let database = &service.database;
    Ok(Json(Queues {
        authorisations: waiting(database, ApprovalKind::Authorisation).await?,
        seals: waiting(database, ApprovalKind::Seal).await?,
        invoices: waiting(database, ApprovalKind::Invoice).await?,
        payments: arrivals::waiting(database).await?,
    }))
}

async fn waiting(database: &impl ConnectionTrait, kind: ApprovalKind) -> Answer<u64> {
    Ok(approval::Entity::find()
        .filter(approval::Column::Kind.eq(word(&kind)))
        .filter(approval::Column::State.eq(word(&ApprovalState::InReview)))
        .count(database)
        .await?)
}

/// A queue, or what was decided before.
#[utoipa::path(get, path = "/v1/operator/reviews", operation_id = "reviews", tag = "operator", params(ReviewQuery), responses((status = 200, body = ReviewPage)))]
pub(crate) async fn list(
    State(service): State<Shared>,
    caller: Caller,
    Query(wanted): Query<ReviewQuery>,
) -> Answer<Json<ReviewPage>> {
    caller.operator()?;
    let in_review = word(&ApprovalState::InReview);
    let mut query = approval::Entity::find().filter(approval::Column::Kind.eq(word(&wanted.kind)));
    query = if wanted.done {
        query.filter(approval::Column::State.ne(in_review))
    } else {
        query.filter(approval::Column::State.eq(in_review))
    };
    if let Some(text) = wanted.q.as_deref().filter(|text| !text.trim().is_empty()) {
        let enterprises = enterprises_named(&service.database, text).await?;
        query = query.filter(
            Condition::any()
                .add(containing(approval::Column::Title, text))
                .add(approval::Column::EnterpriseId.is_in(enterprises)),
        );
    }
    let total = query.clone().count(&service.database).await?;
    let part = Part {
        after: wanted.after.as_deref(),
        limit: page_of(wanted.limit),
        order: if wanted.done { SortOrder::Desc } else { SortOrder::Asc },
    };
    let columns = (approval::Column::Since, approval::Column::Id);
    let (rows, next) = part
        .of(query, columns, &service.database, |row| (row.since, &row.id))
        .await?;
    let rows = with_enterprises(&service.database, rows).await?;
    Ok(Json(ReviewPage { rows, total, next }))
}

async fn with_enterprises(database: &impl ConnectionTrait, rows: Vec<approval::Model>) -> Answer<Vec<ReviewRow>> {
    let known = enterprises(database, rows.iter().map(|row| row.enterprise_id.as_str())).await?;
    rows.into_iter()
        .map(|row| {
            let enterprise = known.get(&row.enterprise_id).ok_or_else(Refused::not_found)?;
            Ok(ReviewRow {
                enterprise: enterprise_shown(enterprise)?,
                approval: timeline::shown(row)?,
            })
        })
        .collect()
}

/// These enterprises, by their identifiers.
pub(super) async fn enterprises(
    database: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = &str>,
) -> Answer<BTreeMap<String, enterprise::Model>> {
    let rows = enterprise::Entity::find()
        .filter(enterprise::Column::Id.is_in(ids))
        .all(database)
        .await?;
    Ok(rows.into_iter().map(|row| (row.id.clone(), row)).collect())
}

/// Identifiers of enterprises whose name or credit code has these words in it.
pub(super) async fn enterprises_named(database: &impl ConnectionTrait, text: &str) -> Answer<Vec<String>> {
    let rows = enterprise::Entity::find()
        .filter(
            Condition::any()
                .add(containing(enterprise::Column::Name, text))
                .add(containing(enterprise::Column::CreditCode, text)),
        )
        .limit(MOST_ENTERPRISES)
        .all(database)
        .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// One review, with what has to be looked at.
#[utoipa::path(get, path = "/v1/operator/reviews/{id}", operation_id = "review", tag = "operator", params(("id" = Uuid, Path)), responses((status = 200, body = Review)))]
pub(crate) async fn one(
    State(service): State<Shared>,
    caller: Caller,
    Path(approval_id): Path<Uuid>,
) -> Answer<Json<Review>> {
    caller.operator()?;
    let row = approval::Entity::find_by_id(approval_id.to_string())
        .one(&service.database)
        .await?
        .ok_or_else(Refused::not_found)?;
    let enterprise = enterprise_row(&service.database, &row.enterprise_id).await?;
    let detail = match enumerated(&row.kind)? {
        ApprovalKind::Authorisation => letter_detail(&service.database, &row.subject_id).await?,
        ApprovalKind::Seal => seal_detail(&service.database, &row.subject_id, &enterprise).await?,
        ApprovalKind::Invoice => invoice_detail(&service, &row.subject_id).await?,
        ApprovalKind::Payment | ApprovalKind::Reissue | ApprovalKind::Unknown => ReviewDetail::Nothing,
    };
    Ok(Json(Review {
        enterprise: enterprise_shown(&enterprise)?,
        approval: timeline::shown(row)?,
        detail,
    }))
}

async fn letter_detail(database: &impl ConnectionTrait, subject_id: &str) -> Answer<ReviewDetail> {
    let row = authorisation::Entity::find_by_id(subject_id).one(database).await?;
    let row = row.ok_or_else(Refused::not_found)?;
    Ok(ReviewDetail::Authorisation {
        way: row.way.as_deref().map(enumerated).transpose()?,
        letter_file_name: row.letter_file_name,
        letter_kind: row.letter.as_deref().and_then(letter_kind),
    })
}

/// By the first bytes: file names and declared types prove nothing.
pub(crate) fn letter_kind(bytes: &[u8]) -> Option<LetterKind> {
    let known: [(&[u8], LetterKind); 3] = [
        (b"\xff\xd8\xff", LetterKind::Jpeg),
        (b"\x89PNG\r\n\x1a\n", LetterKind::Png),
        (b"%PDF-", LetterKind::Pdf),
    ];
    known
        .into_iter()
        .find(|(magic, _)| bytes.starts_with(magic))
        .map(|(_, kind)| kind)
}

async fn seal_detail(
    database: &impl ConnectionTrait,
    subject_id: &str,
    enterprise: &enterprise::Model,
) -> Answer<ReviewDetail> {
    let row = seal::Entity::find_by_id(subject_id).one(database).await?;
    let row = row.ok_or_else(Refused::not_found)?;
    let certificate = certificate::Entity::find_by_id(row.certificate_id.as_str())
        .one(database)
        .await?
        .ok_or_else(Refused::not_found)?;
    let holder = account::Entity::find_by_id(row.account_id.as_str())
        .one(database)
        .await?;
    Ok(ReviewDetail::Seal {
        seal: Box::new(seals::shown(row)?),
        subject: certificates::subject(&certificate, enterprise),
        certificate_kind: enumerated(&certificate.kind)?,
        holder: holder.as_ref().map(employee).transpose()?,
    })
}

async fn invoice_detail(service: &Service, subject_id: &str) -> Answer<ReviewDetail> {
    let row = invoice::Entity::find_by_id(subject_id).one(&service.database).await?;
    let invoice = row.map(|row| invoices::shown(service, &row)).transpose()?;
    Ok(ReviewDetail::Invoice {
        invoice: invoice.map(Box::new),
    })
}

/// The record of writes, newest first.
#[utoipa::path(get, path = "/v1/operator/audit", tag = "operator", params(AuditQuery), responses((status = 200, body = AuditPage)))]
pub(crate) async fn audit(
    State(service): State<Shared>,
    caller: Caller,
    Query(wanted): Query<AuditQuery>,
) -> Answer<Json<AuditPage>> {
    caller.operator()?;
    let mut query = audit_entry::Entity::find();
    if let Some(text) = wanted.q.as_deref().filter(|text| !text.trim().is_empty()) {
        query = query.filter(
            Condition::any()
                .add(containing(audit_entry::Column::Actor, text))
                .add(containing(audit_entry::Column::Action, text))
                .add(containing(audit_entry::Column::Target, text))
                .add(audit_entry::Column::RequestId.eq(text.trim())),
        );
    }
    let total = query.clone().count(&service.database).await?;
    let part = Part {
        after: wanted.after.as_deref(),
        limit: page_of(wanted.limit),
        order: SortOrder::Desc,
    };
    let columns = (audit_entry::Column::At, audit_entry::Column::Id);
    let (rows, next) = part
        .of(query, columns, &service.database, |row| (row.at, &row.id))
        .await?;
    let rows = rows.into_iter().map(audit_shown).collect::<Answer<_>>()?;
    Ok(Json(AuditPage { rows, total, next }))
}

fn audit_shown(row: audit_entry::Model) -> Answer<AuditEntry> {
    Ok(AuditEntry {
        at: moment(row.at),
        actor: row.actor,
        role: row.role.as_deref().map(enumerated).transpose()?,
        enterprise_id: row.enterprise_id.as_deref().map(id).transpose()?,
        action: row.action,
        target: row.target,
        request_id: row.request_id,
        content_hash: row.content_hash,
    })
}
