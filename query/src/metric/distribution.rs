//! How measurements are distributed, from whatever a metric says of them. Pure.
//!
//! Everything becomes intervals with a count: a single value is an interval of no width, a bucket of either kind of
//! histogram one from bound to bound, a summary the intervals between its quantiles. A percentile is found by rank and,
//! within an interval, by linear interpolation. Beyond [`INTERVALS_MAX`] different ones, single values are rounded to
//! logarithmic buckets of one percent.

use std::collections::HashMap;

/// How many different intervals are kept exactly.
pub const INTERVALS_MAX: usize = 4_096;

const ROUNDED_PER_DOUBLING: f64 = 64.0;

/// Counted intervals.
#[derive(Debug, Clone, Default)]
pub struct Distribution {
    /// By the bits of lower and upper end.
    intervals: HashMap<(u64, u64), f64>,
    rounding: bool,
}

/// Measurements in `(lower, upper]`, or all equal where both are the same.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Lower end.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
    /// How many measurements.
    pub count: f64,
}

impl Distribution {
    /// Adds one measurement.
    pub fn add_value(&mut self, value: f64) {
        self.add(Interval { lower: value, upper: value, count: 1.0 });
    }

    /// Adds counted measurements; what is not a number, or no measurement, is left out.
    pub fn add(&mut self, interval: Interval) {
        if !interval.count.is_finite() || interval.count <= 0.0 || interval.lower.is_nan() || interval.upper.is_nan() {
            return;
        }
        let interval = if self.rounding { rounded(interval) } else { interval };
        *self.intervals.entry(key(interval)).or_default() += interval.count;
        if self.intervals.len() > INTERVALS_MAX && !self.rounding {
            self.rounding = true;
            let exact = std::mem::take(&mut self.intervals);
            exact.into_iter().map(interval_of).for_each(|interval| self.add(interval));
        }
    }

    /// The value that `percent` of the measurements do not exceed.
    pub fn percentile(&self, percent: f64) -> Option<f64> {
        let mut sorted: Vec<Interval> = self.intervals.iter().map(|(key, count)| interval_of((*key, *count))).collect();
        sorted.sort_by(|a, b| a.upper.total_cmp(&b.upper).then(a.lower.total_cmp(&b.lower)));
        let total: f64 = sorted.iter().map(|interval| interval.count).sum();
        let rank = percent / 100.0 * total;
        let mut below = 0.0;
        for interval in &sorted {
            // The tolerance is for sums of counts that are not whole (differences of summaries).
            if below + interval.count >= rank - total * 1e-12 {
                let share = ((rank - below) / interval.count).clamp(0.0, 1.0);
                return Some(interpolate(interval, share));
            }
            below += interval.count;
        }
        sorted.last().map(|interval| interval.upper)
    }
}

fn interpolate(interval: &Interval, share: f64) -> f64 {
    let width = interval.upper - interval.lower;
    if width == 0.0 || !width.is_finite() { interval.upper } else { interval.lower + width * share }
}

/// Zero has two bit patterns.
fn key(interval: Interval) -> (u64, u64) {
    ((interval.lower + 0.0).to_bits(), (interval.upper + 0.0).to_bits())
}

fn interval_of(((lower, upper), count): ((u64, u64), f64)) -> Interval {
    Interval { lower: f64::from_bits(lower), upper: f64::from_bits(upper), count }
}

fn rounded(interval: Interval) -> Interval {
    let value = interval.upper;
    if interval.lower != value || value == 0.0 || !value.is_finite() {
        return interval;
    }
    let index = (value.abs().log2() * ROUNDED_PER_DOUBLING).ceil();
    let (near, far) = (((index - 1.0) / ROUNDED_PER_DOUBLING).exp2(), (index / ROUNDED_PER_DOUBLING).exp2());
    let (lower, upper) = if value > 0.0 { (near, far) } else { (-far, -near) };
    Interval { lower, upper, ..interval }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn single_values_are_found_by_rank() {
        let mut distribution = Distribution::default();
        (1..=100).for_each(|value| distribution.add_value(f64::from(value)));
        assert_eq!(distribution.percentile(50.0), Some(50.0));
        assert_eq!(distribution.percentile(99.0), Some(99.0));
        assert_eq!(distribution.percentile(100.0), Some(100.0));
        assert_eq!(Distribution::default().percentile(50.0), None);
    }

    #[test]
    fn within_a_bucket_it_is_interpolated() {
        let mut distribution = Distribution::default();
        distribution.add(Interval { lower: 0.0, upper: 10.0, count: 50.0 });
        distribution.add(Interval { lower: 10.0, upper: 20.0, count: 50.0 });
        assert_eq!(distribution.percentile(25.0), Some(5.0));
        assert_eq!(distribution.percentile(50.0), Some(10.0));
        assert_eq!(distribution.percentile(75.0), Some(15.0));
    }

    proptest! {
        #[test]
        fn many_values_are_rounded_within_one_percent(values in prop::collection::vec(-1e6_f64..1e6, 5_000..6_000), percent in 1.0_f64..100.0) {
            let mut distribution = Distribution::default();
            values.iter().for_each(|value| distribution.add_value(*value));
            let mut sorted = values;
            sorted.sort_by(f64::total_cmp);
            let rank = (percent / 100.0 * sorted.len() as f64).ceil().max(1.0) as usize;
            let exact = sorted[rank - 1];
            let found = distribution.percentile(percent).unwrap();
            prop_assert!((found - exact).abs() <= exact.abs() * 0.0115 + 1e-9, "{found} for {exact}");
        }
    }
}
