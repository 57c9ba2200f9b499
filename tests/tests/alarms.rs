//! Alarms from data to webhook: a metric, a log query and a service's fault rate, signed and retried.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by a panic")]

use std::time::Duration;

use serde_json::{Value, json};
use tests::poll::now_unix_nano;
use tests::webhook::{Call, Receiver};
use tests::{Alidade, eventually, otlp};

#[tokio::test(flavor = "multi_thread")]
async fn an_alarm_of_each_kind_calls_the_webhook() {
    let data = tempfile::tempdir().unwrap();
    let alidade = Alidade::start(data.path()).await;
    // The first call is refused: the outbox tries again.
    let receiver = Receiver::start(1).await;
    let webhook = alidade.post("/api/v1/webhooks", &json!({"name": "on call", "url": receiver.url})).await;
    let secret = webhook["secret"].as_str().expect("the secret is shown once").to_owned();
    let listed = alidade.get("/api/v1/webhooks").await;
    assert!(listed["webhooks"][0]["secret"].is_null(), "and never again");

    let actions = json!([webhook["id"]]);
    let rule = |name: &str, source: Value, threshold: f64| {
        json!({
            "name": name, "description": "from a test", "source": source, "period_seconds": 10,
            "evaluation_periods": 3, "datapoints_to_alarm": 1, "comparison_operator": "GreaterThanThreshold",
            "threshold": threshold, "treat_missing_data": "notBreaching", "alarm_actions": actions,
        })
    };
    let sources = [
        ("queue too long", json!({"type": "metric", "metric": "queue.depth", "statistic": "Maximum"}), 100.0),
        ("payment errors", json!({"type": "logs", "text": "\"payment refused\"", "services": ["shop"]}), 0.0),
        ("shop is failing", json!({"type": "service", "service": "shop", "measure": "fault_rate"}), 20.0),
    ];
    for (name, source, threshold) in &sources {
        let alarm = alidade.post("/api/v1/alarms", &rule(name, source.clone(), *threshold)).await;
        assert_eq!(alarm["status"]["state"], "INSUFFICIENT_DATA");
        assert_eq!(alarm["status"]["reason"], "Unchecked: Initial alarm creation");
    }
    let trace_id = send_trouble(&alidade).await;

    for (name, _, threshold) in &sources {
        let call = eventually(Duration::from_secs(60), name, async || {
            let found = receiver.calls().into_iter().rev().find(|call| is_alarm(call, name));
            found.ok_or_else(|| format!("{} calls", receiver.calls().len()))
        })
        .await;
        assert!(call.is_signed_by(&secret), "{name}: the signature is wrong");
        let data = call.json()["data"].clone();
        assert_eq!(data["threshold"], *threshold);
        assert!(data["value"].as_f64().unwrap() > *threshold, "{data}");
        assert!(data["reason"].as_str().unwrap().starts_with("Threshold Crossed: 1 out of the last"), "{data}");
        assert!(data["chart_url"].as_str().unwrap().contains("/alarms/"), "{data}");
        if *name != "queue too long" {
            assert_eq!(data["trace_ids"][0], trace_id, "{data}");
        }
    }
    check_history(&alidade, &receiver).await;
}

fn is_alarm(call: &Call, name: &str) -> bool {
    let body = call.json();
    body["data"]["alarm_name"] == name && body["data"]["new_state"] == "ALARM"
}

/// The refused first call came again with the same id.
async fn check_history(alidade: &Alidade, receiver: &Receiver) {
    let calls = receiver.calls();
    let again = calls.iter().skip(1).find(|call| call.id == calls[0].id);
    let again = match again {
        Some(call) => call.clone(),
        None => {
            eventually(Duration::from_secs(60), "the second try", async || {
                let calls = receiver.calls();
                let again = calls.iter().skip(1).find(|call| call.id == calls[0].id).cloned();
                again.ok_or_else(|| format!("{} calls", calls.len()))
            })
            .await
        }
    };
    assert_eq!(again.body, calls[0].body, "a retry carries the same body");
    let alarms = alidade.get("/api/v1/alarms").await;
    for alarm in alarms["alarms"].as_array().unwrap() {
        let history = alidade.get(&format!("/api/v1/alarms/{}/history", alarm["id"].as_str().unwrap())).await;
        let transitions = history["transitions"].as_array().unwrap();
        assert!(transitions.iter().any(|t| t["new_state"] == "ALARM"), "{history}");
        assert!(!history["deliveries"].as_array().unwrap().is_empty(), "{history}");
    }
}

/// A queue that is too long, and a request that fails and logs why. Answers its trace id.
async fn send_trouble(alidade: &Alidade) -> String {
    let now = now_unix_nano();
    let trace_id = 0xabc0_0000_0000_0000_0000_0000_0000_0001_u128;
    let mut span = otlp::span(trace_id, 7, "POST /pay", now - 20_000_000);
    span.attributes = vec![otlp::int("http.response.status_code", 503)];
    let spans = otlp::traces("shop", vec![span]);
    assert!(otlp::export(alidade.client(), &alidade.otlp_http, "/v1/traces", spans).await);
    let mut log = otlp::log("payment refused by the bank", now);
    log.trace_id = trace_id.to_be_bytes().to_vec();
    log.span_id = 7_u64.to_be_bytes().to_vec();
    let logs = otlp::logs("shop", vec![log]);
    assert!(otlp::export(alidade.client(), &alidade.otlp_http, "/v1/logs", logs).await);
    let metric = json!({"resourceMetrics": [{
        "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "shop"}}]},
        "scopeMetrics": [{"metrics": [{"name": "queue.depth", "gauge": {"dataPoints": [
            {"timeUnixNano": now.to_string(), "asInt": "250"}
        ]}}]}],
    }]});
    let request = alidade.client().post(format!("{}/v1/metrics", alidade.otlp_http)).json(&metric);
    let reply = request.send().await.unwrap();
    assert!(reply.status().is_success());
    assert_eq!(reply.text().await.unwrap(), "{}");
    format!("{trace_id:032x}")
}
