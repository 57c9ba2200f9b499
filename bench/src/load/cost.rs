//! What a load costs the server, from its begin until the server is quiet again.

use std::time::{Duration, Instant};

use tests::Alidade;

use crate::disk::{self, Bytes};
use crate::feed::Signal;
use crate::process;
use crate::send::Sent;

/// Quiet is a server without live rows that used less than this much of a core…
const QUIET_CPU_SHARE: f64 = 0.03;
/// … in each of so many seconds, one after the other.
const QUIET_SECONDS: u32 = 5;
/// A server that is not quiet after this long is reported as an error, not as a number.
const QUIET_LIMIT: Duration = Duration::from_secs(1_800);
const SECOND: Duration = Duration::from_secs(1);

/// The costs of one signal.
pub(super) struct Cost {
    pub(super) signal: Signal,
    pub(super) sent: Sent,
    /// Of the server.
    pub(super) cpu_seconds: f64,
    /// Of everyone but server and sender, while requests were sent.
    pub(super) cpu_seconds_of_others: f64,
    pub(super) peak_bytes: u64,
    /// What the table of the signal grew by.
    pub(super) table_bytes: u64,
    /// The data directory in the end.
    pub(super) disk: Bytes,
    /// From the last answer until the server had become quiet.
    pub(super) settled_after: Duration,
}

/// Follows a load.
pub(super) struct Meter {
    signal: Signal,
    pid: u32,
    cpu_before: f64,
    disk_before: Bytes,
    cpu_of_others: f64,
    sent: Sent,
}

/// Where the counters stood when a round began.
pub(super) struct Sending {
    others: f64,
}

impl Meter {
    /// From now on everything is the load's.
    pub(super) fn start(signal: Signal, alidade: &Alidade) -> Result<Self, String> {
        let pid = alidade.pid();
        process::reset_peak(pid)?;
        Ok(Self {
            signal,
            pid,
            cpu_before: process::usage(pid)?.cpu_seconds,
            disk_before: disk::bytes(&alidade.data_dir),
            cpu_of_others: 0.0,
            sent: Sent::default(),
        })
    }

    /// A round begins.
    pub(super) fn sending(&self) -> Result<Sending, String> {
        Ok(Sending { others: self.others()? })
    }

    /// The round is sent.
    pub(super) fn sent(&mut self, sent: Sent, sending: &Sending) -> Result<(), String> {
        self.cpu_of_others += self.others()? - sending.others;
        self.sent.add(sent);
        Ok(())
    }

    /// Waits until the server is quiet.
    pub(super) async fn end(self, alidade: &Alidade) -> Result<Cost, String> {
        let settled_after = until_quiet(alidade).await?;
        let usage = process::usage(self.pid)?;
        let disk = disk::bytes(&alidade.data_dir);
        let table = self.signal as usize;
        Ok(Cost {
            signal: self.signal,
            sent: self.sent,
            cpu_seconds: usage.cpu_seconds - self.cpu_before,
            cpu_seconds_of_others: self.cpu_of_others.max(0.0),
            peak_bytes: usage.peak_bytes,
            table_bytes: disk.tables[table].saturating_sub(self.disk_before.tables[table]),
            disk,
            settled_after,
        })
    }

    fn others(&self) -> Result<f64, String> {
        let ours = process::usage(self.pid)?.cpu_seconds + process::usage(std::process::id())?.cpu_seconds;
        Ok(process::machine_seconds() - ours)
    }
}

/// Waits until everything is sealed and the server does nothing; how long that took.
pub(super) async fn until_quiet(alidade: &Alidade) -> Result<Duration, String> {
    let begun = Instant::now();
    let (mut quiet, mut before) = (0, process::usage(alidade.pid())?.cpu_seconds);
    while quiet < QUIET_SECONDS {
        if begun.elapsed() > QUIET_LIMIT {
            return Err(format!("the server is not quiet after {} s", QUIET_LIMIT.as_secs()));
        }
        tokio::time::sleep(SECOND).await;
        let now = process::usage(alidade.pid())?.cpu_seconds;
        let is_quiet = now - before < QUIET_CPU_SHARE && live_rows(alidade).await? == 0;
        quiet = if is_quiet { quiet + 1 } else { 0 };
        before = now;
    }
    Ok(begun.elapsed())
}

/// Rows that are not in a segment yet.
pub(super) async fn live_rows(alidade: &Alidade) -> Result<u64, String> {
    let health = alidade.try_get("/api/v1/health").await?;
    let tables = health["tables"].as_array().ok_or("health has no tables")?;
    tables.iter().map(|table| table["live_rows"].as_u64().ok_or_else(|| "a table has no live_rows".to_owned())).sum()
}
