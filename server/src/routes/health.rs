//! How the server is: for people, for the orchestrator, for Prometheus.

use api::Nanos;
use api::health::{Health, Refusal, RemoteTables, ServiceRows, SetAsideFile, SignalIngest, TableHealth};
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use storage::TenantId;

use super::Shared;
use crate::failure::Failure;
use crate::telemetry;

/// From this part of the memory budget on, the operator is told.
const BUFFER_NEARLY_FULL_PERCENT: usize = 80;

/// `GET /healthz`: the process answers.
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: exports are taken, though under a full load they wait for a seal: a balancer that took the server out for
/// that would stop questions as well, and move the load to where it does not fit either.
pub(super) async fn ready(State(parts): Shared) -> Result<&'static str, Failure> {
    let storage = parts.store.health();
    if let Some(reason) = storage.poisoned {
        return Err(Failure::unavailable(format!("writes are refused until a restart: {reason}"), 10));
    }
    if storage.disk_free_bytes.is_some_and(|free| free < storage.disk_reserve_bytes) {
        return Err(Failure::unavailable("exports wait: the disk has less room than storage.disk_reserve_bytes", 30));
    }
    Ok("ready\n")
}

/// `GET /metrics`.
pub(super) async fn metrics(State(parts): Shared) -> Response {
    let storage = parts.store.health();
    let text = telemetry::exposition(
        &parts.telemetry,
        &parts.collector.counters(),
        &storage,
        &parts.memory_state(&storage),
        &parts.door.refused_exports(),
        parts.gate.working(),
    );
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}

/// `GET /api/v1/health`.
pub(super) async fn health(State(parts): Shared, axum::Extension(tenant): axum::Extension<TenantId>) -> Json<Health> {
    let storage = parts.store.health();
    let problems = problems(&storage);
    Json(Health {
        healthy: problems.is_empty(),
        version: crate::VERSION.to_owned(),
        started_at_unix_nano: Nanos(parts.started_at_unix_nano),
        problems,
        set_aside: storage.set_aside.iter().map(set_aside_file).collect(),
        writes_refused: storage.poisoned.clone(),
        tables: storage.tables.iter().filter(|table| table.tenant == tenant).map(table_health).collect(),
        remote_tables: storage.remote_tables.as_ref().map(remote_tables),
        wal_bytes: storage.wal_bytes,
        wal_unfinished_ends: storage.wal_torn_tails as u64,
        disk_free_bytes: storage.disk_free_bytes,
        memory: Some(parts.memory_state(&storage)),
        ingest: ingest(&parts.collector.counters(), &parts.door.refused_exports()),
    })
}

/// What is wrong, each with what to do. Pure.
fn problems(storage: &storage::Health) -> Vec<String> {
    let mut problems = Vec::new();
    if let Some(reason) = &storage.poisoned {
        problems.push(format!("Writes are refused: {reason}. Fix the disk, then restart."));
    }
    if let Some(free) = storage.disk_free_bytes.filter(|free| *free < storage.disk_reserve_bytes) {
        let reserve = storage.disk_reserve_bytes;
        problems.push(format!(
            "Exports are refused: the disk has {free} bytes left and storage.disk_reserve_bytes are {reserve}. Make room or shorten retention."
        ));
    }
    if let Some((tables, reason)) =
        storage.remote_tables.as_ref().and_then(|tables| Some((tables, tables.unreachable.as_ref()?)))
    {
        problems.push(format!(
            "The object store of the tables, {}, cannot be reached: {reason}. Exports are taken until the live rows fill storage.buffer_bytes_max; answers name the files that they had to leave out. Check the network, the store and the credentials.",
            tables.url
        ));
    }
    if let Some(failure) = &storage.last_failure {
        problems.push(format!("Background work failed and is tried again: {failure}."));
    }
    problems.extend(damage(&storage.set_aside));
    if storage.buffered_bytes.saturating_mul(100) > storage.buffer_bytes_max.saturating_mul(BUFFER_NEARLY_FULL_PERCENT)
    {
        problems.push(format!(
            "Live rows take {} of {} bytes; beyond that exports are told to wait. Raise memory_limit (or storage.buffer_bytes_max) or send less.",
            storage.buffered_bytes, storage.buffer_bytes_max
        ));
    }
    problems
}

/// How many files are damaged. A flipped bit that was put right is told as well: it does not stay the only one for long.
fn damage(files: &[storage::SetAside]) -> Vec<String> {
    let repaired = files.iter().filter(|file| file.is_repaired).count();
    let damaged = files.len() - repaired;
    let words = |count: usize| if count == 1 { ("1 file".to_owned(), "is") } else { (format!("{count} files"), "are") };
    let mut problems = Vec::new();
    if damaged > 0 {
        let (files, are) = words(damaged);
        problems.push(format!(
            "{files} of the data directory {are} damaged or missing; everything else is served. The list says what of each is missing."
        ));
    }
    if repaired > 0 {
        let (files, _) = words(repaired);
        problems.push(format!(
            "A bit was flipped in {files}, and put right again; nothing is missing. Check disk and memory. Once the copies of what was there are removed from set-aside/, the next start mentions it no more."
        ));
    }
    problems
}

fn remote_tables(tables: &storage::TablesHealth) -> RemoteTables {
    RemoteTables {
        url: tables.url.clone(),
        unreachable: tables.unreachable.clone(),
        cache_bytes: tables.cache_bytes,
        cache_bytes_max: tables.cache_bytes_max,
    }
}

fn set_aside_file(file: &storage::SetAside) -> SetAsideFile {
    SetAsideFile {
        original: file.original.display().to_string(),
        path: file.now.display().to_string(),
        reason: file.reason.clone(),
        repaired: file.is_repaired,
    }
}

fn table_health(table: &storage::TableHealth) -> TableHealth {
    TableHealth {
        table: table.signal.table().to_owned(),
        segments: table.segments as u64,
        segment_rows: table.segment_rows,
        segment_bytes: table.segment_bytes + table.sidecar_bytes,
        live_rows: table.buffered_rows as u64,
        live_bytes: table.buffered_bytes as u64,
        compactions: table.compactions,
        segments_compacted: table.segments_compacted,
        rows_expired: table.rows_expired,
        rows_expired_by_service: rows_by_service(&table.rows_expired_by_service),
        segments_waiting_for_removal: table.segments_removed as u64,
    }
}

fn rows_by_service(counts: &[(String, u64)]) -> Vec<ServiceRows> {
    counts.iter().map(|(service, rows)| ServiceRows { service: service.clone(), rows: *rows }).collect()
}

/// What came in, and what was refused with why: rows, and whole requests as `request: reason`. Pure.
fn ingest(counters: &collector::Counters, door: &[(&'static str, &'static str, u64)]) -> Vec<SignalIngest> {
    let of_signal = |counted: &collector::SignalCounters| {
        let signal = counted.signal.table();
        let rows = counted.rows_refused.iter().map(|(reason, count)| ((*reason).to_owned(), *count));
        let requests = counted.requests_refused.iter().map(|(reason, count)| (format!("request: {reason}"), *count));
        let at_door = door.iter().filter(|(of, _, _)| *of == signal);
        let at_door = at_door.map(|(_, reason, count)| (format!("request: {reason}"), *count));
        let refused = rows.chain(requests).chain(at_door).filter(|(_, count)| *count > 0);
        SignalIngest {
            signal: signal.to_owned(),
            requests: counted.requests,
            accepted: counted.rows_accepted,
            bytes: counted.bytes_sent,
            refused: refused.map(|(reason, count)| Refusal { reason, count }).collect(),
        }
    };
    counters.signals.iter().map(of_signal).collect()
}

#[cfg(test)]
mod tests;
