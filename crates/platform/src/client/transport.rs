//! Sending with retries and reading answers within limits.

use std::time::Duration;

use reqwest::{Method, RequestBuilder, Response, StatusCode, header};
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::pages::ListPage;
use super::{ClientError, PlatformClient};
use crate::version::IF_MATCH;
use crate::wire::{Refusal, Session};
use crate::{API_KEY_HEADER, IDEMPOTENCY_HEADER, SANDBOX_HEADER};

/// A live stream is opened anew at least this often.
const STREAM_LENGTH: Duration = Duration::from_secs(3600);

/// One call, before it is sent.
pub(super) struct Call {
    pub(super) method: Method,
    /// Path and query, from `/`.
    pub(super) path: String,
    pub(super) body: Body,
    /// None for reads; a write without a key is never repeated.
    pub(super) key: Option<Uuid>,
    /// The version a change was made from.
    pub(super) seen: Option<String>,
    /// A business system's key; then no session is sent.
    pub(super) api_key: Option<Zeroizing<String>>,
    /// The answer has no end.
    pub(super) streamed: bool,
    /// The tag of the file that is here already.
    pub(super) kept: Option<String>,
}

pub(super) enum Body {
    None,
    Json(Vec<u8>),
    Bytes(Vec<u8>),
}

impl Call {
    pub(super) fn get(path: impl Into<String>) -> Self {
        Self {
            method: Method::GET,
            path: path.into(),
            body: Body::None,
            key: None,
            seen: None,
            api_key: None,
            streamed: false,
            kept: None,
        }
    }

    /// A read with a query made of the value's fields; absent ones are left out.
    pub(super) fn query(path: &str, value: &impl Serialize) -> Result<Self, ClientError> {
        let fields = serde_json::to_value(value).map_err(|error| nonsense(StatusCode::OK, &error))?;
        let pairs = fields.as_object().into_iter().flatten().filter_map(|(name, value)| {
            let text = match value {
                serde_json::Value::Null => return None,
                serde_json::Value::String(text) => super::routes::escaped(text),
                other => other.to_string(),
            };
            Some(format!("{name}={text}"))
        });
        let query: Vec<String> = pairs.collect();
        Ok(Self::get(format!("{path}?{}", query.join("&"))))
    }

    pub(super) fn write(method: Method, path: impl Into<String>, key: Uuid) -> Self {
        Self {
            method,
            path: path.into(),
            body: Body::None,
            key: Some(key),
            seen: None,
            api_key: None,
            streamed: false,
            kept: None,
        }
    }

    /// A change that is made only if this still is the version.
    pub(super) fn made_from(mut self, seen: Option<&str>) -> Self {
        self.seen = seen.map(str::to_owned);
        self
    }

    pub(super) fn json(mut self, value: &impl Serialize) -> Result<Self, ClientError> {
        let bytes = serde_json::to_vec(value).map_err(|error| ClientError::Nonsense {
            status: 0,
            what: error.to_string(),
        })?;
        self.body = Body::Json(bytes);
        Ok(self)
    }

    pub(super) fn bytes(mut self, bytes: Vec<u8>) -> Self {
        self.body = Body::Bytes(bytes);
        self
    }

    pub(super) fn by_system(mut self, api_key: &str) -> Self {
        self.api_key = Some(Zeroizing::new(api_key.to_owned()));
        self
    }

    fn may_repeat(&self) -> bool {
        self.method == Method::GET || self.key.is_some()
    }
}

/// A file and the tag by which the platform knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaggedFile {
    /// Its tag; none when the platform gives none.
    pub tag: Option<String>,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Answer of one attempt, read completely.
struct Answer {
    next: Option<String>,
    status: StatusCode,
    retry_after: Option<Duration>,
    tag: Option<String>,
    body: Vec<u8>,
}

impl PlatformClient {
    pub(super) async fn json<T: DeserializeOwned>(&self, call: Call) -> Result<T, ClientError> {
        let answer = self.successful(call).await?;
        serde_json::from_slice(&answer.body).map_err(|error| nonsense(answer.status, &error))
    }

    /// A page of a list, and where it ended when more follows.
    pub(super) async fn listed<T: DeserializeOwned>(&self, call: Call) -> Result<ListPage<T>, ClientError> {
        let answer = self.successful(call).await?;
        let rows = serde_json::from_slice(&answer.body).map_err(|error| nonsense(answer.status, &error))?;
        let next = answer.next;
        Ok(ListPage { rows, next })
    }

    pub(super) async fn file(&self, call: Call) -> Result<Vec<u8>, ClientError> {
        Ok(self.successful(call).await?.body)
    }

    /// The file, unless the one with this tag still is the newest.
    pub(super) async fn file_unless(
        &self,
        mut call: Call,
        kept: Option<&str>,
    ) -> Result<Option<TaggedFile>, ClientError> {
        call.kept = kept.map(str::to_owned);
        let answer = self.successful(call).await?;
        Ok((answer.status != StatusCode::NOT_MODIFIED).then_some(TaggedFile {
            tag: answer.tag,
            bytes: answer.body,
        }))
    }

    pub(super) async fn done(&self, call: Call) -> Result<(), ClientError> {
        self.successful(call).await.map(drop)
    }

    async fn successful(&self, call: Call) -> Result<Answer, ClientError> {
        let sent_with = self.bearer();
        let outcome = self.repeated(&call).await.and_then(|answer| judged(&call, answer));
        let is_over = matches!(outcome, Err(ClientError::Unauthorized(_)));
        if is_over && call.api_key.is_none() && self.refreshed(sent_with).await? {
            return self.repeated(&call).await.and_then(|answer| judged(&call, answer));
        }
        outcome
    }

    /// A fresh session in the place of one that is over; once, however many calls found it so. False when there is no
    /// token to refresh with, or the platform no longer takes it.
    async fn refreshed(&self, over: Option<Zeroizing<String>>) -> Result<bool, ClientError> {
        let mut kept = self.refresh.lock().await;
        if self.bearer() != over {
            return Ok(true);
        }
        let Some(token) = kept.as_ref() else { return Ok(false) };
        let body = self.refresh_of(token);
        let mut call = Call::get("/v1/sessions/refresh").json(&body)?;
        call.method = Method::POST;
        match self.once(&call).await.and_then(|answer| judged(&call, answer)) {
            Ok(answer) => {
                let session: Session =
                    serde_json::from_slice(&answer.body).map_err(|error| nonsense(answer.status, &error))?;
                // A panic of the keeper must not lose the only token that is good.
                *kept = Some(Zeroizing::new(session.refresh_token.clone()));
                self.set_session(Some(session.token.clone()));
                self.tell_keeper(Some(session)).await;
                Ok(true)
            }
            Err(ClientError::Unauthorized(_)) => {
                *kept = None;
                self.tell_keeper(None).await;
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    /// Repeats what may be repeated: safe calls, and writes with an idempotency key.
    async fn repeated(&self, call: &Call) -> Result<Answer, ClientError> {
        let attempts = if call.may_repeat() {
            self.options.attempts.max(1)
        } else {
            1
        };
        let mut attempt = 1;
        loop {
            let outcome = self.once(call).await;
            let Some(pause) = self.pause_after(&outcome, attempt) else {
                return outcome;
            };
            if attempt >= attempts {
                return outcome;
            }
            tracing::debug!(path = %call.path, attempt, "repeating a call");
            tokio::time::sleep(pause).await;
            attempt += 1;
        }
    }

    /// The pause before the next attempt; none when another attempt would not help.
    fn pause_after(&self, outcome: &Result<Answer, ClientError>, attempt: u32) -> Option<Duration> {
        match outcome {
            Err(ClientError::Offline(_) | ClientError::Timeout) => Some(self.back_off(attempt)),
            Ok(answer) if is_unavailable(answer.status) => match answer.retry_after {
                Some(asked) if asked > self.options.longest_pause => None,
                Some(asked) => Some(asked),
                None => Some(self.back_off(attempt)),
            },
            _ => None,
        }
    }

    fn back_off(&self, attempt: u32) -> Duration {
        let pause = self
            .options
            .first_pause
            .saturating_mul(2_u32.saturating_pow(attempt.saturating_sub(1)));
        let random = Uuid::new_v4().as_u128() as u8;
        let jitter = pause.mul_f64(f64::from(random) / 510.0);
        (pause + jitter).min(self.options.longest_pause)
    }

    async fn once(&self, call: &Call) -> Result<Answer, ClientError> {
        let response = self
            .request(call)
            .send()
            .await
            .map_err(|error| ClientError::from_transport(&error))?;
        self.note_time(date(&response));
        self.read(response).await
    }

    /// A successful answer of which nothing but the head was read.
    pub(super) async fn opened(&self, call: &Call) -> Result<Response, ClientError> {
        let sent_with = self.bearer();
        let outcome = self.opened_once(call).await;
        let is_over = matches!(outcome, Err(ClientError::Unauthorized(_)));
        if is_over && self.refreshed(sent_with).await? {
            return self.opened_once(call).await;
        }
        outcome
    }

    async fn opened_once(&self, call: &Call) -> Result<Response, ClientError> {
        let sent = self.request(call).send().await;
        let response = sent.map_err(|error| ClientError::from_transport(&error))?;
        if response.status().is_success() {
            return Ok(response);
        }
        let answer = self.read(response).await?;
        match serde_json::from_slice::<Refusal>(&answer.body) {
            Ok(refusal) => Err(ClientError::from_refusal(refusal)),
            Err(error) => Err(nonsense(answer.status, &error)),
        }
    }

    fn request(&self, call: &Call) -> RequestBuilder {
        let address = format!("{}{}", self.base_url, call.path);
        let mut request = self.http.request(call.method.clone(), address);
        if let Some(token) = &self.sandbox_token {
            request = request.header(SANDBOX_HEADER, token);
        }
        if let Some(api_key) = &call.api_key {
            request = request.header(API_KEY_HEADER, api_key.as_str());
        } else if let Some(token) = self.bearer() {
            request = request.bearer_auth(token.as_str());
        }
        if let Some(key) = call.key {
            request = request.header(IDEMPOTENCY_HEADER, key.to_string());
        }
        if let Some(kept) = &call.kept {
            request = request.header(header::IF_NONE_MATCH, kept);
        }
        if call.streamed {
            request = request
                .header(header::ACCEPT, "text/event-stream")
                .timeout(STREAM_LENGTH);
        }
        if let Some(seen) = &call.seen {
            request = request.header(IF_MATCH, seen);
        }
        match &call.body {
            Body::None => request,
            Body::Json(bytes) => request
                .header(header::CONTENT_TYPE, "application/json")
                .body(bytes.clone()),
            Body::Bytes(bytes) => request
                .header(header::CONTENT_TYPE, "application/octet-stream")
                .body(bytes.clone()),
        }
    }

    async fn read(&self, response: Response) -> Result<Answer, ClientError> {
        Ok(Answer {
            status: response.status(),
            retry_after: retry_after(&response),
            tag: tag(&response),
            next: super::pages::next(response.headers()),
            body: body(response, self.options.answer_limit_bytes).await?,
        })
    }
}

/// The answer, or what its status and body say is wrong.
fn judged(call: &Call, answer: Answer) -> Result<Answer, ClientError> {
    let is_kept = call.kept.is_some() && answer.status == StatusCode::NOT_MODIFIED;
    if answer.status.is_success() || is_kept {
        return Ok(answer);
    }
    match serde_json::from_slice::<Refusal>(&answer.body) {
        Ok(refusal) if !is_away(answer.status) => Err(ClientError::from_refusal(refusal)),
        _ if is_unavailable(answer.status) => Err(ClientError::Unavailable {
            status: answer.status.as_u16(),
            retry_after: answer.retry_after.map(|pause| pause.as_secs()),
        }),
        Ok(refusal) => Err(ClientError::from_refusal(refusal)),
        Err(error) => Err(nonsense(answer.status, &error)),
    }
}

/// Reads a body that must not be larger than the limit.
pub(super) async fn body(mut response: Response, limit_bytes: usize) -> Result<Vec<u8>, ClientError> {
    let mut body = Vec::new();
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| ClientError::from_transport(&error))?
    {
        if body.len() + chunk.len() > limit_bytes {
            return Err(ClientError::TooLarge { limit_bytes });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

pub(super) fn is_unavailable(status: StatusCode) -> bool {
    status == StatusCode::TOO_MANY_REQUESTS || is_away(status)
}

/// The platform cannot answer now, whatever it says of itself: nothing about the call was decided.
fn is_away(status: StatusCode) -> bool {
    matches!(status.as_u16(), 502..=504)
}

fn tag(response: &Response) -> Option<String> {
    let tag = response.headers().get(header::ETAG)?.to_str().ok()?;
    Some(tag.to_owned())
}

/// `Retry-After` in its form of seconds (RFC 9110 10.2.3); dates are not used by the platform.
fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get(header::RETRY_AFTER)?.to_str().ok()?;
    seconds.trim().parse().ok().map(Duration::from_secs)
}

fn date(response: &Response) -> Option<time::OffsetDateTime> {
    crate::http_date::read(response.headers().get(header::DATE)?.to_str().ok()?)
}

fn nonsense(status: StatusCode, error: &serde_json::Error) -> ClientError {
    ClientError::Nonsense {
        status: status.as_u16(),
        what: error.to_string(),
    }
}
