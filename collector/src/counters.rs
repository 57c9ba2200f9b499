//! What came in, what was taken and what was refused and why, since the start of the process.

use std::sync::atomic::{AtomicU64, Ordering};

use storage::Signal;

use crate::reason::{ReasonKind, Refused};
use crate::refusal::RefusalKind;
use crate::signal::SignalNames;

/// The counters of all signals at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counters {
    /// One entry a signal, in the order of [`Signal::ALL`].
    pub signals: Vec<SignalCounters>,
    /// Requests to a path that is none of OTLP's, on a listener of the collector's own.
    pub requests_unrouted: u64,
}

/// The counters of one signal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignalCounters {
    /// Which signal.
    pub signal: Signal,
    /// Requests that were answered, refused ones included.
    pub requests: u64,
    /// Bytes of bodies as they were sent.
    pub bytes_sent: u64,
    /// Bytes of bodies after decompression.
    pub bytes_decompressed: u64,
    /// Rows that storage acknowledged.
    pub rows_accepted: u64,
    /// Rows refused by reason; all reasons, also those that did not occur.
    pub rows_refused: Vec<(&'static str, u64)>,
    /// Requests refused by reason; all reasons, also those that did not occur.
    pub requests_refused: Vec<(&'static str, u64)>,
}

/// The live counters.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    signals: [SignalTally; Signal::ALL.len()],
    requests_unrouted: AtomicU64,
}

#[derive(Debug, Default)]
struct SignalTally {
    requests: AtomicU64,
    bytes_sent: AtomicU64,
    bytes_decompressed: AtomicU64,
    rows_accepted: AtomicU64,
    rows_refused: [AtomicU64; ReasonKind::ALL.len()],
    requests_refused: [AtomicU64; RefusalKind::ALL.len()],
}

impl Tally {
    pub(crate) fn request(&self, signal: Signal) {
        add(&self.of(signal).requests, 1);
    }

    pub(crate) fn request_refused(&self, signal: Signal, kind: RefusalKind) {
        add(&self.of(signal).requests_refused[kind as usize], 1);
    }

    pub(crate) fn unrouted(&self) {
        add(&self.requests_unrouted, 1);
    }

    pub(crate) fn bytes(&self, signal: Signal, sent: usize, decompressed: usize) {
        add(&self.of(signal).bytes_sent, sent as u64);
        add(&self.of(signal).bytes_decompressed, decompressed as u64);
    }

    pub(crate) fn rows_accepted(&self, signal: Signal, rows: usize) {
        add(&self.of(signal).rows_accepted, rows as u64);
    }

    pub(crate) fn rows_refused(&self, signal: Signal, refused: &Refused) {
        for (kind, rows) in refused.by_kind() {
            add(&self.of(signal).rows_refused[kind as usize], rows);
        }
    }

    pub(crate) fn snapshot(&self) -> Counters {
        Counters {
            signals: Signal::ALL.into_iter().map(|signal| self.of(signal).snapshot(signal)).collect(),
            requests_unrouted: get(&self.requests_unrouted),
        }
    }

    fn of(&self, signal: Signal) -> &SignalTally {
        &self.signals[signal.index()]
    }
}

impl SignalTally {
    fn snapshot(&self, signal: Signal) -> SignalCounters {
        let reasons = ReasonKind::ALL.into_iter().map(ReasonKind::as_str);
        let refusals = RefusalKind::ALL.into_iter().map(RefusalKind::as_str);
        SignalCounters {
            signal,
            requests: get(&self.requests),
            bytes_sent: get(&self.bytes_sent),
            bytes_decompressed: get(&self.bytes_decompressed),
            rows_accepted: get(&self.rows_accepted),
            rows_refused: reasons.zip(self.rows_refused.iter().map(get)).collect(),
            requests_refused: refusals.zip(self.requests_refused.iter().map(get)).collect(),
        }
    }
}

fn add(counter: &AtomicU64, amount: u64) {
    counter.fetch_add(amount, Ordering::Relaxed);
}

fn get(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}
