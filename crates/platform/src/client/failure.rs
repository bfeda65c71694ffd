//! What can go wrong between app and platform, as the app needs to tell it apart.

use std::collections::BTreeMap;

use crate::wire::{ErrorCode, Refusal};

/// Failure of a call. No sentences for users here; the app words them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// The address given is not an http(s) address.
    #[error("not an http(s) address")]
    InvalidAddress,
    /// The platform cannot be reached (no network, refused, name unknown, TLS).
    #[error("the platform cannot be reached: {0}")]
    Offline(String),
    /// It was reached, but did not answer in time.
    #[error("the platform did not answer in time")]
    Timeout,
    /// No session, or it is over: sign in again.
    #[error("no valid session ({0:?})")]
    Unauthorized(ErrorCode),
    /// The platform refused.
    #[error("refused: {code:?} {params:?}")]
    Refused {
        /// Why.
        code: ErrorCode,
        /// Parameters of the code.
        params: BTreeMap<String, String>,
    },
    /// The platform, or something in front of it, failed (502, 503, 504) or asks to wait longer than we do.
    #[error("the platform is not available (status {status})")]
    Unavailable {
        /// HTTP status.
        status: u16,
        /// Seconds the platform asked to wait.
        retry_after: Option<u64>,
    },
    /// The answer is not what the contract says (not JSON, wrong shape): perhaps not a platform at all.
    #[error("the answer makes no sense (status {status}): {what}")]
    Nonsense {
        /// HTTP status.
        status: u16,
        /// What was wrong, for the log.
        what: String,
    },
    /// The answer is larger than we read.
    #[error("the answer is larger than {limit_bytes} bytes")]
    TooLarge {
        /// Limit, in bytes.
        limit_bytes: usize,
    },
}

impl ClientError {
    /// The call may succeed later without anyone doing anything: work waits in the outbox.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Offline(_) | Self::Timeout | Self::Unavailable { .. })
    }

    pub(super) fn from_refusal(refusal: Refusal) -> Self {
        match refusal.code {
            code @ (ErrorCode::Unauthenticated | ErrorCode::SessionExpired) => Self::Unauthorized(code),
            code => Self::Refused {
                code,
                params: refusal.params,
            },
        }
    }

    pub(super) fn from_transport(error: &reqwest::Error) -> Self {
        if error.is_timeout() && !error.is_connect() {
            Self::Timeout
        } else if error.is_decode() || error.is_body() {
            Self::Nonsense {
                status: error.status().map_or(0, |status| status.as_u16()),
                what: error.to_string(),
            }
        } else {
            Self::Offline(error.to_string())
        }
    }
}
