use api::log::LogSearch;
use api::trace::{Class, TraceSearch};
use api::{AttributeFilter, FilterOperator, TimeRange};
use serde_json::{Value, json as value};
use storage::{Batch, SpanKind};

use super::fixture::{SECOND, Shop, T0, hex, log, page_view, span, span_id, trace_id};
use super::{json, same_live_and_sealed};

fn hour() -> TimeRange {
    TimeRange { from: T0.to_string(), to: (T0 + 3_600 * SECOND).to_string() }
}

fn search() -> TraceSearch {
    TraceSearch { range: hour(), ..TraceSearch::default() }
}

fn filter(key: &str, operator: FilterOperator, value: Value) -> AttributeFilter {
    AttributeFilter { key: key.to_owned(), operator, value }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trace_by_its_id() {
    same_live_and_sealed(async |shop| {
        let answer = shop.engine.trace(&shop.tenant, &hex(&trace_id(1)).to_uppercase()).await.unwrap();
        assert_eq!(answer.spans.len(), 5);
        let root = &answer.spans[0];
        assert_eq!(
            (root.span_id.as_str(), answer.root_span_id.as_str()),
            (hex(&span_id(1)).as_str(), hex(&span_id(1)).as_str())
        );
        assert_eq!((root.name.as_str(), root.kind.as_str(), root.class), ("POST /order", "server", Class::Fault));
        assert_eq!(root.start_time_unix_nano.0, T0 + 60 * SECOND + 7);
        assert_eq!(root.attributes["http.response.status_code"], value!(500));
        assert_eq!((&root.attributes["app.items"], &root.attributes["app.price"]), (&value!(3), &value!(12.5)));
        assert_eq!(answer.spans[2].resource_attributes["faas.name"], value!("orders"));
        assert_eq!(answer.spans[2].events[0].attributes["exception.type"], value!("PaymentDeclined"));
        assert_eq!(answer.log_count, 1);
        assert_eq!(answer.linked_traces.len(), 1);
        assert_eq!(
            (answer.linked_traces[0].trace_id.as_str(), answer.linked_traces[0].upstream),
            (hex(&trace_id(2)).as_str(), false)
        );
        assert_eq!(answer.truncated, None);
        json(answer)
    })
    .await;
}

/// A start reads the whole log at once, and a client may send a large request: many live rows are one batch then.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_live_rows_cost_a_question_no_more_memory_than_it_needs() {
    let shop = Shop::with(query::Config { query_memory_bytes: 4 << 20, ..query::Config::default() }).await;
    shop.append(Batch::Spans((0..20_000).flat_map(page_view).collect())).await;
    let id = hex(&trace_id(100 + 777));
    let answer = shop.engine.trace(&shop.tenant, &id).await.unwrap();
    assert_eq!((answer.spans.len(), answer.truncated), (2, None));
    let asked = |query: String| api::sql::SqlRequest { query, limit: None };
    let whole = asked(format!("SELECT * FROM spans WHERE trace_id = '{id}'"));
    assert_eq!(shop.engine.sql(&shop.tenant, &whole).await.unwrap().rows.len(), 2);
    let by_kind = asked("SELECT kind, count(attributes), max(name) FROM spans GROUP BY kind ORDER BY kind".to_owned());
    let counted = shop.engine.sql(&shop.tenant, &by_kind).await.unwrap();
    assert_eq!((&counted.rows[0][1], &counted.rows[1][1]), (&value!(0), &value!(20_000)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trace_is_read_from_the_blocks_that_have_it() {
    let shop = Shop::empty().await;
    for part in 0..5_u64 {
        shop.append(Batch::Spans((part * 4_000..(part + 1) * 4_000).flat_map(page_view).collect())).await;
        shop.append(Batch::Logs(vec![log(part.cast_signed(), 9, "x")])).await;
        shop.store.seal_all().await.unwrap();
    }
    let answer = shop.engine.trace(&shop.tenant, &hex(&trace_id(100 + 9_000))).await.unwrap();
    assert_eq!(answer.spans.len(), 2);
    let statistics = answer.statistics;
    assert_eq!((statistics.segments_total, statistics.segments_pruned), (10, 9));
    assert!(statistics.rows_scanned <= 2_048 * 3, "{} rows were looked at", statistics.rows_scanned);
    let unknown = shop.engine.trace(&shop.tenant, &"ab".repeat(16)).await.unwrap_err();
    assert_eq!(unknown.kind, query::ErrorKind::NotFound);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_consumers_trace_knows_what_came_before() {
    let shop = Shop::open().await;
    let answer = shop.engine.trace(&shop.tenant, &hex(&trace_id(2))).await.unwrap();
    assert_eq!(
        (answer.linked_traces[0].trace_id.as_str(), answer.linked_traces[0].upstream),
        (hex(&trace_id(1)).as_str(), true)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unknown_and_wrong_ids_are_told_apart() {
    let shop = Shop::open().await;
    let missing = shop.engine.trace(&shop.tenant, &"ab".repeat(16)).await.unwrap_err();
    assert_eq!(missing.kind, query::ErrorKind::NotFound);
    let wrong = shop.engine.trace(&shop.tenant, "abc").await.unwrap_err();
    assert_eq!(wrong.kind, query::ErrorKind::Invalid);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn searches_find_what_the_conditions_say() {
    use FilterOperator::{Contains, Eq, Exists, Ge, Gt, Lt, Missing, Ne};
    let by = |filters: &[AttributeFilter]| TraceSearch { attributes: filters.to_vec(), limit: Some(1_000), ..search() };
    let text = |text: &str| TraceSearch { text: text.to_owned(), limit: Some(1_000), ..search() };
    let cases: Vec<(&str, TraceSearch, usize)> = vec![
        ("everything", TraceSearch { limit: Some(1_000), ..search() }, 202),
        ("service", TraceSearch { service: Some("worker".into()), ..search() }, 1),
        ("operation", TraceSearch { operation: Some("POST /order".into()), ..search() }, 1),
        ("kind", TraceSearch { kinds: vec!["producer".into()], ..search() }, 1),
        ("class", TraceSearch { classes: vec![Class::Error], limit: Some(1_000), ..search() }, 20),
        ("duration", TraceSearch { duration_min_ns: Some(300_000_000), ..search() }, 1),
        ("promoted, stable name", by(&[filter("http.response.status_code", Eq, value!(404))]), 20),
        ("promoted, older name", by(&[filter("http.status_code", Eq, value!(500))]), 1),
        ("promoted, as text", by(&[filter("http.response.status_code", Eq, value!("404"))]), 20),
        ("promoted, by size", by(&[filter("http.response.status_code", Ge, value!(404))]), 21),
        ("promoted of the resource", by(&[filter("faas.name", Eq, value!("orders"))]), 1),
        ("in the map", by(&[filter("app.plan", Eq, value!("gold"))]), 1),
        ("a number in the map", by(&[filter("app.items", Eq, value!(3.0))]), 1),
        ("a double in the map", by(&[filter("app.price", Gt, value!(12))]), 1),
        ("a double that is not smaller", by(&[filter("app.price", Lt, value!(12.5))]), 0),
        ("different", by(&[filter("app.visitor", Ne, value!("visitor-0"))]), 171),
        ("contains", by(&[filter("app.visitor", Contains, value!("itor-3"))]), 29),
        ("there", by(&[filter("app.visitor", Exists, Value::Null)]), 200),
        ("not there", by(&[filter("app.visitor", Missing, Value::Null)]), 202),
        (
            "two conditions on one span",
            by(&[filter("app.plan", Eq, value!("gold")), filter("app.items", Eq, value!(4))]),
            0,
        ),
        ("a column of the model", by(&[filter("service.name", Eq, value!("worker"))]), 1),
        ("words of an exception", text("declined bank"), 1),
        ("a phrase", text("\"card was declined\""), 1),
        ("not a phrase", text("\"was card\""), 0),
        ("words of the name", text("post order"), 1),
        ("callee by name", TraceSearch { callee: Some("orders".into()), ..search() }, 1),
        ("callee by id", TraceSearch { callee: Some("database:shop@db1".into()), ..search() }, 1),
        (
            "callee of another caller",
            TraceSearch { callee: Some("orders".into()), service: Some("worker".into()), ..search() },
            0,
        ),
    ];
    let shop = Shop::open().await;
    for round in ["live", "sealed"] {
        for (name, search, expected) in &cases {
            let page = shop.engine.search_traces(&shop.tenant, search).await.unwrap();
            assert_eq!(page.traces.len(), *expected, "{name}, {round}");
        }
        shop.store.seal_all().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_summary_is_of_the_whole_trace() {
    same_live_and_sealed(async |shop| {
        let only = TraceSearch { kinds: vec!["producer".into()], ..search() };
        let page = shop.engine.search_traces(&shop.tenant, &only).await.unwrap();
        let summary = &page.traces[0];
        assert_eq!((summary.root_service.as_str(), summary.root_name.as_str()), ("gateway", "POST /order"));
        assert_eq!((summary.span_count, summary.matched_spans, summary.class), (5, 1, Class::Fault));
        assert_eq!((summary.http_method.as_deref(), summary.http_status_code), (Some("POST"), Some(500)));
        assert_eq!(
            summary.services.iter().map(|of| (of.service.as_str(), of.spans, of.failed)).collect::<Vec<_>>(),
            [("orders", 3, 1), ("gateway", 2, 1)]
        );
        assert_eq!(page.truncated, None);
        json(page)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_are_in_order_and_new_rows_shift_nothing() {
    let shop = Shop::open().await;
    let mut seen: Vec<String> = Vec::new();
    let mut cursor = None;
    let mut starts: Vec<i64> = Vec::new();
    for page_number in 0.. {
        let page = TraceSearch { limit: Some(30), cursor: cursor.clone(), service: Some("gateway".into()), ..search() };
        let page = shop.engine.search_traces(&shop.tenant, &page).await.unwrap();
        starts.extend(page.traces.iter().map(|trace| trace.start_time_unix_nano.0));
        seen.extend(page.traces.iter().map(|trace| trace.trace_id.clone()));
        assert_eq!(page.truncated.is_some(), page.cursor.is_some());
        cursor = page.cursor;
        if cursor.is_none() {
            break;
        }
        // Newer than everything, and sealed or not between the pages.
        let new = span(5_000 + page_number, 9_000 + page_number, None, "gateway", SpanKind::Server, 3_000_000, 5);
        shop.append(Batch::Spans(vec![new])).await;
        if page_number == 2 {
            shop.store.seal_all().await.unwrap();
        }
    }
    assert_eq!(seen.len(), 201);
    assert!(starts.is_sorted_by(|a, b| a >= b));
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 201, "a trace is on one page only");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_missing_file_is_said_and_the_rest_is_answered() {
    let shop = Shop::open().await;
    shop.store.seal_all().await.unwrap();
    shop.append(Batch::Spans(vec![span(7_000, 7_000, None, "gateway", SpanKind::Server, 1_000, 5)])).await;
    let snapshot = shop.store.snapshot(&shop.tenant, storage::Signal::Spans).await.unwrap();
    for segment in &snapshot.segments {
        std::fs::remove_file(shop.directory.path().join(segment.path.as_ref())).unwrap();
    }
    let page = shop.engine.search_traces(&shop.tenant, &search()).await.unwrap();
    assert_eq!(page.traces.len(), 1);
    assert_eq!(page.truncated.unwrap().reason, api::TruncationReason::MissingData);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_questions_say_what_is_wrong() {
    let shop = Shop::empty().await;
    let wrong = [
        TraceSearch { limit: Some(0), ..search() },
        TraceSearch { limit: Some(1_001), ..search() },
        TraceSearch { kinds: vec!["sever".into()], ..search() },
        TraceSearch { cursor: Some("nonsense".into()), ..search() },
        TraceSearch { range: TimeRange { from: "now".into(), to: "now-1h".into() }, ..search() },
        TraceSearch { attributes: vec![filter("a", FilterOperator::Gt, value!("many"))], ..search() },
        TraceSearch { text: "\"open".into(), ..search() },
    ];
    for search in wrong {
        let error = shop.engine.search_traces(&shop.tenant, &search).await.unwrap_err();
        assert_eq!(error.kind, query::ErrorKind::Invalid, "{search:?}");
    }
    let none = shop.engine.search_traces(&shop.tenant, &search()).await.unwrap();
    assert!(none.traces.is_empty() && none.cursor.is_none() && none.truncated.is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cursor_belongs_to_its_question() {
    let shop = Shop::open().await;
    let first = TraceSearch { limit: Some(30), ..search() };
    let cursor = shop.engine.search_traces(&shop.tenant, &first).await.unwrap().cursor;
    let other = TraceSearch { cursor: cursor.clone(), service: Some("gateway".into()), ..first.clone() };
    let error = shop.engine.search_traces(&shop.tenant, &other).await.unwrap_err();
    assert!(error.message.contains("another question"), "{error:?}");
    let longer = TraceSearch { cursor, limit: Some(5), ..first };
    assert_eq!(shop.engine.search_traces(&shop.tenant, &longer).await.unwrap().traces.len(), 5);
    let logs = LogSearch { limit: Some(5), range: search().range, ..LogSearch::default() };
    let cursor = shop.engine.search_logs(&shop.tenant, &logs).await.unwrap().cursor;
    let other = LogSearch { cursor, text: "payment".into(), ..logs };
    let error = shop.engine.search_logs(&shop.tenant, &other).await.unwrap_err();
    assert!(error.message.contains("another question"), "{error:?}");
}
