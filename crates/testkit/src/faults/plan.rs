//! Which call is spoiled how: decided by seed, call and how often it was tried, never by chance or by the clock.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

/// What can go wrong with one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// It takes long.
    Latency,
    /// The connection breaks at once, and the next one is not taken at all: reset before a byte is read.
    Refused,
    /// The connection breaks after the request was sent, before the platform saw it.
    ResetBeforeRequest,
    /// The platform acted; the connection breaks inside its answer.
    ResetInBody,
    /// The platform acted; nothing of its answer arrives.
    AnswerLost,
    /// 503 from something in front of the platform.
    ServerError,
    /// 429 with `Retry-After`.
    TooManyRequests,
    /// The platform acted; its answer stops in the middle, well framed.
    TruncatedJson,
    /// The platform acted; the answer is JSON of something else.
    WrongJson,
    /// The request arrives twice.
    Duplicated,
    /// The connection breaks, and the request arrives after the next one.
    Reordered,
    /// The platform's clock is a day ahead or behind.
    WrongClock,
}

/// All twelve.
pub const ALL_FAULTS: [Fault; 12] = [
    Fault::Latency,
    Fault::Refused,
    Fault::ResetBeforeRequest,
    Fault::ResetInBody,
    Fault::AnswerLost,
    Fault::ServerError,
    Fault::TooManyRequests,
    Fault::TruncatedJson,
    Fault::WrongJson,
    Fault::Duplicated,
    Fault::Reordered,
    Fault::WrongClock,
];

/// How calls are spoiled.
#[derive(Debug, Clone)]
pub struct Faults {
    /// The kinds to choose from.
    pub kinds: Vec<Fault>,
    /// The same seed spoils the same calls in the same way.
    pub seed: u64,
    /// Of a hundred attempts, so many are spoiled.
    pub percent: u64,
    /// The same call (path and key) is spoiled at most so often, so that every story ends.
    pub most: u32,
    /// How long a late call takes.
    pub latency: Duration,
    /// What 429 asks to wait.
    pub retry_after_seconds: u64,
    /// No connection is taken at all.
    pub away: bool,
}

impl Faults {
    /// Nothing is spoiled.
    #[must_use]
    pub fn none() -> Self {
        Self {
            kinds: Vec::new(),
            seed: 0,
            percent: 0,
            most: 0,
            latency: Duration::from_millis(30),
            retry_after_seconds: 0,
            away: false,
        }
    }

    /// No connection is taken until something else is said.
    #[must_use]
    pub fn away() -> Self {
        Self {
            away: true,
            ..Self::none()
        }
    }

    /// Two of three attempts are spoiled in one of these ways, each call at most three times.
    #[must_use]
    pub fn of(kinds: &[Fault], seed: u64) -> Self {
        Self {
            kinds: kinds.to_vec(),
            seed,
            percent: 66,
            most: 3,
            ..Self::none()
        }
    }
}

/// The faults, and how often each call was tried and spoiled.
pub(super) struct Plan {
    faults: Faults,
    tried: HashMap<String, (u32, u32)>,
    refuse_next: bool,
}

impl Default for Plan {
    fn default() -> Self {
        Self::new(Faults::none())
    }
}

impl Plan {
    pub(super) fn new(faults: Faults) -> Self {
        Self {
            faults,
            tried: HashMap::new(),
            refuse_next: false,
        }
    }

    /// Whether the connection that just came is not taken.
    pub(super) fn refuses(&mut self) -> bool {
        std::mem::take(&mut self.refuse_next) || self.faults.away
    }

    pub(super) fn latency(&self) -> Duration {
        self.faults.latency
    }

    pub(super) fn retry_after_seconds(&self) -> u64 {
        self.faults.retry_after_seconds
    }

    /// Keys are random, so the call's place in the order of calls of its kind stands for it.
    pub(super) fn decide(&mut self, start_line: &str, key: Option<&str>) -> Option<Fault> {
        let call = format!("{start_line} {}", key.unwrap_or_default());
        let (tried, spoiled) = self.tried.entry(call).or_default();
        *tried += 1;
        if self.faults.kinds.is_empty() || *spoiled >= self.faults.most {
            return None;
        }
        let number = mixed(self.faults.seed, start_line, *tried);
        if number % 100 >= self.faults.percent {
            return None;
        }
        *spoiled += 1;
        let kinds = u64::try_from(self.faults.kinds.len()).ok()?;
        let chosen = usize::try_from((number / 100) % kinds).ok()?;
        let fault = self.faults.kinds.get(chosen).copied();
        self.refuse_next = fault == Some(Fault::Refused);
        fault
    }
}

fn mixed(seed: u64, start_line: &str, tried: u32) -> u64 {
    // Ids inside paths are random as well.
    let words: String = start_line.chars().filter(|one| !one.is_ascii_hexdigit()).collect();
    let mut hasher = DefaultHasher::new();
    (seed, words, tried).hash(&mut hasher);
    hasher.finish()
}
