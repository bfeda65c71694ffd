//! Sign-ins: what lasts behind the short sessions, one per device.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbErr;

use super::{Columns, column, index, table};

/// Sessions become short and are refreshed.
pub(super) struct SignIns;

impl MigrationName for SignIns {
    fn name(&self) -> &str {
        "m0010_sign_ins"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for SignIns {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(table("sign_ins", COLUMNS)).await?;
        manager.create_index(index("sign_ins", &["account_id"], false)).await?;
        let mut sessions = Table::alter();
        // Sessions of before end by themselves: they name no sign-in.
        sessions
            .table(Alias::new("sessions"))
            .add_column(column("sign_in_id", "text").default("").to_owned());
        manager.alter_table(sessions).await?;
        manager.create_index(index("sessions", &["sign_in_id"], false)).await
    }
}

const COLUMNS: Columns = &[
    ("id", "key"),
    ("account_id", "text"),
    ("purpose", "text"),
    ("device_name", "text"),
    ("opened_at", "bigint"),
    ("refreshed_at", "bigint"),
    ("expires_at", "bigint"),
    ("refresh_hash", "text"),
    ("before_hash", "text?"),
];
