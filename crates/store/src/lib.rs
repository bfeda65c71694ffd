//! The local SQLite database.
#![forbid(unsafe_code)]
