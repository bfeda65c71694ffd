//! The authority's public files, its revocation lists, OCSP and timestamps.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use platform::wire::RevocationReason;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::authority::{KnownSerial, RevokedEntry, malformed_ocsp, parse_ocsp};
use crate::refused::{Answer, Refused};
use crate::service::{Service, Shared};
use crate::tables::issued;
use crate::text::{enumerated, moment};

pub(crate) async fn root_certificate(State(service): State<Shared>) -> Response {
    file("application/pkix-cert", service.authority.root_certificate().to_vec())
}

pub(crate) async fn issuer_certificate(State(service): State<Shared>) -> Response {
    file("application/pkix-cert", service.authority.issuer_certificate().to_vec())
}

pub(crate) async fn root_crl(State(service): State<Shared>) -> Answer<Response> {
    Ok(file("application/pkix-crl", service.authority.root_crl(service.now())?))
}

pub(crate) async fn issuer_crl(State(service): State<Shared>) -> Answer<Response> {
    let rows = issued::Entity::find()
        .filter(issued::Column::RevokedAt.is_not_null())
        .all(&service.database)
        .await?;
    let revoked = rows.iter().map(revoked_entry).collect::<Answer<Vec<_>>>()?;
    Ok(file(
        "application/pkix-crl",
        service.authority.issuer_crl(&revoked, service.now())?,
    ))
}

fn revoked_entry(row: &issued::Model) -> Answer<RevokedEntry> {
    let (at, reason) = revocation(row)?.ok_or_else(|| Refused::internal("not revoked"))?;
    let serial = from_hex(&row.serial).ok_or_else(|| Refused::internal("a serial number is damaged"))?;
    Ok(RevokedEntry { serial, at, reason })
}

fn revocation(row: &issued::Model) -> Answer<Option<(time::OffsetDateTime, RevocationReason)>> {
    let Some(at) = row.revoked_at else { return Ok(None) };
    let reason = row.reason.as_deref().map(enumerated).transpose()?;
    Ok(Some((
        moment(at),
        reason.unwrap_or(RevocationReason::CessationOfOperation),
    )))
}

/// OCSP over POST (RFC 6960 A.1).
pub(crate) async fn ocsp(State(service): State<Shared>, body: Bytes) -> Answer<Response> {
    ocsp_answer(&service, &body).await
}

/// OCSP over GET: the request in base64 in the path.
pub(crate) async fn ocsp_get(State(service): State<Shared>, Path(request): Path<String>) -> Answer<Response> {
    let der = STANDARD.decode(request).unwrap_or_default();
    ocsp_answer(&service, &der).await
}

async fn ocsp_answer(service: &Service, der: &[u8]) -> Answer<Response> {
    const TYPE: &str = "application/ocsp-response";
    let Some(request) = parse_ocsp(der) else {
        return Ok(file(TYPE, malformed_ocsp()));
    };
    let rows = issued::Entity::find()
        .filter(issued::Column::Serial.is_in(request.serials()))
        .all(&service.database)
        .await?;
    let known = rows
        .iter()
        .map(|row| {
            Ok(KnownSerial {
                serial: row.serial.clone(),
                revoked: revocation(row)?,
            })
        })
        .collect::<Answer<Vec<_>>>()?;
    Ok(file(
        TYPE,
        service.authority.ocsp_answer(&request, known, service.now())?,
    ))
}

/// Timestamps over HTTP (RFC 3161, 3.4); what cannot be granted is refused inside the answer.
pub(crate) async fn timestamp(State(service): State<Shared>, body: Bytes) -> Response {
    let answer = service.authority.timestamp(&body, service.now());
    file("application/timestamp-reply", answer)
}

fn file(content_type: &'static str, bytes: Vec<u8>) -> Response {
    ([(header::CONTENT_TYPE, content_type)], bytes).into_response()
}

/// A certificate in PEM (RFC 7468).
pub(crate) fn pem(der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let mut pem = String::from("-----BEGIN CERTIFICATE-----\n");
    for (at, letter) in text.chars().enumerate() {
        if at > 0 && at % 64 == 0 {
            pem.push('\n');
        }
        pem.push(letter);
    }
    pem.push_str("\n-----END CERTIFICATE-----\n");
    pem
}

/// Bytes of an even number of hexadecimal digits.
pub(crate) fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u32>> = text.chars().map(|one| one.to_digit(16)).collect();
    digits?
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => u8::try_from(high * 16 + low).ok(),
            _ => None,
        })
        .collect()
}
