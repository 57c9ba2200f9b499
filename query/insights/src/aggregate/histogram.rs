//! How many numbers lie in each of some equally wide ranges, from the least to the greatest number.

use std::sync::Arc;

use super::quantile::Quantile;
use crate::value::Value;

/// A list of maps of `from`, `to` and `count`; the last range holds its end. One range where all numbers are equal.
pub(super) fn of(numbers: &Quantile, buckets: usize) -> Value {
    let Some((least, greatest)) = numbers.bounds() else { return Value::from_iter([]) };
    let buckets = if least == greatest { 1 } else { buckets.max(1) };
    let width = (greatest - least) / buckets as f64;
    let mut counts = vec![0_u64; buckets];
    for (number, count) in numbers.counted() {
        let bucket = if width > 0.0 { ((number - least) / width) as usize } else { 0 };
        let sum = &mut counts[bucket.min(buckets - 1)];
        *sum = sum.saturating_add(count);
    }
    let row = |(index, count): (usize, u64)| {
        let to = if index + 1 == buckets { greatest } else { least + width * (index + 1) as f64 };
        let members = [
            (Arc::from("from"), Value::number(least + width * index as f64)),
            (Arc::from("to"), Value::number(to)),
            (Arc::from("count"), Value::Number(count as f64)),
        ];
        Value::Map(Arc::new(members.into_iter().collect()))
    };
    counts.into_iter().enumerate().map(row).collect()
}
