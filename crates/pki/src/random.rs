//! The one place that reaches for the operating system's randomness; everything else takes it as an argument.

pub use p256::elliptic_curve::rand_core::{CryptoRng, Rng};

/// The operating system's generator.
///
/// It panics only when the operating system has no randomness at all, in which case no key may be made.
#[must_use]
pub fn system() -> impl CryptoRng + Send {
    getrandom::rand_core::UnwrapErr(getrandom::SysRng)
}
