//! Rows that a seal leaves for the next one.
//!
//! A seal writes one file per day of its rows, and clients send what times they like: a thousand days in one batch would
//! be a thousand files at every seal. So a seal takes at most [`crate::Config::seal_days_max`] days. The rows of the
//! others stay in the live buffer, and are written to the log again, as a record that stands in for them:
//!
//! - The record names the sequence that the seal reaches to. It counts only once the table has that sequence, that is,
//!   once the seal is committed; before that the rows are those of the original records.
//! - A record that does not count is stepped over by the next seal: that seal reaches at least to the record's own
//!   sequence. So it never comes to count later.
//!
//! The day with the most rows is always sealed; the other days take turns.

use std::collections::BTreeMap;

use arrow::compute::concat_batches;
use arrow::datatypes::SchemaRef;
use arrow::ipc::reader::StreamReader;
use arrow::ipc::writer::StreamWriter;
use arrow::record_batch::RecordBatch;

use crate::error::{Error, ErrorKind};
use crate::row::Signal;
use crate::schema;

/// Which days to seal now, of those with these numbers of rows; `after` is the last day that took its turn.
pub(crate) fn choose_days(rows: &BTreeMap<i32, usize>, days_max: usize, after: Option<i32>) -> Vec<i32> {
    let Some((largest, _)) = rows.iter().max_by_key(|(_, rows)| **rows) else { return Vec::new() };
    let begin = after.map_or(i32::MIN, |day| day.saturating_add(1));
    let in_turn = rows.range(begin..).chain(rows.range(..begin)).map(|(day, _)| *day).filter(|day| day != largest);
    in_turn.take(days_max.max(1) - 1).chain([*largest]).collect()
}

/// The record's payload: the sequence that must be sealed for it to count, then an Arrow IPC stream.
pub(crate) fn encode(
    covers: u64,
    schema: &SchemaRef,
    batches: &[RecordBatch],
) -> Result<(RecordBatch, Vec<u8>), Error> {
    let failed = |error| Error::new(ErrorKind::Internal, format!("writing rows that are carried over: {error}"));
    let batch = concat_batches(schema, batches).map_err(failed)?;
    let mut writer = StreamWriter::try_new(Vec::from(covers.to_le_bytes()), schema).map_err(failed)?;
    writer.write(&batch).map_err(failed)?;
    let payload = writer.into_inner().map_err(failed)?;
    Ok((batch, payload))
}

/// The sequence that must be sealed for the record to count, and the rows. They have the columns for promoted attributes
/// of the time when they were written; the seal that takes them adapts them.
pub(crate) fn decode(signal: Signal, payload: &[u8]) -> Result<(u64, RecordBatch), Error> {
    let failed =
        |what: String| Error::new(ErrorKind::Data, format!("rows that were carried over cannot be read: {what}"));
    let (covers, stream) = payload.split_first_chunk::<8>().ok_or_else(|| failed("the record is too short".into()))?;
    let reader = StreamReader::try_new(stream, None).map_err(|error| failed(error.to_string()))?;
    let schema = reader.schema();
    let own = schema::with_promoted(signal, std::iter::empty());
    if own.fields().iter().any(|field| schema.field_with_name(field.name()).ok() != Some(field)) {
        return Err(failed("they are of another version of the schema".into()));
    }
    let batches = reader.collect::<Result<Vec<_>, _>>().map_err(|error| failed(error.to_string()))?;
    let batch = concat_batches(&schema, &batches).map_err(|error| failed(error.to_string()))?;
    Ok((u64::from_le_bytes(*covers), batch))
}

#[cfg(test)]
mod tests;
