//! The gate in front of questions: so many at once, so many waiting, so long each.
//!
//! A request that is given up, by its client or by the deadline, is dropped here, and with it the query.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::sync::Semaphore;

use crate::failure::Failure;

/// The gate's limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The largest body of an API request.
    pub body_bytes_max: usize,
    /// After this a request is given up.
    pub request_time_max: Duration,
    /// How many questions are worked on at once.
    pub requests_concurrent_max: usize,
    /// How many more may wait for their turn.
    pub requests_waiting_max: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            body_bytes_max: 4 << 20,
            request_time_max: Duration::from_secs(60),
            requests_concurrent_max: 16,
            requests_waiting_max: 64,
        }
    }
}

/// The gate.
#[derive(Debug)]
pub(crate) struct QueryGate {
    config: Config,
    working: Semaphore,
    /// Those working and those waiting.
    inside: Semaphore,
}

impl QueryGate {
    /// An open gate.
    pub(crate) fn new(config: Config) -> Arc<Self> {
        let inside =
            config.requests_concurrent_max.saturating_add(config.requests_waiting_max).min(Semaphore::MAX_PERMITS);
        let working = Semaphore::new(config.requests_concurrent_max.min(Semaphore::MAX_PERMITS));
        Arc::new(Self { config, working, inside: Semaphore::new(inside) })
    }

    /// How many questions are worked on now.
    pub(crate) fn working(&self) -> usize {
        self.config.requests_concurrent_max.saturating_sub(self.working.available_permits())
    }
}

/// For questions.
pub(crate) async fn wait_for_turn(State(gate): State<Arc<QueryGate>>, request: Request, next: Next) -> Response {
    let Ok(_inside) = gate.inside.try_acquire() else {
        return Failure::unavailable(
            format!(
                "{} questions are worked on and {} wait (api.requests_concurrent_max, api.requests_waiting_max): try again",
                gate.config.requests_concurrent_max, gate.config.requests_waiting_max
            ),
            1,
        )
        .into_response();
    };
    let Ok(_working) = gate.working.acquire().await else {
        return Failure::unavailable("the server is stopping", 1).into_response();
    };
    next.run(request).await
}

/// For every API request; around [`wait_for_turn`], so that waiting counts.
pub(crate) async fn limit_time(State(gate): State<Arc<QueryGate>>, request: Request, next: Next) -> Response {
    let time_max = gate.config.request_time_max;
    match tokio::time::timeout(time_max, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Failure::new(
            api::ErrorKind::Timeout,
            format!(
                "the request took longer than {time_max:?} (api.request_time_max): ask for a shorter range or less"
            ),
        )
        .into_response(),
    }
}

#[cfg(test)]
mod tests;
