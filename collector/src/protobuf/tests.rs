use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::metrics::v1::exponential_histogram_data_point::Buckets;
use opentelemetry_proto::tonic::metrics::v1::{HistogramDataPoint, NumberDataPoint, number_data_point};
use proptest::prelude::*;
use prost::Message;
use storage::Signal;

use super::*;
use crate::admission::Admission;
use crate::limits::Limits;
use crate::reason::Refused;
use crate::{convert, json};

fn all(mut fields: Fields<'_>) -> Result<Vec<u32>, Malformed> {
    let mut numbers = Vec::new();
    while let Some(field) = fields.next()? {
        numbers.push(field.number);
    }
    Ok(numbers)
}

#[test]
fn each_form_of_a_field() {
    let point = NumberDataPoint {
        start_time_unix_nano: u64::MAX,
        value: Some(number_data_point::Value::AsDouble(-0.5)),
        flags: u32::MAX,
        ..Default::default()
    };
    let message = point.encode_to_vec();
    let mut fields = Fields::new(&message);
    let start = fields.next().unwrap().unwrap();
    assert_eq!((start.number, start.fixed64()), (2, Ok(u64::MAX)));
    assert_eq!((start.varint(), start.bytes()), (Err(Malformed::FormOf(2)), Err(Malformed::FormOf(2))));
    let value = fields.next().unwrap().unwrap();
    assert_eq!((value.number, value.double()), (4, Ok(-0.5)));
    let flags = fields.next().unwrap().unwrap();
    assert_eq!((flags.number, flags.uint32()), (8, Ok(u32::MAX)));
    assert!(fields.next().unwrap().is_none());
    let negative = Buckets { offset: i32::MIN, bucket_counts: vec![0, 127, 128, u64::MAX] }.encode_to_vec();
    let mut fields = Fields::new(&negative);
    assert_eq!(fields.next().unwrap().unwrap().sint32(), Ok(i32::MIN));
    let mut counts = Vec::new();
    fields.next().unwrap().unwrap().varints(&mut counts).unwrap();
    assert_eq!(counts, [0, 127, 128, u64::MAX]);
}

#[test]
fn repeated_numbers_may_be_packed_or_not() {
    let packed = HistogramDataPoint { bucket_counts: vec![1, 2, 3], ..Default::default() }.encode_to_vec();
    let mut single = Vec::new();
    [1u64, 2, 3].iter().for_each(|count| prost::encoding::fixed64::encode(6, count, &mut single));
    for message in [packed, single] {
        let (mut fields, mut counts) = (Fields::new(&message), Vec::new());
        while let Some(field) = fields.next().unwrap() {
            field.fixed64s(&mut counts, |count| count).unwrap();
        }
        assert_eq!(counts, [1, 2, 3]);
    }
    let (mut odd, mut counts) = (Vec::new(), Vec::<u64>::new());
    prost::encoding::bytes::encode(6, &vec![0; 9], &mut odd);
    let field = Fields::new(&odd).next().unwrap().unwrap();
    assert_eq!(field.fixed64s(&mut counts, |count| count), Err(Malformed::Truncated));
}

#[test]
fn what_is_malformed_is_said() {
    for (message, wanted) in [
        (&[0x08][..], Malformed::Truncated),
        (&[0x08, 0x80], Malformed::Truncated),
        (&[0x0a, 5, 1], Malformed::Truncated),
        (&[0x09, 1, 2, 3], Malformed::Truncated),
        (&[0x00, 1], Malformed::Number),
        (&[0x0e, 1], Malformed::Form),
        (&[0x0c], Malformed::Form),
        (&[0x08, 255, 255, 255, 255, 255, 255, 255, 255, 255, 2], Malformed::Varint),
    ] {
        assert_eq!(all(Fields::new(message)), Err(wanted), "{message:?}");
    }
    let mut text = Vec::new();
    prost::encoding::bytes::encode(3, &vec![0xff, 0xfe], &mut text);
    assert_eq!(Fields::new(&text).next().unwrap().unwrap().text(), Err(Malformed::Text(3)));
    assert_eq!(all(Fields::new(&[0x08, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1])), Ok(vec![1]));
}

#[test]
fn groups_are_passed_over_however_deep() {
    // Group 1 with a varint and a group within, then field 2.
    assert_eq!(all(Fields::new(&[0x0b, 0x10, 7, 0x1b, 0x22, 1, 9, 0x1c, 0x0c, 0x10, 1])), Ok(vec![1, 2]));
    assert_eq!(all(Fields::new(&[0x0b, 0x1c])), Err(Malformed::Form));
    assert_eq!(all(Fields::new(&[0x0b])), Err(Malformed::Truncated));
    assert_eq!(all(Fields::new(&[0x0b; 10_000])), Err(Malformed::Depth));
}

/// The specification's examples in their binary form.
fn examples() -> Vec<(Signal, Vec<u8>)> {
    let limits = Limits::default();
    let binary = |(signal, example): (Signal, &str)| {
        let mut admitted = Admission::new(&limits).admit().unwrap();
        let message = json::message(signal, example.as_bytes(), &limits, &mut admitted, &mut Refused::default());
        (signal, message.unwrap().to_vec())
    };
    let examples = [
        (Signal::Spans, include_str!("../json/tests/spec_trace.json")),
        (Signal::Logs, include_str!("../json/tests/spec_logs.json")),
        (Signal::Metrics, include_str!("../json/tests/spec_metrics.json")),
    ];
    examples.map(binary).into()
}

/// Whether protobuf's own reader takes a request.
fn is_taken(signal: Signal, message: &[u8]) -> bool {
    match signal {
        Signal::Spans => ExportTraceServiceRequest::decode(message).is_ok(),
        Signal::Logs => ExportLogsServiceRequest::decode(message).is_ok(),
        Signal::Metrics => ExportMetricsServiceRequest::decode(message).is_ok(),
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(
        message in proptest::collection::vec(any::<u8>(), 0..200), changed in any::<prop::sample::Index>(), byte: u8,
    ) {
        for (signal, mut example) in examples() {
            let at = changed.index(example.len());
            example[at] = byte;
            for message in [&message, &example] {
                let mut refused = Refused::default();
                let rows = convert::rows(signal, message, &Limits::default(), 7, &mut refused);
                prop_assert!(rows.is_ok() || !is_taken(signal, message), "{:?}", rows.err());
            }
        }
    }
}
