//! 用印记录: chains that devices hand in, entry after entry as they were written. What does not go on from what is kept is
//! not taken, and stays known. A chain belongs to the device that hands it in.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use platform::check::FieldProblem;
use platform::wire::{
    ChangeSubject, SEAL_LOG_PART, SealLogChain, SealLogHead, SealLogPage, SealLogPart, SealLogQuery, SealLogRow,
    SealLogState, SealUse, SealUseKind, WrittenEntry, seal_log_link,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel,
    Order as SortOrder, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::pki::from_hex;
use super::reviews::page_of;
use super::signing::words;
use crate::caller::Caller;
use crate::feed::{Audience, changed};
use crate::paging::Part;
use crate::refused::{Answer, Refused};
use crate::service::Shared;
use crate::states::{first, go};
use crate::tables::{account, seal_log_chain, seal_log_entry, sign_in};
use crate::text::{containing, enumerated, hex, id, millis, moment};
use crate::write::Write;

/// Longest entry, in bytes.
const LONGEST_ENTRY: usize = 16 * 1024;
/// Longest name of a file or a certificate's owner, in characters.
const LONGEST_NAME: usize = 300;
/// Most seals of an entry.
const MOST_SEALS: usize = 100;

/// Hand in part of a chain of this account. What is kept already is compared; what differs from it, or does not go on from
/// it, is not taken, and the chain says so from then on.
#[utoipa::path(post, path = "/v1/seal-log/chains/{id}/entries", tag = "seal_log", params(("id" = Uuid, Path)), request_body = SealLogPart, responses((status = 200, body = SealLogChain)))]
pub(crate) async fn hand_in(Path(chain_id): Path<Uuid>, write: Write) -> Answer<Response> {
    let enterprise_id = write.caller.enterprise()?.to_owned();
    let part: SealLogPart = write.json()?;
    let (kept, is_new) = chain_of_caller(&write, &enterprise_id, (chain_id, &part)).await?;
    let entries = checked_part(&part, &write.caller)?;
    if place(part.position)? > kept.count + 1 {
        return Err(Refused::conflict("gap").with("count", kept.count));
    }
    let (mut chain, same_until) = append(&write, kept.clone(), &part, entries).await?;
    if let Some(from) = part.broken_from {
        chain.broken_from = first_of(chain.broken_from, place(from)?);
        differs(&mut chain)?;
    }
    let is_news = is_new || chain != kept;
    chain.handed_in_at = millis(write.now);
    let chain = chain.into_active_model().reset_all().update(&write.tx).await?;
    if is_news {
        let audience = Audience::Account(&chain.account_id);
        changed(
            &write.tx,
            &enterprise_id,
            audience,
            ChangeSubject::SealLog,
            &chain.id,
            write.now,
        )
        .await?;
    }
    let person = write.caller.account.name.clone();
    let answer = SealLogChain {
        same_until: Some(same_until.unsigned_abs()),
        ..shown_chain(&chain, person)?
    };
    write.finish(&answer).await
}

/// The chain, locked; a new one begins with nothing, or where the chain ended whose place it takes.
async fn chain_of_caller(
    write: &Write,
    enterprise_id: &str,
    (chain_id, part): (Uuid, &SealLogPart),
) -> Answer<(seal_log_chain::Model, bool)> {
    let account_id = write.caller.account.id.as_str();
    let device = sign_in::Entity::find_by_id(write.caller.sign_in_id.as_str())
        .one(&write.tx)
        .await?;
    let (device_name, device_key) = device.map(|row| (row.device_name, row.device_key)).unwrap_or_default();
    let kept = seal_log_chain::Entity::find_by_id(chain_id.to_string())
        .lock_exclusive()
        .one(&write.tx)
        .await?;
    if let Some(kept) = kept {
        let is_own = kept.account_id == account_id && kept.enterprise_id == enterprise_id;
        if !is_own {
            return Err(Refused::not_found());
        }
        return Ok((of_device(kept, device_key, part)?, false));
    }
    let before = match &part.continues {
        Some(head) => Some(former(write, enterprise_id, head).await?),
        None => None,
    };
    let row = seal_log_chain::Model {
        id: chain_id.to_string(),
        enterprise_id: enterprise_id.to_owned(),
        account_id: account_id.to_owned(),
        device_name,
        count: 0,
        hash: String::new(),
        state: first(SealLogState::Whole)?,
        differs_from: None,
        broken_from: None,
        handed_in_at: millis(write.now),
        device_key,
        continues_chain: before.as_ref().map(|entry| entry.chain_id.clone()),
        continues_count: before.as_ref().map(|entry| entry.position),
        continues_hash: before.map(|entry| entry.hash),
    };
    seal_log_chain::Entity::insert(row.clone().into_active_model())
        .exec_without_returning(&write.tx)
        .await?;
    Ok((row, true))
}

/// A chain is handed in by one device: the first that has a key. Who else has the account's password makes a chain of their
/// own, and cannot put entries into this one.
fn of_device(
    mut kept: seal_log_chain::Model,
    device_key: Option<Vec<u8>>,
    part: &SealLogPart,
) -> Answer<seal_log_chain::Model> {
    if kept.device_key.is_some() && kept.device_key != device_key {
        let refused = Refused::conflict("another_device").with("count", kept.count);
        return Err(refused.with("hash", &kept.hash));
    }
    if part.continues.is_some() && part.continues != continues(&kept)? {
        return Err(Refused::field("continues", FieldProblem::Format));
    }
    kept.device_key = device_key;
    Ok(kept)
}

/// The last entry of the chain whose place a new one takes: of the same account, and as it is kept.
async fn former(write: &Write, enterprise_id: &str, head: &SealLogHead) -> Answer<seal_log_entry::Model> {
    let entry = seal_log_entry::Entity::find_by_id(entry_id(&head.chain.to_string(), place(head.count)?))
        .filter(seal_log_entry::Column::AccountId.eq(write.caller.account.id.as_str()))
        .filter(seal_log_entry::Column::EnterpriseId.eq(enterprise_id))
        .filter(seal_log_entry::Column::Hash.eq(head.hash.as_str()))
        .one(&write.tx)
        .await?;
    match entry {
        Some(entry) => Ok(entry),
        None => Err(not_the_head(write, head).await?),
    }
}

/// Tells the end that could be named instead: the platform may have been set back itself.
async fn not_the_head(write: &Write, head: &SealLogHead) -> Answer<Refused> {
    let chain = seal_log_chain::Entity::find_by_id(head.chain.to_string())
        .filter(seal_log_chain::Column::AccountId.eq(write.caller.account.id.as_str()))
        .one(&write.tx)
        .await?;
    let (count, hash) = chain.map(|row| (row.count, row.hash)).unwrap_or_default();
    let refused = Refused::field("continues", FieldProblem::Format);
    Ok(refused.with("count", count).with("hash", hash))
}

fn continues(row: &seal_log_chain::Model) -> Answer<Option<SealLogHead>> {
    let (Some(chain), Some(count), Some(hash)) = (&row.continues_chain, row.continues_count, &row.continues_hash)
    else {
        return Ok(None);
    };
    Ok(Some(SealLogHead {
        chain: id(chain)?,
        count: count.unsigned_abs(),
        hash: hash.clone(),
    }))
}

/// What a part says, before anything is looked up.
fn checked_part(part: &SealLogPart, caller: &Caller) -> Answer<Vec<SealUse>> {
    if part.position == 0 {
        return Err(Refused::field("position", FieldProblem::Format));
    }
    if part.entries.is_empty() || part.entries.len() > SEAL_LOG_PART {
        return Err(Refused::field("entries", FieldProblem::Length));
    }
    part.entries.iter().map(|entry| checked(entry, caller)).collect()
}

fn checked(entry: &WrittenEntry, caller: &Caller) -> Answer<SealUse> {
    let wrong = |why| Refused::field("written", why);
    if entry.written.len() > LONGEST_ENTRY {
        return Err(wrong(FieldProblem::Length));
    }
    let used = SealUse::read(&entry.written).filter(|used| used.kind != SealUseKind::Unknown);
    let used = used.ok_or_else(|| wrong(FieldProblem::Format))?;
    if used.account.to_string() != caller.account.id || !is_digest(&used.sha256) || used.seals.len() > MOST_SEALS {
        return Err(wrong(FieldProblem::Format));
    }
    words("written", &used.file_name, LONGEST_NAME)?;
    let others = [&used.owner, &used.serial]
        .into_iter()
        .chain(used.seals.iter().map(|seal| &seal.name));
    others
        .filter(|text| !text.is_empty())
        .try_for_each(|text| words("written", text, LONGEST_NAME))?;
    if !is_digest(&entry.hash) {
        return Err(Refused::field("hash", FieldProblem::Format));
    }
    Ok(used)
}

fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|one| matches!(one, b'0'..=b'9' | b'a'..=b'f'))
}

/// Takes what goes on from the chain's end; the first entry that does not ends it. Beside the chain, up to where it now has
/// what the part says.
async fn append(
    write: &Write,
    mut chain: seal_log_chain::Model,
    part: &SealLogPart,
    entries: Vec<SealUse>,
) -> Answer<(seal_log_chain::Model, i64)> {
    let mut same_until = place(part.position)? - 1;
    let known = known_entries(&write.tx, &chain, part).await?;
    for ((position, entry), used) in (place(part.position)?..).zip(&part.entries).zip(entries) {
        let is_new = position > chain.count;
        let fits = match known.get(&position) {
            _ if is_new => entry.hash == hex(&seal_log_link(&end(&chain), &entry.written)),
            Some(kept) => kept == entry,
            None => false,
        };
        if !fits {
            chain.differs_from = first_of(chain.differs_from, position);
            differs(&mut chain)?;
            break;
        }
        if is_new {
            keep(write, &chain, position, entry, used).await?;
            chain.count = position;
            chain.hash.clone_from(&entry.hash);
        }
        same_until = position;
    }
    Ok((chain, same_until))
}

/// The entries of a part that are kept already, by their position.
async fn known_entries(
    tx: &DatabaseTransaction,
    chain: &seal_log_chain::Model,
    part: &SealLogPart,
) -> Answer<BTreeMap<i64, WrittenEntry>> {
    let rows = seal_log_entry::Entity::find()
        .filter(seal_log_entry::Column::Id.gte(entry_id(&chain.id, place(part.position)?)))
        .filter(seal_log_entry::Column::Id.lte(entry_id(&chain.id, chain.count)))
        .order_by_asc(seal_log_entry::Column::Id)
        .limit(SEAL_LOG_PART as u64)
        .all(tx)
        .await?;
    let entries = rows.into_iter().map(|row| (row.position, written(&row)));
    Ok(entries.collect())
}

fn written(row: &seal_log_entry::Model) -> WrittenEntry {
    WrittenEntry {
        written: row.written.clone(),
        hash: row.hash.clone(),
    }
}

async fn keep(
    write: &Write,
    chain: &seal_log_chain::Model,
    position: i64,
    entry: &WrittenEntry,
    used: SealUse,
) -> Answer<()> {
    let row = seal_log_entry::Model {
        id: entry_id(&chain.id, position),
        chain_id: chain.id.clone(),
        position,
        enterprise_id: chain.enterprise_id.clone(),
        account_id: chain.account_id.clone(),
        at: millis(used.at),
        file_name: used.file_name,
        sha256: used.sha256,
        certificate_id: used.certificate.to_string(),
        owner_name: used.owner,
        written: entry.written.clone(),
        hash: entry.hash.clone(),
        handed_in_at: millis(write.now),
    };
    seal_log_entry::Entity::insert(row.into_active_model())
        .exec_without_returning(&write.tx)
        .await?;
    Ok(())
}

/// Hash of the last entry kept, as bytes; before the first, of the head that the chain continues.
fn end(chain: &seal_log_chain::Model) -> [u8; 32] {
    let hash = match &chain.continues_hash {
        Some(before) if chain.count == 0 => before,
        _ => &chain.hash,
    };
    let bytes = from_hex(hash).unwrap_or_default();
    bytes.try_into().unwrap_or_default()
}

fn differs(chain: &mut seal_log_chain::Model) -> Answer<()> {
    match enumerated(&chain.state)? {
        SealLogState::Differs => Ok(()),
        SealLogState::Whole | SealLogState::Unknown => go(&mut chain.state, SealLogState::Differs),
    }
}

/// The smaller of what is known.
fn first_of(known: Option<i64>, found: i64) -> Option<i64> {
    Some(known.map_or(found, |known| known.min(found)))
}

/// A position as the database counts.
fn place(position: u64) -> Answer<i64> {
    i64::try_from(position).map_err(|_| Refused::field("position", FieldProblem::Format))
}

/// Sorts like the position within a chain.
fn entry_id(chain_id: &str, position: i64) -> String {
    format!("{chain_id}:{position:012}")
}

/// The enterprise's seal log to an administrator, their own to everybody else; newest use first.
#[utoipa::path(get, path = "/v1/seal-log", tag = "seal_log", params(SealLogQuery), responses((status = 200, body = SealLogPage)))]
pub(crate) async fn list(
    State(service): State<Shared>,
    caller: Caller,
    Query(wanted): Query<SealLogQuery>,
) -> Answer<Json<SealLogPage>> {
    let part = Part {
        after: wanted.after.as_deref(),
        limit: page_of(wanted.limit),
        order: SortOrder::Desc,
    };
    let found = seal_log_entry::Entity::find().filter(visible(&caller, &wanted)?);
    let columns = (seal_log_entry::Column::At, seal_log_entry::Column::Id);
    let (rows, next) = part
        .of(found, columns, &service.database, |row| (row.at, &row.id))
        .await?;
    let chains = chains_of(&service.database, &rows).await?;
    let people = people_of(&service.database, rows.iter().map(|row| row.account_id.as_str())).await?;
    let rows = rows.iter().map(|row| shown(row, &chains, &people));
    let rows = rows.collect::<Answer<_>>()?;
    Ok(Json(SealLogPage { rows, next }))
}

/// What the caller may see of what is wanted.
fn visible(caller: &Caller, wanted: &SealLogQuery) -> Answer<Condition> {
    use seal_log_entry::Column;
    let account = if caller.is_administrator() {
        wanted.account.map(|account| account.to_string())
    } else {
        Some(caller.account.id.clone())
    };
    let mut all = Condition::all()
        .add(Column::EnterpriseId.eq(caller.enterprise()?))
        .add_option(account.map(|account| Column::AccountId.eq(account)))
        .add_option(wanted.certificate.map(|id| Column::CertificateId.eq(id.to_string())))
        .add_option(wanted.from.map(|from| Column::At.gte(millis(from))))
        .add_option(wanted.until.map(|until| Column::At.lt(millis(until))));
    if let Some(text) = wanted.q.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        let found = Condition::any()
            .add(containing(Column::FileName, text))
            .add(containing(Column::OwnerName, text));
        let is_hexadecimal = text.bytes().all(|one| one.is_ascii_hexdigit());
        let digest = is_hexadecimal.then(|| Column::Sha256.starts_with(text.to_lowercase()));
        all = all.add(found.add_option(digest));
    }
    Ok(all)
}

/// The chains whose entries the caller may see, the one handed in last first.
#[utoipa::path(get, path = "/v1/seal-log/chains", tag = "seal_log", responses((status = 200, body = [SealLogChain])))]
pub(crate) async fn chains(State(service): State<Shared>, caller: Caller) -> Answer<Json<Vec<SealLogChain>>> {
    let mut query =
        seal_log_chain::Entity::find().filter(seal_log_chain::Column::EnterpriseId.eq(caller.enterprise()?));
    if !caller.is_administrator() {
        query = query.filter(seal_log_chain::Column::AccountId.eq(caller.account.id.as_str()));
    }
    let rows = query
        .order_by_desc(seal_log_chain::Column::HandedInAt)
        .order_by_asc(seal_log_chain::Column::Id)
        .all(&service.database)
        .await?;
    let people = people_of(&service.database, rows.iter().map(|row| row.account_id.as_str())).await?;
    let named = |row: &seal_log_chain::Model| people.get(&row.account_id).cloned().unwrap_or_default();
    let rows = rows.iter().map(|row| shown_chain(row, named(row)));
    rows.collect::<Answer<_>>().map(Json)
}

async fn chains_of(
    database: &impl ConnectionTrait,
    rows: &[seal_log_entry::Model],
) -> Answer<BTreeMap<String, seal_log_chain::Model>> {
    let chains = seal_log_chain::Entity::find()
        .filter(seal_log_chain::Column::Id.is_in(rows.iter().map(|row| row.chain_id.as_str())))
        .all(database)
        .await?;
    Ok(chains.into_iter().map(|row| (row.id.clone(), row)).collect())
}

/// Names by account.
async fn people_of<'a>(
    database: &impl ConnectionTrait,
    accounts: impl Iterator<Item = &'a str>,
) -> Answer<BTreeMap<String, String>> {
    let accounts = account::Entity::find()
        .filter(account::Column::Id.is_in(accounts))
        .all(database)
        .await?;
    Ok(accounts.into_iter().map(|row| (row.id, row.name)).collect())
}

fn shown(
    row: &seal_log_entry::Model,
    chains: &BTreeMap<String, seal_log_chain::Model>,
    people: &BTreeMap<String, String>,
) -> Answer<SealLogRow> {
    let used = SealUse::read(&row.written).ok_or_else(|| Refused::internal("an entry cannot be read"))?;
    let device_name = chains.get(&row.chain_id).map(|chain| chain.device_name.clone());
    Ok(SealLogRow {
        chain: id(&row.chain_id)?,
        position: row.position.unsigned_abs(),
        used,
        person: people.get(&row.account_id).cloned().unwrap_or_default(),
        device_name: device_name.unwrap_or_default(),
        entry: written(row),
        handed_in_at: moment(row.handed_in_at),
    })
}

fn shown_chain(row: &seal_log_chain::Model, person: String) -> Answer<SealLogChain> {
    Ok(SealLogChain {
        id: id(&row.id)?,
        account: id(&row.account_id)?,
        person,
        device_name: row.device_name.clone(),
        count: row.count.unsigned_abs(),
        hash: row.hash.clone(),
        state: enumerated(&row.state)?,
        differs_from: row.differs_from.map(i64::unsigned_abs),
        broken_from: row.broken_from.map(i64::unsigned_abs),
        continues: continues(row)?,
        same_until: None,
        handed_in_at: moment(row.handed_in_at),
    })
}
