//! The columns of the table `metrics`.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BinaryBuilder, BooleanBuilder, Float64Builder, Int32Builder, Int64Builder, StringBuilder,
};

use super::attributes::{AttributeColumns, MapColumn};
use super::lists::{Lengths, struct_fields};
use super::{Origin, Times, not_empty, push_id};
use crate::promoted::PromotedSet;
use crate::row::{Buckets, Exemplar, MetricPoint, Signal};
use crate::schema;

pub(super) struct Columns<'a> {
    time: Times,
    start_time: Times,
    name: StringBuilder,
    unit: StringBuilder,
    description: StringBuilder,
    kind: StringBuilder,
    temporality: StringBuilder,
    monotonic: BooleanBuilder,
    flags: Int64Builder,
    series_id: Int64Builder,
    origin: Origin,
    attributes: AttributeColumns<'a>,
    value: Float64Builder,
    value_int: Int64Builder,
    count: Int64Builder,
    sum: Float64Builder,
    min: Float64Builder,
    max: Float64Builder,
    distribution: Distribution,
    exemplars: Exemplars,
}

impl<'a> Columns<'a> {
    pub(super) fn new(rows: usize, set: &Arc<PromotedSet>) -> Self {
        Self {
            time: Times::new(rows),
            start_time: Times::new(rows),
            name: StringBuilder::new(),
            unit: StringBuilder::new(),
            description: StringBuilder::new(),
            kind: StringBuilder::new(),
            temporality: StringBuilder::new(),
            monotonic: BooleanBuilder::new(),
            flags: Int64Builder::with_capacity(rows),
            series_id: Int64Builder::with_capacity(rows),
            origin: Origin::new(),
            attributes: AttributeColumns::new(rows, set),
            value: Float64Builder::new(),
            value_int: Int64Builder::new(),
            count: Int64Builder::new(),
            sum: Float64Builder::new(),
            min: Float64Builder::new(),
            max: Float64Builder::new(),
            distribution: Distribution::default(),
            exemplars: Exemplars::new(),
        }
    }

    pub(super) fn push(&mut self, point: &MetricPoint<'a>, series_id: i64) {
        self.time.push(point.time_unix_nano);
        match point.start_time_unix_nano {
            0 => self.start_time.push_null(),
            start => self.start_time.push(start),
        }
        self.name.append_value(&point.name);
        self.unit.append_option(not_empty(&point.unit));
        self.description.append_option(not_empty(&point.description));
        self.kind.append_value(point.kind.as_str());
        self.temporality.append_option(point.temporality.map(|temporality| temporality.as_str()));
        self.monotonic.append_value(point.monotonic);
        self.flags.append_value(point.flags.into());
        self.series_id.append_value(series_id);
        self.origin.push(&point.resource, &point.scope);
        self.attributes.push(&point.attributes, &point.resource, &point.scope);
        self.value.append_option(point.value);
        self.value_int.append_option(point.value_int);
        self.count.append_option(point.count.map(signed));
        self.sum.append_option(point.sum);
        self.min.append_option(point.min);
        self.max.append_option(point.max);
        self.distribution.push(&point.buckets);
        self.exemplars.push(&point.exemplars);
    }

    /// In the order of [`schema::schema`].
    pub(super) fn finish(mut self) -> Vec<ArrayRef> {
        let mut columns: Vec<ArrayRef> = Vec::new();
        columns.extend(self.time.finish());
        columns.extend(self.start_time.finish());
        columns.push(Arc::new(self.name.finish()));
        columns.push(Arc::new(self.unit.finish()));
        columns.push(Arc::new(self.description.finish()));
        columns.push(Arc::new(self.kind.finish()));
        columns.push(Arc::new(self.temporality.finish()));
        columns.push(Arc::new(self.monotonic.finish()));
        columns.push(Arc::new(self.flags.finish()));
        columns.push(Arc::new(self.series_id.finish()));
        columns.extend(self.origin.finish());
        columns.extend(self.attributes.finish());
        columns.push(Arc::new(self.value.finish()));
        columns.push(Arc::new(self.value_int.finish()));
        columns.push(Arc::new(self.count.finish()));
        columns.push(Arc::new(self.sum.finish()));
        columns.push(Arc::new(self.min.finish()));
        columns.push(Arc::new(self.max.finish()));
        columns.extend(self.distribution.finish());
        columns.push(self.exemplars.finish());
        columns
    }
}

/// Delta has no unsigned integers. A count beyond 2^63 does not occur; it would show as the largest there is.
fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Buckets of all kinds. A row has the columns of its own kind; the others are null.
#[derive(Default)]
struct Distribution {
    bounds: (Lengths, Float64Builder),
    counts: (Lengths, Int64Builder),
    scale: Int32Builder,
    zero_count: Int64Builder,
    zero_threshold: Float64Builder,
    positive_offset: Int32Builder,
    positive_counts: (Lengths, Int64Builder),
    negative_offset: Int32Builder,
    negative_counts: (Lengths, Int64Builder),
    quantiles: (Lengths, Float64Builder, Float64Builder),
}

impl Distribution {
    fn push(&mut self, buckets: &Buckets) {
        let explicit = match buckets {
            Buckets::Explicit { bounds, counts } => Some((bounds, counts)),
            _ => None,
        };
        self.bounds.0.push(explicit.map(|(bounds, _)| bounds.len()));
        self.counts.0.push(explicit.map(|(_, counts)| counts.len()));
        if let Some((bounds, counts)) = explicit {
            self.bounds.1.append_slice(bounds);
            counts.iter().for_each(|count| self.counts.1.append_value(signed(*count)));
        }

        let exponential = match buckets {
            Buckets::Exponential(exponential) => Some(exponential),
            _ => None,
        };
        self.scale.append_option(exponential.map(|e| e.scale));
        self.zero_count.append_option(exponential.map(|e| signed(e.zero_count)));
        self.zero_threshold.append_option(exponential.map(|e| e.zero_threshold));
        self.positive_offset.append_option(exponential.map(|e| e.positive_offset));
        self.positive_counts.0.push(exponential.map(|e| e.positive_counts.len()));
        self.negative_offset.append_option(exponential.map(|e| e.negative_offset));
        self.negative_counts.0.push(exponential.map(|e| e.negative_counts.len()));
        if let Some(exponential) = exponential {
            exponential.positive_counts.iter().for_each(|count| self.positive_counts.1.append_value(signed(*count)));
            exponential.negative_counts.iter().for_each(|count| self.negative_counts.1.append_value(signed(*count)));
        }

        let quantiles = match buckets {
            Buckets::Quantiles(quantiles) => Some(quantiles),
            _ => None,
        };
        self.quantiles.0.push(quantiles.map(Vec::len));
        for (quantile, value) in quantiles.into_iter().flatten() {
            self.quantiles.1.append_value(*quantile);
            self.quantiles.2.append_value(*value);
        }
    }

    fn finish(mut self) -> Vec<ArrayRef> {
        let schema = schema::schema(Signal::Metrics);
        let quantiles = schema.field_with_name("quantiles").expect("the schema has this column");
        vec![
            self.bounds.0.list(Arc::new(self.bounds.1.finish())),
            self.counts.0.list(Arc::new(self.counts.1.finish())),
            Arc::new(self.scale.finish()),
            Arc::new(self.zero_count.finish()),
            Arc::new(self.zero_threshold.finish()),
            Arc::new(self.positive_offset.finish()),
            self.positive_counts.0.list(Arc::new(self.positive_counts.1.finish())),
            Arc::new(self.negative_offset.finish()),
            self.negative_counts.0.list(Arc::new(self.negative_counts.1.finish())),
            self.quantiles.0.list_of_structs(
                struct_fields(quantiles),
                vec![Arc::new(self.quantiles.1.finish()), Arc::new(self.quantiles.2.finish())],
            ),
        ]
    }
}

struct Exemplars {
    lengths: Lengths,
    time: Times,
    value: Float64Builder,
    trace_id: BinaryBuilder,
    span_id: BinaryBuilder,
    filtered_attributes: MapColumn,
}

impl Exemplars {
    fn new() -> Self {
        Self {
            lengths: Lengths::default(),
            time: Times::new(0),
            value: Float64Builder::new(),
            trace_id: BinaryBuilder::new(),
            span_id: BinaryBuilder::new(),
            filtered_attributes: MapColumn::new(),
        }
    }

    fn push(&mut self, exemplars: &[Exemplar<'_>]) {
        self.lengths.push((!exemplars.is_empty()).then_some(exemplars.len()));
        for exemplar in exemplars {
            self.time.push(exemplar.time_unix_nano);
            self.value.append_value(exemplar.value);
            push_id(&mut self.trace_id, exemplar.trace_id);
            push_id(&mut self.span_id, exemplar.span_id);
            self.filtered_attributes.push(&exemplar.filtered_attributes);
        }
    }

    fn finish(mut self) -> ArrayRef {
        let schema = schema::schema(Signal::Metrics);
        let field = schema.field_with_name("exemplars").expect("the schema has this column");
        let mut columns = Vec::from(self.time.finish());
        columns.push(Arc::new(self.value.finish()));
        columns.push(Arc::new(self.trace_id.finish()));
        columns.push(Arc::new(self.span_id.finish()));
        columns.push(self.filtered_attributes.finish());
        self.lengths.list_of_structs(struct_fields(field), columns)
    }
}
