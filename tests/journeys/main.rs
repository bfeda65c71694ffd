//! Journeys across crates with the real platform in process; what comes out is judged by other people's programs.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it should be; its files are scratch"
)]

mod bad_files;
mod bid;
mod payments;
mod placing;
mod staff;
mod walk;
