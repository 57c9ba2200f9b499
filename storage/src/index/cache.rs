//! Opened indexes, bounded by the memory they take; the least recently used go first.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use object_store::{ObjectStore, ObjectStoreExt};
use tokio::sync::OnceCell;

use super::{SegmentIndex, pack};
use crate::error::{Error, ErrorKind};
use crate::segment::Sidecar;

type Cell = Arc<OnceCell<Result<Arc<SegmentIndex>, String>>>;

pub(crate) struct IndexCache {
    bytes_max: usize,
    entries: Mutex<Entries>,
    bytes: AtomicUsize,
}

#[derive(Default)]
struct Entries {
    cells: HashMap<String, (Cell, u64)>,
    clock: u64,
}

impl IndexCache {
    pub(crate) fn new(bytes_max: usize) -> Self {
        Self { bytes_max, entries: Mutex::default(), bytes: AtomicUsize::new(0) }
    }

    /// The memory of all opened indexes.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }

    /// The index in this sidecar. The inner error says what is wrong with the file; the outer one is a failure to read
    /// it that may pass.
    pub(crate) async fn get(
        &self,
        objects: &dyn ObjectStore,
        sidecar: &Sidecar,
    ) -> Result<Result<Arc<SegmentIndex>, String>, Error> {
        let cell = self.cell(sidecar.path.as_ref());
        let opened = cell.get_or_try_init(|| open(objects, sidecar)).await?.clone();
        self.evict();
        Ok(opened)
    }

    /// Lets go of the index of a segment that is no more.
    pub(crate) fn forget(&self, sidecar: &str) {
        self.lock().cells.remove(sidecar);
        self.evict();
    }

    fn cell(&self, key: &str) -> Cell {
        let mut entries = self.lock();
        entries.clock += 1;
        let now = entries.clock;
        let (cell, used) = entries.cells.entry(key.to_owned()).or_default();
        *used = now;
        cell.clone()
    }

    fn evict(&self) {
        let mut entries = self.lock();
        let size = |cell: &Cell| match cell.get() {
            Some(Ok(index)) => index.bytes(),
            _ => 0,
        };
        let mut bytes: usize = entries.cells.values().map(|(cell, _)| size(cell)).sum();
        while bytes > self.bytes_max && entries.cells.len() > 1 {
            let oldest =
                entries.cells.iter().filter(|(_, (cell, _))| size(cell) > 0).min_by_key(|(_, (_, used))| *used);
            let Some((key, freed)) = oldest.map(|(key, (cell, _))| (key.clone(), size(cell))) else { break };
            entries.cells.remove(&key);
            bytes -= freed;
        }
        self.bytes.store(bytes, Ordering::Relaxed);
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn open(objects: &dyn ObjectStore, sidecar: &Sidecar) -> Result<Result<Arc<SegmentIndex>, String>, Error> {
    let failed = |error| Error::new(ErrorKind::Internal, format!("cannot read {}: {error}", sidecar.path));
    let bytes = match objects.get(&sidecar.path).await {
        Ok(file) => file.bytes().await.map_err(failed)?,
        Err(object_store::Error::NotFound { .. }) => return Ok(Err("it is missing".into())),
        Err(error) => return Err(failed(error)),
    };
    let expected = sidecar.crc32c;
    let work = move || {
        if crc32c::crc32c(&bytes) != expected {
            return Err("its checksum is not the one in the catalog".to_owned());
        }
        pack::open(&bytes).map(Arc::new)
    };
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Error::new(ErrorKind::Internal, format!("opening {} failed: {error}", sidecar.path)))
        .map(Ok)?
}
