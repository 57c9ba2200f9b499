//! Storage owns the data directory: write-ahead log, live buffer, segments, log index, catalog and documents.
//!
//! What it promises: when [`Store::append`] returns, the rows are on disk; whatever happens to the process after
//! that, each of them is in the tables exactly once. What it leaves out: HTTP, OTLP, query languages and users.
//!
//! ```text
//! append ──► wal (group commit) ──► live buffer ──► seal ──► segment (Parquet + index sidecar) ──► catalog (Delta commit)
//!                                        └───────────── snapshot ◄──────────────────┘
//! ```

mod error;
pub mod promoted;
mod row;
pub mod schema;

pub use error::{Error, ErrorKind};
pub use row::{
    Attributes,
    Batch, Buckets, Exemplar, ExponentialBuckets, LogRecord, MetricKind, MetricPoint, Resource, Scope, Signal, Span,
    SpanEvent, SpanKind, SpanLink, StatusCode, Temporality, TenantId, Value,
};
