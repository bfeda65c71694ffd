//! Numbered migrations. They only grow: a published one is never edited (architecture.md, habit 15).

mod console;
mod devices;
mod jobs;
mod lists;
mod pages;
mod seal_log;
mod seal_log_devices;
mod sign_ins;
mod signing;

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbErr;

/// All migrations, oldest first.
pub(crate) struct Migrations;

#[async_trait::async_trait]
impl MigratorTrait for Migrations {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(FirstTables),
            Box::new(IssuingStages),
            Box::new(PinVaults),
            Box::new(SealRecords),
            Box::new(console::Console),
            Box::new(jobs::Jobs),
            Box::new(signing::Signing),
            Box::new(sign_ins::SignIns),
            Box::new(devices::Devices),
            Box::new(pages::Pages),
            Box::new(seal_log::SealLog),
            Box::new(lists::Lists),
            Box::new(seal_log_devices::SealLogDevices),
        ]
    }
}

struct FirstTables;

impl MigrationName for FirstTables {
    fn name(&self) -> &str {
        "m0001_first_tables"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for FirstTables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, columns) in FIRST_TABLES {
            manager.create_table(table(name, columns)).await?;
        }
        for (name, columns, unique) in FIRST_INDEXES {
            manager.create_index(index(name, columns, *unique)).await?;
        }
        Ok(())
    }
}

/// What is under way while a certificate is issued, reissued or extended.
struct IssuingStages;

impl MigrationName for IssuingStages {
    fn name(&self) -> &str {
        "m0002_issuing_stages"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for IssuingStages {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Everything issued before was answered at once.
        let confirmed = column("stage", "text").default("confirmed").to_owned();
        let imported = column("purpose", "text").default("import").to_owned();
        let added = [
            ("issued_certificates", confirmed),
            ("issued_certificates", imported),
            ("issued_certificates", column("replaces", "text?")),
            ("issued_certificates", column("replaces_because", "text?")),
            ("certificates", column("consumed_by", "text?")),
        ];
        for (table, column) in added {
            let mut change = Table::alter();
            manager
                .alter_table(change.table(Alias::new(table)).add_column(column).to_owned())
                .await?;
        }
        let unfinished = index("issued_certificates", &["stage", "issued_at"], false);
        manager.create_index(unfinished).await
    }
}

/// The platform's part in opening keys.
struct PinVaults;

impl MigrationName for PinVaults {
    fn name(&self) -> &str {
        "m0003_pin_vaults"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for PinVaults {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, columns) in PIN_TABLES {
            manager.create_table(table(name, columns)).await?;
        }
        Ok(())
    }
}

/// What was declared with a seal, and what became of it.
struct SealRecords;

impl MigrationName for SealRecords {
    fn name(&self) -> &str {
        "m0004_seal_records"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for SealRecords {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let added = [
            ("declaration_version", "int?"),
            ("declared_at", "bigint?"),
            ("replaces", "text?"),
            ("replaced_by", "text?"),
            ("ended_at", "bigint?"),
        ];
        for (name, kind) in added {
            let mut change = Table::alter();
            change.table(Alias::new("seals")).add_column(column(name, kind));
            manager.alter_table(change.to_owned()).await?;
        }
        manager.create_index(index("seals", &["certificate_id"], false)).await
    }
}

const PIN_TABLES: &[(&str, Columns)] = &[
    (
        "pin_vaults",
        &[
            ("id", "key"),
            ("account_id", "text"),
            ("device_key", "bytes"),
            ("tries_left", "int"),
            ("made_at", "bigint"),
        ],
    ),
    (
        "pin_registrations",
        &[
            ("id", "key"),
            ("vault_id", "text"),
            ("record", "bytes?"),
            ("made_at", "bigint"),
        ],
    ),
    (
        "pin_logins",
        &[
            ("id", "key"),
            ("vault_id", "text"),
            ("state", "bytes?"),
            ("at", "bigint"),
        ],
    ),
];

/// A column in short: its name and one of `key text text? int? int bigint bigint? real bytes bytes?`.
type Columns = &'static [(&'static str, &'static str)];

const FIRST_TABLES: &[(&str, Columns)] = &[
    (
        "enterprises",
        &[
            ("id", "key"),
            ("name", "text"),
            ("credit_code", "text"),
            ("legal_representative", "text"),
            ("feed_cursor", "bigint"),
        ],
    ),
    (
        "accounts",
        &[
            ("id", "key"),
            ("enterprise_id", "text?"),
            ("account", "text"),
            ("name", "text"),
            ("role", "text"),
            ("password_hash", "text"),
        ],
    ),
    (
        "sessions",
        &[("token_hash", "key"), ("account_id", "text"), ("expires_at", "bigint")],
    ),
    (
        "answers",
        &[
            ("id", "key"),
            ("request_hash", "text"),
            ("body", "bytes"),
            ("at", "bigint"),
        ],
    ),
    (
        "authorisations",
        &[
            ("id", "key"),
            ("state", "text"),
            ("way", "text?"),
            ("reason", "text?"),
            ("submitted_at", "bigint?"),
            ("decided_at", "bigint?"),
            ("letter_file_name", "text?"),
            ("letter", "bytes?"),
        ],
    ),
    (
        "face_links",
        &[
            ("id", "key"),
            ("enterprise_id", "text"),
            ("secret", "text"),
            ("state", "text"),
            ("created_at", "bigint"),
            ("expires_at", "bigint"),
        ],
    ),
    (
        "billing_titles",
        &[
            ("id", "key"),
            ("enterprise_id", "text"),
            ("fields", "text"),
            ("created_at", "bigint"),
        ],
    ),
    (
        "remitting_accounts",
        &[
            ("id", "key"),
            ("enterprise_id", "text"),
            ("fields", "text"),
            ("created_at", "bigint"),
        ],
    ),
    (
        "orders",
        &[
            ("id", "key"),
            ("enterprise_id", "text"),
            ("number", "text"),
            ("receiving_account", "text"),
            ("package", "text"),
            ("quantity", "int"),
            ("amount_fen", "bigint"),
            ("placed_at", "bigint"),
            ("payment_state", "text"),
            ("arrived", "text?"),
            ("invoice_state", "text"),
            ("title", "text"),
            ("remitting_account", "text"),
        ],
    ),
    (
        "bank_notices",
        &[
            ("notice_number", "key"),
            ("order_id", "text"),
            ("notice", "text"),
            ("received_at", "bigint"),
        ],
    ),
    (
        "invoices",
        &[
            ("id", "key"),
            ("enterprise_id", "text"),
            ("order_id", "text"),
            ("requested_at", "bigint"),
            ("details", "text"),
            ("link_secret", "text"),
            ("file", "bytes?"),
        ],
    ),
    (
        "certificates",
        &[
            ("id", "key"),
            ("enterprise_id", "text"),
            ("order_id", "text"),
            ("order_number", "text"),
            ("kind", "text"),
            ("state", "text"),
            ("owner_name", "text?"),
            ("document_type", "text?"),
            ("document_number", "text?"),
            ("email", "text?"),
            ("holder_id", "text?"),
            ("months", "int"),
            ("valid_to", "bigint?"),
            ("bought_at", "bigint"),
            ("history", "text"),
        ],
    ),
    (
        "issued_certificates",
        &[
            ("serial", "key"),
            ("certificate_id", "text"),
            ("account_id", "text"),
            ("key_hash", "text"),
            ("der", "bytes"),
            ("valid_from", "bigint"),
            ("valid_to", "bigint"),
            ("issued_at", "bigint"),
            ("revoked_at", "bigint?"),
            ("reason", "text?"),
        ],
    ),
    (
        "seals",
        &[
            ("id", "key"),
            ("enterprise_id", "text"),
            ("certificate_id", "text"),
            ("account_id", "text"),
            ("name", "text"),
            ("kind", "text"),
            ("origin", "text"),
            ("state", "text"),
            ("reason", "text?"),
            ("width_mm", "real"),
            ("height_mm", "real"),
            ("design", "text?"),
            ("picture", "bytes"),
            ("created_at", "bigint"),
        ],
    ),
    (
        "seal_notice_agreements",
        &[
            ("id", "key"),
            ("account_id", "text"),
            ("version", "int"),
            ("at", "bigint"),
        ],
    ),
    (
        "approvals",
        &[
            ("id", "key"),
            ("enterprise_id", "text"),
            ("account_id", "text?"),
            ("kind", "text"),
            ("subject_id", "text"),
            ("title", "text"),
            ("state", "text"),
            ("next_actor", "text"),
            ("since", "bigint"),
            ("reason", "text?"),
            ("events", "text"),
        ],
    ),
    (
        "changes",
        &[
            ("id", "key"),
            ("enterprise_id", "text"),
            ("cursor", "bigint"),
            ("audience", "text"),
            ("subject", "text"),
            ("subject_id", "text"),
            ("at", "bigint"),
        ],
    ),
    ("settings", &[("name", "key"), ("value", "text")]),
    (
        "authority_keys",
        &[("name", "key"), ("private_key", "bytes"), ("certificate", "bytes")],
    ),
];

const FIRST_INDEXES: &[(&str, &[&str], bool)] = &[
    ("enterprises", &["credit_code"], true),
    ("accounts", &["account"], true),
    ("accounts", &["enterprise_id"], false),
    ("face_links", &["secret"], true),
    ("face_links", &["enterprise_id", "created_at"], false),
    ("billing_titles", &["enterprise_id"], false),
    ("remitting_accounts", &["enterprise_id"], false),
    ("orders", &["number"], true),
    ("orders", &["receiving_account"], true),
    ("orders", &["enterprise_id", "placed_at"], false),
    ("invoices", &["order_id"], true),
    ("invoices", &["link_secret"], true),
    ("invoices", &["enterprise_id", "requested_at"], false),
    ("certificates", &["enterprise_id", "bought_at"], false),
    ("certificates", &["holder_id"], false),
    ("issued_certificates", &["certificate_id", "issued_at"], false),
    ("issued_certificates", &["revoked_at"], false),
    ("seals", &["enterprise_id", "created_at"], false),
    ("approvals", &["enterprise_id", "since"], false),
    ("approvals", &["kind", "subject_id"], true),
    ("approvals", &["state"], false),
    ("changes", &["enterprise_id", "cursor"], true),
];

fn table(name: &'static str, columns: Columns) -> TableCreateStatement {
    let mut table = Table::create();
    table.table(Alias::new(name));
    for (name, kind) in columns {
        table.col(column(name, kind));
    }
    table
}

fn column(name: &'static str, kind: &str) -> ColumnDef {
    let mut column = ColumnDef::new(Alias::new(name));
    match kind.trim_end_matches('?') {
        "key" => column.string_len(80).primary_key(),
        "int" => column.integer(),
        "bigint" => column.big_integer(),
        "real" => column.double(),
        "bytes" => column.binary(),
        _ => column.text(),
    };
    if !kind.ends_with('?') {
        column.not_null();
    }
    column
}

fn index(table: &'static str, columns: &[&'static str], unique: bool) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(format!("ix_{table}_{}", columns.join("_")));
    index.table(Alias::new(table));
    for column in columns {
        index.col(Alias::new(*column));
    }
    if unique {
        index.unique();
    }
    index
}
