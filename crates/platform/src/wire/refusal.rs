//! The one error body: a code, its parameters, and an English note for logs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Why the platform refused. Parameters in [`Refusal::params`] are named per code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// No session, or an unknown one.
    Unauthenticated,
    /// The session is over; sign in again.
    SessionExpired,
    /// Account or password is wrong.
    WrongPassword,
    /// The sandbox's header is missing or wrong.
    SandboxTokenRequired,
    /// The account may not do this.
    NotAllowed,
    /// No such thing, or not of this enterprise.
    NotFound,
    /// The state does not allow it; `state` says which state it is in.
    Conflict,
    /// A write without `Idempotency-Key`.
    IdempotencyKeyRequired,
    /// The same `Idempotency-Key` was used for another request.
    IdempotencyKeyReused,
    /// Too many attempts; see `Retry-After`.
    RateLimited,
    /// CA authorisation is not approved yet.
    AuthorisationRequired,
    /// A field is wrong; `field` and `why` (a `FieldProblem`).
    FieldInvalid,
    /// The order is no longer unpaid.
    OrderNotEditable,
    /// The order names no remitting account of this enterprise.
    RemittingAccountRequired,
    /// The order names no invoice title of this enterprise.
    BillingTitleRequired,
    /// The letter is larger than 10 MB; `limit_bytes`.
    LetterTooLarge,
    /// The letter is not a JPEG, PNG or PDF by its first bytes.
    LetterWrongType,
    /// The face link is over; ask for a new one.
    FaceLinkExpired,
    /// The certificate cannot be issued now; `state`.
    CertificateNotImportable,
    /// Another person holds the certificate.
    CertificateHeldElsewhere,
    /// More than three months are left; `from` says when an extension opens (RFC 3339).
    ExtensionTooEarly,
    /// The enterprise has no unused entitlement of this kind.
    NoUnusedEntitlement,
    /// Too many wrong PINs: the key's tries are used up.
    PinLocked,
    /// The owner is set for ever.
    OwnerFixed,
    /// The PKCS#10 request is damaged, not signed by its key, or its key is not P-256.
    RequestInvalid,
    /// The seal notice of this version was not agreed to; `version`.
    SealNoticeNotAgreed,
    /// An uploaded picture comes with the declaration of this version; `version`.
    SealNotDeclared,
    /// The signing task was not signed in time.
    SigningTaskExpired,
    /// The signing task is for another account or enterprise.
    SigningTaskForOther,
    /// The result of a signing task does not verify; `why` (`unreadable`, `other_content`, `digest`, `signature`,
    /// `certificate`, `revoked`).
    SigningResultInvalid,
    /// The body is too large; `limit_bytes`.
    BodyTooLarge,
    /// The body or query is not what the contract says.
    Malformed,
    /// The platform failed; nothing was changed.
    Internal,
    /// A word of a later version of the contract.
    #[serde(other)]
    Unknown,
}

/// Body of every answer outside 2xx under `/v1`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Refusal {
    /// Why.
    pub code: ErrorCode,
    /// For logs, English; never shown to users.
    pub message: String,
    /// Parameters of the code.
    #[serde(default)]
    pub params: BTreeMap<String, String>,
}
