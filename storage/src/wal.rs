//! The write-ahead log.
//!
//! ```text
//! wal/<first sequence>.wal   header: magic "ALIDWAL1", version u32, run u32; then records; then zeros
//! record                     magic u32 · length u32 · crc32c u32 · body
//! body                       kind u8 · sequence u64 · signal u8 · tenant (length u8, name) · payload      little endian
//! ```
//!
//! Files are written full of zeros and synced before use, so that a sync of a record changes no metadata. One thread
//! writes; the batches that wait while it syncs are written and synced together (group commit). The highest bit of the
//! kind says that a record is of the same group as the one before it: a power cut leaves any part of the last group, and
//! that was promised to nobody, while a hole before another group, or before another file of the same run, is damage. What it promises: a
//! reply comes after the sync, sequences rise, and rows are handed on in the order of their sequences. After a failed
//! write or sync it takes nothing more. What it leaves out: what the payload means.

mod file;
mod inspect;
mod record;
mod replay;
mod writer;

use std::collections::{HashMap, VecDeque};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use crate::config::Config;
use crate::error::{Error, ErrorKind};
use crate::io::Io;
use crate::row::{Batch, Signal, TenantId};

pub(crate) use inspect::{Gaps, Inspected, inspect};
pub(crate) use record::{Kind, Record};
pub(crate) use replay::replay;

/// A table, by its owner and signal.
pub(crate) type TableKey = (TenantId, Signal);

/// What is to be logged. The rows travel with their stored form, so that they need not be decoded again.
pub(crate) struct Entry {
    pub(crate) table: TableKey,
    pub(crate) kind: Kind,
    pub(crate) payload: Vec<u8>,
    /// Becomes visible once the entry is synced.
    pub(crate) batch: Option<Batch>,
    /// What the rows were charged of the live budget.
    pub(crate) charged: usize,
}

/// A synced entry on its way to the live buffer.
pub(crate) struct Durable {
    pub(crate) table: TableKey,
    pub(crate) sequence: u64,
    /// What the rows were charged of the live budget.
    pub(crate) bytes: usize,
    pub(crate) batch: Batch,
}

/// Takes synced entries, in order. Runs on the log's thread: it must be quick.
pub(crate) type Sink = Box<dyn Fn(Durable) + Send>;

/// The open log.
pub(crate) struct Wal {
    io: Arc<dyn Io>,
    requests: Mutex<Option<mpsc::Sender<Request>>>,
    shared: Arc<Shared>,
    thread: Mutex<Option<std::thread::JoinHandle<()>>>,
}

struct Request {
    entry: Entry,
    reply: oneshot::Sender<Result<u64, Error>>,
}

#[derive(Default)]
struct Shared {
    poison: OnceLock<String>,
    files: Mutex<VecDeque<LogFile>>,
    syncs: AtomicU64,
    entries: AtomicU64,
}

/// A file of the log and the highest sequence it holds of each table.
#[derive(Debug, Clone)]
pub(crate) struct LogFile {
    pub(crate) path: PathBuf,
    pub(crate) bytes: u64,
    pub(crate) highest: HashMap<TableKey, u64>,
}

impl Wal {
    /// Starts the log after what [`replay`] found. The first entry gets `next_sequence`.
    pub(crate) fn start(
        io: Arc<dyn Io>,
        config: &Config,
        old: Vec<LogFile>,
        next_sequence: u64,
        sink: Sink,
    ) -> Result<Self, Error> {
        let shared = Arc::new(Shared::default());
        shared.lock_files().extend(old);
        let (sender, receiver) = mpsc::channel(config.wal_queue_batches.max(1));
        let thread = writer::spawn(io.clone(), config, shared.clone(), next_sequence, receiver, sink)?;
        Ok(Self { io, requests: Mutex::new(Some(sender)), shared, thread: Mutex::new(Some(thread)) })
    }

    /// Logs an entry. When this returns it is synced and its rows are in the live buffer. The sequence it got.
    pub(crate) async fn append(&self, entry: Entry) -> Result<u64, Error> {
        if let Some(reason) = self.poisoned() {
            return Err(refused(&reason));
        }
        let sender = self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(sender) = sender else {
            return Err(Error::unavailable("the store is closing; send it again later", Duration::from_secs(5)));
        };
        let (reply, answer) = oneshot::channel();
        let gone = || Error::new(ErrorKind::Unavailable, "the log's thread has ended; restart the store");
        sender.send(Request { entry, reply }).await.map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }

    /// Why nothing can be logged any more.
    pub(crate) fn poisoned(&self) -> Option<String> {
        self.shared.poison.get().cloned()
    }

    /// Closes the store to writes.
    pub(crate) fn poison(&self, reason: String) {
        self.shared.poison(reason);
    }

    /// Removes the files, from the oldest on, of which every table has sealed every entry. Each is gone for good before the
    /// next goes, so that what is left has no gap.
    pub(crate) fn trim(&self, sealed: impl Fn(&TableKey) -> u64) -> Result<(), Error> {
        let is_done = |file: &&LogFile| file.highest.iter().all(|(table, highest)| sealed(table) >= *highest);
        let done: Vec<PathBuf> = {
            let files = self.shared.lock_files();
            // The last file is the one being written.
            let older = files.iter().take(files.len().saturating_sub(1));
            older.take_while(is_done).map(|file| file.path.clone()).collect()
        };
        // Without the lock, for which appends would wait.
        for path in done {
            self.remove(&path).map_err(|error| {
                Error::new(ErrorKind::Internal, format!("cannot remove {}: {error}", path.display()))
            })?;
            self.shared.lock_files().retain(|file| file.path != path);
        }
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        match self.io.remove(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        path.parent().map_or(Ok(()), |folder| self.io.sync_folder(folder))
    }

    /// How many files, and their bytes.
    pub(crate) fn size(&self) -> (usize, u64) {
        let files = self.shared.lock_files();
        (files.len(), files.iter().map(|file| file.bytes).sum())
    }

    /// How many entries and how many syncs since the start.
    pub(crate) fn counts(&self) -> (u64, u64) {
        (self.shared.entries.load(Ordering::Relaxed), self.shared.syncs.load(Ordering::Relaxed))
    }

    /// Takes nothing more, writes what waits and ends the thread.
    pub(crate) fn stop(&self) {
        drop(self.requests.lock().unwrap_or_else(PoisonError::into_inner).take());
        if let Some(thread) = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take()
            && thread.join().is_err()
        {
            self.poison("the log's thread panicked; restart".into());
        }
    }
}

impl Shared {
    fn lock_files(&self) -> std::sync::MutexGuard<'_, VecDeque<LogFile>> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn poison(&self, reason: String) {
        tracing::error!(%reason, "the store takes no more writes");
        // The first reason is the one that explains the rest.
        let _ = self.poison.set(reason);
    }
}

fn refused(reason: &str) -> Error {
    Error::unavailable(format!("the store takes no more writes until a restart: {reason}"), Duration::from_secs(30))
}

#[cfg(test)]
mod tests;
