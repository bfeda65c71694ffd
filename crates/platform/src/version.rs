//! Preconditions: a change says which version it was made from, so that nobody's change is overwritten unseen.

use serde::Serialize;
use sha2::{Digest, Sha256};

/// Header of a change (RFC 9110, 13.1.1) with [`of`] the version its author saw; without it the change is made in any
/// case. When it does not fit, the answer is `conflict` with `state` `changed`.
pub const IF_MATCH: &str = "if-match";

/// The version of what can be changed: SHA-256 of its JSON, in hexadecimal and in quotation marks.
///
/// Of an invoice title `NewBillingTitle`, of a remitting account `NewRemittingAccount`, of an order `OrderChange`, of a
/// certificate `HolderChange`: the fields of version 1 of the contract in the document's order, without white space.
pub fn of(fields: &impl Serialize) -> String {
    let json = serde_json::to_vec(fields).unwrap_or_default();
    let digest: String = Sha256::digest(json).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("\"{digest}\"")
}
