use super::*;

#[test]
fn each_problem_says_what_to_do() {
    let well = storage::Health { buffer_bytes_max: 100, buffered_bytes: 80, ..storage::Health::default() };
    assert!(problems(&well).is_empty());
    let unwell = storage::Health {
        buffered_bytes: 81,
        poisoned: Some("the log cannot be synced".to_owned()),
        last_failure: Some("the disk is full".to_owned()),
        set_aside: vec![set_aside(false), set_aside(true), set_aside(true)],
        remote_tables: Some(storage::TablesHealth {
            url: "s3://bucket/prefix".to_owned(),
            unreachable: Some("no route".to_owned()),
            cache_bytes: 0,
            cache_bytes_max: 1,
            cache_hits: 0,
            cache_misses: 0,
        }),
        ..well
    };
    let text = problems(&unwell).join("\n");
    let parts = [
        "the log cannot be synced",
        "the disk is full",
        "1 file of",
        "in 2 files",
        "storage.buffer_bytes_max",
        "no route",
    ];
    for part in parts {
        assert!(text.contains(part), "{part}: {text}");
    }
}

fn set_aside(is_repaired: bool) -> storage::SetAside {
    let reason = "torn".to_owned();
    storage::SetAside { original: "a".into(), now: "set-aside/a".into(), reason, is_repaired }
}

#[test]
fn refusals_are_listed_by_reason_whoever_refused() {
    let counters = collector::Counters {
        requests_unrouted: 0,
        signals: vec![collector::SignalCounters {
            signal: storage::Signal::Spans,
            requests: 3,
            bytes_sent: 10,
            bytes_decompressed: 20,
            rows_accepted: 5,
            rows_refused: vec![("invalid_id", 2), ("too_large", 0)],
            requests_refused: vec![("throttled", 1)],
        }],
    };
    let ingest = ingest(&counters, &[("spans", "unauthenticated", 4), ("logs", "unauthenticated", 9)]);
    let refused: Vec<(&str, u64)> =
        ingest[0].refused.iter().map(|refusal| (refusal.reason.as_str(), refusal.count)).collect();
    assert_eq!(refused, [("invalid_id", 2), ("request: throttled", 1), ("request: unauthenticated", 4)]);
    assert_eq!((ingest[0].requests, ingest[0].accepted), (3, 5));
}
