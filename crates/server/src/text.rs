//! Between rows and wire types: identifiers, times, enumerations, JSON columns, digests, random values.

use sea_orm::ColumnTrait;
use sea_orm::sea_query::{LikeExpr, SimpleExpr};
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::refused::{Answer, Refused};

/// Milliseconds since 1970 UTC, as the database keeps times.
pub(crate) fn millis(at: OffsetDateTime) -> i64 {
    i64::try_from(at.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX)
}

pub(crate) fn moment(millis: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(millis) * 1_000_000).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// The word an enumeration has in JSON.
pub(crate) fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

/// The value of a word that we wrote; one that we do not know was not ours.
pub(crate) fn enumerated<T: DeserializeOwned + Serialize>(kept: &str) -> Answer<T> {
    let value = serde_json::from_value(serde_json::Value::String(kept.to_owned())).map_err(Refused::internal)?;
    if word(&value) == kept {
        Ok(value)
    } else {
        Err(Refused::internal(format!("a word nobody wrote: {kept}")))
    }
}

pub(crate) fn to_json(value: &impl Serialize) -> Answer<String> {
    serde_json::to_string(value).map_err(Refused::internal)
}

pub(crate) fn from_json<T: DeserializeOwned>(text: &str) -> Answer<T> {
    serde_json::from_str(text).map_err(Refused::internal)
}

pub(crate) fn id(text: &str) -> Answer<Uuid> {
    text.parse().map_err(Refused::internal)
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Random bytes of the operating system.
pub(crate) fn random<const N: usize>() -> Answer<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(Refused::internal)?;
    Ok(bytes)
}

/// 256 random bits that cannot be guessed, for addresses and tokens.
pub(crate) fn random_secret() -> Answer<String> {
    Ok(hex(&random::<32>()?))
}

/// `count` random decimal digits.
pub(crate) fn random_digits(count: usize) -> Answer<String> {
    let bytes = random::<32>()?;
    Ok(bytes
        .iter()
        .take(count)
        .map(|byte| char::from(b'0' + byte % 10))
        .collect())
}

pub(crate) fn checked(field: &str, outcome: Result<(), platform::check::FieldProblem>) -> Answer<()> {
    outcome.map_err(|why| Refused::field(field, why))
}

/// A condition: the column has these words in it, taken literally.
pub(crate) fn containing(column: impl ColumnTrait, text: &str) -> SimpleExpr {
    let literal: String = text
        .trim()
        .chars()
        .flat_map(|one| {
            let escape = matches!(one, '%' | '_' | '!').then_some('!');
            escape.into_iter().chain([one])
        })
        .collect();
    column.like(LikeExpr::new(format!("%{literal}%")).escape('!'))
}
