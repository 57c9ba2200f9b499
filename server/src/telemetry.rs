//! What the process says about itself: `/metrics` in Prometheus' text form.
//!
//! Names begin with `alidade_`, units stand at the end. Series are bounded: routes are counted by their pattern, not
//! by the path that was asked.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use api::health::MemoryHealth;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;

/// Upper bounds of the latency histogram, seconds.
const BOUNDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];

#[derive(Debug, Default, Clone)]
struct Route {
    by_status: BTreeMap<u16, u64>,
    buckets: [u64; BOUNDS.len()],
    count: u64,
    sum_seconds: f64,
}

/// Requests by route.
#[derive(Debug, Default)]
pub(crate) struct Telemetry {
    routes: Mutex<BTreeMap<(String, String), Route>>,
}

impl Telemetry {
    /// Nothing counted yet.
    pub(crate) fn new() -> Arc<Self> {
        Arc::default()
    }

    fn record(&self, method: &str, route: &str, status: u16, took: Duration) {
        let mut routes = self.routes.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = routes.entry((route.to_owned(), method.to_owned())).or_default();
        *entry.by_status.entry(status).or_default() += 1;
        entry.count += 1;
        entry.sum_seconds += took.as_secs_f64();
        for (bucket, bound) in entry.buckets.iter_mut().zip(BOUNDS) {
            *bucket += u64::from(took.as_secs_f64() <= bound);
        }
    }

    /// Writes the requests.
    fn write(&self, text: &mut Text) {
        let routes = self.routes.lock().unwrap_or_else(PoisonError::into_inner).clone();
        text.family("alidade_http_requests_total", "counter", "API requests by route and status.");
        for ((route, method), counted) in &routes {
            for (status, count) in &counted.by_status {
                let status = status.to_string();
                text.sample(
                    "alidade_http_requests_total",
                    &[("route", route), ("method", method), ("status", &status)],
                    count,
                );
            }
        }
        text.family("alidade_http_request_duration_seconds", "histogram", "How long API requests took.");
        for ((route, method), counted) in &routes {
            for (bound, count) in BOUNDS.iter().zip(counted.buckets) {
                let labels = [("route", route.as_str()), ("method", method), ("le", &bound.to_string())];
                text.sample("alidade_http_request_duration_seconds_bucket", &labels, count);
            }
            let labels = [("route", route.as_str()), ("method", method)];
            let all = [("route", route.as_str()), ("method", method), ("le", "+Inf")];
            text.sample("alidade_http_request_duration_seconds_bucket", &all, counted.count);
            text.sample("alidade_http_request_duration_seconds_sum", &labels, counted.sum_seconds);
            text.sample("alidade_http_request_duration_seconds_count", &labels, counted.count);
        }
    }
}

/// Counts a request by the pattern of its route.
pub(crate) async fn measure(State(telemetry): State<Arc<Telemetry>>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("unknown", MatchedPath::as_str).to_owned();
    let method = request.method().as_str().to_owned();
    let started = Instant::now();
    let response = next.run(request).await;
    telemetry.record(&method, &route, response.status().as_u16(), started.elapsed());
    response
}

/// Everything, as `GET /metrics` answers it.
pub(crate) fn exposition(
    telemetry: &Telemetry,
    collector: &collector::Counters,
    storage: &storage::Health,
    memory: &MemoryHealth,
    door: &[(&'static str, &'static str, u64)],
    questions_in_progress: usize,
) -> String {
    let mut text = Text::default();
    telemetry.write(&mut text);
    text.one("alidade_questions_in_progress", "gauge", "Questions being worked on.", questions_in_progress);
    write_ingest(&mut text, collector, door);
    write_storage(&mut text, storage);
    write_memory(&mut text, memory);
    text.0
}

fn write_memory(text: &mut Text, memory: &MemoryHealth) {
    if let Some(bytes) = memory.resident_bytes {
        text.one("process_resident_memory_bytes", "gauge", "Memory of the process.", bytes);
    }
    text.one("alidade_memory_limit_bytes", "gauge", "What the process may take.", memory.limit_bytes);
    text.family("alidade_memory_part_limit_bytes", "gauge", "What each part of the process may take of it.");
    for part in &memory.parts {
        text.sample("alidade_memory_part_limit_bytes", &[("part", &part.name)], part.limit_bytes);
    }
    text.family("alidade_memory_part_bytes", "gauge", "What the parts that count take.");
    for part in &memory.parts {
        if let Some(bytes) = part.used_bytes {
            text.sample("alidade_memory_part_bytes", &[("part", &part.name)], bytes);
        }
    }
}

fn write_ingest(text: &mut Text, counters: &collector::Counters, door: &[(&'static str, &'static str, u64)]) {
    text.family("alidade_ingest_requests_total", "counter", "Exports that were answered, refused ones included.");
    for signal in &counters.signals {
        text.sample("alidade_ingest_requests_total", &[("signal", signal.signal.table())], signal.requests);
    }
    text.family("alidade_ingest_rows_total", "counter", "Rows that were acknowledged.");
    for signal in &counters.signals {
        text.sample("alidade_ingest_rows_total", &[("signal", signal.signal.table())], signal.rows_accepted);
    }
    text.family("alidade_ingest_bytes_total", "counter", "Bytes of exports as sent.");
    for signal in &counters.signals {
        text.sample("alidade_ingest_bytes_total", &[("signal", signal.signal.table())], signal.bytes_sent);
    }
    text.family("alidade_ingest_rows_refused_total", "counter", "Rows that were refused, by reason.");
    for signal in &counters.signals {
        for (reason, count) in &signal.rows_refused {
            text.sample(
                "alidade_ingest_rows_refused_total",
                &[("signal", signal.signal.table()), ("reason", reason)],
                count,
            );
        }
    }
    text.family("alidade_ingest_requests_refused_total", "counter", "Exports that were refused, by reason.");
    for signal in &counters.signals {
        for (reason, count) in &signal.requests_refused {
            text.sample(
                "alidade_ingest_requests_refused_total",
                &[("signal", signal.signal.table()), ("reason", reason)],
                count,
            );
        }
    }
    for (signal, reason, count) in door {
        text.sample("alidade_ingest_requests_refused_total", &[("signal", signal), ("reason", reason)], count);
    }
}

fn write_storage(text: &mut Text, health: &storage::Health) {
    text.one("alidade_storage_buffered_bytes", "gauge", "Memory of live rows.", health.buffered_bytes);
    text.one("alidade_storage_buffered_bytes_max", "gauge", "Its limit.", health.buffer_bytes_max);
    text.one("alidade_storage_wal_bytes", "gauge", "Write-ahead log on disk.", health.wal_bytes);
    text.one("alidade_storage_wal_syncs_total", "counter", "Syncs of the write-ahead log.", health.wal_syncs);
    text.one("alidade_storage_appends_total", "counter", "Batches appended.", health.appends);
    text.one("alidade_storage_appends_refused_total", "counter", "Batches refused for memory.", health.appends_refused);
    text.one(
        "alidade_storage_set_aside_files",
        "gauge",
        "Damaged files, those that were put right included.",
        health.set_aside.len(),
    );
    text.one(
        "alidade_storage_wal_unfinished_ends",
        "gauge",
        "Ends of log files that the last run was still writing when it was cut off; nothing in them was acknowledged.",
        health.wal_torn_tails,
    );
    text.one(
        "alidade_storage_writes_refused",
        "gauge",
        "1 while writes are refused.",
        u8::from(health.poisoned.is_some()),
    );
    text.one("alidade_storage_index_cache_bytes", "gauge", "Memory of opened index files.", health.index_cache_bytes);
    if let Some(tables) = &health.remote_tables {
        let is_reached = u64::from(tables.unreachable.is_none());
        text.one(
            "alidade_storage_tables_reachable",
            "gauge",
            "Whether the object store of the tables could be reached last.",
            is_reached,
        );
        text.one("alidade_storage_cache_bytes", "gauge", "What of remote tables is kept on disk.", tables.cache_bytes);
        text.one(
            "alidade_storage_cache_hits_total",
            "counter",
            "Reads of remote tables that the cache answered.",
            tables.cache_hits,
        );
        text.one("alidade_storage_cache_misses_total", "counter", "Those that it did not.", tables.cache_misses);
    }
    if let Some(free) = health.disk_free_bytes {
        text.one("alidade_storage_disk_free_bytes", "gauge", "Room on the disk of the data directory.", free);
    }
    type Read = fn(&storage::TableHealth) -> u64;
    let families: [(&str, &str, Read); 5] = [
        ("alidade_table_live_rows", "Rows not sealed yet.", |table| table.buffered_rows as u64),
        ("alidade_table_segments", "Sealed files.", |table| table.segments as u64),
        ("alidade_table_segment_rows", "Rows in them.", |table| table.segment_rows),
        ("alidade_table_segment_bytes", "Their bytes.", |table| table.segment_bytes),
        ("alidade_table_index_bytes", "Bytes of their index files.", |table| table.sidecar_bytes),
    ];
    let counters: [(&str, &str, Read); 3] = [
        ("alidade_table_compactions_total", "Times that small files were merged.", |table| table.compactions),
        ("alidade_table_segments_compacted_total", "Files that were merged.", |table| table.segments_compacted),
        ("alidade_table_rows_expired_total", "Rows that retention removed.", |table| table.rows_expired),
    ];
    let families = families.map(|(name, help, read)| (name, "gauge", help, read)).into_iter();
    for (name, kind, help, read) in families.chain(counters.map(|(name, help, read)| (name, "counter", help, read))) {
        text.family(name, kind, help);
        for table in &health.tables {
            text.sample(name, &[("tenant", table.tenant.as_str()), ("table", table.signal.table())], read(table));
        }
    }
}

#[derive(Debug, Default)]
struct Text(String);

impl Text {
    fn family(&mut self, name: &str, kind: &str, help: &str) {
        // Writing to a String cannot fail.
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: impl std::fmt::Display) {
        let escaped = |value: &str| value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        let labels: Vec<String> =
            labels.iter().map(|(label, value)| format!("{label}=\"{}\"", escaped(value))).collect();
        let _ = if labels.is_empty() {
            writeln!(self.0, "{name} {value}")
        } else {
            writeln!(self.0, "{name}{{{}}} {value}", labels.join(","))
        };
    }

    fn one(&mut self, name: &str, kind: &str, help: &str, value: impl std::fmt::Display) {
        self.family(name, kind, help);
        self.sample(name, &[], value);
    }
}
