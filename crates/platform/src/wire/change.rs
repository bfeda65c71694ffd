//! The change feed: what became stale, in order (product.md 4).

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// What kind of thing changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeSubject {
    /// The authorisation or its face link.
    Authorisation,
    /// An invoice title.
    BillingTitle,
    /// A remitting account.
    RemittingAccount,
    /// An order.
    Order,
    /// An invoice.
    Invoice,
    /// An entitlement or its certificate.
    Certificate,
    /// A seal record.
    Seal,
    /// An entry of the approvals time line.
    Approval,
    /// A chain of the seal log.
    SealLog,
    /// A word of a later version of the contract.
    #[serde(other)]
    Unknown,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Change {
    /// Position in the enterprise's feed; grows, may have gaps for this account.
    pub cursor: i64,
    /// Kind of thing.
    pub subject: ChangeSubject,
    /// Which one.
    pub subject_id: Uuid,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

/// Query of the feed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ChangeQuery {
    /// Changes after this cursor; 0 is the beginning.
    #[serde(default)]
    pub after: i64,
    /// Most wanted, 1–500; 100 when absent.
    pub limit: Option<u64>,
    /// No changes, only the feed's end: where somebody who reads the lists now goes on.
    #[serde(default)]
    pub end: bool,
    /// `epoch` and `mark` of the page that `after` is from: by them a platform set back to an older state notices it.
    #[serde(default)]
    pub epoch: Option<String>,
    /// See `epoch`.
    #[serde(default)]
    pub mark: Option<String>,
}

/// Query of the live stream.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct StreamQuery {
    /// Changes after this cursor; 0 is the beginning.
    #[serde(default)]
    pub after: i64,
}

/// Part of the feed, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChangePage {
    /// Changes.
    pub changes: Vec<Change>,
    /// Pass as `after` next time.
    pub next: i64,
    /// More can be had at once.
    pub more: bool,
    /// Which feed this is. Another word than before: the platform was set back to an older state. Read everything anew,
    /// and send again, under the same idempotency keys, what was sent since.
    #[serde(default)]
    pub epoch: String,
    /// By what the platform knows the change at `next`; pass it with `epoch` next time.
    #[serde(default)]
    pub mark: String,
}
