//! Rows of several and of wild days.

use super::*;

const DAY: i64 = 86_400_000_000_000;

#[tokio::test(flavor = "multi_thread")]
async fn rows_of_several_days_go_to_several_segments() {
    let dir = tempfile::tempdir().expect("tempdir");
    let store = open(dir.path()).await;
    // Midnight belongs to the new day, the nanosecond before it to the old one.
    let midnight = NOON + DAY / 2;
    let times = [midnight - 1, midnight, 0, -1, i64::MIN, i64::MAX, 7_258_118_400_000_000_000];
    let records = times.iter().zip(0..).map(|(time, number)| log(*time, number)).collect();
    store.append(&tenant(), stored(&Batch::Logs(records))).await.expect("appends");
    store.seal_all().await.expect("seals");
    assert_eq!(numbers(&store).await, once(0..7));
    let snapshot = store.snapshot(&tenant(), Signal::Logs).await.expect("snapshot");
    let mut days: Vec<i32> = snapshot.segments.iter().map(|segment| segment.day).collect();
    days.sort_unstable();
    let noon = (NOON / DAY) as i32;
    assert_eq!(days, [-106_752, -1, 0, noon, noon + 1, 84_006, 106_751]);
    for segment in &snapshot.segments {
        assert!(segment.path.as_ref().contains(&format!("day={}", crate::catalog::day_text(segment.day))));
    }
    drop(store);
    let store = open(dir.path()).await;
    assert_eq!(numbers(&store).await, once(0..7));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_days_are_sealed_a_few_at_a_time_and_survive_every_crash() {
    let (dir, copies) = (tempfile::tempdir().expect("tempdir"), tempfile::tempdir().expect("tempdir"));
    let (from, to) = (dir.path().to_owned(), copies.path().to_owned());
    let count = AtomicU64::new(0);
    let observer = Box::new(move |step| {
        let number = count.fetch_add(1, Ordering::SeqCst);
        super::copy(&from, &to.join(format!("{number:03}-{step:?}")));
    });
    let few = |dir: &Path| Config { seal_days_max: 3, ..config(dir) };
    let store = Store::open_observed(Arc::new(Real), few(dir.path()), Arc::new(Noon), observer).await.expect("opens");
    let records = (0..8).map(|number| log(NOON + number * DAY, number as u64)).collect();
    store.append(&tenant(), stored(&Batch::Logs(records))).await.expect("appends");
    for (segments, carried) in [(3, 5), (6, 2), (8, 0)] {
        store.seal_all().await.expect("seals");
        assert_eq!(numbers(&store).await, once(0..8));
        let table = &store.health().tables[0];
        assert_eq!((table.segments, table.rows_carried_over), (segments, carried));
    }
    assert_eq!(store.health().buffered_bytes, 0);
    drop(store);

    let crashes: Vec<_> = std::fs::read_dir(copies.path()).expect("lists").map(|e| e.expect("entry").path()).collect();
    assert!(crashes.len() > 20, "{crashes:?}");
    for crash in crashes {
        for round in 0..5 {
            let store = open_with(few(&crash)).await;
            assert_eq!(numbers(&store).await, once(0..8), "opened {round} after {}", crash.display());
            store.seal_all().await.expect("seals");
            assert_eq!(numbers(&store).await, once(0..8), "sealed {round} after {}", crash.display());
            assert_eq!(store.health().set_aside, [], "after {}", crash.display());
        }
    }
}
