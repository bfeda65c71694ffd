//! How a route says no: the contract's refusal with its HTTP status.

use std::collections::BTreeMap;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use platform::check::FieldProblem;
use platform::wire::{ErrorCode, Refusal};
use sea_orm::DbErr;

/// What is gone for a moment is looked for again after so long.
const RETRY_SECONDS: u64 = 2;

/// A refusal, or an answer that was given before to the same write.
pub(crate) struct Refused(Box<Inner>);

enum Inner {
    Refusal { refusal: Refusal, retry_after: Option<u64> },
    AnsweredBefore(Response),
}

/// Goes with the response, for whoever checks that the operation lists the code.
#[derive(Clone, Copy)]
pub(crate) struct Refusing(pub(crate) ErrorCode);

/// What every route answers.
pub(crate) type Answer<T> = Result<T, Refused>;

impl Refused {
    pub(crate) fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self(Box::new(Inner::Refusal {
            refusal: Refusal {
                code,
                message: message.into(),
                params: BTreeMap::new(),
            },
            retry_after: None,
        }))
    }

    pub(crate) fn with(mut self, name: &str, value: impl ToString) -> Self {
        if let Inner::Refusal { refusal, .. } = &mut *self.0 {
            refusal.params.insert(name.to_owned(), value.to_string());
        }
        self
    }

    pub(crate) fn retry_after(mut self, seconds: u64) -> Self {
        if let Inner::Refusal { retry_after, .. } = &mut *self.0 {
            *retry_after = Some(seconds);
        }
        self
    }

    pub(crate) fn answered_before(response: Response) -> Self {
        Self(Box::new(Inner::AnsweredBefore(response)))
    }

    pub(crate) fn not_found() -> Self {
        Self::new(ErrorCode::NotFound, "no such thing")
    }

    pub(crate) fn not_allowed() -> Self {
        Self::new(ErrorCode::NotAllowed, "this account may not do this")
    }

    pub(crate) fn conflict(state: &str) -> Self {
        Self::new(ErrorCode::Conflict, "the state does not allow it").with("state", state)
    }

    pub(crate) fn field(field: &str, why: FieldProblem) -> Self {
        Self::new(ErrorCode::FieldInvalid, "a field is wrong")
            .with("field", field)
            .with("why", why.code())
    }

    pub(crate) fn malformed(message: impl ToString) -> Self {
        Self::new(ErrorCode::Malformed, message.to_string())
    }

    /// Something the platform stands on cannot be reached for a moment; the same call may be sent again.
    pub(crate) fn unavailable(what: &str) -> Self {
        tracing::error!(what, "cannot be reached now");
        Self::new(ErrorCode::Internal, "the platform cannot do this now").retry_after(RETRY_SECONDS)
    }

    /// More calls than an instance lets in.
    pub(crate) fn busy() -> Self {
        Self::new(ErrorCode::Internal, "the platform is busy")
    }

    /// The reason goes to the log only.
    pub(crate) fn internal(error: impl std::fmt::Display) -> Self {
        tracing::error!(%error, "the platform failed");
        Self::new(ErrorCode::Internal, "the platform failed")
    }
}

impl From<DbErr> for Refused {
    fn from(error: DbErr) -> Self {
        Self::internal(error)
    }
}

impl From<rcgen::Error> for Refused {
    fn from(error: rcgen::Error) -> Self {
        match error {
            rcgen::Error::RemoteKeyError => Self::unavailable("a key of the authority"),
            other => Self::internal(other),
        }
    }
}

/// The HTTP status a code comes with.
pub(crate) fn status(code: ErrorCode) -> StatusCode {
    match code {
        ErrorCode::Unauthenticated | ErrorCode::SessionExpired | ErrorCode::WrongPassword => StatusCode::UNAUTHORIZED,
        ErrorCode::SandboxTokenRequired | ErrorCode::NotAllowed | ErrorCode::SigningTaskForOther => {
            StatusCode::FORBIDDEN
        }
        ErrorCode::NotFound => StatusCode::NOT_FOUND,
        ErrorCode::Conflict
        | ErrorCode::IdempotencyKeyReused
        | ErrorCode::AuthorisationRequired
        | ErrorCode::OrderNotEditable
        | ErrorCode::CertificateNotImportable
        | ErrorCode::CertificateHeldElsewhere
        | ErrorCode::ExtensionTooEarly
        | ErrorCode::NoUnusedEntitlement
        | ErrorCode::PinLocked
        | ErrorCode::SealNoticeNotAgreed
        | ErrorCode::SealNotDeclared
        | ErrorCode::OwnerFixed => StatusCode::CONFLICT,
        ErrorCode::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        ErrorCode::FaceLinkExpired | ErrorCode::SigningTaskExpired => StatusCode::GONE,
        ErrorCode::LetterTooLarge | ErrorCode::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorCode::LetterWrongType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ErrorCode::FieldInvalid
        | ErrorCode::RemittingAccountRequired
        | ErrorCode::BillingTitleRequired
        | ErrorCode::SigningResultInvalid
        | ErrorCode::RequestInvalid => StatusCode::UNPROCESSABLE_ENTITY,
        ErrorCode::IdempotencyKeyRequired | ErrorCode::Malformed => StatusCode::BAD_REQUEST,
        ErrorCode::Internal | ErrorCode::Unknown => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        match *self.0 {
            Inner::AnsweredBefore(response) => response,
            Inner::Refusal { refusal, retry_after } => {
                let code = refusal.code;
                let status = match (code, retry_after) {
                    (ErrorCode::Internal, Some(_)) => StatusCode::SERVICE_UNAVAILABLE,
                    _ => status(code),
                };
                let mut response = (status, Json(refusal)).into_response();
                response.extensions_mut().insert(Refusing(code));
                if let Some(seconds) = retry_after {
                    response
                        .headers_mut()
                        .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
                }
                response
            }
        }
    }
}
