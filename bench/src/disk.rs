//! What a data directory takes of the disk, and how long the disk takes to sync.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::feed::Signal;

/// What is appended before each sync: about an export of one span.
const APPENDED: [u8; 1024] = [7; 1024];

/// Bytes that are allocated on the disk.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Bytes {
    /// Of each table, by [`Signal`]: Parquet, index and Delta log.
    pub(crate) tables: [u64; 3],
    /// Of the write-ahead log.
    pub(crate) log: u64,
    /// Of everything else: documents, set-aside files.
    pub(crate) rest: u64,
}

/// Measures a data directory. Files that come and go meanwhile are counted or not.
pub(crate) fn bytes(data_dir: &Path) -> Bytes {
    let tables = Signal::ALL.map(|signal| allocated(&data_dir.join("tenants/default").join(signal.table())));
    let log = allocated(&data_dir.join("wal"));
    let rest = allocated(data_dir).saturating_sub(tables.iter().sum::<u64>() + log);
    Bytes { tables, log, rest }
}

fn allocated(path: &Path) -> u64 {
    let Ok(meta) = fs::symlink_metadata(path) else { return 0 };
    let inner = if meta.is_dir() { fs::read_dir(path).ok() } else { None };
    let inner = inner.into_iter().flatten().flatten().map(|entry| allocated(&entry.path()));
    meta.blocks() * 512 + inner.sum::<u64>()
}

/// Appends to a file of its own in `folder` and syncs, so many times; how long each took.
pub(crate) fn sync_times(folder: &Path, count: usize) -> Result<Vec<Duration>, String> {
    let path = folder.join("sync-times");
    let timed = || {
        let mut file = File::create(&path)?;
        let mut times = Vec::with_capacity(count);
        for _ in 0..count {
            let begun = Instant::now();
            file.write_all(&APPENDED)?;
            file.sync_data()?;
            times.push(begun.elapsed());
        }
        fs::remove_file(&path)?;
        Ok(times)
    };
    timed().map_err(|error: std::io::Error| format!("cannot sync {}: {error}", path.display()))
}
