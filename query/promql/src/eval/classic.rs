//! Classic histograms: a series for each bucket, its cumulative count, its upper bound in the label `le`.

use crate::annotation::Repair;

/// A bucket of a classic histogram.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct CumulativeBucket {
    pub(super) upper: f64,
    pub(super) count: f64,
}

/// Sorts, and adds up buckets of the same bound. False if the histogram has no highest bucket.
fn prepare(buckets: &mut Vec<CumulativeBucket>) -> bool {
    buckets.sort_by(|a, b| a.upper.total_cmp(&b.upper));
    buckets.dedup_by(|next, last| {
        let is_same = next.upper == last.upper;
        if is_same {
            last.count += next.count;
        }
        is_same
    });
    buckets.last().is_some_and(|last| last.upper == f64::INFINITY)
}

/// The quantile, and what had to be repaired for it.
pub(super) fn quantile(q: f64, buckets: &mut Vec<CumulativeBucket>) -> (f64, Option<Repair>) {
    if q.is_nan() {
        return (f64::NAN, None);
    }
    if q < 0.0 {
        return (f64::NEG_INFINITY, None);
    }
    if q > 1.0 {
        return (f64::INFINITY, None);
    }
    if !prepare(buckets) {
        return (f64::NAN, None);
    }
    let repair = make_monotonic(buckets);
    let observations = buckets.last().map_or(0.0, |last| last.count);
    let last = buckets.len() - 1;
    if last == 0 || observations == 0.0 || observations.is_nan() {
        return (f64::NAN, repair);
    }
    let rank = q * observations;
    let at = buckets[..last].partition_point(|bucket| bucket.count < rank);
    let bucket = buckets[at];
    let value = if at == last {
        buckets[last - 1].upper
    } else if at == 0 && bucket.upper <= 0.0 {
        bucket.upper
    } else {
        let below = at.checked_sub(1).map(|below| buckets[below]);
        let (start, before) = below.map_or((0.0, 0.0), |below| (below.upper, below.count));
        start + (bucket.upper - start) * ((rank - before) / (bucket.count - before))
    };
    (value, repair)
}

/// Ignores differences that rounding makes, and raises counts that are smaller than those below them.
fn make_monotonic(buckets: &mut [CumulativeBucket]) -> Option<Repair> {
    const TOLERANCE: f64 = 1e-12;
    let mut repair: Option<Repair> = None;
    let mut before = buckets.first()?.count;
    for bucket in &mut buckets[1..] {
        let count = bucket.count;
        if count == before {
            continue;
        }
        if (count - before).abs() / (count.abs() + before.abs()) < TOLERANCE && count != 0.0 && before != 0.0 {
            bucket.count = before;
        } else if count < before {
            bucket.count = before;
            let repair =
                repair.get_or_insert(Repair { lowest: f64::INFINITY, highest: f64::NEG_INFINITY, difference: 0.0 });
            repair.lowest = repair.lowest.min(bucket.upper);
            repair.highest = repair.highest.max(bucket.upper);
            repair.difference = repair.difference.max(before - count);
        } else {
            before = count;
        }
    }
    repair
}

/// The share of the observations between two values.
pub(super) fn fraction(lower: f64, upper: f64, buckets: &mut Vec<CumulativeBucket>) -> f64 {
    if !prepare(buckets) {
        return f64::NAN;
    }
    let count = buckets.last().map_or(0.0, |last| last.count);
    if count == 0.0 || lower.is_nan() || upper.is_nan() {
        return f64::NAN;
    }
    if lower >= upper {
        return 0.0;
    }
    let capped = |rank: Option<f64>| rank.map_or(count, |rank| if rank > count { count } else { rank });
    (capped(rank(buckets, upper)) - capped(rank(buckets, lower))) / count
}

/// How many observations are below a value; none if it is above all buckets.
fn rank(buckets: &[CumulativeBucket], value: f64) -> Option<f64> {
    let mut start = if buckets[0].upper > 0.0 { 0.0 } else { f64::NEG_INFINITY };
    let mut rank = 0.0;
    for bucket in buckets {
        if start >= value {
            return Some(rank);
        }
        if bucket.upper > value {
            // An infinitely wide bucket cannot be divided: it counts as if all of it were below.
            if start == f64::NEG_INFINITY {
                return Some(bucket.count);
            }
            return Some(rank + (bucket.count - rank) * (value - start) / (bucket.upper - start));
        }
        rank = bucket.count;
        start = bucket.upper;
    }
    None
}
