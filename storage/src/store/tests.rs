//! The store as its callers see it, crashes included: a crash is a copy of the data directory, opened.

mod compaction;
mod crash;
mod days;
mod model;
mod promotion;
mod remote;
mod room;
mod run;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use arrow::array::AsArray;
use arrow::record_batch::RecordBatch;
use object_store::ObjectStoreExt;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::*;
use crate::codec::tests::{log_record, stored};
use crate::row::{Batch, LogRecord, Resource};

/// A clock that stands.
struct Noon;

impl Clock for Noon {
    fn now_unix_nano(&self) -> i64 {
        NOON
    }
}

/// 2026-11-23 12:00 UTC.
const NOON: i64 = 1_795_435_200_000_000_000;

fn tenant() -> TenantId {
    TenantId::default_tenant()
}

/// Small files; nothing is sealed, compacted or removed but by order.
fn config(data_dir: &Path) -> Config {
    Config {
        wal_file_bytes: 16 << 10,
        seal_age: Duration::from_secs(3600),
        seal_bytes: usize::MAX,
        maintenance_interval: Duration::from_secs(3600),
        compaction_cpu_percent: 100,
        append_wait_max: Duration::from_millis(10),
        ..Config::new(data_dir)
    }
}

async fn open(data_dir: &Path) -> Arc<Store> {
    open_with(config(data_dir)).await
}

async fn open_with(config: Config) -> Arc<Store> {
    once_released(async || Store::open(config.clone(), Arc::new(Noon)).await).await.expect("opens")
}

/// The background worker of a store that was dropped may hold it, and the lock, for a moment longer: minutes on a machine
/// that lets a test of low priority wait.
pub(crate) async fn once_released(open: impl AsyncFn() -> Result<Arc<Store>, Error>) -> Result<Arc<Store>, Error> {
    let opened = async {
        loop {
            match open().await {
                Err(error) if error.to_string().contains("another process") => tokio::task::yield_now().await,
                opened => break opened,
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(600), opened).await.expect("the lock is released")
}

/// Log records with these numbers as bodies.
fn logs(numbers: impl IntoIterator<Item = u64>) -> EncodedBatch {
    stored(&Batch::Logs(numbers.into_iter().map(|number| log(NOON + number as i64, number)).collect()))
}

fn log(time: i64, number: u64) -> LogRecord<'static> {
    log_record(&Arc::new(Resource { service_name: "shop".into(), ..Resource::default() }), time, &number.to_string())
}

/// How often each number is in a table, read as a query would: segments and live batches of one snapshot.
async fn numbers(store: &Store) -> BTreeMap<u64, usize> {
    let snapshot = store.snapshot(&tenant(), Signal::Logs).await.expect("snapshot");
    let mut counts = BTreeMap::new();
    for batch in all_batches(store, &snapshot).await {
        for body in batch.column_by_name("body").expect("body").as_string::<i32>().iter().flatten() {
            *counts.entry(body.parse().expect("a number")).or_insert(0) += 1;
        }
    }
    counts
}

async fn all_batches(store: &Store, snapshot: &Snapshot) -> Vec<RecordBatch> {
    let mut batches = snapshot.live.clone();
    for segment in &snapshot.segments {
        let read = read_segment(store, segment).await;
        assert_eq!(read.iter().map(RecordBatch::num_rows).sum::<usize>() as u64, segment.rows);
        batches.extend(read);
    }
    assert!(batches.iter().all(|batch| batch.schema() == snapshot.schema));
    batches
}

async fn read_segment(store: &Store, segment: &Segment) -> Vec<RecordBatch> {
    let file = store.object_store().get(&segment.path).await.expect("is there").bytes().await.expect("reads");
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).expect("a Parquet file").build().expect("builds");
    reader.collect::<Result<_, _>>().expect("decodes")
}

/// Each of these numbers once, and nothing else.
fn once(numbers: impl IntoIterator<Item = u64>) -> BTreeMap<u64, usize> {
    numbers.into_iter().map(|number| (number, 1)).collect()
}

/// What a crash at this moment leaves.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("creates");
    for entry in std::fs::read_dir(from).expect("lists") {
        let entry = entry.expect("entry");
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() {
            copy(&source, &target);
        } else if let Err(error) = std::fs::copy(&source, &target) {
            // A temporary file may go away while it is copied.
            assert_eq!(error.kind(), std::io::ErrorKind::NotFound, "{}", source.display());
        }
    }
}
