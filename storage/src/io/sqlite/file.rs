//! A file of SQLite's: the database, its log, its journal.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sqlite_vfs::{DatabaseHandle, LockKind, OpenAccess, OpenKind, OpenOptions, WalDisabled};

use super::{Mount, locks};
use crate::io::{Io, IoFile, Mode};

pub(super) struct File {
    mount: Arc<Mount>,
    path: PathBuf,
    /// The path as SQLite has it.
    name: String,
    number: u64,
    reader: Arc<dyn IoFile>,
    /// `None` where it is open only to be read.
    writer: Option<Arc<dyn IoFile>>,
    /// Its name may be new.
    syncs_folder: bool,
}

impl File {
    pub(super) fn open(mount: Arc<Mount>, path: PathBuf, name: &str, options: &OpenOptions) -> io::Result<Self> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let write = |io: &dyn Io| match options.access {
            OpenAccess::Read => Ok(None),
            OpenAccess::Write => io.open(&path, Mode::Write).map(Some),
            OpenAccess::CreateNew => io.open(&path, Mode::CreateNew).map(Some),
            OpenAccess::Create => match io.open(&path, Mode::Write) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => io.open(&path, Mode::CreateNew).map(Some),
                opened => opened.map(Some),
            },
        };
        let (writer, reader) = mount.act(|io| Ok((write(io)?, io.open(&path, Mode::Read)?)))?;
        let may_be_new = matches!(options.access, OpenAccess::Create | OpenAccess::CreateNew);
        Ok(Self {
            reader,
            writer,
            syncs_folder: may_be_new && matches!(options.kind, OpenKind::Wal | OpenKind::MainJournal),
            mount,
            path,
            name: name.to_owned(),
            number: NUMBER.fetch_add(1, Ordering::Relaxed),
        })
    }

    fn write(&self, act: impl FnOnce(&dyn IoFile) -> io::Result<()>) -> io::Result<()> {
        let writer = self.writer.as_deref().ok_or(io::ErrorKind::PermissionDenied)?;
        self.mount.act(|_| act(writer)).map_err(|error| match error.kind() {
            // The one that becomes SQLITE_FULL.
            io::ErrorKind::StorageFull => io::Error::new(io::ErrorKind::WriteZero, error),
            _ => error,
        })
    }
}

impl DatabaseHandle for File {
    type WalIndex = WalDisabled;

    fn size(&self) -> io::Result<u64> {
        self.mount.act(|_| Ok(self.reader.metadata()?.bytes))
    }

    /// What is behind the end is zeros, and an error all the same: SQLite relies on both.
    fn read_exact_at(&mut self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        let there = usize::try_from(self.size()?.saturating_sub(offset)).unwrap_or(usize::MAX).min(buffer.len());
        let (there, behind) = buffer.split_at_mut(there);
        behind.fill(0);
        if !there.is_empty() {
            self.mount.act(|_| self.reader.read_at(there, offset))?;
        }
        if behind.is_empty() { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }

    fn write_all_at(&mut self, bytes: &[u8], offset: u64) -> io::Result<()> {
        self.write(|file| file.write_at(bytes, offset))
    }

    fn sync(&mut self, data_only: bool) -> io::Result<()> {
        self.write(|file| if data_only { file.sync_data() } else { file.sync_all() })?;
        if std::mem::take(&mut self.syncs_folder)
            && let Some(folder) = self.path.parent()
        {
            // As the unix VFS does: an error is not told.
            let _ = self.mount.act(|io| io.sync_folder(folder));
        }
        Ok(())
    }

    /// A longer one is a hint of how much will be written, of which the unix VFS makes nothing.
    fn set_len(&mut self, bytes: u64) -> io::Result<()> {
        if bytes < self.size()? { self.write(|file| file.set_len(bytes)) } else { Ok(()) }
    }

    fn lock(&mut self, kind: LockKind) -> io::Result<bool> {
        Ok(locks::of(self.number) >= kind || locks::set(&self.name, self.number, kind))
    }

    fn unlock(&mut self, kind: LockKind) -> io::Result<bool> {
        Ok(locks::of(self.number) <= kind || locks::set(&self.name, self.number, kind))
    }

    fn reserved(&mut self) -> io::Result<bool> {
        Ok(locks::is_reserved(&self.name))
    }

    fn current_lock(&self) -> io::Result<LockKind> {
        Ok(locks::of(self.number))
    }

    fn wal_index(&self, _readonly: bool) -> io::Result<WalDisabled> {
        Ok(WalDisabled)
    }
}

impl Drop for File {
    fn drop(&mut self) {
        locks::set(&self.name, self.number, LockKind::None);
    }
}
