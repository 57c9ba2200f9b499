//! Seal: the live rows of a table become segments.
//!
//! ```text
//! take ─► sort, split by day ─► Parquet + index sidecar ─► put, synced ─► Delta commit ─► install ─► trim the log
//! ```
//!
//! What it promises: killed between any two of these steps, every row is in the table exactly once after the next start:
//! before the commit the rows come from the log again, after it the log's entries are known to be in the table.

mod encode;
mod sort;

use std::sync::Arc;

use arrow::record_batch::RecordBatch;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};

use crate::carry;
use crate::catalog::{Catalog, Loaded, day_text, table_path};
use crate::error::{Error, ErrorKind};
use crate::live::{Sequences, Taken};
use crate::row::Signal;
use crate::segment::{Segment, Sidecar};
use crate::wal::TableKey;
pub(crate) use encode::Encoded;

/// The moments of a seal; tests look at the data directory in each of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    Taken,
    Carried,
    ParquetWritten,
    SidecarWritten,
    Committed,
    Installed,
    Trimmed,
}

/// What a seal writes, in memory.
pub(crate) struct Work {
    pub(crate) files: Vec<Encoded>,
    pub(crate) later: Option<Later>,
}

/// Rows for the next seal, see [`crate::carry`].
pub(crate) struct Later {
    pub(crate) batch: RecordBatch,
    pub(crate) payload: Vec<u8>,
    pub(crate) last_day: Option<i32>,
}

/// Sorts and encodes the rows, one file per day. CPU work: run it on a blocking thread.
pub(crate) fn encode(signal: Signal, taken: Taken, row_group_rows: usize, days_max: usize) -> Result<Work, Error> {
    let Taken { batches, sequences, last_day } = taken;
    let mut sorted = sort::by_day(signal, &batches)?;
    drop(batches);
    let mut later = None;
    if sorted.len() > days_max.max(1) {
        let rows = sorted.iter().map(|(day, batch)| (*day, batch.num_rows())).collect();
        let now = carry::choose_days(&rows, days_max, last_day);
        let left: Vec<RecordBatch> =
            sorted.extract_if(.., |day, _| !now.contains(day)).map(|(_, batch)| batch).collect();
        let (batch, payload) = carry::encode(signal, sequences.last, &left)?;
        // The largest day comes last and has not taken a turn.
        let last_day = now.len().checked_sub(2).map(|position| now[position]);
        later = Some(Later { batch, payload, last_day });
    }
    let files = sorted.into_iter().map(|(day, batch)| encode::segment(signal, day, &batch, row_group_rows));
    Ok(Work { files: files.collect::<Result<_, _>>()?, later })
}

/// Writes the files and commits them.
pub(crate) async fn write_and_commit(
    objects: &dyn ObjectStore,
    key: &TableKey,
    catalog: &mut Catalog,
    encoded: Vec<Encoded>,
    sequences: Sequences,
    now_unix_nano: i64,
    step: &(dyn Fn(Step) + Send + Sync),
) -> Result<Loaded, Error> {
    let mut segments = Vec::with_capacity(encoded.len());
    let done = async {
        for file in encoded {
            segments.push(Arc::new(put(objects, key, file, sequences, now_unix_nano, step).await?));
        }
        catalog.commit(&segments, sequences.last, now_unix_nano / 1_000_000).await
    };
    let done = done.await;
    match &done {
        Ok(_) => step(Step::Committed),
        // The next attempt writes files of its own. What cannot be removed stays and is part of nothing.
        Err(_) if !catalog.is_in_doubt() => remove(objects, &segments).await,
        Err(_) => {}
    }
    done
}

async fn remove(objects: &dyn ObjectStore, segments: &[Arc<Segment>]) {
    for segment in segments {
        for path in segment.sidecar.iter().map(|sidecar| &sidecar.path).chain([&segment.path]) {
            if let Err(error) = objects.delete(path).await {
                tracing::warn!(%path, %error, "a file of a failed seal could not be removed");
            }
        }
    }
}

async fn put(
    objects: &dyn ObjectStore,
    key: &TableKey,
    file: Encoded,
    sequences: Sequences,
    now_unix_nano: i64,
    step: &(dyn Fn(Step) + Send + Sync),
) -> Result<Segment, Error> {
    let id = segment_id(sequences, now_unix_nano);
    let folder = format!("{}/day={}", table_path(key), day_text(file.day));
    let path = Path::from(format!("{folder}/{id}.parquet"));
    let size_bytes = file.parquet.len() as u64;
    let failed = |error| Error::new(ErrorKind::Internal, format!("cannot write a segment: {error}"));
    objects.put(&path, file.parquet.into()).await.map_err(failed)?;
    step(Step::ParquetWritten);
    let sidecar = match file.sidecar {
        None => None,
        Some(bytes) => {
            let path = Path::from(format!("{folder}/{id}.idx"));
            let sidecar =
                Sidecar { path: path.clone(), size_bytes: bytes.len() as u64, crc32c: crc32c::crc32c(&bytes) };
            objects.put(&path, bytes.into()).await.map_err(failed)?;
            step(Step::SidecarWritten);
            Some(sidecar)
        }
    };
    Ok(Segment {
        id,
        path,
        size_bytes,
        rows: file.rows,
        day: file.day,
        time_min_us: file.time_min_us,
        time_max_us: file.time_max_us,
        service_min: file.service_min,
        service_max: file.service_max,
        checksums: Some(file.checksums),
        sidecar,
    })
}

/// `<first sequence>-<last sequence>-<unique>`: the sequences tell whether the log still has the rows of a file that no
/// commit names, see [`crate::orphans`].
fn segment_id(sequences: Sequences, now_unix_nano: i64) -> String {
    let seconds = now_unix_nano.div_euclid(1_000_000_000).try_into().unwrap_or(0);
    let nanoseconds = now_unix_nano.rem_euclid(1_000_000_000) as u32;
    let unique = uuid::Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, seconds, nanoseconds));
    format!("{:012x}-{:012x}-{}", sequences.first, sequences.last, unique.simple())
}

/// The sequences in a segment's id.
pub(crate) fn sequences_of_id(id: &str) -> Option<Sequences> {
    let mut parts = id.splitn(3, '-').take(2).map(|part| u64::from_str_radix(part, 16).ok());
    Some(Sequences { first: parts.next()??, last: parts.next()?? })
}
