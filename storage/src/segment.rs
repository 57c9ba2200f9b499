//! Immutable files of rows, and the view a query keeps to its end.

use std::ops::Range;
use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use object_store::path::Path;

use crate::promoted::PromotedSet;
use crate::row::Signal;

/// One table at one moment. Every row is in it exactly once: in a segment or in a live batch.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// Which table.
    pub signal: Signal,
    /// The schema of the table, without the partition column `day`. A file or a live batch that was written before an
    /// attribute was promoted, or after it was retired, lacks its column: see [`crate::promoted`].
    pub schema: SchemaRef,
    /// The promoted attributes: every one that some file or live batch may have a column for.
    pub promoted: Arc<PromotedSet>,
    /// The sealed rows.
    pub segments: Vec<Arc<Segment>>,
    /// The rows that are not sealed yet, in no particular order. No batch has more than [`crate::Config::frozen_rows_max`]
    /// rows, and none shares memory with another.
    pub live: Vec<RecordBatch>,
}

/// A sealed, sorted Parquet file of one day of one table.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Segment {
    /// Names the file and its sidecar; never used twice.
    pub id: String,
    /// The Parquet file within [`crate::Store::object_store`].
    pub path: Path,
    /// Its size.
    pub size_bytes: u64,
    /// How many rows it has.
    pub rows: u64,
    /// Days since the epoch, UTC. All rows are of this day.
    pub day: i32,
    /// Smallest time (column [`crate::schema::time_column`]) in microseconds.
    pub time_min_us: i64,
    /// Largest time in microseconds.
    pub time_max_us: i64,
    /// A lower bound of `service_name`, where known.
    pub service_min: Option<String>,
    /// An upper bound of `service_name`, where known.
    pub service_max: Option<String>,
    /// Checksums of the Parquet file; `None` for the file of another writer.
    pub checksums: Option<Checksums>,
    /// The index, where the table has one.
    pub sidecar: Option<Sidecar>,
    /// The rules of retention whose rows were taken out already, see [`crate::Retention`].
    pub expired: Vec<String>,
    /// The columns of promoted attributes that it has beside those of [`crate::promoted::PROMOTED`]. A file of another
    /// writer may have more.
    pub columns: Vec<String>,
}

/// What the bytes of a Parquet file add up to, as CRC-32C. See [`crate::BlockChecksums`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Checksums {
    /// Of the whole file.
    pub file: u32,
    /// Where the data ends and the tail (page index and footer) begins.
    pub data_bytes: u64,
    /// Of the tail.
    pub tail: u32,
}

impl Checksums {
    /// Where the tail is in a file of this size.
    pub(crate) fn tail_range(&self, size_bytes: u64) -> Range<u64> {
        self.data_bytes.min(size_bytes)..size_bytes
    }

    /// Whether this is the tail that was written; otherwise what is wrong with the file.
    pub(crate) fn check_tail(&self, tail: &[u8]) -> Result<(), String> {
        if crc32c::crc32c(tail) == self.tail {
            return Ok(());
        }
        Err("the checksum of its footer is not the one in the catalog".to_owned())
    }
}

/// The index file that belongs to a segment.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Sidecar {
    /// The file within [`crate::Store::object_store`].
    pub path: Path,
    /// Its size.
    pub size_bytes: u64,
    /// CRC-32C of the whole file.
    pub crc32c: u32,
}
