//! Attribute values, and each type of field.

use opentelemetry_proto::tonic::common::v1::any_value::Value as Sent;
use opentelemetry_proto::tonic::common::v1::{AnyValue, ArrayValue, KeyValue, KeyValueList};
use opentelemetry_proto::tonic::metrics::v1::number_data_point;

use super::*;

fn any(value: Sent) -> AnyValue {
    AnyValue { value: Some(value) }
}

fn value_of(sent: Value) -> Option<Sent> {
    let mut read = span(json!({ "attributes": [{ "key": "k", "value": sent }] }));
    read.attributes.remove(0).value.and_then(|any| any.value)
}

#[test]
fn attribute_values() {
    let bytes = Sent::BytesValue(vec![0xfb, 0xef, 0xff, 0x01]);
    let nested = Sent::ArrayValue(ArrayValue { values: vec![any(Sent::IntValue(1)), AnyValue { value: None }] });
    let pair = KeyValue { key: "a".to_owned(), value: Some(any(Sent::BoolValue(false))), key_strindex: 0 };
    let map = Sent::KvlistValue(KeyValueList { values: vec![pair] });
    for (sent, want) in [
        (json!({ "stringValue": "t" }), Some(Sent::StringValue("t".to_owned()))),
        (json!({ "string_value": "\u{e9}\"\n" }), Some(Sent::StringValue("\u{e9}\"\n".to_owned()))),
        (json!({ "boolValue": true }), Some(Sent::BoolValue(true))),
        (json!({ "intValue": "-9223372036854775808" }), Some(Sent::IntValue(i64::MIN))),
        (json!({ "intValue": 9_223_372_036_854_775_807_i64 }), Some(Sent::IntValue(i64::MAX))),
        (json!({ "intValue": 1000.0 }), Some(Sent::IntValue(1000))),
        (json!({ "intValue": "1e3" }), Some(Sent::IntValue(1000))),
        (json!({ "int_value": -5 }), Some(Sent::IntValue(-5))),
        (json!({ "doubleValue": 637.704 }), Some(Sent::DoubleValue(637.704))),
        (json!({ "doubleValue": 5 }), Some(Sent::DoubleValue(5.0))),
        (json!({ "doubleValue": "1.5" }), Some(Sent::DoubleValue(1.5))),
        (json!({ "doubleValue": "Infinity" }), Some(Sent::DoubleValue(f64::INFINITY))),
        (json!({ "doubleValue": "-Infinity" }), Some(Sent::DoubleValue(f64::NEG_INFINITY))),
        (json!({ "bytesValue": "++//AQ==" }), Some(bytes.clone())),
        (json!({ "bytesValue": "++//AQ" }), Some(bytes.clone())),
        (json!({ "bytesValue": "--__AQ==" }), Some(bytes.clone())),
        (json!({ "bytes_value": "--__AQ" }), Some(bytes)),
        (json!({ "bytesValue": "" }), Some(Sent::BytesValue(vec![]))),
        (json!({ "arrayValue": { "values": [{ "intValue": 1 }, {}] } }), Some(nested)),
        (json!({ "arrayValue": {} }), Some(Sent::ArrayValue(ArrayValue { values: vec![] }))),
        (json!({ "arrayValue": { "values": null } }), Some(Sent::ArrayValue(ArrayValue { values: vec![] }))),
        (json!({ "kvlistValue": { "values": [{ "key": "a", "value": { "boolValue": false } }] } }), Some(map)),
        (json!({ "kvlist_value": {} }), Some(Sent::KvlistValue(KeyValueList { values: vec![] }))),
        (json!({ "stringValue": null, "intValue": 1 }), Some(Sent::IntValue(1))),
        (json!({ "stringValue": null }), None),
        (json!({ "newerValue": { "deep": [1] } }), None),
        (json!({}), None),
        (json!(null), None),
    ] {
        assert_eq!(value_of(sent.clone()), want, "{sent}");
    }
    assert!(matches!(value_of(json!({ "doubleValue": "NaN" })), Some(Sent::DoubleValue(nan)) if nan.is_nan()));
}

#[test]
fn wrong_attribute_values_refuse_the_row() {
    for (sent, reason) in [
        (json!({ "stringValue": 1 }), "stringValue must be a string, found a number"),
        (json!({ "boolValue": "true" }), "boolValue must be true or false, found a string"),
        (json!({ "intValue": 1.5 }), "intValue must be a 64-bit integer, found another number"),
        (json!({ "intValue": "9223372036854775808" }), "intValue must be a 64-bit integer, found another string"),
        (json!({ "intValue": "0x10" }), "intValue must be a 64-bit integer, found another string"),
        (json!({ "intValue": {} }), "intValue must be a 64-bit integer, found an object"),
        (json!({ "doubleValue": "inf" }), "doubleValue must be a number, found another string"),
        (json!({ "doubleValue": true }), "doubleValue must be a number, found a boolean"),
        (json!({ "bytesValue": "?" }), "bytesValue must be base64, found another string"),
        (json!({ "arrayValue": [1] }), "arrayValue must be an object, found a list"),
        (json!({ "arrayValue": { "values": {} } }), "values must be a list, found an object"),
        (json!({ "stringValue": "a", "intValue": 1 }), "stringValue must be the only value, found a second one"),
        (json!("plain"), "value must be an object, found a string"),
    ] {
        let wrong = json!({ "attributes": [{ "key": "k", "value": sent }] });
        let (spans, refused) = read_spans(json!([wrong, { "name": "whole" }])).unwrap();
        assert_eq!(refused.message(Signal::Spans), format!("1 span refused: {reason} (1)"), "{sent}");
        assert_eq!(spans, [Span { name: "whole".to_owned(), ..Default::default() }]);
    }
}

#[test]
fn doubles_are_exact() {
    // serde_json's default conversion is one unit off for some of these.
    for text in ["0.1", "9007199254740993e-16", "1.7976931348623157e308", "5e-324", "123456789.12345678", "-0.0"] {
        let body = format!(
            r#"{{"resourceMetrics":[{{"scopeMetrics":[{{"metrics":[{{"gauge":{{"dataPoints":[{{"asDouble":{text}}}]}}}}]}}]}}]}}"#
        );
        let (request, _) = read(body.as_bytes(), metrics).unwrap();
        let metric = &request.resource_metrics[0].scope_metrics[0].metrics[0];
        let Some(Data::Gauge(gauge)) = &metric.data else { panic!("no gauge") };
        let Some(number_data_point::Value::AsDouble(found)) = gauge.data_points[0].value else { panic!("no double") };
        assert_eq!(found.to_bits(), text.parse::<f64>().unwrap().to_bits(), "{text}");
    }
}

#[test]
fn integers() {
    for (sent, want) in [
        (json!("1544712660000000000"), 1_544_712_660_000_000_000),
        (json!(1_544_712_660_000_000_000_u64), 1_544_712_660_000_000_000),
        (json!(u64::MAX), u64::MAX),
        (json!("18446744073709551615"), u64::MAX),
        (json!(0.0), 0),
        (json!(1e15), 1_000_000_000_000_000),
        (json!(null), 0),
    ] {
        assert_eq!(span(json!({ "startTimeUnixNano": sent })).start_time_unix_nano, want, "{sent}");
    }
    assert_eq!(span(json!({ "flags": "257" })).flags, 257);
    for wrong in [json!(-1), json!("-1"), json!(""), json!(" 1"), json!("1_000"), json!(1.5), json!(1e300), json!([])] {
        let (spans, refused) = read_spans(json!([{ "startTimeUnixNano": wrong }])).unwrap();
        assert_eq!((spans.len(), refused.total()), (0, 1), "{wrong}");
    }
    let (_, refused) = read_spans(json!([{ "flags": 4_294_967_296_u64 }])).unwrap();
    let message = "1 span refused: flags must be an unsigned 32-bit integer, found another number (1)";
    assert_eq!(refused.message(Signal::Spans), message);
}

#[test]
fn ids_are_hex_in_either_case() {
    for (sent, want) in [
        (json!("5B8EFFF798038103"), vec![0x5b, 0x8e, 0xff, 0xf7, 0x98, 0x03, 0x81, 0x03]),
        (json!("5b8efff798038103"), vec![0x5b, 0x8e, 0xff, 0xf7, 0x98, 0x03, 0x81, 0x03]),
        (json!("01"), vec![1]),
        (json!(""), vec![]),
        (json!(null), vec![]),
    ] {
        assert_eq!(span(json!({ "spanId": sent })).span_id, want, "{sent}");
    }
    // The second is what base64 would make of an id.
    for wrong in [json!("123"), json!("W47/95gDgQPSabYzgT/GDA=="), json!(12), json!("zz"), json!("+1")] {
        let (spans, refused) = read_spans(json!([{ "spanId": wrong }])).unwrap();
        assert_eq!((spans.len(), refused.total()), (0, 1), "{wrong}");
        assert!(refused.message(Signal::Spans).contains("spanId must be "), "{}", refused.message(Signal::Spans));
    }
}

#[test]
fn enumerations_are_numbers_or_names() {
    for (sent, want) in [
        (json!(2), 2),
        (json!("SPAN_KIND_SERVER"), 2),
        (json!("2"), 2),
        (json!(2.0), 2),
        (json!(99), 99),
        (json!(-7), -7),
        (json!(null), 0),
    ] {
        assert_eq!(span(json!({ "kind": sent })).kind, want, "{sent}");
    }
    let status = span(json!({ "status": { "code": "STATUS_CODE_ERROR", "message": "m" } })).status.unwrap();
    assert_eq!((status.code, status.message.as_str()), (2, "m"));
    let (_, refused) = read_spans(json!([{ "kind": "SERVER" }])).unwrap();
    let message = "1 span refused: kind must be the number or name of a value, found another name (1)";
    assert_eq!(refused.message(Signal::Spans), message);
    let (logs, _) = read_logs(json!([{ "severityNumber": "SEVERITY_NUMBER_FATAL4" }])).unwrap();
    assert_eq!(logs[0].severity_number, 24);
}

#[test]
fn either_arm_of_a_number() {
    let points = gauge_points(json!([
        { "asDouble": "NaN" },
        { "asInt": "-3", "asDouble": null },
        { "as_int": 4 },
        { "flags": 1 },
    ]));
    assert!(matches!(points[0].value, Some(number_data_point::Value::AsDouble(nan)) if nan.is_nan()));
    assert_eq!(points[1].value, Some(number_data_point::Value::AsInt(-3)));
    assert_eq!(points[2].value, Some(number_data_point::Value::AsInt(4)));
    assert_eq!((points[3].value, points[3].flags), (None, 1));
}
