//! Handing the seal log in: entries go to the platform in order and once, wait while it is away, and what it does not take
//! is told. When the platform has others than these, because this device was set back to older data, what follows becomes a
//! chain of its own that names the end of the former one.
//!
//! The log itself is what waits, so that no use of a key can be on record and missing among what is to be sent.
use crate::application::{Inner, locked, off_thread};
use crate::failure::{Failure, refuse_with};
use crate::scanning::{digest, once};
use crate::signing::hex;
use crate::view::{FailureCode, Topic};
use platform::client::ClientError;
use platform::wire::{ErrorCode, SEAL_LOG_PART, SealLogChain, SealLogHead, SealLogPart, WrittenEntry};
use std::collections::BTreeMap;
use store::{ChainedEntry, FormerChain, SealLogStanding, Seam, Stretch};
use uuid::Uuid;

/// What the platform did not take, and where the log stood then: nothing is sent again before something is added.
pub(crate) struct Refusal {
    pub(crate) at: SealLogStanding,
    pub(crate) failure: Failure,
}

/// What is handed in at once.
struct Waiting {
    standing: SealLogStanding,
    stretch: Stretch,
    entries: Vec<ChainedEntry>,
}

/// What came of it, in positions of this device.
enum Taken {
    /// The platform has the entries up to here; it may miss some that it had.
    Until(u64),
    /// Up to here, and from there on others, of which this is the last.
    Differs(u64, FormerChain),
    /// Nothing, because the former chain ends here by now: the platform was set back.
    Renamed(FormerChain),
}

impl Inner {
    /// Hands in what the platform does not have.
    ///
    /// # Errors
    /// Those of a platform that is away: the entries wait.
    pub(crate) async fn hand_in_seal_log(&self) -> Result<(), Failure> {
        let _one_at_a_time = self.handing_in.lock().await;
        let scope = self.scope()?;
        if !self.has_to_hand_in(&self.store.seal_log_standing(&scope)?) {
            return Ok(());
        }
        // Whoever gets the entries is told whether the chain was whole when they left.
        let (store, account) = (self.store.clone(), scope.clone());
        off_thread(move || Ok(store.seal_log_checked(&account, |_| ())?)).await?;
        while self.hand_in_part(&scope).await? {}
        Ok(())
    }

    fn has_to_hand_in(&self, standing: &SealLogStanding) -> bool {
        let refused = locked(&self.seal_log_refused);
        let is_refused = refused.as_ref().is_some_and(|refusal| refusal.at == *standing);
        standing.handed_in < standing.count && !is_refused
    }

    /// Whether there may be more.
    async fn hand_in_part(&self, scope: &str) -> Result<bool, Failure> {
        let (store, account) = (self.store.clone(), scope.to_owned());
        let (standing, entries) =
            off_thread(move || Ok(store.seal_log_waiting(&account, SEAL_LOG_PART as u32)?)).await?;
        let (Some(first), Some(last)) = (entries.first(), entries.last()) else {
            return Ok(false);
        };
        if !self.has_to_hand_in(&standing) {
            return Ok(false);
        }
        let stretch = standing.stretch(standing.handed_in + 1);
        let there = |position: u64| position.saturating_sub(stretch.after).max(1);
        let part = SealLogPart {
            position: there(first.position),
            entries: entries.iter().map(written).collect(),
            broken_from: standing.broken_from.map(there),
            continues: stretch.continues.filter(|former| former.count > 0).map(head),
        };
        // The same entries have the same key, so that an answer that was lost is given again.
        let broken = standing.broken_from.unwrap_or_default().to_be_bytes();
        let key = once(&[b"seal log", stretch.chain.as_bytes(), &first.hash, &last.hash, &broken]);
        let outcome = self.client.hand_in_seal_log(stretch.chain, &part, key).await;
        let waiting = Waiting {
            standing,
            stretch,
            entries,
        };
        self.note_handed_in(scope, &waiting, outcome)
    }

    fn note_handed_in(
        &self,
        scope: &str,
        waiting: &Waiting,
        outcome: Result<SealLogChain, ClientError>,
    ) -> Result<bool, Failure> {
        let goes_on = match waiting.taken(&outcome) {
            Some(Taken::Until(position)) => {
                self.store.seal_log_handed_in(scope, position)?;
                true
            }
            Some(Taken::Differs(position, former)) => self.note_difference(scope, waiting, (position, former))?,
            Some(Taken::Renamed(former)) => {
                let after = waiting.stretch.after;
                self.store.seal_log_begins_anew(scope, Seam { after, former })?;
                true
            }
            None => match outcome {
                Ok(_) => false,
                Err(error) => self.note_refusal(&waiting.standing, error.into())?,
            },
        };
        self.changed(&[Topic::SealLog, Topic::Home]);
        Ok(goes_on)
    }

    /// The entries that the platform cannot take become a chain of their own, which names the end of the former one.
    fn note_difference(
        &self,
        scope: &str,
        waiting: &Waiting,
        (after, former): (u64, FormerChain),
    ) -> Result<bool, Failure> {
        let stretch = &waiting.stretch;
        if let Some(until) = stretch.until {
            // A former chain, looked at again after the platform was set back: what it has of it stays as it is.
            self.store.seal_log_handed_in(scope, until)?;
            return Ok(true);
        }
        let is_fresh = stretch.continues.is_some() && after <= stretch.after;
        if is_fresh {
            // Beginning anew did not help: another time it would not either.
            let failure = refuse_with(FailureCode::Conflict, &[("state", "differs".to_owned())]);
            return self.note_refusal(&waiting.standing, failure);
        }
        tracing::warn!(
            after,
            "the platform has other entries of the seal log: a new chain is begun"
        );
        self.store.seal_log_begins_anew(scope, Seam { after, former })?;
        Ok(true)
    }

    fn note_refusal(&self, standing: &SealLogStanding, failure: Failure) -> Result<bool, Failure> {
        if failure.is_passing() || failure.code == FailureCode::SessionExpired {
            return Err(failure);
        }
        tracing::warn!(%failure, "the platform did not take entries of the seal log");
        *locked(&self.seal_log_refused) = Some(Refusal {
            at: standing.clone(),
            failure,
        });
        Ok(false)
    }
}

fn written(entry: &ChainedEntry) -> WrittenEntry {
    WrittenEntry {
        written: entry.text.clone(),
        hash: hex(&entry.hash),
    }
}

fn head(former: FormerChain) -> SealLogHead {
    SealLogHead {
        chain: former.chain,
        count: former.count,
        hash: hex(&former.hash),
    }
}

impl Waiting {
    /// What an answer says about the entries; none when it says nothing of use.
    fn taken(&self, outcome: &Result<SealLogChain, ClientError>) -> Option<Taken> {
        let here = |position: u64| self.stretch.after.saturating_add(position);
        match outcome {
            Ok(chain) => {
                let last = self.entries.last()?.position;
                let until = here(chain.same_until.unwrap_or_else(|| self.same_until(chain)));
                if until >= last {
                    return Some(Taken::Until(last));
                }
                let former = self.former(chain.count, &chain.hash)?;
                Some(Taken::Differs(until.max(self.stretch.after), former))
            }
            Err(ClientError::Refused {
                code: ErrorCode::Conflict,
                params,
            }) => self.refused(params),
            Err(ClientError::Refused {
                code: ErrorCode::FieldInvalid,
                params,
            }) => self.renamed(params),
            Err(_) => None,
        }
    }

    /// The same from a platform that does not say it: as far as its chain tells.
    fn same_until(&self, chain: &SealLogChain) -> u64 {
        let there = |entry: &ChainedEntry| entry.position.saturating_sub(self.stretch.after);
        let before = self.entries.first().map_or(0, there).saturating_sub(1);
        let Some(last) = self.entries.last() else { return before };
        let differs = chain.differs_from.filter(|from| *from <= there(last));
        match chain.count.cmp(&there(last)) {
            std::cmp::Ordering::Equal if chain.hash == hex(&last.hash) => there(last),
            std::cmp::Ordering::Greater if differs.is_none() => there(last),
            _ => differs.map_or(before, |from| before.max(from - 1)),
        }
    }

    fn refused(&self, params: &BTreeMap<String, String>) -> Option<Taken> {
        let count = params.get("count")?.parse().ok()?;
        match params.get("state")?.as_str() {
            // A platform that was set back has fewer than it had.
            "gap" => {
                let until = self.stretch.after.saturating_add(count);
                (until < self.standing.handed_in).then_some(Taken::Until(until))
            }
            "another_device" => {
                let former = self.former(count, params.get("hash")?)?;
                Some(Taken::Differs(self.standing.handed_in.max(self.stretch.after), former))
            }
            _ => None,
        }
    }

    fn renamed(&self, params: &BTreeMap<String, String>) -> Option<Taken> {
        let named = self.stretch.continues.filter(|_| self.stretch.until.is_none())?;
        if params.get("field")? != "continues" {
            return None;
        }
        let former = ended(named.chain, params.get("count")?.parse().ok()?, params.get("hash")?)?;
        (former != named).then_some(Taken::Renamed(former))
    }

    /// The end of this chain as the platform has it.
    fn former(&self, count: u64, hash: &str) -> Option<FormerChain> {
        ended(self.stretch.chain, count, hash)
    }
}

fn ended(chain: Uuid, count: u64, hash: &str) -> Option<FormerChain> {
    let hash = if count == 0 { [0; 32] } else { digest(hash)? };
    Some(FormerChain { chain, count, hash })
}
