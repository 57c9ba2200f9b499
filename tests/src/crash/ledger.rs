//! What was sent and what of it was acknowledged.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::dice::Dice;
use crate::otlp::{self, Reply};
use crate::poll::now_unix_nano;

/// The service that all records are of.
pub(super) const SERVICE: &str = "crash";
/// A request has at most so many records.
const RECORDS_MAX: usize = 8;
/// A client that is refused comes again after this long.
const PAUSE: Duration = Duration::from_millis(50);

/// What is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// Spans, the number in the name.
    Spans,
    /// Log records, the number in the body.
    Logs,
    /// Points of a gauge, the number as the value.
    Metrics,
}

impl Signal {
    /// All three.
    pub const ALL: [Self; 3] = [Self::Spans, Self::Logs, Self::Metrics];

    /// The table.
    pub fn table(self) -> &'static str {
        ["spans", "logs", "metrics"][self as usize]
    }

    /// The SQL expression of a record's number.
    pub(super) fn number(self) -> &'static str {
        ["CAST(name AS BIGINT)", "CAST(body AS BIGINT)", "value_int"][self as usize]
    }
}

/// Every number is sent once as a record of each signal, and never again whatever became of it.
#[derive(Default)]
pub struct Ledger {
    next: AtomicU64,
    acknowledged: [Mutex<BTreeSet<u64>>; 3],
    refused: AtomicU64,
}

impl Ledger {
    /// Numbers below this one were sent.
    pub fn sent(&self) -> u64 {
        self.next.load(Ordering::Relaxed)
    }

    /// The numbers that were acknowledged.
    pub fn acknowledged(&self, signal: Signal) -> BTreeSet<u64> {
        self.acknowledged[signal as usize].lock().expect("the ledger").clone()
    }

    /// Requests that the server answered and did not take whole.
    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }
}

/// Sends the same numbers as spans, log records and points at once, again and again until the server is gone.
pub(super) async fn write(client: reqwest::Client, endpoint: String, mut dice: Dice, ledger: std::sync::Arc<Ledger>) {
    loop {
        let count = 1 + dice.below(RECORDS_MAX) as u64;
        let first = ledger.next.fetch_add(count, Ordering::Relaxed);
        let numbers = || first..first + count;
        let now = now_unix_nano();
        let span = |n: u64| otlp::span(u128::from(n) + 1, n + 1, &n.to_string(), now);
        let spans = otlp::traces(SERVICE, numbers().map(span).collect());
        let logs = otlp::logs(SERVICE, numbers().map(|n| otlp::log(&n.to_string(), now)).collect());
        // Points of one series differ by their times.
        let point = |n: u64| otlp::point(n.cast_signed(), now + (n - first).cast_signed());
        let points = otlp::gauge(SERVICE, "crash", numbers().map(point).collect());
        let replies = tokio::join!(
            otlp::export_replied(&client, &endpoint, "/v1/traces", spans),
            otlp::export_replied(&client, &endpoint, "/v1/logs", logs),
            otlp::export_replied(&client, &endpoint, "/v1/metrics", points),
        );
        let replies = [replies.0, replies.1, replies.2];
        for (reply, acknowledged) in replies.iter().zip(&ledger.acknowledged) {
            match reply {
                Reply::Acknowledged => acknowledged.lock().expect("the ledger").extend(numbers()),
                Reply::Refused => _ = ledger.refused.fetch_add(1, Ordering::Relaxed),
                Reply::Gone => {}
            }
        }
        if replies.contains(&Reply::Gone) {
            return;
        }
        if replies.contains(&Reply::Refused) {
            tokio::time::sleep(PAUSE).await;
        }
    }
}
