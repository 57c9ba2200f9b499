//! kill -9 under load: every acknowledged record is there after the restart, exactly once.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by a panic")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tests::poll::now_unix_nano;
use tests::sdk::delta_rows;
use tests::{Alidade, otlp};

const ROUNDS: u64 = 6;
const WRITERS: u64 = 4;

#[derive(Default)]
struct Sent {
    next: AtomicU64,
    acknowledged: Mutex<BTreeSet<u64>>,
}

#[tokio::test(flavor = "multi_thread")]
async fn every_acknowledged_record_survives_once() {
    let data = tempfile::tempdir().unwrap();
    let sent = Arc::new(Sent::default());
    for round in 0..ROUNDS {
        // Short ages so that a kill hits seals and commits too, not only the log.
        let alidade = Alidade::start_with(data.path(), &[("ALIDADE_STORAGE_SEAL_AGE", "150ms")]).await;
        let client = alidade.client().clone();
        let endpoint = alidade.otlp_http.clone();
        let writers: Vec<_> =
            (0..WRITERS).map(|_| tokio::spawn(write(client.clone(), endpoint.clone(), Arc::clone(&sent)))).collect();
        // Different in each round, so that the kill meets different work.
        tokio::time::sleep(Duration::from_millis(700 + 310 * round)).await;
        alidade.kill().await;
        for writer in writers {
            writer.await.unwrap();
        }
    }
    let acknowledged = sent.acknowledged.lock().unwrap().clone();
    assert!(acknowledged.len() > 100, "only {} records were acknowledged: no load", acknowledged.len());
    let alidade = Alidade::start(data.path()).await;
    for (table, query) in [
        ("spans", "SELECT CAST(name AS BIGINT), count(*) FROM spans WHERE service_name = 'crash' GROUP BY 1"),
        ("logs", "SELECT CAST(body AS BIGINT), count(*) FROM logs WHERE service_name = 'crash' GROUP BY 1"),
    ] {
        let rows = alidade.sql(query).await;
        let counts = rows.iter().map(|row| (row[0].as_u64().unwrap(), row[1].as_u64().unwrap())).collect();
        check(table, &counts, &acknowledged);
    }
    let health = alidade.get("/api/v1/health").await;
    assert_eq!(health["set_aside"], serde_json::json!([]), "a kill tears nothing but the end of the log");
    assert!(alidade.terminate().await);
    let mut counts = BTreeMap::new();
    for row in delta_rows(data.path(), "spans", "crash", &["name"]).await {
        *counts.entry(row["name"].as_str().unwrap().parse().unwrap()).or_insert(0) += 1;
    }
    check("spans, read by delta-rs", &counts, &acknowledged);
}

fn check(what: &str, counts: &BTreeMap<u64, u64>, acknowledged: &BTreeSet<u64>) {
    let lost: Vec<_> = acknowledged.iter().filter(|number| !counts.contains_key(number)).collect();
    let twice: Vec<_> = counts.iter().filter(|(_, count)| **count != 1).collect();
    assert!(lost.is_empty(), "{what}: {} of {} lost: {lost:?}", lost.len(), acknowledged.len());
    assert!(twice.is_empty(), "{what}: not once: {twice:?}");
}

/// Sends a span and a log record with the same number until the server is gone.
async fn write(client: reqwest::Client, endpoint: String, sent: Arc<Sent>) {
    loop {
        let number = sent.next.fetch_add(1, Ordering::Relaxed);
        let now = now_unix_nano();
        let name = number.to_string();
        let spans = otlp::traces("crash", vec![otlp::span(u128::from(number) + 1, number + 1, &name, now)]);
        let logs = otlp::logs("crash", vec![otlp::log(&name, now)]);
        let (spans, logs) = tokio::join!(
            otlp::export(&client, &endpoint, "/v1/traces", spans),
            otlp::export(&client, &endpoint, "/v1/logs", logs),
        );
        if spans && logs {
            sent.acknowledged.lock().unwrap().insert(number);
        } else {
            return;
        }
    }
}
