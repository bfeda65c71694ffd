//! Invoice titles and remitting accounts.
use serde::{Deserialize, Serialize};
use specta::Type;

/// Everything registered for billing.
#[derive(Debug, Clone, Serialize, Type)]
pub struct BillingView {
    /// Invoice titles.
    pub titles: Vec<BillingTitleView>,
    /// Accounts payments may come from.
    pub accounts: Vec<RemittingAccountView>,
}

/// An invoice title.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct BillingTitleView {
    /// Title id.
    pub id: String,
    /// Enterprise name on the invoice.
    pub name: String,
    /// Taxpayer number.
    pub tax_number: String,
    /// Registered address.
    pub address: String,
    /// Telephone.
    pub phone: String,
    /// Bank.
    pub bank: String,
    /// Bank account.
    pub account: String,
}

/// An invoice title to be saved.
#[derive(Debug, Clone, Deserialize, Type)]
pub struct BillingTitleInput {
    /// The title to change; none adds one.
    pub id: Option<String>,
    /// Enterprise name on the invoice.
    pub name: String,
    /// Taxpayer number.
    pub tax_number: String,
    /// Registered address.
    pub address: String,
    /// Telephone.
    pub phone: String,
    /// Bank.
    pub bank: String,
    /// Bank account.
    pub account: String,
}

/// An account payments may come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct RemittingAccountView {
    /// Account id.
    pub id: String,
    /// Company or personal.
    pub kind: AccountKind,
    /// Account holder.
    pub holder: String,
    /// Bank.
    pub bank: String,
    /// Account number.
    pub account: String,
}

/// A remitting account to be saved.
#[derive(Debug, Clone, Deserialize, Type)]
pub struct RemittingAccountInput {
    /// The account to change; none adds one.
    pub id: Option<String>,
    /// Company or personal.
    pub kind: AccountKind,
    /// Account holder.
    pub holder: String,
    /// Bank.
    pub bank: String,
    /// Account number.
    pub account: String,
}

/// Kinds of remitting accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum AccountKind {
    /// 公户.
    Company,
    /// 个人.
    Personal,
    /// A word of a newer platform.
    Unknown,
}

/// Fields checked while typing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// Unified social credit code (GB 32100).
    CreditCode,
    /// Bank account number.
    BankAccount,
    /// Telephone.
    Phone,
    /// Resident identity number (GB 11643).
    IdentityNumber,
    /// E-mail address.
    Email,
    /// Taxpayer number: a credit code or an older 15 to 20 digit number.
    TaxNumber,
    /// Name of a person or enterprise.
    Name,
}

/// The result of a check while typing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
pub struct FieldCheckView {
    /// The value is acceptable.
    pub ok: bool,
    /// Why it is not.
    pub why: Option<FieldProblem>,
}

/// What is wrong with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum FieldProblem {
    /// Nothing was typed.
    Empty,
    /// Too short or too long.
    Length,
    /// Characters that cannot occur.
    Characters,
    /// The check digit does not match.
    CheckDigit,
    /// The date inside is not a date.
    Date,
    /// The region inside does not exist.
    Region,
    /// The form is wrong in another way.
    Format,
}
