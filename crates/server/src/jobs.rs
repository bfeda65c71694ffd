//! What the platform does by itself when its time has come, once, whichever of its instances comes first.
//!
//! Every instance looks; a row is taken by locking it, and one that another instance holds is passed over (SKIP LOCKED).

use std::time::Duration as RealDuration;

use platform::wire::{ApprovalState, InvoiceState, IssuanceStage, PaymentState};
use sea_orm::sea_query::{LockBehavior, LockType};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, PrimaryKeyToColumn, PrimaryKeyTrait, QueryFilter, QueryOrder,
    QuerySelect, Select, TransactionTrait,
};
use time::{Duration, OffsetDateTime};

use crate::attempts;
use crate::audit::{self, Actor, Asked};
use crate::refused::Answer;
use crate::routes::operator::decided;
use crate::routes::{invoices, issuing, orders};
use crate::service::{Service, Shared};
use crate::tables::{answer, approval, issued, order};
use crate::text::{millis, word};

/// How often the clock is looked at.
const LOOK_EVERY: RealDuration = RealDuration::from_millis(250);
/// How often by that clock everything is looked for but approvals, which a person waits for.
const ROUND_EVERY: Duration = Duration::seconds(20);
/// Rows of one kind taken in one round.
const ROWS_PER_ROUND: u64 = 100;

/// An order nobody paid is closed after this long.
pub(crate) const UNPAID_FOR: Duration = Duration::days(30);
/// A paid order gets its invoice by itself so long after it was placed: within 15 days of the payment, which is later.
pub(crate) const INVOICED_AFTER: Duration = Duration::days(14);
/// An intention to issue this old belongs to a process that is gone.
const UNFINISHED_FOR: Duration = Duration::minutes(10);
/// So long a write can be sent again under its idempotency key and gets the answer it got.
const ANSWERS_KEPT_FOR: Duration = Duration::days(90);

/// Runs until the platform ends.
pub(crate) async fn run(service: Shared) {
    let mut ended = service.live.ended();
    let mut round = None;
    loop {
        tokio::select! {
            _ = ended.changed() => return,
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
        let now = service.now();
        // A failure was logged where it happened; the next look tries again.
        if let Some(seconds) = service.auto_approve() {
            let _ = each::<Approvals>(&service, now - Duration::seconds(i64::from(seconds)), now).await;
        }
        if round.is_none_or(|last: OffsetDateTime| (now - last).abs() >= ROUND_EVERY) {
            let _ = look_round(&service, now).await;
            round = Some(now);
        }
    }
}

async fn look_round(service: &Service, now: OffsetDateTime) -> Answer<()> {
    each::<UnpaidOrders>(service, now - UNPAID_FOR, now).await?;
    each::<PaidOrders>(service, now - INVOICED_AFTER, now).await?;
    revoke_unfinished(service, now).await?;
    attempts::forget(&service.database, now).await?;
    forget_answers(service, now - ANSWERS_KEPT_FOR).await
}

/// What processes that are gone left half done is revoked.
pub(crate) async fn revoke_unfinished(service: &Service, now: OffsetDateTime) -> Answer<()> {
    each::<Unfinished>(service, now - UNFINISHED_FOR, now).await
}

/// A kind of work: which rows wait for it, and what is done with one.
trait Job {
    type Rows: EntityTrait<PrimaryKey: PrimaryKeyTrait<ValueType = String>>;
    /// What the record of writes calls it.
    const NAME: &'static str;

    /// The rows whose time has come: as they were before `due`, oldest first.
    fn rows(due: OffsetDateTime) -> Select<Self::Rows>;

    fn key(row: &<Self::Rows as EntityTrait>::Model) -> &str;

    /// Does it, in the transaction that holds the row.
    fn act(
        tx: &DatabaseTransaction,
        row: <Self::Rows as EntityTrait>::Model,
        now: OffsetDateTime,
    ) -> impl Future<Output = Answer<()>> + Send;
}

/// Each row in a transaction of its own: one that fails keeps nobody waiting.
async fn each<J: Job>(service: &Service, due: OffsetDateTime, now: OffsetDateTime) -> Answer<()> {
    let waiting = J::rows(due).limit(ROWS_PER_ROUND).all(&service.database).await?;
    for row in waiting {
        let tx = service.database.begin().await?;
        let taken = J::rows(due)
            .filter(primary_key::<J>().eq(J::key(&row)))
            .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
            .one(&tx)
            .await?;
        let asked = Asked::automatic(J::NAME, J::key(&row));
        if let Some(row) = taken
            && J::act(&tx, row, now).await.is_ok()
        {
            audit::record(&tx, Actor::Named("automatic"), &asked, now).await?;
            tx.commit().await?;
        }
    }
    Ok(())
}

fn primary_key<J: Job>() -> <J::Rows as EntityTrait>::Column {
    use sea_orm::Iterable as _;
    let mut keys = <J::Rows as EntityTrait>::PrimaryKey::iter().map(PrimaryKeyToColumn::into_column);
    match keys.next() {
        Some(key) => key,
        None => unreachable!("every table has a primary key"),
    }
}

/// Approval by itself after a moment: the sandbox's reviewer when nobody plays it.
struct Approvals;

impl Job for Approvals {
    type Rows = approval::Entity;
    const NAME: &'static str = "approve by itself";

    fn rows(due: OffsetDateTime) -> Select<approval::Entity> {
        approval::Entity::find()
            .filter(approval::Column::State.eq(word(&ApprovalState::InReview)))
            .filter(approval::Column::Since.lte(millis(due)))
            .order_by_asc(approval::Column::Since)
    }

    fn key(row: &approval::Model) -> &str {
        &row.id
    }

    async fn act(tx: &DatabaseTransaction, row: approval::Model, now: OffsetDateTime) -> Answer<()> {
        decided(tx, &row, None, now).await
    }
}

/// Orders nobody paid.
struct UnpaidOrders;

impl Job for UnpaidOrders {
    type Rows = order::Entity;
    const NAME: &'static str = "close unpaid order";

    fn rows(due: OffsetDateTime) -> Select<order::Entity> {
        order::Entity::find()
            .filter(order::Column::PaymentState.eq(word(&PaymentState::Unpaid)))
            .filter(order::Column::PlacedAt.lte(millis(due)))
            .order_by_asc(order::Column::PlacedAt)
    }

    fn key(row: &order::Model) -> &str {
        &row.id
    }

    async fn act(tx: &DatabaseTransaction, row: order::Model, now: OffsetDateTime) -> Answer<()> {
        orders::expire(tx, row, now).await
    }
}

/// Paid orders whose invoice nobody asked for.
struct PaidOrders;

impl Job for PaidOrders {
    type Rows = order::Entity;
    const NAME: &'static str = "issue invoice by itself";

    fn rows(due: OffsetDateTime) -> Select<order::Entity> {
        order::Entity::find()
            .filter(order::Column::PaymentState.eq(word(&PaymentState::Paid)))
            .filter(order::Column::InvoiceState.eq(word(&InvoiceState::NotIssued)))
            .filter(order::Column::InvoiceRefusedAt.is_null())
            .filter(order::Column::PlacedAt.lte(millis(due)))
            .order_by_asc(order::Column::PlacedAt)
    }

    fn key(row: &order::Model) -> &str {
        &row.id
    }

    async fn act(tx: &DatabaseTransaction, row: order::Model, now: OffsetDateTime) -> Answer<()> {
        invoices::issue_unasked(tx, row, now).await
    }
}

/// Certificates that may have been signed and were never kept.
struct Unfinished;

impl Job for Unfinished {
    type Rows = issued::Entity;
    const NAME: &'static str = "revoke unfinished issuance";

    fn rows(due: OffsetDateTime) -> Select<issued::Entity> {
        issued::Entity::find()
            .filter(issued::Column::Stage.eq(word(&IssuanceStage::Intended)))
            .filter(issued::Column::RevokedAt.is_null())
            .filter(issued::Column::IssuedAt.lte(millis(due)))
            .order_by_asc(issued::Column::IssuedAt)
    }

    fn key(row: &issued::Model) -> &str {
        &row.serial
    }

    async fn act(tx: &DatabaseTransaction, row: issued::Model, now: OffsetDateTime) -> Answer<()> {
        issuing::revoke_left_over(tx, row, now).await
    }
}

/// Answers so old that nobody sends their call again.
async fn forget_answers(service: &Service, before: OffsetDateTime) -> Answer<()> {
    let old: Vec<String> = answer::Entity::find()
        .select_only()
        .column(answer::Column::Id)
        .filter(answer::Column::At.lt(millis(before)))
        .limit(ROWS_PER_ROUND)
        .into_tuple()
        .all(&service.database)
        .await?;
    if !old.is_empty() {
        let forgotten = answer::Entity::delete_many().filter(answer::Column::Id.is_in(old));
        forgotten.exec(&service.database).await?;
    }
    Ok(())
}
