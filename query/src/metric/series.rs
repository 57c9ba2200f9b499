//! A statistic of a metric over time, one line for each combination of labels.

use std::collections::{BTreeMap, HashSet};

use api::metric::{Exemplar, MetricQuery, MetricRequest, Series, SeriesAnswer, Statistic};
use api::{Nanos, Truncation};
use arrow::array::{BinaryArray, Float64Array, ListArray, RecordBatch};
use datafusion::logical_expr::{Expr, col};
use futures::StreamExt;
use storage::Signal;
use storage::promoted::PromotedSet;

use super::accumulate::Accumulator;
use super::increase;
use super::line::{Apart, Line, addable_kind};
use super::point::{self, Point, PointKind, Points};
use crate::columns::{Columns, field, field_time};
use crate::config::Config;
use crate::error::Error;
use crate::period::{Periods, of_reports};
use crate::reading::{Conditions, Reading, limit_reached};
use crate::{attribute, hex};

const LINES_DEFAULT: u32 = 50;
const LINES_MAX: u32 = 500;
const GROUP_BY_MAX: usize = 10;
const EXEMPLARS_MAX: usize = 50;

/// The lines of a request.
pub(crate) async fn answer(
    reading: &mut Reading,
    config: &Config,
    request: &MetricRequest,
    now: i64,
) -> Result<SeriesAnswer, Error> {
    let (from, to) = request.range.resolve(now).map_err(Error::invalid)?;
    let seconds = request.period_seconds.unwrap_or_else(|| of_reports(to.saturating_sub(from)));
    let periods = Periods::covering(from, to, Some(seconds))?;
    let limit = crate::trace::search::page_size(request.limit, LINES_DEFAULT, LINES_MAX)?;
    let groups = read(reading, config, &request.query, periods, (from, to)).await?;
    let seconds = f64::from(periods.seconds);
    let found = groups.lines.len();
    let apart = Apart::of(groups.lines.keys());
    let unit = if apart.units { String::new() } else { groups.unit().to_owned() };
    let mut lines: Vec<(f64, Series)> = groups
        .lines
        .into_iter()
        .map(|(key, line)| {
            let labels = apart.labels(key, &request.query.group_by);
            let values: Vec<Option<f64>> =
                line.iter().map(|period| period.statistic(request.query.statistic, seconds)).collect();
            (values.iter().flatten().sum(), Series { labels, values })
        })
        .filter(|(_, series)| series.values.iter().any(Option::is_some))
        .collect();
    lines.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.labels.cmp(&b.1.labels)));
    lines.truncate(limit);
    let cut = groups.cut.or_else(|| {
        (found > limit).then(|| {
            limit_reached(
                limit,
                format!("{found} lines were found; the {limit} largest are shown: raise `limit` or add a condition"),
            )
        })
    });
    Ok(SeriesAnswer {
        start_unix_nano: Nanos(periods.start),
        period_seconds: periods.seconds,
        unit: unit_of(request.query.statistic, &unit),
        series: lines.into_iter().map(|(_, series)| series).collect(),
        exemplars: groups.exemplars,
        statistics: reading.statistics(groups.points),
        truncated: reading.truncation(cut),
    })
}

/// Periods by line.
pub(crate) struct Groups {
    pub(crate) lines: BTreeMap<Line, Vec<Accumulator>>,
    pub(crate) exemplars: Vec<Exemplar>,
    points: u64,
    cut: Option<Truncation>,
}

impl Groups {
    fn unit(&self) -> &str {
        self.lines.keys().next().map_or("", |line| line.unit.as_str())
    }

    /// The one line of an alarm; `None` where nothing was measured.
    pub(crate) fn only_line(self, metric: &str) -> Result<Option<Vec<Accumulator>>, Error> {
        let apart = Apart::of(self.lines.keys());
        if apart.kinds || apart.units {
            let found: Vec<String> = self.lines.keys().map(Line::sent_as).collect();
            return Err(Error::invalid(format!(
                "{metric} is sent as {}, which cannot be one number: add a condition on the attribute kind or unit",
                found.join(" and as ")
            )));
        }
        Ok(self.lines.into_values().next())
    }
}

/// What a point of the query has.
pub(crate) fn conditions(set: &PromotedSet, query: &MetricQuery, from: i64, to: i64) -> Result<Conditions, Error> {
    Conditions::in_range(Signal::Metrics, from, to)
        .and_equal("name", Some(&query.metric))
        .and_equal("service_name", query.service.as_deref())
        .and_attributes(set, Signal::Metrics, &query.attributes)
}

/// Reads the points of `[from, to)` into periods, series by series in order of time.
pub(crate) async fn read(
    reading: &mut Reading,
    config: &Config,
    query: &MetricQuery,
    periods: Periods,
    (from, to): (i64, i64),
) -> Result<Groups, Error> {
    if query.group_by.len() > GROUP_BY_MAX {
        return Err(Error::invalid(format!(
            "group_by may name {GROUP_BY_MAX} attributes, not {}",
            query.group_by.len()
        )));
    }
    let lookback = i64::try_from(config.cumulative_lookback.as_nanos()).unwrap_or(i64::MAX);
    let read_from = from.saturating_sub(lookback);
    let conditions = conditions(&reading.promoted(), query, read_from, to)?;
    let shape = matches!(query.statistic, Statistic::Percentile(_));
    let mut columns = point::columns(shape || matches!(query.statistic, Statistic::Minimum | Statistic::Maximum));
    columns.push(col("exemplars"));
    for (at, key) in query.group_by.iter().enumerate() {
        columns.push(attribute::text(&reading.promoted(), Signal::Metrics, key).alias(label_column(at)));
    }
    let hint = conditions.hint();
    let frame = reading.table(Signal::Metrics, hint).await?;
    let frame = match conditions.filters.into_iter().reduce(Expr::and) {
        Some(condition) => frame.filter(condition)?,
        None => frame,
    };
    let order = ["series_id", "time", "time_ns"].map(|name| col(name).sort(true, true)).to_vec();
    let mut stream = reading.stream(frame.select(columns)?.sort(order)?).await?;
    let mut reader = Reader {
        config,
        periods,
        range: (from, to),
        read_from,
        shape,
        labels: query.group_by.len(),
        before: None,
        line: Line::default(),
        groups: Groups { lines: BTreeMap::new(), exemplars: Vec::new(), points: 0, cut: None },
    };
    while let Some(batch) = stream.next().await {
        reader.take(&batch?);
        if reader.groups.points > config.metric_points_max as u64 {
            let limit = config.metric_points_max;
            let message = format!(
                "the range has more than {limit} points; some series are left out: choose a shorter range or add conditions"
            );
            reader.groups.cut = Some(limit_reached(limit, message));
            break;
        }
    }
    reader.keep_largest();
    let mut groups = reader.groups;
    groups.exemplars.sort_by_key(|exemplar| exemplar.time_unix_nano);
    Ok(groups)
}

fn label_column(at: usize) -> String {
    format!("label_{at}")
}

struct Reader<'a> {
    config: &'a Config,
    periods: Periods,
    range: (i64, i64),
    read_from: i64,
    shape: bool,
    labels: usize,
    /// The point before, of the same series.
    before: Option<Point>,
    /// Where the series being read belongs.
    line: Line,
    groups: Groups,
}

impl Reader<'_> {
    fn take(&mut self, batch: &RecordBatch) {
        let columns = Columns(batch);
        let points = Points::of(batch);
        let (kind, unit) = (columns.text("kind"), columns.text("unit"));
        let exemplars = columns.of::<ListArray>("exemplars");
        let labels: Vec<_> = (0..self.labels).map(|at| columns.text(&label_column(at))).collect();
        for row in 0..batch.num_rows() {
            let Some(point) = points.get(row) else { continue };
            if self.before.as_ref().is_none_or(|before| before.series != point.series) {
                self.before = None;
                self.line = Line {
                    labels: labels.iter().map(|label| label.or_empty(row).to_owned()).collect(),
                    kind: addable_kind(kind.or_empty(row)).to_owned(),
                    unit: unit.or_empty(row).to_owned(),
                };
            }
            self.point(point);
            if let Some(structs) = exemplars.structs(row) {
                self.exemplars(&structs);
            }
        }
    }

    fn point(&mut self, point: Point) {
        self.groups.points += 1;
        // The same point sent twice (a client that retries) counts once.
        if self.before.as_ref().is_some_and(|before| before.time == point.time && *before == point) {
            return;
        }
        let counted = match point.kind {
            PointKind::Value | PointKind::Measurements => Some(point.clone()),
            PointKind::Counter | PointKind::AllMeasurements => {
                increase::of(self.before.as_ref(), &point, self.read_from)
            }
        };
        let in_range = (self.range.0..self.range.1).contains(&point.time);
        if let (Some(counted), Some(at), true) = (counted, self.periods.of(point.time), in_range)
            && let shape = self.shape
            && let Some(period) = self.line_periods().and_then(|periods| periods.get_mut(at))
        {
            period.add(&counted, shape);
        }
        self.before = Some(point);
    }

    /// The periods of the line, made if it is new; `None` where there are too many.
    fn line_periods(&mut self) -> Option<&mut Vec<Accumulator>> {
        if !self.groups.lines.contains_key(&self.line) {
            let limit = self.config.metric_groups_max;
            if self.groups.lines.len() >= limit {
                let message = format!(
                    "there are more than {limit} combinations of labels; the others are left out: group by fewer attributes"
                );
                self.groups.cut = Some(limit_reached(limit, message));
                return None;
            }
            self.groups.lines.insert(self.line.clone(), vec![Accumulator::default(); self.periods.count]);
        }
        self.groups.lines.get_mut(&self.line)
    }

    /// Keeps the largest measurements of the range.
    fn exemplars(&mut self, structs: &arrow::array::StructArray) {
        let (time, value) = (field_time(structs, "time"), field::<Float64Array>(structs, "value"));
        let trace_id = field::<BinaryArray>(structs, "trace_id");
        let span_id = field::<BinaryArray>(structs, "span_id");
        for at in 0..arrow::array::Array::len(structs) {
            let (Some(trace), Some(value)) = (trace_id.get(at), value.get(at)) else { continue };
            let time = time.or_zero(at);
            if !(self.range.0..self.range.1).contains(&time) {
                continue;
            }
            self.groups.exemplars.push(Exemplar {
                time_unix_nano: Nanos(time),
                value,
                trace_id: hex::encode(trace),
                span_id: span_id.hex(at).unwrap_or_default(),
            });
        }
        if self.groups.exemplars.len() > EXEMPLARS_MAX * 4 {
            self.keep_largest();
        }
    }

    fn keep_largest(&mut self) {
        let exemplars = &mut self.groups.exemplars;
        exemplars.sort_by(|a, b| b.value.total_cmp(&a.value));
        let mut seen = HashSet::new();
        exemplars.retain(|exemplar| seen.insert((exemplar.trace_id.clone(), exemplar.span_id.clone())));
        exemplars.truncate(EXEMPLARS_MAX);
    }
}

fn unit_of(statistic: Statistic, of_metric: &str) -> String {
    match statistic {
        Statistic::SampleCount => String::new(),
        Statistic::Rate if of_metric.is_empty() => "1/s".to_owned(),
        Statistic::Rate => format!("{of_metric}/s"),
        _ => of_metric.to_owned(),
    }
}
