//! What an answer cost and what it left out.

use serde::{Deserialize, Serialize};

/// What a query read. Part of every answer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Statistics {
    /// Rows that were looked at.
    pub rows_scanned: u64,
    /// Rows that matched of those that were read. A search without a histogram leaves off as soon as its page is certain,
    /// and does not count what lies beyond.
    pub rows_matched: u64,
    /// Bytes read from files.
    pub bytes_scanned: u64,
    /// Segments of the table.
    pub segments_total: u64,
    /// Segments left out by time, statistics or index.
    pub segments_pruned: u64,
    /// Segments whose index narrowed the rows to read.
    pub segments_indexed: u64,
    /// Segments whose rows were counted from their footers, without reading any.
    #[serde(default)]
    pub segments_tallied: u64,
    /// Rows of the live buffer that were looked at.
    pub live_rows: u64,
    /// Wall time, milliseconds.
    pub elapsed_ms: f64,
}

/// Why an answer is not complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TruncationReason {
    /// A row limit was reached; there is more.
    Limit,
    /// The query's time was up.
    Timeout,
    /// The query's memory was up.
    Memory,
    /// A file was set aside or cannot be read.
    MissingData,
}

/// Says that, why and where an answer was cut. `null` in the answer where it is complete.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Truncation {
    /// Why.
    pub reason: TruncationReason,
    /// The limit that was reached, where it is a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
    /// For a person: what was cut and how to get the rest.
    pub message: String,
}
