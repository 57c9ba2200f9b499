//! One run of the store and its restarts.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_appended_is_there_at_once_after_a_seal_and_after_a_restart() {
    let dir = tempfile::tempdir().expect("tempdir");
    let store = open(dir.path()).await;
    store.append(&tenant(), logs(0..10)).await.expect("appends");
    assert_eq!(numbers(&store).await, once(0..10));
    store.seal_all().await.expect("seals");
    store.append(&tenant(), logs(10..15)).await.expect("appends");
    assert_eq!(numbers(&store).await, once(0..15));
    let snapshot = store.snapshot(&tenant(), Signal::Logs).await.expect("snapshot");
    assert_eq!((snapshot.segments.len(), snapshot.live.len()), (1, 1));
    let segment = &snapshot.segments[0];
    assert_eq!((segment.rows, segment.day), (10, (NOON / 86_400_000_000_000) as i32));
    assert_eq!((segment.time_min_us, segment.time_max_us), (NOON / 1000, NOON / 1000));
    assert_eq!(segment.service_min.as_deref(), Some("shop"));
    drop(store);

    let store = open(dir.path()).await;
    assert_eq!(numbers(&store).await, once(0..15));
    store.close().await.expect("closes");
    let error = store.append(&tenant(), logs(20..21)).await.expect_err("closed");
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert_eq!(numbers(&store).await, once(0..15));
    drop(store);

    let store = open(dir.path()).await;
    assert_eq!(numbers(&store).await, once(0..15));
    assert!(store.health().set_aside.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn many_restarts_keep_every_row_once() {
    let dir = tempfile::tempdir().expect("tempdir");
    for round in 0..8 {
        let store = open(dir.path()).await;
        assert_eq!(numbers(&store).await, once(0..round * 100));
        for part in 0..10 {
            let from = round * 100 + part * 10;
            store.append(&tenant(), logs(from..from + 10)).await.expect("appends");
            if (round + part) % 7 == 0 {
                store.seal_all().await.expect("seals");
            }
        }
        if round % 3 == 0 {
            store.close().await.expect("closes");
        }
    }
    let store = open(dir.path()).await;
    store.seal_all().await.expect("seals");
    assert_eq!(numbers(&store).await, once(0..800));
    let health = store.health();
    // Whatever was sealed is trimmed; the file being written stays.
    assert_eq!((health.wal_files, health.buffered_rows, health.buffered_bytes), (1, 0, 0), "{health:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_appends_share_syncs() {
    let dir = tempfile::tempdir().expect("tempdir");
    let store = open(dir.path()).await;
    let appends = (0..400).map(|number| {
        let store = store.clone();
        tokio::spawn(async move { store.append(&tenant(), logs(number..number + 1)).await })
    });
    for append in futures::future::join_all(appends).await {
        append.expect("no panic").expect("appends");
    }
    assert_eq!(numbers(&store).await, once(0..400));
    let health = store.health();
    assert_eq!(health.appends, 400);
    assert!(health.wal_syncs < 200, "{} syncs", health.wal_syncs);
    let snapshot = store.snapshot(&tenant(), Signal::Logs).await.expect("snapshot");
    assert!(snapshot.live.len() < 12, "{} live batches", snapshot.live.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_snapshot_has_each_row_once_while_seals_run() {
    let dir = tempfile::tempdir().expect("tempdir");
    let store = open(dir.path()).await;
    let acknowledged = Arc::new(AtomicU64::new(0));
    let writer = {
        let (store, acknowledged) = (store.clone(), acknowledged.clone());
        tokio::spawn(async move {
            for number in 0..300 {
                store.append(&tenant(), logs(number..number + 1)).await.expect("appends");
                acknowledged.store(number + 1, Ordering::SeqCst);
            }
        })
    };
    let sealer = {
        let store = store.clone();
        let writer = writer.abort_handle();
        tokio::spawn(async move {
            while !writer.is_finished() {
                store.seal_all().await.expect("seals");
            }
        })
    };
    let mut looks = 0;
    while !writer.is_finished() {
        let at_least = acknowledged.load(Ordering::SeqCst);
        let found = numbers(&store).await;
        let count = found.len() as u64;
        assert!(count >= at_least, "{count} rows of {at_least} acknowledged");
        assert_eq!(found, once(0..count));
        looks += 1;
    }
    writer.await.expect("writes");
    sealer.await.expect("seals");
    assert!(looks > 2);
    assert_eq!(numbers(&store).await, once(0..300));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_worker_freezes_and_seals_by_age() {
    let dir = tempfile::tempdir().expect("tempdir");
    let config = Config { seal_age: Duration::from_millis(300), ..config(dir.path()) };
    let store = open_with(config).await;
    store.append(&tenant(), logs(0..5)).await.expect("appends");
    let sealed = async {
        while store.health().tables[0].segments == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), sealed).await.expect("sealed by age");
    assert_eq!(numbers(&store).await, once(0..5));
}

#[tokio::test(flavor = "multi_thread")]
async fn over_the_memory_budget_appends_are_refused_and_later_taken_again() {
    let dir = tempfile::tempdir().expect("tempdir");
    let config = Config { buffer_bytes_max: 200_000, ..config(dir.path()) };
    let store = open_with(config).await;
    let mut number = 0;
    let refusal = loop {
        match store.append(&tenant(), logs(number..number + 50)).await {
            Ok(()) => number += 50,
            Err(error) => break error,
        }
        assert!(number < 1_000_000, "never refused");
    };
    assert_eq!(refusal.kind(), ErrorKind::Unavailable);
    assert!(refusal.retry_after().is_some());
    store.seal_all().await.expect("seals");
    store.append(&tenant(), logs(number..number + 1)).await.expect("has room again");
    assert_eq!(numbers(&store).await, once(0..=number));
    assert_eq!(store.health().appends_refused, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_directory_has_one_owner() {
    let dir = tempfile::tempdir().expect("tempdir");
    let store = open(dir.path()).await;
    let error = Store::open(config(dir.path()), Arc::new(Noon)).await.err().expect("refused");
    assert!(error.to_string().contains("another process has the data directory"), "{error}");
    drop(store);
    open(dir.path()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_is_too_large_is_refused() {
    let dir = tempfile::tempdir().expect("tempdir");
    let config = Config { batch_bytes_max: 1000, ..config(dir.path()) };
    let store = open_with(config).await;
    let error = store.append(&tenant(), logs(0..1000)).await.expect_err("too large");
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert_eq!(store.health().buffered_bytes, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_larger_than_a_log_file_is_stored() {
    let dir = tempfile::tempdir().expect("tempdir");
    let store = open(dir.path()).await;
    store.append(&tenant(), logs(0..5000)).await.expect("appends");
    store.append(&tenant(), logs(5000..5001)).await.expect("appends");
    drop(store);
    let store = open(dir.path()).await;
    assert_eq!(numbers(&store).await, once(0..5001));
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_may_read_the_data_and_never_the_documents() {
    use std::os::unix::fs::PermissionsExt;
    let parent = tempfile::tempdir().expect("tempdir");
    let dir = parent.path().join("a/data");
    let mode = |path: &Path| std::fs::metadata(path).expect("is there").permissions().mode() & 0o777;
    drop(open(&dir).await);
    assert_eq!(mode(&dir), 0o700);
    assert_eq!(mode(&dir.join("documents.sqlite")), 0o600);
    // An owner may share the tables; a file from before is closed again.
    std::fs::set_permissions(&dir, std::fs::Permissions::from_mode(0o755)).expect("widens");
    std::fs::set_permissions(dir.join("documents.sqlite"), std::fs::Permissions::from_mode(0o644)).expect("widens");
    let store = open(&dir).await;
    assert_eq!(mode(&dir), 0o755);
    for file in ["documents.sqlite", "documents.sqlite-wal", "documents.sqlite-shm"] {
        assert_eq!(mode(&dir.join(file)), 0o600, "{file}");
    }
    drop(store);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_that_are_becoming_columns_are_sealed_with_all_others() {
    let directory = tempfile::tempdir().expect("a folder");
    let store = open(directory.path()).await;
    for round in 0..5 {
        store.append(&tenant(), logs(round * 3_000..(round + 1) * 3_000)).await.expect("appends");
        let table = store.tables.all().remove(0);
        let (frozen, sealed) = tokio::join!(table.table.freeze(), store.seal_all());
        frozen.and(sealed).expect("freezes and seals");
        let snapshot = store.snapshot(&tenant(), Signal::Logs).await.expect("snapshot");
        assert_eq!(snapshot.live.iter().map(RecordBatch::num_rows).sum::<usize>(), 0);
    }
    assert_eq!(numbers(&store).await, once(0..15_000));
}
