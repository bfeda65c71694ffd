//! Sending what waits: in order for each subject, with pauses that grow, and what the answer means.
use super::Intention;
use super::line::Line;
use crate::application::Inner;
use crate::failure::{Failure, internal, refuse};
use crate::sync::kind;
use crate::view::FailureCode;
use platform::client::ClientError;
use platform::wire::{self, ErrorCode};
use serde::{Deserialize, Serialize};
use std::sync::atomic::Ordering;
use store::{OutboxRow, OutboxState};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// The first pause after an attempt in vain; it doubles.
const FIRST_PAUSE_SECONDS: i64 = 2;
/// The longest pause, but for what the platform asks.
const LONGEST_PAUSE: Duration = Duration::minutes(10);
/// What was sent is kept so long: a backup that is put back is hardly older.
const KEPT_AFTER_SENDING: Duration = Duration::days(35);

/// Which pauses are cut short.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Haste {
    /// None: what is due is sent.
    None,
    /// This entry's; one that was refused is tried again.
    Of(i64),
    /// All.
    All,
}

/// What a row means to those after it.
enum Next {
    /// It was sent, in this round or another, or discarded.
    Goes,
    /// It stays: what rests on it waits.
    Waits,
    /// Nothing gets through.
    Ends,
}

/// What became of an attempt.
enum Outcome {
    Sent(serde_json::Value),
    Waits(Failure),
    Stopped(Failure, OutboxState),
}

impl Inner {
    /// Sends everything that waits and is due, several at once where the order does not matter.
    pub(crate) async fn send_outbox(&self, haste: Haste) -> Result<(), Failure> {
        let scope = self.scope()?;
        let mut line = self.line(&scope, haste).await?;
        let any = !line.rows.is_empty();
        let mut is_over = false;
        while !is_over {
            let wave = line.next_wave();
            if wave.is_empty() {
                break;
            }
            let nexts = self.send_wave(&scope, &wave).await?;
            for (row, next) in wave.into_iter().zip(nexts) {
                match next {
                    Next::Goes => {}
                    Next::Waits => drop(line.held.insert(row.subject)),
                    Next::Ends => is_over = true,
                }
            }
        }
        if any {
            self.outbox_changed();
        }
        self.store.forget_sent(&scope, self.now() - KEPT_AFTER_SENDING)?;
        Ok(())
    }

    /// Not while something is being sent: an attempt that ends in between would set its pause after all.
    async fn line(&self, scope: &str, haste: Haste) -> Result<Line, Failure> {
        let _one_at_a_time = self.sending.lock().await;
        match haste {
            Haste::None => {}
            Haste::Of(entry) => self.store.outbox_hurries(scope, Some(entry))?,
            Haste::All => self.store.outbox_hurries(scope, None)?,
        }
        let rows = self.store.outbox(scope)?;
        let not_due = rows.iter().filter(|row| !self.is_due(row));
        Ok(Line {
            held: not_due.map(|row| row.subject.clone()).collect(),
            rows: rows.into(),
        })
    }

    /// All of these at once; in between, what the user does now gets its turn.
    async fn send_wave(&self, scope: &str, wave: &[OutboxRow]) -> Result<Vec<Next>, Failure> {
        let _one_at_a_time = self.sending.lock().await;
        let outcomes = wave.iter().map(|row| self.send_row(scope, row));
        futures_util::future::join_all(outcomes).await.into_iter().collect()
    }

    /// What the user just did: earlier deeds it rests on go first; it waits when they cannot be sent.
    pub(super) async fn send_at_once(
        &self,
        scope: &str,
        row: &OutboxRow,
        meant: &Intention,
    ) -> Result<serde_json::Value, Failure> {
        let _one_at_a_time = self.sending.lock().await;
        let subjects: Vec<&str> = std::iter::once(&row.subject)
            .chain(&row.needs)
            .map(String::as_str)
            .collect();
        for earlier in &self.store.outbox_before(scope, row.id, &subjects)? {
            let before = self.intention(scope, earlier)?;
            if earlier.state != OutboxState::Waiting || !matches!(self.send(earlier, &before).await?, Outcome::Sent(_))
            {
                return Err(refuse(FailureCode::Queued));
            }
        }
        match self.send(row, meant).await? {
            Outcome::Sent(answer) => Ok(answer),
            Outcome::Waits(failure) if failure.code == FailureCode::SessionExpired => Err(failure),
            Outcome::Waits(_) => Err(refuse(FailureCode::Queued)),
            Outcome::Stopped(failure, OutboxState::Refused) => {
                self.store.discard_from_outbox(scope, row.id)?;
                Err(failure)
            }
            Outcome::Stopped(failure, _) => Err(failure),
        }
    }

    /// Somebody else may have sent or discarded it meanwhile.
    async fn send_row(&self, scope: &str, row: &OutboxRow) -> Result<Next, Failure> {
        let present = self.store.outbox_entry(scope, row.id)?;
        let Some(present) = present.filter(|present| present.state != OutboxState::Sent) else {
            return Ok(Next::Goes);
        };
        if present.state != OutboxState::Waiting {
            return Ok(Next::Waits);
        }
        let meant = self.intention(scope, &present)?;
        Ok(match self.send(&present, &meant).await? {
            Outcome::Sent(_) => Next::Goes,
            Outcome::Waits(failure) if ends_the_round(&failure) => Next::Ends,
            Outcome::Waits(_) | Outcome::Stopped(..) => Next::Waits,
        })
    }

    async fn send(&self, row: &OutboxRow, meant: &Intention) -> Result<Outcome, Failure> {
        match meant.send(&self.client, row.idempotency_key).await {
            Ok(answer) => self.note_sent(row, answer),
            // Done already, by another version of this program: its words for the same deed were others.
            Err(ClientError::Refused {
                code: ErrorCode::IdempotencyKeyReused,
                ..
            }) => self.note_sent(row, serde_json::Value::Null),
            Err(error) => self.note_unsent(row, meant, error).await,
        }
    }

    fn note_sent(&self, row: &OutboxRow, answer: serde_json::Value) -> Result<Outcome, Failure> {
        // The feed does not tell of the notice.
        if let Ok(notice) = wire::SealNotice::deserialize(&answer) {
            self.keep_notice(&notice)?;
        }
        self.sent.fetch_add(1, Ordering::SeqCst);
        self.store.outbox_sent(row.id, self.now())?;
        Ok(Outcome::Sent(answer))
    }

    async fn note_unsent(&self, row: &OutboxRow, meant: &Intention, error: ClientError) -> Result<Outcome, Failure> {
        let asked = asked_pause(&error);
        let changed = is_changed(&error, meant);
        let failure = Failure::from(error);
        let text = json(&failure)?;
        if failure.is_passing() {
            // While the platform is away the look at the feed is the probe; this need not be one more.
            let pause = match failure.code {
                FailureCode::Offline => Duration::ZERO,
                _ => pause_after(row.attempts).max(asked),
            };
            self.store.outbox_waits(row.id, &text, self.now() + pause)?;
            return Ok(Outcome::Waits(failure));
        }
        let (state, theirs) = if changed {
            // The other version is shown, so it has to be here.
            self.refresh().await;
            (OutboxState::Conflict, self.theirs(meant)?)
        } else {
            (OutboxState::Refused, None)
        };
        self.store.outbox_stops(row.id, state, &text, theirs.as_deref())?;
        Ok(Outcome::Stopped(failure, state))
    }

    /// The platform's version of what the user wanted to change; none when it is gone.
    fn theirs(&self, meant: &Intention) -> Result<Option<String>, Failure> {
        match meant {
            Intention::ChangeTitle { id, .. } | Intention::RemoveTitle { id, .. } => {
                let title: Option<wire::BillingTitle> = self.one(kind::TITLE, &id.to_string()).ok();
                title.map(|title| json(&title.fields)).transpose()
            }
            Intention::ChangeAccount { id, .. } | Intention::RemoveAccount { id, .. } => {
                let account: Option<wire::RemittingAccount> = self.one(kind::REMITTING, &id.to_string()).ok();
                account.map(|account| json(&account.fields)).transpose()
            }
            Intention::ChangeOrder { id, .. } => {
                let order = self.kept_order(&id.to_string()).ok();
                order.map(|order| json(&crate::orders::changeable(&order))).transpose()
            }
            Intention::ChangeHolder { id, .. } => {
                let certificate: Option<wire::Certificate> = self.one(kind::CERTIFICATE, &id.to_string()).ok();
                let holder = certificate.and_then(|certificate| certificate.holder);
                holder
                    .map(|holder| json(&wire::HolderChange { holder_id: holder.id }))
                    .transpose()
            }
            _ => Ok(None),
        }
    }

    /// A clock that was set back must not hold anything for longer than the longest pause.
    fn is_due(&self, row: &OutboxRow) -> bool {
        let wait: Duration = row.not_before - self.now();
        row.state == OutboxState::Waiting && (wait <= Duration::ZERO || wait > LONGEST_PAUSE * 2)
    }
}

/// Nothing else would get through either.
fn ends_the_round(failure: &Failure) -> bool {
    matches!(failure.code, FailureCode::Offline | FailureCode::SessionExpired)
}

/// Somebody changed or removed it since the user saw it.
fn is_changed(error: &ClientError, meant: &Intention) -> bool {
    let is_change = matches!(
        meant,
        Intention::ChangeTitle { .. }
            | Intention::ChangeAccount { .. }
            | Intention::ChangeOrder { .. }
            | Intention::ChangeHolder { .. }
    );
    let is_removal = matches!(meant, Intention::RemoveTitle { .. } | Intention::RemoveAccount { .. });
    let ClientError::Refused { code, params } = error else {
        return false;
    };
    let other_version = *code == ErrorCode::Conflict && params.get("state").is_some_and(|state| state == "changed");
    (is_change && (other_version || *code == ErrorCode::NotFound)) || (is_removal && other_version)
}

fn asked_pause(error: &ClientError) -> Duration {
    let seconds = match error {
        ClientError::Unavailable { retry_after, .. } => *retry_after,
        ClientError::Refused { params, .. } => params.get("seconds").and_then(|seconds| seconds.parse().ok()),
        _ => None,
    };
    Duration::seconds(seconds.and_then(|seconds| i64::try_from(seconds).ok()).unwrap_or(0)).min(LONGEST_PAUSE * 2)
}

/// Doubles from two seconds to ten minutes, and up to half of it more: devices that lost the platform together do not
/// come back together.
fn pause_after(attempts: u32) -> Duration {
    let seconds = FIRST_PAUSE_SECONDS.saturating_mul(2_i64.saturating_pow(attempts.min(20)));
    let pause = Duration::seconds(seconds).min(LONGEST_PAUSE);
    let random = Uuid::new_v4().as_u128() as u8;
    pause + pause * (f64::from(random) / 510.0)
}

fn json<T: Serialize>(value: &T) -> Result<String, Failure> {
    serde_json::to_string(value).map_err(|error| internal("it cannot be kept", &error))
}

/// The moment from which on an entry is tried by itself; none when it is due.
pub(super) fn next_try(row: &OutboxRow, now: OffsetDateTime) -> Option<OffsetDateTime> {
    (row.state == OutboxState::Waiting && row.not_before > now).then_some(row.not_before)
}
