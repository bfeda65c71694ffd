//! Packages, orders, payments and invoices (product.md 2.4 and 2.5).

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{BillingTitle, RemittingAccount};

/// 套餐: what can be bought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Package {
    /// Identifier.
    pub id: Uuid,
    /// Name shown.
    pub name: String,
    /// Price of one, in fen.
    pub price_fen: i64,
    /// Enterprise certificates in one.
    pub enterprise_certificates: u32,
    /// Personal certificates in one.
    pub personal_certificates: u32,
    /// Validity of each certificate, in months from its import.
    pub months: u32,
}

/// Where the payment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaymentState {
    /// 未交款.
    Unpaid,
    /// 已交款.
    Paid,
    /// 金额不符.
    WrongAmount,
    /// 付款账户不符.
    WrongPayer,
    /// 已关闭.
    Closed,
    /// 已退款: the money of a paid order went back, and its entitlements are withdrawn.
    Refunded,
    /// A word of a later version of the contract.
    #[serde(other)]
    Unknown,
}

/// What arrived at the order's receiving account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ArrivedPayment {
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

/// The account an order is to be paid to; every order has its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReceivingAccount {
    /// 收款银行.
    pub bank: String,
    /// 收款账户名.
    pub holder: String,
    /// 收款账号.
    pub account: String,
}

/// Payment and what arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Payment {
    /// State.
    pub state: PaymentState,
    /// The latest arrival; present for paid, wrong amount and wrong payer.
    pub arrived: Option<ArrivedPayment>,
}

/// Where the invoice stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceState {
    /// 未开票.
    NotIssued,
    /// 已申请.
    Requested,
    /// 已开票.
    Issued,
    /// A word of a later version of the contract.
    #[serde(other)]
    Unknown,
}

/// An order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Order {
    /// Identifier.
    pub id: Uuid,
    /// Number shown to people.
    pub number: String,
    /// What was bought, as it was then.
    pub package: Package,
    /// How many.
    pub quantity: u32,
    /// Total, in fen.
    pub amount_fen: i64,
    /// When it was placed.
    #[serde(with = "time::serde::rfc3339")]
    pub placed_at: OffsetDateTime,
    /// Where to pay to.
    pub receiving: ReceivingAccount,
    /// Payment.
    pub payment: Payment,
    /// Invoice.
    pub invoice_state: InvoiceState,
    /// Invoice title, as it was when the order was last changed.
    pub title: BillingTitle,
    /// Registered account the payment must come from, as it was when the order was last changed.
    pub remitting_account: RemittingAccount,
}

/// A new order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NewOrder {
    /// Package.
    pub package_id: Uuid,
    /// 1–999.
    pub quantity: u32,
    /// Invoice title.
    pub title_id: Uuid,
    /// Remitting account.
    pub account_id: Uuid,
}

/// 购买信息修改, while unpaid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrderChange {
    /// 1–999.
    pub quantity: u32,
    /// Invoice title.
    pub title_id: Uuid,
    /// Remitting account.
    pub account_id: Uuid,
}

/// Which ones of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SomeQuery {
    /// Only these ids, separated by commas, at most 100; what does not exist is left out.
    #[serde(default)]
    pub ids: Option<String>,
}

/// Part of the order list, newest first. What is placed while the list is gone through comes before its first page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrderPage {
    /// Rows.
    pub rows: Vec<Order>,
    /// Where this page ends: `after` of the next one. Absent at the end of the list.
    #[serde(default)]
    pub next: Option<String>,
}

/// Which of the two kinds of electronic invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceKind {
    /// 增值税电子发票: code of 12 digits, number of 8.
    VatElectronic,
    /// 数电票: number of 20 digits, no code.
    FullyDigital,
    /// A word of a later version of the contract.
    #[serde(other)]
    Unknown,
}

/// An invoice, requested or issued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Invoice {
    /// Identifier.
    pub id: Uuid,
    /// Its order.
    pub order_id: Uuid,
    /// The order's number.
    pub order_number: String,
    /// Requested or issued.
    pub state: InvoiceState,
    /// Kind.
    pub kind: InvoiceKind,
    /// 发票代码.
    pub code: Option<String>,
    /// 发票号码.
    pub number: Option<String>,
    /// 申请时间.
    #[serde(with = "time::serde::rfc3339")]
    pub requested_at: OffsetDateTime,
    /// 开票时间.
    #[serde(with = "time::serde::rfc3339::option")]
    pub issued_at: Option<OffsetDateTime>,
    /// 不含税额, in fen.
    pub net_fen: i64,
    /// 税额, in fen.
    pub tax_fen: i64,
    /// Title on the invoice.
    pub title_name: String,
    /// Tax number on the invoice.
    pub tax_number: String,
    /// 转出账户名.
    pub payer_name: String,
    /// 转出账号.
    pub payer_account: String,
    /// 转账时间.
    #[serde(with = "time::serde::rfc3339::option")]
    pub transferred_at: Option<OffsetDateTime>,
    /// Public link to the file (works without a session, for WeChat); once issued.
    pub link: Option<String>,
    /// End of the link; a later answer has another one.
    #[serde(default, with = "time::serde::rfc3339::option")]
    pub link_expires_at: Option<OffsetDateTime>,
}

/// Ask for an invoice of this kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InvoiceRequest {
    /// Kind.
    pub kind: InvoiceKind,
}
