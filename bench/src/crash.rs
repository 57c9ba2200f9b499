//! `bench crash`: ends a server many times under load of all three signals, and prints what became of the records.

use std::time::Duration;

use tests::crash::{Account, Crash, Stop, TERMINATE_LIMIT};
use tests::dice::Dice;

use crate::table::{Table, thousands};
use crate::{Place, machine};

/// One kill in so many meets the start of the server, recovery and all.
const AT_START: u32 = 5;
/// After so many rounds the terminal is told how far it is.
const TOLD_EACH: usize = 20;

/// How often, and when.
#[derive(clap::Args)]
pub(crate) struct Plan {
    /// How often it is killed with -9; one in five of these while it starts
    #[arg(long, default_value_t = 20)]
    kills: u32,
    /// How often it gets SIGTERM
    #[arg(long, default_value_t = 5)]
    terms: u32,
    /// Decides the moments
    #[arg(long, default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    place: Place,
}

/// Ends the server as often as planned; the table, or what was lost and where its data lie.
pub(crate) async fn run(plan: &Plan) -> Result<String, String> {
    let folder = plan.place.folder("bench-crash-")?;
    let account = ended(plan, folder.path()).await;
    let found = match account {
        Ok(account) if account.is_whole() => return Ok(shown(plan, &account)),
        Ok(account) => {
            let details = account.named.iter().chain(&account.set_aside).chain(account.not_in_order.first());
            details.fold(shown(plan, &account), |text, detail| text + "\n" + detail)
        }
        Err(error) => error,
    };
    Err(format!("{found}\nthe data directory was kept: {}", folder.keep().display()))
}

async fn ended(plan: &Plan, data: &std::path::Path) -> Result<Account, String> {
    let mut crash = Crash::new(data, plan.seed);
    let stops = stops(plan);
    for (round, stop) in stops.iter().enumerate() {
        crash.round(*stop).await.map_err(|error| format!("round {round} ({stop:?}): {error}"))?;
        if (round + 1) % TOLD_EACH == 0 {
            eprintln!("      {} of {} ends", round + 1, stops.len());
        }
    }
    crash.check().await
}

/// All ends in the order that the seed gives.
fn stops(plan: &Plan) -> Vec<Stop> {
    let kills = (0..plan.kills).map(|kill| if kill % AT_START == AT_START - 1 { Stop::KillStart } else { Stop::Kill });
    let mut stops: Vec<Stop> = kills.chain((0..plan.terms).map(|_| Stop::Terminate)).collect();
    let mut dice = Dice::new(plan.seed, u64::MAX);
    for last in (1..stops.len()).rev() {
        stops.swap(last, dice.below(last + 1));
    }
    stops
}

fn shown(plan: &Plan, account: &Account) -> String {
    let ms = |time: Duration| format!("{} ms", thousands(time.as_millis()));
    let command = format!("bench crash --kills {} --terms {} --seed {}", plan.kills, plan.terms, plan.seed);
    let mut table = Table::new(&["", ""]);
    table.row(["kill -9 under load", &account.kills.to_string()]);
    table.row(["kill -9 during a start", &account.kills_at_start.to_string()]);
    table.row(["SIGTERM under load", &account.terminations.to_string()]);
    table.row(["ends after SIGTERM without exit code 0 or too late", &account.not_in_order.len().to_string()]);
    table.row(["acknowledged records: spans, log records, points", &thousands(account.acknowledged)]);
    table.row(["of these missing", &account.missing.to_string()]);
    table.row(["doubled records, acknowledged or not", &account.doubled.to_string()]);
    table.row(["rows that nobody sent", &account.strange.to_string()]);
    table.row(["files set aside", &account.set_aside.len().to_string()]);
    table.row(["requests refused", &account.refused.to_string()]);
    table.row(["longest start", &ms(account.longest_start)]);
    let limit = format!("longest end after SIGTERM (limit {} s)", TERMINATE_LIMIT.as_secs());
    table.row([&limit, &ms(account.longest_termination)]);
    format!("{}\n\n{table}", machine::line(&plan.place.commit, &command))
}
