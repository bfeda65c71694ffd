//! Indexes for lists that are paged by key: each page is read from its place on.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbErr;

use super::index;

/// The sorted column and the one that tells equals apart, in one index.
pub(super) struct Pages;

impl MigrationName for Pages {
    fn name(&self) -> &str {
        "m0012_pages"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Pages {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, columns) in INDEXES {
            manager.create_index(index(table, columns, false)).await?;
        }
        let mut shorter = Index::drop();
        shorter
            .name("ix_orders_enterprise_id_placed_at")
            .table(Alias::new("orders"));
        manager.drop_index(shorter).await
    }
}

const INDEXES: &[(&str, &[&str])] = &[
    ("orders", &["enterprise_id", "placed_at", "number"]),
    ("approvals", &["kind", "since", "id"]),
    ("bank_notices", &["received_at", "notice_number"]),
];
