//! The share of a native histogram's observations between two values.

use super::{Bucket, FloatHistogram};

/// The histogram has NaN observations, which are in no fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NanOutside;

impl FloatHistogram {
    /// The share of the observations between two values, estimated as [`quantile`](Self::quantile) does.
    pub fn fraction(&self, lower: f64, upper: f64) -> f64 {
        self.fraction_with_nan(lower, upper).0
    }

    pub(crate) fn fraction_with_nan(&self, lower: f64, upper: f64) -> (f64, Option<NanOutside>) {
        if self.count == 0.0 || lower.is_nan() || upper.is_nan() {
            return (f64::NAN, None);
        }
        if lower >= upper {
            return (0.0, None);
        }
        let buckets = self.buckets();
        let lower_rank = self.rank(&buckets, lower);
        let upper_rank = self.rank(&buckets, upper);
        let (mut count, mut outside) = (self.count, None);
        if self.sum.is_nan() {
            count = buckets.iter().map(|bucket| bucket.count).sum();
            outside = (count < self.count).then_some(NanOutside);
        }
        let capped = |rank: Option<f64>| rank.map_or(count, |rank| if rank > count { count } else { rank });
        ((capped(upper_rank) - capped(lower_rank)) / self.count, outside)
    }

    /// How many observations are below a value; none if the value is above all buckets.
    fn rank(&self, buckets: &[Bucket], value: f64) -> Option<f64> {
        let mut rank = 0.0;
        for bucket in buckets {
            let mut bucket = *bucket;
            let is_zero = bucket.lower <= 0.0 && bucket.upper >= 0.0;
            if is_zero {
                self.narrow_zero(&mut bucket);
            }
            if bucket.lower >= value {
                return Some(rank);
            }
            if bucket.upper > value {
                let is_linear = self.has_custom_bounds() || is_zero;
                // An infinitely wide bucket cannot be divided: it counts as if all of it were below.
                if is_linear && bucket.lower == f64::NEG_INFINITY {
                    return Some(bucket.count);
                }
                return Some(rank + bucket.count * bucket.fraction_below(value, is_linear));
            }
            rank += bucket.count;
        }
        None
    }
}
