//! The official SDKs as clients, and delta-rs as a reader.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::process::Command;

/// How long a script may run.
const SCRIPT_DEADLINE: Duration = Duration::from_secs(120);

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run these tests with `cargo xtask test`"))
}

async fn run(mut command: Command) -> Value {
    let output = command.stdin(Stdio::null()).kill_on_drop(true).output();
    let output = tokio::time::timeout(SCRIPT_DEADLINE, output).await.expect("the script ends").expect("it starts");
    let stdout = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}\n{stdout}\n{stderr}");
    serde_json::from_str(stdout.trim()).unwrap_or_else(|error| panic!("{error}\n{stdout}\n{stderr}"))
}

/// Exports `count` traces with the Python SDK; answers what was sent.
pub async fn python_export(protocol: &str, endpoint: &str, run_id: &str, count: u32, key: Option<&str>) -> Value {
    let mut command = Command::new(variable("ALIDADE_TEST_PYTHON"));
    command.arg(folder("python").join("export.py")).args([protocol, endpoint, run_id, &count.to_string()]).args(key);
    run(command).await
}

/// Exports `count` traces with the Node SDK; answers what was sent.
pub async fn node_export(protocol: &str, endpoint: &str, run_id: &str, count: u32, key: Option<&str>) -> Value {
    let mut command = Command::new("node");
    command.env("NODE_PATH", variable("ALIDADE_TEST_NODE_MODULES"));
    command.arg(folder("node").join("export.js")).args([protocol, endpoint, run_id, &count.to_string()]).args(key);
    run(command).await
}

/// The rows of one service (`*` for all) in a table, read by delta-rs.
pub async fn delta_rows(data_dir: &Path, table: &str, service: &str, columns: &[&str]) -> Vec<Value> {
    let table = data_dir.join("tenants/default").join(table);
    delta_rows_at(&table.to_string_lossy(), &[], service, columns).await
}

/// The same of a table at a URL, with what its client has to know in the environment.
pub async fn delta_rows_at(url: &str, environment: &[(String, String)], service: &str, columns: &[&str]) -> Vec<Value> {
    let mut command = Command::new(variable("ALIDADE_TEST_PYTHON"));
    command.envs(environment.iter().cloned());
    command.arg(folder("python").join("delta_rows.py")).arg(url).arg(service).args(columns);
    let mut answer = run(command).await;
    match answer["rows"].take() {
        Value::Array(rows) => rows,
        other => panic!("rows: {other}"),
    }
}

/// Appends a row to a table so many times with delta-rs.
pub async fn delta_append(url: &str, environment: &[(String, String)], count: u32) -> Value {
    let mut command = Command::new(variable("ALIDADE_TEST_PYTHON"));
    command.envs(environment.iter().cloned());
    command.arg(folder("python").join("delta_append.py")).arg(url).arg(count.to_string());
    run(command).await
}
