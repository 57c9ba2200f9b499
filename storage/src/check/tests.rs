//! Each kind of file × (flipped bit, cut off, gone): the store starts, serves the rest and names the file, and the check
//! finds it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::codec::tests::{log_record, stored};
use crate::index::IndexQuery;
use crate::row::{Batch, Signal, TenantId};
use crate::store::Store;
use crate::store::tests::once_released;
use crate::{Change, Clock, Expected};

struct Noon;

impl Clock for Noon {
    fn now_unix_nano(&self) -> i64 {
        1_795_435_200_000_000_000
    }
}

const SEGMENTS: usize = 4;

fn config(dir: &Path) -> Config {
    Config { seal_age: Duration::from_secs(3600), wal_file_bytes: 16 << 10, checkpoint_commits: 3, ..Config::new(dir) }
}

async fn open(dir: &Path) -> Arc<Store> {
    once_released(async || Store::open(config(dir), Arc::new(Noon)).await).await.expect("starts")
}

/// A directory with segments, a checkpoint, documents and rows that are only in the log.
async fn fill(dir: &Path) {
    let store = open(dir).await;
    let rows = |number: usize| {
        let row = |i: usize| {
            log_record(
                &Arc::default(),
                Noon.now_unix_nano() + i as i64,
                &format!("word{} {}", i * 7919 % 1009, "x".repeat(i % 50)),
            )
        };
        stored(&Batch::Logs((0..300).map(|i| row(i * (number + 1))).collect()))
    };
    for number in 0..SEGMENTS {
        store.append(&TenantId::default_tenant(), rows(number)).await.expect("appends");
        store.seal_all().await.expect("seals");
    }
    let changes = (0..200).map(|number| Change::Put {
        collection: "boards".into(),
        id: format!("{number:03}"),
        expected: Expected::Any,
        body: format!("\"{}\"", "x".repeat(500)),
    });
    store.documents().apply(&TenantId::default_tenant(), changes.collect()).await.expect("puts");
    for number in 0..40 {
        store.append(&TenantId::default_tenant(), rows(number)).await.expect("appends");
    }
    store.close_documents().await;
    // Not closed: the last rows stay in the log alone.
    drop(store);
}

fn files(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).expect("lists") {
        let path = entry.expect("entry").path();
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
    found.sort();
}

/// The middle one of the files whose path matches.
fn one(dir: &Path, is_it: impl Fn(&str) -> bool) -> PathBuf {
    let mut all = Vec::new();
    files(dir, &mut all);
    let mut matching: Vec<PathBuf> = all.into_iter().filter(|path| is_it(&path.to_string_lossy())).collect();
    assert!(!matching.is_empty(), "there is no such file");
    matching.remove(matching.len() / 2)
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("creates");
    for entry in std::fs::read_dir(from).expect("lists") {
        let path = entry.expect("entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() { copy(&path, &target) } else { std::fs::copy(&path, &target).map(|_| ()).expect("copies") }
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Harm {
    Bit(u64),
    Cut,
    Gone,
}

fn harm(path: &Path, harm: Harm) {
    let bytes = std::fs::read(path).expect("reads");
    match harm {
        Harm::Bit(at) => {
            let mut bytes = bytes;
            let at = at as usize % bytes.len();
            bytes[at] ^= 1 << (at % 8);
            std::fs::write(path, bytes).expect("writes");
        }
        Harm::Cut => std::fs::write(path, &bytes[..bytes.len() / 2]).expect("writes"),
        Harm::Gone => std::fs::remove_file(path).expect("removes"),
    }
}

/// Does the harm to a copy and answers the check's report and the started store's list.
async fn after(source: &Path, is_it: impl Fn(&str) -> bool, kind: Harm) -> (PathBuf, Report, Vec<String>) {
    let dir = tempfile::tempdir().expect("tempdir");
    copy(source, dir.path());
    let path = one(dir.path(), is_it);
    harm(&path, kind);
    let report = check(&Config::new(dir.path()), false, 0).await.expect("checks");
    let store = open(dir.path()).await;
    let snapshot = store.snapshot(&TenantId::default_tenant(), Signal::Logs).await.expect("snapshot");
    for segment in &snapshot.segments {
        let _ = store.check_segment(segment).await;
        if let Some(index) = store.index(segment).await.expect("reads") {
            // The body of so small a sidecar is one page.
            store.search(segment, &index, &IndexQuery::Service("shop".into())).await.expect("reads");
        }
    }
    store.find_damage(&snapshot.segments).await;
    let unreadable = snapshot.segments.iter().filter(|segment| store.damage_of(segment).is_some()).count();
    let served = snapshot.segments.len() - unreadable;
    assert!(served >= SEGMENTS - 1, "{kind:?} {}: the rest is served", path.display());
    // Of what is not a segment itself a flipped bit is put right.
    let is_of_segment = path.to_string_lossy().contains("day=");
    assert!(served == SEGMENTS || is_of_segment || !matches!(kind, Harm::Bit(_)), "{kind:?} {}", path.display());
    let list = store.health().set_aside.into_iter().map(|file| file.original.display().to_string()).collect();
    let relative = relative(dir.path(), &path);
    (relative, report, list)
}

/// A check, once the worker of a dropped store has let go of the lock.
async fn released(dir: &Path, repair: bool) -> Report {
    let checked = async {
        loop {
            match check(&Config::new(dir), repair, 0).await {
                Err(error) if error.kind() == ErrorKind::Unavailable => tokio::task::yield_now().await,
                report => break report.expect("checks"),
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), checked).await.expect("the lock is released")
}

fn finds(report: &Report, path: &Path) -> bool {
    report.findings.iter().any(|finding| finding.path == path)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sound_directory_has_no_findings_and_one_in_use_is_refused() {
    let dir = tempfile::tempdir().expect("tempdir");
    fill(dir.path()).await;
    let store = open(dir.path()).await;
    let error = check(&Config::new(dir.path()), false, 0).await.expect_err("it is open");
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    store.close().await.expect("closes");
    drop(store);
    let report = released(dir.path(), false).await;
    assert_eq!(report.findings, []);
    assert!(report.files > SEGMENTS as u64 * 2, "{}", report.files);
    let nowhere = check(&Config::new(dir.path().join("nowhere")), false, 0).await.expect_err("is not there");
    assert_eq!(nowhere.kind(), ErrorKind::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn damage_to_segments_and_sidecars_is_found_wherever_it_is() {
    let dir = tempfile::tempdir().expect("tempdir");
    fill(dir.path()).await;
    let bits = (0..12u64).map(|number| Harm::Bit(number * 104_729 + 3));
    for kind in bits.chain([Harm::Cut, Harm::Gone]) {
        for end in [".parquet", ".idx"] {
            let (path, report, list) =
                after(dir.path(), |path| path.contains("day=") && path.ends_with(end), kind).await;
            assert!(finds(&report, &path), "{kind:?} {}: {:?}", path.display(), report.findings);
            assert!(list.contains(&path.display().to_string()), "{kind:?} {}: {list:?}", path.display());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn damage_to_the_log_and_the_documents_is_found() {
    let dir = tempfile::tempdir().expect("tempdir");
    fill(dir.path()).await;
    for kind in [Harm::Bit(5_000), Harm::Bit(9_001), Harm::Cut, Harm::Gone] {
        let (path, report, list) = after(dir.path(), |path| path.ends_with(".wal"), kind).await;
        let is_named = |name: &str| name == path.display().to_string() || name == "wal";
        assert!(report.findings.iter().any(|f| is_named(&f.path.display().to_string())), "{kind:?}: {report:?}");
        assert!(list.iter().any(|name| is_named(name)), "{kind:?}: {list:?}");
    }
    for kind in [Harm::Bit(0), Harm::Cut, Harm::Gone] {
        let (path, report, list) = after(dir.path(), |path| path.ends_with("documents.sqlite"), kind).await;
        assert!(finds(&report, &path), "{kind:?}: {report:?}");
        assert!(list.contains(&path.display().to_string()), "{kind:?}: {list:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn damage_to_the_delta_log_costs_no_more_than_the_segment_it_names() {
    let dir = tempfile::tempdir().expect("tempdir");
    fill(dir.path()).await;
    // Version 1 adds the first segment; without checkpoints only the commits say what there is.
    let log = dir.path().join("tenants/default/logs/_delta_log");
    let checkpoint = one(dir.path(), |path| path.ends_with(".checkpoint.parquet"));
    let bits = (0..24u64).map(|number| Harm::Bit(number * 7_919 + 1));
    for kind in bits.chain([Harm::Cut, Harm::Gone]) {
        let name = checkpoint.display().to_string();
        let name = name.rsplit('/').next().expect("a name").to_owned();
        let (path, report, list) = after(dir.path(), |path| path.ends_with(&name), kind).await;
        if kind != Harm::Gone {
            assert!(finds(&report, &path), "{kind:?}: {report:?}");
        }
        if kind != Harm::Gone {
            assert!(list.contains(&path.display().to_string()), "{kind:?}: {list:?}");
        }
    }
    let mut found = Vec::new();
    files(&log, &mut found);
    for path in found.iter().filter(|path| !path.to_string_lossy().ends_with(".json")) {
        std::fs::remove_file(path).expect("removes");
    }
    // A flipped bit may leave the commit JSON, with a letter or a digit wrong.
    let bits = (0..40u64).map(|number| Harm::Bit(number * 997));
    for kind in bits.chain([Harm::Cut, Harm::Gone]) {
        let (path, report, list) = after(dir.path(), |path| path.ends_with("00000000000000000002.json"), kind).await;
        assert!(finds(&report, &path), "{kind:?}: {report:?}");
        assert!(list.contains(&path.display().to_string()), "{kind:?}: {list:?}");
    }
}

/// The commits from the newest checkpoint on; a checkpoint says the same as its own commit, which is looked at all the same.
#[tokio::test(flavor = "multi_thread")]
async fn a_flipped_bit_of_a_commit_is_put_right() {
    let source = tempfile::tempdir().expect("tempdir");
    fill(source.path()).await;
    let mut found = Vec::new();
    files(&source.path().join("tenants/default/logs/_delta_log"), &mut found);
    let names = |end: &str| -> Vec<String> {
        let names = found.iter().map(|path| path.file_name().expect("a name").to_string_lossy().into_owned());
        names.filter(|name| name.ends_with(end)).collect()
    };
    let checkpoint = names(".checkpoint.parquet").into_iter().max().expect("a checkpoint");
    let read: Vec<String> = names(".json").into_iter().filter(|name| name[..20] >= checkpoint[..20]).collect();
    assert!(!read.is_empty());
    for name in read {
        let dir = tempfile::tempdir().expect("tempdir");
        copy(source.path(), dir.path());
        let path = one(dir.path(), |path| path.ends_with(&format!("tenants/default/logs/_delta_log/{name}")));
        let whole = std::fs::read(&path).expect("reads");
        harm(&path, Harm::Bit(200));
        let store = open(dir.path()).await;
        assert_eq!(std::fs::read(&path).expect("is there"), whole, "{name}");
        let snapshot = store.snapshot(&TenantId::default_tenant(), Signal::Logs).await.expect("snapshot");
        assert_eq!(snapshot.segments.len(), SEGMENTS);
        let reasons: Vec<String> = store.health().set_aside.into_iter().map(|file| file.reason).collect();
        assert!(reasons.len() == 1 && reasons[0].contains("put right"), "{name}: {reasons:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repair_makes_sidecars_again() {
    let dir = tempfile::tempdir().expect("tempdir");
    fill(dir.path()).await;
    for kind in [Harm::Bit(77), Harm::Gone] {
        let path = one(dir.path(), |path| path.ends_with(".idx"));
        harm(&path, kind);
        let report = released(dir.path(), true).await;
        let relative = relative(dir.path(), &path);
        let finding = report.findings.iter().find(|finding| finding.path == relative).expect("is found");
        assert!(finding.is_repaired);
        assert_eq!(released(dir.path(), false).await.findings, []);
    }
    let store = open(dir.path()).await;
    let snapshot = store.snapshot(&TenantId::default_tenant(), Signal::Logs).await.expect("snapshot");
    assert_eq!(snapshot.segments.len(), SEGMENTS);
    for segment in &snapshot.segments {
        assert!(store.index(segment).await.expect("reads").is_some());
    }
    assert_eq!(store.health().set_aside, []);
}
