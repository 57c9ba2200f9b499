//! A disk that is nearly full: appends are refused, and taken again once there is room; everything else goes on.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use super::*;
use crate::io::{Entry, Held, Io, IoFile, Metadata, Mode, Real};

/// The real file system, with a disk of which it is said how much room it has.
#[derive(Debug)]
struct Tight {
    real: Real,
    folder: PathBuf,
    free: AtomicU64,
}

impl Io for Tight {
    fn open(&self, path: &Path, mode: Mode) -> io::Result<Arc<dyn IoFile>> {
        self.real.open(path, mode)
    }

    fn metadata(&self, path: &Path) -> io::Result<Metadata> {
        self.real.metadata(path)
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<Entry>> {
        self.real.list(folder)
    }

    fn create_folders(&self, folder: &Path) -> io::Result<()> {
        self.real.create_folders(folder)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.real.rename(from, to)
    }

    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.real.link(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.real.remove(path)
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        self.real.sync_folder(folder)
    }

    fn hold(&self, folder: &Path) -> io::Result<Held> {
        self.real.hold(folder)
    }

    fn free_bytes(&self, folder: &Path) -> io::Result<u64> {
        Ok(if folder.starts_with(&self.folder) { self.free.load(Ordering::Relaxed) } else { u64::MAX })
    }
}

async fn check(config: Config, tight: &Path) {
    const RESERVE: u64 = 1 << 20;
    let io = Arc::new(Tight { real: Real, folder: tight.to_owned(), free: AtomicU64::new(RESERVE) });
    let config = Config { disk_reserve_bytes: RESERVE, ..config };
    let store = Store::open_on(io.clone(), config, Arc::new(Noon)).await.expect("opens");
    store.append(&tenant(), logs(0..5)).await.expect("there is room");
    io.free.store(RESERVE - 1, Ordering::Relaxed);
    store.look_at_disk();
    let error = store.append(&tenant(), logs(5..6)).await.expect_err("the reserve is kept");
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(error.retry_after().is_some() && error.to_string().contains("disk_reserve_bytes"), "{error}");
    assert_eq!(numbers(&store).await, once(0..5), "reads go on");
    store.seal_all().await.expect("what was taken is sealed out of the reserve");
    assert_eq!(numbers(&store).await, once(0..5));
    io.free.store(RESERVE * 2, Ordering::Relaxed);
    store.look_at_disk();
    store.append(&tenant(), logs(5..6)).await.expect("there is room again");
    assert_eq!(numbers(&store).await, once(0..6));
    store.close().await.expect("closes");
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_nearly_full_disk_appends_are_refused_and_all_else_goes_on() {
    let dir = tempfile::tempdir().expect("tempdir");
    check(config(dir.path()), dir.path()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_disk_of_the_tables_counts_as_well() {
    let (dir, tables) = (tempfile::tempdir().expect("tempdir"), tempfile::tempdir().expect("tempdir"));
    let tables_url = Some(format!("file://{}", tables.path().display()));
    check(Config { tables_url, ..config(dir.path()) }, tables.path()).await;
}
