//! The rules of the house, as docs/architecture.md has them: which crate may see which, what never enters, what
//! nothing is called.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by a panic")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Each crate, and the crates of ours it may depend on.
const MAY_SEE: [(&str, &[&str]); 15] = [
    ("alarms", &["api"]),
    ("api", &[]),
    ("bench", &["collector", "storage", "tests"]),
    ("collector", &["storage"]),
    ("dashboards", &["api"]),
    ("demo", &[]),
    ("filter", &[]),
    ("insights", &[]),
    ("promql", &[]),
    ("query", &["api", "filter", "storage"]),
    ("server", &["alarms", "api", "collector", "dashboards", "demo", "query", "storage"]),
    ("storage", &[]),
    ("tests", &["api", "server"]),
    ("ui", &["api", "dashboards"]),
    ("xtask", &["promql"]),
];

/// What a crate leaves to others, and so may not depend on.
const KNOWS_NOTHING_OF: [(&str, &[&str]); 7] = [
    ("storage", &["axum", "hyper", "reqwest", "tonic", "tower", "datafusion", "opentelemetry-proto"]),
    ("collector", &["datafusion", "deltalake-core", "parquet", "tantivy", "sqlx"]),
    ("query", &["axum", "hyper", "reqwest", "tonic", "sqlx"]),
    ("alarms", &["axum", "datafusion", "reqwest", "hyper", "sqlx"]),
    ("api", &["tokio", "axum", "chrono"]),
    ("dashboards", &["tokio", "axum", "chrono"]),
    ("filter", &["arrow", "chrono", "datafusion", "regex", "tokio"]),
];

/// Crates that are part of the browser's half.
const IN_THE_BROWSER: [&str; 4] = ["api", "dashboards", "filter", "ui"];

/// The most important bans of deny.toml, checked where cargo-deny is not installed too.
const NEVER_IN_THE_LOCK: [&str; 5] = ["openssl", "openssl-sys", "native-tls", "rusqlite", "protoc-bin-vendored"];

const NAMES_THAT_SAY_NOTHING: [&str; 9] =
    ["common", "core", "util", "utils", "helper", "helpers", "misc", "manager", "mod"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn packages() -> Vec<Value> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    match metadata["packages"].take() {
        Value::Array(packages) => packages,
        other => panic!("packages: {other}"),
    }
}

fn name(package: &Value) -> &str {
    package["name"].as_str().unwrap()
}

/// The folder of each of our crates.
fn folders(packages: &[Value]) -> Vec<(String, PathBuf)> {
    let folder = |package: &Value| Path::new(package["manifest_path"].as_str().unwrap()).parent().unwrap().to_owned();
    packages.iter().map(|package| (name(package).to_owned(), folder(package))).collect()
}

/// What a package depends on, in any way.
fn dependencies(package: &Value) -> impl Iterator<Item = &Value> {
    package["dependencies"].as_array().unwrap().iter()
}

fn is_dev(dependency: &Value) -> bool {
    dependency["kind"] == "dev"
}

fn row<T: Copy>(table: &[(&str, T)], name: &str) -> Option<T> {
    table.iter().find(|(crate_name, _)| *crate_name == name).map(|(_, value)| *value)
}

#[test]
fn crates_see_only_what_they_may() {
    let packages = packages();
    let ours: BTreeSet<&str> = packages.iter().map(name).collect();
    assert_eq!(
        ours,
        MAY_SEE.iter().map(|(name, _)| *name).collect(),
        "a crate without a rule, or a rule without a crate"
    );
    for package in &packages {
        let allowed = row(&MAY_SEE, name(package)).unwrap();
        for dependency in dependencies(package).map(name).filter(|dependency| ours.contains(dependency)) {
            assert!(allowed.contains(&dependency), "{} may not depend on {dependency}", name(package));
        }
    }
}

#[test]
fn crates_leave_to_others_what_is_not_theirs() {
    for package in &packages() {
        let Some(forbidden) = row(&KNOWS_NOTHING_OF, name(package)) else { continue };
        for dependency in dependencies(package).filter(|dependency| !is_dev(dependency)).map(name) {
            assert!(!forbidden.contains(&dependency), "{} may not depend on {dependency}", name(package));
        }
    }
}

#[test]
fn the_browsers_crates_have_no_features() {
    for package in packages().iter().filter(|package| IN_THE_BROWSER.contains(&name(package))) {
        assert_eq!(package["features"], serde_json::json!({}), "{} has features", name(package));
    }
}

#[test]
fn every_crate_takes_the_lints_and_versions_of_the_root() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    assert!(manifest.contains("unsafe_code = \"forbid\""), "unsafe code is forbidden for the whole workspace");
    for (crate_name, folder) in folders(&packages()) {
        let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
        assert!(manifest.contains("[lints]\nworkspace = true"), "{crate_name} does not take the workspace's lints");
        let versions = manifest.lines().filter(|line| line.contains("version = \"") || line.contains(" = \""));
        let versions: Vec<&str> =
            versions.filter(|line| !["name", "path"].iter().any(|key| line.starts_with(key))).collect();
        assert!(versions.is_empty(), "{crate_name} has versions of its own: {versions:?}");
    }
}

#[test]
fn banned_crates_are_not_in_the_lock_file() {
    let lock = fs::read_to_string(root().join("Cargo.lock")).unwrap();
    for banned in NEVER_IN_THE_LOCK {
        assert!(
            !lock.contains(&format!("name = \"{banned}\"\n")),
            "{banned} came in; see deny.toml for why it must not"
        );
    }
    assert!(!lock.contains("name = \"time\"\nversion = \"0.1."), "time 0.1 came in; see deny.toml");
}

#[test]
fn nothing_has_a_name_that_says_nothing() {
    let mut files = 0;
    for (_, folder) in folders(&packages()) {
        let mut folders = vec![folder];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                let is_code = path.is_dir() || path.extension().is_some_and(|end| end == "rs");
                let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
                if stem == "dist" || stem.starts_with('.') || !is_code {
                    continue;
                }
                assert!(!NAMES_THAT_SAY_NOTHING.contains(&stem.as_str()), "{}: what is it?", path.display());
                files += 1;
                if path.is_dir() {
                    folders.push(path);
                }
            }
        }
    }
    assert!(files > 100, "only {files} files were looked at");
}
