//! A file system that fails as disks do, by plan.
//!
//! Whether an operation fails is decided by the plan's seed, the label of the file, the operation, and how many of that kind
//! there were, so that it is the same in each run whichever thread comes first. It wraps [`Memory`] and not any [`Io`],
//! because a sync that fails must also be one for the next power cut.

use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use super::chance::{Random, Seed};
use super::memory::{Memory, MemoryFile, label};
use super::{Entry, Held, Io, IoFile, Metadata, Mode, SqliteAccess, sqlite};

/// What fails.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) seed: Seed,
    /// One in so many operations of these kinds fails.
    pub(crate) one_in: u64,
    pub(crate) operations: Vec<Operation>,
}

impl Plan {
    /// Any kinds of operations, rarely or often.
    pub(crate) fn any(random: &mut Random) -> Self {
        let seed = Seed(random.next());
        let one_in = 1 + random.below(12);
        Self { seed, one_in, operations: Operation::ALL.into_iter().filter(|_| random.one_in(3)).collect() }
    }
}

/// A kind of operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Operation {
    /// To open to read, to read, and to list.
    Read,
    /// To create a file or a folder.
    Create,
    /// A part may be written.
    Write,
    /// What was to be written may never be, however often it is tried again.
    Sync,
    SyncFolder,
    /// It may have happened nevertheless; so may the next two.
    Rename,
    Link,
    Remove,
    SetLen,
}

impl Operation {
    pub(crate) const ALL: [Self; 9] = [
        Self::Read,
        Self::Create,
        Self::Write,
        Self::Sync,
        Self::SyncFolder,
        Self::Rename,
        Self::Link,
        Self::Remove,
        Self::SetLen,
    ];
}

/// The file system. Without a plan nothing fails but what fails below. A clone is the same one.
#[derive(Debug, Clone)]
pub(crate) struct Faulty(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    memory: Memory,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    plan: Option<Plan>,
    counts: HashMap<(String, Operation), u64>,
    failed: u64,
}

#[derive(Debug)]
struct FaultyFile {
    file: MemoryFile,
    faulty: Faulty,
}

/// A failure, and chance for its details.
struct Fault {
    error: io::Error,
    chance: Seed,
}

impl Faulty {
    pub(crate) fn new(memory: Memory) -> Self {
        Self(Arc::new(Inner { memory, state: Mutex::default() }))
    }

    /// From now on operations fail by this plan, or none does.
    pub(crate) fn set_plan(&self, plan: Option<Plan>) {
        *self.lock() = State { plan, failed: self.failed(), ..State::default() };
    }

    /// How many operations have failed.
    pub(crate) fn failed(&self) -> u64 {
        self.lock().failed
    }

    /// Whether something may fail at this moment: by plan, or because the power has gone.
    pub(crate) fn may_fail(&self) -> bool {
        self.lock().plan.is_some() || self.0.memory.is_off()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fault(&self, label: String, operation: Operation) -> Option<Fault> {
        let mut state = self.lock();
        let Plan { seed, one_in, .. } = state.plan.clone().filter(|plan| plan.operations.contains(&operation))?;
        let count = state.counts.entry((label.clone(), operation)).or_default();
        *count += 1;
        let chance = seed.about((label, operation, *count));
        if !chance.one_in(one_in, "fails") {
            return None;
        }
        state.failed += 1;
        Some(Fault { error: error(operation, chance), chance })
    }

    fn check(&self, path: &Path, operation: Operation) -> io::Result<()> {
        self.fault(label(path), operation).map_or(Ok(()), |fault| Err(fault.error))
    }

    /// Does it, and where it fails by plan, may have done it.
    fn change(&self, path: &Path, operation: Operation, act: impl FnOnce(&Memory) -> io::Result<()>) -> io::Result<()> {
        let Some(fault) = self.fault(label(path), operation) else { return act(&self.0.memory) };
        if fault.chance.one_in(3, "happens") {
            act(&self.0.memory)?;
        }
        Err(fault.error)
    }
}

fn error(operation: Operation, chance: Seed) -> io::Error {
    let takes_room = !matches!(operation, Operation::Read | Operation::Sync | Operation::Remove);
    if takes_room && chance.one_in(2, "full") {
        return io::Error::new(io::ErrorKind::StorageFull, format!("injected: no room to {operation:?}"));
    }
    io::Error::other(format!("injected: the device failed to {operation:?}"))
}

impl Io for Faulty {
    fn open(&self, path: &Path, mode: Mode) -> io::Result<Arc<dyn IoFile>> {
        let operation = match mode {
            Mode::Read => Some(Operation::Read),
            Mode::Write => None,
            Mode::Create | Mode::CreateNew => Some(Operation::Create),
        };
        operation.map_or(Ok(()), |operation| self.check(path, operation))?;
        let file = self.0.memory.open_file(path, mode)?;
        Ok(Arc::new(FaultyFile { file, faulty: self.clone() }))
    }

    fn metadata(&self, path: &Path) -> io::Result<Metadata> {
        self.0.memory.metadata(path)
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<Entry>> {
        self.check(folder, Operation::Read)?;
        self.0.memory.list(folder)
    }

    fn create_folders(&self, folder: &Path) -> io::Result<()> {
        self.change(folder, Operation::Create, |memory| memory.create_folders(folder))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.change(to, Operation::Rename, |memory| memory.rename(from, to))
    }

    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.change(to, Operation::Link, |memory| memory.link(from, to))
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.change(path, Operation::Remove, |memory| memory.remove(path))
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        self.check(folder, Operation::SyncFolder)?;
        self.0.memory.sync_folder(folder)
    }

    fn hold(&self, folder: &Path) -> io::Result<Held> {
        self.0.memory.hold(folder)
    }

    fn serve_sqlite(&self) -> Option<SqliteAccess> {
        Some(sqlite::serve(Arc::new(self.clone())))
    }
}

impl FaultyFile {
    fn fault(&self, operation: Operation) -> Option<Fault> {
        self.faulty.fault(self.file.label(), operation)
    }

    fn sync(&self) -> io::Result<()> {
        match self.fault(Operation::Sync) {
            Some(fault) => self.file.fail_sync(fault.chance),
            None => self.file.sync_data(),
        }
    }
}

impl IoFile for FaultyFile {
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        let Some(fault) = self.fault(Operation::Write) else { return self.file.write_at(bytes, offset) };
        let written = fault.chance.of("written") as usize % (bytes.len() + 1);
        self.file.write_at(&bytes[..written], offset)?;
        Err(fault.error)
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        match self.fault(Operation::Read) {
            Some(fault) => Err(fault.error),
            None => self.file.read_at(buffer, offset),
        }
    }

    fn metadata(&self) -> io::Result<Metadata> {
        self.file.metadata()
    }

    fn set_len(&self, bytes: u64) -> io::Result<()> {
        match self.fault(Operation::SetLen) {
            Some(fault) => Err(fault.error),
            None => self.file.set_len(bytes),
        }
    }

    fn sync_data(&self) -> io::Result<()> {
        self.sync()
    }

    fn sync_all(&self) -> io::Result<()> {
        self.sync()
    }
}
