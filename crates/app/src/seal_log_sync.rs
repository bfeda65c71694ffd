//! Handing the seal log in: entries go to the platform in order and once, wait while it is away, and what it does not take
//! is told.
//!
//! The log itself is what waits, so that no use of a key can be on record and missing among what is to be sent.
use crate::application::{Inner, locked, off_thread};
use crate::failure::Failure;
use crate::scanning::once;
use crate::signing::hex;
use crate::view::Topic;
use platform::client::ClientError;
use platform::wire::{ErrorCode, SEAL_LOG_PART, SealLogChain, SealLogPart, WrittenEntry};
use store::{ChainedEntry, SealLogStanding};

/// What the platform did not take, and where the log stood then: nothing is sent again before something is added.
pub(crate) struct Refusal {
    pub(crate) at: SealLogStanding,
    pub(crate) failure: Failure,
}

impl Inner {
    /// Hands in what the platform does not have.
    ///
    /// # Errors
    /// Those of a platform that is away: the entries wait.
    pub(crate) async fn hand_in_seal_log(&self) -> Result<(), Failure> {
        let _one_at_a_time = self.handing_in.lock().await;
        let scope = self.scope()?;
        while self.hand_in_part(&scope).await? {}
        Ok(())
    }

    /// Whether there may be more.
    async fn hand_in_part(&self, scope: &str) -> Result<bool, Failure> {
        let standing = self.store.seal_log_standing(scope)?;
        let is_refused = locked(&self.seal_log_refused)
            .as_ref()
            .is_some_and(|refusal| refusal.at == standing);
        if standing.handed_in >= standing.count || standing.differs_from.is_some() || is_refused {
            return Ok(false);
        }
        let (store, account) = (self.store.clone(), scope.to_owned());
        let (standing, waiting) = off_thread(move || {
            // Whoever gets the entries is told whether the chain was whole when they left.
            let broken_from = store.seal_log(&account)?.standing.broken_from;
            let (standing, waiting) = store.seal_log_waiting(&account, SEAL_LOG_PART as u32)?;
            Ok((
                SealLogStanding {
                    broken_from,
                    ..standing
                },
                waiting,
            ))
        })
        .await?;
        let (Some(first), Some(last)) = (waiting.first(), waiting.last()) else {
            return Ok(false);
        };
        let part = SealLogPart {
            position: first.position,
            entries: waiting.iter().map(written).collect(),
            broken_from: standing.broken_from,
        };
        // The same entries have the same key, so that an answer that was lost is given again.
        let broken = standing.broken_from.unwrap_or_default().to_be_bytes();
        let key = once(&[b"seal log", standing.chain.as_bytes(), &first.hash, &last.hash, &broken]);
        let outcome = self.client.hand_in_seal_log(standing.chain, &part, key).await;
        self.note_handed_in(scope, &standing, last, outcome)
    }

    fn note_handed_in(
        &self,
        scope: &str,
        standing: &SealLogStanding,
        last: &ChainedEntry,
        outcome: Result<SealLogChain, ClientError>,
    ) -> Result<bool, Failure> {
        let goes_on = match outcome {
            Ok(chain) if has(&chain, last) => {
                self.store.seal_log_handed_in(scope, last.position, None)?;
                true
            }
            Ok(chain) => {
                let from = chain.differs_from.unwrap_or(standing.handed_in + 1);
                tracing::warn!(from, "the platform has other entries of the seal log than this device");
                let has = standing.handed_in.max(from - 1).min(last.position);
                self.store.seal_log_handed_in(scope, has, Some(from))?;
                false
            }
            Err(error) => match missing_there(&error).filter(|count| *count < standing.handed_in) {
                Some(count) => {
                    self.store.seal_log_handed_in(scope, count, None)?;
                    true
                }
                None => self.note_refusal(standing, error.into())?,
            },
        };
        self.changed(&[Topic::SealLog, Topic::Home]);
        Ok(goes_on)
    }

    fn note_refusal(&self, standing: &SealLogStanding, failure: Failure) -> Result<bool, Failure> {
        if failure.is_passing() || failure.code == crate::view::FailureCode::SessionExpired {
            return Err(failure);
        }
        tracing::warn!(%failure, "the platform did not take entries of the seal log");
        *locked(&self.seal_log_refused) = Some(Refusal { at: *standing, failure });
        Ok(false)
    }
}

fn written(entry: &ChainedEntry) -> WrittenEntry {
    WrittenEntry {
        written: entry.text.clone(),
        hash: hex(&entry.hash),
    }
}

/// Whether the platform has this entry and all before it.
fn has(chain: &SealLogChain, last: &ChainedEntry) -> bool {
    match chain.count.cmp(&last.position) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => chain.hash == hex(&last.hash),
        // More was handed in meanwhile; the answer to the same part was lost before.
        std::cmp::Ordering::Greater => chain.differs_from.is_none_or(|from| from > last.position),
    }
}

/// How many entries a platform that was set back has.
fn missing_there(error: &ClientError) -> Option<u64> {
    match error {
        ClientError::Refused {
            code: ErrorCode::Conflict,
            params,
        } if params.get("state")? == "gap" => params.get("count")?.parse().ok(),
        _ => None,
    }
}
