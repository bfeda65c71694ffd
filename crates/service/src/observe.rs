//! What those who run it see: Prometheus metrics, health, and a log line for each call, none with personal data.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Router, middleware};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use server::Instance;

/// Bounds of the histogram, in seconds; the limits of measures.md are among them.
const BOUNDS: [f64; 10] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 5.0];
const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// A call, by the route as it is written in the contract: no identifier, name or secret of an address.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Call {
    method: String,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Route {
    route: String,
}

type Levels = Gauge<i64, AtomicI64>;

/// The metrics of one instance.
pub(crate) struct Observed {
    instance: Arc<Instance>,
    registry: Registry,
    calls: Family<Call, Counter<u64, AtomicU64>>,
    seconds: Family<Route, Histogram>,
    running: Levels,
    connections: Levels,
    idle: Levels,
    streams: Levels,
    keys: Levels,
    ending: AtomicBool,
}

impl Observed {
    pub(crate) fn new(instance: Arc<Instance>) -> Arc<Self> {
        let mut observed = Self {
            instance,
            registry: Registry::with_prefix("ganjiang"),
            calls: Family::default(),
            seconds: Family::new_with_constructor(|| Histogram::new(BOUNDS)),
            running: Levels::default(),
            connections: Levels::default(),
            idle: Levels::default(),
            streams: Levels::default(),
            keys: Levels::default(),
            ending: AtomicBool::new(false),
        };
        observed.register();
        Arc::new(observed)
    }

    fn register(&mut self) {
        let registry = &mut self.registry;
        registry.register("http_requests", "Calls answered", self.calls.clone());
        registry.register(
            "http_request_seconds",
            "Time to the answer's head",
            self.seconds.clone(),
        );
        registry.register("http_requests_running", "Calls under way", self.running.clone());
        registry.register("database_connections", "Open connections", self.connections.clone());
        registry.register("database_connections_idle", "Unused connections", self.idle.clone());
        registry.register("streams", "Live event streams", self.streams.clone());
        let usable = "1 while the authority's keys can be used, otherwise 0";
        registry.register("authority_keys_usable", usable, self.keys.clone());
    }

    /// No more calls, please: whoever asks for readiness hears so.
    pub(crate) fn end(&self) {
        self.ending.store(true, Ordering::Relaxed);
    }

    async fn text(&self) -> String {
        self.keys.set(i64::from(self.instance.keys().await.is_ok()));
        let connections = self.instance.connections();
        self.connections.set(i64::from(connections.open));
        self.idle.set(i64::try_from(connections.idle).unwrap_or(i64::MAX));
        self.streams
            .set(i64::try_from(self.instance.streams()).unwrap_or(i64::MAX));
        let mut text = String::new();
        // Writing into a string does not fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

/// The routes with their calls counted and logged.
pub(crate) fn counted(router: Router, observed: Arc<Observed>) -> Router {
    router.layer(middleware::from_fn_with_state(observed, count))
}

async fn count(State(observed): State<Arc<Observed>>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let method = request.method().as_str().to_owned();
    let matched = request.extensions().get::<MatchedPath>();
    let route = matched.map_or("other", MatchedPath::as_str).to_owned();
    observed.running.inc();
    let response = next.run(request).await;
    observed.running.dec();
    let (seconds, status) = (begun.elapsed().as_secs_f64(), response.status().as_u16());
    tracing::info!(target: "calls", method, route, status, milliseconds = seconds * 1000.0, "call");
    let by_route = Route { route: route.clone() };
    observed.seconds.get_or_create(&by_route).observe(seconds);
    observed.calls.get_or_create(&Call { method, route, status }).inc();
    response
}

/// `/metrics`, `/health/live`, `/health/ready`, `/health/keys`, on an address of their own.
pub(crate) fn router(observed: Arc<Observed>) -> Router {
    Router::new()
        .route("/metrics", get(metrics))
        .route("/health/live", get(async || "ok"))
        .route("/health/ready", get(ready))
        .route("/health/keys", get(keys))
        .with_state(observed)
}

async fn metrics(State(observed): State<Arc<Observed>>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, CONTENT_TYPE)], observed.text().await)
}

async fn ready(State(observed): State<Arc<Observed>>) -> (StatusCode, &'static str) {
    if observed.ending.load(Ordering::Relaxed) {
        (StatusCode::SERVICE_UNAVAILABLE, "ending")
    } else if observed.instance.is_ready().await {
        (StatusCode::OK, "ok")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "no database")
    }
}

/// Apart from readiness: instances share their token, and orders and lists go on without it.
async fn keys(State(observed): State<Arc<Observed>>) -> (StatusCode, String) {
    match observed.instance.keys().await {
        Ok(()) => (StatusCode::OK, "ok".to_owned()),
        Err(fault) => (StatusCode::SERVICE_UNAVAILABLE, fault.to_string()),
    }
}
