//! Keeping the local copy up to date: the change feed says what is stale, the lists are read anew.
use crate::application::{App, Inner, locked};
use crate::failure::{Failure, internal};
use crate::outbox::Haste;
use crate::view::{Event, FailureCode, SyncState, SyncView, Topic};
use crate::wire_view::moment;
use platform::client::LiveChanges;
use platform::wire::{Change, ChangePage, ChangeQuery, ChangeSubject, Order, PageQuery};
use serde::Serialize;
use std::collections::BTreeSet;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::Duration;
use store::{MirrorRow, MirrorUpdate, OrderRow, OrderUpdate, SyncPosition};
use time::OffsetDateTime;
use tokio::sync::Notify;
use tokio::time::Instant;
use uuid::Uuid;

/// How often the background looks at the change feed without a live stream.
const EVERY: Duration = Duration::from_secs(3);
/// From this many minutes on a wrong clock is told.
const CLOCK_MINUTES: i32 = 3;
/// Changes asked for at once; the platform's own most.
const PAGE: u64 = 500;
/// Orders asked for at once; the platform's own most.
const ORDERS_PAGE: u64 = 2000;
/// Orders written at once: each part touches much the same pages of the local file, and fewer parts write them less often.
const ORDERS_PART: usize = 6000;
/// Orders asked for by their ids at once; the platform's own most.
const ORDERS_AT_ONCE: usize = 100;
/// The longest pause of the background while the platform is away.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

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
    /// Not mirrored: only told of.
    pub(crate) const SEAL_LOG: &str = "seal_log";
}

/// Id of the things there is only one of.
pub(crate) const ONLY: &str = "only";

/// What has to be read anew.
#[derive(Debug, Default)]
struct Stale {
    subjects: BTreeSet<&'static str>,
    orders: BTreeSet<Uuid>,
}

impl App {
    /// Brings the local copy up to date now.
    ///
    /// # Errors
    /// The failure is also in the view of the state.
    pub async fn sync_now(&self) -> Result<SyncView, Failure> {
        self.inner.pull().await?;
        self.inner.exchange(Haste::All).await?;
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
    let mut failures = 0;
    let mut live = None;
    loop {
        let Some(inner) = weak.upgrade() else { return };
        let app = App { inner };
        let begun = Instant::now();
        match app.look().await {
            Ok(()) => failures = 0,
            Err(failure) if failure.code == FailureCode::SessionExpired => return,
            Err(_) => {
                failures += 1;
                live = None;
            }
        }
        if failures == 0 && live.is_none() {
            live = app.inner.live().await;
        }
        let took = begun.elapsed();
        let to_send = Arc::clone(&app.inner.news_to_send);
        // While it waits, nothing keeps the application open.
        drop(app);
        live = until_news(live, failures, &to_send).await;
        if live.is_some() {
            tokio::time::sleep(pause_for_more(took)).await;
        }
    }
}

/// Waits for the live stream to tell something, or for something to send; without the stream, for the next look at the
/// feed. The stream, if it goes on.
async fn until_news(live: Option<LiveChanges>, failures: u32, to_send: &Notify) -> Option<LiveChanges> {
    let Some(mut live) = live else {
        let _ = tokio::time::timeout(pause_after(failures), to_send.notified()).await;
        return None;
    };
    tokio::select! {
        news = tokio::time::timeout(LONGEST_PAUSE, live.news()) => match news {
            Ok(Err(_)) => None,
            Ok(Ok(())) | Err(_) => Some(live),
        },
        () = to_send.notified() => Some(live),
    }
}

/// News that come one after the other are read together: reading takes a fifth of the time at most.
fn pause_for_more(reading_took: Duration) -> Duration {
    reading_took.saturating_mul(4).min(EVERY)
}

/// Three seconds while all is well; doubling, with jitter, while the platform is away.
fn pause_after(failures: u32) -> Duration {
    if failures == 0 {
        return EVERY;
    }
    let pause = EVERY
        .saturating_mul(2_u32.saturating_pow(failures.min(10)))
        .min(LONGEST_PAUSE);
    let random = Uuid::new_v4().as_u128() as u8;
    pause.mul_f64(0.75 + f64::from(random) / 1020.0)
}

impl App {
    /// Reads what changed and sends what waits.
    async fn look(&self) -> Result<(), Failure> {
        let was_away = self.sync_state().state == SyncState::Offline;
        self.inner.pull().await?;
        let haste = if was_away { Haste::All } else { Haste::None };
        self.inner.exchange(haste).await?;
        self.finish_imports().await;
        Ok(())
    }
}

impl Inner {
    /// Reads what changed since last time. Tells listeners only about what really changed.
    pub(crate) async fn pull(&self) -> Result<(), Failure> {
        let mut read = self.pulling.lock().await;
        let sent = self.sent.load(Ordering::SeqCst);
        let outcome = self.pull_changes().await;
        self.note_sync(outcome.as_ref().err());
        let topics = outcome?;
        *read = sent;
        self.changed(&topics);
        if topics.contains(&Topic::Seals) {
            self.read_missing_pictures().await;
        }
        Ok(())
    }

    /// The live stream from where the feed was read to; none when it cannot be had, and the feed is looked at instead.
    async fn live(&self) -> Option<LiveChanges> {
        let position = self.store.sync_position(&self.scope().ok()?).ok()??;
        self.client.live_changes(position.cursor).await.ok()
    }

    /// Sends what waits; when something was sent, by whomever, what came of it is read.
    pub(crate) async fn exchange(&self, haste: Haste) -> Result<(), Failure> {
        self.send_outbox(haste).await?;
        let read = *self.pulling.lock().await;
        if read < self.sent.load(Ordering::SeqCst) {
            self.pull().await?;
        }
        self.hand_in_seal_log().await
    }

    /// Reads one list again, for what ends by itself; whether it could. Nobody waits for a platform that is away.
    pub(crate) async fn read_again(&self, subject: &'static str) -> bool {
        if locked(&self.sync).state != SyncState::Synced {
            return false;
        }
        let _one_at_a_time = self.pulling.lock().await;
        let outcome = async {
            let scope = self.scope()?;
            let Some(position) = self.store.sync_position(&scope)? else {
                return Ok(());
            };
            let update = self.read_kind(subject).await?;
            self.store.apply(&scope, &[update], None, position)?;
            Ok::<_, Failure>(())
        };
        match outcome.await {
            Ok(()) => true,
            Err(failure) => {
                tracing::info!(%failure, subject, "a list is not fresh");
                false
            }
        }
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
        let changed = match self.store.sync_position(&scope)? {
            Some(position) => self.read_on(&scope, position).await?,
            None => self.read_everything(&scope).await?,
        };
        Ok(topics(&changed))
    }

    /// Reads the feed from where it was left, part by part, so that a long absence costs no more memory than a short one.
    async fn read_on(&self, scope: &str, mut position: SyncPosition) -> Result<BTreeSet<&'static str>, Failure> {
        let mut changed = BTreeSet::new();
        let mut subjects = BTreeSet::new();
        loop {
            let page = self.client.feed(&from(&position)).await?;
            if page.epoch != position.epoch {
                let again = self.store.begin_anew(scope)?;
                tracing::warn!(
                    again,
                    "the platform was set back: everything is read anew, and sent again"
                );
                return self.read_everything(scope).await;
            }
            let tells_of_log = page
                .changes
                .iter()
                .any(|change| change.subject == ChangeSubject::SealLog);
            changed.extend(tells_of_log.then_some(kind::SEAL_LOG));
            let stale = Stale::of(&page.changes);
            subjects.extend(stale.subjects);
            let orders = self.read_orders(&stale.orders).await?;
            position = after(&page, position.cursor, self.now());
            let more = page.more && !page.changes.is_empty();
            // A list is read once, after the feed's end; until then the place in the feed stays before it.
            if more && subjects.is_empty() {
                changed.extend(self.store.apply(scope, &[], Some(&orders), position.clone())?);
            } else if more {
                let news = self.store.put_orders(scope, &orders.rows, None)?;
                changed.extend(news.then_some(store::ORDER_KIND));
            } else if !page.changes.is_empty() || !subjects.is_empty() {
                let updates = self.read_kinds(&subjects).await?;
                changed.extend(self.store.apply(scope, &updates, Some(&orders), position)?);
                return Ok(changed);
            } else {
                return Ok(changed);
            }
        }
    }

    /// Reads all lists: the first time, and after the platform was set back. The feed's end is asked for before any list,
    /// so that no list is older than the place in the feed.
    async fn read_everything(&self, scope: &str) -> Result<BTreeSet<&'static str>, Failure> {
        let end = ChangeQuery {
            end: true,
            ..ChangeQuery::default()
        };
        let end = self.client.feed(&end).await?;
        let updates = self.read_kinds(&EVERYTHING.into()).await?;
        let pass = i64::from(Uuid::new_v4().as_u128() as u32);
        let mut changed = BTreeSet::new();
        if allowed(self.read_all_orders(scope, pass).await)?.unwrap_or_default() {
            changed.insert(store::ORDER_KIND);
        }
        let orders = OrderUpdate {
            rows: Vec::new(),
            ends_pass: Some(pass),
        };
        let position = after(&end, 0, self.now());
        changed.extend(self.store.apply(scope, &updates, Some(&orders), position)?);
        Ok(changed)
    }

    async fn read_kinds(&self, subjects: &BTreeSet<&'static str>) -> Result<Vec<MirrorUpdate>, Failure> {
        let mut updates = Vec::new();
        for subject in subjects {
            updates.push(self.read_kind(subject).await?);
        }
        Ok(updates)
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

    async fn read_orders(&self, ids: &BTreeSet<Uuid>) -> Result<OrderUpdate, Failure> {
        let ids: Vec<Uuid> = ids.iter().copied().collect();
        let mut update = OrderUpdate::default();
        for some in ids.chunks(ORDERS_AT_ONCE) {
            let page = self.client.orders_of(some).await.map_err(Failure::from);
            let orders = allowed(page)?.map(|page| page.rows).unwrap_or_default();
            for order in &orders {
                update.rows.push(order_row(order)?);
            }
        }
        Ok(update)
    }

    /// Part by part into the local copy, each while the next is on its way: never more than two in memory. Whether anything
    /// really changed.
    async fn read_all_orders(&self, scope: &str, pass: i64) -> Result<bool, Failure> {
        let (mut rows, mut after) = self.part_of_orders(None).await?;
        let mut changed = false;
        while after.is_some() {
            let kept = self.keep_orders(scope, rows, pass);
            let (kept, next) = tokio::join!(kept, self.part_of_orders(after));
            changed |= kept?;
            (rows, after) = next?;
        }
        Ok(changed | self.keep_orders(scope, rows, pass).await?)
    }

    /// Some pages of the orders, and after what the next begins.
    async fn part_of_orders(&self, mut after: Option<String>) -> Result<(Vec<OrderRow>, Option<String>), Failure> {
        let mut rows = Vec::new();
        loop {
            let page = PageQuery {
                after,
                limit: ORDERS_PAGE,
            };
            let page = self.client.orders(page).await?;
            for order in &page.rows {
                rows.push(order_row(order)?);
            }
            after = page.next.filter(|_| !page.rows.is_empty());
            if after.is_none() || rows.len() >= ORDERS_PART {
                return Ok((rows, after));
            }
        }
    }

    /// Beside the tasks that wait for the network. Whether anything really changed.
    async fn keep_orders(&self, scope: &str, rows: Vec<OrderRow>, pass: i64) -> Result<bool, Failure> {
        let (store, scope) = (self.store.clone(), scope.to_owned());
        let kept = tokio::task::spawn_blocking(move || store.put_orders(&scope, &rows, Some(pass))).await;
        Ok(kept.map_err(|error| internal("orders could not be kept", &error))??)
    }
}

fn from(position: &SyncPosition) -> ChangeQuery {
    ChangeQuery {
        after: position.cursor,
        limit: Some(PAGE),
        end: false,
        epoch: Some(position.epoch.clone()),
        mark: Some(position.mark.clone()),
    }
}

fn after(page: &ChangePage, before: i64, at: OffsetDateTime) -> SyncPosition {
    SyncPosition {
        cursor: page.next.max(before),
        epoch: page.epoch.clone(),
        mark: page.mark.clone(),
        at,
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

/// Every kind that is read as a list.
const EVERYTHING: [&str; 10] = [
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

impl Stale {
    fn of(changes: &[Change]) -> Self {
        let mut stale = Self::default();
        changes.iter().for_each(|change| stale.note(change));
        stale
    }

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
                self.orders.insert(change.subject_id);
                return;
            }
            // Nothing of it is kept here.
            ChangeSubject::SealLog | ChangeSubject::Unknown => return,
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
            order.title.fields.name.as_str(),
            &order.package.name,
            &order.receiving.account,
            &order.remitting_account.fields.holder,
        ]
        .join(" "),
        body: json(order)?,
    })
}

fn topics(kinds: &BTreeSet<&'static str>) -> Vec<Topic> {
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
        kind::SEAL_LOG => Topic::SealLog,
        store::ORDER_KIND | kind::PACKAGE => Topic::Orders,
        _ => Topic::Certificates,
    }
}
