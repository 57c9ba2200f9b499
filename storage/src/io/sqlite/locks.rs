//! Who holds which lock of a database: a connection that is about to be closed and the one after it may overlap.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sqlite_vfs::LockKind;

/// A file that has a lock. Files have numbers.
struct Lock {
    name: String,
    file: u64,
    kind: LockKind,
}

static LOCKS: Mutex<Vec<Lock>> = Mutex::new(Vec::new());
static CHANGED: Condvar = Condvar::new();

/// Takes or lowers a lock; whether that is possible now.
pub(super) fn set(name: &str, file: u64, kind: LockKind) -> bool {
    let mut locks = locks();
    let others_from =
        |least: LockKind| locks.iter().any(|lock| lock.name == name && lock.file != file && lock.kind >= least);
    let is_taken = match kind {
        LockKind::None => false,
        LockKind::Shared => others_from(LockKind::Pending),
        LockKind::Reserved => others_from(LockKind::Reserved),
        LockKind::Pending | LockKind::Exclusive => others_from(LockKind::Shared),
    };
    if !is_taken {
        locks.retain(|lock| lock.file != file);
        if kind != LockKind::None {
            locks.push(Lock { name: name.to_owned(), file, kind });
        }
        CHANGED.notify_all();
    }
    !is_taken
}

pub(super) fn of(file: u64) -> LockKind {
    locks().iter().find(|lock| lock.file == file).map_or(LockKind::None, |lock| lock.kind)
}

/// Whether somebody is about to write.
pub(super) fn is_reserved(name: &str) -> bool {
    locks().iter().any(|lock| lock.name == name && lock.kind >= LockKind::Reserved)
}

/// Waits until a lock was taken or given back, so long at most.
pub(super) fn wait(at_most: Duration) {
    drop(CHANGED.wait_timeout(locks(), at_most));
}

fn locks() -> MutexGuard<'static, Vec<Lock>> {
    LOCKS.lock().unwrap_or_else(PoisonError::into_inner)
}
