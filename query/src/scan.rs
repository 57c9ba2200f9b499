//! A table of a snapshot as DataFusion sees it: segments and live rows, one schema, the partition column `day` exposed.
//!
//! Segments are left out by day and time, then by their index; of those that stay the index selects blocks of rows, and DataFusion
//! prunes row groups and pages by statistics and bloom filters. Every filter is applied again to the rows that were read,
//! so the index only has to hold every match. A segment that cannot be read is left out and named; its bytes are checked as
//! they are read. What was written before an attribute was promoted lacks its column, see [`lacking`].

mod access;
mod lacking;
mod prune;
mod tally;
mod verified;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, RecordBatch, TimestampMicrosecondArray};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::memory::MemorySourceConfig;
use datafusion::datasource::physical_plan::parquet::metadata::DFParquetMetadata;
use datafusion::datasource::physical_plan::parquet::{CachedParquetFileReaderFactory, ParquetRowSelection};
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::datasource::table_schema::TableSchema;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::cache::cache_manager::FileMetadataCache;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::empty::EmptyExec;
use datafusion::physical_plan::union::UnionExec;
use datafusion::scalar::ScalarValue;
use futures::StreamExt;
use object_store::ObjectMeta;
use object_store::path::Path;
use parquet::file::metadata::ParquetMetaData;
use storage::{BlockChecksums, Blocks, IndexQuery, Segment, Snapshot, Store};

use lacking::Lacking;
pub(crate) use tally::{Scanned, Tally};
use verified::{Checked, VerifiedReaders};

/// Files to read by the columns that they lack, and the checksums of those that have some.
type Readable = (BTreeMap<Lacking, Vec<PartitionedFile>>, HashMap<Path, Checked>);

/// How many footers are read at once.
const FOOTERS_CONCURRENT: usize = 16;

/// Where DataFusion finds the store's object store.
pub(crate) fn objects_url() -> ObjectStoreUrl {
    ObjectStoreUrl::parse("alidade://tables").expect("a fixed address is valid")
}

/// One table of one snapshot.
pub(crate) struct SnapshotTable {
    store: Arc<Store>,
    snapshot: Arc<Snapshot>,
    schema: SchemaRef,
    live: BTreeMap<Lacking, Vec<RecordBatch>>,
    hint: Option<IndexQuery>,
    tally: Arc<Tally>,
}

impl std::fmt::Debug for SnapshotTable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SnapshotTable").field("table", &self.snapshot.signal.table()).finish_non_exhaustive()
    }
}

impl SnapshotTable {
    /// The table; `hint` is what the index may be asked, beside what the filters say.
    pub(crate) fn new(
        store: Arc<Store>,
        snapshot: Arc<Snapshot>,
        hint: Option<IndexQuery>,
        tally: Arc<Tally>,
    ) -> Result<Self> {
        let mut fields = snapshot.schema.fields().to_vec();
        fields.push(day_field());
        let schema: SchemaRef = Arc::new(Schema::new(fields));
        let time_column = storage::schema::time_column(snapshot.signal);
        let with_day = |batch: &RecordBatch| {
            let batch_schema = batch.schema();
            let columns = batch_schema.fields().iter().map(|field| field.name().as_str());
            let lacking = Lacking::of(&schema, &snapshot.promoted, columns);
            let batch = add_day(batch, time_column, &lacking.schema(&schema))?;
            Ok((lacking, batch))
        };
        let live = snapshot.live.iter().filter(|batch| batch.num_rows() > 0).map(with_day);
        let live = lacking::groups(live.collect::<Result<Vec<_>>>()?);
        Ok(Self { store, snapshot, schema, live, hint, tally })
    }

    async fn files(&self, state: &dyn Session, filters: &[Expr]) -> Result<Readable> {
        let segments = prune::by_time(state, self.snapshot.signal, &self.schema, &self.snapshot.segments, filters)?;
        let queries = access::index_queries(self.hint.clone(), filters, &self.snapshot.promoted);
        let mut files = Vec::with_capacity(segments.len());
        let mut indexed = 0;
        for segment in segments {
            match self.blocks_of_index(&segment, &queries).await {
                Some(blocks) => {
                    indexed += 1;
                    if !blocks.is_empty() {
                        files.push((segment.clone(), Some(access::selection(&blocks.ranges(), segment.rows))));
                    }
                }
                None => files.push((segment, None)),
            }
        }
        let (readable, checked) = self.readable(state, files).await;
        self.tally.scanned(
            self.snapshot.signal,
            Scanned {
                segments: self.snapshot.segments.len(),
                read: readable.values().map(Vec::len).sum(),
                indexed,
                live_rows: self.live.values().flatten().map(RecordBatch::num_rows).sum(),
            },
        );
        Ok((readable, checked))
    }

    /// The blocks that the segment's index names; `None` where the segment has to be scanned.
    async fn blocks_of_index(&self, segment: &Segment, queries: &[IndexQuery]) -> Option<Blocks> {
        if queries.is_empty() || segment.sidecar.is_none() {
            return None;
        }
        let searched = match self.store.index(segment).await {
            Ok(None) => return None,
            Ok(Some(index)) => {
                let answerable: Vec<IndexQuery> =
                    queries.iter().filter(|query| index.can_answer(query)).cloned().collect();
                if answerable.is_empty() {
                    return None;
                }
                index.search(&IndexQuery::All(answerable))
            }
            Err(error) => Err(error),
        };
        searched
            .inspect_err(
                |error| tracing::warn!(segment = segment.id, %error, "an index cannot be read; its segment is scanned"),
            )
            .ok()
    }

    /// The files whose footer can be read, and their checksums; the others are named in the tally.
    async fn readable(&self, state: &dyn Session, files: Vec<(Arc<Segment>, Option<ParquetRowSelection>)>) -> Readable {
        let cache = state.runtime_env().cache_manager.get_file_metadata_cache();
        let found: Vec<_> = futures::stream::iter(files)
            .map(|(segment, selection)| {
                let cache = cache.clone();
                async move {
                    let meta = object_meta(&segment);
                    match check_file(&self.store, cache, &segment, &meta).await {
                        Ok(footer) => {
                            let columns = footer.file_metadata().schema_descr().root_schema().get_fields().iter();
                            let columns = columns.map(|column| column.name());
                            let lacking = Lacking::of(&self.schema, &self.snapshot.promoted, columns);
                            let blocks = BlockChecksums::in_footer(&footer);
                            Some((lacking, partitioned_file(meta, segment.day, selection), segment, blocks))
                        }
                        Err(reason) => {
                            self.tally.missing(segment.path.as_ref(), &reason);
                            None
                        }
                    }
                }
            })
            .buffered(FOOTERS_CONCURRENT)
            .filter_map(std::future::ready)
            .collect()
            .await;
        let (mut files, mut checked) = (Vec::with_capacity(found.len()), HashMap::new());
        for (lacking, file, segment, blocks) in found {
            match blocks {
                Some(blocks) => {
                    checked.insert(segment.path.clone(), Checked { segment, blocks: Arc::new(blocks) });
                }
                None => self.tally.unchecked(segment),
            }
            files.push((lacking, file));
        }
        (lacking::groups(files), checked)
    }

    /// Reads files of one schema.
    fn parquet(
        &self,
        state: &dyn Session,
        lacking: &Lacking,
        files: &[PartitionedFile],
        checked: HashMap<Path, Checked>,
        projection: Option<&Vec<usize>>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let schema = lacking.schema(&self.snapshot.schema);
        let table_schema = TableSchema::builder(schema).with_table_partition_cols(vec![day_field()]).build();
        let cache = state.runtime_env().cache_manager.get_file_metadata_cache();
        let inner = CachedParquetFileReaderFactory::new(self.store.object_store(), cache);
        let factory = VerifiedReaders { inner, store: self.store.clone(), checked };
        let source = ParquetSource::new(table_schema)
            .with_table_parquet_options(state.table_options().parquet.clone())
            .with_parquet_file_reader_factory(Arc::new(factory))
            .with_pushdown_filters(true);
        let partitions = state.config().target_partitions().max(1);
        let group_size = files.len().div_ceil(partitions).max(1);
        let groups = files.chunks(group_size).map(|group| FileGroup::new(group.to_vec())).collect();
        let config = FileScanConfigBuilder::new(objects_url(), Arc::new(source))
            .with_file_groups(groups)
            .with_projection_indices(projection.cloned())?
            .build();
        Ok(DataSourceExec::from_data_source(config))
    }
}

#[async_trait]
impl TableProvider for SnapshotTable {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        Ok(vec![TableProviderFilterPushDown::Inexact; filters.len()])
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        _limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let (files, checked) = self.files(state, filters).await?;
        let (table, set) = (&self.schema, &self.snapshot.promoted);
        let mut parts: Vec<Arc<dyn ExecutionPlan>> = Vec::new();
        for (lacking, files) in &files {
            let read = |columns: Option<&Vec<usize>>| self.parquet(state, lacking, files, checked.clone(), columns);
            parts.push(lacking.plan(state, table, set, projection, read)?);
        }
        for (lacking, live) in &self.live {
            let read = |columns: Option<&Vec<usize>>| -> Result<Arc<dyn ExecutionPlan>> {
                let (live, schema) = (std::slice::from_ref(live), lacking.schema(table));
                Ok(MemorySourceConfig::try_new_exec(live, schema, columns.cloned())?)
            };
            parts.push(lacking.plan(state, table, set, projection, read)?);
        }
        match parts.len() {
            0 => {
                let schema = match projection {
                    Some(columns) => Arc::new(self.schema.project(columns)?),
                    None => self.schema.clone(),
                };
                Ok(Arc::new(EmptyExec::new(schema)))
            }
            1 => Ok(parts.remove(0)),
            _ => UnionExec::try_new(parts),
        }
    }
}

/// The footer, where the file is there and whole; otherwise why not. It may be known from before.
async fn check_file(
    store: &Store,
    cache: Arc<FileMetadataCache>,
    segment: &Segment,
    meta: &ObjectMeta,
) -> Result<Arc<ParquetMetaData>, String> {
    store.check_segment(segment).await?;
    let objects = store.object_store();
    let footer = DFParquetMetadata::new(objects.as_ref(), meta).with_file_metadata_cache(Some(cache));
    match footer.fetch_metadata().await {
        Ok(footer) => Ok(footer),
        Err(error) => {
            let reason = error.strip_backtrace();
            if matches!(error.find_root(), DataFusionError::ParquetError(_)) {
                store.report_segment(segment, &reason);
            }
            Err(reason)
        }
    }
}

fn object_meta(segment: &Segment) -> ObjectMeta {
    ObjectMeta {
        location: segment.path.clone(),
        // Segments are immutable and their names are never used again, so any fixed time will do.
        last_modified: chrono::DateTime::UNIX_EPOCH,
        size: segment.size_bytes,
        e_tag: None,
        version: None,
    }
}

fn partitioned_file(meta: ObjectMeta, day: i32, selection: Option<ParquetRowSelection>) -> PartitionedFile {
    let file = PartitionedFile::new_from_meta(meta).with_partition_values(vec![ScalarValue::Date32(Some(day))]);
    match selection {
        Some(selection) => file.with_extension(selection),
        None => file,
    }
}

fn day_field() -> Arc<Field> {
    Arc::new(Field::new(storage::schema::DAY, DataType::Date32, false))
}

/// Live rows know their time; the day is what a file's folder would say.
fn add_day(batch: &RecordBatch, time_column: &str, schema: &SchemaRef) -> Result<RecordBatch> {
    const MICROS_PER_DAY: i64 = 86_400_000_000;
    let times = batch.column(batch.schema().index_of(time_column)?);
    let times: &TimestampMicrosecondArray = datafusion::common::cast::as_timestamp_microsecond_array(times)?;
    let days: Date32Array =
        times.iter().map(|time| Some(time.unwrap_or(0).div_euclid(MICROS_PER_DAY) as i32)).collect();
    let mut columns: Vec<ArrayRef> = batch.columns().to_vec();
    columns.push(Arc::new(days));
    Ok(RecordBatch::try_new(schema.clone(), columns)?)
}

#[cfg(test)]
mod tests;
