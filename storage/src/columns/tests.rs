use std::sync::Arc;

use arrow::array::{Array, AsArray};
use arrow::datatypes::{Int16Type, Int64Type, TimestampMicrosecondType};

use super::*;
use crate::codec::tests::{log_record, stored};
use crate::row::*;

fn text(value: &str) -> Value<'_> {
    Value::String(value.into())
}

fn map(batch: &RecordBatch, column: &str, row: usize) -> Vec<(String, String)> {
    let map = batch.column_by_name(column).expect("column").as_map();
    if map.is_null(row) {
        return Vec::new();
    }
    let entries = map.value(row);
    let (keys, values) = (entries.column(0).as_string::<i32>(), entries.column(1).as_string::<i32>());
    (0..entries.len()).map(|entry| (keys.value(entry).into(), values.value(entry).into())).collect()
}

fn string<'a>(batch: &'a RecordBatch, column: &str, row: usize) -> Option<&'a str> {
    let column = batch.column_by_name(column).expect("column").as_string::<i32>();
    column.is_valid(row).then(|| column.value(row))
}

#[test]
fn promoted_attributes_get_their_columns_and_nothing_is_lost() {
    let resource = Arc::new(Resource {
        service_name: "shop".into(),
        service_namespace: None,
        environment: Some("prod".into()),
        attributes: vec![
            ("faas.name".into(), text("checkout")),
            ("http.route".into(), text("a record's attribute, not a resource's")),
            ("faas.max_memory".into(), text("128, as text")),
        ],
    });
    let mut first = log_record(&resource, 1_234_567, "hello");
    first.attributes = vec![
        ("http.method".into(), text("older")),
        ("http.request.method".into(), text("GET")),
        ("http.status_code".into(), Value::Int(200)),
        ("faas.name".into(), text("a resource's attribute, not a record's")),
        ("own".into(), Value::Array(vec![Value::Int(1), text("x")])),
    ];
    let mut second = log_record(&resource, -1, "");
    second.body = Value::Map(vec![("a".into(), Value::Double(f64::NAN))]);
    let stored = [stored(&Batch::Logs(vec![first])), stored(&Batch::Logs(vec![second]))];
    let batch = record_batch(Signal::Logs, &stored, &PromotedSet::fixed()).expect("columns");

    assert_eq!(string(&batch, "http_request_method", 0), Some("GET"));
    assert_eq!(string(&batch, "http_request_method", 1), None);
    let status = batch.column_by_name("http_response_status_code").expect("column").as_primitive::<Int64Type>();
    assert_eq!((status.value(0), status.is_null(1)), (200, true));
    assert_eq!(string(&batch, "faas_name", 0), Some("checkout"));
    let pair = |key: &str, json: &str| (key.to_owned(), json.to_owned());
    assert_eq!(
        map(&batch, "attributes", 0),
        [
            pair("http.method", "\"older\""),
            pair("faas.name", "\"a resource's attribute, not a record's\""),
            pair("own", "[1,\"x\"]"),
        ]
    );
    let resource_map =
        [pair("http.route", "\"a record's attribute, not a resource's\""), pair("faas.max_memory", "\"128, as text\"")];
    assert_eq!(map(&batch, "resource_attributes", 0), resource_map);
    assert_eq!(map(&batch, "resource_attributes", 1), resource_map);
    assert_eq!(map(&batch, "attributes", 1), []);
    assert_eq!((string(&batch, "body", 0), string(&batch, "body_type", 0)), (Some("hello"), Some("string")));
    assert_eq!((string(&batch, "body", 1), string(&batch, "body_type", 1)), (Some("{\"a\":\"NaN\"}"), Some("json")));
    assert_eq!((string(&batch, "environment", 0), string(&batch, "service_namespace", 0)), (Some("prod"), None));

    let times = batch.column_by_name("time").expect("column").as_primitive::<TimestampMicrosecondType>();
    let below = batch.column_by_name("time_ns").expect("column").as_primitive::<Int16Type>();
    assert_eq!([(times.value(0), below.value(0)), (times.value(1), below.value(1))], [(1_234, 567), (-1, 999)]);
}

fn point(attributes: Attributes<'_>, buckets: Buckets) -> MetricPoint<'_> {
    MetricPoint {
        resource: Arc::default(),
        scope: Arc::default(),
        name: "latency".into(),
        unit: "ms".into(),
        description: "".into(),
        kind: MetricKind::Histogram,
        temporality: Some(Temporality::Delta),
        monotonic: false,
        time_unix_nano: 5,
        start_time_unix_nano: 0,
        flags: 0,
        attributes,
        value: None,
        value_int: None,
        count: Some(u64::MAX),
        sum: Some(1.0),
        min: None,
        max: None,
        buckets,
        exemplars: vec![Exemplar {
            time_unix_nano: 7,
            value: 1.0,
            trace_id: Some([1; 16]),
            span_id: None,
            filtered_attributes: vec![("k".into(), Value::Bool(true))],
        }],
    }
}

#[test]
fn a_point_has_the_bucket_columns_of_its_kind() {
    let explicit = Buckets::Explicit { bounds: vec![1.0], counts: vec![2, 3] };
    let exponential =
        Buckets::Exponential(ExponentialBuckets { scale: 3, positive_counts: vec![1, 2], ..Default::default() });
    let points = vec![
        point(vec![], explicit),
        point(vec![], exponential),
        point(vec![], Buckets::Quantiles(vec![(0.5, 9.0)])),
        point(vec![], Buckets::None),
    ];
    let batch =
        record_batch(Signal::Metrics, &[stored(&Batch::Metrics(points))], &PromotedSet::fixed()).expect("columns");
    let valid = |column: &str| -> Vec<bool> {
        let column = batch.column_by_name(column).expect("column");
        (0..batch.num_rows()).map(|row| column.is_valid(row)).collect()
    };
    assert_eq!(valid("bucket_counts"), [true, false, false, false]);
    assert_eq!(valid("positive_bucket_counts"), [false, true, false, false]);
    assert_eq!(valid("scale"), [false, true, false, false]);
    assert_eq!(valid("quantiles"), [false, false, true, false]);
    assert_eq!(valid("exemplars"), [true; 4]);
    assert_eq!(valid("start_time"), [false; 4]);
    let counts = batch.column_by_name("bucket_counts").expect("column").as_list::<i32>().value(0);
    assert_eq!(counts.as_primitive::<Int64Type>().values(), &[2, 3]);
}

#[test]
fn a_series_has_one_id_for_ever() {
    let ids = |points: Vec<MetricPoint<'_>>| -> Vec<i64> {
        let stored = [stored(&Batch::Metrics(points))];
        let batch = record_batch(Signal::Metrics, &stored, &PromotedSet::fixed()).expect("columns");
        batch.column_by_name("series_id").expect("column").as_primitive::<Int64Type>().values().to_vec()
    };
    let pair = |key: &'static str, value: i64| (key.into(), Value::Int(value));
    let mut other_service = point(vec![pair("a", 1), pair("b", 2)], Buckets::None);
    other_service.resource = Arc::new(Resource { service_name: "other".into(), ..Resource::default() });
    let found = ids(vec![
        point(vec![pair("a", 1), pair("b", 2)], Buckets::None),
        point(vec![pair("b", 2), pair("a", 1)], Buckets::None),
        point(vec![pair("a", 2), pair("b", 1)], Buckets::None),
        other_service,
    ]);
    assert_eq!(found[0], found[1]);
    assert_ne!(found[0], found[2]);
    assert_ne!(found[0], found[3]);
    // Stored data depends on it.
    assert_eq!(found[0], SERIES_ID);
}

const SERIES_ID: i64 = 7_384_615_420_442_977_413;

#[test]
fn no_rows_are_columns_too() {
    for signal in Signal::ALL {
        assert_eq!(record_batch(signal, &[], &PromotedSet::fixed()).expect("columns").num_rows(), 0);
    }
}
