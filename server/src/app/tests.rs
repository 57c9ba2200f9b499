use std::net::SocketAddr;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::*;

/// How long anything here may take before the test fails.
const DEADLINE: Duration = Duration::from_secs(60);

struct Running {
    addresses: Addresses,
    stop: oneshot::Sender<()>,
    ended: tokio::task::JoinHandle<Result<(), String>>,
}

fn config(folder: &std::path::Path) -> Config {
    let mut config = Config::default();
    let any_port = SocketAddr::from(([127, 0, 0, 1], 0));
    (config.listen.http, config.listen.otlp_grpc, config.listen.otlp_http) = (any_port, any_port, any_port);
    config.storage.data_dir = folder.to_owned();
    config
}

async fn start(config: Config) -> Running {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let app = App::build(config).await.unwrap();
    let addresses = app.addresses();
    let (stop, stopped) = oneshot::channel::<()>();
    let (ready, is_ready) = oneshot::channel();
    let ended = tokio::spawn(app.run(async { drop(stopped.await) }, move || ready.send(()).unwrap()));
    tokio::time::timeout(DEADLINE, is_ready).await.unwrap().unwrap();
    Running { addresses, stop, ended }
}

impl Running {
    async fn stop(self) -> Result<(), String> {
        self.stop.send(()).unwrap();
        tokio::time::timeout(DEADLINE, self.ended).await.expect("a stop in time").unwrap()
    }
}

fn log_export(text: &str, time: i64) -> Value {
    json!({"resourceLogs": [{"scopeLogs": [{"logRecords": [{"timeUnixNano": time.to_string(), "body": {"stringValue": text}}]}]}]})
}

#[tokio::test(flavor = "multi_thread")]
async fn three_ports_serve_and_what_was_acknowledged_outlives_a_stop() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(config(folder.path())).await;
    let client = reqwest::Client::new();
    let Addresses { http, otlp_http, otlp_grpc } = running.addresses;
    assert!(http.port() != 0 && otlp_http.port() != 0 && otlp_grpc.port() != 0);
    let now = SystemClock.unix_nano();
    for (number, address) in [http, otlp_http, otlp_grpc].into_iter().enumerate() {
        let export = client.post(format!("http://{address}/v1/logs")).json(&log_export(&format!("line {number}"), now));
        assert_eq!(export.send().await.unwrap().status(), 200, "{address}");
    }
    let lines = |http: SocketAddr| {
        let asked = client
            .post(format!("http://{http}/api/v1/sql"))
            .json(&json!({"query": "select body from logs order by body"}));
        async move { asked.send().await.unwrap().json::<Value>().await.unwrap()["rows"].clone() }
    };
    let expected = json!([["line 0"], ["line 1"], ["line 2"]]);
    assert_eq!(lines(http).await, expected);
    running.stop().await.unwrap();
    assert!(client.get(format!("http://{http}/healthz")).send().await.is_err(), "nothing listens any more");
    let running = start(config(folder.path())).await;
    assert_eq!(lines(running.addresses.http).await, expected);
    running.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_lets_requests_end_and_cuts_those_that_do_not() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = config(folder.path());
    config.listen.drain_time_max = Duration::from_millis(300);
    let running = start(config).await;
    // A request whose body never ends.
    let mut stuck = tokio::net::TcpStream::connect(running.addresses.otlp_http).await.unwrap();
    let head =
        "POST /v1/logs HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{";
    tokio::io::AsyncWriteExt::write_all(&mut stuck, head.as_bytes()).await.unwrap();
    let counted = || async {
        let url = format!("http://{}/metrics", running.addresses.http);
        let text = reqwest::get(url).await.unwrap().text().await.unwrap();
        text.contains("alidade_ingest_requests_total{signal=\"logs\"} 1")
    };
    let deadline = tokio::time::Instant::now() + DEADLINE;
    while !counted().await {
        assert!(tokio::time::Instant::now() < deadline, "the request did not arrive");
        tokio::task::yield_now().await;
    }
    let began = std::time::Instant::now();
    running.stop().await.unwrap();
    assert!(began.elapsed() >= Duration::from_millis(300), "it was waited for");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_taken_port_and_a_taken_folder_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(config(folder.path())).await;
    let other = tempfile::tempdir().unwrap();
    let mut taken = config(other.path());
    taken.listen.otlp_grpc = running.addresses.otlp_grpc;
    let refused = App::build(taken).await.err().unwrap();
    assert!(refused.contains("otlp_grpc") && refused.contains("ALIDADE_OTLP_GRPC"), "{refused}");
    let refused = App::build(config(folder.path())).await.err().unwrap();
    assert!(refused.contains("cannot open the data directory"), "{refused}");
    running.stop().await.unwrap();
}
