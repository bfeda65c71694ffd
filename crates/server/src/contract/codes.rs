//! What each operation can refuse with: the list in the document, and the fence that keeps every answer inside it.

use axum::extract::{MatchedPath, Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use platform::wire::ErrorCode;
use platform::wire::ErrorCode::*;

use crate::refused::{Refused, Refusing};
use crate::service::Shared;

/// Method, path, and what it can refuse with beside [`shared`].
type Line = (&'static str, &'static str, &'static [ErrorCode]);

const LINES: &[Line] = &[
    ("get", "/v1/approvals", &[NotAllowed]),
    ("get", "/v1/authorisation", &[NotAllowed, NotFound]),
    ("post", "/v1/authorisation/face", &[NotAllowed, NotFound, Conflict]),
    (
        "post",
        "/v1/authorisation/letter",
        &[
            NotAllowed,
            NotFound,
            Conflict,
            FieldInvalid,
            LetterTooLarge,
            LetterWrongType,
        ],
    ),
    ("get", "/v1/authorisation/letter-template", &[NotAllowed, NotFound]),
    ("get", "/v1/billing-titles", &[NotAllowed]),
    ("post", "/v1/billing-titles", &[NotAllowed, FieldInvalid]),
    (
        "put",
        "/v1/billing-titles/{id}",
        &[NotAllowed, NotFound, FieldInvalid, Conflict],
    ),
    ("delete", "/v1/billing-titles/{id}", &[NotAllowed, NotFound, Conflict]),
    ("get", "/v1/certificates", &[NotAllowed]),
    ("get", "/v1/certificates/{id}", &[NotAllowed, NotFound]),
    (
        "post",
        "/v1/certificates/{id}/assign",
        &[NotAllowed, NotFound, OwnerFixed, FieldInvalid, Conflict],
    ),
    (
        "post",
        "/v1/certificates/{id}/extend",
        &[
            NotAllowed,
            NotFound,
            CertificateHeldElsewhere,
            CertificateNotImportable,
            Conflict,
            ExtensionTooEarly,
            NoUnusedEntitlement,
        ],
    ),
    (
        "post",
        "/v1/certificates/{id}/holder",
        &[NotAllowed, NotFound, Conflict],
    ),
    (
        "post",
        "/v1/certificates/{id}/issue",
        &[
            NotAllowed,
            NotFound,
            CertificateHeldElsewhere,
            CertificateNotImportable,
            RequestInvalid,
            Conflict,
        ],
    ),
    (
        "post",
        "/v1/certificates/{id}/reissue",
        &[
            NotAllowed,
            NotFound,
            CertificateHeldElsewhere,
            CertificateNotImportable,
            RequestInvalid,
            Conflict,
        ],
    ),
    (
        "post",
        "/v1/certificates/{id}/reissue/confirm",
        &[
            NotAllowed,
            NotFound,
            CertificateHeldElsewhere,
            CertificateNotImportable,
            Conflict,
        ],
    ),
    (
        "post",
        "/v1/certificates/{id}/revoke",
        &[NotAllowed, NotFound, Conflict],
    ),
    ("get", "/v1/changes", &[NotAllowed, NotFound]),
    ("get", "/v1/changes/stream", &[NotAllowed, NotFound, RateLimited]),
    ("get", "/v1/employees", &[NotAllowed]),
    ("get", "/v1/enterprise", &[NotAllowed, NotFound]),
    ("get", "/v1/invoices", &[NotAllowed]),
    ("get", "/v1/invoices/{id}/file", &[NotAllowed, NotFound]),
    ("get", "/v1/me", &[]),
    ("get", "/v1/operator/approvals", &[NotAllowed]),
    (
        "post",
        "/v1/operator/approvals/{id}/decision",
        &[NotAllowed, NotFound, FieldInvalid, Conflict],
    ),
    ("get", "/v1/operator/arrivals", &[NotAllowed]),
    (
        "post",
        "/v1/operator/arrivals/{number}/match",
        &[NotAllowed, NotFound, Conflict],
    ),
    (
        "post",
        "/v1/operator/arrivals/{number}/refund",
        &[NotAllowed, NotFound, FieldInvalid, Conflict],
    ),
    ("get", "/v1/operator/audit", &[NotAllowed]),
    (
        "get",
        "/v1/operator/authorisations/{id}/letter",
        &[NotAllowed, NotFound],
    ),
    ("get", "/v1/operator/auto-approve", &[NotAllowed, NotFound]),
    (
        "put",
        "/v1/operator/auto-approve",
        &[NotAllowed, NotFound, FieldInvalid],
    ),
    (
        "post",
        "/v1/operator/bank-notices",
        &[NotAllowed, FieldInvalid, Conflict],
    ),
    ("post", "/v1/operator/console-links", &[NotAllowed]),
    ("get", "/v1/operator/issuances/{serial}", &[NotAllowed, NotFound]),
    (
        "post",
        "/v1/operator/issuances/{serial}/revoke",
        &[NotAllowed, NotFound, Conflict],
    ),
    ("get", "/v1/operator/orders", &[NotAllowed]),
    (
        "post",
        "/v1/operator/orders/{id}/refund",
        &[NotAllowed, NotFound, FieldInvalid, Conflict],
    ),
    ("get", "/v1/operator/queues", &[NotAllowed]),
    ("get", "/v1/operator/reviews", &[NotAllowed, NotFound]),
    ("get", "/v1/operator/reviews/{id}", &[NotAllowed, NotFound]),
    ("get", "/v1/operator/seals/{id}/picture", &[NotAllowed, NotFound]),
    ("get", "/v1/operator/systems", &[NotAllowed]),
    ("post", "/v1/operator/systems", &[NotAllowed, FieldInvalid]),
    ("delete", "/v1/operator/systems/{id}", &[NotAllowed, NotFound]),
    ("get", "/v1/orders", &[NotAllowed]),
    (
        "post",
        "/v1/orders",
        &[
            NotAllowed,
            AuthorisationRequired,
            FieldInvalid,
            BillingTitleRequired,
            RemittingAccountRequired,
        ],
    ),
    ("get", "/v1/orders/{id}", &[NotAllowed, NotFound]),
    (
        "put",
        "/v1/orders/{id}",
        &[
            NotAllowed,
            NotFound,
            OrderNotEditable,
            Conflict,
            FieldInvalid,
            BillingTitleRequired,
            RemittingAccountRequired,
        ],
    ),
    (
        "post",
        "/v1/orders/{id}/cancel",
        &[NotAllowed, NotFound, OrderNotEditable],
    ),
    (
        "post",
        "/v1/orders/{id}/invoice",
        &[NotAllowed, NotFound, FieldInvalid, Conflict],
    ),
    ("get", "/v1/packages", &[]),
    ("get", "/v1/pin-lease", &[NotAllowed]),
    ("put", "/v1/pin-lease", &[NotAllowed, FieldInvalid]),
    ("post", "/v1/pin-logins/{login}/proof", &[NotAllowed, RateLimited]),
    (
        "post",
        "/v1/pin-vaults/{id}/logins",
        &[NotAllowed, RateLimited, PinLocked, Conflict],
    ),
    (
        "post",
        "/v1/pin-vaults/{id}/registrations",
        &[NotAllowed, RateLimited, Conflict],
    ),
    (
        "post",
        "/v1/pin-vaults/{id}/registrations/forget",
        &[NotAllowed, NotFound],
    ),
    (
        "post",
        "/v1/pin-vaults/{id}/registrations/keep",
        &[NotAllowed, Conflict],
    ),
    ("get", "/v1/remitting-accounts", &[NotAllowed]),
    ("post", "/v1/remitting-accounts", &[NotAllowed, FieldInvalid]),
    (
        "put",
        "/v1/remitting-accounts/{id}",
        &[NotAllowed, NotFound, FieldInvalid, Conflict],
    ),
    (
        "delete",
        "/v1/remitting-accounts/{id}",
        &[NotAllowed, NotFound, Conflict],
    ),
    ("get", "/v1/sandbox/accounts", &[NotFound]),
    ("get", "/v1/seal-declaration", &[]),
    ("get", "/v1/seal-notice", &[]),
    ("post", "/v1/seal-notice/agreements", &[Conflict]),
    ("get", "/v1/seal-log", &[NotAllowed]),
    ("get", "/v1/seal-log/chains", &[NotAllowed]),
    (
        "post",
        "/v1/seal-log/chains/{id}/entries",
        &[NotAllowed, NotFound, FieldInvalid, Conflict],
    ),
    ("get", "/v1/seals", &[NotAllowed]),
    (
        "post",
        "/v1/seals",
        &[
            NotAllowed,
            NotFound,
            FieldInvalid,
            CertificateHeldElsewhere,
            Conflict,
            SealNoticeNotAgreed,
            SealNotDeclared,
        ],
    ),
    ("post", "/v1/seals/{id}/disable", &[NotAllowed, NotFound, Conflict]),
    ("get", "/v1/seals/{id}/picture", &[NotAllowed, NotFound]),
    ("get", "/v1/sessions", &[]),
    ("post", "/v1/sessions", &[WrongPassword, RateLimited, FieldInvalid]),
    ("delete", "/v1/sessions", &[]),
    ("delete", "/v1/sessions/current", &[]),
    ("post", "/v1/sessions/refresh", &[Unauthenticated]),
    ("delete", "/v1/sessions/{id}", &[NotFound]),
    ("get", "/v1/signing-tasks", &[]),
    ("get", "/v1/signing-tasks/{id}", &[NotFound]),
    ("get", "/v1/signing-tasks/{id}/document", &[NotFound]),
    (
        "post",
        "/v1/signing-tasks/{id}/fetch",
        &[NotAllowed, NotFound, SigningTaskForOther, SigningTaskExpired, Conflict],
    ),
    (
        "post",
        "/v1/signing-tasks/{id}/refuse",
        &[NotFound, FieldInvalid, SigningTaskExpired, Conflict],
    ),
    (
        "post",
        "/v1/signing-tasks/{id}/result",
        &[NotFound, SigningResultInvalid, SigningTaskExpired, Conflict],
    ),
    ("get", "/v1/systems/signing-tasks/{id}", &[NotFound]),
    (
        "put",
        "/v1/systems/signing-tasks/{id}",
        &[
            NotFound,
            FieldInvalid,
            IdempotencyKeyReused,
            SigningTaskExpired,
            Conflict,
        ],
    ),
    ("delete", "/v1/systems/signing-tasks/{id}", &[NotFound, Conflict]),
    ("get", "/v1/systems/signing-tasks/{id}/result", &[NotFound]),
];

/// Who calls an operation, as far as its refusals depend on it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Caller {
    Anybody,
    Session,
    System,
}

/// Who calls it.
pub(super) fn caller(method: &str, path: &str) -> Caller {
    match (method, path) {
        ("post", "/v1/sessions" | "/v1/sessions/refresh") | ("get", "/v1/sandbox/accounts") => Caller::Anybody,
        _ if path.starts_with("/v1/systems/") => Caller::System,
        _ => Caller::Session,
    }
}

/// Does it take an idempotency key? Sessions and tasks of business systems have identifiers of their own.
pub(super) fn is_write(method: &str, path: &str) -> bool {
    method != "get" && caller(method, path) == Caller::Session && !path.starts_with("/v1/sessions")
}

/// What operations of this kind have in common.
fn shared(method: &str, path: &str) -> Vec<ErrorCode> {
    let mut codes = vec![Malformed, BodyTooLarge, Internal];
    match caller(method, path) {
        Caller::Anybody => {}
        Caller::Session => codes.extend([Unauthenticated, SessionExpired]),
        Caller::System => codes.push(Unauthenticated),
    }
    if caller(method, path) != Caller::System && path != "/v1/sessions/refresh" {
        codes.push(SandboxTokenRequired);
    }
    if is_write(method, path) {
        codes.extend([IdempotencyKeyRequired, IdempotencyKeyReused]);
    }
    codes
}

/// Everything an operation can refuse with, its own first; none for what is no operation.
pub(super) fn of(method: &str, path: &str) -> Option<Vec<ErrorCode>> {
    let (.., own) = LINES.iter().find(|(one, other, _)| (*one, *other) == (method, path))?;
    let mut codes = own.to_vec();
    codes.extend(shared(method, path).into_iter().filter(|code| !own.contains(code)));
    Some(codes)
}

/// Operations of the table that the document does not have.
#[cfg(test)]
pub(super) fn without_operation(is_known: impl Fn(&str, &str) -> bool) -> Vec<String> {
    let unknown = LINES.iter().filter(|(method, path, _)| !is_known(method, path));
    unknown.map(|(method, path, _)| format!("{method} {path}")).collect()
}

/// Every answer under `/v1` outside 2xx is a refusal, with a code that its operation lists. Another code is a fault of the
/// platform: where it is developed the call fails, so that no test passes it by; where it runs, it goes to the log.
pub(crate) async fn kept(State(_): State<Shared>, request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let path = request
        .extensions()
        .get::<MatchedPath>()
        .map(|path| path.as_str().to_owned());
    let is_contract = request.uri().path().starts_with("/v1/");
    let response = next.run(request).await;
    let status = response.status();
    if !is_contract || status.is_success() || status == StatusCode::NOT_MODIFIED {
        return response;
    }
    match response.extensions().get::<Refusing>() {
        None => worded(status).into_response(),
        Some(Refusing(code)) if is_listed(&method, path.as_deref(), *code) => response,
        Some(Refusing(code)) => {
            tracing::error!(?code, %method, path, "refused with a code that the contract does not list here");
            match cfg!(debug_assertions) {
                true => Refused::internal(format!("{code:?} is not listed")).into_response(),
                false => response,
            }
        }
    }
}

/// What the framework refused before a handler saw it, in the contract's form.
fn worded(status: StatusCode) -> Refused {
    match status {
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => Refused::not_found(),
        StatusCode::PAYLOAD_TOO_LARGE => Refused::new(BodyTooLarge, "the body is too large"),
        _ if status.is_client_error() => Refused::malformed("path, query or body is not what the contract says"),
        _ => Refused::internal("an answer without a code"),
    }
}

fn is_listed(method: &Method, path: Option<&str>, code: ErrorCode) -> bool {
    let listed = path.and_then(|path| of(&method.as_str().to_lowercase(), path));
    // What is no operation is not found.
    listed.is_none_or(|codes| codes.contains(&code))
}
