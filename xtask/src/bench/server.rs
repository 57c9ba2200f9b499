//! A server to measure: the binary with an empty data folder and ports of its own.

#![expect(
    clippy::disallowed_methods,
    reason = "a benchmark: it waits for a server, and stamps spans with the time of day"
)]

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::http::Connection;
use crate::outcome::{Outcome, Trying};
use crate::places::Places;
use crate::process;

const READY_LIMIT: Duration = Duration::from_secs(60);
const STOP_LIMIT: Duration = Duration::from_secs(20);
const POLL: Duration = Duration::from_millis(20);

/// A running server; dropped without [`Server::stop`] it is killed.
pub(super) struct Server {
    child: Child,
    data: PathBuf,
    pub(super) http: String,
    pub(super) otlp_http: String,
}

impl Server {
    pub(super) fn start(places: &Places, binary: &Path) -> Outcome<Self> {
        let data = places.target.join(format!("bench-data-{}", std::process::id()));
        let [http, grpc, otlp_http] = free_addresses()?;
        let mut serve = process::command(binary);
        serve
            .args(["serve", "--http", &http, "--otlp-grpc", &grpc, "--otlp-http", &otlp_http, "--data-dir"])
            .arg(&data);
        serve.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = serve.spawn().trying_to("start", binary)?;
        let mut server = Self { child, data, http, otlp_http };
        let deadline = Instant::now() + READY_LIMIT;
        while !server.is_ready() {
            if let Some(status) = server.child.try_wait().trying("watch the server")? {
                return Err(format!(
                    "the server ended ({status}) before it was ready; run {} serve to see why",
                    binary.display()
                ));
            }
            if Instant::now() > deadline {
                return Err(format!("the server is not ready after {} s", READY_LIMIT.as_secs()));
            }
            std::thread::sleep(POLL);
        }
        Ok(server)
    }

    fn is_ready(&self) -> bool {
        Connection::open(&self.http)
            .and_then(|mut connection| connection.ask("GET", "/readyz", None))
            .is_ok_and(|reply| reply.status == 200)
    }

    /// The memory the process has in use, from the kernel's own count.
    pub(super) fn resident_bytes(&self) -> Outcome<u64> {
        let path = PathBuf::from(format!("/proc/{}/status", self.child.id()));
        let status = fs::read_to_string(&path).trying_to("read", &path)?;
        let kilobytes = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB")?.parse::<u64>().ok());
        kilobytes.map(|kilobytes| kilobytes * 1024).ok_or_else(|| format!("{} has no VmRSS", path.display()))
    }

    pub(super) fn stop(mut self) -> Outcome {
        process::run(Command::new("kill").arg("-INT").arg(self.child.id().to_string()))?;
        let deadline = Instant::now() + STOP_LIMIT;
        while self.child.try_wait().trying("watch the server")?.is_none() {
            if Instant::now() > deadline {
                return Err(format!("the server did not end within {} s", STOP_LIMIT.as_secs()));
            }
            std::thread::sleep(POLL);
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if !matches!(self.child.try_wait(), Ok(Some(_))) && self.child.kill().is_ok() {
            self.child.wait().ok();
        }
        fs::remove_dir_all(&self.data).ok();
    }
}

/// Three at once, so that they differ.
fn free_addresses() -> Outcome<[String; 3]> {
    let bind = || TcpListener::bind("127.0.0.1:0").trying("find a free port");
    let listeners = [bind()?, bind()?, bind()?];
    let mut addresses = [const { String::new() }; 3];
    for (listener, address) in listeners.iter().zip(&mut addresses) {
        *address = listener.local_addr().trying("find a free port")?.to_string();
    }
    Ok(addresses)
}

pub(super) fn let_pass(time: Duration) {
    std::thread::sleep(time);
}

pub(super) fn trace_id(number: usize) -> String {
    format!("{:016x}{:016x}", std::process::id(), number + 1)
}

/// A request with the one span of a small function, as OTLP/JSON.
pub(super) fn one_span(number: usize) -> Outcome<String> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).trying("read the clock")?.as_nanos();
    let attribute = |key: &str, value: &str| serde_json::json!({"key": key, "value": {"stringValue": value}});
    let request = serde_json::json!({"resourceSpans": [{
        "resource": {"attributes": [
            attribute("service.name", "bench"), attribute("faas.name", "bench"), attribute("cloud.region", "eu-central-1"),
            attribute("deployment.environment.name", "bench"), attribute("cloud.platform", "aws_lambda"),
        ]},
        "scopeSpans": [{"scope": {"name": "bench"}, "spans": [{
            "traceId": trace_id(number), "spanId": format!("{:016x}", number + 1), "name": "GET /items", "kind": 2,
            "startTimeUnixNano": (now - 42_000_000).to_string(), "endTimeUnixNano": now.to_string(),
            "attributes": [
                attribute("http.request.method", "GET"), attribute("http.route", "/items"), attribute("faas.trigger", "http"),
                attribute("faas.invocation_id", &number.to_string()),
                {"key": "http.response.status_code", "value": {"intValue": 200}},
            ],
        }]}],
    }]});
    Ok(request.to_string())
}
