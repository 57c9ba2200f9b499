//! Seal: the live rows of a table become segments.
//!
//! ```text
//! take ─► sort, split by day ─► Parquet + index sidecar ─► put, synced ─► Delta commit ─► install ─► trim the log
//! ```
//!
//! What it promises: killed between any two of these steps, every row is in the table exactly once after the next start:
//! before the commit the rows come from the log again, after it the log's entries are known to be in the table.

mod sort;

use std::sync::Arc;

use arrow::record_batch::RecordBatch;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};

use crate::carry;
use crate::catalog::{Catalog, Loaded, day_text, table_path};
use crate::error::{Error, ErrorKind};
use crate::live::{Sequences, Taken};
use crate::promoted::PromotedSet;
use crate::row::Signal;
use crate::segment::{Segment, Sidecar};
use crate::segment_id;
use crate::segment_writer::{Encoded, SegmentWriter};
use crate::wal::TableKey;

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
    /// A compaction, or retention, has written its segment.
    Rewritten,
    /// … and committed it.
    Replaced,
}

/// What a seal writes, in memory.
pub(crate) struct Work {
    /// By day.
    pub(crate) files: Vec<(i32, Encoded)>,
    pub(crate) later: Option<Later>,
}

/// Rows for the next seal, see [`crate::carry`].
pub(crate) struct Later {
    pub(crate) batch: RecordBatch,
    pub(crate) payload: Vec<u8>,
    pub(crate) last_day: Option<i32>,
}

/// Sorts and encodes the rows, one file per day. CPU work: run it on a blocking thread.
pub(crate) fn encode(
    signal: Signal,
    set: &Arc<PromotedSet>,
    taken: Taken,
    row_group_rows: usize,
    days_max: usize,
) -> Result<Work, Error> {
    let Taken { parts, sequences, last_day } = taken;
    let sources = sort::Sources::new(signal, set, &parts)?;
    let mut sorted = sources.by_day()?;
    let mut later = None;
    if sorted.len() > days_max.max(1) {
        let rows = sorted.iter().map(|(day, order)| (*day, order.len())).collect();
        let now = carry::choose_days(&rows, days_max, last_day);
        let left = sorted
            .extract_if(.., |day, _| !now.contains(day))
            .flat_map(|(_, order)| sources.chunks(&order).collect::<Vec<_>>());
        let left = left.collect::<Result<Vec<RecordBatch>, _>>()?;
        let (batch, payload) = carry::encode(sequences.last, set.written(signal), &left)?;
        // The largest day comes last and has not taken a turn.
        let last_day = now.len().checked_sub(2).map(|position| now[position]);
        later = Some(Later { batch, payload, last_day });
    }
    let file = |(day, order): (i32, sort::Order)| {
        let mut writer = SegmentWriter::new(signal, set, order.len(), row_group_rows)?;
        for chunk in sources.chunks(&order) {
            writer.push(&chunk?)?;
        }
        Ok((day, writer.finish(&[])?))
    };
    Ok(Work { files: sorted.into_iter().map(file).collect::<Result<_, Error>>()?, later })
}

/// Writes the files and commits them.
#[expect(clippy::too_many_arguments, reason = "a step of the seal, called once")]
pub(crate) async fn write_and_commit(
    objects: &dyn ObjectStore,
    key: &TableKey,
    catalog: &mut Catalog,
    set: &PromotedSet,
    encoded: Vec<(i32, Encoded)>,
    sequences: Sequences,
    now_unix_nano: i64,
    step: &(dyn Fn(Step) + Send + Sync),
) -> Result<Loaded, Error> {
    let mut segments = Vec::with_capacity(encoded.len());
    let done = async {
        for (day, file) in encoded {
            segments.push(Arc::new(put(objects, key, day, file, sequences, now_unix_nano, step).await?));
        }
        catalog.commit(&segments, set, sequences.last, now_unix_nano / 1_000_000).await
    };
    let done = done.await;
    match &done {
        Ok(_) => step(Step::Committed),
        // The next attempt writes files of its own. What cannot be removed stays and is part of nothing.
        Err(_) if !catalog.is_in_doubt() => {
            remove(objects, &segments).await;
        }
        Err(_) => {}
    }
    done
}

/// Removes the files of segments that are part of nothing. Whether all are gone; what cannot be removed is logged.
pub(crate) async fn remove(objects: &dyn ObjectStore, segments: &[Arc<Segment>]) -> bool {
    let mut is_done = true;
    for segment in segments {
        for path in segment.sidecar.iter().map(|sidecar| &sidecar.path).chain([&segment.path]) {
            if let Err(error) = objects.delete(path).await {
                is_done = false;
                tracing::warn!(%path, %error, "a file of a failed seal could not be removed");
            }
        }
    }
    is_done
}

async fn put(
    objects: &dyn ObjectStore,
    key: &TableKey,
    day: i32,
    mut file: Encoded,
    sequences: Sequences,
    now_unix_nano: i64,
    step: &(dyn Fn(Step) + Send + Sync),
) -> Result<Segment, Error> {
    let id = segment_id::sealed(sequences, now_unix_nano);
    let path = segment_path(key, day, &id);
    objects.put(&path, std::mem::take(&mut file.parquet).into()).await.map_err(|error| cannot_write(&error))?;
    step(Step::ParquetWritten);
    let sidecar = put_sidecar(objects, &path, file.sidecar.take()).await?;
    if sidecar.is_some() {
        step(Step::SidecarWritten);
    }
    Ok(file.segment(id, path, day, sidecar))
}

/// The Parquet file of a segment.
pub(crate) fn segment_path(key: &TableKey, day: i32, id: &str) -> Path {
    Path::from(format!("{}/day={}/{id}.parquet", table_path(key), day_text(day)))
}

/// The sidecar of a segment lies beside its Parquet file and has its name.
pub(crate) fn sidecar_path(parquet: &Path) -> Path {
    Path::from(parquet.as_ref().trim_end_matches(".parquet").to_owned() + ".idx")
}

/// Writes the sidecar beside its Parquet file.
pub(crate) async fn put_sidecar(
    objects: &dyn ObjectStore,
    parquet: &Path,
    sidecar: Option<Vec<u8>>,
) -> Result<Option<Sidecar>, Error> {
    let Some(bytes) = sidecar else { return Ok(None) };
    let (path, size_bytes, crc32c) = (sidecar_path(parquet), bytes.len() as u64, crc32c::crc32c(&bytes));
    objects.put(&path, bytes.into()).await.map_err(|error| cannot_write(&error))?;
    Ok(Some(Sidecar { path, size_bytes, crc32c }))
}

pub(crate) fn cannot_write(error: &object_store::Error) -> Error {
    Error::new(ErrorKind::Internal, format!("cannot write a segment: {error}"))
}
