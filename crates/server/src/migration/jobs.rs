//! What finds the rows whose time has come quickly among millions whose time has not.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbErr;

use super::{column, index};

/// Partial indexes: they hold what waits, not what is done.
pub(super) struct Jobs;

impl MigrationName for Jobs {
    fn name(&self) -> &str {
        "m0006_jobs"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Jobs {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut orders = Table::alter();
        orders
            .table(Alias::new("orders"))
            .add_column(column("invoice_refused_at", "bigint?"));
        manager.alter_table(orders).await?;
        manager
            .create_index(waiting("ix_orders_unpaid", "payment_state = 'unpaid'"))
            .await?;
        let not_invoiced = "payment_state = 'paid' AND invoice_state = 'not_issued' AND invoice_refused_at IS NULL";
        manager
            .create_index(waiting("ix_orders_not_invoiced", not_invoiced))
            .await?;
        manager.create_index(index("answers", &["at"], false)).await
    }
}

fn waiting(name: &str, condition: &'static str) -> IndexCreateStatement {
    let mut index = Index::create();
    index
        .name(name)
        .table(Alias::new("orders"))
        .col(Alias::new("placed_at"));
    index.and_where(Expr::cust(condition)).to_owned()
}
