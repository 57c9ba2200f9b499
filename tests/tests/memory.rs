//! `memory_limit` under pressure: the resident size stays below it while exports come at full speed and heavy questions run,
//! nothing acknowledged is missing, and a question that does not fit is refused by name and not cut.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by a panic")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;
use tests::pressure::{self, RECORDS, Sent};
use tests::{Alidade, eventually};

const WRITERS: u64 = 4;
const EXPORTS: u64 = 50;
/// The least that may be configured.
const LIMIT: &str = "640MiB";
const LIMIT_BYTES: u64 = 640 << 20;
/// Little room for live rows and hardly any waiting for it: exports are refused, and come again.
const PRESSED: [(&str, &str); 4] = [
    ("ALIDADE_MEMORY_LIMIT", LIMIT),
    ("ALIDADE_STORAGE_BUFFER_BYTES_MAX", "32MiB"),
    ("ALIDADE_STORAGE_APPEND_WAIT_MAX", "10ms"),
    ("ALIDADE_STORAGE_MAINTENANCE_INTERVAL", "1s"),
];

/// Sorts, groups of many values, a join, a search of text.
const HEAVY: [&str; 5] = [
    "SELECT * FROM spans ORDER BY attributes['session'], span_id LIMIT 500000",
    "SELECT url_path, count(*), max(duration_ns) FROM spans GROUP BY url_path ORDER BY 2 DESC LIMIT 100000",
    "SELECT body, count(*) FROM logs GROUP BY body LIMIT 100000",
    "SELECT count(*) FROM spans a JOIN spans b ON a.faas_invocation_id = b.faas_invocation_id",
    "SELECT body FROM logs WHERE body LIKE '%order 9%basket' ORDER BY body DESC LIMIT 100000",
];

#[tokio::test(flavor = "multi_thread")]
async fn the_resident_size_stays_below_the_limit_under_load_and_questions() {
    let data = tempfile::tempdir().unwrap();
    let alidade = Arc::new(Alidade::start_with(data.path(), &PRESSED).await);
    let loaded = Arc::new(AtomicBool::new(false));
    let questions: Vec<_> =
        (0..4).map(|first| tokio::spawn(ask_until(alidade.clone(), first, loaded.clone()))).collect();
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let (client, endpoint) = (alidade.client().clone(), alidade.otlp_http.clone());
            tokio::spawn(pressure::write(client, endpoint, writer * EXPORTS * RECORDS, EXPORTS))
        })
        .collect();
    let mut sent = Sent::default();
    for writer in writers {
        let of_one = writer.await.unwrap().unwrap();
        sent = Sent { records: sent.records + of_one.records, refusals: sent.refusals + of_one.refusals };
    }
    loaded.store(true, Ordering::Relaxed);
    let mut answered = 0;
    for asking in questions {
        answered += asking.await.unwrap();
    }
    let peak = peak_bytes(&alidade);
    assert!(peak <= LIMIT_BYTES, "the peak of the resident size was {peak} bytes, memory_limit is {LIMIT_BYTES}");
    assert!(answered > 0, "no question was answered");
    assert!(sent.refusals > 0, "no export had to wait: no pressure");
    assert_eq!(sent.records, WRITERS * EXPORTS * RECORDS);

    everything_is_there(&alidade, sent.records).await;
    too_large_is_refused_by_name(&alidade).await;
    let peak = peak_bytes(&alidade);
    assert!(peak <= LIMIT_BYTES, "the peak of the resident size was {peak} bytes, memory_limit is {LIMIT_BYTES}");
}

/// Asks one heavy question after the other until the load is over; how many were answered. The others were refused by the
/// name of a limit.
async fn ask_until(alidade: Arc<Alidade>, first: usize, loaded: Arc<AtomicBool>) -> usize {
    let mut answered = 0;
    for query in HEAVY.iter().cycle().skip(first) {
        match alidade.try_post("/api/v1/sql", &json!({ "query": query, "limit": 100_000 })).await {
            Ok(_) => answered += 1,
            Err(refusal) => {
                let named =
                    ["query.memory_bytes_max", "query.memory_total_bytes_max", "took longer than", "other queries"];
                assert!(named.iter().any(|name| refusal.contains(name)), "{query}: {refusal}");
            }
        }
        if loaded.load(Ordering::Relaxed) {
            break;
        }
    }
    answered
}

async fn everything_is_there(alidade: &Alidade, records: u64) {
    let spans = "SELECT count(*), count(DISTINCT span_id) FROM spans";
    let logs = "SELECT count(*), count(DISTINCT split_part(body, ' ', 1)) FROM logs";
    for query in [spans, logs] {
        let rows = alidade.sql(query).await;
        assert_eq!(rows, [[json!(records), json!(records)]].map(Vec::from), "{query}");
    }
}

async fn too_large_is_refused_by_name(alidade: &Alidade) {
    let values =
        "SELECT count(*) FROM (SELECT DISTINCT a.value * 7919 % 100000007 FROM generate_series(1, 20000000) a)";
    let refusal = alidade.try_sql(values).await.unwrap_err();
    assert!(refusal.contains("413") && refusal.contains("query.memory_bytes_max"), "{refusal}");
    // What it had is free again, and the budget says so.
    eventually(std::time::Duration::from_secs(10), "the questions' memory is given back", || async {
        let health = alidade.get("/api/v1/health").await;
        let parts = health["memory"]["parts"].as_array().expect("parts").clone();
        let questions = parts.iter().find(|part| part["name"] == "questions").expect("the questions' part");
        match questions["used_bytes"] == 0 && health["memory"]["limit_bytes"] == LIMIT_BYTES {
            true => Ok(()),
            false => Err(health["memory"].to_string()),
        }
    })
    .await;
}

/// The most that the process ever had in memory, as Linux counts it.
fn peak_bytes(alidade: &Alidade) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", alidade.pid())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().strip_suffix("kB").unwrap().trim().parse::<u64>().unwrap() * 1024
}
