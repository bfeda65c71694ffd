//! Keys, PIN vault, requests, certificates, chains and CMS primitives.
#![forbid(unsafe_code)]
