//! The routes of the HTTP listener: the API of [`api::paths`], health, metrics, OTLP, and the UI for the rest.
//!
//! Layers, from outside: security headers and panics, whose host, then for the API measuring, the visitor, the time
//! limit, and for questions the gate; for OTLP the ingest key. Handlers are thin: each asks one inner crate and writes
//! the answer down.

mod alarms;
mod credentials;
mod dashboards;
mod health;
mod promoted;
mod questions;
mod session;
mod sql;
mod tail;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use api::paths;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use axum::{Json, Router};
use futures::FutureExt;
use http::HeaderValue;
use http::header::{CONTENT_SECURITY_POLICY, ETAG, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};

use crate::door::{self, CredentialKind, Door};
use crate::failure::Failure;
use crate::memory::{Budget, Taken};
use crate::query_gate::{self, QueryGate};
use crate::telemetry::{self, Telemetry};
use crate::{extract, jaeger, openapi, statics};

/// What handlers ask.
pub(crate) struct Parts {
    /// Who may come in.
    pub(crate) door: Arc<Door>,
    /// The data directory.
    pub(crate) store: Arc<storage::Store>,
    /// Answers questions.
    pub(crate) engine: Arc<query::Engine>,
    /// Standing questions.
    pub(crate) alarms: ::alarms::Alarms,
    /// What came in.
    pub(crate) collector: Arc<collector::Collector>,
    /// How many questions at once.
    pub(crate) gate: Arc<QueryGate>,
    /// What the process may take of the machine's memory.
    pub(crate) memory: Budget,
    /// What the process counts.
    pub(crate) telemetry: Arc<Telemetry>,
    /// The machine's clock.
    pub(crate) clock: Arc<dyn storage::Clock>,
    /// When the process started.
    pub(crate) started_at_unix_nano: i64,
    /// The largest body of an API request.
    pub(crate) body_bytes_max: usize,
}

impl Parts {
    /// What is taken of the memory budget.
    pub(crate) fn memory_state(&self, storage: &storage::Health) -> api::health::MemoryHealth {
        self.memory.state(Taken {
            live_rows: storage.buffered_bytes,
            exports: self.collector.bytes_in_progress(),
            index_cache: storage.index_cache_bytes,
            questions: self.engine.memory(),
        })
    }
}

/// What a handler answers.
pub(crate) type Answer<T> = Result<Json<T>, Failure>;

/// An answer whose version a change may name: `ETag` is what `If-Match` takes.
#[derive(Debug)]
pub(crate) struct Versioned<T> {
    answer: T,
    version: u64,
}

impl<T: serde::Serialize> IntoResponse for Versioned<T> {
    fn into_response(self) -> Response {
        ([(ETAG, format!("\"{}\"", self.version))], Json(self.answer)).into_response()
    }
}

/// Everything, for the HTTP listener.
pub(crate) fn http(parts: &Arc<Parts>) -> Router {
    let otlp = otlp(parts, parts.collector.http_router().merge(parts.collector.grpc_router()));
    Router::new()
        .merge(api(parts))
        .merge(otlp)
        .fallback(not_routed)
        .layer(from_fn(screen_before_exposition))
        .layer(from_fn_with_state(parts.door.clone(), door::guard_host))
        .layer(from_fn(harden))
}

/// OTLP alone, for its own listeners.
pub(crate) fn otlp_listener(parts: &Arc<Parts>) -> Router {
    otlp(parts, parts.collector.listener_router()).layer(from_fn(harden))
}

fn otlp(parts: &Arc<Parts>, routes: Router) -> Router {
    // The collector has limits of its own, with names.
    routes.layer(DefaultBodyLimit::disable()).layer(from_fn_with_state(parts.door.clone(), door::guard_ingest))
}

fn api(parts: &Arc<Parts>) -> Router {
    let questions = router(questions()).route_layer(from_fn_with_state(parts.gate.clone(), query_gate::wait_for_turn));
    router(records())
        .merge(questions)
        .method_not_allowed_fallback(extract::method_not_allowed)
        .route_layer(from_fn_with_state(parts.gate.clone(), query_gate::limit_time))
        .route_layer(DefaultBodyLimit::max(parts.body_bytes_max))
        .route_layer(from_fn_with_state(parts.door.clone(), door::guard_api))
        .route_layer(from_fn_with_state(parts.telemetry.clone(), telemetry::measure))
        .with_state(parts.clone())
}

pub(crate) type Routes = Vec<(&'static str, MethodRouter<Arc<Parts>>)>;

fn router(routes: Routes) -> Router<Arc<Parts>> {
    routes.into_iter().fold(Router::new(), |router, (path, route)| router.route(path, route))
}

/// Routes that read tables: they wait for their turn.
fn questions() -> Routes {
    let mut routes = questions::routes();
    routes.extend(jaeger::routes());
    routes.push((paths::ALARM_SERIES, alarms::series_route()));
    routes
}

/// Routes that read and write documents, or what is in memory.
fn records() -> Routes {
    let mut routes = vec![
        (paths::HEALTH, get(health::health)),
        ("/healthz", get(health::alive)),
        ("/readyz", get(health::ready)),
        ("/metrics", get(health::metrics)),
        (paths::OPENAPI, get(openapi::serve)),
        (paths::PROMOTED_ATTRIBUTES, promoted::route()),
        (paths::SESSION, session::session()),
        (paths::SETUP, session::setup()),
        (paths::INGEST_KEYS, credentials::all(CredentialKind::IngestKey)),
        (paths::INGEST_KEY, credentials::one(CredentialKind::IngestKey)),
        (paths::API_TOKENS, credentials::all(CredentialKind::ApiToken)),
        (paths::API_TOKEN, credentials::one(CredentialKind::ApiToken)),
    ];
    routes.extend(dashboards::routes());
    routes.extend(alarms::routes());
    routes
}

async fn not_routed(request: Request) -> Response {
    statics::serve(&statics::Embedded, request.method(), request.uri(), request.headers())
}

/// `/metrics` is a screen for a browser and an exposition for Prometheus; what they accept tells them apart.
async fn screen_before_exposition(request: Request, next: Next) -> Response {
    if request.uri().path() == "/metrics" && statics::wants_page(request.headers()) {
        return not_routed(request).await;
    }
    next.run(request).await
}

/// Headers that every answer has; and an answer where a handler panics.
async fn harden(request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let answered = AssertUnwindSafe(next.run(request)).catch_unwind().await;
    let mut response = answered.unwrap_or_else(|_| {
        tracing::error!(path, "a handler panicked: this is a bug");
        Failure::internal("the server made a mistake; its log says where").into_response()
    });
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(statics::CONTENT_SECURITY_POLICY));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

/// The state as handlers get it.
pub(crate) type Shared = State<Arc<Parts>>;

#[cfg(test)]
mod tests;
