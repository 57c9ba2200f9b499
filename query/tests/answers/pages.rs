//! Pages of searches over random rows that are sealed in random order: each row once, the nearest first, whatever the pages
//! could leave unread.

use std::collections::BTreeMap;

use api::TimeRange;
use api::log::{LogRecord, LogSearch};
use api::trace::TraceSearch;
use storage::{Batch, SpanKind};

use super::fixture::{SECOND, Shop, T0, hex, log, span, trace_id};

/// Numbers that a seed decides.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

fn hour() -> TimeRange {
    TimeRange { from: T0.to_string(), to: (T0 + 3_600 * SECOND).to_string() }
}

/// What a record is known by: its time, and its body.
fn key(record: &LogRecord) -> (i64, String) {
    (record.time_unix_nano.0, record.body.as_str().unwrap().to_owned())
}

/// All pages of a search.
async fn log_pages(shop: &Shop, asked: &LogSearch) -> Vec<LogRecord> {
    let (mut all, mut cursor) = (Vec::new(), None);
    loop {
        let page = LogSearch { cursor: cursor.clone(), ..asked.clone() };
        let page = shop.engine.search_logs(&shop.tenant, &page).await.unwrap();
        assert_eq!(page.truncated.is_some(), page.cursor.is_some());
        assert!(page.records.len() <= asked.limit.unwrap() as usize);
        all.extend(page.records);
        cursor = page.cursor;
        if cursor.is_none() {
            return all;
        }
    }
}

/// Segments whose times overlap or do not, late records, ties of nanoseconds, records that are equal in everything, and some
/// that are still live.
async fn random_logs(shop: &Shop, dice: &mut Dice) -> Vec<(i64, String)> {
    let mut all = Vec::new();
    for round in 0..6 {
        let count = 1 + dice.below(400);
        let records: Vec<_> = (0..count)
            .map(|_| {
                // Few moments, so that many are equal; late ones now and then.
                let late = if dice.below(10) == 0 { dice.below(6) as i64 } else { round };
                let at_ms = late * 40_000 + dice.below(60) as i64 * 1_000;
                let body = ["payment was taken", "payment failed", "heartbeat", "order placed"][dice.below(4) as usize];
                let mut record = log(at_ms, 9, body);
                record.time_unix_nano += dice.below(3) as i64;
                record
            })
            .collect();
        all.extend(records.iter().map(|record| {
            let storage::Value::String(body) = &record.body else { unreachable!() };
            (record.time_unix_nano, body.to_string())
        }));
        shop.append(Batch::Logs(records)).await;
        if round < 5 && dice.below(4) > 0 {
            shop.store.seal_all().await.unwrap();
        }
    }
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_of_logs_are_what_a_sorted_list_says() {
    for seed in 0..8 {
        let shop = Shop::empty().await;
        let mut dice = Dice(seed);
        let all = random_logs(&shop, &mut dice).await;
        for (text, oldest_first, bars) in
            [("", false, 0), ("payment", false, 0), ("payment -failed", true, 0), ("", true, 0), ("payment", false, 20)]
        {
            let asked = LogSearch {
                range: hour(),
                text: text.to_owned(),
                oldest_first,
                histogram_bars: Some(bars),
                limit: Some(1 + dice.below(90) as u32),
                ..LogSearch::default()
            };
            let found: Vec<_> = log_pages(&shop, &asked).await.iter().map(key).collect();
            let in_order = |a: &(i64, String), b: &(i64, String)| if oldest_first { a.0 <= b.0 } else { a.0 >= b.0 };
            assert!(found.is_sorted_by(in_order), "seed {seed}, {text:?}");
            let mut expected = all.clone();
            expected.retain(|(_, body)| {
                (text.is_empty() || body.contains("payment")) && (!text.contains('-') || !body.contains("failed"))
            });
            let mut sorted = found;
            sorted.sort();
            expected.sort();
            assert_eq!(
                sorted, expected,
                "seed {seed}, {text:?}, oldest first: {oldest_first}, {:?} a page",
                asked.limit
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn blocks_of_a_segment_are_read_nearest_first() {
    let shop = Shop::empty().await;
    // Three services, so that a segment has three runs of time; more blocks than the first look takes.
    let services = ["orders", "stock", "mail"];
    let records: Vec<_> = (0..60_000_i64)
        .map(|n| {
            let mut record = log(n * 50, 9, if n % 7 == 0 { "seventh line" } else { "line" });
            record.resource = super::fixture::resource(services[n as usize % 3], &[]);
            record
        })
        .collect();
    shop.append(Batch::Logs(records)).await;
    shop.store.seal_all().await.unwrap();
    for (oldest_first, newest) in [(false, 59_999_i64), (true, 0)] {
        let asked =
            LogSearch { range: hour(), text: "seventh".into(), limit: Some(50), oldest_first, ..LogSearch::default() };
        let page = shop.engine.search_logs(&shop.tenant, &asked).await.unwrap();
        let times: Vec<i64> = page.records.iter().map(|record| (record.time_unix_nano.0 - T0) / 50_000_000).collect();
        let first = if oldest_first { 0 } else { newest / 7 * 7 };
        let step = if oldest_first { 7 } else { -7 };
        assert_eq!(times, (0..50).map(|n| first + n * step).collect::<Vec<_>>());
        let scanned = page.statistics.rows_scanned;
        assert!(scanned < 40_000, "{scanned} rows were looked at");
        assert!(page.cursor.is_some());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_of_the_newest_leaves_older_segments_alone_and_a_histogram_counts_all() {
    let shop = Shop::empty().await;
    for part in 0..8_i64 {
        let records = (0..100).map(|n| log(part * 100_000 + n * 900, 9, "order placed")).collect();
        shop.append(Batch::Logs(records)).await;
        let spans = (0..100_u64).map(|n| {
            let id = part as u64 * 100 + n;
            span(id, id, None, "gateway", SpanKind::Server, part * 100_000 + n as i64 * 900, 5)
        });
        shop.append(Batch::Spans(spans.collect())).await;
        shop.store.seal_all().await.unwrap();
    }
    let newest = LogSearch { range: hour(), text: "order".into(), limit: Some(20), ..LogSearch::default() };
    let page = shop.engine.search_logs(&shop.tenant, &newest).await.unwrap();
    assert_eq!(page.records.len(), 20);
    let (all, pruned) = (page.statistics.segments_total, page.statistics.segments_pruned);
    assert!(all == 8 && pruned >= 5, "{pruned} of {all} were left alone");
    let counted = LogSearch { histogram_bars: Some(10), ..newest };
    let counted = shop.engine.search_logs(&shop.tenant, &counted).await.unwrap();
    assert_eq!((counted.statistics.segments_pruned, counted.histogram.unwrap().total), (0, 800));
    assert_eq!((counted.statistics.rows_matched, counted.records), (800, page.records));
    let traces = TraceSearch { range: hour(), service: Some("gateway".into()), limit: Some(20), ..Default::default() };
    let page = shop.engine.search_traces(&shop.tenant, &traces).await.unwrap();
    assert_eq!(page.traces.len(), 20);
    let ids: Vec<_> = (780..800).rev().map(|id| hex(&trace_id(id))).collect();
    assert_eq!(page.traces.iter().map(|trace| trace.trace_id.clone()).collect::<Vec<_>>(), ids);
    assert!(page.cursor.is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_of_traces_are_what_a_sorted_list_says() {
    for seed in 0..8 {
        let shop = Shop::empty().await;
        let mut dice = Dice(seed);
        // By trace: begin of the newest matching span, and how many match.
        let mut expected: BTreeMap<u64, (i64, u64)> = BTreeMap::new();
        let mut number = 0;
        for round in 0..6 {
            let count = 1 + dice.below(120);
            let mut spans = Vec::new();
            for _ in 0..count {
                let trace = dice.below(60);
                let at_ms = (round * 30 + dice.below(60) as i64) * 1_000;
                let service = if dice.below(3) > 0 { "gateway" } else { "orders" };
                number += 1;
                let span = span(trace, number, None, service, SpanKind::Server, at_ms, 5);
                if service == "gateway" {
                    let known = expected.entry(trace).or_insert((span.start_time_unix_nano, 0));
                    *known = (known.0.max(span.start_time_unix_nano), known.1 + 1);
                }
                spans.push(span);
            }
            shop.append(Batch::Spans(spans)).await;
            if round < 5 && dice.below(4) > 0 {
                shop.store.seal_all().await.unwrap();
            }
        }
        let mut expected: Vec<_> =
            expected.into_iter().map(|(trace, (start, matched))| (start, trace_id(trace), matched)).collect();
        expected.sort_by(|a, b| b.cmp(a));
        let expected: Vec<_> = expected.into_iter().map(|(_, id, matched)| (hex(&id), matched)).collect();
        let limit = Some(1 + dice.below(20) as u32);
        let (mut found, mut cursor) = (Vec::new(), None);
        loop {
            let asked = TraceSearch {
                range: hour(),
                service: Some("gateway".into()),
                limit,
                cursor: cursor.clone(),
                ..TraceSearch::default()
            };
            let page = shop.engine.search_traces(&shop.tenant, &asked).await.unwrap();
            found.extend(page.traces.into_iter().map(|trace| (trace.trace_id, trace.matched_spans)));
            cursor = page.cursor;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(found, expected, "seed {seed}, {limit:?} a page");
    }
}
