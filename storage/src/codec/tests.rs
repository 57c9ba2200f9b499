use std::borrow::Cow;
use std::sync::Arc;

use super::*;
use crate::row::*;

fn value(depth: u32) -> impl proptest::strategy::Strategy<Value = Value<'static>> {
    use proptest::prelude::*;
    let leaf = prop_oneof![
        Just(Value::Empty),
        ".{0,12}".prop_map(|text| Value::String(text.into())),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        (-1e300..1e300f64).prop_map(Value::Double),
        proptest::collection::vec(any::<u8>(), 0..8).prop_map(|bytes| Value::Bytes(bytes.into())),
    ];
    leaf.prop_recursive(depth, 16, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            proptest::collection::vec((".{0,6}".prop_map(Cow::Owned), inner), 0..4).prop_map(Value::Map),
        ]
    })
}

fn attributes() -> impl proptest::strategy::Strategy<Value = Attributes<'static>> {
    use proptest::strategy::Strategy;
    proptest::collection::vec((".{0,12}".prop_map(Cow::Owned), value(3)), 0..5)
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(128))]

    #[test]
    fn what_is_encoded_decodes_to_the_same(
        a in attributes(), b in attributes(), body in value(4), time: i64, other: i64, flags: u32,
        text in ".{0,20}", trace: Option<[u8; 16]>, span: Option<[u8; 8]>, byte: u8, number: u64, count: Option<u64>,
    ) {
        let text: Cow<'_, str> = text.into();
        let resource = Arc::new(Resource {
            service_name: text.clone(),
            service_namespace: span.map(|_| text.clone()),
            environment: None,
            attributes: a.clone(),
        });
        let scope = Arc::new(Scope { name: text.clone(), version: "".into(), attributes: b.clone() });
        let record = LogRecord {
            resource: resource.clone(), scope: scope.clone(), time_unix_nano: time, observed_time_unix_nano: other,
            severity_number: byte, severity_text: text.clone(), body, event_name: text.clone(), trace_id: trace,
            span_id: span, flags, attributes: a.clone(), dropped_attributes_count: flags,
        };
        check(&Batch::Logs(vec![record.clone(), record]));
        check(&Batch::Spans(vec![Span {
            resource: resource.clone(), scope: scope.clone(), trace_id: trace.unwrap_or([1; 16]), span_id: [2; 8],
            parent_span_id: span, trace_state: text.clone(), flags, name: text.clone(), kind: SpanKind::Consumer,
            start_time_unix_nano: time, duration_ns: other, status_code: StatusCode::Error,
            status_message: text.clone(), attributes: b.clone(),
            events: vec![SpanEvent { time_unix_nano: other, name: text.clone(), attributes: a.clone() }],
            links: vec![SpanLink { trace_id: [3; 16], span_id: [4; 8], trace_state: text.clone(), attributes: b.clone() }],
            dropped_attributes_count: 1, dropped_events_count: flags, dropped_links_count: 0,
        }]));
        for buckets in [
            Buckets::None,
            Buckets::Explicit { bounds: vec![1.0, 2.5], counts: vec![number, 0, 1] },
            Buckets::Exponential(ExponentialBuckets {
                scale: -3, zero_count: number, zero_threshold: 0.5, positive_offset: i32::MIN,
                positive_counts: vec![1, number], negative_offset: 7, negative_counts: vec![],
            }),
            Buckets::Quantiles(vec![(0.5, 1.0), (1.0, -2.0)]),
        ] {
            check(&Batch::Metrics(vec![MetricPoint {
                resource: resource.clone(), scope: scope.clone(), name: text.clone(), unit: "ms".into(),
                description: "".into(), kind: MetricKind::Summary, temporality: Some(Temporality::Delta),
                monotonic: true, time_unix_nano: time, start_time_unix_nano: 0, flags, attributes: a.clone(),
                value: count.map(|n| n as f64), value_int: Some(other), count, sum: Some(1.5), min: None,
                max: Some(f64::INFINITY), buckets,
                exemplars: vec![Exemplar {
                    time_unix_nano: time, value: 3.0, trace_id: trace, span_id: span, filtered_attributes: b.clone(),
                }],
            }]));
        }
    }

    #[test]
    fn any_bytes_are_an_error_and_not_a_panic(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
        let mut framed = vec![VERSION, 1 + bytes.first().copied().unwrap_or(0) % 3];
        framed.extend(&bytes);
        let _ = decode(&framed);
        let _ = decode(&bytes);
    }
}

fn check(batch: &Batch<'_>) {
    let (bytes, _) = encode(batch).expect("encodes");
    assert_eq!(&decode(&bytes).expect("decodes"), batch);
    let stored = EncodedBatch::new(batch).expect("encodes");
    assert_eq!(EncodedBatch::read(bytes.clone().into()).expect("reads"), stored);
    assert_eq!((stored.signal(), stored.len()), (batch.signal(), batch.len()));
    for end in (0..bytes.len()).step_by(7) {
        assert!(decode(&bytes[..end]).is_err());
    }
}

#[test]
fn rows_of_a_batch_share_their_resource_again() {
    let resource = Arc::new(Resource { service_name: "shop".repeat(100).into(), ..Resource::default() });
    let records: Vec<LogRecord> = (0..100).map(|i| log_record(&resource, i, "hello")).collect();
    let (bytes, _) = encode(&Batch::Logs(records)).expect("encodes");
    assert!(bytes.len() < 100 * 40, "{}", bytes.len());
    let Batch::Logs(decoded) = decode(&bytes).expect("decodes") else { panic!("not logs") };
    assert!(Arc::ptr_eq(&decoded[0].resource, &decoded[99].resource));
}

#[test]
fn a_value_that_nests_too_deep_is_refused_before_it_is_stored() {
    let mut value = Value::Int(1);
    for _ in 0..VALUE_DEPTH_MAX {
        value = Value::Array(vec![value]);
    }
    let mut record = log_record(&Arc::default(), 1, "");
    record.body = value;
    let error = encode(&Batch::Logs(vec![record])).expect_err("too deep");
    assert_eq!(error.kind(), ErrorKind::Invalid);
}

/// The stored form of rows, for the tests of this crate.
pub(crate) fn stored(batch: &Batch<'_>) -> EncodedBatch {
    EncodedBatch::new(batch).expect("encodes")
}

/// A log record for the tests of this crate.
pub(crate) fn log_record(resource: &Arc<Resource<'static>>, time_unix_nano: i64, body: &str) -> LogRecord<'static> {
    LogRecord {
        resource: resource.clone(),
        scope: Arc::default(),
        time_unix_nano,
        observed_time_unix_nano: time_unix_nano,
        severity_number: 9,
        severity_text: "INFO".into(),
        body: Value::String(body.to_owned().into()),
        event_name: "".into(),
        trace_id: None,
        span_id: None,
        flags: 0,
        attributes: Vec::new(),
        dropped_attributes_count: 0,
    }
}
