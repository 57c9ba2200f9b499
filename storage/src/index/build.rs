//! Builds the sidecar of a segment from its rows, in their order: document number = row number.

use arrow::array::{
    Array, AsArray, BinaryArray, Int32Array, ListArray, MapArray, RecordBatch, StringArray, StructArray,
};
use arrow::datatypes::{Int32Type, Int64Type};
use tantivy::directory::RamDirectory;
use tantivy::tokenizer::TokenizerManager;
use tantivy::{Index, TantivyDocument};

use super::fields::{Fields, TOKENIZER, Tokens, attribute_term, exists_term, schema, stable_name};
use super::pack;
use crate::attributes::plain_of_json;
use crate::error::{Error, ErrorKind};
use crate::promoted::{ColumnType, PROMOTED};
use crate::row::Signal;

/// Tantivy's hash table of terms begins with a size derived from this; it grows.
const MEMORY_BYTES: usize = 32 << 20;

/// The attributes of an exception event whose text can be searched.
const EXCEPTION_TEXTS: [&str; 3] = ["exception.type", "exception.message", "exception.stacktrace"];

/// The packed index of sorted rows; `None` for metrics, which are found by name, series and time through the order,
/// statistics and bloom filters of their files.
pub(crate) fn build(signal: Signal, batch: &RecordBatch) -> Result<Option<Vec<u8>>, Error> {
    if signal == Signal::Metrics {
        return Ok(None);
    }
    let failed = |error: tantivy::TantivyError| Error::new(ErrorKind::Internal, format!("indexing a segment: {error}"));
    let (schema, fields) = schema(signal);
    let tokenizers = TokenizerManager::default();
    tokenizers.register(TOKENIZER, Tokens::default());
    let directory = RamDirectory::create();
    let mut writer = Index::builder()
        .schema(schema)
        .tokenizers(tokenizers)
        .single_segment_index_writer::<TantivyDocument>(directory.clone(), MEMORY_BYTES)
        .map_err(failed)?;
    let rows = Rows::new(signal, batch);
    for row in 0..batch.num_rows() {
        writer.add_document(rows.document(&fields, row)).map_err(failed)?;
    }
    let index = writer.finalize().map_err(failed)?;
    pack::pack(&index, &directory, signal, batch.num_rows()).map(Some)
}

/// The columns that are indexed.
struct Rows<'a> {
    service: &'a StringArray,
    /// Name, column.
    fixed: Vec<(&'static str, &'a StringArray)>,
    promoted: Vec<(&'static str, ColumnType, &'a dyn Array)>,
    attributes: &'a MapArray,
    resource_attributes: &'a MapArray,
    texts: Vec<&'a StringArray>,
    events: Option<&'a ListArray>,
    severity: Option<&'a Int32Array>,
    trace_id: Option<&'a BinaryArray>,
}

impl<'a> Rows<'a> {
    fn new(signal: Signal, batch: &'a RecordBatch) -> Self {
        let column = |name: &str| batch.column_by_name(name).expect("the schema has every column that is indexed");
        let text = |name: &str| column(name).as_string::<i32>();
        let is_logs = signal == Signal::Logs;
        let promoted = PROMOTED.iter().map(|p| (p.attribute, p.column_type, column(p.column).as_ref())).collect();
        Self {
            service: text("service_name"),
            fixed: vec![
                ("service.namespace", text("service_namespace")),
                ("deployment.environment.name", text("environment")),
            ],
            promoted,
            attributes: column("attributes").as_map(),
            resource_attributes: column("resource_attributes").as_map(),
            texts: if is_logs { vec![text("body")] } else { vec![text("name"), text("status_message")] },
            events: (!is_logs).then(|| column("events").as_list()),
            severity: is_logs.then(|| column("severity_number").as_primitive::<Int32Type>()),
            trace_id: is_logs.then(|| column("trace_id").as_binary()),
        }
    }

    fn document(&self, fields: &Fields, row: usize) -> TantivyDocument {
        let mut document = TantivyDocument::new();
        for text in &self.texts {
            if text.is_valid(row) {
                document.add_text(fields.text, text.value(row));
            }
        }
        if let Some(events) = self.events {
            exception_texts(events, row, |text| document.add_text(fields.text, text));
        }
        document.add_text(fields.service, self.service.value(row));
        if let (Some(field), Some(severity)) = (fields.severity, self.severity) {
            document.add_u64(field, u64::try_from(severity.value(row)).unwrap_or(0));
        }
        if let (Some(field), Some(ids)) = (fields.trace_id, self.trace_id)
            && ids.is_valid(row)
        {
            document.add_bytes(field, ids.value(row));
        }
        let mut add = |key: &str, value: &str| {
            document.add_text(fields.attribute, attribute_term(key, value));
            document.add_text(fields.attribute, exists_term(key));
        };
        self.attributes(row, &mut add);
        document
    }

    fn attributes(&self, row: usize, add: &mut dyn FnMut(&str, &str)) {
        for (key, column) in &self.fixed {
            if column.is_valid(row) {
                add(key, column.value(row));
            }
        }
        for (key, column_type, column) in &self.promoted {
            if column.is_null(row) {
                continue;
            }
            match column_type {
                ColumnType::String => add(key, column.as_string::<i32>().value(row)),
                ColumnType::Int => add(key, &column.as_primitive::<Int64Type>().value(row).to_string()),
                ColumnType::Bool => add(key, if column.as_boolean().value(row) { "true" } else { "false" }),
            }
        }
        for map in [self.attributes, self.resource_attributes] {
            // Under its stable name only: a search for the older name is translated too.
            map_entries(map, row, |key, json| add(stable_name(key), &plain_of_json(json)));
        }
    }
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
