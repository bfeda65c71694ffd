//! Certificates, from entitlement to expiry.
use super::{ApprovalEventView, Role, SecretText};
use serde::{Deserialize, Serialize};
use specta::Type;

/// An employee who may hold certificates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct EmployeeView {
    /// Account id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Sign-in name.
    pub account: String,
    /// Role.
    pub role: Role,
}

/// A certificate, or the entitlement to one.
#[derive(Debug, Clone, Serialize, Type)]
pub struct CertificateView {
    /// Certificate id.
    pub id: String,
    /// Enterprise or personal.
    pub kind: CertificateKind,
    /// State.
    pub state: CertificateState,
    /// 所属人.
    pub owner_name: Option<String>,
    /// 持有人.
    pub holder: Option<EmployeeView>,
    /// When its order was paid.
    pub bought_at: String,
    /// Start of validity.
    pub valid_from: Option<String>,
    /// End of validity.
    pub valid_to: Option<String>,
    /// Whole days until the end; negative after it, none once it is revoked.
    pub days_left: Option<i32>,
    /// Number of the order it came with.
    pub order_number: String,
    /// What can be done next.
    pub next: CertificateNext,
    /// Its key is on this device.
    pub here: bool,
    /// PIN tries left on this device.
    pub tries_left: Option<u32>,
    /// It has a usable seal.
    pub has_seal: bool,
    /// Why nothing can be done next: `held_by_other`, `on_other_device`, `revoked`, `expired`, `administrator_assigns`.
    pub why_not: Option<String>,
    /// It came from another authority with a file and is known on this device only.
    pub other_authority: bool,
    /// Its key is on the token of this label.
    pub token: Option<String>,
    /// Everything that can be done with a certificate, and why not now.
    pub actions: Vec<CertificateActionView>,
}

/// A certificate's end that should be known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct ReminderView {
    /// Which certificate.
    pub certificate_id: String,
    /// 所属人.
    pub owner_name: String,
    /// Its end.
    pub valid_to: String,
    /// Whole days until then.
    pub days_left: i32,
    /// The stage that is reached: 90, 30, 7 or 1 days before.
    pub stage_days: u32,
}

/// One thing that can be done with a certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct CertificateActionView {
    /// What.
    pub action: CertificateAction,
    /// Why not now: `not_issued`, `held_by_other`, `on_other_device`, `pin_locked`, `revoked`, `expired`,
    /// `not_administrator`, `other_authority`, `on_token`, `unfinished`, `too_early`; none: it can be done.
    pub why_not: Option<String>,
    /// With `too_early`: from when on.
    pub from: Option<String>,
}

/// What can be done with a certificate that was issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum CertificateAction {
    /// 延期.
    Extend,
    /// 补发.
    Reissue,
    /// 修改 PIN 码.
    ChangePin,
    /// 修改持有人.
    ChangeHolder,
    /// Key and certificate into a PKCS#12 file.
    ExportKey,
    /// The certificate alone into a file.
    ExportCertificate,
    /// Its end into the calendar.
    Calendar,
    /// 吊销.
    Revoke,
    /// Take a certificate of another authority off this device.
    Remove,
}

/// A reissue with its new PIN, typed twice.
#[derive(Deserialize, Type)]
pub struct ReissueInput {
    /// Which certificate.
    pub certificate_id: String,
    /// Why.
    pub reason: ReissueReason,
    /// Six digits.
    pub pin: SecretText,
    /// The same again.
    pub pin_again: SecretText,
}

/// Why a certificate is reissued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ReissueReason {
    /// Another device, or a new system on this one.
    NewDevice,
    /// The PIN is forgotten or locked.
    PinForgotten,
    /// The key may be known to others.
    KeyCompromise,
}

/// Why a certificate is revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum RevocationReason {
    /// The key may be known to others.
    KeyCompromise,
    /// The owner left or the names changed.
    AffiliationChanged,
    /// Another certificate took its place.
    Superseded,
    /// No longer needed.
    CessationOfOperation,
}

/// A change of PIN.
#[derive(Deserialize, Type)]
pub struct PinChangeInput {
    /// Which certificate.
    pub certificate_id: String,
    /// The present PIN.
    pub old_pin: SecretText,
    /// The new one.
    pub pin: SecretText,
    /// The same again.
    pub pin_again: SecretText,
}

/// A certificate of another authority, from a PKCS#12 file.
#[derive(Deserialize, Type)]
pub struct BringInput {
    /// The file's password.
    pub password: SecretText,
    /// The new PIN on this device.
    pub pin: SecretText,
    /// The same again.
    pub pin_again: SecretText,
}

/// A key on its way into a PKCS#12 file.
#[derive(Deserialize, Type)]
pub struct ExportKeyInput {
    /// Which certificate.
    pub certificate_id: String,
    /// Its PIN.
    pub pin: SecretText,
    /// The file's password.
    pub password: SecretText,
    /// The same again.
    pub password_again: SecretText,
}

/// Kinds of certificates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum CertificateKind {
    /// 企业.
    Enterprise,
    /// 个人.
    Personal,
    /// A word of a newer platform.
    Unknown,
}

/// States of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum CertificateState {
    /// 暂未分配.
    Unassigned,
    /// 待导入.
    PendingImport,
    /// 使用中.
    Active,
    /// 即将到期.
    Expiring,
    /// 已过期.
    Expired,
    /// 已吊销.
    Revoked,
    /// A word of a newer platform.
    Unknown,
}

/// What can be done with a certificate next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum CertificateNext {
    /// Assign owner and holder.
    Assign,
    /// Its holder imports it.
    WaitForHolder,
    /// Import it on this device.
    Import,
    /// An import was begun here and is being finished.
    FinishImport,
    /// Make its first seal.
    MakeSeal,
    /// Stamp and sign with it.
    Sign,
    /// Nothing; `why_not` says why.
    None,
}

/// Everything about one certificate.
#[derive(Debug, Clone, Serialize, Type)]
pub struct CertificateDetailView {
    /// The certificate.
    pub certificate: CertificateView,
    /// In plain words: label codes and values.
    pub plain: Vec<RowView>,
    /// Every X.509 field.
    pub fields: Vec<RowView>,
    /// SHA-256 of the certificate, hexadecimal.
    pub fingerprint_sha256: Option<String>,
    /// Serial number, hexadecimal.
    pub serial: Option<String>,
    /// What happened to it.
    pub history: Vec<ApprovalEventView>,
}

/// A labelled value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct RowView {
    /// A label code (`owner`, `credit_code`, `valid_to` …) or an X.509 field name.
    pub name: String,
    /// The value.
    pub value: String,
}

/// An assignment. Owner and document can never be changed afterwards.
#[derive(Debug, Clone, Deserialize, Type)]
pub struct AssignInput {
    /// Which certificate.
    pub certificate_id: String,
    /// Kind of the owner's document.
    pub document_type: DocumentType,
    /// Its number.
    pub document_number: String,
    /// 所属人.
    pub owner_name: String,
    /// 持有人, an employee's account id.
    pub holder_id: String,
    /// E-mail for notices.
    pub email: String,
}

/// Kinds of identity documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum DocumentType {
    /// 居民身份证.
    ResidentIdentityCard,
    /// 护照.
    Passport,
    /// 港澳居民来往内地通行证.
    HongKongMacaoPermit,
    /// 台湾居民来往大陆通行证.
    TaiwanPermit,
    /// 营业执照.
    BusinessLicence,
}

/// An import with its new PIN, typed twice.
#[derive(Deserialize, Type)]
pub struct ImportInput {
    /// Which certificate.
    pub certificate_id: String,
    /// Six digits.
    pub pin: SecretText,
    /// The same again.
    pub pin_again: SecretText,
}
