//! A server of S3 on this machine: moto, which keeps everything in memory and honours `If-None-Match`.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// How long it may take to start.
const START_DEADLINE: Duration = Duration::from_secs(60);
const BUCKET: &str = "alidade";

/// A running server with one bucket. Killed when dropped.
pub struct S3 {
    child: Child,
    endpoint: String,
}

impl S3 {
    /// Starts it on a port of the system's choosing.
    pub async fn start() -> Self {
        let python = std::env::var_os("ALIDADE_TEST_PYTHON").map(PathBuf::from);
        let python = python.expect("ALIDADE_TEST_PYTHON is not set: run these tests with `cargo xtask test`");
        let mut command = Command::new(python.parent().expect("a folder of programs").join("moto_server"));
        command.args(["-H", "127.0.0.1", "-p", "0"]).env("PYTHONUNBUFFERED", "1");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().expect("moto starts");
        let mut lines = BufReader::new(child.stderr.take().expect("stderr is piped")).lines();
        let address = async {
            while let Ok(Some(line)) = lines.next_line().await {
                if let Some((_, address)) = line.split_once("Running on http://") {
                    return address.trim().to_owned();
                }
            }
            panic!("moto ended before it listened");
        };
        let address = tokio::time::timeout(START_DEADLINE, address).await.expect("moto listens");
        // Read on, so that it does not wait for room in the pipe.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        let server = Self { child, endpoint: format!("http://{address}") };
        let made = reqwest::Client::new().put(format!("{}/{BUCKET}", server.endpoint)).send().await.expect("an answer");
        assert!(made.status().is_success(), "{made:?}");
        server
    }

    /// What points Alidade to it.
    pub fn environment(&self) -> Vec<(String, String)> {
        let mut environment = self.credentials();
        environment.push(("ALIDADE_STORAGE_TABLES_URL".to_owned(), Self::url()));
        environment
    }

    /// What every client of S3 needs.
    pub fn credentials(&self) -> Vec<(String, String)> {
        let variables = [
            ("AWS_ENDPOINT_URL", self.endpoint.as_str()),
            ("AWS_ALLOW_HTTP", "true"),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", "tests"),
            ("AWS_SECRET_ACCESS_KEY", SECRET),
        ];
        variables.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
    }

    /// Where the tables are.
    pub fn url() -> String {
        format!("s3://{BUCKET}/some/prefix")
    }

    /// It goes on, and answers nothing.
    pub async fn freeze(&self) {
        self.signal("STOP").await;
    }

    /// It answers again.
    pub async fn thaw(&self) {
        self.signal("CONT").await;
    }

    async fn signal(&self, name: &str) {
        let pid = self.child.id().expect("it runs").to_string();
        let status = Command::new("kill").arg(format!("-{name}")).arg(pid).status().await.expect("kill");
        assert!(status.success());
    }
}

/// Must not be seen anywhere.
pub const SECRET: &str = "a-secret-that-must-not-be-seen";

/// As [`crate::alidade::Alidade::start_with`] takes it.
pub fn borrowed(environment: &[(String, String)]) -> Vec<(&str, &str)> {
    environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

/// What `alidade check` says about a data directory, and whether nothing is wrong.
pub async fn checked(data_dir: &Path, environment: &[(String, String)]) -> (String, bool) {
    let mut command = Command::new(crate::alidade::binary());
    command.arg("check").arg("--data-dir").arg(data_dir).envs(environment.iter().cloned());
    let output = command.output().await.expect("it runs");
    (String::from_utf8_lossy(&output.stdout).into_owned(), output.status.success())
}
