//! The real window on a screen of its own, for tests and for `cargo xtask run` without a display.
#![forbid(unsafe_code)]

pub mod hand;
pub mod phone;
pub mod screen;
pub mod stage;
