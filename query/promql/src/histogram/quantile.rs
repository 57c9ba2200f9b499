//! Quantiles of a native histogram.

use super::{Bucket, FloatHistogram};

/// What NaN observations did to a quantile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NanFound {
    /// It fell among them.
    Result,
    /// It is higher than without them.
    Skew,
}

impl FloatHistogram {
    /// The value below which the share `q` of the observations lies. Within an exponential bucket observations are
    /// spread evenly on a logarithmic scale, within others linearly. NaN without observations, infinite where `q` is
    /// not from 0 to 1.
    pub fn quantile(&self, q: f64) -> f64 {
        self.quantile_with_nan(q).0
    }

    pub(crate) fn quantile_with_nan(&self, q: f64) -> (f64, Option<NanFound>) {
        if q < 0.0 {
            return (f64::NEG_INFINITY, None);
        }
        if q > 1.0 {
            return (f64::INFINITY, None);
        }
        if self.count == 0.0 || q.is_nan() {
            return (f64::NAN, None);
        }
        // NaN observations are in no bucket: counted from below, they are the highest.
        let from_below = self.sum.is_nan() || q < 0.5;
        let rank = if from_below { q * self.count } else { (1.0 - q) * self.count };
        let mut buckets = self.buckets();
        if !from_below {
            buckets.reverse();
        }
        let (found, count, rest) = seek(&buckets, rank);
        let mut bucket = found;
        if self.has_custom_bounds() {
            if bucket.lower == f64::NEG_INFINITY {
                if bucket.upper <= 0.0 {
                    return (bucket.upper, None);
                }
                bucket.lower = 0.0;
            } else if bucket.upper == f64::INFINITY {
                return (bucket.lower, None);
            }
        } else if bucket.lower < 0.0 && bucket.upper > 0.0 {
            self.narrow_zero(&mut bucket);
        }
        let count = if count > self.count { self.count } else { count };
        if count < rank {
            return if self.sum.is_nan() { (f64::NAN, Some(NanFound::Result)) } else { (bucket.upper, None) };
        }
        let rank = if from_below { rank - (count - bucket.count) } else { count - rank };
        let is_skewed = self.sum.is_nan() && count + rest < self.count;
        (within(&bucket, rank / bucket.count, self.has_custom_bounds()), is_skewed.then_some(NanFound::Skew))
    }

    /// A zero bucket holds nothing of the sign that no other bucket has.
    pub(super) fn narrow_zero(&self, bucket: &mut Bucket) {
        match (self.negative.is_empty(), self.positive.is_empty()) {
            (true, false) => bucket.lower = 0.0,
            (false, true) => bucket.upper = 0.0,
            _ => {}
        }
    }
}

/// The bucket that a rank falls into, the observations up to its end, and those behind it. Without any bucket that
/// reaches the rank: the last one that has observations.
fn seek(buckets: &[Bucket], rank: f64) -> (Bucket, f64, f64) {
    let mut count = 0.0;
    let mut last = Bucket { lower: 0.0, upper: 0.0, lower_inclusive: false, upper_inclusive: false, count: 0.0 };
    for (i, bucket) in buckets.iter().enumerate() {
        last = *bucket;
        if bucket.count == 0.0 {
            continue;
        }
        count += bucket.count;
        if count >= rank {
            return (last, count, buckets[i + 1..].iter().map(|bucket| bucket.count).sum());
        }
    }
    (last, count, 0.0)
}

fn within(bucket: &Bucket, fraction: f64, is_custom: bool) -> f64 {
    if is_custom || (bucket.lower <= 0.0 && bucket.upper >= 0.0) {
        return bucket.lower + (bucket.upper - bucket.lower) * fraction;
    }
    let (lower, upper) = (bucket.lower.abs().log2(), bucket.upper.abs().log2());
    if bucket.lower > 0.0 {
        (lower + (upper - lower) * fraction).exp2()
    } else {
        -(upper + (lower - upper) * (1.0 - fraction)).exp2()
    }
}
