//! The whole journey without a window: from CA authorisation to a stamped, signed and verified bid.
mod bid;

pub use bid::sample_bid;
