//! The reviewer's side: queues, decisions, money that came, the record of writes, and approval by itself in the sandbox.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{
    Approval, ApprovalKind, AuthorisationWay, CertificateKind, CertificateSubject, Employee, Enterprise, Invoice,
    Order, Role, SealRecord,
};

/// Approve or reject what an approval is about (authorisation, seal, invoice).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Decision {
    /// Approve?
    pub approve: bool,
    /// Reason; required when rejecting, 1–500 characters.
    pub reason: Option<String>,
}

/// How much waits for the platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Queues {
    /// Authorisations to decide on.
    pub authorisations: u64,
    /// Seal pictures to decide on.
    pub seals: u64,
    /// Invoices to issue.
    pub invoices: u64,
    /// Arrivals that fit no order.
    pub payments: u64,
}

/// Which reviews.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ReviewQuery {
    /// What is reviewed.
    pub kind: ApprovalKind,
    /// Those decided before instead of those that wait.
    #[serde(default)]
    pub done: bool,
    /// Part of the enterprise's name or credit code, or of the order's number or the seal's name.
    pub q: Option<String>,
    /// Where the page before this one ended: its `next`, as it was told. The first page when absent.
    pub after: Option<String>,
    /// Rows wanted, 1–100; 50 when absent.
    pub limit: Option<u64>,
}

/// Something to review, with whose it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReviewRow {
    /// The entry of the time line.
    #[serde(flatten)]
    pub approval: Approval,
    /// Whose.
    pub enterprise: Enterprise,
}

/// Part of a queue: the waiting oldest first, the decided newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReviewPage {
    /// Rows.
    pub rows: Vec<ReviewRow>,
    /// Rows in the whole queue.
    pub total: u64,
    /// Where this page ends: `after` of the next one. Absent at the end.
    #[serde(default)]
    pub next: Option<String>,
}

/// What a letter is by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LetterKind {
    /// JPEG picture.
    Jpeg,
    /// PNG picture.
    Png,
    /// PDF.
    Pdf,
    /// A word of a later version of the contract.
    #[serde(other)]
    Unknown,
}

/// What the reviewer looks at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ReviewDetail {
    /// An authorisation; its letter is at `/v1/operator/authorisations/{subject_id}/letter`.
    Authorisation {
        /// Way of the latest submission.
        way: Option<AuthorisationWay>,
        /// Name of the letter's file.
        letter_file_name: Option<String>,
        /// What the letter is.
        letter_kind: Option<LetterKind>,
    },
    /// A seal; its picture is at `/v1/operator/seals/{subject_id}/picture`.
    Seal {
        /// The record.
        seal: Box<SealRecord>,
        /// Whom the certificate names.
        subject: Option<CertificateSubject>,
        /// Enterprise or person.
        certificate_kind: CertificateKind,
        /// Who holds the certificate.
        holder: Option<Employee>,
    },
    /// An invoice; absent when its request was rejected.
    Invoice {
        /// The invoice.
        invoice: Option<Box<Invoice>>,
    },
    /// Nothing beside the time line.
    Nothing,
    /// A word of a later version of the contract.
    #[serde(other)]
    Unknown,
}

/// One review.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Review {
    /// The entry of the time line.
    pub approval: Approval,
    /// Whose.
    pub enterprise: Enterprise,
    /// What to look at.
    pub detail: ReviewDetail,
}

/// The bank's notice of an arrival.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BankNotice {
    /// The bank's own number of the booking, 1–64 characters; a repeated one is ignored.
    pub notice_number: String,
    /// Receiving account it arrived at.
    pub receiving_account: String,
    /// Amount, in fen.
    pub amount_fen: i64,
    /// Payer's name.
    pub payer_name: String,
    /// Payer's account number.
    pub payer_account: String,
    /// When the bank booked it.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

/// What the platform made of a bank notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BankNoticeOutcome {
    /// Known already, or the order was paid or closed before: the order did not change.
    pub ignored: bool,
    /// The order it belongs to, afterwards; none while the receiving account is unknown.
    pub order: Option<Order>,
    /// What became of the money.
    pub state: ArrivalState,
}

/// What became of money that came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ArrivalState {
    /// Pays its order, alone or with others.
    Credited,
    /// From a registered account, but not the amount.
    WrongAmount,
    /// From an account that is not registered for the order.
    WrongPayer,
    /// No order has this receiving account.
    UnknownAccount,
    /// Its order was paid already.
    Surplus,
    /// Its order was closed.
    OrderClosed,
    /// Sent back.
    Refunded,
    /// A word of a later version of the contract.
    #[serde(other)]
    Unknown,
}

/// Money that was sent back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Refund {
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// The bank's number of the transfer back.
    pub reference: String,
    /// Why.
    pub reason: String,
}

/// Send money back: recorded after the bank did it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NewRefund {
    /// The bank's number of the transfer back, 1–64 characters.
    pub reference: String,
    /// Why, 1–500 characters.
    pub reason: String,
}

/// Say which order money belongs to whose receiving account was mistyped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ArrivalMatch {
    /// The order's number.
    pub order_number: String,
}

/// Money that came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Arrival {
    /// The bank's notice.
    pub notice: BankNotice,
    /// What became of it.
    pub state: ArrivalState,
    /// When the platform heard of it.
    #[serde(with = "time::serde::rfc3339")]
    pub received_at: OffsetDateTime,
    /// Its order, when there is one.
    pub order: Option<Order>,
    /// The order's enterprise.
    pub enterprise: Option<Enterprise>,
    /// How it was sent back.
    pub refund: Option<Refund>,
}

/// Which arrivals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ArrivalQuery {
    /// Also those that are credited or sent back.
    #[serde(default)]
    pub all: bool,
    /// Part of the notice's number, the payer, or an account.
    pub q: Option<String>,
    /// Where the page before this one ended: its `next`, as it was told. The first page when absent.
    pub after: Option<String>,
    /// Rows wanted, 1–100; 50 when absent.
    pub limit: Option<u64>,
}

/// Part of the arrivals, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ArrivalPage {
    /// Rows.
    pub rows: Vec<Arrival>,
    /// Rows in all.
    pub total: u64,
    /// Where this page ends: `after` of the next one. Absent at the end.
    #[serde(default)]
    pub next: Option<String>,
}

/// Which orders of all enterprises.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OperatorOrderQuery {
    /// Beginning of the order's number or receiving account, or part of the enterprise's name.
    pub q: String,
}

/// An order and whose it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OperatorOrder {
    /// The order.
    #[serde(flatten)]
    pub order: Order,
    /// Whose.
    pub enterprise: Enterprise,
}

/// Which writes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// Part of the account's name or of what was done, or the request's identifier.
    pub q: Option<String>,
    /// Where the page before this one ended: its `next`, as it was told. The first page when absent.
    pub after: Option<String>,
    /// Rows wanted, 1–100; 50 when absent.
    pub limit: Option<u64>,
}

/// A write that was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditEntry {
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// Account name, or which part of the platform did it by itself.
    pub actor: String,
    /// Role of the account.
    pub role: Option<Role>,
    /// Enterprise of the account.
    pub enterprise_id: Option<Uuid>,
    /// Method and route.
    pub action: String,
    /// The address, or what it was done to.
    pub target: String,
    /// Identifier of the request, as answered in `x-request-id`.
    pub request_id: String,
    /// SHA-256 of method, address and body, lower-case hexadecimal.
    pub content_hash: String,
}

/// Part of the record of writes, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditPage {
    /// Rows.
    pub rows: Vec<AuditEntry>,
    /// Rows in all.
    pub total: u64,
    /// Where this page ends: `after` of the next one. Absent at the end.
    #[serde(default)]
    pub next: Option<String>,
}

/// A link into the console that works once. Not printable: it carries a secret.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct ConsoleLink {
    /// Address to open in a browser; the secret is after `#`, so that no log has it.
    pub url: String,
    /// End of its life.
    #[serde(with = "time::serde::rfc3339")]
    pub expires_at: OffsetDateTime,
}

/// Approval by itself after a moment; sandbox only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AutoApprove {
    /// Seconds after submission; none switches it off.
    pub seconds: Option<u32>,
}
