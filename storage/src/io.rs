//! What storage asks of a file system; [`Real`] is the operating system's. Tests have two more: `memory`, which knows what a
//! power cut keeps, and `faulty`, which fails as disks do.
//!
//! The write-ahead log, the segments, their sidecars, the Delta log, `set-aside/` and the documents go through [`Io`], so
//! that a test can put a file system of its own below them. SQLite does its own IO with files of the operating system, which
//! is better tested than any of ours; other file systems it reaches by [`Io::serve_sqlite`]. What the trait leaves out:
//! buffering, threads and the meaning of the bytes.

#[cfg(test)]
pub(crate) mod chance;
#[cfg(test)]
pub(crate) mod faulty;
#[cfg(test)]
pub(crate) mod history;
#[cfg(test)]
pub(crate) mod memory;
mod real;
#[cfg(test)]
mod sqlite;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

pub use real::Real;

/// A file system. Every path is absolute or relative to the process, as for [`std::fs`].
pub trait Io: fmt::Debug + Send + Sync + 'static {
    /// Opens a file.
    fn open(&self, path: &Path, mode: Mode) -> io::Result<Arc<dyn IoFile>>;

    /// What is known of a file or folder; [`io::ErrorKind::NotFound`] where there is none.
    fn metadata(&self, path: &Path) -> io::Result<Metadata>;

    /// The files and folders of a folder, in no particular order.
    fn list(&self, folder: &Path) -> io::Result<Vec<Entry>>;

    /// Creates a folder and those above it, as far as they are missing. Not synced.
    fn create_folders(&self, folder: &Path) -> io::Result<()>;

    /// Gives a file or folder another name, in one step; a file of that name is replaced. Not synced.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Gives a file a second name; [`io::ErrorKind::AlreadyExists`] where that name is taken. Not synced.
    fn link(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Removes a name of a file. Not synced.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// When this returns, the names in this folder are on disk as they are; what the files contain is not its affair.
    fn sync_folder(&self, folder: &Path) -> io::Result<()>;

    /// Creates a folder, for its owner alone where it is new, and holds it until the answer is dropped.
    /// [`io::ErrorKind::WouldBlock`] where another holds it.
    fn hold(&self, folder: &Path) -> io::Result<Held>;

    /// Creates a file where there is none; nobody but its owner may read it, as far as the file system has such rights. Not
    /// synced.
    fn make_private(&self, path: &Path) -> io::Result<()> {
        match self.open(path, Mode::CreateNew) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
            _ => Ok(()),
        }
    }

    /// Lets SQLite, which does its own IO, do it on this file system. `None` where it does so anyway: on the operating
    /// system's.
    fn serve_sqlite(&self) -> Option<SqliteAccess> {
        None
    }

    /// How much room the disk of a folder has for this process, in bytes; [`u64::MAX`] where there is no such limit.
    fn free_bytes(&self, folder: &Path) -> io::Result<u64> {
        let _ = folder;
        Ok(u64::MAX)
    }

    /// The content of a file.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let file = self.open(path, Mode::Read)?;
        let length = usize::try_from(file.metadata()?.bytes).map_err(io::Error::other)?;
        let mut content = vec![0; length];
        file.read_at(&mut content, 0)?;
        Ok(content)
    }

    /// Whether there is a file or folder of this name.
    fn exists(&self, path: &Path) -> io::Result<bool> {
        match self.metadata(path) {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// An open file.
pub trait IoFile: fmt::Debug + Send + Sync {
    /// Writes all of it. After an error any part of it may have been written.
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()>;

    /// Fills the buffer; [`io::ErrorKind::UnexpectedEof`] where the file ends before that.
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()>;

    /// What is known of it.
    fn metadata(&self) -> io::Result<Metadata>;

    /// Cuts it, or appends zeros.
    fn set_len(&self, bytes: u64) -> io::Result<()>;

    /// When this returns, its content is on disk, and as much of the rest as is needed to read it. After an error it is
    /// not known what is, and a second try that succeeds does not mean that the first one's bytes are.
    fn sync_data(&self) -> io::Result<()>;

    /// [`Self::sync_data`], and everything else about the file but its name.
    fn sync_all(&self) -> io::Result<()>;
}

/// What a file is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// To read it.
    Read,
    /// To write one that exists.
    Write,
    /// To write it from the beginning; what it contained is gone.
    Create,
    /// To write one that must not exist yet.
    CreateNew,
}

/// What is known of a file or folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Metadata {
    /// How long it is.
    pub bytes: u64,
    /// Whether it is a folder.
    pub is_folder: bool,
    /// When it was written last, by the file system's clock.
    pub modified: SystemTime,
}

/// An entry of a folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// The folder's path and the entry's name.
    pub path: PathBuf,
    /// Whether it is a folder.
    pub is_folder: bool,
}

/// What SQLite must be told to work on a file system that is not the operating system's, for as long as this lives. There
/// may be one connection.
#[derive(Debug)]
pub struct SqliteAccess {
    /// The name of the VFS.
    pub vfs: &'static str,
    /// What stands before each path.
    pub root: String,
    /// Settings of a connection: names and values.
    pub pragmas: Vec<(&'static str, &'static str)>,
    /// Lets go of the file system when it is dropped.
    pub held: Held,
}

/// A folder, or something else, that is held for as long as this lives.
pub struct Held(#[expect(dead_code, reason = "it is kept to be dropped")] Box<dyn Send + Sync>);

impl Held {
    /// Held until `guard` is dropped.
    pub fn new(guard: impl Send + Sync + 'static) -> Self {
        Self(Box::new(guard))
    }
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Held")
    }
}
