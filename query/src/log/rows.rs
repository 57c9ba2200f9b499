//! Rows of the table `logs` as log records of the API.

use api::Nanos;
use api::log::LogRecord;
use arrow::array::{Int32Array, MapArray, RecordBatch};
use serde_json::Value;
use storage::promoted::PromotedSet;

use crate::columns::{Columns, Promoted, read_json};

/// The records of a batch with every column of the table.
pub(crate) fn records(batch: &RecordBatch, set: &PromotedSet) -> Vec<LogRecord> {
    let columns = Columns(batch);
    let (time, observed) = (columns.time("time"), columns.time("observed_time"));
    let severity = columns.of::<Int32Array>("severity_number");
    let severity_text = columns.text("severity_text");
    let (body, body_type) = (columns.text("body"), columns.text("body_type"));
    let event_name = columns.text("event_name");
    let (trace_id, span_id) = (columns.id("trace_id"), columns.id("span_id"));
    let (service, namespace) = (columns.text("service_name"), columns.text("service_namespace"));
    let (environment, scope) = (columns.text("environment"), columns.text("scope_name"));
    let record = columns.of::<MapArray>("attributes");
    let resource = columns.of::<MapArray>("resource_attributes");
    let promoted = Promoted::of(columns, set);
    let log_record = |row: usize| {
        let mut attributes = record.attributes(row);
        let mut resource_attributes = resource.attributes(row);
        promoted.add_to(row, &mut attributes, &mut resource_attributes);
        LogRecord {
            time_unix_nano: Nanos(time.or_zero(row)),
            observed_time_unix_nano: Nanos(observed.or_zero(row)),
            severity_number: severity_number(severity.get(row)),
            severity_text: severity_text.or_empty(row).to_owned(),
            body: match (body.get(row), body_type.get(row)) {
                (None, _) => Value::Null,
                (Some(text), Some("json")) => read_json(text),
                (Some(text), _) => Value::String(text.to_owned()),
            },
            event_name: event_name.or_empty(row).to_owned(),
            trace_id: trace_id.hex(row),
            span_id: span_id.hex(row),
            service_name: service.or_empty(row).to_owned(),
            service_namespace: namespace.owned(row),
            environment: environment.owned(row),
            scope_name: scope.or_empty(row).to_owned(),
            attributes,
            resource_attributes,
        }
    };
    (0..batch.num_rows()).map(log_record).collect()
}

pub(super) fn severity_number(stored: Option<i32>) -> u8 {
    stored.and_then(|number| u8::try_from(number).ok()).unwrap_or(0)
}
