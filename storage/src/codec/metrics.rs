//! The stored form of a metric data point.

use super::reader::{Reader, malformed};
use super::rows::Point;
use super::shared::{Shared, SharedRead};
use super::writer::Writer;
use crate::error::Error;
use crate::row::{Buckets, Exemplar, ExponentialBuckets, MetricKind, MetricPoint, Temporality};

pub(super) fn write<'a>(out: &mut Writer, shared: &mut Shared<'a>, point: &MetricPoint<'a>) -> Result<(), Error> {
    out.count(shared.resource(&point.resource));
    out.count(shared.scope(&point.scope));
    out.text(&point.name);
    out.text(&point.unit);
    out.text(&point.description);
    out.byte(match point.kind {
        MetricKind::Gauge => 0,
        MetricKind::Sum => 1,
        MetricKind::Histogram => 2,
        MetricKind::ExponentialHistogram => 3,
        MetricKind::Summary => 4,
    });
    out.byte(match point.temporality {
        None => 0,
        Some(Temporality::Delta) => 1,
        Some(Temporality::Cumulative) => 2,
    });
    out.flag(point.monotonic);
    out.signed(point.time_unix_nano);
    out.signed(point.start_time_unix_nano);
    out.unsigned(point.flags.into());
    out.attributes(&point.attributes)?;
    out.optional(point.value, Writer::double);
    out.optional(point.value_int, Writer::signed);
    out.optional(point.count, Writer::unsigned);
    out.optional(point.sum, Writer::double);
    out.optional(point.min, Writer::double);
    out.optional(point.max, Writer::double);
    write_buckets(out, &point.buckets);
    out.count(point.exemplars.len());
    for exemplar in &point.exemplars {
        out.signed(exemplar.time_unix_nano);
        out.double(exemplar.value);
        out.optional(exemplar.trace_id, |out, id| out.raw(&id));
        out.optional(exemplar.span_id, |out, id| out.raw(&id));
        out.attributes(&exemplar.filtered_attributes)?;
    }
    Ok(())
}

pub(super) fn read<'a>(reader: &mut Reader<'a>, shared: &SharedRead<'a>) -> Result<MetricPoint<'a>, Error> {
    Ok(MetricPoint {
        resource: shared.resource(reader.narrow()?)?.clone(),
        scope: shared.scope(reader.narrow()?)?.clone(),
        name: reader.text()?,
        unit: reader.text()?,
        description: reader.text()?,
        kind: match reader.byte()? {
            0 => MetricKind::Gauge,
            1 => MetricKind::Sum,
            2 => MetricKind::Histogram,
            3 => MetricKind::ExponentialHistogram,
            4 => MetricKind::Summary,
            _ => return Err(malformed("a metric kind")),
        },
        temporality: match reader.byte()? {
            0 => None,
            1 => Some(Temporality::Delta),
            2 => Some(Temporality::Cumulative),
            _ => return Err(malformed("a temporality")),
        },
        monotonic: reader.flag()?,
        time_unix_nano: reader.signed()?,
        start_time_unix_nano: reader.signed()?,
        flags: reader.narrow()?,
        attributes: reader.attributes()?,
        value: reader.optional(Reader::double)?,
        value_int: reader.optional(Reader::signed)?,
        count: reader.optional(Reader::unsigned)?,
        sum: reader.optional(Reader::double)?,
        min: reader.optional(Reader::double)?,
        max: reader.optional(Reader::double)?,
        buckets: read_buckets(reader)?,
        exemplars: reader.list(|reader| {
            Ok(Exemplar {
                time_unix_nano: reader.signed()?,
                value: reader.double()?,
                trace_id: reader.optional(Reader::array)?,
                span_id: reader.optional(Reader::array)?,
                filtered_attributes: reader.attributes()?,
            })
        })?,
    })
}

/// What tells the series, and the time; nothing is made of the attributes.
pub(super) fn read_key<'a, 'b>(reader: &mut Reader<'a>, shared: &'b SharedRead<'a>) -> Result<Point<'a, 'b>, Error> {
    let resource = shared.resource(reader.narrow()?)?;
    let scope = shared.scope(reader.narrow()?)?;
    let mut name = "";
    let metric = reader.skipped(|reader| {
        name = reader.borrowed_text()?;
        reader.bytes()?;
        reader.bytes()?;
        reader.array::<3>().map(drop)
    })?;
    let time_unix_nano = reader.signed()?;
    reader.signed()?;
    reader.unsigned()?;
    let attributes = reader.skipped(Reader::skip_attributes)?;
    Ok(Point { resource, scope, name, metric, time_unix_nano, attributes })
}

fn write_buckets(out: &mut Writer, buckets: &Buckets) {
    match buckets {
        Buckets::None => out.byte(0),
        Buckets::Explicit { bounds, counts } => {
            out.byte(1);
            out.list(bounds, |out, bound| out.double(*bound));
            out.list(counts, |out, count| out.unsigned(*count));
        }
        Buckets::Exponential(exponential) => {
            out.byte(2);
            out.signed(exponential.scale.into());
            out.unsigned(exponential.zero_count);
            out.double(exponential.zero_threshold);
            out.signed(exponential.positive_offset.into());
            out.list(&exponential.positive_counts, |out, count| out.unsigned(*count));
            out.signed(exponential.negative_offset.into());
            out.list(&exponential.negative_counts, |out, count| out.unsigned(*count));
        }
        Buckets::Quantiles(quantiles) => {
            out.byte(3);
            out.list(quantiles, |out, (quantile, value)| {
                out.double(*quantile);
                out.double(*value);
            });
        }
    }
}

fn read_buckets(reader: &mut Reader<'_>) -> Result<Buckets, Error> {
    Ok(match reader.byte()? {
        0 => Buckets::None,
        1 => Buckets::Explicit { bounds: reader.list(Reader::double)?, counts: reader.list(Reader::unsigned)? },
        2 => Buckets::Exponential(ExponentialBuckets {
            scale: reader.narrow_signed()?,
            zero_count: reader.unsigned()?,
            zero_threshold: reader.double()?,
            positive_offset: reader.narrow_signed()?,
            positive_counts: reader.list(Reader::unsigned)?,
            negative_offset: reader.narrow_signed()?,
            negative_counts: reader.list(Reader::unsigned)?,
        }),
        3 => Buckets::Quantiles(reader.list(|reader| Ok((reader.double()?, reader.double()?)))?),
        _ => return Err(malformed("buckets")),
    })
}
