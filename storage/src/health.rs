//! What storage says about itself.

use std::path::PathBuf;

use crate::row::{Signal, TenantId};

/// The state of a [`crate::Store`] at one moment.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Health {
    /// Damaged files: those that were put right, those that were moved out of the way, and those that are left out where they
    /// are.
    pub set_aside: Vec<SetAside>,
    /// Why the store takes no more writes, if so. Reads go on. A restart tries again.
    pub poisoned: Option<String>,
    /// The last failure of background work that will be tried again, for example a seal on a full disk.
    pub last_failure: Option<String>,
    /// Memory held by live rows of all tables.
    pub buffered_bytes: usize,
    /// Live rows of all tables.
    pub buffered_rows: usize,
    /// [`crate::Config::buffer_bytes_max`], for comparison.
    pub buffer_bytes_max: usize,
    /// Room on the disk of the data directory, where it is known.
    pub disk_free_bytes: Option<u64>,
    /// [`crate::Config::disk_reserve_bytes`], for comparison.
    pub disk_reserve_bytes: u64,
    /// How many files the write-ahead log has.
    pub wal_files: usize,
    /// Bytes of the write-ahead log on disk.
    pub wal_bytes: u64,
    /// Syncs of the write-ahead log since the start; fewer than `appends` where requests shared them.
    pub wal_syncs: u64,
    /// Batches appended since the start.
    pub appends: u64,
    /// Batches refused because of the memory budget since the start.
    pub appends_refused: u64,
    /// Ends of log files that the last run had not finished writing, and that were cut off at the start. A power cut leaves
    /// one, and nobody was told that what was in it is stored.
    pub wal_torn_tails: usize,
    /// Memory held by opened index sidecars.
    pub index_cache_bytes: usize,
    /// The object store that has the tables, where they are not in a folder.
    pub remote_tables: Option<TablesHealth>,
    /// One entry per tenant and signal that has rows.
    pub tables: Vec<TableHealth>,
}

/// A remote object store, and the cache of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TablesHealth {
    /// [`crate::Config::tables_url`].
    pub url: String,
    /// Why it cannot be reached, if it could not when it was last tried.
    pub unreachable: Option<String>,
    /// Bytes of the cache.
    pub cache_bytes: u64,
    /// [`crate::Config::cache_bytes_max`], for comparison.
    pub cache_bytes_max: u64,
    /// Reads of a block or sidecar that the cache answered since the start.
    pub cache_hits: u64,
    /// Those that it did not.
    pub cache_misses: u64,
}

/// A damaged file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAside {
    /// Where it was, relative to the data directory, or to the place of the tables where that is another.
    pub original: PathBuf,
    /// Where it is now, or a copy of what it was, likewise. The same where it was left in its place.
    pub now: PathBuf,
    /// What was wrong with it and what that means for the data.
    pub reason: String,
    /// Whether the file was put right in its place, so that nothing is missing. Otherwise the reason says what is.
    pub is_repaired: bool,
}

/// The state of one table.
#[derive(Debug, Clone, PartialEq)]
pub struct TableHealth {
    /// Whose table.
    pub tenant: TenantId,
    /// Which table.
    pub signal: Signal,
    /// Live rows.
    pub buffered_rows: usize,
    /// Memory held by live rows.
    pub buffered_bytes: usize,
    /// Segments in the catalog.
    pub segments: usize,
    /// Rows in those segments.
    pub segment_rows: u64,
    /// Bytes of their Parquet files.
    pub segment_bytes: u64,
    /// Bytes of their index sidecars.
    pub sidecar_bytes: u64,
    /// Version of the Delta table.
    pub version: Option<i64>,
    /// When the last seal of this run ended.
    pub last_seal_unix_nano: Option<i64>,
    /// Rows that the last seal left for the next one because they were of more days than
    /// [`crate::Config::seal_days_max`].
    pub rows_carried_over: usize,
    /// Compactions since the start.
    pub compactions: u64,
    /// Segments that they replaced.
    pub segments_compacted: u64,
    /// Rows that the rules of retention removed, ever: those of rules that are there no more are not counted.
    pub rows_expired: u64,
    /// Of them those of services that have a rule of their own.
    pub rows_expired_by_service: Vec<(String, u64)>,
    /// Segments that are in the table no more and whose files wait to be removed.
    pub segments_removed: usize,
}
