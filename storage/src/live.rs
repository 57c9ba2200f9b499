//! The live buffer of one table: rows that are durable in the log and not yet sealed.
//!
//! ```text
//! push ──► pending rows ──freeze──► frozen batches ──take──► sealing ──install──► segments
//!               └───────────────────────────────────take──────▲
//! ```
//!
//! Pending rows are in their stored form. They become columns (freeze) only where questions are asked of the table: a seal
//! makes the columns of the others itself, in the order of the segment.
//!
//! What it promises: [`Table::snapshot`] has every row whose append has returned, exactly once, at every moment of a
//! freeze or a seal. Rows are taken for a seal as a prefix of the log: everything up to a sequence, nothing beyond it.

mod frozen;
mod stored;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use arrow::record_batch::RecordBatch;
use tokio::time::Instant;

use crate::catalog::Loaded;
use crate::codec::EncodedBatch;
use crate::error::{Error, ErrorKind};
use crate::health::TableHealth;
use crate::promoted::Current;
use crate::retention::ExpiredRows;
use crate::row::{Signal, TenantId};
use crate::segment::{Segment, Snapshot};
use crate::wal::TableKey;
use frozen::Frozen;
use stored::Stored;

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
    /// Newer than all that is frozen, unless a seal takes all.
    pending: Stored,
    frozen: Vec<Frozen>,
    frozen_sequences: Option<Sequences>,
    /// When the oldest row that is not being sealed came.
    since: Option<Instant>,
    sealing: Option<Sealing>,
    /// How many seals have failed.
    put_back: u64,
    /// When a question was asked last.
    asked: Option<Instant>,
    segments: Arc<Vec<Arc<Segment>>>,
    sealed: u64,
    version: Option<i64>,
    expired: ExpiredRows,
    last_seal_unix_nano: Option<i64>,
    carried: usize,
    /// The last day that took its turn in a seal of more days than one seal takes.
    last_day: Option<i32>,
    /// The live rows need not be in the order of the log, or a record must be stepped over: the next seal takes all.
    takes_all: bool,
}

/// Rows that are being sealed.
struct Sealing {
    frozen: Vec<Frozen>,
    frozen_sequences: Option<Sequences>,
    stored: Arc<Stored>,
    /// The columns of those, once a question has asked for them.
    columns: Option<Vec<Frozen>>,
}

impl Sealing {
    fn frozen(&self) -> impl Iterator<Item = &Frozen> {
        self.frozen.iter().chain(self.columns.iter().flatten())
    }

    fn bytes(&self) -> usize {
        self.frozen().map(|frozen| frozen.bytes).sum::<usize>() + self.stored.bytes
    }

    fn rows(&self) -> usize {
        self.frozen.iter().map(|frozen| frozen.batch.num_rows()).sum::<usize>() + self.stored.rows
    }

    fn sequences(&self) -> Option<Sequences> {
        match self.frozen_sequences {
            Some(sequences) => Some(sequences.and(self.stored.sequences)),
            None => self.stored.sequences,
        }
    }
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
    pub(crate) parts: Vec<Part>,
    pub(crate) sequences: Sequences,
    /// The last day that took its turn, see [`crate::carry`].
    pub(crate) last_day: Option<i32>,
}

/// Some of them.
#[derive(Debug, Clone)]
pub(crate) enum Part {
    Columns(RecordBatch),
    Stored(EncodedBatch),
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
        state.expired = catalog.expired;
    }

    /// Adds durable rows; as much of the budget as they take is theirs already. Sequences rise from call to call. Quick.
    pub(crate) fn push(&self, sequence: u64, batch: EncodedBatch) {
        let mut state = self.lock();
        state.since.get_or_insert_with(Instant::now);
        state.pending.push(sequence, batch);
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
        state.pending.step_over(sequence);
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

    /// The last sequence of the rows that are not in segments, where there are some. Waits for those that are becoming
    /// columns at this moment.
    pub(crate) async fn live_to(&self) -> Option<u64> {
        let _freezing = self.freezing.lock().await;
        let state = self.lock();
        let sealing = state.sealing.as_ref().and_then(Sealing::sequences);
        let all = [sealing, state.frozen_sequences, state.pending.sequences];
        all.into_iter().flatten().map(|sequences| sequences.last).max()
    }

    /// Whether rows wait to become columns for long enough or in great enough number, while questions are asked.
    pub(crate) fn wants_freeze(&self, rows: usize, age: Duration, asked_within: Duration) -> bool {
        let state = self.lock();
        let is_asked = state.asked.is_some_and(|asked| asked.elapsed() <= asked_within);
        let pending = &state.pending;
        is_asked && (pending.rows >= rows.max(1) || pending.since.is_some_and(|since| since.elapsed() >= age))
    }

    /// When the oldest live row came, where there is enough to seal or something old enough.
    pub(crate) fn due_for_seal(&self, bytes: usize, age: Duration) -> Option<Instant> {
        let state = self.lock();
        let live = state.pending.bytes + bytes_of(&state.frozen);
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
        loop {
            let put_back = {
                let mut state = self.lock();
                state.asked = Some(Instant::now());
                state.put_back
            };
            self.freeze_now().await?;
            self.freeze_sealing().await?;
            let state = self.lock();
            if state.put_back != put_back {
                // What was being sealed is pending again.
                continue;
            }
            let sealing = state.sealing.iter().flat_map(Sealing::frozen);
            let live = sealing.chain(&state.frozen).map(|frozen| frozen.batch.clone()).collect();
            let segments = state.segments.as_ref().clone();
            // Read last: what is in the segments and batches was written by this set or by an earlier one.
            let promoted = self.promoted.get();
            drop(state);
            return Ok(Snapshot {
                signal: self.signal,
                schema: promoted.read(self.signal).clone(),
                promoted,
                segments,
                live,
            });
        }
    }

    /// Takes live rows for a seal, the oldest of the log first and about as many as take this much memory; they stay in
    /// snapshots. `None` where there are none.
    ///
    /// Ends with [`Self::install`] or [`Self::put_back`]. One seal at a time: the caller holds the table's catalog.
    pub(crate) async fn take(&self, bytes: usize) -> Option<Taken> {
        let _freezing = self.freezing.lock().await;
        let mut state = self.lock();
        if state.frozen_sequences.is_none() && state.pending.sequences.is_none() {
            return None;
        }
        let bytes = if state.takes_all { usize::MAX } else { bytes };
        let sealing = take_oldest(&mut state, bytes);
        let sequences = sealing.sequences().expect("there are some");
        if state.frozen_sequences.is_none() && state.pending.sequences.is_none() {
            state.since = None;
        }
        let frozen = sealing.frozen.iter().map(|frozen| Part::Columns(frozen.batch.clone()));
        let parts = frozen.chain(sealing.stored.batches.iter().cloned().map(Part::Stored)).collect();
        state.sealing = Some(sealing);
        Some(Taken { parts, sequences, last_day: state.last_day })
    }

    /// Replaces the rows of a seal by the segments of the catalog and the rows that were carried over, at one moment.
    pub(crate) fn install(&self, catalog: Loaded, carried: Option<Carried>, now_unix_nano: i64) {
        let mut state = self.lock();
        let released = state.sealing.take().map_or(0, |sealing| sealing.bytes());
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
        state.expired = catalog.expired;
    }

    /// Undoes [`Self::take`] after a failed seal: the next one takes the rows again.
    pub(crate) fn put_back(&self) {
        let mut state = self.lock();
        let Some(sealing) = state.sealing.take() else { return };
        let Sealing { frozen, frozen_sequences, stored, columns } = sealing;
        state.put_back += 1;
        let newer = std::mem::replace(&mut state.frozen, frozen);
        let newer_sequences = std::mem::replace(&mut state.frozen_sequences, frozen_sequences);
        if let Some(newer) = newer_sequences {
            state.frozen_sequences = Some(newer.and(frozen_sequences));
        }
        // What has become columns during the seal, or becomes so now, is newer than what is pending again.
        state.takes_all |= stored.sequences.is_some();
        state.frozen.extend(newer);
        let newer = std::mem::replace(&mut state.pending, Arc::unwrap_or_clone(stored));
        state.pending.extend(newer);
        // They are as old as a seal can be; the pause before the next attempt is the worker's affair.
        state.since = Some(Instant::now());
        drop(state);
        self.budget.give_back(columns.iter().flatten().map(|frozen| frozen.bytes).sum());
    }

    pub(crate) fn health(&self) -> TableHealth {
        let state = self.lock();
        let sealing = state.sealing.as_ref();
        let frozen_rows: usize = state.frozen.iter().map(|frozen| frozen.batch.num_rows()).sum();
        let segments = || state.segments.iter();
        TableHealth {
            tenant: self.tenant.clone(),
            signal: self.signal,
            buffered_rows: state.pending.rows + frozen_rows + sealing.map_or(0, Sealing::rows),
            buffered_bytes: state.pending.bytes + bytes_of(&state.frozen) + sealing.map_or(0, Sealing::bytes),
            segments: state.segments.len(),
            segment_rows: segments().map(|segment| segment.rows).sum(),
            segment_bytes: segments().map(|segment| segment.size_bytes).sum(),
            sidecar_bytes: segments().filter_map(|s| s.sidecar.as_ref()).map(|sidecar| sidecar.size_bytes).sum(),
            version: state.version,
            last_seal_unix_nano: state.last_seal_unix_nano,
            rows_carried_over: state.carried,
            compactions: 0,
            segments_compacted: 0,
            rows_expired: state.expired.total(),
            rows_expired_by_service: state.expired.by_service(),
            segments_removed: 0,
        }
    }

    /// With the freezing lock held: makes columns of what is pending now, a little at a time, so that rows are not held
    /// twice. If it fails or is dropped, the rows wait on: better no answer than one without them.
    async fn freeze_now(&self) -> Result<(), Error> {
        let Some(newest) = self.lock().pending.sequences.map(|sequences| sequences.last) else { return Ok(()) };
        loop {
            let (pending, mut frozen) = {
                let mut state = self.lock();
                if state.pending.sequences.is_none_or(|pending| pending.first > newest) {
                    return Ok(());
                }
                let oldest = state.pending.take_oldest(self.frozen_rows_max, usize::MAX);
                (Pending { table: self, rows: Some(Arc::new(oldest)) }, state.frozen.clone())
            };
            let rows = pending.rows();
            let (signal, rows_max, set) = (self.signal, self.frozen_rows_max, self.promoted.get());
            let before = bytes_of(&frozen);
            let known = frozen.len();
            let work = move || {
                for piece in frozen::columns(signal, &rows, &set, rows_max)? {
                    frozen::push_merged(&mut frozen, piece, rows_max)?;
                }
                Ok(frozen)
            };
            let frozen = on_a_thread_of_its_own(signal, work).await?;
            let after = bytes_of(&frozen);
            let mut state = self.lock();
            // A seal that has ended meanwhile has put rows before these: those it carried over, or all that it had taken.
            let put_before = state.frozen.len() - known;
            state.frozen.truncate(put_before);
            state.frozen.extend(frozen);
            let done = pending.done();
            if let Some(sequences) = done.sequences {
                state.frozen_sequences = Some(sequences.and(state.frozen_sequences));
            }
            drop(state);
            self.budget.take(after);
            self.budget.give_back(before + done.bytes);
        }
    }

    /// With the freezing lock held: makes columns of what is being sealed.
    async fn freeze_sealing(&self) -> Result<(), Error> {
        let unseen = |sealing: &Sealing| {
            (!sealing.stored.is_empty() && sealing.columns.is_none()).then(|| sealing.stored.clone())
        };
        let Some(stored) = self.lock().sealing.as_ref().and_then(unseen) else { return Ok(()) };
        let (signal, rows_max, set, rows) = (self.signal, self.frozen_rows_max, self.promoted.get(), stored.clone());
        let columns = on_a_thread_of_its_own(signal, move || frozen::columns(signal, &rows, &set, rows_max)).await?;
        let mut state = self.lock();
        // The seal may have ended meanwhile.
        if let Some(sealing) = state.sealing.as_mut().filter(|sealing| Arc::ptr_eq(&sealing.stored, &stored)) {
            self.budget.take(bytes_of(&columns));
            sealing.columns = Some(columns);
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes the oldest live rows, about as many as take this much memory.
fn take_oldest(state: &mut State, bytes: usize) -> Sealing {
    let count = enough(&state.frozen, bytes);
    let left = state.frozen.split_off(count);
    let frozen = std::mem::replace(&mut state.frozen, left);
    let frozen_sequences = state.frozen_sequences.take();
    if let (Some(newest), Some(next), Some(all)) = (frozen.last(), state.frozen.first(), frozen_sequences) {
        state.frozen_sequences = Some(Sequences { first: next.sequences.first, last: all.last });
        let frozen_sequences = Some(Sequences { first: all.first, last: newest.sequences.last });
        return Sealing { frozen, frozen_sequences, stored: Arc::default(), columns: None };
    }
    let room = bytes.saturating_sub(bytes_of(&frozen));
    let stored = if room > 0 { state.pending.take_oldest(usize::MAX, room) } else { Stored::default() };
    Sealing { frozen, frozen_sequences, stored: Arc::new(stored), columns: None }
}

async fn on_a_thread_of_its_own<T: Send + 'static>(
    signal: Signal,
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let done = tokio::task::spawn_blocking(work).await.map_err(|error| {
        Error::new(ErrorKind::Internal, format!("making columns of {} failed: {error}", signal.table()))
    });
    done.flatten()
}

/// Rows that are becoming columns. Dropped before that is done (the question that wanted them was given up, or it failed),
/// it puts them back: they were acknowledged.
struct Pending<'a> {
    table: &'a Table,
    /// Until they are columns.
    rows: Option<Arc<Stored>>,
}

impl Pending<'_> {
    fn rows(&self) -> Arc<Stored> {
        self.rows.clone().unwrap_or_default()
    }

    /// They are columns now.
    fn done(mut self) -> Arc<Stored> {
        self.rows.take().unwrap_or_default()
    }
}

impl Drop for Pending<'_> {
    fn drop(&mut self) {
        let Some(rows) = self.rows.take() else { return };
        let mut state = self.table.lock();
        let newer = std::mem::replace(&mut state.pending, Arc::unwrap_or_clone(rows));
        state.pending.extend(newer);
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
