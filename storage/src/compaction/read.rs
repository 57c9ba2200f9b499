//! Reads a segment from front to back, every byte checked.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::{RecordBatch, new_null_array};
use arrow::datatypes::{FieldRef, SchemaRef};
use arrow::error::ArrowError;
use bytes::Bytes;
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use futures::{FutureExt, StreamExt};
use object_store::ObjectStore;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use parquet::arrow::async_reader::AsyncFileReader;
use parquet::arrow::{ParquetRecordBatchStreamBuilder, ProjectionMask};
use parquet::errors::ParquetError;
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader, RowGroupMetaData};
use parquet::file::statistics::Statistics;

use super::Failed;
use crate::blocks::BlockChecksums;
use crate::error::{Error, ErrorKind};
use crate::promoted::{self, PromotedSet};
use crate::row::Signal;
use crate::segment::Segment;

/// Rows of a segment in their order.
pub(crate) type Rows = BoxStream<'static, Result<RecordBatch, Failed>>;

/// The rows of a segment in batches of this many, as the set of promoted attributes writes them.
pub(crate) async fn open(
    objects: Arc<dyn ObjectStore>,
    segment: Arc<Segment>,
    set: Arc<PromotedSet>,
    signal: Signal,
    batch_rows: usize,
) -> Result<Rows, Failed> {
    let damage = Damage::default();
    let mut file = File { objects, segment: segment.clone(), blocks: None, damage: damage.clone() };
    file.check_tail().await.map_err(|error| damage.failed(&segment, &error))?;
    let footer = ParquetMetaDataReader::new()
        .load_and_finish(&mut file, segment.size_bytes)
        .await
        .map_err(|error| damage.failed(&segment, &error))?;
    file.blocks = BlockChecksums::in_footer(&footer);
    let metadata = ArrowReaderMetadata::try_new(Arc::new(footer), ArrowReaderOptions::new())
        .map_err(|error| damage.failed(&segment, &error))?;
    let schema = metadata.schema().clone();
    let used = ProjectionMask::roots(metadata.parquet_schema(), columns_with_values(metadata.metadata()));
    let stream = ParquetRecordBatchStreamBuilder::new_with_metadata(file, metadata)
        .with_projection(used)
        .with_batch_size(batch_rows)
        .build()
        .map_err(|error| damage.failed(&segment, &error))?;
    let rows = stream.map(move |batch| {
        let batch = batch.map_err(|error| damage.failed(&segment, &error))?;
        let batch = completed(&batch, &schema).map_err(|error| failed(&segment, &error.to_string()))?;
        promoted::adapt(&batch, set.written(signal), &set).map_err(|what| failed(&segment, &what))
    });
    Ok(rows.boxed())
}

/// The batch with every column of its file: one that was not read has no value. Without it the batch would look like one of a
/// file that lacks the column, whose values are looked for in the map of every row.
fn completed(batch: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch, ArrowError> {
    let column = |field: &FieldRef| {
        let read = batch.column_by_name(field.name()).cloned();
        read.unwrap_or_else(|| new_null_array(field.data_type(), batch.num_rows()))
    };
    RecordBatch::try_new(schema.clone(), schema.fields().iter().map(column).collect())
}

/// The columns that are to be read. Most promoted columns of most functions have no value at all, and each column that is
/// read costs a decompressor and its buffers.
fn columns_with_values(metadata: &ParquetMetaData) -> Vec<usize> {
    let schema = metadata.file_metadata().schema_descr();
    let has_values = |leaf: &usize| {
        let is_flat = schema.column(*leaf).max_rep_level() == 0;
        let are_null = |group: &RowGroupMetaData| {
            let column = group.column(*leaf);
            let nulls = column.statistics().and_then(Statistics::null_count_opt);
            nulls.is_some_and(|nulls| i64::try_from(nulls).is_ok_and(|nulls| nulls == column.num_values()))
        };
        !(is_flat && metadata.row_groups().iter().all(are_null))
    };
    let mut roots: Vec<usize> =
        (0..schema.num_columns()).filter(has_values).map(|leaf| schema.get_column_root_idx(leaf)).collect();
    roots.dedup();
    roots
}

/// What was found wrong with the file's bytes.
#[derive(Debug, Clone, Default)]
struct Damage(Arc<Mutex<Option<String>>>);

impl Damage {
    fn note(&self, reason: String) -> ParquetError {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(reason.clone());
        ParquetError::General(reason)
    }

    fn failed(&self, segment: &Arc<Segment>, error: &ParquetError) -> Failed {
        match self.0.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(reason) => Failed::Damaged(segment.clone(), reason),
            None => failed(segment, &error.to_string()),
        }
    }
}

struct File {
    objects: Arc<dyn ObjectStore>,
    segment: Arc<Segment>,
    blocks: Option<BlockChecksums>,
    damage: Damage,
}

impl File {
    /// The footer and the page index are not in blocks: they have a checksum of their own.
    async fn check_tail(&mut self) -> Result<(), ParquetError> {
        let Some(checksums) = self.segment.checksums else { return Ok(()) };
        let tail = self.get(vec![checksums.tail_range(self.segment.size_bytes)]).await?;
        tail.iter().try_for_each(|tail| checksums.check_tail(tail)).map_err(|reason| self.damage.note(reason))
    }

    async fn get(&self, ranges: Vec<Range<u64>>) -> Result<Vec<Bytes>, ParquetError> {
        self.objects.get_ranges(&self.segment.path, &ranges).await.map_err(|error| match error {
            object_store::Error::NotFound { .. } => self.damage.note("it is missing".to_owned()),
            error => ParquetError::External(Box::new(error)),
        })
    }

    async fn checked(&self, ranges: &[Range<u64>]) -> Result<Vec<Bytes>, ParquetError> {
        let Some(blocks) = &self.blocks else { return self.get(ranges.to_vec()).await };
        let around = blocks.around(ranges);
        let read = self.get(around.clone()).await?;
        blocks.checked(ranges, &around, &read).map_err(|reason| self.damage.note(reason))
    }
}

impl AsyncFileReader for File {
    fn get_bytes(&mut self, range: Range<u64>) -> BoxFuture<'_, Result<Bytes, ParquetError>> {
        async move { self.checked(&[range]).await.map(|mut read| read.swap_remove(0)) }.boxed()
    }

    fn get_byte_ranges(&mut self, ranges: Vec<Range<u64>>) -> BoxFuture<'_, Result<Vec<Bytes>, ParquetError>> {
        async move { self.checked(&ranges).await }.boxed()
    }

    fn get_metadata<'a>(
        &'a mut self,
        _options: Option<&'a ArrowReaderOptions>,
    ) -> BoxFuture<'a, Result<Arc<ParquetMetaData>, ParquetError>> {
        async move {
            let size = self.segment.size_bytes;
            ParquetMetaDataReader::new().load_and_finish(self, size).await.map(Arc::new)
        }
        .boxed()
    }
}

fn failed(segment: &Segment, what: &str) -> Failed {
    Failed::Error(Error::new(ErrorKind::Data, format!("reading the segment {}: {what}", segment.path)))
}
