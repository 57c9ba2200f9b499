//! A file system in memory that knows what a power cut keeps.
//!
//! Names and files are separate, and each has two states: what the process sees and what is on disk. What is not synced
//! when the power goes is decided by a seed, piece by piece:
//!
//! - Of a file, each page of 4 KiB that was written since the last sync is kept, lost, or torn: any of its sectors of
//!   512 bytes may be the old ones. Its length is the old one, the new one, or one in between; what it gained and no page
//!   filled is zeros.
//! - Of a folder, the changes of names since its last sync are kept up to one of them, or any of them without the others.
//!   That is more than the journal of ext4 or xfs would lose. Syncing a file does not sync its name.
//! - A rename is one step, also between folders: the new name may be there beside the old one, but never neither.
//!
//! A sync that fails ([`MemoryFile::fail_sync`]) does what Linux does: the pages that were not written count as clean, the
//! process sees them, the next sync says nothing of them, and a power cut loses them. Names stay to be synced.
//!
//! What it leaves out: rights, links to folders, sectors that a cut destroys, and the order in which pages reach the disk.

mod content;
mod cut;
mod disk;
mod names;
#[cfg(test)]
mod tests;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, UNIX_EPOCH};

use super::chance::Seed;
use super::{Entry, Held, Io, IoFile, Metadata, Mode, SqliteAccess, sqlite};
use disk::{Disk, Node, NodeId};

/// The file system. A clone is the same one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Memory(Arc<Mutex<Disk>>);

/// An open file or folder of it.
#[derive(Debug, Clone)]
pub(crate) struct MemoryFile {
    memory: Memory,
    node: NodeId,
    mode: Mode,
}

impl Memory {
    /// What a power cut at this moment leaves: another file system. Nobody holds anything in it.
    pub(crate) fn cut(&self, seed: u64) -> Self {
        Self::of(cut::cut(&self.lock(), Seed(seed)))
    }

    /// Lets the power go before the operation after the next `operations` that change something. From then on everything
    /// fails. Operations on files that are not yet part of the log are not counted: a thread of its own does them.
    pub(crate) fn cut_after(&self, operations: u64, seed: u64) {
        self.lock().cut_after(operations, Seed(seed));
    }

    /// What [`Self::cut_after`] left, if the power has gone; the plan ends in any case.
    pub(crate) fn take_cut(&self) -> Option<Self> {
        self.lock().take_cut().map(Self::of)
    }

    /// Whether the power has gone.
    pub(crate) fn is_off(&self) -> bool {
        self.lock().check_power().is_err()
    }

    /// Opens a file.
    pub(crate) fn open_file(&self, path: &Path, mode: Mode) -> io::Result<MemoryFile> {
        let node = self.lock().open(path, mode)?;
        Ok(MemoryFile { memory: self.clone(), node, mode })
    }

    fn of(disk: Disk) -> Self {
        Self(Arc::new(Mutex::new(disk)))
    }

    fn lock(&self) -> MutexGuard<'_, Disk> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A path without what differs from run to run, so that chance decides the same about it in each: the folder of a test,
/// and the random part of a segment's name.
pub(crate) fn label(path: &Path) -> String {
    let is_random = |part: &&str| part.len() == 32 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    let name = |name: &str| name.split(['-', '.']).filter(|part| !is_random(part)).collect::<Vec<_>>().join(".");
    let parts = path.components().map(|component| component.as_os_str().to_string_lossy());
    parts.filter(|part| !part.starts_with(".tmp")).map(|part| name(&part)).collect::<Vec<_>>().join("/")
}

impl Io for Memory {
    fn open(&self, path: &Path, mode: Mode) -> io::Result<Arc<dyn IoFile>> {
        Ok(Arc::new(self.open_file(path, mode)?))
    }

    fn metadata(&self, path: &Path) -> io::Result<Metadata> {
        let disk = self.lock();
        disk.check_power()?;
        let node = disk.find(path)?;
        Ok(metadata(disk.node(node)))
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<Entry>> {
        let disk = self.lock();
        disk.check_power()?;
        let names = disk.folder(disk.find(folder)?)?;
        let entry = |(name, node): (&std::ffi::OsString, &NodeId)| Entry {
            path: folder.join(name),
            is_folder: disk.node(*node).is_folder(),
        };
        Ok(names.seen().iter().map(entry).collect())
    }

    fn create_folders(&self, folder: &Path) -> io::Result<()> {
        self.lock().create_folders(folder)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.lock().rename(from, to)
    }

    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.lock().link(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.lock().remove(path)
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        self.lock().sync_folder(folder)
    }

    fn hold(&self, folder: &Path) -> io::Result<Held> {
        let mut disk = self.lock();
        disk.create_folders(folder)?;
        if !disk.hold(folder) {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        Ok(Held::new(Holder { memory: self.clone(), folder: folder.to_owned() }))
    }

    fn serve_sqlite(&self) -> Option<SqliteAccess> {
        Some(sqlite::serve(Arc::new(self.clone())))
    }
}

struct Holder {
    memory: Memory,
    folder: PathBuf,
}

impl Drop for Holder {
    fn drop(&mut self) {
        self.memory.lock().let_go(&self.folder);
    }
}

impl MemoryFile {
    /// The file's last path, without what differs from run to run.
    pub(crate) fn label(&self) -> String {
        self.memory.lock().node(self.node).label.clone()
    }

    /// A sync that fails: some of what it had to write is on disk, and nothing is to be written any more.
    pub(crate) fn fail_sync(&self, seed: Seed) -> io::Result<()> {
        let mut disk = self.memory.lock();
        disk.count(self.node)?;
        disk.content_mut(self.node)?.fail_sync(seed);
        Err(io::Error::other("injected: the sync failed"))
    }

    fn change(&self, act: impl FnOnce(&mut content::Content)) -> io::Result<()> {
        if self.mode == Mode::Read {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        let mut disk = self.memory.lock();
        disk.count(self.node)?;
        act(disk.content_mut(self.node)?);
        disk.touch(self.node);
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        let mut disk = self.memory.lock();
        disk.count(self.node)?;
        disk.content_mut(self.node)?.sync();
        Ok(())
    }
}

impl IoFile for MemoryFile {
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        let offset = usize::try_from(offset).map_err(io::Error::other)?;
        self.change(|content| content.write_at(bytes, offset))
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        if self.mode != Mode::Read {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        let offset = usize::try_from(offset).map_err(io::Error::other)?;
        let mut disk = self.memory.lock();
        disk.check_power()?;
        let seen = disk.content_mut(self.node)?.seen();
        let wanted = seen.get(offset..).and_then(|rest| rest.get(..buffer.len()));
        buffer.copy_from_slice(wanted.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn metadata(&self) -> io::Result<Metadata> {
        let disk = self.memory.lock();
        disk.check_power()?;
        Ok(metadata(disk.node(self.node)))
    }

    fn set_len(&self, bytes: u64) -> io::Result<()> {
        let bytes = usize::try_from(bytes).map_err(io::Error::other)?;
        self.change(|content| content.set_len(bytes))
    }

    fn sync_data(&self) -> io::Result<()> {
        self.sync()
    }

    fn sync_all(&self) -> io::Result<()> {
        self.sync()
    }
}

/// Times are a count of changes since 1970: the same in each run, and older than any age that something is kept for.
fn metadata(node: &Node) -> Metadata {
    Metadata {
        bytes: node.bytes(),
        is_folder: node.is_folder(),
        modified: UNIX_EPOCH + Duration::from_micros(node.modified),
    }
}
