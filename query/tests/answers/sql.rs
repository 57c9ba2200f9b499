use api::sql::{SqlAnswer, SqlRequest};
use query::{Config, Error, ErrorKind};
use serde_json::{Value, json as value};

use super::fixture::{Shop, hex, trace_id};
use super::{json, same_live_and_sealed};

async fn ask(shop: &Shop, query: &str) -> Result<SqlAnswer, Error> {
    shop.engine.sql(&shop.tenant, &SqlRequest { query: query.to_owned(), limit: None }).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn selects_over_every_table() {
    same_live_and_sealed(async |shop| {
        let id = hex(&trace_id(1));
        let cases: Vec<(String, Value)> = vec![
            ("SELECT count(*) FROM spans".into(), value!([[406]])),
            ("SELECT service_name, count(*) AS n FROM spans GROUP BY 1 ORDER BY 2 DESC, 1".into(), value!([["gateway", 402], ["orders", 3], ["worker", 1]])),
            (format!("SELECT name FROM spans WHERE trace_id = '{id}' AND parent_span_id IS NULL"), value!([["POST /order"]])),
            (format!("SELECT count(*) FROM spans WHERE trace_id = id('{id}')"), value!([[5]])),
            (format!("SELECT hex(trace_id), trace_id FROM spans WHERE attr(attributes, 'app.plan') = 'gold' AND '{id}' = trace_id"), value!([[id, id]])),
            ("SELECT attr_number(attributes, 'app.price') * 2 FROM spans WHERE attr(attributes, 'app.price') IS NOT NULL".into(), value!([[25.0]])),
            ("SELECT span_class(http_response_status_code, rpc_grpc_status_code, error_type, status_code), count(*) FROM spans WHERE kind = 'server' GROUP BY 1 ORDER BY 1".into(), value!([["error", 20], ["fault", 2], ["ok", 180]])),
            ("SELECT count(*) FROM logs WHERE matches(body, 'order -retrying')".into(), value!([[100]])),
            ("SELECT day, start_time FROM spans WHERE name = 'POST /order'".into(), value!([["2026-09-21", "2026-09-21T14:14:20Z"]])),
            ("SELECT count(*) FROM spans WHERE day = '2026-09-20'".into(), value!([[0]])),
            ("SELECT count(*) FROM spans WHERE day = '2026-09-21' AND start_time >= '2026-09-21T14:00:00Z'".into(), value!([[406]])),
            ("SELECT max(value) FROM metrics WHERE name = 'queue.length'".into(), value!([[60.0]])),
            ("SELECT attributes FROM spans WHERE name = 'POST /order'".into(), value!([[{"app.items": 3, "app.plan": "gold", "app.price": 12.5}]])),
            ("WITH slow AS (SELECT * FROM spans WHERE duration_ns > 300000000) SELECT count(*) FROM slow".into(), value!([[3]])),
            ("SELECT 9007199254740993, 9007199254740992".into(), value!([["9007199254740993", 9_007_199_254_740_992_i64]])),
            ("SELECT s.name FROM spans s JOIN logs l ON s.trace_id = l.trace_id AND s.span_id = l.span_id".into(), value!([["orders server"]])),
        ];
        let mut answers = Vec::new();
        for (query, expected) in cases {
            let answer = ask(shop, &query).await.unwrap_or_else(|error| panic!("{query}: {error:?}"));
            assert_eq!(json(&answer.rows), expected, "{query}");
            assert_eq!(answer.truncated, None);
            answers.push(answer);
        }
        json(answers)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_can_be_asked_what_there_is() {
    let shop = Shop::open().await;
    let tables = ask(&shop, "SHOW TABLES").await.unwrap();
    let names: Vec<&str> = tables.rows.iter().filter_map(|row| row[2].as_str()).collect();
    assert!(["spans", "logs", "metrics"].iter().all(|name| names.contains(name)), "{names:?}");
    for query in [
        "DESCRIBE spans",
        "SHOW COLUMNS FROM logs",
        "EXPLAIN SELECT * FROM metrics",
        "EXPLAIN ANALYZE SELECT count(*) FROM spans",
    ] {
        assert!(!ask(&shop, query).await.unwrap_or_else(|error| panic!("{query}: {error:?}")).rows.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_only_reads() {
    let shop = Shop::open().await;
    let refused = [
        "CREATE EXTERNAL TABLE t STORED AS CSV LOCATION '/etc/passwd'",
        "CREATE TABLE t AS SELECT 1",
        "CREATE VIEW v AS SELECT 1",
        "COPY (SELECT * FROM spans) TO '/tmp/spans.parquet'",
        "INSERT INTO spans SELECT * FROM spans",
        "DELETE FROM spans",
        "UPDATE spans SET name = ''",
        "DROP TABLE spans",
        "SET datafusion.execution.batch_size = 1",
        "SELECT * INTO t FROM spans",
        "EXPLAIN COPY spans TO '/tmp/spans.parquet'",
        "EXPLAIN ANALYZE INSERT INTO spans SELECT * FROM spans",
        "PREPARE p AS SELECT 1",
        "SELECT 1; SELECT 2",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM 'file.parquet'",
        "",
    ];
    for query in refused {
        let error = ask(&shop, query).await.expect_err(query);
        assert_eq!(error.kind, ErrorKind::Invalid, "{query}: {error:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mistakes_come_with_a_hint_and_a_place() {
    let shop = Shop::open().await;
    let check = async |query: &str, hint: &str| {
        let error = ask(&shop, query).await.unwrap_err();
        assert_eq!(error.hint.as_deref(), Some(hint), "{query}: {error:?}");
    };
    check("SELECT servce_name FROM spans", "did you mean service_name?").await;
    check("SELECT \"http.method\" FROM spans", "the attribute http.method is the column http_request_method").await;
    check("SELECT * FROM span", "the tables are spans, logs, metrics").await;
    let error = ask(&shop, "SELECT name FROM spans WHERE )").await.unwrap_err();
    assert_eq!(error.position, Some(29), "{error:?}");
    let error = ask(&shop, "SELECT count(*) FROM spans WHERE trace_id = 'xyz'").await.unwrap_err();
    assert!(error.message.contains("hex digits"), "{error:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limits_are_said() {
    let shop = Shop::open().await;
    let answer = shop
        .engine
        .sql(&shop.tenant, &SqlRequest { query: "SELECT name FROM spans".into(), limit: Some(10) })
        .await
        .unwrap();
    assert_eq!((answer.rows.len(), answer.truncated.unwrap().limit), (10, Some(10)));
    let exact = shop
        .engine
        .sql(&shop.tenant, &SqlRequest { query: "SELECT name FROM spans LIMIT 10".into(), limit: Some(10) })
        .await
        .unwrap();
    assert_eq!((exact.rows.len(), exact.truncated), (10, None));
    let small = Shop::with(Config { query_memory_bytes: 100_000, ..Config::default() }).await;
    let sort = "SELECT a.value FROM generate_series(1, 300000) a ORDER BY a.value DESC";
    let error = ask(&small, sort).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::TooLarge, "{error:?}");
    let hasty = Shop::with(Config { query_timeout: std::time::Duration::from_millis(50), ..Config::default() }).await;
    let endless = "SELECT count(*) FROM generate_series(1, 1000000000) a, generate_series(1, 1000) b";
    let error = ask(&hasty, endless).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Timeout, "{error:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_limit_of_a_statement_is_kept() {
    let shop = Shop::with(Config { sql_rows_default: 5, sql_rows_max: 50, ..Config::default() }).await;
    let rows = async |limit: &str| {
        let answer = ask(&shop, &format!("SELECT value FROM generate_series(1, 1000) {limit}")).await.unwrap();
        (answer.rows.len(), answer.truncated.map(|cut| cut.limit.unwrap()))
    };
    assert_eq!(rows("").await, (5, Some(5)));
    assert_eq!(rows("LIMIT 30").await, (30, None));
    assert_eq!(rows("ORDER BY value LIMIT 30 OFFSET 3").await, (30, None));
    assert_eq!(rows("LIMIT 80").await, (50, Some(50)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_function_cannot_take_the_memory_of_the_process() {
    let shop = Shop::open().await;
    for query in [
        "SELECT repeat('x', 700000000)",
        "SELECT length(repeat('x', 100000))",
        "SELECT lpad('x', 2000000000, 'y')",
        "SELECT range(0, 9000000000000)",
        "SELECT generate_series(now(), now() + interval '10 days', interval '1 microsecond')",
        "SELECT array_repeat('abc', 1000000000)",
        "SELECT replace(repeat('a', 60000), 'a', repeat('b', 60000))",
        "SELECT repeat('x', 60000) || repeat('y', 60000)",
        "SELECT concat(repeat('x', 60000), repeat('y', 60000))",
        "SELECT sum(length(repeat(name, 1000000))) FROM spans",
        "SELECT max(length(name || repeat('y', 60000) || repeat('y', 60000))) FROM generate_series(1, 8192), spans",
    ] {
        let error = ask(&shop, query).await.expect_err(query);
        assert_eq!(error.kind, ErrorKind::TooLarge, "{query}: {error:?}");
        assert!(error.message.contains("query.sql_function_bytes_max"), "{query}: {error:?}");
    }
    let long = format!("SELECT '{}'", "x".repeat(70_000));
    assert!(ask(&shop, &long).await.unwrap_err().message.contains("query.sql_text_bytes_max"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bounded_functions_answer_as_before() {
    let shop = Shop::open().await;
    let query = "SELECT repeat('ab', 3), lpad('7', 3, '0'), replace('a.b.c', '.', '::'), concat('a', NULL, 'b'), \
                 'a' || 1 || 'b', 'a' || NULL, concat_ws('-', 'a', 'b'), range(1, 4), array_repeat(1, 2), \
                 [1] || [2], array_to_string([1, 2], ',')";
    let answer = ask(&shop, query).await.unwrap();
    let expected =
        serde_json::json!(["ababab", "007", "a::b::c", "ab", "a1b", null, "a-b", [1, 2, 3], [1, 1], [1, 2], "1,2"]);
    assert_eq!(serde_json::json!(answer.rows[0]), expected);
    let joined =
        ask(&shop, "SELECT service_name || '/' || name AS path FROM spans ORDER BY path LIMIT 1").await.unwrap();
    assert!(joined.rows[0][0].as_str().unwrap().contains('/'), "{:?}", joined.rows);
    assert_eq!(joined.columns[0].name, "path");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_has_the_rows_that_fit() {
    let shop = Shop::with(Config { sql_answer_bytes_max: 1_000, ..Config::default() }).await;
    let answer = ask(&shop, "SELECT repeat('x', 300) FROM generate_series(1, 100)").await.unwrap();
    assert_eq!((answer.rows.len(), answer.truncated.unwrap().limit), (3, Some(1_000)));
    let answer = ask(&shop, "SELECT repeat('x', 1500)").await.unwrap();
    let cut = answer.truncated.unwrap();
    assert_eq!(answer.rows.len(), 0);
    assert!(cut.message.contains("the first row alone is larger"), "{cut:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn now_is_the_time_of_the_question() {
    let shop = Shop::open().await;
    let answer = ask(&shop, "SELECT now(), current_date(), to_timestamp('2026-09-21T14:13:20Z')").await.unwrap();
    let expected = serde_json::json!(["2026-09-21T15:13:20Z", "2026-09-21", "2026-09-21T14:13:20Z"]);
    assert_eq!(serde_json::json!(answer.rows[0]), expected);
    let recent = ask(&shop, "SELECT count(*) FROM logs WHERE time >= now() - interval '1 hour'").await.unwrap();
    assert_eq!(recent.rows[0][0], serde_json::json!(303));
    let none = ask(&shop, "SELECT count(*) FROM logs WHERE time > now() - interval '1 minute'").await.unwrap();
    assert_eq!(none.rows[0][0], serde_json::json!(0));
}
