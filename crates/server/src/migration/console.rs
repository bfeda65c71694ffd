//! What the reviewers' console needs: arrivals with a state of their own, one-time links, the record of every write.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbErr;

use super::{Columns, column, index, table};

/// Arrivals are judged one by one, and money can be sent back.
pub(super) struct Console;

impl MigrationName for Console {
    fn name(&self) -> &str {
        "m0005_console"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Console {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, columns) in TABLES {
            manager.create_table(table(name, columns)).await?;
        }
        let added = [
            ("bank_notices", column("state", "text").default("credited").to_owned()),
            ("bank_notices", column("refund", "text?")),
            ("sessions", column("purpose", "text").default("app").to_owned()),
        ];
        for (table, column) in added {
            let mut change = Table::alter();
            manager
                .alter_table(change.table(Alias::new(table)).add_column(column).to_owned())
                .await?;
        }
        for (name, columns) in INDEXES {
            manager.create_index(index(name, columns, false)).await?;
        }
        for state in ["wrong_amount", "wrong_payer"] {
            manager.execute(judged_before(state)).await?;
        }
        Ok(())
    }
}

/// Until now the order alone said what became of the money that came for it.
fn judged_before(state: &str) -> UpdateStatement {
    let orders = Query::select()
        .column(Alias::new("id"))
        .from(Alias::new("orders"))
        .and_where(Expr::col(Alias::new("payment_state")).eq(state))
        .to_owned();
    Query::update()
        .table(Alias::new("bank_notices"))
        .value(Alias::new("state"), state)
        .and_where(Expr::col(Alias::new("order_id")).in_subquery(orders))
        .to_owned()
}

const TABLES: &[(&str, Columns)] = &[
    (
        "console_links",
        &[("secret_hash", "key"), ("account_id", "text"), ("expires_at", "bigint")],
    ),
    (
        "audit_entries",
        &[
            ("id", "key"),
            ("at", "bigint"),
            ("account_id", "text?"),
            ("actor", "text"),
            ("role", "text?"),
            ("enterprise_id", "text?"),
            ("action", "text"),
            ("target", "text"),
            ("request_id", "text"),
            ("content_hash", "text"),
        ],
    ),
];

const INDEXES: &[(&str, &[&str])] = &[
    ("bank_notices", &["state", "received_at"]),
    ("bank_notices", &["order_id"]),
    ("audit_entries", &["at"]),
    ("audit_entries", &["enterprise_id", "at"]),
    ("audit_entries", &["account_id", "at"]),
    ("approvals", &["kind", "state", "since"]),
];
