//! Entitlements: listed, assigned, their holder changed, their certificate revoked.

use std::collections::{BTreeSet, HashMap};

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use platform::check::{self, FieldProblem};
use platform::wire::{
    ApprovalEvent, Assignment, Certificate, CertificateKind, CertificateOwner, CertificateState, CertificateSubject,
    ChangeSubject, DocumentType, ErrorCode, EventCode, HolderChange, IssuanceStage, IssuedCertificate, ListQuery,
    Revocation, RevocationReason,
};
use sea_orm::sea_query::{Alias, Expr, Query as SeaQuery};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, ExprTrait,
    IntoActiveModel, Order as SortOrder, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};
use time::OffsetDateTime;
use uuid::Uuid;

use super::issuing::revoke_others;
use super::sessions::{employee, employee_row, enterprise_row};
use crate::caller::Caller;
use crate::feed::{Audience, changed};
use crate::paging::{Listed, Part};
use crate::refused::{Answer, Refused};
use crate::service::{Service, Shared};
use crate::states::{first, go};
use crate::tables::{account, certificate, enterprise, issued, order};
use crate::text::{checked, enumerated, from_json, id, millis, moment, to_json, word};
use crate::timeline::{Params, params};
use crate::write::Write;

/// All entitlements, newest first; staff see those they hold, or whose certificate was issued to them.
#[utoipa::path(get, path = "/v1/certificates", tag = "certificates", params(ListQuery), responses((status = 200, body = [Certificate],
    headers(("link" = Option<String>, description = "`<?limit=…&after=…>; rel=\"next\"` (RFC 8288) when more rows follow a page.")))))]
pub(crate) async fn list(
    State(service): State<Shared>,
    caller: Caller,
    Query(wanted): Query<ListQuery>,
) -> Answer<Listed<Certificate>> {
    let found = certificate::Entity::find()
        .filter(certificate::Column::EnterpriseId.eq(caller.enterprise()?))
        .filter(certificate::Column::ConsumedBy.is_null())
        .filter(theirs(&caller));
    let columns = (certificate::Column::BoughtAt, certificate::Column::Id);
    Part::wanted(&wanted, SortOrder::Desc)
        .listed(
            found,
            columns,
            &service.database,
            |row| (row.bought_at, &row.id),
            async |rows| all_shown(&service, &caller, &rows).await,
        )
        .await
}

/// Everything to an administrator; to everybody else what [`visible`] says of one.
fn theirs(caller: &Caller) -> Condition {
    let all = Condition::all();
    if caller.is_administrator() {
        return all;
    }
    let me = caller.account.id.as_str();
    let confirmed = word(&IssuanceStage::Confirmed);
    let (mine, later) = (issued::Entity, Alias::new("later"));
    let of_later = |column: issued::Column| Expr::col((later.clone(), column));
    let is_followed = SeaQuery::select()
        .expr(Expr::val(1))
        .from_as(issued::Entity, later.clone())
        .and_where(of_later(issued::Column::CertificateId).equals((mine, issued::Column::CertificateId)))
        .and_where(of_later(issued::Column::Stage).eq(confirmed.clone()))
        .and_where(of_later(issued::Column::IssuedAt).gt(Expr::col((mine, issued::Column::IssuedAt))))
        .to_owned();
    let issued_to_me = issued::Entity::find()
        .select_only()
        .column(issued::Column::CertificateId)
        .filter(issued::Column::AccountId.eq(me))
        .filter(issued::Column::Stage.eq(confirmed))
        .filter(Expr::exists(is_followed).not())
        .into_query();
    let any = Condition::any()
        .add(certificate::Column::HolderId.eq(me))
        .add(certificate::Column::Id.in_subquery(issued_to_me));
    all.add(any)
}

/// As many as the database takes as parameters of one query, with room.
const AT_ONCE: usize = 2000;

async fn all_shown(service: &Service, caller: &Caller, rows: &[certificate::Model]) -> Answer<Vec<Certificate>> {
    let database = &service.database;
    let enterprise = enterprise_row(database, caller.enterprise()?).await?;
    let mut all = Vec::with_capacity(rows.len());
    for some in rows.chunks(AT_ONCE) {
        let holders = holders(database, some).await?;
        let issued = confirmed(database, some).await?;
        for row in some {
            let shown = issued.get(&row.id).and_then(Issued::shown);
            let holder = row.holder_id.as_deref().and_then(|id| holders.get(id));
            all.push(joined(caller, row, (shown, holder, &enterprise), service.now())?);
        }
    }
    Ok(all)
}

/// One entitlement.
#[utoipa::path(get, path = "/v1/certificates/{id}", tag = "certificates", params(("id" = Uuid, Path)), responses((status = 200, body = Certificate)))]
pub(crate) async fn one(
    State(service): State<Shared>,
    caller: Caller,
    Path(certificate_id): Path<Uuid>,
) -> Answer<Json<Certificate>> {
    let row = certificate::Entity::find_by_id(certificate_id.to_string())
        .filter(certificate::Column::EnterpriseId.eq(caller.enterprise()?))
        .filter(certificate::Column::ConsumedBy.is_null())
        .one(&service.database)
        .await?
        .ok_or_else(Refused::not_found)?;
    let latest = latest_issued(&service.database, &row.id).await?;
    if !visible(&caller, &row, latest.as_ref()) {
        return Err(Refused::not_found());
    }
    shown(&service.database, &caller, row, service.now()).await.map(Json)
}

fn visible(caller: &Caller, row: &certificate::Model, latest: Option<&issued::Model>) -> bool {
    let me = caller.account.id.as_str();
    caller.is_administrator()
        || row.holder_id.as_deref() == Some(me)
        || latest.is_some_and(|latest| latest.account_id == me)
}

/// An entitlement of the caller's enterprise, locked until the end of the transaction.
pub(crate) async fn locked(write: &Write, certificate_id: Uuid) -> Answer<certificate::Model> {
    certificate::Entity::find_by_id(certificate_id.to_string())
        .filter(certificate::Column::EnterpriseId.eq(write.caller.enterprise()?))
        .filter(certificate::Column::ConsumedBy.is_null())
        .lock_exclusive()
        .one(&write.tx)
        .await?
        .ok_or_else(Refused::not_found)
}

/// A paid order allows one more certificate.
pub(crate) async fn entitle(
    tx: &DatabaseTransaction,
    order: &order::Model,
    kind: CertificateKind,
    months: u32,
    now: OffsetDateTime,
) -> Answer<()> {
    let row = certificate::Model {
        id: Uuid::new_v4().to_string(),
        enterprise_id: order.enterprise_id.clone(),
        order_id: order.id.clone(),
        order_number: order.number.clone(),
        kind: word(&kind),
        state: first(CertificateState::Unassigned)?,
        owner_name: None,
        document_type: None,
        document_number: None,
        email: None,
        holder_id: None,
        months: i32::try_from(months).unwrap_or(12),
        valid_to: None,
        bought_at: millis(now),
        history: to_json(&[ApprovalEvent {
            at: now,
            code: EventCode::Bought,
            params: params([("order_number", order.number.clone())]),
        }])?,
        consumed_by: None,
    };
    certificate::Entity::insert(row.clone().into_active_model())
        .exec_without_returning(tx)
        .await?;
    told(tx, &row, now).await
}

/// Set owner and first holder: unassigned → pending import.
#[utoipa::path(post, path = "/v1/certificates/{id}/assign", tag = "certificates", params(("id" = Uuid, Path)), request_body = Assignment, responses((status = 200, body = Certificate)))]
pub(crate) async fn assign(Path(certificate_id): Path<Uuid>, write: Write) -> Answer<Response> {
    let enterprise_id = write.caller.administered()?.to_owned();
    let wanted: Assignment = write.json()?;
    let mut row = locked(&write, certificate_id).await?;
    if row.owner_name.is_some() {
        return Err(Refused::new(ErrorCode::OwnerFixed, "the owner can never be changed"));
    }
    let enterprise = enterprise_row(&write.tx, &enterprise_id).await?;
    check_assignment(&wanted, enumerated(&row.kind)?, &enterprise, write.now)?;
    let holder = employee_row(&write.tx, &enterprise_id, &wanted.holder_id.to_string()).await?;
    row.owner_name = Some(wanted.owner_name.clone());
    row.document_type = Some(word(&wanted.document_type));
    row.document_number = Some(wanted.document_number);
    row.email = Some(wanted.email);
    row.holder_id = Some(holder.id);
    go(&mut row.state, CertificateState::PendingImport)?;
    let event = (
        EventCode::Assigned,
        params([("owner_name", wanted.owner_name), ("holder_name", holder.name)]),
    );
    let row = stored(&write.tx, row, event, write.now).await?;
    finish(write, row).await
}

fn check_assignment(
    wanted: &Assignment,
    kind: CertificateKind,
    enterprise: &enterprise::Model,
    now: OffsetDateTime,
) -> Answer<()> {
    checked("owner_name", check::name(&wanted.owner_name))?;
    checked("email", check::email(&wanted.email))?;
    let number = wanted.document_number.as_str();
    let outcome = match wanted.document_type {
        DocumentType::ResidentIdentityCard => check::identity_number(number, now.date()).map(drop),
        DocumentType::BusinessLicence => check::credit_code(number),
        DocumentType::Passport | DocumentType::HongKongMacaoPermit | DocumentType::TaiwanPermit => {
            check::travel_document(number)
        }
        DocumentType::Unknown => return Err(Refused::field("document_type", FieldProblem::Format)),
    };
    checked("document_number", outcome)?;
    let is_licence = wanted.document_type == DocumentType::BusinessLicence;
    match kind {
        CertificateKind::Personal if is_licence => Err(Refused::field("document_type", FieldProblem::Format)),
        CertificateKind::Personal => Ok(()),
        CertificateKind::Enterprise if !is_licence => Err(Refused::field("document_type", FieldProblem::Format)),
        CertificateKind::Enterprise if number != enterprise.credit_code => {
            Err(Refused::field("document_number", FieldProblem::Format))
        }
        CertificateKind::Enterprise if wanted.owner_name != enterprise.name => {
            Err(Refused::field("owner_name", FieldProblem::Format))
        }
        CertificateKind::Enterprise => Ok(()),
        CertificateKind::Unknown => Err(Refused::internal("an entitlement of no kind")),
    }
}

/// Change the holder; the former holder's certificate stays good until the new one imports.
#[utoipa::path(post, path = "/v1/certificates/{id}/holder", tag = "certificates", params(("id" = Uuid, Path)), request_body = HolderChange, responses((status = 200, body = Certificate)))]
pub(crate) async fn change_holder(Path(certificate_id): Path<Uuid>, write: Write) -> Answer<Response> {
    let enterprise_id = write.caller.administered()?.to_owned();
    let wanted: HolderChange = write.json()?;
    let mut row = locked(&write, certificate_id).await?;
    match state(&row, write.now)? {
        CertificateState::PendingImport | CertificateState::Active => {}
        CertificateState::Unassigned
        | CertificateState::Expired
        | CertificateState::Revoked
        | CertificateState::Unknown => {
            return Err(Refused::conflict(&row.state));
        }
    }
    if let Some(holder_id) = row.holder_id.as_deref().map(id).transpose()? {
        write.unchanged(&HolderChange { holder_id })?;
    }
    let holder = employee_row(&write.tx, &enterprise_id, &wanted.holder_id.to_string()).await?;
    if row.holder_id.as_deref() == Some(holder.id.as_str()) {
        return finish(write, row).await;
    }
    let live = live_issued(&write.tx, &row.id).await?;
    let back_again = live.is_some_and(|live| live.account_id == holder.id);
    let state = if back_again {
        CertificateState::Active
    } else {
        CertificateState::PendingImport
    };
    // The former holder has to hear of it too.
    told(&write.tx, &row, write.now).await?;
    row.holder_id = Some(holder.id);
    if row.state != word(&state) {
        go(&mut row.state, state)?;
    }
    let event = (EventCode::HolderChanged, params([("holder_name", holder.name)]));
    let row = stored(&write.tx, row, event, write.now).await?;
    finish(write, row).await
}

/// Revoke the certificate; administrators and its holder.
#[utoipa::path(post, path = "/v1/certificates/{id}/revoke", tag = "certificates", params(("id" = Uuid, Path)), request_body = Revocation, responses((status = 200, body = Certificate)))]
pub(crate) async fn revoke(Path(certificate_id): Path<Uuid>, write: Write) -> Answer<Response> {
    let wanted = revocation(&write)?;
    let mut row = locked(&write, certificate_id).await?;
    let is_holder = row.holder_id.as_deref() == Some(write.caller.account.id.as_str());
    if !write.caller.is_administrator() && !is_holder {
        return Err(Refused::not_found());
    }
    let live = live_issued(&write.tx, &row.id)
        .await?
        .ok_or_else(|| Refused::conflict(&row.state))?;
    let live = revoke_issued(&write.tx, live, wanted.reason, write.now).await?;
    // After an extension two are in force, after a reissue one waits for its confirmation: all end together.
    revoke_others(&write.tx, &live, wanted.reason, write.now).await?;
    go(&mut row.state, CertificateState::Revoked)?;
    let event = (
        EventCode::Revoked,
        params([("serial", live.serial), ("reason", word(&wanted.reason))]),
    );
    let row = stored(&write.tx, row, event, write.now).await?;
    finish(write, row).await
}

/// Why it is to be revoked; a reason that the contract does not know is none.
pub(super) fn revocation(write: &Write) -> Answer<Revocation> {
    let wanted: Revocation = write.json()?;
    match wanted.reason {
        RevocationReason::Unknown => Err(Refused::field("reason", FieldProblem::Format)),
        _ => Ok(wanted),
    }
}

pub(crate) async fn revoke_issued(
    database: &impl ConnectionTrait,
    mut live: issued::Model,
    reason: RevocationReason,
    now: OffsetDateTime,
) -> Answer<issued::Model> {
    live.revoked_at = Some(millis(now));
    live.reason = Some(word(&reason));
    Ok(live.into_active_model().reset_all().update(database).await?)
}

pub(super) async fn finish(write: Write, row: certificate::Model) -> Answer<Response> {
    let answer = shown(&write.tx, &write.caller, row, write.now).await?;
    write.finish(&answer).await
}

/// Stores the row with one more event, and tells.
pub(crate) async fn stored(
    tx: &DatabaseTransaction,
    mut row: certificate::Model,
    event: (EventCode, Params),
    now: OffsetDateTime,
) -> Answer<certificate::Model> {
    let mut history: Vec<ApprovalEvent> = from_json(&row.history)?;
    let (code, params) = event;
    history.push(ApprovalEvent { at: now, code, params });
    row.history = to_json(&history)?;
    let row = row.into_active_model().reset_all().update(tx).await?;
    told(tx, &row, now).await?;
    Ok(row)
}

async fn told(tx: &DatabaseTransaction, row: &certificate::Model, now: OffsetDateTime) -> Answer<()> {
    let audience = row
        .holder_id
        .as_deref()
        .map_or(Audience::Administrators, Audience::Account);
    changed(
        tx,
        &row.enterprise_id,
        audience,
        ChangeSubject::Certificate,
        &row.id,
        now,
    )
    .await
}

/// The state now: a certificate past its end is expired, whatever the row says.
pub(crate) fn state(row: &certificate::Model, now: OffsetDateTime) -> Answer<CertificateState> {
    match enumerated(&row.state)? {
        CertificateState::Active | CertificateState::PendingImport
            if row.valid_to.is_some_and(|end| end <= millis(now)) =>
        {
            Ok(CertificateState::Expired)
        }
        state => Ok(state),
    }
}

pub(crate) async fn latest_issued(
    database: &impl ConnectionTrait,
    certificate_id: &str,
) -> Answer<Option<issued::Model>> {
    Ok(issued::Entity::find()
        .filter(issued::Column::CertificateId.eq(certificate_id))
        .filter(issued::Column::Stage.eq(word(&IssuanceStage::Confirmed)))
        .order_by_desc(issued::Column::IssuedAt)
        .one(database)
        .await?)
}

pub(crate) async fn live_issued(
    database: &impl ConnectionTrait,
    certificate_id: &str,
) -> Answer<Option<issued::Model>> {
    Ok(issued::Entity::find()
        .filter(issued::Column::CertificateId.eq(certificate_id))
        .filter(issued::Column::Stage.eq(word(&IssuanceStage::Confirmed)))
        .filter(issued::Column::RevokedAt.is_null())
        .order_by_desc(issued::Column::IssuedAt)
        .one(database)
        .await?)
}

pub(crate) async fn shown(
    database: &impl ConnectionTrait,
    caller: &Caller,
    row: certificate::Model,
    now: OffsetDateTime,
) -> Answer<Certificate> {
    let latest = match live_issued(database, &row.id).await? {
        Some(live) => Some(live),
        None => latest_issued(database, &row.id).await?,
    };
    let holder = match &row.holder_id {
        Some(holder_id) => account::Entity::find_by_id(holder_id.clone()).one(database).await?,
        None => None,
    };
    let enterprise = enterprise_row(database, &row.enterprise_id).await?;
    joined(caller, &row, (latest.as_ref(), holder.as_ref(), &enterprise), now)
}

/// Who holds these, by identifier.
async fn holders(
    database: &impl ConnectionTrait,
    rows: &[certificate::Model],
) -> Answer<HashMap<String, account::Model>> {
    let ids: BTreeSet<&str> = rows.iter().filter_map(|row| row.holder_id.as_deref()).collect();
    let rows = account::Entity::find()
        .filter(account::Column::Id.is_in(ids))
        .all(database)
        .await?;
    Ok(rows.into_iter().map(|row| (row.id.clone(), row)).collect())
}

/// What was issued for one entitlement.
#[derive(Default)]
struct Issued {
    latest: Option<issued::Model>,
    live: Option<issued::Model>,
}

impl Issued {
    /// The one to show: the newest in force before others.
    fn shown(&self) -> Option<&issued::Model> {
        self.live.as_ref().or(self.latest.as_ref())
    }
}

/// What was issued and confirmed for these entitlements, by entitlement.
async fn confirmed(database: &impl ConnectionTrait, rows: &[certificate::Model]) -> Answer<HashMap<String, Issued>> {
    let rows = issued::Entity::find()
        .filter(issued::Column::CertificateId.is_in(rows.iter().map(|row| row.id.as_str())))
        .filter(issued::Column::Stage.eq(word(&IssuanceStage::Confirmed)))
        .order_by_asc(issued::Column::IssuedAt)
        .all(database)
        .await?;
    let mut issued: HashMap<String, Issued> = HashMap::new();
    for row in rows {
        let of_one = issued.entry(row.certificate_id.clone()).or_default();
        if row.revoked_at.is_none() {
            of_one.live = Some(row.clone());
        }
        of_one.latest = Some(row);
    }
    Ok(issued)
}

fn joined(
    caller: &Caller,
    row: &certificate::Model,
    (latest, holder, enterprise): (Option<&issued::Model>, Option<&account::Model>, &enterprise::Model),
    now: OffsetDateTime,
) -> Answer<Certificate> {
    Ok(Certificate {
        id: id(&row.id)?,
        kind: enumerated(&row.kind)?,
        state: state(row, now)?,
        owner: owner(caller, row, now)?,
        holder: holder.map(employee).transpose()?,
        order_id: id(&row.order_id)?,
        order_number: row.order_number.clone(),
        bought_at: moment(row.bought_at),
        issued: latest.map(issued_shown).transpose()?,
        subject: subject(row, enterprise),
        history: from_json(&row.history)?,
    })
}

/// The subject comes from the records, never from a request.
pub(crate) fn subject(row: &certificate::Model, enterprise: &enterprise::Model) -> Option<CertificateSubject> {
    row.owner_name.as_ref().map(|owner_name| CertificateSubject {
        country: "CN".to_owned(),
        organization: enterprise.name.clone(),
        organization_identifier: enterprise.credit_code.clone(),
        common_name: owner_name.clone(),
    })
}

fn owner(caller: &Caller, row: &certificate::Model, now: OffsetDateTime) -> Answer<Option<CertificateOwner>> {
    let (Some(name), Some(kind), Some(number), Some(email)) =
        (&row.owner_name, &row.document_type, &row.document_number, &row.email)
    else {
        return Ok(None);
    };
    let document_type: DocumentType = enumerated(kind)?;
    let tells_birthday = document_type == DocumentType::ResidentIdentityCard
        && row.holder_id.as_deref() == Some(caller.account.id.as_str());
    let birthday = if tells_birthday {
        check::identity_number(number, now.date()).ok()
    } else {
        None
    };
    let document_number_masked = match document_type {
        DocumentType::BusinessLicence => number.clone(),
        _ => masked(number),
    };
    Ok(Some(CertificateOwner {
        name: name.clone(),
        document_type,
        document_number_masked,
        birthday,
        email: email.clone(),
    }))
}

/// First three and last two stay.
fn masked(number: &str) -> String {
    let count = number.chars().count();
    number
        .chars()
        .enumerate()
        .map(|(at, one)| if at < 3 || at + 2 >= count { one } else { '*' })
        .collect()
}

fn issued_shown(row: &issued::Model) -> Answer<IssuedCertificate> {
    Ok(IssuedCertificate {
        serial: row.serial.clone(),
        certificate_pem: super::pki::pem(&row.der),
        issued_to: id(&row.account_id)?,
        valid_from: moment(row.valid_from),
        valid_to: moment(row.valid_to),
        revoked_at: row.revoked_at.map(moment),
    })
}
