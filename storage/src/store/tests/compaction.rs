//! Segments become fewer, rows go when their time is over, files go last; crashes and damage included.

use std::sync::atomic::AtomicI64;

use super::*;
use crate::{IndexQuery, Retention, ServiceRetention};

const DAY: i64 = 86_400_000_000_000;

/// A clock that is moved by hand.
struct Hand(AtomicI64);

impl Clock for Hand {
    fn now_unix_nano(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

fn few(dir: &Path) -> Config {
    Config { compaction_segments_min: 3, ..config(dir) }
}

async fn open_at(config: Config, clock: &Arc<Hand>) -> Arc<Store> {
    once_released(async || Store::open(config.clone(), clock.clone()).await).await.expect("opens")
}

/// Numbers of several services and times, mixed, a seal each hundred.
async fn fill(store: &Store, hundreds: u64) {
    for hundred in 0..hundreds {
        let records = (hundred * 100..hundred * 100 + 100).map(|number| {
            let service = ["shop", "bank", "post"][(number * 7 % 3) as usize];
            let resource = Arc::new(Resource { service_name: service.into(), ..Resource::default() });
            log_record(&resource, NOON + (number as i64 * 7919 % 100_000) * 1000, &number.to_string())
        });
        store.append(&tenant(), stored(&Batch::Logs(records.collect()))).await.expect("appends");
        store.seal_all().await.expect("seals");
    }
}

fn files(dir: &Path) -> Vec<std::path::PathBuf> {
    let list = |folder: &Path| -> Vec<std::path::PathBuf> {
        std::fs::read_dir(folder).expect("lists").map(|entry| entry.expect("an entry").path()).collect()
    };
    let days = list(&dir.join("tenants/default/logs")).into_iter().filter(|path| !path.ends_with("_delta_log"));
    days.flat_map(|day| list(&day)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn segments_become_few_and_their_files_go_when_nobody_reads_them() {
    let dir = tempfile::tempdir().expect("tempdir");
    let clock = Arc::new(Hand(AtomicI64::new(NOON)));
    let store = open_at(few(dir.path()), &clock).await;
    fill(&store, 10).await;
    let before = store.snapshot(&tenant(), Signal::Logs).await.expect("snapshot");
    assert_eq!(before.segments.len(), 10);
    store.maintain().await.expect("compacts");
    let after = store.snapshot(&tenant(), Signal::Logs).await.expect("snapshot");
    assert!(after.segments.len() < 4, "{}", after.segments.len());
    assert_eq!(numbers(&store).await, once(0..1000));
    // Who began before reads on.
    let rows: usize = all_batches(&store, &before).await.iter().map(RecordBatch::num_rows).sum();
    assert_eq!(rows, 1000);

    let largest = after.segments.iter().max_by_key(|segment| segment.rows).expect("there is one");
    let batches = read_segment(&store, largest).await;
    let all = arrow::compute::concat_batches(&after.schema, &batches).expect("concatenates");
    let keys: Vec<(String, i64)> = all["service_name"]
        .as_string::<i32>()
        .iter()
        .flatten()
        .map(str::to_owned)
        .zip(all["time"].as_primitive::<arrow::datatypes::TimestampMicrosecondType>().values().iter().copied())
        .collect();
    assert!(keys.is_sorted());
    assert_eq!((largest.service_min.as_deref(), largest.service_max.as_deref()), (Some("bank"), Some("shop")));
    assert_eq!(Some(&largest.time_min_us), keys.iter().map(|(_, time)| time).min());
    assert_eq!(Some(&largest.time_max_us), keys.iter().map(|(_, time)| time).max());
    let index = store.index(largest).await.expect("reads").expect("has one");
    for (query, is_found) in
        [(IndexQuery::Service("post".into()), true), (IndexQuery::Words(vec!["nowhere".into()]), false)]
    {
        let blocks = store.search(largest, &index, &query).await.expect("answers").expect("has an index");
        assert_eq!(!blocks.is_empty(), is_found, "{query:?}");
    }

    let health = &store.health().tables[0];
    assert!(health.compactions >= 3 && health.segments_compacted >= 9, "{health:?}");
    assert_eq!(health.segments_removed as u64, health.segments_compacted);
    let count = files(dir.path()).len();
    store.maintain().await.expect("has nothing to do");
    assert_eq!(files(dir.path()).len(), count);
    // A restart does not forget what waits.
    drop((store, before));
    let store = open_at(few(dir.path()), &clock).await;
    assert_eq!(store.health().tables[0].segments, after.segments.len());
    clock.0.fetch_add(3600 * 1_000_000_000, Ordering::SeqCst);
    store.maintain().await.expect("removes files");
    assert_eq!(files(dir.path()).len(), 2 * after.segments.len(), "a Parquet file and a sidecar each");
    assert_eq!(store.health().tables[0].segments_removed, 0);
    assert_eq!(numbers(&store).await, once(0..1000));
    store.close().await.expect("closes");
    drop(store);
    assert_eq!(crate::check(&Config::new(dir.path()), false, 0).await.expect("checks").findings, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_at_any_moment_of_a_compaction_keeps_every_row_once() {
    let (dir, copies) = (tempfile::tempdir().expect("tempdir"), tempfile::tempdir().expect("tempdir"));
    let (from, to) = (dir.path().to_owned(), copies.path().to_owned());
    let count = AtomicU64::new(0);
    let observer = Box::new(move |step| {
        if matches!(step, Step::Rewritten | Step::Replaced) {
            let number = count.fetch_add(1, Ordering::SeqCst);
            super::copy(&from, &to.join(format!("{number:03}-{step:?}")));
        }
    });
    let store = Store::open_observed(Arc::new(Real), few(dir.path()), Arc::new(Noon), observer).await.expect("opens");
    fill(&store, 9).await;
    store.maintain().await.expect("compacts");
    drop(store);
    let crashes: Vec<_> = std::fs::read_dir(copies.path()).expect("lists").map(|e| e.expect("entry").path()).collect();
    assert_eq!(crashes.len(), 8, "{crashes:?}");
    for crash in crashes {
        let store = open_with(few(&crash)).await;
        assert_eq!(numbers(&store).await, once(0..900), "after {}", crash.display());
        assert_eq!(store.health().set_aside, [], "after {}", crash.display());
        let segments = store.snapshot(&tenant(), Signal::Logs).await.expect("snapshot").segments.len();
        let removed = store.health().tables[0].segments_removed;
        assert_eq!(files(&crash).len(), 2 * (segments + removed), "nothing is left over after {}", crash.display());
        store.maintain().await.expect("compacts");
        assert_eq!(numbers(&store).await, once(0..900), "after {}", crash.display());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_segment_is_named_and_its_damage_is_not_carried_on() {
    let dir = tempfile::tempdir().expect("tempdir");
    let store = open_with(few(dir.path())).await;
    fill(&store, 7).await;
    let snapshot = store.snapshot(&tenant(), Signal::Logs).await.expect("snapshot");
    let path = dir.path().join(snapshot.segments[1].path.as_ref());
    let mut bytes = std::fs::read(&path).expect("reads");
    bytes[700] ^= 4;
    std::fs::write(&path, bytes).expect("writes");
    store.maintain().await.expect("goes on");
    store.maintain().await.expect("goes on");
    let named = store.health().set_aside;
    assert_eq!(named.len(), 1, "{named:?}");
    assert!(path.ends_with(&named[0].original));
    let left = store.snapshot(&tenant(), Signal::Logs).await.expect("snapshot").segments;
    assert!(left.contains(&snapshot.segments[1]) && left.len() < 5, "{}", left.len());
    assert_eq!(left.iter().map(|segment| segment.rows).sum::<u64>(), 700);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_a_merge_missed_counts_again_once_it_is_put_back() {
    let dir = tempfile::tempdir().expect("tempdir");
    let store = open_with(few(dir.path())).await;
    fill(&store, 4).await;
    let snapshot = store.snapshot(&tenant(), Signal::Logs).await.expect("snapshot");
    let segment = &snapshot.segments[1];
    let (path, away) = (dir.path().join(segment.path.as_ref()), dir.path().join("away"));
    std::fs::rename(&path, &away).expect("moves");
    store.maintain().await.expect("goes on");
    assert_eq!(store.health().set_aside.len(), 1);
    assert!(store.check_segment(segment).await.is_err());
    std::fs::rename(&away, &path).expect("moves");
    assert_eq!(store.check_segment(segment).await, Ok(()));
    assert_eq!(store.health().set_aside, []);
    store.maintain().await.expect("compacts");
    assert_eq!(numbers(&store).await, once(0..400));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_segment_goes_when_its_time_is_over() {
    let dir = tempfile::tempdir().expect("tempdir");
    let clock = Arc::new(Hand(AtomicI64::new(NOON)));
    let retention = Retention { logs: Duration::from_secs(86_400), ..Retention::default() };
    let store = open_at(Config { retention, ..config(dir.path()) }, &clock).await;
    fill(&store, 2).await;
    let snapshot = store.snapshot(&tenant(), Signal::Logs).await.expect("snapshot");
    store.report_segment(&snapshot.segments[0], "it is damaged");
    assert_eq!(store.health().set_aside.len(), 1);
    clock.0.store(NOON + 3 * DAY, Ordering::SeqCst);
    store.maintain().await.expect("maintains");
    assert_eq!(store.snapshot(&tenant(), Signal::Logs).await.expect("snapshot").segments, []);
    assert_eq!(store.health().set_aside, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn damage_that_no_question_meets_is_found_within_the_interval() {
    let dir = tempfile::tempdir().expect("tempdir");
    let clock = Arc::new(Hand(AtomicI64::new(NOON)));
    let store = open_at(config(dir.path()), &clock).await;
    fill(&store, 2).await;
    let snapshot = store.snapshot(&tenant(), Signal::Logs).await.expect("snapshot");
    let sidecar = snapshot.segments[1].sidecar.clone().expect("has an index");
    for path in [&snapshot.segments[0].path, &sidecar.path] {
        let path = dir.path().join(path.as_ref());
        let mut bytes = std::fs::read(&path).expect("reads");
        bytes[100] ^= 8;
        std::fs::write(&path, bytes).expect("writes");
    }
    store.maintain().await.expect("maintains");
    assert_eq!(store.health().set_aside, [], "nothing is due");
    clock.0.store(NOON + 7 * DAY, Ordering::SeqCst);
    store.maintain().await.expect("maintains");
    let mut named: Vec<String> =
        store.health().set_aside.iter().map(|file| file.original.display().to_string()).collect();
    named.sort();
    let mut damaged = [snapshot.segments[0].path.to_string(), sidecar.path.to_string()];
    damaged.sort();
    assert_eq!(named, damaged);
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_go_when_their_time_is_over_some_services_earlier() {
    let dir = tempfile::tempdir().expect("tempdir");
    let clock = Arc::new(Hand(AtomicI64::new(NOON)));
    let days = |days: u64| Duration::from_secs(days * 86_400);
    let rule = |service: &str, age| ServiceRetention { service: service.into(), signal: None, age: days(age) };
    let retention =
        Retention { logs: days(30), services: vec![rule("post", 2), rule("bank", 90)], ..Retention::default() };
    let store = open_at(Config { retention, ..few(dir.path()) }, &clock).await;
    fill(&store, 3).await;
    let of = |service: u64| (0..300u64).filter(move |number| number * 7 % 3 == service);
    let (shop, bank) = (0, 1);
    store.maintain().await.expect("maintains");
    assert_eq!(numbers(&store).await, once(0..300));

    clock.0.store(NOON + 3 * DAY, Ordering::SeqCst);
    store.maintain().await.expect("maintains");
    assert_eq!(numbers(&store).await, once(of(shop).chain(of(bank))));
    let expired = |store: &Store| {
        let table = &store.health().tables[0];
        (table.rows_expired, table.rows_expired_by_service.iter().map(|(_, rows)| *rows).collect::<Vec<u64>>())
    };
    assert_eq!(expired(&store), (100, vec![0, 100]), "of bank and post");
    let version = store.health().tables[0].version;
    store.maintain().await.expect("maintains");
    assert_eq!(store.health().tables[0].version, version, "a rule is done once");
    drop(store);

    let retention =
        Retention { logs: days(30), services: vec![rule("post", 2), rule("bank", 90)], ..Retention::default() };
    let store = open_at(Config { retention, ..few(dir.path()) }, &clock).await;
    assert_eq!(expired(&store), (100, vec![0, 100]), "a restart forgets no count");
    clock.0.store(NOON + 31 * DAY, Ordering::SeqCst);
    store.maintain().await.expect("maintains");
    assert_eq!(numbers(&store).await, once(of(bank)));
    assert_eq!(expired(&store), (200, vec![0, 100]));
    clock.0.store(NOON + 91 * DAY, Ordering::SeqCst);
    store.maintain().await.expect("maintains");
    store.maintain().await.expect("maintains");
    assert_eq!(numbers(&store).await, BTreeMap::new());
    assert_eq!(expired(&store), (300, vec![100, 100]));
    clock.0.store(NOON + 92 * DAY, Ordering::SeqCst);
    store.maintain().await.expect("maintains");
    assert_eq!(files(dir.path()), Vec::<std::path::PathBuf>::new());
    store.append(&tenant(), logs(1000..1010)).await.expect("appends");
    assert_eq!(numbers(&store).await, once(1000..1010));
}
