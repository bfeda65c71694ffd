//! Everything under review, as time lines.
use serde::Serialize;
use specta::Type;
use std::collections::BTreeMap;

/// One thing under review, or that was.
#[derive(Debug, Clone, Serialize, Type)]
pub struct ApprovalView {
    /// Approval id.
    pub id: String,
    /// What kind of thing.
    pub kind: ApprovalKind,
    /// The thing itself.
    pub subject_id: String,
    /// Facts for its title: `name`, `number` …
    pub title_params: BTreeMap<String, String>,
    /// Where it stands.
    pub state: ApprovalState,
    /// Who acts next.
    pub next_actor: NextActor,
    /// Since when.
    pub since: String,
    /// The reason of a rejection.
    pub reason: Option<String>,
    /// What happened, oldest first.
    pub events: Vec<ApprovalEventView>,
}

/// One event of a time line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct ApprovalEventView {
    /// When.
    pub at: String,
    /// What: a code such as `submitted`, `approved`, `rejected`, `arrived`.
    pub code: String,
    /// Facts the words need.
    pub params: BTreeMap<String, String>,
}

/// Kinds of things under review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalKind {
    /// CA authorisation.
    Authorisation,
    /// A payment.
    Payment,
    /// A seal image.
    Seal,
    /// A reissue.
    Reissue,
    /// An invoice.
    Invoice,
    /// A word of a newer platform.
    Unknown,
}

/// Where a review stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalState {
    /// The platform looks at it.
    InReview,
    /// Accepted.
    Approved,
    /// Refused.
    Rejected,
    /// Waiting for something from outside, such as money.
    Waiting,
    /// A word of a newer platform.
    Unknown,
}

/// Who acts next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum NextActor {
    /// The enterprise.
    You,
    /// The platform's reviewer.
    Platform,
    /// Nobody: it is done.
    Nobody,
}
