//! Opened indexes, bounded by the memory they take; the least recently used go first.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use object_store::{GetOptions, GetRange, ObjectStore};
use tokio::sync::OnceCell;

use super::SegmentIndex;
use super::body::{Body, Failed, Source};
use super::pack::{self, Opened};
use crate::error::Error;
use crate::segment::Sidecar;

/// How much of a sidecar is read first: what is known of the blocks of most.
const BEGINNING_BYTES: u64 = 32 << 10;

type Cell = Arc<OnceCell<Result<Arc<SegmentIndex>, String>>>;

pub(crate) struct IndexCache {
    bytes_max: usize,
    entries: Mutex<Entries>,
    /// Of all indexes that are opened, those included that a question still has and the cache does not.
    bytes: Arc<AtomicUsize>,
}

#[derive(Default)]
struct Entries {
    cells: HashMap<String, (Cell, u64)>,
    clock: u64,
}

impl IndexCache {
    pub(crate) fn new(bytes_max: usize) -> Self {
        Self { bytes_max, entries: Mutex::default(), bytes: Arc::default() }
    }

    /// The memory of all opened indexes.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }

    /// The index in this sidecar. The inner error says what is wrong with the file; the outer one is a failure to read
    /// it that may pass.
    pub(crate) async fn get(
        &self,
        objects: &Arc<dyn ObjectStore>,
        sidecar: &Sidecar,
    ) -> Result<Result<Arc<SegmentIndex>, String>, Error> {
        let cell = self.cell(sidecar.path.as_ref());
        let source = || Source {
            objects: objects.clone(),
            path: sidecar.path.clone(),
            size_bytes: sidecar.size_bytes,
            memory: self.bytes.clone(),
        };
        let open = || async {
            match open(source(), sidecar).await {
                Ok(index) => Ok(Ok(Arc::new(index))),
                Err(Failed::Damaged(reason)) => Ok(Err(reason)),
                Err(Failed::Unread(error)) => Err(error),
            }
        };
        let opened = cell.get_or_try_init(open).await?.clone();
        self.evict();
        Ok(opened)
    }

    /// Lets go of the index of a segment that is no more.
    pub(crate) fn forget(&self, sidecar: &str) {
        self.lock().cells.remove(sidecar);
    }

    fn cell(&self, key: &str) -> Cell {
        let mut entries = self.lock();
        entries.clock += 1;
        let now = entries.clock;
        let (cell, used) = entries.cells.entry(key.to_owned()).or_default();
        *used = now;
        cell.clone()
    }

    /// Indexes grow as they are searched: this is called after that as well.
    pub(crate) fn evict(&self) {
        let mut bytes = self.bytes();
        if bytes <= self.bytes_max {
            return;
        }
        let mut entries = self.lock();
        let size = |cell: &Cell| cell.get().and_then(|opened| opened.as_ref().ok()).map_or(0, |index| index.bytes());
        let mut oldest: Vec<(u64, String, usize)> = entries
            .cells
            .iter()
            .map(|(key, (cell, used))| (*used, key.clone(), size(cell)))
            .filter(|(_, _, size)| *size > 0)
            .collect();
        oldest.sort_unstable();
        // The newest is in use.
        oldest.pop();
        for (_, key, freed) in oldest {
            if bytes <= self.bytes_max {
                break;
            }
            entries.cells.remove(&key);
            bytes = bytes.saturating_sub(freed);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn open(source: Source, sidecar: &Sidecar) -> Result<SegmentIndex, Failed> {
    let mut wanted = BEGINNING_BYTES.min(sidecar.size_bytes);
    loop {
        let options = GetOptions { range: Some(GetRange::Bounded(0..wanted)), ..GetOptions::default() };
        let beginning = async { source.objects.get_opts(&source.path, options).await?.bytes().await };
        let beginning = match beginning.await {
            Ok(beginning) => beginning,
            Err(error) => return Err(source.failed(error).await),
        };
        let body = |start: u64, length: u64, checksums| Body::new(source.clone(), start, length, checksums);
        match pack::open(&beginning, sidecar.size_bytes, body).map_err(Failed::Damaged)? {
            Opened::Index(index) => return Ok(*index),
            // Less than was asked for, or all that there is.
            Opened::CutOff if wanted >= sidecar.size_bytes || (beginning.len() as u64) < wanted => {
                return Err(Failed::Damaged("it is cut off".into()));
            }
            Opened::CutOff => wanted = (wanted * 4).min(sidecar.size_bytes),
        }
    }
}
