//! Chains of the seal log that devices hand in.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbErr;

use super::{Columns, index, table};

/// Uses of keys, as they were written on the devices.
pub(super) struct SealLog;

impl MigrationName for SealLog {
    fn name(&self) -> &str {
        "m0013_seal_log"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for SealLog {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, columns) in TABLES {
            manager.create_table(table(name, columns)).await?;
        }
        for (table, columns) in INDEXES {
            manager.create_index(index(table, columns, false)).await?;
        }
        Ok(())
    }
}

const TABLES: &[(&str, Columns)] = &[
    (
        "seal_log_chains",
        &[
            ("id", "key"),
            ("enterprise_id", "text"),
            ("account_id", "text"),
            ("device_name", "text"),
            ("count", "bigint"),
            ("hash", "text"),
            ("state", "text"),
            ("differs_from", "bigint?"),
            ("broken_from", "bigint?"),
            ("handed_in_at", "bigint"),
        ],
    ),
    (
        "seal_log_entries",
        &[
            ("id", "key"),
            ("chain_id", "text"),
            ("position", "bigint"),
            ("enterprise_id", "text"),
            ("account_id", "text"),
            ("at", "bigint"),
            ("file_name", "text"),
            ("sha256", "text"),
            ("certificate_id", "text"),
            ("owner_name", "text"),
            ("written", "text"),
            ("hash", "text"),
            ("handed_in_at", "bigint"),
        ],
    ),
];

const INDEXES: &[(&str, &[&str])] = &[
    ("seal_log_chains", &["enterprise_id", "handed_in_at"]),
    ("seal_log_entries", &["enterprise_id", "at", "id"]),
    ("seal_log_entries", &["enterprise_id", "account_id", "at", "id"]),
    ("seal_log_entries", &["certificate_id", "at", "id"]),
    ("seal_log_entries", &["enterprise_id", "sha256"]),
];
