//! Who is signed in, and where.
use super::{FailureView, WarningView};
use serde::Serialize;
use specta::Type;

/// The state of the sign-in.
#[derive(Debug, Clone, Serialize, Type)]
pub struct SessionView {
    /// The account signed in, if any.
    pub account: Option<AccountView>,
    /// Present when the platform is the embedded sandbox.
    pub sandbox: Option<SandboxView>,
    /// The platform's address.
    pub platform_address: String,
    /// Circumstances to show once, such as a device secret kept in a plain file.
    pub warnings: Vec<WarningView>,
}

/// An account and its enterprise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct AccountView {
    /// Account id.
    pub id: String,
    /// The person's name.
    pub name: String,
    /// What the account may do.
    pub role: Role,
    /// The enterprise's registered name.
    pub enterprise_name: String,
    /// Unified social credit code.
    pub enterprise_credit_code: String,
    /// Legal representative's name.
    pub legal_representative: String,
}

/// Roles that use the desktop application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Enterprise administrator.
    Administrator,
    /// Bidding staff.
    Staff,
}

/// What the embedded sandbox offers on the sign-in screen.
#[derive(Debug, Clone, Serialize, Type)]
pub struct SandboxView {
    /// Demonstration accounts.
    pub accounts: Vec<DemoAccountView>,
    /// Reviews are approved by themselves after this many seconds; none: by hand.
    pub auto_approve_seconds: Option<u32>,
}

/// One demonstration account with its public password.
#[derive(Debug, Clone, Serialize, Type)]
pub struct DemoAccountView {
    /// Sign-in name.
    pub account: String,
    /// The person's name.
    pub name: String,
    /// What the account may do.
    pub role: Role,
    /// Its password, the same for everyone: the sandbox holds nothing real.
    pub password: String,
}

/// A device the account is signed in on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct SignInView {
    /// Identifier of the sign-in.
    pub id: String,
    /// What the device is called; may be empty.
    pub device_name: String,
    /// When it signed in.
    pub opened_at: String,
    /// When it was last used; its session is renewed every few minutes while it is open.
    pub last_used_at: String,
    /// The sign-in of this window.
    pub current: bool,
    /// It is of this device, this window's or an earlier one.
    pub this_device: bool,
}

/// How fresh the local copy is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct SyncView {
    /// The state now.
    pub state: SyncState,
    /// When the local copy was last up to date.
    pub at: Option<String>,
    /// Why it is not, when it is not.
    pub failure: Option<FailureView>,
    /// Minutes by which this device's clock is ahead of the platform's (negative: behind), when it matters.
    pub clock_ahead_minutes: Option<i32>,
}

/// States of the local copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SyncState {
    /// Up to date at `at`.
    Synced,
    /// Being brought up to date.
    Syncing,
    /// The platform cannot be reached.
    Offline,
    /// The sign-in has ended.
    Expired,
    /// The platform answered, but not usefully.
    Failed,
}
