//! Values between two samples, and smoothed instant selectors.

use std::sync::Arc;

use super::Context;
use super::rate::combine;
use super::window::{Cursor, Points, Prepared};
use crate::annotation::Operation;
use crate::eval::Evaluator;
use crate::eval::column::Column;
use crate::eval::selector::Seen;
use crate::histogram::{FloatHistogram, ResetHint};
use crate::request::Grid;
use crate::series::Series;
use crate::syntax::{Extension, Selector};

/// How far a time is on the way from one to another.
#[expect(clippy::cast_precision_loss, reason = "differences of times are far below 2^53 ms")]
fn share(from: i64, to: i64, time: i64) -> f64 {
    (time - from) as f64 / (to - from) as f64
}

/// The value on the line between two samples. A counter that was reset between them began at zero.
#[expect(clippy::cast_precision_loss, reason = "differences of times are far below 2^53 ms")]
pub(super) fn between(points: &Points<'_, f64>, at: usize, next: usize, time: i64, is_counter: bool) -> f64 {
    let (mut from, to) = (points.values[at], points.values[next]);
    if is_counter && to < from {
        from = 0.0;
    }
    let (start, end) = (points.timestamps[at], points.timestamps[next]);
    from + (to - from) * (time - start) as f64 / (end - start) as f64
}

/// The histogram on the line between two.
pub(super) fn between_histograms(
    points: &Points<'_, Arc<FloatHistogram>>,
    at: usize,
    next: usize,
    time: i64,
    is_counter: bool,
    context: &mut Context<'_>,
) -> Option<FloatHistogram> {
    let (from, to) = (&points.values[at], &points.values[next]);
    let share = share(points.timestamps[at], points.timestamps[next], time);
    if share == 0.0 {
        return Some((**from).clone());
    }
    let mut result = (**to).clone();
    if share == 1.0 {
        return Some(result);
    }
    if is_counter && to.is_reset_after(from) {
        result.mul(share);
        return Some(result);
    }
    combine(&mut result, from, context, Operation::Subtraction)?;
    result.mul(share);
    combine(&mut result, from, context, Operation::Addition)?;
    Some(result)
}

impl Evaluator<'_> {
    /// The values of a smoothed selector: on the line between the samples before and behind each time.
    pub(in crate::eval) fn smooth(
        &mut self,
        series: &Series,
        seen: Seen,
        selector: &Selector,
        grid: &Grid,
        column: &mut Column,
    ) {
        let lookback = self.request.lookback_ms;
        let prepared = Prepared::new(series, false);
        let mut cursor = Cursor::default();
        for (step, evaluated) in grid.times().enumerate() {
            let time = seen.time(evaluated);
            let Some(window) = cursor.window(&prepared, time, time, lookback, lookback, evaluated) else { continue };
            let mut context = Context {
                annotations: &mut self.annotations,
                metric: series.labels.metric_name(),
                span: selector.span,
                extension: Some(Extension::Smoothed),
                uses_start_times: false,
                scalars: &[],
            };
            if !window.floats.is_empty() && !window.histograms.is_empty() {
                context.annotations.mixed_floats_histograms(context.span, context.metric);
            } else if window.histograms.is_empty() {
                if let Some(float) = smoothed_float(&window.floats, time) {
                    column.floats[step] = float;
                }
            } else if let Some(histogram) = smoothed_histogram(&window.histograms, time, &mut context) {
                column.set_histogram(step, Arc::new(histogram));
            }
        }
    }
}

fn smoothed_float(points: &Points<'_, f64>, time: i64) -> Option<f64> {
    let behind = points.timestamps.partition_point(|timestamp| *timestamp < time);
    if points.timestamps.get(behind) == Some(&time) {
        return Some(points.values[behind]);
    }
    let before = behind.checked_sub(1)?;
    if behind == points.len() {
        return Some(points.values[before]);
    }
    Some(between(points, before, behind, time, false))
}

fn smoothed_histogram(
    points: &Points<'_, Arc<FloatHistogram>>,
    time: i64,
    context: &mut Context<'_>,
) -> Option<FloatHistogram> {
    let behind = points.timestamps.partition_point(|timestamp| *timestamp < time);
    if points.timestamps.get(behind) == Some(&time) {
        return Some((*points.values[behind]).clone());
    }
    let before = behind.checked_sub(1)?;
    if behind == points.len() {
        let mut last = (*points.values[before]).clone();
        last.reset_hint = ResetHint::Unknown;
        return Some(last);
    }
    let (from, to) = (&points.values[before], &points.values[behind]);
    if from.has_custom_bounds() != to.has_custom_bounds() {
        context.annotations.mixed_schemas(context.span, context.metric);
        return None;
    }
    let is_counter = [from, to].iter().any(|histogram| histogram.reset_hint != ResetHint::Gauge);
    between_histograms(points, before, behind, time, is_counter, context)
}
