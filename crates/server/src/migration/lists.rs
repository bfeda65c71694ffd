//! Indexes for the lists of an enterprise that devices go through page by page.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbErr;

use super::index;

/// Certificates, invoices and the time line; what staff see of them.
pub(super) struct Lists;

impl MigrationName for Lists {
    fn name(&self) -> &str {
        "m0014_lists"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Lists {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, columns) in INDEXES {
            manager.create_index(index(table, columns, false)).await?;
        }
        for (table, columns) in SHORTER {
            let mut shorter = Index::drop();
            shorter.name(format!("ix_{table}_{columns}")).table(Alias::new(*table));
            manager.drop_index(shorter).await?;
        }
        Ok(())
    }
}

const INDEXES: &[(&str, &[&str])] = &[
    ("certificates", &["enterprise_id", "bought_at", "id"]),
    ("invoices", &["enterprise_id", "requested_at", "id"]),
    ("approvals", &["enterprise_id", "since", "id"]),
    ("approvals", &["account_id", "since", "id"]),
    ("issued_certificates", &["account_id"]),
];

/// What the ones above do as well.
const SHORTER: &[(&str, &str)] = &[
    ("certificates", "enterprise_id_bought_at"),
    ("invoices", "enterprise_id_requested_at"),
    ("approvals", "enterprise_id_since"),
];
