//! Invoices, and files saved for the user.
use super::InvoiceState;
use serde::{Deserialize, Serialize};
use specta::Type;

/// An invoice.
#[derive(Debug, Clone, Serialize, Type)]
pub struct InvoiceView {
    /// Invoice id.
    pub id: String,
    /// The order it is for.
    pub order_id: String,
    /// That order's number.
    pub order_number: String,
    /// Requested or issued.
    pub state: InvoiceState,
    /// Which kind of e-invoice.
    pub kind: InvoiceKind,
    /// 发票代码 (older kind only).
    pub code: Option<String>,
    /// 发票号码.
    pub number: Option<String>,
    /// 开票时间.
    pub issued_at: Option<String>,
    /// 不含税额 in fen.
    #[specta(type = i32)]
    pub net_fen: i64,
    /// 税额 in fen.
    #[specta(type = i32)]
    pub tax_fen: i64,
    /// Invoice title.
    pub title_name: String,
    /// 转出账户名.
    pub payer_name: Option<String>,
    /// 转出账号.
    pub payer_account: Option<String>,
    /// 转账时间.
    pub transferred_at: Option<String>,
    /// Address of the file on the platform.
    pub link: Option<String>,
    /// That address as a QR code (SVG).
    pub link_qr_svg: Option<String>,
}

/// Kinds of e-invoices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceKind {
    /// VAT e-invoice: code of 12 and number of 8 digits.
    VatElectronic,
    /// 数电票: number of 20 digits.
    FullyDigital,
    /// A word of a newer platform.
    Unknown,
}

/// The kinds of e-invoices that can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceChoice {
    /// The older kind, with a code and a number.
    VatElectronic,
    /// 数电票.
    FullyDigital,
}

/// A file written for the user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct SavedFileView {
    /// Name to ask for this file again while the program runs.
    pub saved_id: String,
    /// File name.
    pub file_name: String,
    /// Folder it is in, for reading only.
    pub folder: String,
}
