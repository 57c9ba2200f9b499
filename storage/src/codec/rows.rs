//! The rows of a batch in any order, and the parts of them by which they are sorted.

use std::sync::Arc;

use super::reader::Reader;
use super::shared::{Interned, SharedRead};
use super::{EncodedBatch, HEADER_BYTES, logs, metrics, spans};
use crate::error::Error;
use crate::row::{LogRecord, MetricPoint, Resource, Scope, Span};

/// The rows of one batch.
pub(crate) struct Rows<'a> {
    batch: &'a EncodedBatch,
    shared: SharedRead<'a>,
}

/// What tells a metric point's series, and its time.
pub(crate) struct Point<'a, 'b> {
    pub(crate) resource: &'b Arc<Resource<'a>>,
    pub(crate) scope: &'b Arc<Scope<'a>>,
    pub(crate) name: &'a str,
    /// Stored: name, unit, description, kind, temporality, whether it is monotonic.
    pub(crate) metric: &'a [u8],
    pub(crate) time_unix_nano: i64,
    /// Stored: the attributes.
    pub(crate) attributes: &'a [u8],
}

impl<'a> Rows<'a> {
    /// Reads what the rows share; what was read before is not read again.
    pub(crate) fn new(batch: &'a EncodedBatch, interned: &mut Interned<'a>) -> Result<Self, Error> {
        let mut reader = Reader::new(&batch.stored[HEADER_BYTES..]);
        Ok(Self { batch, shared: SharedRead::read(&mut reader, interned)? })
    }

    /// How many.
    pub(crate) fn len(&self) -> usize {
        self.batch.len()
    }

    /// A span, of a batch of spans. This and all below panic beyond the last row.
    pub(crate) fn span(&self, row: usize) -> Result<Span<'a>, Error> {
        spans::read(&mut self.reader(row), &self.shared)
    }

    /// A log record, of a batch of log records.
    pub(crate) fn log_record(&self, row: usize) -> Result<LogRecord<'a>, Error> {
        logs::read(&mut self.reader(row), &self.shared)
    }

    /// A metric point, of a batch of metric points.
    pub(crate) fn metric_point(&self, row: usize) -> Result<MetricPoint<'a>, Error> {
        metrics::read(&mut self.reader(row), &self.shared)
    }

    /// Trace id and start time of a span.
    pub(crate) fn span_key(&self, row: usize) -> Result<([u8; 16], i64), Error> {
        spans::read_key(&mut self.reader(row))
    }

    /// Service and time of a log record.
    pub(crate) fn log_key(&self, row: usize) -> Result<(&str, i64), Error> {
        logs::read_key(&mut self.reader(row), &self.shared)
    }

    /// What tells the series of a metric point.
    pub(crate) fn point(&self, row: usize) -> Result<Point<'a, '_>, Error> {
        metrics::read_key(&mut self.reader(row), &self.shared)
    }

    fn reader(&self, row: usize) -> Reader<'a> {
        Reader::new(&self.batch.stored[self.batch.offsets[row] as usize..])
    }
}
