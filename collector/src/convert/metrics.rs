//! Metrics: what all the points of a metric share.

use std::sync::Arc;

use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::metrics::v1::{Metric, metric::Data};
use storage::{Buckets, MetricKind, MetricPoint, Resource, Scope, Temporality};

use super::points;
use super::resource::{resource, scope};
use super::text::{name, text};
use crate::limits::Limits;
use crate::reason::{Reason, Refused};

/// What the points of one metric share.
pub(super) struct Shared<'a> {
    pub(super) resource: Arc<Resource>,
    pub(super) scope: Arc<Scope>,
    pub(super) name: Arc<str>,
    pub(super) unit: Arc<str>,
    pub(super) description: Arc<str>,
    pub(super) kind: MetricKind,
    pub(super) temporality: Option<Temporality>,
    pub(super) monotonic: bool,
    pub(super) limits: &'a Limits,
}

impl Shared<'_> {
    /// A point with nothing but what is shared.
    pub(super) fn point(&self, time_unix_nano: i64, start_time_unix_nano: i64) -> MetricPoint {
        MetricPoint {
            resource: Arc::clone(&self.resource),
            scope: Arc::clone(&self.scope),
            name: Arc::clone(&self.name),
            unit: Arc::clone(&self.unit),
            description: Arc::clone(&self.description),
            kind: self.kind,
            temporality: self.temporality,
            monotonic: self.monotonic,
            time_unix_nano,
            start_time_unix_nano,
            flags: 0,
            attributes: Vec::new(),
            value: None,
            value_int: None,
            count: None,
            sum: None,
            min: None,
            max: None,
            buckets: Buckets::None,
            exemplars: Vec::new(),
        }
    }
}

/// How many points a request holds.
fn count(request: &ExportMetricsServiceRequest) -> usize {
    let scopes = request.resource_metrics.iter().flat_map(|resource| &resource.scope_metrics);
    scopes.flat_map(|scope| &scope.metrics).map(points_of).sum()
}

/// The points of a request.
pub(crate) fn metrics(
    request: ExportMetricsServiceRequest,
    limits: &Limits,
    refused: &mut Refused,
) -> Vec<MetricPoint> {
    let mut rows = Vec::with_capacity(count(&request));
    for sent in request.resource_metrics {
        let resource = resource(sent.resource, limits);
        for sent in sent.scope_metrics {
            let shared = resource.clone().and_then(|resource| Ok((resource, scope(sent.scope, limits)?)));
            for sent in sent.metrics {
                let points = points_of(&sent);
                let converted = match &shared {
                    Ok((resource, scope)) => metric(sent, resource, scope, limits, &mut rows, refused),
                    Err(reason) => Err(*reason),
                };
                if let Err(reason) = converted {
                    // A metric that cannot be read counts for one point where its points cannot be counted.
                    refused.add_many(reason, points.max(1) as u64);
                }
            }
        }
    }
    rows
}

fn metric(
    sent: Metric,
    resource: &Arc<Resource>,
    scope: &Arc<Scope>,
    limits: &Limits,
    rows: &mut Vec<MetricPoint>,
    refused: &mut Refused,
) -> Result<(), Reason> {
    let data = sent.data.ok_or(Reason::MetricWithoutData)?;
    if sent.name.is_empty() {
        return Err(Reason::MetricUnnamed);
    }
    let (kind, temporality, monotonic) = match &data {
        Data::Gauge(_) => (MetricKind::Gauge, None, false),
        Data::Summary(_) => (MetricKind::Summary, None, false),
        Data::Sum(sum) => (MetricKind::Sum, Some(temporality(sum.aggregation_temporality)?), sum.is_monotonic),
        Data::Histogram(histogram) => {
            (MetricKind::Histogram, Some(temporality(histogram.aggregation_temporality)?), false)
        }
        Data::ExponentialHistogram(histogram) => {
            (MetricKind::ExponentialHistogram, Some(temporality(histogram.aggregation_temporality)?), false)
        }
    };
    let shared = Shared {
        resource: Arc::clone(resource),
        scope: Arc::clone(scope),
        name: name("length of the metric's name", sent.name, limits)?.into(),
        unit: text("length of the unit", sent.unit, limits)?.into(),
        description: text("length of the description", sent.description, limits)?.into(),
        kind,
        temporality,
        monotonic,
        limits,
    };
    let mut keep = |converted: Result<MetricPoint, Reason>| match converted {
        Ok(row) => rows.push(row),
        Err(reason) => refused.add(reason),
    };
    match data {
        Data::Gauge(gauge) => gauge.data_points.into_iter().for_each(|sent| keep(points::number(sent, &shared))),
        Data::Sum(sum) => sum.data_points.into_iter().for_each(|sent| keep(points::number(sent, &shared))),
        Data::Histogram(histogram) => {
            histogram.data_points.into_iter().for_each(|sent| keep(points::histogram(sent, &shared)));
        }
        Data::ExponentialHistogram(histogram) => {
            histogram.data_points.into_iter().for_each(|sent| keep(points::exponential(sent, &shared)));
        }
        Data::Summary(summary) => summary.data_points.into_iter().for_each(|sent| keep(points::summary(sent, &shared))),
    }
    Ok(())
}

fn points_of(metric: &Metric) -> usize {
    match &metric.data {
        None => 0,
        Some(Data::Gauge(gauge)) => gauge.data_points.len(),
        Some(Data::Sum(sum)) => sum.data_points.len(),
        Some(Data::Histogram(histogram)) => histogram.data_points.len(),
        Some(Data::ExponentialHistogram(histogram)) => histogram.data_points.len(),
        Some(Data::Summary(summary)) => summary.data_points.len(),
    }
}

fn temporality(sent: i32) -> Result<Temporality, Reason> {
    match sent {
        1 => Ok(Temporality::Delta),
        2 => Ok(Temporality::Cumulative),
        found => Err(Reason::Temporality { found }),
    }
}
