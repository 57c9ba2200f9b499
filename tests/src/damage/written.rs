//! A data directory with a file of each kind, and which rows are in which file.
//!
//! Exports are sent one after the other, so that the number of an export is its sequence in the write-ahead log, and the
//! names of segments and of log files say what is in them. Of each table there are a merged segment, segments that were
//! not merged, a checkpoint, commits behind it, and rows that are in the log alone, because the last run was killed.

use std::collections::BTreeSet;
use std::ops::{Range, RangeInclusive};
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use super::files;
use crate::crash::Signal;
use crate::poll::now_unix_nano;
use crate::{Alidade, eventually, otlp};

/// Sequences of the write-ahead log.
pub type Sequences = RangeInclusive<u64>;

/// Rows of one export.
const ROWS: u64 = 20;
/// Rounds whose segments become one, each an export of each signal.
const MERGED: Range<u64> = 0..4;
/// Rounds whose segments stay.
const SEALED: Range<u64> = 4..9;
/// Rounds that stay in the log.
const LOGGED: Range<u64> = 9..50;

const SERVICE: &str = "damage";
const CHECKPOINTS: (&str, &str) = ("ALIDADE_STORAGE_CHECKPOINT_COMMITS", "4");
const SOON: (&str, &str) = ("ALIDADE_STORAGE_SEAL_AGE", "100ms");
const NOT_MERGED: (&str, &str) = ("ALIDADE_STORAGE_COMPACTION_SEGMENTS_MIN", "1000");
const MERGED_SOON: [(&str, &str); 2] =
    [("ALIDADE_STORAGE_COMPACTION_SEGMENTS_MIN", "4"), ("ALIDADE_STORAGE_MAINTENANCE_INTERVAL", "50ms")];
/// For runs in which no file comes or goes.
const STILL: [(&str, &str); 3] = [("ALIDADE_STORAGE_SEAL_AGE", "1h"), NOT_MERGED, CHECKPOINTS];

/// The data directory, of a server that was killed.
pub struct Written {
    data: tempfile::TempDir,
}

impl Written {
    /// The titles of its dashboards.
    pub const DASHBOARDS: [&str; 3] = ["Damage one", "Damage two", "Damage three"];

    /// Writes it with the real binary.
    pub async fn new() -> Self {
        let data = tempfile::tempdir().expect("a folder");
        // All of one day.
        let time = now_unix_nano() - 3_600_000_000_000;
        let alidade = Alidade::start_with(data.path(), &[MERGED_SOON[0], MERGED_SOON[1], SOON, CHECKPOINTS]).await;
        for title in Self::DASHBOARDS {
            alidade.post("/api/v1/dashboards", &json!({"schema_version": 1, "title": title, "widgets": []})).await;
        }
        for round in MERGED {
            send(&alidade, round, time).await;
            until(&alidade, |table| table["live_rows"] == 0).await;
        }
        until(&alidade, |table| table["segments"] == 1).await;
        assert!(alidade.terminate().await);
        let alidade = Alidade::start_with(data.path(), &[NOT_MERGED, SOON, CHECKPOINTS]).await;
        for round in SEALED {
            send(&alidade, round, time).await;
            until(&alidade, |table| table["live_rows"] == 0).await;
        }
        assert!(alidade.terminate().await);
        let small = ("ALIDADE_STORAGE_WAL_FILE_BYTES", "32KiB");
        let alidade = Alidade::start_with(data.path(), &[STILL[0], STILL[1], STILL[2], small]).await;
        for round in LOGGED {
            send(&alidade, round, time).await;
        }
        alidade.kill().await;
        Self { data }
    }

    /// Starts the real binary with a copy of it, so that what is there stays.
    pub async fn start(copy: &Path) -> Result<Alidade, String> {
        Alidade::try_start(copy, &STILL).await
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.data.path()
    }

    /// The files whose names are like this, relative, by name.
    pub fn files(&self, is_like: impl Fn(&str) -> bool) -> Vec<String> {
        let mut files = files(self.path());
        files.retain(|name| is_like(name));
        files
    }

    /// The numbers of the rows that were acknowledged; each is of a row of each table.
    pub fn rows() -> BTreeSet<u64> {
        (0..LOGGED.end * ROWS).collect()
    }

    /// The rows of a table that were exported with these sequences.
    pub fn rows_of(signal: Signal, sequences: &Sequences) -> BTreeSet<u64> {
        let is_in = |round: &u64| sequences.contains(&(round * 3 + signal as u64 + 1));
        (0..LOGGED.end).filter(is_in).flat_map(numbers).collect()
    }

    /// The sequences in the name of a segment's file.
    pub fn sequences_of_segment(path: &str) -> Sequences {
        let name = path.rsplit('/').next().expect("a name");
        let mut parts = name.split('-').map(|part| u64::from_str_radix(part, 16).expect("a sequence"));
        parts.next().expect("the first one")..=parts.next().expect("the last one")
    }

    /// The sequences in a file of the log.
    pub fn sequences_of_log(&self, path: &str) -> Sequences {
        let number = |path: &str| path["wal/".len()..][..20].parse::<u64>().expect("a sequence");
        let next = self.files(|name| name.ends_with(".wal") && name > path).first().map(|path| number(path));
        number(path)..=next.map_or(u64::MAX, |next| next - 1)
    }
}

fn numbers(round: u64) -> Range<u64> {
    round * ROWS..(round + 1) * ROWS
}

async fn send(alidade: &Alidade, round: u64, time: i64) {
    let at = |n: u64| time + n.cast_signed() * 1_000_000;
    // No two alike, so that they are as large when they are compressed.
    let filling =
        |n: u64| format!("{n} {:064x}", u128::from(n + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835));
    let span = |n: u64| otlp::span(u128::from(n) + 1, n + 1, &filling(n), at(n));
    let bodies = [
        ("/v1/traces", otlp::traces(SERVICE, numbers(round).map(span).collect())),
        ("/v1/logs", otlp::logs(SERVICE, numbers(round).map(|n| otlp::log(&filling(n), at(n))).collect())),
        (
            "/v1/metrics",
            otlp::gauge(SERVICE, "damage", numbers(round).map(|n| otlp::point(n.cast_signed(), at(n))).collect()),
        ),
    ];
    for (path, body) in bodies {
        assert!(otlp::export(alidade.client(), &alidade.otlp_http, path, body).await, "{path} is acknowledged");
    }
}

/// Waits until it is so of each table.
async fn until(alidade: &Alidade, is_so: impl Fn(&Value) -> bool) {
    eventually(Duration::from_secs(30), "the tables", async || {
        let health = alidade.get("/api/v1/health").await;
        let tables = health["tables"].as_array().expect("tables");
        if tables.len() == 3 && tables.iter().all(&is_so) { Ok(()) } else { Err(health["tables"].to_string()) }
    })
    .await;
}
