//! The contract between the server and its clients: the browser UI, scripts, Grafana, an engineer with curl.
//!
//! Only serde types, route paths and the reading of times. It compiles to wasm, has no features and no IO.
//! Field names are those of the OpenTelemetry data model in snake_case. A time in an answer is a [`Nanos`]: epoch
//! nanoseconds as a string. A duration is a number of nanoseconds in a field whose name ends in `_ns`.

pub mod alarm;
pub mod auth;
pub mod compare;
pub mod dashboard;
pub mod error;
pub mod health;
pub mod log;
pub mod metric;
pub mod paths;
pub mod promoted;
pub mod search;
pub mod service;
pub mod sql;
pub mod statistics;
pub mod tail;
pub mod time;
pub mod trace;

pub use error::{ApiError, ErrorBody, ErrorKind};
pub use search::{AttributeFilter, FilterOperator, KeyCount, KeysAnswer, ValueCount, ValuesAnswer};
pub use statistics::{Statistics, Truncation, TruncationReason};
pub use time::{Nanos, TimeRange};
