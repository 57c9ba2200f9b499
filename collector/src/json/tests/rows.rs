//! Whole rows, under both ways of writing their names.

use opentelemetry_proto::tonic::metrics::v1::exponential_histogram_data_point::Buckets;
use opentelemetry_proto::tonic::metrics::v1::{HistogramDataPoint, summary_data_point::ValueAtQuantile};

use super::*;

/// Writes every name in snake_case, as proto3's JSON mapping allows.
fn snake_case(sent: &Value) -> Value {
    match sent {
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| {
                let mut snake = String::new();
                for letter in name.chars() {
                    if letter.is_ascii_uppercase() {
                        snake.push('_');
                    }
                    snake.push(letter.to_ascii_lowercase());
                }
                (snake, snake_case(value))
            })
            .collect(),
        Value::Array(elements) => elements.iter().map(snake_case).collect(),
        other => other.clone(),
    }
}

#[test]
fn every_field_of_a_span() {
    let sent = json!({
        "traceId": "01".repeat(16), "spanId": "02".repeat(8), "parentSpanId": "03".repeat(8),
        "traceState": "a=b", "flags": 257, "name": "n", "kind": 3,
        "startTimeUnixNano": "10", "endTimeUnixNano": 20,
        "attributes": [{ "key": "k", "value": { "stringValue": "v" } }], "droppedAttributesCount": 1,
        "events": [{ "timeUnixNano": "15", "name": "e", "attributes": [{ "key": "k" }], "droppedAttributesCount": 9 }],
        "droppedEventsCount": 2,
        "links": [{ "traceId": "04".repeat(16), "spanId": "05".repeat(8), "traceState": "c", "flags": 1, "attributes": [{}] }],
        "droppedLinksCount": 3,
        "status": { "code": 1, "message": "fine" },
        "someNewerField": [{ "with": { "anything": null } }],
    });
    let read = span(sent.clone());
    assert_eq!((&read.trace_id, &read.span_id, &read.parent_span_id), (&vec![1; 16], &vec![2; 8], &vec![3; 8]));
    assert_eq!((read.trace_state.as_str(), read.flags, read.name.as_str(), read.kind), ("a=b", 257, "n", 3));
    assert_eq!((read.start_time_unix_nano, read.end_time_unix_nano), (10, 20));
    assert_eq!((read.attributes.len(), read.attributes[0].key.as_str()), (1, "k"));
    assert_eq!((read.dropped_attributes_count, read.dropped_events_count, read.dropped_links_count), (1, 2, 3));
    let event = &read.events[0];
    assert_eq!((event.time_unix_nano, event.name.as_str(), event.attributes.len()), (15, "e", 1));
    let link = &read.links[0];
    assert_eq!((&link.trace_id, &link.span_id), (&vec![4; 16], &vec![5; 8]));
    assert_eq!((link.trace_state.as_str(), link.flags, link.attributes.len()), ("c", 1, 1));
    assert_eq!(read.status.as_ref().map(|status| (status.code, status.message.as_str())), Some((1, "fine")));
    assert_eq!(span(snake_case(&sent)), read);
}

#[test]
fn every_field_of_a_log_record() {
    let sent = json!({
        "timeUnixNano": "10", "observedTimeUnixNano": 20, "severityNumber": 9, "severityText": "INFO",
        "body": { "stringValue": "b" }, "attributes": [{ "key": "k", "value": { "intValue": 1 } }],
        "droppedAttributesCount": 4, "flags": 1, "traceId": "01".repeat(16), "spanId": "02".repeat(8),
        "eventName": "e",
    });
    let (logs, refused) = read_logs(json!([sent, snake_case(&sent)])).unwrap();
    assert_eq!(refused.total(), 0);
    let log = &logs[0];
    assert_eq!((log.time_unix_nano, log.observed_time_unix_nano), (10, 20));
    assert_eq!((log.severity_number, log.severity_text.as_str(), log.event_name.as_str()), (9, "INFO", "e"));
    assert!(log.body.is_some());
    assert_eq!((log.attributes.len(), log.dropped_attributes_count, log.flags), (1, 4, 1));
    assert_eq!((&log.trace_id, &log.span_id), (&vec![1; 16], &vec![2; 8]));
    assert_eq!(logs[1], *log);
}

#[test]
fn every_field_of_a_point() {
    let exemplar = json!({
        "filteredAttributes": [{ "key": "k" }], "timeUnixNano": 5, "asDouble": "2.5",
        "traceId": "01".repeat(16), "spanId": "02".repeat(8),
    });
    let point = |own: Value| {
        let mut point = json!({
            "attributes": [{ "key": "k" }], "startTimeUnixNano": "1", "timeUnixNano": "2", "flags": 1,
        });
        point.as_object_mut().unwrap().extend(own.as_object().unwrap().clone());
        json!([point])
    };
    let sent = json!([
        { "name": "h", "description": "d", "unit": "u", "histogram": {
            "aggregationTemporality": "AGGREGATION_TEMPORALITY_DELTA",
            "dataPoints": point(json!({
                "count": "3", "sum": 4.5, "bucketCounts": ["1", 2, "0"], "explicitBounds": [1, "2.5"],
                "min": 0, "max": "Infinity", "exemplars": [exemplar],
            })),
        }},
        { "name": "e", "exponentialHistogram": {
            "aggregationTemporality": 2,
            "dataPoints": point(json!({
                "count": 3, "sum": null, "scale": -2, "zeroCount": "1", "zeroThreshold": 0.25,
                "positive": { "offset": -1, "bucketCounts": ["1", 1] }, "negative": null, "min": 1, "max": 2,
            })),
        }},
        { "name": "s", "summary": { "dataPoints": point(json!({
            "count": 2, "sum": "7", "quantileValues": [{ "quantile": 0.5, "value": 3 }, {}],
        })) }},
        { "name": "c", "sum": { "aggregationTemporality": 1, "isMonotonic": true, "dataPoints": point(json!({ "asInt": 1 })) } },
    ]);
    let (metrics, refused) = read_metrics(sent.clone()).unwrap();
    assert_eq!(refused.total(), 0, "{}", refused.message(Signal::Metrics));
    let Some(Data::Histogram(histogram)) = &metrics[0].data else { panic!("{:?}", metrics[0]) };
    let found: &HistogramDataPoint = &histogram.data_points[0];
    assert_eq!((metrics[0].description.as_str(), metrics[0].unit.as_str()), ("d", "u"));
    assert_eq!(histogram.aggregation_temporality, 1);
    assert_eq!((found.start_time_unix_nano, found.time_unix_nano, found.flags), (1, 2, 1));
    assert_eq!((found.count, found.sum, found.min, found.max), (3, Some(4.5), Some(0.0), Some(f64::INFINITY)));
    assert_eq!((&found.bucket_counts, &found.explicit_bounds), (&vec![1, 2, 0], &vec![1.0, 2.5]));
    let example = &found.exemplars[0];
    assert_eq!((example.time_unix_nano, &example.trace_id, &example.span_id), (5, &vec![1; 16], &vec![2; 8]));
    assert_eq!(example.filtered_attributes.len(), 1);
    assert!(example.value.is_some());

    let Some(Data::ExponentialHistogram(histogram)) = &metrics[1].data else { panic!("{:?}", metrics[1]) };
    let found = &histogram.data_points[0];
    assert_eq!((found.count, found.sum, found.scale, found.zero_count), (3, None, -2, 1));
    assert_eq!((found.zero_threshold, found.min, found.max), (0.25, Some(1.0), Some(2.0)));
    assert_eq!(found.positive, Some(Buckets { offset: -1, bucket_counts: vec![1, 1] }));
    assert_eq!(found.negative, None);

    let Some(Data::Summary(summary)) = &metrics[2].data else { panic!("{:?}", metrics[2]) };
    let found = &summary.data_points[0];
    assert_eq!((found.count, found.sum), (2, 7.0));
    assert_eq!(found.quantile_values, [ValueAtQuantile { quantile: 0.5, value: 3.0 }, ValueAtQuantile::default()]);

    let Some(Data::Sum(sum)) = &metrics[3].data else { panic!("{:?}", metrics[3]) };
    assert!(sum.is_monotonic);
    assert_eq!(read_metrics(snake_case(&sent)).unwrap().0, metrics);
}

#[test]
fn null_is_the_default_everywhere() {
    let names = [
        "traceId",
        "spanId",
        "parentSpanId",
        "traceState",
        "flags",
        "name",
        "kind",
        "startTimeUnixNano",
        "endTimeUnixNano",
        "attributes",
        "droppedAttributesCount",
        "events",
        "links",
        "status",
    ];
    let sent: Value = names.iter().map(|name| ((*name).to_owned(), Value::Null)).collect();
    assert_eq!(span(sent), Span::default());
    assert_eq!(span(Value::Null), Span::default());
    for body in [
        r#"{"resourceSpans":null}"#,
        r#"{"resourceSpans":[{"resource":null,"scopeSpans":null,"schemaUrl":null}]}"#,
        r#"{"resourceSpans":[{"scopeSpans":[{"scope":null,"spans":null}]}]}"#,
        "null",
    ] {
        assert_eq!(read(body.as_bytes(), traces).unwrap().1.total(), 0, "{body}");
    }
}
