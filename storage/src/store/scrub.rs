//! Reads every file of every segment once in a while, so that a bit that flips in a file that nobody asks for is known while a
//! backup is still there.
//!
//! What it promises: a file is read once in each [`crate::Config::scrub_interval`] in which the process runs at that file's
//! time, which its name decides, so that the work is spread evenly and a restart begins nothing anew; never more than
//! [`BYTES_PER_SECOND`]. What is damaged is named in health as if a question had met it. What it leaves out: tables on a
//! remote store, which does that itself; the write-ahead log and the Delta log, which every start reads.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};

use super::{OpenTable, Store};
use crate::compaction::Failed;

const BYTES_PER_SECOND: u64 = 16 << 20;
/// Read at once.
const PIECE: u64 = 1 << 20;

impl Store {
    /// Reads what is due since the last time.
    pub(super) async fn scrub(&self) -> Result<(), Failed> {
        let now_ms = self.clock.now_unix_nano() / 1_000_000;
        let since_ms = self.scrubbed_at_unix_ms.swap(now_ms, Ordering::Relaxed);
        if self.table_store.is_remote() {
            return Ok(());
        }
        for open in self.tables.all() {
            self.scrub_table(&open, (since_ms, now_ms)).await?;
        }
        Ok(())
    }

    async fn scrub_table(&self, open: &Arc<OpenTable>, (since_ms, now_ms): (i64, i64)) -> Result<(), Failed> {
        let interval_ms = i64::try_from(self.config.scrub_interval.as_millis()).unwrap_or(i64::MAX);
        let is_due = |path: &Path| is_due(path.as_ref(), since_ms, now_ms, interval_ms);
        for segment in self.sound_segments(open) {
            if let Some(checksums) = segment.checksums.filter(|_| is_due(&segment.path)) {
                let wrong = self.read_all(&segment.path, segment.size_bytes, checksums.file).await?;
                if let Some(reason) = wrong.filter(|_| is_there(open, &segment.path)) {
                    self.report_segment(&segment, &reason);
                }
            }
            if let Some(sidecar) = segment.sidecar.as_ref().filter(|sidecar| is_due(&sidecar.path)) {
                let wrong = self.read_all(&sidecar.path, sidecar.size_bytes, sidecar.crc32c).await?;
                if let Some(reason) = wrong.filter(|_| is_there(open, &segment.path)) {
                    self.report_sidecar(&sidecar.path, &reason);
                }
            }
        }
        Ok(())
    }

    /// Reads a file from front to back, slowly. What is wrong with it; a file that cannot be read now is no finding.
    async fn read_all(&self, path: &Path, size_bytes: u64, crc32c: u32) -> Result<Option<String>, Failed> {
        let objects: &dyn ObjectStore = self.table_store.objects().as_ref();
        let (mut at, mut sum) = (0, 0);
        while at < size_bytes {
            let end = (at + PIECE).min(size_bytes);
            let Ok(bytes) = objects.get_range(path, at..end).await else { return Ok(None) };
            sum = crc32c::crc32c_append(sum, &bytes);
            tokio::time::sleep(Duration::from_secs_f64((end - at) as f64 / BYTES_PER_SECOND as f64)).await;
            if self.is_closing() {
                return Err(Failed::Closing);
            }
            at = end;
        }
        Ok((sum != crc32c).then(|| "its checksum is not the one in the catalog".to_owned()))
    }
}

/// Whether the segment is still part of the table: a merge may have replaced it meanwhile, and its file be gone.
fn is_there(open: &OpenTable, path: &Path) -> bool {
    open.table.segments().iter().any(|segment| segment.path == *path)
}

/// Whether the time of a file lies in `(since, now]`: once in every interval, when its name says. Pure.
fn is_due(name: &str, since_ms: i64, now_ms: i64, interval_ms: i64) -> bool {
    let interval_ms = interval_ms.max(1);
    let part = i128::from(crc32c::crc32c(name.as_bytes())) * i128::from(interval_ms);
    let phase = (part >> 32) as i64;
    let turn = |at_ms: i64| at_ms.saturating_sub(phase).div_euclid(interval_ms);
    turn(now_ms) > turn(since_ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_due_once_in_an_interval_and_they_are_spread() {
        let interval = 7 * 86_400_000;
        let hour = 3_600_000;
        let mut by_hour = Vec::new();
        for step in 0..7 * 24 {
            let (since, now) = (step * hour, (step + 1) * hour);
            by_hour.push((0..1_000).filter(|file| is_due(&format!("{file}.parquet"), since, now, interval)).count());
        }
        assert_eq!(by_hour.iter().sum::<usize>(), 1_000);
        assert!(by_hour.iter().all(|due| *due < 30), "{by_hour:?}");
        assert!(is_due("a", 0, interval, interval) && !is_due("a", 5, 5, interval));
    }
}
