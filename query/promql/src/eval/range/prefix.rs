//! Sums and means of long windows, by differences of running sums: each sample is added once, not once a window.
//!
//! The running sums have twice a float's digits, so that a difference is as exact as adding up the window. Where values
//! differ so much in size that it would not be, or one is not finite, there are none and the window is added up.

use super::Input;
use super::window::Prepared;
use crate::request::Grid;

/// Samples a window has to have on average for running sums to be worth it.
const WINDOW_MIN: usize = 16;

/// The relative error that a difference may have.
const ERROR_MAX: f64 = 1e-13;

/// Before each sample, and behind the last: the sum of all before it, and what rounding lost of it.
pub(super) struct RunningSums {
    sums: Vec<f64>,
    lost: Vec<f64>,
}

impl RunningSums {
    /// The running sums of a series, if they are exact enough for its windows.
    pub(super) fn new(prepared: &Prepared<'_>, input: &Input<'_>) -> Option<Self> {
        let (timestamps, values) = prepared.floats();
        let (first, last) = (*timestamps.first()?, *timestamps.last()?);
        let spacing = (last - first) / i64::try_from(timestamps.len()).ok()?;
        if input.range < spacing.saturating_mul(i64::try_from(WINDOW_MIN).ok()?) || !is_exact(values) {
            return None;
        }
        let mut running =
            Self { sums: Vec::with_capacity(values.len() + 1), lost: Vec::with_capacity(values.len() + 1) };
        let (mut sum, mut lost) = (0.0, 0.0);
        running.push(sum, lost);
        for value in values {
            let (next, error) = two_sum(sum, *value);
            sum = next;
            lost += error;
            running.push(sum, lost);
        }
        sum.is_finite().then_some(running)
    }

    fn push(&mut self, sum: f64, lost: f64) {
        self.sums.push(sum);
        self.lost.push(lost);
    }

    /// The sum of the samples from one to another.
    fn between(&self, from: usize, to: usize) -> f64 {
        let (difference, error) = two_sum(self.sums[to], -self.sums[from]);
        difference + (error + (self.lost[to] - self.lost[from]))
    }
}

/// The sums, or the means, of a series of floats at all times of a grid.
pub(super) fn sums_of_floats(
    running: &RunningSums,
    prepared: &Prepared<'_>,
    input: &Input<'_>,
    grid: &Grid,
    is_mean: bool,
    results: &mut [f64],
) {
    let (timestamps, _) = prepared.floats();
    let (mut from, mut to) = (0, 0);
    for (result, time) in results.iter_mut().zip(grid.times()) {
        let end = input.seen.time(time);
        let start = end.saturating_sub(input.range);
        while to < timestamps.len() && timestamps[to] <= end {
            to += 1;
        }
        while from < to && timestamps[from] <= start {
            from += 1;
        }
        if from == to {
            continue;
        }
        let sum = running.between(from, to);
        #[expect(clippy::cast_precision_loss, reason = "a count of samples")]
        let count = (to - from) as f64;
        *result = if is_mean { sum / count } else { sum };
    }
}

/// A sum and what rounding lost of it, exactly (Knuth).
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let of_b = sum - a;
    (sum, (a - (sum - of_b)) + (b - of_b))
}

/// Whether the error of a running sum is small beside the smallest value.
fn is_exact(values: &[f64]) -> bool {
    let (mut smallest, mut largest) = (f64::INFINITY, 0.0_f64);
    for value in values {
        let size = value.abs();
        // Also if it is NaN.
        if !size.is_finite() {
            return false;
        }
        largest = largest.max(size);
        if size > 0.0 {
            smallest = smallest.min(size);
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "a count of samples")]
    let count = values.len() as f64;
    largest == 0.0 || largest / smallest * count * count * f64::EPSILON * f64::EPSILON < ERROR_MAX
}

#[cfg(test)]
mod tests;
