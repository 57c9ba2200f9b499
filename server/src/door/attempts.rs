//! Failed logins, counted by address and by user over a sliding window.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How many addresses and users are remembered; beyond it the oldest are forgotten.
const SOURCES_MAX: usize = 10_000;

/// Begins the name of a source that is counted whatever the address.
pub(super) const EVERYWHERE: &str = "everywhere user ";

/// How many times more failures such a source may have.
const EVERYWHERE_FACTOR: usize = 10;

/// The failures of the last window.
pub(super) struct Attempts {
    failures_max: usize,
    window_seconds: i64,
    failures: Mutex<HashMap<String, Vec<i64>>>,
}

impl Attempts {
    pub(super) fn new(failures_max: usize, window: Duration) -> Self {
        Self { failures_max, window_seconds: super::seconds(window), failures: Mutex::default() }
    }

    /// Counts a try for each source as failed until [`Self::succeeded`] says otherwise, so that many at once do not
    /// slip through; or refuses it with how many seconds to wait, where one of the sources failed too often.
    pub(super) fn begin(&self, sources: &[String], now: i64) -> Result<(), i64> {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        let waits = sources.iter().filter_map(|source| {
            let recent: Vec<i64> =
                failures.get(source)?.iter().copied().filter(|time| self.is_recent(*time, now)).collect();
            let factor = if source.starts_with(EVERYWHERE) { EVERYWHERE_FACTOR } else { 1 };
            let decisive = recent.len().checked_sub(self.failures_max.saturating_mul(factor))?;
            Some((recent[decisive] + self.window_seconds - now).max(1))
        });
        if let Some(wait_seconds) = waits.max() {
            return Err(wait_seconds);
        }
        for source in sources {
            let times = failures.entry(source.clone()).or_default();
            times.retain(|time| self.is_recent(*time, now));
            times.push(now);
        }
        if failures.len() > SOURCES_MAX {
            failures.retain(|_, times| times.last().is_some_and(|time| self.is_recent(*time, now)));
        }
        while failures.len() > SOURCES_MAX {
            let oldest =
                failures.iter().min_by_key(|(_, times)| times.last().copied()).map(|(source, _)| source.clone());
            let Some(oldest) = oldest else { break };
            failures.remove(&oldest);
        }
        Ok(())
    }

    /// A login succeeded: its sources start afresh.
    pub(super) fn succeeded(&self, sources: &[String]) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        for source in sources {
            failures.remove(source);
        }
    }

    fn is_recent(&self, time: i64, now: i64) -> bool {
        time > now - self.window_seconds
    }
}

#[cfg(test)]
mod tests;
