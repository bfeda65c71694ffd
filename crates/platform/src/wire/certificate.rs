//! 证书额度 and the certificate issued under it (product.md 2.6).

use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};
use utoipa::ToSchema;
use uuid::Uuid;

use super::Employee;

/// Whom the certificate names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CertificateKind {
    /// 企业.
    Enterprise,
    /// 个人.
    Personal,
    /// A word of a later version of the contract.
    #[serde(other)]
    Unknown,
}

/// Where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CertificateState {
    /// 暂未分配.
    Unassigned,
    /// 待导入: the holder has to import it (again after a change of holder).
    PendingImport,
    /// 使用中.
    Active,
    /// 已过期.
    Expired,
    /// 已吊销.
    Revoked,
    /// A word of a later version of the contract.
    #[serde(other)]
    Unknown,
}

/// Document that names the owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DocumentType {
    /// 居民身份证 (GB 11643-1999).
    ResidentIdentityCard,
    /// 护照.
    Passport,
    /// 港澳居民来往内地通行证.
    HongKongMacaoPermit,
    /// 台湾居民来往大陆通行证.
    TaiwanPermit,
    /// 营业执照: the only one for an enterprise certificate.
    BusinessLicence,
    /// A word of a later version of the contract.
    #[serde(other)]
    Unknown,
}

/// 所属人: fixed for ever once set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CertificateOwner {
    /// Name in the certificate.
    pub name: String,
    /// Document.
    pub document_type: DocumentType,
    /// Document number with its middle hidden.
    pub document_number_masked: String,
    /// Birthday, when the document tells it; told to the holder only (the PIN rules need it).
    #[schema(value_type = Option<String>, format = Date)]
    #[serde(with = "super::day", default)]
    pub birthday: Option<Date>,
    /// E-mail.
    pub email: String,
}

/// The certificate issued last under an entitlement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IssuedCertificate {
    /// Serial number, lower-case hexadecimal without leading zeros or separators.
    pub serial: String,
    /// The certificate, PEM.
    pub certificate_pem: String,
    /// Account it was issued to.
    pub issued_to: Uuid,
    /// Start of validity.
    #[serde(with = "time::serde::rfc3339")]
    pub valid_from: OffsetDateTime,
    /// End of validity.
    #[serde(with = "time::serde::rfc3339")]
    pub valid_to: OffsetDateTime,
    /// When it was revoked.
    #[serde(with = "time::serde::rfc3339::option")]
    pub revoked_at: Option<OffsetDateTime>,
}

/// An entitlement and its certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Certificate {
    /// Identifier of the entitlement; stays the same for ever.
    pub id: Uuid,
    /// Kind.
    pub kind: CertificateKind,
    /// State at the time of the answer.
    pub state: CertificateState,
    /// Owner, once assigned.
    pub owner: Option<CertificateOwner>,
    /// Holder, once assigned.
    pub holder: Option<Employee>,
    /// The order that paid for it.
    pub order_id: Uuid,
    /// The order's number.
    pub order_number: String,
    /// When the order was paid.
    #[serde(with = "time::serde::rfc3339")]
    pub bought_at: OffsetDateTime,
    /// The certificate issued last; after a change of holder it still is the former holder's until the new one imports.
    pub issued: Option<IssuedCertificate>,
    /// Subject the certificate has or will have, once assigned.
    pub subject: Option<CertificateSubject>,
    /// What happened to it, oldest first.
    pub history: Vec<super::ApprovalEvent>,
}

/// Subject of the certificate, from the platform's records. A request has to carry the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CertificateSubject {
    /// C, always `CN`.
    pub country: String,
    /// O: the enterprise's name.
    pub organization: String,
    /// organizationIdentifier (2.5.4.97): the unified social credit code.
    pub organization_identifier: String,
    /// CN: the owner's name.
    pub common_name: String,
}

/// 分配.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Assignment {
    /// Document type; an enterprise certificate takes only the business licence.
    pub document_type: DocumentType,
    /// Document number; the credit code for a business licence.
    pub document_number: String,
    /// Owner's name; the enterprise's name for an enterprise certificate.
    pub owner_name: String,
    /// Holder.
    pub holder_id: Uuid,
    /// E-mail.
    pub email: String,
}

/// 修改持有人.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HolderChange {
    /// New holder.
    pub holder_id: Uuid,
}

/// Ask for the certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IssueRequest {
    /// PKCS#10 request, DER in base64. Only its key is taken over; everything else comes from the records.
    pub request: String,
}

/// The certificate and its chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Issued {
    /// The certificate, DER in base64.
    pub certificate: String,
    /// Issuer first, root last, DER in base64.
    pub chain: Vec<String>,
    /// The entitlement after the issue.
    pub entitlement: Certificate,
}

/// 补发: a new key takes the place of the present one once its certificate is confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReissueRequest {
    /// PKCS#10 request of the new key, DER in base64. Only its key is taken over.
    pub request: String,
    /// Why.
    pub reason: ReissueReason,
}

/// Why a certificate is reissued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReissueReason {
    /// The system was reinstalled, or it is another device.
    NewDevice,
    /// The PIN is forgotten or locked.
    PinForgotten,
    /// The key may be known to others.
    KeyCompromise,
}

/// The reissued certificate was checked and is kept: from now on it counts, and the former one is revoked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReissueConfirmation {
    /// Serial number of the new certificate.
    pub serial: String,
}

/// 延期: one more term for the same key, paid by an unused entitlement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExtensionRequest {
    /// Serial number of the certificate that is extended: nothing is extended twice by mistake.
    pub serial: String,
}

/// How far the issuing of a certificate has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum IssuanceStage {
    /// Written down before it was signed; perhaps it never was.
    Intended,
    /// Signed and kept; its holder has not confirmed it yet.
    Signed,
    /// In force.
    Confirmed,
    /// A word of a later version of the contract.
    #[serde(other)]
    Unknown,
}

/// What the authority knows of a serial number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Issuance {
    /// Serial number, lower-case hexadecimal.
    pub serial: String,
    /// Entitlement.
    pub certificate_id: Uuid,
    /// Account it is for.
    pub issued_to: Uuid,
    /// How far it has come.
    pub stage: IssuanceStage,
    /// When it was written down.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// The certificate, PEM, once signed.
    pub certificate_pem: Option<String>,
    /// When it was revoked.
    #[serde(with = "time::serde::rfc3339::option")]
    pub revoked_at: Option<OffsetDateTime>,
    /// Why it was revoked.
    pub reason: Option<RevocationReason>,
}

/// Why a certificate is revoked (RFC 5280 5.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
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
    /// A word of a later version of the contract.
    #[serde(other)]
    Unknown,
}

/// 吊销.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Revocation {
    /// Why.
    pub reason: RevocationReason,
}
