//! Keeping the local copy up to date: the change feed says what is stale, the lists are read anew.
use crate::application::{App, Inner, locked};
use crate::failure::{Failure, internal};
use crate::view::{Event, FailureCode, SyncState, SyncView, Topic};
use crate::wire_view::moment;
use platform::wire::{Change, ChangeSubject, Order, PageQuery};
use serde::Serialize;
use std::collections::BTreeSet;
use std::sync::{Arc, Weak};
use std::time::Duration;
use store::{MirrorRow, MirrorUpdate, OrderRow, OrderUpdate, SyncPosition};
use uuid::Uuid;

/// How often the background looks at the change feed.
const EVERY: Duration = Duration::from_secs(3);
/// From this many minutes on a wrong clock is told.
const CLOCK_MINUTES: i32 = 3;
/// Changes and orders asked for at once; the platform's own most.
const PAGE: u64 = 500;
/// Up to this many changed orders are read one by one; more are read as a list.
const SINGLE_ORDERS: usize = 20;

/// Kinds of mirrored objects.
pub(crate) mod kind {
    pub(crate) const AUTHORISATION: &str = "authorisation";
    pub(crate) const TITLE: &str = "billing_title";
    pub(crate) const REMITTING: &str = "remitting_account";
    pub(crate) const INVOICE: &str = "invoice";
    pub(crate) const CERTIFICATE: &str = "certificate";
    pub(crate) const SEAL: &str = "seal";
    pub(crate) const APPROVAL: &str = "approval";
    pub(crate) const PACKAGE: &str = "package";
    pub(crate) const EMPLOYEE: &str = "employee";
    pub(crate) const NOTICE: &str = "seal_notice";
}

/// Id of the things there is only one of.
pub(crate) const ONLY: &str = "only";

/// What has to be read anew.
#[derive(Debug, Default)]
struct Stale {
    subjects: BTreeSet<&'static str>,
    orders: Option<BTreeSet<Uuid>>,
    everything: bool,
}

impl App {
    /// Brings the local copy up to date now.
    ///
    /// # Errors
    /// The failure is also in the view of the state.
    pub async fn sync_now(&self) -> Result<SyncView, Failure> {
        self.inner.pull().await?;
        self.finish_imports().await;
        Ok(self.sync_state())
    }

    /// How fresh the local copy is.
    pub fn sync_state(&self) -> SyncView {
        locked(&self.inner.sync).clone()
    }

    /// Reads the feed every few seconds until the application is dropped or somebody else signs in.
    pub(crate) fn start_background_sync(&self) {
        let weak = Arc::downgrade(&self.inner);
        let task = tokio::spawn(run_background(weak)).abort_handle();
        if let Some(earlier) = locked(&self.inner.session).background.replace(task) {
            earlier.abort();
        }
    }
}

async fn run_background(weak: Weak<Inner>) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let Some(inner) = weak.upgrade() else { return };
        let app = App { inner };
        match app.inner.pull().await {
            Ok(()) => app.finish_imports().await,
            Err(failure) if failure.code == FailureCode::SessionExpired => return,
            Err(_) => {}
        }
    }
}

impl Inner {
    /// Reads what changed since last time. Tells listeners only about what really changed.
    pub(crate) async fn pull(&self) -> Result<(), Failure> {
        let _one_at_a_time = self.pulling.lock().await;
        let outcome = self.pull_changes().await;
        self.note_sync(outcome.as_ref().err());
        let topics = outcome?;
        self.changed(&topics);
        if topics.contains(&Topic::Seals) {
            self.read_missing_pictures().await;
        }
        Ok(())
    }

    /// After a write the copy is refreshed; the write itself has happened whatever comes of that.
    pub(crate) async fn refresh(&self) {
        if let Err(failure) = self.pull().await {
            tracing::info!(%failure, "the copy is not fresh after a write");
        }
    }

    fn note_sync(&self, failure: Option<&Failure>) {
        let state = match failure.map(|failure| failure.code) {
            None => SyncState::Synced,
            Some(FailureCode::Offline | FailureCode::PlatformTimeout) => SyncState::Offline,
            Some(FailureCode::SessionExpired) => SyncState::Expired,
            Some(_) => SyncState::Failed,
        };
        let mut view = locked(&self.sync);
        let was = view.state;
        // Only an answer just heard tells the time.
        let clock = if failure.is_none() {
            self.clock_ahead_minutes()
        } else {
            view.clock_ahead_minutes
        };
        let clock_news = clock != view.clock_ahead_minutes;
        view.clock_ahead_minutes = clock;
        view.state = state;
        view.failure = failure.cloned();
        if state == SyncState::Synced {
            view.at = Some(moment(self.now()));
        }
        // Every few seconds «still fine» would be noise; a change of state is news.
        if was != state || clock_news {
            self.tell(Event::Sync(view.clone()));
        }
        if state == SyncState::Expired && was != state {
            self.changed(&[Topic::Session]);
        }
    }

    /// Certificates and timestamps rest on the time: a clock that is wrong by more than this is told.
    fn clock_ahead_minutes(&self) -> Option<i32> {
        let ahead = self.now() - self.client.platform_time()?;
        let seconds = ahead.whole_seconds();
        let nearest = (seconds + 30 * seconds.signum()) / 60;
        let minutes = i32::try_from(nearest).unwrap_or(i32::MAX);
        (minutes.abs() >= CLOCK_MINUTES).then_some(minutes)
    }

    async fn pull_changes(&self) -> Result<Vec<Topic>, Failure> {
        let scope = self.scope()?;
        let from = self.store.sync_position(&scope)?;
        let (stale, cursor) = self.read_feed(from.map(|position| position.cursor)).await?;
        if from.is_some() && stale.subjects.is_empty() && stale.orders.is_none() {
            return Ok(Vec::new());
        }
        let mut updates = Vec::new();
        for subject in &stale.subjects {
            updates.push(self.read_kind(subject).await?);
        }
        let orders = self.read_orders(&stale).await?;
        let position = SyncPosition { cursor, at: self.now() };
        let changed = self.store.apply(&scope, &updates, orders.as_ref(), position)?;
        Ok(topics(&changed))
    }

    /// Reads the feed to its end before any list, so that a list is never older than the cursor.
    async fn read_feed(&self, from: Option<i64>) -> Result<(Stale, i64), Failure> {
        let mut stale = from.map_or_else(everything, |_| Stale::default());
        let mut cursor = from.unwrap_or(0);
        loop {
            let page = self.client.changes(cursor, PAGE).await?;
            page.changes.iter().for_each(|change| stale.note(change));
            cursor = page.next.max(cursor);
            if !page.more || page.changes.is_empty() {
                return Ok((stale, cursor));
            }
        }
    }

    async fn read_kind(&self, subject: &'static str) -> Result<MirrorUpdate, Failure> {
        Ok(MirrorUpdate {
            kind: subject,
            rows: allowed(self.read_rows(subject).await)?.unwrap_or_default(),
            complete: true,
        })
    }

    async fn read_rows(&self, subject: &'static str) -> Result<Vec<MirrorRow>, Failure> {
        let client = &self.client;
        Ok(match subject {
            kind::AUTHORISATION => only(&client.authorisation().await?)?,
            kind::TITLE => rows(&client.billing_titles().await?, |row| row.id)?,
            kind::REMITTING => rows(&client.remitting_accounts().await?, |row| row.id)?,
            kind::INVOICE => rows(&client.invoices().await?, |row| row.id)?,
            kind::CERTIFICATE => rows(&client.certificates().await?, |row| row.id)?,
            kind::SEAL => rows(&client.seals().await?, |row| row.id)?,
            kind::APPROVAL => rows(&client.approvals().await?, |row| row.id)?,
            kind::PACKAGE => rows(&client.packages().await?, |row| row.id)?,
            kind::EMPLOYEE => rows(&client.employees().await?, |row| row.id)?,
            _ => only(&client.seal_notice().await?)?,
        })
    }

    async fn read_orders(&self, stale: &Stale) -> Result<Option<OrderUpdate>, Failure> {
        match &stale.orders {
            None if !stale.everything => Ok(None),
            Some(ids) if !stale.everything && ids.len() <= SINGLE_ORDERS => {
                let mut rows = Vec::new();
                for id in ids {
                    let order = self.client.order(*id).await.map_err(Failure::from);
                    if let Some(order) = allowed(order)? {
                        rows.push(order_row(&order)?);
                    }
                }
                Ok(Some(OrderUpdate { rows, complete: false }))
            }
            _ => allowed(self.read_all_orders().await),
        }
    }

    async fn read_all_orders(&self) -> Result<OrderUpdate, Failure> {
        let mut rows = Vec::new();
        loop {
            let offset = u64::try_from(rows.len()).unwrap_or(u64::MAX);
            let page = self.client.orders(PageQuery { offset, limit: PAGE }).await?;
            for order in &page.rows {
                rows.push(order_row(order)?);
            }
            if page.rows.is_empty() || rows.len() as u64 >= page.total {
                return Ok(OrderUpdate { rows, complete: true });
            }
        }
    }
}

/// What this account's role may not see (a member of staff: orders, billing, colleagues) is not there for it.
fn allowed<T>(answer: Result<T, Failure>) -> Result<Option<T>, Failure> {
    match answer {
        Ok(value) => Ok(Some(value)),
        Err(failure) if failure.code == FailureCode::NotAllowed => Ok(None),
        Err(failure) => Err(failure),
    }
}

fn everything() -> Stale {
    let subjects = [
        kind::AUTHORISATION,
        kind::TITLE,
        kind::REMITTING,
        kind::INVOICE,
        kind::CERTIFICATE,
        kind::SEAL,
        kind::APPROVAL,
        kind::PACKAGE,
        kind::EMPLOYEE,
        kind::NOTICE,
    ];
    Stale {
        subjects: subjects.into(),
        orders: None,
        everything: true,
    }
}

impl Stale {
    fn note(&mut self, change: &Change) {
        let subject = match change.subject {
            ChangeSubject::Authorisation => kind::AUTHORISATION,
            ChangeSubject::BillingTitle => kind::TITLE,
            ChangeSubject::RemittingAccount => kind::REMITTING,
            ChangeSubject::Invoice => kind::INVOICE,
            ChangeSubject::Certificate => kind::CERTIFICATE,
            ChangeSubject::Seal => kind::SEAL,
            ChangeSubject::Approval => kind::APPROVAL,
            ChangeSubject::Order => {
                self.orders.get_or_insert_default().insert(change.subject_id);
                return;
            }
        };
        self.subjects.insert(subject);
    }
}

fn only<T: Serialize>(value: &T) -> Result<Vec<MirrorRow>, Failure> {
    Ok(vec![MirrorRow {
        id: ONLY.to_owned(),
        body: json(value)?,
    }])
}

fn rows<T: Serialize>(values: &[T], id: impl Fn(&T) -> Uuid) -> Result<Vec<MirrorRow>, Failure> {
    values
        .iter()
        .map(|value| {
            Ok(MirrorRow {
                id: id(value).to_string(),
                body: json(value)?,
            })
        })
        .collect()
}

fn json<T: Serialize>(value: &T) -> Result<String, Failure> {
    serde_json::to_string(value).map_err(|error| internal("an answer cannot be kept", &error))
}

fn order_row(order: &Order) -> Result<OrderRow, Failure> {
    Ok(OrderRow {
        id: order.id.to_string(),
        number: order.number.clone(),
        placed_at: order.placed_at,
        amount_fen: order.amount_fen,
        state: crate::orders::state_code(order.payment.state).to_owned(),
        searched: [
            order.number.as_str(),
            &order.title.fields.name,
            &order.package.name,
            &order.receiving.account,
            &order.remitting_account.fields.holder,
        ]
        .join(" "),
        body: json(order)?,
    })
}

fn topics(kinds: &[&'static str]) -> Vec<Topic> {
    let mut topics: BTreeSet<Topic> = kinds.iter().map(|kind| topic(kind)).collect();
    if !topics.is_empty() {
        topics.insert(Topic::Home);
    }
    topics.into_iter().collect()
}

fn topic(kind: &str) -> Topic {
    match kind {
        kind::AUTHORISATION => Topic::Authorisation,
        kind::TITLE | kind::REMITTING => Topic::Billing,
        kind::INVOICE => Topic::Invoices,
        kind::SEAL | kind::NOTICE => Topic::Seals,
        kind::APPROVAL => Topic::Approvals,
        store::ORDER_KIND | kind::PACKAGE => Topic::Orders,
        _ => Topic::Certificates,
    }
}
