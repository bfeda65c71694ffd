//! Chains of the seal log belong to a device, and tell which chain they took the place of.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbErr;

use super::column;

/// Chains of before get their device's key with the next part that is handed in.
pub(super) struct SealLogDevices;

impl MigrationName for SealLogDevices {
    fn name(&self) -> &str {
        "m0015_seal_log_devices"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for SealLogDevices {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, kind) in ADDED {
            let mut change = Table::alter();
            change
                .table(Alias::new("seal_log_chains"))
                .add_column(column(name, kind));
            manager.alter_table(change.to_owned()).await?;
        }
        Ok(())
    }
}

const ADDED: &[(&str, &str)] = &[
    ("device_key", "bytes?"),
    ("continues_chain", "text?"),
    ("continues_count", "bigint?"),
    ("continues_hash", "text?"),
];
