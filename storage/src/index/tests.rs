use std::sync::Arc;

use super::*;
use crate::attributes::plain_text;
use crate::codec::tests::log_record;
use crate::columns::record_batch;
use crate::row::*;
use crate::text;

fn logs_index(records: &[LogRecord]) -> SegmentIndex {
    let batch = record_batch(Signal::Logs, &[Batch::Logs(records.to_vec())]).expect("columns");
    let packed = build(Signal::Logs, &batch).expect("builds").expect("logs have an index");
    pack::open(&packed).expect("opens")
}

fn rows(index: &SegmentIndex, query: &IndexQuery) -> Vec<u32> {
    assert!(index.can_answer(query), "{query:?}");
    index.search(query).expect("searches").into_iter().collect()
}

fn words(text: &str) -> Vec<String> {
    text::tokens(text).collect()
}

fn attribute(key: &str, value: &str) -> IndexQuery {
    IndexQuery::Attribute { key: key.into(), value: value.into() }
}

fn records() -> Vec<LogRecord> {
    let shop = Arc::new(Resource {
        service_name: "shop".into(),
        environment: Some("prod".into()),
        attributes: vec![("faas.name".into(), Value::String("checkout".into()))],
        ..Resource::default()
    });
    let other = Arc::new(Resource { service_name: "Shop".into(), ..Resource::default() });
    let mut records = vec![
        log_record(&shop, 1, "Payment declined: card_4242"),
        log_record(&shop, 2, "payment accepted"),
        log_record(&other, 3, "declined payment"),
        log_record(&other, 4, ""),
    ];
    records[0].attributes = vec![
        ("http.method".into(), Value::String("GET".into())),
        ("http.response.status_code".into(), Value::Int(502)),
        ("a=b".into(), Value::String("c".into())),
        ("long".into(), Value::String("x".repeat(100_000))),
    ];
    records[1].attributes = vec![
        ("a".into(), Value::String("b=c".into())),
        // Not an integer, so it stays in the map; it is found all the same.
        ("http.status_code".into(), Value::String("502".into())),
        ("long".into(), Value::String("x".repeat(100_001))),
    ];
    records[1].severity_number = 17;
    records[2].trace_id = Some([7; 16]);
    records[3].severity_number = 0;
    records
}

#[test]
fn questions_about_log_records() {
    let index = logs_index(&records());
    let check = |query: IndexQuery, expected: &[u32]| assert_eq!(rows(&index, &query), expected, "{query:?}");
    check(IndexQuery::All(vec![]), &[0, 1, 2, 3]);
    check(IndexQuery::Any(vec![]), &[]);
    check(IndexQuery::Words(words("payment")), &[0, 1, 2]);
    check(IndexQuery::Words(words("declined PAYMENT")), &[0, 2]);
    check(IndexQuery::Words(words("absent payment")), &[]);
    check(IndexQuery::Phrase(words("payment declined")), &[0]);
    check(IndexQuery::Phrase(words("declined: card-4242")), &[0]);
    check(IndexQuery::Phrase(words("payment")), &[0, 1, 2]);
    check(IndexQuery::Prefix("pay".into()), &[0, 1, 2]);
    check(IndexQuery::Prefix("acc".into()), &[1]);
    check(IndexQuery::Prefix(String::new()), &[0, 1, 2]);
    check(IndexQuery::Service("shop".into()), &[0, 1]);
    check(attribute("service.name", "Shop"), &[2, 3]);
    check(attribute("deployment.environment", "prod"), &[0, 1]);
    check(attribute("faas.name", "checkout"), &[0, 1]);
    check(IndexQuery::Severity { min: 9, max: 9 }, &[0, 2]);
    check(IndexQuery::Severity { min: 10, max: 255 }, &[1]);
    check(IndexQuery::TraceId(vec![7; 16]), &[2]);
    check(IndexQuery::Not(Box::new(IndexQuery::Words(words("payment")))), &[3]);
    let both = vec![IndexQuery::Service("shop".into()), IndexQuery::Words(words("accepted"))];
    check(IndexQuery::All(both.clone()), &[1]);
    check(IndexQuery::Any(both), &[0, 1]);
}

#[test]
fn attributes_are_found_by_any_name_and_never_confused() {
    let index = logs_index(&records());
    let check = |query: IndexQuery, expected: &[u32]| assert_eq!(rows(&index, &query), expected, "{query:?}");
    check(attribute("http.request.method", "GET"), &[0]);
    check(attribute("http.method", "GET"), &[0]);
    check(attribute("http.method", "get"), &[]);
    check(attribute("http.response.status_code", "502"), &[0, 1]);
    check(attribute("http.status_code", "502"), &[0, 1]);
    check(attribute("a=b", "c"), &[0]);
    check(attribute("a", "b=c"), &[1]);
    check(attribute("long", &"x".repeat(100_000)), &[0]);
    check(attribute("long", &"x".repeat(100_001)), &[1]);
    check(attribute("long", &"x".repeat(99_999)), &[]);
    check(IndexQuery::AttributeExists("long".into()), &[0, 1]);
    check(IndexQuery::AttributeExists("http.status_code".into()), &[0, 1]);
    check(IndexQuery::AttributeExists("faas.name".into()), &[0, 1]);
    check(IndexQuery::AttributeExists("absent".into()), &[]);
}

#[test]
fn questions_about_spans() {
    let span = |name: &str, status: &str, exception: Option<&str>| Span {
        resource: Arc::new(Resource { service_name: "shop".into(), ..Resource::default() }),
        scope: Arc::default(),
        trace_id: [1; 16],
        span_id: [2; 8],
        parent_span_id: None,
        trace_state: String::new(),
        flags: 0,
        name: name.into(),
        kind: SpanKind::Server,
        start_time_unix_nano: 0,
        duration_ns: 1,
        status_code: StatusCode::Error,
        status_message: status.into(),
        attributes: vec![("db.system".into(), Value::String("postgresql".into()))],
        events: exception
            .map(|message| SpanEvent {
                time_unix_nano: 0,
                name: "exception".into(),
                attributes: vec![("exception.message".into(), Value::String(message.into()))],
            })
            .into_iter()
            .collect(),
        links: vec![],
        dropped_attributes_count: 0,
        dropped_events_count: 0,
        dropped_links_count: 0,
    };
    let spans = vec![span("GET /orders", "", None), span("SELECT", "timed out", Some("pool exhausted"))];
    let batch = record_batch(Signal::Spans, &[Batch::Spans(spans)]).expect("columns");
    let index = pack::open(&build(Signal::Spans, &batch).expect("builds").expect("has one")).expect("opens");
    let check = |query: IndexQuery, expected: &[u32]| assert_eq!(rows(&index, &query), expected, "{query:?}");
    check(IndexQuery::Words(words("orders")), &[0]);
    check(IndexQuery::Phrase(words("pool exhausted")), &[1]);
    // Words of different texts are no phrase.
    check(IndexQuery::Phrase(words("select timed")), &[]);
    check(IndexQuery::Words(words("select exhausted")), &[1]);
    check(attribute("db.system.name", "postgresql"), &[0, 1]);
    let by_severity = IndexQuery::Severity { min: 1, max: 2 };
    assert!(!index.can_answer(&by_severity));
    assert_eq!(index.search(&by_severity).expect_err("not indexed").kind(), crate::ErrorKind::Invalid);
}

#[test]
fn a_damaged_file_is_noticed_at_any_byte() {
    let batch = record_batch(Signal::Logs, &[Batch::Logs(records())]).expect("columns");
    let packed = build(Signal::Logs, &batch).expect("builds").expect("has one");
    for at in (0..packed.len()).step_by(97) {
        let mut damaged = packed.clone();
        damaged[at] ^= 1;
        assert!(pack::open(&damaged).is_err(), "byte {at}");
        assert!(pack::open(&packed[..at]).is_err(), "cut at {at}");
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(48))]

    #[test]
    fn the_index_agrees_with_the_exact_filter(
        bodies in proptest::collection::vec("[ab ßÉ_.0-9]{0,14}", 1..40), asked in "[ab ßÉ_.0-9]{1,6}", key in "[kl=\\\\]{1,3}",
        values in proptest::collection::vec(proptest::option::of(0i64..4), 40),
    ) {
        let records: Vec<LogRecord> = bodies.iter().zip(&values).map(|(body, value)| {
            let mut record = log_record(&Arc::default(), 0, body);
            record.attributes = value.iter().map(|number| (key.clone(), Value::Int(*number))).collect();
            record
        }).collect();
        let index = logs_index(&records);
        let expect = |matches: &dyn Fn(&LogRecord) -> bool| -> Vec<u32> {
            (0..).zip(&records).filter(|(_, record)| matches(record)).map(|(row, _)| row).collect()
        };
        let body = |record: &LogRecord| plain_text(&record.body).into_owned();
        let asked = words(&asked);
        assert_eq!(rows(&index, &IndexQuery::Words(asked.clone())), expect(&|r| text::has_words(&body(r), &asked)));
        assert_eq!(rows(&index, &IndexQuery::Phrase(asked.clone())), expect(&|r| text::has_phrase(&body(r), &asked)));
        if let Some(prefix) = asked.first() {
            assert_eq!(rows(&index, &IndexQuery::Prefix(prefix.clone())), expect(&|r| text::has_prefix(&body(r), prefix)));
        }
        let has = |r: &LogRecord, value: &str| r.attributes.iter().any(|(_, v)| plain_text(v) == value);
        assert_eq!(rows(&index, &attribute(&key, "2")), expect(&|r| has(r, "2")));
        assert_eq!(rows(&index, &IndexQuery::AttributeExists(key.clone())), expect(&|r| !r.attributes.is_empty()));
    }
}
