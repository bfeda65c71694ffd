//! One example of every body in the contract, made of the wire types themselves, so that it cannot say anything else.

mod certificates;
mod orders;
mod people;
mod review;
mod seal_log;

use std::collections::BTreeMap;

use platform::check::FieldProblem;
use platform::wire::{ErrorCode, Refusal};
use serde::Serialize;
use serde_json::Value;
use time::OffsetDateTime;
use time::macros::datetime;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::refused::status;

/// Examples by the name of their schema.
#[derive(Default)]
pub(super) struct Examples(BTreeMap<String, Value>);

impl Examples {
    /// All of them.
    pub(super) fn all() -> Self {
        let mut all = Self::default();
        people::add(&mut all);
        orders::add(&mut all);
        certificates::add(&mut all);
        review::add(&mut all);
        seal_log::add(&mut all);
        all
    }

    fn add<T: ToSchema + Serialize>(&mut self, value: &T) {
        let json = serde_json::to_value(value).unwrap_or_default();
        self.0.insert(T::name().into_owned(), json);
    }

    /// The example of a schema.
    pub(super) fn of(&self, schema: &str) -> Option<&Value> {
        self.0.get(schema)
    }
}

/// Identifiers that can be told apart.
fn id(number: u128) -> Uuid {
    Uuid::from_u128(0x0193_5f1e_0000_7000_8000_0000_0000_0000 + number)
}

const NOW: OffsetDateTime = datetime!(2026-11-22 08:00 UTC);

/// A refusal with the parameters its code has.
pub(super) fn refusal(code: ErrorCode) -> Refusal {
    let params: &[(&str, &str)] = match code {
        ErrorCode::Conflict => &[("state", "approved")],
        ErrorCode::OrderNotEditable => &[("state", "paid")],
        ErrorCode::CertificateNotImportable => &[("state", "unassigned")],
        ErrorCode::RateLimited => &[("seconds", "60")],
        ErrorCode::FieldInvalid => &[("field", "quantity"), ("why", FieldProblem::Length.code())],
        ErrorCode::LetterTooLarge | ErrorCode::BodyTooLarge => &[("limit_bytes", "10485760")],
        ErrorCode::ExtensionTooEarly => &[("from", "2027-08-22T08:00:00Z")],
        ErrorCode::SealNoticeNotAgreed | ErrorCode::SealNotDeclared => &[("version", "1")],
        ErrorCode::SigningResultInvalid => &[("why", "signature")],
        _ => &[],
    };
    Refusal {
        code,
        message: format!("for logs, status {}", status(code).as_u16()),
        params: params
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
    }
}
