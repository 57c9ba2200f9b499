//! Sums, differences and multiples of histograms, after their layouts were reconciled.

use std::sync::Arc;

use super::buckets::exponential_bound;
use super::{Buckets, CUSTOM_SCHEMA, FloatHistogram, ResetHint};

/// One histogram has exponential buckets, the other custom ones, and nothing maps the one to the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IncompatibleSchemas;

/// What is to be said of a sum or difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Combined {
    /// The one says that there was a reset, the other that there was none.
    pub resets_collide: bool,
    /// The custom bounds differ: the result has those that both have.
    pub bounds_reconciled: bool,
}

impl FloatHistogram {
    /// Adds another histogram.
    pub fn add(&mut self, other: &Self) -> Result<Combined, IncompatibleSchemas> {
        self.combine(other, 1.0)
    }

    /// Subtracts another histogram. The hint is that of a sum: a caller whose result is a gauge says so itself.
    pub fn sub(&mut self, other: &Self) -> Result<Combined, IncompatibleSchemas> {
        self.combine(other, -1.0)
    }

    /// Multiplies all counts and the sum. A negative factor makes a gauge.
    pub fn mul(&mut self, factor: f64) {
        self.scale(|number| number * factor);
        if factor < 0.0 {
            self.reset_hint = ResetHint::Gauge;
        }
    }

    /// Divides all counts and the sum. A division by 0 leaves no buckets, a negative divisor makes a gauge.
    pub fn div(&mut self, divisor: f64) {
        if divisor == 0.0 {
            self.positive.clear();
            self.negative.clear();
        }
        self.scale(|number| number / divisor);
        if divisor < 0.0 {
            self.reset_hint = ResetHint::Gauge;
        }
    }

    fn scale(&mut self, change: impl Fn(f64) -> f64) {
        self.zero_count = change(self.zero_count);
        self.count = change(self.count);
        self.sum = change(self.sum);
        self.positive.scale(&change);
        self.negative.scale(&change);
    }

    /// Merges exponential buckets to a lower resolution; nothing happens to others.
    pub fn reduce_resolution(&mut self, schema: i32) {
        if self.schema == CUSTOM_SCHEMA || schema >= self.schema || schema == CUSTOM_SCHEMA {
            return;
        }
        self.positive = self.positive.reduced(self.schema, schema);
        self.negative = self.negative.reduced(self.schema, schema);
        self.schema = schema;
    }

    fn combine(&mut self, other: &Self, sign: f64) -> Result<Combined, IncompatibleSchemas> {
        if self.has_custom_bounds() != other.has_custom_bounds() {
            return Err(IncompatibleSchemas);
        }
        let mut combined = Combined { resets_collide: self.adjust_hint(other), bounds_reconciled: false };
        self.count += sign * other.count;
        self.sum += sign * other.sum;
        if self.has_custom_bounds() {
            let positive;
            if self.bounds == other.bounds {
                positive = merged(&self.positive, &other.positive, sign);
            } else {
                combined.bounds_reconciled = true;
                let bounds = common_bounds(&self.bounds, &other.bounds);
                let own = mapped(&self.positive, &self.bounds, &bounds);
                positive = merged(&own, &mapped(&other.positive, &other.bounds, &bounds), sign);
                self.bounds = bounds;
            }
            self.positive = positive;
            if combined.bounds_reconciled {
                self.positive.compact();
            }
            return Ok(combined);
        }
        self.zero_count += sign * self.reconcile_zero(other);
        self.reduce_resolution(other.schema);
        let [positive, negative] = other.sides_at(self.schema, self.zero_threshold);
        self.positive = merged(&self.positive, &positive, sign);
        self.negative = merged(&self.negative, &negative, sign);
        Ok(combined)
    }

    /// Both sides at a resolution, without what is within a zero bucket.
    pub(super) fn sides_at(&self, schema: i32, zero_threshold: f64) -> [Buckets; 2] {
        [&self.positive, &self.negative].map(|side| {
            let side = if schema < self.schema { &side.reduced(self.schema, schema) } else { side };
            side.above(zero_threshold, schema)
        })
    }

    /// Takes the hint of a sum, and says whether the two collide.
    pub(super) fn adjust_hint(&mut self, other: &Self) -> bool {
        use ResetHint::{Gauge, NotReset, Reset, Unknown};
        let collide = matches!((self.reset_hint, other.reset_hint), (Reset, NotReset) | (NotReset, Reset));
        self.reset_hint = match (self.reset_hint, other.reset_hint) {
            (own, others) if own == others => own,
            (Gauge, _) | (_, Gauge) => Gauge,
            _ => Unknown,
        };
        collide
    }

    /// Widens the own zero bucket until both have the same, and returns what the other would count in it.
    pub(super) fn reconcile_zero(&mut self, other: &Self) -> f64 {
        let (mut count, mut threshold) = (other.zero_count, other.zero_threshold);
        while threshold != self.zero_threshold {
            if self.zero_threshold > threshold {
                (count, threshold) = other.zero_at(self.zero_threshold);
            }
            if threshold > self.zero_threshold {
                (self.zero_count, self.zero_threshold) = self.zero_at(threshold);
                let (schema, threshold) = (self.schema, self.zero_threshold);
                for side in [&mut self.positive, &mut self.negative] {
                    *side =
                        side.iter().filter(|(index, _)| exponential_bound(index - 1, schema) >= threshold).collect();
                }
            }
            if threshold.is_nan() || self.zero_threshold.is_nan() {
                break;
            }
        }
        count
    }

    /// The count and the threshold of a zero bucket that is at least as wide as asked for and cuts no bucket that has
    /// observations.
    pub(super) fn zero_at(&self, threshold: f64) -> (f64, f64) {
        if threshold == self.zero_threshold {
            return (self.zero_count, threshold);
        }
        let mut threshold = threshold;
        'widen: loop {
            let mut count = crate::kahan::Sum::of(self.zero_count);
            for side in [&self.positive, &self.negative] {
                for (index, in_bucket) in side.iter() {
                    if exponential_bound(index - 1, self.schema) >= threshold {
                        break;
                    }
                    count.add(in_bucket);
                    let upper = exponential_bound(index, self.schema);
                    if upper > threshold {
                        if in_bucket != 0.0 {
                            threshold = upper;
                            continue 'widen;
                        }
                        break;
                    }
                }
            }
            return (count.total(), threshold);
        }
    }
}

/// The sum of two sides, the second with a sign.
fn merged(a: &Buckets, b: &Buckets, sign: f64) -> Buckets {
    if a.indices == b.indices {
        let counts = a.counts.iter().zip(&b.counts).map(|(a, b)| a + sign * b).collect();
        return Buckets { indices: a.indices.clone(), counts };
    }
    let mut sum = Buckets::default();
    let (mut i, mut j) = (0, 0);
    while i < a.len() || j < b.len() {
        let a_first = j == b.len() || i < a.len() && a.indices[i] < b.indices[j];
        let b_first = i == a.len() || j < b.len() && b.indices[j] < a.indices[i];
        if a_first {
            sum.push(a.indices[i], a.counts[i]);
            i += 1;
        } else if b_first {
            sum.push(b.indices[j], sign * b.counts[j]);
            j += 1;
        } else {
            sum.push(a.indices[i], a.counts[i] + sign * b.counts[j]);
            i += 1;
            j += 1;
        }
    }
    sum
}

/// The bounds that both have.
pub(super) fn common_bounds(a: &[f64], b: &[f64]) -> Arc<[f64]> {
    a.iter().filter(|bound| b.contains(bound)).copied().collect()
}

/// The buckets of a custom layout in one that has fewer bounds.
pub(super) fn mapped(buckets: &Buckets, from: &[f64], to: &[f64]) -> Buckets {
    let mut result = Buckets::default();
    for (index, count) in buckets.iter() {
        let bound = usize::try_from(index).ok().and_then(|at| from.get(at));
        let at = bound.map_or(to.len(), |bound| to.partition_point(|other| other < bound));
        let at = i32::try_from(at).unwrap_or(i32::MAX);
        match result.indices.last() {
            Some(last) if *last == at => {
                let last = result.counts.len() - 1;
                result.counts[last] += count;
            }
            _ => result.push(at, count),
        }
    }
    result
}
