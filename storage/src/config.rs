//! What a user may set, and the clock that is given.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use crate::promoted::PromotedAttribute;
use crate::retention::Retention;

/// The wall clock. `server` gives the real one, tests one of their own.
pub trait Clock: Send + Sync {
    /// Nanoseconds since the Unix epoch.
    fn now_unix_nano(&self) -> i64;
}

/// Every limit of storage, by name. [`Config::new`] has the defaults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Where everything is kept. Created if missing; locked while open.
    pub data_dir: PathBuf,
    /// Where the tables are: `file:///folder`, `s3://bucket/prefix` and the like; `None`: in the data directory.
    pub tables_url: Option<String>,
    /// What the client of that store is told: endpoint, region, credentials, by the names that `object_store` has for them.
    pub tables_options: TablesOptions,
    /// How long a start waits for a remote store that cannot be reached.
    pub tables_wait_max: Duration,
    /// How many bytes of remote tables are kept in the data directory.
    pub cache_bytes_max: u64,
    /// A table is sealed when its live rows take this much memory.
    pub seal_bytes: usize,
    /// A table is sealed when its oldest live row is this old.
    pub seal_age: Duration,
    /// Where questions are asked, pending rows become columns when there are this many of them…
    pub freeze_rows: usize,
    /// … or when the oldest waited this long.
    pub freeze_age: Duration,
    /// How long after a question the table counts as asked. Rows of others become columns when they are sealed.
    pub freeze_asked_within: Duration,
    /// Neighbouring frozen batches are merged up to this many rows, so that a snapshot carries few.
    pub frozen_rows_max: usize,
    /// Size of a preallocated file of the write-ahead log.
    pub wal_file_bytes: u64,
    /// How many batches may wait for the write-ahead log; an append beyond that waits its turn.
    pub wal_queue_batches: usize,
    /// At most this much is written before one sync.
    pub wal_group_bytes_max: usize,
    /// The largest batch in its stored form; a larger one is refused as invalid.
    pub batch_bytes_max: usize,
    /// Rows per row group of a segment.
    pub row_group_rows: usize,
    /// Memory budget of the live buffers of all tables; above it `append` answers
    /// [`crate::ErrorKind::Unavailable`] with a time to retry after.
    pub buffer_bytes_max: usize,
    /// How many may follow a table at once, all tables together.
    pub followers_max: usize,
    /// How many bytes of rows wait for one of them; beyond that the oldest are skipped, and it is told how many.
    pub follow_bytes_max: usize,
    /// How long an append waits for room in that budget before it is refused.
    pub append_wait_max: Duration,
    /// Appends are refused while the disk has less room than this. It must be enough to seal what is live.
    pub disk_reserve_bytes: u64,
    /// How many days one seal of one table writes, and so how many files. Rows of further days stay buffered (and in
    /// the log) for the next seal; [`crate::TableHealth::rows_carried_over`] says how many.
    pub seal_days_max: usize,
    /// A checkpoint of a table's Delta log is written every this many commits.
    pub checkpoint_commits: u64,
    /// How much memory opened index sidecars may take.
    pub index_cache_bytes_max: usize,
    /// The largest body of a document.
    pub document_bytes_max: usize,
    /// How often it is looked for segments to compact and rows whose time is over.
    pub maintenance_interval: Duration,
    /// So many segments of about the same size, neighbours in time on one day, become one.
    pub compaction_segments_min: usize,
    /// The most rows of a compacted segment.
    pub compaction_rows_max: u64,
    /// The most bytes of a compacted segment's Parquet file.
    pub compaction_bytes_max: u64,
    /// How much of one core compactions may take, in percent. They wait while the live buffers are more than half full.
    pub compaction_cpu_percent: usize,
    /// How long the files of a removed segment stay for readers that began before; longer than any query.
    pub vacuum_age: Duration,
    /// How often each file of a segment is read to see whether it is as it was written.
    pub scrub_interval: Duration,
    /// For how long rows are kept.
    pub retention: Retention,
    /// Attributes that get a column of their own beside those of the semantic conventions.
    pub promoted_attributes: Vec<PromotedAttribute>,
    /// How many such columns there may be, those promoted on demand and those promoted no more included.
    pub promoted_attributes_max: usize,
}

/// Options of an object store, name and value. What is shown of them leaves out the values: some are secrets.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct TablesOptions(pub Vec<(String, String)>);

impl fmt::Debug for TablesOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

impl Config {
    /// The defaults for a data directory.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            tables_url: None,
            tables_options: TablesOptions::default(),
            tables_wait_max: Duration::from_secs(30),
            cache_bytes_max: 1 << 30,
            seal_bytes: 32 << 20,
            seal_age: Duration::from_secs(60),
            freeze_rows: 4096,
            freeze_age: Duration::from_millis(250),
            freeze_asked_within: Duration::from_secs(60),
            frozen_rows_max: 8192,
            wal_file_bytes: 16 << 20,
            wal_queue_batches: 1024,
            wal_group_bytes_max: 8 << 20,
            batch_bytes_max: 32 << 20,
            row_group_rows: 128 << 10,
            buffer_bytes_max: 96 << 20,
            followers_max: 32,
            follow_bytes_max: 1 << 20,
            append_wait_max: Duration::from_secs(2),
            disk_reserve_bytes: 256 << 20,
            seal_days_max: 31,
            checkpoint_commits: 100,
            index_cache_bytes_max: 256 << 20,
            document_bytes_max: 4 << 20,
            maintenance_interval: Duration::from_secs(10),
            compaction_segments_min: 8,
            compaction_rows_max: 4 << 20,
            compaction_bytes_max: 512 << 20,
            compaction_cpu_percent: 50,
            vacuum_age: Duration::from_secs(3600),
            scrub_interval: Duration::from_secs(7 * 86_400),
            retention: Retention::default(),
            promoted_attributes: Vec::new(),
            promoted_attributes_max: 100,
        }
    }
}
