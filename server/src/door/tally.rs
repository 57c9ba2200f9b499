//! Exports refused at the door, by signal and reason.

use std::sync::atomic::{AtomicU64, Ordering};

use api::ErrorKind;

const SIGNALS: [(&str, &str); 3] = [("trace", "spans"), ("logs", "logs"), ("metrics", "metrics")];
const REASONS: [&str; 2] = ["unauthenticated", "forbidden"];

/// The counts since the start.
#[derive(Debug, Default)]
pub(super) struct Tally([[AtomicU64; REASONS.len()]; SIGNALS.len()]);

impl Tally {
    /// Counts a refused export. The signal is in the path: `/v1/traces`, `/opentelemetry.proto.collector.trace.v1.…`.
    pub(super) fn count(&self, path: &str, kind: ErrorKind) {
        let signal = SIGNALS.iter().position(|(word, _)| path.contains(word)).unwrap_or(0);
        let reason = usize::from(kind != ErrorKind::Unauthenticated);
        self.0[signal][reason].fetch_add(1, Ordering::Relaxed);
    }

    /// Signal, reason, how many.
    pub(super) fn counts(&self) -> Vec<(&'static str, &'static str, u64)> {
        let signals = SIGNALS.iter().zip(&self.0);
        let counts = signals.flat_map(|((_, signal), reasons)| {
            REASONS.iter().zip(reasons).map(|(reason, count)| (*signal, *reason, count.load(Ordering::Relaxed)))
        });
        counts.collect()
    }
}
