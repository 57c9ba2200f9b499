//! Who follows a table gets the rows of every append from a moment on, once they are durable, in the order of the log.
//!
//! ```text
//! log ──► live buffer
//!   └───► queue of each follower ──► next: record batches, and how many rows were skipped
//! ```
//!
//! What it promises: no append ever waits for a follower. One that is slower than the data loses rows of the oldest batches
//! that it has not taken, and is told how many. What it leaves out: rows from before the moment (a snapshot has those), and
//! conditions: whoever follows filters.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use arrow::record_batch::RecordBatch;
use tokio::sync::Notify;

use crate::codec::EncodedBatch;
use crate::columns;
use crate::error::{Error, ErrorKind};
use crate::promoted::{Current, PromotedSet};
use crate::row::Signal;
use crate::wal::TableKey;

/// How many rows become one record batch at most, where appends are smaller.
const BATCH_ROWS_MAX: usize = 8 << 10;

/// All followers of all tables.
#[derive(Debug, Default)]
pub(crate) struct Followers {
    by_table: Mutex<HashMap<TableKey, Vec<Weak<Queue>>>>,
    /// So that an append without any costs nothing.
    count: Arc<AtomicUsize>,
}

/// What a follower has not taken yet.
#[derive(Debug)]
struct Queue {
    waiting: Mutex<Waiting>,
    arrived: Notify,
    bytes_max: usize,
}

#[derive(Debug, Default)]
struct Waiting {
    batches: VecDeque<EncodedBatch>,
    bytes: usize,
    skipped: u64,
    is_over: bool,
}

/// A follower of a table. Where it is dropped nothing is kept for it any more.
#[derive(Debug)]
pub struct Following {
    signal: Signal,
    queue: Arc<Queue>,
    promoted: Arc<Current>,
    count: Arc<AtomicUsize>,
}

/// What came in meanwhile.
#[derive(Debug, Clone)]
pub struct News {
    signal: Signal,
    batches: Vec<EncodedBatch>,
    /// The attributes that have columns in [`Self::rows`].
    pub promoted: Arc<PromotedSet>,
    /// So many rows before these were let go, because they were not taken in time.
    pub skipped: u64,
}

impl News {
    /// The rows with every column of the table, in the order of the log. To make it takes some time.
    pub fn rows(&self) -> Result<RecordBatch, Error> {
        columns::record_batch(self.signal, &self.batches, &self.promoted)
            .map_err(|error| Error::new(ErrorKind::Internal, format!("followed rows cannot be read: {error}")))
    }
}

impl Followers {
    /// Follows a table from now on. At most so many followers at once; each may have so much waiting.
    pub(crate) fn follow(
        &self,
        table: TableKey,
        promoted: Arc<Current>,
        followers_max: usize,
        bytes_max: usize,
    ) -> Result<Following, Error> {
        let signal = table.1;
        let queue = Arc::new(Queue { waiting: Mutex::default(), arrived: Notify::new(), bytes_max });
        let mut by_table = lock(&self.by_table);
        let is_room = |count: usize| (count < followers_max).then_some(count + 1);
        if self.count.try_update(Ordering::Relaxed, Ordering::Relaxed, is_room).is_err() {
            return Err(Error::unavailable(
                format!("{followers_max} tails are open already (followers_max); close one, or try again later"),
                crate::store::RETRY_AFTER,
            ));
        }
        let queues = by_table.entry(table).or_default();
        queues.retain(|queue| queue.strong_count() > 0);
        queues.push(Arc::downgrade(&queue));
        Ok(Following { signal, queue, promoted, count: self.count.clone() })
    }

    /// Gives durable rows to those who follow the table. Quick, and never waits.
    pub(crate) fn tell(&self, table: &TableKey, batch: &EncodedBatch) {
        if self.count.load(Ordering::Relaxed) == 0 {
            return;
        }
        let by_table = lock(&self.by_table);
        for queue in by_table.get(table).into_iter().flatten().filter_map(Weak::upgrade) {
            queue.push(batch.clone());
        }
    }

    /// Nothing comes any more.
    pub(crate) fn end(&self) {
        let by_table = lock(&self.by_table);
        for queue in by_table.values().flatten().filter_map(Weak::upgrade) {
            lock(&queue.waiting).is_over = true;
            queue.arrived.notify_one();
        }
    }
}

impl Queue {
    fn push(&self, batch: EncodedBatch) {
        let mut waiting = lock(&self.waiting);
        waiting.bytes += batch.bytes();
        waiting.batches.push_back(batch);
        while waiting.bytes > self.bytes_max {
            let Some(oldest) = waiting.batches.pop_front() else { break };
            waiting.bytes -= oldest.bytes();
            waiting.skipped += oldest.len() as u64;
        }
        drop(waiting);
        self.arrived.notify_one();
    }
}

impl Following {
    /// The next rows, once there are some; `None` when the store has closed.
    pub async fn next(&mut self) -> Option<News> {
        loop {
            // One arrival may be remembered here for rows that were taken before; then this goes round once more.
            let arrived = self.queue.arrived.notified();
            match self.take() {
                Taken::Rows(batches, skipped) => {
                    let (signal, promoted) = (self.signal, self.promoted.get());
                    return Some(News { signal, batches, promoted, skipped });
                }
                Taken::Over => return None,
                Taken::Nothing => arrived.await,
            }
        }
    }

    fn take(&self) -> Taken {
        let mut waiting = lock(&self.queue.waiting);
        let mut batches = Vec::new();
        let mut rows = 0;
        while let Some(batch) = waiting.batches.pop_front_if(|batch| rows == 0 || rows + batch.len() <= BATCH_ROWS_MAX)
        {
            rows += batch.len();
            waiting.bytes -= batch.bytes();
            batches.push(batch);
        }
        match (batches.is_empty(), waiting.skipped, waiting.is_over) {
            (true, 0, true) => Taken::Over,
            (true, 0, false) => Taken::Nothing,
            _ => Taken::Rows(batches, std::mem::take(&mut waiting.skipped)),
        }
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        self.count.fetch_sub(1, Ordering::Relaxed);
    }
}

enum Taken {
    Rows(Vec<EncodedBatch>, u64),
    Nothing,
    Over,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
