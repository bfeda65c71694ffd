//! The reviewer's side: decisions, bank notices, and approval by itself in the sandbox.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::Order;

/// Approve or reject what an approval is about (authorisation, seal, invoice).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Decision {
    /// Approve?
    pub approve: bool,
    /// Reason; required when rejecting, 1–500 characters.
    pub reason: Option<String>,
}

/// The bank's notice of an arrival.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BankNotice {
    /// The bank's own number of the booking; a repeated one is ignored.
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
    /// Known already, or the order was paid or closed before: nothing changed.
    pub ignored: bool,
    /// The order it belongs to, afterwards.
    pub order: Order,
}

/// Approval by itself after a moment; sandbox only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AutoApprove {
    /// Seconds after submission; none switches it off.
    pub seconds: Option<u32>,
}
