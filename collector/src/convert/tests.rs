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
use storage::{Signal, Value};

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

fn convert_spans(spans: Vec<trace_v1::Span>, limits: &Limits) -> (Vec<storage::Span>, Refused) {
    let scope_spans = vec![trace_v1::ScopeSpans { spans, ..Default::default() }];
    let resource_spans = vec![trace_v1::ResourceSpans { resource: shop(), scope_spans, ..Default::default() }];
    let mut refused = Refused::default();
    let rows = super::spans(ExportTraceServiceRequest { resource_spans }, limits, &mut refused);
    (rows, refused)
}

fn convert_logs(log_records: Vec<logs_v1::LogRecord>, limits: &Limits) -> (Vec<storage::LogRecord>, Refused) {
    let scope_logs = vec![logs_v1::ScopeLogs { log_records, ..Default::default() }];
    let resource_logs = vec![logs_v1::ResourceLogs { resource: shop(), scope_logs, ..Default::default() }];
    let mut refused = Refused::default();
    let rows = super::logs(ExportLogsServiceRequest { resource_logs }, limits, NOW, &mut refused);
    (rows, refused)
}

fn convert_metrics(metrics: Vec<metrics_v1::Metric>, limits: &Limits) -> (Vec<storage::MetricPoint>, Refused) {
    let scope_metrics = vec![metrics_v1::ScopeMetrics { metrics, ..Default::default() }];
    let resource_metrics = vec![metrics_v1::ResourceMetrics { resource: shop(), scope_metrics, ..Default::default() }];
    let mut refused = Refused::default();
    let rows = super::metrics(ExportMetricsServiceRequest { resource_metrics }, limits, &mut refused);
    (rows, refused)
}
