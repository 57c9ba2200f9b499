//! Writes: staged, synced, named, and the folders synced.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use object_store::{MultipartUpload, PutPayload, PutResult, Result, UploadPart};

use super::{Folder, SyncedFolder};
use crate::io::{IoFile, Mode};

/// The folders whose own names are on disk: those are not synced again with every file in them.
#[derive(Debug, Default)]
pub(super) struct DurableFolders(Mutex<HashSet<PathBuf>>);

/// Whether a write may take the place of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Replace {
    Yes,
    No,
}

/// A file that is being written, beside the name that it will get. Dropped unfinished it is removed.
#[derive(Debug)]
pub(super) struct Staged {
    pub(super) file: Arc<dyn IoFile>,
    path: PathBuf,
    target: PathBuf,
    /// Removes the file.
    io: Option<Arc<dyn crate::io::Io>>,
}

impl Staged {
    pub(super) fn create(folder: &Folder, target: PathBuf) -> io::Result<Self> {
        let mut number = 1u32;
        loop {
            let mut name = target.clone().into_os_string();
            name.push(format!("#{number}"));
            let path = PathBuf::from(name);
            match folder.io.open(&path, Mode::CreateNew) {
                Ok(file) => return Ok(Self { file, path, target, io: Some(folder.io.clone()) }),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
                Err(error) if error.kind() == io::ErrorKind::NotFound && number == 1 => {
                    // Not tried again with the same number: should the folder be gone again, the error says so.
                    folder.create_folder_of(&target)?;
                    number += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Syncs it, gives it its name, and syncs that.
    pub(super) fn finish(mut self, folder: &Folder, replace: Replace) -> io::Result<()> {
        self.file.sync_data()?;
        match replace {
            Replace::Yes => {
                folder.io.rename(&self.path, &self.target)?;
                self.io = None;
            }
            Replace::No => {
                folder.io.link(&self.path, &self.target)?;
                self.discard();
            }
        }
        sync_folders(folder, &self.target, false)
    }

    fn discard(&mut self) {
        if let Some(io) = self.io.take()
            && let Err(error) = io.remove(&self.path)
        {
            // It is part of nothing, and the next start removes it.
            tracing::warn!(file = %self.path.display(), %error, "a file that was being written could not be removed");
        }
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        self.discard();
    }
}

impl Folder {
    fn create_folder_of(&self, path: &Path) -> io::Result<()> {
        let Some(parent) = path.parent() else { return Ok(()) };
        self.io.create_folders(parent)?;
        // Whoever removed it did not tell: its name, and perhaps those above it, are new.
        let mut durable = self.durable.lock();
        for folder in parent.ancestors() {
            durable.remove(folder);
        }
        Ok(())
    }
}

impl DurableFolders {
    fn lock(&self) -> std::sync::MutexGuard<'_, HashSet<PathBuf>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Syncs the folder of a file, and those above it up to the root, because any of them may be new; unless told to look at
/// all of them, as far as it is not known that their names are on disk.
pub(super) fn sync_folders(folder: &Folder, path: &Path, all: bool) -> io::Result<()> {
    let mut synced = Vec::new();
    for above in path.ancestors().skip(1) {
        folder.io.sync_folder(above)?;
        // Its parent has its name.
        if above == folder.root || (!all && folder.durable.lock().contains(above)) {
            break;
        }
        synced.push(above.to_owned());
    }
    folder.durable.lock().extend(synced);
    Ok(())
}

/// An object that comes in parts.
#[derive(Debug)]
pub(super) struct Upload {
    store: SyncedFolder,
    location: object_store::path::Path,
    staged: Option<Staged>,
    offset: u64,
}

impl Upload {
    pub(super) fn new(store: SyncedFolder, location: object_store::path::Path, staged: Staged) -> Self {
        Self { store, location, staged: Some(staged), offset: 0 }
    }

    fn take(&mut self) -> Result<Staged> {
        let ended = || io::Error::other("the upload has ended already");
        self.staged.take().ok_or_else(|| super::failed(&self.location, ended()))
    }
}

#[async_trait]
impl MultipartUpload for Upload {
    fn put_part(&mut self, data: PutPayload) -> UploadPart {
        let offset = self.offset;
        self.offset += data.content_length() as u64;
        let (store, location) = (self.store.clone(), self.location.clone());
        let file = self.staged.as_ref().map(|staged| staged.file.clone());
        Box::pin(async move {
            let ended = || io::Error::other("the upload has ended already");
            let write = move |_: &Folder| {
                let file = file.ok_or_else(ended)?;
                let mut at = offset;
                for chunk in data.iter() {
                    file.write_at(chunk, at)?;
                    at += chunk.len() as u64;
                }
                Ok(())
            };
            store.run(&location, write).await
        })
    }

    async fn complete(&mut self) -> Result<PutResult> {
        let staged = self.take()?;
        self.store.run(&self.location, move |folder| staged.finish(folder, Replace::Yes)).await?;
        Ok(PutResult { e_tag: None, version: None })
    }

    async fn abort(&mut self) -> Result<()> {
        drop(self.take()?);
        Ok(())
    }
}
