//! Rows of the table `spans` as spans of the API.

use api::Nanos;
use api::trace::{Span, SpanEvent, SpanLink};
use arrow::array::{ListArray, MapArray, RecordBatch, StructArray};
use storage::promoted::PromotedSet;

use crate::class::{self, Outcome};
use crate::columns::{Columns, Promoted, field, field_time};

/// The spans of a batch with every column of the table. Self times are not known yet.
pub(crate) fn spans(batch: &RecordBatch, set: &PromotedSet) -> Vec<Span> {
    let columns = Columns(batch);
    let (trace_id, span_id, parent) = (columns.id("trace_id"), columns.id("span_id"), columns.id("parent_span_id"));
    let (start, duration) = (columns.time("start_time"), columns.int("duration_ns"));
    let (trace_state, flags) = (columns.text("trace_state"), columns.int("flags"));
    let (name, kind) = (columns.text("name"), columns.text("kind"));
    let (status, message) = (columns.text("status_code"), columns.text("status_message"));
    let (service, namespace) = (columns.text("service_name"), columns.text("service_namespace"));
    let environment = columns.text("environment");
    let (scope, version) = (columns.text("scope_name"), columns.text("scope_version"));
    let record = columns.of::<MapArray>("attributes");
    let resource = columns.of::<MapArray>("resource_attributes");
    let (events, links) = (columns.of::<ListArray>("events"), columns.of::<ListArray>("links"));
    let (promoted, outcomes) = (Promoted::of(columns, set), Outcomes::of(columns));
    let span = |row: usize| {
        let mut attributes = record.attributes(row);
        let mut resource_attributes = resource.attributes(row);
        promoted.add_to(row, &mut attributes, &mut resource_attributes);
        let (start, duration_ns) = (start.or_zero(row), duration.get(row).unwrap_or(0));
        Span {
            trace_id: trace_id.hex(row).unwrap_or_default(),
            span_id: span_id.hex(row).unwrap_or_default(),
            parent_span_id: parent.hex(row),
            trace_state: trace_state.or_empty(row).to_owned(),
            flags: u32::try_from(flags.get(row).unwrap_or(0)).unwrap_or(0),
            name: name.or_empty(row).to_owned(),
            kind: kind.or_empty(row).to_owned(),
            start_time_unix_nano: Nanos(start),
            end_time_unix_nano: Nanos(start.saturating_add(duration_ns)),
            duration_ns,
            status_code: status.or_empty(row).to_owned(),
            status_message: message.or_empty(row).to_owned(),
            class: class::classify(outcomes.of_row(row)),
            service_name: service.or_empty(row).to_owned(),
            service_namespace: namespace.owned(row),
            environment: environment.owned(row),
            scope_name: scope.or_empty(row).to_owned(),
            scope_version: version.or_empty(row).to_owned(),
            attributes,
            resource_attributes,
            events: events.structs(row).map(|structs| span_events(&structs)).unwrap_or_default(),
            links: links.structs(row).map(|structs| span_links(&structs)).unwrap_or_default(),
            self_time_ns: 0,
        }
    };
    (0..batch.num_rows()).map(span).collect()
}

/// In order of time.
fn span_events(structs: &StructArray) -> Vec<SpanEvent> {
    let (time, name) = (field_time(structs, "time"), field::<arrow::array::StringArray>(structs, "name"));
    let attributes = field::<MapArray>(structs, "attributes");
    let mut events: Vec<SpanEvent> = (0..arrow::array::Array::len(structs))
        .map(|at| SpanEvent {
            time_unix_nano: Nanos(time.or_zero(at)),
            name: name.or_empty(at).to_owned(),
            attributes: attributes.attributes(at),
        })
        .collect();
    events.sort_by_key(|event| event.time_unix_nano);
    events
}

fn span_links(structs: &StructArray) -> Vec<SpanLink> {
    let trace_id = field::<arrow::array::BinaryArray>(structs, "trace_id");
    let span_id = field::<arrow::array::BinaryArray>(structs, "span_id");
    let attributes = field::<MapArray>(structs, "attributes");
    (0..arrow::array::Array::len(structs))
        .map(|at| SpanLink {
            trace_id: trace_id.hex(at).unwrap_or_default(),
            span_id: span_id.hex(at).unwrap_or_default(),
            attributes: attributes.attributes(at),
        })
        .collect()
}

/// The columns that decide a span's class.
pub(crate) struct Outcomes<'a> {
    http_status: crate::columns::Column<'a, arrow::array::Int64Array>,
    grpc_status: crate::columns::Column<'a, arrow::array::Int64Array>,
    error_type: crate::columns::Column<'a, arrow::array::StringArray>,
    status: crate::columns::Column<'a, arrow::array::StringArray>,
}

/// Their names.
pub(crate) const OUTCOME_COLUMNS: [&str; 4] =
    ["http_response_status_code", "rpc_grpc_status_code", "error_type", "status_code"];

impl<'a> Outcomes<'a> {
    pub(crate) fn of(columns: Columns<'a>) -> Self {
        Self {
            http_status: columns.int(OUTCOME_COLUMNS[0]),
            grpc_status: columns.int(OUTCOME_COLUMNS[1]),
            error_type: columns.text(OUTCOME_COLUMNS[2]),
            status: columns.text(OUTCOME_COLUMNS[3]),
        }
    }

    pub(crate) fn of_row(&self, row: usize) -> Outcome<'a> {
        Outcome {
            http_status: self.http_status.get(row),
            grpc_status: self.grpc_status.get(row),
            error_type: self.error_type.get(row),
            status: self.status.or_empty(row),
        }
    }

    pub(crate) fn http_status(&self, row: usize) -> Option<i64> {
        self.http_status.get(row)
    }
}
