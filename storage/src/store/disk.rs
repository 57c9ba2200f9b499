//! A full disk: appends are refused before it is really full, so that seals, commits and compactions still can end.
//!
//! What it promises: below [`crate::Config::disk_reserve_bytes`] of room, appends get an error that says so, and are taken
//! again as soon as there is room; everything else goes on. What it leaves out: a disk that others fill within a second.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::Store;
use crate::error::Error;

/// Making room takes a person, or retention, a while.
const RETRY_AFTER: Duration = Duration::from_secs(30);

/// The room on the disk of the data directory, or of the tables where that has less, when it was looked at last.
#[derive(Debug)]
pub(super) struct Room(AtomicU64);

impl Default for Room {
    fn default() -> Self {
        Self(AtomicU64::new(u64::MAX))
    }
}

impl Room {
    /// `None` where it is not known.
    pub(super) fn free_bytes(&self) -> Option<u64> {
        Some(self.0.load(Ordering::Relaxed)).filter(|free| *free != u64::MAX)
    }
}

impl Store {
    /// Looks how much room there is; called once a second.
    pub(super) fn look_at_disk(&self) {
        let folders = std::iter::once(self.config.data_dir.as_path()).chain(self.table_store.local_folder());
        let free: Result<Vec<u64>, _> = folders.map(|folder| self.io.free_bytes(folder)).collect();
        match free.map(|free| free.into_iter().min().unwrap_or(u64::MAX)) {
            Ok(free) => {
                self.disk.0.store(free, Ordering::Relaxed);
                self.table_store.keep_room(free, self.config.disk_reserve_bytes);
            }
            Err(error) => tracing::warn!(%error, "it cannot be told how much room the disk has"),
        }
    }

    pub(super) fn refuse_on_full_disk(&self) -> Result<(), Error> {
        let reserve = self.config.disk_reserve_bytes;
        match self.disk.free_bytes() {
            Some(free) if free < reserve => {
                self.refused.fetch_add(1, Ordering::Relaxed);
                let message = format!(
                    "the disk is nearly full: {free} bytes are free, and disk_reserve_bytes ({reserve}) are kept for what was \
                     taken already; make room, then send it again"
                );
                Err(Error::unavailable(message, RETRY_AFTER))
            }
            _ => Ok(()),
        }
    }

    /// Whether there is room for another file of this size beside the reserve.
    pub(super) fn has_room_for(&self, bytes: u64) -> bool {
        self.disk.free_bytes().is_none_or(|free| free > self.config.disk_reserve_bytes.saturating_add(bytes))
    }
}
