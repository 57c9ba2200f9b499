//! What the scans of one query counted, for the statistics of its answer.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use api::{Statistics, Truncation, TruncationReason};
use storage::{Segment, Signal};

/// What one scan of one table took.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Scanned {
    /// Segments of the table.
    pub(crate) segments: usize,
    /// Those that were read.
    pub(crate) read: usize,
    /// Those whose index was asked.
    pub(crate) indexed: usize,
    /// Those whose rows were counted without reading any.
    pub(crate) tallied: usize,
    /// Live rows of the table.
    pub(crate) live_rows: usize,
}

/// Counts of all the scans of a query.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    counts: Mutex<Counts>,
    rows: AtomicI64,
    bytes: AtomicU64,
}

#[derive(Debug, Default)]
struct Counts {
    tables: BTreeMap<Signal, Scanned>,
    missing: BTreeMap<String, String>,
    /// The promoted attributes changed between the query's beginning and one of its snapshots.
    is_stale: bool,
    unchecked: Vec<Arc<Segment>>,
}

impl Tally {
    /// A query may scan a table twice: a segment is pruned if no scan read it, as far as counts can say.
    pub(crate) fn scanned(&self, signal: Signal, scan: Scanned) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let known = counts.tables.entry(signal).or_default();
        // A search of a part of the table knows that part.
        known.segments = known.segments.max(scan.segments);
        known.read = known.read.max(scan.read);
        known.indexed = known.indexed.max(scan.indexed);
        known.tallied = known.tallied.max(scan.tallied);
        known.live_rows = known.live_rows.max(scan.live_rows);
    }

    /// Rows that conditions were asked of, outside of DataFusion's plans.
    pub(crate) fn looked_at(&self, rows: usize) {
        self.rows.fetch_add(rows as i64, Ordering::Relaxed);
    }

    /// Rows that DataFusion counts and that were looked at here as well, or that are no rows of a table.
    pub(crate) fn counted_twice(&self, rows: usize) {
        self.rows.fetch_sub(rows as i64, Ordering::Relaxed);
    }

    /// Bytes of files that were read.
    pub(crate) fn read(&self, bytes: u64) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    /// A file that cannot be read.
    pub(crate) fn missing(&self, path: &str, reason: &str) {
        tracing::warn!(path, reason, "a segment cannot be read; the answer says so");
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.missing.insert(path.to_owned(), reason.to_owned());
    }

    /// The promoted attributes are not those of the query's beginning any more: it has to be asked again.
    pub(crate) fn stale(&self) {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).is_stale = true;
    }

    /// Whether it has to be asked again.
    pub(crate) fn is_stale(&self) -> bool {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).is_stale
    }

    /// A file without checksums is read.
    pub(crate) fn unchecked(&self, segment: Arc<Segment>) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.unchecked.push(segment);
    }

    /// The files without checksums that are read: where reading fails it is one of them, but not known which.
    pub(crate) fn take_unchecked(&self) -> Vec<Arc<Segment>> {
        std::mem::take(&mut self.counts.lock().unwrap_or_else(PoisonError::into_inner).unchecked)
    }

    /// Adds the counts to the statistics.
    pub(crate) fn add_to(&self, statistics: &mut Statistics) {
        statistics.rows_scanned = statistics.rows_scanned.saturating_add_signed(self.rows.load(Ordering::Relaxed));
        statistics.bytes_scanned += self.bytes.load(Ordering::Relaxed);
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        for table in counts.tables.values() {
            statistics.segments_total += table.segments as u64;
            let opened = table.read + table.tallied + counts.missing.len();
            statistics.segments_pruned += table.segments.saturating_sub(opened) as u64;
            statistics.segments_indexed += table.indexed as u64;
            statistics.segments_tallied += table.tallied as u64;
            statistics.live_rows += table.live_rows as u64;
        }
    }

    /// Says which files are missing from the answer.
    pub(crate) fn truncation(&self) -> Option<Truncation> {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let (path, reason) = counts.missing.first_key_value()?;
        let others = match counts.missing.len() - 1 {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        Some(Truncation {
            reason: TruncationReason::MissingData,
            limit: None,
            message: format!(
                "a stored file cannot be read and is left out: {path}{others} ({reason}); run `alidade check`"
            ),
        })
    }
}
