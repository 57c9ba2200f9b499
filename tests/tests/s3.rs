//! Tables on a real server of S3: killed under load, cut off from it, and read there by delta-rs.

use std::collections::BTreeMap;
use std::time::Duration;

use tests::alidade::Alidade;
use tests::crash::{Crash, Signal, Stop};
use tests::eventually;
use tests::otlp;
use tests::poll::now_unix_nano;
use tests::s3::{S3, SECRET, borrowed, checked};
use tests::sdk::{delta_append, delta_rows_at};

const ROUNDS: [Stop; 6] = [Stop::Kill, Stop::Kill, Stop::KillStart, Stop::Kill, Stop::Terminate, Stop::Kill];

#[tokio::test(flavor = "multi_thread")]
async fn every_acknowledged_record_survives_once_on_an_object_store() {
    let (data, s3) = (tempfile::tempdir().unwrap(), S3::start().await);
    let mut crash = Crash::with_environment(data.path(), 2, s3.environment());
    for stop in ROUNDS {
        crash.round(stop).await.unwrap();
    }
    let account = crash.check().await.unwrap();
    assert!(account.acknowledged > 100, "only {} records were acknowledged: no load", account.acknowledged);
    assert!(account.is_whole(), "{account:?}");
    assert!(!data.path().join("tenants").exists(), "tables are in the data directory");

    // All is sealed: the last end was one in order.
    let mut counts = BTreeMap::new();
    let table = format!("{}/tenants/default/spans", S3::url());
    for row in delta_rows_at(&table, &s3.credentials(), "crash", &["name"]).await {
        *counts.entry(row["name"].as_str().unwrap().parse::<u64>().unwrap()).or_insert(0) += 1;
    }
    let acknowledged = crash.ledger().acknowledged(Signal::Spans);
    assert!(acknowledged.iter().all(|number| counts.contains_key(number)), "delta-rs does not see every span");
    assert!(counts.values().all(|count| *count == 1), "delta-rs sees a span twice");

    let (said, is_clean) = checked(data.path(), &s3.environment()).await;
    assert!(is_clean, "{said}");
    // Another data directory must not write there too.
    let other = tempfile::tempdir().unwrap();
    let Err(log) = Alidade::try_start(other.path(), &borrowed(&s3.environment())).await else { panic!("it started") };
    assert!(log.contains("another data directory") && log.contains(&S3::url()), "{log}");
    assert!(!log.contains(SECRET), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_object_store_is_away_exports_are_taken_and_nothing_is_lost() {
    let (data, s3) = (tempfile::tempdir().unwrap(), S3::start().await);
    let mut environment = s3.environment();
    environment.push(("ALIDADE_STORAGE_SEAL_AGE".to_owned(), "200ms".to_owned()));
    environment.push(("ALIDADE_STORAGE_TABLES_OPTIONS".to_owned(), "timeout=2s, connect_timeout=1s".to_owned()));
    let alidade = Alidade::start_with(data.path(), &borrowed(&environment)).await;
    let send = async |from: usize| {
        let logs = (from..from + 10).map(|number| otlp::log(&number.to_string(), now_unix_nano())).collect();
        assert!(otlp::export(alidade.client(), &alidade.otlp_http, "/v1/logs", otlp::logs("s3", logs)).await);
    };
    let sealed = async |rows: u64| {
        eventually(Duration::from_secs(90), "the rows are sealed", async || {
            let health = alidade.get("/api/v1/health").await;
            let found = health["tables"].as_array().unwrap().iter().find(|table| table["table"] == "logs").cloned();
            match found {
                Some(table) if table["segment_rows"] == rows => Ok(health),
                found => Err(format!("{found:?} {}", health["problems"])),
            }
        })
        .await
    };
    send(0).await;
    sealed(10).await;

    s3.freeze().await;
    for round in 1..5 {
        send(round * 10).await;
    }
    let problem = eventually(Duration::from_secs(60), "the trouble is told", async || {
        let health = alidade.get("/api/v1/health").await;
        match health["remote_tables"]["unreachable"].as_str() {
            Some(_) => Ok(health["problems"].to_string()),
            None => Err(health.to_string()),
        }
    })
    .await;
    assert!(problem.contains(&S3::url()) && !problem.contains(SECRET), "{problem}");
    // What is live is answered, and so is what is in the cache: the first rows were written through it.
    let count = alidade.sql("SELECT count(*) FROM logs WHERE service_name = 's3'").await;
    assert_eq!(count[0][0], 50);

    s3.thaw().await;
    let health = sealed(50).await;
    assert!(health["remote_tables"]["unreachable"].is_null(), "{health}");
    assert_eq!(health["set_aside"].as_array().map(Vec::len), Some(0), "{health}");
    alidade.kill().await;
    let alidade = Alidade::start_with(data.path(), &borrowed(&environment)).await;
    let counts = alidade.sql("SELECT count(*), count(DISTINCT body) FROM logs WHERE service_name = 's3'").await;
    assert_eq!((&counts[0][0], &counts[0][1]), (&50.into(), &50.into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_writers_commits_and_ours_take_turns() {
    const APPENDS: u32 = 12;
    let (data, s3) = (tempfile::tempdir().unwrap(), S3::start().await);
    let mut environment = s3.environment();
    environment.push(("ALIDADE_STORAGE_SEAL_AGE".to_owned(), "50ms".to_owned()));
    let alidade = Alidade::start_with(data.path(), &borrowed(&environment)).await;
    let send = async |number: u64| {
        let log = otlp::log(&number.to_string(), now_unix_nano());
        assert!(otlp::export(alidade.client(), &alidade.otlp_http, "/v1/logs", otlp::logs("s3", vec![log])).await);
    };
    let version = async || {
        let rows =
            delta_rows_at(&format!("{}/tenants/default/logs", S3::url()), &s3.credentials(), "*", &["body"]).await;
        if rows.is_empty() { Err("no rows yet".to_owned()) } else { Ok(()) }
    };
    send(0).await;
    eventually(Duration::from_secs(60), "the first row is sealed", version).await;
    let table = format!("{}/tenants/default/logs", S3::url());
    let credentials = s3.credentials();
    let appended = tokio::spawn(async move { delta_append(&table, &credentials, APPENDS).await });
    let mut sent = 1;
    while !appended.is_finished() {
        send(sent).await;
        sent += 1;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let appended = appended.await.unwrap();
    assert_eq!(appended["appended"], APPENDS);
    // A seal after the last of them shows the server what the others have done.
    send(sent).await;
    sent += 1;
    let expected = sent + u64::from(APPENDS);
    eventually(Duration::from_secs(60), "all rows are there", async || {
        let counts = alidade.sql("SELECT count(*), count(DISTINCT body) FROM logs").await;
        if (&counts[0][0], &counts[0][1]) == (&expected.into(), &sent.into()) {
            Ok(())
        } else {
            Err(format!("{counts:?}, not {expected}, {sent}"))
        }
    })
    .await;
    let health = alidade.get("/api/v1/health").await;
    assert_eq!(health["problems"].as_array().map(Vec::len), Some(0), "{health}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_without_its_object_store_ends_with_a_reason() {
    let data = tempfile::tempdir().unwrap();
    let environment = [
        ("ALIDADE_STORAGE_TABLES_URL", "s3://nowhere/a"),
        ("ALIDADE_STORAGE_TABLES_WAIT_MAX", "2s"),
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:9"),
        ("AWS_ALLOW_HTTP", "true"),
        ("AWS_ACCESS_KEY_ID", "tests"),
        ("AWS_SECRET_ACCESS_KEY", SECRET),
    ];
    let Err(log) = Alidade::try_start(data.path(), &environment).await else { panic!("it started") };
    assert!(log.contains("s3://nowhere/a") && log.contains("storage.tables_wait_max"), "{log}");
    assert!(!log.contains(SECRET), "{log}");
}
