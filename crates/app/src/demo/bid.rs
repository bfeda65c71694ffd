//! A sample bid document.

/// A sample.
pub fn sample_bid() -> Vec<u8> {
    Vec::new()
}
