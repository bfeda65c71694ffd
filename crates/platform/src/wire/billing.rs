//! 开票信息: invoice titles and remitting accounts (product.md 2.3).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// An invoice title as sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NewBillingTitle {
    /// Name on the invoice.
    pub name: String,
    /// Tax number: the unified social credit code.
    pub tax_number: String,
    /// Registered address; may be empty.
    pub address: String,
    /// Phone; may be empty.
    pub phone: String,
    /// Bank; may be empty.
    pub bank: String,
    /// Bank account, 8–30 digits; may be empty.
    pub account: String,
}

/// An invoice title as kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BillingTitle {
    /// Identifier.
    pub id: Uuid,
    /// Its fields.
    #[serde(flatten)]
    pub fields: NewBillingTitle,
}

/// Whose bank account it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RemittingAccountKind {
    /// 公户.
    Company,
    /// 个人.
    Personal,
    /// A word of a later version of the contract.
    #[serde(other)]
    Unknown,
}

/// A remitting account as sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NewRemittingAccount {
    /// Company or personal.
    pub kind: RemittingAccountKind,
    /// Holder's name; for a company account the enterprise's own name.
    pub holder: String,
    /// Bank.
    pub bank: String,
    /// Account number, 8–30 digits.
    pub account: String,
}

/// A remitting account as kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RemittingAccount {
    /// Identifier.
    pub id: Uuid,
    /// Its fields.
    #[serde(flatten)]
    pub fields: NewRemittingAccount,
}
