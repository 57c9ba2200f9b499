//! A server that is ended again and again under load of all three signals, and the account of what it acknowledged.
//!
//! A [`Crash`] goes through [`Crash::round`]s: a start, a load, an end at a random moment. The seed decides the moments, and
//! the machine what the server is doing then. [`Crash::check`] starts it once more and asks for every record: each one
//! that was acknowledged must be there once, and none twice. Sealing, log files and checkpoints are made small, so that
//! ends meet seals, commits and the trimming of the log and not only its writing.
//!
//! What this leaves out: the power. After a kill the kernel still writes what the process had handed to it.

mod account;
mod ledger;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

pub use self::account::Account;
pub use self::ledger::{Ledger, Signal};
use crate::alidade::{Alidade, End};
use crate::dice::Dice;

/// How many clients send at the same time.
const WRITERS: u64 = 4;
/// A load lasts at least this long…
const LOAD_MIN: Duration = Duration::from_millis(100);
/// … and less than this much longer.
const LOAD_SPREAD_MS: usize = 1_400;
/// A start that is killed has less than this long.
const START_SPREAD_MS: usize = 120;
/// Within this long of SIGTERM the process ends: `shutdown.drain_time_max`, `alarms.shutdown_grace` and
/// `shutdown.close_time_max` at their defaults.
pub const TERMINATE_LIMIT: Duration = Duration::from_secs(25);

/// What makes seals, log files and checkpoints frequent.
const SMALL: [(&str, &str); 4] = [
    ("ALIDADE_STORAGE_SEAL_AGE", "150ms"),
    ("ALIDADE_STORAGE_SEAL_BYTES", "1MiB"),
    ("ALIDADE_STORAGE_WAL_FILE_BYTES", "256KiB"),
    ("ALIDADE_STORAGE_CHECKPOINT_COMMITS", "10"),
];
/// The questions at the end read every segment of a long run.
const PATIENT: [(&str, &str); 2] = [("ALIDADE_QUERY_TIME_MAX", "10m"), ("ALIDADE_STORAGE_SEAL_AGE", "1h")];

/// How a round ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// kill -9 under load.
    Kill,
    /// kill -9 while the server starts, before it takes anything.
    KillStart,
    /// SIGTERM under load.
    Terminate,
}

/// A server with a data directory of its own that is ended again and again.
pub struct Crash<'a> {
    data_dir: &'a Path,
    environment: Vec<(String, String)>,
    dice: Dice,
    ledger: Arc<Ledger>,
    account: Account,
}

impl<'a> Crash<'a> {
    /// With an empty data directory. The seed decides when the server is ended.
    pub fn new(data_dir: &'a Path, seed: u64) -> Self {
        Self::with_environment(data_dir, seed, Vec::new())
    }

    /// The same with more environment variables for every start.
    pub fn with_environment(data_dir: &'a Path, seed: u64, environment: Vec<(String, String)>) -> Self {
        let (ledger, account) = (Arc::default(), Account::default());
        Self { data_dir, environment, dice: Dice::new(seed, 0), ledger, account }
    }

    /// What was sent so far.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Starts the server, loads it, and ends it. The error says what it printed, if it does not start.
    pub async fn round(&mut self, stop: Stop) -> Result<(), String> {
        if stop == Stop::KillStart {
            let after = Duration::from_millis(self.dice.below(START_SPREAD_MS) as u64);
            self.account.kills_at_start += 1;
            return Alidade::start_and_kill(self.data_dir, &self.environment(&SMALL), after).await;
        }
        let alidade = self.start(&SMALL).await?;
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let dice = Dice::new(self.dice.bits(), writer);
                let (client, endpoint) = (alidade.client().clone(), alidade.otlp_http.clone());
                tokio::spawn(ledger::write(client, endpoint, dice, Arc::clone(&self.ledger)))
            })
            .collect();
        tokio::time::sleep(LOAD_MIN + Duration::from_millis(self.dice.below(LOAD_SPREAD_MS) as u64)).await;
        if stop == Stop::Kill {
            alidade.kill().await;
            self.account.kills += 1;
        } else {
            let end = alidade.ended_by_sigterm().await;
            self.account.terminations += 1;
            self.account.longest_termination = self.account.longest_termination.max(end.took);
            self.account.not_in_order.extend(disorder(&end));
        }
        for writer in writers {
            writer.await.map_err(|error| format!("a writer: {error}"))?;
        }
        Ok(())
    }

    /// Starts the server once more and compares what it has with what it acknowledged.
    pub async fn check(&mut self) -> Result<Account, String> {
        let alidade = self.start(&PATIENT).await?;
        for signal in Signal::ALL {
            let stored = account::stored(&alidade, signal, self.ledger.sent()).await?;
            self.account.compare(signal, &stored, &self.ledger.acknowledged(signal));
        }
        self.account.refused = self.ledger.refused();
        self.account.not_in_order.extend(disorder(&alidade.ended_by_sigterm().await));
        Ok(self.account.clone())
    }

    fn environment<'e>(&'e self, more: &[(&'e str, &'e str)]) -> Vec<(&'e str, &'e str)> {
        let own = self.environment.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        own.chain(more.iter().copied()).collect()
    }

    async fn start(&mut self, environment: &[(&str, &str)]) -> Result<Alidade, String> {
        let begun = Instant::now();
        let alidade = Alidade::try_start(self.data_dir, &self.environment(environment)).await?;
        self.account.longest_start = self.account.longest_start.max(begun.elapsed());
        let health = alidade.try_get("/api/v1/health").await?;
        let set_aside = health["set_aside"].as_array().ok_or("health has no set_aside")?;
        self.account.set_aside = set_aside.iter().map(ToString::to_string).collect();
        Ok(alidade)
    }
}

/// What was wrong with an end after SIGTERM.
fn disorder(end: &End) -> Option<String> {
    let is_in_order = end.status.success() && end.took <= TERMINATE_LIMIT;
    (!is_in_order)
        .then(|| format!("after SIGTERM the server ended with {} in {:?}:\n{}", end.status, end.took, end.log))
}
