//! Measures the store on this machine: `cargo run -p storage --example measure`.
//!
//! With the name of a folder it writes a few rows of every table there instead, for other programs to read.
//!
//! Latency of an append of one row (alone, and 32 at a time), rows per second in batches, and what a seal takes.

#![expect(clippy::print_stdout, reason = "a program that prints what it measures")]
#![expect(clippy::disallowed_methods, reason = "a program of its own reads the wall clock")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use storage::{
    Batch, Buckets, Clock, Config, Error, Exemplar, ExponentialBuckets, LogRecord, MetricKind, MetricPoint, Resource,
    Scope, Signal, Span, SpanEvent, SpanKind, SpanLink, StatusCode, Store, Temporality, TenantId, Value,
};

struct Wall;

impl Clock for Wall {
    fn now_unix_nano(&self) -> i64 {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)
    }
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    if let Some(dir) = std::env::args_os().nth(1) {
        return every_table(dir.into()).await;
    }
    let dir = std::env::temp_dir().join(format!("alidade-measure-{}", std::process::id()));
    let config = Config { seal_bytes: usize::MAX, seal_age: Duration::from_secs(3600), ..Config::new(&dir) };
    let store = Store::open(config.clone(), Arc::new(Wall)).await?;
    let tenant = TenantId::default_tenant();

    let mut alone = Vec::new();
    for number in 0..1000 {
        let begun = Instant::now();
        store.append(&tenant, batch(number, 1)).await?;
        alone.push(begun.elapsed());
    }
    report("one row, one client", alone);

    let clients = (0..32).map(|client| {
        let (store, tenant) = (store.clone(), tenant.clone());
        tokio::spawn(async move {
            let mut times = Vec::new();
            for number in 0..200 {
                let begun = Instant::now();
                store.append(&tenant, batch(client * 1000 + number, 1)).await?;
                times.push(begun.elapsed());
            }
            Ok::<_, Error>(times)
        })
    });
    let mut shared = Vec::new();
    for client in futures::future::join_all(clients).await {
        shared.extend(client.map_err(|error| Error::new(storage::ErrorKind::Internal, error.to_string()))??);
    }
    report("one row, 32 clients", shared);

    let (rows, per_batch) = (200_000, 1000);
    let batches: Vec<Batch> = (0..rows / per_batch).map(|number| batch(number * per_batch, per_batch)).collect();
    let begun = Instant::now();
    for batch in batches {
        store.append(&tenant, batch).await?;
    }
    let appended = begun.elapsed();
    println!("{rows} rows in batches of {per_batch}: {:.0} rows/s", rows as f64 / appended.as_secs_f64());
    let begun = Instant::now();
    let snapshot = store.snapshot(&tenant, Signal::Logs).await?;
    println!("a snapshot: {:?}, {} live batches", begun.elapsed(), snapshot.live.len());
    let begun = Instant::now();
    store.seal_all().await?;
    let sealed = begun.elapsed();
    let health = store.health();
    let table = &health.tables[0];
    println!(
        "a seal of {} rows: {sealed:?}, {:.0} rows/s; Parquet {:.1} and index {:.1} bytes a row; {} syncs for {} appends",
        table.segment_rows,
        table.segment_rows as f64 / sealed.as_secs_f64(),
        table.segment_bytes as f64 / table.segment_rows as f64,
        table.sidecar_bytes as f64 / table.segment_rows as f64,
        health.wal_syncs,
        health.appends,
    );
    store.close().await?;
    drop(store);
    let removed = std::fs::remove_dir_all(&dir);
    println!("removed {}: {removed:?}", dir.display());
    Ok(())
}

async fn every_table(dir: std::path::PathBuf) -> Result<(), Error> {
    let store = Store::open(Config::new(dir), Arc::new(Wall)).await?;
    let tenant = TenantId::default_tenant();
    let attributes = vec![("http.method".to_owned(), Value::String("GET".into())), ("n".to_owned(), Value::Int(5))];
    for part in 0..3 {
        store.append(&tenant, batch(part * 100, 100)).await?;
        let event = SpanEvent { time_unix_nano: 1_001, name: "exception".into(), attributes: attributes.clone() };
        let link =
            SpanLink { trace_id: [7; 16], span_id: [8; 8], trace_state: String::new(), attributes: attributes.clone() };
        let span = |number: u8| Span {
            resource: Arc::new(Resource { service_name: "shop".into(), ..Resource::default() }),
            scope: Arc::default(),
            trace_id: [number; 16],
            span_id: [number; 8],
            parent_span_id: (number > 1).then_some([1; 8]),
            trace_state: String::new(),
            flags: 1,
            name: format!("span {number}"),
            kind: SpanKind::Server,
            start_time_unix_nano: 1_795_435_200_000_000_000 + i64::from(number),
            duration_ns: 1_000,
            status_code: StatusCode::Ok,
            status_message: String::new(),
            attributes: attributes.clone(),
            events: vec![event.clone()],
            links: vec![link.clone()],
            dropped_attributes_count: 0,
            dropped_events_count: 0,
            dropped_links_count: 0,
        };
        store.append(&tenant, Batch::Spans((1..=20).map(span).collect())).await?;
        let point = |buckets: Buckets| MetricPoint {
            resource: Arc::default(),
            scope: Arc::default(),
            name: "latency".into(),
            unit: "ms".into(),
            description: "".into(),
            kind: MetricKind::Histogram,
            temporality: Some(Temporality::Delta),
            monotonic: false,
            time_unix_nano: 1_795_435_200_000_000_000,
            start_time_unix_nano: 0,
            flags: 0,
            attributes: attributes.clone(),
            value: Some(1.5),
            value_int: None,
            count: Some(3),
            sum: Some(4.5),
            min: None,
            max: None,
            buckets,
            exemplars: vec![Exemplar {
                time_unix_nano: 1_000,
                value: 1.0,
                trace_id: Some([1; 16]),
                span_id: None,
                filtered_attributes: attributes.clone(),
            }],
        };
        let points = vec![
            point(Buckets::Explicit { bounds: vec![1.0], counts: vec![1, 2] }),
            point(Buckets::Exponential(ExponentialBuckets { positive_counts: vec![1], ..Default::default() })),
            point(Buckets::Quantiles(vec![(0.5, 1.0)])),
        ];
        store.append(&tenant, Batch::Metrics(points)).await?;
        store.seal_all().await?;
    }
    println!("{:#?}", store.health());
    store.close().await
}

fn report(what: &str, mut times: Vec<Duration>) {
    times.sort();
    let at = |quantile: f64| times[((times.len() - 1) as f64 * quantile) as usize];
    println!("{what}: p50 {:?}, p99 {:?}, max {:?}", at(0.5), at(0.99), at(1.0));
}

fn batch(from: i64, rows: i64) -> Batch {
    let resource = Arc::new(Resource {
        service_name: format!("service-{}", from % 7),
        attributes: vec![("faas.name".into(), Value::String("checkout".into()))],
        ..Resource::default()
    });
    let scope = Arc::new(Scope { name: "measure".into(), ..Scope::default() });
    let record = |number: i64| {
        let mixed = (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        LogRecord {
            resource: resource.clone(),
            scope: scope.clone(),
            time_unix_nano: 1_795_435_200_000_000_000 + number * 1_000_000,
            observed_time_unix_nano: 1_795_435_200_000_000_000 + number * 1_000_000,
            severity_number: 9 + (number % 3 * 4) as u8,
            severity_text: "INFO".into(),
            body: Value::String(format!(
                "request {mixed:x} for /orders/{} took {} ms with status {} in region eu-central-1 by worker {}",
                number % 5000,
                mixed % 900,
                200 + mixed % 3 * 100,
                mixed % 64
            )),
            event_name: String::new(),
            trace_id: Some((u128::from(mixed) << 64 | u128::from(mixed.rotate_left(17))).to_be_bytes()),
            span_id: Some(mixed.to_be_bytes()),
            flags: 1,
            attributes: vec![
                ("http.request.method".into(), Value::String("GET".into())),
                ("http.response.status_code".into(), Value::Int(200)),
                ("order.id".into(), Value::Int(number % 5000)),
                ("customer.tier".into(), Value::String("gold".into())),
            ],
            dropped_attributes_count: 0,
        }
    };
    Batch::Logs((from..from + rows).map(record).collect())
}
