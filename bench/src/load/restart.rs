//! kill -9 under load, and the start after it.

use std::path::Path;
use std::time::{Duration, Instant};

use tests::Alidade;

use super::{Load, Plan, cost, segments};
use crate::ask::Asker;
use crate::expected::Expected;
use crate::feed::Signal;
use crate::{process, questions, send};

/// How long a start may take until exports are taken.
const READY_LIMIT: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(2);
/// Idle is a quiet server of which nothing was asked for this long.
const IDLE_AFTER: Duration = Duration::from_secs(20);

/// What the start was like.
pub(super) struct Restart {
    /// Rows that the log had to give back.
    pub(super) live_rows: u64,
    pub(super) segments: u64,
    /// From the start of the process until `/readyz` said yes.
    pub(super) ready_after: Duration,
    /// The first trace by id that was asked for, if there are traces.
    pub(super) first_trace: Option<Duration>,
    /// Of the server when it has sealed everything and nothing is asked.
    pub(super) idle_bytes: u64,
    /// Wrong answers and missing records.
    pub(super) faults: Vec<String>,
}

/// Sends some more of the first signal, kills the server, starts it again, and counts everything.
pub(super) async fn after_kill(
    plan: &Plan,
    alidade: Alidade,
    loads: &mut [Load],
    replies: usize,
) -> Result<Restart, String> {
    let first = &mut loads[0];
    let batches = first.feed.round(plan.kill_after, &mut Expected::default());
    let sent = send::send(&first.url(&alidade), batches, plan.connections).await?;
    first.accepted += sent.accepted;
    let data_dir = alidade.data_dir.clone();
    alidade.kill().await;

    let (alidade, ready_after) = until_ready(&data_dir, &[]).await?;
    let mut faults = Vec::new();
    let first_trace = first_trace(&alidade, loads).await.unwrap_or_else(|fault| {
        faults.push(fault);
        None
    });
    let live_rows = cost::live_rows(&alidade).await?;
    faults.extend(count_all(&alidade, loads, replies).await.err());
    cost::until_quiet(&alidade).await?;
    tokio::time::sleep(IDLE_AFTER).await;
    let idle_bytes = process::usage(alidade.pid())?.resident_bytes;
    let segments = segments(&alidade).await?;
    let end = alidade.ended_by_sigterm().await;
    if !end.status.success() {
        faults.push(format!("after SIGTERM the server ended with {}:\n{}", end.status, end.log));
    }
    Ok(Restart { live_rows, segments, ready_after, first_trace, idle_bytes, faults })
}

/// Starts a server; how long that took until `/readyz` said yes.
pub(crate) async fn until_ready(data_dir: &Path, environment: &[(&str, &str)]) -> Result<(Alidade, Duration), String> {
    let begun = Instant::now();
    let alidade = Alidade::try_start(data_dir, environment).await?;
    while let Err(answer) = ready(&alidade).await {
        if begun.elapsed() > READY_LIMIT {
            return Err(format!("/readyz after {} s: {answer}", READY_LIMIT.as_secs()));
        }
        tokio::time::sleep(POLL).await;
    }
    Ok((alidade, begun.elapsed()))
}

async fn ready(alidade: &Alidade) -> Result<(), String> {
    let answer = alidade.client().get(format!("{}/readyz", alidade.http)).send().await;
    let status = answer.map_err(|error| format!("{error:?}"))?.status();
    if status.is_success() { Ok(()) } else { Err(status.to_string()) }
}

async fn first_trace(alidade: &Alidade, loads: &[Load]) -> Result<Option<Duration>, String> {
    let Some(load) = loads.iter().find(|load| load.signal == Signal::Traces) else { return Ok(None) };
    let Some(question) = questions::traces_by_id(&load.expected).into_iter().next() else { return Ok(None) };
    Asker::new(&alidade.http)?.ask(&question).await.map(Some)
}

/// Every record that was acknowledged is there, and no other.
async fn count_all(alidade: &Alidade, loads: &[Load], replies: usize) -> Result<(), String> {
    for load in loads {
        let table = load.signal.table();
        let rows = alidade.try_sql(&format!("SELECT count(*) FROM {table}")).await?;
        let found = rows.first().and_then(|row| row.first()?.as_u64());
        let singles = if load.signal == Signal::Traces { replies } else { 0 };
        let wanted = (load.accepted + singles) as u64;
        if found != Some(wanted) {
            return Err(format!("after kill -9 {table} has {found:?} rows; {wanted} were acknowledged"));
        }
    }
    Ok(())
}
