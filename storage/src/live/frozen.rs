//! Frozen batches and how they are merged.

use arrow::compute::concat_batches;
use arrow::record_batch::RecordBatch;

use super::Sequences;
use crate::error::{Error, ErrorKind};

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

/// Adds a batch and merges it with its neighbours while they are not much larger: each row is copied a logarithmic
/// number of times, and a table has few batches however often it is frozen. A neighbour with other columns, of the time
/// before an attribute was promoted, stays for itself.
pub(super) fn push_merged(
    frozen: &mut Vec<Frozen>,
    batch: RecordBatch,
    sequences: Sequences,
    rows_max: usize,
) -> Result<(), Error> {
    let mut rows = batch.num_rows();
    let mut from = frozen.len();
    while let Some(position) = from.checked_sub(1) {
        let (neighbour, schema) = (frozen[position].batch.num_rows(), frozen[position].batch.schema_ref());
        if neighbour > 2 * rows || neighbour + rows > rows_max || schema != batch.schema_ref() {
            break;
        }
        rows += neighbour;
        from -= 1;
    }
    if from == frozen.len() {
        frozen.push(Frozen::new(batch, sequences));
        return Ok(());
    }
    let schema = batch.schema();
    let merged = concat_batches(&schema, frozen[from..].iter().map(|frozen| &frozen.batch).chain([&batch]))
        .map_err(|error| Error::new(ErrorKind::Internal, format!("merging frozen batches: {error}")))?;
    let sequences = frozen.drain(from..).fold(sequences, |all, frozen| all.and(Some(frozen.sequences)));
    frozen.push(Frozen::new(merged, sequences));
    Ok(())
}
