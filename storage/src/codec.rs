//! The stored form of a batch in the write-ahead log and in the live buffer.
//!
//! ```text
//! version u8 · signal u8 · resources · scopes · rows        integers are LEB128, signed ones zigzag
//! ```
//!
//! Resources and scopes are written once per batch and referred to by position. What it promises: what was encoded
//! decodes to an equal batch, in this and in every later version; the texts of decoded rows are borrowed from the stored
//! form. What it leaves out: checksums (the log has them).

mod logs;
mod metrics;
mod reader;
mod rows;
mod shared;
mod spans;
mod writer;

use std::sync::Arc;

use bytes::Bytes;

use crate::error::{Error, ErrorKind};
use crate::row::{Batch, LogRecord, MetricPoint, Signal, Span};
use reader::Reader;
pub(crate) use rows::Rows;
pub(crate) use shared::Interned;
use shared::{Shared, SharedRead};
use writer::Writer;

const VERSION: u8 = 1;

const SPANS: u8 = 1;
const LOGS: u8 = 2;
const METRICS: u8 = 3;

/// How deep a value may nest. The collector's own limit is far lower.
pub(crate) const VALUE_DEPTH_MAX: usize = 128;

/// Rows of one signal in their stored form: a third of what they take as [`Batch`], and quick to log and to read again.
#[derive(Debug, Clone, PartialEq)]
pub struct EncodedBatch {
    signal: Signal,
    stored: Bytes,
    /// Where each row begins in `stored`, so that rows can be read in any order.
    offsets: Arc<[u32]>,
}

impl EncodedBatch {
    /// Encodes rows. [`ErrorKind::Invalid`] where a value nests deeper than 128 levels, or the rows take 4 GiB.
    pub fn new(batch: &Batch<'_>) -> Result<Self, Error> {
        let (stored, offsets) = encode(batch)?;
        Ok(Self { signal: batch.signal(), stored: stored.into(), offsets: narrow(&offsets)? })
    }

    /// What was stored once. [`ErrorKind::Data`] where that cannot be read.
    pub(crate) fn read(stored: Bytes) -> Result<Self, Error> {
        let mut offsets = Vec::new();
        let signal = match signal_of(&stored)? {
            SPANS => {
                each_span(&stored, |at, _| offsets.push(at))?;
                Signal::Spans
            }
            LOGS => {
                each_log(&stored, |at, _| offsets.push(at))?;
                Signal::Logs
            }
            _ => {
                each_metric(&stored, |at, _| offsets.push(at))?;
                Signal::Metrics
            }
        };
        let offsets = narrow(&offsets)?;
        Ok(Self { signal, stored, offsets })
    }

    /// The rows. [`ErrorKind::Data`] never occurs: the form was checked.
    pub fn decode(&self) -> Result<Batch<'_>, Error> {
        decode(&self.stored)
    }

    /// Which table the rows belong to.
    pub fn signal(&self) -> Signal {
        self.signal
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.offsets.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.offsets.is_empty()
    }

    /// The stored form.
    pub(crate) fn stored(&self) -> &Bytes {
        &self.stored
    }

    /// The memory it takes.
    pub(crate) fn bytes(&self) -> usize {
        self.stored.len() + std::mem::size_of_val::<[u32]>(&self.offsets)
    }
}

fn narrow(offsets: &[usize]) -> Result<Arc<[u32]>, Error> {
    let narrow = offsets.iter().map(|at| u32::try_from(*at));
    narrow.collect::<Result<_, _>>().map_err(|_| {
        Error::new(ErrorKind::Invalid, "a batch of rows takes more than 4 GiB; send smaller batches".to_owned())
    })
}

/// The stored form, and where each row begins in it. Fails where a value nests deeper than [`VALUE_DEPTH_MAX`].
fn encode(batch: &Batch<'_>) -> Result<(Vec<u8>, Vec<usize>), Error> {
    let mut rows = Writer::default();
    let mut shared = Shared::default();
    let mut offsets = Vec::with_capacity(batch.len());
    rows.count(batch.len());
    let signal = match batch {
        Batch::Spans(spans) => {
            spans.iter().try_for_each(|span| {
                offsets.push(rows.len());
                spans::write(&mut rows, &mut shared, span)
            })?;
            SPANS
        }
        Batch::Logs(records) => {
            records.iter().try_for_each(|record| {
                offsets.push(rows.len());
                logs::write(&mut rows, &mut shared, record)
            })?;
            LOGS
        }
        Batch::Metrics(points) => {
            points.iter().try_for_each(|point| {
                offsets.push(rows.len());
                metrics::write(&mut rows, &mut shared, point)
            })?;
            METRICS
        }
    };
    let mut out = Writer::default();
    out.byte(VERSION);
    out.byte(signal);
    shared.write(&mut out)?;
    offsets.iter_mut().for_each(|at| *at += out.len());
    out.raw(&rows.into_bytes());
    Ok((out.into_bytes(), offsets))
}

/// The batch of a stored form.
fn decode(bytes: &[u8]) -> Result<Batch<'_>, Error> {
    Ok(match signal_of(bytes)? {
        SPANS => {
            let mut rows = Vec::new();
            each_span(bytes, |_, row| rows.push(row))?;
            Batch::Spans(rows)
        }
        LOGS => {
            let mut rows = Vec::new();
            each_log(bytes, |_, row| rows.push(row))?;
            Batch::Logs(rows)
        }
        _ => {
            let mut rows = Vec::new();
            each_metric(bytes, |_, row| rows.push(row))?;
            Batch::Metrics(rows)
        }
    })
}

/// Reads the spans of a stored form one by one, each with where it begins.
fn each_span<'a>(bytes: &'a [u8], each: impl FnMut(usize, Span<'a>)) -> Result<(), Error> {
    each_row(bytes, spans::read, each)
}

/// Reads the log records of a stored form one by one, each with where it begins.
fn each_log<'a>(bytes: &'a [u8], each: impl FnMut(usize, LogRecord<'a>)) -> Result<(), Error> {
    each_row(bytes, logs::read, each)
}

/// Reads the metric points of a stored form one by one, each with where it begins.
fn each_metric<'a>(bytes: &'a [u8], each: impl FnMut(usize, MetricPoint<'a>)) -> Result<(), Error> {
    each_row(bytes, metrics::read, each)
}

fn each_row<'a, T>(
    bytes: &'a [u8],
    read: impl Fn(&mut Reader<'a>, &SharedRead<'a>) -> Result<T, Error>,
    mut each: impl FnMut(usize, T),
) -> Result<(), Error> {
    let mut reader = Reader::new(&bytes[HEADER_BYTES..]);
    let shared = SharedRead::read(&mut reader, &mut Interned::default())?;
    for _ in 0..reader.count()? {
        let at = bytes.len() - reader.rest().len();
        each(at, read(&mut reader, &shared)?);
    }
    reader.end()
}

/// Version and signal.
const HEADER_BYTES: usize = 2;

fn signal_of(bytes: &[u8]) -> Result<u8, Error> {
    let mut reader = Reader::new(bytes);
    let version = reader.byte()?;
    if version != VERSION {
        return Err(Error::new(
            ErrorKind::Data,
            format!("a batch has the format version {version}, which this program does not know; run a newer one"),
        ));
    }
    match reader.byte()? {
        signal @ SPANS..=METRICS => Ok(signal),
        other => Err(Error::new(ErrorKind::Data, format!("a batch is of the unknown signal {other}"))),
    }
}

#[cfg(test)]
pub(crate) mod tests;
