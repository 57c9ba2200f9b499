//! What alarms ask: a number for each of some periods, and traces to look at.
//!
//! The periods are the alarm's own; they need not begin at multiples of their length. A log alarm has a number for each
//! period (0 without matches); a metric or a service without data has none.

use api::AttributeFilter;
use api::alarm::AlarmSource;
use api::trace::Class;
use storage::Signal;
use storage::promoted::PromotedSet;

use crate::config::Config;
use crate::error::Error;
use crate::period::Periods;
use crate::reading::{Conditions, Reading};
use crate::text::TextQuery;
use crate::{attribute, log, metric, service, trace};

/// How many traces an alarm names.
const EXAMPLES_MAX: usize = 10;

/// What is wrong with a source before it is asked, each mistake with its field.
pub fn mistakes(source: &AlarmSource) -> Vec<String> {
    let (signal, attributes) = match source {
        AlarmSource::Metric(query) => (Signal::Metrics, &query.attributes),
        AlarmSource::Logs(search) => (Signal::Logs, &search.attributes),
        AlarmSource::Service(_) => return Vec::new(),
    };
    let wrong_attribute = |(position, filter): (usize, &AttributeFilter)| {
        let error = attribute::condition(&PromotedSet::fixed(), signal, filter).err()?;
        Some(format!("source.attributes[{position}]: {error}"))
    };
    let mut mistakes: Vec<String> = attributes.iter().enumerate().filter_map(wrong_attribute).collect();
    if let AlarmSource::Logs(search) = source {
        let text = TextQuery::parse(&search.text).err().map(|error| ("text", error));
        let ids = [("trace_id", &search.trace_id, 16), ("span_id", &search.span_id, 8)];
        let ids = ids.into_iter().filter_map(|(field, id, bytes)| {
            let error = log::search::id_literal(id.as_deref()?, bytes).err()?;
            Some((field, error))
        });
        mistakes.extend(text.into_iter().chain(ids).map(|(field, error)| format!("source.{field}: {error}")));
    }
    mistakes
}

/// One number for each period.
pub(crate) async fn datapoints(
    reading: &mut Reading,
    config: &Config,
    source: &AlarmSource,
    periods: Periods,
) -> Result<Vec<Option<f64>>, Error> {
    let range = (periods.start, periods.end());
    let seconds = f64::from(periods.seconds);
    match source {
        AlarmSource::Metric(query) => {
            if !query.group_by.is_empty() {
                return Err(Error::invalid("an alarm watches one line: leave group_by away"));
            }
            let groups = metric::series::read(reading, config, query, periods, range).await?;
            let line = groups.only_line(&query.metric)?;
            Ok(line.map_or_else(
                || vec![None; periods.count],
                |line| line.iter().map(|period| period.statistic(query.statistic, seconds)).collect(),
            ))
        }
        AlarmSource::Logs(search) => {
            let mut counts = vec![0_u64; periods.count];
            let conditions = log::search::conditions(&reading.promoted(), search, range.0, range.1)?;
            log::search::times(reading, conditions, |time| {
                if let Some(at) = periods.of(time) {
                    counts[at] += 1;
                }
            })
            .await?;
            Ok(counts.into_iter().map(|count| Some(count as f64)).collect())
        }
        AlarmSource::Service(query) => {
            if query.service.is_none() {
                return Err(Error::invalid("an alarm watches one service: name it"));
            }
            let lines = service::series::lines(reading, config, query, periods, range).await?.lines;
            let line = lines.into_values().next().unwrap_or_default();
            let measure = |at: usize| line.get(at).and_then(|period| period.measure(query.measure, seconds));
            Ok((0..periods.count).map(measure).collect())
        }
    }
}

/// Ids of traces of the same time: the worst and slowest first; for logs those of matching records, newest first; for
/// metrics those of exemplars, largest first, else of the service's requests.
pub(crate) async fn examples(
    reading: &mut Reading,
    config: &Config,
    source: &AlarmSource,
    (start, end): (i64, i64),
) -> Result<Vec<String>, Error> {
    match source {
        AlarmSource::Metric(query) => {
            let seconds = u32::try_from((end - start) / 1_000_000_000 + 1).unwrap_or(u32::MAX);
            let whole = Periods::from_start(start, seconds, 1);
            let mut found = metric::series::read(reading, config, query, whole, (start, end)).await?.exemplars;
            found.sort_by(|a, b| b.value.total_cmp(&a.value));
            let mut ids: Vec<String> = Vec::new();
            for exemplar in found {
                if !ids.contains(&exemplar.trace_id) && ids.len() < EXAMPLES_MAX {
                    ids.push(exemplar.trace_id);
                }
            }
            match &query.service {
                Some(service) if ids.is_empty() => {
                    let conditions =
                        Conditions::in_range(Signal::Spans, start, end).and_equal("service_name", Some(service));
                    of_spans(reading, conditions).await
                }
                _ => Ok(ids),
            }
        }
        AlarmSource::Logs(search) => {
            let conditions = log::search::conditions(&reading.promoted(), search, start, end)?;
            log::search::example_traces(reading, conditions, EXAMPLES_MAX).await
        }
        AlarmSource::Service(query) => {
            use api::service::ServiceMeasure;
            let all = service::series::conditions(query, start, end);
            let class = match query.measure {
                ServiceMeasure::FaultRate => Some(Class::Fault),
                ServiceMeasure::ErrorRate => Some(Class::Error),
                ServiceMeasure::ThrottleRate => Some(Class::Throttle),
                _ => None,
            };
            match class {
                Some(class) => of_spans(reading, all.and(service::series::failed(class))).await,
                None => of_spans(reading, all).await,
            }
        }
    }
}

async fn of_spans(reading: &mut Reading, conditions: Conditions) -> Result<Vec<String>, Error> {
    let found = trace::search::examples(reading, conditions, EXAMPLES_MAX).await?;
    Ok(found.into_iter().map(|(_, id)| id).collect())
}
