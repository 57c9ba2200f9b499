//! Writes the merged rows as a segment, part by part.

use std::sync::Arc;
use std::time::{Duration, Instant};

use object_store::{MultipartUpload, ObjectStore, ObjectStoreExt};

use super::Failed;
use super::merge::Merge;
use crate::objects::delete_if_there;
use crate::promoted::PromotedSet;
use crate::seal::{cannot_write, put_sidecar, segment_path};
use crate::segment::Segment;
use crate::segment_id;
use crate::segment_writer::{Encoded, SegmentWriter};
use crate::wal::TableKey;

/// Bytes of Parquet that are written at once.
const PART_BYTES: usize = 8 << 20;

/// What the output is to be.
pub(crate) struct Output<'a> {
    pub(crate) key: &'a TableKey,
    pub(crate) set: &'a Arc<PromotedSet>,
    /// What it replaces; of one day.
    pub(crate) inputs: &'a [Arc<Segment>],
    pub(crate) row_group_rows: usize,
    pub(crate) now_unix_nano: i64,
    /// See [`Segment::expired`].
    pub(crate) expired: Vec<String>,
}

/// Writes all rows; `None` where there is none. `pause` is awaited between chunks, with the time that the last
/// one took; its error ends the work. After an error
/// nothing is left.
pub(crate) async fn write<P>(
    objects: &dyn ObjectStore,
    output: Output<'_>,
    mut merged: Merge,
    mut pause: impl FnMut(Duration) -> P,
) -> Result<Option<Segment>, Failed>
where
    P: Future<Output = Result<(), Failed>>,
{
    let Some(first) = merged.next().await? else { return Ok(None) };
    let id = segment_id::compacted(output.inputs.iter().map(AsRef::as_ref), output.now_unix_nano);
    let day = output.inputs[0].day;
    let path = segment_path(output.key, day, &id);
    let mut upload = objects.put_multipart(&path).await.map_err(|error| cannot_write(&error))?;
    let written = async {
        let rows = output.inputs.iter().map(|segment| segment.rows).sum::<u64>();
        let rows = usize::try_from(rows).unwrap_or(usize::MAX);
        let mut writer = SegmentWriter::new(output.key.1, output.set, rows, output.row_group_rows)?;
        let mut chunk = Some(first);
        let mut since = Instant::now();
        while let Some(rows) = chunk {
            writer.push(&rows)?;
            if let Some(bytes) = writer.take_bytes(PART_BYTES) {
                upload.put_part(bytes.into()).await.map_err(|error| cannot_write(&error))?;
            }
            pause(since.elapsed()).await?;
            since = Instant::now();
            chunk = merged.next().await?;
        }
        let inputs: Vec<String> = output.inputs.iter().map(|segment| segment.id.clone()).collect();
        let mut encoded = writer.finish(&inputs)?;
        upload.put_part(std::mem::take(&mut encoded.parquet).into()).await.map_err(|error| cannot_write(&error))?;
        Ok(encoded)
    };
    let mut encoded: Encoded = match written.await {
        Ok(encoded) => encoded,
        Err(failed) => {
            if let Err(error) = upload.abort().await {
                tracing::warn!(%path, %error, "what a compaction had begun to write could not be removed");
            }
            return Err(failed);
        }
    };
    let done = async {
        upload.complete().await.map_err(|error| cannot_write(&error))?;
        Ok::<_, Failed>(put_sidecar(objects, &path, encoded.sidecar.take()).await?)
    };
    match done.await {
        Ok(sidecar) => Ok(Some(Segment { expired: output.expired, ..encoded.segment(id, path, day, sidecar) })),
        Err(failed) => {
            if let Err(error) = delete_if_there(objects, &path).await {
                tracing::warn!(%path, %error, "a file of a failed compaction could not be removed");
            }
            Err(failed)
        }
    }
}
