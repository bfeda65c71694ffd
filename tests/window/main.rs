//! The real window, driven over WebDriver on a screen of its own: the whole journey, and starts that cannot succeed.
#![cfg(target_os = "linux")]

mod album;
mod broken_start;
mod journey;
