use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::testing::{Server, bytes_of, json_of, request};

async fn check(server: &Server, method: Method, path: &str, body: Option<Value>, expected: u16, part: &str) {
    let (status, answer) = server.call(method.clone(), path, &[], body).await;
    assert_eq!(status.as_u16(), expected, "{method} {path}: {answer}");
    let error = &answer["error"];
    let message = error["message"].as_str().unwrap_or_else(|| panic!("{method} {path} has no message: {answer}"));
    assert!(message.contains(part), "{method} {path}: {message}");
    let kind: api::ErrorKind = serde_json::from_value(error["kind"].clone()).unwrap();
    assert!(kind.status() == expected || expected == 405, "{method} {path}: {answer}");
}

#[tokio::test]
async fn every_failure_has_the_one_shape() {
    let server = Server::open().await;
    check(&server, Method::GET, "/api/v1/nothing", None, 404, "/api/openapi.json").await;
    check(&server, Method::DELETE, "/api/v1/sql", None, 405, "Allow").await;
    check(&server, Method::PATCH, "/map", None, 405, "PATCH").await;
    check(&server, Method::POST, "/api/v1/sql", None, 400, "application/json").await;
    check(&server, Method::POST, "/api/v1/sql", Some(json!({"limit": 3})), 400, "query").await;
    check(&server, Method::POST, "/api/v1/sql", Some(json!({"query": "selec"})), 400, "").await;
    check(&server, Method::GET, "/api/v1/services?frm=now-1h", None, 400, "frm").await;
    check(&server, Method::POST, "/api/v1/sql", Some(json!({"query": "SELECT 1", "limit": "3"})), 400, "whole number")
        .await;
    check(&server, Method::GET, "/api/v1/services?from=yesterday", None, 400, "RFC 3339").await;
    check(&server, Method::GET, "/api/v1/services?from=now&to=now-1h", None, 400, "before").await;
    check(&server, Method::GET, "/api/v1/attributes?signal=nonsense", None, 400, "spans, logs or metrics").await;
    check(&server, Method::GET, "/api/v1/attributes", None, 400, "signal").await;
    check(&server, Method::GET, "/api/v1/traces/xyz", None, 400, "32 hex").await;
    check(&server, Method::GET, "/api/v1/traces/0af7651916cd43dd8448eb211c80319c", None, 404, "").await;
    check(&server, Method::GET, "/api/v1/dashboards/nothing", None, 404, "nothing").await;
    check(&server, Method::GET, "/api/v1/alarms/nothing", None, 404, "nothing").await;
    check(&server, Method::GET, "/api/v1/webhooks/nothing", None, 404, "nothing").await;
    check(&server, Method::POST, "/api/v1/alarms", Some(json!({"name": "x"})), 400, "source").await;
    let large = json!({"query": "x".repeat(5 << 20)});
    check(&server, Method::POST, "/api/v1/sql", Some(large), 413, "api.body_bytes_max").await;
    let allow = server.send(request(Method::PUT, "/api/v1/health", &[], None)).await;
    assert_eq!(allow.headers()["allow"], "GET,HEAD");
}

#[tokio::test]
async fn every_answer_is_hardened() {
    let server = Server::open().await;
    for path in ["/", "/api/v1/health", "/api/v1/nothing", "/healthz"] {
        let response = server.send(request(Method::GET, path, &[], None)).await;
        assert_eq!(response.headers()["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(response.headers()["referrer-policy"], "no-referrer", "{path}");
        let policy = response.headers()["content-security-policy"].to_str().unwrap();
        assert!(
            policy.contains("script-src 'self' 'wasm-unsafe-eval'") && policy.contains("frame-ancestors 'none'"),
            "{policy}"
        );
    }
}

#[tokio::test]
async fn health_readiness_and_metrics() {
    let server = Server::open().await;
    for path in ["/healthz", "/readyz"] {
        assert_eq!(server.send(request(Method::GET, path, &[], None)).await.status(), StatusCode::OK, "{path}");
    }
    let (_, health) = server.call(Method::GET, "/api/v1/health", &[], None).await;
    assert_eq!((&health["healthy"], &health["version"]), (&json!(true), &json!(crate::VERSION)));
    let text =
        String::from_utf8(bytes_of(server.send(request(Method::GET, "/metrics", &[], None)).await).await).unwrap();
    for line in [
        "alidade_http_requests_total{route=\"/api/v1/health\",method=\"GET\",status=\"200\"} 1",
        "alidade_http_request_duration_seconds_count{route=\"/api/v1/health\",method=\"GET\"} 1",
        "alidade_ingest_rows_total{signal=\"spans\"} 0",
        "# TYPE alidade_storage_buffered_bytes gauge",
    ] {
        assert!(text.lines().any(|found| found == line), "{line} is missing in\n{text}");
    }
    // The same address is a screen of the UI; a browser that opens it gets the page.
    let browser = [("accept", "text/html,application/xhtml+xml,*/*;q=0.8")];
    let page = server.send(request(Method::GET, "/metrics", &browser, None)).await;
    assert!(page.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
    let resident = text.lines().find_map(|line| line.strip_prefix("process_resident_memory_bytes ")).unwrap();
    assert!(resident.parse::<u64>().unwrap() > 1_000_000);
}

fn board(title: &str) -> Value {
    json!({"schema_version": dashboards::SCHEMA_VERSION, "title": title, "widgets": []})
}

#[tokio::test]
async fn dashboards_are_made_changed_and_removed() {
    let server = Server::open().await;
    let (_, list) = server.call(Method::GET, "/api/v1/dashboards", &[], None).await;
    let builtin = list["dashboards"][0].clone();
    assert_eq!(builtin["builtin"], json!(true));
    let (status, made) = server.call(Method::POST, "/api/v1/dashboards", &[], Some(board("My Shop"))).await;
    assert_eq!((status, &made["id"], &made["version"]), (StatusCode::CREATED, &json!("my-shop"), &json!(1)), "{made}");
    let path = "/api/v1/dashboards/my-shop";
    let (status, changed) = server.call(Method::PUT, path, &[("if-match", "\"1\"")], Some(board("Shop"))).await;
    assert_eq!((status, &changed["version"], &changed["title"]), (StatusCode::OK, &json!(2), &json!("Shop")));
    let (status, conflict) = server.call(Method::PUT, path, &[("if-match", "\"1\"")], Some(board("Other"))).await;
    assert_eq!((status, &conflict["error"]["kind"]), (StatusCode::CONFLICT, &json!("conflict")));
    let (status, wrong) = server.call(Method::PUT, path, &[("if-match", "x")], Some(board("Other"))).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{wrong}");
    let (status, wrong) = server.call(Method::POST, "/api/v1/dashboards", &[], Some(json!({"title": 3}))).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{wrong}");
    let read = server.send(request(Method::GET, path, &[], None)).await;
    assert_eq!(read.headers()["etag"], "\"2\"");
    assert_eq!(json_of(read).await.1["document"], board("Shop"));
    let builtin_path = format!("/api/v1/dashboards/{}", builtin["id"].as_str().unwrap());
    assert_eq!(server.call(Method::GET, &builtin_path, &[], None).await.0, StatusCode::OK);
    for (method, body) in [(Method::PUT, Some(board("x"))), (Method::DELETE, None)] {
        assert_eq!(server.call(method, &builtin_path, &[], body).await.0, StatusCode::FORBIDDEN);
    }
    let server = server.restart().await;
    assert_eq!(server.call(Method::GET, path, &[], None).await.0, StatusCode::OK, "kept over a restart");
    let (status, _) = server.call(Method::DELETE, path, &[("if-match", "\"1\"")], None).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert_eq!(server.call(Method::DELETE, path, &[("if-match", "\"2\"")], None).await.0, StatusCode::NO_CONTENT);
    assert_eq!(server.call(Method::GET, path, &[], None).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn alarms_and_webhooks_over_the_api() {
    let server = Server::open().await;
    let (status, webhook) = server
        .call(Method::POST, "/api/v1/webhooks", &[], Some(json!({"name": "ops", "url": "http://127.0.0.1:9/hook"})))
        .await;
    assert_eq!(status, StatusCode::CREATED, "{webhook}");
    assert!(webhook["secret"].as_str().unwrap().starts_with("whsec_"));
    let rule = json!({
        "name": "faults", "source": {"type": "service", "service": "checkout", "measure": "fault_rate"},
        "period_seconds": 60, "evaluation_periods": 3, "datapoints_to_alarm": 2,
        "comparison_operator": "GreaterThanThreshold", "threshold": 5.0, "alarm_actions": [webhook["id"]],
    });
    let (status, alarm) = server.call(Method::POST, "/api/v1/alarms", &[], Some(rule.clone())).await;
    assert_eq!(status, StatusCode::CREATED, "{alarm}");
    assert_eq!(alarm["status"]["state"], json!("INSUFFICIENT_DATA"));
    let mut wrong = rule.clone();
    wrong["name"] = json!("logs");
    wrong["period_seconds"] = json!(7);
    wrong["source"] = json!({"type": "logs", "text": "\"open", "limit": 5});
    for part in ["3 mistakes", "source.limit: leave it away", "period_seconds: ", "source.text: the quotation mark"] {
        check(&server, Method::POST, "/api/v1/alarms", Some(wrong.clone()), 400, part).await;
    }
    wrong["source"] = json!({"type": "logs", "severity_min": "loud"});
    wrong["threshold"] = json!("high");
    check(&server, Method::POST, "/api/v1/alarms", Some(wrong), 400, "source.severity_min: must be one of trace").await;
    let path = format!("/api/v1/alarms/{}", alarm["id"].as_str().unwrap());
    let mut changed = rule.clone();
    changed["threshold"] = json!(7.0);
    assert_eq!(
        server.call(Method::PUT, &path, &[("if-match", "\"1\"")], Some(changed.clone())).await.0,
        StatusCode::OK
    );
    assert_eq!(server.call(Method::PUT, &path, &[("if-match", "\"1\"")], Some(changed)).await.0, StatusCode::CONFLICT);
    assert_eq!(server.call(Method::GET, &format!("{path}/history"), &[], None).await.0, StatusCode::OK);
    let (status, series) = server.call(Method::GET, &format!("{path}/series?from=now-1h"), &[], None).await;
    assert_eq!((status, &series["period_seconds"]), (StatusCode::OK, &json!(60)), "{series}");
    let hook = format!("/api/v1/webhooks/{}", webhook["id"].as_str().unwrap());
    assert_eq!(server.call(Method::DELETE, &hook, &[], None).await.0, StatusCode::CONFLICT, "an alarm calls it");
    let (status, answer) = server.call(Method::POST, &format!("{hook}/test"), &[], None).await;
    assert!(
        status.is_server_error()
            && answer["error"]["message"].as_str().unwrap().contains("no connection to the receiver"),
        "{status} {answer}"
    );
    assert!(!answer.to_string().contains("os error"), "{answer}");
    assert_eq!(server.call(Method::DELETE, &path, &[], None).await.0, StatusCode::NO_CONTENT);
    assert_eq!(server.call(Method::DELETE, &hook, &[], None).await.0, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn what_is_exported_is_found() {
    let server = Server::open().await;
    let time = server.parts.clock.now_unix_nano();
    let export = json!({"resourceSpans": [{
        "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "checkout"}}]},
        "scopeSpans": [{"spans": [{
            "traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": "b7ad6b7169203331", "name": "POST /pay", "kind": 2,
            "startTimeUnixNano": (time - 2_000_000_000).to_string(), "endTimeUnixNano": (time - 1_000_000_000).to_string(),
        }]}],
    }]});
    let (status, reply) = server.call(Method::POST, "/v1/traces", &[], Some(export)).await;
    assert_eq!((status, reply), (StatusCode::OK, json!({})));
    let (status, trace) = server.call(Method::GET, "/api/v1/traces/0af7651916cd43dd8448eb211c80319c", &[], None).await;
    assert_eq!((status, &trace["spans"][0]["name"]), (StatusCode::OK, &json!("POST /pay")), "{trace}");
    for (method, path, body) in [
        (Method::GET, "/api/v1/services", None),
        (Method::GET, "/api/v1/services/checkout/operations", None),
        (Method::POST, "/api/v1/services/query", Some(json!({"service": "checkout", "measure": "rate"}))),
        (Method::GET, "/api/v1/service-graph", None),
        (Method::POST, "/api/v1/traces/search", Some(json!({}))),
        (Method::POST, "/api/v1/logs/search", Some(json!({"histogram_bars": 10}))),
        (Method::GET, "/api/v1/metrics", None),
        (Method::POST, "/api/v1/metrics/query", Some(json!({"metric": "x", "statistic": "Sum"}))),
        (Method::GET, "/api/v1/attributes?signal=spans", None),
        (Method::GET, "/api/v1/attributes/service.name/values?signal=spans", None),
        (Method::POST, "/api/v1/sql", Some(json!({"query": "select name from spans"}))),
    ] {
        let (status, answer) = server.call(method.clone(), path, &[], body).await;
        assert_eq!(status, StatusCode::OK, "{method} {path}: {answer}");
        assert!(answer["statistics"].is_object(), "{method} {path} has statistics: {answer}");
    }
    let (_, sql) = json_of(
        server.send(request(Method::POST, "/api/v1/sql", &[], Some(json!({"query": "select name from spans"})))).await,
    )
    .await;
    assert_eq!(sql["rows"], json!([["POST /pay"]]));
}

#[tokio::test]
async fn attributes_are_promoted_by_the_whole_list() {
    const PATH: &str = "/api/v1/promoted-attributes";
    let server = Server::open().await;
    let (status, before) = server.call(Method::GET, PATH, &[], None).await;
    assert_eq!(status, StatusCode::OK);
    let built_in = before["attributes"].as_array().unwrap().len();
    let route =
        before["attributes"].as_array().unwrap().iter().find(|one| one["name"] == "http.request.method").unwrap();
    assert_eq!((&route["column"], &route["type"]), (&json!("http_request_method"), &json!("text")));
    assert_eq!((&route["source"], &route["older_names"]), (&json!("built_in"), &json!(["http.method"])));

    let list =
        json!({"attributes": [{"name": "app.plan"}, {"name": "cart.total", "type": "double", "place": "resource"}]});
    for _ in 0..2 {
        let (status, answer) = server.call(Method::PUT, PATH, &[], Some(list.clone())).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        let further = &answer["attributes"].as_array().unwrap()[built_in..];
        let shown: Vec<_> = further.iter().map(|one| (&one["column"], &one["type"], &one["place"])).collect();
        assert_eq!(
            shown,
            [
                (&json!("app_plan"), &json!("text"), &json!("record")),
                (&json!("cart_total"), &json!("double"), &json!("resource"))
            ]
        );
        assert_eq!((&further[0]["source"], &answer["columns"]), (&json!("on_demand"), &json!(2)));
        assert_eq!(further[0]["since_unix_nano"], "1769860800000000000");
        server.clock.advance_seconds(60);
    }
    let wrong = json!({"attributes": [{"name": "app-plan", "type": "integer"}, {"name": "http.method"}]});
    check(&server, Method::PUT, PATH, Some(wrong), 400, "http_request_method").await;
    check(&server, Method::PUT, PATH, Some(json!({"attributes": [{"name": "x", "type": "date"}]})), 400, "type").await;
    check(&server, Method::PUT, PATH, Some(json!({"attributes": [{"nme": "x"}]})), 400, "nme").await;
    let (_, after) = server.call(Method::GET, PATH, &[], None).await;
    assert_eq!(after["columns"], 2, "what is refused changes nothing");
    let (_, none) = server.call(Method::PUT, PATH, &[], Some(json!({"attributes": []}))).await;
    let sources: Vec<_> = none["attributes"].as_array().unwrap()[built_in..].iter().map(|one| &one["source"]).collect();
    assert_eq!(sources, [&json!("retired"), &json!("retired")]);
}

#[tokio::test]
async fn only_who_is_logged_in_may_promote() {
    let server = Server::guarded().await;
    let list = json!({"attributes": [{"name": "app.plan"}]});
    check(&server, Method::PUT, "/api/v1/promoted-attributes", Some(list), 401, "log in").await;
}
