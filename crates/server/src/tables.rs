//! The database's rows. Identifiers and enumerations are text, times are milliseconds since 1970 UTC,
//! so that SQLite and PostgreSQL keep them alike.
#![allow(
    unreachable_pub,
    missing_docs,
    reason = "the derive writes public items; the module is private"
)]

macro_rules! table {
    ($(#[$note:meta])* $module:ident = $name:tt { $($fields:tt)* }) => {
        $(#[$note])*
        pub(crate) mod $module {
            use sea_orm::entity::prelude::*;

            #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
            #[sea_orm(table_name = $name)]
            pub struct Model { $($fields)* }

            #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
            pub enum Relation {}

            impl ActiveModelBehavior for ActiveModel {}
        }
    };
}

table!(enterprise = "enterprises" {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub name: String,
    pub credit_code: String,
    pub legal_representative: String,
    pub feed_cursor: i64,
});

table!(account = "accounts" {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub enterprise_id: Option<String>,
    pub account: String,
    pub name: String,
    pub role: String,
    pub password_hash: String,
});

table!(session = "sessions" {
    #[sea_orm(primary_key, auto_increment = false)]
    pub token_hash: String,
    pub account_id: String,
    pub expires_at: i64,
    pub purpose: String,
    pub sign_in_id: String,
});

table!(
    /// One per device that is signed in; `before_hash` is of the refresh token that was used last.
    sign_in = "sign_ins" {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub account_id: String,
    pub purpose: String,
    pub device_name: String,
    pub opened_at: i64,
    pub refreshed_at: i64,
    pub expires_at: i64,
    pub refresh_hash: String,
    pub before_hash: Option<String>,
    /// The device's public key: only what it signs refreshes the session.
    pub device_key: Option<Vec<u8>>,
});

table!(
    /// What failed lately, by what and whom; counted by all instances.
    attempt = "attempts" {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub subject: String,
    pub at: i64,
});

table!(
    /// One-time links into the console.
    console_link = "console_links" {
    #[sea_orm(primary_key, auto_increment = false)]
    pub secret_hash: String,
    pub account_id: String,
    pub expires_at: i64,
});

table!(
    /// Every write that was done: by whom, what, when, in which request.
    audit_entry = "audit_entries" {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub at: i64,
    pub account_id: Option<String>,
    pub actor: String,
    pub role: Option<String>,
    pub enterprise_id: Option<String>,
    pub action: String,
    pub target: String,
    pub request_id: String,
    pub content_hash: String,
});

table!(
    /// Answers of finished writes, by account and idempotency key.
    answer = "answers" {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub request_hash: String,
    pub body: Vec<u8>,
    pub at: i64,
});

table!(
    /// One per enterprise; `id` is the enterprise's.
    authorisation = "authorisations" {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub state: String,
    pub way: Option<String>,
    pub reason: Option<String>,
    pub submitted_at: Option<i64>,
    pub decided_at: Option<i64>,
    pub letter_file_name: Option<String>,
    pub letter: Option<Vec<u8>>,
});

table!(face_link = "face_links" {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub enterprise_id: String,
    pub secret: String,
    pub state: String,
    pub created_at: i64,
    pub expires_at: i64,
});

table!(billing_title = "billing_titles" {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub enterprise_id: String,
    pub fields: String,
    pub created_at: i64,
});

table!(remitting_account = "remitting_accounts" {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub enterprise_id: String,
    pub fields: String,
    pub created_at: i64,
});

table!(
    /// Package, title and remitting account are kept as they were (JSON of the wire types).
    order = "orders" {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub enterprise_id: String,
    pub number: String,
    pub receiving_account: String,
    pub package: String,
    pub quantity: i32,
    pub amount_fen: i64,
    pub placed_at: i64,
    pub payment_state: String,
    pub arrived: Option<String>,
    pub invoice_state: String,
    pub title: String,
    pub remitting_account: String,
    pub invoice_refused_at: Option<i64>,
});

table!(
    /// Money that came, one by one; `order_id` is empty while no order is known for it.
    bank_notice = "bank_notices" {
    #[sea_orm(primary_key, auto_increment = false)]
    pub notice_number: String,
    pub order_id: String,
    pub notice: String,
    pub received_at: i64,
    pub state: String,
    pub refund: Option<String>,
});

table!(invoice = "invoices" {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub enterprise_id: String,
    pub order_id: String,
    pub requested_at: i64,
    pub details: String,
    pub link_secret: String,
    pub file: Option<Vec<u8>>,
});

table!(
    /// Entitlements. `valid_to` is fixed at the first import; an extension moves it. One that was used for an
    /// extension names the entitlement it extended in `consumed_by` and is no longer shown.
    certificate = "certificates" {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub enterprise_id: String,
    pub order_id: String,
    pub order_number: String,
    pub kind: String,
    pub state: String,
    pub owner_name: Option<String>,
    pub document_type: Option<String>,
    pub document_number: Option<String>,
    pub email: Option<String>,
    pub holder_id: Option<String>,
    pub months: i32,
    pub valid_to: Option<i64>,
    pub bought_at: i64,
    pub history: String,
    pub consumed_by: Option<String>,
});

table!(
    /// Certificates the authority signs: written down before (`stage` `intended`, no `der`), after (`signed`), and when
    /// it counts (`confirmed`). `purpose` is `import`, `reissue` or `extension`; `replaces` the serial number it follows.
    issued = "issued_certificates" {
    #[sea_orm(primary_key, auto_increment = false)]
    pub serial: String,
    pub certificate_id: String,
    pub account_id: String,
    pub key_hash: String,
    pub der: Vec<u8>,
    pub valid_from: i64,
    pub valid_to: i64,
    pub issued_at: i64,
    pub revoked_at: Option<i64>,
    pub reason: Option<String>,
    pub stage: String,
    pub purpose: String,
    pub replaces: Option<String>,
    pub replaces_because: Option<String>,
});

table!(
    /// Keys whose PIN tries are counted here; `device_key` signs every message.
    pin_vault = "pin_vaults" {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub account_id: String,
    pub device_key: Vec<u8>,
    pub tries_left: i32,
    pub made_at: i64,
});

table!(
    /// OPAQUE records. One without a record was forgotten; its id is never used again.
    pin_registration = "pin_registrations" {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub vault_id: String,
    pub record: Option<Vec<u8>>,
    pub made_at: i64,
});

table!(
    /// Logins by the hash of their first message, so that none is sent twice; `state` until the second one.
    pin_login = "pin_logins" {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub vault_id: String,
    pub state: Option<Vec<u8>>,
    pub at: i64,
});

table!(seal = "seals" {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub enterprise_id: String,
    pub certificate_id: String,
    pub account_id: String,
    pub name: String,
    pub kind: String,
    pub origin: String,
    pub state: String,
    pub reason: Option<String>,
    pub width_mm: f64,
    pub height_mm: f64,
    pub design: Option<String>,
    pub picture: Vec<u8>,
    pub created_at: i64,
    pub declaration_version: Option<i32>,
    pub declared_at: Option<i64>,
    pub replaces: Option<String>,
    pub replaced_by: Option<String>,
    pub ended_at: Option<i64>,
});

table!(
    /// A device's chain of the seal log; `hash` is of the last of its `count` entries, `continues_…` the head of the chain
    /// whose place it took.
    seal_log_chain = "seal_log_chains" {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub enterprise_id: String,
    pub account_id: String,
    pub device_name: String,
    pub count: i64,
    pub hash: String,
    pub state: String,
    pub differs_from: Option<i64>,
    pub broken_from: Option<i64>,
    pub handed_in_at: i64,
    /// The device that hands it in; none until one with a key did.
    pub device_key: Option<Vec<u8>>,
    pub continues_chain: Option<String>,
    pub continues_count: Option<i64>,
    pub continues_hash: Option<String>,
});

table!(
    /// `id` is chain and position, so that none comes twice; `written` is kept as it was handed in.
    seal_log_entry = "seal_log_entries" {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub chain_id: String,
    pub position: i64,
    pub enterprise_id: String,
    pub account_id: String,
    pub at: i64,
    pub file_name: String,
    pub sha256: String,
    pub certificate_id: String,
    pub owner_name: String,
    pub written: String,
    pub hash: String,
    pub handed_in_at: i64,
});

table!(agreement = "seal_notice_agreements" {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub account_id: String,
    pub version: i32,
    pub at: i64,
});

table!(
    /// `account_id` names the member of staff it concerns; none means administrators only.
    approval = "approvals" {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub enterprise_id: String,
    pub account_id: Option<String>,
    pub kind: String,
    pub subject_id: String,
    pub title: String,
    pub state: String,
    pub next_actor: String,
    pub since: i64,
    pub reason: Option<String>,
    pub events: String,
});

table!(
    /// `audience` is `everyone`, `administrators` or an account id.
    change = "changes" {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub enterprise_id: String,
    pub cursor: i64,
    pub audience: String,
    pub subject: String,
    pub subject_id: String,
    pub at: i64,
});

table!(business_system = "business_systems" {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub name: String,
    pub key_hash: String,
    pub created_at: i64,
});

table!(
    /// `link` is what the QR code says; it is gone once the task was fetched. `account_id` is who fetched it.
    signing_task = "signing_tasks" {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub system_id: String,
    pub requester: String,
    pub request_hash: String,
    pub title: String,
    pub content: String,
    pub document: Option<Vec<u8>>,
    pub credit_code: Option<String>,
    pub account: Option<String>,
    pub state: String,
    pub secret_hash: String,
    pub page_hash: String,
    pub link: Option<String>,
    pub created_at: i64,
    pub expires_at: i64,
    pub account_id: Option<String>,
    pub reason: Option<String>,
    pub result: Option<String>,
    pub signed: Option<Vec<u8>>,
});

table!(setting = "settings" {
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    pub value: String,
});

table!(
    /// Keys of the certificate authority (PKCS#8) and their certificates.
    authority_key = "authority_keys" {
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    pub private_key: Vec<u8>,
    pub certificate: Vec<u8>,
});
