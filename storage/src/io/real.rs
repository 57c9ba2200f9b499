//! The operating system's file system.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::sync::Arc;

use super::{Entry, Held, Io, IoFile, Metadata, Mode};

/// Files of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct Real;

#[derive(Debug)]
struct RealFile(File);

impl Io for Real {
    fn open(&self, path: &Path, mode: Mode) -> io::Result<Arc<dyn IoFile>> {
        let mut options = OpenOptions::new();
        match mode {
            Mode::Read => options.read(true),
            Mode::Write => options.write(true),
            Mode::Create => options.write(true).create(true).truncate(true),
            Mode::CreateNew => options.write(true).create_new(true),
        };
        Ok(Arc::new(RealFile(options.open(path)?)))
    }

    fn metadata(&self, path: &Path) -> io::Result<Metadata> {
        metadata(&fs::metadata(path)?)
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<Entry>> {
        let entry = |entry: io::Result<fs::DirEntry>| {
            let entry = entry?;
            let (path, kind) = (entry.path(), entry.file_type()?);
            // A table may have been moved to another disk with a link in its place.
            let is_folder = if kind.is_symlink() { path.is_dir() } else { kind.is_dir() };
            Ok(Entry { path, is_folder })
        };
        fs::read_dir(folder)?.map(entry).collect()
    }

    fn create_folders(&self, folder: &Path) -> io::Result<()> {
        fs::create_dir_all(folder)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::hard_link(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        File::open(folder)?.sync_all()
    }

    /// A new one never was open to anybody else.
    fn make_private(&self, path: &Path) -> io::Result<()> {
        let file = OpenOptions::new().create(true).append(true).mode(0o600).open(path)?;
        file.set_permissions(fs::Permissions::from_mode(0o600))
    }

    fn free_bytes(&self, folder: &Path) -> io::Result<u64> {
        fs4::available_space(folder)
    }

    /// What functions send, and the key that signs logins, lie in the folder: a new one is closed to everybody else. One
    /// that exists keeps its rights.
    fn hold(&self, folder: &Path) -> io::Result<Held> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        let file = File::options().create(true).truncate(false).write(true).open(folder.join("lock"))?;
        match file.try_lock() {
            Ok(()) => Ok(Held::new(file)),
            Err(fs::TryLockError::WouldBlock) => Err(io::ErrorKind::WouldBlock.into()),
            Err(fs::TryLockError::Error(error)) => Err(error),
        }
    }
}

impl IoFile for RealFile {
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        self.0.write_all_at(bytes, offset)
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        self.0.read_exact_at(buffer, offset)
    }

    fn metadata(&self) -> io::Result<Metadata> {
        metadata(&self.0.metadata()?)
    }

    fn set_len(&self, bytes: u64) -> io::Result<()> {
        self.0.set_len(bytes)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.0.sync_data()
    }

    fn sync_all(&self) -> io::Result<()> {
        self.0.sync_all()
    }
}

fn metadata(metadata: &fs::Metadata) -> io::Result<Metadata> {
    Ok(Metadata { bytes: metadata.len(), is_folder: metadata.is_dir(), modified: metadata.modified()? })
}
