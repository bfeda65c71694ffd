//! Signing and verifying PDFs: joins pdf and pki.
#![forbid(unsafe_code)]
