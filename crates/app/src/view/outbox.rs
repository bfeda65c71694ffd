//! What waits to be sent.
use super::FailureView;
use serde::Serialize;
use specta::Type;
use std::collections::BTreeMap;

/// What waits to be sent, and what waits for a decision of the user.
#[derive(Debug, Clone, Serialize, Type)]
pub struct OutboxView {
    /// The oldest entries, at most 200.
    pub entries: Vec<OutboxEntryView>,
    /// How many will be sent by themselves.
    pub waiting: u32,
    /// How many wait for a decision.
    pub stopped: u32,
}

/// One thing the user did.
#[derive(Debug, Clone, Serialize, Type)]
pub struct OutboxEntryView {
    /// Entry id.
    pub id: String,
    /// What was done.
    pub deed: OutboxDeed,
    /// Facts the words need: `name`.
    pub params: BTreeMap<String, String>,
    /// When the user acted.
    pub made_at: String,
    /// Where it stands.
    pub state: OutboxEntryState,
    /// Why it was not sent yet.
    pub failure: Option<FailureView>,
    /// Not tried by itself before this moment.
    pub next_try_at: Option<String>,
    /// It was tried, and no answer came: the platform may have it already.
    pub uncertain: bool,
    /// After a conflict, what differs.
    pub differences: Vec<OutboxDifferenceView>,
    /// After a conflict: the thing is still there, so the user's version can be made to stand.
    pub can_keep: bool,
}

/// A field that differs between the user's version and the platform's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct OutboxDifferenceView {
    /// The field.
    pub field: String,
    /// The user's.
    pub mine: String,
    /// The platform's.
    pub theirs: String,
}

/// Things a user can do that wait when the platform is away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum OutboxDeed {
    /// Invoice title added.
    AddTitle,
    /// Invoice title changed.
    ChangeTitle,
    /// Invoice title removed.
    RemoveTitle,
    /// Remitting account added.
    AddAccount,
    /// Remitting account changed.
    ChangeAccount,
    /// Remitting account removed.
    RemoveAccount,
    /// Order placed.
    PlaceOrder,
    /// Order changed.
    ChangeOrder,
    /// Order cancelled.
    CancelOrder,
    /// Invoice asked for.
    RequestInvoice,
    /// Certificate assigned.
    Assign,
    /// Holder changed.
    ChangeHolder,
    /// Certificate revoked.
    Revoke,
    /// Seal notice agreed to.
    AgreeNotice,
    /// Seal made or sent to review.
    AddSeal,
    /// Seal taken out of use.
    DisableSeal,
    /// Letter of authorisation submitted.
    SubmitLetter,
}

/// Where an entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum OutboxEntryState {
    /// Sent as soon as the platform can be reached.
    Waiting,
    /// The platform has another version than the one that was changed.
    Conflict,
    /// The platform refused it.
    Refused,
}
