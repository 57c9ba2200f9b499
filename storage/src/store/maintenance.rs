//! Background work on what is sealed: compacts, removes what has had its time, and then the files that nobody reads; and
//! looks whether the others are as they were written ([`super::scrub`]).
//!
//! What it promises: one piece of work at a time, so that its memory is known; a share of the processor
//! ([`crate::Config::compaction_cpu_percent`]) and none while the live buffers are more than half full, so that ingest and
//! queries keep theirs. A segment that turns out to be damaged is named in health and left alone. What it leaves out: which
//! segments ([`crate::compaction`]) and which rows ([`crate::retention`]).

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, Weak};
use std::time::Duration;

use super::{OpenTable, Removed, Store};
use crate::catalog::{Catalog, Replacement};
use crate::compaction::{self, Failed, Keep, Limits, Merge, Output};
use crate::error::{Error, ErrorKind};
use crate::health::TableHealth;
use crate::objects::delete_if_there;
use crate::promoted::PromotedSet;
use crate::retention::{ExpiredRows, Rules, Verdict};
use crate::seal::{self, Step};
use crate::segment::Segment;

const DAY_NS: i64 = 86_400_000_000_000;
/// How long a compaction waits before it looks again whether the live buffers have room.
const PRESSED_PAUSE: Duration = Duration::from_millis(100);

/// What was done to a table since the start.
#[derive(Debug, Default)]
pub(super) struct Counts {
    compactions: AtomicU64,
    segments_compacted: AtomicU64,
}

/// Runs until the store is dropped or closed.
pub(super) fn spawn(store: &Arc<Store>) {
    let (interval, store) = (store.config.maintenance_interval, Arc::downgrade(store));
    tokio::spawn(run(interval, store));
}

async fn run(interval: Duration, store: Weak<Store>) {
    loop {
        tokio::time::sleep(interval).await;
        let Some(store) = store.upgrade() else { return };
        if store.is_closing() {
            return;
        }
        if let Err(error) = store.maintain().await {
            store.note_failure("compaction, retention or the removal of old files", &error);
        }
    }
}

impl Store {
    /// Does all that is to be done now. Every table gets its turn, whatever happens to the others.
    pub async fn maintain(self: &Arc<Self>) -> Result<(), Error> {
        let _one = self.maintaining.lock().await;
        let mut first_error = None;
        for open in self.tables.all() {
            let done = async {
                open.catalog.lock().await.as_ref().map_or(Ok(()), Catalog::refuse_in_doubt).map_err(Failed::Error)?;
                self.expire(&open).await?;
                while self.compact(&open).await? {}
                self.vacuum(&open).await
            };
            match done.await {
                Ok(()) => {}
                Err(Failed::Closing) => return Ok(()),
                Err(Failed::Damaged(segment, reason)) => {
                    // A file that is missing is listed by that, and counts again once it is put back.
                    if self.check_segment(&segment).await.is_ok() {
                        self.report_segment(&segment, &reason);
                    }
                }
                Err(Failed::Error(error)) => {
                    first_error.get_or_insert(error);
                }
            }
        }
        if let Err(Failed::Error(error)) = self.scrub().await {
            first_error.get_or_insert(error);
        }
        first_error.map_or(Ok(()), Err)
    }

    /// Whether segments were merged.
    async fn compact(self: &Arc<Self>, open: &Arc<OpenTable>) -> Result<bool, Failed> {
        let limits = Limits {
            segments_min: self.config.compaction_segments_min,
            rows_max: self.config.compaction_rows_max,
            bytes_max: self.config.compaction_bytes_max,
        };
        let today = i32::try_from(self.clock.now_unix_nano().div_euclid(DAY_NS)).unwrap_or(i32::MAX);
        let Some(inputs) = compaction::choose(&self.sound_segments(open), &limits, today) else { return Ok(false) };
        // What it holds comes on top of the live rows: it is not begun while there are many.
        self.pause_after(Duration::ZERO).await?;
        if !self.table_store.is_remote() && !self.has_room_for(inputs.iter().map(|segment| segment.size_bytes).sum()) {
            return Ok(false);
        }
        let mut expired = inputs[0].expired.clone();
        expired.retain(|rule| inputs.iter().all(|segment| segment.expired.contains(rule)));
        let set = self.tables.promoted.get();
        let output = self.rewrite(open, &set, &inputs, None, expired).await?;
        // Where another program has removed an input, the same plan would come again and again.
        let is_merged = self.replace(open, &set, &inputs, output, None).await?;
        if is_merged {
            open.counts.compactions.fetch_add(1, Ordering::Relaxed);
            open.counts.segments_compacted.fetch_add(inputs.len() as u64, Ordering::Relaxed);
        }
        Ok(is_merged)
    }

    /// Removes the rows that have had their time.
    async fn expire(self: &Arc<Self>, open: &Arc<OpenTable>) -> Result<(), Failed> {
        let rules = Rules::new(&self.config.retention, open.table.signal);
        let now = self.clock.now_unix_nano();
        let mut over = (Vec::new(), ExpiredRows::default());
        for segment in open.table.segments().iter() {
            // Those that cannot be read as well; whose rows those were is not known then.
            if let Verdict::Remove(rule) = rules.verdict(segment, now)
                && (rule.is_some() || !self.is_sound(segment))
            {
                over.0.push(segment.clone());
                over.1.extend_by(Some(&ExpiredRows::of(rule.as_deref(), segment.rows)));
            }
        }
        let (over, rows) = over;
        if !over.is_empty() && self.replace(open, &self.tables.promoted.get(), &over, None, Some(rows)).await? {
            over.iter().for_each(|segment| self.forget_damage(segment));
        }
        for segment in self.sound_segments(open) {
            let expired = match rules.verdict(&segment, now) {
                Verdict::Rewrite(expired) => expired,
                // It is read for the sake of the counts.
                Verdict::Remove(None) => rules.names(),
                Verdict::Keep | Verdict::Remove(Some(_)) => continue,
            };
            let counts = Arc::default();
            let keep: Keep = Box::new(rules.keep(&expired, &counts));
            let (input, set) = ([segment], self.tables.promoted.get());
            let output = self.rewrite(open, &set, &input, Some(keep), expired).await?;
            let rows = std::mem::take(&mut *counts.lock().unwrap_or_else(PoisonError::into_inner));
            self.replace(open, &set, &input, output, Some(rows)).await?;
        }
        Ok(())
    }

    /// Writes one segment of the rows of these; `None` where no row is left.
    async fn rewrite(
        self: &Arc<Self>,
        open: &Arc<OpenTable>,
        set: &Arc<PromotedSet>,
        inputs: &[Arc<Segment>],
        keep: Option<Keep>,
        expired: Vec<String>,
    ) -> Result<Option<Segment>, Failed> {
        let key = (open.table.tenant.clone(), open.table.signal);
        let (store, inputs, set) = (self.clone(), inputs.to_vec(), set.clone());
        let work = async move {
            let batch_rows = (8192 / inputs.len()).clamp(512, 4096);
            let mut rows = Vec::with_capacity(inputs.len());
            for segment in &inputs {
                let objects = store.object_store();
                rows.push(compaction::open(objects, segment.clone(), set.clone(), key.1, batch_rows).await?);
            }
            let merged = Merge::new(key.1, set.written(key.1), rows, keep).await?;
            let output = Output {
                key: &key,
                set: &set,
                inputs: &inputs,
                row_group_rows: store.config.row_group_rows,
                now_unix_nano: store.clock.now_unix_nano(),
                expired,
            };
            let pause = |worked| store.pause_after(worked);
            compaction::write(store.table_store.objects().as_ref(), output, merged, pause).await
        };
        // Sorting and encoding would hold up the threads that answer.
        let runtime = tokio::runtime::Handle::current();
        let done = tokio::task::spawn_blocking(move || runtime.block_on(work)).await;
        done.map_err(|error| Failed::Error(Error::new(ErrorKind::Internal, format!("a compaction failed: {error}"))))?
    }

    /// Gives the processor to others, in proportion to the work.
    async fn pause_after(&self, worked: Duration) -> Result<(), Failed> {
        let percent = self.config.compaction_cpu_percent.clamp(1, 100) as u32;
        if percent < 100 {
            tokio::time::sleep(worked * (100 - percent) / percent).await;
        }
        while self.budget.used() > self.config.buffer_bytes_max / 2 && !self.is_closing() {
            tokio::time::sleep(PRESSED_PAUSE).await;
        }
        if self.is_closing() { Err(Failed::Closing) } else { Ok(()) }
    }

    /// Commits a replacement; `expired` says which rows are left out. Whether it was made: not where one of the segments is
    /// gone meanwhile.
    async fn replace(
        &self,
        open: &Arc<OpenTable>,
        set: &PromotedSet,
        removed: &[Arc<Segment>],
        added: Option<Segment>,
        expired: Option<ExpiredRows>,
    ) -> Result<bool, Failed> {
        (self.step)(Step::Rewritten);
        let added = added.map(Arc::new);
        let unused: Vec<Arc<Segment>> = added.iter().cloned().collect();
        let now_unix_ms = self.clock.now_unix_nano() / 1_000_000;
        let mut catalog = open.catalog.lock().await;
        let Some(catalog) = catalog.as_mut() else { return Ok(false) };
        if let Err(error) = catalog.refuse_in_doubt() {
            // It came to be so meanwhile, by another commit: no commit names this file.
            self.remove_unused(open, &unused, now_unix_ms).await;
            return Err(Failed::Error(error));
        }
        let change = Replacement { removed, added: added.as_deref(), set, expired: expired.as_ref() };
        let done = catalog.replace(&change, now_unix_ms).await;
        if catalog.is_in_doubt() {
            let table = open.table.signal.table();
            self.wal.poison(format!("it is not known whether a commit to {table} has happened"));
            return Err(Failed::Error(done.err().unwrap_or_else(|| Error::new(ErrorKind::Internal, "in doubt"))));
        }
        if let Ok(Some(loaded)) = done {
            (self.step)(Step::Replaced);
            open.table.install_segments(loaded);
            let mut waiting = open.removed.lock().unwrap_or_else(PoisonError::into_inner);
            waiting
                .extend(removed.iter().map(|segment| Removed { path: segment.path.clone(), at_unix_ms: now_unix_ms }));
            drop(waiting);
            for sidecar in removed.iter().filter_map(|segment| segment.sidecar.as_ref()) {
                self.indexes.forget(sidecar.path.as_ref());
            }
            return Ok(true);
        }
        self.remove_unused(open, &unused, now_unix_ms).await;
        done.map(|_| false).map_err(Failed::Error)
    }

    /// Removes what no commit names; what cannot be removed is left to the vacuum.
    async fn remove_unused(&self, open: &OpenTable, unused: &[Arc<Segment>], now_unix_ms: i64) {
        if !seal::remove(self.table_store.objects().as_ref(), unused).await {
            let mut waiting = open.removed.lock().unwrap_or_else(PoisonError::into_inner);
            waiting.extend(unused.iter().map(|file| Removed { path: file.path.clone(), at_unix_ms: now_unix_ms }));
        }
    }

    /// Removes the files of segments that were removed long enough ago.
    async fn vacuum(&self, open: &OpenTable) -> Result<(), Failed> {
        let now_unix_ms = self.clock.now_unix_nano() / 1_000_000;
        let age_ms = i64::try_from(self.config.vacuum_age.as_millis()).unwrap_or(i64::MAX);
        let due: Vec<Removed> = {
            let mut removed = open.removed.lock().unwrap_or_else(PoisonError::into_inner);
            removed.extract_if(.., |removed| removed.at_unix_ms <= now_unix_ms.saturating_sub(age_ms)).collect()
        };
        let mut failed = None;
        for removed in due {
            let mut is_left = false;
            for path in [&seal::sidecar_path(&removed.path), &removed.path] {
                if let Err(error) = delete_if_there(self.table_store.objects().as_ref(), path).await {
                    is_left = true;
                    failed.get_or_insert_with(|| format!("cannot remove {path}: {error}"));
                }
            }
            if is_left {
                open.removed.lock().unwrap_or_else(PoisonError::into_inner).push(removed);
            }
        }
        failed.map_or(Ok(()), |message| Err(Failed::Error(Error::new(ErrorKind::Internal, message))))
    }

    pub(super) fn sound_segments(&self, open: &OpenTable) -> Vec<Arc<Segment>> {
        open.table.segments().iter().filter(|segment| self.is_sound(segment)).cloned().collect()
    }

    pub(super) fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Acquire)
    }
}

impl OpenTable {
    pub(super) fn health(&self) -> TableHealth {
        TableHealth {
            compactions: self.counts.compactions.load(Ordering::Relaxed),
            segments_compacted: self.counts.segments_compacted.load(Ordering::Relaxed),
            segments_removed: self.removed.lock().unwrap_or_else(PoisonError::into_inner).len(),
            ..self.table.health()
        }
    }
}
