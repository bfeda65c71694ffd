//! How much work a question may cost: counted, so that no file can keep a verifier busy; the clock is the caller's.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Signature checks that one path may cost.
pub const SIGNATURE_CHECKS: u32 = 100;

/// Work that is left. Clones share it.
#[derive(Clone)]
pub struct Budget {
    left: Arc<AtomicU32>,
    is_over: Option<Arc<dyn Fn() -> bool + Send + Sync>>,
}

impl Default for Budget {
    fn default() -> Self {
        Self::new(SIGNATURE_CHECKS)
    }
}

impl Budget {
    /// So many signature checks.
    #[must_use]
    pub fn new(signature_checks: u32) -> Self {
        Self {
            left: Arc::new(AtomicU32::new(signature_checks)),
            is_over: None,
        }
    }

    /// The same, and over as soon as `is_over` says so (it may look at a clock).
    #[must_use]
    pub fn until(mut self, is_over: Arc<dyn Fn() -> bool + Send + Sync>) -> Self {
        self.is_over = Some(is_over);
        self
    }

    /// A fresh count under the same end.
    #[must_use]
    pub fn renewed(&self) -> Self {
        Self {
            is_over: self.is_over.clone(),
            ..Self::default()
        }
    }

    /// Takes one check; false when there is none left.
    pub(crate) fn spend(&self) -> bool {
        let taken = self
            .left
            .try_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        taken.is_ok() && !self.is_timed_out()
    }

    /// Whether nothing is left.
    #[must_use]
    pub fn is_spent(&self) -> bool {
        self.left.load(Ordering::Relaxed) == 0 || self.is_timed_out()
    }

    fn is_timed_out(&self) -> bool {
        self.is_over.as_ref().is_some_and(|is_over| is_over())
    }
}
