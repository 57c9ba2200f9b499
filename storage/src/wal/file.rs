//! A preallocated log file, and the thread that prepares the next one ahead of need.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use crate::io::{Io, IoFile, Mode};

/// Begins every file.
pub(super) const MAGIC: [u8; 8] = *b"ALIDWAL1";
/// Version of the format of a file. Files of version 1 have no run, and their records no group: each is one of its own. The
/// next ones are 4 and 7: no flipped bit makes one of them out of another.
pub(super) const VERSION: u32 = 2;
/// Bytes before the first record.
pub(super) const HEADER: u64 = 16;

/// The header of a file of this run, which is told from others by the first sequence it gave, as far as that fits.
pub(super) fn header(run: u32) -> [u8; HEADER as usize] {
    let mut header = [0; HEADER as usize];
    header[..8].copy_from_slice(&MAGIC);
    header[8..12].copy_from_slice(&VERSION.to_le_bytes());
    header[12..].copy_from_slice(&run.to_le_bytes());
    header
}

static ZEROS: [u8; 64 << 10] = [0; 64 << 10];

/// A file of zeros behind a header, synced, not yet part of the log.
pub(super) struct Spare {
    path: PathBuf,
    file: Arc<dyn IoFile>,
    bytes: u64,
}

/// The file that is written.
pub(super) struct Active {
    pub(super) path: PathBuf,
    file: Arc<dyn IoFile>,
    offset: u64,
    bytes: u64,
}

impl Spare {
    fn create(io: &dyn Io, folder: &Path, run: u32, number: u64, bytes: u64) -> io::Result<Self> {
        let path = folder.join(format!("spare-{number}.tmp"));
        match Self::write(io, &path, run, bytes) {
            Ok(file) => Ok(Self { path, file, bytes }),
            Err(error) => {
                // On a full disk it is tried again and again; what a try wrote must not stay. Its error says more than
                // that of the removal, which the next start makes up for.
                let _ = io.remove(&path);
                Err(error)
            }
        }
    }

    fn write(io: &dyn Io, path: &Path, run: u32, bytes: u64) -> io::Result<Arc<dyn IoFile>> {
        let file = io.open(path, Mode::Create)?;
        file.write_at(&header(run), 0)?;
        fill(file.as_ref(), HEADER, bytes)?;
        file.sync_all()?;
        Ok(file)
    }

    /// Makes it part of the log. The name is synced before any record is written. `again` where this run has tried to give
    /// that name before: then what has it is empty.
    pub(super) fn activate(self, io: &dyn Io, folder: &Path, first_sequence: u64, again: bool) -> io::Result<Active> {
        let path = folder.join(format!("{first_sequence:020}.wal"));
        let activate = || {
            if !again && io.exists(&path)? {
                return Err(io::Error::other(format!("{} exists already; it is not overwritten", path.display())));
            }
            io.rename(&self.path, &path)?;
            io.sync_folder(folder)
        };
        match activate() {
            Ok(()) => Ok(Active { path, file: self.file, offset: HEADER, bytes: self.bytes }),
            Err(error) => {
                // The next try has a file of its own; should it have been renamed already, there is nothing to remove.
                let _ = io.remove(&self.path);
                Err(error)
            }
        }
    }
}

impl Active {
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Whether records were written to it.
    pub(super) fn is_begun(&self) -> bool {
        self.offset > HEADER
    }

    pub(super) fn has_room(&self, bytes: usize) -> bool {
        self.offset + bytes as u64 <= self.bytes
    }

    /// Makes room for a group that is larger than a file.
    pub(super) fn grow(&mut self, bytes: usize) -> io::Result<()> {
        let needed = self.offset + bytes as u64;
        if needed > self.bytes {
            fill(self.file.as_ref(), self.bytes, needed)?;
            self.file.sync_all()?;
            self.bytes = needed;
        }
        Ok(())
    }

    /// Writes and syncs.
    pub(super) fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_at(bytes, self.offset)?;
        self.file.sync_data()?;
        self.offset += bytes.len() as u64;
        Ok(())
    }
}

fn fill(file: &dyn IoFile, from: u64, to: u64) -> io::Result<()> {
    let mut at = from;
    while at < to {
        let count = (to - at).min(ZEROS.len() as u64) as usize;
        file.write_at(&ZEROS[..count], at)?;
        at += count as u64;
    }
    Ok(())
}

/// The spare files, one after the other. Dropped, it waits for the thread that prepares them: whoever opens the folder
/// next has it alone.
pub(super) struct Spares {
    receiver: Option<Receiver<io::Result<Spare>>>,
    thread: Option<JoinHandle<()>>,
}

impl Spares {
    /// The next one.
    pub(super) fn next(&self) -> io::Result<Spare> {
        let ended = || io::Error::other("the thread that prepares log files has ended");
        self.receiver.as_ref().ok_or_else(ended)?.recv().map_err(|_| ended())?
    }
}

impl Drop for Spares {
    fn drop(&mut self) {
        drop(self.receiver.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread that prepares log files panicked");
        }
    }
}

/// Prepares the spare files of a run on a thread of its own: one is always ready, so that a rotation costs a rename.
pub(super) fn prepare(io: Arc<dyn Io>, folder: &Path, run: u32, bytes: u64) -> io::Result<Spares> {
    // Without capacity: the thread holds the one spare until it is wanted.
    let (sender, receiver) = sync_channel(0);
    let folder = folder.to_owned();
    let run = move || prepare_loop(io.as_ref(), &folder, run, bytes, &sender);
    let thread = std::thread::Builder::new().name("wal-prepare".into()).spawn(run)?;
    Ok(Spares { receiver: Some(receiver), thread: Some(thread) })
}

fn prepare_loop(io: &dyn Io, folder: &Path, run: u32, bytes: u64, sender: &SyncSender<io::Result<Spare>>) {
    for number in 0.. {
        let spare = Spare::create(io, folder, run, number, bytes);
        let path = spare.as_ref().ok().map(|spare| spare.path.clone());
        if sender.send(spare).is_err() {
            // The log is closed. A spare that stays behind is removed at the next start.
            if let Some(path) = path {
                let _ = io.remove(&path);
            }
            return;
        }
    }
}
