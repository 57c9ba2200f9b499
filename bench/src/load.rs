//! `bench load`: seeded data over the network, what they cost the server, and questions whose answers are known.
//!
//! One server with an empty data directory takes the signals one after the other, each measured until it is quiet again:
//! everything sealed and no CPU used. Then questions are asked, single spans are exported, and the server is killed with -9
//! under load and started again. Requests of a round are encoded before the first of them is sent. Every answer is checked;
//! a wrong one, or a record that is refused or missing, fails the run, and the data directory is kept.

mod cost;
pub(crate) mod restart;
mod shown;

use std::path::Path;
use std::time::Duration;

use tests::Alidade;
use tests::poll::now_unix_nano;

use self::cost::Cost;
use self::restart::Restart;
use crate::ask::Asker;
use crate::expected::Expected;
use crate::feed::{Feed, Signal};
use crate::times::Times;
use crate::{Place, disk, questions, reply, send};

const REPLIES_PER_SECOND: u32 = 500;
/// Before the single exports, and again after them.
const SYNCS: usize = 500;

/// What is sent and asked.
#[derive(clap::Args)]
pub(crate) struct Plan {
    /// Only this signal; without it all three, one after the other
    #[arg(long, value_enum)]
    signal: Option<Signal>,
    /// Spans, log records or metric points of each signal
    #[arg(long, default_value_t = 1_000_000, value_parser = positive)]
    count: usize,
    /// Records that are encoded, in memory, before the first of them is sent
    #[arg(long, default_value_t = 2_000_000, value_parser = positive)]
    round: usize,
    /// Records in a request
    #[arg(long, default_value_t = 500, value_parser = positive)]
    batch: usize,
    #[arg(long, default_value_t = 4, value_parser = positive)]
    connections: usize,
    /// How often each kind of question is asked
    #[arg(long, default_value_t = 200, value_parser = positive)]
    questions: usize,
    /// Seconds of single exports, 500 a second
    #[arg(long, default_value_t = 10)]
    reply_seconds: u64,
    /// Records that the server has just taken when it is killed with -9
    #[arg(long, default_value_t = 100_000, value_parser = positive)]
    kill_after: usize,
    /// Decides everything but the time of the first record
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    place: Place,
}

pub(crate) fn positive(text: &str) -> Result<usize, String> {
    let number: usize = text.parse().map_err(|error| format!("{error}"))?;
    if number > 0 { Ok(number) } else { Err("it must be at least 1".to_owned()) }
}

/// Everything that a run finds out.
struct Findings {
    costs: Vec<Cost>,
    answers: Vec<(&'static str, Times)>,
    syncs: Times,
    replies: Times,
    /// An error here says nothing against the rest.
    restart: Result<Restart, String>,
}

/// One run; the tables, or what went wrong and where the data lie.
pub(crate) async fn run(plan: &Plan) -> Result<String, String> {
    let folder = plan.place.folder("bench-load-")?;
    let found = match measured(plan, folder.path()).await {
        Ok(findings) => {
            let tables = shown::tables(plan, &findings);
            match findings.restart {
                Ok(restart) if restart.faults.is_empty() => return Ok(tables),
                Ok(restart) => format!("{tables}\n\n{}", restart.faults.join("\n")),
                Err(error) => format!("{tables}\n\n{error}"),
            }
        }
        Err(error) => error,
    };
    Err(format!("{found}\nthe data directory was kept: {}", folder.keep().display()))
}

async fn measured(plan: &Plan, folder: &Path) -> Result<Findings, String> {
    let data_dir = folder.join("data");
    let alidade = Alidade::try_start(&data_dir, &[]).await?;
    let signals = plan.signal.map_or(Signal::ALL.to_vec(), |signal| vec![signal]);
    let end = u64::try_from(now_unix_nano()).map_err(|error| error.to_string())?;
    let mut loads: Vec<Load> = signals.iter().map(|signal| Load::new(plan, *signal, end)).collect();
    let mut costs = Vec::new();
    for load in &mut loads {
        eprintln!("      sending {} {}", plan.count, load.signal.unit());
        let cost = load.send_all(plan, &alidade).await?;
        eprintln!(
            "      sent in {:.0} s, quiet {:.0} s later",
            cost.sent.elapsed.as_secs_f64(),
            cost.settled_after.as_secs_f64()
        );
        costs.push(cost);
    }
    let asker = Asker::new(&alidade.http)?;
    let mut answers = Vec::new();
    for load in &loads {
        eprintln!("      asking about {}", load.signal.unit());
        let range = load.feed.start()..end;
        for kind in questions::about(load.signal, &load.expected, &range, plan.questions) {
            let times = asker.ask_all(&kind).await?;
            eprintln!("        {}: p50 {} ms", kind.name, times.ms(0.5));
            answers.push((kind.name, times));
        }
    }
    eprintln!("      exporting single spans");
    let mut syncs = disk::sync_times(folder, SYNCS)?;
    let replies = reply::times(&alidade.otlp_http, REPLIES_PER_SECOND, Duration::from_secs(plan.reply_seconds)).await?;
    syncs.extend(disk::sync_times(folder, SYNCS)?);
    eprintln!("      killing and starting again");
    let restart = restart::after_kill(plan, alidade, &mut loads, replies.len()).await;
    Ok(Findings { costs, answers, syncs: Times::new(syncs), replies, restart })
}

/// How many segments all tables have.
pub(crate) async fn segments(alidade: &Alidade) -> Result<u64, String> {
    let health = alidade.try_get("/api/v1/health").await?;
    let tables = health["tables"].as_array().ok_or("health has no tables")?;
    tables.iter().map(|table| table["segments"].as_u64().ok_or_else(|| "a table has no segments".to_owned())).sum()
}

/// A signal's records, and what is known of them.
struct Load {
    signal: Signal,
    feed: Feed,
    expected: Expected,
    accepted: usize,
}

impl Load {
    fn new(plan: &Plan, signal: Signal, end: u64) -> Self {
        let feed = Feed::new(signal, plan.seed, plan.batch, plan.count, end);
        Self { signal, feed, expected: Expected::default(), accepted: 0 }
    }

    /// Sends all rounds and waits until the server is quiet.
    async fn send_all(&mut self, plan: &Plan, alidade: &Alidade) -> Result<Cost, String> {
        let mut meter = cost::Meter::start(self.signal, alidade)?;
        while self.accepted < plan.count {
            let count = plan.round.min(plan.count - self.accepted);
            let batches = tokio::task::block_in_place(|| self.feed.round(count, &mut self.expected));
            let sending = meter.sending()?;
            let sent = send::send(&self.url(alidade), batches, plan.connections).await?;
            if sent.refused > 0 {
                let why = sent.first_refusal.unwrap_or_default();
                return Err(format!("{} {} were refused: {why}", sent.refused, self.signal.unit()));
            }
            self.accepted += sent.accepted;
            meter.sent(sent, &sending)?;
        }
        meter.end(alidade).await
    }

    fn url(&self, alidade: &Alidade) -> String {
        format!("{}{}", alidade.otlp_http, self.signal.path())
    }
}
