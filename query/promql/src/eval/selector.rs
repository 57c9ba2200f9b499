//! Instant selectors: the newest sample of each series within the lookback.

use std::sync::Arc;

use super::Evaluator;
use super::column::Column;
use crate::error::EvalError;
use crate::histogram::FloatHistogram;
use crate::request::Grid;
use crate::selection::at_time;
use crate::series::{Samples, Series, is_stale};
use crate::syntax::{At, Extension, Selector};

/// The time that a selector looks at when a query is evaluated at another.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    pub(super) at: Option<i64>,
    pub(super) offset: i64,
}

impl Seen {
    pub(super) fn time(self, time: i64) -> i64 {
        self.at.unwrap_or(time).saturating_sub(self.offset)
    }
}

/// The newest sample.
#[derive(Debug, Clone, Copy)]
pub(super) struct Newest<'a> {
    pub(super) time: i64,
    /// When what it counts began; 0 if that is not known.
    pub(super) start: i64,
    pub(super) value: NewestValue<'a>,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum NewestValue<'a> {
    Float(f64),
    Histogram(&'a Arc<FloatHistogram>),
}

impl Evaluator<'_> {
    pub(super) fn seen(&self, at: Option<At>, offset: Option<&crate::syntax::Length>) -> Result<Seen, EvalError> {
        Ok(Seen { at: at.map(|at| at_time(at, self.request)), offset: self.offset(offset)? })
    }

    pub(super) fn selector(&mut self, selector: &Selector, grid: &Grid) -> Result<Vec<Column>, EvalError> {
        let series = self.series;
        let seen = self.seen(selector.at, selector.offset.as_ref())?;
        let mut columns = Vec::with_capacity(series[selector.index].len());
        for series in &series[selector.index] {
            self.look()?;
            let mut column = self.new_column(series.labels.clone(), false, grid.len)?;
            if selector.extension == Some(Extension::Smoothed) {
                self.smooth(series, seen, selector, grid, &mut column);
            } else if series.histograms.is_empty() {
                newest_floats(&series.floats, seen, self.request.lookback_ms, grid, &mut column.floats);
            } else {
                self.newest(series, seen, grid, |step, newest| match newest.value {
                    NewestValue::Float(float) => column.floats[step] = float,
                    NewestValue::Histogram(histogram) => column.set_histogram(step, Arc::clone(histogram)),
                });
            }
            if !column.is_empty() {
                columns.push(column);
            }
        }
        Ok(columns)
    }

    /// Calls with the newest sample at each time that has one.
    pub(super) fn newest<'s>(
        &self,
        series: &'s Series,
        seen: Seen,
        grid: &Grid,
        mut take: impl FnMut(usize, Newest<'s>),
    ) {
        let lookback = self.request.lookback_ms;
        let (mut floats, mut histograms) = (0, 0);
        for (step, time) in grid.times().enumerate() {
            let time = seen.time(time);
            advance(&series.floats, &mut floats, time);
            advance(&series.histograms, &mut histograms, time);
            let float_time = floats.checked_sub(1).map(|at| series.floats.timestamps[at]);
            let histogram_time = histograms.checked_sub(1).map(|at| series.histograms.timestamps[at]);
            let oldest = time.saturating_sub(lookback);
            let newest = float_time.max(histogram_time).filter(|newest| *newest > oldest);
            let Some(newest) = newest else { continue };
            if float_time == Some(newest) {
                let at = floats - 1;
                let float = series.floats.values[at];
                if !is_stale(float) {
                    let start = series.floats.starts.get(at).copied().unwrap_or(0);
                    take(step, Newest { time: newest, start, value: NewestValue::Float(float) });
                }
            } else {
                let at = histograms - 1;
                let histogram = &series.histograms.values[at];
                if !is_stale(histogram.sum) {
                    let start = series.histograms.starts.get(at).copied().unwrap_or(0);
                    take(step, Newest { time: newest, start, value: NewestValue::Histogram(histogram) });
                }
            }
        }
    }
}

/// The newest float at each time. A staleness marker stays as it is: it says that there is none.
fn newest_floats(samples: &Samples<f64>, seen: Seen, lookback: i64, grid: &Grid, results: &mut [f64]) {
    let mut behind = 0;
    for (result, time) in results.iter_mut().zip(grid.times()) {
        let time = seen.time(time);
        advance(samples, &mut behind, time);
        if behind > 0 && samples.timestamps[behind - 1] > time.saturating_sub(lookback) {
            *result = samples.values[behind - 1];
        }
    }
}

/// Moves behind the last sample that is not behind a time. Times only grow.
fn advance<T>(samples: &Samples<T>, at: &mut usize, time: i64) {
    if *at == 0 && samples.timestamps.first().is_some_and(|first| *first <= time) {
        *at = samples.timestamps.partition_point(|timestamp| *timestamp <= time);
        return;
    }
    while samples.timestamps.get(*at).is_some_and(|timestamp| *timestamp <= time) {
        *at += 1;
    }
}
