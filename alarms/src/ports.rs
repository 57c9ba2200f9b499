//! What alarms need of the world; `server` plugs the real ones in, tests their doubles.

use std::time::Duration;

use api::ApiError;
use api::alarm::AlarmSource;
use async_trait::async_trait;

/// Answers what an alarm watches.
#[async_trait]
pub trait Ask: Send + Sync {
    /// What is wrong with a source, each mistake with its field (`source.text: …`); none if it can be asked.
    fn mistakes(&self, source: &AlarmSource) -> Vec<String>;

    /// One value for each of `periods` periods, oldest first: period `i` covers exactly
    /// `[start + i * period, start + (i + 1) * period)`. `start` is a whole multiple of 10 seconds, not of the period:
    /// windows slide. `None` where a period has no data; a count of log records is `Some(0.0)` instead.
    ///
    /// The error is shown to people as the reason why the alarm could not be evaluated.
    async fn datapoints(
        &self,
        source: &AlarmSource,
        start_unix_nano: i64,
        period_seconds: u32,
        periods: u32,
    ) -> Result<Vec<Option<f64>>, String>;

    /// Trace ids (hex) worth a look for what happened in the range, best first; empty where there are none.
    async fn example_traces(&self, source: &AlarmSource, start_unix_nano: i64, end_unix_nano: i64) -> Vec<String>;
}

/// Why a receiver did not take a notification.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeliveryError {
    /// For people: `connection refused`, `503 Service Unavailable: busy`.
    pub message: String,
    /// The receiver's answer, if there was one. 410 (gone) ends the tries.
    pub status: Option<u16>,
    /// `Retry-After`, as a duration from now.
    pub retry_after: Option<Duration>,
}

/// Sends a notification.
#[async_trait]
pub trait Deliver: Send + Sync {
    /// Posts the body; a success is an answer of 2xx. Redirects are not followed. `headers` holds the content type and
    /// the signature. It need not limit its time: the caller does.
    async fn deliver(&self, url: &str, headers: &[(String, String)], body: &[u8]) -> Result<(), DeliveryError>;
}

/// A stored document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Unique within its collection.
    pub id: String,
    /// 1 when first put; one more at each put.
    pub version: u64,
    /// JSON text.
    pub body: String,
}

/// What must hold for a change to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// Nothing.
    Any,
    /// The document does not exist.
    Absent,
    /// The document exists in this version.
    Version(u64),
}

/// One change of a transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Create or replace a document.
    Put {
        /// For example `alarms`.
        collection: String,
        /// Unique within the collection.
        id: String,
        /// What must hold.
        expected: Expected,
        /// JSON text.
        body: String,
    },
    /// Remove a document. Removing one that does not exist is not an error with [`Expected::Any`].
    Delete {
        /// For example `alarms`.
        collection: String,
        /// Unique within the collection.
        id: String,
        /// What must hold.
        expected: Expected,
    },
}

/// Keeps documents.
#[async_trait]
pub trait Records: Send + Sync {
    /// A document, if it exists.
    async fn get(&self, collection: &str, id: &str) -> Result<Option<Record>, ApiError>;

    /// All documents of a collection, ordered by id.
    async fn list(&self, collection: &str) -> Result<Vec<Record>, ApiError>;

    /// Makes all the changes durably in one transaction. Where an expectation does not hold, nothing is changed and the
    /// error's kind is [`api::ErrorKind::Conflict`].
    async fn apply(&self, changes: Vec<Change>) -> Result<(), ApiError>;
}

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Nanoseconds since the Unix epoch.
    fn now_unix_nano(&self) -> i64;
}

impl<F: Fn() -> i64 + Send + Sync> Clock for F {
    fn now_unix_nano(&self) -> i64 {
        self()
    }
}
