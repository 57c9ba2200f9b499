//! The examples of the repository open-telemetry/opentelemetry-proto, version 1.x (Apache-2.0), through to rows.

use storage::{Batch, Buckets, EncodedBatch, LogRecord, MetricKind, MetricPoint, Span, SpanKind, Temporality, Value};

use super::super::*;
use crate::admission::Admission;
use crate::compression::Encoding;
use crate::decode::{Described, Format, decode};

fn rows(signal: storage::Signal, example: &'static str) -> EncodedBatch {
    let limits = Limits::default().at_any_time();
    let mut admitted = Admission::new(&limits).admit().unwrap();
    let described = Described { signal, format: Format::Json, encoding: Encoding::Identity };
    let decoded = decode(described, example.as_bytes().into(), &limits, 7, &mut admitted).unwrap();
    assert_eq!(decoded.refused.total(), 0);
    decoded.batch
}

/// The one log record of a batch.
fn log_of(batch: &EncodedBatch) -> LogRecord<'_> {
    let Batch::Logs(logs) = batch.decode().unwrap() else { panic!("no logs") };
    let [log]: [LogRecord<'_>; 1] = logs.try_into().unwrap();
    log
}

fn text(text: &str) -> Value<'_> {
    Value::String(text.into())
}

#[test]
fn trace_json() {
    let batch = rows(storage::Signal::Spans, include_str!("spec_trace.json"));
    let Batch::Spans(spans) = batch.decode().unwrap() else { panic!("no spans") };
    let [span]: [Span<'_>; 1] = spans.try_into().unwrap();
    assert_eq!(u128::from_be_bytes(span.trace_id), 0x5B8E_FFF7_9803_8103_D269_B633_813F_C60C);
    assert_eq!(u64::from_be_bytes(span.span_id), 0xEEE1_9B7E_C3C1_B174);
    assert_eq!(span.parent_span_id.map(u64::from_be_bytes), Some(0xEEE1_9B7E_C3C1_B173));
    assert_eq!((span.name.as_ref(), span.kind), ("I'm a server span", SpanKind::Server));
    assert_eq!((span.start_time_unix_nano, span.duration_ns), (1_544_712_660_000_000_000, 1_000_000_000));
    assert_eq!(span.attributes, [("my.span.attr".into(), text("some value"))]);
    assert_eq!(span.resource.service_name, "my.service");
    assert_eq!((span.scope.name.as_ref(), span.scope.version.as_ref()), ("my.library", "1.0.0"));
    assert_eq!(span.scope.attributes, [("my.scope.attribute".into(), text("some scope attribute"))]);
}

#[test]
fn logs_json() {
    let batch = rows(storage::Signal::Logs, include_str!("spec_logs.json"));
    let log = log_of(&batch);
    assert_eq!((log.severity_number, log.severity_text.as_ref()), (10, "Information"));
    assert_eq!(log.body, text("Example log record"));
    assert_eq!(log.trace_id.map(u128::from_be_bytes), Some(0x5B8E_FFF7_9803_8103_D269_B633_813F_C60C));
    let value = |key: &str| &log.attributes.iter().find(|(name, _)| name == key).unwrap().1;
    assert_eq!(*value("boolean.attribute"), Value::Bool(true));
    assert_eq!(*value("int.attribute"), Value::Int(10));
    assert_eq!(*value("double.attribute"), Value::Double(637.704));
    assert_eq!(*value("array.attribute"), Value::Array(vec![text("many"), text("values")]));
    assert_eq!(*value("map.attribute"), Value::Map(vec![("some.map.key".into(), text("some value"))]));
}

#[test]
fn events_json() {
    let batch = rows(storage::Signal::Logs, include_str!("spec_events.json"));
    let event = log_of(&batch);
    assert_eq!(event.event_name, "browser.page_view");
    let Value::Map(body) = event.body else { panic!("{:?}", event.body) };
    assert_eq!(body[0], ("type".into(), Value::Int(0)));
    assert_eq!(body.len(), 4);
}

#[test]
fn metrics_json() {
    let batch = rows(storage::Signal::Metrics, include_str!("spec_metrics.json"));
    let Batch::Metrics(points) = batch.decode().unwrap() else { panic!("no metrics") };
    let [sum, gauge, histogram, exponential]: [MetricPoint<'_>; 4] = points.try_into().unwrap();
    assert_eq!((&*sum.name, sum.kind, sum.monotonic, sum.value), ("my.counter", MetricKind::Sum, true, Some(5.0)));
    assert_eq!(sum.temporality, Some(Temporality::Delta));
    assert_eq!((&*gauge.name, gauge.value, gauge.start_time_unix_nano), ("my.gauge", Some(10.0), 0));
    assert_eq!((histogram.count, histogram.sum), (Some(2), Some(2.0)));
    assert_eq!(histogram.buckets, Buckets::Explicit { bounds: vec![1.0], counts: vec![1, 1] });
    let Buckets::Exponential(buckets) = exponential.buckets else { panic!("{:?}", exponential.buckets) };
    assert_eq!((buckets.zero_count, buckets.positive_offset, buckets.positive_counts), (1, 1, vec![0, 2]));
}
