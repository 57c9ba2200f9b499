//! Where the tables are: a folder of this machine, or an object store that is reached over the network.
//!
//! Everything of a table (Delta log, segments, sidecars, what is set aside of them) goes through one [`ObjectStore`], with
//! paths relative to its root: `tenants/<tenant>/<table>/…` and `set-aside/…`. What it promises of either place: a write
//! that has returned stays, and a put that must create never replaces. What it leaves out: the write-ahead log and the
//! documents, which stay in the data directory.

mod cache;
mod connect;
#[cfg(test)]
pub(crate) mod flaky;
mod remote;

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use futures::TryStreamExt;
use object_store::path::Path;
use object_store::{Error, ListResult, ObjectMeta, ObjectStore, ObjectStoreExt, Result};

use cache::Cached;
pub use connect::check_tables_url;

use crate::config::Config;
use crate::health::TablesHealth;
use crate::io::{Held, Io};
use crate::objects::SyncedFolder;

/// The place of all tables. A clone is the same one.
#[derive(Clone)]
pub(crate) struct TableStore {
    objects: Arc<dyn ObjectStore>,
    place: Place,
}

#[derive(Clone)]
enum Place {
    Folder(SyncedFolder),
    Remote(Cached),
}

impl TableStore {
    /// The place that the configuration names, and what holds it. Waits for a remote store, at most
    /// [`Config::tables_wait_max`].
    pub(crate) async fn open(io: &Arc<dyn Io>, config: &Config) -> Result<(Self, Option<Held>), crate::Error> {
        connect::connect(io, config, false).await
    }

    /// The same for somebody who only looks: nothing is written to it.
    pub(crate) async fn open_to_check(io: &Arc<dyn Io>, config: &Config) -> Result<Self, crate::Error> {
        Ok(connect::connect(io, config, true).await?.0)
    }

    /// A folder that exists.
    pub(crate) fn folder(io: Arc<dyn Io>, root: &std::path::Path) -> Self {
        let folder = SyncedFolder::new(io, root);
        Self { objects: Arc::new(folder.clone()), place: Place::Folder(folder) }
    }

    /// A store that is reached over the network.
    fn remote(cached: Cached) -> Self {
        Self { objects: Arc::new(cached.clone()), place: Place::Remote(cached) }
    }

    /// A remote store of a test's own.
    #[cfg(test)]
    pub(crate) fn remote_on(objects: Arc<dyn ObjectStore>, io: Arc<dyn Io>, config: &Config) -> Self {
        use std::time::Duration;
        let timing = remote::Timing { pause_first: Duration::from_millis(1), refused_for: Duration::ZERO };
        let remote = remote::Remote::new("test://tables", objects.clone(), objects, timing);
        Self::remote(Cached::new(remote, io, config))
    }

    /// What reads and writes.
    pub(crate) fn objects(&self) -> &Arc<dyn ObjectStore> {
        &self.objects
    }

    /// When this returns, the names beside this object stay, whatever happens. For a write whose error came after it had
    /// given the object its name.
    pub(crate) async fn sync_name(&self, location: &Path) -> Result<()> {
        match &self.place {
            Place::Folder(folder) => folder.sync_name(location).await,
            // What it has acknowledged stays.
            Place::Remote(_) => Ok(()),
        }
    }

    /// The content of an object.
    pub(crate) async fn read(&self, location: &Path) -> Result<Bytes> {
        self.objects.get(location).await?.bytes().await
    }

    /// Whether there is an object of this name.
    pub(crate) async fn exists(&self, location: &Path) -> Result<bool> {
        match self.objects.head(location).await {
            Ok(_) => Ok(true),
            Err(Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// All objects below a prefix, by name.
    pub(crate) async fn all_below(&self, prefix: &Path) -> Result<Vec<ObjectMeta>> {
        self.objects.list(Some(prefix)).try_collect().await
    }

    /// What is directly below a prefix, by name; nothing where there is no such prefix.
    pub(crate) async fn level(&self, prefix: &Path) -> Result<ListResult> {
        let mut level = self.objects.list_with_delimiter(Some(prefix)).await?;
        level.objects.sort_by(|a, b| a.location.cmp(&b.location));
        level.common_prefixes.sort();
        Ok(level)
    }

    /// Files below this prefix that were being written when a process ended, in their order: names that no object has.
    /// A remote store has none that can be seen.
    pub(crate) async fn unfinished(&self, prefix: &Path) -> Result<Vec<String>> {
        match &self.place {
            Place::Folder(folder) => folder.unfinished(prefix).await,
            Place::Remote(_) => Ok(Vec::new()),
        }
    }

    /// Removes one of them.
    pub(crate) async fn remove_unfinished(&self, name: &str) -> Result<()> {
        match &self.place {
            Place::Folder(folder) => folder.remove_unfinished(name).await,
            Place::Remote(_) => Ok(()),
        }
    }

    /// Where it is on this machine.
    pub(crate) fn local_folder(&self) -> Option<&std::path::Path> {
        match &self.place {
            Place::Folder(folder) => Some(folder.root()),
            Place::Remote(_) => None,
        }
    }

    /// Whether it is reached over the network.
    pub(crate) fn is_remote(&self) -> bool {
        self.cached().is_some()
    }

    /// Whether a commit below this prefix failed and may happen still; then only a restart can tell.
    pub(crate) fn has_open_commit(&self, prefix: &Path) -> bool {
        self.cached().is_some_and(|cached| cached.remote().has_open_commit(prefix))
    }

    /// It is known now what became of the commits below this prefix.
    pub(crate) fn settle(&self, prefix: &Path) {
        if let Some(cached) = self.cached() {
            cached.remote().settle(prefix);
        }
    }

    /// Pauses before the `attempt`th repetition of something that must be known. Whether there is any sense in one: not of a
    /// folder, and not where nobody can wait any more.
    pub(crate) async fn pause(&self, attempt: u32) -> bool {
        match self.cached() {
            Some(cached) => cached.remote().pause(attempt).await,
            None => false,
        }
    }

    /// From now on nobody can wait until the store is back.
    pub(crate) fn stop_waiting(&self) {
        if let Some(cached) = self.cached() {
            cached.remote().stop_waiting();
        }
    }

    /// Whether a remote store could not be reached when it was last tried.
    pub(crate) fn is_unreachable(&self) -> bool {
        self.cached().is_some_and(|cached| cached.remote().unreachable().is_some())
    }

    /// Why a segment's file cannot be read just now, where that is known without trying.
    pub(crate) fn refusal(&self, location: &Path, size: u64) -> Option<String> {
        let cached = self.cached().filter(|cached| cached.remote().refuses_reads())?;
        let reason = cached.remote().unreachable()?;
        let url = cached.remote().url();
        let is_here = cached.holds(location, size);
        (!is_here).then(|| format!("{url} cannot be reached, and not all of the file is in the cache: {reason}"))
    }

    /// Whether the cache has something of this object.
    pub(crate) fn has_cached(&self, location: &Path) -> bool {
        self.cached().is_some_and(|cached| cached.has_some(location))
    }

    /// Asks a remote store that could not be reached whether it is back, so that health says so though nobody needs it.
    pub(crate) fn look_again(&self) {
        if let Some(cached) = self.cached().filter(|cached| cached.remote().unreachable().is_some()) {
            let cached = cached.clone();
            tokio::spawn(async move { cached.remote().look_again().await });
        }
    }

    /// Drops what the cache has of an object: something is wrong with it.
    pub(crate) fn forget(&self, location: &Path) {
        if let Some(cached) = self.cached() {
            cached.forget(location);
        }
    }

    /// Told how much room the disk of the data directory has.
    pub(crate) fn keep_room(&self, free_bytes: u64, reserve_bytes: u64) {
        if let Some(cached) = self.cached() {
            cached.keep_room(free_bytes, reserve_bytes);
        }
    }

    /// How it is; `None` of a folder.
    pub(crate) fn health(&self, config: &Config) -> Option<TablesHealth> {
        let cached = self.cached()?;
        let (cache_hits, cache_misses) = cached.counts();
        Some(TablesHealth {
            url: cached.remote().url().to_owned(),
            unreachable: cached.remote().unreachable(),
            cache_bytes: cached.bytes(),
            cache_bytes_max: config.cache_bytes_max,
            cache_hits,
            cache_misses,
        })
    }

    fn cached(&self) -> Option<&Cached> {
        match &self.place {
            Place::Folder(_) => None,
            Place::Remote(cached) => Some(cached),
        }
    }
}

impl fmt::Display for TableStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.objects.fmt(f)
    }
}

impl fmt::Debug for TableStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
