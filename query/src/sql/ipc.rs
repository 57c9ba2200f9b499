//! Record batches as an Arrow IPC stream that is no larger than it may be.

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use arrow::ipc::writer::StreamWriter;

use crate::error::{Error, ErrorKind};

/// Rows of a batch that does not fit are tried in halves down to so few.
const ROWS_MIN: usize = 1;

/// A stream in the making.
pub(super) struct Stream {
    writer: StreamWriter<Vec<u8>>,
    bytes_max: usize,
    /// Rows that are in it.
    pub(super) rows: usize,
}

impl Stream {
    pub(super) fn new(schema: &SchemaRef, bytes_max: usize) -> Result<Self, Error> {
        let writer = StreamWriter::try_new(Vec::new(), schema).map_err(internal)?;
        Ok(Self { writer, bytes_max, rows: 0 })
    }

    /// Appends the rows, or those in front that fit; whether all of them did.
    pub(super) fn append(&mut self, batch: &RecordBatch) -> Result<bool, Error> {
        let mut begin = 0;
        let mut rows = batch.num_rows();
        while begin < batch.num_rows() && rows >= ROWS_MIN {
            let part = batch.slice(begin, rows.min(batch.num_rows() - begin));
            // The writer cannot take back, so the size is estimated before; buffers of a slice are copied and cut to it.
            if self.writer.get_ref().len() + bytes_of(&part)? > self.bytes_max {
                rows /= 2;
                continue;
            }
            self.writer.write(&part).map_err(internal)?;
            begin += part.num_rows();
            self.rows += part.num_rows();
        }
        Ok(begin == batch.num_rows())
    }

    pub(super) fn finish(mut self) -> Result<Vec<u8>, Error> {
        self.writer.finish().map_err(internal)?;
        self.writer.into_inner().map_err(internal)
    }
}

/// What the values of a slice take.
fn bytes_of(batch: &RecordBatch) -> Result<usize, Error> {
    let columns = batch.columns().iter().map(|column| column.to_data().get_slice_memory_size());
    columns.sum::<Result<usize, ArrowError>>().map_err(internal)
}

fn internal(error: ArrowError) -> Error {
    Error::new(ErrorKind::Internal, format!("cannot write an Arrow stream: {error}"))
}
