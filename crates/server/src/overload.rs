//! Too many calls at once: those beyond a bound are refused at the door, so that those inside are answered in time.
//!
//! A call counts until the head of its answer: an open stream does not. Who sends its body slowly is inside meanwhile; in
//! front of the public a balancer takes bodies in first (`service/deploy/nginx.conf` does).

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::refused::Refused;

/// Eight for each connection to the database: longer queues make every answer late and no call more answered.
pub(crate) const MOST_RUNNING: usize = 128;
const RETRY_SECONDS: u64 = 1;

/// How many calls are inside.
#[derive(Clone, Default)]
pub(crate) struct Running(Arc<AtomicUsize>);

/// A call that is inside.
struct Inside(Arc<AtomicUsize>);

impl Running {
    fn enter(&self) -> Option<Inside> {
        let inside = Inside(self.0.clone());
        let before = self.0.fetch_add(1, Ordering::Relaxed);
        (before < MOST_RUNNING).then_some(inside)
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Lets a call in, or asks to come again; those who look after the instance always come in.
pub(crate) async fn bounded(State(running): State<Running>, request: Request, next: Next) -> Response {
    if request.uri().path() == "/health" {
        return next.run(request).await;
    }
    match running.enter() {
        Some(_inside) => next.run(request).await,
        None => Refused::busy().retry_after(RETRY_SECONDS).into_response(),
    }
}
