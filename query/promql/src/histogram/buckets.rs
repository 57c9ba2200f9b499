//! Buckets of one side of a histogram, their bounds, and all buckets of a histogram in order.

use super::{CUSTOM_SCHEMA, FloatHistogram};

/// Consecutive buckets, as Prometheus' formats have them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Buckets left out since the span before; the first span's is the index of its first bucket.
    pub offset: i32,
    /// Buckets in the span.
    pub length: u32,
}

/// Buckets sorted by index. An index that is not listed has no observations.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Buckets {
    /// The indices, increasing. In a custom layout the bucket `i` ends at `bounds[i]`.
    pub indices: Vec<i32>,
    /// The count of each, not cumulative.
    pub counts: Vec<f64>,
}

impl Buckets {
    /// Buckets of spans; counts that no span has room for are dropped.
    pub fn from_spans(spans: &[Span], counts: Vec<f64>) -> Self {
        let mut indices = Vec::with_capacity(counts.len());
        let mut next = 0_i32;
        'spans: for span in spans {
            next = next.wrapping_add(span.offset);
            for _ in 0..span.length {
                if indices.len() == counts.len() {
                    break 'spans;
                }
                indices.push(next);
                next = next.wrapping_add(1);
            }
        }
        let mut counts = counts;
        counts.truncate(indices.len());
        Self { indices, counts }
    }

    /// The spans of these buckets.
    pub fn spans(&self) -> Vec<Span> {
        let mut spans: Vec<Span> = Vec::new();
        let mut next = 0;
        for index in &self.indices {
            match spans.last_mut() {
                Some(span) if *index == next => span.length += 1,
                _ => spans.push(Span { offset: index - next, length: 1 }),
            }
            next = index + 1;
        }
        spans
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.indices.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.indices.is_empty()
    }

    /// Index and count of each.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (i32, f64)> + '_ {
        self.indices.iter().copied().zip(self.counts.iter().copied())
    }

    pub(super) fn push(&mut self, index: i32, count: f64) {
        self.indices.push(index);
        self.counts.push(count);
    }

    pub(super) fn clear(&mut self) {
        self.indices.clear();
        self.counts.clear();
    }

    pub(super) fn scale(&mut self, change: impl Fn(f64) -> f64) {
        for count in &mut self.counts {
            *count = change(*count);
        }
    }

    pub(super) fn compact(&mut self) {
        if self.counts.contains(&0.0) {
            *self = self.iter().filter(|(_, count)| *count != 0.0).collect();
        }
    }

    pub(super) fn equals(&self, other: &Self) -> bool {
        let same = |(a, b): (&f64, &f64)| a.to_bits() == b.to_bits();
        self.indices == other.indices && self.counts.iter().zip(&other.counts).all(same)
    }

    /// The buckets of a lower resolution.
    pub(super) fn reduced(&self, from: i32, to: i32) -> Self {
        let mut reduced = Self::default();
        for (index, count) in self.iter() {
            let index = index_at(index, from, to);
            match reduced.indices.last() {
                Some(last) if *last == index => {
                    let at = reduced.counts.len() - 1;
                    reduced.counts[at] += count;
                }
                _ => reduced.push(index, count),
            }
        }
        reduced
    }

    /// Without the buckets that end within the zero bucket.
    pub(super) fn above(&self, threshold: f64, schema: i32) -> Self {
        self.iter().skip_while(|(index, _)| exponential_bound(*index, schema) <= threshold).collect()
    }
}

impl FromIterator<(i32, f64)> for Buckets {
    fn from_iter<I: IntoIterator<Item = (i32, f64)>>(pairs: I) -> Self {
        let (indices, counts) = pairs.into_iter().unzip();
        Self { indices, counts }
    }
}

/// A bucket with its bounds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bucket {
    /// The lower bound.
    pub lower: f64,
    /// The upper bound.
    pub upper: f64,
    /// Whether the lower bound belongs to it.
    pub lower_inclusive: bool,
    /// Whether the upper bound belongs to it.
    pub upper_inclusive: bool,
    /// Its observations.
    pub count: f64,
}

impl Bucket {
    /// How much of the bucket lies below a value within it. Observations are spread evenly, or evenly on a logarithmic
    /// scale.
    pub(super) fn fraction_below(&self, value: f64, is_linear: bool) -> f64 {
        if is_linear {
            return (value - self.lower) / (self.upper - self.lower);
        }
        let [lower, upper, at] = [self.lower, self.upper, value].map(|bound| bound.abs().log2());
        if value > 0.0 { (at - lower) / (upper - lower) } else { 1.0 - (at - upper) / (lower - upper) }
    }
}

/// The index that a bucket's observations have at a lower resolution.
pub(super) fn index_at(index: i32, from: i32, to: i32) -> i32 {
    (index.wrapping_sub(1) >> (from - to).clamp(0, 31)).wrapping_add(1)
}

/// The upper bound of an exponential bucket. The last finite one is the largest float.
pub(super) fn exponential_bound(index: i32, schema: i32) -> f64 {
    let bound = if schema <= 0 {
        2_f64.powi(index.saturating_mul(1 << (-schema).clamp(0, 30)))
    } else {
        let schema = schema.min(30);
        let fraction = index & ((1 << schema) - 1);
        let root = f64::from(fraction) / f64::from(1 << schema);
        root.exp2() * 2_f64.powi(index >> schema)
    };
    let is_last = i64::from(index) == if schema <= 0 { 1024 >> (-schema).clamp(0, 30) } else { 1024 << schema.min(30) };
    if is_last { f64::MAX } else { bound }
}

impl FloatHistogram {
    /// A bucket of the positive side.
    pub(super) fn positive_bucket(&self, index: i32, count: f64) -> Bucket {
        if self.schema != CUSTOM_SCHEMA {
            let lower = exponential_bound(index.wrapping_sub(1), self.schema);
            let upper = exponential_bound(index, self.schema);
            return Bucket { lower, upper, lower_inclusive: false, upper_inclusive: true, count };
        }
        let bound = |index: i32| match usize::try_from(index) {
            Ok(at) => self.bounds.get(at).copied().unwrap_or(f64::INFINITY),
            Err(_) => f64::NEG_INFINITY,
        };
        let (lower, upper) = (bound(index.wrapping_sub(1)), bound(index));
        Bucket { lower, upper, lower_inclusive: index == 0, upper_inclusive: true, count }
    }

    /// A bucket of the negative side.
    pub(super) fn negative_bucket(&self, index: i32, count: f64) -> Bucket {
        let lower = -exponential_bound(index, self.schema);
        let upper = -exponential_bound(index.wrapping_sub(1), self.schema);
        Bucket { lower, upper, lower_inclusive: true, upper_inclusive: false, count }
    }

    /// The zero bucket.
    pub(super) fn zero_bucket(&self) -> Bucket {
        let (lower, upper) = (-self.zero_threshold, self.zero_threshold);
        Bucket { lower, upper, lower_inclusive: true, upper_inclusive: true, count: self.zero_count }
    }

    /// All buckets from the lowest to the highest. One that overlaps the zero bucket begins or ends where that ends.
    pub fn buckets(&self) -> Vec<Bucket> {
        let mut all = Vec::with_capacity(self.negative.len() + self.positive.len() + 1);
        let threshold = self.zero_threshold;
        for (index, count) in self.negative.iter().rev() {
            let mut bucket = self.negative_bucket(index, count);
            if bucket.upper < 0.0 && bucket.upper > -threshold {
                bucket.upper = -threshold;
            }
            all.push(bucket);
        }
        if self.zero_count > 0.0 {
            all.push(self.zero_bucket());
        }
        for (index, count) in self.positive.iter() {
            let mut bucket = self.positive_bucket(index, count);
            if bucket.lower > 0.0 && bucket.lower < threshold {
                bucket.lower = threshold;
            }
            all.push(bucket);
        }
        all
    }
}
