//! What the window and the command line see: the only types of this crate that become JSON.
//!
//! Times are RFC 3339 strings in UTC, money is whole fen, lengths are millimetres, ids are strings.
//! Numbers wider than 32 bits are declared to TypeScript as plain `number`; all of them stay below 2⁵³.
mod approvals;
mod authorisation;
mod billing;
mod certificates;
mod documents;
mod events;
mod failure;
mod handwriting;
mod home;
mod invoices;
mod orders;
mod outbox;
mod plan;
mod scanning;
mod seal_log;
mod seal_photos;
mod seals;
mod secret;
mod session;
mod settings;
mod tokens;
mod verification;

pub use approvals::*;
pub use authorisation::*;
pub use billing::*;
pub use certificates::*;
pub use documents::*;
pub use events::*;
pub use failure::*;
pub use handwriting::*;
pub use home::*;
pub use invoices::*;
pub use orders::*;
pub use outbox::*;
pub use plan::*;
pub use scanning::*;
pub use seal_log::*;
pub use seal_photos::*;
pub use seals::*;
pub use secret::*;
pub use session::*;
pub use settings::*;
pub use tokens::*;
pub use verification::*;
