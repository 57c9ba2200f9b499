//! SQLite on an [`Io`], by a VFS: a power cut and a failing device of a test are the documents' as well.
//!
//! It does what SQLite's own VFS for unix does, also where that is careless: the folder is synced once, with the first sync
//! of a log or journal, and whether that failed is not told; a file without content does not exist; nothing grows before it
//! is written. Whoever serves a file system is a process of its own: once [`SqliteAccess`] is dropped, what SQLite still
//! does is refused, as if the process had been killed.
//!
//! What it leaves out: shared memory. So there is one connection, which holds the database exclusively and keeps the index
//! of SQLite's log in its own memory; the journal mode is WAL all the same. And temporary files: small ones stay in memory.

mod file;
mod locks;

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sqlite_vfs::{OpenOptions, Vfs, register};

use super::{Held, Io, SqliteAccess};
use file::File;

const NAME: &str = "alidade";

/// What is served, by the first folder of its paths. It is one for all, because SQLite's list of VFSs is the process's and
/// this one can never leave it.
static MOUNTS: LazyLock<Mutex<HashMap<String, Arc<Mount>>>> = LazyLock::new(|| {
    register(NAME, OnIo, false).expect("SQLite takes it");
    Mutex::default()
});

/// Lets SQLite work on a file system.
pub(super) fn serve(io: Arc<dyn Io>) -> SqliteAccess {
    static NUMBER: AtomicU64 = AtomicU64::new(1);
    let name = NUMBER.fetch_add(1, Ordering::Relaxed).to_string();
    mounts().insert(name.clone(), Arc::new(Mount { io: Mutex::new(Some(io)) }));
    SqliteAccess {
        vfs: NAME,
        root: format!("/{name}"),
        // The log is written into the database after a few pages already, so that tests come to that.
        pragmas: vec![("locking_mode", "EXCLUSIVE"), ("wal_autocheckpoint", "12")],
        held: Held::new(Served(name)),
    }
}

/// Of a database: a file system, until nobody serves it any more.
struct Mount {
    io: Mutex<Option<Arc<dyn Io>>>,
}

impl Mount {
    /// Does it, and nothing else before it is done: it cannot end in between.
    fn act<T>(&self, act: impl FnOnce(&dyn Io) -> io::Result<T>) -> io::Result<T> {
        let io = self.io.lock().unwrap_or_else(PoisonError::into_inner);
        match io.as_ref() {
            Some(io) => act(io.as_ref()),
            None => Err(io::Error::other("the process has ended")),
        }
    }
}

struct Served(String);

impl Drop for Served {
    fn drop(&mut self) {
        let mount = mounts().remove(&self.0);
        if let Some(mount) = mount {
            mount.io.lock().unwrap_or_else(PoisonError::into_inner).take();
        }
    }
}

fn mounts() -> MutexGuard<'static, HashMap<String, Arc<Mount>>> {
    MOUNTS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A path as SQLite has it: what it is on, and the path there.
fn find(name: &str) -> io::Result<(Arc<Mount>, PathBuf)> {
    let (mount, path) = name.trim_start_matches('/').split_once('/').ok_or(io::ErrorKind::Unsupported)?;
    let mount = mounts().get(mount).cloned().ok_or_else(|| io::Error::other("the process has ended"))?;
    Ok((mount, Path::new("/").join(path)))
}

struct OnIo;

impl Vfs for OnIo {
    type Handle = File;

    fn open(&self, name: &str, options: OpenOptions) -> io::Result<File> {
        let (mount, path) = find(name)?;
        File::open(mount, path, name, &options)
    }

    fn delete(&self, name: &str) -> io::Result<()> {
        let (mount, path) = find(name)?;
        mount.act(|io| io.remove(&path))
    }

    fn exists(&self, name: &str) -> io::Result<bool> {
        let (mount, path) = find(name)?;
        match mount.act(|io| io.metadata(&path)) {
            Ok(file) => Ok(file.is_folder || file.bytes > 0),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// [`find`] does not know it.
    fn temporary_name(&self) -> String {
        "temporary".to_owned()
    }

    /// SQLite asks the default VFS.
    fn random(&self, buffer: &mut [i8]) {
        buffer.fill(0);
    }

    fn sleep(&self, duration: Duration) -> Duration {
        locks::wait(duration);
        duration
    }
}
