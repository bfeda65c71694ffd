//! The reference platform and embedded sandbox.
#![forbid(unsafe_code)]
