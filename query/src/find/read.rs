//! Reads pieces: several at once, each on a task of its own, without order between them.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use datafusion::error::DataFusionError;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowPredicate, ArrowPredicateFn, RowFilter};
use parquet::arrow::async_reader::ParquetRecordBatchStreamBuilder;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::side_by_side::{self, SideBySide};
use super::{File, Piece, Place, Sieve, Source, conform, conform_of, take_rows};
use crate::error::{Error, ErrorKind};
use crate::scan::{SegmentReader, row_runs};

/// Rows of a batch that is read from a file.
const BATCH_ROWS: usize = 8_192;

/// Batches of rows as they are read. Dropped, it stops reading.
pub(crate) struct Rows {
    batches: mpsc::Receiver<Result<RecordBatch, Error>>,
    workers: JoinSet<()>,
}

impl Rows {
    /// The next rows; `None` at the end.
    pub(crate) async fn next(&mut self) -> Option<Result<RecordBatch, Error>> {
        if let Some(batch) = self.batches.recv().await {
            return Some(batch);
        }
        while let Some(ended) = self.workers.join_next().await {
            if let Err(error) = ended {
                tracing::error!(%error, "a reader of rows panicked");
                let message = "reading rows ended early, which is a mistake of Alidade; the log says more";
                return Some(Err(Error::new(ErrorKind::Internal, message)));
            }
        }
        None
    }

    /// Reads to the end.
    pub(crate) async fn each(mut self, mut take: impl FnMut(&RecordBatch) -> Result<(), Error>) -> Result<(), Error> {
        while let Some(batch) = self.next().await {
            take(&batch?)?;
        }
        Ok(())
    }
}

/// The parts of one row group, or a live batch.
enum Task {
    Live(RecordBatch),
    Group { file: Arc<File>, group: usize, rows: Vec<Range<u64>> },
}

/// What all tasks of a reading share.
struct Reading {
    source: Source,
    sieves: Vec<Arc<Sieve>>,
    columns: SchemaRef,
    /// In how many parts the columns of a row group are read side by side.
    parts: usize,
}

/// These columns of the rows that all sieves let through.
pub(super) fn rows(source: &Source, sieves: Vec<Arc<Sieve>>, pieces: Vec<Piece>, columns: &SchemaRef) -> Rows {
    let tasks = tasks(pieces);
    let threads = source.threads.clamp(1, tasks.len().max(1));
    let parts = source.threads / threads;
    let (sender, batches) = mpsc::channel(threads * 2);
    let reading = Arc::new(Reading { source: source.clone(), sieves, columns: columns.clone(), parts });
    let queue = Arc::new(Mutex::new(tasks.into_iter()));
    let mut workers = JoinSet::new();
    for _ in 0..threads {
        let (reading, queue, sender) = (reading.clone(), queue.clone(), sender.clone());
        workers.spawn(async move {
            loop {
                let task = queue.lock().unwrap_or_else(PoisonError::into_inner).next();
                let Some(task) = task else { return };
                if let Err(error) = reading.run(task, &sender).await {
                    // Whoever does not listen any more has had enough.
                    let _ = sender.send(Err(error)).await;
                    return;
                }
            }
        });
    }
    Rows { batches, workers }
}

/// Pieces of one row group are read together.
fn tasks(pieces: Vec<Piece>) -> Vec<Task> {
    let mut tasks = Vec::new();
    let mut groups: BTreeMap<(usize, usize), Task> = BTreeMap::new();
    for piece in pieces {
        match piece.place {
            Place::Live(batch) => tasks.push(Task::Live(batch)),
            Place::File { file, group, rows } => {
                let key = (Arc::as_ptr(&file) as usize, group);
                let empty = || Task::Group { file, group, rows: Vec::new() };
                if let Task::Group { rows: all, .. } = groups.entry(key).or_insert_with(empty) {
                    all.push(rows);
                }
            }
        }
    }
    tasks.extend(groups.into_values());
    tasks
}

impl Reading {
    async fn run(&self, task: Task, sender: &mpsc::Sender<Result<RecordBatch, Error>>) -> Result<(), Error> {
        match task {
            Task::Live(batch) => {
                if let Some(rows) = self.of_live(&batch)? {
                    let _ = sender.send(Ok(rows)).await;
                }
                Ok(())
            }
            Task::Group { file, group, rows } => self.of_group(&file, group, rows, sender).await,
        }
    }

    fn of_live(&self, batch: &RecordBatch) -> Result<Option<RecordBatch>, Error> {
        self.source.tally.looked_at(batch.num_rows());
        let mut left = None;
        for sieve in &self.sieves {
            left = sieve.rows(batch, left)?;
        }
        let columns = conform(batch, &self.columns, &self.source.snapshot.promoted)?;
        Ok(match left {
            Some(rows) if rows.is_empty() => None,
            Some(rows) => Some(take_rows(&columns, &rows)?),
            None => Some(columns),
        })
    }

    async fn of_group(
        &self,
        file: &File,
        group: usize,
        mut rows: Vec<Range<u64>>,
        sender: &mpsc::Sender<Result<RecordBatch, Error>>,
    ) -> Result<(), Error> {
        let metadata = &file.footer.metadata;
        let begin: i64 = metadata.metadata().row_groups()[..group].iter().map(|group| group.num_rows()).sum();
        let count = metadata.metadata().row_group(group).num_rows();
        rows.sort_unstable_by_key(|range| range.start);
        let selection = row_runs(&rows, begin.unsigned_abs()..(begin + count).unsigned_abs());
        let empty = file.footer.empty_columns(group);
        let roots = self.roots(file, &empty, self.columns.fields().iter().map(|field| field.name().as_str()));
        let parts = side_by_side::parts(roots, self.parts).into_iter().enumerate();
        let parts = parts.map(|(number, roots)| {
            let (store, tally) = (self.source.store.clone(), self.source.tally.clone());
            let reader = SegmentReader::new(store, file.segment.clone(), file.footer.clone(), tally);
            ParquetRecordBatchStreamBuilder::new_with_metadata(reader, metadata.clone())
                .with_batch_size(BATCH_ROWS)
                .with_row_groups(vec![group])
                .with_row_selection(selection.clone())
                .with_projection(ProjectionMask::roots(metadata.parquet_schema(), roots))
                .with_row_filter(RowFilter::new(self.predicates(file, &empty, number == 0)))
                .build()
        });
        let parts = parts.collect::<Result<Vec<_>, _>>().map_err(|error| Error::from(DataFusionError::from(error)))?;
        let is_sieved = self.sieves.iter().any(|sieve| !sieve.stages(file.is_in_columns).is_empty());
        let mut batches = SideBySide::new(parts);
        while let Some(batch) = batches.next(file).await {
            let batch = batch.map_err(|error| Error::from(DataFusionError::from(error)))?;
            if !is_sieved {
                self.source.tally.looked_at(batch.num_rows());
            }
            if batch.num_rows() > 0 {
                let rows = conform_of(&batch, metadata.schema(), &self.columns, &self.source.snapshot.promoted)?;
                if sender.send(Ok(rows)).await.is_err() {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// The conditions one after the other; the first one counts the rows, where they are to be counted.
    fn predicates(&self, file: &File, empty: &HashSet<usize>, are_counted: bool) -> Vec<Box<dyn ArrowPredicate>> {
        let mut predicates: Vec<Box<dyn ArrowPredicate>> = Vec::new();
        for sieve in &self.sieves {
            let in_columns = file.is_in_columns;
            for number in 0..sieve.stages(in_columns).len() {
                let names = sieve.stages(in_columns)[number].schema.fields().iter().map(|field| field.name().as_str());
                let (roots, sieve, is_first) = (self.roots(file, empty, names), sieve.clone(), predicates.is_empty());
                let mask = ProjectionMask::roots(file.footer.metadata.parquet_schema(), roots);
                let (tally, set) = (self.source.tally.clone(), self.source.snapshot.promoted.clone());
                let file_schema = file.footer.metadata.schema().clone();
                let holds = move |batch: RecordBatch| {
                    if is_first && are_counted {
                        tally.looked_at(batch.num_rows());
                    }
                    let stage = &sieve.stages(in_columns)[number];
                    let columns = conform_of(&batch, &file_schema, &stage.schema, &set);
                    let holds = columns.and_then(|columns| stage.holds(&columns));
                    holds.map_err(|error| ArrowError::ExternalError(Box::new(error)))
                };
                predicates.push(Box::new(ArrowPredicateFn::new(mask, holds)));
            }
        }
        predicates
    }

    /// These columns but for the ones that are empty in the row group, and the maps of those that the file lacks; at least
    /// one, so that rows are counted.
    fn roots<'a>(&self, file: &File, empty: &HashSet<usize>, names: impl Iterator<Item = &'a str>) -> Vec<usize> {
        let schema = file.footer.metadata.schema();
        let set = &self.source.snapshot.promoted;
        let of_name = |name: &str| match schema.index_of(name) {
            Ok(root) => Some(root),
            Err(_) => schema.index_of(set.by_column(name)?.place.map()).ok(),
        };
        let roots = names.filter_map(of_name);
        let mut roots: Vec<usize> = roots.filter(|root| !empty.contains(root)).collect();
        if roots.is_empty() {
            let time = storage::schema::time_column(self.source.snapshot.signal);
            roots.push(schema.index_of(time).unwrap_or(0));
        }
        roots.sort_unstable();
        roots.dedup();
        roots
    }
}
