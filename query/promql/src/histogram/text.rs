//! Histograms as texts: that of a `count_values` label, and that of test scripts.

use std::fmt::{self, Write};

use super::{Bucket, Buckets, CUSTOM_SCHEMA, FloatHistogram, ResetHint};
use crate::syntax::short_float;

impl FloatHistogram {
    /// `{{schema:1 count:22 sum:3 buckets:[5 10 7]}}`, as test scripts have it.
    pub fn test_notation(&self) -> String {
        let mut parts = Vec::new();
        let mut number = |key: &str, value: f64| {
            if value != 0.0 {
                parts.push(format!("{key}:{}", short_float(value)));
            }
        };
        number("schema", f64::from(self.schema));
        number("count", self.count);
        number("sum", self.sum);
        number("z_bucket", self.zero_count);
        number("z_bucket_w", self.zero_threshold);
        if self.schema == CUSTOM_SCHEMA {
            parts.push(format!("custom_values:{}", listed(&self.bounds)));
        }
        match self.reset_hint {
            ResetHint::Unknown => {}
            ResetHint::Reset => parts.push("counter_reset_hint:reset".into()),
            ResetHint::NotReset => parts.push("counter_reset_hint:not_reset".into()),
            ResetHint::Gauge => parts.push("counter_reset_hint:gauge".into()),
        }
        for (offset_key, key, side) in
            [("offset", "buckets", &self.positive), ("n_offset", "n_buckets", &self.negative)]
        {
            parts.extend(side_notation(offset_key, key, side));
        }
        format!("{{{{{}}}}}", parts.join(" "))
    }
}

/// Gaps become buckets without observations.
fn side_notation(offset_key: &str, key: &str, side: &Buckets) -> Vec<String> {
    const LISTED_MAX: i32 = 10_000;
    let populated: Vec<(i32, f64)> = side.iter().filter(|(_, count)| *count != 0.0).collect();
    let (Some((first, _)), Some((last, _))) = (populated.first(), populated.last()) else { return Vec::new() };
    let mut parts = Vec::new();
    if *first != 0 {
        parts.push(format!("{offset_key}:{first}"));
    }
    if last.saturating_sub(*first) > LISTED_MAX {
        parts.push(format!("{key}:[…]"));
        return parts;
    }
    let mut counts = vec![0.0; usize::try_from(last - first + 1).unwrap_or(0)];
    for (index, count) in &populated {
        counts[usize::try_from(index - first).unwrap_or(0)] = *count;
    }
    parts.push(format!("{key}:{}", listed(&counts)));
    parts
}

fn listed(numbers: &[f64]) -> String {
    let texts: Vec<String> = numbers.iter().map(|number| short_float(*number)).collect();
    format!("[{}]", texts.join(" "))
}

/// `{count:3, sum:4, (0.5,1]:2, (1,2]:1}`, as Prometheus prints a histogram.
impl fmt::Display for FloatHistogram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{count:{}, sum:{}", short_float(self.count), short_float(self.sum))?;
        let negative = self.negative.iter().rev().map(|(index, count)| self.negative_bucket(index, count));
        let positive = self.positive.iter().map(|(index, count)| self.positive_bucket(index, count));
        for bucket in negative.chain([self.zero_bucket()]).chain(positive).filter(|bucket| bucket.count != 0.0) {
            write!(f, ", {bucket}")?;
        }
        f.write_char('}')
    }
}

impl fmt::Display for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let open = if self.lower_inclusive { '[' } else { '(' };
        let close = if self.upper_inclusive { ']' } else { ')' };
        let [lower, upper, count] = [self.lower, self.upper, self.count].map(short_float);
        write!(f, "{open}{lower},{upper}{close}:{count}")
    }
}
