//! ETags of files: pictures and PDF files that a device has already are not sent again (RFC 9110, 8.8.3 and 13.1.2).

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::text::sha256_hex;

/// Larger files are sent as they are.
const LIMIT_BYTES: usize = 16 * 1024 * 1024;

/// Names every file by its SHA-256, and answers 304 to whoever has it.
pub(crate) async fn named(request: Request, next: Next) -> Response {
    let is_read = request.method() == Method::GET;
    let kept = request.headers().get(header::IF_NONE_MATCH).cloned();
    let response = next.run(request).await;
    if is_read && response.status() == StatusCode::OK && is_file(&response) {
        with_tag(response, kept.as_ref()).await
    } else {
        response
    }
}

fn is_file(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind == "application/pdf" || kind == "image/png")
}

async fn with_tag(response: Response, kept: Option<&HeaderValue>) -> Response {
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = axum::body::to_bytes(body, LIMIT_BYTES).await else {
        parts.status = StatusCode::INTERNAL_SERVER_ERROR;
        return Response::from_parts(parts, Body::empty());
    };
    let body = match HeaderValue::from_str(&format!("\"{}\"", sha256_hex(&bytes))) {
        Ok(tag) if kept == Some(&tag) => {
            parts.status = StatusCode::NOT_MODIFIED;
            parts.headers.remove(header::CONTENT_LENGTH);
            parts.headers.insert(header::ETAG, tag);
            Bytes::new()
        }
        Ok(tag) => {
            parts.headers.insert(header::ETAG, tag);
            bytes
        }
        Err(_) => bytes,
    };
    Response::from_parts(parts, Body::from(body))
}
