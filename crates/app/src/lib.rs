//! Every use case of the desktop application: no window, no SQL, no HTTP details.
#![deny(unsafe_code)]

pub mod view;
