//! The official SDKs against the real binary; what they sent is what API and Delta tables then hold.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by a panic")]

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};
use tests::sdk::{delta_rows, node_export, python_export};
use tests::{Alidade, eventually};

const COUNT: u32 = 25;

/// So that the tables can be read after seconds, not after the minute that is the default.
const SEAL_SOON: [(&str, &str); 1] = [("ALIDADE_STORAGE_SEAL_AGE", "5s")];

#[tokio::test(flavor = "multi_thread")]
async fn python_over_grpc() {
    let data = tempfile::tempdir().unwrap();
    let alidade = Alidade::start_with(data.path(), &SEAL_SOON).await;
    let sent = python_export("grpc", &alidade.otlp_grpc, "grpc", COUNT, None).await;
    check(alidade, &sent).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn python_over_http() {
    let data = tempfile::tempdir().unwrap();
    let alidade = Alidade::start_with(data.path(), &SEAL_SOON).await;
    let sent = python_export("http/protobuf", &alidade.otlp_http, "http", COUNT, None).await;
    check(alidade, &sent).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn node_over_grpc() {
    let data = tempfile::tempdir().unwrap();
    let alidade = Alidade::start_with(data.path(), &SEAL_SOON).await;
    let sent = node_export("grpc", &alidade.otlp_grpc, "grpc", COUNT, None).await;
    check(alidade, &sent).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn node_over_http_protobuf() {
    let data = tempfile::tempdir().unwrap();
    let alidade = Alidade::start_with(data.path(), &SEAL_SOON).await;
    let sent = node_export("http/protobuf", &alidade.otlp_http, "protobuf", COUNT, None).await;
    check(alidade, &sent).await;
}

/// OTLP/JSON, and through the port of the user interface, which takes OTLP too.
#[tokio::test(flavor = "multi_thread")]
async fn node_over_http_json() {
    let data = tempfile::tempdir().unwrap();
    let alidade = Alidade::start_with(data.path(), &SEAL_SOON).await;
    let sent = node_export("http/json", &alidade.http, "json", COUNT, None).await;
    check(alidade, &sent).await;
}

async fn check(alidade: Alidade, sent: &Value) {
    assert_eq!(sent["flushed"], true);
    let service = sent["service"].as_str().unwrap().to_owned();
    let traces = sent["traces"].as_array().unwrap().clone();
    assert_eq!(traces.len(), COUNT as usize);
    for trace in &traces {
        check_trace(&alidade, &service, trace, &traces[0]).await;
    }
    check_search(&alidade, &service).await;
    check_logs(&alidade, &service, &traces).await;
    check_metrics(&alidade, &service).await;
    let data_dir = alidade.data_dir.clone();
    check_delta_while_it_runs(&alidade, &service, &traces).await;
    assert!(alidade.terminate().await, "a clean end");
    let spans = delta_rows(&data_dir, "spans", &service, &["trace_id", "span_id"]).await;
    assert_eq!(spans.len(), 2 * traces.len(), "an end seals what was in memory, once");
}

async fn check_trace(alidade: &Alidade, service: &str, sent: &Value, first: &Value) {
    let trace_id = sent["trace_id"].as_str().unwrap();
    let trace = alidade.get(&format!("/api/v1/traces/{trace_id}")).await;
    let spans = trace["spans"].as_array().unwrap();
    assert_eq!(spans.len(), 2, "{trace}");
    let (root, child) = (&spans[0], &spans[1]);
    let number = sent["number"].as_i64().unwrap();
    let failed = number % 5 == 0;
    assert_eq!(root["span_id"], sent["root_span_id"]);
    assert_eq!(child["span_id"], sent["child_span_id"]);
    assert_eq!(child["parent_span_id"], root["span_id"]);
    assert_eq!((&root["kind"], &child["kind"]), (&json!("server"), &json!("client")));
    assert_eq!(root["service_name"], service);
    assert_eq!(root["environment"], "test");
    assert_eq!(root["attributes"]["test.number"], number);
    assert_eq!(root["attributes"]["test.flag"], number % 2 == 0);
    assert_eq!(root["attributes"]["test.tags"], json!(["a", "b", number.to_string()]));
    assert_eq!(root["attributes"]["http.route"], "/items/{number}");
    assert_eq!(root["attributes"]["http.response.status_code"], if failed { 500 } else { 200 });
    assert_eq!(root["resource_attributes"]["service.version"], "1.2.3");
    assert_eq!(root["class"], if failed { "fault" } else { "ok" });
    assert_eq!(child["status_code"], if failed { "error" } else { "unset" });
    assert_eq!(trace["log_count"], 1);
    if failed {
        let event = &child["events"][0];
        assert_eq!(event["name"], "exception");
        let message = format!("item {number} does not exist");
        assert_eq!(event["attributes"]["exception.message"], message);
    }
    if number > 0 {
        assert_eq!(root["links"][0]["trace_id"], first["trace_id"]);
        assert_eq!(trace["linked_traces"][0]["trace_id"], first["trace_id"]);
    }
}

async fn check_search(alidade: &Alidade, service: &str) {
    let search = |conditions: Value| {
        let mut body = json!({"service": service, "limit": 10});
        body.as_object_mut().unwrap().extend(conditions.as_object().unwrap().clone());
        body
    };
    // Every attribute can be searched, promoted or not, and pages follow each other without gap or repetition.
    let mut found = BTreeSet::new();
    let mut cursor = Value::Null;
    loop {
        let mut body = search(json!({}));
        if !cursor.is_null() {
            body["cursor"] = cursor;
        }
        let page = alidade.post("/api/v1/traces/search", &body).await;
        for trace in page["traces"].as_array().unwrap() {
            assert!(found.insert(trace["trace_id"].as_str().unwrap().to_owned()), "a trace came twice");
            assert_eq!(trace["span_count"], 2);
        }
        cursor = page["cursor"].clone();
        if cursor.is_null() {
            break;
        }
    }
    assert_eq!(found.len(), COUNT as usize);
    let filters = [
        (json!({"key": "test.number", "op": "eq", "value": 7}), 1),
        (json!({"key": "test.number", "op": "ge", "value": 20}), 5),
        (json!({"key": "test.flag", "op": "eq", "value": true}), 13),
        (json!({"key": "http.response.status_code", "op": "eq", "value": 500}), 5),
        (json!({"key": "http.status_code", "op": "ge", "value": 500}), 5),
        (json!({"key": "db.namespace", "op": "eq", "value": "shop"}), 25),
        (json!({"key": "test.run", "op": "exists"}), 25),
        (json!({"key": "db.namespace", "op": "eq", "value": "nowhere"}), 0),
    ];
    for (filter, expected) in filters {
        let page = alidade.post("/api/v1/traces/search", &search(json!({"attributes": [filter], "limit": 100}))).await;
        assert_eq!(page["traces"].as_array().unwrap().len(), expected, "{filter}: {page}");
    }
    let faults = alidade.post("/api/v1/traces/search", &search(json!({"classes": ["fault"], "limit": 100}))).await;
    assert_eq!(faults["traces"].as_array().unwrap().len(), 5);
}

async fn check_logs(alidade: &Alidade, service: &str, traces: &[Value]) {
    let find = async |body: Value| {
        let page = alidade.post("/api/v1/logs/search", &body).await;
        page["records"].as_array().unwrap().clone()
    };
    assert_eq!(find(json!({"services": [service]})).await.len(), traces.len());
    let one = find(json!({"services": [service], "text": "\"processed item 7 of\""})).await;
    assert_eq!(one.len(), 1);
    assert_eq!(one[0]["trace_id"], traces[7]["trace_id"]);
    assert_eq!(one[0]["span_id"], traces[7]["child_span_id"]);
    assert_eq!(one[0]["attributes"]["test.number"], 7);
    assert_eq!(find(json!({"services": [service], "severity_min": "error"})).await.len(), 5);
    assert_eq!(find(json!({"trace_id": traces[3]["trace_id"]})).await.len(), 1);
    assert_eq!(find(json!({"services": [service], "text": "item nothing"})).await.len(), 0);
}

async fn check_metrics(alidade: &Alidade, service: &str) {
    let total: u32 = (0..COUNT).sum();
    let query = async |conditions: Value| {
        let mut body = json!({"service": service, "period_seconds": 3600, "from": "now-2h"});
        body.as_object_mut().unwrap().extend(conditions.as_object().unwrap().clone());
        let answer = alidade.post("/api/v1/metrics/query", &body).await;
        let sum =
            |series: &Value| -> f64 { series["values"].as_array().unwrap().iter().filter_map(Value::as_f64).sum() };
        let series = answer["series"].as_array().unwrap();
        series.iter().map(|one| (one["labels"].clone(), sum(one))).collect::<Vec<_>>()
    };
    let all = query(json!({"metric": "test.items", "statistic": "Sum"})).await;
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].1, f64::from(total));
    let parts = query(json!({"metric": "test.items", "statistic": "Sum", "group_by": ["test.parity"]})).await;
    assert_eq!(parts.len(), 2);
    assert_eq!(parts.iter().map(|part| part.1).sum::<f64>(), f64::from(total));
    let count = query(json!({"metric": "test.duration", "statistic": "SampleCount"})).await;
    assert_eq!(count[0].1, f64::from(COUNT));
    let sum = query(json!({"metric": "test.duration", "statistic": "Sum"})).await;
    assert!((sum[0].1 - f64::from(total) / 10.0).abs() < 1e-6, "{sum:?}");
    let level = query(json!({"metric": "test.level", "statistic": "Maximum"})).await;
    assert_eq!(level[0].1, f64::from(COUNT - 1));
    let list = alidade.get("/api/v1/metrics?from=now-1h").await;
    let names: Vec<&str> = list["metrics"].as_array().unwrap().iter().filter_map(|m| m["name"].as_str()).collect();
    assert!(names.contains(&"test.items") && names.contains(&"test.duration"), "{names:?}");
}

async fn check_delta_while_it_runs(alidade: &Alidade, service: &str, traces: &[Value]) {
    // The live buffer is sealed by age; until then the rows are in the log and in memory only.
    let rows = eventually(Duration::from_secs(90), "spans in the Delta table", async || {
        let rows = delta_rows(&alidade.data_dir, "spans", service, &["trace_id", "span_id", "http_route"]).await;
        if rows.is_empty() { Err("no rows yet".to_owned()) } else { Ok(rows) }
    })
    .await;
    let expected: BTreeSet<(String, String)> = traces
        .iter()
        .flat_map(|sent| {
            ["root_span_id", "child_span_id"]
                .map(|key| (sent["trace_id"].as_str().unwrap().to_owned(), sent[key].as_str().unwrap().to_owned()))
        })
        .collect();
    let found: BTreeSet<(String, String)> = rows
        .iter()
        .map(|row| (row["trace_id"].as_str().unwrap().to_owned(), row["span_id"].as_str().unwrap().to_owned()))
        .collect();
    assert_eq!(rows.len(), expected.len());
    assert_eq!(found, expected);
    let count = alidade.sql(&format!("SELECT count(*) FROM spans WHERE service_name = '{service}'")).await;
    assert_eq!(count[0][0], rows.len() as u64);
}
