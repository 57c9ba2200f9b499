use super::*;

fn span_with(attributes: Vec<KeyValue>) -> trace_v1::Span {
    trace_v1::Span {
        trace_id: vec![1; 16],
        span_id: vec![2; 8],
        start_time_unix_nano: 1,
        attributes,
        ..Default::default()
    }
}

fn kept(attributes: Vec<KeyValue>) -> storage::Attributes<'static> {
    let (mut rows, refused) = convert_spans(vec![span_with(attributes)], &Limits::default());
    assert_eq!(refused.total(), 0, "{}", refused.message(Signal::Spans));
    rows.remove(0).attributes
}

fn refused(attributes: Vec<KeyValue>, limits: &Limits) -> String {
    let (rows, refused) = convert_spans(vec![span_with(attributes)], limits);
    assert_eq!((rows.len(), refused.total()), (0, 1));
    refused.message(Signal::Spans)
}

fn nested(depth: usize) -> Sent {
    (0..depth).fold(Sent::IntValue(1), |inner, _| Sent::ArrayValue(ArrayValue { values: vec![any(inner)] }))
}

#[test]
fn every_kind_of_value() {
    let sent = vec![
        text("text", "a"),
        pair("bool", Sent::BoolValue(true)),
        pair("int", Sent::IntValue(i64::MIN)),
        pair("double", Sent::DoubleValue(f64::INFINITY)),
        pair("bytes", Sent::BytesValue(vec![0, 255])),
        pair("array", Sent::ArrayValue(ArrayValue { values: vec![any(Sent::IntValue(1)), AnyValue::default()] })),
        pair("map", Sent::KvlistValue(KeyValueList { values: vec![text("k", "v"), text("k", "again")] })),
        KeyValue { key: "empty".to_owned(), value: None, key_strindex: 0 },
    ];
    let want = [
        ("text", Value::String("a".into())),
        ("bool", Value::Bool(true)),
        ("int", Value::Int(i64::MIN)),
        ("double", Value::Double(f64::INFINITY)),
        ("bytes", Value::Bytes(vec![0, 255].into())),
        ("array", Value::Array(vec![Value::Int(1), Value::Empty])),
        ("map", Value::Map(vec![("k".into(), Value::String("v".into()))])),
        ("empty", Value::Empty),
    ];
    assert_eq!(kept(sent), want.map(|(key, value)| (key.into(), value)));
}

#[test]
fn the_first_of_a_repeated_key_is_kept() {
    for others in [0, 10, 100] {
        let mut sent = vec![text("a", "first"), text("a", "second")];
        sent.extend((0..others).map(|index| text(&format!("k{index}"), "v")));
        sent.push(text("a", "third"));
        let row = kept(sent);
        assert_eq!(row.len(), others + 1);
        assert_eq!(row[0], ("a".into(), Value::String("first".into())));
        assert!(row[1..].iter().all(|(key, _)| key != "a"));
    }
}

#[test]
fn values_and_keys_have_limits() {
    let limits =
        Limits { attribute_value_bytes_max: 20, attribute_key_bytes_max: 12, value_depth_max: 2, ..Limits::default() };
    let size = "the limit ingest.attribute_value_bytes_max is 20";
    assert!(refused(vec![text("a", &"x".repeat(21))], &limits).contains(&format!("21, {size}")));
    assert!(refused(vec![pair("a", Sent::BytesValue(vec![0; 21]))], &limits).contains(size));
    let list = ArrayValue { values: vec![any(Sent::IntValue(1)); 2] };
    assert!(refused(vec![pair("a", Sent::ArrayValue(list))], &limits).contains(&format!("24, {size}")));
    assert!(
        refused(vec![text("thirteen-long", "")], &limits)
            .contains("13, the limit ingest.attribute_key_bytes_max is 12")
    );
    let deep = Limits { attribute_value_bytes_max: 1000, ..limits };
    assert!(refused(vec![pair("a", nested(3))], &deep).contains("3, the limit ingest.value_depth_max is 2"));
    let inner_key = Sent::KvlistValue(KeyValueList { values: vec![text("thirteen-long", "")] });
    assert!(refused(vec![pair("a", inner_key)], &deep).contains("ingest.attribute_key_bytes_max"));
    assert_eq!(kept(vec![pair("a", nested(16))]).len(), 1);
}

#[test]
fn string_tables_are_for_profiles() {
    assert!(refused(vec![pair("a", Sent::StringValueStrindex(1))], &Limits::default()).contains("string table"));
    let indexed = KeyValue { key_strindex: 3, ..text("", "v") };
    assert!(refused(vec![indexed], &Limits::default()).contains("string table"));
}

#[test]
fn the_resource_names_the_service() {
    let of = |resource: Option<SentResource>| {
        let scope_spans = vec![trace_v1::ScopeSpans { spans: vec![span_with(vec![])], ..Default::default() }];
        let sent = trace_v1::ResourceSpans { resource, scope_spans, ..Default::default() };
        let (rows, _) = resource_spans_of(vec![sent], &Limits::default());
        std::sync::Arc::clone(&rows[0].resource)
    };
    let resource = |attributes| of(Some(SentResource { attributes, ..Default::default() }));
    let row = resource(vec![
        text("host.name", "h"),
        text("service.name", "shop"),
        text("service.namespace", "eu"),
        text("deployment.environment", "old"),
    ]);
    assert_eq!((row.service_name.as_ref(), row.service_namespace.as_deref()), ("shop", Some("eu")));
    assert_eq!(row.environment.as_deref(), Some("old"));
    assert_eq!(row.attributes, [("host.name".into(), Value::String("h".into()))]);

    let both = resource(vec![text("deployment.environment", "old"), text("deployment.environment.name", "new")]);
    assert_eq!(both.environment.as_deref(), Some("new"));
    assert_eq!(both.attributes.len(), 1);

    for unnamed in [vec![], vec![text("service.name", "")], vec![pair("service.name", Sent::IntValue(7))]] {
        assert_eq!(resource(unnamed).service_name, "unknown_service");
    }
    assert_eq!(of(None).service_name, "unknown_service");
}

#[test]
fn a_bad_resource_or_scope_takes_its_rows_along() {
    let limits = Limits { attributes_per_record_max: 1, name_bytes_max: 5, ..Limits::default() };
    let crowded = SentResource { attributes: vec![text("a", ""), text("b", "")], ..Default::default() };
    let spans = || vec![span_with(vec![]); 3];
    let scoped = |name: &str| trace_v1::ScopeSpans {
        scope: Some(InstrumentationScope { name: name.to_owned(), ..Default::default() }),
        spans: spans(),
        ..Default::default()
    };
    let resource_spans = vec![
        trace_v1::ResourceSpans { resource: Some(crowded), scope_spans: vec![scoped("a")], ..Default::default() },
        trace_v1::ResourceSpans { scope_spans: vec![scoped("too long"), scoped("ok")], ..Default::default() },
    ];
    let (rows, refused) = resource_spans_of(resource_spans, &limits);
    assert_eq!((rows.len(), refused.total()), (3, 6));
    assert!(rows.iter().all(|row| row.scope.name == "ok"));
}
