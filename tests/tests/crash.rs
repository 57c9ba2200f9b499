//! kill -9 and SIGTERM under load: every acknowledged record is there after the restart, exactly once.
//!
//! The short form of `cargo xtask bench crash`.

use std::collections::BTreeMap;

use tests::crash::{Crash, Signal, Stop};
use tests::sdk::delta_rows;

const ROUNDS: [Stop; 8] =
    [Stop::Kill, Stop::Kill, Stop::KillStart, Stop::Kill, Stop::Terminate, Stop::Kill, Stop::KillStart, Stop::Kill];

#[tokio::test(flavor = "multi_thread")]
async fn every_acknowledged_record_survives_once() {
    let data = tempfile::tempdir().unwrap();
    let mut crash = Crash::new(data.path(), 1);
    for stop in ROUNDS {
        crash.round(stop).await.unwrap();
    }
    let account = crash.check().await.unwrap();
    assert!(account.acknowledged > 300, "only {} records were acknowledged: no load", account.acknowledged);
    assert!(account.is_whole(), "{account:?}");
    let mut counts = BTreeMap::new();
    for row in delta_rows(data.path(), "spans", "crash", &["name"]).await {
        *counts.entry(row["name"].as_str().unwrap().parse::<u64>().unwrap()).or_insert(0) += 1;
    }
    let acknowledged = crash.ledger().acknowledged(Signal::Spans);
    assert!(acknowledged.iter().all(|number| counts.contains_key(number)), "delta-rs does not see every span");
    assert!(counts.values().all(|count| *count == 1), "delta-rs sees a span twice");
}
