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
