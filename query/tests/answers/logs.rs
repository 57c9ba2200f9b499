use api::log::{LogSearch, Severity};
use api::{AttributeFilter, FilterOperator, TimeRange};
use serde_json::json as value;
use storage::Batch;

use super::fixture::{SECOND, Shop, T0, hex, log, span_id, trace_id};
use super::{json, same_live_and_sealed};

fn search(text: &str) -> LogSearch {
    let range = TimeRange { from: T0.to_string(), to: (T0 + 3_600 * SECOND).to_string() };
    LogSearch { range, text: text.to_owned(), limit: Some(1_000), ..LogSearch::default() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn searches_find_what_the_conditions_say() {
    let by = |key: &str, given: serde_json::Value| LogSearch {
        attributes: vec![AttributeFilter { key: key.into(), operator: FilterOperator::Eq, value: given }],
        ..search("")
    };
    let cases: Vec<(&str, LogSearch, usize)> = vec![
        ("everything", search(""), 303),
        ("a word", search("heartbeat"), 101),
        ("words in any order and case", search("ORDER placed"), 100),
        ("a phrase", search("\"payment of order 7\""), 1),
        ("words that are no phrase", search("\"order of payment\""), 0),
        ("without", search("order -retrying"), 100),
        ("without a phrase", search("payment -\"payment of order\""), 1),
        ("a prefix", search("retr*"), 100),
        ("a word with a dash is a phrase", search("user-3"), 11),
        ("a part of a word is none", search("heart"), 0),
        ("a structured body", search("disk full"), 1),
        ("severity", LogSearch { severity_min: Some(Severity::Warn), ..search("") }, 102),
        ("severity and text", LogSearch { severity_min: Some(Severity::Error), ..search("payment") }, 1),
        ("service", LogSearch { services: vec!["worker".into(), "nobody".into()], ..search("") }, 1),
        ("trace", LogSearch { trace_id: Some(hex(&trace_id(1))), ..search("") }, 1),
        ("span", LogSearch { span_id: Some(hex(&span_id(3))), ..search("") }, 1),
        ("another span", LogSearch { span_id: Some(hex(&span_id(4))), ..search("") }, 0),
        ("attribute", by("app.plan", value!("gold")), 1),
        ("number", by("app.items", value!(3)), 1),
        ("another number", by("app.items", value!(4)), 0),
    ];
    let shop = Shop::open().await;
    for round in ["live", "sealed"] {
        for (name, search, expected) in &cases {
            let page = shop.engine.search_logs(&shop.tenant, search).await.unwrap();
            assert_eq!(page.records.len(), *expected, "{name}, {round}");
        }
        shop.store.seal_all().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_is_whole() {
    same_live_and_sealed(async |shop| {
        let page = shop.engine.search_logs(&shop.tenant, &search("card declined")).await.unwrap();
        let record = &page.records[0];
        assert_eq!(record.body, value!("payment failed: the card was declined"));
        assert_eq!((record.severity_number, record.service_name.as_str()), (17, "orders"));
        assert_eq!(record.trace_id.as_deref(), Some(hex(&trace_id(1)).as_str()));
        assert_eq!(record.attributes["app.items"], value!(3));
        let structured = shop.engine.search_logs(&shop.tenant, &search("disk")).await.unwrap();
        assert_eq!(structured.records[0].body, value!({"code": 42, "why": "disk full"}));
        json((page, structured))
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_histogram_counts_every_match() {
    same_live_and_sealed(async |shop| {
        let asked = LogSearch { histogram_bars: Some(60), limit: Some(0), ..search("") };
        let page = shop.engine.search_logs(&shop.tenant, &asked).await.unwrap();
        let histogram = page.histogram.as_ref().unwrap();
        assert!(page.records.is_empty() && page.cursor.is_none() && page.truncated.is_none());
        assert_eq!((histogram.step_ns, histogram.total), (60 * SECOND, 303));
        let of = |kind: usize| histogram.bars.iter().map(|bar| bar.counts[kind]).sum::<u64>();
        assert_eq!([of(0), of(3), of(4), of(5), of(6)], [0, 201, 100, 1, 1]);
        json(page)
    })
    .await;
}

async fn pages(shop: &Shop, oldest_first: bool, between: impl AsyncFn(&Shop, usize)) -> Vec<api::log::LogRecord> {
    let (mut all, mut cursor) = (Vec::new(), None);
    for number in 0.. {
        let asked = LogSearch { limit: Some(7), cursor: cursor.clone(), oldest_first, ..search("") };
        let page = shop.engine.search_logs(&shop.tenant, &asked).await.unwrap();
        assert_eq!(page.truncated.is_some(), page.cursor.is_some());
        all.extend(page.records);
        cursor = page.cursor;
        if cursor.is_none() {
            break;
        }
        between(shop, number).await;
    }
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_hold_each_record_once_though_times_are_equal() {
    let shop = Shop::open().await;
    // Forty that are equal in everything, more than five pages of them.
    shop.append(Batch::Logs(vec![log(500_000, 9, "again"); 40])).await;
    let newest_first = pages(&shop, false, async |shop, number| {
        // They are newer than every page from the second on.
        shop.append(Batch::Logs(vec![log(3_000_000, 9, "new")])).await;
        if number == 10 {
            shop.store.seal_all().await.unwrap();
        }
    })
    .await;
    assert_eq!(newest_first.len(), 343);
    assert!(newest_first.is_sorted_by(|a, b| a.time_unix_nano >= b.time_unix_nano));
    assert_eq!(newest_first.iter().filter(|record| record.body == value!("again")).count(), 40);
    assert_eq!(newest_first.iter().filter(|record| record.body == value!("heartbeat")).count(), 101);
    let oldest_first = pages(&shop, true, async |_, _| {}).await;
    let old: Vec<_> = oldest_first.into_iter().filter(|record| record.body != value!("new")).collect();
    assert_eq!(old.len(), 343);
    assert!(old.is_sorted_by_key(|record| record.time_unix_nano));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_index_and_a_scan_agree() {
    let shop = Shop::open().await;
    let texts = [
        "order",
        "order 7",
        "\"order 7\"",
        "user-3",
        "pay*",
        "-order",
        "payment -declined",
        "\"of order\" attempt",
        "order-1*",
        "disk",
        "-\"was placed\" order",
        "HEARTBEAT -order",
        "4*",
    ];
    let mut scanned = Vec::new();
    for text in texts {
        scanned.push(shop.engine.search_logs(&shop.tenant, &search(text)).await.unwrap().records);
    }
    shop.store.seal_all().await.unwrap();
    let mut used = 0;
    for (text, scanned) in texts.iter().zip(scanned) {
        let page = shop.engine.search_logs(&shop.tenant, &search(text)).await.unwrap();
        assert_eq!(page.records, scanned, "{text}");
        assert_eq!((page.statistics.segments_total, page.statistics.live_rows), (1, 0));
        used += page.statistics.segments_indexed;
    }
    assert_eq!(used, 11, "all ask the index but the one that only excludes and the one of a short prefix");
}
