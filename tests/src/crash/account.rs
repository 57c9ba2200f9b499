//! What a server has, against what it acknowledged.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::ledger::{SERVICE, Signal};
use crate::alidade::Alidade;

/// An answer of the SQL API has at most 100,000 rows.
const NUMBERS_PER_QUESTION: u64 = 50_000;
/// How many numbers an account names.
const NAMED_MAX: usize = 20;

/// What became of the records of a run.
#[derive(Debug, Clone, Default)]
pub struct Account {
    /// kill -9 under load.
    pub kills: u32,
    /// kill -9 while the server started.
    pub kills_at_start: u32,
    /// SIGTERM under load.
    pub terminations: u32,
    /// Of the ends after SIGTERM, the last one included, those with another exit code than 0 or beyond their limit, each with
    /// what the server had printed.
    pub not_in_order: Vec<String>,
    /// Records that were acknowledged, of all signals.
    pub acknowledged: usize,
    /// Acknowledged records that are not there.
    pub missing: usize,
    /// Records that are there more than once, acknowledged or not.
    pub doubled: usize,
    /// Rows that are no record that was ever sent.
    pub strange: u64,
    /// Requests that were answered and not taken whole.
    pub refused: u64,
    /// Files that were set aside, as `/api/v1/health` had them at the last start.
    pub set_aside: Vec<String>,
    /// From the start of the process until it listened.
    pub longest_start: Duration,
    /// From SIGTERM to the end of the process.
    pub longest_termination: Duration,
    /// The first missing and doubled records, for the one who has to find out why.
    pub named: Vec<String>,
}

impl Account {
    /// Whether everything acknowledged is there once, nothing is twice, no file had to be set aside, and every SIGTERM led
    /// to an end in order.
    pub fn is_whole(&self) -> bool {
        let is_right = self.missing == 0 && self.doubled == 0 && self.strange == 0;
        is_right && self.set_aside.is_empty() && self.not_in_order.is_empty()
    }

    /// Adds a signal.
    pub(super) fn compare(&mut self, signal: Signal, stored: &Stored, acknowledged: &BTreeSet<u64>) {
        self.acknowledged += acknowledged.len();
        let missing: Vec<_> = acknowledged.iter().filter(|number| !stored.counts.contains_key(number)).collect();
        let doubled: Vec<_> = stored.counts.iter().filter(|(_, count)| **count != 1).collect();
        self.missing += missing.len();
        self.doubled += doubled.len();
        self.strange += stored.rows - stored.counts.values().sum::<u64>();
        let table = signal.table();
        self.named.extend(missing.iter().take(NAMED_MAX).map(|number| format!("{table}: {number} is missing")));
        self.named
            .extend(doubled.iter().take(NAMED_MAX).map(|(n, count)| format!("{table}: {n} is there {count} times")));
    }
}

/// What a table holds.
pub(super) struct Stored {
    /// All rows.
    rows: u64,
    /// How often each number that was sent is there.
    counts: BTreeMap<u64, u64>,
}

/// Asks for every number below `sent`.
pub(super) async fn stored(alidade: &Alidade, signal: Signal, sent: u64) -> Result<Stored, String> {
    let (table, number) = (signal.table(), signal.number());
    let total = alidade.try_sql(&format!("SELECT count(*) FROM {table}")).await?;
    let mut stored = Stored { rows: cell(&total[0], 0)?, counts: BTreeMap::new() };
    for first in (0..sent).step_by(NUMBERS_PER_QUESTION as usize) {
        let end = first + NUMBERS_PER_QUESTION;
        let query = format!(
            "SELECT {number}, count(*) FROM {table} WHERE service_name = '{SERVICE}' AND {number} >= {first} \
             AND {number} < {end} GROUP BY 1"
        );
        for row in alidade.try_sql(&query).await? {
            stored.counts.insert(cell(&row, 0)?, cell(&row, 1)?);
        }
    }
    Ok(stored)
}

fn cell(row: &[serde_json::Value], column: usize) -> Result<u64, String> {
    row[column].as_u64().ok_or_else(|| format!("{row:?} is no row of numbers"))
}
