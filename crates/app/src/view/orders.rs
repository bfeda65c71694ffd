//! Packages and orders.
use super::{BillingTitleView, RemittingAccountView};
use serde::{Deserialize, Serialize};
use specta::Type;

/// A package on sale.
#[derive(Debug, Clone, Serialize, Type)]
pub struct PackageView {
    /// Package id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Price in fen.
    #[specta(type = i32)]
    pub price_fen: i64,
    /// Enterprise certificates in it.
    pub enterprise_certificates: u32,
    /// Personal certificates in it.
    pub personal_certificates: u32,
    /// How long its certificates are valid.
    pub months: u32,
}

/// An order to be placed.
#[derive(Debug, Clone, Deserialize, Type)]
pub struct OrderInput {
    /// Made once per form by the window: the same key never orders twice.
    pub idempotency_key: String,
    /// Which package.
    pub package_id: String,
    /// How many.
    pub quantity: u32,
    /// Invoice title.
    pub title_id: String,
    /// Remitting account.
    pub account_id: String,
}

/// Which orders to list.
#[derive(Debug, Clone, Deserialize, Type)]
pub struct OrderQuery {
    /// Text in number, title or receiving account; empty: all.
    pub text: String,
    /// Only this payment state.
    pub state: Option<PaymentState>,
    /// Sort column.
    pub sort: OrderSort,
    /// Largest or newest first.
    pub descending: bool,
    /// Rows to skip.
    pub offset: u32,
    /// Rows to return.
    pub limit: u32,
}

/// Sort columns of the order list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum OrderSort {
    /// When it was placed.
    PlacedAt,
    /// Amount.
    Amount,
    /// Order number.
    Number,
}

/// A page of the order list.
#[derive(Debug, Clone, Serialize, Type)]
pub struct OrderPageView {
    /// The rows.
    pub rows: Vec<OrderView>,
    /// How many rows match in all.
    pub total: u32,
}

/// An order.
#[derive(Debug, Clone, Serialize, Type)]
pub struct OrderView {
    /// Order id.
    pub id: String,
    /// Order number.
    pub number: String,
    /// Package name.
    pub package_name: String,
    /// How many.
    pub quantity: u32,
    /// Amount to pay, in fen.
    #[specta(type = i32)]
    pub amount_fen: i64,
    /// When it was placed.
    pub placed_at: String,
    /// The receiving account made for this order alone.
    pub receiving: ReceivingAccountView,
    /// Payment state.
    pub payment_state: PaymentState,
    /// The money that arrived.
    pub arrived: Option<ArrivedPaymentView>,
    /// Invoice state.
    pub invoice_state: InvoiceState,
    /// Invoice title.
    pub title: BillingTitleView,
    /// Remitting account.
    pub remitting_account: RemittingAccountView,
    /// Its particulars may still be changed.
    pub can_edit: bool,
    /// It may still be cancelled.
    pub can_cancel: bool,
    /// An invoice may be asked for.
    pub can_request_invoice: bool,
}

/// Where to pay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct ReceivingAccountView {
    /// 收款银行.
    pub bank: String,
    /// 收款账户名.
    pub holder: String,
    /// 收款账号.
    pub account: String,
}

/// Money that arrived for an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct ArrivedPaymentView {
    /// Amount in fen.
    #[specta(type = i32)]
    pub amount_fen: i64,
    /// Who paid.
    pub payer_name: String,
    /// From which account.
    pub payer_account: String,
    /// When.
    pub at: String,
}

/// Payment states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
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
    /// 已退款.
    Refunded,
    /// A word of a newer platform.
    Unknown,
}

/// Invoice states of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceState {
    /// 未开票.
    NotIssued,
    /// 已申请.
    Requested,
    /// 已开票.
    Issued,
    /// A word of a newer platform.
    Unknown,
}

/// New particulars of an unpaid order.
#[derive(Debug, Clone, Deserialize, Type)]
pub struct OrderChangeInput {
    /// Invoice title.
    pub title_id: String,
    /// Remitting account.
    pub account_id: String,
    /// How many.
    pub quantity: u32,
}

/// What the sandbox's bank shall play.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum TransferCase {
    /// The right amount from the right account.
    Exact,
    /// One yuan short.
    WrongAmount,
    /// From an account nobody registered.
    WrongPayer,
}
