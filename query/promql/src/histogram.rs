//! Native histograms with float counts: exponential buckets of the schemas -4 to 8, and custom buckets.
//!
//! What it promises: the arithmetic of Prometheus' native histograms (resolutions, zero buckets and custom bounds are
//! reconciled). A bucket is an index and a count, sorted by index, so that operations merge two sorted lists; spans are
//! only a way to read and write them. What it leaves out: validation of what a caller made up; counts may be negative.

mod arithmetic;
mod buckets;
mod fraction;
mod kahan;
mod quantile;
mod reset;
mod text;
mod trim;

use std::sync::Arc;

pub use arithmetic::{Combined, IncompatibleSchemas};
pub use buckets::{Bucket, Buckets, Span};
pub(crate) use kahan::HistogramSum;
pub(crate) use quantile::NanFound;
pub use trim::Keep;

/// The schema of a histogram with custom bounds.
pub const CUSTOM_SCHEMA: i32 = -53;

/// What is known of a counter reset between a histogram and the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ResetHint {
    /// Not known: the two have to be compared.
    #[default]
    Unknown,
    /// There was a reset.
    Reset,
    /// There was none.
    NotReset,
    /// The histogram is a gauge, which is never reset.
    Gauge,
}

/// A native histogram.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FloatHistogram {
    /// What is known of a counter reset before it.
    pub reset_hint: ResetHint,
    /// -4 to 8: a bucket's bound is the one before times 2^(2^-schema). [`CUSTOM_SCHEMA`]: the bounds are `bounds`.
    pub schema: i32,
    /// Observations of at most this absolute value are in the zero bucket.
    pub zero_threshold: f64,
    /// The count of the zero bucket.
    pub zero_count: f64,
    /// Observations of any value, NaN among them.
    pub count: f64,
    /// The sum of the observations; the staleness marker if the series is stale.
    pub sum: f64,
    /// The buckets of positive values, or all if the bounds are custom.
    pub positive: Buckets,
    /// The buckets of negative values.
    pub negative: Buckets,
    /// The upper bounds of custom buckets, increasing, without +Inf.
    pub bounds: Arc<[f64]>,
}

impl FloatHistogram {
    /// Whether its bounds are custom.
    pub fn has_custom_bounds(&self) -> bool {
        self.schema == CUSTOM_SCHEMA
    }

    /// The mean of its observations; NaN without any.
    pub fn average(&self) -> f64 {
        self.sum / self.count
    }

    /// The variance of its observations, each taken for the mean of its bucket: the geometric one of an exponential
    /// bucket, 0 for the zero bucket, the arithmetic one of a custom bucket.
    pub fn variance(&self) -> f64 {
        let mean = self.average();
        let mut sum = crate::kahan::Sum::default();
        for bucket in self.buckets().iter().filter(|bucket| bucket.count != 0.0) {
            let value = if self.has_custom_bounds() {
                f64::midpoint(bucket.upper, bucket.lower)
            } else if bucket.lower <= 0.0 && bucket.upper >= 0.0 {
                0.0
            } else {
                (bucket.upper * bucket.lower).sqrt().copysign(bucket.upper)
            };
            sum.add(bucket.count * (value - mean) * (value - mean));
        }
        sum.total() / self.count
    }

    /// Removes buckets without observations.
    pub fn compact(&mut self) {
        self.positive.compact();
        self.negative.compact();
    }

    /// Whether two hold the same numbers, bit by bit, in the same buckets. Hints are not compared.
    pub fn equals(&self, other: &Self) -> bool {
        let bits = |a: f64, b: f64| a.to_bits() == b.to_bits();
        self.schema == other.schema
            && bits(self.count, other.count)
            && bits(self.sum, other.sum)
            && (!self.has_custom_bounds() || self.bounds == other.bounds)
            && self.zero_threshold == other.zero_threshold
            && bits(self.zero_count, other.zero_count)
            && self.negative.equals(&other.negative)
            && self.positive.equals(&other.positive)
    }

    /// Whether a count or the sum is infinite.
    pub(crate) fn has_overflow(&self) -> bool {
        let counts = self.positive.counts.iter().chain(&self.negative.counts);
        [self.zero_count, self.count, self.sum].iter().chain(counts).any(|number| number.is_infinite())
    }

    /// How many samples it counts as.
    pub(crate) fn weight(&self) -> usize {
        10 + self.positive.len() + self.negative.len()
    }
}

#[cfg(test)]
mod tests;
