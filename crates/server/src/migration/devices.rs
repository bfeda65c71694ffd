//! Sign-ins of known devices, and attempts that every instance counts.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbErr;

use super::{Columns, column, index, table};

/// What failed is counted in the database: instances share it, and a restart does not forget it.
pub(super) struct Devices;

impl MigrationName for Devices {
    fn name(&self) -> &str {
        "m0011_devices"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Devices {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(table("attempts", ATTEMPTS)).await?;
        manager
            .create_index(index("attempts", &["subject", "at"], false))
            .await?;
        manager.create_index(index("attempts", &["at"], false)).await?;
        let mut sign_ins = Table::alter();
        // Sign-ins of before go on without a device's key until they end.
        sign_ins
            .table(Alias::new("sign_ins"))
            .add_column(column("device_key", "bytes?"));
        manager.alter_table(sign_ins).await
    }
}

const ATTEMPTS: Columns = &[("id", "key"), ("subject", "text"), ("at", "bigint")];
