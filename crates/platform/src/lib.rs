//! The HTTP contract of the platform and, behind the feature `client`, its client.
//!
//! Absent on purpose: rules of the platform itself (crate `server`), anything shown to users.
#![forbid(unsafe_code)]

pub mod check;
#[cfg(feature = "client")]
pub mod client;
pub mod http_date;
pub mod terms;
pub mod version;
pub mod wire;

/// Header every call under `/v1` carries when the platform is a sandbox.
pub const SANDBOX_HEADER: &str = "x-sandbox-token";
/// Header every write carries: a UUID made once per intention of the user.
pub const IDEMPOTENCY_HEADER: &str = "idempotency-key";
/// Header a business system's calls carry.
pub const API_KEY_HEADER: &str = "x-api-key";
