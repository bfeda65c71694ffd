//! The authority's public files, its revocation lists, OCSP and timestamps.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use platform::wire::RevocationReason;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use crate::authority::ceremony::kept_root_list;
use crate::authority::{Extent, KnownSerial, RevokedEntry, malformed_ocsp, parse_ocsp};
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
    let list = match service.authority.root_crl(service.now())? {
        Some(list) => list,
        None => kept_root_list(&service.database).await?,
    };
    Ok(file("application/pkix-crl", list))
}

pub(crate) async fn issuer_crl(State(service): State<Shared>) -> Answer<Response> {
    let (now, extent) = (service.now(), revoked_extent(&service).await?);
    let authority = &service.authority;
    if let Some(list) = authority.last_list.get(extent, now) {
        return Ok(file("application/pkix-crl", list));
    }
    let signing = service.clone();
    let revoked = revoked_entries(&service).await?;
    // A hundred thousand entries take a moment of a processor; calls go on meanwhile.
    let signed = tokio::task::spawn_blocking(move || signing.authority.issuer_crl(&revoked, now));
    let list = Bytes::from(signed.await.map_err(Refused::internal)??);
    authority.last_list.keep(extent, now, list.clone());
    Ok(file("application/pkix-crl", list))
}

/// Read before the entries: what is revoked in between is in the list, and the next call looks again.
async fn revoked_extent(service: &Service) -> Answer<Extent> {
    let found: Option<(i64, Option<i64>)> = issued::Entity::find()
        .select_only()
        .column_as(issued::Column::RevokedAt.count(), "count")
        .column_as(issued::Column::RevokedAt.max(), "last")
        .filter(issued::Column::RevokedAt.is_not_null())
        .into_tuple()
        .one(&service.database)
        .await?;
    let (count, last) = found.unwrap_or_default();
    Ok(Extent { count, last })
}

async fn revoked_entries(service: &Service) -> Answer<Vec<RevokedEntry>> {
    let rows: Vec<(String, i64, Option<String>)> = issued::Entity::find()
        .select_only()
        .columns([
            issued::Column::Serial,
            issued::Column::RevokedAt,
            issued::Column::Reason,
        ])
        .filter(issued::Column::RevokedAt.is_not_null())
        .into_tuple()
        .all(&service.database)
        .await?;
    rows.iter()
        .map(|(serial, at, reason)| revoked_entry(serial, *at, reason.as_deref()))
        .collect()
}

fn revoked_entry(serial: &str, at: i64, reason: Option<&str>) -> Answer<RevokedEntry> {
    let serial = from_hex(serial).ok_or_else(|| Refused::internal("a serial number is damaged"))?;
    let (at, reason) = (moment(at), reason_of(reason)?);
    Ok(RevokedEntry { serial, at, reason })
}

fn reason_of(word: Option<&str>) -> Answer<RevocationReason> {
    let reason = word.map(enumerated).transpose()?;
    Ok(reason.unwrap_or(RevocationReason::CessationOfOperation))
}

fn revocation(row: &issued::Model) -> Answer<Option<(time::OffsetDateTime, RevocationReason)>> {
    let Some(at) = row.revoked_at else { return Ok(None) };
    Ok(Some((moment(at), reason_of(row.reason.as_deref())?)))
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

fn file(content_type: &'static str, bytes: impl Into<Bytes>) -> Response {
    ([(header::CONTENT_TYPE, content_type)], bytes.into()).into_response()
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
