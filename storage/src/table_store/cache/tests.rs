use object_store::ObjectStoreExt;

use super::*;
use crate::io::Real;
use crate::io::chance::Random;
use crate::table_store::flaky::Flaky;
use crate::table_store::remote::Timing;

const SIZE: usize = 3 * BLOCK_BYTES as usize + 12_345;

fn parquet() -> Path {
    Path::from("tenants/default/logs/day=2026-11-23/a.parquet")
}

fn content() -> Vec<u8> {
    let mut random = Random(7);
    (0..SIZE).map(|_| random.next() as u8).collect()
}

fn cached(flaky: &Flaky, dir: &std::path::Path, bytes_max: u64) -> Cached {
    let store: Arc<dyn ObjectStore> = Arc::new(flaky.clone());
    let remote = Remote::new("test://tables", store.clone(), store, Timing::default());
    Cached::new(remote, Arc::new(Real), &Config { cache_bytes_max: bytes_max, ..Config::new(dir) })
}

async fn check(cached: &Cached, random: &mut Random) {
    let whole = content();
    let range = |random: &mut Random| {
        let from = random.below(SIZE as u64);
        from..(from + 1 + random.below(SIZE as u64 / 2)).min(SIZE as u64)
    };
    let ranges: Vec<Range<u64>> = (0..4).map(|_| range(random)).collect();
    let read = cached.get_ranges(&parquet(), &ranges).await.expect("reads");
    for (range, read) in ranges.iter().zip(read) {
        assert_eq!(read, whole[range.start as usize..range.end as usize], "{range:?}");
    }
    let one = range(random);
    let read = cached.get_range(&parquet(), one.clone()).await.expect("reads");
    assert_eq!(read, whole[one.start as usize..one.end as usize], "{one:?}");
}

fn files(dir: &std::path::Path) -> Vec<std::path::PathBuf> {
    std::fs::read_dir(dir.join("cache")).expect("lists").map(|entry| entry.expect("an entry").path()).collect()
}

#[tokio::test]
async fn blocks_are_read_once_and_survive_a_restart() {
    let (flaky, dir) = (Flaky::new(), tempfile::tempdir().expect("tempdir"));
    ObjectStoreExt::put(&flaky, &parquet(), content().into()).await.expect("puts");
    let mut random = Random(1);
    let store = cached(&flaky, dir.path(), 1 << 30);
    for _ in 0..10 {
        check(&store, &mut random).await;
    }
    store.get_range(&parquet(), 0..SIZE as u64).await.expect("reads");
    assert!(store.holds(&parquet(), SIZE as u64));
    let requests = flaky.requests();
    assert!(requests <= 1 + 4, "{requests}");
    drop(store);
    let store = cached(&flaky, dir.path(), 1 << 30);
    flaky.set_away(true);
    for _ in 0..10 {
        check(&store, &mut random).await;
    }
    assert_eq!(flaky.requests(), requests, "all of it was here");
    assert!(store.bytes() >= SIZE as u64 && store.counts().1 == 0);
    // Behind the end there is nothing, and the store is asked what to say about it.
    store.get_range(&parquet(), SIZE as u64 - 5..SIZE as u64 + 5).await.expect_err("is away");
}

#[tokio::test]
async fn a_damaged_or_missing_file_of_the_cache_is_read_again_from_the_store() {
    let (flaky, dir) = (Flaky::new(), tempfile::tempdir().expect("tempdir"));
    ObjectStoreExt::put(&flaky, &parquet(), content().into()).await.expect("puts");
    let store = cached(&flaky, dir.path(), 1 << 30);
    let mut random = Random(2);
    for round in 0..30 {
        check(&store, &mut random).await;
        let all = files(dir.path());
        let file = &all[random.below(all.len() as u64) as usize];
        match round % 3 {
            0 => {
                let mut bytes = std::fs::read(file).expect("reads");
                let at = random.below(bytes.len() as u64) as usize;
                bytes[at] ^= 1 << random.below(8);
                std::fs::write(file, bytes).expect("writes");
            }
            1 => std::fs::File::options()
                .write(true)
                .open(file)
                .and_then(|file| file.set_len(random.below(40_000)))
                .expect("cuts"),
            _ => std::fs::remove_dir_all(dir.path().join("cache")).expect("removes"),
        }
    }
    check(&store, &mut random).await;
}

#[tokio::test]
async fn it_keeps_to_its_size_and_makes_room_on_a_full_disk() {
    let (flaky, dir) = (Flaky::new(), tempfile::tempdir().expect("tempdir"));
    let store = cached(&flaky, dir.path(), 6 << 20);
    for number in 0..8 {
        let path = Path::from(format!("tenants/default/logs/day=2026-11-23/{number}.parquet"));
        // What is written is kept as well.
        store.put(&path, content().into()).await.expect("puts");
        let on_disk: u64 = files(dir.path()).iter().map(|file| file.metadata().expect("is there").len()).sum();
        assert_eq!(on_disk, store.bytes());
        assert!(on_disk <= 6 << 20, "{on_disk}");
        assert!(store.holds(&path, SIZE as u64), "the newest stays");
    }
    let first = Path::from("tenants/default/logs/day=2026-11-23/0.parquet");
    assert!(!store.holds(&first, SIZE as u64), "the oldest went first");
    store.keep_room(50, 100);
    assert_eq!((store.bytes(), files(dir.path()).len()), (0, 0));
    store.get_range(&first, 0..100).await.expect("reads");
    assert_eq!(store.bytes(), 0, "nothing is taken in");
    store.keep_room(1000, 100);
    store.get_range(&first, 0..100).await.expect("reads");
    assert!(store.bytes() > 0);
}

/// As searches read them: the beginning, then some pages.
#[tokio::test]
async fn a_sidecar_is_kept_and_what_changes_is_not_kept() {
    let (flaky, dir) = (Flaky::new(), tempfile::tempdir().expect("tempdir"));
    let store = cached(&flaky, dir.path(), 1 << 30);
    let sidecar = Path::from("tenants/default/logs/day=2026-11-23/a.idx");
    let read = async || {
        let beginning = store.get_range(&sidecar, 0..100).await.expect("reads");
        let pages = store.get_ranges(&sidecar, &[100..4_196, 300_000..304_096]).await.expect("reads");
        [beginning, pages[0].clone(), pages[1].clone()].concat()
    };
    let old = content();
    ObjectStoreExt::put(&flaky, &sidecar, old.clone().into()).await.expect("puts");
    let parts = |of: &[u8]| [&of[..4_196], &of[300_000..304_096]].concat();
    assert_eq!(read().await, parts(&old));
    let requests = flaky.requests();
    assert!(store.has_some(&sidecar));
    flaky.set_away(true);
    assert_eq!(read().await, parts(&old), "it needs the store no more");
    flaky.set_away(false);
    assert_eq!(flaky.requests(), requests);
    // A repair writes it anew.
    let new: Vec<u8> = old.iter().rev().copied().collect();
    store.put(&sidecar, new.clone().into()).await.expect("puts");
    assert_eq!(read().await, parts(&new));
    store.delete(&sidecar).await.expect("deletes");
    assert!(!store.has_some(&sidecar));
    store.get(&sidecar).await.expect_err("is gone");

    let log = Path::from("tenants/default/logs/_delta_log/00000000000000000010.checkpoint.parquet");
    store.put(&log, content().into()).await.expect("puts");
    store.get_range(&log, 0..10).await.expect("reads");
    assert_eq!(store.bytes(), 0);
}
