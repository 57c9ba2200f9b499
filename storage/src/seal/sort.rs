//! The order of rows in a segment, and their days.

use std::collections::BTreeMap;

use arrow::array::{Array, AsArray, RecordBatch, UInt32Array};
use arrow::compute::{SortColumn, SortOptions, concat_batches, lexsort_to_indices, take_record_batch};
use arrow::datatypes::TimestampMicrosecondType;

use crate::error::{Error, ErrorKind};
use crate::row::Signal;
use crate::schema;

const DAY_US: i64 = 86_400_000_000;

/// The columns by which a table's segments are sorted.
pub(crate) fn sort_columns(signal: Signal) -> &'static [&'static str] {
    match signal {
        Signal::Spans => &["trace_id", "start_time", "start_time_ns"],
        Signal::Logs => &["service_name", "time", "time_ns"],
        Signal::Metrics => &["name", "series_id", "time", "time_ns"],
    }
}

/// All rows, sorted, by the day of their time.
pub(super) fn by_day(signal: Signal, batches: &[RecordBatch]) -> Result<BTreeMap<i32, RecordBatch>, Error> {
    let failed = |error| Error::new(ErrorKind::Internal, format!("sorting the rows of a seal: {error}"));
    let all = concat_batches(&schema::schema(signal), batches).map_err(failed)?;
    let columns: Vec<SortColumn> = sort_columns(signal)
        .iter()
        .map(|name| SortColumn {
            values: all.column_by_name(name).expect("the schema has its sort columns").clone(),
            options: Some(SortOptions { descending: false, nulls_first: true }),
        })
        .collect();
    let order = lexsort_to_indices(&columns, None).map_err(failed)?;
    let mut rows_of_days: BTreeMap<i32, Vec<u32>> = BTreeMap::new();
    let days = days(signal, &all);
    for row in order.values() {
        rows_of_days.entry(days[*row as usize]).or_default().push(*row);
    }
    let take = |(day, rows): (i32, Vec<u32>)| Ok((day, take_record_batch(&all, &UInt32Array::from(rows))?));
    rows_of_days.into_iter().map(take).collect::<Result<_, _>>().map_err(failed)
}

/// Days since the epoch of each row.
pub(crate) fn days(signal: Signal, batch: &RecordBatch) -> Vec<i32> {
    let times = times(signal, batch);
    times
        .iter()
        .map(|time| i32::try_from(time.div_euclid(DAY_US)).expect("an i64 of nanoseconds is 300 years"))
        .collect()
}

/// The times of the rows in microseconds.
pub(crate) fn times(signal: Signal, batch: &RecordBatch) -> Vec<i64> {
    let column = batch.column_by_name(schema::time_column(signal)).expect("every table has a time");
    let times = column.as_primitive::<TimestampMicrosecondType>();
    debug_assert_eq!(times.null_count(), 0);
    times.values().to_vec()
}
