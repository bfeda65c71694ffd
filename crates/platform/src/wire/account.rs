//! Who signs in: accounts, their enterprise, sessions, and the sandbox's demonstration accounts.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

/// What an account may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// 企业管理员: authorises, buys, assigns, sees everything of its enterprise.
    Administrator,
    /// 投标人员: uses the certificates it holds.
    Staff,
    /// 平台审核员: reviews; belongs to no enterprise.
    Operator,
    /// A word of a later version of the contract.
    #[serde(other)]
    Unknown,
}

/// 企业: a legal entity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Enterprise {
    /// Identifier.
    pub id: Uuid,
    /// Registered name.
    pub name: String,
    /// Unified social credit code, 18 characters (GB 32100-2015).
    pub credit_code: String,
    /// Name of the legal representative.
    pub legal_representative: String,
}

/// An account that can sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Account {
    /// Identifier; the same as the [`Employee`]'s.
    pub id: Uuid,
    /// Name typed when signing in.
    pub account: String,
    /// The person's name.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// Its enterprise; none for an operator.
    pub enterprise: Option<Enterprise>,
}

/// A person of the enterprise who can hold a certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Employee {
    /// Identifier; the same as the [`Account`]'s.
    pub id: Uuid,
    /// The person's name.
    pub name: String,
    /// Name typed when signing in.
    pub account: String,
    /// Administrator or staff.
    pub role: Role,
}

/// Body of the sign-in call. Neither printable nor copyable: it carries the password.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct SignIn {
    /// Account name.
    pub account: String,
    /// Password.
    #[schema(format = Password)]
    pub password: String,
    /// What the device is called in the list of sessions, at most 100 characters.
    #[serde(default)]
    pub device_name: Option<String>,
    /// The device's own key: from then on only what it signs refreshes the session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceProof>,
}

/// A device's key, and that the device has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeviceProof {
    /// Public key: P-256 point, uncompressed, base64.
    pub key: String,
    /// ECDSA with SHA-256 over `ganjiang/session/open/1` and the account's name; DER in base64.
    pub signature: String,
}

/// A session: the token goes into `Authorization: Bearer …` of later calls. Not printable.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct Session {
    /// Bearer token, shown once.
    pub token: String,
    /// After this moment calls are answered `session_expired`.
    #[serde(with = "time::serde::rfc3339")]
    pub expires_at: OffsetDateTime,
    /// Who signed in.
    pub account: Account,
    /// For `/v1/sessions/refresh`, once: every refresh gives a new one, and a used one ends the whole sign-in.
    pub refresh_token: String,
}

/// Body of the refresh call. Neither printable nor copyable.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct Refresh {
    /// The newest refresh token.
    pub refresh_token: String,
    /// Wanted when the sign-in named a device's key: ECDSA with SHA-256 over `ganjiang/session/refresh/1` and the token;
    /// DER in base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
}

/// A device this account is signed in on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SignedIn {
    /// Identifier of the sign-in.
    pub id: Uuid,
    /// What the device is called; may be empty.
    pub device_name: String,
    /// When it signed in.
    #[serde(with = "time::serde::rfc3339")]
    pub opened_at: OffsetDateTime,
    /// When it last refreshed its session.
    #[serde(with = "time::serde::rfc3339")]
    pub last_used_at: OffsetDateTime,
    /// The one that asks.
    pub current: bool,
    /// By what the device's key is known: the same for every sign-in of this device; none when it named no key.
    #[serde(default)]
    pub device_id: Option<String>,
}

/// A demonstration account, told only by the sandbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DemoAccount {
    /// Account name.
    pub account: String,
    /// The person's name.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// Password, public on purpose.
    pub password: String,
}
