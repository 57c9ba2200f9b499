//! Exports made by hand, for tests that must know every id.

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{AnyValue, InstrumentationScope, KeyValue, any_value::Value};
use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs, ScopeLogs};
use opentelemetry_proto::tonic::metrics::v1::{
    Gauge, Metric, NumberDataPoint, ResourceMetrics, ScopeMetrics, metric::Data, number_data_point::Value as Number,
};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prost::Message;

/// An attribute with a text value.
pub fn text(key: &str, value: &str) -> KeyValue {
    attribute(key, Value::StringValue(value.to_owned()))
}

/// An attribute with a number.
pub fn int(key: &str, value: i64) -> KeyValue {
    attribute(key, Value::IntValue(value))
}

fn attribute(key: &str, value: Value) -> KeyValue {
    KeyValue { key: key.to_owned(), value: Some(AnyValue { value: Some(value) }), ..KeyValue::default() }
}

fn resource(service: &str) -> Option<Resource> {
    Some(Resource { attributes: vec![text("service.name", service)], ..Resource::default() })
}

fn scope() -> Option<InstrumentationScope> {
    Some(InstrumentationScope { name: "alidade.tests".to_owned(), ..InstrumentationScope::default() })
}

/// A trace request of one service.
pub fn traces(service: &str, spans: Vec<Span>) -> Vec<u8> {
    let scope_spans = vec![ScopeSpans { scope: scope(), spans, schema_url: String::new() }];
    let resource_spans = vec![ResourceSpans { resource: resource(service), scope_spans, schema_url: String::new() }];
    ExportTraceServiceRequest { resource_spans }.encode_to_vec()
}

/// A log request of one service.
pub fn logs(service: &str, log_records: Vec<LogRecord>) -> Vec<u8> {
    let scope_logs = vec![ScopeLogs { scope: scope(), log_records, schema_url: String::new() }];
    let resource_logs = vec![ResourceLogs { resource: resource(service), scope_logs, schema_url: String::new() }];
    ExportLogsServiceRequest { resource_logs }.encode_to_vec()
}

/// A metric request of one service with one gauge.
pub fn gauge(service: &str, name: &str, data_points: Vec<NumberDataPoint>) -> Vec<u8> {
    let data = Some(Data::Gauge(Gauge { data_points }));
    let metrics = vec![Metric { name: name.to_owned(), data, ..Metric::default() }];
    let scope_metrics = vec![ScopeMetrics { scope: scope(), metrics, schema_url: String::new() }];
    let resource_metrics =
        vec![ResourceMetrics { resource: resource(service), scope_metrics, schema_url: String::new() }];
    ExportMetricsServiceRequest { resource_metrics }.encode_to_vec()
}

/// A point of a gauge with a whole number.
pub fn point(value: i64, time_unix_nano: i64) -> NumberDataPoint {
    NumberDataPoint {
        time_unix_nano: u64::try_from(time_unix_nano).expect("a time after 1970"),
        value: Some(Number::AsInt(value)),
        ..NumberDataPoint::default()
    }
}

/// A span of 10 ms that begins at `start`, a root with kind SERVER.
pub fn span(trace_id: u128, span_id: u64, name: &str, start_unix_nano: i64) -> Span {
    let start = u64::try_from(start_unix_nano).expect("a time after 1970");
    Span {
        trace_id: trace_id.to_be_bytes().to_vec(),
        span_id: span_id.to_be_bytes().to_vec(),
        name: name.to_owned(),
        kind: 2,
        start_time_unix_nano: start,
        end_time_unix_nano: start + 10_000_000,
        ..Span::default()
    }
}

/// A log record with a text body.
pub fn log(body: &str, time_unix_nano: i64) -> LogRecord {
    LogRecord {
        time_unix_nano: u64::try_from(time_unix_nano).expect("a time after 1970"),
        severity_number: 9,
        body: Some(AnyValue { value: Some(Value::StringValue(body.to_owned())) }),
        ..LogRecord::default()
    }
}

/// What became of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// The whole of it was acknowledged.
    Acknowledged,
    /// The server answered, and something was refused.
    Refused,
    /// No whole answer came.
    Gone,
}

/// Posts a protobuf body to `endpoint` + `path`; true where the whole of it was acknowledged.
pub async fn export(client: &reqwest::Client, endpoint: &str, path: &str, body: Vec<u8>) -> bool {
    export_replied(client, endpoint, path, body).await == Reply::Acknowledged
}

/// Posts a protobuf body to `endpoint` + `path`.
pub async fn export_replied(client: &reqwest::Client, endpoint: &str, path: &str, body: Vec<u8>) -> Reply {
    let request = client.post(format!("{endpoint}{path}")).header("content-type", "application/x-protobuf").body(body);
    let Ok(response) = request.send().await else { return Reply::Gone };
    let accepted = response.status().is_success();
    let Ok(reply) = response.bytes().await else { return Reply::Gone };
    // A full success is an empty message; a partial one names what was refused.
    if accepted && reply.is_empty() { Reply::Acknowledged } else { Reply::Refused }
}
