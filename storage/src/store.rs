//! The store: opens the data directory, takes batches, hands out snapshots.

use std::sync::Arc;

use object_store::ObjectStore;

use crate::config::{Clock, Config};
use crate::documents::Documents;
use crate::error::{Error, ErrorKind};
use crate::health::Health;
use crate::index::SegmentIndex;
use crate::row::{Batch, Signal, TenantId};
use crate::segment::{Segment, Snapshot};

/// The open data directory.
pub struct Store {
    objects: Arc<dyn ObjectStore>,
    documents: Arc<dyn Documents>,
}

impl Store {
    /// Opens (or begins) the data directory and recovers what a crash left.
    ///
    /// A torn or corrupt file does not keep it from opening: the file is moved to `set-aside/` in the data directory and
    /// listed in [`Store::health`]. Fails if another process has the directory open, or if it cannot be written.
    pub async fn open(config: Config, clock: Arc<dyn Clock>) -> Result<Arc<Self>, Error> {
        let _ = (config, clock);
        Err(Error::new(ErrorKind::Internal, "the store is not built yet"))
    }

    /// Appends rows. When this returns they are durable (written to the log and synced) and can be queried.
    ///
    /// [`ErrorKind::Unavailable`] with a time to retry after where the memory budget is used up or the store is closing
    /// or poisoned; [`ErrorKind::Invalid`] where the batch is larger than [`Config::batch_bytes_max`].
    pub async fn append(&self, tenant: &TenantId, batch: Batch) -> Result<(), Error> {
        let _ = (tenant, batch);
        Err(Error::new(ErrorKind::Internal, "the store is not built yet"))
    }

    /// The table at this moment, with everything in it whose append has returned.
    pub async fn snapshot(&self, tenant: &TenantId, signal: Signal) -> Result<Snapshot, Error> {
        let _ = (tenant, signal);
        Err(Error::new(ErrorKind::Internal, "the store is not built yet"))
    }

    /// Seals every live row of every table.
    pub async fn seal_all(&self) -> Result<(), Error> {
        Err(Error::new(ErrorKind::Internal, "the store is not built yet"))
    }

    /// How storage is doing.
    pub fn health(&self) -> Health {
        Health::default()
    }

    /// Stops taking appends, seals what is live and trims the log. Reads go on. A second call does nothing.
    pub async fn close(&self) -> Result<(), Error> {
        Ok(())
    }

    /// Where the segments are: paths are relative to the data directory.
    pub fn object_store(&self) -> Arc<dyn ObjectStore> {
        self.objects.clone()
    }

    /// The index of a segment, opened once and then cached.
    ///
    /// `None` where the segment has no index or its sidecar is missing or corrupt ([`Store::health`] lists that): scan
    /// instead, and say so.
    pub async fn index(&self, segment: &Segment) -> Result<Option<Arc<SegmentIndex>>, Error> {
        let _ = segment;
        Ok(None)
    }

    /// The document store.
    pub fn documents(&self) -> Arc<dyn Documents> {
        self.documents.clone()
    }
}
