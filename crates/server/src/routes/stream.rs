//! The live event stream (server-sent events): the change feed, told as it grows.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderName};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream::unfold;
use platform::wire::{ErrorCode, StreamQuery};
use tokio::sync::watch;

use super::approvals::change_shown;
use crate::caller::{Caller, caller};
use crate::feed;
use crate::live::Place;
use crate::refused::{Answer, Refused};
use crate::service::Shared;
use crate::tables::change;

/// What a browser, or a client that lost the connection, sends: the `id` of the last event it saw.
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
/// Something is sent at least this often: proxies close silent connections, and both sides learn that the other is there.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// Changes read at once.
const BATCH: u64 = 200;
/// Told to a client that has enough streams.
const TOO_MANY_PAUSE_SECONDS: u64 = 30;

/// The change feed as server-sent events, oldest first, then live; staff see what concerns them.
///
/// Events: `change` with a Change as data and its cursor as id; `reset` without id when the feed does not reach the
/// cursor that was sent (the platform was set back: read `/v1/changes`). A comment comes every 15 seconds. The stream
/// ends with the session, and when the platform is restarted: connect again with `Last-Event-ID`.
#[utoipa::path(get, path = "/v1/changes/stream", tag = "approvals",
    params(StreamQuery, ("last-event-id" = Option<i64>, Header, description = "The last event that was seen; wins over `after`.")),
    responses((status = 200, content_type = "text/event-stream", body = String)))]
pub(crate) async fn open(
    State(service): State<Shared>,
    caller: Caller,
    Query(wanted): Query<StreamQuery>,
    headers: HeaderMap,
) -> Answer<Response> {
    let enterprise_id = caller.enterprise()?;
    let cursor = last_seen(&headers)?.unwrap_or(wanted.after);
    let place = service.live.place(&caller.account.id).ok_or_else(too_many)?;
    let mut ready = VecDeque::from([Event::default().comment("listening")]);
    if feed::end(&service.database, enterprise_id).await? < cursor {
        ready.push_back(Event::default().event("reset").data(""));
    }
    let stream = Stream {
        wakes: service.live.watch(enterprise_id),
        ended: service.live.ended(),
        service,
        headers,
        cursor,
        ready,
        look_at_once: true,
        _place: place,
    };
    let events = unfold(stream, async |mut stream| {
        let event = stream.next().await?;
        Some((Ok::<_, Infallible>(event), stream))
    });
    // nginx would collect the events otherwise.
    Ok(([("x-accel-buffering", "no")], Sse::new(events)).into_response())
}

fn too_many() -> Refused {
    Refused::new(ErrorCode::RateLimited, "this account has enough streams open").retry_after(TOO_MANY_PAUSE_SECONDS)
}

fn last_seen(headers: &HeaderMap) -> Answer<Option<i64>> {
    let Some(sent) = headers.get(LAST_EVENT_ID) else {
        return Ok(None);
    };
    let cursor = sent.to_str().ok().and_then(|text| text.parse().ok());
    cursor
        .map(Some)
        .ok_or_else(|| Refused::malformed("last-event-id is no cursor"))
}

/// One connection: what it has been told, and what wakes it.
struct Stream {
    service: Shared,
    headers: HeaderMap,
    wakes: watch::Receiver<()>,
    ended: watch::Receiver<bool>,
    cursor: i64,
    ready: VecDeque<Event>,
    look_at_once: bool,
    _place: Place,
}

impl Stream {
    /// The next event; none when session or platform are over, or the feed cannot be read.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            let is_heartbeat = !self.look_at_once && !self.woken().await?;
            self.look().await.ok()?;
            if is_heartbeat && self.ready.is_empty() {
                return Some(Event::default().comment("still here"));
            }
        }
    }

    /// Whether something happened before the heartbeat; none when the platform ends.
    async fn woken(&mut self) -> Option<bool> {
        tokio::select! {
            _ = self.ended.changed() => None,
            woken = self.wakes.changed() => woken.ok().map(|()| true),
            () = tokio::time::sleep(HEARTBEAT) => Some(false),
        }
    }

    /// Reads on. Whoever signed out, or lost a role, hears nothing more.
    async fn look(&mut self) -> Answer<()> {
        let caller = caller(&self.service, &self.headers).await?;
        let rows = feed::visible(&self.service.database, &caller, self.cursor, BATCH).await?;
        self.look_at_once = !rows.is_empty();
        for row in &rows {
            self.cursor = row.cursor;
            self.ready.push_back(event(row)?);
        }
        Ok(())
    }
}

fn event(row: &change::Model) -> Answer<Event> {
    Event::default()
        .event("change")
        .id(row.cursor.to_string())
        .json_data(change_shown(row)?)
        .map_err(Refused::internal)
}
