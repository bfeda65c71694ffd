//! The reference platform and embedded sandbox: axum and SeaORM, on SQLite here and PostgreSQL alone.
//!
//! Absent on purpose: anything shown to users but the phone page and printed papers; keys of users.
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::disallowed_methods))]

mod api;
mod attempts;
mod audit;
mod authority;
mod caller;
mod contract;
mod database;
mod demo;
mod etag;
mod feed;
mod instance;
mod invoice_paper;
mod jobs;
mod live;
mod maintenance;
mod migration;
mod overload;
mod paging;
mod paper;
mod refused;
mod routes;
mod service;
mod signing_result;
mod start;
mod states;
mod tables;
mod text;
mod timeline;
mod write;

pub use authority::{DatabaseKeys, KeyFault, KeyName, KeyStore, MadeAuthority, TokenKeys, TokenName, TokenSettings};
pub use database::Database;
pub use instance::{Connections, Instance, InstanceOptions};
pub use maintenance::{Maintenance, NewEnterprise, NewPerson};
pub use service::Clock;
pub use start::{RunningServer, SandboxOptions, ServerOptions, StartError, start};

/// SHA-256 in lower-case hexadecimal, as the platform writes fingerprints.
pub fn sha256_hex(bytes: &[u8]) -> String {
    text::sha256_hex(bytes)
}

/// The OpenAPI 3.1 document as it is committed in `crates/platform/openapi.json`.
///
/// # Errors
/// Never in practice: the document is made of plain data.
pub fn openapi_json() -> Result<String, serde_json::Error> {
    let mut text = serde_json::to_string_pretty(&api::document())?;
    text.push('\n');
    Ok(text)
}
