//! The issuer's revocation list: complete whenever it is asked for, signed anew only when something was revoked or time passed.

use std::sync::{Mutex, PoisonError};

use axum::body::Bytes;
use time::{Duration, OffsetDateTime};

/// A list nobody changed is signed again after so long, so that what is handed out is always fresh.
const SIGNED_AGAIN_AFTER: Duration = Duration::hours(1);

/// What tells that nothing was revoked since: how many there are, and when the last one was (milliseconds).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Extent {
    pub(crate) count: i64,
    pub(crate) last: Option<i64>,
}

struct Kept {
    extent: Extent,
    at: OffsetDateTime,
    list: Bytes,
}

/// The list signed last.
#[derive(Default)]
pub(crate) struct LastList(Mutex<Option<Kept>>);

impl LastList {
    /// The list, if it holds exactly this and is fresh; a clock set back makes it stale as well.
    pub(crate) fn get(&self, extent: Extent, now: OffsetDateTime) -> Option<Bytes> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = kept.as_ref().filter(|kept| kept.extent == extent)?;
        let age = now - kept.at;
        (!age.is_negative() && age < SIGNED_AGAIN_AFTER).then(|| kept.list.clone())
    }

    pub(crate) fn keep(&self, extent: Extent, at: OffsetDateTime, list: Bytes) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = Some(Kept { extent, at, list });
    }
}
