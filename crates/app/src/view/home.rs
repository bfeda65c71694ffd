//! What needs doing now.
use super::CertificateView;
use serde::Serialize;
use specta::Type;
use std::collections::BTreeMap;

/// The home screen.
#[derive(Debug, Clone, Serialize, Type)]
pub struct HomeView {
    /// The person signed in.
    pub account_name: String,
    /// What needs doing, most urgent first.
    pub todos: Vec<TodoView>,
    /// At most five certificates that matter most now.
    pub certificates: Vec<CertificateView>,
    /// Numbers on the tiles.
    pub counts: HomeCounts,
    /// CA authorisation is approved.
    pub authorised: bool,
}

/// Numbers on the home screen's tiles.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Type)]
pub struct HomeCounts {
    /// Orders waiting for money.
    pub unpaid_orders: u32,
    /// Certificates this account can import now.
    pub certificates_to_import: u32,
    /// Certificates with less than 90 days left.
    pub certificates_expiring: u32,
    /// Invoices issued.
    pub invoices: u32,
    /// Reviews still open.
    pub approvals_in_review: u32,
    /// Entitlements not yet assigned.
    pub unassigned: u32,
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct TodoView {
    /// What is to be done.
    pub kind: TodoKind,
    /// The order, certificate or seal it is about.
    pub subject_id: Option<String>,
    /// Facts the words need: `name`, `number`, `amount_fen`, `days`, `reason`, `state`, `position`.
    pub params: BTreeMap<String, String>,
}

/// Kinds of things to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum TodoKind {
    /// Get the CA authorisation.
    Authorise,
    /// The CA authorisation was rejected; submit again.
    AuthorisationRejected,
    /// Register an invoice title and a remitting account.
    BillingMissing,
    /// Pay an order.
    UnpaidOrder,
    /// A payment arrived with the wrong amount or from the wrong payer.
    PaymentProblem,
    /// Assign a certificate to its owner and holder.
    AssignCertificate,
    /// Import a certificate on this device.
    ImportCertificate,
    /// Make the first seal of a certificate.
    MakeSeal,
    /// A seal image was rejected.
    SealRejected,
    /// A seal image waits for the reviewer.
    SealInReview,
    /// A certificate ends soon.
    CertificateExpiring,
    /// The seal log of this device was changed by other means.
    SealLogBroken,
    /// The platform had another seal log of this device, which began anew.
    SealLogDiffers,
}
