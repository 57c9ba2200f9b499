//! Data points of each kind of metric.

use opentelemetry_proto::tonic::metrics::v1::exponential_histogram_data_point::Buckets as SentBuckets;
use opentelemetry_proto::tonic::metrics::v1::{
    Exemplar as SentExemplar, ExponentialHistogramDataPoint, HistogramDataPoint, NumberDataPoint, SummaryDataPoint,
    exemplar, number_data_point,
};
use storage::{Buckets, Exemplar, ExponentialBuckets, MetricPoint};

use super::attributes::attributes;
use super::metrics::Shared;
use super::text::at_most;
use super::{id, time};
use crate::limits::Limits;
use crate::reason::Reason;

/// Bit of the flags: the point says that there is no value.
const NO_RECORDED_VALUE: u32 = 1;

/// A point of a gauge or sum.
pub(super) fn number(sent: NumberDataPoint, shared: &Shared<'_>) -> Result<MetricPoint, Reason> {
    let (value, value_int) = match sent.value {
        Some(number_data_point::Value::AsDouble(value)) => (Some(value), None),
        Some(number_data_point::Value::AsInt(value)) => (Some(value as f64), Some(value)),
        None if sent.flags & NO_RECORDED_VALUE != 0 => (None, None),
        None => return Err(Reason::PointWithoutValue),
    };
    Ok(MetricPoint {
        flags: sent.flags,
        attributes: attributes(sent.attributes, shared.limits)?,
        value,
        value_int,
        exemplars: exemplars(sent.exemplars, shared.limits)?,
        ..timed(sent.time_unix_nano, sent.start_time_unix_nano, shared)?
    })
}

/// A point of a histogram with explicit bounds.
pub(super) fn histogram(sent: HistogramDataPoint, shared: &Shared<'_>) -> Result<MetricPoint, Reason> {
    let (counts, bounds) = (sent.bucket_counts, sent.explicit_bounds);
    at_most_buckets(counts.len(), shared.limits)?;
    let without_buckets = counts.is_empty() && bounds.is_empty();
    if !without_buckets && counts.len() != bounds.len() + 1 {
        return Err(Reason::BucketCount { counts: counts.len(), bounds: bounds.len() });
    }
    if bounds.first().is_some_and(|bound| bound.is_nan()) {
        return Err(Reason::BoundsOrder { index: 0 });
    }
    // NaN rises above nothing, and nothing above it.
    let rises = |pair: &[f64]| pair[0] < pair[1];
    if let Some(index) = bounds.windows(2).position(|pair| !rises(pair)) {
        return Err(Reason::BoundsOrder { index: index + 1 });
    }
    countable("bucket_counts", &counts)?;
    countable("count", &[sent.count])?;
    Ok(MetricPoint {
        flags: sent.flags,
        attributes: attributes(sent.attributes, shared.limits)?,
        count: Some(sent.count),
        sum: sent.sum,
        min: sent.min,
        max: sent.max,
        buckets: Buckets::Explicit { bounds, counts },
        exemplars: exemplars(sent.exemplars, shared.limits)?,
        ..timed(sent.time_unix_nano, sent.start_time_unix_nano, shared)?
    })
}

/// A point of an exponential histogram.
pub(super) fn exponential(sent: ExponentialHistogramDataPoint, shared: &Shared<'_>) -> Result<MetricPoint, Reason> {
    countable("count", &[sent.count])?;
    countable("zero_count", &[sent.zero_count])?;
    let (positive_offset, positive_counts) = side(sent.positive, shared.limits)?;
    let (negative_offset, negative_counts) = side(sent.negative, shared.limits)?;
    Ok(MetricPoint {
        flags: sent.flags,
        attributes: attributes(sent.attributes, shared.limits)?,
        count: Some(sent.count),
        sum: sent.sum,
        min: sent.min,
        max: sent.max,
        buckets: Buckets::Exponential(ExponentialBuckets {
            scale: sent.scale,
            zero_count: sent.zero_count,
            zero_threshold: sent.zero_threshold,
            positive_offset,
            positive_counts,
            negative_offset,
            negative_counts,
        }),
        exemplars: exemplars(sent.exemplars, shared.limits)?,
        ..timed(sent.time_unix_nano, sent.start_time_unix_nano, shared)?
    })
}

/// A point of a summary.
pub(super) fn summary(sent: SummaryDataPoint, shared: &Shared<'_>) -> Result<MetricPoint, Reason> {
    countable("count", &[sent.count])?;
    at_most_buckets(sent.quantile_values.len(), shared.limits)?;
    let quantiles = sent
        .quantile_values
        .into_iter()
        .map(|sent| match sent.quantile {
            quantile @ 0.0..=1.0 => Ok((quantile, sent.value)),
            found => Err(Reason::Quantile { found }),
        })
        .collect::<Result<_, _>>()?;
    Ok(MetricPoint {
        flags: sent.flags,
        attributes: attributes(sent.attributes, shared.limits)?,
        count: Some(sent.count),
        sum: Some(sent.sum),
        buckets: Buckets::Quantiles(quantiles),
        ..timed(sent.time_unix_nano, sent.start_time_unix_nano, shared)?
    })
}

fn timed(time_unix_nano: u64, start_time_unix_nano: u64, shared: &Shared<'_>) -> Result<MetricPoint, Reason> {
    let time_unix_nano = time::required("time_unix_nano", time_unix_nano)?;
    let start_time_unix_nano = time::in_range("start_time_unix_nano", start_time_unix_nano)?;
    Ok(shared.point(time_unix_nano, start_time_unix_nano))
}

fn side(sent: Option<SentBuckets>, limits: &Limits) -> Result<(i32, Vec<u64>), Reason> {
    let SentBuckets { offset, bucket_counts } = sent.unwrap_or_default();
    at_most_buckets(bucket_counts.len(), limits)?;
    countable("bucket_counts", &bucket_counts)?;
    // The upper bound of the last bucket has the index one above it.
    let last = i32::try_from(bucket_counts.len()).ok().and_then(|length| offset.checked_add(length));
    last.map(|_| (offset, bucket_counts)).ok_or(Reason::BucketOffset)
}

fn exemplars(sent: Vec<SentExemplar>, limits: &Limits) -> Result<Vec<Exemplar>, Reason> {
    at_most("number of exemplars", sent.len(), limits.exemplars_per_point_max, "ingest.exemplars_per_point_max")?;
    sent.into_iter().map(|sent| exemplar(sent, limits)).collect()
}

fn exemplar(sent: SentExemplar, limits: &Limits) -> Result<Exemplar, Reason> {
    Ok(Exemplar {
        time_unix_nano: time::in_range("exemplars.time_unix_nano", sent.time_unix_nano)?,
        value: match sent.value {
            Some(exemplar::Value::AsDouble(value)) => value,
            Some(exemplar::Value::AsInt(value)) => value as f64,
            None => return Err(Reason::PointWithoutValue),
        },
        trace_id: id::optional("exemplars.trace_id", &sent.trace_id)?,
        span_id: id::optional("exemplars.span_id", &sent.span_id)?,
        filtered_attributes: attributes(sent.filtered_attributes, limits)?,
    })
}

fn at_most_buckets(found: usize, limits: &Limits) -> Result<(), Reason> {
    at_most("number of buckets", found, limits.buckets_per_point_max, "ingest.buckets_per_point_max")
}

/// Tables know no unsigned integers.
fn countable(field: &'static str, counts: &[u64]) -> Result<(), Reason> {
    let fits = |count: &u64| i64::try_from(*count).is_ok();
    if counts.iter().all(fits) { Ok(()) } else { Err(Reason::CountRange { field }) }
}
