//! Rows become columns: the record batches of [`crate::schema`].
//!
//! What it promises: nothing of a row is lost but what the schema has no place for. What it leaves out: order; the rows
//! come out as they went in.

mod attributes;
mod lists;
mod logs;
mod metrics;
mod recent;
mod series;
mod spans;

pub(crate) use series::SeriesIds;

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BinaryBuilder, Int16Builder, StringBuilder, TimestampMicrosecondBuilder};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;

use crate::codec::{EncodedBatch, Interned, Rows};
use crate::error::{Error, ErrorKind};
use crate::promoted::PromotedSet;
use crate::row::{Resource, Scope, Signal};

/// One record batch of all the rows of these batches, which are of one signal.
pub(crate) fn record_batch(
    signal: Signal,
    batches: &[EncodedBatch],
    set: &Arc<PromotedSet>,
) -> Result<RecordBatch, Error> {
    let mut builder = Builder::new(signal, batches.iter().map(EncodedBatch::len).sum(), set);
    let mut interned = Interned::default();
    for batch in batches {
        let rows = Rows::new(batch, &mut interned)?;
        (0..rows.len()).try_for_each(|row| builder.push(&rows, row))?;
    }
    let (schema, mut columns, _) = builder.finish()?.into_parts();
    // Builders grow by doubling, and these stay for as long as the rows are live.
    columns.iter_mut().for_each(Array::shrink_to_fit);
    RecordBatch::try_new(schema, columns).map_err(|error| failed(signal, &error))
}

/// Makes columns of rows, in the order in which they are pushed.
pub(crate) struct Builder<'a> {
    signal: Signal,
    set: Arc<PromotedSet>,
    columns: Columns<'a>,
}

enum Columns<'a> {
    Spans(Box<spans::Columns<'a>>),
    Logs(Box<logs::Columns<'a>>),
    Metrics(Box<metrics::Columns<'a>>, SeriesIds<'a>),
}

impl<'a> Builder<'a> {
    /// For about so many rows.
    pub(crate) fn new(signal: Signal, rows: usize, set: &Arc<PromotedSet>) -> Self {
        let columns = match signal {
            Signal::Spans => Columns::Spans(Box::new(spans::Columns::new(rows, set))),
            Signal::Logs => Columns::Logs(Box::new(logs::Columns::new(rows, set))),
            Signal::Metrics => Columns::Metrics(Box::new(metrics::Columns::new(rows, set)), SeriesIds::default()),
        };
        Self { signal, set: set.clone(), columns }
    }

    /// Adds a row of a batch of the signal.
    pub(crate) fn push(&mut self, rows: &Rows<'a>, row: usize) -> Result<(), Error> {
        match &mut self.columns {
            Columns::Spans(columns) => columns.push(&rows.span(row)?),
            Columns::Logs(columns) => columns.push(&rows.log_record(row)?),
            Columns::Metrics(columns, series) => columns.push(&rows.metric_point(row)?, series.of(rows, row)?),
        }
        Ok(())
    }

    /// The rows.
    pub(crate) fn finish(self) -> Result<RecordBatch, Error> {
        let columns = match self.columns {
            Columns::Spans(columns) => columns.finish(),
            Columns::Logs(columns) => columns.finish(),
            Columns::Metrics(columns, _) => columns.finish(),
        };
        RecordBatch::try_new(self.set.written(self.signal).clone(), columns)
            .map_err(|error| failed(self.signal, &error))
    }
}

fn failed(signal: Signal, error: &ArrowError) -> Error {
    Error::new(ErrorKind::Internal, format!("the columns of a {} batch: {error}", signal.table()))
}

/// Microseconds since the epoch and the nanoseconds below them.
pub(crate) fn split_nanoseconds(unix_nano: i64) -> (i64, i16) {
    (unix_nano.div_euclid(1000), unix_nano.rem_euclid(1000) as i16)
}

/// A time column and its `_ns` column.
struct Times {
    microseconds: TimestampMicrosecondBuilder,
    nanoseconds: Int16Builder,
}

impl Times {
    fn new(rows: usize) -> Self {
        Self {
            microseconds: TimestampMicrosecondBuilder::with_capacity(rows).with_timezone("UTC"),
            nanoseconds: Int16Builder::with_capacity(rows),
        }
    }

    fn push(&mut self, unix_nano: i64) {
        let (microseconds, nanoseconds) = split_nanoseconds(unix_nano);
        self.microseconds.append_value(microseconds);
        self.nanoseconds.append_value(nanoseconds);
    }

    fn push_null(&mut self) {
        self.microseconds.append_null();
        self.nanoseconds.append_null();
    }

    fn finish(mut self) -> [ArrayRef; 2] {
        [Arc::new(self.microseconds.finish()), Arc::new(self.nanoseconds.finish())]
    }
}

/// The columns of the resource and scope that every table has.
struct Origin {
    service_name: StringBuilder,
    service_namespace: StringBuilder,
    environment: StringBuilder,
    scope_name: StringBuilder,
    scope_version: StringBuilder,
}

impl Origin {
    fn new() -> Self {
        Self {
            service_name: StringBuilder::new(),
            service_namespace: StringBuilder::new(),
            environment: StringBuilder::new(),
            scope_name: StringBuilder::new(),
            scope_version: StringBuilder::new(),
        }
    }

    fn push(&mut self, resource: &Resource<'_>, scope: &Scope<'_>) {
        self.service_name.append_value(&resource.service_name);
        self.service_namespace.append_option(resource.service_namespace.as_deref());
        self.environment.append_option(resource.environment.as_deref());
        self.scope_name.append_option(not_empty(&scope.name));
        self.scope_version.append_option(not_empty(&scope.version));
    }

    fn finish(mut self) -> [ArrayRef; 5] {
        [
            Arc::new(self.service_name.finish()),
            Arc::new(self.service_namespace.finish()),
            Arc::new(self.environment.finish()),
            Arc::new(self.scope_name.finish()),
            Arc::new(self.scope_version.finish()),
        ]
    }
}

fn not_empty(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

fn push_id<const N: usize>(builder: &mut BinaryBuilder, id: Option<[u8; N]>) {
    builder.append_option(id.as_ref().map(|id| id.as_slice()));
}

#[cfg(test)]
mod tests;
