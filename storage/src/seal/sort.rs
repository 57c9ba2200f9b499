//! The order of rows in a segment, and their days.
//!
//! Rows that no question has asked for are in their stored form still. Only what they are sorted by is read of them; then
//! their columns are made in the order of the segment, so that no column is ever copied.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::{Int16Type, Int64Type, TimestampMicrosecondType};
use arrow::error::ArrowError;

use crate::codec::{Interned, Rows};
use crate::columns::{Builder, SeriesIds};
use crate::error::{Error, ErrorKind};
use crate::interleave::interleave_rows;
use crate::live::Part;
use crate::promoted::{self, PromotedSet};
use crate::row::Signal;
use crate::schema;

const DAY_NS: i64 = 86_400_000_000_000;
/// How many rows are put in order at once: enough for the encoders, and little beside the rows themselves.
const CHUNK_ROWS: usize = 8192;

/// The rows of one seal.
pub(super) struct Sources<'a> {
    signal: Signal,
    set: &'a Arc<PromotedSet>,
    parts: Vec<Source<'a>>,
    /// The columns of those that are columns; before them a place for those that are being made.
    columns: Vec<RecordBatch>,
    rows: usize,
}

enum Source<'a> {
    Stored(Rows<'a>),
    /// At this place in `columns`.
    Columns(usize),
}

/// Rows of one day in order, by where they are: the part, and the row in it.
#[derive(Default)]
pub(super) struct Order {
    rows: Vec<(u32, u32)>,
}

impl Order {
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }
}

/// What a row is sorted by, and where it is: rows that are equal stay in the order in which they came.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    /// Trace id; rank of the service; rank of the metric's name, then its series.
    major: u128,
    time_unix_nano: i64,
    part: u32,
    row: u32,
}

impl<'a> Sources<'a> {
    pub(super) fn new(signal: Signal, set: &'a Arc<PromotedSet>, parts: &'a [Part]) -> Result<Self, Error> {
        let empty = RecordBatch::new_empty(set.written(signal).clone());
        let mut sources = Self { signal, set, parts: Vec::with_capacity(parts.len()), columns: vec![empty], rows: 0 };
        let mut interned = Interned::default();
        for part in parts {
            let source = match part {
                Part::Stored(batch) => Source::Stored(Rows::new(batch, &mut interned)?),
                Part::Columns(batch) => {
                    // Those that were frozen under another set of promoted attributes.
                    let adapted = promoted::adapt(batch, set.written(signal), set).map_err(|what| {
                        let message = format!("live rows of {} cannot be sealed: {what}", signal.table());
                        Error::new(ErrorKind::Internal, message)
                    })?;
                    sources.columns.push(adapted);
                    Source::Columns(sources.columns.len() - 1)
                }
            };
            sources.rows += match part {
                Part::Stored(batch) => batch.len(),
                Part::Columns(batch) => batch.num_rows(),
            };
            sources.parts.push(source);
        }
        Ok(sources)
    }

    /// The order of all rows, by the day of their time.
    pub(super) fn by_day(&self) -> Result<BTreeMap<i32, Order>, Error> {
        let mut of_days: BTreeMap<i32, Order> = BTreeMap::new();
        for key in self.keys()? {
            let order = of_days.entry(day(key.time_unix_nano)).or_default();
            order.rows.push((key.part, key.row));
        }
        Ok(of_days)
    }

    /// The rows in this order, a chunk at a time.
    pub(super) fn chunks<'b>(&'b self, order: &'b Order) -> impl Iterator<Item = Result<RecordBatch, Error>> + 'b {
        order.rows.chunks(CHUNK_ROWS).map(|places| self.chunk(places))
    }

    fn keys(&self) -> Result<Vec<Key>, Error> {
        let mut keys = Vec::with_capacity(self.rows);
        let mut names = Names::default();
        let mut series = SeriesIds::default();
        for (part, source) in (0u32..).zip(&self.parts) {
            match source {
                Source::Stored(rows) => {
                    for row in 0..rows.len() {
                        let (major, time_unix_nano) = stored_key(self.signal, rows, row, &mut names, &mut series)?;
                        keys.push(Key { major, time_unix_nano, part, row: row as u32 });
                    }
                }
                Source::Columns(place) => {
                    let of_rows = column_keys(self.signal, &self.columns[*place], &mut names);
                    keys.extend((0u32..).zip(of_rows).map(|(row, (major, time_unix_nano))| Key {
                        major,
                        time_unix_nano,
                        part,
                        row,
                    }));
                }
            }
        }
        if self.signal != Signal::Spans {
            names.rank(&mut keys);
        }
        keys.sort_unstable();
        Ok(keys)
    }

    fn chunk(&self, places: &[(u32, u32)]) -> Result<RecordBatch, Error> {
        let mut made = 0;
        let mut builder = Builder::new(self.signal, places.len(), self.set);
        let mut picked = Vec::with_capacity(places.len());
        for (part, row) in places {
            match &self.parts[*part as usize] {
                Source::Stored(rows) => {
                    builder.push(rows, *row as usize)?;
                    picked.push((0, made));
                    made += 1;
                }
                Source::Columns(place) => picked.push((*place, *row as usize)),
            }
        }
        let stored = builder.finish()?;
        if made == places.len() {
            return Ok(stored);
        }
        let mut columns = self.columns.clone();
        columns[0] = stored;
        interleave_rows(&columns, &picked).map_err(failed)
    }
}

/// The names that occur, numbered as they come and then ranked.
#[derive(Default)]
struct Names<'b> {
    numbers: HashMap<&'b str, u32, foldhash::fast::RandomState>,
}

/// Where the name stands in [`Key::major`].
const NAME_SHIFT: u32 = 96;

impl<'b> Names<'b> {
    /// The number of a name, at its place in a key.
    fn number(&mut self, name: &'b str) -> u128 {
        let next = self.numbers.len() as u32;
        u128::from(*self.numbers.entry(name).or_insert(next)) << NAME_SHIFT
    }

    /// Replaces the numbers in the keys by the ranks of the names.
    fn rank(self, keys: &mut [Key]) {
        let mut names: Vec<(&str, u32)> = self.numbers.into_iter().collect();
        names.sort_unstable();
        let mut ranks = vec![0u128; names.len()];
        for (rank, (_, number)) in (0u128..).zip(names) {
            ranks[number as usize] = rank << NAME_SHIFT;
        }
        let below = (1u128 << NAME_SHIFT) - 1;
        for key in keys {
            key.major = ranks[(key.major >> NAME_SHIFT) as usize] | (key.major & below);
        }
    }
}

fn stored_key<'a, 'b>(
    signal: Signal,
    rows: &'b Rows<'a>,
    row: usize,
    names: &mut Names<'b>,
    series: &mut SeriesIds<'a>,
) -> Result<(u128, i64), Error> {
    Ok(match signal {
        Signal::Spans => {
            let (trace_id, time_unix_nano) = rows.span_key(row)?;
            (u128::from_be_bytes(trace_id), time_unix_nano)
        }
        Signal::Logs => {
            let (service, time_unix_nano) = rows.log_key(row)?;
            (names.number(service), time_unix_nano)
        }
        Signal::Metrics => {
            let point = rows.point(row)?;
            (names.number(point.name) | ordered(series.of(rows, row)?), point.time_unix_nano)
        }
    })
}

/// The keys of rows that are columns.
fn column_keys<'b>(signal: Signal, batch: &'b RecordBatch, names: &mut Names<'b>) -> Vec<(u128, i64)> {
    let column = |name: &str| batch.column_by_name(name).expect("the schema has its sort columns").as_ref();
    let time = schema::time_column(signal);
    let microseconds = column(time).as_primitive::<TimestampMicrosecondType>().values();
    let nanoseconds = column(&format!("{time}_ns")).as_primitive::<Int16Type>().values();
    // They were nanoseconds in 64 bits once: what wraps around comes back.
    let times = microseconds.iter().zip(nanoseconds).map(|(us, ns)| us.wrapping_mul(1000).wrapping_add((*ns).into()));
    let rows = 0..batch.num_rows();
    match signal {
        Signal::Spans => {
            let ids = column("trace_id").as_binary::<i32>();
            let id = |row| u128::from_be_bytes(ids.value(row).try_into().unwrap_or_default());
            rows.map(id).zip(times).collect()
        }
        Signal::Logs => {
            let services = column("service_name").as_string::<i32>();
            rows.map(|row| names.number(services.value(row))).zip(times).collect()
        }
        Signal::Metrics => {
            let metrics = column("name").as_string::<i32>();
            let series = column("series_id").as_primitive::<Int64Type>();
            rows.map(|row| names.number(metrics.value(row)) | ordered(series.value(row))).zip(times).collect()
        }
    }
}

/// A number that is ordered as a signed one is, below a name.
fn ordered(series_id: i64) -> u128 {
    u128::from(series_id as u64 ^ (1 << 63))
}

/// Days since the epoch.
fn day(time_unix_nano: i64) -> i32 {
    i32::try_from(time_unix_nano.div_euclid(DAY_NS)).expect("an i64 of nanoseconds is 300 years")
}

fn failed(error: ArrowError) -> Error {
    Error::new(ErrorKind::Internal, format!("sorting the rows of a seal: {error}"))
}

#[cfg(test)]
mod tests;
