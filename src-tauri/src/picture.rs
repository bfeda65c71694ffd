//! The `picture` scheme: pages as PNG and seals as SVG, made off the main thread, never as JSON.

use crate::shell::Shell;
use app::view::{FailureCode, FailureView};
use std::borrow::Cow;
use tauri::http::{HeaderValue, Request, Response, StatusCode, header};
use tauri::{AppHandle, Manager, UriSchemeContext, UriSchemeResponder, Wry};

type Answer = Response<Cow<'static, [u8]>>;

/// Answers one request of the window; which paths there are is the application's business.
pub(crate) fn answer(context: UriSchemeContext<'_, Wry>, request: Request<Vec<u8>>, responder: UriSchemeResponder) {
    let handle = context.app_handle().clone();
    tauri::async_runtime::spawn(async move {
        let drawn = draw(&handle, request.uri().path(), request.uri().query().unwrap_or_default()).await;
        responder.respond(drawn.unwrap_or_else(|failure| refused(&failure)));
    });
}

async fn draw(handle: &AppHandle, path: &str, query: &str) -> Result<Answer, FailureView> {
    let app = handle.state::<Shell>().app().await?;
    let picture = app.picture(path, query).await?;
    let mut response = Response::new(Cow::Owned(picture.bytes.to_vec()));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(picture.mime));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    Ok(response)
}

fn refused(failure: &FailureView) -> Answer {
    let mut response = Response::new(Cow::Borrowed(&[][..]));
    *response.status_mut() = match failure.code {
        FailureCode::NotFound | FailureCode::FileNotFound => StatusCode::NOT_FOUND,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    response
}
