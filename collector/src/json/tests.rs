//! What OTLP/JSON allows and what it does not, with the specification's own examples.

use opentelemetry_proto::tonic::logs::v1::LogRecord;
use opentelemetry_proto::tonic::metrics::v1::{Metric, NumberDataPoint, metric::Data};
use opentelemetry_proto::tonic::trace::v1::Span;
use serde_json::{Value, json};
use storage::Signal;

use super::*;
use crate::admission::Admission;

mod arbitrary;
mod refused;
mod rows;
mod specification;
mod values;

fn read<T>(
    body: &[u8],
    reader: fn(&[u8], &Limits, &mut Admitted, &mut Refused) -> Result<T, Refusal>,
) -> Result<(T, Refused), Refusal> {
    let limits = Limits::default();
    let mut admitted = Admission::new(&limits).admit().unwrap();
    let mut refused = Refused::default();
    reader(body, &limits, &mut admitted, &mut refused).map(|request| (request, refused))
}

fn read_spans(spans: Value) -> Result<(Vec<Span>, Refused), Refusal> {
    let body = json!({ "resourceSpans": [{ "scopeSpans": [{ "spans": spans }] }] }).to_string();
    let (mut request, refused) = read(body.as_bytes(), traces)?;
    Ok((request.resource_spans.remove(0).scope_spans.remove(0).spans, refused))
}

fn read_logs(log_records: Value) -> Result<(Vec<LogRecord>, Refused), Refusal> {
    let body = json!({ "resourceLogs": [{ "scopeLogs": [{ "logRecords": log_records }] }] }).to_string();
    let (mut request, refused) = read(body.as_bytes(), logs)?;
    Ok((request.resource_logs.remove(0).scope_logs.remove(0).log_records, refused))
}

fn read_metrics(sent: Value) -> Result<(Vec<Metric>, Refused), Refusal> {
    let body = json!({ "resourceMetrics": [{ "scopeMetrics": [{ "metrics": sent }] }] }).to_string();
    let (mut request, refused) = read(body.as_bytes(), metrics)?;
    Ok((request.resource_metrics.remove(0).scope_metrics.remove(0).metrics, refused))
}

/// The one span that is read, none refused.
#[track_caller]
fn span(sent: Value) -> Span {
    let (mut spans, refused) = read_spans(json!([sent])).unwrap();
    assert_eq!(refused.total(), 0, "{}", refused.message(Signal::Spans));
    spans.remove(0)
}

/// The points of a gauge, none refused.
#[track_caller]
fn gauge_points(points: Value) -> Vec<NumberDataPoint> {
    let (mut read, refused) = read_metrics(json!([{ "name": "m", "gauge": { "dataPoints": points } }])).unwrap();
    assert_eq!(refused.total(), 0, "{}", refused.message(Signal::Metrics));
    let Some(Data::Gauge(gauge)) = read.remove(0).data else { panic!("no gauge") };
    gauge.data_points
}
