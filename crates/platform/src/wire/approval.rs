//! 审批进度: the time line of everything under review (product.md 2.12).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

/// What is reviewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalKind {
    /// CA authorisation.
    Authorisation,
    /// Payment of an order.
    Payment,
    /// Seal picture.
    Seal,
    /// Reissue of a certificate.
    Reissue,
    /// Invoice request.
    Invoice,
    /// A word of a later version of the contract.
    #[serde(other)]
    Unknown,
}

/// Where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalState {
    /// The enterprise has to do something first (pay, correct a payment).
    Waiting,
    /// The platform reviews.
    InReview,
    /// Done.
    Approved,
    /// Refused, or closed.
    Rejected,
    /// A word of a later version of the contract.
    #[serde(other)]
    Unknown,
}

/// Who acts next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NextActor {
    /// An administrator of the enterprise.
    Administrator,
    /// The holder of the certificate.
    Holder,
    /// The platform's reviewer.
    Platform,
    /// Nobody: it is over.
    Nobody,
    /// A word of a later version of the contract.
    #[serde(other)]
    Unknown,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EventCode {
    /// Submitted for review; `way` for an authorisation.
    Submitted,
    /// Approved.
    Approved,
    /// Rejected; `reason`.
    Rejected,
    /// Order placed; `amount_fen`.
    OrderPlaced,
    /// Order changed; `amount_fen`.
    OrderChanged,
    /// Order cancelled.
    OrderCancelled,
    /// Order closed because nobody paid in time.
    OrderExpired,
    /// Exact payment arrived; `amount_fen`, `payer_name`, `payer_account`.
    PaymentArrived,
    /// Payment of a wrong amount arrived; same parameters.
    WrongAmountArrived,
    /// Payment from an account not registered for the order arrived; same parameters.
    WrongPayerArrived,
    /// Money arrived for an order that was paid or closed, and will be sent back; same parameters.
    SurplusArrived,
    /// Money was sent back; same parameters and `reference`, the bank's number of the transfer.
    PaymentRefunded,
    /// Bought; `order_number`.
    Bought,
    /// Assigned; `owner_name`, `holder_name`.
    Assigned,
    /// Holder changed; `holder_name`.
    HolderChanged,
    /// Certificate issued; `serial`.
    Issued,
    /// Certificate revoked; `serial`, `reason`.
    Revoked,
    /// A new key's certificate was issued and waits for its holder's confirmation; `serial`, `because`.
    ReissueStarted,
    /// The new key's certificate took the former one's place; `serial`.
    Reissued,
    /// Valid for one more term; `serial`, `valid_to` (a date), `order_number` of the entitlement used for it.
    Extended,
    /// A word of a later version of the contract.
    #[serde(other)]
    Unknown,
}

/// One entry of a time line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ApprovalEvent {
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// What.
    pub code: EventCode,
    /// Parameters of the code.
    pub params: BTreeMap<String, String>,
}

/// One thing under review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Approval {
    /// Identifier.
    pub id: Uuid,
    /// Enterprise.
    pub enterprise_id: Uuid,
    /// What is reviewed.
    pub kind: ApprovalKind,
    /// The order, seal, invoice, certificate or authorisation.
    pub subject_id: Uuid,
    /// For the title: `enterprise_name`, and `order_number`, `amount_fen`, `seal_name` or `owner_name` by kind.
    pub title_params: BTreeMap<String, String>,
    /// State.
    pub state: ApprovalState,
    /// Who acts next.
    pub next_actor: NextActor,
    /// Since when it is in this state.
    #[serde(with = "time::serde::rfc3339")]
    pub since: OffsetDateTime,
    /// Reason of a rejection.
    pub reason: Option<String>,
    /// Time line, oldest first.
    pub events: Vec<ApprovalEvent>,
}
