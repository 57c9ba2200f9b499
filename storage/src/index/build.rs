//! Builds the sidecar of a segment from its rows, in their order, batch by batch.

use std::collections::HashSet;
use std::hash::BuildHasherDefault;
use std::sync::Arc;

use arrow::array::{
    Array, AsArray, BinaryArray, Int32Array, ListArray, MapArray, RecordBatch, StringArray, StructArray,
    TimestampMicrosecondArray,
};
use arrow::datatypes::{Float64Type, Int32Type, Int64Type, TimestampMicrosecondType};

use super::collect::{BLOCKS_MAX, Identity, Terms};
use super::pack::Parts;
use super::term::{self, Kind};
use super::{BLOCK_ROWS, SERVICE, dictionary, needles, pack, severity_bits};
use crate::attributes::{plain_of_json, plain_text};
use crate::error::{Error, ErrorKind};
use crate::promoted::{ColumnType, PromotedSet};
use crate::row::{Signal, Value};
use crate::{schema, text};

/// The attributes of an exception event whose text can be searched.
const EXCEPTION_TEXTS: [&str; 3] = ["exception.type", "exception.message", "exception.stacktrace"];

/// Builds an index from the rows of a segment as they come.
pub(crate) struct Builder {
    signal: Signal,
    set: Arc<PromotedSet>,
    block_rows: u32,
    terms: Terms,
    rows: u32,
    severities: Vec<u32>,
    times: Vec<(i64, i64)>,
}

impl Builder {
    /// For the rows of a segment of this table.
    pub(crate) fn new(signal: Signal, set: &Arc<PromotedSet>) -> Self {
        Self::with_block_rows(signal, BLOCK_ROWS, set)
    }

    pub(super) fn with_block_rows(signal: Signal, block_rows: u32, set: &Arc<PromotedSet>) -> Self {
        let (set, terms) = (set.clone(), Terms::new());
        Self { signal, set, block_rows, terms, rows: 0, severities: Vec::new(), times: Vec::new() }
    }

    /// Adds the next rows. Fails beyond 65,535 blocks.
    pub(crate) fn push(&mut self, batch: &RecordBatch) -> Result<(), Error> {
        if self.signal == Signal::Metrics {
            return Ok(());
        }
        let rows_max = u64::from(BLOCKS_MAX - 1) * u64::from(self.block_rows);
        if u64::from(self.rows) + batch.num_rows() as u64 > rows_max {
            let message = format!("a segment has more than the {rows_max} rows that an index can have");
            return Err(Error::new(ErrorKind::Internal, message));
        }
        let mut rows = Rows::new(self.signal, batch, &self.set);
        for row in 0..batch.num_rows() {
            if self.rows > 0 && self.rows.is_multiple_of(self.block_rows) {
                self.terms.next_block();
                rows.forget();
            }
            rows.add(row, &mut self.terms);
            let time = rows.time.value(row);
            if self.rows.is_multiple_of(self.block_rows) {
                self.times.push((time, time));
            }
            let (first, last) = self.times.last_mut().expect("a block was begun");
            (*first, *last) = (time.min(*first), time.max(*last));
            if let Some(severity) = rows.severity {
                if self.rows.is_multiple_of(self.block_rows) {
                    self.severities.push(0);
                }
                let severity = u8::try_from(severity.value(row)).unwrap_or(0);
                *self.severities.last_mut().expect("a block was begun") |= severity_bits(severity, severity);
            }
            self.rows += 1;
        }
        Ok(())
    }

    /// The packed index; `None` for metrics, which are found by name, series and time through the order, statistics and
    /// bloom filters of their files.
    pub(crate) fn finish(self) -> Result<Option<Vec<u8>>, Error> {
        if self.signal == Signal::Metrics {
            return Ok(None);
        }
        let block_count = self.rows.div_ceil(self.block_rows);
        let gathered = self.terms.finish();
        let frequent: Vec<u64> = gathered.frequent.iter().map(|term| term.short).collect();
        let parts = Parts {
            signal: self.signal,
            rows: self.rows,
            block_rows: self.block_rows,
            severities: self.severities,
            times: self.times,
            needles: needles::encode(&gathered.rare, &frequent, block_count),
            dictionary: dictionary::build(&gathered.frequent, block_count)?,
        };
        pack::pack(parts).map(Some)
    }
}

/// A column of values of one attribute.
struct Column<'a> {
    key: &'a str,
    hash: u64,
    values: Values<'a>,
    /// The row before had the same value in this block.
    last: Option<usize>,
}

enum Values<'a> {
    Text(&'a StringArray),
    Int(&'a arrow::array::Int64Array),
    Double(&'a arrow::array::Float64Array),
    Bool(&'a arrow::array::BooleanArray),
}

/// The columns that are indexed.
struct Rows<'a> {
    columns: Vec<Column<'a>>,
    /// Hashes of the names of attributes that have a column.
    promoted: HashSet<u64, BuildHasherDefault<Identity>>,
    attributes: &'a MapArray,
    resource_attributes: &'a MapArray,
    /// Where the last row's resource attributes begin and end: rows of one resource have equal ones.
    last_resource: Option<usize>,
    texts: Vec<&'a StringArray>,
    events: Option<&'a ListArray>,
    severity: Option<&'a Int32Array>,
    time: &'a TimestampMicrosecondArray,
    trace_id: &'a BinaryArray,
    /// The row before was of the same trace in this block.
    last_trace: Option<usize>,
    links: Option<&'a ListArray>,
    token: String,
}

impl<'a> Rows<'a> {
    fn new(signal: Signal, batch: &'a RecordBatch, set: &'a PromotedSet) -> Self {
        let column = |name: &str| batch.column_by_name(name).expect("the schema has every column that is indexed");
        let text = |name: &str| column(name).as_string::<i32>();
        let is_logs = signal == Signal::Logs;
        let fixed = [
            (SERVICE, "service_name"),
            ("service.namespace", "service_namespace"),
            ("deployment.environment.name", "environment"),
        ];
        let fixed = fixed.into_iter().map(|(key, name)| (key, Values::Text(text(name))));
        // Where there is no column, the values are in the map.
        let promoted = set.all().filter_map(|promoted| {
            let column = batch.column_by_name(&promoted.column)?;
            let values = match promoted.column_type {
                ColumnType::String => Values::Text(column.as_string()),
                ColumnType::Int => Values::Int(column.as_primitive::<Int64Type>()),
                ColumnType::Double => Values::Double(column.as_primitive::<Float64Type>()),
                ColumnType::Bool => Values::Bool(column.as_boolean()),
            };
            Some((promoted.attribute.as_ref(), values))
        });
        let promoted: Vec<_> = promoted.collect();
        let keys = promoted.iter().map(|(key, _)| term::key(term::stable_name(key))).collect();
        let columns = fixed.chain(promoted).filter(|(_, values)| !values.are_null());
        Self {
            promoted: keys,
            columns: columns.map(|(key, values)| Column { key, hash: term::key(key), values, last: None }).collect(),
            attributes: column("attributes").as_map(),
            resource_attributes: column("resource_attributes").as_map(),
            last_resource: None,
            texts: if is_logs { vec![text("body")] } else { vec![text("name"), text("status_message")] },
            events: (!is_logs).then(|| column("events").as_list()),
            severity: is_logs.then(|| column("severity_number").as_primitive::<Int32Type>()),
            time: column(schema::time_column(signal)).as_primitive::<TimestampMicrosecondType>(),
            trace_id: column("trace_id").as_binary(),
            last_trace: None,
            links: (!is_logs).then(|| column("links").as_list()),
            token: String::new(),
        }
    }

    /// A new block has none of the last one's terms.
    fn forget(&mut self) {
        self.columns.iter_mut().for_each(|column| column.last = None);
        self.last_resource = None;
        self.last_trace = None;
    }

    fn add(&mut self, row: usize, terms: &mut Terms) {
        for texts in &self.texts {
            if texts.is_valid(row) {
                add_text(terms, texts.value(row), &mut self.token);
            }
        }
        if let Some(events) = self.events {
            exception_texts(events, row, |text| add_text(terms, text, &mut self.token));
        }
        if self.trace_id.is_valid(row) {
            let id = self.trace_id.value(row);
            if self.last_trace.is_none_or(|last| self.trace_id.value(last) != id) {
                terms.add(term::trace(id), || (Kind::Trace, term::trace_text(id)));
                self.last_trace = Some(row);
            }
        }
        if let Some(links) = self.links {
            linked_traces(links, row, |id| {
                terms.add(term::link(id), || (Kind::Link, term::trace_text(id)));
            });
        }
        self.columns.iter_mut().for_each(|column| column.add(row, terms));
        map_entries(self.attributes, row, |key, json| self.add_of_map(key, json, terms));
        if self.last_resource.is_none_or(|last| !same_entries(self.resource_attributes, last, row)) {
            map_entries(self.resource_attributes, row, |key, json| self.add_of_map(key, json, terms));
            self.last_resource = Some(row);
        }
    }

    /// Under its stable name only: a search for the older name is translated too.
    fn add_of_map(&self, key: &str, json: &str, terms: &mut Terms) {
        let key = term::stable_name(key);
        let hash = term::key(key);
        add_value(terms, key, hash, &plain_of_json(json));
        if self.promoted.contains(&hash) {
            terms.add(term::in_map(hash), || (Kind::InMap, term::key_text(key).into_owned()));
        }
    }
}

impl Values<'_> {
    fn are_null(&self) -> bool {
        let column: &dyn Array = match self {
            Self::Text(column) => column,
            Self::Int(column) => column,
            Self::Double(column) => column,
            Self::Bool(column) => column,
        };
        column.null_count() == column.len()
    }
}

impl Column<'_> {
    fn add(&mut self, row: usize, terms: &mut Terms) {
        match self.values {
            Values::Text(column) if column.is_valid(row) => {
                let value = column.value(row);
                if self.last.is_none_or(|last| column.value(last) != value) {
                    add_value(terms, self.key, self.hash, value);
                    self.last = Some(row);
                }
            }
            Values::Int(column) if column.is_valid(row) => {
                let value = column.value(row);
                if self.last.is_none_or(|last| column.value(last) != value) {
                    add_value(terms, self.key, self.hash, &value.to_string());
                    self.last = Some(row);
                }
            }
            Values::Double(column) if column.is_valid(row) => {
                let value = plain_text(&Value::Double(column.value(row))).into_owned();
                add_value(terms, self.key, self.hash, &value);
            }
            Values::Bool(column) if column.is_valid(row) => {
                add_value(terms, self.key, self.hash, if column.value(row) { "true" } else { "false" });
            }
            _ => {}
        }
    }
}

fn add_value(terms: &mut Terms, key: &str, hash: u64, value: &str) {
    // A value that the block has already has added its key as well.
    if terms.add(term::attribute(hash, value), || (Kind::Attribute, term::attribute_text(key, value))) {
        terms.add(hash, || (Kind::Attribute, term::key_text(key).into_owned()));
    }
}

fn add_text(terms: &mut Terms, text: &str, token: &mut String) {
    text::each_token(text, token, |token| {
        // A word that the block has already has added its beginning as well.
        if terms.add(term::word(token), || (Kind::Word, token.to_owned())) {
            let beginning = term::beginning(token);
            terms.add(term::beginning_hash(beginning), || (Kind::Beginning, beginning.to_owned()));
        }
    });
}

fn map_entries(map: &MapArray, row: usize, mut each: impl FnMut(&str, &str)) {
    if map.is_null(row) {
        return;
    }
    let (keys, values) = (map.keys().as_string::<i32>(), map.values().as_string::<i32>());
    let offsets = map.value_offsets();
    for entry in offsets[row] as usize..offsets[row + 1] as usize {
        each(keys.value(entry), values.value(entry));
    }
}

/// Whether two rows have the same entries in the same order.
fn same_entries(map: &MapArray, a: usize, b: usize) -> bool {
    if map.is_null(a) || map.is_null(b) {
        return map.is_null(a) && map.is_null(b);
    }
    let offsets = map.value_offsets();
    let range = |row: usize| offsets[row] as usize..offsets[row + 1] as usize;
    let (keys, values) = (map.keys().as_string::<i32>(), map.values().as_string::<i32>());
    let entry = |at: usize| (keys.value(at), values.value(at));
    range(a).map(entry).eq(range(b).map(entry))
}

fn linked_traces(links: &ListArray, row: usize, mut each: impl FnMut(&[u8])) {
    if links.is_null(row) {
        return;
    }
    let items: &StructArray = links.values().as_struct();
    let traces = items.column_by_name("trace_id").expect("links have a trace").as_binary::<i32>();
    let offsets = links.value_offsets();
    (offsets[row] as usize..offsets[row + 1] as usize).for_each(|link| each(traces.value(link)));
}

fn exception_texts(events: &ListArray, row: usize, mut each: impl FnMut(&str)) {
    if events.is_null(row) {
        return;
    }
    let items: &StructArray = events.values().as_struct();
    let attributes = items.column_by_name("attributes").expect("events have attributes").as_map();
    let offsets = events.value_offsets();
    for event in offsets[row] as usize..offsets[row + 1] as usize {
        map_entries(attributes, event, |key, json| {
            if EXCEPTION_TEXTS.contains(&key) {
                each(&plain_of_json(json));
            }
        });
    }
}
