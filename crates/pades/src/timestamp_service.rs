//! How a timestamp service is asked: whoever signs brings the way to it, this crate has no network.

use pki::random::Rng;

/// Somebody who carries requests to a timestamp service (RFC 3161).
pub trait TimestampService {
    /// Sends a `TimeStampReq` and gives back the `TimeStampResp`, unread.
    ///
    /// # Errors
    /// [`ServiceUnreachable`] when there is no answer.
    fn ask(&self, request: &[u8]) -> Result<Vec<u8>, ServiceUnreachable>;
}

/// The service gave no answer; in its words, why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the timestamp service cannot be reached: {0}")]
pub struct ServiceUnreachable(pub String);

/// A nonce that was never used.
pub(crate) fn fresh_nonce() -> [u8; 16] {
    let mut nonce = [0; 16];
    pki::random::system().fill_bytes(&mut nonce);
    nonce
}
