//! Sums and means of many histograms, without the rounding that adding them one by one would gather.

use super::arithmetic::{common_bounds, mapped};
use super::buckets::exponential_bound;
use super::{Buckets, Combined, FloatHistogram, IncompatibleSchemas, ResetHint};
use crate::kahan::Sum;

/// A sum of histograms: the sum, and a histogram of the same layout with what was lost.
#[derive(Debug, Clone)]
pub(crate) struct HistogramSum {
    sum: FloatHistogram,
    /// In the buckets of `sum`, index by index. None as long as nothing was added.
    lost: Option<Box<FloatHistogram>>,
    added: f64,
    /// Whether the sum overflowed, so that `sum` is the running mean.
    is_incremental_mean: bool,
    reset_seen: bool,
    not_reset_seen: bool,
    pub(crate) bounds_reconciled: bool,
}

impl HistogramSum {
    pub(crate) fn of(first: &FloatHistogram) -> Self {
        let mut sum = Self {
            sum: first.clone(),
            lost: None,
            added: 1.0,
            is_incremental_mean: false,
            reset_seen: false,
            not_reset_seen: false,
            bounds_reconciled: false,
        };
        sum.see(first);
        sum
    }

    /// Whether some of the histograms said that there was a reset, and others that there was none.
    pub(crate) fn resets_collide(&self) -> bool {
        self.reset_seen && self.not_reset_seen
    }

    fn see(&mut self, histogram: &FloatHistogram) {
        self.reset_seen |= histogram.reset_hint == ResetHint::Reset;
        self.not_reset_seen |= histogram.reset_hint == ResetHint::NotReset;
    }

    /// Adds one to a sum.
    pub(crate) fn add(&mut self, other: &FloatHistogram) -> Result<(), IncompatibleSchemas> {
        self.see(other);
        self.added += 1.0;
        let lost = self.lost.get_or_insert_with(|| Box::new(empty_like(&self.sum)));
        let combined = add_compensated(&mut self.sum, lost, other)?;
        self.bounds_reconciled |= combined.bounds_reconciled;
        Ok(())
    }

    /// Adds one to a mean.
    pub(crate) fn add_to_mean(&mut self, other: &FloatHistogram) -> Result<(), IncompatibleSchemas> {
        if !self.is_incremental_mean {
            let before = self.clone();
            self.add(other)?;
            if !self.sum.has_overflow() {
                return Ok(());
            }
            let added = self.added;
            *self = before;
            self.added = added;
            self.is_incremental_mean = true;
            self.sum.div(added - 1.0);
            if let Some(lost) = &mut self.lost {
                lost.div(added - 1.0);
            }
        } else {
            self.added += 1.0;
        }
        self.see(other);
        let weight = (self.added - 1.0) / self.added;
        self.sum.mul(weight);
        let lost = self.lost.get_or_insert_with(|| Box::new(empty_like(&self.sum)));
        lost.mul(weight);
        let mut share = other.clone();
        share.div(self.added);
        let combined = add_compensated(&mut self.sum, lost, &share)?;
        self.bounds_reconciled |= combined.bounds_reconciled;
        Ok(())
    }

    /// The sum.
    pub(crate) fn total(self) -> FloatHistogram {
        let mut sum = self.sum;
        if let Some(lost) = self.lost {
            put_back(&mut sum, &lost);
        }
        sum
    }

    /// The mean.
    pub(crate) fn mean(mut self) -> FloatHistogram {
        if !self.is_incremental_mean {
            self.sum.div(self.added);
            if let Some(lost) = &mut self.lost {
                lost.div(self.added);
            }
        }
        self.total()
    }
}

fn empty_like(histogram: &FloatHistogram) -> FloatHistogram {
    let zeros = |side: &Buckets| Buckets { indices: side.indices.clone(), counts: vec![0.0; side.len()] };
    FloatHistogram {
        zero_count: 0.0,
        count: 0.0,
        sum: 0.0,
        positive: zeros(&histogram.positive),
        negative: zeros(&histogram.negative),
        ..histogram.clone()
    }
}

fn put_back(sum: &mut FloatHistogram, lost: &FloatHistogram) {
    sum.zero_count += lost.zero_count;
    sum.count += lost.count;
    sum.sum += lost.sum;
    for (side, lost) in [(&mut sum.positive, &lost.positive), (&mut sum.negative, &lost.negative)] {
        for (count, lost) in side.counts.iter_mut().zip(&lost.counts) {
            *count += lost;
        }
    }
}

fn add_one(sum: &mut f64, lost: &mut f64, value: f64) {
    let mut both = Sum { sum: *sum, lost: *lost };
    both.add(value);
    (*sum, *lost) = (both.sum, both.lost);
}

fn add_compensated(
    sum: &mut FloatHistogram,
    lost: &mut FloatHistogram,
    other: &FloatHistogram,
) -> Result<Combined, IncompatibleSchemas> {
    if sum.has_custom_bounds() != other.has_custom_bounds() {
        return Err(IncompatibleSchemas);
    }
    let mut combined = Combined { resets_collide: sum.adjust_hint(other), bounds_reconciled: false };
    add_one(&mut sum.count, &mut lost.count, other.count);
    add_one(&mut sum.sum, &mut lost.sum, other.sum);
    if sum.has_custom_bounds() {
        if sum.bounds == other.bounds {
            merge(&mut sum.positive, &mut lost.positive, &other.positive);
        } else {
            combined.bounds_reconciled = true;
            let bounds = common_bounds(&sum.bounds, &other.bounds);
            sum.positive = mapped(&sum.positive, &sum.bounds, &bounds);
            lost.positive = mapped(&lost.positive, &lost.bounds, &bounds);
            merge(&mut sum.positive, &mut lost.positive, &mapped(&other.positive, &other.bounds, &bounds));
            sum.bounds = bounds.clone();
            lost.bounds = bounds;
        }
        return Ok(combined);
    }
    let before = sum.zero_threshold;
    let zero = sum.reconcile_zero(other);
    if sum.zero_threshold != before {
        widen_zero(lost, sum.zero_threshold);
    }
    add_one(&mut sum.zero_count, &mut lost.zero_count, zero);
    sum.reduce_resolution(other.schema);
    lost.reduce_resolution(other.schema);
    let [positive, negative] = other.sides_at(sum.schema, sum.zero_threshold);
    merge(&mut sum.positive, &mut lost.positive, &positive);
    merge(&mut sum.negative, &mut lost.negative, &negative);
    Ok(combined)
}

/// Moves what was lost in buckets that are part of the zero bucket now.
fn widen_zero(lost: &mut FloatHistogram, threshold: f64) {
    let schema = lost.schema;
    let mut moved = 0.0;
    for side in [&mut lost.positive, &mut lost.negative] {
        let is_inside = |index: i32| exponential_bound(index - 1, schema) < threshold;
        moved += side.iter().filter(|(index, _)| is_inside(*index)).map(|(_, count)| count).sum::<f64>();
        *side = side.iter().filter(|(index, _)| !is_inside(*index)).collect();
    }
    lost.zero_count += moved;
    lost.zero_threshold = threshold;
}

/// Adds the buckets of a side; `lost` gets the indices that the sum gets.
fn merge(sum: &mut Buckets, lost: &mut Buckets, other: &Buckets) {
    let (mut totals, mut rests) = (Buckets::default(), Buckets::default());
    let (mut i, mut j) = (0, 0);
    while i < sum.len() || j < other.len() {
        let own = sum.indices.get(i).copied();
        let others = other.indices.get(j).copied();
        let index = own.into_iter().chain(others).min().unwrap_or_default();
        let (mut total, mut rest) = (0.0, 0.0);
        if own == Some(index) {
            (total, rest) = (sum.counts[i], lost.counts.get(i).copied().unwrap_or_default());
            i += 1;
        }
        if others == Some(index) {
            add_one(&mut total, &mut rest, other.counts[j]);
            j += 1;
        }
        totals.push(index, total);
        rests.push(index, rest);
    }
    (*sum, *lost) = (totals, rests);
}
