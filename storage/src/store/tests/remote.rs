//! Tables on a remote store: it is away for a while, replies are lost, and requests arrive late.

use super::*;
use crate::io::chance::{Random, episodes};
use crate::table_store::flaky::Flaky;

fn small(data_dir: &Path) -> Config {
    Config { compaction_segments_min: 3, checkpoint_commits: 4, vacuum_age: Duration::ZERO, ..config(data_dir) }
}

async fn open_on(flaky: &Flaky, dir: &Path) -> Result<Arc<Store>, Error> {
    let open =
        async || Store::open_with_tables(Arc::new(Real), Arc::new(flaky.clone()), small(dir), Arc::new(Noon)).await;
    once_released(open).await
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_are_sealed_compacted_and_found_again_there() {
    let (flaky, dir) = (Flaky::new(), tempfile::tempdir().expect("tempdir"));
    for round in 0..4 {
        let store = open_on(&flaky, dir.path()).await.expect("opens");
        assert_eq!(numbers(&store).await, once(0..round * 40));
        for part in 0..4 {
            let from = round * 40 + part * 10;
            store.append(&tenant(), logs(from..from + 10)).await.expect("appends");
            store.seal_all().await.expect("seals");
        }
        store.maintain().await.expect("compacts");
        assert_eq!(numbers(&store).await, once(0..round * 40 + 40));
        assert_eq!(store.health().set_aside, []);
        let health = store.health().remote_tables.expect("is remote");
        assert!(health.unreachable.is_none() && health.cache_bytes > 0, "{health:?}");
        store.close().await.expect("closes");
    }
    assert!(!dir.path().join("tenants").exists(), "nothing of the tables is in the data directory");
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_store_is_away_rows_are_taken_and_what_is_missing_is_named() {
    let (flaky, dir) = (Flaky::new(), tempfile::tempdir().expect("tempdir"));
    let store = open_on(&flaky, dir.path()).await.expect("opens");
    store.append(&tenant(), logs(0..10)).await.expect("appends");
    store.seal_all().await.expect("seals");
    let segment = store.snapshot(&tenant(), Signal::Logs).await.expect("snapshot").segments[0].clone();
    store.table_store.forget(&segment.path);

    flaky.set_away(true);
    store.append(&tenant(), logs(10..20)).await.expect("appends");
    store.seal_all().await.expect_err("cannot be sealed now");
    let snapshot = store.snapshot(&tenant(), Signal::Logs).await.expect("snapshot");
    assert_eq!(snapshot.live.iter().map(RecordBatch::num_rows).sum::<usize>(), 10);
    let reason = store.check_segment(&segment).await.expect_err("cannot be read");
    assert!(reason.contains("no answer"), "{reason}");
    let health = store.health();
    assert!(health.poisoned.is_none(), "{health:?}");
    assert!(health.remote_tables.expect("is remote").unreachable.expect("is away").contains("no answer"));

    flaky.set_away(false);
    store.check_segment(&segment).await.expect("can be read");
    store.seal_all().await.expect("seals");
    assert_eq!(numbers(&store).await, once(0..20));
    assert_eq!(store.health().remote_tables.expect("is remote").unreachable, None);
    assert_eq!(store.health().set_aside, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_on_its_way_when_the_process_ends_happens_before_the_next_start_or_never() {
    for is_early in [true, false] {
        let (flaky, dir) = (Flaky::new(), tempfile::tempdir().expect("tempdir"));
        let store = open_on(&flaky, dir.path()).await.expect("opens");
        store.append(&tenant(), logs(0..10)).await.expect("appends");
        store.seal_all().await.expect("seals");
        store.append(&tenant(), logs(10..20)).await.expect("appends");
        flaky.delay_commits(true);
        store.close().await.expect_err("the commit has no answer");
        drop(store);
        flaky.delay_commits(false);

        let mut done = if is_early { flaky.deliver().await } else { 0 };
        let store = open_on(&flaky, dir.path()).await.expect("opens");
        done += flaky.deliver().await;
        assert_eq!(done, usize::from(is_early), "after a start it comes too late");
        assert_eq!(numbers(&store).await, once(0..20));
        store.append(&tenant(), logs(20..30)).await.expect("appends");
        store.seal_all().await.expect("seals");
        assert_eq!(numbers(&store).await, once(0..30));
        assert_eq!(store.health().set_aside, []);
    }
}

#[test]
fn random_failures_of_the_network_lose_and_double_nothing() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("builds");
    episodes(360, 60, |seed| runtime.block_on(episode(seed)));
}

/// Each row that was acknowledged is there once, whatever became of requests. The write-ahead log is on a good disk.
async fn episode(seed: u64) {
    let (flaky, dir) = (Flaky::new(), tempfile::tempdir().expect("tempdir"));
    let mut random = Random(seed);
    let mut store = open_on(&flaky, dir.path()).await.expect("opens");
    let mut rows = 0;
    for _ in 0..60 {
        match random.below(12) {
            0..=3 => {
                let more = 1 + random.below(20);
                // Refused where a commit was in doubt when the store was closed.
                if store.append(&tenant(), logs(rows..rows + more)).await.is_ok() {
                    rows += more;
                }
            }
            4..=6 => drop(store.seal_all().await),
            7 => drop(store.maintain().await),
            8 => flaky.fail(1 + random.below(6), random.next()),
            9 => flaky.fail(0, 0),
            10 => drop(flaky.deliver().await),
            _ => {
                if random.one_in(2) {
                    drop(store.close().await);
                }
                drop(store);
                // What is on its way may arrive before, while, or after it starts.
                if random.one_in(3) {
                    flaky.deliver().await;
                }
                store = match open_on(&flaky, dir.path()).await {
                    Ok(store) => store,
                    Err(_) => {
                        flaky.fail(0, 0);
                        open_on(&flaky, dir.path())
                            .await
                            .unwrap_or_else(|error| panic!("opens without faults: {error}"))
                    }
                };
            }
        }
    }
    flaky.fail(0, 0);
    flaky.deliver().await;
    assert_eq!(numbers(&store).await, once(0..rows));
    drop(store);
    let store = open_on(&flaky, dir.path()).await.expect("opens");
    assert_eq!(numbers(&store).await, once(0..rows));
    let mut set_aside = store.health().set_aside;
    // Of a compaction whose file could not be removed: what it would have replaced may have been replaced by another since.
    set_aside.retain(|file| !file.original.to_string_lossy().ends_with("-c.parquet"));
    assert_eq!(set_aside, []);
    store.seal_all().await.expect("seals");
    store.maintain().await.expect("compacts");
    assert_eq!(numbers(&store).await, once(0..rows));
}
