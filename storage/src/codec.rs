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
mod spans;
mod writer;

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;

use crate::error::{Error, ErrorKind};
use crate::row::{Batch, LogRecord, MetricPoint, Resource, Scope, Signal, Span};
use reader::Reader;
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
    rows: usize,
    stored: Bytes,
}

impl EncodedBatch {
    /// Encodes rows. [`ErrorKind::Invalid`] where a value nests deeper than 128 levels.
    pub fn new(batch: &Batch<'_>) -> Result<Self, Error> {
        Ok(Self { signal: batch.signal(), rows: batch.len(), stored: encode(batch)?.into() })
    }

    /// What was stored once. [`ErrorKind::Data`] where that cannot be read.
    pub(crate) fn read(stored: Bytes) -> Result<Self, Error> {
        let (signal, rows) = match signal_of(&stored)? {
            SPANS => (Signal::Spans, each_span(&stored, |_| ())?),
            LOGS => (Signal::Logs, each_log(&stored, |_| ())?),
            _ => (Signal::Metrics, each_metric(&stored, |_| ())?),
        };
        Ok(Self { signal, rows, stored })
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
        self.rows
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// The stored form.
    pub(crate) fn stored(&self) -> &Bytes {
        &self.stored
    }
}

/// The stored form. Fails where a value nests deeper than [`VALUE_DEPTH_MAX`].
fn encode(batch: &Batch<'_>) -> Result<Vec<u8>, Error> {
    let mut rows = Writer::default();
    let mut shared = Shared::default();
    rows.count(batch.len());
    let signal = match batch {
        Batch::Spans(spans) => {
            spans.iter().try_for_each(|span| spans::write(&mut rows, &mut shared, span))?;
            SPANS
        }
        Batch::Logs(records) => {
            records.iter().try_for_each(|record| logs::write(&mut rows, &mut shared, record))?;
            LOGS
        }
        Batch::Metrics(points) => {
            points.iter().try_for_each(|point| metrics::write(&mut rows, &mut shared, point))?;
            METRICS
        }
    };
    let mut out = Writer::default();
    out.byte(VERSION);
    out.byte(signal);
    shared.write(&mut out)?;
    out.raw(&rows.into_bytes());
    Ok(out.into_bytes())
}

/// The batch of a stored form.
fn decode(bytes: &[u8]) -> Result<Batch<'_>, Error> {
    Ok(match signal_of(bytes)? {
        SPANS => {
            let mut rows = Vec::new();
            each_span(bytes, |row| rows.push(row))?;
            Batch::Spans(rows)
        }
        LOGS => {
            let mut rows = Vec::new();
            each_log(bytes, |row| rows.push(row))?;
            Batch::Logs(rows)
        }
        _ => {
            let mut rows = Vec::new();
            each_metric(bytes, |row| rows.push(row))?;
            Batch::Metrics(rows)
        }
    })
}

/// Reads the spans of a stored form one by one; how many there were.
pub(crate) fn each_span<'a>(bytes: &'a [u8], each: impl FnMut(Span<'a>)) -> Result<usize, Error> {
    each_row(bytes, SPANS, spans::read, each)
}

/// Reads the log records of a stored form one by one; how many there were.
pub(crate) fn each_log<'a>(bytes: &'a [u8], each: impl FnMut(LogRecord<'a>)) -> Result<usize, Error> {
    each_row(bytes, LOGS, logs::read, each)
}

/// Reads the metric points of a stored form one by one; how many there were.
pub(crate) fn each_metric<'a>(bytes: &'a [u8], each: impl FnMut(MetricPoint<'a>)) -> Result<usize, Error> {
    each_row(bytes, METRICS, metrics::read, each)
}

fn each_row<'a, T>(
    bytes: &'a [u8],
    wanted: u8,
    read: impl Fn(&mut Reader<'a>, &SharedRead<'a>) -> Result<T, Error>,
    mut each: impl FnMut(T),
) -> Result<usize, Error> {
    let signal = signal_of(bytes)?;
    if signal != wanted {
        return Err(Error::new(ErrorKind::Data, format!("a batch is of the signal {signal} instead of {wanted}")));
    }
    let mut reader = Reader::new(&bytes[HEADER_BYTES..]);
    let shared = SharedRead::read(&mut reader)?;
    let rows = reader.count()?;
    for _ in 0..rows {
        each(read(&mut reader, &shared)?);
    }
    reader.end()?;
    Ok(rows)
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

/// Resources and scopes of a batch while it is written. Rows share them by `Arc`, so the address tells them apart.
#[derive(Default)]
struct Shared<'a> {
    resources: Vec<Arc<Resource<'a>>>,
    resource_positions: HashMap<usize, usize>,
    scopes: Vec<Arc<Scope<'a>>>,
    scope_positions: HashMap<usize, usize>,
}

impl<'a> Shared<'a> {
    fn resource(&mut self, resource: &Arc<Resource<'a>>) -> usize {
        if let Some(last) = self.resources.last()
            && Arc::ptr_eq(last, resource)
        {
            return self.resources.len() - 1;
        }
        *self.resource_positions.entry(Arc::as_ptr(resource) as usize).or_insert_with(|| {
            self.resources.push(resource.clone());
            self.resources.len() - 1
        })
    }

    fn scope(&mut self, scope: &Arc<Scope<'a>>) -> usize {
        if let Some(last) = self.scopes.last()
            && Arc::ptr_eq(last, scope)
        {
            return self.scopes.len() - 1;
        }
        *self.scope_positions.entry(Arc::as_ptr(scope) as usize).or_insert_with(|| {
            self.scopes.push(scope.clone());
            self.scopes.len() - 1
        })
    }

    fn write(&self, out: &mut Writer) -> Result<(), Error> {
        out.count(self.resources.len());
        for resource in &self.resources {
            out.text(&resource.service_name);
            out.optional(resource.service_namespace.as_ref(), |out, text| out.text(text));
            out.optional(resource.environment.as_ref(), |out, text| out.text(text));
            out.attributes(&resource.attributes)?;
        }
        out.count(self.scopes.len());
        for scope in &self.scopes {
            out.text(&scope.name);
            out.text(&scope.version);
            out.attributes(&scope.attributes)?;
        }
        Ok(())
    }
}

/// Resources and scopes of a batch while it is read.
struct SharedRead<'a> {
    resources: Vec<Arc<Resource<'a>>>,
    scopes: Vec<Arc<Scope<'a>>>,
}

impl<'a> SharedRead<'a> {
    fn read(reader: &mut Reader<'a>) -> Result<Self, Error> {
        let mut resources = Vec::new();
        for _ in 0..reader.count()? {
            resources.push(Arc::new(Resource {
                service_name: reader.text()?,
                service_namespace: reader.optional(Reader::text)?,
                environment: reader.optional(Reader::text)?,
                attributes: reader.attributes()?,
            }));
        }
        let mut scopes = Vec::new();
        for _ in 0..reader.count()? {
            scopes.push(Arc::new(Scope {
                name: reader.text()?,
                version: reader.text()?,
                attributes: reader.attributes()?,
            }));
        }
        Ok(Self { resources, scopes })
    }

    fn resource(&self, position: usize) -> Result<Arc<Resource<'a>>, Error> {
        self.resources.get(position).cloned().ok_or_else(|| reader::malformed("a resource"))
    }

    fn scope(&self, position: usize) -> Result<Arc<Scope<'a>>, Error> {
        self.scopes.get(position).cloned().ok_or_else(|| reader::malformed("a scope"))
    }
}

#[cfg(test)]
pub(crate) mod tests;
