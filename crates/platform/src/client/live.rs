//! The live stream (server-sent events): tells that the feed has grown; what grew is read from the feed itself.

use super::transport::Call;
use super::{ClientError, PlatformClient};
use std::time::Duration;

/// The platform says something at least every fifteen seconds; a stream silent for longer is dead.
const LONGEST_SILENCE: Duration = Duration::from_secs(40);

/// An open stream; closed when it is dropped.
pub struct LiveChanges {
    response: reqwest::Response,
    /// The part of a line that has come so far.
    line: Vec<u8>,
}

impl PlatformClient {
    /// Opens the stream after this cursor. Not repeated by itself: whoever cannot have it reads the feed now and then.
    ///
    /// # Errors
    /// Every transport failure; `Nonsense` when a platform has no such stream.
    pub async fn live_changes(&self, after: i64) -> Result<LiveChanges, ClientError> {
        let mut call = Call::get(format!("/v1/changes/stream?after={after}"));
        call.streamed = true;
        let response = self.opened(&call).await?;
        Ok(LiveChanges {
            response,
            line: Vec::new(),
        })
    }
}

impl LiveChanges {
    /// Waits until the feed has grown, or was set back.
    ///
    /// # Errors
    /// When the stream has ended, for whatever reason: read the feed and open it again.
    pub async fn news(&mut self) -> Result<(), ClientError> {
        loop {
            let chunk = tokio::time::timeout(LONGEST_SILENCE, self.response.chunk())
                .await
                .map_err(|_| ClientError::Timeout)?
                .map_err(|error| ClientError::from_transport(&error))?
                .ok_or_else(|| ClientError::Offline("the stream has ended".to_owned()))?;
            if self.tells(&chunk) {
                return Ok(());
            }
        }
    }

    /// Whether an event began in what came; comments keep the line open and tell nothing.
    fn tells(&mut self, chunk: &[u8]) -> bool {
        let mut told = false;
        for byte in chunk {
            if matches!(byte, b'\n' | b'\r') {
                told |= self.line.starts_with(b"event:");
                self.line.clear();
            } else if self.line.len() < 64 {
                self.line.push(*byte);
            }
        }
        told
    }
}
