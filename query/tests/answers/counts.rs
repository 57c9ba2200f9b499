//! Counts that footers answer are those that reading the rows answers.

use std::collections::BTreeMap;

use api::log::{LogHistogram, LogSearch, Severity};
use api::sql::{SqlAnswer, SqlRequest};
use api::{Statistics, TimeRange, TruncationReason};
use serde_json::json as value;
use storage::{Batch, LogRecord, Span, SpanKind, StatusCode};

use super::fixture::{SECOND, Shop, T0, log, resource, span};
use super::json;

/// The same numbers each time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: i64) -> i64 {
        let mut half = || {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            self.0 >> 33
        };
        let wide = half() << 31 | half();
        i64::try_from(wide % end.unsigned_abs()).unwrap()
    }
}

fn record(chance: &mut Chance, services: i64, (from, to): (i64, i64)) -> LogRecord<'static> {
    let severity = u8::try_from([0, 1, 5, 9, 9, 9, 13, 17, 21][usize::try_from(chance.below(9)).unwrap()]).unwrap();
    let nanos = from + chance.below(to - from);
    LogRecord {
        resource: resource(&format!("service-{}", chance.below(services)), &[]),
        time_unix_nano: T0 + nanos,
        severity_text: ["", "INFO", "warn"][usize::try_from(chance.below(3)).unwrap()].into(),
        ..log(0, severity, "a line")
    }
}

fn some_span(chance: &mut Chance, number: u64) -> Span<'static> {
    let kind = [SpanKind::Server, SpanKind::Client, SpanKind::Internal][usize::try_from(chance.below(3)).unwrap()];
    let status_code = [StatusCode::Unset, StatusCode::Ok, StatusCode::Error][usize::try_from(chance.below(3)).unwrap()];
    let service = format!("service-{}", chance.below(4));
    Span { status_code, ..span(number / 3, number, None, &service, kind, chance.below(1_000_000), 5) }
}

/// Segments with steps of a second and of more, one without tallies, two days, and live rows.
async fn crowd() -> (Shop, Vec<LogRecord<'static>>) {
    let shop = Shop::empty().await;
    let mut chance = Chance(7);
    let mut all = Vec::new();
    let hour = 3_600 * SECOND;
    // T0 is at 14:13:20: the fourth goes on into the next day.
    let batches = [
        (800, 4, (0, hour)),
        (5_000, 40, (0, hour)),
        (1, 1, (5, 6)),
        (600, 3, (9 * hour, 10 * hour)),
        (3_500, 3_500, (0, hour)),
    ];
    for (rows, services, times) in batches {
        let records: Vec<_> = (0..rows).map(|_| record(&mut chance, services, times)).collect();
        let names: Vec<LogRecord<'_>> = match services {
            // Too many names for a footer.
            3_500 => (0..rows)
                .map(|n| LogRecord {
                    resource: resource(&format!("one of very many {n}"), &[]),
                    ..log(n * 1_000, 9, "")
                })
                .collect(),
            _ => records,
        };
        shop.append(Batch::Logs(names.clone())).await;
        let spans = (0..300).map(|n| some_span(&mut chance, n)).collect();
        shop.append(Batch::Spans(spans)).await;
        shop.store.seal_all().await.unwrap();
        all.extend(names);
    }
    let live: Vec<_> = (0..300).map(|_| record(&mut chance, 5, (0, hour))).collect();
    shop.append(Batch::Logs(live.clone())).await;
    shop.append(Batch::Spans((0..50).map(|n| some_span(&mut chance, n)).collect())).await;
    all.extend(live);
    (shop, all)
}

async fn ask(shop: &Shop, query: &str) -> SqlAnswer {
    let request = SqlRequest { query: query.to_owned(), limit: Some(50_000) };
    shop.engine.sql(&shop.tenant, &request).await.unwrap_or_else(|error| panic!("{query}: {error:?}"))
}

fn in_order(answer: &SqlAnswer) -> Vec<String> {
    let mut rows: Vec<String> = answer.rows.iter().map(|row| json(row).to_string()).collect();
    rows.sort();
    rows
}

/// `{}` is where the conditions stand; a condition that every row meets and no footer knows makes rows be read.
async fn check(shop: &Shop, query: &str, condition: &str) {
    let counted = ask(shop, &query.replace("{}", &format!("WHERE {condition}"))).await;
    let read = ask(shop, &query.replace("{}", &format!("WHERE flags >= 0 AND ({condition})"))).await;
    assert_eq!(counted.columns, read.columns, "{query} {condition}");
    assert_eq!(in_order(&counted), in_order(&read), "{query} {condition}");
    // A segment that is cut by a bound of time is read as well, in part.
    let is_cut = condition.contains("time");
    assert!(is_cut || counted.statistics.segments_tallied > 0, "{query} {condition}: {:?}", counted.statistics);
    assert_eq!(read.statistics.segments_tallied, 0, "{query} {condition}");
    assert!(counted.statistics.rows_scanned < read.statistics.rows_scanned, "{query} {condition}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn counts_of_footers_are_those_of_rows() {
    let (shop, all) = crowd().await;
    assert_eq!(json(ask(&shop, "SELECT count(*) FROM logs").await.rows), value!([[all.len()]]));
    let of_logs = [
        "SELECT count(*) FROM logs {}",
        "SELECT count(1) AS n, count(severity_text), count(service_name) FROM logs {}",
        "SELECT service_name, severity_text, count(*) FROM logs {} GROUP BY 1, 2",
        "SELECT severity_number, severity_text, service_name, count(*) n FROM logs l {} GROUP BY 1, 2, 3 HAVING count(*) > 2",
        "SELECT day, upper(service_name) AS s, count(*) FROM logs {} GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 5000",
        "SELECT DISTINCT service_name FROM logs {}",
        "SELECT count(DISTINCT service_name) FROM logs {}",
        "SELECT severity_text, count(*) FILTER (WHERE severity_number >= 17) AS errors, count(*) AS n FROM logs {} GROUP BY 1",
        "SELECT count(*) FILTER (WHERE severity_number > 99) FROM logs {}",
        "SELECT date_bin(INTERVAL '5 minutes', time) AS t, severity_number, count(*) FROM logs {} GROUP BY 1, 2 ORDER BY 1, 2",
        "SELECT date_bin(INTERVAL '1 minute', time, TIMESTAMP '2026-01-01T00:00:15Z') AS t, count(*) FROM logs {} GROUP BY 1",
        "SELECT date_trunc('hour', time) AS t, count(*) FROM logs {} GROUP BY t",
        "WITH l AS (SELECT * FROM logs {}) SELECT service_name, count(*) * 2 AS twice FROM l GROUP BY 1",
        "SELECT a.service_name, a.n, b.n FROM (SELECT service_name, count(*) n FROM logs {} GROUP BY 1) a JOIN (SELECT service_name, count(*) n FROM spans WHERE flags >= 0 GROUP BY 1) b ON a.service_name = b.service_name",
        "SELECT count(*) FROM logs {} HAVING count(*) >= 0",
        "SELECT severity_text, count(*) FROM logs {} GROUP BY ROLLUP (severity_text)",
    ];
    let conditions = [
        "true",
        "severity_number >= 13",
        "service_name IN ('service-1', 'service-2') AND severity_text IS NULL",
        "severity_text <> 'warn' OR service_name LIKE '%-3'",
        "time >= '2026-09-21T14:20:00Z'",
        "time > '2026-09-21T14:20:00.000001Z' AND time <= '2026-09-21T15:00:17.5Z' AND severity_number < 17",
        "time >= now() - INTERVAL '50 minutes'",
        "time BETWEEN '2026-09-21T14:13:20Z' AND '2026-09-22T00:00:00Z'",
        "day = '2026-09-22' OR day < '2026-09-22'",
    ];
    for query in of_logs {
        for condition in conditions {
            if query.contains("ROLLUP") {
                let counted = ask(&shop, &query.replace("{}", &format!("WHERE {condition}"))).await;
                assert_eq!(counted.statistics.segments_tallied, 0, "sets of groups are read");
                continue;
            }
            check(&shop, query, condition).await;
        }
    }
    for query in [
        "SELECT service_name, status_code, kind, count(*) FROM spans {} GROUP BY 1, 2, 3",
        "SELECT kind, count(*) FILTER (WHERE status_code = 'error') FROM spans {} GROUP BY 1",
        "SELECT date_trunc('minute', start_time) AS t, count(*) FROM spans {} GROUP BY 1",
    ] {
        for condition in ["true", "kind = 'server'", "start_time < '2026-09-21T14:18:01.5Z'"] {
            check(&shop, query, condition).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn random_ranges_are_counted_exactly() {
    let (shop, _) = crowd().await;
    let mut chance = Chance(11);
    for _ in 0..40 {
        let from = T0 / 1_000 + chance.below(3_000_000_000);
        let to = from + chance.below(40_000_000_000) + 20_000_000_000;
        let condition = format!("time >= to_timestamp_micros({from}) AND time < to_timestamp_micros({to})");
        let query = "SELECT service_name, severity_text, severity_number, count(*) FROM logs {} GROUP BY 1, 2, 3";
        let counted = ask(&shop, &query.replace("{}", &format!("WHERE {condition}"))).await;
        let read = ask(&shop, &query.replace("{}", &format!("WHERE flags >= 0 AND {condition}"))).await;
        assert_eq!(in_order(&counted), in_order(&read), "{condition}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_footers_do_not_know_is_read() {
    let (shop, _) = crowd().await;
    for query in [
        "SELECT count(*) FROM logs WHERE body = 'a line'",
        "SELECT environment, count(*) FROM logs GROUP BY 1",
        "SELECT service_name, max(time) FROM logs GROUP BY 1",
        "SELECT date_bin(INTERVAL '100 milliseconds', time), count(*) FROM logs GROUP BY 1",
        "SELECT count(DISTINCT body) FROM logs",
        "SELECT count(body) FROM logs",
        "SELECT count(*) FROM (SELECT * FROM logs LIMIT 10)",
        "SELECT count(*) FROM logs WHERE time = '2026-09-21T14:20:00Z'",
        "SELECT service_name, count(*) FROM logs WHERE random() < 2 GROUP BY 1",
        "SELECT name, count(*) FROM metrics GROUP BY 1",
    ] {
        let answer = ask(&shop, query).await;
        assert_eq!(answer.statistics.segments_tallied, 0, "{query}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_shows_what_is_counted() {
    let (shop, _) = crowd().await;
    let answer = ask(&shop, "EXPLAIN SELECT service_name, count(*) FROM logs GROUP BY 1").await;
    let text = json(&answer.rows).to_string();
    assert!(text.contains("sum(logs.tallied_rows)") && text.contains("Union"), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_counted_as_nothing() {
    let shop = Shop::empty().await;
    assert_eq!(json(ask(&shop, "SELECT count(*), count(severity_text) FROM logs").await.rows), value!([[0, 0]]));
    assert!(ask(&shop, "SELECT service_name, count(*) FROM logs GROUP BY 1").await.rows.is_empty());
    shop.append(Batch::Logs(vec![log(0, 9, "one")])).await;
    shop.store.seal_all().await.unwrap();
    let none = ask(&shop, "SELECT count(*), count(severity_text) FROM logs WHERE service_name = 'nobody'").await;
    assert_eq!(json(none.rows), value!([[0, 0]]));
    let one = ask(&shop, "SELECT count(*), count(severity_text) FROM logs").await;
    assert_eq!(json(one.rows), value!([[1, 0]]));
    let Statistics { segments_tallied, segments_pruned, rows_scanned, .. } = one.statistics;
    assert_eq!((segments_tallied, segments_pruned, rows_scanned), (1, 0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_gone_is_missing_from_a_count() {
    let shop = Shop::empty().await;
    for n in 0..2 {
        shop.append(Batch::Logs(vec![log(n * 1_000, 9, "one"); 10])).await;
        shop.store.seal_all().await.unwrap();
    }
    let table = shop.directory.path().join("tenants/default/logs/day=2026-09-21");
    let is_parquet = |path: &std::path::PathBuf| path.extension().is_some_and(|extension| extension == "parquet");
    let file = std::fs::read_dir(table).unwrap().map(|entry| entry.unwrap().path()).find(is_parquet).unwrap();
    std::fs::remove_file(file).unwrap();
    let answer = ask(&shop, "SELECT count(*) FROM logs").await;
    assert_eq!(json(&answer.rows), value!([[10]]));
    assert_eq!(answer.truncated.unwrap().reason, TruncationReason::MissingData);
    let asked = LogSearch { range: whole(), histogram_bars: Some(10), ..LogSearch::default() };
    let page = shop.engine.search_logs(&shop.tenant, &asked).await.unwrap();
    assert_eq!((page.histogram.unwrap().total, page.records.len()), (10, 10));
    assert_eq!(page.truncated.unwrap().reason, TruncationReason::MissingData);
}

fn whole() -> TimeRange {
    TimeRange { from: T0.to_string(), to: (T0 + 12 * 3_600 * SECOND).to_string() }
}

/// What the histogram's bars are, made of all the records.
fn expected(histogram: &LogHistogram, matches: &[&LogRecord<'_>]) -> BTreeMap<i64, [u64; 7]> {
    let mut bars: BTreeMap<i64, [u64; 7]> = histogram.bars.iter().map(|bar| (bar.time_unix_nano.0, [0; 7])).collect();
    for record in matches {
        let begin = record.time_unix_nano.div_euclid(histogram.step_ns) * histogram.step_ns;
        let kind = Severity::from_number(record.severity_number).map_or(0, |severity| severity as usize + 1);
        bars.get_mut(&begin).unwrap()[kind] += 1;
    }
    bars
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_histogram_of_footers_is_that_of_rows() {
    let (shop, all) = crowd().await;
    let mut chance = Chance(5);
    let mut tallied = 0;
    for round in 0..60 {
        // To the nanosecond, as `now-1h` is.
        let from = chance.below(40 * 60) * SECOND + chance.below(SECOND) * i64::from(round % 3 > 0);
        let length =
            [5 * SECOND, 600 * SECOND, 3_600 * SECOND, 40_000 * SECOND][usize::try_from(chance.below(4)).unwrap()];
        let to = from + chance.below(length) + SECOND;
        // Every fifth has all segments wholly within.
        let (from, to) = if round % 5 == 0 { (-7, 40_000 * SECOND + 7) } else { (from, to) };
        let services: Vec<String> = (0..chance.below(3)).map(|n| format!("service-{n}")).collect();
        let severity_min =
            [None, Some(Severity::Trace), Some(Severity::Warn)][usize::try_from(chance.below(3)).unwrap()];
        let search = LogSearch {
            range: TimeRange { from: (T0 + from).to_string(), to: (T0 + to).to_string() },
            services: services.clone(),
            severity_min,
            limit: Some(20),
            oldest_first: round % 2 == 0,
            ..LogSearch::default()
        };
        let counted =
            LogSearch { histogram_bars: Some(1 + u32::try_from(chance.below(60)).unwrap()), ..search.clone() };
        let page = shop.engine.search_logs(&shop.tenant, &counted).await.unwrap();
        let matches: Vec<&LogRecord<'_>> = all
            .iter()
            .filter(|record| (T0 + from..T0 + to).contains(&record.time_unix_nano))
            .filter(|record| services.is_empty() || services.iter().any(|name| *name == record.resource.service_name))
            .filter(|record| severity_min.is_none_or(|min| record.severity_number >= min.first_number()))
            .collect();
        let histogram = page.histogram.unwrap();
        let bars: BTreeMap<i64, [u64; 7]> =
            histogram.bars.iter().map(|bar| (bar.time_unix_nano.0, bar.counts)).collect();
        assert_eq!(bars, expected(&histogram, &matches), "{counted:?}");
        assert_eq!((histogram.total, page.statistics.rows_matched), (matches.len() as u64, matches.len() as u64));
        let without = shop.engine.search_logs(&shop.tenant, &search).await.unwrap();
        assert_eq!((page.records, page.cursor), (without.records, without.cursor), "{counted:?}");
        tallied += page.statistics.segments_tallied;
    }
    assert!(tallied >= 12 * 4, "{tallied}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn values_of_footers_are_those_of_rows() {
    let (shop, all) = crowd().await;
    let range = TimeRange { from: (T0 + 600 * SECOND + 7).to_string(), to: (T0 + 1_200 * SECOND + 9).to_string() };
    let answer = shop
        .engine
        .attribute_values(&shop.tenant, storage::Signal::Logs, "service.name", &range, "service-1")
        .await
        .unwrap();
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for record in &all {
        let is_in_range = (T0 + 600 * SECOND + 7..T0 + 1_200 * SECOND + 9).contains(&record.time_unix_nano);
        if is_in_range && record.resource.service_name.starts_with("service-1") {
            *counts.entry(record.resource.service_name.to_string()).or_default() += 1;
        }
    }
    let found: BTreeMap<String, u64> =
        answer.values.iter().map(|value| (value.value.as_str().unwrap().to_owned(), value.count)).collect();
    assert_eq!(found, counts);
    assert_eq!(answer.truncated, None);
    let whole = shop.engine.attribute_values(&shop.tenant, storage::Signal::Spans, "kind", &whole(), "").await.unwrap();
    assert!(
        whole.statistics.segments_tallied > 0 && whole.values.iter().map(|value| value.count).sum::<u64>() == 1_550
    );
}
