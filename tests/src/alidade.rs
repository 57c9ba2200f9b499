//! The binary as a child process.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// How long a start may take, recovery included.
const START_DEADLINE: Duration = Duration::from_secs(60);

/// A running Alidade. Killed when dropped.
pub struct Alidade {
    child: Child,
    client: reqwest::Client,
    log: Arc<Mutex<String>>,
    /// `http://…` of UI and API.
    pub http: String,
    /// `http://…` of OTLP/gRPC.
    pub otlp_grpc: String,
    /// `http://…` of OTLP/HTTP.
    pub otlp_http: String,
    /// Where its data lie.
    pub data_dir: PathBuf,
}

/// How a server ended.
pub struct End {
    /// What it told its parent.
    pub status: ExitStatus,
    /// From the signal on.
    pub took: Duration,
    /// What it had printed.
    pub log: String,
}

/// The binary under test: `ALIDADE_BIN`, or the one beside this test's own folder in the target directory.
pub fn binary() -> PathBuf {
    if let Some(path) = std::env::var_os("ALIDADE_BIN") {
        return PathBuf::from(path);
    }
    let test = std::env::current_exe().expect("the path of this test");
    let folder = test.parent().and_then(Path::parent).expect("target/<profile>/deps");
    let path = folder.join("alidade");
    assert!(path.exists(), "{} does not exist: run `cargo build -p server` or `cargo xtask test`", path.display());
    path
}

impl Alidade {
    /// Starts with ports of the system's choosing, and waits until it is ready.
    pub async fn start(data_dir: &Path) -> Self {
        Self::start_with(data_dir, &[]).await
    }

    /// Starts with more environment variables.
    pub async fn start_with(data_dir: &Path, environment: &[(&str, &str)]) -> Self {
        Self::try_start(data_dir, environment).await.unwrap_or_else(|log| panic!("alidade did not start:\n{log}"))
    }

    /// Starts, or says what it printed before it ended.
    pub async fn try_start(data_dir: &Path, environment: &[(&str, &str)]) -> Result<Self, String> {
        let mut child = spawn(data_dir, environment)?;
        let log = Arc::new(Mutex::new(String::new()));
        let stderr = child.stderr.take().expect("stderr is piped");
        keep(BufReader::new(stderr), Arc::clone(&log), None);
        let stdout = child.stdout.take().expect("stdout is piped");
        let (ready_tx, ready_rx) = tokio::sync::oneshot::channel();
        keep(BufReader::new(stdout), Arc::clone(&log), Some(ready_tx));
        let Ok(Ok(ready)) = tokio::time::timeout(START_DEADLINE, ready_rx).await else {
            let _ = child.kill().await;
            return Err(log.lock().expect("the log").clone());
        };
        let address = |name: &str| format!("http://{}", ready[name].as_str().expect("an address"));
        let _ = rustls::crypto::ring::default_provider().install_default();
        Ok(Self {
            child,
            client: reqwest::Client::new(),
            http: address("http"),
            otlp_grpc: address("otlp_grpc"),
            otlp_http: address("otlp_http"),
            log,
            data_dir: data_dir.to_owned(),
        })
    }

    /// Starts, and kills -9 after a time that may well end before the start does.
    pub async fn start_and_kill(data_dir: &Path, environment: &[(&str, &str)], after: Duration) -> Result<(), String> {
        let mut child = spawn(data_dir, environment)?;
        // Read, so that the process does not end by a closed pipe.
        let log = Arc::new(Mutex::new(String::new()));
        keep(BufReader::new(child.stderr.take().expect("stderr is piped")), Arc::clone(&log), None);
        keep(BufReader::new(child.stdout.take().expect("stdout is piped")), Arc::clone(&log), None);
        match tokio::time::timeout(after, child.wait()).await {
            Ok(ended) => Err(format!("it ended by itself ({ended:?}):\n{}", log.lock().expect("the log"))),
            Err(_) => child.kill().await.map_err(|error| format!("kill: {error}")),
        }
    }

    /// What it printed so far.
    pub fn log(&self) -> String {
        self.log.lock().expect("the log").clone()
    }

    /// An HTTP client.
    pub fn client(&self) -> &reqwest::Client {
        &self.client
    }

    /// The process id.
    pub fn pid(&self) -> u32 {
        self.child.id().expect("it runs")
    }

    /// kill -9, and waits until the process is gone.
    pub async fn kill(mut self) {
        self.child.kill().await.expect("kill");
    }

    /// SIGTERM; waits for the end and answers whether it was a clean one.
    pub async fn terminate(self) -> bool {
        self.ended_by_sigterm().await.status.success()
    }

    /// SIGTERM; waits for the end and tells all of it.
    pub async fn ended_by_sigterm(mut self) -> End {
        let begun = Instant::now();
        let status = Command::new("kill").arg("-TERM").arg(self.pid().to_string()).status().await.expect("kill");
        assert!(status.success());
        let ended = tokio::time::timeout(Duration::from_secs(60), self.child.wait()).await;
        let status = ended.expect("an end within 60 s of SIGTERM").expect("a status");
        End { status, took: begun.elapsed(), log: self.log() }
    }

    /// GET of a path; panics where the answer is not a success.
    pub async fn get(&self, path: &str) -> Value {
        self.try_get(path).await.unwrap_or_else(|error| panic!("GET {path}: {error}\n{}", self.log()))
    }

    /// GET of a path; the error is status and body.
    pub async fn try_get(&self, path: &str) -> Result<Value, String> {
        answer(self.client.get(format!("{}{path}", self.http)).send().await).await
    }

    /// POST of JSON; panics where the answer is not a success.
    pub async fn post(&self, path: &str, body: &Value) -> Value {
        self.try_post(path, body).await.unwrap_or_else(|error| panic!("POST {path} {body}: {error}\n{}", self.log()))
    }

    /// POST of JSON; the error is status and body.
    pub async fn try_post(&self, path: &str, body: &Value) -> Result<Value, String> {
        answer(self.client.post(format!("{}{path}", self.http)).json(body).send().await).await
    }

    /// The rows of a SQL query.
    pub async fn sql(&self, query: &str) -> Vec<Vec<Value>> {
        self.try_sql(query).await.unwrap_or_else(|error| panic!("{error}\n{}", self.log()))
    }

    /// The rows of a SQL query; an answer that was cut is an error.
    pub async fn try_sql(&self, query: &str) -> Result<Vec<Vec<Value>>, String> {
        let body = serde_json::json!({"query": query, "limit": 100_000});
        let mut answer = self.try_post("/api/v1/sql", &body).await.map_err(|error| format!("{query}: {error}"))?;
        if !answer["truncated"].is_null() {
            return Err(format!("{query}: {}", answer["truncated"]));
        }
        serde_json::from_value(answer["rows"].take()).map_err(|error| format!("{query}: rows: {error}"))
    }
}

/// `alidade serve` with ports of the system's choosing, and nothing of this process's environment but what it needs.
fn spawn(data_dir: &Path, environment: &[(&str, &str)]) -> Result<Child, String> {
    let mut command = Command::new(binary());
    command.env_clear();
    for name in ["PATH", "HOME", "RUST_LOG", "RUST_BACKTRACE"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    let address = OsString::from("127.0.0.1:0");
    for flag in ["ALIDADE_HTTP", "ALIDADE_OTLP_GRPC", "ALIDADE_OTLP_HTTP"] {
        command.env(flag, &address);
    }
    command.env("ALIDADE_DATA_DIR", data_dir).envs(environment.iter().copied()).arg("serve");
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| format!("{}: {error}", binary().display()))
}

async fn answer(response: reqwest::Result<reqwest::Response>) -> Result<Value, String> {
    let response = response.map_err(|error| format!("{error:?}"))?;
    let status = response.status();
    let text = response.text().await.map_err(|error| error.to_string())?;
    if !status.is_success() {
        return Err(format!("{status}: {text}"));
    }
    if text.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_str(&text).map_err(|error| format!("{error}: {text}"))
}

/// Reads lines into the log; the one that says `ALIDADE_READY` goes to `ready`.
fn keep(
    reader: BufReader<impl tokio::io::AsyncRead + Unpin + Send + 'static>,
    log: Arc<Mutex<String>>,
    mut ready: Option<tokio::sync::oneshot::Sender<Value>>,
) {
    tokio::spawn(async move {
        let mut lines = reader.lines();
        while let Ok(Some(line)) = lines.next_line().await {
            if let Some(json) = line.strip_prefix("ALIDADE_READY ")
                && let Some(ready) = ready.take()
            {
                let _ = ready.send(serde_json::from_str(json).expect("ALIDADE_READY carries JSON"));
            }
            let mut log = log.lock().expect("the log");
            log.push_str(&line);
            log.push('\n');
        }
    });
}
