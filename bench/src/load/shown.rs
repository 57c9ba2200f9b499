//! The tables of a run.

use super::cost::Cost;
use super::restart::Restart;
use super::{Findings, Plan, REPLIES_PER_SECOND};
use crate::machine;
use crate::table::{Table, thousands};
use crate::times::{Times, ms};

pub(super) fn tables(plan: &Plan, findings: &Findings) -> String {
    let signal = plan.signal.map_or(String::new(), |signal| format!(" --signal {signal:?}").to_lowercase());
    let command = format!(
        "bench load{signal} --count {} --batch {} --connections {} --questions {} --kill-after {} --seed {}",
        plan.count, plan.batch, plan.connections, plan.questions, plan.kill_after, plan.seed
    );
    let head = machine::line(&plan.place.commit, &command);
    let restart = findings.restart.as_ref().map_or(String::new(), |restart| format!("\n\n{}", restarted(restart)));
    format!("{head}\n\n{}\n\n{}{restart}", costs(&findings.costs), answers(findings))
}

fn costs(costs: &[Cost]) -> Table {
    let units = costs.iter().map(|cost| cost.signal.unit());
    let mut table = Table::new(&[""].into_iter().chain(units).collect::<Vec<_>>());
    let mut row = |name: &str, value: &dyn Fn(&Cost) -> String| {
        table.row([name.to_owned()].into_iter().chain(costs.iter().map(value)));
    };
    let per_record = |cost: &Cost, number: f64| number / cost.sent.accepted.max(1) as f64;
    let megabytes = |bytes: u64| format!("{:.1} MB", bytes as f64 / 1e6);
    let latencies = |cost: &Cost| Times::new(cost.sent.latencies.clone());
    row("acknowledged", &|cost| thousands(cost.sent.accepted));
    row("refused for good", &|cost| cost.sent.refused.to_string());
    row("answers that asked to come again (429, 503)", &|cost| cost.sent.again.to_string());
    row("sent, uncompressed protobuf", &|cost| megabytes(cost.sent.bytes as u64));
    row("**server, CPU s per million, until quiet**", &|cost| {
        format!("**{:.1}**", per_record(cost, cost.cpu_seconds * 1e6))
    });
    row("**table, bytes each (Parquet, index, Delta log)**", &|cost| {
        format!("**{:.1}**", per_record(cost, cost.table_bytes as f64))
    });
    row("**peak resident memory**", &|cost| format!("**{}**", megabytes(cost.peak_bytes)));
    row("records/s", &|cost| thousands((cost.sent.accepted as f64 / cost.sent.elapsed.as_secs_f64()).round() as u64));
    row("request p50", &|cost| format!("{} ms", latencies(cost).ms(0.5)));
    row("request p99", &|cost| format!("{} ms", latencies(cost).ms(0.99)));
    row("quiet after", &|cost| format!("{:.0} s", cost.settled_after.as_secs_f64()));
    row("CPU s that others used while it was sent", &|cost| format!("{:.1}", cost.cpu_seconds_of_others));
    row("data directory then: tables", &|cost| megabytes(cost.disk.tables.iter().sum()));
    row("write-ahead log", &|cost| megabytes(cost.disk.log));
    row("the rest", &|cost| megabytes(cost.disk.rest));
    table
}

fn answers(findings: &Findings) -> Table {
    let mut table = Table::new(&["every answer checked", "asked", "p50", "p90", "p99"]);
    let replies = format!("reply to an export of one span, {REPLIES_PER_SECOND} a second");
    let measured = findings.answers.iter().map(|(name, times)| (*name, times));
    let measured = measured.chain([
        (replies.as_str(), &findings.replies),
        ("the disk's own: append 1 KiB and sync, while nothing is sent", &findings.syncs),
    ]);
    for (name, times) in measured {
        let shares = [0.5, 0.9, 0.99].map(|share| format!("{} ms", times.ms(share)));
        table.row([name.to_owned(), thousands(times.len())].into_iter().chain(shares));
    }
    table
}

fn restarted(restart: &Restart) -> Table {
    let mut table = Table::new(&["", ""]);
    let name = format!("start after kill -9 until `/readyz`, {} rows in the log", thousands(restart.live_rows));
    table.row([name, format!("{} ms", ms(restart.ready_after))]);
    if let Some(first) = restart.first_trace {
        table.row([
            "the first trace by id after it, nothing cached but by the kernel".to_owned(),
            format!("{} ms", ms(first)),
        ]);
    }
    let name = format!("resident memory when idle, {} segments", thousands(restart.segments));
    table.row([name, format!("{:.1} MB", restart.idle_bytes as f64 / 1e6)]);
    table
}
