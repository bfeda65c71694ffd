//! Attacks on signed PDFs, built from their published descriptions as recipes over the files of [`crate::pdfs`].
//!
//! Universal signature forgery, incremental saving and signature wrapping: Mladenov, Mainka, Meyer zu Selhausen, Grothe,
//! Schwenk, «1 Trillion Dollar Refund» (CCS 2019). Shadow attacks: Mainka, Mladenov, Rohlmann (NDSS 2021). Evil annotation
//! and sneaky signature attacks: Rohlmann, Mladenov, Mainka, Schwenk, «Breaking the Specification» (S&P 2021).
#![allow(
    clippy::indexing_slicing,
    reason = "development only: recipes over files that are made here, and a wrong place must fail"
)]

mod certification;
mod incremental;
pub mod open_changes;
mod shadow;
mod universal;
mod update;
mod wrapping;

pub use certification::on_certified;
pub use incremental::incremental_saving;
pub use shadow::{Shadow, shadows};
pub use universal::universal_forgery;
pub use wrapping::signature_wrapping;

/// An attacked file.
pub struct Attack {
    /// What it does, for a person.
    pub name: String,
    /// The file.
    pub bytes: Vec<u8>,
}

impl Attack {
    fn new(name: &str, bytes: Vec<u8>) -> Self {
        Self {
            name: name.to_owned(),
            bytes,
        }
    }
}
