//! The stored form of a batch in the write-ahead log.
//!
//! ```text
//! version u8 · signal u8 · resources · scopes · rows        integers are LEB128, signed ones zigzag
//! ```
//!
//! Resources and scopes are written once per batch and referred to by position. What it promises: what was encoded
//! decodes to an equal batch, in this and in every later version. What it leaves out: checksums (the log has them).

mod logs;
mod metrics;
mod reader;
mod spans;
mod writer;

use std::collections::HashMap;
use std::sync::Arc;

use crate::error::{Error, ErrorKind};
use crate::row::{Batch, Resource, Scope};
use reader::Reader;
use writer::Writer;

const VERSION: u8 = 1;

const SPANS: u8 = 1;
const LOGS: u8 = 2;
const METRICS: u8 = 3;

/// How deep a value may nest. The collector's own limit is far lower.
pub(crate) const VALUE_DEPTH_MAX: usize = 128;

/// The stored form. Fails where a value nests deeper than [`VALUE_DEPTH_MAX`].
pub(crate) fn encode(batch: &Batch) -> Result<Vec<u8>, Error> {
    let mut rows = Writer::default();
    let mut shared = Shared::default();
    let signal = match batch {
        Batch::Spans(spans) => {
            rows.count(spans.len());
            spans.iter().try_for_each(|span| spans::write(&mut rows, &mut shared, span))?;
            SPANS
        }
        Batch::Logs(records) => {
            rows.count(records.len());
            records.iter().try_for_each(|record| logs::write(&mut rows, &mut shared, record))?;
            LOGS
        }
        Batch::Metrics(points) => {
            rows.count(points.len());
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
pub(crate) fn decode(bytes: &[u8]) -> Result<Batch, Error> {
    let mut reader = Reader::new(bytes);
    let version = reader.byte()?;
    if version != VERSION {
        return Err(Error::new(
            ErrorKind::Data,
            format!("a batch has the format version {version}, which this program does not know; run a newer one"),
        ));
    }
    let signal = reader.byte()?;
    let shared = SharedRead::read(&mut reader)?;
    let rows = reader.count()?;
    let batch = match signal {
        SPANS => Batch::Spans((0..rows).map(|_| spans::read(&mut reader, &shared)).collect::<Result<_, _>>()?),
        LOGS => Batch::Logs((0..rows).map(|_| logs::read(&mut reader, &shared)).collect::<Result<_, _>>()?),
        METRICS => Batch::Metrics((0..rows).map(|_| metrics::read(&mut reader, &shared)).collect::<Result<_, _>>()?),
        other => return Err(Error::new(ErrorKind::Data, format!("a batch is of the unknown signal {other}"))),
    };
    reader.end()?;
    Ok(batch)
}

/// Resources and scopes of a batch while it is written. Rows share them by `Arc`, so the address tells them apart.
#[derive(Default)]
struct Shared {
    resources: Vec<Arc<Resource>>,
    resource_positions: HashMap<usize, usize>,
    scopes: Vec<Arc<Scope>>,
    scope_positions: HashMap<usize, usize>,
}

impl Shared {
    fn resource(&mut self, resource: &Arc<Resource>) -> usize {
        *self.resource_positions.entry(Arc::as_ptr(resource) as usize).or_insert_with(|| {
            self.resources.push(resource.clone());
            self.resources.len() - 1
        })
    }

    fn scope(&mut self, scope: &Arc<Scope>) -> usize {
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
struct SharedRead {
    resources: Vec<Arc<Resource>>,
    scopes: Vec<Arc<Scope>>,
}

impl SharedRead {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
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

    fn resource(&self, position: usize) -> Result<Arc<Resource>, Error> {
        self.resources.get(position).cloned().ok_or_else(|| reader::malformed("a resource"))
    }

    fn scope(&self, position: usize) -> Result<Arc<Scope>, Error> {
        self.scopes.get(position).cloned().ok_or_else(|| reader::malformed("a scope"))
    }
}

#[cfg(test)]
pub(crate) mod tests;
