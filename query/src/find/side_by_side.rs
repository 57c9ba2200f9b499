//! Reads the columns of few rows in parts, side by side: what a whole row costs is its many columns, not its bytes.
//!
//! What it promises: the batches that one reader of all columns would give. Each part applies the same conditions to the
//! same rows, so the parts' batches have the same rows. What it leaves out: whether it is worth it, which the caller knows.

use arrow::array::RecordBatch;
use arrow::datatypes::{FieldRef, Schema};
use futures::StreamExt;
use parquet::arrow::async_reader::ParquetRecordBatchStream;
use parquet::errors::ParquetError;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::File;
use crate::scan::SegmentReader;

/// Fewer columns than this are read by one reader: another one begins with a condition to be read again.
const COLUMNS_MIN: usize = 12;

/// The columns of the file in so many parts; one part where they are few.
pub(super) fn parts(roots: Vec<usize>, parts: usize) -> Vec<Vec<usize>> {
    if parts < 2 || roots.len() < COLUMNS_MIN {
        return vec![roots];
    }
    // By turns, for the costly ones, the maps, are neighbours.
    (0..parts).map(|part| roots.iter().skip(part).step_by(parts).copied().collect()).collect()
}

/// The batches of all parts, put together.
pub(super) struct SideBySide {
    first: ParquetRecordBatchStream<SegmentReader>,
    others: Vec<mpsc::Receiver<Result<RecordBatch, ParquetError>>>,
    _readers: JoinSet<()>,
}

impl SideBySide {
    /// Begins; the first part is read by whoever asks for batches, each other one on a task of its own.
    pub(super) fn new(mut parts: Vec<ParquetRecordBatchStream<SegmentReader>>) -> Self {
        let mut readers = JoinSet::new();
        let others = parts.drain(1..).map(|mut stream| {
            let (sender, batches) = mpsc::channel(1);
            readers.spawn(async move {
                while let Some(batch) = stream.next().await {
                    if sender.send(batch).await.is_err() {
                        return;
                    }
                }
            });
            batches
        });
        let others = others.collect();
        Self { first: parts.remove(0), others, _readers: readers }
    }

    /// The next rows, with the columns in any order.
    pub(super) async fn next(&mut self, file: &File) -> Option<Result<RecordBatch, ParquetError>> {
        let mut all = match self.first.next().await? {
            Ok(batch) => batch,
            Err(error) => return Some(Err(error)),
        };
        for part in &mut self.others {
            all = match part.recv().await {
                Some(Ok(batch)) => match beside(&all, &batch) {
                    Ok(all) => all,
                    Err(error) => return Some(Err(error)),
                },
                Some(Err(error)) => return Some(Err(error)),
                None => {
                    let path = &file.segment.path;
                    return Some(Err(ParquetError::General(format!("{path}: a reader of columns ended early"))));
                }
            };
        }
        Some(Ok(all))
    }
}

fn beside(left: &RecordBatch, right: &RecordBatch) -> Result<RecordBatch, ParquetError> {
    let fields = left.schema_ref().fields().iter().chain(right.schema_ref().fields());
    let fields: Vec<FieldRef> = fields.cloned().collect();
    let columns = left.columns().iter().chain(right.columns()).cloned().collect();
    Ok(RecordBatch::try_new(Schema::new(fields).into(), columns)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_is_in_one_part() {
        assert_eq!(parts((0..5).collect(), 2), [(0..5).collect::<Vec<_>>()], "too few");
        assert_eq!(parts((0..40).collect(), 1).len(), 1);
        let mut all = parts((0..41).collect(), 3).concat();
        all.sort_unstable();
        assert_eq!(all, (0..41).collect::<Vec<_>>());
    }
}
