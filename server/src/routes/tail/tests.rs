use std::time::Duration;

use axum::body::Body;
use http::{Method, StatusCode};
use http_body_util::BodyExt;
use serde_json::{Value, json};

use crate::testing::{Server, bytes_of, request};

/// An open tail and what of it was not looked at yet.
struct Open {
    body: Body,
    text: String,
}

impl Open {
    async fn of(server: &Server, path: &str) -> Self {
        let response = server.send(request(Method::GET, path, &[], None)).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { body: response.into_body(), text: String::new() }
    }

    /// The data of the next event; `None` at the end.
    async fn next(&mut self) -> Option<Value> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let data = event.strip_prefix("data: ").map(|data| serde_json::from_str(data).unwrap());
                self.text = rest.to_owned();
                if data.is_some() {
                    return data;
                }
                continue;
            }
            let frame =
                tokio::time::timeout(Duration::from_secs(20), self.body.frame()).await.expect("comes in time")?;
            self.text.push_str(std::str::from_utf8(frame.unwrap().data_ref().unwrap()).unwrap());
        }
    }
}

fn escaped(search: &Value) -> String {
    form_urlencoded::byte_serialize(search.to_string().as_bytes()).collect()
}

async fn log(server: &Server, service: &str, severity: u8, body: &str) {
    let time = server.parts.clock.now_unix_nano();
    let export = json!({"resourceLogs": [{
        "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": service}}]},
        "scopeLogs": [{"logRecords": [{
            "timeUnixNano": time.to_string(), "severityNumber": severity, "body": {"stringValue": body},
            "attributes": [{"key": "app.plan", "value": {"stringValue": "gold"}}],
        }]}],
    }]});
    let (status, reply) = server.call(Method::POST, "/v1/logs", &[], Some(export)).await;
    assert_eq!((status, reply), (StatusCode::OK, json!({})));
}

#[tokio::test]
async fn log_records_come_as_they_are_acknowledged() {
    let server = Server::open().await;
    log(&server, "cart", 9, "before").await;
    let mut all = Open::of(&server, &format!("/api/v1/logs/tail?search={}", escaped(&json!({})))).await;
    let some = json!({
        "services": ["cart"], "severity_min": "warn", "text": "\"out of\" -never",
        "attributes": [{"key": "app.plan", "op": "eq", "value": "gold"}],
    });
    let mut some = Open::of(&server, &format!("/api/v1/logs/tail?search={}", escaped(&some))).await;
    log(&server, "cart", 9, "out of stock").await;
    log(&server, "page", 17, "out of stock").await;
    log(&server, "cart", 17, "never out of stock").await;
    log(&server, "cart", 17, "out of luck").await;
    let news = some.next().await.unwrap();
    assert_eq!((&news["records"][0]["body"], &news["skipped"]), (&json!("out of luck"), &json!(0)), "{news}");
    let mut bodies = Vec::new();
    while bodies.len() < 4 {
        let news = all.next().await.unwrap();
        bodies.extend(news["records"].as_array().unwrap().iter().map(|record| record["body"].clone()));
    }
    assert_eq!(json!(bodies), json!(["out of stock", "out of stock", "never out of stock", "out of luck"]));
    // A stop ends it.
    server.parts.store.end_following();
    assert_eq!((all.next().await, some.next().await), (None, None));
}

#[tokio::test]
async fn spans_as_well() {
    let server = Server::open().await;
    let path = format!("/api/v1/spans/tail?search={}", escaped(&json!({"classes": ["fault"], "kinds": ["server"]})));
    let mut faults = Open::of(&server, &path).await;
    let time = server.parts.clock.now_unix_nano();
    let span = |id: char, code: u8| {
        json!({
            "traceId": "1".repeat(32), "spanId": id.to_string().repeat(16), "name": "GET /", "kind": 2,
            "startTimeUnixNano": time.to_string(), "endTimeUnixNano": (time + 5).to_string(), "status": {"code": code},
        })
    };
    let resource = json!({"attributes": [{"key": "service.name", "value": {"stringValue": "cart"}}]});
    let spans = vec![span('2', 0), span('3', 2)];
    let export = json!({"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": spans}]}]});
    server.call(Method::POST, "/v1/traces", &[], Some(export)).await;
    let news = faults.next().await.unwrap();
    let ids: Vec<&Value> = news["spans"].as_array().unwrap().iter().map(|span| &span["span_id"]).collect();
    assert_eq!(ids, [&json!("3".repeat(16))], "{news}");
}

#[tokio::test]
async fn who_is_slow_is_told_how_much_was_skipped() {
    let mut config = crate::config::Config::default();
    config.storage.follow_bytes_max = 4_096;
    let server = Server::open_with(config).await;
    let mut slow = Open::of(&server, &format!("/api/v1/logs/tail?search={}", escaped(&json!({})))).await;
    for number in 0..100 {
        log(&server, "cart", 9, &format!("line {number}")).await;
    }
    let news = slow.next().await.unwrap();
    let records = news["records"].as_array().unwrap();
    assert!(!records.is_empty() && records.len() < 100, "{news}");
    assert_eq!(news["skipped"].as_u64().unwrap() + records.len() as u64, 100);
    assert_eq!(records.last().unwrap()["body"], json!("line 99"));
}

#[tokio::test]
async fn what_is_wrong_is_said_before_it_begins() {
    let mut config = crate::config::Config::default();
    config.storage.followers_max = 1;
    let server = Server::open_with(config).await;
    let refused = async |query: &str, status: u16, part: &str| {
        let response = server.send(request(Method::GET, &format!("/api/v1/{query}"), &[], None)).await;
        let found = response.status().as_u16();
        let text = String::from_utf8(bytes_of(response).await).unwrap();
        assert!(found == status && text.contains(part), "{query}: {found} {text}");
    };
    refused("logs/tail", 400, "search").await;
    refused("logs/tail?search=x", 400, "search is not JSON").await;
    refused(&format!("logs/tail?search={}", escaped(&json!({"txt": "a"}))), 400, "txt").await;
    refused(&format!("logs/tail?search={}", escaped(&json!({"trace_id": "1"}))), 400, "32 hex digits").await;
    refused(&format!("spans/tail?search={}", escaped(&json!({"kinds": ["sideways"]}))), 400, "sideways").await;
    refused(&format!("spans/tail?search={}", escaped(&json!({"callee": "cart"}))), 400, "callee").await;
    let _open = Open::of(&server, &format!("/api/v1/logs/tail?search={}", escaped(&json!({})))).await;
    refused(&format!("spans/tail?search={}", escaped(&json!({}))), 503, "followers_max").await;
}
