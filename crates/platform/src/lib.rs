//! The HTTP contract of the platform and, behind a feature, its client.
#![forbid(unsafe_code)]
