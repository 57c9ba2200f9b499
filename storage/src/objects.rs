//! The data directory as an object store, made durable: what `put` has written is on disk when it returns.
//!
//! Everything that queries and the Delta log read and write goes through here: segments, sidecars, commits, checkpoints.
//! What it promises: an object is written beside its name, synced, and only then named, so that after a power cut a name
//! has its whole content or is not there; the folders up to the data directory are synced before a write returns; what was
//! deleted does not come back; and a put that must create ([`object_store::PutMode::Create`], a Delta commit) never replaces. What it leaves out: attributes and
//! conditional updates.

mod list;
mod write;

use std::fmt;
use std::io;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures::StreamExt;
use futures::stream::BoxStream;
use object_store::path::Path;
use object_store::{
    Attributes, CopyMode, CopyOptions, Error, GetOptions, GetResult, GetResultPayload, ListResult, MultipartUpload,
    ObjectMeta, ObjectStore, ObjectStoreExt, PutMode, PutMultipartOptions, PutOptions, PutPayload, PutResult,
    RenameOptions, RenameTargetMode, Result,
};

use crate::io::{Io, IoFile, Metadata, Mode};
use write::{Replace, Staged, Upload};

/// How many objects are removed at a time.
const DELETES_AT_ONCE: usize = 10;

/// A folder as an object store whose writes are synced; paths are relative to it.
#[derive(Debug, Clone)]
pub(crate) struct SyncedFolder(Arc<Folder>);

#[derive(Debug)]
struct Folder {
    io: Arc<dyn Io>,
    root: PathBuf,
    durable: write::DurableFolders,
}

impl SyncedFolder {
    /// The store of a folder that exists.
    pub(crate) fn new(io: Arc<dyn Io>, root: &std::path::Path) -> Self {
        Self(Arc::new(Folder { io, root: root.to_owned(), durable: write::DurableFolders::default() }))
    }

    /// Where it is.
    pub(crate) fn root(&self) -> &std::path::Path {
        &self.0.root
    }

    /// When this returns, the names in the folder of this object are on disk, and the folder's own.
    ///
    /// For a write whose error came after it had given the object its name: the content is synced before that.
    pub(crate) async fn sync_name(&self, location: &Path) -> Result<()> {
        let path = self.0.path(location)?;
        self.run(location, move |folder| write::sync_folders(folder, &path, true)).await
    }

    /// The files below a prefix that were being written when a process ended, sorted; relative to the root.
    pub(crate) async fn unfinished(&self, prefix: &Path) -> Result<Vec<String>> {
        let from = prefix.clone();
        self.run(prefix, move |folder| list::unfinished(folder, &from)).await
    }

    /// Removes one of those, for good.
    pub(crate) async fn remove_unfinished(&self, name: &str) -> Result<()> {
        let path = self.0.root.join(name);
        self.run(&Path::from(name), move |folder| {
            folder.io.remove(&path)?;
            path.parent().map_or(Ok(()), |above| folder.io.sync_folder(above))
        })
        .await
    }

    /// Runs blocking work; an error is one about `location`.
    async fn run<T: Send + 'static>(
        &self,
        location: &Path,
        work: impl FnOnce(&Folder) -> io::Result<T> + Send + 'static,
    ) -> Result<T> {
        let folder = self.0.clone();
        let done = tokio::task::spawn_blocking(move || work(&folder)).await?;
        done.map_err(|error| failed(location, error))
    }

    async fn open(&self, location: &Path) -> Result<(Arc<dyn IoFile>, Metadata)> {
        let path = self.0.path(location)?;
        self.run(location, move |folder| {
            let file = folder.io.open(&path, Mode::Read)?;
            let metadata = file.metadata()?;
            if metadata.is_folder {
                return Err(io::ErrorKind::NotFound.into());
            }
            Ok((file, metadata))
        })
        .await
    }
}

impl Folder {
    /// Where an object is. A name that ends like that of a file which is being written is none of an object.
    fn path(&self, location: &Path) -> Result<PathBuf> {
        let name = location.filename().unwrap_or_default();
        if name.is_empty() || is_staged(name) {
            return Err(Error::Generic { store: "SyncedFolder", source: format!("no object: {location:?}").into() });
        }
        Ok(self.root.join(location.as_ref()))
    }
}

/// Deletes an object that may be gone already.
pub(crate) async fn delete_if_there(objects: &dyn ObjectStore, location: &Path) -> Result<()> {
    match objects.delete(location).await {
        Err(Error::NotFound { .. }) => Ok(()),
        deleted => deleted,
    }
}

/// Whether a file of this name is one that is being written, or was when the power went.
pub(crate) fn is_staged(name: &str) -> bool {
    name.rsplit_once('#').is_some_and(|(_, number)| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}

fn failed(location: &Path, error: io::Error) -> Error {
    let path = location.to_string();
    match error.kind() {
        io::ErrorKind::NotFound => Error::NotFound { path, source: error.into() },
        io::ErrorKind::AlreadyExists => Error::AlreadyExists { path, source: error.into() },
        io::ErrorKind::PermissionDenied => Error::PermissionDenied { path, source: error.into() },
        _ => Error::Generic { store: "SyncedFolder", source: format!("{location}: {error}").into() },
    }
}

fn about(location: Path, metadata: &Metadata) -> ObjectMeta {
    let since = metadata.modified.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    ObjectMeta {
        location,
        last_modified: metadata.modified.into(),
        size: metadata.bytes,
        e_tag: Some(format!("{:x}-{:x}", since.as_micros(), metadata.bytes)),
        version: None,
    }
}

fn read_range(file: &dyn IoFile, range: &Range<u64>) -> io::Result<Bytes> {
    let length = usize::try_from(range.end.saturating_sub(range.start)).map_err(io::Error::other)?;
    let mut buffer = vec![0; length];
    file.read_at(&mut buffer, range.start)?;
    Ok(buffer.into())
}

impl fmt::Display for SyncedFolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SyncedFolder({})", self.0.root.display())
    }
}

#[async_trait]
impl ObjectStore for SyncedFolder {
    async fn put_opts(&self, location: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        let replace = match options.mode {
            PutMode::Overwrite => Replace::Yes,
            PutMode::Create => Replace::No,
            PutMode::Update(_) => return Err(not_implemented("a conditional update")),
        };
        if !options.attributes.is_empty() {
            return Err(not_implemented("attributes"));
        }
        let path = self.0.path(location)?;
        self.run(location, move |folder| {
            let staged = Staged::create(folder, path)?;
            let mut offset = 0;
            for chunk in payload.iter() {
                staged.file.write_at(chunk, offset)?;
                offset += chunk.len() as u64;
            }
            staged.finish(folder, replace)
        })
        .await?;
        Ok(PutResult { e_tag: None, version: None })
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        if !options.attributes.is_empty() {
            return Err(not_implemented("attributes"));
        }
        let path = self.0.path(location)?;
        let staged = self.run(location, move |folder| Staged::create(folder, path)).await?;
        Ok(Box::new(Upload::new(self.clone(), location.clone(), staged)))
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        let (file, metadata) = self.open(location).await?;
        let meta = about(location.clone(), &metadata);
        options.check_preconditions(&meta)?;
        let range = match &options.range {
            Some(range) => range
                .as_range(meta.size)
                .map_err(|source| Error::Generic { store: "SyncedFolder", source: Box::new(source) })?,
            None => 0..meta.size,
        };
        // Read when asked for, and in one piece, which is what `bytes` then hands on without copying it.
        let (store, location, wanted) = (self.clone(), location.clone(), range.clone());
        let content =
            futures::stream::once(
                async move { store.run(&location, move |_| read_range(file.as_ref(), &wanted)).await },
            );
        let payload = if options.head || range.is_empty() {
            GetResultPayload::Stream(futures::stream::empty().boxed())
        } else {
            GetResultPayload::Stream(content.boxed())
        };
        Ok(GetResult { payload, meta, range, attributes: Attributes::default() })
    }

    async fn get_ranges(&self, location: &Path, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        let (path, ranges) = (self.0.path(location)?, ranges.to_vec());
        self.run(location, move |folder| {
            let file = folder.io.open(&path, Mode::Read)?;
            ranges.iter().map(|range| read_range(file.as_ref(), range)).collect()
        })
        .await
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        let store = self.clone();
        let delete = move |location: Result<Path>| {
            let store = store.clone();
            async move {
                let location = location?;
                let path = store.0.path(&location)?;
                let remove = move |folder: &Folder| {
                    folder.io.remove(&path)?;
                    path.parent().map_or(Ok(()), |above| folder.io.sync_folder(above))
                };
                store.run(&location, remove).await?;
                Ok(location)
            }
        };
        locations.map(delete).buffered(DELETES_AT_ONCE).boxed()
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        list::all(self, prefix, None)
    }

    fn list_with_offset(&self, prefix: Option<&Path>, offset: &Path) -> BoxStream<'static, Result<ObjectMeta>> {
        list::all(self, prefix, Some(offset))
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        list::one_level(self, prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        let replace = match options.mode {
            CopyMode::Overwrite => Replace::Yes,
            CopyMode::Create => Replace::No,
        };
        let (source, target) = (self.0.path(from)?, self.0.path(to)?);
        self.run(to, move |folder| {
            let content = folder.io.read(&source)?;
            let staged = Staged::create(folder, target)?;
            staged.file.write_at(&content, 0)?;
            staged.finish(folder, replace)
        })
        .await
    }

    async fn rename_opts(&self, from: &Path, to: &Path, options: RenameOptions) -> Result<()> {
        let (source, target) = (self.0.path(from)?, self.0.path(to)?);
        self.run(to, move |folder| match options.target_mode {
            RenameTargetMode::Overwrite => {
                folder.io.rename(&source, &target)?;
                write::sync_folders(folder, &target, false)
            }
            RenameTargetMode::Create => {
                folder.io.link(&source, &target)?;
                folder.io.remove(&source)?;
                write::sync_folders(folder, &target, false)
            }
        })
        .await
    }
}

fn not_implemented(operation: &str) -> Error {
    Error::NotImplemented { operation: operation.to_owned(), implementer: "SyncedFolder".to_owned() }
}

#[cfg(test)]
mod tests;
