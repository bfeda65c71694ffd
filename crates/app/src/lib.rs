//! Every use case of the desktop application.
#![forbid(unsafe_code)]
