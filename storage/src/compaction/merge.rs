//! Merges sorted rows of several segments into one order.

use arrow::array::{ArrayRef, BooleanArray, RecordBatch};
use arrow::compute::filter_record_batch;
use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use arrow::row::{RowConverter, Rows as Keys, SortField};
use futures::StreamExt;

use super::Failed;
use super::read::Rows;
use crate::error::{Error, ErrorKind};
use crate::interleave::interleave_rows;
use crate::row::Signal;
use crate::segment_writer::sort_columns;

/// Rows of one answer.
const CHUNK_ROWS: usize = 8192;

/// The rows of all runs in the order of the table's segments. Of equal rows those of the earlier run come first.
pub(crate) struct Merge {
    signal: Signal,
    converter: RowConverter,
    runs: Vec<Run>,
    /// The runs that have rows, the one with the least next row last.
    order: Vec<usize>,
    /// The batches that `picked` speaks of.
    slots: Vec<RecordBatch>,
    /// Slot and row.
    picked: Vec<(usize, usize)>,
    /// The rows to keep, where not all are.
    keep: Option<Keep>,
}

/// Says of each row of a batch whether it stays.
pub(crate) type Keep = Box<dyn Fn(&RecordBatch) -> BooleanArray + Send>;

struct Run {
    rows: Rows,
    keys: Keys,
    slot: usize,
    at: usize,
}

impl Merge {
    /// Reads the first rows of each run.
    pub(crate) async fn new(
        signal: Signal,
        schema: &SchemaRef,
        inputs: Vec<Rows>,
        keep: Option<Keep>,
    ) -> Result<Self, Failed> {
        // `SortField` is ascending, nulls first, as segments are.
        let fields = sort_columns(signal).iter().map(|name| {
            let field = schema.field_with_name(name).expect("the schema has its sort columns");
            SortField::new(field.data_type().clone())
        });
        let converter = RowConverter::new(fields.collect()).map_err(failed)?;
        let mut merge = Self {
            signal,
            converter,
            runs: Vec::with_capacity(inputs.len()),
            order: Vec::new(),
            slots: Vec::new(),
            picked: Vec::with_capacity(CHUNK_ROWS),
            keep,
        };
        for mut rows in inputs {
            if let Some(batch) = next_rows(&mut rows).await? {
                let keys = merge.keys(&batch)?;
                merge.runs.push(Run { rows, keys, slot: merge.slots.len(), at: 0 });
                merge.slots.push(batch);
            }
        }
        for run in 0..merge.runs.len() {
            merge.enter(run);
        }
        Ok(merge)
    }

    /// The next rows; `None` at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<RecordBatch>, Failed> {
        loop {
            while self.picked.len() < CHUNK_ROWS {
                let Some(run) = self.order.pop() else { break };
                self.pick(run);
                if self.runs[run].at < self.runs[run].keys.num_rows() {
                    self.enter(run);
                } else if let Some(batch) = next_rows(&mut self.runs[run].rows).await? {
                    let keys = self.keys(&batch)?;
                    let Run { keys: old, slot, at, .. } = &mut self.runs[run];
                    (*old, *slot, *at) = (keys, self.slots.len(), 0);
                    self.slots.push(batch);
                    self.enter(run);
                }
            }
            if self.picked.is_empty() {
                return Ok(None);
            }
            let chunk = self.chunk()?;
            if chunk.num_rows() > 0 {
                return Ok(Some(chunk));
            }
        }
    }

    /// Picks rows of this run as long as they come before those of all others.
    fn pick(&mut self, run: usize) {
        let next = self.order.last().map(|other| (self.runs[*other].keys.row(self.runs[*other].at), *other));
        let Run { keys, slot, at, .. } = &self.runs[run];
        let (slot, mut at) = (*slot, *at);
        while at < keys.num_rows() && self.picked.len() < CHUNK_ROWS {
            if next.is_some_and(|next| (keys.row(at), run) > next) {
                break;
            }
            self.picked.push((slot, at));
            at += 1;
        }
        self.runs[run].at = at;
    }

    /// Puts a run in its place among the others.
    fn enter(&mut self, run: usize) {
        let next = |run: &usize| (self.runs[*run].keys.row(self.runs[*run].at), *run);
        let this = next(&run);
        let place = self.order.partition_point(|other| next(other) > this);
        self.order.insert(place, run);
    }

    /// The rows that were picked; then only the batches that are still read are kept.
    fn chunk(&mut self) -> Result<RecordBatch, Failed> {
        let mut chunk = interleave_rows(&self.slots, &self.picked).map_err(failed)?;
        if let Some(keep) = &self.keep {
            chunk = filter_record_batch(&chunk, &keep(&chunk)).map_err(failed)?;
        }
        self.picked.clear();
        let mut slots = Vec::with_capacity(self.order.len());
        for run in &self.order {
            let run = &mut self.runs[*run];
            slots.push(self.slots[run.slot].clone());
            run.slot = slots.len() - 1;
        }
        self.slots = slots;
        Ok(chunk)
    }

    fn keys(&self, batch: &RecordBatch) -> Result<Keys, Failed> {
        let columns: Vec<ArrayRef> = sort_columns(self.signal)
            .iter()
            .map(|name| batch.column_by_name(name).expect("the schema has its sort columns").clone())
            .collect();
        self.converter.convert_columns(&columns).map_err(failed)
    }
}

async fn next_rows(rows: &mut Rows) -> Result<Option<RecordBatch>, Failed> {
    while let Some(batch) = rows.next().await {
        let batch = batch?;
        if batch.num_rows() > 0 {
            return Ok(Some(batch));
        }
    }
    Ok(None)
}

#[expect(clippy::needless_pass_by_value, reason = "it is what map_err hands over")]
fn failed(error: ArrowError) -> Failed {
    Failed::Error(Error::new(ErrorKind::Internal, format!("merging segments: {error}")))
}
