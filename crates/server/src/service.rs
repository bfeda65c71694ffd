//! What all routes share: database, clock, certificate authority, sandbox settings.

use std::sync::{Arc, Mutex, PoisonError};

use sea_orm::DatabaseConnection;
use time::OffsetDateTime;

use pki::vault::PinServer;

use crate::authority::Authority;
use crate::live::Live;

/// Tells the time; given at start-up, so that tests can say what time it is.
pub type Clock = Arc<dyn Fn() -> OffsetDateTime + Send + Sync>;

/// Shared by all routes; cheap to clone.
pub(crate) type Shared = Arc<Service>;

pub(crate) struct Service {
    pub(crate) database: DatabaseConnection,
    pub(crate) live: Arc<Live>,
    pub(crate) clock: Clock,
    pub(crate) authority: Authority,
    pub(crate) pin_server: PinServer,
    pub(crate) base_url: String,
    /// The sandbox's header value; none on a platform of its own.
    pub(crate) sandbox_token: Option<String>,
    pub(crate) demo_accounts: bool,
    pub(crate) auto_approve: Mutex<Option<u32>>,
    pub(crate) password_cost: PasswordCost,
}

impl Service {
    pub(crate) fn now(&self) -> OffsetDateTime {
        (self.clock)()
    }

    pub(crate) fn auto_approve(&self) -> Option<u32> {
        *self.auto_approve.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set_auto_approve(&self, seconds: Option<u32>) {
        *self.auto_approve.lock().unwrap_or_else(PoisonError::into_inner) = seconds;
    }
}

/// How dear a password guess is (Argon2id).
#[derive(Debug, Clone, Copy)]
pub(crate) struct PasswordCost {
    pub(crate) memory_kib: u32,
    pub(crate) passes: u32,
}

impl PasswordCost {
    /// OWASP's recommendation for Argon2id.
    pub(crate) const REAL: Self = Self {
        memory_kib: 19 * 1024,
        passes: 2,
    };
    /// The sandbox's passwords are public: quick start-up matters more.
    pub(crate) const SANDBOX: Self = Self {
        memory_kib: 256,
        passes: 1,
    };
}
