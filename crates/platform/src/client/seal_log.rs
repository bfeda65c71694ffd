//! The seal log: a device hands its chain in, people look through what the platform has.

use reqwest::Method;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use super::PlatformClient;
use super::routes::{Answer, escaped};
use super::transport::Call;
use crate::wire::*;

impl PlatformClient {
    /// Hands in part of a chain of this account; what the platform has already is compared and not taken again.
    ///
    /// # Errors
    /// `Refused(Conflict)` with `state` `gap` and `count` when entries before it are missing there; `FieldInvalid`.
    pub async fn hand_in_seal_log(&self, chain: Uuid, part: &SealLogPart, key: Uuid) -> Answer<SealLogChain> {
        let path = format!("/v1/seal-log/chains/{chain}/entries");
        self.json(Call::write(Method::POST, path, key).json(part)?).await
    }

    /// A page of the seal log, newest use first: an administrator's of the enterprise, anybody else's own.
    ///
    /// # Errors
    /// [`super::ClientError`].
    pub async fn seal_log(&self, wanted: &SealLogQuery) -> Answer<SealLogPage> {
        let moment = |at: Option<time::OffsetDateTime>| at.and_then(|at| at.format(&Rfc3339).ok());
        let parts = [
            ("q", wanted.q.clone()),
            ("certificate", wanted.certificate.map(|id| id.to_string())),
            ("account", wanted.account.map(|id| id.to_string())),
            ("from", moment(wanted.from)),
            ("until", moment(wanted.until)),
            ("after", wanted.after.clone()),
            ("limit", wanted.limit.map(|limit| limit.to_string())),
        ];
        let parts = parts.into_iter().filter_map(|(name, value)| Some((name, value?)));
        let query: Vec<String> = parts
            .map(|(name, value)| format!("{name}={}", escaped(&value)))
            .collect();
        self.json(Call::get(format!("/v1/seal-log?{}", query.join("&")))).await
    }

    /// The chains whose entries the caller may see, the one handed in last first.
    ///
    /// # Errors
    /// [`super::ClientError`].
    pub async fn seal_log_chains(&self) -> Answer<Vec<SealLogChain>> {
        self.json(Call::get("/v1/seal-log/chains")).await
    }
}
