//! A table of a snapshot as DataFusion sees it: segments and live rows, one schema, the partition column `day` exposed.
//!
//! Segments are left out by day and time, then by their index; of those that stay the index selects blocks of rows, and DataFusion
//! prunes row groups and pages by statistics and bloom filters. Every filter is applied again to the rows that were read,
//! so the index only has to hold every match. A segment that cannot be read is left out and named; its bytes are checked as
//! they are read. What was written before an attribute was promoted lacks its column, see [`lacking`].

mod access;
mod counts;
mod footers;
mod lacking;
mod prune;
mod split;
mod tally;
mod verified;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, RecordBatch, TimestampMicrosecondArray};
use arrow::datatypes::{DataType, Field, FieldRef, Schema, SchemaRef};
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::memory::MemorySourceConfig;
use datafusion::datasource::physical_plan::parquet::ParquetRowSelection;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::datasource::table_schema::TableSchema;
use datafusion::error::Result;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::empty::EmptyExec;
use datafusion::physical_plan::union::UnionExec;
use datafusion::scalar::ScalarValue;
use futures::StreamExt;
use object_store::path::Path;
use storage::{IndexQuery, Segment};

pub(crate) use access::{index_queries, runs as row_runs};
pub(crate) use counts::CountsFromTallies;
pub(crate) use footers::{Footer, Footers};
use lacking::Lacking;
use split::{Split, TallyTable};
pub(crate) use tally::{Scanned, Tally};
pub(crate) use verified::SegmentReader;
use verified::VerifiedReaders;

use crate::find::{Sieve, Source, blocks_of_index, conform, take_rows};
use crate::tallied::{Micros, Wanted};

/// Files to read by the columns that they lack, and the segment and footer of each.
type Readable = (BTreeMap<Lacking, Vec<PartitionedFile>>, HashMap<Path, (Arc<Segment>, Arc<Footer>)>);

/// How many footers are read at once.
const FOOTERS_CONCURRENT: usize = 16;

/// Where DataFusion finds the store's object store.
pub(crate) fn objects_url() -> ObjectStoreUrl {
    ObjectStoreUrl::parse("alidade://tables").expect("a fixed address is valid")
}

/// One table of one snapshot.
pub(crate) struct SnapshotTable {
    source: Source,
    schema: SchemaRef,
    hint: Option<IndexQuery>,
    /// Where other rows are counted otherwise.
    split: Option<Arc<Split>>,
}

impl std::fmt::Debug for SnapshotTable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SnapshotTable").field("table", &self.source.snapshot.signal.table()).finish_non_exhaustive()
    }
}

impl SnapshotTable {
    /// The table; `hint` is what the index may be asked, beside what the filters say.
    pub(crate) fn new(source: Source, hint: Option<IndexQuery>) -> Self {
        let mut fields = source.snapshot.schema.fields().to_vec();
        fields.push(day_field());
        Self { source, schema: Arc::new(Schema::new(fields)), hint, split: None }
    }

    /// The cells of the segments that can be counted so, and the table without them; `None` where it is a part already, or
    /// is never counted so.
    fn split(&self, wanted: Wanted, filters: Vec<Expr>) -> Option<(TallyTable, Self)> {
        if self.split.is_some() {
            return None;
        }
        let split = Arc::new(Split::new(self.source.clone(), self.schema.clone(), wanted, filters));
        let (source, schema, hint) = (self.source.clone(), self.schema.clone(), self.hint.clone());
        let cells = TallyTable::new(split.clone())?;
        Some((cells, Self { source, schema, hint, split: Some(split) }))
    }

    /// Segments to read, and the stretch of time beside which their rows are wanted: [`Micros::ALL`] for all of them.
    async fn parts(&self, state: &dyn Session) -> Result<Vec<(Micros, Vec<Arc<Segment>>)>> {
        let Some(split) = &self.split else { return Ok(vec![(Micros::ALL, self.source.snapshot.segments.clone())]) };
        let division = split.division(state).await?;
        let mut parts = division.cuts();
        parts.push((Micros::ALL, division.rest.clone()));
        Ok(parts)
    }

    /// The files of segments that can hold rows which the filters let through.
    async fn files(
        &self,
        state: &dyn Session,
        filters: &[Expr],
        segments: &[Arc<Segment>],
        scanned: &mut Scanned,
    ) -> Result<Readable> {
        let snapshot = &self.source.snapshot;
        let segments = prune::by_time(state, snapshot.signal, &self.schema, segments, filters)?;
        let queries = access::index_queries(self.hint.clone(), filters, &snapshot.promoted);
        let mut files = Vec::with_capacity(segments.len());
        for segment in segments {
            match blocks_of_index(&self.source.store, &segment, &queries).await {
                Some(blocks) => {
                    scanned.indexed += 1;
                    if !blocks.is_empty() {
                        files.push((segment.clone(), Some(access::selection(&blocks.ranges(), segment.rows))));
                    }
                }
                None => files.push((segment, None)),
            }
        }
        let (readable, footers) = self.readable(files).await;
        scanned.read += readable.values().map(Vec::len).sum::<usize>();
        Ok((readable, footers))
    }

    /// The live rows that the filters let through, in as many parts as can be read at once: what nobody wants is neither
    /// copied nor carried through the plan.
    async fn live(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
    ) -> Result<Vec<Vec<RecordBatch>>> {
        let all: Vec<usize> = (0..self.schema.fields().len()).collect();
        let projection = projection.unwrap_or(&all);
        let projected: SchemaRef = Arc::new(self.schema.project(projection)?);
        let set = &self.source.snapshot.promoted;
        let day = self.schema.fields().len() - 1;
        let filters = filters.iter().cloned().map(prune::strip_qualifiers).collect::<Result<Vec<_>>>()?;
        let sieve = Sieve::new(state, &self.schema, set, &filters)?;
        let wants_day = sieve.wants(storage::schema::DAY) || projection.contains(&day);
        let mut parts = vec![Vec::new(); state.config().target_partitions().max(1)];
        let mut kept = 0;
        for batch in self.source.snapshot.live.iter().filter(|batch| batch.num_rows() > 0) {
            let dated = if wants_day { Some(self.add_day(batch)?) } else { None };
            let batch = dated.as_ref().unwrap_or(batch);
            // Where a filter fails (a division by zero) the plan fails as well, unless another filter comes before it.
            let rows = sieve.rows(batch, None).unwrap_or(None);
            if rows.as_ref().is_none_or(|rows| !rows.is_empty()) {
                let columns = conform(batch, &projected, set)?;
                let columns = match rows {
                    Some(rows) => take_rows(&columns, &rows)?,
                    None => columns,
                };
                kept += columns.num_rows();
                let smallest =
                    parts.iter_mut().min_by_key(|part| part.iter().map(RecordBatch::num_rows).sum::<usize>());
                smallest.expect("there is a part").push(columns);
            }
            self.source.tally.looked_at(batch.num_rows());
            // A question that was given up ends here.
            tokio::task::yield_now().await;
        }
        self.source.tally.counted_twice(kept);
        parts.retain(|part| !part.is_empty());
        Ok(parts)
    }

    /// Live rows know their time; the day is what a file's folder would say.
    fn add_day(&self, batch: &RecordBatch) -> Result<RecordBatch> {
        const MICROS_PER_DAY: i64 = 86_400_000_000;
        let time = storage::schema::time_column(self.source.snapshot.signal);
        let times = batch.column(batch.schema().index_of(time)?);
        let times: &TimestampMicrosecondArray = datafusion::common::cast::as_timestamp_microsecond_array(times)?;
        let days: Date32Array =
            times.iter().map(|time| Some(time.unwrap_or(0).div_euclid(MICROS_PER_DAY) as i32)).collect();
        let mut columns: Vec<ArrayRef> = batch.columns().to_vec();
        columns.push(Arc::new(days));
        let batch_schema = batch.schema();
        let fields = batch_schema.fields().iter().cloned().chain([day_field()]);
        Ok(RecordBatch::try_new(Arc::new(Schema::new(fields.collect::<Vec<_>>())), columns)?)
    }

    /// The files whose footer can be read; the others are named in the tally.
    async fn readable(&self, files: Vec<(Arc<Segment>, Option<ParquetRowSelection>)>) -> Readable {
        let Source { store, footers, tally, snapshot, .. } = &self.source;
        let found: Vec<_> = futures::stream::iter(files)
            .map(|(segment, selection)| async move {
                match footers.open(store, &segment).await {
                    Ok(footer) => {
                        let columns = footer.metadata.schema().fields().iter().map(|field| field.name().as_str());
                        let lacking = Lacking::of(&self.schema, &snapshot.promoted, columns);
                        Some((lacking, partitioned_file(&segment, selection), segment, footer))
                    }
                    Err(reason) => {
                        tally.missing(segment.path.as_ref(), &reason);
                        None
                    }
                }
            })
            .buffered(FOOTERS_CONCURRENT)
            .filter_map(std::future::ready)
            .collect()
            .await;
        let (mut files, mut opened) = (Vec::with_capacity(found.len()), HashMap::new());
        for (lacking, file, segment, footer) in found {
            if footer.blocks.is_none() {
                tally.unchecked(segment.clone());
            }
            opened.insert(segment.path.clone(), (segment, footer));
            files.push((lacking, file));
        }
        (lacking::groups(files), opened)
    }

    /// Reads files of one schema.
    fn parquet(
        &self,
        state: &dyn Session,
        lacking: &Lacking,
        files: &[PartitionedFile],
        opened: HashMap<Path, (Arc<Segment>, Arc<Footer>)>,
        projection: Option<&Vec<usize>>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let schema = lacking.schema(&self.source.snapshot.schema);
        let table_schema = TableSchema::builder(schema).with_table_partition_cols(vec![day_field()]).build();
        let Source { store, tally, .. } = &self.source;
        let factory = VerifiedReaders { store: store.clone(), files: opened, tally: tally.clone() };
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
        let (table, set) = (&self.schema, &self.source.snapshot.promoted);
        let mut scanned = Scanned {
            segments: self.source.snapshot.segments.len(),
            live_rows: self.source.snapshot.live.iter().map(RecordBatch::num_rows).sum(),
            ..Scanned::default()
        };
        let mut parts: Vec<Arc<dyn ExecutionPlan>> = Vec::new();
        for (times, segments) in self.parts(state).await? {
            let (files, opened) = self.files(state, filters, &segments, &mut scanned).await?;
            for (lacking, files) in &files {
                let read = |columns: Option<&Vec<usize>>| self.parquet(state, lacking, files, opened.clone(), columns);
                let plan = |columns: Option<&Vec<usize>>| lacking.plan(state, table, set, columns, read);
                parts.push(split::beside(state, table, self.source.snapshot.signal, times, projection, plan)?);
            }
        }
        self.source.tally.scanned(self.source.snapshot.signal, scanned);
        let schema = match projection {
            Some(columns) => Arc::new(self.schema.project(columns)?),
            None => self.schema.clone(),
        };
        let live = self.live(state, projection, filters).await?;
        if !live.is_empty() {
            parts.push(MemorySourceConfig::try_new_exec(&live, schema.clone(), None)?);
        }
        match parts.len() {
            0 => Ok(Arc::new(EmptyExec::new(schema))),
            1 => Ok(parts.remove(0)),
            _ => UnionExec::try_new(parts),
        }
    }
}

fn partitioned_file(segment: &Segment, selection: Option<ParquetRowSelection>) -> PartitionedFile {
    let file = PartitionedFile::new_from_meta(footers::object_meta(segment))
        .with_partition_values(vec![ScalarValue::Date32(Some(segment.day))]);
    match selection {
        Some(selection) => file.with_extension(selection),
        None => file,
    }
}

fn day_field() -> FieldRef {
    Arc::new(Field::new(storage::schema::DAY, DataType::Date32, false))
}

#[cfg(test)]
mod tests;
