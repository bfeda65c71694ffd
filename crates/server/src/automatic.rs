//! Approval by itself after a moment: the sandbox's reviewer when nobody plays it.

use std::time::Duration;

use platform::wire::ApprovalState;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, TransactionTrait};
use tokio::sync::watch;

use crate::refused::Answer;
use crate::routes::operator::decided;
use crate::service::{Service, Shared};
use crate::tables::approval;
use crate::text::{millis, word};

/// How often the clock is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Runs until the platform ends.
pub(crate) async fn run(service: Shared, mut ended: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            _ = ended.changed() => return,
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
        // A failure was logged where it happened; the next look tries again.
        let _ = look(&service).await;
    }
}

async fn look(service: &Service) -> Answer<()> {
    let Some(seconds) = service.auto_approve() else {
        return Ok(());
    };
    let due = millis(service.now()) - i64::from(seconds) * 1000;
    let rows = approval::Entity::find()
        .filter(approval::Column::State.eq(word(&ApprovalState::InReview)))
        .filter(approval::Column::Since.lte(due))
        .all(&service.database)
        .await?;
    for row in rows {
        let tx = service.database.begin().await?;
        // Someone may have decided meanwhile: then it is refused, and nothing changes.
        if decided(&tx, &row, None, service.now()).await.is_ok() {
            tx.commit().await?;
        }
    }
    Ok(())
}
