//! A browser over every screen, with the demo shop's traffic: from the alarm to a trace to its logs.
//!
//! Screenshots of each screen, light and dark, wide and narrow, are kept in `$ALIDADE_SCREENSHOTS`, or in the target
//! directory's folder for tests.

#![expect(clippy::unwrap_used, reason = "a test: what is not there fails it")]

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};
use tests::alidade::binary;
use tests::browser::{Browser, screenshots};
use tests::webhook::Receiver;
use tests::{Alidade, eventually};
use tokio::process::{Child, Command};

/// What a screen shows when it has its data.
const SCREENS: [(&str, &str, &str); 9] = [
    ("overview", "/", "[data-testid=service-table] tbody tr"),
    ("map", "/map", "[data-testid=map-node]"),
    ("traces", "/traces", "[data-testid=trace-row]"),
    ("logs", "/logs", "[data-testid=log-line]"),
    ("metrics", "/metrics?metric=faas.invocations&statistic=Sum&group=service.name", "main svg"),
    ("dashboards", "/dashboards", "[data-testid=dashboard-table] tbody tr"),
    ("dashboard", "/dashboards/serverless-overview", "[data-testid=board] svg"),
    ("alarms", "/alarms", "[data-testid=alarm-table] tbody tr"),
    ("settings", "/settings", "main .card"),
];

#[tokio::test(flavor = "multi_thread")]
async fn from_the_alarm_to_the_trace_to_its_logs() {
    let data = tempfile::tempdir().unwrap();
    let alidade = Alidade::start(data.path()).await;
    let receiver = Receiver::start(0).await;
    let webhook = alidade.post("/api/v1/webhooks", &json!({"name": "on-call", "url": receiver.url})).await;
    let mut demo = start_demo(&alidade);
    wait_for_traffic(&alidade).await;

    let mut browser = Browser::launch();
    browser.view(1440, 900, false);
    create_alarm(&mut browser, &alidade);
    wait_for_alarm(&alidade).await;
    let call = eventually(Duration::from_secs(30), "the webhook", async || {
        receiver.calls().into_iter().next().ok_or_else(|| "no call".to_owned())
    })
    .await;
    assert!(call.is_signed_by(webhook["secret"].as_str().unwrap()));

    // The person on call opens the link of the notification, and is two clicks from the evidence.
    let link = call.json()["data"]["chart_url"].as_str().unwrap().to_owned();
    assert!(link.starts_with(&alidade.http), "{link}");
    browser.open(&link);
    browser.wait_for("[data-testid=alarm-chart] svg");
    browser.wait_for("[data-testid=example-trace]");
    browser.look(&kept(), "alarm");
    browser.click("[data-testid=example-trace]");
    browser.wait_for("[data-testid=span-row]");
    let trace_id = browser.eval("location.pathname.split('/').pop()").as_str().unwrap().to_owned();
    let trace = alidade.get(&format!("/api/v1/traces/{trace_id}")).await;
    assert_eq!(browser.eval("document.querySelector('[data-testid=trace-spans]').innerText"), spans_text(&trace));
    browser.look(&kept(), "trace");
    browser.click("[data-testid=tab-logs]");
    browser.wait_for("[data-testid=trace-logs] [data-testid=log-line]");
    browser.look(&kept(), "trace-logs");
    browser.click("[data-testid=open-in-logs]");
    browser.wait("location.pathname === '/logs'");
    browser.wait_for("[data-testid=log-line]");

    every_screen(&mut browser, &alidade);
    map_to_traces(&mut browser, &alidade);
    traces_of_an_expression(&mut browser, &alidade);
    lines_as_they_arrive(&mut browser, &alidade).await;
    assert_eq!(browser.take_problems(), Vec::<String>::new(), "errors on the console");
    demo.kill().await.unwrap();
}

/// Where screenshots go.
fn kept() -> PathBuf {
    screenshots(Path::new(env!("CARGO_TARGET_TMPDIR")))
}

fn spans_text(trace: &Value) -> Value {
    json!(trace["spans"].as_array().unwrap().len().to_string())
}

fn start_demo(alidade: &Alidade) -> Child {
    let mut command = Command::new(binary());
    command.args(["demo", "--endpoint", &alidade.otlp_grpc, "--incident", "payment-down", "--backfill", "10m"]);
    command.args(["--duration", "15m", "--seed", "7"]).kill_on_drop(true);
    command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
    command.spawn().expect("the demo starts")
}

async fn wait_for_traffic(alidade: &Alidade) {
    eventually(Duration::from_secs(60), "traffic of the demo", async || {
        let services = alidade.get("/api/v1/services?from=now-15m").await;
        let names = services["services"].as_array().map_or(0, Vec::len);
        let metrics = alidade.get("/api/v1/metrics?from=now-15m").await["metrics"].as_array().map_or(0, Vec::len);
        // Nothing reaches what lies behind the payment: its services stay silent.
        if names >= 6 && metrics > 3 { Ok(()) } else { Err(format!("{names} services, {metrics} metrics")) }
    })
    .await;
}

/// Through the form, as a person does it.
fn create_alarm(browser: &mut Browser, alidade: &Alidade) {
    browser.open(&format!("{}/alarms/new", alidade.http));
    browser.wait_for("[data-testid=alarm-form]");
    browser.click("[data-testid=source-service]");
    for (field, text) in [("alarm-name", "Payment is failing"), ("alarm-service", "shop-payment")] {
        browser.click(&format!("[data-testid={field}]"));
        browser.insert_text(text);
    }
    browser.eval("document.activeElement.blur()");
    choose(browser, "alarm-measure", "fault_rate");
    choose(browser, "alarm-period", "10");
    set(browser, "alarm-threshold", "5");
    set(browser, "alarm-n", "6");
    set(browser, "alarm-m", "1");
    browser.click("[data-testid=call-alarm]");
    browser.wait_for("[data-testid=alarm-preview] svg");
    browser.look(&kept(), "alarm-form");
    browser.click("[data-testid=save-alarm]");
    browser.wait_for("[data-testid=alarm-status]");
}

/// Picks an option of a select as a reader does: by its value, with the event that follows.
fn choose(browser: &mut Browser, field: &str, value: &str) {
    browser.wait_for(&format!("[data-testid={field}]"));
    let script = format!(
        "(() => {{ const e = document.querySelector('[data-testid={field}]'); e.value = {}; \
         e.dispatchEvent(new Event('change', {{bubbles: true}})); return e.value; }})()",
        json!(value)
    );
    assert_eq!(browser.eval(&script), value, "{field} has no such option");
}

fn set(browser: &mut Browser, field: &str, text: &str) {
    browser.click(&format!("[data-testid={field}]"));
    browser.eval(&format!("document.querySelector('[data-testid={field}]').select()"));
    browser.insert_text(text);
}

async fn wait_for_alarm(alidade: &Alidade) {
    eventually(Duration::from_secs(90), "the alarm", async || {
        let mut list = alidade.get("/api/v1/alarms").await;
        let alarm = list["alarms"][0].take();
        assert_eq!(alarm["name"], "Payment is failing");
        if alarm["status"]["state"] == "ALARM" { Ok(()) } else { Err(alarm["status"].to_string()) }
    })
    .await
}

fn every_screen(browser: &mut Browser, alidade: &Alidade) {
    for (name, path, evidence) in SCREENS {
        let separator = if path.contains('?') { '&' } else { '?' };
        browser.open(&format!("{}{path}{separator}from=now-15m", alidade.http));
        browser.wait_for(evidence);
        browser.look(&kept(), name);
    }
}

/// A node of the map opens its panel; the panel leads to its failing traces.
fn map_to_traces(browser: &mut Browser, alidade: &Alidade) {
    browser.open(&format!("{}/map?from=now-15m", alidade.http));
    browser.click("[data-testid=map-node][data-id='service:shop-payment']");
    browser.wait_for("[data-testid=panel-latency]");
    browser.look(&kept(), "map-panel");
    browser.click("[data-testid=link-faults]");
    browser.wait("location.pathname === '/traces'");
    browser.wait_for("[data-testid=trace-row]");
}

/// An expression of X-Ray's finds traces, and a wrong one says what was meant.
fn traces_of_an_expression(browser: &mut Browser, alidade: &Alidade) {
    browser.open(&format!("{}/traces?from=now-15m", alidade.http));
    browser.wait_for("[data-testid=trace-row]");
    let submit = |browser: &mut Browser, text: &str| {
        set(browser, "traces-filter", text);
        browser.eval("document.querySelector('[data-testid=traces-filter]').blur()");
    };
    submit(browser, "service(\"shop-payment\") { fault } AND responsetime > 0");
    browser.wait("new URLSearchParams(location.search).get('filter')?.startsWith('service(')");
    browser.wait("document.querySelector('[data-testid=trace-row]')?.innerText.includes('shop-payment')");
    browser.look(&kept(), "traces-filter");
    assert_eq!(browser.take_problems(), Vec::<String>::new(), "errors on the console");
    submit(browser, "falt");
    browser.wait("document.querySelector('main [role=alert]')?.innerText.includes('did you mean fault')");
    // What a wrong question is answered with stands on the console as well.
    browser.take_problems();
}

/// Follow mode is a live tail: a line is there when it was acknowledged, and a filter holds for it.
async fn lines_as_they_arrive(browser: &mut Browser, alidade: &Alidade) {
    browser.open(&format!("{}/logs?from=now-15m&q=tailed", alidade.http));
    browser.wait_for("[data-testid=logs-bar]");
    browser.click("[data-testid=logs-follow]");
    browser.wait("document.querySelector('[data-testid=follow-state]')?.innerText.includes('as they arrive')");
    let line = |body: &str| {
        json!({"resourceLogs": [{
            "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "tailor"}}]},
            "scopeLogs": [{"logRecords": [{"severityNumber": 9, "body": {"stringValue": body}}]}],
        }]})
    };
    for number in 1..=3 {
        alidade.post("/v1/logs", &line(&format!("tailed line {number}"))).await;
        alidade.post("/v1/logs", &line("another line")).await;
        browser.wait(&format!(
            "document.querySelector('[data-testid=log-lines]')?.innerText.includes('tailed line {number}')"
        ));
    }
    let lines = browser.eval("document.querySelectorAll('[data-testid=log-line]').length");
    assert_eq!(lines, 3, "no line that the search does not find, and none twice");
    browser.look(&kept(), "logs-follow");
    browser.click("[data-testid=follow-pause]");
    browser.wait("!document.querySelector('[data-testid=follow-state]')");
}
