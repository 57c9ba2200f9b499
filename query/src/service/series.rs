//! A measure of services over time.

use std::collections::BTreeMap;

use api::Nanos;
use api::metric::{Exemplar, Series, SeriesAnswer};
use api::service::ServiceMeasure::{LatencyP50, LatencyP90, LatencyP99};
use api::service::{ServiceQuery, ServiceRequest};
use api::trace::Class;
use datafusion::logical_expr::lit;
use storage::Signal;

use super::list::each_request;
use super::tallies::{Period, unit};
use crate::columns::Columns;
use crate::config::Config;
use crate::error::Error;
use crate::period::Periods;
use crate::reading::{Conditions, Reading, limit_reached};
use crate::trace::search::one_of;

/// How many traces of the worst class are shown with the lines.
const EXEMPLARS_MAX: usize = 50;

/// One line for each service, or one line.
pub(crate) async fn answer(
    reading: &mut Reading,
    config: &Config,
    request: &ServiceRequest,
    now: i64,
) -> Result<SeriesAnswer, Error> {
    let (from, to) = request.range.resolve(now).map_err(Error::invalid)?;
    let periods = Periods::covering(from, to, request.period_seconds)?;
    let found = lines(reading, config, &request.query, periods, (from, to)).await?;
    let services = found.lines.len();
    let seconds = f64::from(periods.seconds);
    let mut totals: Vec<(f64, Series)> = found
        .lines
        .into_iter()
        .map(|(service, line)| {
            let values: Vec<Option<f64>> =
                line.iter().map(|period| period.measure(request.query.measure, seconds)).collect();
            let labels = BTreeMap::from([("service.name".to_owned(), service)]);
            (values.iter().flatten().sum(), Series { labels, values })
        })
        // A service without requests has no rates: no line rather than an empty one.
        .filter(|(_, series)| series.values.iter().any(Option::is_some))
        .collect();
    totals.sort_by(|a, b| b.0.total_cmp(&a.0));
    totals.truncate(config.services_max);
    let cut = (services > totals.len()).then(|| {
        limit_reached(totals.len(), format!("{services} services were found; the largest {} are shown", totals.len()))
    });
    Ok(SeriesAnswer {
        start_unix_nano: Nanos(periods.start),
        period_seconds: periods.seconds,
        unit: unit(request.query.measure).to_owned(),
        series: totals.into_iter().map(|(_, series)| series).collect(),
        exemplars: found.exemplars,
        statistics: reading.statistics(found.requests),
        truncated: reading.truncation(cut),
    })
}

/// Periods by service, and example requests of the worst class.
pub(crate) struct Lines {
    pub(crate) lines: BTreeMap<String, Vec<Period>>,
    pub(crate) exemplars: Vec<Exemplar>,
    pub(crate) requests: u64,
}

/// The requests that a query is about.
pub(crate) fn conditions(query: &ServiceQuery, from: i64, to: i64) -> Conditions {
    Conditions::in_range(Signal::Spans, from, to)
        .and(one_of("kind", ["server", "consumer"].into_iter()))
        .and_equal("service_name", query.service.as_deref())
        .and_equal("name", query.operation.as_deref())
        .and_equal("environment", query.environment.as_deref())
}

/// Reads the requests of `[from, to)` into periods.
pub(crate) async fn lines(
    reading: &mut Reading,
    config: &Config,
    query: &ServiceQuery,
    periods: Periods,
    (from, to): (i64, i64),
) -> Result<Lines, Error> {
    let mut columns = super::list::columns();
    columns.extend(["trace_id", "span_id"]);
    let mut lines: BTreeMap<String, Vec<Period>> = BTreeMap::new();
    // The slowest requests explain a latency, the worst class every other measure.
    let slowest = matches!(query.measure, LatencyP50 | LatencyP90 | LatencyP99);
    let mut worst: Vec<(Class, i64, Exemplar)> = Vec::new();
    let mut requests = 0;
    let stream = reading.rows(Signal::Spans, &conditions(query, from, to), &columns).await?;
    stream
        .each(|batch| {
            let ids = Columns(batch);
            let (trace_id, span_id) = (ids.id("trace_id"), ids.id("span_id"));
            let mut row = 0;
            each_request(batch, |request| {
                if let Some(at) = periods.of(request.start) {
                    requests += 1;
                    if !lines.contains_key(request.service) && lines.len() <= config.services_max * 4 {
                        lines.insert(request.service.to_owned(), vec![Period::default(); periods.count]);
                    }
                    if let Some(line) = lines.get_mut(request.service) {
                        line[at].add(request.class, request.duration);
                    }
                    let class = if slowest { Class::Ok } else { request.class };
                    let floor = if worst.len() >= EXEMPLARS_MAX { worst.last() } else { None };
                    if floor.is_none_or(|(of, duration, _)| (class, request.duration) > (*of, *duration)) {
                        let exemplar = Exemplar {
                            time_unix_nano: Nanos(request.start),
                            value: request.duration as f64 / 1e6,
                            trace_id: trace_id.hex(row).unwrap_or_default(),
                            span_id: span_id.hex(row).unwrap_or_default(),
                        };
                        let at =
                            worst.partition_point(|(of, duration, _)| (*of, *duration) >= (class, request.duration));
                        worst.insert(at, (class, request.duration, exemplar));
                        worst.truncate(EXEMPLARS_MAX);
                    }
                }
                row += 1;
            });
            Ok(())
        })
        .await?;
    let class = worst.first().map(|(class, ..)| *class);
    let mut exemplars: Vec<Exemplar> =
        worst.into_iter().filter(|(of, ..)| Some(*of) == class).map(|(.., exemplar)| exemplar).collect();
    exemplars.sort_by_key(|exemplar| exemplar.time_unix_nano);
    if query.service.is_some() && lines.is_empty() {
        lines.insert(query.service.clone().unwrap_or_default(), vec![Period::default(); periods.count]);
    }
    Ok(Lines { lines, exemplars, requests })
}

/// The condition that leaves requests of a measure that is about failure: those that failed.
pub(crate) fn failed(class: Class) -> datafusion::logical_expr::Expr {
    crate::function::span_class().eq(lit(crate::class::name(class)))
}
