//! How measurements are distributed, from whatever a metric says of them. Pure.
//!
//! Everything becomes intervals with a count: a single value is an interval of no width, a bucket of either kind of
//! histogram one from bound to bound, a summary the intervals between its quantiles. A percentile is found by rank; within
//! intervals the measurements are taken to lie evenly. Beyond [`INTERVALS_MAX`] different ones, single values are rounded to
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

    /// The value that `percent` of the measurements do not exceed: where the count of all that lies below, which rises
    /// evenly within each interval, reaches that share. Intervals of several points overlap.
    pub fn percentile(&self, percent: f64) -> Option<f64> {
        let steps = steps(self.intervals.iter().map(|(key, count)| interval_of((*key, *count))));
        let total: f64 = self.intervals.values().sum();
        // The tolerance is for sums of counts that are not whole (differences of summaries).
        let (rank, tolerance) = (percent / 100.0 * total, total * 1e-12);
        let (mut below, mut slope, mut at) = (0.0, 0.0, steps.first()?.value);
        for step in &steps {
            let reached = below + slope * (step.value - at);
            if slope > 0.0 && reached >= rank - tolerance {
                return Some((at + (rank - below) / slope).clamp(at, step.value));
            }
            below = reached + step.here;
            if below >= rank - tolerance {
                return Some(step.value);
            }
            (slope, at) = (step.slope, step.value);
        }
        steps.last().map(|step| step.value)
    }
}

/// A value at which intervals begin or end, or measurements lie.
struct Step {
    value: f64,
    /// How many measurements lie right here.
    here: f64,
    /// How many measurements there are for a unit, from here on.
    slope: f64,
}

/// The steps of all the intervals, rising.
fn steps(intervals: impl Iterator<Item = Interval>) -> Vec<Step> {
    // Value, measurements right there, and by how much the intervals that cover it become more.
    let mut changes: Vec<(f64, f64, f64, i32)> = Vec::new();
    for interval in intervals {
        let width = interval.upper - interval.lower;
        if width > 0.0 && width.is_finite() && (interval.count / width).is_finite() {
            changes.push((interval.lower, 0.0, interval.count / width, 1));
            changes.push((interval.upper, 0.0, -interval.count / width, -1));
        } else {
            changes.push((interval.upper, interval.count, 0.0, 0));
        }
    }
    changes.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut steps: Vec<Step> = Vec::new();
    let (mut slope, mut covering) = (0.0, 0);
    for (value, here, steeper, more) in changes {
        covering += more;
        // What many additions leave over is not a slope.
        slope = if covering == 0 { 0.0 } else { slope + steeper };
        match steps.last_mut().filter(|step| step.value == value) {
            Some(step) => (step.here, step.slope) = (step.here + here, slope),
            None => steps.push(Step { value, here, slope }),
        }
    }
    steps
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

    #[test]
    fn intervals_that_overlap_are_added_up() {
        let mut distribution = Distribution::default();
        distribution.add(Interval { lower: 101.0, upper: 200.0, count: 1_000.0 });
        distribution.add(Interval { lower: 101.0, upper: 900.0, count: 1_000.0 });
        let narrow = |percent: f64| (percent / 100.0 * 2_000.0) / (1_000.0 / 99.0 + 1_000.0 / 799.0) + 101.0;
        assert!((distribution.percentile(50.0).unwrap() - narrow(50.0)).abs() < 1e-6);
        let beyond = 200.0 + (1_200.0 - 1_000.0 - 99.0 / 799.0 * 1_000.0) * 799.0 / 1_000.0;
        assert!((distribution.percentile(60.0).unwrap() - beyond).abs() < 1e-6);
        assert_eq!(distribution.percentile(100.0), Some(900.0));
    }

    proptest! {
        #[test]
        fn a_percentile_rises_with_its_percent(ends in prop::collection::vec((-1e3_f64..1e3, 0.0_f64..1e3, 0.1_f64..100.0), 1..40)) {
            let mut distribution = Distribution::default();
            for (lower, width, count) in &ends {
                distribution.add(Interval { lower: *lower, upper: lower + width, count: *count });
            }
            let all: Vec<f64> = (1..=100).map(|percent| distribution.percentile(f64::from(percent)).unwrap()).collect();
            prop_assert!(all.is_sorted(), "{all:?}");
            let highest = ends.iter().map(|(lower, width, _)| lower + width).fold(f64::MIN, f64::max);
            prop_assert!((all[99] - highest).abs() < 1e-6, "{} is not {highest}", all[99]);
        }

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
