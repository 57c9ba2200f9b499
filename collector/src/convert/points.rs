//! Data points of each kind of metric.

use storage::{Buckets, Exemplar, ExponentialBuckets, MetricPoint};

use super::attributes::Pairs;
use super::metrics::Shared;
use super::text::at_most;
use super::{Stop, id, time};
use crate::limits::Limits;
use crate::protobuf::{Field, Fields};
use crate::reason::Reason;

/// Bit of the flags: the point says that there is no value.
const NO_RECORDED_VALUE: u32 = 1;

/// A point of a gauge or sum.
pub(super) fn number<'a>(mut sent: Fields<'a>, shared: &Shared<'a, '_>) -> Result<MetricPoint<'a>, Stop> {
    let mut point = Point::new(shared);
    let (mut value, mut value_int) = (None, None);
    while let Some(field) = sent.next()? {
        match field.number {
            2 => point.start = field.fixed64()?,
            3 => point.time = field.fixed64()?,
            4 => (value, value_int) = (Some(field.double()?), None),
            5 => point.exemplar(field)?,
            6 => {
                let number = field.fixed64()? as i64;
                (value, value_int) = (Some(number as f64), Some(number));
            }
            7 => point.pairs.add(field.message()?)?,
            8 => point.row.flags = field.uint32()?,
            _ => {}
        }
    }
    if value.is_none() && point.row.flags & NO_RECORDED_VALUE == 0 {
        return Err(Reason::PointWithoutValue.into());
    }
    (point.row.value, point.row.value_int) = (value, value_int);
    point.finish()
}

/// A point of a histogram with explicit bounds.
pub(super) fn histogram<'a>(mut sent: Fields<'a>, shared: &Shared<'a, '_>) -> Result<MetricPoint<'a>, Stop> {
    let mut point = Point::new(shared);
    let (mut count, mut counts, mut bounds) = (0, Vec::new(), Vec::new());
    while let Some(field) = sent.next()? {
        match field.number {
            2 => point.start = field.fixed64()?,
            3 => point.time = field.fixed64()?,
            4 => count = field.fixed64()?,
            5 => point.row.sum = Some(field.double()?),
            6 => field.fixed64s(&mut counts, |count| count)?,
            7 => field.fixed64s(&mut bounds, f64::from_bits)?,
            8 => point.exemplar(field)?,
            9 => point.pairs.add(field.message()?)?,
            10 => point.row.flags = field.uint32()?,
            11 => point.row.min = Some(field.double()?),
            12 => point.row.max = Some(field.double()?),
            _ => {}
        }
    }
    at_most_buckets(counts.len(), shared.limits)?;
    let without_buckets = counts.is_empty() && bounds.is_empty();
    if !without_buckets && counts.len() != bounds.len() + 1 {
        return Err(Reason::BucketCount { counts: counts.len(), bounds: bounds.len() }.into());
    }
    rising(&bounds)?;
    countable("bucket_counts", &counts)?;
    countable("count", &[count])?;
    point.row.count = Some(count);
    point.row.buckets = Buckets::Explicit { bounds, counts };
    point.finish()
}

/// A point of an exponential histogram.
pub(super) fn exponential<'a>(mut sent: Fields<'a>, shared: &Shared<'a, '_>) -> Result<MetricPoint<'a>, Stop> {
    let mut point = Point::new(shared);
    let mut buckets = ExponentialBuckets::default();
    let mut count = 0;
    while let Some(field) = sent.next()? {
        match field.number {
            1 => point.pairs.add(field.message()?)?,
            2 => point.start = field.fixed64()?,
            3 => point.time = field.fixed64()?,
            4 => count = field.fixed64()?,
            5 => point.row.sum = Some(field.double()?),
            6 => buckets.scale = field.sint32()?,
            7 => buckets.zero_count = field.fixed64()?,
            8 => (buckets.positive_offset, buckets.positive_counts) = side(field.message()?, shared.limits)?,
            9 => (buckets.negative_offset, buckets.negative_counts) = side(field.message()?, shared.limits)?,
            10 => point.row.flags = field.uint32()?,
            11 => point.exemplar(field)?,
            12 => point.row.min = Some(field.double()?),
            13 => point.row.max = Some(field.double()?),
            14 => buckets.zero_threshold = field.double()?,
            _ => {}
        }
    }
    countable("count", &[count])?;
    countable("zero_count", &[buckets.zero_count])?;
    point.row.count = Some(count);
    point.row.buckets = Buckets::Exponential(buckets);
    point.finish()
}

/// A point of a summary.
pub(super) fn summary<'a>(mut sent: Fields<'a>, shared: &Shared<'a, '_>) -> Result<MetricPoint<'a>, Stop> {
    let mut point = Point::new(shared);
    let (mut count, mut sum, mut quantiles) = (0, 0.0, Vec::new());
    while let Some(field) = sent.next()? {
        match field.number {
            2 => point.start = field.fixed64()?,
            3 => point.time = field.fixed64()?,
            4 => count = field.fixed64()?,
            5 => sum = field.double()?,
            6 => quantiles.push(quantile(field.message()?)?),
            7 => point.pairs.add(field.message()?)?,
            8 => point.row.flags = field.uint32()?,
            _ => {}
        }
    }
    countable("count", &[count])?;
    at_most_buckets(quantiles.len(), shared.limits)?;
    point.row.count = Some(count);
    point.row.sum = Some(sum);
    point.row.buckets = Buckets::Quantiles(quantiles);
    point.finish()
}

/// What points of all kinds have.
struct Point<'a, 's> {
    row: MetricPoint<'a>,
    time: u64,
    start: u64,
    pairs: Pairs<'a, 's>,
    exemplars: usize,
    limits: &'s Limits,
}

impl<'a, 's> Point<'a, 's> {
    fn new(shared: &Shared<'a, 's>) -> Self {
        let limits = shared.limits;
        Self { row: shared.point(), time: 0, start: 0, pairs: Pairs::new(limits), exemplars: 0, limits }
    }

    /// One too many is counted and no more.
    fn exemplar(&mut self, field: Field<'a>) -> Result<(), Stop> {
        self.exemplars += 1;
        if self.exemplars <= self.limits.exemplars_per_point_max {
            self.row.exemplars.push(exemplar(field.message()?, self.limits)?);
        }
        Ok(())
    }

    fn finish(self) -> Result<MetricPoint<'a>, Stop> {
        let max = self.limits.exemplars_per_point_max;
        at_most("number of exemplars", self.exemplars, max, "ingest.exemplars_per_point_max")?;
        Ok(MetricPoint {
            time_unix_nano: time::required("time_unix_nano", self.time)?,
            start_time_unix_nano: time::in_range("start_time_unix_nano", self.start)?,
            attributes: self.pairs.finish()?,
            ..self.row
        })
    }
}

fn side(mut sent: Fields<'_>, limits: &Limits) -> Result<(i32, Vec<u64>), Stop> {
    let (mut offset, mut counts) = (0i32, Vec::new());
    while let Some(field) = sent.next()? {
        match field.number {
            1 => offset = field.sint32()?,
            2 => field.varints(&mut counts)?,
            _ => {}
        }
    }
    at_most_buckets(counts.len(), limits)?;
    countable("bucket_counts", &counts)?;
    // The upper bound of the last bucket has the index one above it.
    let last = i32::try_from(counts.len()).ok().and_then(|length| offset.checked_add(length));
    last.map(|_| (offset, counts)).ok_or(Reason::BucketOffset.into())
}

fn quantile(mut sent: Fields<'_>) -> Result<(f64, f64), Stop> {
    let (mut quantile, mut value) = (0.0, 0.0);
    while let Some(field) = sent.next()? {
        match field.number {
            1 => quantile = field.double()?,
            2 => value = field.double()?,
            _ => {}
        }
    }
    match quantile {
        0.0..=1.0 => Ok((quantile, value)),
        found => Err(Reason::Quantile { found }.into()),
    }
}

fn exemplar<'a>(mut sent: Fields<'a>, limits: &Limits) -> Result<Exemplar<'a>, Stop> {
    let mut row =
        Exemplar { time_unix_nano: 0, value: 0.0, trace_id: None, span_id: None, filtered_attributes: Vec::new() };
    let mut value = None;
    let mut pairs = Pairs::new(limits);
    while let Some(field) = sent.next()? {
        match field.number {
            2 => row.time_unix_nano = time::in_range("exemplars.time_unix_nano", field.fixed64()?)?,
            3 => value = Some(field.double()?),
            4 => row.span_id = id::optional("exemplars.span_id", field.bytes()?)?,
            5 => row.trace_id = id::optional("exemplars.trace_id", field.bytes()?)?,
            6 => value = Some(field.fixed64()? as i64 as f64),
            7 => pairs.add(field.message()?)?,
            _ => {}
        }
    }
    row.value = value.ok_or(Reason::PointWithoutValue)?;
    row.filtered_attributes = pairs.finish()?;
    Ok(row)
}

fn at_most_buckets(found: usize, limits: &Limits) -> Result<(), Reason> {
    at_most("number of buckets", found, limits.buckets_per_point_max, "ingest.buckets_per_point_max")
}

/// NaN rises above nothing, and nothing above it.
fn rising(bounds: &[f64]) -> Result<(), Reason> {
    if bounds.first().is_some_and(|bound| bound.is_nan()) {
        return Err(Reason::BoundsOrder { index: 0 });
    }
    let rises = |pair: &[f64]| pair[0] < pair[1];
    match bounds.windows(2).position(|pair| !rises(pair)) {
        Some(index) => Err(Reason::BoundsOrder { index: index + 1 }),
        None => Ok(()),
    }
}

/// Tables know no unsigned integers.
fn countable(field: &'static str, counts: &[u64]) -> Result<(), Reason> {
    let fits = |count: &u64| i64::try_from(*count).is_ok();
    if counts.iter().all(fits) { Ok(()) } else { Err(Reason::CountRange { field }) }
}
