//! The real window, driven over WebDriver on a screen of its own: the whole journey, and starts that cannot succeed.
#![cfg(target_os = "linux")]
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it should be; its files are scratch"
)]

mod album;
mod broken_start;
mod certificates;
mod designer;
mod desk;
mod dialogs;
mod elsewhere;
mod handwriting;
mod journey;
mod keyboard;
mod photo;
mod scanning;
mod scrolling;
mod seal_log;
mod together;
mod tokens;
mod verifying;
