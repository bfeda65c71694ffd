//! The contract, browsable: Swagger UI from this program itself, over the document at `/openapi.json`.

use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use crate::refused::{Answer, Refused};

/// A file of the page: its name, its kind, its bytes, and whether they are compressed.
type File = (&'static str, &'static str, &'static [u8], bool);

const FILES: [File; 5] = [
    ("", HTML, include_bytes!("../../docs/index.html"), false),
    ("docs.css", CSS, include_bytes!("../../docs/docs.css"), false),
    ("docs.js", SCRIPT, include_bytes!("../../docs/docs.js"), false),
    (
        "swagger-ui.css",
        CSS,
        include_bytes!("../../docs/swagger-ui/swagger-ui.css.gz"),
        true,
    ),
    (
        "swagger-ui-bundle.js",
        SCRIPT,
        include_bytes!("../../docs/swagger-ui/swagger-ui-bundle.js.gz"),
        true,
    ),
];
const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

/// Nothing from anywhere else, nothing inside the page; Swagger UI draws its arrows as `data:` pictures.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
                      form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/// The page itself.
pub(crate) async fn page() -> Answer<Response> {
    file("")
}

/// One of its files.
pub(crate) async fn part(Path(name): Path<String>) -> Answer<Response> {
    file(&name)
}

fn file(name: &str) -> Answer<Response> {
    let found = FILES.iter().find(|(known, ..)| *known == name);
    let (_, kind, bytes, is_compressed) = found.ok_or_else(Refused::not_found)?;
    let headers = [
        (header::CONTENT_TYPE, *kind),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    let mut response = (headers, *bytes).into_response();
    if *is_compressed {
        // Every browser takes gzip; nobody else asks for these.
        let gzip = HeaderValue::from_static("gzip");
        response.headers_mut().insert(header::CONTENT_ENCODING, gzip);
    }
    Ok(response)
}
