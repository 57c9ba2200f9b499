//! The memory of running queries: one pool for all of them, and a bound for each.
//!
//! What it promises: all queries together never reserve more than [`crate::Config::queries_memory_bytes`], one of them never
//! more than [`crate::Config::query_memory_bytes`]; a reservation beyond either fails at once, with the name of the limit
//! that was hit, and never waits: two queries that waited for each other would do so for ever. What it leaves out: rows
//! on their way between operators, which DataFusion does not reserve.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use datafusion::error::{DataFusionError, Result};
use datafusion::execution::memory_pool::{MemoryLimit, MemoryPool, MemoryReservation};

/// What a full pool of all queries says; the text tells it from the limit of one query.
pub(crate) const ALL_QUERIES: &str = "query.memory_total_bytes_max";
/// What a query at its own limit says.
pub(crate) const ONE_QUERY: &str = "query.memory_bytes_max";

/// What all queries share.
#[derive(Debug)]
pub(super) struct Pool {
    bytes_max: usize,
    used: AtomicUsize,
}

impl Pool {
    pub(super) fn new(bytes_max: usize) -> Arc<Self> {
        Arc::new(Self { bytes_max, used: AtomicUsize::new(0) })
    }

    /// What is reserved now.
    pub(super) fn used(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }

    /// The pool as one query sees it.
    pub(super) fn of_query(self: &Arc<Self>, bytes_max: usize) -> OfQuery {
        OfQuery { pool: self.clone(), bytes_max, used: AtomicUsize::new(0) }
    }
}

/// The memory of one query. What it has reserved is given back with it at the latest.
#[derive(Debug)]
pub(super) struct OfQuery {
    pool: Arc<Pool>,
    bytes_max: usize,
    used: AtomicUsize,
}

impl MemoryPool for OfQuery {
    fn name(&self) -> &'static str {
        "query"
    }

    fn grow(&self, _reservation: &MemoryReservation, additional: usize) {
        self.used.fetch_add(additional, Ordering::Relaxed);
        self.pool.used.fetch_add(additional, Ordering::Relaxed);
    }

    fn shrink(&self, _reservation: &MemoryReservation, shrink: usize) {
        self.used.fetch_sub(shrink, Ordering::Relaxed);
        self.pool.used.fetch_sub(shrink, Ordering::Relaxed);
    }

    fn try_grow(&self, reservation: &MemoryReservation, additional: usize) -> Result<()> {
        let refused = |limit: &str, bytes_max: usize| {
            let consumer = reservation.consumer().name();
            Err(DataFusionError::ResourcesExhausted(format!("{limit} = {bytes_max} bytes, reached by {consumer}")))
        };
        if !try_add(&self.used, additional, self.bytes_max) {
            return refused(ONE_QUERY, self.bytes_max);
        }
        if !try_add(&self.pool.used, additional, self.pool.bytes_max) {
            self.used.fetch_sub(additional, Ordering::Relaxed);
            return refused(ALL_QUERIES, self.pool.bytes_max);
        }
        Ok(())
    }

    fn reserved(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }

    fn memory_limit(&self) -> MemoryLimit {
        MemoryLimit::Finite(self.bytes_max.min(self.pool.bytes_max))
    }
}

impl fmt::Display for OfQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "query({} of {} bytes)", self.reserved(), self.bytes_max)
    }
}

impl Drop for OfQuery {
    fn drop(&mut self) {
        self.pool.used.fetch_sub(*self.used.get_mut(), Ordering::Relaxed);
    }
}

fn try_add(used: &AtomicUsize, additional: usize, bytes_max: usize) -> bool {
    let add = |used: usize| used.checked_add(additional).filter(|total| *total <= bytes_max);
    used.try_update(Ordering::Relaxed, Ordering::Relaxed, add).is_ok()
}

#[cfg(test)]
mod tests;
