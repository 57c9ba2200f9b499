//! The order of rows in a segment, and their days.

use std::collections::BTreeMap;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::compute::{SortColumn, SortOptions, concat, lexsort_to_indices};
use arrow::datatypes::TimestampMicrosecondType;
use arrow::error::ArrowError;

use crate::error::{Error, ErrorKind};
use crate::interleave::interleave_rows;
use crate::row::Signal;
use crate::schema;
use crate::segment_writer::sort_columns;

const DAY_US: i64 = 86_400_000_000;
/// How many rows are put in order at once: enough for the encoders, and little beside the rows themselves.
const CHUNK_ROWS: usize = 8192;

/// Rows of one day in order, by where they are: the batch, and the row in it.
pub(super) struct Order {
    rows: Vec<(u32, u32)>,
}

impl Order {
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The rows in this order, a chunk at a time.
    pub(super) fn chunks<'a>(
        &'a self,
        batches: &'a [RecordBatch],
    ) -> impl Iterator<Item = Result<RecordBatch, Error>> + 'a {
        self.rows.chunks(CHUNK_ROWS).map(move |rows| {
            let rows: Vec<(usize, usize)> = rows.iter().map(|(batch, row)| (*batch as usize, *row as usize)).collect();
            interleave_rows(batches, &rows).map_err(failed)
        })
    }
}

/// The order of all rows, by the day of their time. Copies the columns that are compared and no others.
pub(super) fn by_day(signal: Signal, batches: &[RecordBatch]) -> Result<BTreeMap<i32, Order>, Error> {
    let columns = sort_columns(signal).iter().map(|name| column(batches, name));
    let columns = columns
        .map(|values| {
            let options = Some(SortOptions { descending: false, nulls_first: true });
            Ok(SortColumn { values: values?, options })
        })
        .collect::<Result<Vec<_>, ArrowError>>()
        .map_err(failed)?;
    let sorted = lexsort_to_indices(&columns, None).map_err(failed)?;
    let places: Vec<(u32, u32)> = (0u32..)
        .zip(batches)
        .flat_map(|(number, batch)| (0..batch.num_rows() as u32).map(move |row| (number, row)))
        .collect();
    let days: Vec<i32> = batches.iter().flat_map(|batch| days(signal, batch)).collect();
    let mut of_days: BTreeMap<i32, Order> = BTreeMap::new();
    for row in sorted.values() {
        let order = of_days.entry(days[*row as usize]).or_insert_with(|| Order { rows: Vec::new() });
        order.rows.push(places[*row as usize]);
    }
    Ok(of_days)
}

fn column(batches: &[RecordBatch], name: &str) -> Result<ArrayRef, ArrowError> {
    let columns = batches.iter().map(|batch| batch.column_by_name(name).expect("the schema has its sort columns"));
    concat(&columns.map(|column| column.as_ref() as &dyn Array).collect::<Vec<_>>())
}

/// Days since the epoch of each row.
pub(crate) fn days(signal: Signal, batch: &RecordBatch) -> Vec<i32> {
    let column = batch.column_by_name(schema::time_column(signal)).expect("every table has a time");
    let times = column.as_primitive::<TimestampMicrosecondType>();
    debug_assert_eq!(times.null_count(), 0);
    let day = |time: &i64| i32::try_from(time.div_euclid(DAY_US)).expect("an i64 of nanoseconds is 300 years");
    times.values().iter().map(day).collect()
}

fn failed(error: ArrowError) -> Error {
    Error::new(ErrorKind::Internal, format!("sorting the rows of a seal: {error}"))
}
