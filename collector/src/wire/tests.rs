use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{AnyValue, ArrayValue, KeyValue, any_value};
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use proptest::prelude::*;
use prost::Message;

use super::*;

#[test]
fn tiny_spans_cost_what_they_become() {
    let spans = vec![Span::default(); 1000];
    let scope_spans = vec![ScopeSpans { spans, ..Default::default() }];
    let resource_spans = vec![ResourceSpans { scope_spans, ..Default::default() }];
    let body = ExportTraceServiceRequest { resource_spans }.encode_to_vec();
    assert!(body.len() < 2_100, "{}", body.len());
    let cost = cost(Signal::Spans, &body, usize::MAX);
    assert_eq!(cost.rows, 1000);
    assert_eq!(cost.bytes, 1000 * size_of::<storage::Span<'_>>() + size_of::<Scope<'_>>() + size_of::<Resource<'_>>());
}

#[test]
fn the_walk_ends_at_the_first_row_too_many() {
    let spans = vec![Span::default(); 1000];
    let scope_spans = vec![ScopeSpans { spans, ..Default::default() }; 3];
    let resource_spans = vec![ResourceSpans { scope_spans, ..Default::default() }; 3];
    let body = ExportTraceServiceRequest { resource_spans }.encode_to_vec();
    assert_eq!(cost(Signal::Spans, &body, 10).rows, 11);
    assert_eq!(cost(Signal::Spans, &body, 9000).rows, 9000);
}

#[test]
fn values_are_followed_into_lists() {
    let value = |value| AnyValue { value: Some(value) };
    let list = value(any_value::Value::ArrayValue(ArrayValue { values: vec![AnyValue::default(); 50] }));
    let attributes = vec![KeyValue { key: "k".into(), value: Some(list), key_strindex: 0 }];
    let body = Span { attributes, ..Default::default() }.encode_to_vec();
    let mut found = Cost::default();
    walk(Kind::Span, Fields::new(&body), 0, usize::MAX, &mut found);
    assert_eq!(found.bytes, size_of::<(Text<'_>, Value<'_>)>() + 51 * size_of::<Value<'_>>());
}

#[test]
fn what_stands_behind_a_group_is_counted_as_it_is_decoded() {
    let spans = vec![Span::default(); 10];
    let scope_spans = vec![ScopeSpans { spans, ..Default::default() }];
    let resource_spans = vec![ResourceSpans { scope_spans, ..Default::default() }];
    // Group 9, empty.
    let mut body = vec![0x4b, 0x4c];
    body.extend(ExportTraceServiceRequest { resource_spans }.encode_to_vec());
    assert_eq!(cost(Signal::Spans, &body, usize::MAX).rows, 10);
}

#[test]
fn a_bottomless_value_ends() {
    let mut body = vec![];
    for _ in 0..10_000 {
        let mut outer = vec![];
        prost::encoding::bytes::encode(5, &body, &mut outer);
        body = vec![];
        prost::encoding::bytes::encode(1, &outer, &mut body);
    }
    let mut found = Cost::default();
    walk(Kind::Array, Fields::new(&body), 0, usize::MAX, &mut found);
    assert!(found.bytes < 200 * size_of::<Value<'_>>());
}

proptest! {
    #[test]
    fn any_bytes_are_walked(body in proptest::collection::vec(any::<u8>(), 0..300)) {
        for signal in Signal::ALL {
            let found = cost(signal, &body, usize::MAX);
            prop_assert!(found.rows <= body.len());
        }
    }
}
