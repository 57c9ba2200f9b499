//! Segments that cannot be read: found by whoever reads, told to everybody.
//!
//! What it promises: a damaged file costs the rows that are in it and no answer more than those, and each damage is in
//! [`crate::Health::set_aside`]. Nothing moves or removes the file: a backup may be put in its place, and a file that was
//! missing is served again as soon as it is there.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use object_store::ObjectStoreExt;
use object_store::path::Path;

use super::Store;
use crate::catalog::table_path;
use crate::segment::Segment;
use crate::segment_file;

/// What is known about the files of segments in this run.
#[derive(Default)]
pub(super) struct Damage {
    known: Mutex<Known>,
    /// Rises with every new damage.
    pub(super) count: std::sync::atomic::AtomicU64,
}

#[derive(Default)]
struct Known {
    /// Path → what is wrong with the content.
    corrupt: BTreeMap<String, String>,
    /// Paths of files that are not there, or not whole.
    absent: HashSet<String>,
    /// Paths of files whose tail was checked.
    tail_is_good: HashSet<String>,
}

impl Store {
    /// Says that a segment's file cannot be read: from now on queries leave it out and name it, and health lists it.
    pub fn report_segment(&self, segment: &Segment, reason: &str) {
        let path = segment.path.to_string();
        let is_new = self.damage.lock().corrupt.insert(path, reason.to_owned()).is_none();
        // Should the cache be what is wrong, the next run reads it from the store.
        self.table_store.forget(&segment.path);
        if is_new {
            self.list_segment(segment, reason);
        }
    }

    /// What is wrong with the content of a segment's file, if that was found out in this run.
    pub fn damage_of(&self, segment: &Segment) -> Option<String> {
        self.damage.lock().corrupt.get(segment.path.as_ref()).cloned()
    }

    /// Whether nothing is known to be wrong with a segment's file.
    pub(super) fn is_sound(&self, segment: &Segment) -> bool {
        let (known, path) = (self.damage.lock(), segment.path.as_ref());
        !known.corrupt.contains_key(path) && !known.absent.contains(path)
    }

    /// The segment is part of the table no more.
    pub(super) fn forget_damage(&self, segment: &Segment) {
        let path = segment.path.as_ref();
        let mut known = self.damage.lock();
        if known.corrupt.remove(path).is_some() | known.absent.remove(path) {
            drop(known);
            self.set_aside.withdraw_object(&segment.path);
        }
    }

    /// How much damage was found in this run. A query that failed while this rose is worth another try, without the
    /// damaged files.
    pub fn damage_count(&self) -> u64 {
        self.damage.count.load(Ordering::Acquire)
    }

    /// Whether a segment's file is there, whole and with a good footer, and not known to be damaged. The tail is read
    /// once in a run; what is wrong is listed in [`Store::health`].
    pub async fn check_segment(&self, segment: &Segment) -> Result<(), String> {
        if let Some(reason) = self.damage_of(segment) {
            return Err(reason);
        }
        if let Some(refusal) = self.table_store.refusal(&segment.path, segment.size_bytes) {
            return Err(refusal);
        }
        if self.table_store.is_remote() && segment.checksums.is_some() {
            // The footer tells as much, and is in the cache perhaps.
            return self.check_tail(segment).await;
        }
        let found = match self.table_store.objects().head(&segment.path).await {
            Ok(found) => found,
            Err(object_store::Error::NotFound { .. }) => return Err(self.absent(segment, "it is missing".to_owned())),
            // It may pass: too many open files, rights.
            Err(error) => return Err(error.to_string()),
        };
        if found.size != segment.size_bytes {
            let reason = format!("it has {} bytes instead of {}", found.size, segment.size_bytes);
            return Err(self.absent(segment, reason));
        }
        self.is_back(segment);
        self.check_tail(segment).await
    }

    /// Says that a read of a segment's file failed, where that may be because a remote store cannot be reached or has lost the
    /// file: then it is worth another try, without the files that cannot be read.
    pub fn report_read_failure(&self, segment: &Segment, error: &(dyn std::error::Error + 'static)) {
        if !self.table_store.is_remote() {
            return;
        }
        let causes = std::iter::successors(Some(error), |error| error.source());
        let is_missing = causes
            .filter_map(|cause| cause.downcast_ref::<object_store::Error>())
            .any(|error| matches!(error, object_store::Error::NotFound { .. }));
        if is_missing {
            // It was there when the footer was read.
            self.table_store.forget(&segment.path);
            self.damage.lock().tail_is_good.remove(segment.path.as_ref());
            self.absent(segment, "it is missing".to_owned());
        } else if self.table_store.refusal(&segment.path, segment.size_bytes).is_some() {
            self.damage.count.fetch_add(1, Ordering::AcqRel);
        }
    }

    /// Reads these segments as a whole and reports those that cannot be decoded: for files without checksums, after a
    /// failure that names no file.
    pub async fn find_damage(&self, segments: &[Arc<Segment>]) {
        for segment in segments {
            let Ok(file) = self.table_store.objects().get(&segment.path).await else { continue };
            let Ok(bytes) = file.bytes().await else { continue };
            let checked = segment.clone();
            let verdict = tokio::task::spawn_blocking(move || segment_file::verify(bytes, &checked)).await;
            match verdict {
                Ok(Ok(())) => {}
                Ok(Err(reason)) => self.report_segment(segment, &reason),
                Err(panicked) => self.report_segment(segment, &format!("reading it fails: {panicked}")),
            }
        }
    }

    /// Lists the files of segments that are not there or not whole. Done at the start.
    pub(super) async fn look_for_files(&self) {
        for open in self.tables.all() {
            let table = table_path(&(open.table.tenant.clone(), open.table.signal));
            let sizes: HashMap<Path, u64> = match self.table_store.all_below(&table).await {
                Ok(files) => files.into_iter().map(|file| (file.location, file.size)).collect(),
                Err(error) => {
                    tracing::warn!(%table, %error, "the files of a table cannot be listed");
                    continue;
                }
            };
            let problem = |path: &Path, expected: u64| match sizes.get(path) {
                Some(bytes) if *bytes == expected => None,
                Some(bytes) => Some(format!("it has {bytes} bytes instead of {expected}")),
                None => Some("it is missing".to_owned()),
            };
            for segment in open.table.segments().iter() {
                if let Some(reason) = problem(&segment.path, segment.size_bytes) {
                    self.absent(segment, reason);
                }
                if let Some(sidecar) = &segment.sidecar
                    && let Some(reason) = problem(&sidecar.path, sidecar.size_bytes)
                {
                    self.report_sidecar(&sidecar.path, &reason);
                }
            }
        }
    }

    async fn check_tail(&self, segment: &Segment) -> Result<(), String> {
        let Some(checksums) = segment.checksums else { return Ok(()) };
        let path = segment.path.to_string();
        if self.damage.lock().tail_is_good.contains(&path) {
            return Ok(());
        }
        let range = checksums.tail_range(segment.size_bytes);
        let tail =
            self.table_store.objects().get_range(&segment.path, range).await.map_err(|error| error.to_string())?;
        checksums.check_tail(&tail).inspect_err(|reason| self.report_segment(segment, reason))?;
        self.damage.lock().tail_is_good.insert(path);
        Ok(())
    }

    fn absent(&self, segment: &Segment, reason: String) -> String {
        if self.damage.lock().absent.insert(segment.path.to_string()) {
            self.list_segment(segment, &reason);
        }
        reason
    }

    fn is_back(&self, segment: &Segment) {
        if self.damage.lock().absent.remove(segment.path.as_ref()) {
            self.set_aside.withdraw_object(&segment.path);
        }
    }

    fn list_segment(&self, segment: &Segment, reason: &str) {
        self.damage.count.fetch_add(1, Ordering::AcqRel);
        let (rows, path) = (segment.rows, &segment.path);
        tracing::error!(%path, reason, "a segment cannot be read");
        let reason = format!("the segment cannot be read: {reason}; its {rows} rows are missing from answers");
        self.set_aside.report_object(path, reason);
    }
}

impl Damage {
    fn lock(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
