//! What was read of a remote store, kept in `cache/` of the data directory: blocks of Parquet files and sidecars.
//!
//! What it promises: bytes of it are those that the store had (each file has a checksum, one that is damaged is dropped and
//! read again); it takes no more than [`crate::Config::cache_bytes_max`], and nothing while the disk is short of room; the
//! folder can be removed at any time. It relies on what holds of every segment: a name is used once, and what has it does
//! not change. What it leaves out: the Delta log, which is small and does change.

mod blocks;
mod files;

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures::StreamExt;
use futures::stream::BoxStream;
use object_store::path::Path;
use object_store::{
    Attributes, CopyOptions, GetOptions, GetRange, GetResult, GetResultPayload, ListResult, MultipartUpload,
    ObjectMeta, ObjectStore, PutMode, PutMultipartOptions, PutOptions, PutPayload, PutResult, RenameOptions, Result,
};

use super::remote::Remote;
use crate::config::Config;
use crate::io::Io;
use files::{Files, Key};

/// The unit of a file that is fetched and kept. Smaller ones would cost more requests, larger ones more bytes.
pub(super) const BLOCK_BYTES: u64 = 512 << 10;

/// A remote store and what is known of it here. A clone is the same one.
#[derive(Debug, Clone)]
pub(crate) struct Cached {
    remote: Arc<Remote>,
    files: Arc<Files>,
}

impl Cached {
    /// With the cache in the data directory of this config.
    pub(crate) fn new(remote: Remote, io: Arc<dyn Io>, config: &Config) -> Self {
        let files = Files::open(io, config.data_dir.join("cache"), config.cache_bytes_max);
        Self { remote: Arc::new(remote), files: Arc::new(files) }
    }

    /// Without a cache, and without touching the folder of one.
    pub(crate) fn off(remote: Remote, io: Arc<dyn Io>, config: &Config) -> Self {
        let files = Files::off(io, config.data_dir.join("cache"));
        Self { remote: Arc::new(remote), files: Arc::new(files) }
    }

    /// The store behind it.
    pub(crate) fn remote(&self) -> &Remote {
        &self.remote
    }

    /// How many bytes the cache has.
    pub(crate) fn bytes(&self) -> u64 {
        self.files.bytes()
    }

    /// How many reads of a block it answered, and how many it did not.
    pub(crate) fn counts(&self) -> (u64, u64) {
        self.files.counts()
    }

    /// Whether a file of this size is in it as a whole.
    pub(crate) fn holds(&self, location: &Path, size: u64) -> bool {
        (0..size.div_ceil(BLOCK_BYTES)).all(|block| self.files.has(Key::block(location, block)))
    }

    /// Whether something of an object is in it.
    pub(crate) fn has_some(&self, location: &Path) -> bool {
        self.files.has_some(location)
    }

    /// Drops what it has of an object.
    pub(crate) fn forget(&self, location: &Path) {
        self.files.forget(location);
    }

    /// Told how much room the disk has: the cache is the first to make some.
    pub(crate) fn keep_room(&self, free_bytes: u64, reserve_bytes: u64) {
        self.files.keep_room(free_bytes, reserve_bytes);
    }

    async fn in_background<T: Send + 'static>(&self, work: impl FnOnce(&Files) -> T + Send + 'static) -> Result<T> {
        let files = self.files.clone();
        Ok(tokio::task::spawn_blocking(move || work(&files)).await?)
    }

    /// Keeps what was just written: the newest rows are asked for most.
    async fn keep_written(&self, location: &Path, content: Bytes) -> Result<()> {
        let path = location.clone();
        let keep = move |files: &Files| {
            for (block, chunk) in (0..).zip(content.chunks(BLOCK_BYTES as usize)) {
                files.put(Key::block(&path, block), &path, content.len() as u64, chunk);
            }
        };
        self.in_background(keep).await
    }
}

/// Whether it keeps what is read of an object: of a segment's files, which do not change.
fn is_kept(location: &Path) -> bool {
    let text = location.as_ref();
    let is_of_table = text.starts_with("tenants/") && !text.contains("/_delta_log/");
    is_of_table && matches!(location.extension(), Some("idx" | "parquet"))
}

fn answer(location: &Path, size: u64, range: Range<u64>, content: Bytes) -> GetResult {
    let last_modified = chrono::DateTime::UNIX_EPOCH;
    let meta = ObjectMeta { location: location.clone(), last_modified, size, e_tag: None, version: None };
    let content = futures::stream::once(async move { Ok(content) });
    GetResult { payload: GetResultPayload::Stream(content.boxed()), meta, range, attributes: Attributes::default() }
}

/// Whether nothing is asked for but bytes.
fn is_plain(options: &GetOptions) -> bool {
    let GetOptions { if_match, if_none_match, if_modified_since, if_unmodified_since, version, head, .. } = options;
    !head
        && version.is_none()
        && if_match.is_none()
        && if_none_match.is_none()
        && if_modified_since.is_none()
        && if_unmodified_since.is_none()
}

impl fmt::Display for Cached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.remote.fmt(f)
    }
}

#[async_trait]
impl ObjectStore for Cached {
    async fn put_opts(&self, location: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        if !is_kept(location) || options.mode != PutMode::Overwrite {
            return self.remote.put_opts(location, payload, options).await;
        }
        self.forget(location);
        let content = Bytes::from(payload.clone());
        let done = self.remote.put_opts(location, payload, options).await?;
        self.keep_written(location, content).await?;
        Ok(done)
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.forget(location);
        self.remote.put_multipart_opts(location, options).await
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        match &options.range {
            Some(GetRange::Bounded(range)) if is_kept(location) && is_plain(&options) && !range.is_empty() => {
                let wanted = range.clone();
                match self.blocks(location, std::slice::from_ref(&wanted)).await? {
                    Some((mut read, size)) => Ok(answer(location, size, wanted, read.swap_remove(0))),
                    // It reaches behind the end: the store says so.
                    None => self.remote.get_opts(location, options).await,
                }
            }
            _ => self.remote.get_opts(location, options).await,
        }
    }

    async fn get_ranges(&self, location: &Path, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        let is_cached = is_kept(location) && ranges.iter().all(|range| !range.is_empty());
        match if is_cached { self.blocks(location, ranges).await? } else { None } {
            Some((read, _)) => Ok(read),
            None => self.remote.get_ranges(location, ranges).await,
        }
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        let files = self.files.clone();
        let forget = move |location: &Result<Path>| {
            if let Ok(location) = location {
                files.forget(location);
            }
        };
        self.remote.delete_stream(locations.inspect(forget).boxed())
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.remote.list(prefix)
    }

    fn list_with_offset(&self, prefix: Option<&Path>, offset: &Path) -> BoxStream<'static, Result<ObjectMeta>> {
        self.remote.list_with_offset(prefix, offset)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.remote.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.forget(to);
        self.remote.copy_opts(from, to, options).await
    }

    async fn rename_opts(&self, from: &Path, to: &Path, options: RenameOptions) -> Result<()> {
        self.forget(from);
        self.forget(to);
        self.remote.rename_opts(from, to, options).await
    }
}

#[cfg(test)]
mod tests;
