//! Wire types: JSON in snake_case, times RFC 3339, money in fen (1/100 CNY), identifiers UUID strings.
//!
//! Every type here appears in `openapi.json`; the server fills them, the client reads them.

mod account;
mod approval;
mod authorisation;
mod billing;
mod certificate;
mod change;
mod day;
mod operator;
mod order;
mod page;
mod pin;
mod refusal;
mod seal;
mod seal_log;
mod signing;

pub use account::*;
pub use approval::*;
pub use authorisation::*;
pub use billing::*;
pub use certificate::*;
pub use change::*;
pub use operator::*;
pub use order::*;
pub use page::*;
pub use pin::*;
pub use refusal::*;
pub use seal::*;
pub use seal_log::*;
pub use signing::*;
