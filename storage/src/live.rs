//! The live buffer of one table: rows that are durable in the log and not yet sealed.
//!
//! ```text
//! push ──► pending rows ──freeze──► frozen batches ──take──► sealing ──install──► segments
//! ```
//!
//! What it promises: [`Table::snapshot`] has every row whose append has returned, exactly once, at every moment of a
//! freeze or a seal. Rows are taken for a seal as a prefix of the log: everything up to a sequence, nothing beyond it.

mod frozen;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use arrow::record_batch::RecordBatch;
use tokio::time::Instant;

use crate::catalog::Loaded;
use crate::codec::EncodedBatch;
use crate::columns;
use crate::error::{Error, ErrorKind};
use crate::health::TableHealth;
use crate::promoted::Current;
use crate::row::{Signal, TenantId};
use crate::segment::{Segment, Snapshot};
use crate::wal::TableKey;
use frozen::Frozen;

/// The memory that live rows of all tables take.
#[derive(Debug, Default)]
pub(crate) struct Budget {
    used: AtomicUsize,
    given_back: tokio::sync::Notify,
}

impl Budget {
    pub(crate) fn used(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }

    /// Takes this much unless that goes beyond the limit. Where nothing else is taken, a batch that is larger than the
    /// limit gets in: it would wait for ever, and its size has a limit of its own ([`crate::Config::batch_bytes_max`]).
    pub(crate) fn try_take(&self, bytes: usize, limit: usize) -> bool {
        self.used
            .try_update(Ordering::Relaxed, Ordering::Relaxed, |used| {
                used.checked_add(bytes).filter(|total| *total <= limit || used == 0)
            })
            .is_ok()
    }

    /// [`Self::try_take`], and again whenever something is given back, for at most this long.
    pub(crate) async fn take_in_time(&self, bytes: usize, limit: usize, time: Duration) -> bool {
        let taken = async {
            loop {
                let given_back = self.given_back.notified();
                tokio::pin!(given_back);
                given_back.as_mut().enable();
                if self.try_take(bytes, limit) {
                    return;
                }
                given_back.await;
            }
        };
        tokio::time::timeout(time, taken).await.is_ok()
    }

    pub(crate) fn take(&self, bytes: usize) {
        self.used.fetch_add(bytes, Ordering::Relaxed);
    }

    pub(crate) fn give_back(&self, bytes: usize) {
        self.used.fetch_sub(bytes, Ordering::Relaxed);
        self.given_back.notify_waiters();
    }
}

/// One table's rows and segments.
pub(crate) struct Table {
    pub(crate) tenant: TenantId,
    pub(crate) signal: Signal,
    frozen_rows_max: usize,
    budget: Arc<Budget>,
    promoted: Arc<Current>,
    state: Mutex<State>,
    /// Held while pending rows become columns, and by whoever must see none in between.
    freezing: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct State {
    pending: Vec<EncodedBatch>,
    /// The sequence of each of them.
    pending_at: Vec<u64>,
    pending_rows: usize,
    pending_bytes: usize,
    pending_since: Option<Instant>,
    pending_sequences: Option<Sequences>,
    frozen: Vec<Frozen>,
    frozen_sequences: Option<Sequences>,
    /// When the oldest row that is not being sealed came.
    since: Option<Instant>,
    sealing: Vec<Frozen>,
    sealing_sequences: Option<Sequences>,
    segments: Arc<Vec<Arc<Segment>>>,
    sealed: u64,
    version: Option<i64>,
    last_seal_unix_nano: Option<i64>,
    carried: usize,
    /// The last day that took its turn in a seal of more days than one seal takes.
    last_day: Option<i32>,
    /// The frozen batches need not be in the order of the log, or a record must be stepped over: the next seal takes all.
    takes_all: bool,
}

/// First and last sequence of some rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sequences {
    pub(crate) first: u64,
    pub(crate) last: u64,
}

impl Sequences {
    pub(crate) fn and(self, other: Option<Self>) -> Self {
        let Some(other) = other else { return self };
        Self { first: self.first.min(other.first), last: self.last.max(other.last) }
    }
}

/// Rows taken for a seal.
pub(crate) struct Taken {
    pub(crate) batches: Vec<RecordBatch>,
    pub(crate) sequences: Sequences,
    /// The last day that took its turn, see [`crate::carry`].
    pub(crate) last_day: Option<i32>,
}

/// Rows that a seal left for the next one.
pub(crate) struct Carried {
    pub(crate) batch: RecordBatch,
    /// Of the record that stands in for them.
    pub(crate) sequence: u64,
    pub(crate) last_day: Option<i32>,
}

impl Table {
    pub(crate) fn new(key: &TableKey, frozen_rows_max: usize, budget: Arc<Budget>, promoted: Arc<Current>) -> Self {
        Self {
            tenant: key.0.clone(),
            signal: key.1,
            frozen_rows_max,
            budget,
            promoted,
            state: Mutex::default(),
            freezing: tokio::sync::Mutex::default(),
        }
    }

    /// Takes over what the catalog knows, at a start.
    pub(crate) fn install_catalog(&self, catalog: Loaded) {
        let mut state = self.lock();
        state.segments = Arc::new(catalog.segments);
        state.sealed = catalog.sealed;
        state.version = Some(catalog.version);
    }

    /// Adds durable rows; as much of the budget as their stored form takes is theirs already. Sequences rise from call to
    /// call. Quick.
    pub(crate) fn push(&self, sequence: u64, batch: EncodedBatch) {
        let mut state = self.lock();
        let now = Instant::now();
        state.pending_rows += batch.len();
        state.pending_bytes += batch.stored().len();
        state.pending_since.get_or_insert(now);
        state.since.get_or_insert(now);
        let this = Sequences { first: sequence, last: sequence };
        state.pending_sequences = Some(this.and(state.pending_sequences));
        state.pending.push(batch);
        state.pending_at.push(sequence);
    }

    /// Adds rows that an earlier run carried over, at a start.
    pub(crate) fn push_columns(&self, sequence: u64, batch: RecordBatch) {
        let sequences = Sequences { first: sequence, last: sequence };
        let frozen = frozen::in_pieces(batch, sequences, self.frozen_rows_max);
        self.budget.take(bytes_of(&frozen));
        let mut state = self.lock();
        state.since.get_or_insert(Instant::now());
        state.takes_all = true;
        state.frozen.extend(frozen);
        state.frozen_sequences = Some(sequences.and(state.frozen_sequences));
    }

    /// Makes the next seal reach at least to this sequence, of a record that does not count.
    pub(crate) fn step_over(&self, sequence: u64) {
        let mut state = self.lock();
        let this = Sequences { first: sequence, last: sequence };
        state.pending_sequences = Some(this.and(state.pending_sequences));
        state.takes_all = true;
    }

    /// The segments at this moment.
    pub(crate) fn segments(&self) -> Arc<Vec<Arc<Segment>>> {
        self.lock().segments.clone()
    }

    /// The highest sequence in segments.
    pub(crate) fn sealed(&self) -> u64 {
        self.lock().sealed
    }

    /// The last sequence of the rows that are not in segments, where there are some.
    pub(crate) fn live_to(&self) -> Option<u64> {
        let state = self.lock();
        let all = [state.sealing_sequences, state.frozen_sequences, state.pending_sequences];
        all.into_iter().flatten().map(|sequences| sequences.last).max()
    }

    /// Whether rows wait to become columns for long enough or in great enough number.
    pub(crate) fn wants_freeze(&self, rows: usize, age: Duration) -> bool {
        let state = self.lock();
        state.pending_rows >= rows.max(1) || state.pending_since.is_some_and(|since| since.elapsed() >= age)
    }

    /// When the oldest live row came, where there is enough to seal or something old enough.
    pub(crate) fn due_for_seal(&self, bytes: usize, age: Duration) -> Option<Instant> {
        let state = self.lock();
        let live = state.pending_bytes + state.frozen.iter().map(|frozen| frozen.bytes).sum::<usize>();
        state.since.filter(|since| live >= bytes || since.elapsed() >= age)
    }

    /// Makes columns of the pending rows.
    pub(crate) async fn freeze(&self) -> Result<(), Error> {
        let _freezing = self.freezing.lock().await;
        self.freeze_now().await
    }

    /// Everything whose append has returned.
    pub(crate) async fn snapshot(&self) -> Result<Snapshot, Error> {
        let _freezing = self.freezing.lock().await;
        self.freeze_now().await?;
        let state = self.lock();
        let live = state.sealing.iter().chain(&state.frozen).map(|frozen| frozen.batch.clone()).collect();
        let segments = state.segments.as_ref().clone();
        // Read last: what is in the segments and batches was written by this set or by an earlier one.
        let promoted = self.promoted.get();
        drop(state);
        Ok(Snapshot { signal: self.signal, schema: promoted.read(self.signal).clone(), promoted, segments, live })
    }

    /// Takes live rows for a seal, the oldest of the log first and about as many as take this much memory; they stay in
    /// snapshots. `None` where there are none.
    ///
    /// Ends with [`Self::install`] or [`Self::put_back`]. One seal at a time: the caller holds the table's catalog.
    pub(crate) async fn take(&self, bytes: usize) -> Result<Option<Taken>, Error> {
        let _freezing = self.freezing.lock().await;
        self.freeze_now().await?;
        let mut state = self.lock();
        let Some(all) = state.frozen_sequences.take() else { return Ok(None) };
        let count = if state.takes_all { state.frozen.len() } else { enough(&state.frozen, bytes) };
        let left = state.frozen.split_off(count);
        state.sealing = std::mem::replace(&mut state.frozen, left);
        // Where nothing is left, records without rows behind the newest batch are sealed with it.
        let mut sequences = all;
        if let (Some(newest), Some(next)) = (state.sealing.last(), state.frozen.first()) {
            let next = next.sequences.first;
            sequences.last = newest.sequences.last;
            state.frozen_sequences = Some(Sequences { first: next, last: all.last });
        } else {
            state.since = state.pending_since;
        }
        state.sealing_sequences = Some(sequences);
        let batches: Vec<_> = state.sealing.iter().map(|frozen| frozen.batch.clone()).collect();
        Ok(Some(Taken { batches, sequences, last_day: state.last_day }))
    }

    /// Replaces the rows of a seal by the segments of the catalog and the rows that were carried over, at one moment.
    pub(crate) fn install(&self, catalog: Loaded, carried: Option<Carried>, now_unix_nano: i64) {
        let mut state = self.lock();
        let released: usize = state.sealing.drain(..).map(|frozen| frozen.bytes).sum();
        state.sealing_sequences = None;
        state.segments = Arc::new(catalog.segments);
        state.sealed = state.sealed.max(catalog.sealed);
        state.version = Some(catalog.version);
        state.last_seal_unix_nano = Some(now_unix_nano);
        state.takes_all = false;
        state.carried = carried.as_ref().map_or(0, |carried| carried.batch.num_rows());
        state.last_day = None;
        if let Some(Carried { batch, sequence, last_day }) = carried {
            let sequences = Sequences { first: sequence, last: sequence };
            let frozen = frozen::in_pieces(batch, sequences, self.frozen_rows_max);
            self.budget.take(bytes_of(&frozen));
            state.frozen.splice(..0, frozen);
            state.takes_all = true;
            state.frozen_sequences = Some(sequences.and(state.frozen_sequences));
            state.since.get_or_insert(Instant::now());
            state.last_day = last_day;
        }
        drop(state);
        self.budget.give_back(released);
    }

    /// Takes over what the catalog says after a change that is no seal.
    pub(crate) fn install_segments(&self, catalog: Loaded) {
        let mut state = self.lock();
        state.segments = Arc::new(catalog.segments);
        state.version = Some(catalog.version);
    }

    /// Undoes [`Self::take`] after a failed seal: the next one takes the rows again.
    pub(crate) fn put_back(&self) {
        let mut state = self.lock();
        if let Some(sequences) = state.sealing_sequences.take() {
            state.frozen_sequences = Some(sequences.and(state.frozen_sequences));
            let newer = std::mem::take(&mut state.frozen);
            state.frozen = std::mem::take(&mut state.sealing);
            state.frozen.extend(newer);
            // They are as old as a seal can be; the pause before the next attempt is the worker's affair.
            state.since = Some(Instant::now());
        }
    }

    pub(crate) fn health(&self) -> TableHealth {
        let state = self.lock();
        let live = || state.sealing.iter().chain(&state.frozen);
        let segments = || state.segments.iter();
        TableHealth {
            tenant: self.tenant.clone(),
            signal: self.signal,
            buffered_rows: state.pending_rows + live().map(|frozen| frozen.batch.num_rows()).sum::<usize>(),
            buffered_bytes: state.pending_bytes + live().map(|frozen| frozen.bytes).sum::<usize>(),
            segments: state.segments.len(),
            segment_rows: segments().map(|segment| segment.rows).sum(),
            segment_bytes: segments().map(|segment| segment.size_bytes).sum(),
            sidecar_bytes: segments().filter_map(|s| s.sidecar.as_ref()).map(|sidecar| sidecar.size_bytes).sum(),
            version: state.version,
            last_seal_unix_nano: state.last_seal_unix_nano,
            rows_carried_over: state.carried,
            compactions: 0,
            segments_compacted: 0,
            rows_expired: 0,
            segments_removed: 0,
        }
    }

    /// With the freezing lock held. If it fails or is dropped, the rows wait on: better no answer than one without them.
    async fn freeze_now(&self) -> Result<(), Error> {
        let (pending, mut frozen) = {
            let mut state = self.lock();
            let Some(sequences) = state.pending_sequences.take() else { return Ok(()) };
            state.pending_since = None;
            let pending = Pending {
                table: self,
                batches: Arc::new(std::mem::take(&mut state.pending)),
                at: Arc::new(std::mem::take(&mut state.pending_at)),
                rows: std::mem::take(&mut state.pending_rows),
                bytes: std::mem::take(&mut state.pending_bytes),
                sequences,
                is_frozen: false,
            };
            (pending, state.frozen.clone())
        };
        let (signal, rows_max, sequences) = (self.signal, self.frozen_rows_max, pending.sequences);
        let set = self.promoted.get();
        let (batches, at) = (pending.batches.clone(), pending.at.clone());
        let before = bytes_of(&frozen);
        let known = frozen.len();
        let work = move || {
            // Without a batch there are sequences of records that were stepped over, and no rows.
            for (run, sequences) in frozen::runs(&batches, &at, sequences, rows_max) {
                let batch = columns::record_batch(signal, run, &set)?;
                for piece in frozen::in_pieces(batch, sequences, rows_max) {
                    frozen::push_merged(&mut frozen, piece, rows_max)?;
                }
            }
            Ok::<_, Error>(frozen)
        };
        let done = tokio::task::spawn_blocking(work).await.map_err(|error| {
            Error::new(ErrorKind::Internal, format!("making columns of {} failed: {error}", signal.table()))
        });
        let frozen = done.flatten()?;
        let after = bytes_of(&frozen);
        let mut state = self.lock();
        // A seal that has ended meanwhile has put rows before these: those it carried over, or all that it had taken.
        let put_before = state.frozen.len() - known;
        state.frozen.truncate(put_before);
        state.frozen.extend(frozen);
        state.frozen_sequences = Some(sequences.and(state.frozen_sequences));
        drop(state);
        self.budget.take(after);
        self.budget.give_back(before + pending.done());
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Rows that are becoming columns. Dropped before that is done (the question that wanted them was given up, or it failed),
/// it puts them back: they were acknowledged.
struct Pending<'a> {
    table: &'a Table,
    batches: Arc<Vec<EncodedBatch>>,
    at: Arc<Vec<u64>>,
    rows: usize,
    bytes: usize,
    sequences: Sequences,
    is_frozen: bool,
}

impl Pending<'_> {
    /// They are columns now; the bytes of the budget that were theirs.
    fn done(mut self) -> usize {
        self.is_frozen = true;
        self.bytes
    }
}

impl Drop for Pending<'_> {
    fn drop(&mut self) {
        if self.is_frozen {
            return;
        }
        let batches = Arc::unwrap_or_clone(std::mem::take(&mut self.batches));
        let mut state = self.table.lock();
        let newer = std::mem::replace(&mut state.pending, batches);
        state.pending.extend(newer);
        let newer = std::mem::replace(&mut state.pending_at, Arc::unwrap_or_clone(std::mem::take(&mut self.at)));
        state.pending_at.extend(newer);
        state.pending_rows += self.rows;
        state.pending_bytes += self.bytes;
        state.pending_since = Some(Instant::now());
        state.pending_sequences = Some(self.sequences.and(state.pending_sequences));
    }
}

fn bytes_of(frozen: &[Frozen]) -> usize {
    frozen.iter().map(|frozen| frozen.bytes).sum()
}

/// How many of the oldest take this much memory together; at least one. The pieces of one record stay together.
fn enough(frozen: &[Frozen], bytes: usize) -> usize {
    let mut sum = 0;
    let reached = (1..=frozen.len()).find(|count| {
        let newest = &frozen[count - 1];
        sum += newest.bytes;
        let next = frozen.get(*count);
        sum >= bytes && next.is_none_or(|next| next.sequences.first > newest.sequences.last)
    });
    reached.unwrap_or(frozen.len())
}

#[cfg(test)]
mod tests;
