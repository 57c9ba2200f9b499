//! Metrics: what all the points of a metric share.

use std::sync::Arc;

use storage::{Buckets, MetricKind, MetricPoint, Resource, Scope, Temporality};

use super::points;
use super::resource::each_scope;
use super::text::{name, text};
use super::{Stop, keep};
use crate::limits::Limits;
use crate::protobuf::{Fields, Malformed, Text};
use crate::reason::{Reason, Refused};

const METRICS: u32 = 2;
/// The points of the data of every kind.
const POINTS: u32 = 1;

/// What the points of one metric share.
pub(super) struct Shared<'a, 'l> {
    pub(super) resource: Arc<Resource<'a>>,
    pub(super) scope: Arc<Scope<'a>>,
    pub(super) name: Text<'a>,
    pub(super) unit: Text<'a>,
    pub(super) description: Text<'a>,
    pub(super) kind: MetricKind,
    pub(super) temporality: Option<Temporality>,
    pub(super) monotonic: bool,
    pub(super) limits: &'l Limits,
}

impl<'a> Shared<'a, '_> {
    /// A point with nothing but what is shared.
    pub(super) fn point(&self) -> MetricPoint<'a> {
        MetricPoint {
            resource: Arc::clone(&self.resource),
            scope: Arc::clone(&self.scope),
            name: self.name.clone(),
            unit: self.unit.clone(),
            description: self.description.clone(),
            kind: self.kind,
            temporality: self.temporality,
            monotonic: self.monotonic,
            time_unix_nano: 0,
            start_time_unix_nano: 0,
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

/// The points of a request.
pub(super) fn metrics<'a>(
    request: Fields<'a>,
    limits: &Limits,
    refused: &mut Refused,
) -> Result<Vec<MetricPoint<'a>>, Malformed> {
    let mut rows = Vec::new();
    each_scope(request, limits, |mut of_scope, shared| {
        while let Some(field) = of_scope.next()? {
            if field.number != METRICS {
                continue;
            }
            let sent = Sent::read(field.message()?)?;
            let points = sent.points()?;
            rows.reserve(points);
            let converted = match shared {
                Ok((resource, scope)) => metric(&sent, resource, scope, limits, &mut rows, refused),
                Err(reason) => Err(reason.into()),
            };
            match converted {
                Ok(()) => {}
                // A metric that cannot be read counts for one point where its points cannot be counted.
                Err(Stop::Row(reason)) => refused.add_many(reason, points.max(1) as u64),
                Err(Stop::Request(malformed)) => return Err(malformed),
            }
        }
        Ok(())
    })?;
    Ok(rows)
}

/// A metric as it was sent; its points unread.
#[derive(Default)]
struct Sent<'a> {
    name: &'a str,
    description: &'a str,
    unit: &'a str,
    data: Option<(MetricKind, Fields<'a>)>,
}

impl<'a> Sent<'a> {
    fn read(mut metric: Fields<'a>) -> Result<Self, Malformed> {
        let mut sent = Self::default();
        while let Some(field) = metric.next()? {
            let kind = match field.number {
                1 => {
                    sent.name = field.text()?;
                    continue;
                }
                2 => {
                    sent.description = field.text()?;
                    continue;
                }
                3 => {
                    sent.unit = field.text()?;
                    continue;
                }
                5 => MetricKind::Gauge,
                7 => MetricKind::Sum,
                9 => MetricKind::Histogram,
                10 => MetricKind::ExponentialHistogram,
                11 => MetricKind::Summary,
                _ => continue,
            };
            sent.data = Some((kind, field.message()?));
        }
        Ok(sent)
    }

    fn points(&self) -> Result<usize, Malformed> {
        self.data.map_or(Ok(0), |(_, data)| data.count(POINTS))
    }
}

fn metric<'a>(
    sent: &Sent<'a>,
    resource: &Arc<Resource<'a>>,
    scope: &Arc<Scope<'a>>,
    limits: &Limits,
    rows: &mut Vec<MetricPoint<'a>>,
    refused: &mut Refused,
) -> Result<(), Stop> {
    let (kind, mut data) = sent.data.ok_or(Reason::MetricWithoutData)?;
    if sent.name.is_empty() {
        return Err(Reason::MetricUnnamed.into());
    }
    let (temporality, monotonic) = accumulation(kind, data)?;
    let shared = Shared {
        resource: Arc::clone(resource),
        scope: Arc::clone(scope),
        name: name("length of the metric's name", sent.name, limits)?,
        unit: text("length of the unit", sent.unit, limits)?,
        description: text("length of the description", sent.description, limits)?,
        kind,
        temporality,
        monotonic,
        limits,
    };
    while let Some(field) = data.next()? {
        if field.number == POINTS {
            let sent = field.message()?;
            let row = match kind {
                MetricKind::Gauge | MetricKind::Sum => points::number(sent, &shared),
                MetricKind::Histogram => points::histogram(sent, &shared),
                MetricKind::ExponentialHistogram => points::exponential(sent, &shared),
                MetricKind::Summary => points::summary(sent, &shared),
            };
            keep(row, rows, refused)?;
        }
    }
    Ok(())
}

/// Temporality, and whether a sum only rises. Both stand beside the points.
fn accumulation(kind: MetricKind, mut data: Fields<'_>) -> Result<(Option<Temporality>, bool), Stop> {
    if matches!(kind, MetricKind::Gauge | MetricKind::Summary) {
        return Ok((None, false));
    }
    let (mut sent, mut monotonic) = (0, false);
    while let Some(field) = data.next()? {
        match field.number {
            2 => sent = field.int32()?,
            3 if kind == MetricKind::Sum => monotonic = field.bool()?,
            _ => {}
        }
    }
    Ok((Some(temporality(sent)?), monotonic))
}

fn temporality(sent: i32) -> Result<Temporality, Reason> {
    match sent {
        1 => Ok(Temporality::Delta),
        2 => Ok(Temporality::Cumulative),
        found => Err(Reason::Temporality { found }),
    }
}
