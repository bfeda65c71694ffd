//! The outbox as it is shown: what was done, why it waits, and both versions after a conflict.
use super::Intention;
use super::sending::next_try;
use crate::application::Inner;
use crate::failure::Failure;
use crate::sync::kind;
use crate::view::{OutboxDeed, OutboxDifferenceView, OutboxEntryState, OutboxEntryView, OutboxView};
use crate::wire_view::moment;
use platform::wire;
use serde_json::Value;
use std::collections::BTreeMap;
use store::{OutboxRow, OutboxState};

/// More than anybody looks through.
const MOST_SHOWN: usize = 200;

impl Inner {
    pub(super) fn outbox_view(&self) -> Result<OutboxView, Failure> {
        let scope = self.scope()?;
        let rows = self.store.outbox(&scope)?;
        let count = |waits: bool| {
            rows.iter()
                .filter(|row| (row.state == OutboxState::Waiting) == waits)
                .count()
        };
        let (stopped, waiting): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row.state != OutboxState::Waiting);
        // What wants a decision comes first.
        let shown = stopped.into_iter().chain(waiting).take(MOST_SHOWN);
        let entries: Result<Vec<_>, Failure> = shown.map(|row| self.entry_view(&scope, row)).collect();
        Ok(OutboxView {
            entries: entries?,
            waiting: u32::try_from(count(true)).unwrap_or(u32::MAX),
            stopped: u32::try_from(count(false)).unwrap_or(u32::MAX),
        })
    }

    fn entry_view(&self, scope: &str, row: &OutboxRow) -> Result<OutboxEntryView, Failure> {
        let meant = self.intention(scope, row)?;
        let (deed, name) = self.deed(&meant);
        let state = match row.state {
            OutboxState::Waiting | OutboxState::Sent => OutboxEntryState::Waiting,
            OutboxState::Conflict => OutboxEntryState::Conflict,
            OutboxState::Refused => OutboxEntryState::Refused,
        };
        let failure: Option<Failure> = row.failure.as_deref().and_then(|text| serde_json::from_str(text).ok());
        let offline = failure
            .as_ref()
            .is_none_or(|failure| failure.code == crate::view::FailureCode::Offline);
        Ok(OutboxEntryView {
            id: row.id.to_string(),
            deed,
            params: BTreeMap::from([("name".to_owned(), name)]),
            made_at: moment(row.made_at),
            state,
            next_try_at: next_try(row, self.now()).map(moment),
            uncertain: row.attempts > 0 && !offline && state == OutboxEntryState::Waiting,
            differences: match state {
                OutboxEntryState::Conflict => self.differences(&meant, row.theirs.as_deref()),
                OutboxEntryState::Waiting | OutboxEntryState::Refused => Vec::new(),
            },
            can_keep: state == OutboxEntryState::Conflict && row.theirs.is_some(),
            failure,
        })
    }

    fn deed(&self, meant: &Intention) -> (OutboxDeed, String) {
        match meant {
            Intention::AddTitle { title } => (OutboxDeed::AddTitle, title.name.clone()),
            Intention::ChangeTitle { title, .. } => (OutboxDeed::ChangeTitle, title.name.clone()),
            Intention::RemoveTitle { name, .. } => (OutboxDeed::RemoveTitle, name.clone()),
            Intention::AddAccount { account } => (OutboxDeed::AddAccount, account.holder.clone()),
            Intention::ChangeAccount { account, .. } => (OutboxDeed::ChangeAccount, account.holder.clone()),
            Intention::RemoveAccount { holder, .. } => (OutboxDeed::RemoveAccount, holder.clone()),
            Intention::PlaceOrder { order } => (OutboxDeed::PlaceOrder, self.package_name(order)),
            Intention::ChangeOrder { number, .. } => (OutboxDeed::ChangeOrder, number.clone()),
            Intention::CancelOrder { number, .. } => (OutboxDeed::CancelOrder, number.clone()),
            Intention::RequestInvoice { number, .. } => (OutboxDeed::RequestInvoice, number.clone()),
            Intention::Assign { assignment, .. } => (OutboxDeed::Assign, assignment.owner_name.clone()),
            Intention::ChangeHolder { owner, .. } => (OutboxDeed::ChangeHolder, owner.clone()),
            Intention::Revoke { owner, .. } => (OutboxDeed::Revoke, owner.clone()),
            Intention::AgreeNotice { .. } => (OutboxDeed::AgreeNotice, String::new()),
            Intention::AddSeal { seal } => (OutboxDeed::AddSeal, seal.name.clone()),
            Intention::DisableSeal { name, .. } => (OutboxDeed::DisableSeal, name.clone()),
            Intention::SubmitLetter { file_name, .. } => (OutboxDeed::SubmitLetter, file_name.clone()),
        }
    }

    fn package_name(&self, order: &wire::NewOrder) -> String {
        let package = self.one::<wire::Package>(kind::PACKAGE, &order.package_id.to_string());
        let name = package.map(|package| package.name).unwrap_or_default();
        format!("{name} × {}", order.quantity)
    }

    fn differences(&self, meant: &Intention, theirs: Option<&str>) -> Vec<OutboxDifferenceView> {
        let mine = match meant {
            Intention::ChangeTitle { title, .. } => serde_json::to_value(title),
            Intention::ChangeAccount { account, .. } => serde_json::to_value(account),
            Intention::ChangeOrder { change, .. } => serde_json::to_value(change),
            Intention::ChangeHolder { change, .. } => serde_json::to_value(change),
            // What was there when the user removed it.
            Intention::RemoveTitle { was, .. } => serde_json::to_value(was),
            Intention::RemoveAccount { was, .. } => serde_json::to_value(was),
            _ => return Vec::new(),
        };
        let theirs: Value = theirs
            .and_then(|text| serde_json::from_str(text).ok())
            .unwrap_or_default();
        let Ok(Value::Object(mine)) = mine else {
            return Vec::new();
        };
        let differing = mine
            .iter()
            .filter(|(field, value)| theirs.get(field.as_str()) != Some(value));
        differing
            .map(|(field, value)| OutboxDifferenceView {
                field: field.clone(),
                mine: self.words(field, value),
                theirs: theirs
                    .get(field.as_str())
                    .map(|value| self.words(field, value))
                    .unwrap_or_default(),
            })
            .collect()
    }

    /// Ids are shown by the name of what they stand for.
    fn words(&self, field: &str, value: &Value) -> String {
        let text = match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let name = match field {
            "title_id" => self
                .one::<wire::BillingTitle>(kind::TITLE, &text)
                .map(|one| one.fields.name),
            "account_id" => self
                .one::<wire::RemittingAccount>(kind::REMITTING, &text)
                .map(|one| one.fields.account),
            "holder_id" => self.one::<wire::Employee>(kind::EMPLOYEE, &text).map(|one| one.name),
            _ => return text,
        };
        name.unwrap_or(text)
    }
}
