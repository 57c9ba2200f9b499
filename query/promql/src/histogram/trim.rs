//! The trim operators: a histogram without the observations above (`</`) or below (`>/`) a value.

use super::{Bucket, FloatHistogram};

/// Which observations stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// Those below the value: `</`.
    Below,
    /// Those above it: `>/`.
    Above,
}

/// What stays of a bucket, and the value that its observations are taken for.
struct Rest {
    count: f64,
    midpoint: f64,
}

impl FloatHistogram {
    /// Removes observations above or below a value. A bucket that the value lies in is divided as a quantile would
    /// divide it; if anything was removed, count and sum are estimated from what stays.
    pub fn trim(&mut self, value: f64, keep: Keep) {
        let is_custom = self.has_custom_bounds();
        let (mut count, mut sum, mut is_trimmed) = (0.0, 0.0, false);
        let mut is_populated = [false; 2];
        for (positive, populated) in [true, false].into_iter().zip(&mut is_populated) {
            let side = if positive { self.positive.clone() } else { self.negative.clone() };
            let kept: Vec<f64> = side
                .iter()
                .map(|(index, in_bucket)| {
                    if in_bucket == 0.0 {
                        return in_bucket;
                    }
                    *populated = true;
                    let bucket = if positive {
                        self.positive_bucket(index, in_bucket)
                    } else {
                        self.negative_bucket(index, in_bucket)
                    };
                    let Some(rest) = rest(&bucket, value, keep, positive, is_custom) else {
                        is_trimmed = true;
                        return 0.0;
                    };
                    count += rest.count;
                    sum += rest.midpoint * rest.count;
                    is_trimmed |= rest.count != in_bucket;
                    rest.count
                })
                .collect();
            if positive {
                self.positive.counts = kept;
            } else {
                self.negative.counts = kept;
            }
        }
        if self.zero_count > 0.0 {
            let [has_positive, has_negative] = is_populated;
            let rest = rest_of_zero(&self.zero_bucket(), value, keep, has_negative, has_positive);
            is_trimmed |= rest.count != self.zero_count;
            self.zero_count = rest.count;
            sum += rest.midpoint * rest.count;
            count += rest.count;
        }
        if is_trimmed {
            self.count = count;
            self.sum = sum;
            self.compact();
        }
    }
}

/// What stays of a bucket; none if nothing does.
fn rest(bucket: &Bucket, value: f64, keep: Keep, is_positive: bool, is_custom: bool) -> Option<Rest> {
    let (is_whole, is_cut) = match keep {
        Keep::Below => (bucket.upper <= value, bucket.lower < value),
        Keep::Above => (bucket.lower >= value, bucket.upper > value),
    };
    let midpoint = |lower, upper| midpoint(lower, upper, is_positive, is_custom);
    if is_whole {
        return Some(Rest { count: bucket.count, midpoint: midpoint(bucket.lower, bucket.upper) });
    }
    if !is_cut {
        return None;
    }
    if bucket.lower == f64::NEG_INFINITY || bucket.upper == f64::INFINITY {
        return Some(rest_of_infinite(bucket, value, keep));
    }
    let below = bucket.count * bucket.fraction_below(value, is_custom);
    Some(match keep {
        Keep::Below => Rest { count: below, midpoint: midpoint(bucket.lower, value) },
        Keep::Above => Rest { count: bucket.count - below, midpoint: midpoint(value, bucket.upper) },
    })
}

/// What stays of a bucket without a lower or upper end. How its observations are spread is not known, so it is kept or
/// removed as a whole, except that a lowest bucket that ends above 0 is taken to begin there.
fn rest_of_infinite(bucket: &Bucket, value: f64, keep: Keep) -> Rest {
    let finite_or_zero = |bound: f64| if bound.is_infinite() { 0.0 } else { bound };
    let whole = |midpoint| Rest { count: bucket.count, midpoint };
    if bucket.lower == f64::NEG_INFINITY {
        let upper = bucket.upper;
        let ends_above_zero = upper > 0.0 && upper < f64::INFINITY;
        return match keep {
            Keep::Below if value >= upper => whole(0.0),
            Keep::Below if value > 0.0 && ends_above_zero => {
                Rest { count: bucket.count * value / upper, midpoint: value / 2.0 }
            }
            Keep::Below if upper <= 0.0 => whole(value),
            Keep::Above if value <= bucket.lower => whole(0.0),
            Keep::Above if value >= 0.0 && upper > value && ends_above_zero => {
                Rest { count: bucket.count * (1.0 - value / upper), midpoint: f64::midpoint(value, upper) }
            }
            Keep::Below | Keep::Above => Rest { count: 0.0, midpoint: finite_or_zero(upper) },
        };
    }
    match keep {
        Keep::Above if value >= bucket.lower => whole(value),
        Keep::Below | Keep::Above => Rest { count: 0.0, midpoint: finite_or_zero(bucket.lower) },
    }
}

fn rest_of_zero(bucket: &Bucket, value: f64, keep: Keep, has_negative: bool, has_positive: bool) -> Rest {
    let lower = if has_positive && !has_negative { 0.0 } else { bucket.lower };
    let upper = if has_negative && !has_positive { 0.0 } else { bucket.upper };
    let whole = Rest { count: bucket.count, midpoint: f64::midpoint(lower, upper) };
    let nothing = Rest { count: 0.0, midpoint: 0.0 };
    let width = upper - lower;
    match keep {
        Keep::Below if value <= lower => nothing,
        Keep::Below if value >= upper => whole,
        Keep::Below => Rest { count: bucket.count * ((value - lower) / width), midpoint: f64::midpoint(lower, value) },
        Keep::Above if value <= lower => whole,
        Keep::Above if value >= upper => nothing,
        Keep::Above => Rest { count: bucket.count * ((upper - value) / width), midpoint: f64::midpoint(value, upper) },
    }
}

/// The value that the observations between two bounds are taken for.
fn midpoint(lower: f64, upper: f64, is_positive: bool, is_linear: bool) -> f64 {
    match (lower.is_infinite(), upper.is_infinite()) {
        (true, true) => 0.0,
        (true, false) if upper > 0.0 => upper / 2.0,
        (true, false) => upper,
        (false, true) => lower,
        (false, false) if is_linear => f64::midpoint(lower, upper),
        (false, false) => {
            let mean = (lower * upper).abs().sqrt();
            if is_positive { mean } else { -mean }
        }
    }
}
