//! What the window is told without asking.
use super::SyncView;
use serde::Serialize;
use specta::Type;

/// Something happened.
#[derive(Debug, Clone)]
pub enum Event {
    /// These subjects are stale: ask again.
    Changed(Vec<Topic>),
    /// Long work moved on.
    Progress(ProgressView),
    /// The local copy's freshness changed.
    Sync(SyncView),
}

/// Subjects that can become stale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// Sign-in.
    Session,
    /// Home screen.
    Home,
    /// CA authorisation.
    Authorisation,
    /// Billing.
    Billing,
    /// Orders.
    Orders,
    /// Invoices.
    Invoices,
    /// Certificates and employees.
    Certificates,
    /// Seals and their notice.
    Seals,
    /// Opened documents.
    Documents,
    /// Reviews.
    Approvals,
    /// Uses of keys.
    SealLog,
    /// Settings.
    Settings,
    /// What waits to be sent.
    Outbox,
}

/// How far long work has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct ProgressView {
    /// The work: `sign:<document id>` or `import:<certificate id>`.
    pub job: String,
    /// Steps done.
    pub done: u32,
    /// Steps in all.
    pub total: u32,
    /// The step: `unlock`, `stamp`, `write`, `verify`, `rename`, `key`, `request`, `check`, `keep`.
    pub stage: String,
}
