//! For tests: everything that handlers ask, over a real store in a folder of its own, with a clock that is set by hand.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use http::{Method, Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::Value;
use tempfile::TempDir;
use tower::ServiceExt;

use crate::config::Config;
use crate::routes::{self, Parts};

/// A clock that stands still until it is told to move.
pub(crate) struct HandClock(AtomicI64);

impl HandClock {
    pub(crate) fn advance_seconds(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000_000_000, Ordering::SeqCst);
    }
}

impl storage::Clock for HandClock {
    fn now_unix_nano(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// A server without listeners.
pub(crate) struct Server {
    pub(crate) parts: Arc<Parts>,
    pub(crate) setup_code: Option<String>,
    pub(crate) clock: Arc<HandClock>,
    pub(crate) config: Config,
    pub(crate) folder: TempDir,
}

impl Server {
    /// Without auth.
    pub(crate) async fn open() -> Self {
        Self::open_with(Config::default()).await
    }

    /// With auth.
    pub(crate) async fn guarded() -> Self {
        let mut config = Config::default();
        config.door.enabled = true;
        Self::open_with(config).await
    }

    pub(crate) async fn open_with(config: Config) -> Self {
        let folder = TempDir::new().unwrap();
        // 2026-01-31T12:00:00Z
        let clock = Arc::new(HandClock(AtomicI64::new(1_769_860_800_000_000_000)));
        Self::open_in(folder, config, clock).await
    }

    async fn open_in(folder: TempDir, mut config: Config, clock: Arc<HandClock>) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        config.storage.data_dir = folder.path().to_owned();
        let (parts, setup_code) = crate::app::open(&config, "http://127.0.0.1:1", clock.clone()).await.unwrap();
        Self { parts, setup_code: setup_code.map(|code| code.0), clock, config, folder }
    }

    /// Closes and opens again.
    pub(crate) async fn restart(self) -> Self {
        let Self { parts, clock, config, folder, .. } = self;
        parts.store.close().await.unwrap();
        drop(parts);
        Self::open_in(folder, config, clock).await
    }

    pub(crate) fn http(&self) -> Router {
        routes::http(&self.parts)
    }

    /// Sends a request to the HTTP listener's routes.
    pub(crate) async fn send(&self, request: Request<Body>) -> Response {
        self.http().oneshot(request).await.unwrap()
    }

    /// Sends JSON (or nothing) with headers; answers status and JSON.
    pub(crate) async fn call(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Value>,
    ) -> (StatusCode, Value) {
        json_of(self.send(request(method, path, headers, body)).await).await
    }
}

pub(crate) fn request(method: Method, path: &str, headers: &[(&str, &str)], body: Option<Value>) -> Request<Body> {
    let mut builder = Request::builder().method(method).uri(path);
    if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
        builder = builder.header("host", "localhost:8080");
    }
    builder = headers.iter().fold(builder, |builder, (name, value)| builder.header(*name, *value));
    match body {
        None => builder.body(Body::empty()).unwrap(),
        Some(body) => builder.header("content-type", "application/json").body(Body::from(body.to_string())).unwrap(),
    }
}

pub(crate) async fn bytes_of(response: Response) -> Vec<u8> {
    response.into_body().collect().await.unwrap().to_bytes().to_vec()
}

pub(crate) async fn json_of(response: Response) -> (StatusCode, Value) {
    let status = response.status();
    let bytes = bytes_of(response).await;
    let value = if bytes.is_empty() {
        Value::Null
    } else {
        serde_json::from_slice(&bytes).unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&bytes).into_owned()))
    };
    (status, value)
}
