//! The outbox: what the user did is kept first, then sent, once, as soon as the platform can be reached.
//!
//! The key of a write is made when the user acts and stays the same until the platform has answered. Deeds about one
//! subject are sent in order; one that stops holds back those after it, and no others.

mod intention;
mod line;
mod sending;
mod shown;

pub(crate) use intention::{Intention, account, title};
pub(crate) use sending::Haste;

use crate::application::{App, Inner};
use crate::failure::{Failure, internal, refuse};
use crate::view::{FailureCode, OutboxView, Topic};
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use store::{NewOutboxEntry, OutboxRow, OutboxState};
use uuid::Uuid;

impl App {
    /// Everything that was not sent yet, oldest first.
    ///
    /// # Errors
    /// `SessionExpired` when nobody is signed in.
    pub async fn outbox(&self) -> Result<OutboxView, Failure> {
        self.inner.outbox_view()
    }

    /// Sends what waits now, whatever pause was meant; an entry that was refused as well, when it is named.
    ///
    /// # Errors
    /// `NotFound`, `SessionExpired`.
    pub async fn retry_outbox(&self, entry_id: Option<&str>) -> Result<OutboxView, Failure> {
        let entry = entry_id.map(entry_number).transpose()?;
        let haste = entry.map_or(Haste::All, Haste::Of);
        self.inner.send_outbox(haste).await?;
        self.inner.refresh().await;
        self.inner.outbox_view()
    }

    /// Gives an entry up: it is not sent any more.
    ///
    /// # Errors
    /// `NotFound` when it was sent meanwhile.
    pub async fn discard_outbox_entry(&self, entry_id: &str) -> Result<OutboxView, Failure> {
        let entry = entry_number(entry_id)?;
        let sending = self.inner.sending.lock().await;
        let gone = self.inner.store.discard_from_outbox(&self.inner.scope()?, entry)?;
        drop(sending);
        self.inner.outbox_changed();
        if gone {
            self.inner.outbox_view()
        } else {
            Err(refuse(FailureCode::NotFound))
        }
    }

    /// After a conflict: the user's version is to stand, now that the platform's was seen.
    ///
    /// # Errors
    /// `NotFound`, `Conflict` when there is nothing left to change.
    pub async fn keep_outbox_entry(&self, entry_id: &str) -> Result<OutboxView, Failure> {
        let entry = entry_number(entry_id)?;
        let scope = self.inner.scope()?;
        let row = self.inner.store.outbox_entry(&scope, entry)?;
        let row = row.filter(|row| row.state == OutboxState::Conflict);
        let row = row.ok_or_else(|| refuse(FailureCode::NotFound))?;
        let theirs = row.theirs.as_deref().ok_or_else(|| refuse(FailureCode::Conflict))?;
        let meant = self.inner.intention(&scope, &row)?.made_from(theirs);
        let meant = meant.ok_or_else(|| refuse(FailureCode::Conflict))?;
        // Another decision of the user, so another write.
        let key = Uuid::new_v4();
        self.inner.store.outbox_decided(&scope, entry, key, &body(&meant)?)?;
        self.inner.send_outbox(Haste::None).await?;
        self.inner.refresh().await;
        self.inner.outbox_view()
    }
}

impl Inner {
    /// Keeps what the user did, sends it, and brings the local copy up to date.
    ///
    /// # Errors
    /// `Queued` when it waits in the outbox; what the platform refused at once is not kept. A conflict is kept.
    pub(crate) async fn carry_out<T: DeserializeOwned>(&self, key: Uuid, meant: Intention) -> Result<T, Failure> {
        let scope = self.scope()?;
        let entry = NewOutboxEntry {
            idempotency_key: key,
            subject: meant.subject(key),
            needs: meant.needs(),
            body: body(&meant)?,
            made_at: self.now(),
        };
        let row = self.store.put_in_outbox(&scope, &entry)?;
        let outcome = self.send_at_once(&scope, &row, &meant).await;
        self.refresh().await;
        self.outbox_changed();
        serde_json::from_value(outcome?).map_err(|error| internal("an answer cannot be read", &error))
    }

    pub(crate) fn outbox_changed(&self) {
        self.changed(&[Topic::Outbox]);
    }

    fn intention(&self, scope: &str, row: &OutboxRow) -> Result<Intention, Failure> {
        let kept = self.store.outbox_body(scope, row.id)?;
        let kept = kept.ok_or_else(|| refuse(FailureCode::NotFound))?;
        read(&kept)
    }

    /// What the user did last about each subject of a kind and was not sent yet: the user goes on from there.
    pub(crate) fn unsent(&self, kind: &str) -> Result<HashMap<String, Intention>, Failure> {
        let newest = self.store.outbox_newest(&self.scope()?, kind)?;
        newest
            .into_iter()
            .map(|(subject, body)| Ok((subject, read(&body)?)))
            .collect()
    }
}

fn body(meant: &Intention) -> Result<String, Failure> {
    serde_json::to_string(meant).map_err(|error| internal("what was meant cannot be kept", &error))
}

fn read(body: &str) -> Result<Intention, Failure> {
    serde_json::from_str(body).map_err(|error| internal("an entry of the outbox cannot be read", &error))
}

fn entry_number(text: &str) -> Result<i64, Failure> {
    text.parse().map_err(|_| refuse(FailureCode::NotFound))
}
