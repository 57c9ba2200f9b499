//! The columns of the tables `spans`, `logs` and `metrics`.
//!
//! Types are the ones that every Delta reader knows: no unsigned integers, no nanosecond timestamps, no fixed-size
//! binary. A time is a timestamp in microseconds beside a small integer, its name ending in `_ns`, that holds the
//! nanoseconds below the microsecond (0 to 999). An id is `Binary`. An attribute map holds JSON text as values:
//! the text `"a"` with its quotation marks is a string, `5` a number.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Fields, Schema, SchemaRef, TimeUnit};

use crate::promoted::{Promoted, PromotedSet};
use crate::row::Signal;

/// The partition column of every table (UTC date of the row's time). It is not in the files.
pub const DAY: &str = "day";

/// The Arrow schema of a table's files where nothing is promoted but [`crate::promoted::PROMOTED`], without the partition
/// column.
pub fn schema(signal: Signal) -> SchemaRef {
    PromotedSet::fixed().written(signal).clone()
}

/// The Arrow schema of a table with columns for these attributes, without the partition column.
pub(crate) fn with_promoted<'a>(signal: Signal, promoted: impl Iterator<Item = &'a Promoted>) -> SchemaRef {
    let promoted = promoted.map(|promoted| optional(&promoted.column, promoted.column_type.data_type())).collect();
    Arc::new(Schema::new(match signal {
        Signal::Spans => spans(promoted),
        Signal::Logs => logs(promoted),
        Signal::Metrics => metrics(promoted),
    }))
}

/// The column that holds a row's time.
pub fn time_column(signal: Signal) -> &'static str {
    match signal {
        Signal::Spans => "start_time",
        Signal::Logs | Signal::Metrics => "time",
    }
}

/// `Timestamp(Microsecond, UTC)`.
pub fn timestamp() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some(Arc::from("UTC")))
}

/// A map from attribute name to JSON text.
pub fn attribute_map() -> DataType {
    let key = Field::new("key", DataType::Utf8, false);
    let value = Field::new("value", DataType::Utf8, true);
    let entries = Field::new("key_value", DataType::Struct(Fields::from(vec![key, value])), false);
    DataType::Map(Arc::new(entries), false)
}

fn list(item: DataType) -> DataType {
    DataType::List(Arc::new(Field::new("element", item, true)))
}

fn required(name: &str, data_type: DataType) -> Field {
    Field::new(name, data_type, false)
}

fn optional(name: &str, data_type: DataType) -> Field {
    Field::new(name, data_type, true)
}

fn spans(promoted: Vec<Field>) -> Vec<Field> {
    let event = Fields::from(vec![
        required("time", timestamp()),
        required("time_ns", DataType::Int16),
        required("name", DataType::Utf8),
        optional("attributes", attribute_map()),
    ]);
    let link = Fields::from(vec![
        required("trace_id", DataType::Binary),
        required("span_id", DataType::Binary),
        optional("trace_state", DataType::Utf8),
        optional("attributes", attribute_map()),
    ]);
    let mut fields = vec![
        required("trace_id", DataType::Binary),
        required("span_id", DataType::Binary),
        optional("parent_span_id", DataType::Binary),
        optional("trace_state", DataType::Utf8),
        required("flags", DataType::Int64),
        required("name", DataType::Utf8),
        required("kind", DataType::Utf8),
        required("start_time", timestamp()),
        required("start_time_ns", DataType::Int16),
        required("duration_ns", DataType::Int64),
        required("status_code", DataType::Utf8),
        optional("status_message", DataType::Utf8),
        required("service_name", DataType::Utf8),
        optional("service_namespace", DataType::Utf8),
        optional("environment", DataType::Utf8),
        optional("scope_name", DataType::Utf8),
        optional("scope_version", DataType::Utf8),
    ];
    fields.extend(promoted);
    fields.extend([
        optional("attributes", attribute_map()),
        optional("resource_attributes", attribute_map()),
        optional("scope_attributes", attribute_map()),
        optional("events", list(DataType::Struct(event))),
        optional("links", list(DataType::Struct(link))),
        required("dropped_attributes_count", DataType::Int64),
        required("dropped_events_count", DataType::Int64),
        required("dropped_links_count", DataType::Int64),
    ]);
    fields
}

fn logs(promoted: Vec<Field>) -> Vec<Field> {
    let mut fields = vec![
        required("time", timestamp()),
        required("time_ns", DataType::Int16),
        required("observed_time", timestamp()),
        required("observed_time_ns", DataType::Int16),
        required("severity_number", DataType::Int32),
        optional("severity_text", DataType::Utf8),
        optional("body", DataType::Utf8),
        // `string`, `json` for a structured body, null for none: so that the text "5" and the number 5 differ.
        optional("body_type", DataType::Utf8),
        optional("event_name", DataType::Utf8),
        optional("trace_id", DataType::Binary),
        optional("span_id", DataType::Binary),
        required("flags", DataType::Int64),
        required("service_name", DataType::Utf8),
        optional("service_namespace", DataType::Utf8),
        optional("environment", DataType::Utf8),
        optional("scope_name", DataType::Utf8),
        optional("scope_version", DataType::Utf8),
    ];
    fields.extend(promoted);
    fields.extend([
        optional("attributes", attribute_map()),
        optional("resource_attributes", attribute_map()),
        optional("scope_attributes", attribute_map()),
        required("dropped_attributes_count", DataType::Int64),
    ]);
    fields
}

fn metrics(promoted: Vec<Field>) -> Vec<Field> {
    let exemplar = Fields::from(vec![
        required("time", timestamp()),
        required("time_ns", DataType::Int16),
        required("value", DataType::Float64),
        optional("trace_id", DataType::Binary),
        optional("span_id", DataType::Binary),
        optional("filtered_attributes", attribute_map()),
    ]);
    let quantile = Fields::from(vec![required("quantile", DataType::Float64), required("value", DataType::Float64)]);
    let mut fields = vec![
        required("time", timestamp()),
        required("time_ns", DataType::Int16),
        optional("start_time", timestamp()),
        optional("start_time_ns", DataType::Int16),
        required("name", DataType::Utf8),
        optional("unit", DataType::Utf8),
        optional("description", DataType::Utf8),
        required("kind", DataType::Utf8),
        optional("temporality", DataType::Utf8),
        required("monotonic", DataType::Boolean),
        required("flags", DataType::Int64),
        // Hash of name, kind, unit, resource, scope and attributes: the same series has the same id for ever.
        required("series_id", DataType::Int64),
        required("service_name", DataType::Utf8),
        optional("service_namespace", DataType::Utf8),
        optional("environment", DataType::Utf8),
        optional("scope_name", DataType::Utf8),
        optional("scope_version", DataType::Utf8),
    ];
    fields.extend(promoted);
    fields.extend([
        optional("attributes", attribute_map()),
        optional("resource_attributes", attribute_map()),
        optional("scope_attributes", attribute_map()),
        optional("value", DataType::Float64),
        optional("value_int", DataType::Int64),
        optional("count", DataType::Int64),
        optional("sum", DataType::Float64),
        optional("min", DataType::Float64),
        optional("max", DataType::Float64),
        optional("explicit_bounds", list(DataType::Float64)),
        optional("bucket_counts", list(DataType::Int64)),
        optional("scale", DataType::Int32),
        optional("zero_count", DataType::Int64),
        optional("zero_threshold", DataType::Float64),
        optional("positive_offset", DataType::Int32),
        optional("positive_bucket_counts", list(DataType::Int64)),
        optional("negative_offset", DataType::Int32),
        optional("negative_bucket_counts", list(DataType::Int64)),
        optional("quantiles", list(DataType::Struct(quantile))),
        optional("exemplars", list(DataType::Struct(exemplar))),
    ]);
    fields
}
