//! The store: opens the data directory, takes batches, hands out snapshots.

mod damage;
mod disk;
mod maintenance;
mod promotion;
mod recovery;
mod scrub;
mod sealing;
mod worker;

pub(crate) use recovery::stored_tables;

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use object_store::ObjectStore;

use crate::catalog::Catalog;
use crate::codec::EncodedBatch;
use crate::config::{Clock, Config};
use crate::documents::{Documents, SqliteDocuments};
use crate::error::{Error, ErrorKind};
use crate::following::{Followers, Following};
use crate::health::Health;
use crate::index::{self, Blocks, IndexCache, IndexQuery, SegmentIndex};
use crate::io::{Held, Io, Real};
use crate::live::{Budget, Table};
use crate::promoted::Current;
use crate::row::{Signal, TenantId};
use crate::seal::Step;
use crate::segment::{Segment, Snapshot};
use crate::set_aside::SetAsideFolder;
use crate::table_store::TableStore;
use crate::wal::{Content, Entry, TableKey, Wal};

/// What a client waits before it tries again when the memory budget is used up: a seal takes about as long.
pub(crate) const RETRY_AFTER: Duration = Duration::from_secs(2);

/// How long a close waits for a compaction that is under way: it only ends sooner what would be done again.
const MAINTENANCE_END_MAX: Duration = Duration::from_secs(2);

/// The open data directory.
pub struct Store {
    config: Config,
    clock: Arc<dyn Clock>,
    io: Arc<dyn Io>,
    tables: Arc<Tables>,
    wal: Wal,
    budget: Arc<Budget>,
    followers: Arc<Followers>,
    table_store: TableStore,
    documents: Arc<SqliteDocuments>,
    indexes: IndexCache,
    set_aside: SetAsideFolder,
    damage: damage::Damage,
    torn_tails: usize,
    refused: AtomicU64,
    closing: AtomicBool,
    last_failure: Mutex<Option<String>>,
    disk: disk::Room,
    promotion: promotion::Promotion,
    step: Box<dyn Fn(Step) + Send + Sync>,
    scrubbed_at_unix_ms: AtomicI64,
    /// Held by whoever compacts, expires or removes files.
    maintaining: tokio::sync::Mutex<()>,
    /// Held for as long as the data directory is open.
    _held: Vec<Held>,
}

/// All tables that have rows.
#[derive(Default)]
struct Tables {
    tables: RwLock<HashMap<TableKey, Arc<OpenTable>>>,
    promoted: Arc<Current>,
}

/// A table and the catalog it is sealed into.
struct OpenTable {
    table: Table,
    /// `None` until the first seal. Held during a seal: one at a time.
    catalog: tokio::sync::Mutex<Option<Catalog>>,
    /// Segments that are in the catalog no more, and whose files may be there still.
    removed: Mutex<Vec<Removed>>,
    counts: maintenance::Counts,
}

/// A segment that a commit has removed.
#[derive(Debug, Clone)]
struct Removed {
    /// Its Parquet file; the sidecar beside it has the same name.
    path: object_store::path::Path,
    /// The time of the commit.
    at_unix_ms: i64,
}

impl From<(object_store::path::Path, i64)> for Removed {
    fn from((path, at_unix_ms): (object_store::path::Path, i64)) -> Self {
        Self { path, at_unix_ms }
    }
}

impl OpenTable {
    fn removed_paths(&self) -> Vec<object_store::path::Path> {
        let removed = self.removed.lock().unwrap_or_else(PoisonError::into_inner);
        removed.iter().map(|removed| removed.path.clone()).collect()
    }
}

impl Store {
    /// Opens (or begins) the data directory and recovers what a crash left.
    ///
    /// A torn or corrupt file does not keep it from opening: the file is moved to `set-aside/` in the data directory and
    /// listed in [`Store::health`]. Fails if another process has the directory open, if it cannot be written, or if the
    /// device does not let a file be read: that may pass, and what is in the file is not given up for it.
    pub async fn open(config: Config, clock: Arc<dyn Clock>) -> Result<Arc<Self>, Error> {
        Self::open_on(Arc::new(Real), config, clock).await
    }

    /// [`Store::open`] on a file system of the caller's.
    pub async fn open_on(io: Arc<dyn Io>, config: Config, clock: Arc<dyn Clock>) -> Result<Arc<Self>, Error> {
        Self::open_observed(io, config, clock, Box::new(|_| {})).await
    }

    /// [`Store::open`] with an observer of the steps of every seal.
    pub(crate) async fn open_observed(
        io: Arc<dyn Io>,
        config: Config,
        clock: Arc<dyn Clock>,
        step: Box<dyn Fn(Step) + Send + Sync>,
    ) -> Result<Arc<Self>, Error> {
        let held = hold(io.as_ref(), &config.data_dir)?;
        let (table_store, tables_held) = TableStore::open(&io, &config).await?;
        Self::open_held(vec![held].into_iter().chain(tables_held).collect(), io, table_store, config, clock, step).await
    }

    /// [`Store::open`] with the tables in a store of a test's own.
    #[cfg(test)]
    pub(crate) async fn open_with_tables(
        io: Arc<dyn Io>,
        objects: Arc<dyn ObjectStore>,
        config: Config,
        clock: Arc<dyn Clock>,
    ) -> Result<Arc<Self>, Error> {
        let held = hold(io.as_ref(), &config.data_dir)?;
        let table_store = TableStore::remote_on(objects, io.clone(), &config);
        Self::open_held(vec![held], io, table_store, config, clock, Box::new(|_| {})).await
    }

    async fn open_held(
        held: Vec<Held>,
        io: Arc<dyn Io>,
        table_store: TableStore,
        config: Config,
        clock: Arc<dyn Clock>,
        step: Box<dyn Fn(Step) + Send + Sync>,
    ) -> Result<Arc<Self>, Error> {
        let set_aside = SetAsideFolder::open(io.clone(), &config.data_dir)?;
        if config.tables_url.is_some() {
            set_aside.add_from(&table_store).await?;
        }
        let documents = SqliteDocuments::open(io.clone(), &config, clock.clone(), &set_aside).await?;
        let budget = Arc::new(Budget::default());
        let (tables, followers) = (Arc::new(Tables::default()), Arc::new(Followers::default()));
        let promotion = promotion::Promotion::load(&documents).await;
        let start = recovery::Start {
            io: &io,
            table_store: &table_store,
            config: &config,
            clock: clock.as_ref(),
            set_aside: &set_aside,
        };
        let recovered = recovery::recover(&start, &tables, &budget, &promotion).await?;
        let sink = {
            let (tables, budget, frozen_rows_max) = (tables.clone(), budget.clone(), config.frozen_rows_max);
            let followers = followers.clone();
            Box::new(move |durable: crate::wal::Durable| {
                let open = tables.get_or_create(&durable.table, frozen_rows_max, &budget);
                followers.tell(&durable.table, &durable.batch);
                open.table.push(durable.sequence, durable.batch);
            })
        };
        let wal = Wal::start(io.clone(), &config, recovered.files, recovered.next_sequence, sink)?;
        let store = Arc::new(Self {
            scrubbed_at_unix_ms: AtomicI64::new(clock.now_unix_nano() / 1_000_000),
            indexes: IndexCache::new(config.index_cache_bytes_max),
            config,
            clock,
            io,
            tables,
            wal,
            budget,
            followers,
            table_store,
            documents: Arc::new(documents),
            set_aside,
            damage: damage::Damage::default(),
            torn_tails: recovered.torn_tails,
            refused: AtomicU64::new(0),
            closing: AtomicBool::new(false),
            last_failure: Mutex::new(None),
            disk: disk::Room::default(),
            promotion,
            step,
            maintaining: tokio::sync::Mutex::default(),
            _held: held,
        });
        store.note_promoted().await;
        store.look_at_disk();
        store.trim()?;
        store.look_for_files().await;
        worker::spawn(&store);
        maintenance::spawn(&store);
        Ok(store)
    }

    /// Appends rows. When this returns they are durable (written to the log and synced) and can be queried.
    ///
    /// Where the memory budget is used up it waits for a seal, at most [`Config::append_wait_max`].
    ///
    /// [`ErrorKind::Unavailable`] with a time to retry after where that was not enough, the disk is nearly full, or the store
    /// is closing or poisoned; [`ErrorKind::Invalid`] where the batch is larger than [`Config::batch_bytes_max`].
    pub async fn append(&self, tenant: &TenantId, batch: EncodedBatch) -> Result<(), Error> {
        if batch.is_empty() {
            return Ok(());
        }
        if self.closing.load(Ordering::Acquire) {
            return Err(Error::unavailable("the store is closing; send it again later", RETRY_AFTER));
        }
        let stored = batch.stored().len();
        if stored > self.config.batch_bytes_max {
            let max = self.config.batch_bytes_max;
            let message =
                format!("the batch has {stored} bytes, the limit batch_bytes_max is {max}; send smaller batches");
            return Err(Error::new(ErrorKind::Invalid, message));
        }
        self.refuse_on_full_disk()?;
        let bytes = batch.bytes();
        if !self.budget.take_in_time(bytes, self.config.buffer_bytes_max, self.config.append_wait_max).await {
            self.refused.fetch_add(1, Ordering::Relaxed);
            let max = self.config.buffer_bytes_max;
            let message = format!("the live buffers use their memory budget (buffer_bytes_max, {max} bytes)");
            return Err(Error::unavailable(message, RETRY_AFTER));
        }
        let table = (tenant.clone(), batch.signal());
        let entry = Entry { table, content: Content::Batch(batch) };
        let appended = self.wal.append(entry).await;
        if appended.is_err() {
            self.budget.give_back(bytes);
        }
        appended.map(|_| ())
    }

    /// The rows of every append to a table from now on, see [`crate::following`].
    ///
    /// [`ErrorKind::Unavailable`] where [`Config::followers_max`] follow already or the store is closing.
    pub fn follow(&self, tenant: &TenantId, signal: Signal) -> Result<Following, Error> {
        if self.closing.load(Ordering::Acquire) {
            return Err(Error::unavailable("the store is closing; try again later", RETRY_AFTER));
        }
        let (followers_max, bytes_max) = (self.config.followers_max, self.config.follow_bytes_max);
        self.followers.follow((tenant.clone(), signal), self.tables.promoted.clone(), followers_max, bytes_max)
    }

    /// Ends every [`Following`]: what was not taken can be, and then there is nothing more. A close does it as well.
    pub fn end_following(&self) {
        self.followers.end();
    }

    /// The table at this moment, with everything in it whose append has returned.
    pub async fn snapshot(&self, tenant: &TenantId, signal: Signal) -> Result<Snapshot, Error> {
        match self.tables.get(&(tenant.clone(), signal)) {
            Some(open) => open.table.snapshot().await.inspect_err(|error| self.wal.poison(error.to_string())),
            None => {
                let promoted = self.tables.promoted.get();
                let schema = promoted.read(signal).clone();
                Ok(Snapshot { signal, schema, promoted, segments: Vec::new(), live: Vec::new() })
            }
        }
    }

    /// How storage is doing.
    pub fn health(&self) -> Health {
        let tables: Vec<_> = self.tables.all().iter().map(|open| open.health()).collect();
        let (wal_files, wal_bytes) = self.wal.size();
        let (appends, wal_syncs) = self.wal.counts();
        Health {
            set_aside: self.set_aside.list(),
            poisoned: self.wal.poisoned(),
            last_failure: self.last_failure.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            buffered_bytes: self.budget.used(),
            buffered_rows: tables.iter().map(|table| table.buffered_rows).sum(),
            buffer_bytes_max: self.config.buffer_bytes_max,
            disk_free_bytes: self.disk.free_bytes(),
            disk_reserve_bytes: self.config.disk_reserve_bytes,
            wal_files,
            wal_bytes,
            wal_syncs,
            appends,
            appends_refused: self.refused.load(Ordering::Relaxed),
            wal_torn_tails: self.torn_tails,
            index_cache_bytes: self.indexes.bytes(),
            remote_tables: self.table_store.health(&self.config),
            tables,
        }
    }

    /// Stops taking appends, seals what is live, trims the log and closes the documents. Snapshots go on. A second call
    /// does nothing.
    ///
    /// Rows whose seal fails are not lost: they are in the log, and the next start finds them.
    pub async fn close(self: &Arc<Self>) -> Result<(), Error> {
        if self.closing.swap(true, Ordering::AcqRel) {
            return Ok(());
        }
        self.end_following();
        self.table_store.stop_waiting();
        let sealed = self.seal_all().await;
        // A compaction ends at its next pause. One that does not (a remote store is slow) is left to the end of the process.
        let _ = tokio::time::timeout(MAINTENANCE_END_MAX, self.maintaining.lock()).await;
        let store = self.clone();
        let stopped = tokio::task::spawn_blocking(move || store.wal.stop()).await;
        stopped.map_err(|error| Error::new(ErrorKind::Internal, format!("stopping the log failed: {error}")))?;
        self.documents.close().await;
        sealed
    }

    /// Where the segments are: paths are relative to its root.
    pub fn object_store(&self) -> Arc<dyn ObjectStore> {
        self.table_store.objects().clone()
    }

    /// The index of a segment, opened once and then cached.
    ///
    /// `None` where the segment has no index or its sidecar is missing or corrupt ([`Store::health`] lists that): scan
    /// instead, and say so.
    pub async fn index(&self, segment: &Segment) -> Result<Option<Arc<SegmentIndex>>, Error> {
        let Some(sidecar) = &segment.sidecar else { return Ok(None) };
        let mut opened = self.indexes.get(self.table_store.objects(), sidecar).await?;
        if opened.is_err() && self.table_store.has_cached(&sidecar.path) {
            // It may be the cache that is wrong: once more from the store.
            self.table_store.forget(&sidecar.path);
            self.indexes.forget(sidecar.path.as_ref());
            opened = self.indexes.get(self.table_store.objects(), sidecar).await?;
        }
        match opened {
            Ok(index) if u64::from(index.rows()) == segment.rows => Ok(Some(index)),
            Ok(index) => {
                let reason = format!("it has {} rows and its segment {}", index.rows(), segment.rows);
                self.report_sidecar(&sidecar.path, &reason);
                Ok(None)
            }
            Err(reason) => {
                self.report_sidecar(&sidecar.path, &reason);
                Ok(None)
            }
        }
    }

    /// The blocks of a segment that can hold a match, by its index. As for [`Store::index`], `None` where the sidecar turns
    /// out to be corrupt. [`ErrorKind::Invalid`] where the index cannot answer, see [`SegmentIndex::can_answer`].
    pub async fn search(
        &self,
        segment: &Segment,
        index: &SegmentIndex,
        query: &IndexQuery,
    ) -> Result<Option<Blocks>, Error> {
        let Some(sidecar) = &segment.sidecar else { return Ok(None) };
        let mut found = index.search(query).await;
        if matches!(found, Err(index::Failed::Damaged(_))) {
            self.indexes.forget(sidecar.path.as_ref());
            if self.table_store.has_cached(&sidecar.path) {
                // It may be the cache that is wrong: once more from the store.
                self.table_store.forget(&sidecar.path);
                let Some(index) = self.index(segment).await? else { return Ok(None) };
                found = index.search(query).await;
            }
        }
        self.indexes.evict();
        match found {
            Ok(blocks) => Ok(Some(blocks)),
            Err(index::Failed::Damaged(reason)) => {
                self.report_sidecar(&sidecar.path, &reason);
                Ok(None)
            }
            Err(index::Failed::Unread(error)) => Err(error),
        }
    }

    /// The document store.
    pub fn documents(&self) -> Arc<dyn Documents> {
        self.documents.clone()
    }

    /// Lets go of the database, as the end of the process would.
    #[cfg(test)]
    pub(crate) async fn close_documents(&self) {
        self.documents.close().await;
    }

    fn report_sidecar(&self, path: &object_store::path::Path, reason: &str) {
        let reason = format!("the index cannot be used: {reason}; its rows are scanned instead");
        self.set_aside.report_object(path, reason);
        // Should the cache be what is wrong, the next run reads it from the store.
        self.table_store.forget(path);
    }

    fn forget_failure(&self) {
        *self.last_failure.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn note_failure(&self, what: &str, error: &Error) {
        tracing::error!(%error, "{what}");
        *self.last_failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(format!("{what}: {error}"));
    }
}

impl Tables {
    fn get(&self, key: &TableKey) -> Option<Arc<OpenTable>> {
        self.tables.read().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    fn all(&self) -> Vec<Arc<OpenTable>> {
        let tables = self.tables.read().unwrap_or_else(PoisonError::into_inner);
        let mut all: Vec<_> = tables.values().cloned().collect();
        all.sort_by(|a, b| (&a.table.tenant, a.table.signal).cmp(&(&b.table.tenant, b.table.signal)));
        all
    }

    fn get_or_create(&self, key: &TableKey, frozen_rows_max: usize, budget: &Arc<Budget>) -> Arc<OpenTable> {
        if let Some(open) = self.get(key) {
            return open;
        }
        let mut tables = self.tables.write().unwrap_or_else(PoisonError::into_inner);
        let create = || {
            let table = Table::new(key, frozen_rows_max, budget.clone(), self.promoted.clone());
            Arc::new(OpenTable {
                table,
                catalog: tokio::sync::Mutex::new(None),
                removed: Mutex::default(),
                counts: maintenance::Counts::default(),
            })
        };
        tables.entry(key.clone()).or_insert_with(create).clone()
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.wal.stop();
    }
}

/// Creates the data directory and holds it. What is new of it is synced, up to the folder that was there before: its
/// name, and that of the log's folder, are found again after a power cut.
pub(crate) fn hold(io: &dyn Io, data_dir: &Path) -> Result<Held, Error> {
    let failed = |error: std::io::Error| {
        let message = format!("cannot use the data directory {}: {error}", data_dir.display());
        Error::new(ErrorKind::Internal, message)
    };
    let mut above = Vec::new();
    for folder in data_dir.ancestors() {
        above.push(if folder.as_os_str().is_empty() { Path::new(".") } else { folder });
        if io.exists(folder).map_err(failed)? {
            break;
        }
    }
    let held = io.hold(data_dir).map_err(|error| match error.kind() {
        std::io::ErrorKind::WouldBlock => Error::new(
            ErrorKind::Unavailable,
            format!(
                "another process has the data directory {} open; stop it or choose another --data-dir",
                data_dir.display()
            ),
        ),
        _ => failed(error),
    })?;
    io.create_folders(&data_dir.join("wal")).map_err(failed)?;
    above.into_iter().try_for_each(|folder| io.sync_folder(folder)).map_err(failed)?;
    Ok(held)
}

#[cfg(test)]
pub(crate) mod tests;
