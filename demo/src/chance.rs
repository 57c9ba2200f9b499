//! Everything random: the same seed makes the same shop. And the rhythm of a day.
//!
//! Ids have a seed of their own, so that two runs of the same shop do not send the same trace ids.

use std::f64::consts::TAU;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// A seeded source of decisions.
pub(crate) struct Chance {
    decisions: StdRng,
    ids: StdRng,
}

impl Chance {
    pub(crate) fn new(seed: u64, ids_seed: u64) -> Self {
        Self { decisions: StdRng::seed_from_u64(seed), ids: StdRng::seed_from_u64(ids_seed) }
    }

    /// True in `share` of all cases.
    pub(crate) fn happens(&mut self, share: f64) -> bool {
        self.decisions.random::<f64>() < share
    }

    /// Milliseconds with a long tail: half of them below `median_ms`; `spread` 0.3 is steady, 1.0 is wild.
    pub(crate) fn millis(&mut self, median_ms: f64, spread: f64) -> f64 {
        // Box-Muller; 1 - u is never 0.
        let radius = (-2.0 * (1.0 - self.decisions.random::<f64>()).ln()).sqrt();
        let normal = radius * (TAU * self.decisions.random::<f64>()).cos();
        median_ms * (spread * normal).exp()
    }

    /// The time to the next of events that come `per_second` on average.
    pub(crate) fn until_next(&mut self, per_second: f64) -> Duration {
        Duration::from_secs_f64((-(1.0 - self.decisions.random::<f64>()).ln() / per_second).min(3600.0))
    }

    /// A number in `0..end`.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.decisions.random_range(0..end)
    }

    /// One of them.
    pub(crate) fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.decisions.random_range(0..choices.len())]
    }

    /// An id that is not zero, for a trace.
    pub(crate) fn trace_id(&mut self) -> u128 {
        self.ids.random::<u128>().max(1)
    }

    /// An id that is not zero, for a span.
    pub(crate) fn span_id(&mut self) -> u64 {
        self.ids.random::<u64>().max(1)
    }

    /// 32 hexadecimal digits in the form of a UUID.
    pub(crate) fn request_id(&mut self) -> String {
        let digits = format!("{:032x}", self.ids.random::<u128>());
        [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]].join("-")
    }
}

/// How busy the shop is at that time of the (UTC) day: 1 on average, 1.4 in the early afternoon, 0.6 at night.
pub(crate) fn rhythm(at: SystemTime) -> f64 {
    const PEAK_HOUR: f64 = 14.0;
    let seconds = at.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs() % 86_400;
    let hour = seconds as f64 / 3600.0;
    1.0 + 0.4 * ((hour - PEAK_HOUR) / 24.0 * TAU).cos()
}

#[cfg(test)]
mod tests;
