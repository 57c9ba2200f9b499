//! The examples of the repository open-telemetry/opentelemetry-proto, version 1.x (Apache-2.0), through to rows.

use storage::{Batch, Buckets, LogRecord, MetricKind, MetricPoint, Span, SpanKind, Temporality, Value};

use super::super::*;
use crate::admission::Admission;
use crate::compression::Encoding;
use crate::decode::{Described, Format, decode};

fn rows(signal: storage::Signal, example: &'static str) -> Batch {
    let limits = Limits::default().at_any_time();
    let mut admitted = Admission::new(&limits).admit().unwrap();
    let described = Described { signal, format: Format::Json, encoding: Encoding::Identity };
    let decoded = decode(described, example.as_bytes().into(), &limits, 7, &mut admitted).unwrap();
    assert_eq!(decoded.refused.total(), 0);
    decoded.batch
}

fn logs_of(example: &'static str) -> Vec<LogRecord> {
    let Batch::Logs(logs) = rows(storage::Signal::Logs, example) else { panic!("no logs") };
    logs
}

fn text(text: &str) -> Value {
    Value::String(text.to_owned())
}

#[test]
fn trace_json() {
    let Batch::Spans(spans) = rows(storage::Signal::Spans, include_str!("spec_trace.json")) else { panic!("no spans") };
    let [span]: [Span; 1] = spans.try_into().unwrap();
    assert_eq!(u128::from_be_bytes(span.trace_id), 0x5B8E_FFF7_9803_8103_D269_B633_813F_C60C);
    assert_eq!(u64::from_be_bytes(span.span_id), 0xEEE1_9B7E_C3C1_B174);
    assert_eq!(span.parent_span_id.map(u64::from_be_bytes), Some(0xEEE1_9B7E_C3C1_B173));
    assert_eq!((span.name.as_str(), span.kind), ("I'm a server span", SpanKind::Server));
    assert_eq!((span.start_time_unix_nano, span.duration_ns), (1_544_712_660_000_000_000, 1_000_000_000));
    assert_eq!(span.attributes, [("my.span.attr".to_owned(), text("some value"))]);
    assert_eq!(span.resource.service_name, "my.service");
    assert_eq!((span.scope.name.as_str(), span.scope.version.as_str()), ("my.library", "1.0.0"));
    assert_eq!(span.scope.attributes, [("my.scope.attribute".to_owned(), text("some scope attribute"))]);
}

#[test]
fn logs_json() {
    let [log]: [LogRecord; 1] = logs_of(include_str!("spec_logs.json")).try_into().unwrap();
    assert_eq!((log.severity_number, log.severity_text.as_str()), (10, "Information"));
    assert_eq!(log.body, text("Example log record"));
    assert_eq!(log.trace_id.map(u128::from_be_bytes), Some(0x5B8E_FFF7_9803_8103_D269_B633_813F_C60C));
    let value = |key: &str| &log.attributes.iter().find(|(name, _)| name == key).unwrap().1;
    assert_eq!(*value("boolean.attribute"), Value::Bool(true));
    assert_eq!(*value("int.attribute"), Value::Int(10));
    assert_eq!(*value("double.attribute"), Value::Double(637.704));
    assert_eq!(*value("array.attribute"), Value::Array(vec![text("many"), text("values")]));
    assert_eq!(*value("map.attribute"), Value::Map(vec![("some.map.key".to_owned(), text("some value"))]));
}

#[test]
fn events_json() {
    let [event]: [LogRecord; 1] = logs_of(include_str!("spec_events.json")).try_into().unwrap();
    assert_eq!(event.event_name, "browser.page_view");
    let Value::Map(body) = event.body else { panic!("{:?}", event.body) };
    assert_eq!(body[0], ("type".to_owned(), Value::Int(0)));
    assert_eq!(body.len(), 4);
}

#[test]
fn metrics_json() {
    let Batch::Metrics(points) = rows(storage::Signal::Metrics, include_str!("spec_metrics.json")) else {
        panic!("no metrics")
    };
    let [sum, gauge, histogram, exponential]: [MetricPoint; 4] = points.try_into().unwrap();
    assert_eq!((&*sum.name, sum.kind, sum.monotonic, sum.value), ("my.counter", MetricKind::Sum, true, Some(5.0)));
    assert_eq!(sum.temporality, Some(Temporality::Delta));
    assert_eq!((&*gauge.name, gauge.value, gauge.start_time_unix_nano), ("my.gauge", Some(10.0), 0));
    assert_eq!((histogram.count, histogram.sum), (Some(2), Some(2.0)));
    assert_eq!(histogram.buckets, Buckets::Explicit { bounds: vec![1.0], counts: vec![1, 1] });
    let Buckets::Exponential(buckets) = exponential.buckets else { panic!("{:?}", exponential.buckets) };
    assert_eq!((buckets.zero_count, buckets.positive_offset, buckets.positive_counts), (1, 1, vec![0, 2]));
}
