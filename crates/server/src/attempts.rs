//! What one account may do so often within a minute, then comes a pause: failed sign-ins, PIN messages. Counted in the
//! database, so that instances share it and a restart forgets nothing.

use platform::wire::ErrorCode;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::refused::{Answer, Refused};
use crate::tables::attempt;
use crate::text::{millis, sha256_hex};

const WINDOW: Duration = Duration::seconds(60);

/// What is counted.
#[derive(Clone, Copy)]
pub(crate) enum Attempt {
    /// Wrong passwords.
    SignIn,
    /// PIN messages that are not believed; what a device signed is limited by its five tries.
    PinMessage,
}

impl Attempt {
    fn allowed(self) -> u64 {
        match self {
            Self::SignIn => 10,
            Self::PinMessage => 60,
        }
    }

    /// Names that were made up may be long.
    fn subject(self, account: &str) -> String {
        let kind = match self {
            Self::SignIn => "sign_in",
            Self::PinMessage => "pin_message",
        };
        format!("{kind}:{}", sha256_hex(account.as_bytes()))
    }

    async fn recent(self, database: &impl ConnectionTrait, account: &str, now: OffsetDateTime) -> Answer<u64> {
        Ok(attempt::Entity::find()
            .filter(attempt::Column::Subject.eq(self.subject(account)))
            .filter(attempt::Column::At.gt(millis(now - WINDOW)))
            .count(database)
            .await?)
    }

    fn too_many() -> Refused {
        let seconds = WINDOW.whole_seconds().unsigned_abs();
        Refused::new(ErrorCode::RateLimited, "too many attempts")
            .with("seconds", seconds)
            .retry_after(seconds)
    }

    /// Refuses when there were enough.
    pub(crate) async fn paced(self, database: &impl ConnectionTrait, account: &str, now: OffsetDateTime) -> Answer<()> {
        if self.recent(database, account, now).await? >= self.allowed() {
            return Err(Self::too_many());
        }
        Ok(())
    }

    /// Counts one; its identifier takes it back.
    pub(crate) async fn count(
        self,
        database: &impl ConnectionTrait,
        account: &str,
        now: OffsetDateTime,
    ) -> Answer<String> {
        let id = Uuid::new_v4().to_string();
        let row = attempt::Model {
            id: id.clone(),
            subject: self.subject(account),
            at: millis(now),
        };
        attempt::Entity::insert(row.into_active_model())
            .exec_without_returning(database)
            .await?;
        Ok(id)
    }

    /// Counts one before its outcome is known: of many at once, on any instances, only as many pass as are allowed.
    pub(crate) async fn begin(
        self,
        database: &impl ConnectionTrait,
        account: &str,
        now: OffsetDateTime,
    ) -> Answer<String> {
        let id = self.count(database, account, now).await?;
        if self.recent(database, account, now).await? > self.allowed() {
            // Waiting must not become longer by asking.
            take_back(database, &id).await?;
            return Err(Self::too_many());
        }
        Ok(id)
    }
}

/// It did not fail.
pub(crate) async fn take_back(database: &impl ConnectionTrait, id: &str) -> Answer<()> {
    attempt::Entity::delete_by_id(id).exec(database).await?;
    Ok(())
}

/// What no longer counts.
pub(crate) async fn forget(database: &impl ConnectionTrait, now: OffsetDateTime) -> Answer<()> {
    attempt::Entity::delete_many()
        .filter(attempt::Column::At.lte(millis(now - WINDOW)))
        .exec(database)
        .await?;
    Ok(())
}
