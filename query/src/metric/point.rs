//! Rows of the table `metrics` as points.

use arrow::array::{BooleanArray, Float64Array, Int32Array, ListArray, RecordBatch, StructArray};
use datafusion::logical_expr::{Expr, col};

use super::distribution::Interval;
use crate::columns::{Column, Columns, Time, field};

/// Columns that [`Points`] reads, without those of the distribution.
const SCALARS: [&str; 15] = [
    "time",
    "time_ns",
    "start_time",
    "start_time_ns",
    "series_id",
    "kind",
    "temporality",
    "monotonic",
    "flags",
    "unit",
    "value",
    "count",
    "sum",
    "min",
    "max",
];

const DISTRIBUTION: [&str; 10] = [
    "explicit_bounds",
    "bucket_counts",
    "scale",
    "zero_count",
    "zero_threshold",
    "positive_offset",
    "positive_bucket_counts",
    "negative_offset",
    "negative_bucket_counts",
    "quantiles",
];

/// A data point.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Point {
    /// Nanoseconds.
    pub time: i64,
    /// Begin of what a cumulative point counts, if it was sent.
    pub start: Option<i64>,
    /// Which series.
    pub series: i64,
    /// What it holds.
    pub kind: PointKind,
    /// Gauge and sum.
    pub value: f64,
    /// Histograms and summaries.
    pub count: f64,
    /// Histograms and summaries, where it was sent (a histogram of values below zero has none).
    pub sum: Option<f64>,
    /// Histograms.
    pub min: Option<f64>,
    /// Histograms.
    pub max: Option<f64>,
    /// Its distribution, if it was read.
    pub buckets: Buckets,
}

/// How a point is counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PointKind {
    /// A value of its own: gauges, delta sums, and cumulative sums that may fall.
    #[default]
    Value,
    /// The value of a counter since its start.
    Counter,
    /// Measurements since the point before.
    Measurements,
    /// Measurements since the start.
    AllMeasurements,
}

/// The distribution of a point.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Buckets {
    /// None, or it is not asked for.
    #[default]
    None,
    /// Upper bounds, and one count more.
    Explicit(Vec<f64>, Vec<f64>),
    /// Base-2 buckets.
    Exponential(Exponential),
    /// (quantile, value).
    Quantiles(Vec<(f64, f64)>),
}

/// Base-2 exponential buckets: bucket `i` holds values in `(base^i, base^(i+1)]`, `base = 2^(2^-scale)`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Exponential {
    /// Resolution.
    pub scale: i32,
    /// Measurements within the threshold of zero.
    pub zero_count: f64,
    /// That threshold.
    pub zero_threshold: f64,
    /// Index of the first positive bucket, and counts.
    pub positive: (i32, Vec<f64>),
    /// Index of the first negative bucket, and counts.
    pub negative: (i32, Vec<f64>),
}

/// The columns to read.
pub(crate) fn columns(with_distribution: bool) -> Vec<Expr> {
    let distribution: &[&str] = if with_distribution { &DISTRIBUTION } else { &[] };
    SCALARS.iter().chain(distribution).map(|name| col(*name)).collect()
}

/// The points of a batch.
pub(crate) struct Points<'a> {
    time: Time<'a>,
    start: Time<'a>,
    series: Column<'a, arrow::array::Int64Array>,
    flags: Column<'a, arrow::array::Int64Array>,
    kind: Column<'a, arrow::array::StringArray>,
    temporality: Column<'a, arrow::array::StringArray>,
    monotonic: Column<'a, BooleanArray>,
    value: Column<'a, Float64Array>,
    count: Column<'a, arrow::array::Int64Array>,
    sum: Column<'a, Float64Array>,
    min: Column<'a, Float64Array>,
    max: Column<'a, Float64Array>,
    bounds: Column<'a, ListArray>,
    counts: Column<'a, ListArray>,
    scale: Column<'a, Int32Array>,
    zero_count: Column<'a, arrow::array::Int64Array>,
    zero_threshold: Column<'a, Float64Array>,
    positive_offset: Column<'a, Int32Array>,
    positive: Column<'a, ListArray>,
    negative_offset: Column<'a, Int32Array>,
    negative: Column<'a, ListArray>,
    quantiles: Column<'a, ListArray>,
}

impl<'a> Points<'a> {
    pub(crate) fn of(batch: &'a RecordBatch) -> Self {
        let columns = Columns(batch);
        Self {
            time: columns.time("time"),
            start: columns.time("start_time"),
            series: columns.int("series_id"),
            flags: columns.int("flags"),
            kind: columns.text("kind"),
            temporality: columns.text("temporality"),
            monotonic: columns.of("monotonic"),
            value: columns.of("value"),
            count: columns.int("count"),
            sum: columns.of("sum"),
            min: columns.of("min"),
            max: columns.of("max"),
            bounds: columns.of("explicit_bounds"),
            counts: columns.of("bucket_counts"),
            scale: columns.of("scale"),
            zero_count: columns.int("zero_count"),
            zero_threshold: columns.of("zero_threshold"),
            positive_offset: columns.of("positive_offset"),
            positive: columns.of("positive_bucket_counts"),
            negative_offset: columns.of("negative_offset"),
            negative: columns.of("negative_bucket_counts"),
            quantiles: columns.of("quantiles"),
        }
    }

    /// The point of a row; `None` where it says that it has no value, or where the value is no number.
    pub(crate) fn get(&self, row: usize) -> Option<Point> {
        const NO_RECORDED_VALUE: i64 = 1;
        if self.flags.get(row).unwrap_or(0) & NO_RECORDED_VALUE != 0 {
            return None;
        }
        let cumulative = self.temporality.get(row) == Some("cumulative");
        let sent_kind = self.kind.or_empty(row);
        let kind = match sent_kind {
            "sum" if cumulative && self.monotonic.get(row) == Some(true) => PointKind::Counter,
            "gauge" | "sum" => PointKind::Value,
            // A summary counts since its start, as Prometheus has it.
            "summary" => PointKind::AllMeasurements,
            _ if cumulative => PointKind::AllMeasurements,
            _ => PointKind::Measurements,
        };
        let value = match kind {
            PointKind::Value | PointKind::Counter => finite(self.value.get(row))?,
            PointKind::Measurements | PointKind::AllMeasurements => 0.0,
        };
        Some(Point {
            time: self.time.or_zero(row),
            start: self.start.get(row).filter(|start| *start > 0),
            series: self.series.get(row).unwrap_or(0),
            kind,
            value,
            count: self.count.get(row).unwrap_or(0) as f64,
            sum: finite(self.sum.get(row)),
            min: finite(self.min.get(row)),
            max: finite(self.max.get(row)),
            buckets: self.buckets(sent_kind, row),
        })
    }

    fn buckets(&self, kind: &str, row: usize) -> Buckets {
        let floats = |counts: Vec<i64>| counts.into_iter().map(|count| count as f64).collect::<Vec<f64>>();
        match kind {
            "histogram" => {
                let counts = floats(self.counts.ints(row));
                if counts.is_empty() { Buckets::None } else { Buckets::Explicit(self.bounds.floats(row), counts) }
            }
            "exponential_histogram" => match self.scale.get(row) {
                None => Buckets::None,
                Some(scale) => Buckets::Exponential(Exponential {
                    scale,
                    zero_count: self.zero_count.get(row).unwrap_or(0) as f64,
                    zero_threshold: self.zero_threshold.get(row).unwrap_or(0.0),
                    positive: (self.positive_offset.get(row).unwrap_or(0), floats(self.positive.ints(row))),
                    negative: (self.negative_offset.get(row).unwrap_or(0), floats(self.negative.ints(row))),
                }),
            },
            "summary" => self.quantiles.structs(row).map_or(Buckets::None, |structs| quantiles_of(&structs)),
            _ => Buckets::None,
        }
    }
}

/// NaN and the infinities measure nothing; CloudWatch drops them as well.
fn finite(value: Option<f64>) -> Option<f64> {
    value.filter(|value| value.is_finite())
}

fn quantiles_of(structs: &StructArray) -> Buckets {
    let (quantile, value) = (field::<Float64Array>(structs, "quantile"), field::<Float64Array>(structs, "value"));
    let pairs =
        (0..arrow::array::Array::len(structs)).filter_map(|at| Some((quantile.get(at)?, finite(value.get(at))?)));
    let mut pairs: Vec<(f64, f64)> = pairs.collect();
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
    Buckets::Quantiles(pairs)
}

impl Point {
    /// The distribution as intervals. Open ends are closed by the smallest and largest measurement, where they are known.
    pub fn intervals(&self) -> Vec<Interval> {
        match &self.buckets {
            Buckets::None => self.without_buckets(),
            Buckets::Explicit(bounds, counts) => self.explicit(bounds, counts),
            Buckets::Exponential(exponential) => exponential.intervals(self.min, self.max),
            Buckets::Quantiles(pairs) => between_quantiles(pairs, self.count),
        }
    }

    /// A histogram without buckets still has its mean.
    fn without_buckets(&self) -> Vec<Interval> {
        let mean = self.mean();
        match (self.min.or(mean), self.max.or(mean)) {
            (Some(lower), Some(upper)) => vec![Interval { lower, upper, count: self.count }],
            _ => Vec::new(),
        }
    }

    /// Sum divided by count, where both are known.
    pub(super) fn mean(&self) -> Option<f64> {
        self.sum.filter(|_| self.count > 0.0).map(|sum| sum / self.count)
    }

    fn explicit(&self, bounds: &[f64], counts: &[f64]) -> Vec<Interval> {
        let (Some(first), Some(last)) = (bounds.first(), bounds.last()) else { return self.without_buckets() };
        let lowest = self.min.unwrap_or(if *first > 0.0 { 0.0 } else { *first });
        let highest = self.max.unwrap_or(*last);
        let interval = |(at, count): (usize, &f64)| {
            let lower = if at == 0 { lowest.min(*first) } else { bounds[at - 1] };
            let upper = bounds.get(at).copied().unwrap_or(highest.max(*last));
            // No measurement lies outside of min and max, so the ends of the outer buckets are known better.
            let lower = self.min.map_or(lower, |min| lower.max(min).min(upper));
            let upper = self.max.map_or(upper, |max| upper.min(max).max(lower));
            Interval { lower, upper, count: *count }
        };
        counts.iter().take(bounds.len() + 1).enumerate().map(interval).collect()
    }
}

/// Between two quantiles nothing is known but how many lie there; below the first and above the last that is all.
pub(super) fn between_quantiles(pairs: &[(f64, f64)], count: f64) -> Vec<Interval> {
    let (Some(first), Some(last)) = (pairs.first(), pairs.last()) else { return Vec::new() };
    let at = |value: f64, share: f64| Interval { lower: value, upper: value, count: share * count };
    let between = pairs.windows(2).map(|pair| Interval {
        lower: pair[0].1,
        upper: pair[1].1,
        count: (pair[1].0 - pair[0].0) * count,
    });
    std::iter::once(at(first.1, first.0)).chain(between).chain([at(last.1, 1.0 - last.0)]).collect()
}

impl Exponential {
    fn intervals(&self, min: Option<f64>, max: Option<f64>) -> Vec<Interval> {
        let base_exponent = (-f64::from(self.scale)).exp2();
        let bound = |index: i64| (index as f64 * base_exponent).exp2();
        let clip = |value: f64| {
            let value = min.map_or(value, |min| value.max(min));
            max.map_or(value, |max| value.min(max))
        };
        let mut intervals = Vec::new();
        if self.zero_count > 0.0 {
            let threshold = self.zero_threshold;
            intervals.push(Interval { lower: clip(-threshold), upper: clip(threshold), count: self.zero_count });
        }
        for (sign, (offset, counts)) in [(1.0, &self.positive), (-1.0, &self.negative)] {
            for (at, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0.0) {
                let index = i64::from(*offset) + at as i64;
                let (near, far) = (bound(index) * sign, bound(index + 1) * sign);
                intervals.push(Interval { lower: clip(near.min(far)), upper: clip(near.max(far)), count: *count });
            }
        }
        intervals
    }
}

#[cfg(test)]
mod tests;
