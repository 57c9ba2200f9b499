//! What alarms need of the world, plugged in: the query engine, HTTP, the document store.

use std::sync::Arc;
use std::time::Duration;

use alarms::{DeliveryError, Record};
use api::ApiError;
use api::alarm::AlarmSource;
use async_trait::async_trait;
use storage::{Documents, TenantId};

use crate::failure::Failure;

/// How much of a receiver's refusal is read and shown.
const REFUSAL_BYTES_MAX: usize = 300;

/// Asks the engine.
pub(crate) struct AskEngine {
    pub(crate) engine: Arc<query::Engine>,
    pub(crate) tenant: TenantId,
}

#[async_trait]
impl alarms::Ask for AskEngine {
    fn mistakes(&self, source: &AlarmSource) -> Vec<String> {
        query::mistakes_of(source)
    }

    async fn datapoints(
        &self,
        source: &AlarmSource,
        start_unix_nano: i64,
        period_seconds: u32,
        periods: u32,
    ) -> Result<Vec<Option<f64>>, String> {
        let answer =
            self.engine.alarm_datapoints(&self.tenant, source, start_unix_nano, period_seconds, periods as usize);
        answer.await.map_err(|error| error.to_string())
    }

    async fn example_traces(&self, source: &AlarmSource, start_unix_nano: i64, end_unix_nano: i64) -> Vec<String> {
        let found = self.engine.example_traces(&self.tenant, source, start_unix_nano, end_unix_nano).await;
        found.unwrap_or_else(|error| {
            tracing::warn!(%error, "no example traces were found for a notification");
            Vec::new()
        })
    }
}

/// Posts over HTTP.
pub(crate) struct Post(reqwest::Client);

impl Post {
    pub(crate) fn new() -> Result<Self, String> {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("Alidade/", env!("CARGO_PKG_VERSION")))
            .build();
        client.map(Self).map_err(|error| format!("cannot make an HTTP client: {error}"))
    }
}

#[async_trait]
impl alarms::Deliver for Post {
    async fn deliver(&self, url: &str, headers: &[(String, String)], body: &[u8]) -> Result<(), DeliveryError> {
        let request = headers.iter().fold(self.0.post(url), |request, (name, value)| request.header(name, value));
        let response = request
            .body(body.to_vec())
            .send()
            .await
            .map_err(|error| DeliveryError { message: why(&error.without_url()), ..DeliveryError::default() })?;
        let status = response.status();
        if status.is_success() {
            return Ok(());
        }
        let retry_after = retry_after(response.headers());
        let said = beginning(response).await;
        let message = if said.is_empty() { status.to_string() } else { format!("{status}: {said}") };
        Err(DeliveryError { message, status: Some(status.as_u16()), retry_after })
    }
}

/// `Retry-After` in seconds, or as a date, which is compared with the receiver's own clock (`Date`).
fn retry_after(headers: &http::HeaderMap) -> Option<Duration> {
    let text = |name| headers.get(name)?.to_str().ok();
    let asked = text(http::header::RETRY_AFTER)?.trim();
    if let Ok(seconds) = asked.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = httpdate::parse_http_date(asked).ok()?;
    at.duration_since(httpdate::parse_http_date(text(http::header::DATE)?).ok()?).ok()
}

/// What kept the call from its receiver: the innermost cause, which is the one a person can act on.
fn why(error: &reqwest::Error) -> String {
    let innermost = std::iter::successors(Some(error as &dyn std::error::Error), |error| error.source()).last();
    let cause = innermost.map(ToString::to_string).unwrap_or_default();
    // `Connection refused (os error 111)`
    let cause = cause.split(" (os error").next().unwrap_or_default();
    if error.is_connect() {
        return format!("no connection to the receiver: {cause}; check the address, and that it listens");
    }
    format!("the call broke off: {cause}")
}

/// The first bytes of the receiver's words, on one line.
async fn beginning(mut response: reqwest::Response) -> String {
    let mut bytes = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        bytes.extend_from_slice(&chunk);
        if bytes.len() >= REFUSAL_BYTES_MAX {
            break;
        }
    }
    bytes.truncate(REFUSAL_BYTES_MAX);
    String::from_utf8_lossy(&bytes).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Keeps alarms' documents in the store.
pub(crate) struct InDocuments {
    pub(crate) documents: Arc<dyn Documents>,
    pub(crate) tenant: TenantId,
}

#[async_trait]
impl alarms::Records for InDocuments {
    async fn get(&self, collection: &str, id: &str) -> Result<Option<Record>, ApiError> {
        let document = self.documents.get(&self.tenant, collection, id).await.map_err(api_error)?;
        Ok(document.map(record))
    }

    async fn list(&self, collection: &str) -> Result<Vec<Record>, ApiError> {
        let documents = self.documents.list(&self.tenant, collection).await.map_err(api_error)?;
        Ok(documents.into_iter().map(record).collect())
    }

    async fn apply(&self, changes: Vec<alarms::Change>) -> Result<(), ApiError> {
        self.documents.apply(&self.tenant, changes.into_iter().map(change).collect()).await.map_err(api_error)
    }
}

fn api_error(error: storage::Error) -> ApiError {
    Failure::from(error).into_api_error()
}

fn record(document: storage::Document) -> Record {
    Record { id: document.id, version: document.version, body: document.body }
}

fn change(change: alarms::Change) -> storage::Change {
    match change {
        alarms::Change::Put { collection, id, expected: when, body } => {
            storage::Change::Put { collection, id, expected: expected(when), body }
        }
        alarms::Change::Delete { collection, id, expected: when } => {
            storage::Change::Delete { collection, id, expected: expected(when) }
        }
    }
}

fn expected(expected: alarms::Expected) -> storage::Expected {
    match expected {
        alarms::Expected::Any => storage::Expected::Any,
        alarms::Expected::Absent => storage::Expected::Absent,
        alarms::Expected::Version(version) => storage::Expected::Version(version),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receiver_may_say_when_in_seconds_or_as_a_date() {
        let asked = |after: &str, date: &str| {
            let pairs = [(http::header::RETRY_AFTER, after), (http::header::DATE, date)];
            let headers = pairs.into_iter().map(|(name, value)| (name, value.parse().unwrap())).collect();
            retry_after(&headers).map(|after| after.as_secs())
        };
        let now = "Tue, 24 Nov 2026 12:00:00 GMT";
        assert_eq!(asked("120", now), Some(120));
        assert_eq!(asked("Tue, 24 Nov 2026 12:02:00 GMT", now), Some(120));
        assert_eq!(asked("Tue, 24 Nov 2026 11:00:00 GMT", now), None);
        assert_eq!(asked("soon", now), None);
    }
}
