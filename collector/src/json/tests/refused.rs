//! What refuses a row, what refuses the request, and what the reply says.

use super::*;

#[track_caller]
fn invalid<T: std::fmt::Debug>(
    body: &str,
    reader: fn(&[u8], &Limits, &mut Admitted, &mut Refused) -> Result<T, Refusal>,
) -> String {
    let refusal = read(body.as_bytes(), reader).unwrap_err();
    assert_eq!(refusal.kind, crate::refusal::RefusalKind::Invalid);
    refusal.message
}

#[test]
fn outside_of_rows_the_request_is_refused_with_the_path() {
    for (body, place, reason) in [
        (r#"{"resourceSpans":{}}"#, "$.resourceSpans:", "resourceSpans must be a list, found an object"),
        (r#"{"resourceSpans":[{},1]}"#, "$.resourceSpans[1]:", "resourceSpans must be an object, found a number"),
        (r#"{"resourceSpans":[{"resource":[]}]}"#, "$.resourceSpans[0].resource:", "resource must be an object"),
        (
            r#"{"resourceSpans":[{"resource":{"attributes":[{"key":7}]}}]}"#,
            "$.resourceSpans[0].resource.attributes[0]:",
            "key must be a string, found a number",
        ),
        (
            r#"{"resourceSpans":[{"scopeSpans":[{"scope":{"name":{}}}]}]}"#,
            "$.resourceSpans[0].scopeSpans[0].scope:",
            "name must be a string, found an object",
        ),
        ("[]", "$:", "the request must be an object, found a list"),
        (r#""text""#, "$:", "the request must be an object, found a string"),
    ] {
        let message = invalid(body, traces);
        assert!(message.contains(&format!("at {place}")), "{body}: {message}");
        assert!(message.contains(reason), "{body}: {message}");
    }
}

#[test]
fn broken_json_is_refused_where_it_breaks() {
    for (body, place) in [
        ("{", "$:"),
        (
            r#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"a},{}]}]}]}"#,
            "$.resourceSpans[0].scopeSpans[0].spans[0]",
        ),
        (r#"{"resourceSpans":[]} {}"#, "$:"),
        (r#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"\ud80"}]}]}]}"#, "spans[0]"),
        (r#"{'resourceSpans':[]}"#, "$:"),
    ] {
        let message = invalid(body, traces);
        assert!(message.contains(place), "{body}: {message}");
        assert!(message.contains("line 1 column"), "{body}: {message}");
    }
    assert_eq!(invalid(" ", logs), "the body is empty: an empty request in JSON is {}");
    let not_utf8 = [&br#"{"resourceLogs":[{"schemaUrl":""#[..], &[0xff, 0xfe], &br#""}]}"#[..]].concat();
    // Nobody reads an unknown field's text.
    read(&not_utf8, logs).unwrap();
    let named =
        [&br#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":""#[..], &[0xff], &br#""}]}]}]}"#[..]].concat();
    assert!(read(&named, traces).is_err());
}

#[test]
fn a_value_nested_without_end_is_refused() {
    let depth = 100_000;
    let body = format!(
        r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{{"attributes":[{{"value":{}"#,
        r#"{"arrayValue":{"values":["#.repeat(depth)
    );
    assert!(invalid(&body, traces).contains("recursion limit exceeded"));
    let unknown = format!(r#"{{"unknown":{}"#, "[".repeat(depth));
    // What is ignored is skipped without recursion, to the end, where the closing brackets are missing.
    assert!(invalid(&unknown, traces).contains("EOF"));
}

#[test]
fn the_first_problem_of_a_row_is_its_reason() {
    let wrong = json!({ "name": 1, "kind": "?", "traceId": "x" });
    let (spans, refused) = read_spans(json!([wrong, wrong, {}])).unwrap();
    assert_eq!(spans.len(), 1);
    // The order is that of the text; serde_json's `json!` sorts the names.
    let message = "2 spans refused: kind must be the number or name of a value, found another name (2)";
    assert_eq!(refused.message(Signal::Spans), message);
}

#[test]
fn a_span_that_is_no_object_is_refused_alone() {
    let (spans, refused) = read_spans(json!([1, "x", [], true, {}])).unwrap();
    assert_eq!((spans.len(), refused.total()), (1, 4));
    assert!(refused.message(Signal::Spans).contains("spans must be an object, found a number (1)"));
}

#[test]
fn a_point_is_refused_alone_and_a_metric_with_its_points() {
    let points = json!([{ "asInt": "x" }, { "asInt": 1 }, { "asDouble": [] }]);
    let (metrics, refused) = read_metrics(json!([{ "name": "m", "sum": { "dataPoints": points } }])).unwrap();
    let Some(Data::Sum(sum)) = &metrics[0].data else { panic!("{metrics:?}") };
    assert_eq!((sum.data_points.len(), refused.total()), (1, 2));

    let points = json!([{ "asInt": 1 }, { "asInt": 2 }]);
    let two_kinds = json!({ "name": "m", "gauge": { "dataPoints": points }, "sum": { "dataPoints": points } });
    let unnamed = json!({ "name": [], "gauge": { "dataPoints": points } });
    let odd = json!({ "name": "m", "sum": { "dataPoints": points, "aggregationTemporality": "DELTA" } });
    let (metrics, refused) = read_metrics(json!([two_kinds, unnamed, odd, { "name": "whole" }])).unwrap();
    assert_eq!((metrics.len(), refused.total()), (1, 6));
    assert!(refused.message(Signal::Metrics).contains("sum must be the only value, found a second one (2)"));
}

#[test]
fn wrong_buckets_and_exemplars_refuse_the_point() {
    for wrong in [
        json!({ "bucketCounts": ["1", "x"] }),
        json!({ "bucketCounts": [-1] }),
        json!({ "explicitBounds": [null, "x"] }),
        json!({ "explicitBounds": {} }),
        json!({ "count": -1 }),
        json!({ "min": "low" }),
        json!({ "exemplars": [{ "traceId": 1 }] }),
        json!({ "exemplars": [1] }),
    ] {
        let points = json!([wrong, {}]);
        let (metrics, refused) = read_metrics(json!([{ "histogram": { "dataPoints": points } }])).unwrap();
        let Some(Data::Histogram(histogram)) = &metrics[0].data else { panic!("{metrics:?}") };
        assert_eq!((histogram.data_points.len(), refused.total()), (1, 1), "{wrong}");
    }
}

#[test]
fn duplicate_names_in_an_object() {
    let body = r#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"a","name":"b","kind":1,"kind":2}]}]}]}"#;
    let (request, refused) = read(body.as_bytes(), traces).unwrap();
    let span = &request.resource_spans[0].scope_spans[0].spans[0];
    assert_eq!((span.name.as_str(), span.kind, refused.total()), ("b", 2, 0));
}
