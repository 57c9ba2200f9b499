//! The lines of a board: asked together, and laid on one time axis.
//!
//! The environment that is chosen at the top narrows every query that does not name one itself.

use ::dashboards::{Line, Query, Tone};
use api::metric::{MetricRequest, SeriesAnswer};
use api::service::ServiceRequest;
use api::{AttributeFilter, TimeRange};
use futures::future::try_join_all;

use super::cut::limit_lines;
use crate::chart::{ChartData, ChartLine, line_colour};
use crate::client::{self, Answer};
use crate::measure::{lies_among_measurements, measure};
use crate::search_box;

/// Asks for the lines of a query.
pub(super) async fn ask(
    line: Line,
    range: TimeRange,
    environment: Option<String>,
    period_seconds: Option<u32>,
) -> Answer<SeriesAnswer> {
    match line.query {
        Query::Metric(mut query) => {
            in_environment(&mut query.attributes, environment);
            client::metrics_query(MetricRequest { range, query, period_seconds, limit: line.limit }).await
        }
        Query::Service(mut query) => {
            query.environment = query.environment.or(environment);
            let unit = measure(query.measure).unit;
            let mut answer = client::services_query(ServiceRequest { range, query, period_seconds }).await?;
            if answer.unit.is_empty() {
                unit.clone_into(&mut answer.unit);
            }
            if let Some(limit) = line.limit {
                limit_lines(&mut answer, limit as usize);
            }
            Ok(answer)
        }
    }
}

/// Adds the environment as a condition, unless there is one on it.
pub(super) fn in_environment(conditions: &mut Vec<AttributeFilter>, environment: Option<String>) {
    const NAMES: [&str; 3] = ["deployment.environment.name", "deployment.environment", "environment"];
    if !conditions.iter().any(|condition| NAMES.contains(&condition.key.as_str())) {
        conditions.extend(search_box::in_environment(environment));
    }
}

/// Asks for several queries at once.
pub(super) async fn ask_all(
    lines: Vec<Line>,
    range: TimeRange,
    environment: Option<String>,
    period_seconds: Option<u32>,
) -> Answer<Vec<SeriesAnswer>> {
    try_join_all(lines.into_iter().map(|line| ask(line, range.clone(), environment.clone(), period_seconds))).await
}

/// What a line is called.
pub(super) fn name(line: &Line) -> String {
    match (&line.query, line.label.is_empty()) {
        (_, false) => line.label.clone(),
        (Query::Metric(query), true) => format!("{} {}", query.metric, query.statistic),
        (Query::Service(query), true) => measure(query.measure).title.to_owned(),
    }
}

/// Whether the values of a line have the height of its exemplars.
fn measures(line: &Line) -> bool {
    match &line.query {
        Query::Metric(query) => lies_among_measurements(&query.statistic),
        Query::Service(query) => measure(query.measure).is_duration(),
    }
}

/// The class of a tone.
pub(super) fn tone_class(tone: Tone) -> &'static str {
    match tone {
        Tone::Ok => "ok",
        Tone::Error => "error",
        Tone::Throttle => "throttle",
        Tone::Fault => "fault",
        Tone::Neutral => "quiet-line",
    }
}

/// One chart of several answers. They are asked for the same range, but "now" may have passed into the next period
/// between them: each is moved to the axis of the first. Pure.
pub(super) fn merged(lines: &[Line], answers: &[SeriesAnswer], unit: Option<&str>) -> ChartData {
    let mut chart = ChartData::default();
    for (line, answer) in lines.iter().zip(answers) {
        let part = ChartData::of(answer, &name(line)).measuring(measures(line));
        if chart.step == 0 {
            chart = ChartData { lines: Vec::new(), ..part.clone() };
        }
        chart.exemplars.extend(part.exemplars.iter().filter(|_| !chart.lines.is_empty()).cloned());
        for one in part.lines {
            let values = moved(&one.values, part.start - chart.start, chart.step);
            let label = if lines.len() > 1 && !answer.series.iter().all(|series| series.labels.is_empty()) {
                format!("{}: {}", name(line), one.label)
            } else {
                one.label
            };
            let colour = line.tone.map_or_else(|| line_colour(chart.lines.len()), |tone| tone_class(tone).to_owned());
            chart.lines.push(ChartLine { label, colour, values });
        }
    }
    if let Some(unit) = unit {
        unit.clone_into(&mut chart.unit);
    }
    chart
}

/// Values moved by whole periods: what begins later is padded in front, what begins earlier is cut.
fn moved(values: &[Option<f64>], by_nanos: i64, step: i64) -> Vec<Option<f64>> {
    let periods = if step > 0 { by_nanos.div_euclid(step) } else { 0 };
    match usize::try_from(periods) {
        Ok(later) => std::iter::repeat_n(None, later.min(values.len())).chain(values.iter().copied()).collect(),
        Err(_) => values.iter().copied().skip(usize::try_from(-periods).unwrap_or(0)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_environment_of_the_document_wins() {
        let of = |key: &str, environment: Option<&str>| {
            let mut conditions = vec![AttributeFilter {
                key: key.to_owned(),
                operator: api::FilterOperator::Eq,
                value: "staging".into(),
            }];
            in_environment(&mut conditions, environment.map(str::to_owned));
            conditions.len()
        };
        assert_eq!(of("http.route", Some("prod")), 2);
        assert_eq!(of("http.route", None), 1);
        assert_eq!(of("deployment.environment", Some("prod")), 1);
    }

    #[test]
    fn lines_share_one_axis() {
        let values = [Some(1.0), Some(2.0)];
        assert_eq!(moved(&values, 60, 60), [None, Some(1.0), Some(2.0)]);
        assert_eq!(moved(&values, -60, 60), [Some(2.0)]);
        assert_eq!(moved(&values, 0, 60), values);
    }
}
