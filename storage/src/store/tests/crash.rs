//! Crashes at every moment.

use super::*;

/// Copies the data directory at each step of a seal.
fn copying(data_dir: &Path, copies: &Path) -> Box<dyn Fn(Step) + Send + Sync> {
    let (data_dir, copies) = (data_dir.to_owned(), copies.to_owned());
    let count = AtomicU64::new(0);
    Box::new(move |step| {
        let number = count.fetch_add(1, Ordering::SeqCst);
        copy(&data_dir, &copies.join(format!("{number:03}-{step:?}")));
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_between_any_two_steps_of_a_seal_keeps_every_row_once() {
    let (dir, copies) = (tempfile::tempdir().expect("tempdir"), tempfile::tempdir().expect("tempdir"));
    let observer = copying(dir.path(), copies.path());
    let store =
        Store::open_observed(Arc::new(Real), config(dir.path()), Arc::new(Noon), observer).await.expect("opens");
    store.append(&tenant(), logs(0..50)).await.expect("appends");
    store.seal_all().await.expect("seals");
    store.append(&tenant(), logs(50..90)).await.expect("appends");
    store.seal_all().await.expect("seals");
    drop(store);

    let mut crashes: Vec<_> =
        std::fs::read_dir(copies.path()).expect("lists").map(|e| e.expect("entry").path()).collect();
    crashes.sort();
    // Taken, Parquet, sidecar, committed, installed, trimmed: twice.
    assert_eq!(crashes.len(), 12);
    for (position, crash) in crashes.iter().enumerate() {
        let expected = if position < 6 { 50 } else { 90 };
        for _ in 0..2 {
            let store = open(crash).await;
            assert_eq!(numbers(&store).await, once(0..expected), "after {}", crash.display());
            assert_eq!(store.health().set_aside, [], "after {}", crash.display());
            store.seal_all().await.expect("seals");
            assert_eq!(numbers(&store).await, once(0..expected), "after {}", crash.display());
        }
        let on_disk = files(crash, ".parquet").len();
        let store = open(crash).await;
        let snapshot = store.snapshot(&tenant(), Signal::Logs).await.expect("snapshot");
        assert_eq!(on_disk, snapshot.segments.len(), "files that no commit names after {}", crash.display());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_torn_at_any_byte_loses_only_what_was_not_acknowledged() {
    let dir = tempfile::tempdir().expect("tempdir");
    let store = open(dir.path()).await;
    let mut ends = Vec::new();
    for number in 0..4 {
        store.append(&tenant(), logs(number..number + 1)).await.expect("appends");
        ends.push(written(dir.path()));
    }
    drop(store);
    let log = only_log(dir.path());
    let bytes = std::fs::read(&log).expect("reads");
    for torn_at in (16..ends[3]).step_by(5) {
        let crash = tempfile::tempdir().expect("tempdir");
        copy(dir.path(), crash.path());
        let mut torn = bytes.clone();
        // What was being written when the power went: the end of the file is not there yet.
        torn[torn_at..].fill(0);
        std::fs::write(crash.path().join("wal").join(log.file_name().expect("name")), &torn).expect("writes");
        let whole = ends.iter().filter(|end| **end <= torn_at).count() as u64;
        let store = open(crash.path()).await;
        assert_eq!(numbers(&store).await, once(0..whole), "torn at {torn_at}, records end at {ends:?}");
        store.append(&tenant(), logs(100..101)).await.expect("appends");
        drop(store);
        let store = open(crash.path()).await;
        assert_eq!(numbers(&store).await, once((0..whole).chain([100])), "torn at {torn_at}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_record_in_the_middle_is_reported_and_the_others_are_there() {
    let dir = tempfile::tempdir().expect("tempdir");
    let store = open(dir.path()).await;
    store.append(&tenant(), logs(0..1)).await.expect("appends");
    let damaged_from = written(dir.path());
    store.append(&tenant(), logs(1..2)).await.expect("appends");
    store.append(&tenant(), logs(2..3)).await.expect("appends");
    drop(store);
    let log = only_log(dir.path());
    let mut bytes = std::fs::read(&log).expect("reads");
    bytes[damaged_from + 30] ^= 0xff;
    std::fs::write(&log, bytes).expect("writes");

    let store = open(dir.path()).await;
    assert_eq!(numbers(&store).await, once([0, 2]));
    let set_aside = store.health().set_aside;
    assert_eq!(set_aside.len(), 1, "{set_aside:?}");
    assert!(set_aside[0].reason.contains("damaged"), "{set_aside:?}");
    assert!(dir.path().join(&set_aside[0].now).exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_torn_commit_is_set_aside_and_its_rows_come_from_the_log() {
    let (dir, copies) = (tempfile::tempdir().expect("tempdir"), tempfile::tempdir().expect("tempdir"));
    let observer = copying(dir.path(), copies.path());
    let store =
        Store::open_observed(Arc::new(Real), config(dir.path()), Arc::new(Noon), observer).await.expect("opens");
    store.append(&tenant(), logs(0..10)).await.expect("appends");
    store.seal_all().await.expect("seals");
    store.append(&tenant(), logs(10..20)).await.expect("appends");
    store.seal_all().await.expect("seals");
    drop(store);
    let crash = copies.path().join("009-Committed");
    let commit = "tenants/default/logs/_delta_log/00000000000000000002.json";
    let whole = std::fs::read(crash.join(commit)).expect("the second seal's commit");
    let behind_a_line = whole.iter().rposition(|byte| *byte == b'\n').expect("several lines");
    for length in [0, whole.len() / 2, behind_a_line] {
        let torn = tempfile::tempdir().expect("tempdir");
        copy(&crash, torn.path());
        std::fs::write(torn.path().join(commit), &whole[..length]).expect("writes");
        let store = open(torn.path()).await;
        assert_eq!(numbers(&store).await, once(0..20));
        assert!(store.health().set_aside.iter().any(|file| file.reason.contains("torn")));
        store.seal_all().await.expect("seals");
        assert_eq!(numbers(&store).await, once(0..20));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage_everywhere_does_not_keep_it_from_starting() {
    let dir = tempfile::tempdir().expect("tempdir");
    let store = open(dir.path()).await;
    store.append(&tenant(), logs(0..10)).await.expect("appends");
    store.seal_all().await.expect("seals");
    store.append(&tenant(), logs(10..11)).await.expect("appends");
    // So that no connection of the document database writes any more.
    store.close().await.expect("closes");
    drop(store);
    let sidecar = files(dir.path(), ".idx").pop().expect("a sidecar");
    std::fs::write(sidecar, b"garbage").expect("writes");
    std::fs::write(dir.path().join("documents.sqlite"), vec![7u8; 9000]).expect("writes");
    std::fs::write(dir.path().join("wal/00000000000000000000.wal"), vec![9u8; 5000]).expect("writes");

    let store = open(dir.path()).await;
    assert_eq!(numbers(&store).await, once(0..11));
    let snapshot = store.snapshot(&tenant(), Signal::Logs).await.expect("snapshot");
    let mut without_index = 0;
    for segment in &snapshot.segments {
        without_index += usize::from(store.index(segment).await.expect("answers").is_none());
    }
    assert_eq!((snapshot.segments.len(), without_index), (2, 1));
    assert!(store.documents().list(&tenant(), "any").await.expect("lists").is_empty());
    let reasons: Vec<String> = store.health().set_aside.into_iter().map(|file| file.reason).collect();
    for expected in ["index", "database", "log file"] {
        assert!(reasons.iter().any(|reason| reason.contains(expected)), "{expected}: {reasons:?}");
    }
    drop(store);

    // A whole Delta log of garbage.
    for commit in files(dir.path(), ".json") {
        std::fs::write(commit, b"{").expect("writes");
    }
    let store = open(dir.path()).await;
    store.append(&tenant(), logs(50..51)).await.expect("appends");
    store.seal_all().await.expect("seals");
    assert!(numbers(&store).await.contains_key(&50));
}

fn files(folder: &Path, suffix: &str) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("lists") {
        let path = entry.expect("entry").path();
        if path.is_dir() && !path.ends_with("set-aside") {
            found.extend(files(&path, suffix));
        } else if path.to_string_lossy().ends_with(suffix) {
            found.push(path);
        }
    }
    found
}

fn only_log(data_dir: &Path) -> std::path::PathBuf {
    let logs = files(&data_dir.join("wal"), ".wal");
    assert_eq!(logs.len(), 1);
    logs[0].clone()
}

/// Where the last record of the only log file ends.
fn written(data_dir: &Path) -> usize {
    let bytes = std::fs::read(only_log(data_dir)).expect("reads");
    bytes.iter().rposition(|byte| *byte != 0).expect("a record") + 1
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_just_now_keeps_the_store_from_starting_and_is_not_given_up() {
    use crate::io::chance::Seed;
    use crate::io::faulty::{Faulty, Operation, Plan};
    let dir = tempfile::tempdir().expect("tempdir");
    let faulty = Faulty::new(crate::io::memory::Memory::default());
    let open = async || {
        once_released(async || Store::open_on(Arc::new(faulty.clone()), config(dir.path()), Arc::new(Noon)).await).await
    };
    let mut refused = 0;
    for round in 0..40 {
        let store = open().await.expect("opens");
        assert_eq!(numbers(&store).await, once(0..round));
        assert_eq!(store.health().set_aside, []);
        store.append(&tenant(), logs(round..round + 1)).await.expect("appends");
        if round % 3 != 0 {
            store.seal_all().await.expect("seals");
        }
        drop(store);
        faulty.set_plan(Some(Plan { seed: Seed(round), one_in: 40, operations: vec![Operation::Read] }));
        refused += usize::from(open().await.is_err());
        faulty.set_plan(None);
    }
    assert!((5..40).contains(&refused), "{refused}");
}
