//! One test a rule. Messages are made valid, then broken in one place.

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value as Sent;
use opentelemetry_proto::tonic::common::v1::{AnyValue, ArrayValue, InstrumentationScope, KeyValue, KeyValueList};
use opentelemetry_proto::tonic::logs::v1 as logs_v1;
use opentelemetry_proto::tonic::metrics::v1 as metrics_v1;
use opentelemetry_proto::tonic::resource::v1::Resource as SentResource;
use opentelemetry_proto::tonic::trace::v1 as trace_v1;
use prost::Message;
use storage::{Batch, Signal, Value};

use crate::limits::Limits;
use crate::reason::Refused;

mod logs;
mod metrics;
mod spans;
mod values;

const NOW: i64 = 1_700_000_000_000_000_000;

fn any(value: Sent) -> AnyValue {
    AnyValue { value: Some(value) }
}

fn pair(key: &str, value: Sent) -> KeyValue {
    KeyValue { key: key.to_owned(), value: Some(any(value)), key_strindex: 0 }
}

fn text(key: &str, value: &str) -> KeyValue {
    pair(key, Sent::StringValue(value.to_owned()))
}

fn shop() -> Option<SentResource> {
    Some(SentResource { attributes: vec![text("service.name", "shop")], ..Default::default() })
}

/// The rows of a message, which stays for as long as the test runs.
fn rows_of(signal: Signal, request: &impl Message, limits: &Limits) -> (Batch<'static>, Refused) {
    let message: &'static [u8] = request.encode_to_vec().leak();
    let mut refused = Refused::default();
    let rows = super::rows(signal, message, limits, NOW, &mut refused).expect("is a message");
    (rows, refused)
}

fn convert_spans(spans: Vec<trace_v1::Span>, limits: &Limits) -> (Vec<storage::Span<'static>>, Refused) {
    let scope_spans = vec![trace_v1::ScopeSpans { spans, ..Default::default() }];
    let resource_spans = vec![trace_v1::ResourceSpans { resource: shop(), scope_spans, ..Default::default() }];
    resource_spans_of(resource_spans, limits)
}

fn resource_spans_of(
    resource_spans: Vec<trace_v1::ResourceSpans>,
    limits: &Limits,
) -> (Vec<storage::Span<'static>>, Refused) {
    match rows_of(Signal::Spans, &ExportTraceServiceRequest { resource_spans }, limits) {
        (Batch::Spans(rows), refused) => (rows, refused),
        (other, _) => panic!("{other:?}"),
    }
}

fn convert_logs(log_records: Vec<logs_v1::LogRecord>, limits: &Limits) -> (Vec<storage::LogRecord<'static>>, Refused) {
    let scope_logs = vec![logs_v1::ScopeLogs { log_records, ..Default::default() }];
    let resource_logs = vec![logs_v1::ResourceLogs { resource: shop(), scope_logs, ..Default::default() }];
    match rows_of(Signal::Logs, &ExportLogsServiceRequest { resource_logs }, limits) {
        (Batch::Logs(rows), refused) => (rows, refused),
        (other, _) => panic!("{other:?}"),
    }
}

fn convert_metrics(metrics: Vec<metrics_v1::Metric>, limits: &Limits) -> (Vec<storage::MetricPoint<'static>>, Refused) {
    let scope_metrics = vec![metrics_v1::ScopeMetrics { metrics, ..Default::default() }];
    let resource_metrics = vec![metrics_v1::ResourceMetrics { resource: shop(), scope_metrics, ..Default::default() }];
    match rows_of(Signal::Metrics, &ExportMetricsServiceRequest { resource_metrics }, limits) {
        (Batch::Metrics(rows), refused) => (rows, refused),
        (other, _) => panic!("{other:?}"),
    }
}
