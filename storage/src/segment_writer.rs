//! Makes the Parquet file and the sidecar of a segment from sorted rows, as they come.
//!
//! What it promises: memory for one row group and the index, not for the file; checksums as in [`crate::blocks`]. What it
//! leaves out: sorting, and where the bytes go.

mod encoding;

use std::io::{self, Write};
use std::sync::Arc;

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::TimestampMicrosecondType;
use object_store::path::Path;
use parquet::arrow::ArrowWriter;
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;

use crate::blocks::{self, Adder};
use crate::error::{Error, ErrorKind};
use crate::index;
use crate::promoted::PromotedSet;
use crate::row::Signal;
use crate::schema;
use crate::segment::{Checksums, Segment, Sidecar};
use crate::tallies;
pub(crate) use encoding::sort_columns;

/// A segment without its names and places.
pub(crate) struct Encoded {
    pub(crate) rows: u64,
    pub(crate) time_min_us: i64,
    pub(crate) time_max_us: i64,
    pub(crate) service_min: Option<String>,
    pub(crate) service_max: Option<String>,
    /// What [`SegmentWriter::take_bytes`] has not taken.
    pub(crate) parquet: Vec<u8>,
    /// Of the whole file.
    pub(crate) size_bytes: u64,
    pub(crate) checksums: Checksums,
    pub(crate) sidecar: Option<Vec<u8>>,
    /// See [`Segment::columns`].
    pub(crate) columns: Vec<String>,
}

impl Encoded {
    /// The segment, once its files are where they belong.
    pub(crate) fn segment(self, id: String, path: Path, day: i32, sidecar: Option<Sidecar>) -> Segment {
        Segment {
            id,
            path,
            size_bytes: self.size_bytes,
            rows: self.rows,
            day,
            time_min_us: self.time_min_us,
            time_max_us: self.time_max_us,
            service_min: self.service_min,
            service_max: self.service_max,
            checksums: Some(self.checksums),
            sidecar,
            expired: Vec::new(),
            columns: self.columns,
        }
    }
}

/// Writes one segment.
pub(crate) struct SegmentWriter {
    signal: Signal,
    parquet: ArrowWriter<Sink>,
    index: index::Builder,
    tallies: tallies::Counter,
    rows: u64,
    times: Option<(i64, i64)>,
    services: Option<(String, String)>,
    columns: Vec<String>,
}

/// The bytes that nobody has taken yet.
#[derive(Default)]
struct Sink {
    bytes: Vec<u8>,
    adder: Adder,
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.adder.add(bytes);
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl SegmentWriter {
    /// `rows` is how many there will be at most.
    pub(crate) fn new(
        signal: Signal,
        set: &Arc<PromotedSet>,
        rows: usize,
        row_group_rows: usize,
    ) -> Result<Self, Error> {
        let properties = encoding::properties(signal, set.written(signal), rows, row_group_rows).map_err(failed)?;
        Ok(Self {
            signal,
            parquet: ArrowWriter::try_new(Sink::default(), set.written(signal).clone(), Some(properties))
                .map_err(failed)?,
            index: index::Builder::new(signal, set),
            tallies: tallies::Counter::new(signal),
            columns: set.further().map(|promoted| promoted.column.to_string()).collect(),
            rows: 0,
            times: None,
            services: None,
        })
    }

    /// Adds the next rows.
    pub(crate) fn push(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        self.parquet.write(batch).map_err(failed)?;
        self.index.push(batch)?;
        self.tallies.push(batch);
        self.rows += batch.num_rows() as u64;
        let time = batch.column_by_name(schema::time_column(self.signal)).expect("every table has a time");
        let time = time.as_primitive::<TimestampMicrosecondType>();
        if let (Some(min), Some(max)) = (arrow::compute::min(time), arrow::compute::max(time)) {
            let (known_min, known_max) = self.times.unwrap_or((min, max));
            self.times = Some((min.min(known_min), max.max(known_max)));
        }
        let services = batch.column_by_name("service_name").expect("every table has a service").as_string::<i32>();
        let bounds = (arrow::compute::min_string(services), arrow::compute::max_string(services));
        if let (Some(min), Some(max)) = bounds {
            let (known_min, known_max) = self.services.get_or_insert_with(|| (min.to_owned(), max.to_owned()));
            if min < known_min.as_str() {
                min.clone_into(known_min);
            }
            if max > known_max.as_str() {
                max.clone_into(known_max);
            }
        }
        Ok(())
    }

    /// The bytes of the Parquet file that are complete and were not taken before, if there are as many as this.
    pub(crate) fn take_bytes(&mut self, at_least: usize) -> Option<Vec<u8>> {
        let sink = self.parquet.inner_mut();
        (sink.bytes.len() >= at_least).then(|| std::mem::take(&mut sink.bytes))
    }

    /// Ends the segment, which must have rows. `inputs` are the segments that it replaces: they stand in its footer, so
    /// that a file that no commit names can be told from one whose commit was lost.
    pub(crate) fn finish(mut self, inputs: &[String]) -> Result<Encoded, Error> {
        // All pages are written now; what follows is the tail, which holds their checksums.
        self.parquet.flush().map_err(failed)?;
        self.parquet.sync().map_err(|error| failed(error.into()))?;
        let blocks = self.parquet.inner_mut().adder.end_data();
        self.parquet.append_key_value_metadata(KeyValue::new(blocks::KEY.to_owned(), blocks.to_text()));
        if let Some(tallies) = self.tallies.finish() {
            self.parquet.append_key_value_metadata(KeyValue::new(tallies::KEY.to_owned(), tallies));
        }
        if !inputs.is_empty() {
            self.parquet.append_key_value_metadata(KeyValue::new(INPUTS.to_owned(), inputs.join("\n")));
        }
        let Sink { bytes, adder } = self.parquet.into_inner().map_err(failed)?;
        let (time_min_us, time_max_us) =
            self.times.ok_or_else(|| Error::new(ErrorKind::Internal, "a segment without rows"))?;
        let (service_min, service_max) = self.services.unzip();
        Ok(Encoded {
            rows: self.rows,
            time_min_us,
            time_max_us,
            service_min,
            service_max,
            parquet: bytes,
            size_bytes: adder.bytes(),
            checksums: adder.finish(),
            sidecar: self.index.finish()?,
            columns: self.columns,
        })
    }
}

/// The key in the footer under which the ids of the segments stand that this one replaces, a line each.
pub(crate) const INPUTS: &str = "alidade.inputs";

fn failed(error: ParquetError) -> Error {
    Error::new(ErrorKind::Internal, format!("encoding a segment: {error}"))
}
