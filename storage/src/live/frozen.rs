//! Frozen batches and how they are merged.

use std::sync::Arc;

use arrow::array::UInt32Array;
use arrow::compute::{concat_batches, take_record_batch};
use arrow::record_batch::RecordBatch;

use super::Sequences;
use super::stored::Stored;
use crate::columns;
use crate::error::{Error, ErrorKind};
use crate::promoted::PromotedSet;
use crate::row::Signal;

/// A batch that queries see, and the memory it takes.
#[derive(Debug, Clone)]
pub(super) struct Frozen {
    pub(super) batch: RecordBatch,
    pub(super) bytes: usize,
    /// Of its rows, and of records before them that have none.
    pub(super) sequences: Sequences,
}

impl Frozen {
    pub(super) fn new(batch: RecordBatch, sequences: Sequences) -> Self {
        let bytes = batch.get_array_memory_size();
        Self { batch, bytes, sequences }
    }
}

/// The columns of rows.
pub(super) fn columns(
    signal: Signal,
    rows: &Stored,
    set: &Arc<PromotedSet>,
    rows_max: usize,
) -> Result<Vec<Frozen>, Error> {
    // Without a batch there are sequences of records that were stepped over, and no rows.
    let Some(all) = rows.sequences.filter(|_| !rows.is_empty()) else { return Ok(Vec::new()) };
    let mut left = rows.clone();
    let mut pieces = Vec::new();
    while !left.is_empty() {
        let run = left.take_oldest(rows_max, usize::MAX);
        let batch = columns::record_batch(signal, &run.batches, set)?;
        pieces.extend(in_pieces(batch, run.sequences.unwrap_or(all), rows_max));
    }
    Ok(pieces)
}

/// The rows in batches of at most so many, which share no memory: whoever measures one does not measure them all.
pub(super) fn in_pieces(batch: RecordBatch, sequences: Sequences, rows_max: usize) -> Vec<Frozen> {
    let (rows, rows_max) = (batch.num_rows(), rows_max.max(1));
    if rows <= rows_max {
        return vec![Frozen::new(batch, sequences)];
    }
    let piece = |from: usize| {
        let rows = UInt32Array::from_iter_values((from..(from + rows_max).min(rows)).map(|row| row as u32));
        let copied = take_record_batch(&batch, &rows).expect("the rows are there");
        Frozen::new(copied, sequences)
    };
    (0..rows).step_by(rows_max).map(piece).collect()
}

/// Adds a batch and merges it with its neighbours while they are not much larger: each row is copied a logarithmic
/// number of times, and a table has few batches however often it is frozen. A neighbour with other columns, of the time
/// before an attribute was promoted, stays for itself.
pub(super) fn push_merged(frozen: &mut Vec<Frozen>, newest: Frozen, rows_max: usize) -> Result<(), Error> {
    let mut rows = newest.batch.num_rows();
    let mut from = frozen.len();
    while let Some(position) = from.checked_sub(1) {
        let (neighbour, schema) = (frozen[position].batch.num_rows(), frozen[position].batch.schema_ref());
        if neighbour > 2 * rows || neighbour + rows > rows_max || schema != newest.batch.schema_ref() {
            break;
        }
        rows += neighbour;
        from -= 1;
    }
    if from == frozen.len() {
        frozen.push(newest);
        return Ok(());
    }
    let schema = newest.batch.schema();
    let merged = concat_batches(&schema, frozen[from..].iter().map(|frozen| &frozen.batch).chain([&newest.batch]))
        .map_err(|error| Error::new(ErrorKind::Internal, format!("merging frozen batches: {error}")))?;
    let sequences = frozen.drain(from..).fold(newest.sequences, |all, frozen| all.and(Some(frozen.sequences)));
    frozen.push(Frozen::new(merged, sequences));
    Ok(())
}
