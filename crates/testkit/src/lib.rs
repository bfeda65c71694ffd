//! Judges, sample PDFs, corpora and a world in a temporary folder; development only.
#![forbid(unsafe_code)]
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "development only: a test that cannot be set up fails, and its files are scratch"
)]

#[cfg(feature = "world")]
pub mod asking;
pub mod attacks;
pub mod corpora;
#[cfg(feature = "world")]
pub mod faults;
pub mod identities;
pub mod judges;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
pub mod killing;
pub mod pdfs;
#[cfg(feature = "world")]
pub mod photos;
#[cfg(unix)]
pub mod postgres;
pub mod programs;
#[cfg(feature = "world")]
pub mod story;
pub mod tokens;
#[cfg(feature = "world")]
pub mod world;
