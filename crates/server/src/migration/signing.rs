//! Signing tasks and the business systems that make them.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbErr;

use super::{Columns, index, table};

/// Scan to sign.
pub(super) struct Signing;

impl MigrationName for Signing {
    fn name(&self) -> &str {
        "m0007_signing"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Signing {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, columns) in TABLES {
            manager.create_table(table(name, columns)).await?;
        }
        for (table, column, unique) in INDEXES {
            manager.create_index(index(table, column, *unique)).await?;
        }
        Ok(())
    }
}

const TABLES: &[(&str, Columns)] = &[
    (
        "business_systems",
        &[
            ("id", "key"),
            ("name", "text"),
            ("key_hash", "text"),
            ("created_at", "bigint"),
        ],
    ),
    (
        "signing_tasks",
        &[
            ("id", "key"),
            ("system_id", "text"),
            ("requester", "text"),
            ("request_hash", "text"),
            ("title", "text"),
            ("content", "text"),
            ("document", "bytes?"),
            ("credit_code", "text?"),
            ("account", "text?"),
            ("state", "text"),
            ("secret_hash", "text"),
            ("page_hash", "text"),
            ("link", "text?"),
            ("created_at", "bigint"),
            ("expires_at", "bigint"),
            ("account_id", "text?"),
            ("reason", "text?"),
            ("result", "text?"),
            ("signed", "bytes?"),
        ],
    ),
];

const INDEXES: &[(&str, &[&str], bool)] = &[
    ("business_systems", &["key_hash"], true),
    ("signing_tasks", &["page_hash"], true),
    ("signing_tasks", &["account_id", "created_at"], false),
];
