//! Live tail: what a server-sent event has in its `data`.

use serde::{Deserialize, Serialize};

use crate::log::LogRecord;
use crate::trace::Span;

/// An event of `GET /api/v1/logs/tail`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LogTail {
    /// Records that meet the conditions, in the order in which they came.
    pub records: Vec<LogRecord>,
    /// So many records before these were skipped, because the client was slower than the data: none of them was looked at.
    pub skipped: u64,
}

/// An event of `GET /api/v1/spans/tail`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SpanTail {
    /// Spans that meet the conditions, in the order in which they came.
    pub spans: Vec<Span>,
    /// So many spans before these were skipped, because the client was slower than the data: none of them was looked at.
    pub skipped: u64,
}
