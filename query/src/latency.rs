//! A mergeable histogram of durations: what percentiles and the panels' histograms are computed from.
//!
//! Sixteen buckets for each doubling, so a percentile is off by at most 2.2 percent. Count, sum, smallest and largest
//! are exact. Two of them merge by adding, in any order.

use std::collections::BTreeMap;

use api::service::{Latency, LatencyBucket};

const BUCKETS_PER_DOUBLING: f64 = 16.0;

/// How many buckets a panel shows at most.
const PANEL_BUCKETS: i32 = 20;

/// Durations in nanoseconds, by logarithmic bucket.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sketch {
    /// Bucket `i` holds durations in `(2^(i/16), 2^((i+1)/16)]`; durations up to 1 ns lie in bucket -1.
    buckets: BTreeMap<i32, u64>,
    count: u64,
    sum: f64,
    min: i64,
    max: i64,
}

impl Sketch {
    /// Adds a duration; a negative one counts as 0.
    pub fn add(&mut self, duration_ns: i64) {
        let duration = duration_ns.max(0);
        *self.buckets.entry(bucket(duration)).or_default() += 1;
        self.min = if self.count == 0 { duration } else { self.min.min(duration) };
        self.max = self.max.max(duration);
        self.count += 1;
        self.sum += duration as f64;
    }

    /// Adds what the other one holds.
    pub fn merge(&mut self, other: &Self) {
        if other.count == 0 {
            return;
        }
        for (index, count) in &other.buckets {
            *self.buckets.entry(*index).or_default() += count;
        }
        self.min = if self.count == 0 { other.min } else { self.min.min(other.min) };
        self.max = self.max.max(other.max);
        self.count += other.count;
        self.sum += other.sum;
    }

    /// How many durations.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Their mean; 0 where there are none.
    pub fn average(&self) -> f64 {
        if self.count == 0 { 0.0 } else { self.sum / self.count as f64 }
    }

    /// The duration that `percent` of all do not exceed; 0 where there are none.
    pub fn percentile(&self, percent: f64) -> f64 {
        if self.count == 0 {
            return 0.0;
        }
        let rank = (percent / 100.0 * self.count as f64).ceil().max(1.0) as u64;
        let mut seen = 0;
        for (index, count) in &self.buckets {
            seen += count;
            if seen >= rank {
                let middle = lower(*index).midpoint(lower(index + 1));
                return middle.clamp(self.min as f64, self.max as f64);
            }
        }
        self.max as f64
    }

    /// The numbers that a table of services shows.
    pub fn latency(&self) -> Latency {
        Latency {
            average_ns: self.average(),
            p50_ns: self.percentile(50.0),
            p90_ns: self.percentile(90.0),
            p95_ns: self.percentile(95.0),
            p99_ns: self.percentile(99.0),
            max_ns: self.max as f64,
        }
    }

    /// About twenty buckets of equal width on a logarithmic axis, from the smallest to the largest duration.
    pub fn panel(&self) -> Vec<LatencyBucket> {
        let (Some((&first, _)), Some((&last, _))) = (self.buckets.first_key_value(), self.buckets.last_key_value())
        else {
            return Vec::new();
        };
        let width = (last - first) / PANEL_BUCKETS + 1;
        (first..=last)
            .step_by(usize::try_from(width).unwrap_or(1))
            .map(|start| LatencyBucket {
                lower_ns: lower(start),
                upper_ns: lower(start + width),
                count: self.buckets.range(start..start + width).map(|(_, count)| count).sum(),
            })
            .collect()
    }
}

fn bucket(duration: i64) -> i32 {
    if duration <= 1 {
        return -1;
    }
    // `(lower, upper]`: the upper end of a bucket belongs to it.
    ((duration as f64).log2() * BUCKETS_PER_DOUBLING).ceil() as i32 - 1
}

fn lower(index: i32) -> f64 {
    if index < 0 { 0.0 } else { (f64::from(index) / BUCKETS_PER_DOUBLING).exp2() }
}

#[cfg(test)]
mod tests;
