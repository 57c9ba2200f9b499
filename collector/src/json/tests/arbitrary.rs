//! Whatever is sent: no panic, and no row lost without being counted.

use proptest::prelude::*;
use prost::Message;

use super::*;
use crate::admission::Admission;
use crate::compression::Encoding;
use crate::decode::{Decoded, Described, Format, decode};

fn decoded(signal: Signal, format: Format, encoding: Encoding, body: Vec<u8>) -> Result<Decoded, Refusal> {
    let limits = Limits { decompressed_bytes_max: 1 << 20, ..Limits::default().at_any_time() };
    let mut admitted = Admission::new(&limits).admit().unwrap();
    decode(Described { signal, format, encoding }, body.into(), &limits, 7, &mut admitted)
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[0-9a-fA-F]{0,32}|NaN|-?Infinity|-?[0-9]{1,20}|\\PC{0,8}".prop_map(Value::from),
    ];
    let name = prop_oneof![
        proptest::sample::select(vec![
            "spans",
            "traceId",
            "attributes",
            "key",
            "value",
            "stringValue",
            "intValue",
            "arrayValue",
            "kvlistValue",
            "values",
            "doubleValue",
            "bytesValue",
            "events",
            "links",
            "status",
            "kind",
            "startTimeUnixNano",
            "dataPoints",
            "gauge",
            "sum",
            "histogram",
            "exponentialHistogram",
            "summary",
            "asInt",
            "asDouble",
            "bucketCounts",
            "explicitBounds",
            "positive",
            "exemplars",
            "body",
            "timeUnixNano",
            "name",
        ])
        .prop_map(str::to_owned),
        "\\PC{0,4}",
    ];
    leaf.prop_recursive(5, 60, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::hash_map(name.clone(), inner, 0..6)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

/// The places in a document, as JSON pointers.
fn pointers(document: &Value, here: &str, found: &mut Vec<String>) {
    found.push(here.to_owned());
    match document {
        Value::Array(elements) => {
            elements.iter().enumerate().for_each(|(index, child)| pointers(child, &format!("{here}/{index}"), found));
        }
        Value::Object(fields) => {
            fields.iter().for_each(|(name, child)| pointers(child, &format!("{here}/{name}"), found));
        }
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes(body in proptest::collection::vec(any::<u8>(), 0..400)) {
        for signal in Signal::ALL {
            for format in [Format::Protobuf, Format::Json] {
                for encoding in [Encoding::Identity, Encoding::Gzip, Encoding::Zstd] {
                    let _ = decoded(signal, format, encoding, body.clone());
                }
            }
        }
    }

    #[test]
    fn any_json_is_read_or_refused(document in any_json()) {
        for signal in Signal::ALL {
            let _ = decoded(signal, Format::Json, Encoding::Identity, document.to_string().into_bytes());
        }
    }

    #[test]
    fn any_span_of_json_is_kept_or_counted(spans in proptest::collection::vec(any_json(), 0..8)) {
        let body = json!({ "resourceSpans": [{ "scopeSpans": [{ "spans": spans }] }] }).to_string();
        let decoded = decoded(Signal::Spans, Format::Json, Encoding::Identity, body.into_bytes()).unwrap();
        prop_assert_eq!(decoded.batch.len() as u64 + decoded.refused.total(), spans.len() as u64);
    }

    #[test]
    fn the_examples_with_one_place_replaced(choice in any::<prop::sample::Index>(), other in any_json()) {
        for (signal, example) in [
            (Signal::Spans, include_str!("spec_trace.json")),
            (Signal::Logs, include_str!("spec_logs.json")),
            (Signal::Metrics, include_str!("spec_metrics.json")),
        ] {
            let mut document: Value = serde_json::from_str(example).unwrap();
            let mut places = Vec::new();
            pointers(&document, "", &mut places);
            *document.pointer_mut(&places[choice.index(places.len())]).unwrap() = other.clone();
            let _ = decoded(signal, Format::Json, Encoding::Identity, document.to_string().into_bytes());
        }
    }

    #[test]
    fn a_valid_message_with_one_byte_changed(position in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let (request, _) = read(include_str!("spec_metrics.json").as_bytes(), metrics).unwrap();
        let mut body = request.encode_to_vec();
        let position = position.index(body.len());
        body[position] = byte;
        let _ = decoded(Signal::Metrics, Format::Protobuf, Encoding::Identity, body);
    }
}

#[test]
fn the_examples_are_the_same_rows_in_both_forms() {
    let examples = [
        (Signal::Spans, include_str!("spec_trace.json")),
        (Signal::Logs, include_str!("spec_logs.json")),
        (Signal::Logs, include_str!("spec_events.json")),
        (Signal::Metrics, include_str!("spec_metrics.json")),
    ];
    for (signal, example) in examples {
        let body = match signal {
            Signal::Spans => read(example.as_bytes(), traces).unwrap().0.encode_to_vec(),
            Signal::Logs => read(example.as_bytes(), logs).unwrap().0.encode_to_vec(),
            Signal::Metrics => read(example.as_bytes(), metrics).unwrap().0.encode_to_vec(),
        };
        let json = decoded(signal, Format::Json, Encoding::Identity, example.as_bytes().to_vec()).unwrap();
        let binary = decoded(signal, Format::Protobuf, Encoding::Identity, body).unwrap();
        assert_eq!(json.batch, binary.batch);
        assert!(!json.batch.is_empty());
    }
}
