//! `bench start`: how long a start takes where there are many segments, after kill -9 under load.

use std::path::Path;
use std::time::Duration;

use tests::Alidade;
use tests::poll::now_unix_nano;

use crate::expected::Expected;
use crate::feed::{Feed, Signal};
use crate::load::restart::until_ready;
use crate::load::{positive, segments};
use crate::table::{Table, thousands};
use crate::{Place, machine, send};

/// Spans of a segment, and of a request.
const BATCH: usize = 500;
/// Small segments are made quickly, and stay as they are.
const MANY_SEGMENTS: [(&str, &str); 2] =
    [("ALIDADE_STORAGE_SEAL_AGE", "10ms"), ("ALIDADE_STORAGE_MAINTENANCE_INTERVAL", "1h")];
const NOTHING_MERGED: [(&str, &str); 1] = [("ALIDADE_STORAGE_MAINTENANCE_INTERVAL", "1h")];
/// From one request to the next, so that each is sealed for itself.
const BETWEEN: Duration = Duration::from_millis(60);
/// How often it is killed and started.
const STARTS: usize = 5;

/// How many segments.
#[derive(clap::Args)]
pub(crate) struct Plan {
    /// Segments of the table of spans
    #[arg(long, default_value_t = 1_000, value_parser = positive)]
    segments: usize,
    /// Spans that the server has just taken when it is killed with -9
    #[arg(long, default_value_t = 50_000, value_parser = positive)]
    kill_after: usize,
    /// Decides the spans
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    place: Place,
}

/// Makes the segments and starts; the table, or what went wrong and where the data lie.
pub(crate) async fn run(plan: &Plan) -> Result<String, String> {
    let folder = plan.place.folder("bench-start-")?;
    measured(plan, &folder.path().join("data"))
        .await
        .map_err(|error| format!("{error}\nthe data directory was kept: {}", folder.keep().display()))
}

async fn measured(plan: &Plan, data_dir: &Path) -> Result<String, String> {
    let end = u64::try_from(now_unix_nano()).map_err(|error| error.to_string())?;
    let count = plan.segments * 2 * BATCH + STARTS * plan.kill_after;
    let mut feed = Feed::new(Signal::Traces, plan.seed, BATCH, count, end);
    let mut spans = 0;
    let alidade = Alidade::try_start(data_dir, &MANY_SEGMENTS).await?;
    eprintln!("      making {} segments", plan.segments);
    let mut made = 0;
    while made < plan.segments as u64 {
        spans += export(&alidade, &mut feed, BATCH).await?;
        tokio::time::sleep(BETWEEN).await;
        made = segments(&alidade).await?;
    }
    let end = alidade.ended_by_sigterm().await;
    if !end.status.success() {
        return Err(format!("after SIGTERM the server ended with {}:\n{}", end.status, end.log));
    }
    let (mut alidade, _) = until_ready(data_dir, &NOTHING_MERGED).await?;
    let mut times = Vec::new();
    let mut found = 0;
    for _ in 0..STARTS {
        spans += export(&alidade, &mut feed, plan.kill_after).await?;
        alidade.kill().await;
        let took;
        (alidade, took) = until_ready(data_dir, &NOTHING_MERGED).await?;
        times.push(took);
        found = segments(&alidade).await?;
        let rows = alidade.try_sql("SELECT count(*) FROM spans").await?;
        let rows = rows.first().and_then(|row| row.first()?.as_u64());
        if rows != Some(spans as u64) {
            return Err(format!("after kill -9 there are {rows:?} spans; {spans} were acknowledged"));
        }
    }
    times.sort_unstable();
    let ms = |time: Duration| format!("{:.0} ms", time.as_secs_f64() * 1e3);
    let mut table = Table::new(&["", ""]);
    table.row(["segments", &thousands(found)]);
    table.row(["rows in the log at each kill, at least", &thousands(plan.kill_after)]);
    table.row([&format!("start after kill -9 until `/readyz`, median of {STARTS}"), &ms(times[STARTS / 2])]);
    table.row(["the longest", &ms(times[STARTS - 1])]);
    let command = format!("bench start --segments {} --kill-after {}", plan.segments, plan.kill_after);
    Ok(format!("{}\n\n{table}", machine::line(&plan.place.commit, &command)))
}

/// So many spans; how many were taken.
async fn export(alidade: &Alidade, feed: &mut Feed, count: usize) -> Result<usize, String> {
    let batches = feed.round(count, &mut Expected::default());
    let sent = send::send(&format!("{}{}", alidade.otlp_http, Signal::Traces.path()), batches, 4).await?;
    match sent.first_refusal {
        Some(why) => Err(format!("{} spans were refused: {why}", sent.refused)),
        None => Ok(sent.accepted),
    }
}
