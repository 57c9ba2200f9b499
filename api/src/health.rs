//! Whether Alidade is well, and what it refused.

use serde::{Deserialize, Serialize};

use crate::time::Nanos;

/// Answer of `GET /api/v1/health`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Health {
    /// Whether there is nothing to do for the operator.
    pub healthy: bool,
    /// Version of the server.
    pub version: String,
    /// When it started.
    pub started_at_unix_nano: Nanos,
    /// What is wrong, each a sentence that says what to do.
    pub problems: Vec<String>,
    /// Damaged files: those that were put right, those that were set aside, and those that are left out where they are.
    pub set_aside: Vec<SetAsideFile>,
    /// Why writes are refused, if they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub writes_refused: Option<String>,
    /// Each table.
    pub tables: Vec<TableHealth>,
    /// The object store that has the tables, where they are not in a folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote_tables: Option<RemoteTables>,
    /// Bytes of the write-ahead log.
    pub wal_bytes: u64,
    /// Ends of files of the write-ahead log that the last run was still writing when it was cut off, and that this start has
    /// removed. After a power cut that is as it should be: no export that was acknowledged is in them.
    #[serde(default)]
    pub wal_unfinished_ends: u64,
    /// Room on the disk of the data directory, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disk_free_bytes: Option<u64>,
    /// What may be taken of the machine's memory, and what is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<MemoryHealth>,
    /// What came in since the start.
    pub ingest: Vec<SignalIngest>,
}

/// The memory budget.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemoryHealth {
    /// `memory_limit`.
    pub limit_bytes: u64,
    /// What the whole process takes, where the system says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resident_bytes: Option<u64>,
    /// How it is shared out.
    pub parts: Vec<MemoryPart>,
}

/// A part of the memory budget.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemoryPart {
    /// What for.
    pub name: String,
    /// What is taken of it, where it is counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used_bytes: Option<u64>,
    /// What may be taken.
    pub limit_bytes: u64,
}

/// A remote object store, and the cache of it in the data directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoteTables {
    /// Where it is.
    pub url: String,
    /// Why it cannot be reached, if it could not when it was last tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unreachable: Option<String>,
    /// Bytes of the cache.
    pub cache_bytes: u64,
    /// How many there may be (`storage.cache_bytes_max`).
    pub cache_bytes_max: u64,
}

/// A damaged file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetAsideFile {
    /// Which file: where it was, below the data directory, or beside the tables where those are elsewhere.
    pub original: String,
    /// Where it is now, or a copy of what it was, likewise. The same where it is left in its place.
    pub path: String,
    /// What was wrong with it, and what of it is missing.
    pub reason: String,
    /// Whether it was put right in its place: then nothing is missing, and `path` has what it was.
    pub repaired: bool,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableHealth {
    /// `spans`, `logs`, `metrics`.
    pub table: String,
    /// Sealed segments.
    pub segments: u64,
    /// Rows in them.
    pub segment_rows: u64,
    /// Their bytes, index included.
    pub segment_bytes: u64,
    /// Rows in the live buffer.
    pub live_rows: u64,
    /// Its bytes.
    pub live_bytes: u64,
    /// How often small segments were merged since the start.
    pub compactions: u64,
    /// The segments that were replaced by that.
    pub segments_compacted: u64,
    /// Rows that the rules of retention removed, ever.
    pub rows_expired: u64,
    /// Of them those of services that have a rule of their own (`retention.services`).
    pub rows_expired_by_service: Vec<ServiceRows>,
    /// Segments that are no part of the table any more and whose files wait for their removal.
    pub segments_waiting_for_removal: u64,
}

/// Rows of a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceRows {
    /// `service.name`.
    pub service: String,
    /// How many.
    pub rows: u64,
}

/// What came in of a signal since the start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignalIngest {
    /// `spans`, `logs`, `metrics`.
    pub signal: String,
    /// Requests.
    pub requests: u64,
    /// Rows that were acknowledged.
    pub accepted: u64,
    /// Bytes as sent.
    pub bytes: u64,
    /// Rows that were refused, by reason.
    pub refused: Vec<Refusal>,
}

/// Rows or requests that were refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// Why.
    pub reason: String,
    /// How many.
    pub count: u64,
}
