//! Storage owns the data directory: write-ahead log, live buffer, segments, log index, catalog and documents.
//!
//! What it promises: when [`Store::append`] returns, the rows are on disk; whatever happens to the process after
//! that, each of them is in the tables exactly once. What it leaves out: HTTP, OTLP, query languages and users.
//!
//! ```text
//! append ──► wal (group commit) ──► live buffer ──► seal ──► segment (Parquet + index sidecar) ──► catalog (Delta commit)
//!                                        └───────────── snapshot ◄──────────────────┘
//! ```

pub mod attributes;
mod blocks;
mod carry;
mod catalog;
mod check;
mod codec;
mod columns;
mod compaction;
mod config;
mod documents;
mod error;
mod following;
mod health;
mod index;
mod interleave;
pub mod io;
mod live;
mod objects;
mod one_bit;
mod orphans;
pub mod promoted;
mod retention;
mod row;
pub mod schema;
mod seal;
mod segment;
mod segment_file;
mod segment_id;
mod segment_writer;
mod set_aside;
mod store;
mod table_store;
mod tallies;
pub mod text;
mod wal;

pub use blocks::{BLOCK_BYTES, BlockChecksums};
pub use check::{Finding, Report, check};
pub use codec::EncodedBatch;
pub use config::{Clock, Config, TablesOptions};
pub use documents::{Change, Document, Documents, Expected};
pub use error::{Error, ErrorKind};
pub use following::{Following, News};
pub use health::{Health, SetAside, TableHealth, TablesHealth};
pub use index::{BLOCK_ROWS, Blocks, IndexQuery, SegmentIndex};
pub use retention::{Retention, ServiceRetention};
pub use row::{
    Attributes, Batch, Buckets, Exemplar, ExponentialBuckets, LogRecord, MetricKind, MetricPoint, Resource, Scope,
    Signal, Span, SpanEvent, SpanKind, SpanLink, StatusCode, Temporality, TenantId, Value,
};
pub use segment::{Checksums, Segment, Sidecar, Snapshot};
pub use store::Store;
pub use table_store::check_tables_url;
pub use tallies::{TalliedCell, TalliedKey, TalliedValue, Tallies, columns as tallied_columns};
