//! Rows of several batches of one schema, put together in any order.

use arrow::array::{Array, RecordBatch, new_null_array};
use arrow::compute::interleave;
use arrow::datatypes::FieldRef;
use arrow::error::ArrowError;

/// These rows (batch, row in it) of these batches, of which there is at least one. A column without a value in all of them,
/// as most promoted ones of most functions are, is not copied.
pub(crate) fn interleave_rows(batches: &[RecordBatch], rows: &[(usize, usize)]) -> Result<RecordBatch, ArrowError> {
    let schema = batches[0].schema();
    let column = |(position, field): (usize, &FieldRef)| {
        let arrays: Vec<&dyn Array> = batches.iter().map(|batch| batch.column(position).as_ref()).collect();
        if arrays.iter().all(|array| array.null_count() == array.len()) {
            return Ok(new_null_array(field.data_type(), rows.len()));
        }
        interleave(&arrays, rows)
    };
    let columns = schema.fields().iter().enumerate().map(column).collect::<Result<Vec<_>, _>>()?;
    RecordBatch::try_new(schema.clone(), columns)
}
