use std::sync::Arc;

use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};

mod grain;

use super::*;
use crate::attributes::plain_text;
use crate::codec::tests::{log_record, stored};
use crate::columns::record_batch;
use crate::promoted::PromotedSet;
use crate::row::*;
use crate::segment::Sidecar;
use crate::text;

fn index_of(batch: &Batch<'_>, block_rows: u32) -> Arc<SegmentIndex> {
    open(packed(batch, block_rows)).expect("opens")
}

fn packed(batch: &Batch<'_>, block_rows: u32) -> Vec<u8> {
    let signal = batch.signal();
    let columns = record_batch(signal, &[stored(batch)], &PromotedSet::fixed()).expect("columns");
    let mut builder = Builder::with_block_rows(signal, block_rows, &PromotedSet::fixed());
    // In pieces, as they come when segments are merged.
    for at in (0..columns.num_rows()).step_by(3) {
        builder.push(&columns.slice(at, 3.min(columns.num_rows() - at))).expect("takes rows");
    }
    builder.finish().expect("builds").expect("has an index")
}

/// As a store does, from a file.
fn open(packed: Vec<u8>) -> Result<Arc<SegmentIndex>, String> {
    let (objects, sidecar) = put(packed);
    let opened = block_on(IndexCache::new(usize::MAX).get(&objects, &sidecar));
    opened.expect("reads")
}

fn put(packed: Vec<u8>) -> (Arc<dyn ObjectStore>, Sidecar) {
    let objects: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
    let (path, size_bytes, crc32c) = (Path::from("a.idx"), packed.len() as u64, crc32c::crc32c(&packed));
    block_on(objects.put(&path, packed.into())).expect("puts");
    (objects, Sidecar { path, size_bytes, crc32c })
}

/// Searches; a dictionary opens on a thread of its own.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.expect("starts").block_on(future)
}

fn search(index: &SegmentIndex, query: &IndexQuery) -> Blocks {
    block_on(index.search(query)).expect("searches")
}

/// With blocks of one row, so that an answer says which rows.
fn logs_index(records: &[LogRecord<'static>]) -> Arc<SegmentIndex> {
    index_of(&Batch::Logs(records.to_vec()), 1)
}

fn rows(index: &SegmentIndex, query: &IndexQuery) -> Vec<u64> {
    assert!(index.can_answer(query), "{query:?}");
    search(index, query).ranges().into_iter().flatten().collect()
}

fn words(text: &str) -> Vec<String> {
    text::tokens(text).collect()
}

fn attribute(key: &str, value: &str) -> IndexQuery {
    IndexQuery::Attribute { key: key.into(), value: value.into() }
}

fn records() -> Vec<LogRecord<'static>> {
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
        ("long".into(), Value::String("x".repeat(100_000).into())),
    ];
    records[1].attributes = vec![
        ("a".into(), Value::String("b=c".into())),
        // Not an integer, so it stays in the map; it is found all the same.
        ("http.status_code".into(), Value::String("502".into())),
        ("long".into(), Value::String("x".repeat(100_001).into())),
    ];
    records[1].severity_number = 17;
    records[2].trace_id = Some([7; 16]);
    records[3].severity_number = 0;
    records
}

#[test]
fn questions_about_log_records() {
    let index = logs_index(&records());
    let check = |query: IndexQuery, expected: &[u64]| assert_eq!(rows(&index, &query), expected, "{query:?}");
    check(IndexQuery::All(vec![]), &[0, 1, 2, 3]);
    check(IndexQuery::Any(vec![]), &[]);
    check(IndexQuery::Words(words("payment")), &[0, 1, 2]);
    check(IndexQuery::Words(words("declined PAYMENT")), &[0, 2]);
    check(IndexQuery::Words(words("absent payment")), &[]);
    // Their order is for the filter of the rows.
    check(IndexQuery::Phrase(words("payment declined")), &[0, 2]);
    check(IndexQuery::Phrase(words("declined: card-4242")), &[0]);
    check(IndexQuery::Phrase(words("payment")), &[0, 1, 2]);
    check(IndexQuery::Prefix("pay".into()), &[0, 1, 2]);
    check(IndexQuery::Prefix("acc".into()), &[1]);
    check(IndexQuery::Prefix("acceptable".into()), &[1]);
    assert!(!index.can_answer(&IndexQuery::Prefix("pa".into())));
    check(IndexQuery::Service("shop".into()), &[0, 1]);
    check(attribute("service.name", "Shop"), &[2, 3]);
    check(attribute("deployment.environment", "prod"), &[0, 1]);
    check(attribute("faas.name", "checkout"), &[0, 1]);
    check(IndexQuery::Severity { min: 9, max: 9 }, &[0, 2]);
    check(IndexQuery::Severity { min: 10, max: 255 }, &[1]);
    check(IndexQuery::TraceId(vec![7; 16]), &[2]);
    let both = vec![IndexQuery::Service("shop".into()), IndexQuery::Words(words("accepted"))];
    check(IndexQuery::All(both.clone()), &[1]);
    check(IndexQuery::Any(both), &[0, 1]);
}

#[test]
fn attributes_are_found_by_any_name_and_never_confused() {
    let index = logs_index(&records());
    let check = |query: IndexQuery, expected: &[u64]| assert_eq!(rows(&index, &query), expected, "{query:?}");
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
    let mut second = a_span("SELECT", "timed out", Some("pool exhausted"));
    second.trace_id = [3; 16];
    second.links =
        vec![SpanLink { trace_id: [1; 16], span_id: [2; 8], trace_state: "".into(), attributes: Vec::new() }];
    let spans = vec![a_span("GET /orders", "", None), second];
    let index = index_of(&Batch::Spans(spans), 1);
    let check = |query: IndexQuery, expected: &[u64]| assert_eq!(rows(&index, &query), expected, "{query:?}");
    check(IndexQuery::TraceId(vec![1; 16]), &[0]);
    check(IndexQuery::TraceId(vec![3; 16]), &[1]);
    check(IndexQuery::LinkTo(vec![1; 16]), &[1]);
    check(IndexQuery::LinkTo(vec![3; 16]), &[]);
    check(IndexQuery::Words(words("orders")), &[0]);
    check(IndexQuery::Phrase(words("pool exhausted")), &[1]);
    check(IndexQuery::Words(words("select exhausted")), &[1]);
    check(attribute("db.system.name", "postgresql"), &[0, 1]);
    let by_severity = IndexQuery::Severity { min: 1, max: 2 };
    assert!(!index.can_answer(&by_severity));
    let Err(Failed::Unread(error)) = block_on(index.search(&by_severity)) else { panic!("not indexed") };
    assert_eq!(error.kind(), crate::ErrorKind::Invalid);
}

fn a_span(name: &'static str, status: &'static str, exception: Option<&'static str>) -> Span<'static> {
    Span {
        resource: Arc::new(Resource { service_name: "shop".into(), ..Resource::default() }),
        scope: Arc::default(),
        trace_id: [1; 16],
        span_id: [2; 8],
        parent_span_id: None,
        trace_state: "".into(),
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
    }
}

/// Records of which some words are in few blocks and some in many.
fn many_records() -> Vec<LogRecord<'static>> {
    let record = |row: i64| log_record(&Arc::default(), row, &format!("request {} of user u{}", row * 7919, row % 40));
    (0..3000_i64).map(record).collect()
}

#[test]
fn a_damaged_file_is_noticed_by_every_search_that_reads_the_damage() {
    let packed = packed(&Batch::Logs(many_records()), 10);
    let query = IndexQuery::Any(vec![IndexQuery::Words(words("7919")), IndexQuery::Words(words("u17"))]);
    let found = rows(&open(packed.clone()).expect("opens"), &query);
    assert!(found.len() > 100);
    let mut noticed = 0;
    for at in (0..packed.len()).step_by(97) {
        let mut damaged = packed.clone();
        damaged[at] ^= 1;
        match open(damaged) {
            Err(_) => noticed += 1,
            Ok(index) => match block_on(index.search(&query)) {
                Ok(blocks) => assert_eq!(blocks.ranges().into_iter().flatten().collect::<Vec<_>>(), found, "byte {at}"),
                Err(Failed::Damaged(_)) => noticed += 1,
                Err(Failed::Unread(error)) => panic!("byte {at}: {error}"),
            },
        }
        // The catalog has the length that was written.
        let (objects, sidecar) = put(packed[..at].to_vec());
        let sidecar = Sidecar { size_bytes: packed.len() as u64, ..sidecar };
        match block_on(IndexCache::new(usize::MAX).get(&objects, &sidecar)).expect("reads") {
            Err(_) => {}
            Ok(index) => match block_on(index.search(&query)) {
                Ok(blocks) => {
                    assert_eq!(blocks.ranges().into_iter().flatten().collect::<Vec<_>>(), found, "cut at {at}")
                }
                Err(failed) => assert!(matches!(failed, Failed::Damaged(_)), "cut at {at}: {failed:?}"),
            },
        }
    }
    assert!(noticed > packed.len() / 97 / 10, "{noticed}");
}

#[test]
fn a_search_reads_few_pages_and_the_cache_counts_and_frees_them() {
    let records = (0..60_000_i64).map(|row| {
        let mut record = log_record(&Arc::default(), row, "");
        record.trace_id = Some((row as u128).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c834).to_be_bytes());
        record
    });
    let records: Vec<LogRecord<'static>> = records.collect();
    let wanted = records[30_000].trace_id.expect("has one").to_vec();
    let packed = packed(&Batch::Logs(records), 16);
    let size = packed.len();
    let (objects, sidecar) = put(packed);
    let cache = IndexCache::new(100_000);
    let index = block_on(cache.get(&objects, &sidecar)).expect("reads").expect("opens");
    let opened = cache.bytes();
    assert_eq!(rows(&index, &IndexQuery::TraceId(wanted.clone())), (30_000..30_016).collect::<Vec<u64>>());
    let read = cache.bytes() - opened;
    assert!(read > 0 && read <= 3 * body::PAGE_BYTES as usize && read * 2 < size, "{read} of {size}");
    assert_eq!(rows(&index, &IndexQuery::TraceId(wanted)).len(), 16);
    assert_eq!(cache.bytes(), opened + read, "pages are read once");
    let other = Sidecar { path: Path::from("b.idx"), ..sidecar };
    block_on(objects.copy(&Path::from("a.idx"), &other.path)).expect("copies");
    let other = block_on(cache.get(&objects, &other)).expect("reads").expect("opens");
    assert!(cache.bytes() > 100_000);
    drop(index);
    assert_eq!(cache.bytes(), other.bytes(), "the one that was not used went");
}

#[test]
fn blocks_are_ranges_of_rows() {
    let records: Vec<LogRecord> = (0..1000)
        .map(|row| log_record(&Arc::default(), 0, if row < 250 || row == 999 { "early" } else { "late" }))
        .collect();
    let index = index_of(&Batch::Logs(records), 100);
    let ranges = |text: &str| search(&index, &IndexQuery::Words(words(text))).ranges();
    assert_eq!(ranges("early"), [0..300, 900..1000]);
    assert_eq!(ranges("late"), [Range { start: 200, end: 1000 }]);
    assert_eq!(ranges("never"), []);
    assert!(search(&index, &IndexQuery::Words(words("never"))).is_empty());
    assert_eq!((index.rows(), index.block_count()), (1000, 10));
}

#[test]
fn many_terms_of_few_blocks_and_few_terms_of_many() {
    let mut records = many_records();
    for (row, record) in (0u128..).zip(&mut records) {
        record.trace_id = Some(u128::to_be_bytes(row / 3));
    }
    let index = index_of(&Batch::Logs(records), 10);
    let blocks = |query: IndexQuery| rows(&index, &query).len() / 10;
    assert_eq!(blocks(IndexQuery::Words(words("request"))), 300);
    assert_eq!(blocks(IndexQuery::Words(words("u17"))), 75);
    for row in (0..3000).step_by(37) {
        let found = rows(&index, &IndexQuery::Words(vec![(row * 7919).to_string()]));
        assert!(found.contains(&row) && found.len() <= 20, "{row}: {found:?}");
        let found = rows(&index, &IndexQuery::TraceId(u128::to_be_bytes(u128::from(row) / 3).to_vec()));
        assert!(found.contains(&row) && found.len() <= 30, "{row}: {found:?}");
    }
    let absent = (0..1000).filter(|n| blocks(IndexQuery::Words(vec![format!("absent{n}")])) > 0).count();
    assert!(absent < 20, "{absent} of 1,000 words that do not occur were found");
}

#[test]
fn blocks_know_their_times() {
    let at = [5_000_i64, 1_000, 9_999, 3_000, 2_000];
    let records: Vec<LogRecord> = at.iter().map(|time| log_record(&Arc::default(), *time, "x")).collect();
    let index = index_of(&Batch::Logs(records), 2);
    let times: Vec<_> = (0..4).map(|block| index.block_times(block)).collect();
    assert_eq!(times, [Some((1, 5)), Some((3, 9)), Some((2, 2)), None]);
    let blocks = search(&index, &IndexQuery::All(Vec::new()));
    assert_eq!(blocks.iter().collect::<Vec<_>>(), [(0, 0..2), (1, 2..4), (2, 4..5)]);
}

#[test]
fn a_sidecar_of_another_form_says_so() {
    let mut packed = packed(&Batch::Logs(records()), 1);
    packed[7] = b'4';
    let reason = open(packed.clone()).expect_err("is of an earlier form");
    assert!(reason.contains("--repair"), "{reason}");
    packed[0] = b'X';
    assert_eq!(open(packed).expect_err("is none"), "it is no index");
}

#[test]
fn an_attribute_with_a_column_is_known_to_be_in_a_map() {
    let mut records = records();
    let routes = [Value::String("/orders".into()), Value::Int(5), Value::String("5".into())];
    for (record, route) in records.iter_mut().zip(routes) {
        record.attributes = vec![("http.route".into(), route), ("app.plan".into(), Value::Int(1))];
    }
    let index = logs_index(&records);
    assert_eq!(rows(&index, &attribute("http.route", "5")), [1, 2]);
    assert_eq!(rows(&index, &IndexQuery::InMap("http.route".into())), [1]);
    assert_eq!(rows(&index, &IndexQuery::InMap("http.response.status_code".into())), [0_u64; 0]);
    assert_eq!(rows(&index, &IndexQuery::InMap("app.plan".into())), [0_u64; 0], "it has no column");
}

/// Two words whose hashes are equal as far as the index keeps them must both be found.
#[test]
fn a_frequent_term_never_hides_another_one() {
    let frequent = collect::Frequent {
        short: collect::short(term::word("first")),
        kind: term::Kind::Word,
        text: "second".into(),
        blocks: (0..9).collect(),
    };
    let parts = pack::Parts {
        signal: Signal::Logs,
        rows: 10,
        block_rows: 1,
        severities: vec![0; 10],
        times: vec![(0, 0); 10],
        needles: needles::encode(&[], &[frequent.short], 10),
        dictionary: dictionary::build(&[frequent], 10).expect("builds"),
    };
    let index = open(pack::pack(parts).expect("packs")).expect("opens");
    assert_eq!(rows(&index, &IndexQuery::Words(words("first"))).len(), 10);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(48))]

    #[test]
    fn the_index_agrees_with_the_exact_filter(
        bodies in proptest::collection::vec("[ab ßÉ_.0-9]{0,14}", 1..60), asked in "[ab ßÉ_.0-9]{1,6}", key in "[kl=\\\\]{1,3}",
        values in proptest::collection::vec(proptest::option::of(0i64..4), 60),
    ) {
        let records: Vec<LogRecord> = bodies.iter().zip(&values).map(|(body, value)| {
            let mut record = log_record(&Arc::default(), 0, body);
            record.attributes = value.iter().map(|number| (key.clone().into(), Value::Int(*number))).collect();
            record
        }).collect();
        let index = logs_index(&records);
        // The index may name a row too many, never one too few.
        let check = |query: IndexQuery, matches: &dyn Fn(&LogRecord) -> bool| {
            let found = rows(&index, &query);
            for (row, record) in (0..).zip(&records) {
                assert!(found.contains(&row) || !matches(record), "{query:?} misses {row}: {:?}", record.body);
            }
        };
        let body = |record: &LogRecord| plain_text(&record.body).into_owned();
        let asked = words(&asked);
        check(IndexQuery::Words(asked.clone()), &|r| text::has_words(&body(r), &asked));
        check(IndexQuery::Phrase(asked.clone()), &|r| text::has_phrase(&body(r), &asked));
        for prefix in asked.iter().filter(|prefix| index.can_answer(&IndexQuery::Prefix(prefix.to_string()))) {
            check(IndexQuery::Prefix(prefix.clone()), &|r| text::has_prefix(&body(r), prefix));
        }
        let has = |r: &LogRecord, value: &str| r.attributes.iter().any(|(_, v)| plain_text(v) == value);
        check(attribute(&key, "2"), &|r| has(r, "2"));
        check(IndexQuery::AttributeExists(key.clone()), &|r| !r.attributes.is_empty());
    }
}
